//! Hides pictures of RIFF WAVE and AIFF, in an ID3v2 tag that has a chunk of its own.

use super::id3v2;
use super::{HiddenPictures, Hiding, MAX_PARTS, NotHidden, require, usual};
use crate::containers::Cursor;
use crate::containers::id3v2::Tag;
use crate::containers::iff::{Form, Layout};
use std::ops::Range;

/// The chunks in which TagLib looks for a tag (`wavfile.cpp`, `aifffile.cpp`). It
/// compares them byte by byte.
const TAG_CHUNKS: [[u8; 4]; 2] = [*b"ID3 ", *b"id3 "];

/// The bytes of the file's own size.
const SIZE_FIELD: Range<u64> = 4..8;

pub(super) fn hide_in_wave(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    hide(cursor, Layout::Riff, &[*b"WAVE"], hidden)
}

pub(super) fn hide_in_aiff(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    hide(cursor, Layout::Aiff, &[*b"AIFF", *b"AIFC"], hidden)
}

/// Cuts the picture frames out of the tag.
fn hide(
    cursor: &mut Cursor<'_>,
    layout: Layout,
    kinds: &[[u8; 4]],
    hidden: &mut HiddenPictures,
) -> Hiding<()> {
    let form = usual(Form::read(cursor))?;
    require(form.layout == layout && kinds.contains(&form.kind))?;
    let chunk = tag_chunk(cursor, &form)?;
    let tag = usual(Tag::read(cursor, chunk.start))?;
    require(tag.range == chunk)?;
    let removed = id3v2::hide_frames(cursor, &tag, hidden)?;

    // A chunk of an odd size is followed by a byte. The tag gets a byte of padding if
    // necessary, so that its size stays odd or even.
    let padding = removed % 2;
    let removed = removed - padding;
    let size = chunk.end - chunk.start - removed;
    let file_size = size_in(layout, usual(cursor.array(SIZE_FIELD.start))?);
    let file_size = file_size.checked_sub(removed).ok_or(NotHidden::Unusual)?;
    hidden.splice(SIZE_FIELD, size_field(layout, file_size)?)?;
    hidden.splice(chunk.start - 4..chunk.start, size_field(layout, size)?)?;
    if padding > 0 {
        hidden.splice(chunk.end..chunk.end, [0])?;
    }
    id3v2::set_size(&tag, size, hidden)
}

/// Finds the only chunk with a tag.
fn tag_chunk(cursor: &mut Cursor<'_>, form: &Form) -> Hiding<Range<u64>> {
    let mut found = None;
    let mut chunks = form.walk(form.chunks.start..cursor.size());
    for _ in 0..MAX_PARTS {
        let Some(chunk) = chunks.next(cursor)? else {
            require(chunks.rest().is_empty())?;
            return found.ok_or(NotHidden::Unusual);
        };
        // TagLib stops at a name with other bytes (`rifffile.cpp`, `isValidChunkName`).
        require(chunk.id.iter().all(|byte| (b' '..=b'~').contains(byte)))?;
        if TAG_CHUNKS.contains(&chunk.id) {
            require(found.is_none())?;
            found = Some(chunk.body);
        }
    }
    Err(NotHidden::Unusual)
}

fn size_in(layout: Layout, field: [u8; 4]) -> u64 {
    u64::from(match layout {
        Layout::Aiff => u32::from_be_bytes(field),
        _ => u32::from_le_bytes(field),
    })
}

fn size_field(layout: Layout, size: u64) -> Hiding<[u8; 4]> {
    let size = u32::try_from(size).map_err(|_| NotHidden::Unusual)?;
    Ok(match layout {
        Layout::Aiff => size.to_be_bytes(),
        _ => size.to_le_bytes(),
    })
}
