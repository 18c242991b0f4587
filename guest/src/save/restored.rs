//! Restores in the copy what TagLib has lost, and refuses what can't be restored.

use super::target::Target;
use super::verify::is_tracker_module;
use super::{Edited, OnLoss, Saving};
use crate::containers::Cursor;
use crate::error::{Error, Loss, Result};
use crate::file::ReadAhead;
use crate::inventory::Inventory;
use crate::restore::{self, EditedCopy};
use crate::tags::Requested;
use std::fs::File;
use std::hash::RandomState;

/// Restores the copy. Returns what is lost nevertheless.
///
/// # Errors
/// `ENOTSUP` if something is lost and the options refuse that.
pub(super) fn restore(
    edited: &mut Edited,
    target: &Target,
    copy: &File,
    saving: &Saving<'_>,
) -> Result<Vec<Loss>> {
    // Its tags are everywhere in the file, with a fixed room for each.
    if is_tracker_module(&edited.name) {
        return Ok(Vec::new());
    }
    let budget = &saving.budget;
    let requested = Requested::of(saving.edit, &edited.before);
    let mut original = ReadAhead::new(saving.disk_file(target.file())?, target.size(), budget);
    let mut original = Cursor::new(&mut original, budget);
    let keys = RandomState::new();
    let before = Inventory::take(&mut original, &keys)?;

    let size = saving.faults.run(|| copy.metadata());
    let size = size.map_err(|error| Error::io("read back", &error))?.len();
    let disk_file = saving.disk_file(copy)?;
    let mut edited_copy = EditedCopy::new(&disk_file, size, &mut edited.written, budget);
    restore::restore(&mut original, &mut edited_copy, &requested)?;
    if saving.options.on_loss == OnLoss::Ignore {
        return Ok(Vec::new());
    }
    let after = edited_copy.read(|cursor| Inventory::take(cursor, &keys))?;
    let lost = before.lost(&after, &requested);
    match saving.options.on_loss {
        OnLoss::Refuse if !lost.is_empty() => Err(Error::would_lose(lost)),
        _ => Ok(lost),
    }
}
