//! Restores the metadata blocks of FLAC (RFC 9639, section 8).
//!
//! TagLib drops a second block of Vorbis comments and pictures that it can't parse,
//! and moves `bext` and `iXML` to the end.

use super::copy::EditedCopy;
use super::pictures::{Originals, Picture};
use super::vorbis_comment;
use crate::containers::flac::{self, Block, Blocks};
use crate::containers::vorbis_comment::VorbisComment;
use crate::containers::{Cursor, id3v2};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use std::ops::Range;

/// The padding after blocks that have to grow, in bytes. TagLib uses the same.
const PADDING: u64 = 4096;

/// The longest body of a block, in bytes.
const LONGEST: u64 = 0xFF_FFFF;

/// Returns the part of the tag that an APPLICATION block holds. A `riff` block has a chunk of a
/// WAVE file; other programs write the name of the chunk itself.
pub(crate) fn application_tag_part(cursor: &mut Cursor<'_>, block: &Block) -> Result<TagPart> {
    let mut id = [0; 8];
    let length = (block.body.end - block.body.start).min(8) as usize;
    let read = cursor.read(&mut id[..length], block.body.start)?;
    Ok(match &id[..read] {
        b"riffiXML" | [b'i', b'X', b'M', b'L', ..] => TagPart::Ixml,
        b"riffbext" | [b'b', b'e', b'x', b't', ..] => TagPart::BroadcastExtension,
        _ => TagPart::Other,
    })
}

/// Restores the blocks. If they fit, the audio stays where it is in the copy.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let budget = copy.budget();
    let Some(before) = Metadata::read(original)? else { return Ok(()) };
    let Some(after) = copy.read(Metadata::read)? else { return Ok(()) };
    let mut merged = Output { budget, bytes: Vec::new(), last: None };
    let merge = Merge { before: &before, after: &after, requested };
    if copy.read(|copy| merge.write(original, copy, &mut merged))?.is_none() {
        return Ok(());
    }
    merged.pad(after.range.end - after.range.start)?;
    merged.mark_last();
    copy.replace(after.range, &merged.bytes)
}

/// The blocks of a file.
struct Metadata {
    blocks: Vec<(Block, TagPart)>,
    /// Everything between the magic number and the audio.
    range: Range<u64>,
}

impl Metadata {
    /// Reads the blocks after any ID3v2 tags. Returns `None` if the file is not FLAC, or if the
    /// last block is missing.
    fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let mut at = 0;
        while let Some(tag) = id3v2::Tag::read(cursor, at)? {
            at = tag.range.end;
        }
        let Some(mut walk) = Blocks::read(cursor, at)? else { return Ok(None) };
        let start = walk.rest().start;
        let mut blocks = Vec::new();
        while let Some(block) = walk.next(cursor)? {
            let tag_part = match block.kind {
                flac::PICTURE => TagPart::Picture,
                flac::APPLICATION => application_tag_part(cursor, &block)?,
                _ => TagPart::Other,
            };
            cursor.budget().push(&mut blocks, (block, tag_part))?;
        }
        let range = start..walk.rest().start;
        Ok(walk.has_ended().then_some(Self { blocks, range }))
    }

    fn comments(&self) -> Option<&Block> {
        let mut blocks = self.blocks.iter().map(|(block, _)| block);
        blocks.find(|block| block.kind == flac::VORBIS_COMMENT)
    }
}

struct Merge<'a> {
    before: &'a Metadata,
    after: &'a Metadata,
    requested: &'a Requested,
}

impl Merge<'_> {
    /// Writes the original blocks without padding. Requested changes come from the copy. They
    /// take the place of the first block that held the same part, or follow at the end. Returns
    /// `None` if a block can't be merged.
    fn write(
        &self,
        original: &mut Cursor<'_>,
        copy: &mut Cursor<'_>,
        output: &mut Output<'_>,
    ) -> Result<Option<()>> {
        let Some(comments) = self.comments(original, copy)? else { return Ok(None) };
        let mut comments = Some(comments);
        let mut replaced: Vec<&TagPart> = Vec::new();
        for (block, tag_part) in &self.before.blocks {
            if block.kind == flac::PADDING {
                continue;
            }
            // A second block of comments stays as it is: TagLib does not read it.
            if block.kind == flac::VORBIS_COMMENT
                && let Some(merged) = comments.take()
            {
                output.add(block.kind, &merged)?;
            } else if !self.requested.contains(tag_part) {
                output.copy(block, original)?;
            } else if !replaced.contains(&tag_part) {
                replaced.push(tag_part);
                self.write_edited(tag_part, original, copy, output)?;
            }
        }
        if let Some(new) = comments.filter(|comments| has_comments(comments)) {
            output.add(flac::VORBIS_COMMENT, &new)?;
        }
        for tag_part in [TagPart::Picture, TagPart::Ixml, TagPart::BroadcastExtension] {
            if self.requested.contains(&tag_part) && !replaced.contains(&&tag_part) {
                self.write_edited(&tag_part, original, copy, output)?;
            }
        }
        Ok(Some(()))
    }

    /// Returns the merged comments, or `None` if they are malformed or too long.
    fn comments(
        &self,
        original: &mut Cursor<'_>,
        copy: &mut Cursor<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let budget = copy.budget();
        let edited = match self.after.comments() {
            Some(block) => copy.bytes(block.body.clone())?,
            None => None,
        };
        let original = match self.before.comments() {
            Some(block) => original.bytes(block.body.clone())?,
            None => edited.as_deref().map(without_comments),
        };
        // TagLib always writes a block.
        let (Some(edited), Some(original)) = (edited, original) else { return Ok(None) };
        let merged = vorbis_comment::merged(&original, &edited, 0, self.requested, budget)?;
        Ok(merged.filter(|merged| merged.len() as u64 <= LONGEST))
    }

    fn write_edited(
        &self,
        tag_part: &TagPart,
        original: &mut Cursor<'_>,
        copy: &mut Cursor<'_>,
        output: &mut Output<'_>,
    ) -> Result<()> {
        let mut originals = match tag_part {
            TagPart::Picture => self.original_pictures(original)?,
            _ => Originals::new(),
        };
        for (block, _) in self.after.blocks.iter().filter(|(_, known)| known == tag_part) {
            let Some(body) = copy.bytes(block.body.clone())? else { continue };
            match Picture::of_block(&body).and_then(|picture| originals.take(picture)) {
                Some(kept) => output.copy(kept, original)?,
                None => output.add(block.kind, &body)?,
            }
            copy.budget().release(body.len());
        }
        Ok(())
    }

    fn original_pictures(&self, original: &mut Cursor<'_>) -> Result<Originals<&Block>> {
        let mut pictures = Originals::new();
        for (block, _) in self.before.blocks.iter().filter(|(_, part)| *part == TagPart::Picture) {
            let Some(body) = original.bytes(block.body.clone())? else { continue };
            if let Some(picture) = Picture::of_block(&body) {
                pictures.add(picture, block, original.budget())?;
            }
            original.budget().release(body.len());
        }
        Ok(pictures)
    }
}

/// Returns a block of comments with the same vendor and no comments.
fn without_comments(block: &[u8]) -> Vec<u8> {
    let vendor = VorbisComment::parse(block, 0).map_or(0, |block| block.vendor.end);
    [&block[..vendor], &[0; 4]].concat()
}

fn has_comments(block: &[u8]) -> bool {
    VorbisComment::parse(block, 0).is_some_and(|block| block.count > 0)
}

/// The blocks that are written.
struct Output<'a> {
    budget: &'a Budget,
    bytes: Vec<u8>,
    /// Where the last block begins.
    last: Option<usize>,
}

impl Output<'_> {
    /// Appends a block, which is not marked as the last.
    fn add(&mut self, kind: u8, body: &[u8]) -> Result<()> {
        self.budget.reserve(&mut self.bytes, flac::HEADER as usize + body.len())?;
        self.add_header(kind, body.len() as u64);
        self.bytes.extend(body);
        Ok(())
    }

    /// Appends a block of a file.
    fn copy(&mut self, block: &Block, file: &mut Cursor<'_>) -> Result<()> {
        let Some(body) = file.bytes(block.body.clone())? else { return Ok(()) };
        self.add(block.kind, &body)?;
        self.budget.release(body.len());
        Ok(())
    }

    /// Appends padding up to `size` bytes, or more if the blocks leave no room for it.
    fn pad(&mut self, size: u64) -> Result<()> {
        let length = self.bytes.len() as u64;
        let mut left = match size.checked_sub(length) {
            Some(0) => return Ok(()),
            Some(left) if left >= flac::HEADER => left,
            _ => flac::HEADER + PADDING,
        };
        self.budget.reserve(&mut self.bytes, left as usize)?;
        while left > 0 {
            let mut body = (left - flac::HEADER).min(LONGEST);
            // The remaining space must have room for a header.
            let rest = left - flac::HEADER - body;
            if (1..flac::HEADER).contains(&rest) {
                body -= flac::HEADER;
            }
            self.add_header(flac::PADDING, body);
            self.bytes.resize(self.bytes.len() + body as usize, 0);
            left -= flac::HEADER + body;
        }
        Ok(())
    }

    fn add_header(&mut self, kind: u8, length: u64) {
        self.last = Some(self.bytes.len());
        let [_, high, middle, low] = (length as u32).to_be_bytes();
        self.bytes.extend([kind, high, middle, low]);
    }

    fn mark_last(&mut self) {
        if let Some(last) = self.last {
            self.bytes[last] |= flac::LAST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{ChangedRanges, DiskFile, unlinked};

    fn block(kind: u8, body: &[u8]) -> Vec<u8> {
        let [_, length @ ..] = (body.len() as u32).to_be_bytes();
        [&[kind][..], &length, body].concat()
    }

    fn padding(length: usize) -> Vec<u8> {
        block(flac::PADDING, &vec![0; length])
    }

    fn comments(vendor: &str, comments: &[&str]) -> Vec<u8> {
        let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let count = (comments.len() as u32).to_le_bytes();
        let comments: Vec<u8> = comments.iter().flat_map(|comment| text(comment)).collect();
        block(flac::VORBIS_COMMENT, &[&text(vendor)[..], &count, &comments].concat())
    }

    fn file(blocks: &[Vec<u8>]) -> Vec<u8> {
        let mut blocks = blocks.to_vec();
        blocks.last_mut().unwrap()[0] |= flac::LAST;
        [b"fLaC", &blocks.concat()[..], b"\xFF\xF8audio"].concat()
    }

    fn restored(original: &[u8], edited: &[u8], requested: &Requested) -> Vec<u8> {
        let budget = unlinked::budget();
        let file = DiskFile::from(unlinked::file(edited));
        let mut changed = ChangedRanges::default();
        let mut copy = EditedCopy::new(&file, edited.len() as u64, &mut changed, &budget);
        restore(&mut Cursor::over(original, &budget), &mut copy, requested).unwrap();
        copy.read(|cursor| cursor.bytes(0..cursor.size())).unwrap().unwrap()
    }

    fn title() -> Requested {
        let properties = vec![("TITLE".to_owned(), vec!["new".to_owned()])];
        Requested { properties, ..Requested::default() }
    }

    fn info() -> Vec<u8> {
        block(flac::STREAM_INFO, &[7; 34])
    }

    #[test]
    fn a_change_of_the_title_keeps_every_block_at_its_place() {
        let bext = block(flac::APPLICATION, b"riffbext\x03\0\0\0abc");
        let original = [
            info(),
            block(flac::PICTURE, b"a picture that can't be parsed"),
            bext.clone(),
            padding(5),
            comments("encoder", &["Artist=a", "TITLE=old"]),
            block(flac::SEEK_TABLE, &[1; 18]),
            comments("second", &["TITLE=hidden"]),
            block(99, b"unknown"),
            padding(90),
        ];
        let edited = [
            info(),
            block(flac::SEEK_TABLE, &[1; 18]),
            comments("encoder", &["ARTIST=a", "TITLE=new"]),
            bext,
            padding(200),
        ];
        let mut expected = original.to_vec();
        expected[4] = comments("encoder", &["Artist=a", "TITLE=new"]);
        expected.remove(3);
        let size = file(&edited).len();
        let left = size - (file(&expected).len() - 90);
        *expected.last_mut().unwrap() = padding(left);
        let result = restored(&file(&original), &file(&edited), &title());
        assert!(result == file(&expected), "{result:?}");
        assert_eq!(result.len(), size, "the audio moves");
    }

    #[test]
    fn blocks_that_do_not_fit_get_new_padding() {
        let edited = file(&[info(), comments("", &["TITLE=new"])]);
        for missing in 0..5 {
            let original = [info(), comments("", &["TITLE=o"]), block(99, &vec![1; missing])];
            let mut expected = original.to_vec();
            expected[1] = comments("", &["TITLE=new"]);
            expected.push(padding(PADDING as usize));
            assert_eq!(restored(&file(&original), &edited, &title()), file(&expected));
        }
        let same = [info(), comments("", &["TITLE=o"])];
        assert_eq!(restored(&file(&same), &edited, &title()), edited);
    }

    #[test]
    fn pictures_and_ixml_change_when_they_are_asked_for() {
        let original = [
            info(),
            block(flac::PICTURE, b"one"),
            block(flac::APPLICATION, b"iXMLold"),
            block(flac::PICTURE, b"two"),
            block(flac::APPLICATION, b"abcdkept"),
            comments("", &[]),
        ];
        let new_ixml = block(flac::APPLICATION, b"riffiXML\x03\0\0\0new");
        let edited = [
            info(),
            comments("", &[]),
            block(flac::PICTURE, b"three"),
            new_ixml.clone(),
            padding(99),
        ];
        let requested = Requested { pictures: true, ixml: true, ..Requested::default() };
        let result = restored(&file(&original), &file(&edited), &requested);
        let mut expected = original.to_vec();
        expected.splice(1..4, [block(flac::PICTURE, b"three"), new_ixml]);
        let left = file(&edited).len() - file(&expected).len() - flac::HEADER as usize;
        expected.push(padding(left));
        assert_eq!(result, file(&expected));
    }

    #[test]
    fn a_file_without_comments_gets_some_when_they_are_asked_for() {
        let original = file(&[info(), padding(60)]);
        let edited = file(&[info(), comments("", &["TITLE=new"]), padding(35)]);
        assert_eq!(restored(&original, &edited, &title()), edited);
        let untouched = restored(&original, &edited, &Requested::default());
        assert_eq!(untouched, original);
    }

    #[test]
    fn padding_fills_any_room_there_is() {
        let budget = unlinked::budget();
        for size in [4, 5, LONGEST + 4, LONGEST + 5, LONGEST + 7, LONGEST + 8, 2 * LONGEST] {
            let mut output = Output { budget: &budget, bytes: Vec::new(), last: None };
            output.pad(size).unwrap();
            output.mark_last();
            assert_eq!(output.bytes.len() as u64, size);
            let bytes = [&flac::MAGIC[..], &output.bytes].concat();
            let mut cursor = Cursor::over(&bytes, &budget);
            let metadata = Metadata::read(&mut cursor).unwrap().unwrap();
            assert_eq!(metadata.range, 4..size + 4);
            budget.release(output.bytes.len());
        }
    }

    #[test]
    fn what_is_not_flac_or_is_cut_off_is_left_alone() {
        let whole = file(&[info(), comments("", &["TITLE=old"])]);
        let edited = file(&[info(), comments("", &["TITLE=new"])]);
        for length in 0..whole.len() - 8 {
            assert_eq!(restored(&whole[..length], &edited, &title()), edited);
            assert_eq!(restored(&whole, &edited[..length], &title()), &edited[..length]);
        }
    }
}
