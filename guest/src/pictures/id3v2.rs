//! ID3v2.3 and ID3v2.4: picture frames (`APIC`) in a tag without flags.

use super::{
    Content, Found, FoundPicture, HiddenPictures, MAX_PARTS, PictureData, Stop, only_if,
    plain_text, size_of,
};
use std::ops::Range;

/// Of a tag, and of each frame in it, in bytes.
const HEADER: u64 = 10;

/// Text encodings.
const ISO_8859_1: u8 = 0;
const UTF_16: u8 = 1;
const UTF_8: u8 = 3;

/// What text in UTF-16 begins with; most is little-endian.
const BYTE_ORDER_MARK: [u8; 2] = [0xFF, 0xFE];

/// A tag, and what is left out of it.
pub(super) struct Tag {
    pub range: Range<u64>,
    pub left_out: u64,
    version: u8,
}

/// The tag at the beginning of an MP3.
pub(super) fn at_start(content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
    let tag = Tag::find_pictures(content, 0, hidden)?;
    // Something is to follow: audio.
    only_if(tag.range.end < content.size())?;
    let size = tag.range.end - tag.range.start - HEADER - tag.left_out;
    set_size(&tag, size, hidden);
    Ok(())
}

/// Has the tag say that it is of another size, its header not counted.
pub(super) fn set_size(tag: &Tag, size: u64, hidden: &mut HiddenPictures) {
    let start = tag.range.start + 6;
    let bytes = [21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8);
    hidden.splice(start..start + 4, &bytes);
    hidden.splices.sort_by_key(|splice| splice.range.start);
}

impl Tag {
    /// Reads the tag at `at`, and leaves its picture frames out.
    pub fn find_pictures(
        content: &mut Content<'_>,
        at: u64,
        hidden: &mut HiddenPictures,
    ) -> Found<Self> {
        let [b'I', b'D', b'3', version @ (3 | 4), 0, 0, size @ ..] = content.array::<10>(at)?
        else {
            return Err(Stop::Unusual);
        };
        let range = at..at + HEADER + synchsafe(size)?;
        only_if(range.end <= content.size())?;
        let mut tag = Self { range, left_out: 0, version };
        tag.frames(content, hidden)?;
        Ok(tag)
    }

    fn frames(&mut self, content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
        let mut at = self.range.start + HEADER;
        let mut kept = 0;
        for _ in 0..MAX_PARTS {
            if self.is_padding(content, at)? {
                // TagLib tells an empty tag from one with frames.
                return only_if(kept > 0);
            }
            let header = content.array::<10>(at)?;
            let body = self.body(content, at, &header)?;
            if header.starts_with(b"APIC") {
                hidden.pictures.push(picture(content, &body)?);
                hidden.splice(at..body.end, b"");
                self.left_out += body.end - at;
            } else {
                kept += 1;
            }
            at = body.end;
        }
        Err(Stop::Unusual)
    }

    /// Whether the frames end here: with the tag, or with zeros up to its end.
    fn is_padding(&self, content: &mut Content<'_>, at: u64) -> Found<bool> {
        if at == self.range.end {
            return Ok(true);
        }
        let [first] = content.array(at)?;
        if first != 0 {
            return Ok(false);
        }
        // Four are looked at, as an identifier is of four.
        let left = (self.range.end - at).min(4) as usize;
        let mut zeros = [0; 4];
        content.fill(&mut zeros[..left], at)?;
        only_if(zeros == [0; 4])?;
        Ok(true)
    }

    /// The content of the frame at `at`.
    fn body(&self, content: &mut Content<'_>, at: u64, header: &[u8; 10]) -> Found<Range<u64>> {
        let [identifier @ .., a, b, c, d, flags, more_flags] = *header;
        only_if(is_identifier(identifier) && (flags, more_flags) == (0, 0))?;
        let plain = u64::from(u32::from_be_bytes([a, b, c, d]));
        let size = if self.version == 4 { synchsafe([a, b, c, d])? } else { plain };
        let body = at + HEADER..at + HEADER + size;
        only_if(size > 0 && body.end <= self.range.end)?;
        // iTunes wrote ID3v2.4 with plain sizes, and TagLib tries both.
        if size != plain && at + HEADER + plain + 4 <= self.range.end {
            only_if(!is_identifier(content.array(at + HEADER + plain)?))?;
        }
        Ok(body)
    }
}

/// Encoding, MIME type, type, description, data.
fn picture(content: &mut Content<'_>, body: &Range<u64>) -> Found<FoundPicture> {
    let mut at = body.start;
    let [encoding] = content.array(at)?;
    at += 1;
    let mime_type = plain_text(content.until_zeros::<1>(&mut at)?)?;
    let [picture_type] = content.array(at)?;
    at += 1;
    let description = match encoding {
        ISO_8859_1 | UTF_8 => content.until_zeros::<1>(&mut at)?,
        UTF_16 => narrowed(&content.until_zeros::<2>(&mut at)?)?,
        _ => return Err(Stop::Unusual),
    };
    let data = at..body.end;
    size_of(&data)?;
    Ok(FoundPicture {
        mime_type,
        picture_type: u32::from(picture_type),
        description: plain_text(description)?,
        data: PictureData::InFile(data),
    })
}

/// Text in UTF-16, where each character is of one byte.
fn narrowed(text: &[u8]) -> Found<Vec<u8>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let units = text.strip_prefix(&BYTE_ORDER_MARK).ok_or(Stop::Unusual)?;
    let narrow = |unit: &[u8]| if unit[1] == 0 { Ok(unit[0]) } else { Err(Stop::Unusual) };
    units.chunks_exact(2).map(narrow).collect()
}

/// A number in the lower seven bits of each byte.
fn synchsafe(bytes: [u8; 4]) -> Found<u64> {
    only_if(bytes.iter().all(|byte| *byte < 0x80))?;
    Ok(bytes.iter().fold(0, |number, byte| number << 7 | u64::from(*byte)))
}

fn is_identifier(bytes: [u8; 4]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
