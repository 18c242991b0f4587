//! Tests that the changes of an edit arrive, or are refused.

use crate::support::{fixtures, preopen, scratch};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use taglib_wasi_guest::{
    Cancellation, Edit, ErrorKind, Field, Limits, Lyrics, Metadata, OnLoss, Preopens, Rating,
    ReadOptions, Result, SaveOptions, Source, apply, read_metadata, save,
};

/// A copy of a fixture.
struct Copy {
    file: PathBuf,
    preopens: Arc<Preopens>,
    path: String,
}

impl Copy {
    fn of(test: &str, name: &str) -> Self {
        let folder = scratch(&format!("edit-{test}-{name}"));
        let file = folder.join(name);
        fs::copy(fixtures().join(name), &file).unwrap();
        Self { file, preopens: preopen(&folder), path: format!("/music/{name}") }
    }

    fn save(&self, edit: &Edit) -> Result<()> {
        let (options, cancellation) = (SaveOptions::default(), Cancellation::default());
        save(&self.preopens, &self.path, edit, &options, Limits::default(), &cancellation).map(drop)
    }

    fn apply(&self, edit: &Edit) -> Result<Vec<u8>> {
        let source = Source::Bytes(self.bytes());
        apply(&source, edit.clone(), OnLoss::Refuse, Limits::default(), &Cancellation::default())
    }

    fn read(&self) -> Metadata {
        let source = Source::Path { preopens: Arc::clone(&self.preopens), path: self.path.clone() };
        read_metadata(&source, ReadOptions::default(), Limits::default(), &Cancellation::default())
            .unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.file).unwrap()
    }
}

fn fields(fields: &[(&str, &[&str])]) -> Edit {
    let fields = fields.iter().map(|(name, values)| {
        ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    });
    Edit { fields: fields.collect(), ..Edit::default() }
}

fn field(metadata: &Metadata, name: &str) -> Option<Field> {
    metadata.tags.fields.iter().find(|(known, _)| known == name).map(|(_, field)| field.clone())
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

/// One fixture for each kind of tags that stores the total after the number.
const JOINED: [&str; 7] =
    ["id3v24.mp3", "id3v23.mp3", "id3.aiff", "id3.wav", "id3.tta", "ape.wv", "plain.mp3"];

#[test]
fn a_track_with_its_total_is_written_as_both() {
    let edit = fields(&[("track", &["5"]), ("totalTracks", &["17"])]);
    for name in JOINED {
        let copy = Copy::of("totals", name);
        assert!(contains(&copy.apply(&edit).unwrap(), "5/17"), "{name}, by bytes");
        copy.save(&edit).unwrap();
        assert!(contains(&copy.bytes(), "5/17"), "{name}");
    }
    for name in ["aac.m4a", "vorbis-comment.flac", "opus.opus", "tagged.mka"] {
        let copy = Copy::of("totals", name);
        let options = SaveOptions { on_loss: OnLoss::Ignore, ..SaveOptions::default() };
        save(
            &copy.preopens,
            &copy.path,
            &edit,
            &options,
            Limits::default(),
            &Cancellation::default(),
        )
        .unwrap();
        let metadata = copy.read();
        assert_eq!(field(&metadata, "track"), Some(Field::Number(5.0)), "{name}");
        assert_eq!(field(&metadata, "totalTracks"), Some(Field::Number(17.0)), "{name}");
    }
}

#[test]
fn a_new_number_leaves_its_total_as_it_is() {
    for name in JOINED {
        let copy = Copy::of("kept-total", name);
        copy.save(&fields(&[("track", &["5"]), ("totalTracks", &["17"])])).unwrap();
        copy.save(&fields(&[("track", &["6"])])).unwrap();
        assert!(contains(&copy.bytes(), "6/17"), "{name}");
    }
}

#[test]
fn leading_zeros_and_sides_of_records_stay_when_something_else_changes() {
    for (number, total) in [("03", "012"), ("A5", "B9")] {
        for name in JOINED {
            let copy = Copy::of("number-texts", name);
            copy.save(&fields(&[("track", &[number]), ("totalTracks", &[total])])).unwrap();
            let text = format!("{number}/{total}");
            assert!(contains(&copy.bytes(), &text), "{name}");
            copy.save(&fields(&[("title", &["another"])])).unwrap();
            assert!(contains(&copy.bytes(), &text), "{name}");
        }
    }
}

#[test]
fn a_key_in_lower_case_is_written_in_capitals() {
    for name in ["id3v24.mp3", "vorbis.ogg", "aac.m4a", "ape.wv", "id3.wav"] {
        let copy = Copy::of("lower-case", name);
        copy.save(&fields(&[("my own key", &["mine"])])).unwrap();
        let expected = Some(Field::Texts(vec!["mine".to_owned()]));
        assert_eq!(field(&copy.read(), "MY OWN KEY"), expected, "{name}");
    }
}

#[test]
fn several_artists_in_asf_are_written_replaced_and_removed() {
    let copy = Copy::of("artists", "tagged.wma");
    let artists = |copy: &Copy| match field(&copy.read(), "artist") {
        Some(Field::Texts(texts)) => texts,
        other => panic!("{other:?}"),
    };
    assert_eq!(artists(&copy), ["First Artist", "Second Artist"]);
    for asked in [&["a", "b", "c"][..], &["d", "e"], &["f"]] {
        copy.save(&fields(&[("artist", asked)])).unwrap();
        assert_eq!(artists(&copy), asked);
    }
    copy.save(&fields(&[("artist", &[])])).unwrap();
    assert_eq!(field(&copy.read(), "artist"), None);
}

#[test]
fn a_track_number_that_only_other_programs_read_stays_as_it_is() {
    let copy = Copy::of("itrk", "info.wav");
    let before = copy.bytes();
    copy.save(&fields(&[("track", &["4"])])).unwrap();
    assert_eq!(copy.bytes(), before);
}

#[test]
fn a_file_that_only_taglib_recognizes_is_left_alone() {
    let copy = Copy::of("start", "aac.m4a");
    let bytes = [&b"\0\0\0\x08abcd"[..], &copy.bytes()].concat();
    fs::write(&copy.file, &bytes).unwrap();
    let error = copy.save(&fields(&[("title", &["new"])])).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidFormat), "{error}");
    assert!(error.to_string().contains("does not begin as such"), "{error}");
    assert_eq!(copy.bytes(), bytes);
}

/// A fixture, the fields to set, and a part of the message.
type Refusal<'a> = (&'a str, &'a [(&'a str, &'a [&'a str])], &'a str);

#[test]
fn what_a_format_has_no_room_for_is_refused_and_named() {
    let long = "K".repeat(256);
    let cases: [Refusal<'_>; 11] = [
        ("id3v24.mp3", &[("größe", &["x"])], "GRÖSSE can't be written"),
        ("id3v24.mp3", &[(&long, &["x"])], "1 to 255 printable ASCII characters"),
        ("id3v24.mp3", &[("title", &["a\0b"])], "NUL"),
        ("vorbis-comment.flac", &[("A=B", &["x"])], "A=B can't be written"),
        ("opus.opus", &[("A~B", &["x"])], "A~B can't be written"),
        ("ape.wv", &[("X", &["x"])], "X can't be written"),
        ("aac.m4a", &[("A:B", &["x"])], "A:B can't be written"),
        ("aac.m4a", &[("track", &["32768"])], "TRACKNUMBER can't be written"),
        ("aac.m4a", &[("discNumber", &["1"]), ("totalDiscs", &["-1"])], "DISCNUMBER"),
        ("aac.m4a", &[("bpm", &["fast"])], "BPM can't be written"),
        ("tagged.wma", &[("barcodes", &["1"])], "did not write BARCODES"),
    ];
    for (name, asked, message) in cases {
        let copy = Copy::of("refused", name);
        let before = copy.bytes();
        let error = copy.save(&fields(asked)).unwrap_err();
        let ErrorKind::FileOperation { errno, .. } = error.kind() else {
            panic!("{name}, {asked:?}: {error}")
        };
        assert_eq!(errno.name(), "ENOTSUP", "{name}, {asked:?}");
        assert!(error.to_string().contains(message), "{name}, {asked:?}: {error}");
        assert_eq!(copy.bytes(), before, "{name}, {asked:?}");
    }
}

#[test]
fn five_stars_stay_five_stars_when_something_else_changes() {
    let ratings = vec![
        Rating { rating: 1.0, email: Some("a@example.org".to_owned()), counter: Some(3.0) },
        Rating { rating: 0.0, email: Some("b@example.org".to_owned()), counter: None },
    ];
    let copy = Copy::of("ratings", "id3v24.mp3");
    copy.save(&Edit { ratings: Some(ratings.clone()), ..Edit::default() }).unwrap();
    copy.save(&fields(&[("title", &["another"])])).unwrap();
    assert_eq!(copy.read().tags.ratings, ratings);
}

#[test]
fn ratings_that_a_format_cannot_hold_are_refused() {
    let stars = |rating| Rating { rating, ..Rating::default() };
    let mail = Rating { email: Some("a@example.org".to_owned()), ..stars(0.5) };
    let cases = [
        ("id3v24.mp3", vec![stars(1.1)]),
        ("id3v24.mp3", vec![stars(f64::NAN)]),
        ("id3v24.mp3", vec![stars(0.5); 17]),
        ("id3v24.mp3", vec![Rating { email: Some("a".repeat(256)), ..stars(0.5) }]),
        ("id3v24.mp3", vec![Rating { counter: Some(0.5), ..stars(0.5) }]),
        ("opus.opus", vec![mail]),
        ("aac.m4a", vec![stars(0.5); 2]),
        ("tagged.wma", vec![stars(0.5)]),
    ];
    for (name, ratings) in cases {
        let copy = Copy::of("refused-ratings", name);
        let before = copy.bytes();
        let error = copy.save(&Edit { ratings: Some(ratings), ..Edit::default() }).unwrap_err();
        assert!(error.to_string().contains("ratings"), "{name}: {error}");
        assert_eq!(copy.bytes(), before, "{name}");
    }
}

#[test]
fn lyrics_keep_their_language_and_description() {
    let lyrics = |text: &str, description: Option<&str>, language: Option<&str>| Lyrics {
        text: text.to_owned(),
        description: description.map(str::to_owned),
        language: language.map(str::to_owned),
    };
    let edit = Edit {
        lyrics: Some(vec![
            lyrics("Worte", Some("Vers"), Some("deu")),
            lyrics("words", None, Some("eng")),
        ]),
        ..Edit::default()
    };
    let copy = Copy::of("lyrics", "id3v24.mp3");
    copy.save(&edit).unwrap();
    copy.save(&fields(&[("title", &["another"])])).unwrap();
    let bytes = copy.bytes();
    assert!(contains(&bytes, "deuVers\0Worte") && contains(&bytes, "eng\0words"));
    // Lyrics with a description are fields. The file had one of these before.
    for name in ["LYRICS:VERS", "LYRICS:VERSE"] {
        assert!(field(&copy.read(), name).is_some(), "{name}");
    }

    let copy = Copy::of("lyrics", "vorbis-comment.flac");
    let error = copy.save(&edit).unwrap_err();
    assert!(error.to_string().contains("lyrics can't be written"), "{error}");
}

#[test]
fn the_flag_of_a_compilation_is_read_as_it_is_set() {
    for name in ["aac.m4a", "vorbis.ogg"] {
        assert_eq!(field(&Copy::of("flag", name).read(), "compilation"), Some(Field::Flag(true)));
    }
    for name in ["id3v24.mp3", "aac.m4a", "vorbis.ogg", "ape.wv"] {
        let copy = Copy::of("flag", name);
        for (text, flag) in [("1", true), ("0", false)] {
            copy.save(&fields(&[("compilation", &[text])])).unwrap();
            copy.save(&fields(&[("title", &[text])])).unwrap();
            assert_eq!(field(&copy.read(), "compilation"), Some(Field::Flag(flag)), "{name}");
        }
    }
}

#[test]
fn what_was_read_changes_no_byte_of_the_tags_when_it_is_written_again() {
    for name in ["id3v24.mp3", "vorbis-comment.flac", "aac.m4a", "chapters.mp3", "broadcast.wav"] {
        let copy = Copy::of("round-trip", name);
        // TagLib may lay out the file anew the first time.
        copy.save(&Edit::default()).unwrap();
        let before = copy.bytes();
        let tags = copy.read().tags;
        let texts = tags.fields.iter().map(|(name, field)| {
            let values = match field {
                Field::Texts(texts) => texts.clone(),
                Field::Text(text) => vec![text.clone()],
                Field::Number(number) => vec![number.to_string()],
                Field::Flag(flag) => vec![if *flag { "1" } else { "0" }.to_owned()],
            };
            (name.clone(), values)
        });
        // A year is set only together with a date.
        let has_date = tags.fields.iter().any(|(name, _)| name == "date");
        let edit = Edit {
            fields: texts.filter(|(name, _)| !(has_date && name == "year")).collect(),
            ratings: Some(tags.ratings),
            lyrics: Some(tags.lyrics),
            chapters: Some(tags.chapters),
            bext_data: tags.bext_data,
            ixml: tags.ixml,
            ..Edit::default()
        };
        copy.save(&edit).unwrap();
        assert_eq!(copy.bytes(), before, "{name}");
    }
}
