//! FLAC (RFC 9639, section 8): metadata blocks, of which the last is marked.

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

/// The first bytes of a stream.
pub(crate) const MAGIC: &[u8; 4] = b"fLaC";

/// The length of a block's header, in bytes.
pub(crate) const HEADER: u64 = 4;

/// Types of blocks.
pub(crate) const STREAM_INFO: u8 = 0;
pub(crate) const PADDING: u8 = 1;
pub(crate) const APPLICATION: u8 = 2;
pub(crate) const SEEK_TABLE: u8 = 3;
pub(crate) const VORBIS_COMMENT: u8 = 4;
pub(crate) const CUE_SHEET: u8 = 5;
pub(crate) const PICTURE: u8 = 6;
pub(crate) const FORBIDDEN: u8 = 127;

/// The bit next to a block's type that marks the last block.
pub(crate) const LAST: u8 = 0x80;

/// The header of a metadata block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub kind: u8,
    pub is_last: bool,
    /// The whole block.
    pub range: Range<u64>,
    pub body: Range<u64>,
}

/// Walks the metadata blocks of a stream, up to the one that is marked as the last.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    at: u64,
    end: u64,
    has_ended: bool,
}

impl Blocks {
    /// Reads the magic number at `at`, and walks the blocks after it.
    pub(crate) fn read(cursor: &mut Cursor<'_>, at: u64) -> Result<Option<Self>> {
        let is_flac = cursor.array::<4>(at)?.as_ref() == Some(MAGIC);
        let blocks = Self { at: at + MAGIC.len() as u64, end: cursor.size(), has_ended: false };
        Ok(is_flac.then_some(blocks))
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Block>> {
        if self.has_ended {
            return Ok(None);
        }
        let Some([kind, high, middle, low]) = cursor.array::<4>(self.at)? else { return Ok(None) };
        let body = self.at + HEADER;
        let end = body + u64::from(u32::from_be_bytes([0, high, middle, low]));
        if end > self.end {
            return Ok(None);
        }
        let is_last = kind & LAST != 0;
        let range = self.at..end;
        (self.at, self.has_ended) = (end, is_last);
        Ok(Some(Block { kind: kind & !LAST, is_last, range, body: body..end }))
    }

    /// Returns whether the last block has been read. The audio follows it.
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Returns the range that has not been read as blocks: the audio.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn kinds(bytes: &[u8]) -> (Vec<u8>, bool, Range<u64>) {
        over(bytes, |cursor| {
            let mut blocks = Blocks::read(cursor, 0).unwrap().unwrap();
            let mut kinds = Vec::new();
            while let Some(block) = blocks.next(cursor).unwrap() {
                kinds.push(block.kind);
            }
            (kinds, blocks.has_ended(), blocks.rest())
        })
    }

    #[test]
    fn the_walk_ends_with_the_block_that_is_marked() {
        let bytes = b"fLaC\0\0\0\x02ab\x84\0\0\x01c\x06\0\0\0";
        assert_eq!(kinds(bytes), (vec![STREAM_INFO, VORBIS_COMMENT], true, 15..19));
    }

    #[test]
    fn a_block_that_does_not_fit_is_left_over() {
        assert_eq!(kinds(b"fLaC\0\0\0\x02ab\x86\0\0\x09c"), (vec![STREAM_INFO], false, 10..15));
        assert_eq!(kinds(b"fLaC\0\0\0\x02ab"), (vec![STREAM_INFO], false, 10..10));
        assert!(over(b"OggS\0\0\0\0", |cursor| Blocks::read(cursor, 0).unwrap()).is_none());
    }
}
