//! The copy that is edited, until it takes the file's place.
//!
//! It stands in the file's own directory, since a rename works within one file
//! system only, under a name that nobody can guess and that tells what it is.
//! It is removed when a save fails. A process that is killed can't do that: so
//! each save removes what others left behind. A copy that is in use is locked,
//! which tells it from one that is not.

use crate::error::{Error, Result};
use crate::file::Faults;
use crate::preopens::harmless_options;
use cap_std::fs::{Dir, OpenOptions};
use std::ffi::OsStr;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;

const PREFIX: &str = ".taglib-wasi-";
const SUFFIX: &str = ".tmp";

pub(super) struct Temporary<'a> {
    dir: &'a Dir,
    name: String,
    file: File,
    faults: &'a Faults,
    in_place: bool,
}

impl<'a> Temporary<'a> {
    /// An empty file that only its owner may read, until it has its mode.
    pub fn create(dir: &'a Dir, faults: &'a Faults) -> Result<Self> {
        remove_abandoned(dir);
        loop {
            let name = unguessable_name();
            let open = || dir.open_with(&name, &exclusive());
            let file = faults.run(open).map_err(|error| refusal(&error))?.into_std();
            let temporary = Self { dir, name, file, faults, in_place: false };
            // Without a lock somebody is about to remove it as abandoned.
            if temporary.file.try_lock().is_ok() || !locks_work(&temporary.file) {
                return Ok(temporary);
            }
        }
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// Puts it in the place of the file of this name, and writes that through
    /// to the disk.
    pub fn replace(mut self, name: &OsStr) -> Result<()> {
        let faults = self.faults;
        // Opened before anything has changed, as this may fail, too.
        let dir =
            faults.run(|| DirSync::new(self.dir)).map_err(|error| Error::io("open", &error))?;
        let rename = || self.dir.rename(&self.name, self.dir, name);
        faults.run(rename).map_err(|error| Error::io("rename", &error))?;
        self.in_place = true;
        faults.run(|| dir.sync()).map_err(|error| Error::io("sync", &error))
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.in_place {
            // Where it can't be removed now, the next save tries again.
            let _ = self.dir.remove_file(&self.name);
        }
    }
}

/// `RandomState` takes its keys from the system's random numbers, and what it
/// makes of them can't be foretold without the keys.
fn unguessable_name() -> String {
    let number = || RandomState::new().hash_one(());
    format!("{PREFIX}{:016x}{:016x}{SUFFIX}", number(), number())
}

fn exclusive() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn refusal(error: &io::Error) -> Error {
    let error = Error::io("save", error);
    let message = format!("no copy can be made beside it: {error}");
    Error::new(error.kind(), message)
}

/// Removes the copies that no process holds any more. What fails here is left
/// for another time.
fn remove_abandoned(dir: &Dir) {
    let Ok(entries) = dir.entries() else { return };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|file_type| file_type.is_file());
        if is_file
            && is_ours(&entry.file_name())
            && let Ok(file) = entry.open_with(&harmless_options())
            && let file = file.into_std()
            && file.try_lock().is_ok()
        {
            let _ = entry.remove_file();
        }
    }
}

fn is_ours(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX))
        .is_some_and(|middle| middle.len() == 32 && middle.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// Whether the file system has locks at all.
fn locks_work(file: &File) -> bool {
    matches!(file.try_lock(), Ok(()) | Err(std::fs::TryLockError::WouldBlock))
}

/// A directory, to be written through to the disk.
#[cfg(unix)]
struct DirSync(File);

#[cfg(unix)]
impl DirSync {
    /// Opened anew: on Linux a `Dir` holds a path and can't be synced.
    fn new(dir: &Dir) -> io::Result<Self> {
        dir.open_with(".", &harmless_options()).map(|file| Self(file.into_std()))
    }

    fn sync(&self) -> io::Result<()> {
        match self.0.sync_all() {
            // Some file systems can't sync a directory, and say so in this way.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result,
        }
    }
}

/// Windows can't open a directory for this.
#[cfg(windows)]
struct DirSync;

#[cfg(windows)]
impl DirSync {
    fn new(_: &Dir) -> io::Result<Self> {
        Ok(Self)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_are_recognised() {
        let (one, other) = (unguessable_name(), unguessable_name());
        assert_ne!(one, other);
        assert!(is_ours(OsStr::new(&one)));
        for name in ["song.mp3", ".taglib-wasi-.tmp", ".taglib-wasi-notes.tmp", &one[1..]] {
            assert!(!is_ours(OsStr::new(name)), "{name}");
        }
    }
}
