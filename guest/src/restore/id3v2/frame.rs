//! Frames of ID3v2.3 and ID3v2.4 (id3.org/id3v2.3.0, id3.org/id3v2.4.0-structure).

use crate::containers::id3v2;

/// Flags of a frame in ID3v2.4: grouped, compressed, encrypted, unsynchronised, with a data
/// length. They are in the second byte; the first byte says what to do with unknown frames.
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
pub(crate) struct Frame {
    pub id: [u8; 4],
    pub flags: [u8; 2],
    /// Everything after the header.
    pub content: Vec<u8>,
    pub version: u8,
}

impl Frame {
    /// Creates a frame without flags.
    pub(crate) fn new(id: [u8; 4], content: Vec<u8>, version: u8) -> Self {
        Self { id, flags: [0; 2], content, version }
    }

    /// Returns the body, unless it is compressed or encrypted.
    pub(crate) fn plain_body(&self) -> Option<&[u8]> {
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

    /// Appends the frame to a tag. Returns `None` if it is too large.
    pub(crate) fn render(&self, version: u8, tag: &mut Vec<u8>) -> Option<()> {
        let size = u32::try_from(self.content.len()).ok()?;
        tag.extend(self.id);
        tag.extend(if version == 4 { synchsafe(size)? } else { size.to_be_bytes() });
        tag.extend(self.flags);
        tag.extend(&self.content);
        Some(())
    }
}

/// Removes the unsynchronisation of an ID3v2.4 frame, and its data length, too. TagLib 2.3
/// empties such a frame if it has no data length (taglib/taglib#1385).
pub(crate) fn resynchronised(mut frame: Frame) -> Frame {
    let flags = frame.flags[1];
    if frame.version == 4 && flags & V4_UNSYNCHRONISED != 0 {
        id3v2::resynchronise(&mut frame.content);
        frame.flags[1] &= !V4_UNSYNCHRONISED;
        if flags & (V4_COMPRESSED | V4_ENCRYPTED | V4_GROUPED) == 0
            && flags & V4_DATA_LENGTH != 0
            && frame.content.len() >= 4
        {
            frame.content.drain(..4);
            frame.flags[1] &= !V4_DATA_LENGTH;
        }
    }
    frame
}

/// Parses the ID3v2.4 frames within a frame. Returns `None` if they are malformed.
pub(super) fn inner_frames(bytes: &[u8]) -> Option<Vec<Frame>> {
    let mut frames = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let ([a, b, c, d, size @ .., status, format], behind) = rest.split_first_chunk::<10>()?;
        let id = [*a, *b, *c, *d];
        let size = id3v2::synchsafe(*size)? as usize;
        let (content, behind) = behind.split_at_checked(size)?;
        if !id3v2::is_identifier(&id) {
            return None;
        }
        let frame = Frame { id, flags: [*status, *format], content: content.to_vec(), version: 4 };
        frames.push(resynchronised(frame));
        rest = behind;
    }
    Some(frames)
}

/// Encodes a number of at most 28 bits, with seven bits in each byte.
pub(super) fn synchsafe(number: u32) -> Option<[u8; 4]> {
    (number < 1 << 28).then(|| id3v2::synchsafe_bytes(number))
}
