//! FLAC (RFC 9639, section 8): metadata blocks, the last of them marked.

use super::flac_block::{LONGEST_HEAD, PictureBlock};
use super::{
    Content, Found, FoundPicture, HiddenPictures, MAX_PARTS, PictureData, Stop, only_if, size_of,
};
use std::ops::Range;

const STREAM_INFO: u8 = 0;
const PICTURE: u8 = 6;
const FORBIDDEN: u8 = 127;

/// The bit beside a block's type that marks the last one.
const LAST: u8 = 0x80;

/// Leaves the picture blocks out.
pub(super) fn blocks(content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
    only_if(content.array(0)? == *b"fLaC")?;
    let mut at = 4;
    // The last block that stays: where its header is, and its type.
    let mut kept = None;
    for _ in 0..MAX_PARTS {
        let [head, length @ ..] = content.array::<4>(at)?;
        let (kind, is_last) = (head & !LAST, head & LAST != 0);
        let [high, middle, low] = length;
        let body = at + 4..at + 4 + u64::from(u32::from_be_bytes([0, high, middle, low]));
        // The audio's first frame follows, so there is something behind it.
        only_if(!body.is_empty() && body.end < content.size() && kind != FORBIDDEN)?;
        only_if((at == 4) == (kind == STREAM_INFO))?;
        if kind == PICTURE {
            hidden.pictures.push(picture(content, &body)?);
            hidden.splice(at..body.end, b"");
        } else {
            kept = Some((at, kind));
        }
        at = body.end;
        if is_last {
            let (at, kind) = kept.ok_or(Stop::Unusual)?;
            return mark_last(at, kind, hidden);
        }
    }
    Err(Stop::Unusual)
}

fn picture(content: &mut Content<'_>, body: &Range<u64>) -> Found<FoundPicture> {
    let size = body.end - body.start;
    let mut head = [0; LONGEST_HEAD];
    let head = &mut head[..size.min(LONGEST_HEAD as u64) as usize];
    content.fill(head, body.start)?;
    let block = PictureBlock::parse(head, size)?;
    size_of(&block.data)?;
    Ok(FoundPicture {
        mime_type: block.mime_type,
        picture_type: block.picture_type,
        description: block.description,
        data: PictureData::InFile(body.start + block.data.start..body.start + block.data.end),
    })
}

/// Marks the block at `at` as the last one, which it may be already.
fn mark_last(at: u64, kind: u8, hidden: &mut HiddenPictures) -> Found<()> {
    hidden.splice(at..at + 1, &[kind | LAST]);
    hidden.splices.sort_by_key(|splice| splice.range.start);
    Ok(())
}
