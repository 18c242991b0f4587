//! Adds the links and images of the chapters of an MP4 file, which TagLib does not read. TagLib
//! reads the first of the tracks of chapters as titles, even if it has the images.

use crate::containers::Cursor;
use crate::containers::mp4_chapter_tracks::{ChapterTracks, link_of, text_of};
use crate::containers::mp4_samples::Samples;
use crate::error::Result;
use crate::tags::{Answer, Chapter, DecodeOptions, ImageContent, Picture};
use std::ops::Range;

/// The source of chapters that are a track.
const QUICKTIME: &str = "quicktime";

pub(super) fn correct(
    answer: &mut Answer,
    cursor: &mut Cursor<'_>,
    options: DecodeOptions,
) -> Result<()> {
    if !answer.chapters.iter().any(|chapter| chapter.source.as_deref() == Some(QUICKTIME)) {
        return Ok(());
    }
    let Some(tracks) = ChapterTracks::find(cursor)? else { return Ok(()) };
    let Some(titles) = tracks.samples(cursor, tracks.titles.as_ref())? else { return Ok(()) };
    let is_read_by_taglib =
        tracks.titles.as_ref().is_some_and(|titles| titles.number == tracks.first.number);
    if !is_read_by_taglib {
        answer.chapters = chapters(cursor, &titles)?;
    }
    let links = tracks.samples(cursor, tracks.links.as_ref())?;
    add_links(&mut answer.chapters, cursor, &titles, links.as_ref())?;
    if options.pictures
        && let Some(images) = tracks.samples(cursor, tracks.images.as_ref())?
    {
        add_images(&mut answer.chapters, cursor, &images)?;
    }
    Ok(())
}

/// Reads the chapters as TagLib does. An empty title at the start only fills the time before the
/// first chapter.
fn chapters(cursor: &mut Cursor<'_>, titles: &Samples) -> Result<Vec<Chapter>> {
    let mut chapters = Vec::new();
    for (index, sample) in titles.list.iter().enumerate() {
        let title = text_of(cursor, &sample.range)?.unwrap_or_default();
        let start = titles.start_of(sample).round();
        if index == 0 && start == 0.0 && title.is_empty() && titles.list.len() > 1 {
            continue;
        }
        let title = Some(title).filter(|title| !title.is_empty());
        let source = Some(QUICKTIME.to_owned());
        let chapter = Chapter { start, title, source, ..Chapter::default() };
        cursor.budget().charge(QUICKTIME.len())?;
        cursor.budget().push(&mut chapters, chapter)?;
    }
    Ok(chapters)
}

fn add_links(
    chapters: &mut [Chapter],
    cursor: &mut Cursor<'_>,
    titles: &Samples,
    links: Option<&Samples>,
) -> Result<()> {
    // The samples are the chapters in the same order, but for an empty title at the start.
    let filler = titles.list.len().saturating_sub(chapters.len());
    if filler > 1 {
        return Ok(());
    }
    let mut has_link = false;
    for (chapter, sample) in chapters.iter_mut().zip(&titles.list[filler..]) {
        chapter.url = link_of(cursor, &sample.range)?;
        has_link |= chapter.url.is_some();
    }
    let Some(links) = links.filter(|_| !has_link) else { return Ok(()) };
    for chapter in chapters {
        if let Some(index) = links.at(chapter.start) {
            chapter.url = link_of(cursor, &links.list[index].range)?;
        }
    }
    Ok(())
}

/// Adds the image that is shown when a chapter begins. If several chapters show the same one and
/// the answer would be too large, only the first of them has it.
fn add_images(chapters: &mut [Chapter], cursor: &mut Cursor<'_>, images: &Samples) -> Result<()> {
    let budget = cursor.budget();
    let size = |index: usize| images.list[index].range.end - images.list[index].range.start;
    let shown = |chapter: &Chapter| images.at(chapter.start);
    let total = chapters.iter().filter_map(shown).map(size).fold(0, u64::saturating_add);
    let fits = budget.admit(total).is_ok_and(|total| budget.check_answer(total as usize).is_ok());
    let mut previous = None;
    for chapter in chapters {
        let index = shown(chapter);
        let is_new = index != previous;
        previous = index;
        if let Some(index) = index.filter(|_| fits || is_new) {
            chapter.picture = picture(cursor, &images.list[index].range)?;
        }
    }
    Ok(())
}

/// Reads a picture, if it is one.
fn picture(cursor: &mut Cursor<'_>, range: &Range<u64>) -> Result<Option<Picture>> {
    /// The number of bytes that tell the type of an image.
    const HEAD: usize = 32;
    let mut head = [0; HEAD];
    let length = HEAD.min((range.end - range.start) as usize);
    let length = cursor.read(&mut head[..length], range.start)?;
    let Some(mime_type) = ImageContent::mime_type_of(&head[..length]) else { return Ok(None) };
    let Some(data) = cursor.bytes(range.clone())? else { return Ok(None) };
    cursor.budget().charge(mime_type.len())?;
    Ok(Some(Picture {
        mime_type: mime_type.to_owned(),
        data: data.into(),
        picture_type: Picture::type_of(0),
        description: String::new(),
    }))
}
