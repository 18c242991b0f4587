//! The metadata blocks of FLAC.

use super::{Inventory, vorbis_comment};
use crate::containers::Cursor;
use crate::containers::flac::{self, Block, Blocks};
use crate::containers::flac_picture::PictureBlock;
use crate::error::Result;
use crate::restore::flac_application_tag_part;
use crate::tags::TagPart;

const KIND: &str = "FLAC block";

/// Adds the blocks of the stream that begins at `at`, if it is FLAC. Padding does not count as
/// content.
pub(super) fn take(cursor: &mut Cursor<'_>, at: u64, inventory: &mut Inventory) -> Result<()> {
    let Some(mut blocks) = Blocks::read(cursor, at)? else { return Ok(()) };
    while let Some(block) = blocks.next(cursor)? {
        take_block(cursor, &block, inventory)?;
    }
    Ok(())
}

fn take_block(cursor: &mut Cursor<'_>, block: &Block, inventory: &mut Inventory) -> Result<()> {
    let budget = cursor.budget();
    let (key, tag_part, text) = match block.kind {
        flac::PADDING => return Ok(()),
        flac::VORBIS_COMMENT => {
            let Some(bytes) = cursor.bytes(block.body.clone())? else { return Ok(()) };
            vorbis_comment::take(&bytes, 0, inventory, budget)?;
            budget.release(bytes.len());
            return Ok(());
        }
        flac::PICTURE => ("PICTURE".to_owned(), TagPart::Picture, picture_text(cursor, block)?),
        flac::APPLICATION => {
            let id = cursor.array::<4>(block.body.start)?.unwrap_or_default();
            let key = format!("APPLICATION {}", String::from_utf8_lossy(&id));
            (key, flac_application_tag_part(cursor, block)?, String::new())
        }
        kind => (name(kind), TagPart::Other, String::new()),
    };
    let Some(hash) = cursor.hash(block.body.clone(), inventory.keys())? else { return Ok(()) };
    inventory.add_hashed(KIND, key, tag_part, hash, &text, budget)
}

fn name(kind: u8) -> String {
    match kind {
        flac::STREAM_INFO => "STREAMINFO".to_owned(),
        flac::SEEK_TABLE => "SEEKTABLE".to_owned(),
        flac::CUE_SHEET => "CUESHEET".to_owned(),
        kind => format!("type {kind}"),
    }
}

/// Returns the type and size of a picture as they are shown to people.
fn picture_text(cursor: &mut Cursor<'_>, block: &Block) -> Result<String> {
    /// The number of bytes that are read: enough for the numbers and a description.
    const HEAD: usize = 1024;
    let mut head = [0; HEAD];
    let length = (block.body.end - block.body.start).min(HEAD as u64) as usize;
    let read = cursor.read(&mut head[..length], block.body.start)?;
    Ok(PictureBlock::parse(&head[..read]).map_or_else(String::new, |picture| {
        let size = picture.data.end - picture.data.start;
        format!("{}, {size} bytes", String::from_utf8_lossy(picture.mime_type))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Requested;
    use std::hash::RandomState;

    fn block(kind: u8, body: &[u8]) -> Vec<u8> {
        let [_, length @ ..] = (body.len() as u32).to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    fn comments(comment: &str) -> Vec<u8> {
        let length = (comment.len() as u32).to_le_bytes();
        let body = [&[0, 0, 0, 0, 1, 0, 0, 0][..], &length, comment.as_bytes()].concat();
        block(flac::VORBIS_COMMENT, &body)
    }

    /// Returns the keys of the lost elements.
    fn lost(before: &[Vec<u8>], after: &[Vec<u8>], requested: &Requested) -> Vec<String> {
        let keys = RandomState::new();
        let [before, after] = [before, after].map(|blocks| {
            let bytes =
                [&b"fLaC"[..], &blocks.concat(), &block(flac::PADDING | 0x80, b"")].concat();
            let budget = unlinked::budget();
            let mut inventory = Inventory::new(&keys);
            take(&mut Cursor::over(&bytes, &budget), 0, &mut inventory).unwrap();
            inventory
        });
        before.lost(&after, requested).into_iter().map(|loss| loss.key).collect()
    }

    #[test]
    fn every_block_but_padding_counts() {
        let blocks = [
            block(flac::STREAM_INFO, &[7; 34]),
            block(flac::SEEK_TABLE, &[1; 18]),
            block(flac::PADDING, &[0; 9]),
            comments("TITLE=one"),
            comments("TITLE=two"),
            block(flac::APPLICATION, b"riffabcd"),
            block(flac::CUE_SHEET, b"cue"),
            block(flac::PICTURE, b"picture"),
            block(99, b"unknown"),
        ];
        let expected = [
            "STREAMINFO",
            "SEEKTABLE",
            "vendor",
            "TITLE",
            "vendor",
            "TITLE",
            "APPLICATION riff",
            "CUESHEET",
            "PICTURE",
            "type 99",
        ];
        assert_eq!(lost(&blocks, &[], &Requested::default()), expected);
        for index in [0, 1, 4, 5, 6, 7, 8] {
            let mut rest = blocks.to_vec();
            rest.remove(index);
            assert!(!lost(&blocks, &rest, &Requested::default()).is_empty(), "block {index}");
        }
    }

    #[test]
    fn what_was_asked_to_change_is_not_lost() {
        let ixml = block(flac::APPLICATION, b"riffiXML\x04\0\0\0<a/>");
        let bext = block(flac::APPLICATION, b"bextabcd");
        let picture = block(flac::PICTURE, b"picture");
        let blocks = [ixml, bext, picture];
        assert_eq!(lost(&blocks, &[], &Requested::default()).len(), 3);
        let requested =
            Requested { ixml: true, bext: true, pictures: true, ..Requested::default() };
        assert!(lost(&blocks, &[], &requested).is_empty());
    }
}
