//! Adds the atoms of an MP4 file (ISO/IEC 14496-12), except the media.
//!
//! Chunk offsets, free atoms, and the sizes of atoms that contain atoms are left out: they change
//! when something moves.

mod chapter_track;

use super::Inventory;
use crate::containers::Cursor;
use crate::containers::mp4::{self, Atom, Atoms};
use crate::containers::mp4_chapter_tracks::ChapterTracks;
use crate::containers::mp4_chapters;
use crate::error::Result;
use crate::restore::{MP4_UTF8, MP4_VALUE_HEADER, Mp4Item, mp4_atom_name};
use crate::tags::TagPart;
use std::hash::{BuildHasher, Hasher};

/// The kind of an atom in a loss.
const ATOM: &str = "MP4 atom";
const ITEM: &str = "MP4 item";
const CHAPTERS: &str = "chapter list";

/// The path of the items.
const ITEMS: &str = "moov/udta/meta/ilst";

/// The length of the next track's number at the end of `mvhd`, in bytes. A new chapter track
/// changes it.
const NEXT_TRACK: u64 = 4;

/// Adds the atoms of a file.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let mut chapter_tracks = mp4_chapters::numbers(cursor)?;
    if !chapter_tracks.is_empty()
        && let Some(tracks) = ChapterTracks::find(cursor)?
    {
        chapter_tracks.extend(tracks.numbers());
        chapter_tracks.sort_unstable();
        chapter_track::take_images(cursor, &tracks, inventory)?;
    }
    let last_media = last_media(cursor)?;
    let mut taker = Taker { inventory, chapter_tracks, last_media };
    let file = Atoms::within(0..cursor.size());
    taker.take(cursor, file, "", &TagPart::Other)
}

/// Returns where the last atom with media begins. It moves if anything before it does.
fn last_media(cursor: &mut Cursor<'_>) -> Result<u64> {
    let mut walk = Atoms::within(0..cursor.size());
    let mut last = 0;
    while let Some(atom) = walk.next(cursor)? {
        if matches!(&atom.name, b"mdat" | b"moof") {
            last = atom.range.start;
        }
    }
    Ok(last)
}

struct Taker<'a> {
    inventory: &'a mut Inventory,
    /// The numbers of tracks that hold chapters, sorted.
    chapter_tracks: Vec<u32>,
    last_media: u64,
}

impl Taker<'_> {
    /// Adds the atoms of a walk at `path`. Atoms that are not items belong to `tag_part`.
    fn take(
        &mut self,
        cursor: &mut Cursor<'_>,
        mut walk: Atoms,
        path: &str,
        tag_part: &TagPart,
    ) -> Result<()> {
        while let Some(atom) = walk.next(cursor)? {
            let is_container = mp4::is_container(path, &atom.name);
            let inner = match path {
                "" => mp4_atom_name(&atom.name),
                path => format!("{path}/{}", mp4_atom_name(&atom.name)),
            };
            match &atom.name {
                _ if path == ITEMS => self.take_item(cursor, atom)?,
                b"free" | b"skip" | b"stco" | b"co64" => {}
                b"mdat" | b"wide" if path.is_empty() => {}
                b"trak" if is_container => self.take_track(cursor, &atom, &inner)?,
                _ if is_container => {
                    let children = atom.children(cursor)?;
                    self.take(cursor, children, &inner, tag_part)?;
                }
                _ => self.take_atom(cursor, &atom, &inner, tag_part)?,
            }
        }
        // Added even if it is empty: a truncated atom would leave something here.
        let rest = walk.rest();
        let text = format!("{} bytes behind the last atom", rest.end - rest.start);
        let Some(hash) = cursor.hash(rest, self.inventory.keys())? else { return Ok(()) };
        self.inventory.add_hashed(ATOM, path, tag_part.clone(), hash, &text, cursor.budget())
    }

    fn take_track(&mut self, cursor: &mut Cursor<'_>, track: &Atom, path: &str) -> Result<()> {
        let number = mp4_chapters::number(cursor, track)?;
        let has_chapters =
            number.is_some_and(|number| self.chapter_tracks.binary_search(&number).is_ok());
        let tag_part = if has_chapters { TagPart::Chapter } else { TagPart::Other };
        let children = track.children(cursor)?;
        self.take(cursor, children, path, &tag_part)?;
        if !has_chapters {
            return Ok(());
        }
        let keys = self.inventory.keys();
        let Some(hash) = chapter_track::hash_of_samples(cursor, track, keys)? else {
            return Ok(());
        };
        let budget = cursor.budget();
        self.inventory.add_hashed(CHAPTERS, path, TagPart::Chapter, hash, "samples", budget)
    }

    fn take_item(&mut self, cursor: &mut Cursor<'_>, atom: Atom) -> Result<()> {
        let item = Mp4Item::read(cursor, atom)?;
        let text = text_of(cursor, &item)?;
        let body = item.atom.body.clone();
        let Some(hash) = cursor.hash(body, self.inventory.keys())? else { return Ok(()) };
        let key = item.key();
        self.inventory.add_hashed(ITEM, key, item.tag_part, hash, &text, cursor.budget())
    }

    fn take_atom(
        &mut self,
        cursor: &mut Cursor<'_>,
        atom: &Atom,
        path: &str,
        tag_part: &TagPart,
    ) -> Result<()> {
        let mut body = atom.body.clone();
        let (kind, tag_part) = match path {
            "moov/mvhd" => {
                body.end = body.end.saturating_sub(NEXT_TRACK).max(body.start);
                (ATOM, tag_part.clone())
            }
            "moov/udta/chpl" => (CHAPTERS, TagPart::Chapter),
            "moov/trak/tref" if chapter_track::is_only_reference(cursor, atom)? => {
                (ATOM, TagPart::Chapter)
            }
            _ => (ATOM, tag_part.clone()),
        };
        let text = size_of(body.end - body.start);
        let Some(mut hash) = cursor.hash(body, self.inventory.keys())? else { return Ok(()) };
        if has_offsets(path) {
            let mut hasher = self.inventory.keys().build_hasher();
            hasher.write_u64(hash);
            hasher.write_u64(self.last_media);
            hash = hasher.finish();
        }
        self.inventory.add_hashed(kind, path, tag_part, hash, &text, cursor.budget())
    }
}

/// Returns whether an atom refers to positions in the file that nothing updates when they move.
fn has_offsets(path: &str) -> bool {
    matches!(path, "mfra" | "moov/trak/mdia/minf/stbl/saio" | "moov/udta/meta/iloc")
}

/// Returns the value of an item as it is shown to people.
fn text_of(cursor: &mut Cursor<'_>, item: &Mp4Item) -> Result<String> {
    /// The maximum number of bytes of a text that are shown.
    const SHOWN: u64 = 320;
    let Some(value) = &item.value else { return Ok(String::new()) };
    let content = value.start.saturating_add(MP4_VALUE_HEADER)..value.end;
    let length = content.end.saturating_sub(content.start);
    let Some(kind) = cursor.array(value.start)?.map(u32::from_be_bytes) else {
        return Ok(String::new());
    };
    if !matches!(&item.atom.name, b"trkn" | b"disk" | b"covr") && kind == MP4_UTF8 {
        let shown = content.start..content.end.min(content.start + SHOWN);
        let bytes = cursor.bytes(shown)?.unwrap_or_default();
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let Some([_, _, numbers @ ..]) = cursor.array::<6>(content.start)? else {
        return Ok(size_of(length));
    };
    let [number, total] = [[numbers[0], numbers[1]], [numbers[2], numbers[3]]];
    Ok(match &item.atom.name {
        b"trkn" | b"disk" if length >= 6 => {
            format!("{}/{}", u16::from_be_bytes(number), u16::from_be_bytes(total))
        }
        _ => size_of(length),
    })
}

fn size_of(length: u64) -> String {
    format!("{length} bytes")
}
