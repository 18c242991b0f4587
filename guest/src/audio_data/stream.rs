//! A stream between the tags before and after it. In FLAC, the metadata blocks also precede the
//! stream.

use super::{AudioError, AudioRanges, AudioResult};
use crate::containers::{Cursor, ape_tag, flac, id3v1, id3v2};

const PAST_THE_END: AudioError = AudioError::Damaged("a tag in it ends behind the end of the file");
const BEFORE_THE_START: AudioError =
    AudioError::Damaged("a tag in it begins before the start of the file");

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let budget = cursor.budget();
    let mut start = 0;
    while let Some(tag) = id3v2::Tag::read(cursor, start)? {
        start = tag.range.end;
    }
    let mut ranges = AudioRanges::default();
    if let Some(mut blocks) = flac::Blocks::read(cursor, start)? {
        while blocks.next(cursor)?.is_some() {}
        if !blocks.has_ended() {
            return Err(PAST_THE_END);
        }
        start = blocks.rest().start;
    } else if let Some(tag) = id3v2::behind_junk(cursor, start)? {
        ranges.push(start..tag.start, budget)?;
        start = tag.end;
    }
    let mut end = cursor.size();
    while let Some(start) = start_of_tag(cursor, end)? {
        end = start;
    }
    if start > end {
        return Err(PAST_THE_END);
    }
    ranges.push(start..end, budget)?;
    Ok(ranges)
}

/// Returns where the tag that ends at `end` begins.
fn start_of_tag(cursor: &mut Cursor<'_>, end: u64) -> Result<Option<u64>, AudioError> {
    if let Some(tag) = id3v1::ending_at(cursor, end)? {
        return Ok(Some(tag.start));
    }
    if let Some(tag) = ape_tag::Tag::ending_at(cursor, end)? {
        return Ok(Some(tag.range.start));
    }
    if ape_tag::has_footer_at(cursor, end)? { Err(BEFORE_THE_START) } else { Ok(None) }
}
