//! Adds the tags of a stream: ID3v2 before it, ID3v1 after it.

use super::{Inventory, ape_tag, flac};
use crate::containers::{Cursor, id3v1, id3v2};
use crate::error::Result;
use crate::restore::{Id3v2Tag, appended_tag, id3v2_text_of, start_of_tags};
use crate::restore::{id3v2_frame_tag_part, id3v2_people};
use crate::tags::TagPart;
use std::ops::Range;

/// The kinds of the elements of ID3 tags in a loss.
pub(super) const ID3V1_FIELD: &str = "ID3v1 field";
pub(super) const ID3V2_FRAME: &str = "ID3v2 frame";
pub(super) const ID3V2_TAG: &str = "ID3v2 tag";

/// The properties that the fields of an ID3v1 tag hold, in the order of
/// [`id3v1::FIELDS`].
const ID3V1_PROPERTIES: [&str; 6] = ["TITLE", "ARTIST", "ALBUM", "DATE", "COMMENT", "GENRE"];

/// Adds the tags at both ends of a file. Returns where the stream begins.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<u64> {
    let start = start_of_tags(cursor)?;
    let mut at = start;
    while let Some(end) = take_id3v2(cursor, at, inventory)? {
        at = end;
    }
    if at == start
        && let Some(tag) = appended_tag(cursor)?
    {
        // A tag at the start of the file would hide this tag, so its content must stay the same.
        take_id3v2(cursor, tag.start, inventory)?;
    }
    let size = cursor.size();
    if let Some(range) = id3v1::ending_at(cursor, size)? {
        take_id3v1(cursor, range, inventory)?;
    }
    ape_tag::take(cursor, inventory)?;
    flac::take(cursor, at, inventory)?;
    Ok(at)
}

/// Adds the ID3v2 tag at `at`. Returns its end.
pub(super) fn take_id3v2(
    cursor: &mut Cursor<'_>,
    at: u64,
    inventory: &mut Inventory,
) -> Result<Option<u64>> {
    let Some(header) = id3v2::Tag::read(cursor, at)? else { return Ok(None) };
    let budget = cursor.budget();
    let Some(tag) = Id3v2Tag::read(cursor, at)? else {
        // A tag that can't be read must stay as it is.
        let end = header.range.end.min(cursor.size());
        if let Some(hash) = cursor.hash(at..end, inventory.keys())? {
            inventory.add_hashed(ID3V2_TAG, "", TagPart::Other, hash, "unreadable", budget)?;
        }
        return Ok(Some(end));
    };
    for frame in &tag.frames {
        let key = String::from_utf8_lossy(&frame.id).into_owned();
        if let Some(people) = id3v2_people(frame) {
            for (tag_part, role, name) in people {
                let content = (&role, &name);
                inventory.add(
                    ID3V2_FRAME,
                    key.clone(),
                    tag_part,
                    content,
                    &format!("{role}: {name}"),
                    budget,
                )?;
            }
            continue;
        }
        let tag_part = id3v2_frame_tag_part(frame);
        let content = (frame.plain_body(), &frame.content);
        inventory.add(ID3V2_FRAME, key, tag_part, content, &id3v2_text_of(frame), budget)?;
    }
    if !tag.rest.is_empty() {
        inventory.add(ID3V2_TAG, "rest", TagPart::Other, &tag.rest, "malformed frames", budget)?;
    }
    Ok(Some(header.range.end))
}

fn take_id3v1(cursor: &mut Cursor<'_>, range: Range<u64>, inventory: &mut Inventory) -> Result<()> {
    let budget = cursor.budget();
    let Some(tag) = cursor.bytes(range)? else { return Ok(()) };
    let has_track = tag[125] == 0 && tag[126] != 0;
    for (property, (name, field)) in ID3V1_PROPERTIES.iter().zip(id3v1::FIELDS) {
        let field = if *property == "COMMENT" && has_track { 97..125 } else { field };
        let value = &tag[field];
        let end =
            value.iter().rposition(|byte| !matches!(byte, 0 | b' ')).map_or(0, |last| last + 1);
        let text: String = value[..end].iter().copied().map(char::from).collect();
        let tag_part = TagPart::Property((*property).to_owned());
        inventory.add(ID3V1_FIELD, name, tag_part, &value[..end], &text, budget)?;
    }
    if has_track {
        let tag_part = TagPart::Property("TRACKNUMBER".to_owned());
        inventory.add(ID3V1_FIELD, "track", tag_part, tag[126], &tag[126].to_string(), budget)?;
    }
    Ok(())
}
