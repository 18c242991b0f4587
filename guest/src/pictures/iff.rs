//! RIFF WAVE and AIFF: an ID3v2 tag in a chunk of its own.

use super::id3v2::{self, Tag};
use super::{Content, Found, HiddenPictures, MAX_PARTS, Stop, only_if};
use std::ops::Range;

/// Of the file, form and type; of a chunk, name and size; in bytes.
const FILE_HEADER: u64 = 12;
const CHUNK_HEADER: u64 = 8;

#[derive(Clone, Copy)]
struct Flavour {
    form: [u8; 4],
    types: &'static [[u8; 4]],
    number: fn([u8; 4]) -> u32,
    bytes: fn(u32) -> [u8; 4],
}

const WAVE: Flavour = Flavour {
    form: *b"RIFF",
    types: &[*b"WAVE"],
    number: u32::from_le_bytes,
    bytes: u32::to_le_bytes,
};

const AIFF: Flavour = Flavour {
    form: *b"FORM",
    types: &[*b"AIFF", *b"AIFC"],
    number: u32::from_be_bytes,
    bytes: u32::to_be_bytes,
};

pub(super) fn wave(content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
    leave_out(content, WAVE, hidden)
}

pub(super) fn aiff(content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
    leave_out(content, AIFF, hidden)
}

fn leave_out(
    content: &mut Content<'_>,
    flavour: Flavour,
    hidden: &mut HiddenPictures,
) -> Found<()> {
    let [a, b, c, d, size @ .., e, f, g, h] = content.array::<12>(0)?;
    only_if([a, b, c, d] == flavour.form && flavour.types.contains(&[e, f, g, h]))?;
    let chunk = tag_chunk(content, flavour)?;
    let tag = Tag::find_pictures(content, chunk.start, hidden)?;
    only_if(tag.range == chunk)?;

    // A chunk of odd size has a byte behind it: so the size stays odd or even,
    // with one byte more of padding in the tag.
    let padding = tag.left_out % 2;
    let left_out = u32::try_from(tag.left_out - padding).map_err(|_| Stop::Unusual)?;
    let new_size = chunk.end - chunk.start - u64::from(left_out);
    let whole = (flavour.number)(size).checked_sub(left_out).ok_or(Stop::Unusual)?;
    hidden.splice(4..8, &(flavour.bytes)(whole));
    let new_size = u32::try_from(new_size).map_err(|_| Stop::Unusual)?;
    hidden.splice(chunk.start - 4..chunk.start, &(flavour.bytes)(new_size));
    if padding > 0 {
        hidden.splice(chunk.end..chunk.end, &[0]);
    }
    id3v2::set_size(&tag, u64::from(new_size) - 10, hidden);
    Ok(())
}

/// The content of the one chunk with a tag.
fn tag_chunk(content: &mut Content<'_>, flavour: Flavour) -> Found<Range<u64>> {
    let mut found = None;
    let mut at = FILE_HEADER;
    for _ in 0..MAX_PARTS {
        if at >= content.size() {
            return found.ok_or(Stop::Unusual);
        }
        let [name @ .., a, b, c, d] = content.array::<8>(at)?;
        let start = at + CHUNK_HEADER;
        let body = start..start + u64::from((flavour.number)([a, b, c, d]));
        only_if(name.iter().all(u8::is_ascii_graphic) || name.ends_with(b" "))?;
        only_if(body.end <= content.size())?;
        at = body.end + body.end % 2;
        // The two names that TagLib knows: to it `Id3 ` is not a tag.
        if name == *b"ID3 " || name == *b"id3 " {
            only_if(found.is_none())?;
            found = Some(body);
        }
    }
    Err(Stop::Unusual)
}
