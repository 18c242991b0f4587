//! Matroska and WebM: the clusters of the segment.

use super::{AudioError, AudioRanges, AudioResult};
use crate::containers::Cursor;
use crate::containers::matroska::{CLUSTER, Elements, SEGMENT};
use std::ops::Range;

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let mut ranges = AudioRanges::default();
    let mut clusters = Clusters::within(0..cursor.size());
    while let Some(range) = clusters.next(cursor)? {
        ranges.push(range, cursor.budget())?;
    }
    Ok(ranges)
}

/// Walks the content of the clusters. After a failure, `next` goes on where it was.
#[derive(Debug)]
pub(super) struct Clusters(Elements);

impl Clusters {
    pub(super) fn within(range: Range<u64>) -> Self {
        Self(Elements::within(range))
    }

    pub(super) fn next(
        &mut self,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<Range<u64>>, AudioError> {
        while let Some(element) = self.0.next(cursor)? {
            match element.id {
                // The walk goes on with the segment's children, and reads nothing after the
                // segment.
                SEGMENT => self.0 = Elements::within(element.body),
                CLUSTER => return Ok(Some(element.body)),
                _ => {}
            }
        }
        if self.0.rest().is_empty() {
            Ok(None)
        } else {
            Err(AudioError::Damaged("a Matroska element in it ends behind the end of the file"))
        }
    }
}
