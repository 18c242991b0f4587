//! Changes the atoms of a movie.

use super::super::super::copy::EditedCopy;
use super::super::place::shifted_offsets;
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, SizeField};
use crate::containers::mp4_chapter_tracks::{Movie, Track};
use crate::error::Result;
use std::collections::BTreeMap;
use std::ops::Range;

/// The length of the next track's number at the end of `mvhd`, in bytes.
const NEXT_NUMBER: u64 = 4;

/// Returns the atom of a track in another version of its file, unless it is that of `except`.
pub(super) fn atom_of(movie: &Movie, track: &Track, except: Option<&Track>) -> Option<Atom> {
    let is_it = |other: &&Track| {
        (other.number, other.handler) == (track.number, track.handler)
            && except.is_none_or(|except| except.atom != other.atom)
    };
    movie.tracks.iter().find(is_it).map(|found| found.atom.clone())
}

/// Changes to the atoms of a movie.
pub(super) struct Changes<'a> {
    movie: &'a Movie,
    list: Vec<Change>,
}

/// A range that is replaced, within these atoms.
struct Change {
    parents: Vec<Atom>,
    range: Range<u64>,
    bytes: Vec<u8>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(movie: &'a Movie) -> Self {
        Self { movie, list: Vec::new() }
    }

    /// Returns the movie as it is before the changes.
    pub(super) fn movie(&self) -> &Atom {
        &self.movie.moov
    }

    /// Replaces a range of a movie's child. `parents` are the atoms within the movie that contain
    /// the range. Returns the number of the change.
    pub(super) fn replace(&mut self, parents: &[Atom], range: Range<u64>, bytes: Vec<u8>) -> usize {
        let parents = [&self.movie.moov].into_iter().chain(parents).cloned().collect();
        self.list.push(Change { parents, range, bytes });
        self.list.len() - 1
    }

    /// Changes the bytes of a change.
    pub(super) fn set(&mut self, change: usize, bytes: Vec<u8>) {
        if let Some(change) = self.list.get_mut(change) {
            change.bytes = bytes;
        }
    }

    /// Removes a track, if it is still there.
    pub(super) fn remove(&mut self, track: &Track, except: Option<&Track>) {
        if let Some(atom) = atom_of(self.movie, track, except) {
            self.replace(&[], atom.range, Vec::new());
        }
    }

    /// Makes the sound refer to these tracks for its chapters.
    pub(super) fn refer(&mut self, reference: &[Atom; 3], numbers: impl Iterator<Item = u32>) {
        let bytes = numbers.flat_map(u32::to_be_bytes).collect();
        self.replace(reference, reference[2].body.clone(), bytes);
    }

    /// Returns a number that no track has, and takes it if it is used. Returns `None` if there is
    /// none.
    pub(super) fn take_number(
        &mut self,
        cursor: &mut Cursor<'_>,
        is_used: bool,
    ) -> Result<Option<u32>> {
        let Some(header) = self.movie.moov.children(cursor)?.find(cursor, b"mvhd")? else {
            return Ok(None);
        };
        let Some(at) = header.body.end.checked_sub(NEXT_NUMBER) else { return Ok(None) };
        let Some(next) = cursor.array(at)?.map(u32::from_be_bytes) else { return Ok(None) };
        let highest = self.movie.tracks.iter().map(|track| track.number).max();
        let number = highest.unwrap_or_default().checked_add(1).map(|number| number.max(next));
        let after = number.and_then(|number| number.checked_add(1));
        let (Some(number), Some(after)) = (number, after) else { return Ok(None) };
        if is_used {
            self.replace(&[], at..header.body.end, after.to_be_bytes().to_vec());
        }
        Ok(Some(number))
    }

    /// Returns by how much the movie grows.
    pub(super) fn growth(&self) -> i64 {
        self.list.iter().map(Change::growth).sum()
    }

    /// Returns the changed movie, or `None` if something in the file can't be updated.
    pub(super) fn moov(&self, cursor: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
        let place = &self.movie.moov.range;
        let mut growths: BTreeMap<u64, (&Atom, i64)> = BTreeMap::new();
        for change in &self.list {
            for parent in &change.parents {
                let entry = growths.entry(parent.range.start).or_insert((parent, 0));
                entry.1 += change.growth();
            }
        }
        let Some(patches) = shifted_offsets(cursor, place, self.growth())? else {
            return Ok(None);
        };
        let Some(mut bytes) = cursor.bytes(place.clone())? else { return Ok(None) };
        for patch in patches {
            let at = (patch.at - place.start) as usize;
            bytes[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
        }
        for (start, (parent, growth)) in growths {
            let size = (parent.range.end - parent.range.start).checked_add_signed(growth);
            let Some(size) = size.and_then(|size| u32::try_from(size).ok()) else {
                return Ok(None);
            };
            if parent.size_field != SizeField::Short {
                return Ok(None);
            }
            let at = (start - place.start) as usize;
            bytes[at..at + 4].copy_from_slice(&size.to_be_bytes());
        }
        let mut changes: Vec<&Change> = self.list.iter().collect();
        // What is inserted comes before what is replaced at the same place.
        changes.sort_by_key(|change| (change.range.start, change.range.end));
        let mut at = 0;
        let mut moov = Vec::new();
        let growth = usize::try_from(self.growth()).unwrap_or_default();
        cursor.budget().reserve(&mut moov, bytes.len() + growth)?;
        for Change { range, bytes: new, .. } in changes {
            let [start, end] = [range.start, range.end].map(|it| (it - place.start) as usize);
            let Some(kept) = bytes.get(at..start) else { return Ok(None) };
            moov.extend_from_slice(kept);
            moov.extend_from_slice(new);
            at = end;
        }
        moov.extend_from_slice(&bytes[at..]);
        cursor.budget().release(bytes.capacity());
        Ok(Some(moov))
    }

    /// Writes the changed movie. Returns by how much it has grown, or `None` if it can't be
    /// written.
    pub(super) fn write(self, copy: &mut EditedCopy<'_>) -> Result<Option<i64>> {
        if self.list.is_empty() {
            return Ok(Some(0));
        }
        let Some(moov) = copy.read(|cursor| self.moov(cursor))? else { return Ok(None) };
        copy.replace(self.movie.moov.range.clone(), &moov)?;
        copy.budget().release(moov.capacity());
        Ok(Some(self.growth()))
    }
}

impl Change {
    fn growth(&self) -> i64 {
        self.bytes.len() as i64 - (self.range.end - self.range.start) as i64
    }
}
