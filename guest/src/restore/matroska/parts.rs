//! Reads the elements within a master element in memory.

use super::super::stop::{Stop, usual};
use crate::containers::Cursor;
use crate::containers::matroska::{Element, Elements};
use crate::error::Result;
use crate::limits::Budget;
use std::borrow::Cow;

/// Returns the element that is the whole content of `cursor`.
pub(super) fn only_element(cursor: &mut Cursor<'_>) -> Result<Element, Stop> {
    usual(Elements::within(0..cursor.size()).next(cursor)?)
}

/// Returns the elements in `parent`, which must consist of elements.
pub(super) fn children(cursor: &mut Cursor<'_>, parent: &Element) -> Result<Vec<Element>, Stop> {
    let mut walk = Elements::within(parent.body.clone());
    let mut children = Vec::new();
    while let Some(child) = walk.next(cursor)? {
        cursor.budget().push(&mut children, child)?;
    }
    usual((walk.rest().is_empty() && !parent.has_unknown_size).then_some(children))
}

pub(super) fn slice<'a>(bytes: &'a [u8], element: &Element) -> &'a [u8] {
    &bytes[element.range.start as usize..element.range.end as usize]
}

pub(super) fn joined(parts: &[Cow<'_, [u8]>], budget: &Budget) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    budget.reserve(&mut bytes, parts.iter().map(|part| part.len()).sum())?;
    parts.iter().for_each(|part| bytes.extend(&**part));
    Ok(bytes)
}
