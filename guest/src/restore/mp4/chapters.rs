//! Writes the links and images of chapters, and keeps those that an edit does not name.
//!
//! TagLib replaces the first track to which the sound refers by a track of its own with the titles,
//! and makes it the only one to which the sound refers. So the other tracks are referred to again,
//! or removed with the chapters. The links are added to the samples of TagLib's track. If an image
//! changes, a new track takes the place of the old one.

mod image_track;
mod images;
mod known;
mod media;
mod movie;

use super::super::copy::EditedCopy;
use super::place::{Patch, shifted_offsets};
use crate::containers::Cursor;
use crate::containers::mp4::Atoms;
use crate::containers::mp4_chapter_tracks::{Movie, Track};
use crate::containers::mp4_samples::Samples;
use crate::error::Result;
use crate::tags::{Chapter, Requested, same_chapters};
use image_track::ImageTrack;
use images::Plan;
use known::Known;
use media::{Media, Titles};
use movie::Changes;
use std::ops::Range;

/// Writes the chapters that the edit asks for, apart from what TagLib has written. Leaves the copy
/// as it is if that can't be done: the check of the copy then finds what is missing.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    if !requested.chapters {
        return Ok(());
    }
    let mut known = Known::read(original)?;
    let asked = &requested.new_chapters;
    if !known.has_details() && !asked.iter().any(has_details) {
        return Ok(());
    }
    let Some(movie) = copy.read(Movie::find)? else { return Ok(()) };
    let Some(titles) = copy.read(Titles::find)?.filter(|_| !asked.is_empty()) else {
        return remove(copy, &movie, &known);
    };
    if requested.all_properties {
        known.forget_details();
    }
    change(original, copy, &movie, &known, titles, &asked.iter().collect::<Vec<_>>())
}

/// Returns whether a requested chapter has something that TagLib does not write.
fn has_details(chapter: &Chapter) -> bool {
    chapter.url.as_ref().is_some_and(|url| !url.is_empty())
        || chapter.picture.as_ref().is_some_and(|picture| !picture.data.is_empty())
}

/// Removes all tracks of chapters that TagLib has left.
fn remove(copy: &mut EditedCopy<'_>, movie: &Movie, known: &Known) -> Result<()> {
    let mut changes = Changes::new(movie);
    let removed: Vec<&Track> = known.all().collect();
    removed.iter().for_each(|track| changes.remove(track, None));
    let media = media_of(copy, movie, &removed)?;
    let growth = changes.write(copy)?;
    remove_media(copy, media, growth)
}

/// Gives the chapters in TagLib's track of titles their links and images.
fn change(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    movie: &Movie,
    known: &Known,
    titles: Titles,
    asked: &[&Chapter],
) -> Result<()> {
    let same = same_chapters(asked, &known.chapters);
    let links = known.links(asked, &same);
    let keeps_links = known.has_link_track_of(original, copy, movie, asked, &links)?;
    let plan = Plan::of(original, &known.images, asked, &same)?;
    let keeps_images = known.images.is_opaque
        || !plan.is_changed && known.has_same_images(original, copy, movie)?;
    let new_images = match keeps_images {
        true => None,
        false => ImageTrack::of(original, &known.images, &plan, asked)?,
    };

    let mut changes = Changes::new(movie);
    let mut removed = Vec::new();
    removed.extend(known.titles().filter(|track| track.number != titles.track.number));
    removed.extend(known.image_track().filter(|_| !keeps_images));
    removed.extend(known.link_track().filter(|_| !keeps_links));
    removed.iter().for_each(|track| changes.remove(track, Some(&titles.track)));
    let media = media_of(copy, movie, &removed)?;

    let number = copy.read(|cursor| changes.take_number(cursor, new_images.is_some()))?;
    let Some(number) = number else { return Ok(()) };
    let kept = known.image_track().filter(|_| keeps_images).map(|track| track.number);
    let images = new_images.is_some().then_some(number).into_iter().chain(kept);
    let others = known.others().map(|track| track.number);
    let numbers = [titles.track.number].into_iter().chain(images).chain(others);
    changes.refer(&titles.reference, numbers);
    let samples = Media { titles, links: &links, images: new_images.as_ref(), number };
    let growth = samples.write(copy, original, changes)?;
    remove_media(copy, media, growth)
}

/// Returns the places of the samples of tracks that are about to be removed. They are left out if
/// something is between them.
fn media_of(copy: &EditedCopy<'_>, movie: &Movie, removed: &[&Track]) -> Result<Vec<Range<u64>>> {
    let mut media = Vec::new();
    for track in removed {
        let Some(atom) = movie::atom_of(movie, track, None) else { continue };
        let samples = copy.read(|cursor| Samples::read(cursor, &atom, movie.scale))?;
        let list = samples.map_or(Vec::new(), |samples| samples.list);
        let are_together = list.windows(2).all(|pair| pair[0].range.end == pair[1].range.start);
        if let (Some(first), Some(last), true) = (list.first(), list.last(), are_together) {
            media.push(first.range.start..last.range.end);
        }
    }
    Ok(media)
}

/// Removes the media data that only removed tracks have used, unless it has something else. `media`
/// is where it was before the movie has changed its length by `growth`.
fn remove_media(
    copy: &mut EditedCopy<'_>,
    media: Vec<Range<u64>>,
    growth: Option<i64>,
) -> Result<()> {
    let Some(growth) = growth else { return Ok(()) };
    let moov = copy.read(|cursor| Atoms::within(0..cursor.size()).find(cursor, b"moov"))?;
    let Some(moov) = moov else { return Ok(()) };
    let moved = |range: Range<u64>| match range.start > moov.range.start {
        true => {
            let [start, end] = [range.start, range.end].map(|at| at.saturating_add_signed(growth));
            start..end
        }
        false => range,
    };
    let mut media: Vec<Range<u64>> = media.into_iter().map(moved).collect();
    // From behind, so that nothing moves that is yet to be removed.
    media.sort_unstable_by_key(|range| range.start);
    while let Some(range) = media.pop() {
        let unused = copy.read(|cursor| unused_media(cursor, &range))?;
        let Some((range, patches)) = unused else { continue };
        for patch in patches {
            copy.replace(patch.at..patch.at + patch.bytes.len() as u64, &patch.bytes)?;
        }
        copy.replace(range, &[])?;
    }
    Ok(())
}

/// Returns the atom with this media data, with the chunk offsets of the file without it. Returns
/// `None` if a track uses it.
fn unused_media(
    cursor: &mut Cursor<'_>,
    media: &Range<u64>,
) -> Result<Option<(Range<u64>, Vec<Patch>)>> {
    let mut walk = Atoms::within(0..cursor.size());
    while let Some(atom) = walk.next(cursor)? {
        if atom.name == *b"mdat" && atom.body == *media {
            let length = (atom.range.end - atom.range.start) as i64;
            let patches = shifted_offsets(cursor, &atom.range, -length)?;
            return Ok(patches.map(|patches| (atom.range, patches)));
        }
    }
    Ok(None)
}
