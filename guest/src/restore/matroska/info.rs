//! Updates the title of the whole file when the tag with the same title changes.
//!
//! TagLib knows only the tag, but players show the title of `Info`.

use super::super::stop::Stop;
use super::parts::{children, joined, only_element, slice};
use super::write;
use crate::containers::Cursor;
use crate::containers::matroska::{INFO, TITLE, text};
use crate::limits::Budget;
use std::borrow::Cow;

/// Returns the `Info` element with another title. Returns `None` if its title is not `old`, or if
/// it has none.
pub(super) fn with_title(
    info: &[u8],
    old: Option<&str>,
    new: Option<&str>,
    budget: &Budget,
) -> Result<Option<Vec<u8>>, Stop> {
    let mut cursor = Cursor::over(info, budget);
    let element = only_element(&mut cursor)?;
    let mut parts = Vec::new();
    let mut is_changed = false;
    for child in children(&mut cursor, &element)? {
        let mut bytes = Cow::Borrowed(slice(info, &child));
        if child.id == TITLE {
            let stored = text(&mut cursor, &child.body)?;
            if Some(&*stored) == new || old.is_some_and(|old| stored != old) {
                return Ok(None);
            }
            is_changed = true;
            let Some(new) = new else { continue };
            bytes = write::element(TITLE, new.as_bytes(), child.size_width(), budget)?.into();
        }
        budget.push(&mut parts, bytes)?;
    }
    if !is_changed {
        return Ok(None);
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(Some(write::element(INFO, &body, element.size_width(), budget)?))
}
