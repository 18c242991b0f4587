//! Tracks of chapters in MP4: which they are, and where their samples lie.

use super::Cursor;
use super::mp4::{Atom, Atoms, ChunkOffsets, FULL_HEADER};
use crate::error::Result;

/// Returns the numbers of the tracks that another track refers to for its chapters
/// (`tref.chap`), sorted.
pub(crate) fn numbers(cursor: &mut Cursor<'_>) -> Result<Vec<u32>> {
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
pub(crate) fn number(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<u32>> {
    /// Where the number is, after the times of creation and modification.
    const AT: [u64; 2] = [12, 20];
    let Some(tkhd) = track.children(cursor)?.find(cursor, b"tkhd")? else { return Ok(None) };
    let Some([version]) = cursor.array(tkhd.body.start)? else { return Ok(None) };
    let at = tkhd.body.start + AT[usize::from(version == 1)];
    Ok(cursor.array(at)?.map(u32::from_be_bytes))
}

/// The sample tables of a track (sections 8.7.3 to 8.7.5).
pub(crate) struct Samples {
    pub chunks: ChunkOffsets,
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
    /// Reads the tables of a track. Returns `None` if one is missing.
    pub(crate) fn read(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<Self>> {
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

    /// Returns the length of the chunk whose offset comes next, or `None` if it is not stated.
    pub(crate) fn length_of_next_chunk(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
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
