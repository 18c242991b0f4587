//! Reads the chapters that a file has before a change.

use super::super::super::copy::EditedCopy;
use super::images::Images;
use super::movie::atom_of;
use crate::containers::Cursor;
use crate::containers::mp4_chapter_tracks::{ChapterTracks, Movie, Track, link_of, text_of};
use crate::containers::mp4_samples::Samples;
use crate::error::Result;
use crate::tags::Chapter;
use std::hash::RandomState;

/// The chapters of the original file, and their tracks.
pub(super) struct Known {
    tracks: Option<ChapterTracks>,
    /// In the order of the file, with their links.
    pub chapters: Vec<Chapter>,
    link_samples: Option<Samples>,
    pub images: Images,
}

impl Known {
    pub(super) fn read(original: &mut Cursor<'_>) -> Result<Self> {
        let tracks = ChapterTracks::find(original)?;
        let mut known =
            Self { tracks, chapters: Vec::new(), link_samples: None, images: Images::default() };
        let Some(tracks) = &known.tracks else { return Ok(known) };
        if let Some(titles) = tracks.samples(original, tracks.titles.as_ref())? {
            known.chapters = chapters(original, &titles)?;
        }
        known.link_samples = tracks.samples(original, tracks.links.as_ref())?;
        let has_link = known.chapters.iter().any(|chapter| chapter.url.is_some());
        if let Some(links) = known.link_samples.as_ref().filter(|_| !has_link) {
            for chapter in &mut known.chapters {
                chapter.url = link_at(original, links, chapter.start)?;
            }
        }
        let samples = tracks.samples(original, tracks.images.as_ref())?;
        let starts: Vec<f64> = known.chapters.iter().map(|chapter| chapter.start).collect();
        known.images = Images::read(original, tracks.images.is_some(), samples, &starts)?;
        Ok(known)
    }

    /// Forgets the details of the chapters: an edit removes all tags before it adds others.
    pub(super) fn forget_details(&mut self) {
        self.chapters.clear();
        self.link_samples = None;
        self.images = Images::default();
    }

    /// Returns whether there is something that TagLib would lose.
    pub(super) fn has_details(&self) -> bool {
        self.chapters.iter().any(|chapter| chapter.url.is_some())
            || self.all().any(|track| !self.titles().any(|it| it.number == track.number))
            || self.tracks.as_ref().is_some_and(|it| {
                it.titles.as_ref().is_none_or(|titles| titles.number != it.first.number)
            })
    }

    pub(super) fn titles(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter_map(|tracks| tracks.titles.as_ref())
    }

    pub(super) fn image_track(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter_map(|tracks| tracks.images.as_ref())
    }

    pub(super) fn link_track(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter_map(|tracks| tracks.links.as_ref())
    }

    pub(super) fn others(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().flat_map(|tracks| &tracks.others)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Track> {
        self.titles().chain(self.image_track()).chain(self.link_track()).chain(self.others())
    }

    /// Returns the links that the chapters will have.
    pub(super) fn links(&self, asked: &[&Chapter], same: &[Option<usize>]) -> Vec<Option<String>> {
        let link = |(asked, same): (&&Chapter, &Option<usize>)| match &asked.url {
            Some(url) => Some(url.clone()).filter(|url| !url.is_empty()),
            None => same.and_then(|index| self.chapters[index].url.clone()),
        };
        asked.iter().zip(same).map(link).collect()
    }

    /// Returns whether there is a track of links with exactly these links.
    pub(super) fn has_link_track_of(
        &self,
        original: &mut Cursor<'_>,
        copy: &EditedCopy<'_>,
        movie: &Movie,
        asked: &[&Chapter],
        links: &[Option<String>],
    ) -> Result<bool> {
        let Some(samples) = &self.link_samples else { return Ok(false) };
        for (chapter, link) in asked.iter().zip(links) {
            if link_at(original, samples, chapter.start)? != *link {
                return Ok(false);
            }
        }
        let Some(track) = self.link_track().next() else { return Ok(false) };
        has_same_samples(original, samples, copy, movie, track)
    }

    /// Returns whether the images are still where the copy says.
    pub(super) fn has_same_images(
        &self,
        original: &mut Cursor<'_>,
        copy: &EditedCopy<'_>,
        movie: &Movie,
    ) -> Result<bool> {
        match (&self.images.samples, self.image_track().next()) {
            (Some(samples), Some(track)) => has_same_samples(original, samples, copy, movie, track),
            _ => Ok(false),
        }
    }
}

/// Reads the chapters with their links, without their images. A title that is empty at the start
/// only fills the time before the first chapter.
fn chapters(cursor: &mut Cursor<'_>, titles: &Samples) -> Result<Vec<Chapter>> {
    let mut chapters = Vec::new();
    for sample in &titles.list {
        let title = text_of(cursor, &sample.range)?.filter(|title| !title.is_empty());
        let url = link_of(cursor, &sample.range)?;
        let start = titles.start_of(sample).round();
        let chapter = Chapter { start, title, url, ..Chapter::default() };
        cursor.budget().push(&mut chapters, chapter)?;
    }
    let is_filler = |first: &Chapter| first.start == 0.0 && first.title.is_none();
    if chapters.len() > 1 && is_filler(&chapters[0]) {
        chapters.remove(0);
    }
    Ok(chapters)
}

fn link_at(cursor: &mut Cursor<'_>, links: &Samples, start: f64) -> Result<Option<String>> {
    match links.at(start) {
        Some(index) => link_of(cursor, &links.list[index].range),
        None => Ok(None),
    }
}

/// Returns whether a track of the copy has the same samples: TagLib may have moved them without
/// changing the table that leads to them.
fn has_same_samples(
    original: &mut Cursor<'_>,
    samples: &Samples,
    copy: &EditedCopy<'_>,
    movie: &Movie,
    track: &Track,
) -> Result<bool> {
    let Some(atom) = atom_of(movie, track, None) else { return Ok(false) };
    copy.read(|cursor| {
        let Some(now) = Samples::read(cursor, &atom, movie.scale)? else { return Ok(false) };
        if now.list.len() != samples.list.len() {
            return Ok(false);
        }
        let keys = RandomState::new();
        for (before, now) in samples.list.iter().zip(&now.list) {
            let before = original.hash(before.range.clone(), &keys)?;
            if before.is_none() || before != cursor.hash(now.range.clone(), &keys)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}
