//! An open file, and the faults that tests inject into its operations.
//!
//! A disk fills up, a network file system goes away, a quota is reached: a test
//! must show for every single operation of a save what becomes of the user's
//! file then. So each operation goes through [`Faults::run`], which costs one
//! branch outside of the tests.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Decides which operation fails, if any.
#[derive(Clone, Debug, Default)]
pub struct Faults(Option<Arc<Plan>>);

#[derive(Debug)]
struct Plan {
    /// Operations count from one, so zero lets all of them pass.
    failing: u64,
    error_number: i32,
    done: AtomicU64,
}

impl Faults {
    /// Makes the `nth` operation (the first is 1) fail with this system error.
    pub fn at(nth: u64, error_number: i32) -> Self {
        let done = AtomicU64::new(0);
        Self(Some(Arc::new(Plan { failing: nth, error_number, done })))
    }

    /// Counts the operations and lets all of them pass.
    pub fn counted() -> Self {
        Self::at(0, 0)
    }

    /// The number of operations so far.
    pub fn operations(&self) -> u64 {
        self.0.as_ref().map_or(0, |plan| plan.done.load(Ordering::Relaxed))
    }

    /// Runs an operation, or fails instead of it.
    pub(crate) fn run<T>(&self, operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if let Some(plan) = &self.0
            && plan.done.fetch_add(1, Ordering::Relaxed) + 1 == plan.failing
        {
            return Err(io::Error::from_raw_os_error(plan.error_number));
        }
        operation()
    }
}

/// An open file, read and written at offsets.
#[derive(Debug)]
pub(crate) struct DiskFile {
    file: File,
    faults: Faults,
}

impl From<File> for DiskFile {
    fn from(file: File) -> Self {
        Self { file, faults: Faults::default() }
    }
}

impl DiskFile {
    /// Wraps `file`; its operations fail as `faults` says.
    pub fn new(file: File, faults: &Faults) -> Self {
        Self { file, faults: faults.clone() }
    }

    /// Reads once from `offset` on. Returns zero at the end of the file.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match self.faults.run(|| read_at(&self.file, buffer, offset)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Writes all of `bytes` at `offset`.
    pub fn write_all_at(&self, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.faults.run(|| write_at(&self.file, bytes, offset)) {
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
    pub fn set_size(&self, size: u64) -> io::Result<()> {
        self.faults.run(|| self.file.set_len(size))
    }
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
    // Moves the file's own position, which nothing here relies on.
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, offset)
}
