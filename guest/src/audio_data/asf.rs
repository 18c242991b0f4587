//! ASF: the data object, which is the second object. Indices may follow it.

use super::{AudioError, AudioRanges, AudioResult, NO_AUDIO};
use crate::containers::Cursor;
use crate::containers::asf::{DATA, HEADER_LENGTH, Objects};

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let mut objects = Objects::within(0..cursor.size());
    while let Some(object) = objects.next(cursor)? {
        if object.id == DATA {
            let mut ranges = AudioRanges::default();
            ranges.push(object.range, cursor.budget())?;
            return Ok(ranges);
        }
    }
    let rest = objects.rest();
    if rest.end - rest.start >= HEADER_LENGTH {
        return Err(AudioError::Damaged("an object in it ends behind the end of the file"));
    }
    Err(NO_AUDIO)
}
