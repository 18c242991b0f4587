//! Hides picture blocks of FLAC.

use super::{
    FoundPicture, HiddenPictures, Hiding, LONGEST_TEXT, MAX_PARTS, NotHidden, PictureData,
    PictureFields, plain_text, require, require_size, usual,
};
use crate::containers::Cursor;
use crate::containers::flac::{Block, Blocks, FORBIDDEN, LAST, PICTURE, STREAM_INFO};
use crate::containers::flac_picture::{NUMBERS, PictureBlock};
use std::ops::Range;

/// The maximum number of bytes before the data of a block whose texts are short.
pub(super) const LONGEST_HEAD: usize = NUMBERS + 2 * LONGEST_TEXT;

/// Cuts the picture blocks out.
pub(super) fn hide(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    let mut blocks = usual(Blocks::read(cursor, 0))?;
    let mut last_kept = None;
    for index in 0..MAX_PARTS {
        let block = usual(blocks.next(cursor))?;
        // The first frame of the audio follows, so a block is not the end of the file.
        require(!block.body.is_empty() && !blocks.rest().is_empty() && block.kind != FORBIDDEN)?;
        require((index == 0) == (block.kind == STREAM_INFO))?;
        let is_last = block.is_last;
        if block.kind == PICTURE {
            hidden.add(picture(cursor, &block.body)?)?;
            hidden.splice(block.range, [])?;
        } else {
            last_kept = Some(block);
        }
        if is_last {
            return mark_last(last_kept.ok_or(NotHidden::Unusual)?, hidden);
        }
    }
    Err(NotHidden::Unusual)
}

fn picture(cursor: &mut Cursor<'_>, body: &Range<u64>) -> Hiding<FoundPicture> {
    let size = body.end - body.start;
    let mut head = [0; LONGEST_HEAD];
    let head = &mut head[..size.min(LONGEST_HEAD as u64) as usize];
    require(cursor.read(head, body.start)? == head.len())?;
    let (fields, data) = fields(head, size)?;
    let data = PictureData::InFile(body.start + data.start..body.start + data.end);
    Ok(FoundPicture { fields, data })
}

/// Returns the fields of a block of `size` bytes that begins with `head`, and the range
/// of its data.
pub(super) fn fields(head: &[u8], size: u64) -> Hiding<(PictureFields, Range<u64>)> {
    let block = PictureBlock::parse(head).ok_or(NotHidden::Unusual)?;
    require(block.data.end == size)?;
    require_size(&block.data)?;
    let fields = PictureFields {
        mime_type: plain_text(block.mime_type)?,
        picture_type: block.picture_type,
        description: plain_text(block.description)?,
    };
    Ok((fields, block.data))
}

/// Marks the block as the last one, unless it is marked already.
fn mark_last(block: Block, hidden: &mut HiddenPictures) -> Hiding<()> {
    let header = block.range.start;
    hidden.splice(header..header + 1, [block.kind | LAST])
}
