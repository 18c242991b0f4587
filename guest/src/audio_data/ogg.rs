//! Ogg: the content of the pages after the headers.
//!
//! A change of the comment header renumbers all pages, so their own headers differ. Pages with
//! codec headers have the granule position zero, or none if a large header continues on the next
//! page. Audio begins on a page of its own (Vorbis I, A.2; RFC 7845, section 3).

use super::{AudioError, AudioRanges, AudioResult};
use crate::containers::Cursor;
use crate::containers::ogg::{MAGIC, NO_POSITION, Pages};

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let mut ranges = AudioRanges::default();
    let mut is_audio = false;
    let mut pages = Pages::within(0..cursor.size());
    while let Some(page) = pages.next(cursor)? {
        is_audio |= !matches!(page.granule_position(), 0 | NO_POSITION);
        if is_audio {
            ranges.push(page.body(), cursor.budget())?;
        }
    }
    // Something else may follow the pages, such as a tag that another program wrote.
    if cursor.array(pages.rest().start)?.as_ref() == Some(MAGIC) {
        return Err(AudioError::Damaged("its last Ogg page is cut off"));
    }
    Ok(ranges)
}
