//! Reads chapters that are a track of text or pictures.

use super::super::Inventory;
use crate::containers::Cursor;
use crate::containers::mp4::Atom;
use crate::containers::mp4_chapter_tracks::ChapterTracks;
use crate::containers::mp4_chapters::Samples;
use crate::error::Result;
use crate::tags::TagPart;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Returns whether a track refers only to chapters.
pub(super) fn is_only_reference(cursor: &mut Cursor<'_>, tref: &Atom) -> Result<bool> {
    let mut walk = tref.children(cursor)?;
    while let Some(atom) = walk.next(cursor)? {
        if atom.name != *b"chap" {
            return Ok(false);
        }
    }
    Ok(walk.rest().is_empty())
}

/// Returns a hash of the track's samples, wherever they are. Returns `None` if the tables
/// that lead to them are incomplete.
pub(super) fn hash_of_samples(
    cursor: &mut Cursor<'_>,
    track: &Atom,
    keys: &RandomState,
) -> Result<Option<u64>> {
    let Some(mut samples) = Samples::read(cursor, track)? else { return Ok(None) };
    let mut hasher = keys.build_hasher();
    while let Some(offset) = samples.chunks.next(cursor)? {
        let Some(length) = samples.length_of_next_chunk(cursor)? else { return Ok(None) };
        let Some(end) = offset.checked_add(length) else { return Ok(None) };
        let Some(hash) = cursor.hash(offset..end, keys)? else { return Ok(None) };
        hasher.write_u64(hash);
    }
    Ok(Some(hasher.finish()))
}

/// Adds the images of the chapters, and those that are shown between them.
pub(super) fn take_images(
    cursor: &mut Cursor<'_>,
    tracks: &ChapterTracks,
    inventory: &mut Inventory,
) -> Result<()> {
    let Some(images) = tracks.samples(cursor, tracks.images.as_ref())? else { return Ok(()) };
    let titles = tracks.samples(cursor, tracks.titles.as_ref())?;
    let mut is_of_chapter = vec![false; images.list.len()];
    if let Some(titles) = titles {
        let starts = titles.list.iter().map(|title| titles.start_of(title));
        for index in starts.filter_map(|start| images.at(start)) {
            is_of_chapter[index] = true;
        }
    }
    for (image, is_of_chapter) in images.list.iter().zip(is_of_chapter) {
        let part = if is_of_chapter { TagPart::Chapter } else { TagPart::BetweenChapters };
        let text = format!("{} bytes", image.range.end - image.range.start);
        let range = image.range.clone();
        let Some(hash) = cursor.hash(range, inventory.keys())? else { return Ok(()) };
        inventory.add_hashed("chapter image", "moov/trak", part, hash, &text, cursor.budget())?;
    }
    Ok(())
}
