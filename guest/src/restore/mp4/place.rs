//! Finds the place of the items in an MP4 file, and writes other items there.

use super::super::copy::EditedCopy;
use super::items::Item;
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, ChunkOffsets, FULL_HEADER, HEADER, SizeField};
use crate::error::Result;
use std::ops::Range;

/// The padding after a list that has to grow, in bytes.
const PADDING: u64 = 1024;

/// The item list that TagLib reads: the first of each name in `moov.udta.meta.ilst`.
#[derive(Debug)]
pub(super) struct ItemList {
    pub items: Vec<Item>,
    pub place: Place,
}

/// The range of an item list, including the adjacent free atoms.
#[derive(Debug)]
pub(super) struct Place {
    /// `moov`, `udta` and `meta`.
    parents: Vec<Atom>,
    range: Range<u64>,
}

/// Bytes that replace as many at an offset.
pub(super) struct Patch {
    pub at: u64,
    pub bytes: Vec<u8>,
}

/// The result of the search for an item list.
pub(super) enum Found {
    List(ItemList),
    /// There is no list.
    None,
    /// The list does not consist of items alone.
    Malformed,
}

impl ItemList {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Found> {
        let mut parents = Vec::new();
        let mut walk = Atoms::within(0..cursor.size());
        for name in [b"moov", b"udta", b"meta"] {
            let Some(atom) = walk.find(cursor, name)? else { return Ok(Found::None) };
            walk = atom.children(cursor)?;
            cursor.budget().push(&mut parents, atom)?;
        }
        let Some((ilst, range)) = with_free_atoms(cursor, walk)? else { return Ok(Found::None) };
        let mut walk = ilst.children(cursor)?;
        let mut items = Vec::new();
        while let Some(atom) = walk.next(cursor)? {
            let item = Item::read(cursor, atom)?;
            cursor.budget().push(&mut items, item)?;
        }
        if !walk.rest().is_empty() {
            return Ok(Found::Malformed);
        }
        Ok(Found::List(Self { items, place: Place { parents, range } }))
    }
}

/// Returns the first `ilst`, and its range including the adjacent free atoms.
fn with_free_atoms(cursor: &mut Cursor<'_>, mut walk: Atoms) -> Result<Option<(Atom, Range<u64>)>> {
    let mut start = walk.rest().start;
    while let Some(atom) = walk.next(cursor)? {
        match &atom.name {
            b"free" => {}
            b"ilst" => {
                let mut end = atom.range.end;
                while let Some(free) = walk.next(cursor)?.filter(|next| next.name == *b"free") {
                    end = free.range.end;
                }
                return Ok(Some((atom, start..end)));
            }
            _ => start = atom.range.end,
        }
    }
    Ok(None)
}

impl Place {
    /// Writes a rendered item list, and fills the remaining range with a free atom. Leaves the
    /// copy as it is if the file would have to grow and can't.
    pub(super) fn write(&self, copy: &mut EditedCopy<'_>, mut list: Vec<u8>) -> Result<()> {
        let budget = copy.budget();
        let length = list.len() as u64;
        let room = self.range.end - self.range.start;
        let padding = match room.checked_sub(length) {
            Some(0) => 0,
            Some(gap) if gap >= HEADER => gap,
            _ => PADDING,
        };
        if let Some(growth) = (length + padding).checked_sub(room).filter(|growth| *growth > 0) {
            let Some(patches) = copy.read(|cursor| self.patches(cursor, growth))? else {
                return Ok(());
            };
            for Patch { at, bytes } in patches {
                copy.replace(at..at + bytes.len() as u64, &bytes)?;
            }
        }
        if padding > 0 {
            let Ok(size) = u32::try_from(padding) else { return Ok(()) };
            let length = list.len() + size as usize;
            budget.reserve(&mut list, size as usize)?;
            list.extend(size.to_be_bytes());
            list.extend(b"free");
            list.resize(length, 0);
        }
        copy.replace(self.range.clone(), &list)
    }

    /// Returns the new sizes and chunk offsets for the case that the range grows. Returns `None`
    /// if one of them is too large, or if something refers to other places in the file.
    fn patches(&self, cursor: &mut Cursor<'_>, growth: u64) -> Result<Option<Vec<Patch>>> {
        let mut patches = Vec::new();
        for parent in &self.parents {
            let size = (parent.range.end - parent.range.start).checked_add(growth);
            let patch = match (parent.size_field, size) {
                (SizeField::ToEnd, _) => continue,
                (SizeField::Short, Some(size)) => u32::try_from(size).ok().map(|size| Patch {
                    at: parent.range.start,
                    bytes: size.to_be_bytes().to_vec(),
                }),
                (SizeField::Long, Some(size)) => Some(Patch {
                    at: parent.range.start + HEADER,
                    bytes: size.to_be_bytes().to_vec(),
                }),
                (_, None) => None,
            };
            let Some(patch) = patch else { return Ok(None) };
            cursor.budget().push(&mut patches, patch)?;
        }
        let Ok(growth) = i64::try_from(growth) else { return Ok(None) };
        let mut offsets = Offsets { place: &self.range, growth, patches };
        let file = Atoms::within(0..cursor.size());
        let is_known = offsets.patch(cursor, file, Level::File)?;
        Ok(is_known.then_some(offsets.patches))
    }
}

/// Returns the new chunk offsets for the case that a range grows or shrinks. Returns `None` if one
/// of them is too large or points into the range, or if something else refers to places in the
/// file.
pub(super) fn shifted_offsets(
    cursor: &mut Cursor<'_>,
    place: &Range<u64>,
    growth: i64,
) -> Result<Option<Vec<Patch>>> {
    let mut offsets = Offsets { place, growth, patches: Vec::new() };
    let file = Atoms::within(0..cursor.size());
    let is_known = offsets.patch(cursor, file, Level::File)?;
    Ok(is_known.then_some(offsets.patches))
}

/// Shifts the chunk offsets of a file.
struct Offsets<'a> {
    place: &'a Range<u64>,
    growth: i64,
    patches: Vec<Patch>,
}

/// The level of the atoms in a walk.
#[derive(Clone, Copy)]
enum Level {
    File,
    Movie,
    Track,
    Media,
    Information,
    SampleTable,
}

impl Offsets<'_> {
    /// Adds the patches of the atoms in `walk`. Returns false if something in them can't be
    /// updated.
    fn patch(&mut self, cursor: &mut Cursor<'_>, mut walk: Atoms, level: Level) -> Result<bool> {
        let mut is_known = true;
        while let Some(atom) = walk.next(cursor)? {
            let inner = match (level, &atom.name) {
                // Fragments, and indexes of fragments, have offsets of their own.
                (Level::File, b"moof" | b"mfra" | b"sidx") | (Level::SampleTable, b"saio") => {
                    return Ok(false);
                }
                (Level::File, b"moov") => Level::Movie,
                (Level::Movie, b"trak") => Level::Track,
                (Level::Track, b"mdia") => Level::Media,
                (Level::Media, b"minf") => Level::Information,
                (Level::Information, b"stbl") => Level::SampleTable,
                (Level::SampleTable, b"stco" | b"co64") => {
                    is_known &= self.patch_table(cursor, &atom)?;
                    continue;
                }
                _ => continue,
            };
            let children = atom.children(cursor)?;
            is_known &= self.patch(cursor, children, inner)?;
        }
        Ok(is_known)
    }

    fn patch_table(&mut self, cursor: &mut Cursor<'_>, table: &Atom) -> Result<bool> {
        let Some(mut offsets) = ChunkOffsets::read(cursor, table)? else { return Ok(false) };
        let is_wide = table.name == *b"co64";
        let budget = cursor.budget();
        let mut bytes = Vec::new();
        budget.reserve(&mut bytes, offsets.left() as usize * if is_wide { 8 } else { 4 })?;
        let mut has_changed = false;
        while let Some(offset) = offsets.next(cursor)? {
            let is_behind = offset >= self.place.end;
            let shift = if is_behind { self.growth } else { 0 };
            let Some(shifted) = offset.checked_add_signed(shift) else { return Ok(false) };
            match u32::try_from(shifted) {
                _ if self.place.contains(&offset) => return Ok(false),
                _ if is_wide => bytes.extend(shifted.to_be_bytes()),
                Ok(shifted) => bytes.extend(shifted.to_be_bytes()),
                Err(_) => return Ok(false),
            }
            has_changed |= is_behind;
        }
        if has_changed {
            let at = table.body.start + FULL_HEADER + 4;
            budget.push(&mut self.patches, Patch { at, bytes })?;
        }
        Ok(offsets.left() == 0)
    }
}
