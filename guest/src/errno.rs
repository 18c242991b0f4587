//! Names for the system's error numbers.
//!
//! JavaScript programs compare with `"ENOENT"`, never with 2, and the numbers differ
//! between systems. `io::ErrorKind` is portable. Errors that have no kind are
//! recognised by their numbers, where POSIX fixes these.

use std::io::{self, ErrorKind};

/// The name of an errno, such as `ENOENT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(&'static str);

impl Errno {
    /// Permission denied.
    pub const ACCES: Self = Self("EACCES");
    /// The file is in use, or has changed meanwhile.
    pub const BUSY: Self = Self("EBUSY");
    /// The file exists.
    pub const EXIST: Self = Self("EEXIST");
    /// The file is too large.
    pub const FBIG: Self = Self("EFBIG");
    /// A name that is not valid Unicode.
    pub const ILSEQ: Self = Self("EILSEQ");
    /// An argument is not valid.
    pub const INVAL: Self = Self("EINVAL");
    /// Input or output failed.
    pub const IO: Self = Self("EIO");
    /// The path names a directory.
    pub const ISDIR: Self = Self("EISDIR");
    /// Too many symbolic links.
    pub const LOOP: Self = Self("ELOOP");
    /// The file has several names.
    pub const MLINK: Self = Self("EMLINK");
    /// There is no such file.
    pub const NOENT: Self = Self("ENOENT");
    /// WASI's own: the path leads outside every preopen.
    pub const NOTCAPABLE: Self = Self("ENOTCAPABLE");
    /// A part of the path is not a directory.
    pub const NOTDIR: Self = Self("ENOTDIR");
    /// The operation is not supported.
    pub const NOTSUP: Self = Self("ENOTSUP");
    /// The preopen or the file system is read-only.
    pub const ROFS: Self = Self("EROFS");

    /// Returns the name as text.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// Returns the name for a system error.
    pub fn of(error: &io::Error) -> Self {
        if let Some(named) = error.raw_os_error().and_then(by_number) {
            return named;
        }
        Self(match error.kind() {
            ErrorKind::NotFound => "ENOENT",
            ErrorKind::AlreadyExists => "EEXIST",
            ErrorKind::PermissionDenied => "EACCES",
            ErrorKind::IsADirectory => "EISDIR",
            ErrorKind::NotADirectory => "ENOTDIR",
            ErrorKind::InvalidInput => "EINVAL",
            ErrorKind::InvalidFilename => "ENAMETOOLONG",
            ErrorKind::ReadOnlyFilesystem => "EROFS",
            ErrorKind::StorageFull => "ENOSPC",
            ErrorKind::QuotaExceeded => "EDQUOT",
            ErrorKind::FileTooLarge => "EFBIG",
            ErrorKind::ResourceBusy => "EBUSY",
            ErrorKind::ExecutableFileBusy => "ETXTBSY",
            ErrorKind::StaleNetworkFileHandle => "ESTALE",
            ErrorKind::OutOfMemory => "ENOMEM",
            ErrorKind::TimedOut => "ETIMEDOUT",
            ErrorKind::WouldBlock => "EAGAIN",
            _ => "EIO",
        })
    }
}

/// Returns the names of numbers that are the same on Linux and macOS, and for which
/// `io::ErrorKind` has no stable kind, or one kind for several (`EPERM` and `EACCES`).
#[cfg(unix)]
fn by_number(number: i32) -> Option<Errno> {
    Some(Errno(match number {
        1 => "EPERM",
        6 => "ENXIO",
        19 => "ENODEV",
        23 => "ENFILE",
        24 => "EMFILE",
        // ELOOP is one of the few numbers that differ.
        40 if cfg!(target_os = "linux") => "ELOOP",
        62 if cfg!(target_vendor = "apple") => "ELOOP",
        _ => return None,
    }))
}

#[cfg(not(unix))]
fn by_number(_: i32) -> Option<Errno> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_enoent() {
        let error = std::fs::File::open("/nowhere/at/all").unwrap_err();
        assert_eq!(Errno::of(&error).name(), "ENOENT");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn numbers_without_a_kind_keep_their_names() {
        for (number, name) in
            [(1, "EPERM"), (13, "EACCES"), (40, "ELOOP"), (24, "EMFILE"), (36, "ENAMETOOLONG")]
        {
            assert_eq!(Errno::of(&io::Error::from_raw_os_error(number)).name(), name);
        }
    }
}
