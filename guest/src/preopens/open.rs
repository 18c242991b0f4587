//! From a resolved path to one open, regular file.
//!
//! The order matters. Opening first and asking afterwards leaves no gap in
//! which a file could be swapped for something else; opening without blocking
//! keeps a FIFO from holding a thread for ever; and only what `fstat` calls a
//! regular file is handed on, since nothing else can be read at an offset.

use super::Resolved;
use crate::errno::Errno;
use crate::error::{Error, Result};
use cap_std::fs::{FileType, OpenOptions};
use std::fs::File;
use std::io;

/// A regular file, open for reading only.
#[derive(Debug)]
pub struct OpenedFile {
    pub(crate) file: File,
    /// In bytes, when it was opened.
    pub(crate) size: u64,
    /// The last part of its path: TagLib chooses the parser by the extension.
    pub(crate) name: String,
}

impl Resolved<'_> {
    /// Opens the file for reading.
    ///
    /// # Errors
    /// The system's own, by their names; `EISDIR` for a directory, `EINVAL`
    /// for what is neither file nor directory, `ENOTCAPABLE` where a symbolic
    /// link leads out of the preopen.
    pub fn open(&self) -> Result<OpenedFile> {
        let file = self
            .preopen
            .dir
            .open_with(&self.relative, &read_only())
            .map_err(|error| refusal(&error))?;
        let metadata = file.metadata().map_err(|error| Error::io("stat", &error))?;
        if !metadata.is_file() {
            return Err(not_regular(metadata.file_type()));
        }
        Ok(OpenedFile {
            file: file.into_std(),
            size: metadata.len(),
            name: self.file_name().to_owned(),
        })
    }

    fn file_name(&self) -> &str {
        let path = self.relative.trim_end_matches('/');
        path.rsplit('/').next().unwrap_or(path)
    }
}

fn read_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt;
        use rustix::fs::OFlags;
        // NOCTTY: a terminal device must not become the host's own.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits() as i32);
    }
    options
}

fn refusal(error: &io::Error) -> Error {
    // cap-std makes this error itself; the kernel's own EACCES has a number.
    if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        return Error::file(
            "open",
            Errno::NOTCAPABLE,
            "a symbolic link or \"..\" in it leads out of its preopened directory",
        );
    }
    Error::io("open", error)
}

fn not_regular(file_type: FileType) -> Error {
    if file_type.is_dir() {
        return Error::file("read", Errno::ISDIR, "it is a directory, expected a file");
    }
    Error::file("read", Errno::INVAL, "it is a FIFO, a socket or a device, expected a regular file")
}
