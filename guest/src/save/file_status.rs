//! Tells files apart, and the states of one file, by what the system reports about them.

use cap_std::fs::Metadata;
use std::time::SystemTime;

/// Identifies a file and one state of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileState {
    pub identity: (u64, u64),
    pub size: u64,
    pub modified: Option<SystemTime>,
    /// The time of the last change. Unlike the modification time, a program can't set it. Neither
    /// locking the file nor cloning its content changes it.
    changed: (i64, i64),
}

impl FileState {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            identity: identity(metadata),
            size: metadata.len(),
            modified: modified(metadata),
            changed: changed(metadata),
        }
    }
}

/// Returns the device and the inode number.
#[cfg(unix)]
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    use cap_std::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Returns how many names the file has.
#[cfg(unix)]
pub(super) fn links(metadata: &Metadata) -> u64 {
    use cap_std::fs::MetadataExt;
    metadata.nlink()
}

/// Returns the time of the last change of content or attributes, in seconds and nanoseconds.
/// Unlike the modification time, a program can't set it.
#[cfg(unix)]
pub(super) fn changed(metadata: &Metadata) -> (i64, i64) {
    use cap_std::fs::MetadataExt;
    (metadata.ctime(), metadata.ctime_nsec())
}

/// Returns no identity: on Windows, stable Rust reports neither number, so size and time have to
/// suffice.
#[cfg(windows)]
pub(super) fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(windows)]
pub(super) fn links(_: &Metadata) -> u64 {
    1
}

/// Stable Rust does not report the time of change on Windows.
#[cfg(windows)]
pub(super) fn changed(metadata: &Metadata) -> (i64, i64) {
    let modified =
        modified(metadata).and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    modified.map_or((0, 0), |time| (time.as_secs() as i64, i64::from(time.subsec_nanos())))
}

pub(super) fn modified(metadata: &Metadata) -> Option<SystemTime> {
    metadata.modified().ok().map(cap_std::time::SystemTime::into_std)
}
