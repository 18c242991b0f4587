//! Restores MP4 files: merges the item list (`moov.udta.meta.ilst`) of the edited copy with that
//! of the original.
//!
//! TagLib keeps one item of each name, in its own order, with one type for all values and without
//! locales. The names of free-form items differ in case, but the keys of properties are in upper
//! case, so TagLib writes `ITUNNORM` in addition to `iTunNORM`. Its C interface writes the number
//! of a track without the total.

mod chapters;
mod items;
mod place;
mod tag_parts;
#[cfg(test)]
mod tests;

use super::copy::EditedCopy;
use crate::containers::Cursor;
use crate::containers::mp4::Atoms;
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::tags::{Requested, TagPart};
use items::{render_atom, render_free_form, render_value};
use place::{Found, ItemList, Place};
use tag_parts::{DISC, Home, RATING, TRACK};

pub(crate) use items::{Item, UTF8, VALUE_HEADER, atom_name};
pub use tag_parts::property_of;

/// Restores the items and the details of chapters that the edit does not ask to change.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    restore_items(original, copy, requested)?;
    chapters::restore(original, copy, requested)?;
    check_fragment_index(original, copy)
}

fn restore_items(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let originals = match ItemList::read(original)? {
        Found::List(list) => list.items,
        Found::None => Vec::new(),
        Found::Malformed => return Ok(()),
    };
    let edited = copy.read(|cursor| edited_items(cursor, requested))?;
    let Some((place, mut new_items)) = edited else { return Ok(()) };
    add_properties(&mut new_items, original, &originals, requested)?;
    match merged(original, &originals, new_items, requested)? {
        Some(list) => place.write(copy, list),
        None => Ok(()),
    }
}

/// Refuses a change that moves fragments if the file has an index of them (`mfra`), since nothing
/// updates the positions in it.
fn check_fragment_index(original: &mut Cursor<'_>, copy: &EditedCopy<'_>) -> Result<()> {
    let file = Atoms::within(0..original.size());
    let Some(index) = file.find(original, b"mfra")? else { return Ok(()) };
    let file = Atoms::within(0..copy.size());
    let moved = copy.read(|copy| file.find(copy, b"mfra"))?;
    if moved.is_some_and(|moved| moved.range == index.range) {
        return Ok(());
    }
    Err(Error::file(
        "save",
        Errno::NOTSUP,
        "its tags would have to grow, and the index of fragments (mfra) would then point to \
         other places of the file",
    ))
}

/// A rendered item that the edit asks for.
struct NewItem {
    tag_part: TagPart,
    bytes: Vec<u8>,
}

/// Returns the place of the copy's list, and the requested items in it.
fn edited_items(
    cursor: &mut Cursor<'_>,
    requested: &Requested,
) -> Result<Option<(Place, Vec<NewItem>)>> {
    let Found::List(list) = ItemList::read(cursor)? else { return Ok(None) };
    let mut new_items = Vec::new();
    for item in list.items {
        if !comes_from_copy(&item, requested) {
            continue;
        }
        let Some(bytes) = cursor.bytes(item.atom.range)? else { return Ok(None) };
        cursor.budget().push(&mut new_items, NewItem { tag_part: item.tag_part, bytes })?;
    }
    Ok(Some((list.place, new_items)))
}

/// Returns whether TagLib has written an item because the edit asks for it.
///
/// When the edit removes something, TagLib leaves behind items without values, and items with
/// names that it would not write itself.
fn comes_from_copy(item: &Item, requested: &Requested) -> bool {
    let is_asked_for = match &item.tag_part {
        TagPart::Property(key) => requested
            .values_of(key)
            .is_some_and(|values| !values.is_empty() && !is_written_here(key)),
        TagPart::Rating => requested.ratings,
        tag_part => requested.contains(tag_part),
    };
    is_asked_for && item.value.is_some() && item.is_at_home()
}

/// Returns whether this module renders a property itself: TagLib's C interface does not write all
/// of it.
fn is_written_here(key: &str) -> bool {
    let home = tag_parts::home(&TagPart::Property(key.to_owned()));
    matches!(key, TRACK | DISC) || matches!(home, Some(Home::FreeForm(_)))
}

/// Adds the requested properties for which [`is_written_here`] returns true.
fn add_properties(
    new_items: &mut Vec<NewItem>,
    original: &mut Cursor<'_>,
    originals: &[Item],
    requested: &Requested,
) -> Result<()> {
    for (key, values) in &requested.properties {
        let is_superseded = key == RATING && requested.ratings;
        if values.is_empty() || is_superseded || !is_written_here(key) {
            continue;
        }
        let tag_part = match &**key {
            RATING => TagPart::Rating,
            _ => TagPart::Property(key.clone()),
        };
        let known = originals.iter().find(|item| item.tag_part == tag_part);
        let bytes = match &**key {
            TRACK => number(original, known, *b"trkn", &values[0])?,
            DISC => number(original, known, *b"disk", &values[0])?,
            _ => free_form(&tag_part, known, values),
        };
        if let Some(bytes) = bytes {
            original.budget().charge(bytes.len())?;
            original.budget().push(new_items, NewItem { tag_part, bytes })?;
        }
    }
    Ok(())
}

/// Renders a free-form item under its existing name, if it has one.
fn free_form(tag_part: &TagPart, known: Option<&Item>, values: &[String]) -> Option<Vec<u8>> {
    let Some(Home::FreeForm(home)) = tag_parts::home(tag_part) else { return None };
    let known = known.and_then(|item| item.free_form.as_ref()).map(|known| &known.name);
    let values: Vec<&str> = values.iter().map(|value| &**value).collect();
    render_free_form(known.unwrap_or(&home), &values)
}

/// Renders the number of a track or disc and their total. Everything else in an existing item
/// stays.
fn number(
    original: &mut Cursor<'_>,
    known: Option<&Item>,
    name: [u8; 4],
    text: &str,
) -> Result<Option<Vec<u8>>> {
    /// The range of the number and the total within a value.
    const NUMBERS: std::ops::Range<usize> = 2..6;
    let Some((number, total)) = number_and_total(text) else {
        return Err(Error::file(
            "save",
            Errno::NOTSUP,
            format!("MP4 has no room for the number {text:?}: two integers up to 65535"),
        ));
    };
    let numbers = [number.to_be_bytes(), total.to_be_bytes()].concat();
    let known = known.filter(|item| item.atom.name == name);
    if let Some((item, value)) = known.and_then(|item| Some((item, item.value.clone()?)))
        && value.end - value.start >= VALUE_HEADER + NUMBERS.end as u64
    {
        let place = (value.start + VALUE_HEADER - item.atom.range.start) as usize;
        let Some(mut bytes) = original.bytes(item.atom.range.clone())? else { return Ok(None) };
        bytes[place..][NUMBERS].copy_from_slice(&numbers);
        return Ok(Some(bytes));
    }
    // Players expect two more bytes after the numbers of a track, and none after those of a disc.
    let end: &[u8] = if name == *b"trkn" { &[0; 2] } else { &[] };
    let value = render_value(0, &[&[0; 2], &numbers[..], end].concat());
    Ok(value.and_then(|value| render_atom(&name, &[&value])))
}

/// Parses "3" and "3/12".
fn number_and_total(text: &str) -> Option<(u16, u16)> {
    let parse = |text: &str| match text.trim() {
        "" => Some(0),
        text => text.parse().ok(),
    };
    let (number, total) = text.split_once('/').unwrap_or((text, ""));
    Some((parse(number)?, parse(total)?))
}

/// Renders the original list with the old items replaced by the new ones. Returns `None` if it
/// exceeds the size that its header can hold.
fn merged(
    original: &mut Cursor<'_>,
    originals: &[Item],
    mut new_items: Vec<NewItem>,
    requested: &Requested,
) -> Result<Option<Vec<u8>>> {
    let kept = originals.iter().filter(|item| !requested.contains(&item.tag_part));
    let kept = kept.map(|item| item.atom.range.end - item.atom.range.start).sum::<u64>();
    let new = new_items.iter().map(|item| item.bytes.len() as u64).sum::<u64>();
    let Ok(size) = u32::try_from(8 + kept + new) else { return Ok(None) };
    let mut list = Vec::new();
    original.budget().reserve(&mut list, size as usize)?;
    list.extend(size.to_be_bytes());
    list.extend(b"ilst");
    for item in originals {
        if requested.contains(&item.tag_part) {
            // The new items replace the first old one.
            new_items.retain(|new| {
                let is_same = new.tag_part == item.tag_part;
                if is_same {
                    list.extend(&new.bytes);
                }
                !is_same
            });
        } else {
            let range = item.atom.range.clone();
            let start = list.len();
            list.resize(start + (range.end - range.start) as usize, 0);
            if original.read(&mut list[start..], range.start)? < list.len() - start {
                return Ok(None);
            }
        }
    }
    list.extend(new_items.iter().flat_map(|item| &item.bytes));
    Ok(Some(list))
}
