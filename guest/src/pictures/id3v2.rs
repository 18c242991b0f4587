//! Hides picture frames (`APIC`) of ID3v2.3 and ID3v2.4, in a tag without flags.

use super::{
    FoundPicture, HiddenPictures, Hiding, MAX_PARTS, NotHidden, PictureData, PictureFields,
    plain_text, require, require_size, text_before_zeros, usual,
};
use crate::containers::id3v2::{HEADER, Tag, synchsafe_bytes};
use crate::containers::{Cursor, ape_tag, id3v1};
use std::ops::Range;

/// Text encodings.
const ISO_8859_1: u8 = 0;
const UTF_16: u8 = 1;
const UTF_8: u8 = 3;

/// The first bytes of text in UTF-16, which is mostly little-endian.
const BYTE_ORDER_MARK: [u8; 2] = [0xFF, 0xFE];

/// Cuts the picture frames out of the tag at the beginning of an MP3.
pub(super) fn hide(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    let tag = usual(Tag::read(cursor, 0))?;
    // The audio must follow.
    require(tag.range.end < cursor.size())?;
    require(!reaches_ape_tag(cursor, tag.range.end)?)?;
    let removed = hide_frames(cursor, &tag, hidden)?;
    set_size(&tag, tag.range.end - tag.range.start - removed, hidden)
}

/// Returns whether the APE tag at the end of the file claims bytes before `end`. TagLib
/// looks for the last frame of the audio before the APE tag, so it must not begin in
/// what is cut out.
fn reaches_ape_tag(cursor: &mut Cursor<'_>, end: u64) -> Hiding<bool> {
    let size = cursor.size();
    let id3v1 = id3v1::ending_at(cursor, size)?;
    let ape_end = id3v1.map_or(size, |id3v1| id3v1.start);
    match ape_tag::Tag::ending_at(cursor, ape_end)? {
        Some(tag) => Ok(tag.range.start < end),
        None => Ok(ape_tag::has_footer_at(cursor, ape_end)?),
    }
}

/// Cuts the picture frames out of a tag. Returns how many bytes that removes.
pub(super) fn hide_frames(
    cursor: &mut Cursor<'_>,
    tag: &Tag,
    hidden: &mut HiddenPictures,
) -> Hiding<u64> {
    require([3, 4].contains(&tag.version) && tag.revision == 0 && tag.flags == 0)?;
    require(tag.range.end <= cursor.size())?;
    let mut frames = tag.frames();
    let (mut removed, mut kept) = (0, 0);
    for _ in 0..MAX_PARTS {
        let Some(frame) = frames.next(cursor)? else {
            require(frames.is_at_padding(cursor)?)?;
            // TagLib distinguishes an empty tag from one with frames.
            require(kept > 0)?;
            return Ok(removed);
        };
        require(frame.flags == [0; 2] && !frame.has_two_sizes && !frame.body.is_empty())?;
        if frame.id() == b"APIC" {
            hidden.add(picture(cursor, &frame.body)?)?;
            removed += frame.range.end - frame.range.start;
            hidden.splice(frame.range, [])?;
        } else {
            kept += 1;
        }
    }
    Err(NotHidden::Unusual)
}

/// Changes the size in the header of `tag`. `size` counts the header.
pub(super) fn set_size(tag: &Tag, size: u64, hidden: &mut HiddenPictures) -> Hiding<()> {
    let size = u32::try_from(size - HEADER).map_err(|_| NotHidden::Unusual)?;
    let field = tag.range.start + 6..tag.range.start + 10;
    hidden.splice(field, synchsafe_bytes(size))
}

/// Reads the encoding, the MIME type, the picture type, the description and the data.
fn picture(cursor: &mut Cursor<'_>, body: &Range<u64>) -> Hiding<FoundPicture> {
    let mut at = body.start;
    let [encoding] = usual(cursor.array(at))?;
    at += 1;
    let mime_type = text_before_zeros::<1>(cursor, &mut at)?;
    let [picture_type] = usual(cursor.array(at))?;
    at += 1;
    let description = match encoding {
        ISO_8859_1 | UTF_8 => text_before_zeros::<1>(cursor, &mut at)?,
        UTF_16 => narrowed(&text_before_zeros::<2>(cursor, &mut at)?)?,
        _ => return Err(NotHidden::Unusual),
    };
    let data = at..body.end;
    require_size(&data)?;
    let fields = PictureFields {
        mime_type: plain_text(&mime_type)?,
        picture_type: u32::from(picture_type),
        description: plain_text(&description)?,
    };
    Ok(FoundPicture { fields, data: PictureData::InFile(data) })
}

/// Converts UTF-16 to bytes, if each character fits.
fn narrowed(text: &[u8]) -> Hiding<Vec<u8>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let units = text.strip_prefix(&BYTE_ORDER_MARK).ok_or(NotHidden::Unusual)?;
    let narrow = |unit: &[u8]| if unit[1] == 0 { Ok(unit[0]) } else { Err(NotHidden::Unusual) };
    units.chunks_exact(2).map(narrow).collect()
}
