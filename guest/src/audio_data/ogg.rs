//! Ogg: the content of the pages after the headers.
//!
//! A change of the comment header renumbers all pages, so their own headers differ. Pages with
//! codec headers have the granule position zero, or none if a large header continues on the next
//! page. Audio begins on a page of its own (Vorbis I, A.2; RFC 7845, section 3).

use super::{AudioError, AudioRanges, AudioResult};
use crate::containers::Cursor;
use crate::containers::ogg::{MAGIC, NO_POSITION, Pages};
use std::ops::Range;

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let mut ranges = AudioRanges::default();
    let mut pages = AudioPages::within(0..cursor.size());
    while let Some(range) = pages.next(cursor)? {
        ranges.push(range, cursor.budget())?;
    }
    Ok(ranges)
}

/// Walks the content of the pages with audio. After a failure, `next` goes on where it was.
#[derive(Debug)]
pub(super) struct AudioPages {
    pages: Pages,
    is_audio: bool,
}

impl AudioPages {
    pub(super) fn within(range: Range<u64>) -> Self {
        Self { pages: Pages::within(range), is_audio: false }
    }

    pub(super) fn next(
        &mut self,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<Range<u64>>, AudioError> {
        while let Some(page) = self.pages.next(cursor)? {
            self.is_audio |= !matches!(page.granule_position(), 0 | NO_POSITION);
            if self.is_audio {
                return Ok(Some(page.body()));
            }
        }
        // Something else may follow the pages, such as a tag that another program wrote.
        if cursor.array(self.pages.rest().start)?.as_ref() == Some(MAGIC) {
            return Err(AudioError::Damaged("its last Ogg page is cut off"));
        }
        Ok(None)
    }
}
