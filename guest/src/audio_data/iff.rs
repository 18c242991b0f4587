//! RIFF WAVE, RF64, AIFF, DSF and DSDIFF: the chunks with samples.

use super::{AudioError, AudioRanges, AudioResult, NO_AUDIO};
use crate::containers::Cursor;
use crate::containers::iff::{Form, Layout};
use std::ops::Range;

const PAST_THE_END: AudioError =
    AudioError::Damaged("a chunk in it ends behind the end of the file");

/// Where a file states its size.
const SIZE_FIELD: Range<u64> = 4..8;

pub(super) fn audio(cursor: &mut Cursor<'_>, form: &Form) -> AudioResult {
    // Some programs leave out the last chunk's padding.
    if form.chunks.end > cursor.size() + 1 {
        return Err(PAST_THE_END);
    }
    let mut ranges = AudioRanges::default();
    if form.layout == Layout::Rf64 {
        // TagLib writes the size of the file here instead of to `ds64`, which breaks the file. So
        // the field counts as audio, which must not change.
        ranges.push(SIZE_FIELD, cursor.budget())?;
    }
    let mut has_audio = false;
    // A chunk may end after the form, as long as it is within the file.
    let mut chunks = form.walk(form.chunks.start..cursor.size());
    while chunks.rest().start < form.chunks.end {
        let Some(chunk) = chunks.next(cursor)? else {
            let rest = chunks.rest();
            if rest.end - rest.start >= form.layout.header() {
                return Err(PAST_THE_END);
            }
            break;
        };
        if form.layout.sample_chunks().contains(&chunk.id) {
            has_audio = true;
            ranges.push(chunk.body, cursor.budget())?;
            if form.layout == Layout::Dsf {
                // The samples are the last chunk. The tag that follows is not a chunk.
                return Ok(ranges);
            }
        }
    }
    if has_audio { Ok(ranges) } else { Err(NO_AUDIO) }
}
