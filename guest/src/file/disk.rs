//! An open file, and the faults that tests inject into its operations.
//!
//! A disk fills up, a network file system goes away, a quota is reached: tests must show what
//! then happens to the user's file, for every single operation of a save. So each operation goes
//! through [`Faults::run`], which costs one branch outside of tests.

use super::partial::PartialFile;
use crate::limits::Budget;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Decides which operations fail, if any.
#[derive(Clone, Debug, Default)]
pub struct Faults(Option<Arc<Plan>>);

#[derive(Debug)]
struct Plan {
    /// The numbers of operations, counted from one, each with an error number.
    failing: Vec<(u64, i32)>,
    done: AtomicU64,
}

impl Faults {
    /// Makes the `nth` operation (the first is 1) fail with this system error.
    pub fn at(nth: u64, error_number: i32) -> Self {
        Self::at_each(&[(nth, error_number)])
    }

    /// Makes each of these operations fail with the given system error.
    pub fn at_each(failing: &[(u64, i32)]) -> Self {
        let done = AtomicU64::new(0);
        Self(Some(Arc::new(Plan { failing: failing.to_vec(), done })))
    }

    /// Counts the operations without making any of them fail.
    pub fn counted() -> Self {
        Self::at_each(&[])
    }

    /// Returns the number of operations so far.
    pub fn operations(&self) -> u64 {
        self.0.as_ref().map_or(0, |plan| plan.done.load(Ordering::Relaxed))
    }

    /// Runs an operation, or fails instead of it.
    pub(crate) fn run<T>(&self, operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if let Some(plan) = &self.0 {
            let number = plan.done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some((_, error_number)) = plan.failing.iter().find(|(nth, _)| *nth == number) {
                return Err(io::Error::from_raw_os_error(*error_number));
            }
        }
        operation()
    }
}

/// The content of a file, read and written at offsets.
#[derive(Debug)]
pub(crate) struct DiskFile {
    storage: Storage,
    faults: Faults,
}

#[derive(Debug)]
enum Storage {
    Disk(File),
    /// The content of a file that is changed in memory. Its growth is charged to the budget.
    Memory(Arc<Mutex<Vec<u8>>>, Budget),
    /// The known parts of a file, which is only read.
    Partial(Arc<PartialFile>),
}

impl From<File> for DiskFile {
    fn from(file: File) -> Self {
        Self { storage: Storage::Disk(file), faults: Faults::default() }
    }
}

impl From<Arc<PartialFile>> for DiskFile {
    fn from(file: Arc<PartialFile>) -> Self {
        Self { storage: Storage::Partial(file), faults: Faults::default() }
    }
}

impl DiskFile {
    /// Wraps `file`, whose operations fail as `faults` says.
    pub(crate) fn new(file: File, faults: &Faults) -> Self {
        Self { storage: Storage::Disk(file), faults: faults.clone() }
    }

    /// Wraps content in memory, which others may share. Its growth is charged to `budget`.
    pub(crate) fn in_memory(content: &Arc<Mutex<Vec<u8>>>, budget: &Budget) -> Self {
        let storage = Storage::Memory(Arc::clone(content), budget.clone());
        Self { storage, faults: Faults::default() }
    }

    /// Opens the same content once more.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        let storage = match &self.storage {
            Storage::Disk(file) => Storage::Disk(file.try_clone()?),
            Storage::Memory(content, budget) => {
                Storage::Memory(Arc::clone(content), budget.clone())
            }
            Storage::Partial(file) => Storage::Partial(Arc::clone(file)),
        };
        Ok(Self { storage, faults: self.faults.clone() })
    }

    /// Returns whether these bytes can be read, or whether the file ends before them.
    pub(crate) fn is_here(&self, range: Range<u64>) -> bool {
        match &self.storage {
            Storage::Disk(_) | Storage::Memory(..) => true,
            Storage::Partial(file) => file.is_here(range),
        }
    }

    /// Reads once from `offset` on. Returns zero at the end of the file.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            let read = || match &self.storage {
                Storage::Disk(file) => read_at(file, buffer, offset),
                Storage::Memory(content, _) => Ok(copy_from(&lock(content), buffer, offset)),
                Storage::Partial(file) => file.read_at(buffer, offset),
            };
            match self.faults.run(read) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Writes all of `bytes` at `offset`.
    pub(crate) fn write_all_at(&self, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let write = || match &self.storage {
                Storage::Disk(file) => write_at(file, bytes, offset),
                Storage::Memory(content, budget) => {
                    write_memory(&mut lock(content), bytes, offset, budget)
                }
                Storage::Partial(_) => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
            };
            match self.faults.run(write) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = &bytes[written..];
                    offset += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Truncates or extends the file.
    pub(crate) fn set_size(&self, size: u64) -> io::Result<()> {
        self.faults.run(|| match &self.storage {
            Storage::Disk(file) => file.set_len(size),
            Storage::Memory(content, budget) => resize(&mut lock(content), size, budget),
            Storage::Partial(_) => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
        })
    }
}

fn lock(content: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    content.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Copies the bytes of `content` from `offset` on. Returns their number, which is zero
/// at the end.
pub(crate) fn copy_from(content: &[u8], buffer: &mut [u8], offset: u64) -> usize {
    let rest = usize::try_from(offset).ok().and_then(|offset| content.get(offset..));
    let rest = rest.unwrap_or_default();
    let length = buffer.len().min(rest.len());
    buffer[..length].copy_from_slice(&rest[..length]);
    length
}

fn write_memory(
    content: &mut Vec<u8>,
    bytes: &[u8],
    offset: u64,
    budget: &Budget,
) -> io::Result<usize> {
    let end = offset.saturating_add(bytes.len() as u64);
    if end > content.len() as u64 {
        resize(content, end, budget)?;
    }
    content[offset as usize..end as usize].copy_from_slice(bytes);
    Ok(bytes.len())
}

fn resize(content: &mut Vec<u8>, size: u64, budget: &Budget) -> io::Result<()> {
    /// The capacity grows by at least one part in this many: bytes are appended in pieces, and
    /// each growth may copy all of them.
    /// pieces, and each growth may copy all of them.
    const GROWTH: usize = 8;
    let size = usize::try_from(size).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let capacity = content.capacity();
    if size > capacity {
        let capacity = size.max(capacity + capacity / GROWTH);
        budget.charge(capacity - content.capacity())?;
        let additional = capacity - content.len();
        content.try_reserve_exact(additional).map_err(|_| budget.memory_exceeded())?;
    }
    content.resize(size, 0);
    Ok(())
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    // Moves the file's own position, which is not used here.
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, offset)
}
