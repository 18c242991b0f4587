//! Adds the links and images of the chapters of an MP3, which are frames within the frames of the
//! chapters (id3.org/id3v2-chapters-1.0). TagLib's C interface returns only their titles.

use crate::containers::Cursor;
use crate::error::Result;
use crate::restore::{Id3v2ChapterFrame, Id3v2Frame, Id3v2Tag};
use crate::tags::{Answer, DecodeOptions};
use std::collections::HashMap;

pub(super) fn add_details(
    answer: &mut Answer,
    cursor: &mut Cursor<'_>,
    options: DecodeOptions,
) -> Result<()> {
    if answer.chapters.is_empty() {
        return Ok(());
    }
    let Some(tag) = Id3v2Tag::read_if(cursor, 0, |id| id == b"CHAP")? else { return Ok(()) };
    let budget = cursor.budget();
    let mut frames = HashMap::new();
    for frame in &tag.frames {
        if let Some(chapter) = Id3v2ChapterFrame::of(frame, tag.version) {
            budget.charge(size_of::<(&[u8], &Id3v2Frame)>())?;
            frames.entry(chapter.name).or_insert(frame);
        }
    }
    for chapter in &mut answer.chapters {
        let Some(id) = &chapter.id else { continue };
        let Some(frame) = frames.get(id.as_bytes()) else { continue };
        budget.check()?;
        // The inner frame and its picture are copies.
        let copies = budget.hold(2 * frame.content.len())?;
        let Some(parts) = Id3v2ChapterFrame::of(frame, tag.version) else { continue };
        chapter.url = parts.url(tag.version);
        if options.pictures {
            chapter.picture = parts.picture(tag.version);
        }
        drop(copies);
        let picture = chapter.picture.as_ref().map_or(0, |picture| picture.data.len());
        budget.charge(picture + chapter.url.as_ref().map_or(0, String::len))?;
    }
    Ok(())
}
