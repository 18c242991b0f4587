//! Restores a stream with tags before and after it: MP3, AAC, TTA and others.

use super::copy::EditedCopy;
use super::id3v2::Tag;
use super::{ape_tag, flac, id3v1};
use crate::containers::{Cursor, flac as flac_file, id3v1 as id3v1_tag, id3v2};
use crate::error::Result;
use crate::tags::Requested;
use std::ops::Range;

/// The padding of a tag that has to grow, in bytes.
const PADDING: usize = 1024;

/// Restores the tags from the last to the first, so that positions stay valid.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    if !requested.strip_id3.v1 {
        id3v1::restore(original, copy, requested)?;
    }
    ape_tag::restore(original, copy, requested)?;
    if !requested.strip_id3.v2 {
        restore_id3v2(original, copy, requested)?;
    }
    // The blocks of FLAC follow the ID3v2 tags, and their padding makes up for a change of size.
    flac::restore(original, copy, requested)
}

/// Restores the ID3v2 tags at the start of the file. TagLib reads the first tag, and takes those
/// that follow for its padding.
fn restore_id3v2(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let budget = copy.budget();
    let before = tags_at_start(original)?;
    let after = copy.read(tags_at_start)?;
    let first = match before.first() {
        Some(first) => first.clone(),
        // Readers look at the first tag, so a new tag before this one repeats its content.
        None => match appended_tag(original)?.filter(|_| !after.is_empty()) {
            Some(range) => range,
            None => return complete_new_tag(copy, after.first(), requested),
        },
    };
    let Some(original_tag) = Tag::read(original, first.start)? else { return Ok(()) };
    if original_tag.is_empty() {
        // TagLib fills the first tag with the content of the ID3v1 and APE tags, since readers
        // look at ID3v2 first.
        return complete_new_tag(copy, after.first(), requested);
    }
    let edited_tag = match after.first() {
        Some(range) => copy.read(|cursor| Tag::read(cursor, range.start))?,
        None => Some(Tag::empty(original_tag.version)),
    };
    let Some(edited_tag) = edited_tag else { return Ok(()) };
    let Some(merged) = original_tag.merged(edited_tag, requested, budget)? else {
        return Ok(());
    };
    let start = after.first().map_or(before.first().map_or(0, |first| first.start), |it| it.start);
    let place = start..after.last().map_or(start, |range| range.end);
    let mut tag = Vec::new();
    if !merged.is_empty() {
        let Some(rendered) = merged.render(budget)? else { return Ok(()) };
        tag = rendered;
        let Some(size) = size_of_tag(tag.len(), &first, &place, &before) else { return Ok(()) };
        if Tag::pad(&mut tag, size).is_none() {
            return Ok(());
        }
    }
    for range in before.iter().skip(1) {
        let Some(bytes) = original.bytes(range.clone())? else { return Ok(()) };
        budget.reserve(&mut tag, bytes.len())?;
        tag.extend(bytes);
    }
    copy.replace(place, &tag)
}

/// Adds to a tag that TagLib has made what its C interface has no room for.
fn complete_new_tag(
    copy: &mut EditedCopy<'_>,
    range: Option<&Range<u64>>,
    requested: &Requested,
) -> Result<()> {
    let budget = copy.budget();
    let Some(range) = range.filter(|_| !requested.new_chapters.is_empty()) else { return Ok(()) };
    let Some(mut tag) = copy.read(|cursor| Tag::read(cursor, range.start))? else { return Ok(()) };
    tag.complete_chapters(requested, budget)?;
    let Some(mut bytes) = tag.render(budget)? else { return Ok(()) };
    let room = (range.end - range.start) as usize;
    let size = if bytes.len() <= room { room } else { bytes.len() + PADDING };
    if Tag::pad(&mut bytes, size).is_none() {
        return Ok(());
    }
    copy.replace(range.clone(), &bytes)
}

/// Returns the size of the first tag: that of the original, or all of the range in the copy, so
/// that nothing moves. Adds new padding only if neither is large enough.
fn size_of_tag(
    length: usize,
    original: &Range<u64>,
    place: &Range<u64>,
    before: &[Range<u64>],
) -> Option<usize> {
    let length_of = |range: &Range<u64>| range.end - range.start;
    let others: u64 = before.iter().skip(1).map(length_of).sum();
    let sizes = [length_of(original), length_of(place).saturating_sub(others)];
    for size in sizes {
        let size = usize::try_from(size).ok()?;
        if length <= size {
            return Some(size);
        }
    }
    Some(length + PADDING)
}

/// Returns the ranges of the consecutive tags at the start of the file, or after junk.
fn tags_at_start(cursor: &mut Cursor<'_>) -> Result<Vec<Range<u64>>> {
    let mut ranges = Vec::new();
    let mut at = start_of_tags(cursor)?;
    while let Some(tag) = id3v2::Tag::read(cursor, at)? {
        if tag.range.end > cursor.size() {
            break;
        }
        at = tag.range.end;
        cursor.budget().push(&mut ranges, tag.range)?;
    }
    Ok(ranges)
}

/// Returns where the first ID3v2 tag is or would be.
pub(crate) fn start_of_tags(cursor: &mut Cursor<'_>) -> Result<u64> {
    if id3v2::Tag::read(cursor, 0)?.is_some() || flac_file::Blocks::read(cursor, 0)?.is_some() {
        return Ok(0);
    }
    Ok(id3v2::behind_junk(cursor, 0)?.map_or(0, |tag| tag.start))
}

/// Returns the range of the ID3v2 tag at the end of a file, which an ID3v1 tag may follow. TagLib
/// does not find this tag.
pub(crate) fn appended_tag(cursor: &mut Cursor<'_>) -> Result<Option<Range<u64>>> {
    let size = cursor.size();
    let end = id3v1_tag::ending_at(cursor, size)?.map_or(size, |tag| tag.start);
    id3v2::appended(cursor, end)
}
