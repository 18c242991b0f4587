//! MP4: the bodies of `mdat` are left out, except the texts of chapters, which are the only
//! samples that TagLib reads. The tables that lead to these texts state where the guest sees them.
//! Everything else about the audio is in `moov`.

use super::Shortened;
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, ChunkOffsets, FULL_HEADER, HEADER, SizeField};
use crate::containers::mp4_chapters::{self, Samples};
use crate::error::Result;
use std::ops::Range;

/// The maximum number of atoms next to `moov`. TagLib reads no file with more (`mp4atom.cpp`).
const MAX_ATOMS: usize = 5000;

/// The maximum number of chunks of chapters. A chunk has one chapter, or many.
const MAX_CHUNKS: usize = 4096;

pub(super) fn shorten(cursor: &mut Cursor<'_>) -> Result<Option<Shortened>> {
    let tracks = chapter_tracks(cursor)?;
    let Some(chapters) = chunks(cursor, &tracks)? else { return Ok(None) };
    let mut shortened = Shortened::counting(0);
    let mut atoms = Atoms::within(0..cursor.size());
    let mut count = 0;
    while let Some(atom) = atoms.next(cursor)? {
        count += 1;
        if count > MAX_ATOMS {
            return Ok(None);
        }
        if atom.name == *b"mdat" {
            shortened.leave_out_media(cursor, &atom, &chapters)?;
        }
    }
    for track in &tracks {
        if !shortened.move_chunks(cursor, track)? {
            return Ok(None);
        }
    }
    Ok(Some(shortened))
}

/// Returns the tracks of chapters.
fn chapter_tracks(cursor: &mut Cursor<'_>) -> Result<Vec<Atom>> {
    let numbers = mp4_chapters::numbers(cursor)?;
    let mut tracks = Vec::new();
    let Some(moov) = Atoms::within(0..cursor.size()).find(cursor, b"moov")? else {
        return Ok(tracks);
    };
    let mut walk = moov.children(cursor)?;
    while let Some(atom) = walk.next(cursor)? {
        if atom.name == *b"trak"
            && let Some(number) = mp4_chapters::number(cursor, &atom)?
            && numbers.binary_search(&number).is_ok()
        {
            cursor.budget().push(&mut tracks, atom)?;
        }
    }
    Ok(tracks)
}

/// Returns where the samples of the tracks lie, in the order of the file. Returns `None` if there
/// are too many, or if the tables are incomplete.
fn chunks(cursor: &mut Cursor<'_>, tracks: &[Atom]) -> Result<Option<Vec<Range<u64>>>> {
    let mut found = Vec::new();
    for track in tracks {
        let Some(mut samples) = Samples::read(cursor, track)? else { return Ok(None) };
        while let Some(offset) = samples.chunks.next(cursor)? {
            let Some(length) = samples.length_of_next_chunk(cursor)? else { return Ok(None) };
            if found.len() == MAX_CHUNKS {
                return Ok(None);
            }
            cursor.budget().push(&mut found, offset..offset.saturating_add(length))?;
        }
    }
    found.sort_by_key(|chunk| chunk.start);
    Ok(Some(found))
}

impl Shortened {
    /// Leaves out what is not a chapter from an `mdat` atom.
    fn leave_out_media(
        &mut self,
        cursor: &Cursor<'_>,
        atom: &Atom,
        chapters: &[Range<u64>],
    ) -> Result<()> {
        let budget = cursor.budget();
        let before = self.left_out;
        let mut at = atom.body.start;
        for chapter in chapters {
            let start = chapter.start.clamp(at, atom.body.end);
            self.leave_out(at..start, budget)?;
            at = chapter.end.clamp(start, atom.body.end);
        }
        self.leave_out(at..atom.body.end, budget)?;

        let size = atom.range.end - atom.range.start;
        self.counted += size;
        let size = size - (self.left_out - before);
        match atom.size_field {
            // What the guest may see fits into 32 bits.
            SizeField::Short => {
                self.overwrite(atom.range.start, &(size as u32).to_be_bytes(), budget)
            }
            SizeField::Long => {
                self.overwrite(atom.range.start + HEADER, &size.to_be_bytes(), budget)
            }
            SizeField::ToEnd => Ok(()),
        }
    }

    /// Changes the offsets of the chunks of a track. Returns whether the guest sees all of them.
    fn move_chunks(&mut self, cursor: &mut Cursor<'_>, track: &Atom) -> Result<bool> {
        let Some(table) = table(cursor, track)? else { return Ok(true) };
        let Some(mut offsets) = ChunkOffsets::read(cursor, &table)? else { return Ok(false) };
        let mut moved = Vec::new();
        while let Some(offset) = offsets.next(cursor)? {
            let Some(offset) = self.offset_in_view(offset) else { return Ok(false) };
            match table.name == *b"stco" {
                // It was larger before.
                true => cursor.budget().extend(&mut moved, &(offset as u32).to_be_bytes())?,
                false => cursor.budget().extend(&mut moved, &offset.to_be_bytes())?,
            }
        }
        // The number of entries precedes them.
        self.overwrite(table.body.start + FULL_HEADER + 4, &moved, cursor.budget())?;
        Ok(true)
    }
}

/// Finds the chunk offsets of a track.
fn table(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<Atom>> {
    let mut walk = track.children(cursor)?;
    for name in [b"mdia", b"minf", b"stbl"] {
        let Some(atom) = walk.find(cursor, name)? else { return Ok(None) };
        walk = atom.children(cursor)?;
    }
    while let Some(atom) = walk.next(cursor)? {
        if [*b"stco", *b"co64"].contains(&atom.name) {
            return Ok(Some(atom));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GIB, Part, Seen, sparse};

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], name, body].concat()
    }

    fn long_header(name: &[u8; 4], size: u64) -> Vec<u8> {
        [&[0, 0, 0, 1], &name[..], &size.to_be_bytes()].concat()
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    /// Two tracks, of which the second one has chapters in chunks at these offsets.
    fn movie(chunks: &[u32], length: u32) -> Vec<u8> {
        let count = u32::try_from(chunks.len()).unwrap();
        let track = |number: u32, reference: &[u8], tables: &[Vec<u8>]| {
            let table = atom(b"minf", &atom(b"stbl", &tables.concat()));
            let header = atom(b"tkhd", &numbers(&[0, 0, 0, number]));
            atom(b"trak", &[&header[..], reference, &atom(b"mdia", &table)].concat())
        };
        let chapters = track(
            2,
            b"",
            &[
                atom(b"stco", &[numbers(&[0, count]), numbers(chunks)].concat()),
                atom(b"stsc", &numbers(&[0, 1, 1, 1, 1])),
                atom(b"stsz", &numbers(&[0, length, count])),
            ],
        );
        let reference = atom(b"tref", &atom(b"chap", &numbers(&[2])));
        atom(b"moov", &[track(1, &reference, &[]), chapters].concat())
    }

    fn seen_chapters(seen: &mut Seen, moov: u64, moov_size: usize, count: usize) -> Vec<[u8; 5]> {
        // `stco` is followed by 28 bytes of `stsc` and 20 bytes of `stsz`.
        let table = moov + (moov_size - 28 - 20 - 4 * count) as u64;
        (0..count as u64)
            .map(|index| {
                let offset = u32::from_be_bytes(seen.at(table + 4 * index));
                seen.at(u64::from(offset))
            })
            .collect()
    }

    #[test]
    fn the_movie_behind_the_audio_is_seen_with_its_chapters() {
        let size = 5 * GIB;
        let head = [atom(b"ftyp", b"M4A "), long_header(b"mdat", size)].concat();
        let chunks = [1_000_000_000, 4_000_000_000];
        let moov = movie(&chunks, 5);
        let end = 12 + size;
        let parts: [Part<'_>; 4] = [
            (0, &head),
            (u64::from(chunks[0]), b"first"),
            (u64::from(chunks[1]), b"later"),
            (end, &moov),
        ];
        let mut seen = Seen::of(sparse(end + moov.len() as u64, &parts)).unwrap();
        assert_eq!(u64::from_be_bytes(seen.at(20)), 16 + 10);
        let at = 12 + 16 + 10;
        assert_eq!(seen.at(at + 4), *b"moov");
        let chapters = seen_chapters(&mut seen, at, moov.len(), 2);
        assert_eq!(chapters, [*b"first", *b"later"]);
        assert_eq!(seen.shortened.counted, size);
    }

    #[test]
    fn each_of_several_atoms_of_media_states_what_is_seen() {
        let half = 3 * GIB / 2;
        let short = [&(half as u32).to_be_bytes()[..], b"mdat"].concat();
        let moov = movie(&[], 1);
        let first = moov.len() as u64;
        let to_end = [&[0; 4], &b"mdat"[..]].concat();
        let parts: [Part<'_>; 3] = [(0, &moov), (first, &short), (first + half, &to_end)];
        let mut seen = Seen::of(sparse(first + 2 * half, &parts)).unwrap();
        assert_eq!(seen.at(first), *b"\0\0\0\x08mdat\0\0\0\0mdat");
        assert_eq!(seen.size(), first + 16);
        assert_eq!(seen.shortened.counted, 2 * half);
    }

    #[test]
    fn chapters_that_overlap_the_media_only_in_part_do_no_harm() {
        let size = 3 * GIB;
        let moov = movie(&[0, u32::MAX - 1], 5);
        let mut head = moov.clone();
        head.extend(long_header(b"mdat", size - moov.len() as u64));
        assert!(Seen::of(sparse(size, &[(0, &head)])).is_some());
        let long = movie(&[0, 1], u32::MAX);
        let head = [&long[..], &long_header(b"mdat", size - long.len() as u64)].concat();
        // All of the media is a chapter, so the guest would see too much.
        assert!(Seen::of(sparse(size, &[(0, &head)])).is_none());
    }

    #[test]
    fn an_atom_that_does_not_fit_leaves_the_file_whole() {
        let head = [movie(&[], 1), long_header(b"mdat", u64::MAX)].concat();
        assert!(Seen::of(sparse(3 * GIB, &[(0, &head)])).is_none());
    }
}
