//! Where the content of a file comes from.

use crate::containers::Cursor;
use crate::error::Result;
use crate::file::{DiskFile, PartialFile, ReadAhead, copy_from};
use crate::limits::{self, Budget};
use crate::preopens::Preopens;
use std::io;
use std::sync::{Arc, Mutex};

/// The file of a call.
#[derive(Debug)]
pub enum Source {
    /// A file in a preopened directory.
    Path {
        /// The directories that the path may lead into.
        preopens: Arc<Preopens>,
        /// An absolute guest or host path.
        path: String,
    },
    /// The content of a file.
    Bytes(Vec<u8>),
    /// A file of which only some parts are here. A call that needs others fails with
    /// [`crate::ErrorKind::MissingBytes`].
    Partial(Arc<PartialFile>),
}

impl Source {
    /// Returns the result, or the error that bytes are missing, if the call has read some.
    pub(crate) fn checked<T>(&self, result: Result<T>) -> Result<T> {
        match self {
            Self::Partial(file) => file.take_missing().map_or(result, Err),
            _ => result,
        }
    }
}

/// Content that is copied into the guest's memory.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    File(&'a ReadAhead),
    Bytes(&'a [u8]),
}

impl Content<'_> {
    /// Runs `read` with a cursor over the content.
    pub(crate) fn read<T>(
        self,
        budget: &Budget,
        read: impl FnOnce(&mut Cursor<'_>) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::File(file) => {
                let mut file = file.try_clone().map_err(|error| limits::failure("read", &error))?;
                read(&mut Cursor::new(&mut file, budget))
            }
            Self::Bytes(bytes) => read(&mut Cursor::over(bytes, budget)),
        }
    }

    /// Returns the content as a file. Bytes are copied, and the copy is charged to `budget`.
    pub(crate) fn as_file(self, budget: &Budget) -> Result<ReadAhead> {
        let bytes = match self {
            Self::File(file) => {
                return file.try_clone().map_err(|error| limits::failure("read", &error));
            }
            Self::Bytes(bytes) => bytes,
        };
        let mut copy = Vec::new();
        budget.reserve(&mut copy, bytes.len())?;
        copy.extend_from_slice(bytes);
        let size = copy.len() as u64;
        let file = DiskFile::in_memory(&Arc::new(Mutex::new(copy)), budget);
        Ok(ReadAhead::new(file, size, budget))
    }

    /// Returns the size in bytes.
    pub(crate) fn size(self) -> u64 {
        match self {
            Self::File(file) => file.size(),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Copies the bytes from `offset` on to `buffer`. Returns their number, which is
    /// zero at the end.
    pub(crate) fn read_at(self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read_direct(buffer, offset),
            Self::Bytes(bytes) => Ok(copy_from(bytes, buffer, offset)),
        }
    }
}
