//! Writes the samples of the chapters: their titles with their links, and their images.

use super::super::super::copy::EditedCopy;
use super::super::items::render_atom;
use super::image_track::{Clock, ImageTrack, Source, full};
use super::movie::Changes;
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, FULL_HEADER, HEADER};
use crate::containers::mp4_chapter_tracks::{ChapterTracks, Track, text_range};
use crate::containers::mp4_samples::Samples;
use crate::error::Result;
use std::ops::Range;

/// The longest link, in bytes.
const MOST_LINK: usize = 255;

/// The length of an `stco` atom with one offset, in bytes.
const CHUNK_OFFSET: usize = 20;

/// How many bytes are copied at once.
const PIECE: u64 = 256 << 10;

/// The track of titles that TagLib has written: all samples in one chunk, in media data at the end
/// of the file.
pub(super) struct Titles {
    pub track: Track,
    /// The sound, and its `tref` and `chap`.
    pub reference: [Atom; 3],
    samples: Samples,
}

impl Titles {
    pub(super) fn find(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let Some(tracks) = ChapterTracks::find(cursor)? else { return Ok(None) };
        let samples = tracks.samples(cursor, tracks.titles.as_ref())?;
        let reference = tracks.reference;
        Ok(tracks.titles.zip(samples).map(|(track, samples)| Self { track, reference, samples }))
    }

    /// Returns the samples with these links. Returns `None` if the samples are not those of the
    /// chapters, but for an empty title at the start.
    fn with_links(
        &self,
        cursor: &mut Cursor<'_>,
        links: &[Option<String>],
    ) -> Result<Option<Vec<Vec<u8>>>> {
        let list = &self.samples.list;
        let filler = match list.len().checked_sub(links.len()) {
            Some(filler @ (0 | 1)) => filler,
            _ => return Ok(None),
        };
        let has_links = links.iter().any(Option::is_some);
        let mut texts = Vec::new();
        let links = std::iter::repeat_n(&None, filler).chain(links);
        for (sample, link) in list.iter().zip(links) {
            let Some(text) = text_range(cursor, &sample.range)? else { return Ok(None) };
            // The texts of `tx3g` are in UTF-8, and have no atom that says so.
            let end = if has_links { text.end } else { sample.range.end };
            let Some(mut bytes) = cursor.bytes(sample.range.start..end)? else { return Ok(None) };
            if let Some(link) = link.as_ref().filter(|link| link.len() <= MOST_LINK) {
                let characters = String::from_utf8_lossy(&bytes[2..]).chars().count();
                cursor.budget().charge(HEADER as usize + MOST_LINK)?;
                bytes.extend(href(link, characters).unwrap_or_default());
            }
            cursor.budget().push(&mut texts, bytes)?;
        }
        Ok(Some(texts))
    }
}

/// Renders the link of a whole text (3GPP TS 26.245, section 5.17.1.5).
fn href(link: &str, characters: usize) -> Option<Vec<u8>> {
    let end = u16::try_from(characters).unwrap_or(u16::MAX).to_be_bytes();
    let length = u8::try_from(link.len()).ok()?;
    // The text that explains the link is empty.
    render_atom(b"href", &[&[0, 0], &end, &[length], link.as_bytes(), &[0]])
}

/// What is written for the chapters.
pub(super) struct Media<'a> {
    pub titles: Titles,
    pub links: &'a [Option<String>],
    pub images: Option<&'a ImageTrack<'a>>,
    /// The number of the new track of images.
    pub number: u32,
}

/// The parts of a copy that are written.
struct Parts {
    /// The media data at the end of the copy that has the titles.
    old_media: Range<u64>,
    /// The header of the media data with the images.
    image_header: Vec<u8>,
    /// The media data with the titles.
    titles: Vec<u8>,
    movie: Range<u64>,
    new_movie: Vec<u8>,
    growth: i64,
}

impl Media<'_> {
    /// Writes the movie with `changes`, and the samples that it leads to. Returns by how much the
    /// movie has grown, or `None` if nothing can be written.
    pub(super) fn write(
        &self,
        copy: &mut EditedCopy<'_>,
        original: &mut Cursor<'_>,
        changes: Changes<'_>,
    ) -> Result<Option<i64>> {
        if !self.has_links() && self.images.is_none() {
            return changes.write(copy);
        }
        let Some(parts) = copy.read(|cursor| self.parts(cursor, changes))? else {
            return Ok(None);
        };
        copy.replace(parts.old_media, &[])?;
        if let Some(images) = self.images {
            // TagLib removes the media data with the titles when the chapters change again, and
            // does not update the offsets of what follows it. So the images come before it.
            append(copy, &parts.image_header)?;
            for (source, _) in &images.samples {
                append_image(copy, original, source)?;
            }
        }
        append(copy, &parts.titles)?;
        copy.replace(parts.movie, &parts.new_movie)?;
        copy.budget().release(parts.new_movie.capacity());
        Ok(Some(parts.growth))
    }

    fn has_links(&self) -> bool {
        self.links.iter().any(Option::is_some)
    }

    /// Prepares what is written. Returns `None` if something in the copy is not as TagLib writes
    /// it, or is too large.
    fn parts(&self, cursor: &mut Cursor<'_>, mut changes: Changes<'_>) -> Result<Option<Parts>> {
        let Some(old_media) = self.media_of_titles(cursor)? else { return Ok(None) };
        let Some(texts) = self.titles.with_links(cursor, self.links)? else { return Ok(None) };
        let Some(table) = Table::find(cursor, &self.titles.track.atom)? else { return Ok(None) };
        let Some(clock) = clock(cursor, changes.movie())? else { return Ok(None) };
        let Some(sizes) = sizes(&texts) else { return Ok(None) };
        changes.replace(&table.parents, table.sizes.range.clone(), sizes);
        if self.has_links() && !table.describe_links(&mut changes) {
            return Ok(None);
        }
        // The offsets depend on the length of the movie, which does not depend on them.
        let unknown = vec![0; CHUNK_OFFSET];
        let offset = changes.replace(&table.parents, table.offsets.range.clone(), unknown);
        let mut image_track = None;
        if let Some(images) = self.images {
            let Some(unknown) = images.render(self.number, clock, 0) else { return Ok(None) };
            cursor.budget().charge(2 * unknown.len())?;
            let end = self.titles.track.atom.range.end;
            image_track = Some((images, changes.replace(&[], end..end, unknown)));
        }
        let growth = changes.growth();
        let Some(start) = old_media.start.checked_add_signed(growth) else { return Ok(None) };
        let mut image_header = Vec::new();
        let mut titles_start = start + HEADER;
        if let Some((images, change)) = image_track {
            let length = HEADER + images.length();
            let Ok(size) = u32::try_from(length) else { return Ok(None) };
            image_header = [&size.to_be_bytes()[..], b"mdat"].concat();
            titles_start += length;
            let track = images.render(self.number, clock, start + HEADER);
            let Some(track) = track else { return Ok(None) };
            changes.set(change, track);
        }
        let Some(chunk_offset) = chunk_offset(titles_start) else { return Ok(None) };
        changes.set(offset, chunk_offset);
        let Some(titles) = render_atom(b"mdat", &[&texts.concat()]) else { return Ok(None) };
        let movie = changes.movie().range.clone();
        let new_movie = changes.moov(cursor)?;
        Ok(new_movie.map(|new_movie| Parts {
            old_media,
            image_header,
            titles,
            movie,
            new_movie,
            growth,
        }))
    }

    /// Returns the range of the atom with the titles, if it is the last one and has nothing else.
    fn media_of_titles(&self, cursor: &mut Cursor<'_>) -> Result<Option<Range<u64>>> {
        let samples = &self.titles.samples.list;
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return Ok(None);
        };
        let mut walk = Atoms::within(0..cursor.size());
        let mut found = None;
        while let Some(atom) = walk.next(cursor)? {
            found = Some(atom);
        }
        let titles = first.range.start..last.range.end;
        let found = found.filter(|atom| atom.name == *b"mdat" && atom.body == titles);
        Ok(found.map(|atom| atom.range).filter(|range| range.end == cursor.size()))
    }
}

fn append(copy: &mut EditedCopy<'_>, bytes: &[u8]) -> Result<()> {
    copy.replace(copy.size()..copy.size(), bytes)
}

fn append_image(
    copy: &mut EditedCopy<'_>,
    original: &mut Cursor<'_>,
    source: &Source<'_>,
) -> Result<()> {
    let mut range = match source {
        Source::Bytes(bytes) => return append(copy, bytes),
        Source::Original(range) => range.clone(),
    };
    while !range.is_empty() {
        let piece = range.start..range.end.min(range.start + PIECE);
        range.start = piece.end;
        let bytes = original.bytes(piece)?.unwrap_or_default();
        append(copy, &bytes)?;
        copy.budget().release(bytes.capacity());
    }
    Ok(())
}

/// The atoms of the track of titles that change.
struct Table {
    /// The track, `mdia`, `minf` and `stbl`.
    parents: [Atom; 4],
    media_header: Option<Atom>,
    descriptions: Atom,
    sizes: Atom,
    offsets: Atom,
}

impl Table {
    fn find(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<Self>> {
        let Some(media) = track.children(cursor)?.find(cursor, b"mdia")? else { return Ok(None) };
        let Some(information) = media.children(cursor)?.find(cursor, b"minf")? else {
            return Ok(None);
        };
        let table = information.children(cursor)?.find(cursor, b"stbl")?;
        let Some(table) = table else { return Ok(None) };
        let media_header = information.children(cursor)?.find(cursor, b"gmhd")?;
        let mut parts = [None, None, None];
        for (part, name) in parts.iter_mut().zip([b"stsd", b"stsz", b"stco"]) {
            *part = table.children(cursor)?.find(cursor, name)?;
        }
        let [Some(descriptions), Some(sizes), Some(offsets)] = parts else { return Ok(None) };
        let parents = [track.clone(), media, information, table];
        Ok(Some(Self { parents, media_header, descriptions, sizes, offsets }))
    }

    /// Describes the samples as 3GPP text, which may have links. Returns false if that is not
    /// possible.
    fn describe_links(&self, changes: &mut Changes<'_>) -> bool {
        let (Some(description), Some(header)) = (timed_text(), full(b"nmhd", 0, &[])) else {
            return false;
        };
        changes.replace(&self.parents, self.descriptions.range.clone(), description);
        if let Some(known) = &self.media_header {
            changes.replace(&self.parents[..3], known.range.clone(), header);
        }
        true
    }
}

/// Renders the description of 3GPP text, as in files of Apple (3GPP TS 26.245, section 5.16).
fn timed_text() -> Option<Vec<u8>> {
    const FONT: &[u8] = b"Sans-Serif";
    let font = [&[0, 1, 0, 1, FONT.len() as u8], FONT].concat();
    let entry = render_atom(
        b"tx3g",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            // No flags; centred at the bottom, without a background, in a box without a size.
            &[0, 0, 0, 0, 1, 0xFF],
            &[0; 12],
            // All of the text in black, in the font with number 1 at 18 pixels.
            &[0, 0, 0, 0, 0, 1, 0, 18, 0, 0, 0, 0xFF],
            &render_atom(b"ftab", &[&font])?,
        ],
    )?;
    full(b"stsd", 0, &[&1_u32.to_be_bytes()[..], &entry].concat())
}

fn sizes(samples: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut body = vec![0; 4];
    body.extend(u32::try_from(samples.len()).ok()?.to_be_bytes());
    for sample in samples {
        body.extend(u32::try_from(sample.len()).ok()?.to_be_bytes());
    }
    full(b"stsz", 0, &body)
}

fn chunk_offset(offset: u64) -> Option<Vec<u8>> {
    let offset = u32::try_from(offset).ok()?;
    full(b"stco", 0, &[1, offset].map(u32::to_be_bytes).concat())
}

/// Reads the duration of a movie.
fn clock(cursor: &mut Cursor<'_>, movie: &Atom) -> Result<Option<Clock>> {
    let Some(header) = movie.children(cursor)?.find(cursor, b"mvhd")? else { return Ok(None) };
    let body = header.body.start + FULL_HEADER;
    let Some([version]) = cursor.array(header.body.start)? else { return Ok(None) };
    let (scale, duration) = if version == 1 {
        let duration = cursor.array(body + 20)?.map(u64::from_be_bytes);
        (cursor.array(body + 16)?, duration)
    } else {
        let duration = cursor.array(body + 12)?.map(u32::from_be_bytes).map(u64::from);
        (cursor.array(body + 8)?, duration)
    };
    let clock = scale.map(u32::from_be_bytes).filter(|scale| *scale > 0).zip(duration);
    Ok(clock.map(|(scale, duration)| Clock { scale, duration }))
}
