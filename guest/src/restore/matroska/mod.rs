//! Restores Matroska and WebM files.
//!
//! TagLib writes tags, chapters and attachments anew, without the parts that it has no model for,
//! and gives a live recording a wrong size. So the file is reassembled from the original: only
//! the tags, attachments and chapters that the edit changes are written, in new elements
//! (`layout`).

mod attachments;
mod chapters;
mod cover_name;
mod index;
mod info;
mod layout;
mod parts;
mod segment;
mod tag_parts;
mod tags;
mod target;
#[cfg(test)]
mod tests;
mod write;

use super::copy::{EditedCopy, Piece};
use super::stop::{Stop, usual};
use crate::containers::Cursor;
use crate::containers::matroska::{ATTACHMENTS, CHAPTERS, Element, INFO, TAGS};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Chapter, Requested, TagPart};
use layout::{Changes, Layout};
use segment::Segment;
use std::rc::Rc;
use tags::Tags;

pub(crate) use chapters::chapter_of;
pub(crate) use cover_name::type_of as cover_name_type;
pub(crate) use target::Target;

/// Restores the segment.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    match pieces(original, copy, requested) {
        Ok(pieces) => copy.rewrite(original, &pieces),
        Err(stop) => stop.tolerated(),
    }
}

fn pieces(
    original: &mut Cursor<'_>,
    copy: &EditedCopy<'_>,
    requested: &Requested,
) -> Result<Vec<Piece>, Stop> {
    let segment = Segment::read(original)?;
    let mut changes = Changes::default();
    change_tags(&segment, original, copy, requested, &mut changes)?;
    if requested.pictures {
        change_attachments(&segment, original, copy, &requested.picture_types, &mut changes)?;
    }
    if requested.chapters {
        change_chapters(&segment, original, &requested.new_chapters, &mut changes)?;
    }
    let size = original.size();
    if changes.is_empty() {
        let mut pieces = Vec::new();
        original.budget().push(&mut pieces, Piece::Original(0..size))?;
        return Ok(pieces);
    }
    Layout { segment: &segment, changes: &changes, size }.pieces(original)
}

fn change_tags(
    segment: &Segment,
    original: &mut Cursor<'_>,
    copy: &EditedCopy<'_>,
    requested: &Requested,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let budget = original.budget();
    let stored = Stored::read(segment, original, TAGS)?;
    // If there are several such elements, TagLib reads and writes the last one.
    let written = written(segment, copy, TAGS)?;
    let mut originals = Tags::read_all(stored.iter(), budget)?;
    let old_title = title_of(&originals).map(str::to_owned);
    let mut asked = tags::Changes::default();
    for edited in Tags::read_all(written.last().into_iter(), budget)? {
        asked.take(&edited, requested, budget)?;
    }
    tags::merge(&mut originals, asked, requested, budget)?;
    tags::join_into_last(&mut originals, budget)?;
    tags::state_album_levels(&mut originals, requested, budget)?;
    for (number, tags) in originals.iter().enumerate().filter(|(_, tags)| tags.is_changed) {
        let bytes = Rc::new(tags.render(budget)?);
        match stored.0.get(number) {
            Some((at, _)) => drop(changes.replaced.insert(*at, bytes)),
            None => budget.push(&mut changes.added, (TAGS, bytes))?,
        }
    }
    if requested.contains(&TagPart::Property("TITLE".to_owned())) {
        for (at, bytes) in Stored::read(segment, original, INFO)?.0 {
            let (old, new) = (old_title.as_deref(), title_of(&originals));
            if let Some(info) = info::with_title(&bytes, old, new, budget)? {
                changes.replaced.insert(at, Rc::new(info));
            }
        }
    }
    Ok(())
}

fn change_attachments(
    segment: &Segment,
    original: &mut Cursor<'_>,
    copy: &EditedCopy<'_>,
    types: &[&'static str],
    changes: &mut Changes,
) -> Result<(), Stop> {
    let budget = original.budget();
    let stored = Stored::read(segment, original, ATTACHMENTS)?;
    let written = written(segment, copy, ATTACHMENTS)?;
    let merged = attachments::merged(stored.only()?, &written, types, budget)?;
    changes.replace_only(ATTACHMENTS, &stored, merged, budget)
}

fn change_chapters(
    segment: &Segment,
    original: &mut Cursor<'_>,
    asked: &[Chapter],
    changes: &mut Changes,
) -> Result<(), Stop> {
    let budget = original.budget();
    let stored = Stored::read(segment, original, CHAPTERS)?;
    let merged = chapters::merged(stored.only()?, asked, budget)?;
    changes.replace_only(CHAPTERS, &stored, merged, budget)
}

impl Changes {
    /// Replaces the only element of this kind, or adds one. No bytes remove it.
    fn replace_only(
        &mut self,
        id: u32,
        stored: &Stored,
        bytes: Vec<u8>,
        budget: &Budget,
    ) -> Result<(), Stop> {
        match stored.0.first() {
            Some((_, known)) if *known == bytes => {}
            Some((at, _)) => drop(self.replaced.insert(*at, Rc::new(bytes))),
            None if bytes.is_empty() => {}
            None => budget.push(&mut self.added, (id, Rc::new(bytes)))?,
        }
        Ok(())
    }
}

/// Children of the original's segment: their indices and bytes.
struct Stored(Vec<(usize, Vec<u8>)>);

impl Stored {
    fn read(segment: &Segment, original: &mut Cursor<'_>, id: u32) -> Result<Self, Stop> {
        let mut stored = Vec::new();
        let is_asked = |(_, child): &(usize, &Element)| child.id == id;
        for (at, child) in segment.children.iter().enumerate().filter(is_asked) {
            let bytes = usual(original.bytes(child.range.clone())?)?;
            original.budget().push(&mut stored, (at, bytes))?;
        }
        Ok(Self(stored))
    }

    /// Returns the bytes of the only child. A segment has at most one `Attachments` and one
    /// `Chapters` (RFC 9559, sections 5.1.6 and 5.1.7).
    fn only(&self) -> Result<Option<&[u8]>, Stop> {
        usual((self.0.len() <= 1).then_some(()))?;
        Ok(self.iter().next().map(Vec::as_slice))
    }

    fn iter(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.0.iter().map(|(_, bytes)| bytes)
    }
}

/// Reads the elements that TagLib has written.
fn written(segment: &Segment, copy: &EditedCopy<'_>, id: u32) -> Result<Vec<Vec<u8>>, Stop> {
    let mut written = Err(Stop::Unusual);
    copy.read(|cursor| {
        written = segment.written(cursor, id);
        Ok(())
    })?;
    written
}

/// Returns the title that the tags give the file.
fn title_of<'a>(tags: &'a [Tags<'_>]) -> Option<&'a str> {
    let title = TagPart::Property("TITLE".to_owned());
    tags.iter().find_map(|tags| tags.value_of(&title))
}
