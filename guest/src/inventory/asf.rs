//! Adds the objects in the header of an ASF file, and each of their attributes.

use super::Inventory;
use crate::containers::Cursor;
use crate::containers::asf::{self, Attribute, Attributes, Object, Objects, object_name, utf_16};
use crate::error::Result;
use crate::restore::{ASF_DESCRIPTIONS, asf_tag_part};
use crate::tags::TagPart;
use std::hash::BuildHasher;
use std::ops::Range;

/// Where the file properties object has the size of the file, counted from its body.
const FILE_SIZE: Range<u64> = 16..24;

/// The types of values: text, and numbers, whose width depends on the object.
const TEXT: u16 = 0;
const NUMBERS: std::ops::RangeInclusive<u16> = 2..=5;

/// The values of an attribute, in the order in which TagLib reads them.
struct List {
    name: String,
    hashes: Vec<u64>,
}

/// Adds the objects of a file, except the audio.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let mut lists = Vec::new();
    let mut objects = Objects::within(0..cursor.size());
    while let Some(object) = objects.next(cursor)? {
        match object.id {
            asf::HEADER => take_children(cursor, &object, inventory, &mut lists)?,
            asf::DATA => {}
            _ => take_whole(cursor, &object, object.body.clone(), inventory)?,
        }
    }
    super::take_rest(cursor, "ASF rest", "file", objects.rest(), inventory)?;
    for list in lists.into_iter().filter(|list| list.hashes.len() > 1) {
        let text = format!("{} values", list.hashes.len());
        let tag_part = asf_tag_part(&list.name);
        inventory.add("ASF list", list.name, tag_part, list.hashes, &text, cursor.budget())?;
    }
    Ok(())
}

/// Adds the objects in a header or in its extension.
fn take_children(
    cursor: &mut Cursor<'_>,
    object: &Object,
    inventory: &mut Inventory,
    lists: &mut Vec<List>,
) -> Result<()> {
    let Some(mut children) = object.children() else { return Ok(()) };
    while let Some(child) = children.next(cursor)? {
        match child.id {
            asf::PADDING => {}
            // The extension is in the header, and contains no other extension.
            asf::HEADER_EXTENSION if object.id == asf::HEADER => {
                take_children(cursor, &child, inventory, lists)?;
            }
            asf::FILE_PROPERTIES => {
                let Range { start, end } = child.body;
                let size = start + FILE_SIZE.start..(start + FILE_SIZE.end).min(end);
                take_whole(cursor, &child, start..size.start.min(end), inventory)?;
                take_whole(cursor, &child, size.end..end, inventory)?;
            }
            _ => match Attributes::read(cursor, &child)? {
                Some(attributes) => take_attributes(cursor, &child, attributes, inventory, lists)?,
                None => take_whole(cursor, &child, child.body.clone(), inventory)?,
            },
        }
    }
    super::take_rest(cursor, "ASF rest", &object_name(object.id), children.rest(), inventory)
}

fn take_attributes(
    cursor: &mut Cursor<'_>,
    object: &Object,
    mut attributes: Attributes,
    inventory: &mut Inventory,
    lists: &mut Vec<List>,
) -> Result<()> {
    while let Some(attribute) = attributes.next(cursor)? {
        take_attribute(cursor, object, &attribute, inventory, lists)?;
    }
    if attributes.left() > 0 {
        let text = format!("{} malformed attributes", attributes.left());
        let left = attributes.left();
        let budget = cursor.budget();
        inventory.add("ASF object", object_name(object.id), TagPart::Other, left, &text, budget)?;
    }
    super::take_rest(cursor, "ASF rest", &object_name(object.id), attributes.rest(), inventory)
}

fn take_attribute(
    cursor: &mut Cursor<'_>,
    object: &Object,
    attribute: &Attribute,
    inventory: &mut Inventory,
    lists: &mut Vec<List>,
) -> Result<()> {
    let Some(mut value) = cursor.bytes(attribute.value.clone())? else { return Ok(()) };
    let budget = cursor.budget();
    let text = match attribute.kind {
        TEXT => {
            while value.len() >= 2 && value.ends_with(&[0, 0]) && value.len().is_multiple_of(2) {
                value.truncate(value.len() - 2);
            }
            utf_16(&value)
        }
        kind if NUMBERS.contains(&kind) => {
            let end = value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            value.truncate(end);
            let number =
                value.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            number.to_string()
        }
        _ => format!("{} bytes", value.len()),
    };
    if object.id == asf::CONTENT_DESCRIPTION {
        // All five fields are always present.
        if value.is_empty() {
            return Ok(());
        }
        let name = asf::CONTENT_DESCRIPTION_NAMES[usize::from(attribute.index)];
        let key = ASF_DESCRIPTIONS[usize::from(attribute.index)];
        let tag_part = key.map_or(TagPart::Other, |key| TagPart::Property(key.to_owned()));
        return inventory.add("ASF content description", name, tag_part, &value, &text, budget);
    }
    let Some(name) = cursor.bytes(attribute.name.clone())? else { return Ok(()) };
    let name = utf_16(&name);
    let content = (attribute.language, attribute.stream, attribute.kind, &value);
    let hash = inventory.keys().hash_one(content);
    let tag_part = asf_tag_part(&name);
    inventory.add_hashed("ASF attribute", name.clone(), tag_part, hash, &text, budget)?;
    match lists.iter_mut().find(|list| list.name == name) {
        Some(list) => budget.push(&mut list.hashes, hash),
        None => {
            let mut hashes = Vec::new();
            budget.push(&mut hashes, hash)?;
            budget.push(lists, List { name, hashes })
        }
    }
}

fn take_whole(
    cursor: &mut Cursor<'_>,
    object: &Object,
    range: Range<u64>,
    inventory: &mut Inventory,
) -> Result<()> {
    let text = format!("{} bytes", range.end - range.start);
    let Some(hash) = cursor.hash(range, inventory.keys())? else { return Ok(()) };
    let budget = cursor.budget();
    inventory.add_hashed("ASF object", object_name(object.id), TagPart::Other, hash, &text, budget)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixture, keys_of, lost};

    #[test]
    fn every_attribute_of_a_file_is_listed() {
        let keys = keys_of(&fixture("tagged.wma"));
        for key in ["ASF content description Title", "ASF attribute WM/AlbumTitle"] {
            assert!(keys.iter().any(|known| known == key), "{key}: {keys:?}");
        }
    }

    #[test]
    fn a_character_that_is_changed_is_seen() {
        let before = fixture("tagged.wma");
        let title: Vec<u8> = "WM/AlbumTitle".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let at = before.windows(title.len()).position(|window| window == title).unwrap();
        // The zero at the end of the name, a type and a length precede the value.
        let mut after = before.clone();
        after[at + title.len() + 6] ^= 1;
        assert_eq!(lost(&before, &after), ["ASF attribute WM/AlbumTitle"]);
        assert!(lost(&before, &before).is_empty());
    }
}
