//! Keeps everything that an edit does not ask to change.

use crate::containers::{Container, Cursor};
use crate::error::{Error, ErrorKind, Loss, Result};
use crate::inventory::Inventory;
use crate::restore::{self, EditedCopy};
use crate::sandbox::EditedTags;
use std::hash::RandomState;

/// What to do about a loss that can't be avoided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLoss {
    /// Refuses the change.
    #[default]
    Refuse,
    /// Makes the change, and returns what is lost.
    Report,
    /// Makes the change without checking for losses.
    Ignore,
}

/// Restores in `copy` what TagLib has lost of `original`. Returns what remains lost.
///
/// # Errors
/// `ENOTSUP` if something is lost and `on_loss` refuses that. `InvalidFormat` if the file is not in
/// the container that TagLib takes it for.
pub(crate) fn preserve(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    tags: &EditedTags,
    on_loss: OnLoss,
) -> Result<Vec<Loss>> {
    let EditedTags { before, requested } = tags;
    if restore::restore_module(original, copy, before.audio.file_type(), requested)? {
        return Ok(Vec::new());
    }
    // The restoration would look for other tags than TagLib has changed.
    if on_loss != OnLoss::Ignore && !Container::of(original)?.holds(before.audio.file_type()) {
        let message = format!(
            "its structure is damaged, so it is not rewritten: TagLib takes it for {}, but it does \
             not begin as such a file does",
            before.audio.file_type()
        );
        return Err(Error::new(ErrorKind::InvalidFormat, message));
    }
    restore::restore(original, copy, requested)?;
    if on_loss == OnLoss::Ignore {
        return Ok(Vec::new());
    }
    let keys = RandomState::new();
    let before = Inventory::take(original, &keys)?;
    let after = copy.read(|cursor| Inventory::take(cursor, &keys))?;
    let lost = before.lost(&after, requested);
    match on_loss {
        OnLoss::Refuse if !lost.is_empty() => Err(Error::would_lose(lost)),
        _ => Ok(lost),
    }
}
