//! Operations on files, each of them a place where a test can make it fail.
//!
//! A disk fills up, a network file system goes away, a quota is reached: what
//! then becomes of the user's file has to be tested for every single operation
//! of a write. So each goes through [`Faults::run`], which costs one branch
//! outside the tests.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which operations are to fail, if any.
#[derive(Clone, Debug, Default)]
pub struct Faults(Option<Arc<Plan>>);

#[derive(Debug)]
struct Plan {
    /// The numbers of operations, counted from one, each with an error number.
    failing: Vec<(u64, i32)>,
    done: AtomicU64,
}

impl Faults {
    /// The `nth` operation (the first is 1) fails with this error of the system.
    pub fn at(nth: u64, error_number: i32) -> Self {
        Self::at_each(&[(nth, error_number)])
    }

    /// Each of these operations fails with its error of the system.
    pub fn at_each(failing: &[(u64, i32)]) -> Self {
        let done = AtomicU64::new(0);
        Self(Some(Arc::new(Plan { failing: failing.to_vec(), done })))
    }

    /// None fails, and all are counted.
    pub fn counted() -> Self {
        Self::at_each(&[])
    }

    /// How many operations there have been.
    pub fn operations(&self) -> u64 {
        self.0.as_ref().map_or(0, |plan| plan.done.load(Ordering::Relaxed))
    }

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

/// An open file that is read and written at offsets.
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
    pub fn new(file: File, faults: &Faults) -> Self {
        Self { file, faults: faults.clone() }
    }

    /// Zero at the end of the file.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match self.faults.run(|| read_at(&self.file, buffer, offset)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

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
    // It moves the file's own position, which nothing here relies on.
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(windows)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, offset)
}
