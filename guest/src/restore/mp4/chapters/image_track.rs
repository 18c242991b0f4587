//! Renders a track of images (ISO/IEC 14496-12; QuickTime File Format, "Video media").

use super::super::items::render_atom;
use super::images::{Image, Images, Kind, Plan, data_of, kind_of, kind_of_data};
use crate::containers::Cursor;
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::tags::Chapter;
use std::ops::Range;

/// The units of the track per second.
const SCALE: u32 = 1000;

/// A new track of images.
pub(super) struct ImageTrack<'a> {
    /// The samples, in their order.
    pub samples: Vec<(Source<'a>, Kind)>,
    /// When the movie begins to show the next sample or none, in milliseconds.
    points: Vec<(u64, bool)>,
}

/// Where an image comes from.
pub(super) enum Source<'a> {
    /// A range of the original.
    Original(Range<u64>),
    Bytes(&'a [u8]),
}

impl Source<'_> {
    /// Returns the length of the image, in bytes.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Original(range) => range.end - range.start,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

/// The time scale and the duration of a movie.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub scale: u32,
    pub duration: u64,
}

impl<'a> ImageTrack<'a> {
    /// Makes a track of the images of `plan`. Returns `None` if it has no image.
    ///
    /// # Errors
    /// `ENOTSUP` if the images have several formats.
    pub(super) fn of(
        original: &mut Cursor<'_>,
        images: &Images,
        plan: &Plan,
        asked: &[&'a Chapter],
    ) -> Result<Option<Self>> {
        let budget = original.budget();
        let mut track = Self { samples: Vec::new(), points: Vec::new() };
        for (time, image) in &plan.points {
            let (source, kind) = match image {
                None => {
                    budget.push(&mut track.points, (time.round() as u64, false))?;
                    continue;
                }
                Some(Image::Known(index)) => {
                    let Some(range) = images.range_of(*index) else { return Ok(None) };
                    let kind = kind_of(original, &range)?;
                    (Source::Original(range), kind)
                }
                Some(Image::New(index)) => {
                    let Some(data) = data_of(asked, *index) else { return Ok(None) };
                    (Source::Bytes(data), kind_of_data(data))
                }
            };
            let Some(kind) = kind else { return Ok(None) };
            budget.push(&mut track.samples, (source, kind))?;
            budget.push(&mut track.points, (time.round() as u64, true))?;
        }
        // FFmpeg decodes all samples of a track by one decoder.
        let mut formats = track.samples.iter().map(|(_, (name, ..))| name);
        let first = formats.next();
        if formats.any(|name| Some(name) != first) {
            let message = "the images of its chapters can't be written: in MP4, all of them must \
                           be JPEG, or all of them PNG";
            return Err(Error::file("save", Errno::NOTSUP, message));
        }
        Ok(first.is_some().then_some(track))
    }

    /// Returns the length of all images, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.samples.iter().map(|(source, _)| source.length()).sum()
    }

    /// Renders the track. Its images begin at `offset`. The length does not depend on `offset`.
    /// Returns `None` if something is too large.
    pub(super) fn render(&self, number: u32, clock: Clock, offset: u64) -> Option<Vec<u8>> {
        let total = u128::from(clock.duration) * u128::from(SCALE) / u128::from(clock.scale.max(1));
        let total = u64::try_from(total).ok()?;
        let movie = |time: u64| -> Option<u32> {
            let units = u128::from(time) * u128::from(clock.scale) / u128::from(SCALE);
            u32::try_from(units).ok()
        };
        let (mut durations, mut edits) = (Vec::new(), Edits::default());
        if let Some((start, _)) = self.points.first() {
            edits.add(movie(*start)?, None);
        }
        let mut media: u32 = 0;
        for (index, (start, is_shown)) in self.points.iter().enumerate() {
            // Samples must not be empty.
            let end = self.points.get(index + 1).map_or(total, |(next, _)| *next).max(start + 1);
            let length = movie(end)?.saturating_sub(movie(*start)?);
            edits.add(length, is_shown.then_some(media));
            if *is_shown {
                let duration = u32::try_from(end - start).ok()?;
                durations.push(duration);
                media = media.checked_add(duration)?;
            }
        }
        let duration = u32::try_from(clock.duration).ok()?;
        let (kinds, of_samples) = self.kinds();
        let width = kinds.iter().map(|(_, width, _)| *width).max().unwrap_or_default();
        let height = kinds.iter().map(|(_, _, height)| *height).max().unwrap_or_default();
        let table = [
            descriptions(&kinds)?,
            full(b"stts", 0, &counted(durations.iter().map(|it| [1, *it])))?,
            full(b"stsc", 0, &chunk_runs(&of_samples))?,
            self.sizes()?,
            self.offsets(offset)?,
        ];
        let information = [
            full(b"vmhd", 1, &[0; 8])?,
            render_atom(b"dinf", &[&full(b"dref", 0, &self_reference()?)?])?,
            render_atom(b"stbl", &[&table.concat()])?,
        ];
        let header = [&[0; 8][..], &SCALE.to_be_bytes(), &media.to_be_bytes(), &[0; 4]].concat();
        let handler = [b"\0\0\0\0vide", &[0; 12][..], b"Chapter Images\0"].concat();
        let media = [
            full(b"mdhd", 0, &header)?,
            full(b"hdlr", 0, &handler)?,
            render_atom(b"minf", &[&information.concat()])?,
        ];
        render_atom(
            b"trak",
            &[
                &track_header(number, duration, width, height)?,
                &render_atom(b"edts", &[&full(b"elst", 0, &edits.rendered())?])?,
                &render_atom(b"mdia", &[&media.concat()])?,
            ],
        )
    }

    /// Returns the different sample entries, and the number of each sample's entry.
    fn kinds(&self) -> (Vec<Kind>, Vec<u32>) {
        let mut kinds: Vec<Kind> = self.samples.iter().map(|(_, kind)| *kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let number = |kind: &Kind| kinds.partition_point(|other| other <= kind) as u32;
        let of_samples = self.samples.iter().map(|(_, kind)| number(kind)).collect();
        (kinds, of_samples)
    }

    fn sizes(&self) -> Option<Vec<u8>> {
        let mut body = vec![0; 4];
        body.extend(u32::try_from(self.samples.len()).ok()?.to_be_bytes());
        for (source, _) in &self.samples {
            body.extend(u32::try_from(source.length()).ok()?.to_be_bytes());
        }
        full(b"stsz", 0, &body)
    }

    /// Returns the chunk offsets. Each sample is a chunk.
    fn offsets(&self, mut offset: u64) -> Option<Vec<u8>> {
        let mut body = u32::try_from(self.samples.len()).ok()?.to_be_bytes().to_vec();
        for (source, _) in &self.samples {
            body.extend(u32::try_from(offset).ok()?.to_be_bytes());
            offset += source.length();
        }
        full(b"stco", 0, &body)
    }
}

/// An edit list. Consecutive samples need only one edit.
#[derive(Default)]
struct Edits(Vec<(u32, Option<u32>)>);

impl Edits {
    fn add(&mut self, length: u32, media: Option<u32>) {
        match self.0.last_mut() {
            _ if length == 0 => {}
            Some((last, before)) if before.is_some() == media.is_some() => *last += length,
            _ => self.0.push((length, media)),
        }
    }

    fn rendered(&self) -> Vec<u8> {
        /// The media time of an edit that shows nothing.
        const NOTHING: u32 = u32::MAX;
        /// The speed, as a fixed-point number.
        const NORMAL: u32 = 1 << 16;
        let entry =
            |(length, media): &(u32, Option<u32>)| [*length, media.unwrap_or(NOTHING), NORMAL];
        counted(self.0.iter().map(entry))
    }
}

/// Renders an atom with a version, which is zero, and flags.
pub(super) fn full(name: &[u8; 4], flags: u32, body: &[u8]) -> Option<Vec<u8>> {
    render_atom(name, &[&flags.to_be_bytes(), body])
}

/// Renders entries behind their number.
fn counted<const N: usize>(entries: impl Iterator<Item = [u32; N]>) -> Vec<u8> {
    let mut body = vec![0; 4];
    let mut count: u32 = 0;
    for entry in entries {
        count += 1;
        body.extend(entry.into_iter().flat_map(u32::to_be_bytes));
    }
    body[..4].copy_from_slice(&count.to_be_bytes());
    body
}

/// Renders the sample entries, one for each format and size.
fn descriptions(kinds: &[Kind]) -> Option<Vec<u8>> {
    let mut body = u32::try_from(kinds.len()).ok()?.to_be_bytes().to_vec();
    for (name, width, height) in kinds {
        let resolution = (72_u32 << 16).to_be_bytes();
        body.extend(render_atom(
            name,
            &[
                &[0, 0, 0, 0, 0, 0, 0, 1],
                &[0; 16],
                &width.to_be_bytes(),
                &height.to_be_bytes(),
                &resolution,
                &resolution,
                // One frame in each sample, and no name of a compressor.
                &[0, 0, 0, 0, 0, 1],
                &[0; 32],
                // 24 bits per pixel, and no colour table.
                &[0, 24, 0xFF, 0xFF],
            ],
        )?);
    }
    full(b"stsd", 0, &body)
}

/// Renders which chunks have which sample entry. Each chunk has one sample.
fn chunk_runs(of_samples: &[u32]) -> Vec<u8> {
    let mut runs: Vec<[u32; 3]> = Vec::new();
    for (chunk, description) in (1..).zip(of_samples) {
        if runs.last().is_none_or(|[_, _, last]| last != description) {
            runs.push([chunk, 1, *description]);
        }
    }
    counted(runs.into_iter())
}

/// Renders the reference of a track to its own file.
fn self_reference() -> Option<Vec<u8>> {
    Some([&1_u32.to_be_bytes()[..], &full(b"url ", 1, &[])?].concat())
}

/// Renders the header of a track that is not played: players show its samples as they show the
/// titles of the chapters.
fn track_header(number: u32, duration: u32, width: u16, height: u16) -> Option<Vec<u8>> {
    /// The track is part of the movie, and is not enabled.
    const IN_MOVIE: u32 = 2;
    const ONE: u32 = 1 << 16;
    let matrix = [ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30].map(u32::to_be_bytes).concat();
    let size = [width, height].map(|it| (u32::from(it) << 16).to_be_bytes()).concat();
    let body = [
        &[0; 8][..],
        &number.to_be_bytes(),
        &[0; 4],
        &duration.to_be_bytes(),
        &[0; 16],
        &matrix,
        &size,
    ];
    full(b"tkhd", IN_MOVIE, &body.concat())
}
