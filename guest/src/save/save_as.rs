//! Saves a changed copy of a file in another place.

use super::destination::Destination;
use super::editing::{Editing, Source};
use super::file_status::{FileState, identity};
use super::verify::Original;
use super::{SaveOptions, attributes, changed_copy, copy, save_with_faults};
use crate::errno::Errno;
use crate::error::{Error, Loss, Result};
use crate::file::Faults;
use crate::limits::{Budget, Cancellation, Limits};
use crate::preopens::{OpenedFile, Place, Preopens};
use crate::tags::Edit;
use cap_std::fs::Metadata;
use std::fs::File;

/// What to save, and where.
#[derive(Clone, Copy, Debug)]
pub struct SaveAs<'a> {
    /// The path of the file that is copied. The file stays as it is.
    pub source: &'a str,
    /// The path of the new file. It may lie in another preopen.
    pub target: &'a str,
    /// The change. An empty one copies the file.
    pub edit: &'a Edit,
    /// `break_hard_links` concerns a file that is replaced. `preserve_modified` keeps the
    /// modification time of the source. `in_place` has no effect: the new file is always a copy.
    pub options: &'a SaveOptions,
    /// Whether a file at the target may be replaced.
    pub overwrite: bool,
}

/// Saves a changed copy of a file in another place.
///
/// If the new file replaces another one, it gets that file's attributes, otherwise the source's
/// mode within the user's mask. If the target is the source itself, under whatever name, this
/// does what [`super::save`] does.
///
/// # Errors
/// As [`super::save`], and `EEXIST` if there is a file at the target that may not be replaced. In
/// every case both files are unchanged.
pub fn save_as(
    preopens: &Preopens,
    call: SaveAs<'_>,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Vec<Loss>> {
    save_as_with_faults(preopens, call, limits, cancellation, &Faults::default())
}

/// Saves as [`save_as`] does, with injected failures of file operations.
pub fn save_as_with_faults(
    preopens: &Preopens,
    call: SaveAs<'_>,
    limits: Limits,
    cancellation: &Cancellation,
    faults: &Faults,
) -> Result<Vec<Loss>> {
    let SaveAs { edit, options, overwrite, .. } = call;
    let source = preopens.resolve(call.source)?.open().map_err(|error| error.at(call.source))?;
    let at_target = |error: Error| error.at(call.target);
    let resolved = preopens.resolve(call.target).map_err(at_target)?;
    let place = resolved.place_to_write().map_err(at_target)?;
    let before = state_of(&source.file, faults)?;
    if is_same_file(&before, &place) {
        return save_with_faults(
            preopens,
            call.target,
            edit,
            options,
            limits,
            cancellation,
            faults,
        );
    }
    let limits = limits.for_copying(source.size);
    let budget = Budget::start(limits, cancellation);
    let destination = Destination::open(&resolved, place, options, overwrite, faults, &budget)
        .map_err(at_target)?;
    let file = destination.create(mode_of(&source.file, faults)?, &budget, faults)?;
    let editing = Editing { edit, on_loss: options.on_loss, budget, faults };
    let lost = write(&editing, &source, file.file())?;
    check_unchanged(&source.file, &before, faults)?;
    if options.preserve_modified {
        faults
            .run(|| attributes::set_modified(file.file(), before.modified))
            .map_err(|error| Error::io("set the modification time of", &error))?;
    }
    let options = SaveOptions { preserve_modified: false, ..options.clone() };
    destination.put(file, &options, overwrite, &editing.budget, faults).map_err(at_target)?;
    Ok(lost)
}

/// Fills the new file with the changed content. Returns what is lost.
fn write(editing: &Editing<'_>, source: &OpenedFile, file: &File) -> Result<Vec<Loss>> {
    let OpenedFile { file: from, size, name } = source;
    let source = Source { file: from, size: *size, name };
    if *editing.edit == Edit::default() {
        copy::content(from, file, *size, &editing.budget, editing.faults)?;
        return Ok(Vec::new());
    }
    source.check_size()?;
    let original = Original::examine(source, editing)?;
    changed_copy::write(editing, source, &original, file)
}

fn state_of(file: &File, faults: &Faults) -> Result<FileState> {
    let metadata = faults.run(|| Metadata::from_file(file));
    metadata.map(|metadata| FileState::of(&metadata)).map_err(|error| Error::io("stat", &error))
}

/// Returns whether the source is the file at the target. On Windows this is unknown, and the copy
/// then replaces the source like any other file.
fn is_same_file(source: &FileState, target: &Place) -> bool {
    cfg!(unix) && target.existing.as_ref().is_some_and(|it| identity(it) == source.identity)
}

#[cfg(unix)]
fn mode_of(file: &File, faults: &Faults) -> Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    /// The permissions of owner, group and others: a copy does not get set-ID bits.
    const RIGHTS: u32 = 0o777;
    let metadata = faults.run(|| file.metadata()).map_err(|error| Error::io("stat", &error))?;
    Ok(metadata.permissions().mode() & RIGHTS)
}

#[cfg(windows)]
fn mode_of(_: &File, _: &Faults) -> Result<u32> {
    Ok(super::temporary::PRIVATE)
}

/// # Errors
/// `EBUSY` if the source was written to while it was copied. Replacing or renaming it does not
/// change its content.
fn check_unchanged(file: &File, before: &FileState, faults: &Faults) -> Result<()> {
    let now = state_of(file, faults)?;
    if (now.size, now.modified) == (before.size, before.modified) {
        return Ok(());
    }
    let message = "another program has changed it meanwhile; nothing was written";
    Err(Error::file("save", Errno::BUSY, message))
}
