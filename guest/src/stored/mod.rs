//! Reads from the file itself what TagLib's C interface tells less of.

use crate::containers::{Cursor, id3v2};
use crate::error::Result;
use crate::tags::{Answer, Id3v2Frame, StoredTags};

/// Returns the tags as they are stored. `answer` is what the guest has read from the
/// file, and `frames` are the raw ID3v2 frames, if they were asked for.
pub(crate) fn read(
    cursor: &mut Cursor<'_>,
    answer: &Answer,
    mut frames: Option<Vec<Id3v2Frame>>,
) -> Result<StoredTags> {
    if let Some(frames) = &mut frames
        && id3v2::Tag::read(cursor, 0)?.is_some_and(|tag| tag.version == 2)
    {
        frames.iter_mut().for_each(skip_rest_of_header);
    }
    Ok(StoredTags {
        properties: answer.property_map(),
        mp4_items: Vec::new(),
        id3_tags: answer.id3_tags,
        id3v2_frames: frames,
    })
}

/// Removes the rest of the header from the body of a frame of ID3v2.2. TagLib renders
/// it as ID3v2.4, whose header has ten bytes, and taglib-wasm's C interface skips the
/// six that a header has in ID3v2.2.
fn skip_rest_of_header(frame: &mut Id3v2Frame) {
    /// The lower half of the size, and the flags.
    const REST: usize = 4;
    let Some(length) = frame.data.len().checked_sub(REST) else { return };
    let [_, _, size @ ..] = id3v2::synchsafe_bytes(length as u32);
    if frame.data[..REST] == [size[0], size[1], 0, 0] {
        frame.data.skip(REST);
    }
}
