//! MP4 (ISO/IEC 14496-12) with iTunes' metadata: covers (`covr`) in
//! `moov.udta.meta.ilst`.
//!
//! What follows moves towards the start, and tables in `moov` tell where in the
//! file the audio's chunks are. TagLib follows them for the text of chapters
//! alone, which has a track of its own: so a file is to have one track.

use super::{
    Content, Found, FoundPicture, HiddenPictures, MAX_PARTS, PictureData, Stop, only_if, size_of,
};
use std::ops::Range;

/// Of an atom: size and name, in bytes.
const HEADER: u64 = 8;

/// What TagLib looks into, and where in it the first atom is. It goes on behind
/// the last atom of one, wherever that ends: so the sizes of all have to agree.
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

/// How deep they are looked into.
const DEPTH: usize = 8;

/// Of the value in an item: type and locale, in bytes.
const VALUE_HEADER: u64 = 8;

/// Version and flags of `meta`, in bytes.
const FULL_HEADER: u64 = 4;

/// MP4 has no picture types: `Other`, as the guest has it.
const NO_TYPE: u32 = 0;

struct Atom {
    name: [u8; 4],
    start: u64,
    body: Range<u64>,
}

pub(super) fn covers(content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
    let whole = atoms(content, 0..content.size())?;
    only_if(whole.first().is_some_and(|atom| atom.name == *b"ftyp"))?;
    check(content, &whole, DEPTH)?;
    let moov = only(whole, *b"moov")?;
    let parts = atoms(content, moov.body.clone())?;
    only_if(parts.iter().filter(|atom| atom.name == *b"trak").count() == 1)?;
    let udta = only(parts, *b"udta")?;
    let meta = only(atoms(content, udta.body.clone())?, *b"meta")?;
    only_if(content.array(meta.body.start)? == [0; FULL_HEADER as usize])?;
    let ilst = only(atoms(content, meta.body.start + FULL_HEADER..meta.body.end)?, *b"ilst")?;
    let items = atoms(content, ilst.body.clone())?;
    // TagLib tells an empty list from one with items.
    only_if(items.len() > 1)?;
    let cover = only(items, *b"covr")?;
    for value in atoms(content, cover.body.clone())? {
        hidden.pictures.push(picture(content, &value)?);
    }

    let left_out = cover.body.end - cover.start;
    for parent in [moov, udta, meta, ilst] {
        let size = parent.body.end - parent.start - left_out;
        let size = u32::try_from(size).map_err(|_| Stop::Unusual)?;
        hidden.splice(parent.start..parent.start + 4, &size.to_be_bytes());
    }
    hidden.splice(cover.start..cover.body.end, b"");
    Ok(())
}

/// Sees that all atoms are made of atoms down to the last.
fn check(content: &mut Content<'_>, parents: &[Atom], depth: usize) -> Found<()> {
    only_if(depth > 0)?;
    for parent in parents {
        if let Some((_, first)) = CONTAINERS.iter().find(|(name, _)| *name == parent.name) {
            let children = atoms(content, parent.start + first..parent.body.end)?;
            check(content, &children, depth - 1)?;
        }
    }
    Ok(())
}

/// The atoms that a range consists of.
fn atoms(content: &mut Content<'_>, within: Range<u64>) -> Found<Vec<Atom>> {
    let mut atoms = Vec::new();
    let mut at = within.start;
    while at < within.end {
        only_if(atoms.len() < MAX_PARTS && at + HEADER <= within.end)?;
        let [a, b, c, d, name @ ..] = content.array::<8>(at)?;
        // Zero and one have other meanings.
        let end = at + u64::from(u32::from_be_bytes([a, b, c, d]));
        only_if(end >= at + HEADER && end <= within.end)?;
        atoms.push(Atom { name, start: at, body: at + HEADER..end });
        at = end;
    }
    Ok(atoms)
}

/// The one atom of this name.
fn only(atoms: Vec<Atom>, name: [u8; 4]) -> Found<Atom> {
    let mut named = atoms.into_iter().filter(|atom| atom.name == name);
    match (named.next(), named.next()) {
        (Some(atom), None) => Ok(atom),
        _ => Err(Stop::Unusual),
    }
}

fn picture(content: &mut Content<'_>, value: &Atom) -> Found<FoundPicture> {
    only_if(value.name == *b"data")?;
    let data = value.body.start + VALUE_HEADER..value.body.end;
    size_of(&data)?;
    let mime_type = match u32::from_be_bytes(content.array(value.body.start)?) {
        13 => "image/jpeg",
        14 => "image/png",
        _ => return Err(Stop::Unusual),
    };
    Ok(FoundPicture {
        mime_type: mime_type.to_owned(),
        picture_type: NO_TYPE,
        description: String::new(),
        data: PictureData::InFile(data),
    })
}
