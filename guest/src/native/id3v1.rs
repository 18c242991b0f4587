//! ID3v1 tags.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::{LATIN_1, latin_1};
use crate::containers::{Cursor, id3v1};
use crate::error::Result;
use std::ops::Range;

const KIND: &str = "ID3v1 field";

/// Adds the fields that are not empty.
pub(super) fn read(cursor: &mut Cursor<'_>, range: Range<u64>, list: &mut List<'_>) -> Result<()> {
    let Some(tag) = cursor.bytes(range)? else { return Ok(()) };
    let track = match tag[125..127] {
        [0, track] if track != 0 => Some(track),
        _ => None,
    };
    list.within("ID3v1", |list| {
        for (name, field) in id3v1::FIELDS {
            match name {
                "genre" => list.add(number(name, tag[field.start]))?,
                "comment" if track.is_some() => add_text(name, &tag[97..125], list)?,
                _ => add_text(name, &tag[field], list)?,
            }
        }
        track.map_or(Ok(()), |track| list.add(number("track", track)))
    })
}

fn add_text(name: &str, bytes: &[u8], list: &mut List<'_>) -> Result<()> {
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
    if end == 0 {
        return Ok(());
    }
    let value = NativeValue::Texts(vec![latin_1(&bytes[..end])]);
    let element = NativeElement::new(KIND, name, bytes.len() as u64, value);
    list.add(NativeElement { encoding: Some(LATIN_1), ..element })
}

fn number(name: &str, number: u8) -> NativeElement {
    NativeElement::new(KIND, name, 1, NativeValue::Numbers(vec![number.to_string()]))
}
