//! Makes the changed copy of a file: copies it, lets TagLib edit the copy, restores
//! what TagLib loses, and verifies the result.

use super::editing::{Editing, Source};
use super::verify::Original;
use super::{copy, restored};
use crate::error::{Loss, Result};
use std::fs::File;

/// Fills the empty file `copy` with the changed content of `source`, which `original`
/// describes. Returns what is lost.
pub(super) fn write(
    editing: &Editing<'_>,
    source: Source<'_>,
    original: &Original,
    copy: &File,
) -> Result<Vec<Loss>> {
    copy::content(source.file, copy, source.size, &editing.budget, editing.faults)?;
    let mut edited = editing.edit(copy, source)?;
    let mut lost = restored::restore(&mut edited, source, copy, editing)?;
    lost.extend(original.check_copy(&edited, copy, editing)?);
    editing.budget.check()?;
    Ok(lost)
}
