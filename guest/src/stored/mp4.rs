//! Reads the items of an MP4 file as texts.

use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms};
use crate::error::Result;
use crate::restore::{MP4_UTF8, MP4_VALUE_HEADER, Mp4Item};
use std::ops::Range;

/// The path of the items.
const ITEMS: [&[u8; 4]; 4] = [b"moov", b"udta", b"meta", b"ilst"];

/// Types of values (QuickTime File Format Specification, "Well-known data types"): an integer of
/// any length, and the type that the item's name implies.
const INTEGER: u32 = 21;
const IMPLICIT: u32 = 0;

/// The longest number, in bytes.
const LONGEST_NUMBER: u64 = 8;

/// The length of a number and its total, in bytes: two each, after two more bytes.
const PAIR: u64 = 6;

/// Items that hold a number and a total.
const PAIRS: [&[u8; 4]; 2] = [b"trkn", b"disk"];

/// Returns the items with their values, in the order of the file. Values that are
/// neither texts nor numbers, such as pictures, are left out.
pub(super) fn items(cursor: &mut Cursor<'_>) -> Result<Vec<(String, Vec<String>)>> {
    let mut items: Vec<(String, Vec<String>)> = Vec::new();
    let Some(mut walk) = item_atoms(cursor)? else { return Ok(items) };
    while let Some(atom) = walk.next(cursor)? {
        let item = Mp4Item::read(cursor, atom)?;
        let values = values_of(cursor, &item.atom)?;
        let key = item.key();
        match items.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => known.extend(values),
            None if values.is_empty() => {}
            None => cursor.budget().push(&mut items, (key, values))?,
        }
    }
    Ok(items)
}

/// Walks the atoms of the items. Returns `None` if the file has none.
fn item_atoms(cursor: &mut Cursor<'_>) -> Result<Option<Atoms>> {
    let mut walk = Atoms::within(0..cursor.size());
    for name in ITEMS {
        let Some(atom) = walk.find(cursor, name)? else { return Ok(None) };
        walk = atom.children(cursor)?;
    }
    Ok(Some(walk))
}

fn values_of(cursor: &mut Cursor<'_>, item: &Atom) -> Result<Vec<String>> {
    let mut values = Vec::new();
    let mut children = item.children(cursor)?;
    while let Some(child) = children.next(cursor)? {
        if child.name != *b"data" {
            continue;
        }
        let Some(kind) = cursor.array(child.body.start)?.map(u32::from_be_bytes) else { continue };
        let content = child.body.start.saturating_add(MP4_VALUE_HEADER)..child.body.end;
        if let Some(value) = value_of(cursor, &item.name, kind, content)? {
            cursor.budget().push(&mut values, value)?;
        }
    }
    Ok(values)
}

fn value_of(
    cursor: &mut Cursor<'_>,
    name: &[u8; 4],
    kind: u32,
    content: Range<u64>,
) -> Result<Option<String>> {
    let length = content.end.saturating_sub(content.start);
    match kind {
        _ if PAIRS.contains(&name) && length >= PAIR => pair(cursor, &content),
        _ if PAIRS.contains(&name) => Ok(None),
        MP4_UTF8 => {
            let bytes = cursor.bytes(content)?;
            Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        }
        INTEGER | IMPLICIT if (1..=LONGEST_NUMBER).contains(&length) => {
            let bytes = cursor.bytes(content)?;
            Ok(bytes.map(|bytes| integer(&bytes).to_string()))
        }
        _ => Ok(None),
    }
}

/// Reads a number and its total, such as "3/12", or "3" without a total.
fn pair(cursor: &mut Cursor<'_>, content: &Range<u64>) -> Result<Option<String>> {
    let Some([_, _, a, b, c, d]) = cursor.array(content.start)? else { return Ok(None) };
    let (number, total) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    Ok(Some(if total == 0 { number.to_string() } else { format!("{number}/{total}") }))
}

/// Reads a signed number in two's complement.
fn integer(bytes: &[u8]) -> i64 {
    let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes
        .iter()
        .fold(if is_negative { -1 } else { 0 }, |number, byte| number << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), &name[..], body].concat()
    }

    fn data(kind: u32, content: &[u8]) -> Vec<u8> {
        atom(b"data", &[&kind.to_be_bytes(), &[0; 4], content].concat())
    }

    fn file(items: &[Vec<u8>]) -> Vec<u8> {
        let ilst = atom(b"ilst", &items.concat());
        let meta = atom(b"meta", &[&[0; 4], &atom(b"hdlr", &[0; 24])[..], &ilst].concat());
        atom(b"moov", &atom(b"udta", &meta))
    }

    fn read(bytes: &[u8]) -> Vec<String> {
        let budget = unlinked::budget();
        let items = items(&mut Cursor::over(bytes, &budget)).unwrap();
        items.into_iter().map(|(key, values)| format!("{key}={}", values.join("|"))).collect()
    }

    #[test]
    fn texts_numbers_and_pairs_are_read_and_pictures_are_not() {
        let free_form = [
            atom(b"mean", b"\0\0\0\0com.apple.iTunes"),
            atom(b"name", b"\0\0\0\0MOOD"),
            data(1, b"calm"),
            data(1, b"blue"),
        ];
        let bytes = file(&[
            atom(b"\xA9nam", &data(1, "ü".as_bytes())),
            atom(b"trkn", &data(0, &[0, 0, 0, 3, 0, 12, 0, 0])),
            atom(b"disk", &data(0, &[0, 0, 0, 1, 0, 0])),
            atom(b"tmpo", &data(21, &[0, 128])),
            atom(b"cpil", &data(21, &[1])),
            atom(b"rtng", &data(21, &[0xFF])),
            atom(b"covr", &data(13, b"jpeg")),
            atom(b"----", &free_form.concat()),
            atom(b"\xA9nam", &data(1, b"two")),
        ]);
        let expected = [
            "©nam=ü|two",
            "trkn=3/12",
            "disk=1",
            "tmpo=128",
            "cpil=1",
            "rtng=-1",
            "----:com.apple.iTunes:MOOD=calm|blue",
        ];
        assert_eq!(read(&bytes), expected);
    }

    #[test]
    fn a_file_without_items_has_none() {
        assert!(read(b"").is_empty());
        assert!(read(&atom(b"moov", &atom(b"udta", b""))).is_empty());
        assert!(read(&file(&[atom(b"trkn", &data(0, &[0, 0])), atom(b"\xA9nam", b"")])).is_empty());
    }
}
