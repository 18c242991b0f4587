//! Matroska and WebM: the clusters of the segment.

use super::{AudioError, AudioRanges, AudioResult};
use crate::containers::Cursor;
use crate::containers::matroska::{CLUSTER, Elements, SEGMENT};

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let mut ranges = AudioRanges::default();
    let mut elements = Elements::within(0..cursor.size());
    while let Some(element) = elements.next(cursor)? {
        match element.id {
            // The walk goes on with the segment's children, and reads nothing after the segment.
            SEGMENT => elements = Elements::within(element.body),
            CLUSTER => ranges.push(element.body, cursor.budget())?,
            _ => {}
        }
    }
    if elements.rest().is_empty() {
        Ok(ranges)
    } else {
        Err(AudioError::Damaged("a Matroska element in it ends behind the end of the file"))
    }
}
