//! Reads chapters that are a track of text or pictures.

use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, ChunkOffsets, FULL_HEADER};
use crate::error::Result;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Returns the numbers of the tracks that another track refers to for its chapters
/// (`tref.chap`), sorted.
pub(super) fn numbers(cursor: &mut Cursor<'_>) -> Result<Vec<u32>> {
    let mut numbers = Vec::new();
    let Some(moov) = Atoms::within(0..cursor.size()).find(cursor, b"moov")? else {
        return Ok(numbers);
    };
    let mut walk = moov.children(cursor)?;
    while let Some(atom) = walk.next(cursor)? {
        if atom.name != *b"trak" {
            continue;
        }
        let Some(tref) = atom.children(cursor)?.find(cursor, b"tref")? else { continue };
        let Some(chap) = tref.children(cursor)?.find(cursor, b"chap")? else { continue };
        for at in chap.body.step_by(4) {
            if let Some(number) = cursor.array(at)? {
                cursor.budget().push(&mut numbers, u32::from_be_bytes(number))?;
            }
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Returns the number of a track.
pub(super) fn number(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<u32>> {
    /// Where the number is, after the times of creation and modification.
    const AT: [u64; 2] = [12, 20];
    let Some(tkhd) = track.children(cursor)?.find(cursor, b"tkhd")? else { return Ok(None) };
    let Some([version]) = cursor.array(tkhd.body.start)? else { return Ok(None) };
    let at = tkhd.body.start + AT[usize::from(version == 1)];
    Ok(cursor.array(at)?.map(u32::from_be_bytes))
}

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

/// The sample tables of a track (sections 8.7.3 to 8.7.5).
struct Samples {
    chunks: ChunkOffsets,
    /// The number of the next chunk. Chunks are counted from one.
    chunk: u32,
    /// The position of the next entry of `stsc`, and the number of entries from there on.
    runs: (u64, u32),
    per_chunk: u32,
    sizes: Sizes,
}

enum Sizes {
    Equal(u32),
    /// The position of the next size, and the end of the table.
    Table(u64, u64),
}

impl Samples {
    fn read(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<Self>> {
        let mut walk = track.children(cursor)?;
        for name in [b"mdia", b"minf", b"stbl"] {
            let Some(atom) = walk.find(cursor, name)? else { return Ok(None) };
            walk = atom.children(cursor)?;
        }
        let (mut chunks, mut runs, mut sizes) = (None, None, None);
        while let Some(atom) = walk.next(cursor)? {
            let at = atom.body.start + FULL_HEADER;
            match &atom.name {
                b"stco" | b"co64" => chunks = ChunkOffsets::read(cursor, &atom)?,
                b"stsc" => {
                    runs = cursor.array(at)?.map(|count| (at + 4, u32::from_be_bytes(count)));
                }
                b"stsz" => {
                    sizes = cursor.array(at)?.map(u32::from_be_bytes).map(|size| match size {
                        0 => Sizes::Table(at + 8, atom.body.end),
                        size => Sizes::Equal(size),
                    });
                }
                _ => {}
            }
        }
        let tables = chunks.zip(runs).zip(sizes);
        Ok(tables.map(|((chunks, runs), sizes)| Self {
            chunks,
            chunk: 1,
            runs,
            per_chunk: 0,
            sizes,
        }))
    }

    fn length_of_next_chunk(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
        let (at, left) = self.runs;
        if left > 0 {
            // The first chunk of a run, and its number of samples.
            let Some([a, b, c, d, count @ ..]) = cursor.array::<8>(at)? else { return Ok(None) };
            if u32::from_be_bytes([a, b, c, d]) == self.chunk {
                self.per_chunk = u32::from_be_bytes(count);
                self.runs = (at + 12, left - 1);
            }
        }
        self.chunk = self.chunk.saturating_add(1);
        match &mut self.sizes {
            Sizes::Equal(size) => Ok(Some(u64::from(*size) * u64::from(self.per_chunk))),
            Sizes::Table(at, end) => {
                let mut length = 0;
                for _ in 0..self.per_chunk {
                    if *at + 4 > *end {
                        return Ok(None);
                    }
                    let Some(size) = cursor.array(*at)? else { return Ok(None) };
                    length += u64::from(u32::from_be_bytes(size));
                    *at += 4;
                }
                Ok(Some(length))
            }
        }
    }
}
