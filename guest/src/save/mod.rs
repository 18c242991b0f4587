//! Changes a file on disk, so that after any fault it is the old file or the
//! new one, whole.
//!
//! TagLib edits in place and ignores a write that fails: on a full disk it
//! reports success and leaves half a file. So it never sees the user's file:
//!
//! 1. `target` opens the file and locks it, so that two saves of one file
//!    follow one another.
//! 2. `temporary` creates a copy in the same directory, and `copy` fills it.
//!    (`abandoned` removes copies that killed processes left there.)
//! 3. TagLib edits the copy, through a file layer that remembers every failure
//!    (`crate::file`).
//! 4. `verify` reads the copy again. It knows from `audio_data` where the audio
//!    is.
//! 5. `attributes` gives the copy the file's owner, mode, access list and
//!    extended attributes.
//! 6. The copy is written through to the disk. If `target` finds that no other
//!    program has changed the file, the copy takes its place in one step, which
//!    the file system does wholly or not at all.
//!
//! Rejected: writing only the region of the tag where the new one fits into
//! the old one's padding. It would spare the copy, but a write of several
//! pages may reach the disk in part, and no file system in use promises
//! otherwise.

mod abandoned;
mod attributes;
mod audio_data;
mod copy;
#[cfg(unix)]
mod extended_attributes;
mod file_status;
#[cfg(unix)]
mod ownership;
mod restored;
mod target;
mod temporary;
mod temporary_name;
mod verify;

use crate::error::{Error, ErrorKind, Loss, Result};
use crate::file::{ChangedRanges, DiskFile, Editable, Faults};
use crate::limits::{self, Budget, Cancellation, Limits};
use crate::preopens::Preopens;
use crate::preserve::OnLoss;
use crate::sandbox::{GuestFiles, Sandbox, Trust};
use crate::tags::{Answer, Edit};
use std::fs::File;
use std::io::{Read, Seek};
use std::time::Duration;
use target::Target;
use temporary::Temporary;
use verify::Original;

pub(crate) use verify::{ChangedContent, check_content};

/// Options of a save.
#[derive(Clone, Debug, Default)]
pub struct SaveOptions {
    /// Saves a file that has several names. The new content is then under the
    /// given name only.
    pub break_hard_links: bool,
    /// Gives the new file the old one's modification time.
    pub preserve_modified: bool,
    /// Lets TagLib edit the file itself. Fast for large files, but a fault may
    /// damage them, and nothing that TagLib loses is restored.
    pub in_place: bool,
    /// What to do if something would be lost that the edit does not ask to change.
    pub on_loss: OnLoss,
}

/// Size for which the deadline is extended by a second, in bytes: the content
/// is copied, moved along and written through to the disk.
const SIZE_PER_SECOND: u64 = 16 << 20;

/// How much of the content is read to find out its format, in bytes: the audio
/// may follow a tag with covers.
const HEAD: u64 = 4 << 20;

/// Applies `edit` to the file of this path.
///
/// The deadline is that of `limits`, extended by a second for every 16 MiB of
/// the file. The memory limit is not extended, since TagLib reads only what it
/// needs.
///
/// # Errors
/// As [`crate::read_metadata`], and [`ErrorKind::FileOperation`] with the
/// errno of the operation that failed: `EROFS` in a read-only preopen, `EMLINK`
/// where the file has several names, `EBUSY` where another program has changed
/// it meanwhile, `ENOTSUP` where TagLib can't write its format or the new file
/// can't have the old one's attributes, or something would be lost
/// ([`Error::lost`]). In every case the file is as it was.
pub fn save(
    preopens: &Preopens,
    path: &str,
    edit: &Edit,
    options: &SaveOptions,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Vec<Loss>> {
    save_with_faults(preopens, path, edit, options, limits, cancellation, &Faults::default())
}

/// Saves as [`save`] does, with operations made to fail.
pub fn save_with_faults(
    preopens: &Preopens,
    path: &str,
    edit: &Edit,
    options: &SaveOptions,
    limits: Limits,
    cancellation: &Cancellation,
    faults: &Faults,
) -> Result<Vec<Loss>> {
    let resolved = preopens.resolve(path)?;
    let waiting = Budget::start(limits, cancellation);
    let target = Target::open(&resolved, options, faults, &waiting)?;
    let limits = scaled(limits, target.size());
    let budget = Budget::start(limits, cancellation);
    let saving = Saving { edit, options, budget, faults };
    if options.in_place {
        saving.in_place(&target)?;
        return Ok(Vec::new());
    }
    saving.by_copy(&target)
}

fn scaled(limits: Limits, size: u64) -> Limits {
    let extra = Duration::from_secs(size / SIZE_PER_SECOND);
    Limits { deadline: limits.deadline.saturating_add(extra), ..limits }
}

/// The result of changing a file's tags.
struct Edited {
    /// The name by which TagLib chose the format.
    name: String,
    /// What TagLib read before the change.
    before: Answer,
    /// The ranges that were written to.
    written: ChangedRanges,
}

struct Saving<'a> {
    edit: &'a Edit,
    options: &'a SaveOptions,
    budget: Budget,
    faults: &'a Faults,
}

impl Saving<'_> {
    fn by_copy(&self, target: &Target) -> Result<Vec<Loss>> {
        let original = Original::examine(target.file(), target.size(), self)?;
        let mut copy = Temporary::create(target.dir(), &self.budget, self.faults)?;
        copy::content(target.file(), copy.file(), target.size(), &self.budget, self.faults)?;
        let mut edited = self.edit(copy.file(), target)?;
        let lost = restored::restore(&mut edited, target, copy.file(), self)?;
        original.check_copy(&edited, copy.file(), self)?;
        self.budget.check()?;
        attributes::copy(target, copy.file(), self.options, self.faults)?;
        self.budget.check()?;
        copy.sync()?;
        self.budget.check()?;
        target.check_unchanged(self.faults)?;
        copy.replace(target.name())?;
        Ok(lost)
    }

    fn in_place(&self, target: &Target) -> Result<()> {
        let modified = target.modified();
        Original::examine(target.file(), target.size(), self)?;
        self.edit(target.file(), target)?;
        if self.options.preserve_modified {
            attributes::set_modified(target.file(), modified)
                .map_err(|error| Error::io("set the modification time of", &error))?;
        }
        self.faults.run(|| target.file().sync_all()).map_err(|error| Error::io("sync", &error))
    }

    /// Edits by the name's extension. Where TagLib does not know that, edits by
    /// the content's format, as reading does.
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
        let mut head = Vec::new();
        let mut file = file;
        self.faults
            .run(|| {
                file.rewind()?;
                file.take(HEAD).read_to_end(&mut head)
            })
            .map_err(|error| Error::io("read", &error))?;
        Sandbox::new(GuestFiles::none(), &self.budget)?.extension_of(&head)
    }

    fn disk_file(&self, file: &File) -> Result<DiskFile> {
        let clone = file.try_clone().map_err(|error| Error::io("open", &error))?;
        Ok(DiskFile::new(clone, self.faults))
    }

    fn edit_as(&self, name: &str, trust: Trust, file: &File, size: u64) -> Result<Option<Edited>> {
        let editable = Editable::new(self.disk_file(file)?, size, &self.budget);
        let files = GuestFiles::editable(name.to_owned(), editable);
        let mut sandbox = Sandbox::new(files, &self.budget)?;
        let before = sandbox.edit_by_path(self.edit.clone(), trust);
        // A failure of the disk takes precedence: TagLib may report it as
        // something else, most often as success.
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
    fn a_large_file_has_more_time_but_no_more_memory() {
        let limits = Limits { deadline: Duration::from_secs(5), ..Limits::default() };
        let seconds = |size| scaled(limits, size).deadline.as_secs();
        assert_eq!([seconds(0), seconds((16 << 20) - 1), seconds(500 << 20)], [5, 5, 36]);
        assert_eq!(scaled(limits, u64::MAX).memory, limits.memory);
    }
}
