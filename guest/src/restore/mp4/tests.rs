//! Tests with MP4 files as TagLib reads and writes them.

use super::items::{UTF8, render_atom, render_free_form, render_value};
use super::place::{Found, ItemList};
use super::*;
use crate::containers::mp4::{Atom, Atoms, ChunkOffsets};
use crate::error::ErrorKind;
use crate::file::{ChangedRanges, DiskFile, unlinked};
use crate::inventory::Inventory;
use std::hash::RandomState;
use std::{fs, path::Path};

const MEDIA: &[u8] = b"one chunk, two chunks";

fn atom(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    render_atom(name, parts).unwrap()
}

fn item(name: &[u8; 4], kind: u32, content: &[u8]) -> Vec<u8> {
    atom(name, &[&render_value(kind, content).unwrap()])
}

fn text(name: &[u8; 4], content: &str) -> Vec<u8> {
    item(name, UTF8, content.as_bytes())
}

fn free_form(name: &str, content: &str) -> Vec<u8> {
    render_free_form(name, &[content]).unwrap()
}

/// Gives an atom a size of 64 bits.
fn long(atom: Vec<u8>) -> Vec<u8> {
    let size = atom.len() as u64 + 8;
    [&[0, 0, 0, 1], &atom[4..8], &size.to_be_bytes(), &atom[8..]].concat()
}

/// How a song is laid out.
#[derive(Clone, Copy, Default)]
struct Layout {
    media_first: bool,
    wide: bool,
    free: Option<usize>,
}

fn song(items: &[Vec<u8>], layout: Layout) -> Vec<u8> {
    // The length of the offsets does not depend on their values.
    let mut media = 0;
    loop {
        let song = song_with_media_at(media, items, layout);
        let at = song.windows(MEDIA.len()).position(|window| window == MEDIA).unwrap() as u32;
        if at == media {
            return song;
        }
        media = at;
    }
}

fn song_with_media_at(media: u32, items: &[Vec<u8>], layout: Layout) -> Vec<u8> {
    let offsets = [media, media + 11];
    let table = if layout.wide {
        let entries = offsets.map(|offset| u64::from(offset).to_be_bytes()).concat();
        atom(b"co64", &[&[0, 0, 0, 0, 0, 0, 0, 2], &entries])
    } else {
        atom(b"stco", &[&[0, 0, 0, 0, 0, 0, 0, 2], &offsets.map(u32::to_be_bytes).concat()])
    };
    let table = atom(b"minf", &[&atom(b"stbl", &[&table])]);
    let track =
        atom(b"trak", &[&atom(b"mdia", &[&atom(b"hdlr", &[b"\0\0\0\0\0\0\0\0soun"]), &table])]);
    let free = layout.free.map(|free| atom(b"free", &[&vec![1; free]])).unwrap_or_default();
    let ilst = atom(b"ilst", &[&items.concat()]);
    let meta = atom(b"meta", &[&[0; 4], &atom(b"hdlr", &[b"\0\0\0\0\0\0\0\0mdir"]), &ilst, &free]);
    let udta = atom(b"udta", &[&meta, &[0; 4]]);
    let moov = atom(b"moov", &[&udta, &track]);
    let moov = if layout.wide { long(moov) } else { moov };
    let mdat = atom(b"mdat", &[MEDIA]);
    let head = atom(b"ftyp", &[b"M4A \0\0\0\0"]);
    if layout.media_first { [head, mdat, moov] } else { [head, moov, mdat] }.concat()
}

fn requested(properties: &[(&str, &[&str])]) -> Requested {
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let properties =
        properties.iter().map(|(key, values)| ((*key).to_owned(), texts(values))).collect();
    Requested { properties, ..Requested::default() }
}

fn try_restored(original: &[u8], edited: &[u8], requested: &Requested) -> Result<Vec<u8>> {
    let budget = unlinked::budget();
    let file = DiskFile::from(unlinked::file(edited));
    let mut changed = ChangedRanges::default();
    let mut copy = EditedCopy::new(&file, edited.len() as u64, &mut changed, &budget);
    restore(&mut Cursor::over(original, &budget), &mut copy, requested)?;
    let size = copy.size();
    copy.read(|cursor| cursor.bytes(0..size)).map(Option::unwrap)
}

fn restored(original: &[u8], edited: &[u8], requested: &Requested) -> Vec<u8> {
    try_restored(original, edited, requested).unwrap()
}

/// Returns the items of a file, byte for byte.
fn items(file: &[u8]) -> Vec<Vec<u8>> {
    let budget = unlinked::budget();
    let mut cursor = Cursor::over(file, &budget);
    let Found::List(list) = ItemList::read(&mut cursor).unwrap() else { panic!("no items") };
    let ranges = list.items.into_iter().map(|item| item.atom.range);
    ranges.map(|range| file[range.start as usize..range.end as usize].to_vec()).collect()
}

/// Returns what the chunk offsets of a file point to.
fn chunks(file: &[u8], length: usize) -> Vec<Vec<u8>> {
    fn tables(cursor: &mut Cursor<'_>, mut walk: Atoms, found: &mut Vec<Atom>) {
        while let Some(atom) = walk.next(cursor).unwrap() {
            match &atom.name {
                b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => {
                    let children = atom.children(cursor).unwrap();
                    tables(cursor, children, found);
                }
                b"stco" | b"co64" => found.push(atom),
                _ => {}
            }
        }
    }
    let budget = unlinked::budget();
    let mut cursor = Cursor::over(file, &budget);
    let mut found = Vec::new();
    tables(&mut cursor, Atoms::within(0..file.len() as u64), &mut found);
    let mut chunks = Vec::new();
    for table in found {
        let mut offsets = ChunkOffsets::read(&mut cursor, &table).unwrap().unwrap();
        while let Some(offset) = offsets.next(&mut cursor).unwrap() {
            chunks.push(file[offset as usize..][..length].to_vec());
        }
    }
    chunks
}

fn inventory(file: &[u8], keys: &RandomState) -> Inventory {
    Inventory::take(&mut Cursor::over(file, &unlinked::budget()), keys).unwrap()
}

fn lost(before: &[u8], after: &[u8], requested: &Requested) -> Vec<String> {
    let keys = RandomState::new();
    let lost = inventory(before, &keys).lost(&inventory(after, &keys), requested);
    lost.into_iter().map(|loss| format!("{} {}", loss.kind, loss.key)).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../__test__/fixtures/audio");
    fs::read(fixtures.join(name)).unwrap()
}

/// Returns a value with a language of its own.
fn localised(name: &[u8; 4], content: &str) -> Vec<u8> {
    let mut item = text(name, content);
    item[20..24].copy_from_slice(&[0x55, 0x53, 0x15, 0xC7]);
    item
}

#[test]
fn a_new_title_leaves_every_other_item_as_it_was() {
    let originals = [
        item(b"trkn", 0, &[0, 0, 0, 3, 0, 12, 0, 0]),
        text(b"\xA9nam", "old"),
        localised(b"\xA9cmt", "zwei"),
        text(b"\xA9cmt", "two"),
        item(b"gnre", 0, &[0, 18]),
        free_form("iTunNORM", " 0000"),
        item(b"rate", 21, &[80]),
        item(b"xtra", 99, b"anything"),
    ];
    let edited = [
        free_form("ITUNNORM", " 0000"),
        free_form("iTunNORM", " 0000"),
        text(b"\xA9cmt", "zwei"),
        text(b"\xA9gen", "Rock"),
        text(b"\xA9nam", "new"),
        item(b"trkn", 0, &[0, 0, 0, 3, 0, 0, 0, 0]),
    ];
    let mut expected = originals.to_vec();
    expected[1] = edited[4].clone();
    let layout = Layout { free: Some(200), ..Layout::default() };
    let (original, edited) = (song(&originals, layout), song(&edited, layout));
    let requested = requested(&[("TITLE", &["new"])]);
    assert_ne!(lost(&original, &edited, &requested), [""; 0]);
    let restored = restored(&original, &edited, &requested);
    assert_eq!(items(&restored), expected);
    assert_eq!(lost(&original, &restored, &requested), [""; 0]);
}

#[test]
fn what_is_removed_is_gone_in_whatever_case_its_name_is() {
    let originals = [free_form("iTunNORM", "1"), text(b"\xA9nam", "old"), text(b"\xA9alb", "it")];
    let edited = [free_form("iTunNORM", "1"), atom(b"\xA9nam", &[]), text(b"\xA9alb", "it")];
    let requested = requested(&[("ITUNNORM", &[]), ("TITLE", &[])]);
    let [original, edited] = [originals, edited].map(|items| song(&items, Layout::default()));
    assert_eq!(items(&restored(&original, &edited, &requested)), [text(b"\xA9alb", "it")]);
}

#[test]
fn a_free_form_item_keeps_its_name_and_a_new_one_gets_that_of_its_property() {
    let original = song(&[free_form("iTunNORM", "1")], Layout::default());
    let edited = song(&[free_form("iTunNORM", "1"), free_form("ITUNNORM", "2")], Layout::default());
    let requested = requested(&[
        ("ITUNNORM", &["2"]),
        ("MUSICBRAINZ_ALBUMID", &["id"]),
        ("STIMMUNG É", &["x"]),
    ]);
    let expected = [
        free_form("iTunNORM", "2"),
        free_form("MusicBrainz Album Id", "id"),
        free_form("STIMMUNG É", "x"),
    ];
    assert_eq!(items(&restored(&original, &edited, &requested)), expected);
}

#[test]
fn the_numbers_of_tracks_and_discs_have_their_totals() {
    let originals =
        [item(b"trkn", 0, &[0, 0, 0, 2, 0, 12, 0, 9]), item(b"disk", 0, &[0, 0, 0, 1, 0, 2])];
    let edited =
        [item(b"trkn", 0, &[0, 0, 0, 3, 0, 0, 0, 0]), item(b"disk", 0, &[0, 0, 0, 2, 0, 0])];
    let requested = requested(&[("TRACKNUMBER", &["3/12"]), ("DISCNUMBER", &["60000"])]);
    let [original, edited, untagged] =
        [&originals[..], &edited, &[]].map(|items| song(items, Layout::default()));
    let expected =
        [item(b"trkn", 0, &[0, 0, 0, 3, 0, 12, 0, 9]), item(b"disk", 0, &[0, 0, 0xEA, 0x60, 0, 0])];
    assert_eq!(items(&restored(&original, &edited, &requested)), expected);
    let expected =
        [item(b"trkn", 0, &[0, 0, 0, 3, 0, 12, 0, 0]), item(b"disk", 0, &[0, 0, 0xEA, 0x60, 0, 0])];
    assert_eq!(items(&restored(&untagged, &edited, &requested)), expected);
}

#[test]
fn a_number_that_mp4_has_no_room_for_is_refused() {
    let song = song(&[text(b"\xA9nam", "title")], Layout::default());
    for text in ["70000", "3/70000", "A5", "-1"] {
        let requested = requested(&[("TRACKNUMBER", &[text])]);
        let error = try_restored(&song, &song, &requested).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::FileOperation { .. }), "{text}: {error:?}");
    }
}

#[test]
fn a_rating_is_taken_from_the_ratings_or_from_the_property() {
    let original = song(&[free_form("RATING", "0.2"), item(b"rate", 21, &[80])], Layout::default());
    let edited = song(&[free_form("RATING", "0.8"), item(b"rate", 21, &[80])], Layout::default());
    let ratings = Requested { ratings: true, ..Requested::default() };
    let property = requested(&[("RATING", &["90"])]);
    for (requested, expected) in [(ratings, "0.8"), (property, "90"), (Requested::default(), "0.2")]
    {
        let restored = restored(&original, &edited, &requested);
        assert_eq!(items(&restored), [free_form("RATING", expected), item(b"rate", 21, &[80])]);
        assert_eq!(lost(&original, &restored, &requested), [""; 0]);
    }
}

#[test]
fn cleared_tags_keep_what_no_edit_can_ask_for() {
    let originals = [
        text(b"\xA9nam", "title"),
        free_form("iTunNORM", "1"),
        item(b"covr", 13, b"jpeg"),
        text(b"\xA9lyr", "la la"),
        item(b"stik", 21, &[1]),
    ];
    let edited = [atom(b"covr", &[]), free_form("iTunNORM", "1"), item(b"stik", 21, &[1])];
    let requested = Requested {
        all_properties: true,
        pictures: true,
        ratings: true,
        lyrics: true,
        chapters: true,
        ..Requested::default()
    };
    let original = song(&originals, Layout::default());
    let restored = restored(&original, &song(&edited, Layout::default()), &requested);
    assert_eq!(items(&restored), [item(b"stik", 21, &[1])]);
    assert_eq!(lost(&original, &restored, &requested), [""; 0]);
}

#[test]
fn audio_and_its_offsets_agree_whether_the_list_fits_or_grows() {
    let requested = requested(&[("TITLE", &["new"])]);
    let lists =
        [vec![text(b"\xA9nam", "new")], vec![text(b"\xA9nam", "new"), text(b"\xA9alb", "a")]];
    for media_first in [false, true] {
        for wide in [false, true] {
            // Larger than the place, of its size, and smaller by any number of bytes.
            for length in (0..60).chain([3_000]) {
                for edited in &lists {
                    let layout = Layout { media_first, wide, free: Some(100) };
                    let kept = item(b"xtra", 99, &vec![7; length]);
                    let original = song(&[text(b"\xA9nam", "old"), kept.clone()], layout);
                    let edited = song(edited, Layout { free: Some(40), ..layout });
                    let restored = restored(&original, &edited, &requested);
                    assert_eq!(items(&restored), [text(b"\xA9nam", "new"), kept], "{length}");
                    assert_eq!(chunks(&restored, 4), [b"one ", b"two "], "{length}");
                    assert_eq!(lost(&original, &restored, &requested), [""; 0], "{length}");
                }
            }
        }
    }
}

#[test]
fn a_list_that_fits_into_its_place_moves_nothing() {
    let requested = requested(&[("TITLE", &["new"])]);
    let original = song(&[text(b"\xA9nam", "old"), text(b"xtra", "x")], Layout::default());
    let layout = Layout { free: Some(100), ..Layout::default() };
    let edited = song(&[text(b"\xA9nam", "new")], layout);
    let once = restored(&original, &edited, &requested);
    assert_eq!(once.len(), edited.len());
    assert_eq!(restored(&once, &once, &requested), once);
}

#[test]
fn a_fragmented_file_that_would_have_to_grow_is_left_as_it_is() {
    let requested = requested(&[("TITLE", &["new"])]);
    let fragment = [atom(b"moof", &[b"fragment"]), atom(b"mdat", &[b"media"])].concat();
    let fragmented = |items: &[Vec<u8>], free| {
        let layout = Layout { free: Some(free), ..Layout::default() };
        [song(items, layout), fragment.clone()].concat()
    };
    let originals = [text(b"\xA9nam", "old"), text(b"xtra", "x")];
    let original = fragmented(&originals, 100);
    let edited = fragmented(&[text(b"\xA9nam", "new")], 100);
    assert_eq!(items(&restored(&original, &edited, &requested))[1..], originals[1..]);
    let edited = fragmented(&[text(b"\xA9nam", "new")], 0);
    let restored = restored(&original, &edited, &requested);
    assert_eq!(restored, edited);
    assert_eq!(lost(&original, &restored, &requested), ["MP4 item xtra"]);
}

#[test]
fn offsets_beyond_32_bits_are_not_written() {
    let requested = requested(&[("TITLE", &["new"])]);
    let originals = [text(b"\xA9nam", "old"), text(b"xtra", "x")];
    let original = song_with_media_at(u32::MAX - 500, &originals, Layout::default());
    let edited = song_with_media_at(u32::MAX - 500, &originals[..1], Layout::default());
    assert_eq!(restored(&original, &edited, &requested), edited);
}

#[test]
fn a_list_with_junk_in_it_is_left_as_it_is() {
    let requested = requested(&[("TITLE", &["new"])]);
    let original = song(&[text(b"\xA9nam", "old"), b"junk".to_vec()], Layout::default());
    let edited = song(&[text(b"\xA9nam", "new")], Layout::default());
    let restored = restored(&original, &edited, &requested);
    assert_eq!(restored, edited);
    assert_eq!(lost(&original, &restored, &requested), ["MP4 atom moov/udta/meta/ilst"]);
}

#[test]
fn a_title_in_a_real_file_changes_nothing_else() {
    for name in ["aac.m4a", "alac.m4a", "chapters.m4a", "plain.m4a"] {
        let original = fixture(name);
        let requested = requested(&[("TITLE", &["new"])]);
        let edited = with_items(&original, &[text(b"\xA9nam", "new")]);
        let restored = restored(&original, &edited, &requested);
        let is_title = |item: &Vec<u8>| item[4..8] == *b"\xA9nam";
        let (titles, others): (Vec<_>, Vec<_>) = items(&restored).into_iter().partition(is_title);
        assert_eq!(titles, [text(b"\xA9nam", "new")], "{name}");
        let mut kept = items(&original);
        kept.retain(|item| !is_title(item));
        assert_eq!(others, kept, "{name}");
        assert_eq!(chunks(&restored, 20), chunks(&original, 20), "{name}");
        assert_eq!(lost(&original, &restored, &requested), [""; 0], "{name}");
        assert_eq!(lost(&restored, &original, &requested), [""; 0], "{name}");
    }
}

/// Returns the file with other items.
fn with_items(file: &[u8], items: &[Vec<u8>]) -> Vec<u8> {
    let budget = unlinked::budget();
    let Found::List(list) = ItemList::read(&mut Cursor::over(file, &budget)).unwrap() else {
        panic!("no items")
    };
    let disk_file = DiskFile::from(unlinked::file(file));
    let mut changed = ChangedRanges::default();
    let mut copy = EditedCopy::new(&disk_file, file.len() as u64, &mut changed, &budget);
    list.place.write(&mut copy, atom(b"ilst", &[&items.concat()])).unwrap();
    let size = copy.size();
    copy.read(|cursor| cursor.bytes(0..size)).unwrap().unwrap()
}

#[test]
fn a_change_of_any_byte_but_audio_and_padding_is_a_loss() {
    for (name, from, to) in [("aac.m4a", 1_462, 2_795), ("chapters.m4a", 1_502, 2_846)] {
        let file = fixture(name);
        let keys = RandomState::new();
        let before = inventory(&file, &keys);
        let position = |name: &[u8; 4]| positions(&file, name)[0];
        // The number of the next track, and the version of `meta`.
        let mut left_out = vec![position(b"mvhd") + 100, position(b"meta") + 4];
        // Sizes, names and contents of the tables that hold one chunk offset.
        left_out.extend(
            positions(&file, b"stco")
                .into_iter()
                .flat_map(|at| [-4, 0, 4, 8, 12].map(|part| (at as isize + part) as usize)),
        );
        for at in from..to {
            if left_out.iter().any(|start| (*start..start + 4).contains(&at)) {
                continue;
            }
            let mut changed = file.clone();
            changed[at] ^= 0x10;
            let lost = before.lost(&inventory(&changed, &keys), &Requested::default());
            assert!(!lost.is_empty(), "{name}: {at}");
        }
    }
}

/// Returns where a name occurs in a file.
fn positions(file: &[u8], name: &[u8]) -> Vec<usize> {
    let windows = file.windows(name.len()).enumerate();
    windows.filter(|(_, window)| *window == name).map(|(at, _)| at).collect()
}

#[test]
fn both_kinds_of_chapters_are_lost_unless_they_were_asked_for() {
    let file = fixture("chapters.m4a");
    let [track, list] = positions(&file, b"Part 2")[..] else { panic!("two kinds") };
    let chapters = Requested { chapters: true, ..Requested::default() };
    for (at, key) in [(track, "moov/trak"), (list, "moov/udta/chpl")] {
        let mut changed = file.clone();
        changed[at] = b'F';
        let expected = format!("chapter list {key}");
        assert_eq!(lost(&file, &changed, &Requested::default()), [expected]);
        assert_eq!(lost(&file, &changed, &chapters), [""; 0]);
    }
    // TagLib removes the track, what refers to it, and the list.
    let mut removed = file.clone();
    let tracks = positions(&file, b"trak");
    for at in [positions(&file, b"tref")[0], tracks[1], positions(&file, b"chpl")[0]] {
        removed[at..at + 4].copy_from_slice(b"free");
    }
    assert_ne!(lost(&file, &removed, &Requested::default()), [""; 0]);
    assert_eq!(lost(&file, &removed, &chapters), [""; 0]);
}

#[test]
fn a_loss_shows_what_was_in_an_item() {
    let originals = [
        text(b"\xA9nam", "a title"),
        item(b"trkn", 0, &[0, 0, 0, 3, 0, 12, 0, 0]),
        item(b"covr", 13, &[7; 1_000]),
        free_form("MOOD", "good"),
    ];
    let [before, after] = [&originals[..], &[]].map(|items| song(items, Layout::default()));
    let keys = RandomState::new();
    let lost = inventory(&before, &keys).lost(&inventory(&after, &keys), &Requested::default());
    let lost: Vec<_> = lost.iter().map(|loss| (&*loss.key, &*loss.before)).collect();
    let expected = [
        ("©nam", "a title"),
        ("trkn", "3/12"),
        ("covr", "1000 bytes"),
        ("----:com.apple.iTunes:MOOD", "good"),
    ];
    assert_eq!(lost, expected);
}

#[test]
fn a_moved_index_of_fragments_is_a_loss() {
    let index = [atom(b"moof", &[b"fragment"]), atom(b"mfra", &[b"offsets"])].concat();
    let song = |free| song(&[], Layout { free: Some(free), ..Layout::default() });
    let [before, after] = [song(10), song(20)].map(|song| [song, index.clone()].concat());
    assert_eq!(lost(&before, &after, &Requested::default()), ["MP4 atom mfra"]);
}
