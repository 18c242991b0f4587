//! MP4 and its relatives: `mdat` atoms.
//!
//! Tables in `moov` tell where in the file the chunks of each track begin. If a change of tags
//! moves `mdat`, it must also change the tables: relative to the audio, the chunks must stay
//! where they are. Chapters are a text track, and their `mdat` is not audio.
//!
//! The tables may have millions of entries, so they are not kept. They are read once to find the
//! `mdat` atoms that contain sound, and once more to hash the positions.

use super::{AudioError, AudioRanges, AudioResult};
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, ChunkOffsets, HEADER};
use crate::error::Result;
use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;

/// The atoms that lead to the tables.
const CONTAINERS: [[u8; 4]; 5] = [*b"moov", *b"trak", *b"mdia", *b"minf", *b"stbl"];
const DEPTH: usize = CONTAINERS.len();

const CUT_OFF: AudioError = AudioError::Damaged("an atom in it ends behind the end of the file");
const OUTSIDE: AudioError = AudioError::Damaged("its tables point to audio that is not there");

pub(super) fn audio(cursor: &mut Cursor<'_>) -> AudioResult {
    let mut movie = Movie::default();
    let whole = 0..cursor.size();
    movie.read_atoms(cursor, whole, 0)?;
    movie.find_sound(cursor)?;
    let chunks = movie.hash_chunks(cursor)?;
    let mut ranges = AudioRanges { chunks, ..AudioRanges::default() };
    for media in movie.media.into_iter().filter(|media| media.has_sound) {
        ranges.push(media.range, cursor.budget())?;
    }
    Ok(ranges)
}

#[derive(Default)]
struct Movie {
    /// In the order in which they are in the file.
    media: Vec<Media>,
    tracks: Vec<Track>,
    tables: Vec<Table>,
}

/// An `mdat` atom.
struct Media {
    range: Range<u64>,
    has_sound: bool,
    /// The position at which it begins in the concatenated audio.
    start: u64,
}

#[derive(Default)]
struct Track {
    is_sound: bool,
}

/// The chunk offsets of a track.
struct Table {
    atom: Atom,
    track: usize,
}

impl Movie {
    fn read_atoms(
        &mut self,
        cursor: &mut Cursor<'_>,
        within: Range<u64>,
        depth: usize,
    ) -> Result<(), AudioError> {
        let budget = cursor.budget();
        let mut atoms = Atoms::within(within);
        while let Some(atom) = atoms.next(cursor)? {
            match &atom.name {
                b"mdat" => {
                    let media = Media { range: atom.body, has_sound: false, start: 0 };
                    budget.push(&mut self.media, media)?;
                }
                b"hdlr" => {
                    let handler = cursor.array(atom.body.start + 8)?;
                    let track = self.tracks.last_mut().ok_or(CUT_OFF)?;
                    track.is_sound = handler.as_ref() == Some(b"soun");
                }
                b"stco" | b"co64" => {
                    let track = self.tracks.len().checked_sub(1).ok_or(CUT_OFF)?;
                    budget.push(&mut self.tables, Table { atom, track })?;
                }
                name if depth < DEPTH && CONTAINERS.contains(name) => {
                    if name == b"trak" {
                        budget.push(&mut self.tracks, Track::default())?;
                    }
                    self.read_atoms(cursor, atom.body, depth + 1)?;
                }
                _ => {}
            }
        }
        // TagLib, too, takes fewer bytes than a header for padding.
        let rest = atoms.rest();
        if rest.end.saturating_sub(rest.start) < HEADER { Ok(()) } else { Err(CUT_OFF) }
    }

    /// Marks the `mdat` atoms that contain sound. If there is no table, as in a fragmented file,
    /// marks all of them.
    fn find_sound(&mut self, cursor: &mut Cursor<'_>) -> Result<(), AudioError> {
        let mut is_told = false;
        // Consecutive chunks mostly lie in the same atom.
        let mut latest = usize::MAX;
        let media = &mut self.media;
        each_chunk(cursor, &self.tables, &self.tracks, |offset| {
            is_told = true;
            latest = index_of(media, offset, latest).ok_or(OUTSIDE)?;
            media[latest].has_sound = true;
            Ok(())
        })?;
        let mut start = 0;
        for media in &mut self.media {
            media.has_sound |= !is_told;
            media.start = start;
            if media.has_sound {
                start += media.range.end - media.range.start;
            }
        }
        Ok(())
    }

    /// Hashes the positions at which the chunks begin in the audio.
    fn hash_chunks(&self, cursor: &mut Cursor<'_>) -> Result<u64, AudioError> {
        let mut hasher = DefaultHasher::new();
        let mut latest = usize::MAX;
        each_chunk(cursor, &self.tables, &self.tracks, |offset| {
            latest = index_of(&self.media, offset, latest).ok_or(OUTSIDE)?;
            let media = &self.media[latest];
            hasher.write_u64(media.start + (offset - media.range.start));
            Ok(())
        })?;
        Ok(hasher.finish())
    }
}

/// Calls `act` with the offset of each chunk of sound.
fn each_chunk(
    cursor: &mut Cursor<'_>,
    tables: &[Table],
    tracks: &[Track],
    mut act: impl FnMut(u64) -> Result<(), AudioError>,
) -> Result<(), AudioError> {
    for table in tables.iter().filter(|table| tracks[table.track].is_sound) {
        let mut offsets = ChunkOffsets::read(cursor, &table.atom)?.ok_or(CUT_OFF)?;
        while let Some(offset) = offsets.next(cursor)? {
            act(offset)?;
        }
        if offsets.left() > 0 {
            return Err(CUT_OFF);
        }
    }
    Ok(())
}

/// Returns the index of the last atom that begins at or before `offset`, if it contains `offset`.
/// Tries `latest` first.
fn index_of(media: &[Media], offset: u64, latest: usize) -> Option<usize> {
    let reaches = |index: usize| {
        media.get(index).is_some_and(|it| it.range.start <= offset && offset <= it.range.end)
    };
    let is_last = |index: usize| media.get(index + 1).is_none_or(|next| offset < next.range.start);
    if reaches(latest) && is_last(latest) {
        return Some(latest);
    }
    let after = media.partition_point(|it| it.range.start <= offset);
    after.checked_sub(1).filter(|index| reaches(*index))
}
