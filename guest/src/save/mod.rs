//! Changing a file on disk, so that after any fault it is the old one or the
//! new one, whole.
//!
//! TagLib edits in place and takes no notice of a write that fails: on a full
//! disk it reports success and leaves half a file. So it never gets to see the
//! user's file. It edits a copy (`temporary`) in the same directory, through a
//! file layer that remembers every failure (`crate::wasi`); the result is read
//! again (`verify`, which knows from `audio_data` where the audio is); it gets
//! the file's mode, owner and attributes (`attributes`), is written through to the disk, and takes the file's place
//! in one step, which the file system does wholly or not at all. `target` is
//! the file itself: it is locked meanwhile, so that two saves follow one
//! another, and left alone where somebody else has changed it.
//!
//! Rejected: writing only the region of the tag where the new one fits into
//! the old one's padding. It would spare the copy, but a write of several
//! pages may reach the disk in part, and no file system in use says otherwise.

mod attributes;
mod audio_data;
mod copy;
mod target;
mod temporary;
mod verify;

use crate::error::{Error, ErrorKind, Result};
use crate::file::{ChangedRanges, DiskFile, Editable, Faults};
use crate::limits::{self, Budget, Cancellation, Limits};
use crate::preopens::Preopens;
use crate::sandbox::{GuestFiles, Sandbox, Trust};
use crate::tags::{Answer, Edit};
use std::fs::File;
use std::io::{Read, Seek};
use std::time::Duration;
use target::Target;
use temporary::Temporary;
use verify::Original;

/// How a file is saved.
#[derive(Clone, Debug, Default)]
pub struct SaveOptions {
    /// Saves a file that has several names, which then parts from the others.
    pub break_hard_links: bool,
    /// Gives the new file the old one's modification time.
    pub preserve_modified: bool,
    /// Lets TagLib edit the file itself. Fast for large files, and a fault
    /// may damage it.
    pub in_place: bool,
    /// For tests.
    #[doc(hidden)]
    pub faults: Faults,
}

/// The content for which saving takes a second more than the deadline, in
/// bytes: it is copied, moved along and written through to the disk.
const SIZE_PER_SECOND: u64 = 16 << 20;

/// What the format is judged by, in bytes: it stands behind a tag with covers,
/// sometimes.
const HEAD: u64 = 4 << 20;

/// Applies `edit` to the file of this path.
///
/// The deadline is that of `limits` and a second more for every 16 MiB of the
/// file; the memory limit holds as it is, since TagLib reads what it needs.
///
/// # Errors
/// As [`crate::read_metadata`], and [`ErrorKind::FileOperation`] with the
/// errno of whatever failed: `EROFS` in a read-only preopen, `EMLINK` where
/// the file has several names, `EBUSY` where it has changed meanwhile,
/// `ENOTSUP` where TagLib can't write its format. In every case the file is as
/// it was.
pub fn save(
    preopens: &Preopens,
    path: &str,
    edit: &Edit,
    options: &SaveOptions,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<()> {
    let resolved = preopens.resolve(path)?;
    let waiting = Budget::start(limits, cancellation);
    let target = Target::open(&resolved, options, &waiting)?;
    let limits = scaled(limits, target.size());
    let saving = Saving { edit, options, budget: Budget::start(limits, cancellation) };
    if options.in_place { saving.in_place(&target) } else { saving.by_copy(&target) }
}

fn scaled(limits: Limits, size: u64) -> Limits {
    let extra = Duration::from_secs(size / SIZE_PER_SECOND);
    Limits { deadline: limits.deadline.saturating_add(extra), ..limits }
}

/// A file whose tags have been changed.
struct Edited {
    /// The name under which TagLib knew it.
    name: String,
    /// What it was before the change.
    before: Answer,
    /// Where it is no longer as it was.
    written: ChangedRanges,
}

struct Saving<'a> {
    edit: &'a Edit,
    options: &'a SaveOptions,
    budget: Budget,
}

impl Saving<'_> {
    fn by_copy(&self, target: &Target) -> Result<()> {
        let faults = &self.options.faults;
        let original = Original::examine(target.file(), target.size(), self)?;
        let copy = Temporary::create(target.dir(), faults)?;
        copy::content(target.file(), copy.file(), target.size(), &self.budget, faults)?;
        let edited = self.edit(copy.file(), target)?;
        original.check_copy(&edited, copy.file(), self)?;
        attributes::copy(target, copy.file(), self.options)?;
        faults.run(|| copy.file().sync_all()).map_err(|error| Error::io("sync", &error))?;
        self.budget.check()?;
        target.check_unchanged(faults)?;
        copy.replace(target.name())
    }

    fn in_place(&self, target: &Target) -> Result<()> {
        let modified = target.modified();
        Original::examine(target.file(), target.size(), self)?;
        self.edit(target.file(), target)?;
        if self.options.preserve_modified {
            attributes::set_modified(target.file(), modified)
                .map_err(|error| Error::io("set the modification time of", &error))?;
        }
        let faults = &self.options.faults;
        faults.run(|| target.file().sync_all()).map_err(|error| Error::io("sync", &error))
    }

    /// By the name's extension; where that comes to nothing, by the content, as
    /// it is read.
    fn edit(&self, file: &File, target: &Target) -> Result<Edited> {
        let name = target.asked_name();
        if let Some(edited) = self.edit_as(name, Trust::Name, file, target.size())? {
            return Ok(edited);
        }
        if let Some(extension) = self.extension_of(file)? {
            let name = format!("content.{extension}");
            if let Some(edited) = self.edit_as(&name, Trust::Content, file, target.size())? {
                return Ok(edited);
            }
        }
        Err(Error::new(
            ErrorKind::InvalidFormat,
            "TagLib knows neither its extension nor its content as audio",
        ))
    }

    fn extension_of(&self, file: &File) -> Result<Option<&'static str>> {
        let faults = &self.options.faults;
        let mut head = Vec::new();
        let mut file = file;
        faults
            .run(|| {
                file.rewind()?;
                file.take(HEAD).read_to_end(&mut head)
            })
            .map_err(|error| Error::io("read", &error))?;
        Sandbox::new(GuestFiles::none(), &self.budget)?.extension_of(&head)
    }

    fn disk_file(&self, file: &File) -> Result<DiskFile> {
        let clone = file.try_clone().map_err(|error| Error::io("open", &error))?;
        Ok(DiskFile::new(clone, &self.options.faults))
    }

    fn edit_as(&self, name: &str, trust: Trust, file: &File, size: u64) -> Result<Option<Edited>> {
        let editable = Editable::new(self.disk_file(file)?, size, &self.budget);
        let files = GuestFiles::editable(name.to_owned(), editable);
        let mut sandbox = Sandbox::new(files, &self.budget)?;
        let before = sandbox.edit_by_path(self.edit.clone(), trust);
        // A failure of the disk is what matters: TagLib may have taken it for
        // anything, and for success most of all.
        let written = match sandbox.into_edited() {
            Some(editable) => {
                editable.finish().map_err(|error| limits::failure("write", &error))?
            }
            None => ChangedRanges::default(),
        };
        Ok(before?.map(|before| Edited { name: name.to_owned(), before, written }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_has_more_time_and_no_more_memory() {
        let limits = Limits { deadline: Duration::from_secs(5), ..Limits::default() };
        let seconds = |size| scaled(limits, size).deadline.as_secs();
        assert_eq!([seconds(0), seconds((16 << 20) - 1), seconds(500 << 20)], [5, 5, 36]);
        assert_eq!(scaled(limits, u64::MAX).memory, limits.memory);
    }
}
