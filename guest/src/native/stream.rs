//! Streams with tags before and after them: MP3, FLAC, APE and others.

use super::list::List;
use super::{ape_tag, flac, id3v1, id3v2};
use crate::containers::{Cursor, id3v1 as id3v1_tag};
use crate::error::Result;
use crate::restore::{appended_tag, start_of_tags};

pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let start = start_of_tags(cursor)?;
    let mut at = start;
    while let Some(end) = id3v2::read(cursor, at, list)? {
        at = end;
    }
    flac::read(cursor, at, list)?;
    if at == start
        && let Some(tag) = appended_tag(cursor)?
    {
        id3v2::read(cursor, tag.start, list)?;
    }
    ape_tag::read(cursor, list)?;
    let size = cursor.size();
    match id3v1_tag::ending_at(cursor, size)? {
        Some(range) => id3v1::read(cursor, range, list),
        None => Ok(()),
    }
}
