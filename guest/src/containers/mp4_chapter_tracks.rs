//! The tracks that an MP4 file has for its chapters, as QuickTime stores them: their titles, and
//! perhaps their images and links (QuickTime File Format, "Chapter lists"; 3GPP TS 26.245).
//!
//! The sound refers to them (`tref.chap`). The titles are samples of a text track, and the images
//! those of a video track. A link follows its title in the sample, as an atom `href`. Apple's
//! programs store the links once more, as samples without texts of a text track that nothing
//! refers to.

use super::Cursor;
use super::mp4::{Atom, Atoms};
use super::mp4_chapters::number;
use super::mp4_samples::{Samples, time_scale};
use crate::error::Result;
use std::ops::Range;

/// The handlers of tracks (section 8.4.3).
const SOUND: &[u8; 4] = b"soun";
const VIDEO: &[u8; 4] = b"vide";
const TEXT: &[u8; 4] = b"text";

/// The greatest number of tracks of a file with chapters, and of those in a reference.
const MOST_TRACKS: usize = 256;
const MOST_REFERRED: usize = 16;

/// The longest rest of a text sample, behind its text, that is searched for a link, in bytes. A
/// link has 255 bytes at most.
const MOST_EXTENSIONS: u64 = 4 << 10;

/// A track.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub number: u32,
    pub handler: [u8; 4],
    pub atom: Atom,
}

/// The tracks of chapters.
#[derive(Debug)]
pub(crate) struct ChapterTracks {
    /// The units of the movie per second.
    pub movie_scale: u32,
    /// The track whose number comes first in the reference. TagLib reads its samples as titles.
    pub first: Track,
    pub titles: Option<Track>,
    pub images: Option<Track>,
    /// The links that nothing refers to.
    pub links: Option<Track>,
    /// The other tracks to which the sound refers, such as titles in another language.
    pub others: Vec<Track>,
    /// The sound, and its `tref` and `chap`.
    pub reference: [Atom; 3],
}

/// The tracks of a movie, and the units of the movie per second.
pub(crate) struct Movie {
    pub moov: Atom,
    pub scale: u32,
    pub tracks: Vec<Track>,
}

impl Movie {
    /// Finds the tracks. Returns `None` if there are too many.
    pub(crate) fn find(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let Some(moov) = Atoms::within(0..cursor.size()).find(cursor, b"moov")? else {
            return Ok(None);
        };
        let mut scale = 0;
        let mut tracks = Vec::new();
        let mut walk = moov.children(cursor)?;
        while let Some(atom) = walk.next(cursor)? {
            match &atom.name {
                b"mvhd" => scale = time_scale(cursor, &atom)?.unwrap_or_default(),
                b"trak" => {
                    let Some(track) = track(cursor, atom)? else { continue };
                    if tracks.len() == MOST_TRACKS {
                        return Ok(None);
                    }
                    cursor.budget().push(&mut tracks, track)?;
                }
                _ => {}
            }
        }
        Ok(Some(Self { moov, scale, tracks }))
    }
}

impl ChapterTracks {
    /// Finds the tracks to which the first track of sound with chapters refers.
    pub(crate) fn find(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let Some(Movie { scale, mut tracks, .. }) = Movie::find(cursor)? else { return Ok(None) };
        let mut found = None;
        for track in tracks.iter().filter(|track| track.handler == *SOUND) {
            if found.is_none() {
                found = reference(cursor, &track.atom)?;
            }
        }
        let Some((reference, numbers)) = found else { return Ok(None) };
        let mut referred = Vec::new();
        for number in numbers {
            if let Some(index) = tracks.iter().position(|track| track.number == number) {
                cursor.budget().push(&mut referred, tracks.swap_remove(index))?;
            }
        }
        let Some(first) = referred.first().cloned() else { return Ok(None) };
        let mut take = |handler: &[u8; 4]| {
            let index = referred.iter().position(|track| track.handler == *handler)?;
            Some(referred.remove(index))
        };
        let (titles, images) = (take(TEXT), take(VIDEO));
        let mut links = None;
        let texts = tracks.into_iter().filter(|track| track.handler == *TEXT);
        for track in texts.take(MOST_REFERRED) {
            if links.is_none() && has_only_links(cursor, &track.atom, scale)? {
                links = Some(track);
            }
        }
        let others = referred;
        Ok(Some(Self { movie_scale: scale, first, titles, images, links, others, reference }))
    }

    /// Returns the numbers of the tracks that hold nothing but chapters.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        let own = [&self.titles, &self.images, &self.links].into_iter().flatten();
        own.chain(&self.others).map(|track| track.number)
    }

    /// Reads the samples of a track.
    pub(crate) fn samples(
        &self,
        cursor: &mut Cursor<'_>,
        track: Option<&Track>,
    ) -> Result<Option<Samples>> {
        match track {
            Some(track) => Samples::read(cursor, &track.atom, self.movie_scale),
            None => Ok(None),
        }
    }
}

fn track(cursor: &mut Cursor<'_>, atom: Atom) -> Result<Option<Track>> {
    let Some(number) = number(cursor, &atom)? else { return Ok(None) };
    let Some(media) = atom.children(cursor)?.find(cursor, b"mdia")? else { return Ok(None) };
    let handler = media.children(cursor)?.find(cursor, b"hdlr")?;
    let Some(handler) = handler else { return Ok(None) };
    let handler = cursor.array(handler.body.start + 8)?;
    Ok(handler.map(|handler| Track { number, handler, atom }))
}

/// Returns the reference of a track to its chapters, and the numbers in it, each once.
fn reference(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<([Atom; 3], Vec<u32>)>> {
    let Some(tref) = track.children(cursor)?.find(cursor, b"tref")? else { return Ok(None) };
    let Some(chap) = tref.children(cursor)?.find(cursor, b"chap")? else { return Ok(None) };
    let mut numbers = Vec::new();
    for at in chap.body.clone().step_by(4).take(MOST_REFERRED) {
        if let Some(number) = cursor.array(at)?.map(u32::from_be_bytes)
            && at + 4 <= chap.body.end
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    Ok(Some(([track.clone(), tref, chap], numbers)))
}

/// Returns whether no sample of a track has a text, and at least one has a link.
fn has_only_links(cursor: &mut Cursor<'_>, track: &Atom, movie_scale: u32) -> Result<bool> {
    let Some(samples) = Samples::read(cursor, track, movie_scale)? else { return Ok(false) };
    let mut has_link = false;
    for sample in &samples.list {
        if !text_range(cursor, &sample.range)?.is_some_and(|text| text.is_empty()) {
            return Ok(false);
        }
        has_link = has_link || link_of(cursor, &sample.range)?.is_some();
    }
    Ok(has_link)
}

/// Returns where the text of a sample is, behind its length.
pub(crate) fn text_range(
    cursor: &mut Cursor<'_>,
    sample: &Range<u64>,
) -> Result<Option<Range<u64>>> {
    let Some(length) = cursor.array(sample.start)?.map(u16::from_be_bytes) else {
        return Ok(None);
    };
    let start = sample.start + 2;
    let end = start + u64::from(length);
    Ok((end <= sample.end).then_some(start..end))
}

/// Returns the text of a sample.
pub(crate) fn text_of(cursor: &mut Cursor<'_>, sample: &Range<u64>) -> Result<Option<String>> {
    let Some(range) = text_range(cursor, sample)? else { return Ok(None) };
    let bytes = cursor.bytes(range)?.unwrap_or_default();
    Ok(match &*bytes {
        [0xFE, 0xFF, text @ ..] => {
            let units = text.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            Some(char::decode_utf16(units).map(|it| it.unwrap_or('\u{FFFD}')).collect())
        }
        text => Some(String::from_utf8_lossy(text).into_owned()),
    })
}

/// Returns the link behind the text of a sample (3GPP TS 26.245, section 5.17.1.5).
pub(crate) fn link_of(cursor: &mut Cursor<'_>, sample: &Range<u64>) -> Result<Option<String>> {
    /// Where the length of the link is, behind the range of the text that shows it.
    const LENGTH: u64 = 4;
    let Some(text) = text_range(cursor, sample)? else { return Ok(None) };
    let extensions = text.end..sample.end;
    if extensions.end - extensions.start > MOST_EXTENSIONS {
        return Ok(None);
    }
    let Some(link) = Atoms::within(extensions).find(cursor, b"href")? else { return Ok(None) };
    let at = link.body.start + LENGTH;
    let Some([length]) = cursor.array(at)? else { return Ok(None) };
    let url = at + 1..at + 1 + u64::from(length);
    if url.is_empty() || url.end > link.body.end {
        return Ok(None);
    }
    let bytes = cursor.bytes(url)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
