//! The constants of WASI preview 1 that the file calls use.

/// `errno`: the subset that the file calls return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WasiErrno {
    Success = 0,
    Badf = 8,
    Fault = 21,
    Fbig = 22,
    Inval = 28,
    Io = 29,
    Mfile = 33,
    Nametoolong = 37,
    Noent = 44,
    Notdir = 54,
    Rofs = 69,
}

/// `filetype`
pub(super) const FILETYPE_DIRECTORY: u8 = 3;
pub(super) const FILETYPE_REGULAR: u8 = 4;

/// `oflags`
pub(super) mod open_flags {
    pub(crate) const DIRECTORY: u32 = 1 << 1;
}

/// `rights`
pub(super) mod rights {
    const FD_READ: u64 = 1 << 1;
    const FD_SEEK: u64 = 1 << 2;
    const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    const FD_TELL: u64 = 1 << 5;
    const FD_WRITE: u64 = 1 << 6;
    const FD_ALLOCATE: u64 = 1 << 8;
    const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;

    pub(crate) const PATH_OPEN: u64 = 1 << 13;
    /// The rights of a file that is open for reading.
    pub(crate) const READ_FILE: u64 = FD_READ | FD_SEEK | FD_TELL | FD_FDSTAT_SET_FLAGS;
    /// The rights of a file that is open for editing.
    pub(crate) const EDIT_FILE: u64 = READ_FILE | CHANGES;
    /// A descriptor with any of these may change the file.
    pub(crate) const CHANGES: u64 = FD_WRITE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE;
}
