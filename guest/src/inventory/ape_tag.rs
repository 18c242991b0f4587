//! The APE tag at the end of a file.

use super::Inventory;
use crate::containers::{Cursor, ape_tag};
use crate::error::Result;
use crate::restore::{ape_item_tag_part, ape_tag_of};
use crate::tags::TagPart;

const KIND: &str = "APE item";

/// The bits of an item's flags that contain its type, and the type of a text.
const TYPE: u32 = 6;
const TEXT: u32 = 0;

/// Adds the items of the tag.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let Some(tag) = ape_tag_of(cursor)? else { return Ok(()) };
    let mut items = tag.items();
    while let Some(item) = items.next(cursor)? {
        take_item(cursor, &item, inventory)?;
    }
    let rest = items.rest();
    if !rest.is_empty()
        && let Some(hash) = cursor.hash(rest, inventory.keys())?
    {
        let budget = cursor.budget();
        inventory.add_hashed("APE tag", "", TagPart::Other, hash, "malformed items", budget)?;
    }
    Ok(())
}

fn take_item(
    cursor: &mut Cursor<'_>,
    item: &ape_tag::Item,
    inventory: &mut Inventory,
) -> Result<()> {
    let budget = cursor.budget();
    let Some(key) = cursor.bytes(item.key.clone())? else { return Ok(()) };
    let key = String::from_utf8_lossy(&key).to_uppercase();
    let Some(value) = cursor.hash(item.value.clone(), inventory.keys())? else { return Ok(()) };
    let text = text_of(cursor, item)?;
    let tag_part = ape_item_tag_part(&key);
    inventory.add(KIND, key, tag_part, (item.flags, value), &text, budget)
}

/// Returns the value as it is shown to people.
fn text_of(cursor: &mut Cursor<'_>, item: &ape_tag::Item) -> Result<String> {
    /// The maximum number of bytes that are decoded: four for each character that is shown.
    const SHOWN: usize = 4 * super::MAX_TEXT;
    let length = item.value.end - item.value.start;
    if item.flags & TYPE != TEXT {
        return Ok(format!("{length} bytes"));
    }
    let mut value = [0; SHOWN];
    let read = cursor.read(&mut value[..length.min(SHOWN as u64) as usize], item.value.start)?;
    Ok(String::from_utf8_lossy(&value[..read]).replace('\0', " / "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Requested;
    use std::hash::RandomState;

    fn item(key: &str, flags: u32, value: &[u8]) -> Vec<u8> {
        let length = (value.len() as u32).to_le_bytes();
        [&length, &flags.to_le_bytes(), key.as_bytes(), &[0], value].concat()
    }

    fn file(items: &[Vec<u8>]) -> Vec<u8> {
        let all = items.concat();
        let numbers = [2000, all.len() as u32 + 32, items.len() as u32, 0].map(u32::to_le_bytes);
        let id3v1 = [&b"TAG"[..], &[0; 125]].concat();
        [&b"audio"[..], &all, ape_tag::MAGIC, &numbers.concat(), &[0; 8], &id3v1].concat()
    }

    fn lost(before: &[Vec<u8>], after: &[Vec<u8>], requested: &Requested) -> Vec<String> {
        let keys = RandomState::new();
        let [before, after] = [before, after].map(|items| {
            let (bytes, budget) = (file(items), unlinked::budget());
            let mut inventory = Inventory::new(&keys);
            take(&mut Cursor::over(&bytes, &budget), &mut inventory).unwrap();
            inventory
        });
        let lost = before.lost(&after, requested).into_iter();
        lost.map(|loss| format!("{}={}", loss.key, loss.before)).collect()
    }

    #[test]
    fn items_are_compared_with_their_flags_and_without_letter_case() {
        let before = [
            item("Title", 0, b"a"),
            item("Artist", 0, b"b\0c"),
            item("File", 4, b"http"),
            item("Cover Art (Front)", 2, b"jpeg"),
        ];
        let after = [item("TITLE", 0, b"a"), item("FILE", 0, b"http")];
        let expected = ["ARTIST=b / c", "FILE=4 bytes", "COVER ART (FRONT)=4 bytes"];
        assert_eq!(lost(&before, &after, &Requested::default()), expected);
    }

    #[test]
    fn an_edit_finds_items_by_the_names_of_its_properties() {
        let before =
            [item("Track", 0, b"3/12"), item("Year", 0, b"1999"), item("Album Artist", 0, b"x")];
        let keys = ["TRACKNUMBER", "DATE", "ALBUMARTIST"];
        let properties = keys.map(|key| (key.to_owned(), Vec::new())).to_vec();
        let requested = Requested { properties, ..Requested::default() };
        assert!(lost(&before, &[], &requested).is_empty());
        assert_eq!(lost(&before, &[], &Requested::default()).len(), 3);
    }

    #[test]
    fn what_follows_a_malformed_item_counts() {
        let mut cut_off = item("Title", 0, b"abc");
        cut_off[0] = 99;
        assert_eq!(lost(&[cut_off], &[], &Requested::default()), ["=malformed items"]);
    }
}
