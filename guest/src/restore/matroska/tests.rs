//! Tests the restoration of Matroska files that TagLib has written.

use super::super::tests::{restored, title};
use super::write;
use crate::containers::Cursor;
use crate::containers::matroska::*;
use crate::file::unlinked;
use crate::tags::{Requested, TagPart};

fn element(id: u32, parts: &[&[u8]]) -> Vec<u8> {
    write::element(id, &parts.concat(), 1, &unlinked::budget()).unwrap()
}

fn number(id: u32, value: u64) -> Vec<u8> {
    write::number(id, value, 1, &unlinked::budget()).unwrap()
}

fn simple_tag(name: &str, value: &str, others: &[u8]) -> Vec<u8> {
    let name = element(TAG_NAME, &[name.as_bytes()]);
    element(SIMPLE_TAG, &[&name, &element(TAG_STRING, &[value.as_bytes()]), others])
}

fn tag(level: Option<u64>, simple_tags: &[&[u8]]) -> Vec<u8> {
    let level = level.map_or(Vec::new(), |level| number(TARGET_TYPE_VALUE, level));
    element(TAG, &[&element(TARGETS, &[&level]), &simple_tags.concat()])
}

fn tags(list: &[&[u8]]) -> Vec<u8> {
    element(TAGS, list)
}

/// Returns the tags that TagLib writes for a title.
fn edited_title(value: &str) -> Vec<u8> {
    tags(&[&tag(Some(30), &[&simple_tag("TITLE", value, b"")])])
}

fn cluster(content: &[u8]) -> Vec<u8> {
    element(CLUSTER, &[&number(0xE7, 0), &element(SIMPLE_BLOCK, &[content])])
}

const HEADER: &[u8] = b"\x1A\x45\xDF\xA3\x84head";

fn file(parts: &[&[u8]]) -> Vec<u8> {
    let segment = write::element(SEGMENT, &parts.concat(), 8, &unlinked::budget()).unwrap();
    [HEADER, &segment].concat()
}

fn live_file(parts: &[&[u8]]) -> Vec<u8> {
    [HEADER, b"\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF", &parts.concat()].concat()
}

/// Where the segment's body begins in a file of [`file`].
const BODY: usize = HEADER.len() + 12;

/// Returns the identifiers and positions of the children of the segment.
fn children(file: &[u8]) -> Vec<(u32, u64)> {
    let budget = unlinked::budget();
    let mut cursor = Cursor::over(file, &budget);
    let Ok(segment) = super::segment::Segment::read(&mut cursor) else { panic!("{file:?}") };
    segment.children.iter().map(|child| (child.id, segment.position(child))).collect()
}

fn position(file: &[u8], id: u32) -> u64 {
    children(file).into_iter().find(|child| child.0 == id).unwrap().1
}

fn seek(id: u32, position: u64) -> Vec<u8> {
    element(SEEK, &[&element(SEEK_ID, &[&id.to_be_bytes()]), &number(SEEK_POSITION, position)])
}

/// Returns the entries of the first `SeekHead`.
fn seeks(file: &[u8]) -> Vec<(u32, u64)> {
    numbers_of(file, SEEK_HEAD, &[SEEK], &[SEEK_ID, SEEK_POSITION])
        .chunks(2)
        .map(|pair| (pair[0] as u32, pair[1]))
        .collect()
}

/// Returns the numbers in the elements `ids`, which are in `parents` in a child of the segment.
fn numbers_of(file: &[u8], child: u32, parents: &[u32], ids: &[u32]) -> Vec<u64> {
    let budget = unlinked::budget();
    let mut cursor = Cursor::over(file, &budget);
    let Ok(segment) = super::segment::Segment::read(&mut cursor) else { panic!("{file:?}") };
    let mut found = Vec::new();
    let mut left: Vec<_> = segment.children.into_iter().filter(|it| it.id == child).collect();
    while let Some(element) = left.pop() {
        each_child(&mut cursor, &element, |cursor, part| {
            if ids.contains(&part.id) {
                found.push(unsigned(cursor, &part.body).unwrap().unwrap());
            } else if parents.contains(&part.id) {
                let mut walk = Elements::within(part.body.clone());
                while let Some(inner) = walk.next(cursor).unwrap() {
                    if ids.contains(&inner.id) {
                        found.push(unsigned(cursor, &inner.body).unwrap().unwrap());
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    }
    found
}

fn has(file: &[u8], bytes: &[u8]) -> bool {
    file.windows(bytes.len()).any(|window| window == bytes)
}

#[test]
fn a_title_keeps_its_language_and_what_is_in_it_and_all_else() {
    let others = [element(TAG_LANGUAGE, &[b"ger"]), simple_tag("SORT_WITH", "Titel", b"")].concat();
    let song = [
        &simple_tag("TITLE", "old", &others)[..],
        &simple_tag("Own Name", "x", b""),
        &element(SIMPLE_TAG, &[&element(TAG_NAME, &[b"BLOB"]), &element(TAG_BINARY, &[b"\0"])]),
    ];
    let album = tag(Some(50), &[&simple_tag("TITLE", "album", b"")]);
    let original = file(&[&cluster(b"audio"), &tags(&[&tag(Some(30), &song), &album])]);
    let copy = file(&[&cluster(b"audio"), &edited_title("new")]);
    let title_of = |value| simple_tag("TITLE", value, &others);
    let expected = [&title_of("new")[..], song[1], song[2]];
    let expected = file(&[&cluster(b"audio"), &tags(&[&tag(Some(30), &expected), &album])]);
    assert_eq!(restored(&original, &copy, &title("new")), expected);
}

#[test]
fn a_change_that_asks_for_nothing_gives_the_original() {
    let chapters = element(CHAPTERS, &[b"\x45\xB9\x81c"]);
    let original = file(&[&chapters, &cluster(b"a"), &edited_title("old"), &element(VOID, &[b""])]);
    for copy in [file(&[&cluster(b"a"), &edited_title("x")]), original[..BODY + 9].to_vec()] {
        assert_eq!(restored(&original, &copy, &Requested::default()), original);
    }
}

#[test]
fn a_live_recording_stays_one_with_its_tags_before_the_clusters() {
    let live_cluster = b"\x1F\x43\xB6\x75\xFF\xE7\x81\x01\xA3\x82ab";
    let tracks = element(TRACKS, &[b"\xAE\x81t"]);
    let original = live_file(&[&tracks, live_cluster, live_cluster]);
    // TagLib gives the segment a size that ends in the middle of it, and appends.
    let mut copy = file(&[&tracks, live_cluster, live_cluster, &edited_title("new")]);
    copy[BODY - 8..BODY].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 9]);
    let saved = restored(&original, &copy, &title("new"));
    let expected = live_file(&[&tracks, &edited_title("new"), b"\xEC"]);
    assert!(saved.starts_with(&expected), "{saved:?}");
    assert!(saved.ends_with(&[&live_cluster[..], live_cluster].concat()));
    assert_eq!(children(&saved).iter().filter(|child| child.0 == CLUSTER).count(), 2);
}

#[test]
fn tags_that_fit_into_their_padding_move_nothing() {
    let padding = element(VOID, &[&[0; 60]]);
    let original = file(&[&edited_title("old"), &padding, &cluster(b"audio")]);
    let new = "a title that is longer";
    let copy = file(&[&edited_title(new), &cluster(b"audio")]);
    let saved = restored(&original, &copy, &title(new));
    assert_eq!(saved.len(), original.len());
    assert_eq!(position(&saved, CLUSTER), position(&original, CLUSTER));
    assert!(has(&saved, &edited_title(new)));
}

#[test]
fn tags_that_outgrow_their_place_go_behind_the_clusters_if_a_seek_head_tells_of_them() {
    let places = |tags| element(SEEK_HEAD, &[&seek(TAGS, tags), &seek(CLUSTER, 300)]);
    let head = places(u64::from(u8::MAX)).len() as u64;
    let original =
        file(&[&places(head), &edited_title("old"), &element(VOID, &[&[0; 9]]), &cluster(b"a")]);
    let new = "a title that is longer than all of the padding";
    let copy = file(&[&edited_title(new), &cluster(b"a")]);
    let saved = restored(&original, &copy, &title(new));
    assert_eq!(position(&saved, CLUSTER), position(&original, CLUSTER));
    assert!(saved.ends_with(&edited_title(new)));
    // There was no element at the other position.
    assert_eq!(seeks(&saved), [(TAGS, position(&saved, TAGS)), (CLUSTER, 300)]);
    let again = restored(&saved, &copy, &title(new));
    assert_eq!(again, saved);
}

#[test]
fn cues_and_seek_heads_follow_clusters_that_have_to_move() {
    let cues = |at| {
        let positions = element(CUE_TRACK_POSITIONS, &[&number(CUE_CLUSTER_POSITION, at)]);
        element(CUES, &[&element(CUE_POINT, &[&positions])])
    };
    let tags_at = 0;
    let cluster_at = edited_title("old").len() as u64;
    let cluster = cluster(b"audio");
    let original =
        file(&[&edited_title("old"), &cluster, &cues(cluster_at), &element(INFO, &[b""])]);
    assert_eq!(position(&original, TAGS), tags_at);
    let new = "a longer title";
    let copy = file(&[&edited_title(new), &cluster]);
    let saved = restored(&original, &copy, &title(new));
    let moved_to = position(&saved, CLUSTER);
    assert!(moved_to > cluster_at);
    let found = numbers_of(&saved, CUES, &[CUE_POINT], &[CUE_TRACK_POSITIONS]);
    assert_eq!(found.len(), 1);
    assert!(has(&saved, &number(CUE_CLUSTER_POSITION, moved_to)));
    assert!(has(&saved, &cluster));
    assert_eq!(restored(&saved, &copy, &title(new)), saved);
}

#[test]
fn clusters_that_say_where_they_are_do_not_move() {
    let cluster = element(CLUSTER, &[&number(CLUSTER_POSITION, 77), &number(0xE7, 0)]);
    let original = file(&[&edited_title("old"), &cluster]);
    let new = "a longer title";
    let saved = restored(&original, &file(&[&edited_title(new), &cluster]), &title(new));
    assert_eq!(position(&saved, CLUSTER), position(&original, CLUSTER));
    assert!(saved.ends_with(&edited_title(new)));
}

#[test]
fn a_level_that_is_missing_beside_that_of_a_track_is_an_albums() {
    let album = |level| tag(level, &[&simple_tag("TITLE", "album", b"")]);
    let song = |value| tag(Some(30), &[&simple_tag("TITLE", value, b"")]);
    let original = file(&[&cluster(b"a"), &tags(&[&album(None), &song("old")])]);
    let copy = file(&[&cluster(b"a"), &edited_title("new")]);
    // The level is written, so that TagLib does not take the album's title for the song's.
    let expected = file(&[&cluster(b"a"), &tags(&[&song("new"), &album(Some(50))])]);
    assert_eq!(restored(&original, &copy, &title("new")), expected);
    // Texts that TagLib takes for nothing else keep their tag.
    let mood = tag(None, &[&simple_tag("TITLE", "album", b""), &simple_tag("MOOD", "calm", b"")]);
    let original_of = |album: &[u8]| file(&[&cluster(b"a"), &tags(&[album, &song("old")])]);
    let mood_alone = tag(None, &[&simple_tag("MOOD", "calm", b"")]);
    let expected = file(&[&cluster(b"a"), &tags(&[&mood_alone, &song("new"), &album(Some(50))])]);
    assert_eq!(restored(&original_of(&mood), &copy, &title("new")), expected);
    let artist =
        Requested { properties: vec![("ARTIST".to_owned(), Vec::new())], ..Requested::default() };
    let original_without_artist = original_of(&mood);
    assert_eq!(restored(&original_without_artist, &copy, &artist), original_without_artist);
    // Without a track, the level must be stated.
    let no_title =
        Requested { properties: vec![("TITLE".to_owned(), Vec::new())], ..Requested::default() };
    let expected = file(&[&cluster(b"a"), &tags(&[&album(Some(50))])]);
    assert_eq!(restored(&original, &file(&[&cluster(b"a")]), &no_title), expected);
    // FFmpeg leaves out all levels.
    let original = file(&[&cluster(b"a"), &tags(&[&album(None)])]);
    let expected = [&simple_tag("TITLE", "new", b"")[..]];
    let expected = file(&[&cluster(b"a"), &tags(&[&tag(None, &expected)])]);
    assert_eq!(restored(&original, &copy, &title("new")), expected);
}

#[test]
fn pictures_that_stay_keep_their_names_and_other_attachments_stay() {
    let attachment = |name: &str, kind: &str, data: &[u8], uid| {
        let name = element(FILE_NAME, &[name.as_bytes()]);
        let kind = element(FILE_MEDIA_TYPE, &[kind.as_bytes()]);
        let data = element(FILE_DATA, &[data]);
        element(ATTACHED_FILE, &[&name, &kind, &data, &number(0x46AE, uid)])
    };
    let cover = attachment("cover.png", "image/png", b"front", 5);
    let font = attachment("font.ttf", "font/ttf", b"letters", 6);
    let land = attachment("cover_land.png", "image/png", b"wide", 7);
    let all = |files: &[&[u8]]| file(&[&cluster(b"a"), &element(ATTACHMENTS, files)]);
    let original = all(&[&cover, &font, &land]);
    let renamed = attachment("attachment.png", "image/png", b"front", 99);
    let new = attachment("attachment.jpg", "image/jpeg", b"new", 98);
    let pictures = Requested { pictures: true, ..Requested::default() };
    let saved = restored(&original, &all(&[&renamed, &new]), &pictures);
    assert_eq!(saved, all(&[&cover, &font, &new]));
    let saved = restored(&original, &all(&[]), &pictures);
    assert_eq!(saved, all(&[&font]));
    assert_eq!(restored(&original, &all(&[&renamed, &new]), &Requested::default()), original);
}

#[test]
fn the_title_of_the_file_follows_the_tag_that_says_the_same() {
    let info = |title: &str| element(INFO, &[&element(TITLE, &[title.as_bytes()])]);
    let original = |stored: &str| file(&[&info(stored), &cluster(b"a"), &edited_title("old")]);
    let copy = file(&[&cluster(b"a"), &edited_title("new")]);
    for (stored, expected) in [("old", "new"), ("another", "another")] {
        let saved = restored(&original(stored), &copy, &title("new"));
        assert!(saved.starts_with(&file(&[&info(expected)])[..HEADER.len()]));
        assert!(has(&saved, &info(expected)), "{stored}");
    }
}

#[test]
fn all_tags_are_together_after_a_change_since_taglib_reads_the_last_of_them() {
    let mood = tag(Some(30), &[&simple_tag("MOOD", "calm", b"")]);
    let song = |value| tag(Some(30), &[&simple_tag("TITLE", value, b"")]);
    let original = file(&[&cluster(b"a"), &tags(&[&song("old")]), &tags(&[&mood])]);
    let copy = file(&[&cluster(b"a"), &tags(&[&song("old")]), &tags(&[&mood, &song("new")])]);
    let saved = restored(&original, &copy, &title("new"));
    assert_eq!(children(&saved).iter().filter(|child| child.0 == TAGS).count(), 1);
    assert!(has(&saved, &tags(&[&song("new"), &mood])));
}

#[test]
fn a_cleared_file_keeps_what_no_edit_can_name() {
    let all = Requested { all_properties: true, ..Requested::default() };
    assert!(!all.contains(&TagPart::Other));
    let track = element(TARGETS, &[&number(0x63C5, 7)]);
    let of_track = element(TAG, &[&track, &simple_tag("BPS", "64000", b"")]);
    let song = tag(Some(30), &[&simple_tag("TITLE", "old", b""), &simple_tag("A", "b", b"")]);
    let original = file(&[&cluster(b"a"), &tags(&[&song, &of_track])]);
    let saved = restored(&original, &file(&[&cluster(b"a")]), &all);
    assert_eq!(saved, file(&[&cluster(b"a"), &tags(&[&of_track])]));
    let original = file(&[&cluster(b"a"), &tags(&[&song])]);
    assert_eq!(restored(&original, &file(&[&cluster(b"a")]), &all), file(&[&cluster(b"a")]));
}
