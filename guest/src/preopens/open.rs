//! Opens a resolved path as one regular file, for reading or for replacing it.
//!
//! The order of the steps matters. Opening before checking leaves no gap in which the
//! file could be exchanged. Opening without blocking keeps a FIFO from holding a thread
//! forever. Only what `fstat` reports as a regular file is returned, since nothing else
//! can be read at an offset.

use super::Resolved;
use crate::errno::Errno;
use crate::error::{Error, Result};
use cap_std::fs::{Dir, FileType, Metadata, OpenOptions};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// A regular file, open for reading only.
#[derive(Debug)]
pub struct OpenedFile {
    pub(crate) file: File,
    /// In bytes, when it was opened.
    pub(crate) size: u64,
    /// The last part of its path: TagLib chooses the parser by the extension.
    pub(crate) name: String,
}

/// A regular file, open for reading and writing, with its directory.
#[derive(Debug)]
pub(crate) struct ReplaceableFile {
    pub file: File,
    /// The directory and the name of the file itself, not of a link to it.
    pub dir: Dir,
    pub name: OsString,
    /// The last part of the requested path.
    pub asked_name: String,
}

/// The place where a file is, or would be created.
#[derive(Debug)]
pub(crate) struct Place {
    /// The directory and the name of the file itself, not of a link to it.
    pub dir: Dir,
    pub name: OsString,
    /// The file that has this name now.
    pub existing: Option<Metadata>,
}

impl Resolved<'_> {
    /// Opens the file for reading.
    ///
    /// # Errors
    /// The system's errors, by their names; `EISDIR` for a directory, `EINVAL` for anything else
    /// that is not a regular file, `ENOTCAPABLE` if a symbolic link leads out of the preopen.
    pub fn open(&self) -> Result<OpenedFile> {
        let file = self
            .preopen
            .dir
            .open_with(&self.relative, &harmless_options())
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

    /// Opens the file and its directory with the right to change both. A symbolic link is
    /// followed, so the link itself is not replaced.
    ///
    /// # Errors
    /// As [`Self::open`]; and `EROFS` in a read-only preopen.
    pub(crate) fn open_to_replace(&self) -> Result<ReplaceableFile> {
        self.check_writable()?;
        // The checks for reading come first: a file that can't be read can't be edited,
        // and opening a device for writing may have an effect.
        self.open()?;
        let Place { dir, name, .. } = self.place()?;
        let file = dir
            .open_with(&name, harmless_options().write(true))
            .map_err(|error| refusal(&error))?;
        let metadata = file.metadata().map_err(|error| Error::io("stat", &error))?;
        if !metadata.is_file() {
            return Err(not_regular(metadata.file_type()));
        }
        let asked_name = self.file_name().to_owned();
        Ok(ReplaceableFile { file: file.into_std(), dir, name, asked_name })
    }

    /// Finds the place where the file is or would be created, with the right to create it. A
    /// symbolic link is followed, even if it is dangling.
    ///
    /// # Errors
    /// The system's errors, by their names; `EROFS` in a read-only preopen, `EISDIR` for a
    /// directory, `EINVAL` for anything else that is not a regular file.
    pub(crate) fn place_to_write(&self) -> Result<Place> {
        self.check_writable()?;
        if self.relative.ends_with('/') {
            return Err(is_directory("save"));
        }
        let place = self.place()?;
        match &place.existing {
            Some(existing) if !existing.is_file() => Err(not_regular(existing.file_type())),
            _ => Ok(place),
        }
    }

    fn check_writable(&self) -> Result<()> {
        if !self.preopen.read_only {
            return Ok(());
        }
        let message = "its directory is preopened with readOnly: true";
        Err(Error::file("save", Errno::ROFS, message))
    }

    /// Returns the directory of the file, and its name there.
    ///
    /// `canonicalize` returns the same, but not while the file is being replaced: it asks /proc
    /// for the path of the file that it has opened, which may then be `song.mp3 (deleted)`.
    fn place(&self) -> Result<Place> {
        /// Linux follows the same number of links.
        const MAX_LINKS: usize = 40;
        let root = &self.preopen.dir;
        let mut path = PathBuf::from(&self.relative);
        for _ in 0..MAX_LINKS {
            let name = path.file_name().ok_or_else(|| is_directory("save"))?.to_owned();
            let parent = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => {
                    root.canonicalize(parent).map_err(|error| refusal(&error))?
                }
                _ => PathBuf::from("."),
            };
            let dir = root.open_dir(&parent).map_err(|error| refusal(&error))?;
            let existing = match dir.symlink_metadata(&name) {
                Ok(existing) => Some(existing),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(refusal(&error)),
            };
            if !existing.as_ref().is_some_and(Metadata::is_symlink) {
                return Ok(Place { dir, name, existing });
            }
            path = parent.join(dir.read_link_contents(&name).map_err(|error| refusal(&error))?);
        }
        Err(Error::file("open", Errno::LOOP, "too many symbolic links, one after the other"))
    }

    fn file_name(&self) -> &str {
        let path = self.relative.trim_end_matches('/');
        path.rsplit('/').next().unwrap_or(path)
    }
}

/// Returns options that open a file for reading, and neither block nor change the process.
pub(crate) fn harmless_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt;
        use rustix::fs::OFlags;
        // NOCTTY: a terminal device must not become the controlling terminal of the process.
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(flags.bits() as i32);
    }
    options
}

pub(super) fn refusal(error: &io::Error) -> Error {
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

fn is_directory(operation: &'static str) -> Error {
    Error::file(operation, Errno::ISDIR, "it is a directory, expected a file")
}

fn not_regular(file_type: FileType) -> Error {
    if file_type.is_dir() {
        return is_directory("read");
    }
    Error::file("read", Errno::INVAL, "it is a FIFO, a socket or a device, expected a regular file")
}
