//! Merges two versions of an ID3v2 tag: what an edit asked for comes from the tag
//! that TagLib has written, everything else from the original, byte for byte.
//!
//! The result has the original's version. TagLib writes ID3v2.4 only, which many
//! players in cars and on Windows can't read, so frames that it has changed in a
//! tag of ID3v2.3 are converted.
//!
//! References: id3.org/id3v2.4.0-structure, id3.org/id3v2.3.0.

use super::id3v2_downgrade::downgraded;
use super::id3v2_people::merged_people;
use super::id3v2_subjects::{is_people_list, subject};
use crate::tags::Requested;

/// The size of a tag's header and of a frame's, in bytes.
pub(super) const HEADER: usize = 10;

/// Flags of a tag.
const UNSYNCHRONISED: u8 = 0x80;
const HAS_EXTENDED_HEADER: u8 = 0x40;

/// Flags of a frame in ID3v2.4: compressed, encrypted, unsynchronised, with a data
/// length. (The second byte; the first one tells what to do with unknown frames.)
const V4_GROUPED: u8 = 0x40;
const V4_COMPRESSED: u8 = 0x08;
const V4_ENCRYPTED: u8 = 0x04;
const V4_UNSYNCHRONISED: u8 = 0x02;
const V4_DATA_LENGTH: u8 = 0x01;

/// Flags of a frame in ID3v2.3.
const V3_COMPRESSED: u8 = 0x80;
const V3_ENCRYPTED: u8 = 0x40;
const V3_GROUPED: u8 = 0x20;

/// A frame as it is stored, without unsynchronisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub id: [u8; 4],
    pub flags: [u8; 2],
    /// Everything behind the header.
    pub content: Vec<u8>,
    version: u8,
}

/// A tag of ID3v2.3 or ID3v2.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub version: u8,
    pub frames: Vec<Frame>,
}

impl Frame {
    /// A frame without flags.
    pub fn new(id: [u8; 4], content: Vec<u8>, version: u8) -> Self {
        Self { id, flags: [0; 2], content, version }
    }

    /// The body, unless it is compressed or encrypted.
    pub fn plain_body(&self) -> Option<&[u8]> {
        let flags = self.flags[1];
        if self.version == 4 {
            if flags & (V4_COMPRESSED | V4_ENCRYPTED) != 0 {
                return None;
            }
            let group = if flags & V4_GROUPED != 0 { 1 } else { 0 };
            let length = if flags & V4_DATA_LENGTH != 0 { 4 } else { 0 };
            return self.content.get(group + length..);
        }
        if flags & (V3_COMPRESSED | V3_ENCRYPTED) != 0 {
            return None;
        }
        self.content.get(if flags & V3_GROUPED != 0 { 1 } else { 0 }..)
    }

    fn render(&self, version: u8, tag: &mut Vec<u8>) -> Option<()> {
        let size = u32::try_from(self.content.len()).ok()?;
        tag.extend(self.id);
        tag.extend(if version == 4 { synchsafe(size)? } else { size.to_be_bytes() });
        tag.extend(self.flags);
        tag.extend(&self.content);
        Some(())
    }
}

impl Tag {
    /// Parses a whole tag. Returns `None` for ID3v2.2 and for a tag that is
    /// malformed: nothing may be merged into what is not understood.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [b'I', b'D', b'3', version @ (3 | 4), _, flags, size @ ..] =
            *bytes.first_chunk::<10>()?
        else {
            return None;
        };
        let body = bytes.get(HEADER..)?.get(..from_synchsafe(size)? as usize)?;
        let resynchronised;
        // In ID3v2.4 the flag only says that all frames have theirs.
        let body = if version == 3 && flags & UNSYNCHRONISED != 0 {
            resynchronised = resynchronise(body);
            &resynchronised[..]
        } else {
            body
        };
        let skipped = if flags & HAS_EXTENDED_HEADER == 0 {
            0
        } else {
            let size = *body.first_chunk::<4>()?;
            if version == 4 { from_synchsafe(size)? } else { u32::from_be_bytes(size) + 4 }
        };
        let frames = frames(body.get(skipped as usize..)?, version)?;
        Some(Self { version, frames })
    }

    /// The original with what `requested` names taken from `edited`. Returns `None`
    /// if a frame can't be expressed in the original's version.
    pub fn merged(&self, edited: &Self, requested: &Requested) -> Option<Self> {
        let is_requested = |frame: &Frame| {
            requested.frames.iter().any(|id| id.as_bytes() == frame.id)
                || requested.contains(&subject(frame))
        };
        let (people, edited_frames): (Vec<_>, Vec<_>) =
            edited.frames.iter().cloned().partition(is_people_list);
        let changed: Vec<Frame> = edited_frames.into_iter().filter(is_requested).collect();
        let mut changed =
            if self.version == 3 { downgraded(changed, edited.version)? } else { changed };
        let mut frames = Vec::with_capacity(self.frames.len() + changed.len());
        for frame in &self.frames {
            if is_people_list(frame) {
                continue;
            }
            if !is_requested(frame) {
                frames.push(frame.clone());
                continue;
            }
            // The new frames of this name take the place of the first old one.
            let (same, others) = changed.into_iter().partition(|new| new.id == frame.id);
            frames.extend::<Vec<_>>(same);
            changed = others;
        }
        frames.extend(changed);
        let originals = self.frames.iter().filter(|frame| is_people_list(frame));
        frames.extend(merged_people(originals, &people, self.version, requested)?);
        for frame in &mut frames {
            frame.version = self.version;
        }
        Some(Self { version: self.version, frames })
    }

    /// The bytes of the tag, padded with zeros to `size` bytes if they are fewer.
    /// Returns `None` if the tag exceeds what its header can say.
    pub fn render(&self, size: usize) -> Option<Vec<u8>> {
        let mut tag = vec![b'I', b'D', b'3', self.version, 0, 0, 0, 0, 0, 0];
        for frame in &self.frames {
            frame.render(self.version, &mut tag)?;
        }
        if tag.len() < size {
            tag.resize(size, 0);
        }
        let size = u32::try_from(tag.len() - HEADER).ok()?;
        tag[6..HEADER].copy_from_slice(&synchsafe(size)?);
        Some(tag)
    }
}

/// Parses frames up to padding or the end. Returns `None` if a frame is malformed.
pub(super) fn frames(body: &[u8], version: u8) -> Option<Vec<Frame>> {
    let mut frames = Vec::new();
    let mut rest = body;
    while let Some(([id @ .., a, b, c, d, e, f], behind)) = rest.split_first_chunk::<10>() {
        if *id == [0; 4] {
            return rest.iter().all(|byte| *byte == 0).then_some(frames);
        }
        if !is_identifier(id) {
            return None;
        }
        let size = frame_size([*a, *b, *c, *d], behind, version)?;
        let (content, behind) = behind.split_at_checked(size)?;
        frames.push(resynchronised(*id, [*e, *f], content, version));
        rest = behind;
    }
    rest.iter().all(|byte| *byte == 0).then_some(frames)
}

/// ID3v2.4 has synchsafe sizes, but iTunes wrote plain ones: the size that leads to
/// another frame, to padding or to the end is the right one.
fn frame_size(bytes: [u8; 4], behind: &[u8], version: u8) -> Option<usize> {
    let plain = u32::from_be_bytes(bytes) as usize;
    if version == 3 {
        return Some(plain);
    }
    let leads_on = |size: &usize| match behind.get(*size..) {
        Some([]) => true,
        Some(next) => next.starts_with(&[0]) || next.first_chunk().is_some_and(is_identifier),
        None => false,
    };
    from_synchsafe(bytes)
        .map(|size| size as usize)
        .filter(leads_on)
        .or(Some(plain).filter(leads_on))
}

/// A frame of ID3v2.4 may be unsynchronised on its own. The flag is taken away with
/// the unsynchronisation, and the data length with it, since TagLib 2.3 empties
/// such a frame without a data length (taglib/taglib#1385).
fn resynchronised(id: [u8; 4], flags: [u8; 2], content: &[u8], version: u8) -> Frame {
    let mut frame = Frame { id, flags, content: content.to_vec(), version };
    if version == 4 && flags[1] & V4_UNSYNCHRONISED != 0 {
        frame.content = resynchronise(content);
        frame.flags[1] &= !V4_UNSYNCHRONISED;
        if flags[1] & (V4_COMPRESSED | V4_ENCRYPTED | V4_GROUPED) == 0
            && flags[1] & V4_DATA_LENGTH != 0
            && frame.content.len() >= 4
        {
            frame.content.drain(..4);
            frame.flags[1] &= !V4_DATA_LENGTH;
        }
    }
    frame
}

/// Takes away the zero that unsynchronisation puts behind each `0xFF`.
fn resynchronise(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_after_ff = false;
    for byte in bytes {
        if !(is_after_ff && *byte == 0) {
            plain.push(*byte);
        }
        is_after_ff = *byte == 0xFF;
    }
    plain
}

fn is_identifier(id: &[u8; 4]) -> bool {
    id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A number in the lower seven bits of each byte.
pub(super) fn synchsafe(number: u32) -> Option<[u8; 4]> {
    let bytes = [21, 14, 7, 0].map(|shift| (number >> shift & 0x7F) as u8);
    (number < 1 << 28).then_some(bytes)
}

fn from_synchsafe(bytes: [u8; 4]) -> Option<u32> {
    let number = bytes.iter().fold(0, |number, byte| number << 7 | u32::from(*byte));
    bytes.iter().all(|byte| *byte < 0x80).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(in super::super) fn text(id: &[u8; 4], encoding: u8, text: &[u8], version: u8) -> Frame {
        Frame::new(*id, [&[encoding], text].concat(), version)
    }

    fn titles() -> Requested {
        Requested { properties: vec!["TITLE".to_owned()], ..Requested::default() }
    }

    fn tag(version: u8, frames: Vec<Frame>) -> Tag {
        Tag { version, frames }
    }

    #[test]
    fn a_tag_that_is_rendered_parses_to_itself() {
        for version in [3, 4] {
            let frames = vec![
                text(b"TIT2", 3, b"a title", version),
                Frame::new(*b"PRIV", vec![0xFF; 300], version),
            ];
            let tag = tag(version, frames);
            for size in [0, 400, 5_000] {
                let bytes = tag.render(size).unwrap();
                assert!(bytes.len() >= size);
                assert_eq!(Tag::parse(&bytes), Some(tag.clone()));
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
        assert_eq!(original.merged(&edited, &titles()), Some(expected));
    }

    #[test]
    fn a_title_that_is_removed_is_gone_and_a_new_one_is_appended() {
        let original = tag(4, vec![text(b"TIT2", 0, b"old", 4), text(b"TALB", 0, b"album", 4)]);
        let merged = original.merged(&tag(4, vec![]), &titles()).unwrap();
        assert_eq!(merged.frames, original.frames[1..]);
        let edited = tag(4, vec![text(b"TIT2", 0, b"new", 4)]);
        let merged = merged.merged(&edited, &titles()).unwrap();
        assert_eq!(merged.frames[1], edited.frames[0]);
    }

    #[test]
    fn an_id3v2_3_tag_stays_one() {
        let original = tag(3, vec![text(b"TYER", 0, b"1999", 3), text(b"TIT2", 0, b"old", 3)]);
        let edited =
            tag(4, vec![text(b"TIT2", 3, "é".as_bytes(), 4), text(b"TDRC", 0, b"1999", 4)]);
        let merged = original.merged(&edited, &titles()).unwrap();
        assert_eq!(merged.version, 3);
        assert_eq!(merged.frames[0], original.frames[0]);
        assert_eq!(merged.frames[1], text(b"TIT2", 1, b"\xFF\xFE\xE9\0", 3));
    }

    #[test]
    fn unsynchronised_frames_are_read_with_and_without_a_data_length() {
        for (flags, content) in
            [(2, &b"\x01\xFF\x00\xFE\xE9\x00"[..]), (3, b"\0\0\0\x05\x01\xFF\x00\xFE\xE9\x00")]
        {
            let size = [0, 0, 0, content.len() as u8];
            let body = [&b"TIT2"[..], &size, &[0, flags], content].concat();
            let frames = frames(&body, 4).unwrap();
            assert_eq!(frames, [text(b"TIT2", 1, b"\xFF\xFE\xE9\0", 4)]);
        }
    }

    #[test]
    fn what_is_malformed_is_not_merged() {
        let bytes = tag(4, vec![text(b"TIT2", 0, b"title", 4)]).render(100).unwrap();
        for (index, byte) in [(3, 2), (6, 0x80), (10, b'\xFF'), (14, 1), (60, 1)] {
            let mut broken = bytes.clone();
            broken[index] = byte;
            assert_eq!(Tag::parse(&broken), None, "{index}");
        }
        assert_eq!(Tag::parse(&bytes[..50]), None);
    }
}
