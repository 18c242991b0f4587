//! The picture block of FLAC (RFC 9639, section 8.8), which Ogg's comments have
//! in Base64. All numbers are big-endian, of 32 bits.

use super::{Found, LONGEST_TEXT, Stop, only_if, plain_text};
use std::ops::Range;

/// A picture block but for its data, whose range within the block it has.
pub(super) struct PictureBlock {
    pub picture_type: u32,
    pub mime_type: String,
    pub description: String,
    pub data: Range<u64>,
}

/// Type, both lengths, width, height, depth, colours, the data's length.
const NUMBERS: u64 = 32;

/// No block that is read here has its data later, in bytes.
pub(super) const LONGEST_HEAD: usize = NUMBERS as usize + 2 * LONGEST_TEXT;

impl PictureBlock {
    /// Reads a block of this size, of which `head` is the beginning.
    pub fn parse(head: &[u8], size: u64) -> Found<Self> {
        let mut rest = head;
        let picture_type = number(&mut rest)?;
        let mime_type = text(&mut rest)?;
        let description = text(&mut rest)?;
        for _size_depth_and_colours in 0..4 {
            number(&mut rest)?;
        }
        let length = u64::from(number(&mut rest)?);
        let start = NUMBERS + (mime_type.len() + description.len()) as u64;
        only_if(start + length == size)?;
        Ok(Self { picture_type, mime_type, description, data: start..size })
    }
}

fn number(rest: &mut &[u8]) -> Found<u32> {
    let (bytes, after) = rest.split_first_chunk().ok_or(Stop::Unusual)?;
    *rest = after;
    Ok(u32::from_be_bytes(*bytes))
}

fn text(rest: &mut &[u8]) -> Found<String> {
    let length = number(rest)? as usize;
    only_if(length <= LONGEST_TEXT)?;
    let (bytes, after) = rest.split_at_checked(length).ok_or(Stop::Unusual)?;
    *rest = after;
    plain_text(bytes.to_vec())
}
