//! Changes a file on disk so that after any fault either the old file or the new one is there,
//! complete.
//!
//! TagLib edits in place and ignores a failed write: on a full disk it reports success and leaves
//! half a file. So it never gets the user's file:
//!
//! 1. `target` opens the file and locks it, so that concurrent saves of one file wait for each
//!    other.
//! 2. `temporary` creates a copy in the same directory, and `copy` fills it.
//!    (`abandoned` removes copies that killed processes left there.)
//! 3. TagLib edits the copy through a file layer that remembers every failure (`editing`,
//!    `crate::file`).
//! 4. `verify` reads the copy again. `crate::audio_data` tells it where the audio is.
//! 5. `attributes` gives the copy the file's owner, mode, access list and
//!    extended attributes.
//! 6. The copy is flushed to the disk. If `target` finds that no other program has changed the
//!    file, a rename puts the copy in its place, which the file system does completely or not at
//!    all.
//!
//! `save_as` leaves the file as it is and puts the copy in another place. `write_content` puts a
//! new file in a place. Both take the same steps, and `destination` is the place.
//!
//! Rejected: writing only the region of the tag if the new tag fits into the padding of the old
//! one. That would avoid the copy, but a write of several pages may reach the disk in part, and
//! no file system in use guarantees otherwise.

mod abandoned;
mod attributes;
mod changed_copy;
mod copy;
mod destination;
mod editing;
#[cfg(unix)]
mod extended_attributes;
mod file_status;
#[cfg(unix)]
mod ownership;
mod restored;
mod same_file;
mod save_as;
mod target;
mod temporary;
mod temporary_name;
mod verify;
mod write_content;

use crate::error::{Error, Loss, Result};
use crate::file::Faults;
use crate::limits::{Budget, Cancellation, Limits};
use crate::preopens::Preopens;
use crate::preserve::OnLoss;
use crate::tags::Edit;
use editing::Editing;
use target::Target;
use temporary::Temporary;
use verify::Original;

pub use same_file::same_file;
pub use save_as::{SaveAs, save_as, save_as_with_faults};
pub(crate) use verify::{ChangedContent, check_content};
pub use write_content::{write_content, write_content_with_faults};

/// Options of a save.
#[derive(Clone, Debug, Default)]
pub struct SaveOptions {
    /// Saves a file that has several names. Only the given name then leads to the new content.
    pub break_hard_links: bool,
    /// Gives the new file the modification time of the old one.
    pub preserve_modified: bool,
    /// Lets TagLib edit the file itself. This is fast for large files, but a fault may damage
    /// them, and nothing that TagLib loses is restored.
    pub in_place: bool,
    /// What to do if something would be lost that the edit does not ask to change.
    pub on_loss: OnLoss,
}

/// Changes the tags of the file at this path as `edit` says.
///
/// The deadline is that of `limits`, plus one second for every 16 MiB of the file. The memory
/// limit is not extended, since TagLib reads only what it needs.
///
/// # Errors
/// As [`crate::read_metadata`], and [`crate::ErrorKind::FileOperation`] with the errno of the
/// operation that failed: `EROFS` in a read-only preopen, `EMLINK` if the file has several names,
/// `EBUSY` if another program has changed it meanwhile, `ENOTSUP` if TagLib can't write its
/// format, if the new file can't have the attributes of the old one, or if something would be
/// lost ([`Error::lost`]). In every case the file is unchanged.
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

/// Saves as [`save`] does, with injected failures of file operations.
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
    target.source().check_size()?;
    let limits = limits.for_copying(target.source().size);
    let budget = Budget::start(limits, cancellation);
    let editing = Editing { edit, on_loss: options.on_loss, budget, faults };
    if options.in_place {
        save_in_place(&editing, &target, options)?;
        return Ok(Vec::new());
    }
    save_by_copy(&editing, &target, options)
}

/// Edits the file itself.
fn save_in_place(editing: &Editing<'_>, target: &Target, options: &SaveOptions) -> Result<()> {
    let source = target.source();
    let modified = target.modified();
    Original::examine(source, editing)?;
    editing.edit(source.file, source)?;
    if options.preserve_modified {
        attributes::set_modified(source.file, modified)
            .map_err(|error| Error::io("set the modification time of", &error))?;
    }
    editing.faults.run(|| source.file.sync_all()).map_err(|error| Error::io("sync", &error))
}

/// Replaces the file by a changed copy.
fn save_by_copy(
    editing: &Editing<'_>,
    target: &Target,
    options: &SaveOptions,
) -> Result<Vec<Loss>> {
    let Editing { budget, faults, .. } = editing;
    let original = Original::examine(target.source(), editing)?;
    let copy = Temporary::create(target.dir(), temporary::PRIVATE, budget, faults)?;
    let lost = changed_copy::write(editing, target.source(), &original, copy.file())?;
    destination::replace(target, copy, options, budget, faults)?;
    Ok(lost)
}
