//! The copy that is edited before it takes the place of the file.
//!
//! It is created in the directory of the file, since a rename works only within one file system.
//! On Linux it has no name while it is edited (`O_TMPFILE`): no other process can see it, and a
//! killed process leaves nothing behind. It gets an unguessable name only for the last steps,
//! since no system can put an unnamed file in the place of another.
//!
//! If the system or the file system has no unnamed files, the copy has a name from the start. It
//! is locked before it gets the name by which `abandoned` recognises it, so that no other save
//! takes it for an abandoned copy.

use super::file_status::identity;
use super::{abandoned, temporary_name};
use crate::error::{Error, Result};
use crate::file::Faults;
use crate::limits::Budget;
use crate::preopens::harmless_options;
use cap_std::fs::{Dir, Metadata, OpenOptions};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io;

/// The mode of a file that only its owner may read and write.
pub(super) const PRIVATE: u32 = 0o600;

/// The copy. It is locked until it is dropped, and removed then unless it has taken the place of
/// the file.
pub(super) struct Temporary<'a> {
    dir: &'a Dir,
    file: File,
    /// `None` while the file is unnamed.
    name: Option<String>,
    faults: &'a Faults,
}

impl<'a> Temporary<'a> {
    /// Creates an empty file whose mode is what the user's mask leaves of `mode`.
    pub(super) fn create(
        dir: &'a Dir,
        mode: u32,
        budget: &Budget,
        faults: &'a Faults,
    ) -> Result<Self> {
        let unnamed = faults
            .run(|| unnamed::create(dir, mode))
            .or_else(|error| if unnamed::is_unsupported(&error) { Ok(None) } else { Err(error) });
        let temporary = match unnamed.map_err(|error| cannot_create(&error))? {
            Some(file) => {
                // On a file system without locks, the copy is used unlocked.
                let _ = file.try_lock();
                Self { dir, file, name: None, faults }
            }
            None => Self::create_named(dir, mode, budget, faults)?,
        };
        abandoned::remove(dir, &temporary.file, temporary.name.is_none(), budget)?;
        Ok(temporary)
    }

    fn create_named(dir: &'a Dir, mode: u32, budget: &Budget, faults: &'a Faults) -> Result<Self> {
        let failed = |error: io::Error| cannot_create(&error);
        loop {
            budget.check()?;
            let name = temporary_name::provisional();
            let file = faults.run(|| dir.open_with(&name, &exclusive(mode))).map_err(failed)?;
            let mut temporary = Self { dir, file: file.into_std(), name: Some(name), faults };
            if matches!(temporary.file.try_lock(), Err(TryLockError::WouldBlock)) {
                continue;
            }
            temporary.bind_name().map_err(failed)?;
            if temporary.has_its_name().map_err(failed)? {
                return Ok(temporary);
            }
        }
    }

    /// Renames the file from its provisional name to its final name as a copy.
    fn bind_name(&mut self) -> io::Result<()> {
        let bound = temporary_name::bound(self.inode()?);
        if let Some(provisional) = &self.name {
            self.faults.run(|| self.dir.rename(provisional, self.dir, &bound))?;
        }
        self.name = Some(bound);
        Ok(())
    }

    /// Returns whether the name still leads to this file: anyone who may write to the directory
    /// could have put another file there.
    fn has_its_name(&self) -> io::Result<bool> {
        let Some(name) = &self.name else { return Ok(false) };
        let own = self.faults.run(|| Metadata::from_file(&self.file))?;
        let in_place = self.faults.run(|| self.dir.symlink_metadata(name))?;
        Ok(identity(&own) == identity(&in_place))
    }

    fn inode(&self) -> io::Result<u64> {
        let metadata = self.faults.run(|| Metadata::from_file(&self.file))?;
        Ok(identity(&metadata).1)
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file a name if it has none, and flushes it to the disk.
    ///
    /// The name comes first. Btrfs does not log a file that has no name (`btrfs_log_inode_parent`
    /// in `fs/btrfs/tree-log.c`): if the file were synced before, it could be empty after a power
    /// failure that follows the rename.
    pub(super) fn sync(&mut self) -> Result<()> {
        if self.name.is_none() {
            let name = self
                .inode()
                .map(temporary_name::bound)
                .map_err(|error| Error::io("stat", &error))?;
            self.faults
                .run(|| unnamed::link(&self.file, self.dir, &name))
                .map_err(|error| Error::io("link", &error))?;
            self.name = Some(name);
        }
        self.faults.run(|| self.file.sync_all()).map_err(|error| Error::io("sync", &error))
    }

    /// Puts the file in the place of the file called `target`, and flushes the rename to the
    /// disk. The file must have been synced before.
    pub(super) fn replace(self, target: &OsStr) -> Result<()> {
        self.put(|dir, name| dir.rename(name, dir, target))
    }

    /// Renames the file to `target` if no file has that name, and flushes the rename to the disk.
    /// The file must have been synced before.
    ///
    /// # Errors
    /// `EEXIST` if a file has the name.
    pub(super) fn put_if_none(self, target: &OsStr) -> Result<()> {
        self.put(|dir, name| exclusively::rename(dir, name, target))
    }

    fn put(mut self, rename: impl Fn(&Dir, &str) -> io::Result<()>) -> Result<()> {
        let faults = self.faults;
        // The directory is opened before anything changes, since opening it may fail, too.
        let dir =
            faults.run(|| DirSync::new(self.dir)).map_err(|error| Error::io("open", &error))?;
        let rename = || {
            let name = self.name.as_ref().ok_or(io::ErrorKind::NotFound)?;
            rename(self.dir, name)
        };
        faults.run(rename).map_err(|error| Error::io("rename", &error))?;
        self.name = None;
        faults.run(|| dir.sync()).map_err(|error| Error::io("sync", &error))
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // If the file can't be removed now, a later save tries again.
            let _ = self.dir.remove_file(name);
        }
    }
}

fn exclusive(mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(windows)]
    let _ = mode;
    options
}

fn cannot_create(error: &io::Error) -> Error {
    let error = Error::io("save", error);
    let message = format!("no copy can be made beside it: {error}");
    Error::new(error.kind(), message)
}

/// Creates unnamed files, and gives them names.
#[cfg(target_os = "linux")]
mod unnamed {
    use super::*;
    use rustix::fs::{self, AtFlags, CWD, Mode, OFlags};
    use rustix::io::Errno;
    use std::os::fd::AsRawFd;

    /// Creates an unnamed file in `dir`. Returns `None` if it could never get a name.
    pub(super) fn create(dir: &Dir, mode: u32) -> io::Result<Option<File>> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let file: File = fs::openat(dir, ".", flags, Mode::from_raw_mode(mode))?.into();
        // There may be no /proc, for instance in a chroot.
        Ok(std::fs::symlink_metadata(path_of(&file)).is_ok().then_some(file))
    }

    /// Returns whether an error is that of a file system or kernel without `O_TMPFILE`: those of
    /// open(2), and those of kernels that take the flag for `O_DIRECTORY`.
    pub(super) fn is_unsupported(error: &io::Error) -> bool {
        [Errno::OPNOTSUPP, Errno::ISDIR, Errno::INVAL, Errno::NOSYS]
            .iter()
            .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
    }

    /// Gives a file a name. `AT_EMPTY_PATH` would work without /proc, but needs a privilege
    /// before Linux 6.10.
    pub(super) fn link(file: &File, dir: &Dir, name: &str) -> io::Result<()> {
        fs::linkat(CWD, path_of(file), dir, name, AtFlags::SYMLINK_FOLLOW)?;
        Ok(())
    }

    fn path_of(file: &File) -> String {
        format!("/proc/self/fd/{}", file.as_raw_fd())
    }
}

#[cfg(not(target_os = "linux"))]
mod unnamed {
    use super::*;

    pub fn create(_: &Dir, _: u32) -> io::Result<Option<File>> {
        Ok(None)
    }

    pub fn is_unsupported(_: &io::Error) -> bool {
        false
    }

    pub fn link(_: &File, _: &Dir, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Renames without replacing a file.
mod exclusively {
    use super::*;

    pub(super) fn rename(dir: &Dir, name: &str, target: &OsStr) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        {
            use rustix::fs::{RenameFlags, renameat_with};
            use rustix::io::Errno;
            match renameat_with(dir, name, dir, target, RenameFlags::NOREPLACE) {
                // The file system or the kernel does not support it.
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {}
                result => return Ok(result?),
            }
        }
        // A link fails if the name is taken, too. If the process is killed now, the
        // file has two names, and a later save removes the other one.
        dir.hard_link(name, dir, target)?;
        dir.remove_file(name)
    }
}

/// A directory whose changes are flushed to the disk.
#[cfg(unix)]
struct DirSync(File);

#[cfg(unix)]
impl DirSync {
    /// Opens the directory anew: on Linux a `Dir` holds a path and can't be synced.
    fn new(dir: &Dir) -> io::Result<Self> {
        dir.open_with(".", &harmless_options()).map(|file| Self(file.into_std()))
    }

    fn sync(&self) -> io::Result<()> {
        match self.0.sync_all() {
            // This is the error of file systems that can't sync a directory.
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
