//! Merges two versions of an ID3v2 tag: requested changes come from the tag that TagLib has
//! written, everything else from the original, byte for byte.
//!
//! The result has the version of the original. TagLib writes only ID3v2.4, which many players in
//! cars and on Windows can't read. So the frames that it has changed in an ID3v2.3 tag are
//! converted.
//!
//! References: id3.org/id3v2.4.0-structure, id3.org/id3v2.3.0.

mod chapter_frame;
mod chapters;
mod downgrade;
mod frame;
mod people;
mod pictures;
mod tag_parts;
mod text;
mod upgrade;

use super::numbers;
use crate::containers::{Cursor, id3v2};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use downgrade::downgraded;
use frame::synchsafe;
use people::merged_people;
use std::ops::Range;
use tag_parts::is_people_list;
use upgrade::upgraded;

pub(crate) use chapter_frame::{ChapterFrame, head_length as chapter_head_length};
pub(crate) use frame::{Frame, resynchronised};
pub(crate) use people::people;
pub(crate) use tag_parts::tag_part;
pub(crate) use text::text_of;

/// The size of a tag's header, in bytes.
const HEADER: usize = id3v2::HEADER as usize;

/// A tag of ID3v2.3 or ID3v2.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub version: u8,
    pub frames: Vec<Frame>,
    /// What follows the frames and is not padding. TagLib stops reading at a malformed frame, and
    /// would drop it with everything after it.
    pub rest: Vec<u8>,
}

impl Tag {
    /// Creates a tag without frames.
    pub(crate) fn empty(version: u8) -> Self {
        Self { version, frames: Vec::new(), rest: Vec::new() }
    }

    /// Returns whether the tag has no content, so that it need not be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.rest.is_empty()
    }

    /// Reads the tag at `at`. An ID3v2.2 tag is converted to ID3v2.3. Returns `None` if the file
    /// ends within the tag, or if a frame can't be represented in ID3v2.3.
    pub(crate) fn read(cursor: &mut Cursor<'_>, at: u64) -> Result<Option<Self>> {
        Self::read_if(cursor, at, |_| true)
    }

    /// Reads the tag at `at` as [`Tag::read`] does, but only the frames whose stored identifiers
    /// `is_requested` accepts.
    pub(crate) fn read_if(
        cursor: &mut Cursor<'_>,
        at: u64,
        is_requested: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Self>> {
        let Some(tag) = id3v2::Tag::read(cursor, at)? else { return Ok(None) };
        if !matches!(tag.version, 2..=4) || tag.range.end > cursor.size() {
            return Ok(None);
        }
        // In ID3v2.4, the flag only says that each frame has its own unsynchronisation.
        if tag.version < 4 && tag.is_unsynchronised() {
            let Some(mut bytes) = cursor.bytes(tag.frames)? else { return Ok(None) };
            id3v2::resynchronise(&mut bytes);
            let range = 0..bytes.len() as u64;
            return Self::read_frames(
                &mut Cursor::over(&bytes, cursor.budget()),
                tag.version,
                range,
                is_requested,
            );
        }
        Self::read_frames(cursor, tag.version, tag.frames, is_requested)
    }

    fn read_frames(
        cursor: &mut Cursor<'_>,
        version: u8,
        range: Range<u64>,
        is_requested: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<Self>> {
        let mut walk = id3v2::Frames::within(version, range);
        let mut frames = Vec::new();
        while let Some(frame) = walk.next(cursor)? {
            if !is_requested(frame.id()) {
                continue;
            }
            let Some(content) = cursor.bytes(frame.body.clone())? else { return Ok(None) };
            let frame = match frame.id().first_chunk().copied() {
                Some(id) => resynchronised(Frame { id, flags: frame.flags, content, version }),
                None => match upgraded(frame.id(), content) {
                    Some(frame) => frame,
                    None => return Ok(None),
                },
            };
            cursor.budget().push(&mut frames, frame)?;
        }
        let Some(mut rest) = cursor.bytes(walk.rest())? else { return Ok(None) };
        let end = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        rest.truncate(end);
        Ok(Some(Self { version: version.max(3), frames, rest }))
    }

    /// Returns the original with the parts that `requested` names taken from `edited`. Returns
    /// `None` if a frame can't be represented in the version of the original.
    pub(crate) fn merged(
        self,
        edited: Self,
        requested: &Requested,
        budget: &Budget,
    ) -> Result<Option<Self>> {
        let version = self.version;
        let is_requested = |frame: &Frame| {
            requested.frames.iter().any(|id| id.as_bytes() == frame.id)
                || requested.contains(&tag_part(frame))
        };
        let (people, others) = edited.frames.into_iter().partition(is_people_list);
        let others: Vec<Frame> = others;
        let changed: Vec<Frame> = others.into_iter().filter(is_requested).collect();
        let changed = match version {
            3 => downgraded(changed, edited.version),
            _ => Some(changed),
        };
        let Some(changed) = changed else { return Ok(None) };
        let mut changed = numbers_as_asked(changed, &self.frames, requested);
        let mut originals = self.frames;
        if requested.pictures {
            pictures::keep(&mut changed, &mut originals, budget)?;
        }
        if requested.contains(&TagPart::Chapter) {
            chapters::keep(&mut changed, &originals, &requested.new_chapters, version, budget)?;
            chapters::complete_contents(&mut changed, &originals, version, budget)?;
        }
        let (original_people, originals): (Vec<Frame>, Vec<Frame>) =
            originals.into_iter().partition(is_people_list);
        let mut frames = Vec::with_capacity(originals.len() + changed.len());
        for frame in originals {
            if !is_requested(&frame) {
                frames.push(frame);
                continue;
            }
            // The new frames of this name replace the first old one.
            let (same, others) = changed.into_iter().partition(|new| new.id == frame.id);
            let same: Vec<Frame> = same;
            frames.extend(same);
            changed = others;
        }
        frames.extend(changed);
        let Some(people) = merged_people(&original_people, &people, version, requested) else {
            return Ok(None);
        };
        frames.extend(people);
        for frame in &mut frames {
            frame.version = version;
        }
        Ok(Some(Self { version, frames, rest: self.rest }))
    }

    /// Adds the links and images of the requested chapters to a new tag, and a table of contents.
    pub(crate) fn complete_chapters(
        &mut self,
        requested: &Requested,
        budget: &Budget,
    ) -> Result<()> {
        chapters::keep(&mut self.frames, &[], &requested.new_chapters, self.version, budget)?;
        chapters::complete_contents(&mut self.frames, &[], self.version, budget)
    }

    /// Renders the tag without padding. Returns `None` if the tag exceeds the size that its
    /// header can hold.
    pub(crate) fn render(&self, budget: &Budget) -> Result<Option<Vec<u8>>> {
        let length = self.frames.iter().map(|frame| HEADER + frame.content.len()).sum::<usize>();
        let mut tag = Vec::new();
        budget.reserve(&mut tag, HEADER + length + self.rest.len())?;
        tag.extend([b'I', b'D', b'3', self.version, 0, 0, 0, 0, 0, 0]);
        for frame in &self.frames {
            if frame.render(self.version, &mut tag).is_none() {
                return Ok(None);
            }
        }
        tag.extend(&self.rest);
        Ok(set_size(&mut tag).map(|()| tag))
    }

    /// Pads a rendered tag with zeros up to `size` bytes.
    pub(crate) fn pad(tag: &mut Vec<u8>, size: usize) -> Option<()> {
        if tag.len() < size {
            tag.resize(size, 0);
        }
        set_size(tag)
    }
}

fn set_size(tag: &mut [u8]) -> Option<()> {
    let size = synchsafe(u32::try_from(tag.len() - HEADER).ok()?)?;
    tag[6..HEADER].copy_from_slice(&size);
    Some(())
}

/// Returns the frames with the numbers of tracks and discs as text: TagLib's C interface writes
/// an integer, which loses "3/12", "03" and "A5".
fn numbers_as_asked(frames: Vec<Frame>, originals: &[Frame], requested: &Requested) -> Vec<Frame> {
    const NUMBERS: [([u8; 4], &str); 2] = [(*b"TRCK", "TRACKNUMBER"), (*b"TPOS", "DISCNUMBER")];
    let mut frames = frames;
    for (id, key) in NUMBERS {
        let Some([asked]) = requested.values_of(key) else { continue };
        let original = originals.iter().find(|frame| frame.id == id).map(text_of);
        let completed = original.and_then(|text| numbers::completed(key, &text, requested));
        let text = completed.as_ref().unwrap_or(asked);
        if text.is_ascii() {
            let version = frames.first().map_or(4, |frame| frame.version);
            frames.retain(|frame| frame.id != id);
            frames.push(Frame::new(id, format!("\0{text}").into_bytes(), version));
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn text(id: &[u8; 4], encoding: u8, text: &[u8], version: u8) -> Frame {
        Frame::new(*id, [&[encoding], text].concat(), version)
    }

    fn titles() -> Requested {
        let properties = vec![("TITLE".to_owned(), vec!["new".to_owned()])];
        Requested { properties, ..Requested::default() }
    }

    fn tag(version: u8, frames: Vec<Frame>) -> Tag {
        Tag { version, frames, rest: Vec::new() }
    }

    fn merged(original: Tag, edited: Tag, requested: &Requested) -> Option<Tag> {
        original.merged(edited, requested, &unlinked::budget()).unwrap()
    }

    fn read(bytes: &[u8]) -> Option<Tag> {
        Tag::read(&mut Cursor::over(bytes, &unlinked::budget()), 0).unwrap()
    }

    fn rendered(tag: &Tag, size: usize) -> Vec<u8> {
        let mut bytes = tag.render(&unlinked::budget()).unwrap().unwrap();
        Tag::pad(&mut bytes, size).unwrap();
        bytes
    }

    #[test]
    fn a_tag_that_is_rendered_reads_as_itself() {
        for version in [3, 4] {
            let frames = vec![
                text(b"TIT2", 3, b"a title", version),
                Frame::new(*b"PRIV", vec![0xFF; 300], version),
            ];
            let tag = tag(version, frames);
            for size in [0, 400, 5_000] {
                let bytes = rendered(&tag, size);
                assert!(bytes.len() >= size);
                assert_eq!(read(&bytes), Some(tag.clone()));
            }
        }
    }

    #[test]
    fn only_the_requested_frames_are_taken_from_the_edited_tag() {
        let original = tag(
            4,
            vec![
                text(b"TRCK", 0, b"3/12", 4),
                text(b"TIT2", 0, b"old", 4),
                Frame::new(*b"POPM", b"a@b\0\xFF\0\0\0\x07".to_vec(), 4),
                Frame::new(*b"COMM", b"\0engdesc\0one".to_vec(), 4),
                Frame::new(*b"COMM", b"\0deudesc\0zwei".to_vec(), 4),
            ],
        );
        let edited = tag(4, vec![text(b"TIT2", 3, b"new", 4), text(b"TRCK", 0, b"3", 4)]);
        let mut expected = original.clone();
        expected.frames[1] = edited.frames[0].clone();
        assert_eq!(merged(original, edited, &titles()), Some(expected));
    }

    #[test]
    fn a_title_that_is_removed_is_gone_and_a_new_one_is_appended() {
        let original = tag(4, vec![text(b"TIT2", 0, b"old", 4), text(b"TALB", 0, b"album", 4)]);
        let without = merged(original.clone(), tag(4, vec![]), &titles()).unwrap();
        assert_eq!(without.frames, original.frames[1..]);
        let edited = tag(4, vec![text(b"TIT2", 0, b"new", 4)]);
        let merged = merged(without, edited.clone(), &titles()).unwrap();
        assert_eq!(merged.frames[1], edited.frames[0]);
    }

    #[test]
    fn the_number_of_a_track_is_written_as_it_was_asked_for() {
        let properties = vec![("TRACKNUMBER".to_owned(), vec!["3/12".to_owned()])];
        let requested = Requested { properties, ..Requested::default() };
        let original = tag(4, vec![text(b"TRCK", 0, b"2/12", 4), text(b"TIT2", 0, b"title", 4)]);
        let edited = tag(4, vec![text(b"TRCK", 0, b"3", 4)]);
        let merged = merged(original, edited, &requested).unwrap();
        assert_eq!(merged.frames, [text(b"TRCK", 0, b"3/12", 4), text(b"TIT2", 0, b"title", 4)]);
    }

    #[test]
    fn an_id3v2_3_tag_stays_one() {
        let original = tag(3, vec![text(b"TYER", 0, b"1999", 3), text(b"TIT2", 0, b"old", 3)]);
        let year = original.frames[0].clone();
        let edited =
            tag(4, vec![text(b"TIT2", 3, "é".as_bytes(), 4), text(b"TDRC", 0, b"1999", 4)]);
        let merged = merged(original, edited, &titles()).unwrap();
        assert_eq!(merged.version, 3);
        assert_eq!(merged.frames, [year, text(b"TIT2", 1, b"\xFF\xFE\xE9\0", 3)]);
    }

    #[test]
    fn unsynchronised_frames_are_read_with_and_without_a_data_length() {
        for (flags, content) in
            [(2, &b"\x01\xFF\x00\xFE\xE9\x00"[..]), (3, b"\0\0\0\x05\x01\xFF\x00\xFE\xE9\x00")]
        {
            let size = [0, 0, 0, content.len() as u8];
            let body = [&b"TIT2"[..], &size, &[0, flags], content].concat();
            let header = [&b"ID3\x04\0\0\0\0\0"[..], &[body.len() as u8]].concat();
            let tag = read(&[header, body].concat()).unwrap();
            assert_eq!(tag.frames, [text(b"TIT2", 1, b"\xFF\xFE\xE9\0", 4)]);
        }
    }

    #[test]
    fn what_is_behind_a_malformed_frame_is_kept() {
        let broken = b"tit2\0\0\0\x01\0\0xTALB\0\0\0\x02\0\0\0a";
        let mut original = tag(4, vec![text(b"TIT2", 0, b"old", 4)]);
        original.rest = broken.to_vec();
        let original = read(&rendered(&original, 0)).unwrap();
        assert_eq!(original.rest, broken);
        let edited = tag(4, vec![text(b"TIT2", 0, b"new", 4)]);
        let merged = merged(original, edited.clone(), &titles()).unwrap();
        assert_eq!((merged.frames, merged.rest), (edited.frames, broken.to_vec()));
    }
}
