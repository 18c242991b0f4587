//! The file that is to be saved.

use super::SaveOptions;
use super::editing::Source;
use super::file_status::{FileState, links};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::Faults;
use crate::limits::Budget;
use crate::preopens::{ReplaceableFile, Resolved};
use cap_std::fs::{Dir, Metadata};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;
use std::thread;
use std::time::{Duration, SystemTime};

/// How long to sleep between two attempts to lock the file.
const LOCK_POLL: Duration = Duration::from_millis(2);

/// The file, locked until it is dropped.
pub(super) struct Target {
    opened: ReplaceableFile,
    state: FileState,
}

impl Target {
    pub(super) fn open(
        resolved: &Resolved<'_>,
        options: &SaveOptions,
        faults: &Faults,
        budget: &Budget,
    ) -> Result<Self> {
        loop {
            budget.check()?;
            let opened = resolved.open_to_replace()?;
            lock(&opened.file, budget)?;
            let stat = || Metadata::from_file(&opened.file);
            let metadata = faults.run(stat).map_err(|error| Error::io("stat", &error))?;
            let target = Self { state: FileState::of(&metadata), opened };
            // Another save may have replaced the file while this one waited for the lock.
            if target.is_in_place(faults)? {
                target.check_links(&metadata, options)?;
                return Ok(target);
            }
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.opened.file
    }

    pub(super) fn dir(&self) -> &Dir {
        &self.opened.dir
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.opened.name
    }

    /// Returns the file as the source of an edit.
    pub(super) fn source(&self) -> Source<'_> {
        let ReplaceableFile { file, asked_name, .. } = &self.opened;
        Source { file, size: self.state.size, name: asked_name }
    }

    pub(super) fn modified(&self) -> Option<SystemTime> {
        self.state.modified
    }

    /// Checks that the name still leads to the file that was opened, and that nobody has changed
    /// the file since.
    ///
    /// # Errors
    /// `EBUSY` if either is not the case.
    pub(super) fn check_unchanged(&self, faults: &Faults) -> Result<()> {
        let now = self.state_in_place(faults)?;
        if now.as_ref() == Some(&self.state) {
            return Ok(());
        }
        let message = "another program has changed or replaced it meanwhile; nothing was written";
        Err(Error::file("save", Errno::BUSY, message))
    }

    fn is_in_place(&self, faults: &Faults) -> Result<bool> {
        let now = self.state_in_place(faults)?;
        Ok(now.is_some_and(|now| now.identity == self.state.identity))
    }

    fn state_in_place(&self, faults: &Faults) -> Result<Option<FileState>> {
        match faults.run(|| self.dir().symlink_metadata(self.name())) {
            Ok(metadata) => Ok(Some(FileState::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("stat", &error)),
        }
    }

    fn check_links(&self, metadata: &Metadata, options: &SaveOptions) -> Result<()> {
        if links(metadata) < 2 || options.break_hard_links || options.in_place {
            return Ok(());
        }
        let message = "it has several names (hard links), and the new file would have this one \
                       only; hardLinks: \"break\" allows that";
        Err(Error::file("save", Errno::MLINK, message))
    }
}

/// Waits for the lock. Does nothing if the file system has no locks.
///
/// Polls, because a blocking wait could not be interrupted.
fn lock(file: &File, budget: &Budget) -> Result<()> {
    while let Err(TryLockError::WouldBlock) = file.try_lock() {
        budget.check()?;
        thread::sleep(LOCK_POLL);
    }
    Ok(())
}
