//! Keeps in the copy everything that the edit does not ask to change.

use super::editing::{Edited, Editing, Source};
use crate::containers::Cursor;
use crate::error::{Error, Loss, Result};
use crate::file::ReadAhead;
use crate::preserve::preserve;
use crate::restore::EditedCopy;
use std::fs::File;

/// Restores in the copy what TagLib has lost. Returns what remains lost.
pub(super) fn restore(
    edited: &mut Edited,
    source: Source<'_>,
    copy: &File,
    editing: &Editing<'_>,
) -> Result<Vec<Loss>> {
    let budget = &editing.budget;
    let mut original = ReadAhead::new(editing.disk_file(source.file)?, source.size, budget);
    let mut original = Cursor::new(&mut original, budget);
    let size = editing.faults.run(|| copy.metadata());
    let size = size.map_err(|error| Error::io("read back", &error))?.len();
    let file = editing.disk_file(copy)?;
    let mut copy = EditedCopy::new(&file, size, &mut edited.written, budget);
    preserve(&mut original, &mut copy, &edited.tags, editing.on_loss)
}
