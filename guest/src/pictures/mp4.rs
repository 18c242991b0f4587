//! Hides pictures (`covr`) of MP4 with iTunes' metadata, in `moov.udta.meta.ilst`.
//!
//! The bytes after a picture move towards the start, and tables in `moov` have the offsets of the
//! audio's chunks. TagLib uses these tables only for the text of chapters, which is in a separate
//! track, so a file with two tracks is left to the guest.

use super::{
    FoundPicture, HiddenPictures, Hiding, MAX_PARTS, NotHidden, PictureData, PictureFields,
    require, require_size, usual,
};
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, FULL_HEADER, HEADER, SizeField};
use std::ops::Range;

/// The containers that TagLib reads, and the offset of the first atom in each. TagLib continues
/// after the last atom of a container, wherever that ends, so all sizes must agree.
const CONTAINERS: [([u8; 4], u64); 11] = [
    (*b"moov", HEADER),
    (*b"trak", HEADER),
    (*b"mdia", HEADER),
    (*b"minf", HEADER),
    (*b"stbl", HEADER),
    (*b"stsd", HEADER + 8),
    (*b"udta", HEADER),
    (*b"meta", HEADER + FULL_HEADER),
    (*b"ilst", HEADER),
    (*b"moof", HEADER),
    (*b"traf", HEADER),
];

/// The deepest nesting of containers that is read.
const DEPTH: usize = 8;

/// The type and the locale of a value in an item, in bytes.
const VALUE_HEADER: u64 = 8;

/// The number of the type `FrontCover`. MP4 has no picture types: each picture is a cover.
const FRONT_COVER: u32 = 3;

/// Cuts the pictures out.
pub(super) fn hide(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    let moov = check_file(cursor)?;
    require(count(cursor, moov.body.clone(), b"trak")? == 1)?;
    let udta = only(cursor, moov.body.clone(), b"udta")?;
    let meta = only(cursor, udta.body.clone(), b"meta")?;
    require(usual(cursor.array(meta.body.start))? == [0; FULL_HEADER as usize])?;
    let ilst = only(cursor, meta.body.start + FULL_HEADER..meta.body.end, b"ilst")?;
    let cover = only(cursor, ilst.body.clone(), b"covr")?;
    // TagLib distinguishes an empty list from one with items.
    require(cover.range != ilst.body)?;
    each(cursor, cover.body.clone(), &mut |cursor, value| hidden.add(picture(cursor, value)?))?;

    let removed = cover.range.end - cover.range.start;
    for parent in [moov, udta, meta, ilst] {
        let Range { start, end } = parent.range;
        let size = u32::try_from(end - start - removed).map_err(|_| NotHidden::Unusual)?;
        hidden.splice(start..start + 4, size.to_be_bytes())?;
    }
    hidden.splice(cover.range, [])
}

/// Checks that all containers consist of atoms down to the last byte. Returns `moov`.
fn check_file(cursor: &mut Cursor<'_>) -> Hiding<Atom> {
    let whole = 0..cursor.size();
    let mut moov = None;
    each(cursor, whole, &mut |cursor, atom| {
        require(atom.range.start > 0 || atom.name == *b"ftyp")?;
        if atom.name == *b"moov" {
            require(moov.is_none())?;
            moov = Some(atom.clone());
        }
        check_children(cursor, atom, DEPTH - 1)
    })?;
    moov.ok_or(NotHidden::Unusual)
}

fn check_children(cursor: &mut Cursor<'_>, parent: &Atom, depth: usize) -> Hiding<()> {
    let Some((_, first)) = CONTAINERS.iter().find(|(name, _)| *name == parent.name) else {
        return Ok(());
    };
    require(depth > 0)?;
    let children = parent.range.start + first..parent.range.end;
    each(cursor, children, &mut |cursor, child| check_children(cursor, child, depth - 1))
}

/// Calls `act` with each of the atoms that a range consists of.
fn each(
    cursor: &mut Cursor<'_>,
    within: Range<u64>,
    act: &mut dyn FnMut(&mut Cursor<'_>, &Atom) -> Hiding<()>,
) -> Hiding<()> {
    let mut atoms = Atoms::within(within);
    for _ in 0..MAX_PARTS {
        let Some(atom) = atoms.next(cursor)? else { return require(atoms.rest().is_empty()) };
        require(atom.size_field == SizeField::Short)?;
        act(cursor, &atom)?;
    }
    require(atoms.rest().is_empty())
}

fn count(cursor: &mut Cursor<'_>, within: Range<u64>, name: &[u8; 4]) -> Hiding<usize> {
    let mut count = 0;
    each(cursor, within, &mut |_, atom| {
        count += usize::from(atom.name == *name);
        Ok(())
    })?;
    Ok(count)
}

/// Finds the only atom of this name.
fn only(cursor: &mut Cursor<'_>, within: Range<u64>, name: &[u8; 4]) -> Hiding<Atom> {
    let mut found = None;
    each(cursor, within, &mut |_, atom| {
        if atom.name == *name {
            require(found.is_none())?;
            found = Some(atom.clone());
        }
        Ok(())
    })?;
    found.ok_or(NotHidden::Unusual)
}

fn picture(cursor: &mut Cursor<'_>, value: &Atom) -> Hiding<FoundPicture> {
    require(value.name == *b"data")?;
    let data = value.body.start + VALUE_HEADER..value.body.end;
    require_size(&data)?;
    let mime_type = match u32::from_be_bytes(usual(cursor.array(value.body.start))?) {
        13 => "image/jpeg",
        14 => "image/png",
        _ => return Err(NotHidden::Unusual),
    };
    let fields = PictureFields {
        mime_type: mime_type.to_owned(),
        picture_type: FRONT_COVER,
        description: String::new(),
    };
    Ok(FoundPicture { fields, data: PictureData::InFile(data) })
}
