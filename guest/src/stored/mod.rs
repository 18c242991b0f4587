//! Reads from the file itself what TagLib's C interface returns only in part.

mod mp4;
mod numbers;

use crate::containers::{Container, Cursor, id3v2};
use crate::error::Result;
use crate::tags::{Answer, Id3v2Frame, StoredTags, parse_int};
use numbers::{NUMBERS, Texts};

/// Returns the tags as they are stored. `answer` is what the guest has read from the
/// file, and `frames` are the raw ID3v2 frames, if they were asked for.
pub(crate) fn read(
    cursor: &mut Cursor<'_>,
    answer: &Answer,
    mut frames: Option<Vec<Id3v2Frame>>,
) -> Result<StoredTags> {
    if let Some(frames) = &mut frames
        && id3v2::Tag::read(cursor, 0)?.is_some_and(|tag| tag.version == 2)
    {
        frames.iter_mut().for_each(skip_rest_of_header);
    }
    let mut properties = answer.property_map();
    restore_numbers(&mut properties, &Texts::read(cursor)?);
    let mp4_items = match Container::of(cursor)? {
        Container::Mp4 => mp4::items(cursor)?,
        _ => Vec::new(),
    };
    Ok(StoredTags { properties, mp4_items, id3_tags: answer.id3_tags, id3v2_frames: frames })
}

/// Adds the number of a track that TagLib does not read: it knows `IPRT` in an `INFO` list, and not
/// `ITRK`.
pub(crate) fn add_track(answer: &mut Answer, cursor: &mut Cursor<'_>) -> Result<()> {
    const TRACK: &str = "TRACKNUMBER";
    if answer.texts_of(TRACK).is_empty() {
        let texts = Texts::read(cursor)?;
        let number = texts.of_first_tag(TRACK).next().map(str::to_owned);
        answer.set_texts(TRACK, number.into_iter().collect());
    }
    Ok(())
}

/// Removes the rest of the header from the body of an ID3v2.2 frame. TagLib renders the frame as
/// ID3v2.4, whose header has ten bytes, but taglib-wasm's C interface skips only six, the length
/// of an ID3v2.2 header.
fn skip_rest_of_header(frame: &mut Id3v2Frame) {
    /// The length of the lower half of the size and of the flags, in bytes.
    const REST: usize = 4;
    let Some(length) = frame.data.len().checked_sub(REST) else { return };
    let [_, _, size @ ..] = id3v2::synchsafe_bytes(length as u32);
    if frame.data[..REST] == [size[0], size[1], 0, 0] {
        frame.data.skip(REST);
    }
}

/// Replaces integers by the stored texts. A text replaces the integer that it begins with. If the
/// guest returns no integer, a text of the first tag is used: the guest drops zero and "A5".
fn restore_numbers(properties: &mut Vec<(String, Vec<String>)>, texts: &Texts) {
    for (key, total) in NUMBERS {
        let given = properties.iter().position(|(known, _)| known == key);
        let number = given.and_then(|at| properties[at].1.first()).map(|text| integer(text));
        let text = match number {
            Some(number) => texts.of(key).find(|text| integer(text) == number),
            None => texts.of_first_tag(key).next(),
        };
        let Some(text) = text else { continue };
        match given {
            Some(at) => properties[at].1 = vec![text.to_owned()],
            None => properties.push((key.to_owned(), vec![text.to_owned()])),
        }
        // A total after the slash is not a separate property.
        if let Some(total) = total.filter(|_| text.contains('/'))
            && texts.of(total).next().is_none()
        {
            properties.retain(|(known, _)| known != total);
        }
    }
}

/// Returns the integer that the guest reads from a text.
fn integer(text: &str) -> f64 {
    parse_int(text).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Id3Tags;
    use std::fs;
    use std::path::Path;

    fn stored(bytes: &[u8], properties: &[(&str, &str)]) -> Vec<String> {
        let budget = unlinked::budget();
        let texts = Texts::read(&mut Cursor::over(bytes, &budget)).unwrap();
        let property = |(key, value): &(&str, &str)| ((*key).to_owned(), vec![(*value).to_owned()]);
        let mut properties = properties.iter().map(property).collect();
        restore_numbers(&mut properties, &texts);
        properties.into_iter().map(|(key, values)| format!("{key}={}", values.join("|"))).collect()
    }

    /// Returns an ID3v2.4 tag.
    fn id3v2(frames: &[(&str, &str)]) -> Vec<u8> {
        let frame = |(id, text): &(&str, &str)| {
            let size = [0, 0, 0, text.len() as u8 + 1];
            [id.as_bytes(), &size, &[0, 0, 3], text.as_bytes()].concat()
        };
        let frames: Vec<u8> = frames.iter().flat_map(frame).collect();
        [&b"ID3\x04\0\0"[..], &id3v2::synchsafe_bytes(frames.len() as u32), &frames].concat()
    }

    #[test]
    fn numbers_come_as_their_texts() {
        let tag = id3v2(&[("TRCK", "03/12"), ("TPOS", "A5"), ("TBPM", "120.50")]);
        let given = [("TRACKNUMBER", "3"), ("TRACKTOTAL", "12"), ("BPM", "120")];
        assert_eq!(stored(&tag, &given), ["TRACKNUMBER=03/12", "BPM=120.50", "DISCNUMBER=A5"]);
    }

    #[test]
    fn a_text_that_says_something_else_does_not_count() {
        let tag = id3v2(&[("TRCK", "3/12")]);
        assert_eq!(stored(&tag, &[("TRACKNUMBER", "4")]), ["TRACKNUMBER=4"]);
    }

    #[test]
    fn a_property_that_only_a_second_tag_has_does_not_count() {
        let item = [&[1, 0, 0, 0, 0, 0, 0, 0], &b"Disc\x002"[..]].concat();
        let footer = [&[208, 7, 0, 0, 46, 0, 0, 0, 1, 0, 0, 0], &[0; 12][..]].concat();
        let ape = [&item[..], b"APETAGEX", &footer].concat();
        let audio = [0xFF; 200];
        let with_frames = [&id3v2(&[("TIT2", "a")])[..], &audio, &ape].concat();
        assert!(stored(&with_frames, &[]).is_empty());
        let without_frames = [&id3v2(&[])[..], &audio, &ape].concat();
        assert_eq!(stored(&without_frames, &[]), ["DISCNUMBER=2"]);
    }

    #[test]
    fn a_total_of_its_own_stays() {
        let tag = id3v2(&[("TRCK", "3/12"), ("TXXX", "TRACKTOTAL\u{0}012")]);
        let given = [("TRACKNUMBER", "3"), ("TRACKTOTAL", "12")];
        assert_eq!(stored(&tag, &given), ["TRACKNUMBER=3/12", "TRACKTOTAL=012"]);
    }

    #[test]
    fn the_texts_of_every_container_are_found() {
        for (name, track) in [
            ("id3v24.mp3", "3/12"),
            ("id3v23.mp3", "3/12"),
            ("id3v22.mp3", "5/9"),
            ("ape.mp3", "3/12"),
            ("ape.wv", "3/12"),
            ("vorbis-comment.flac", "3"),
            ("vorbis.ogg", "3"),
            ("opus.opus", "3"),
            ("speex.spx", "3"),
            ("flac.oga", "3"),
            ("aac.m4a", "3/12"),
            ("id3.wav", "3/12"),
            ("id3.aiff", "3/12"),
            ("id3.tta", "3/12"),
            ("tagged.wma", "3"),
        ] {
            let fixtures = "../__test__/fixtures/audio";
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixtures).join(name);
            let found = stored(&fs::read(file).unwrap(), &[]);
            let expected = format!("TRACKNUMBER={track}");
            assert!(found.contains(&expected), "{name}: {found:?}");
        }
    }

    #[test]
    fn a_frame_of_id3v2_2_begins_with_its_body() {
        let body = |bytes: &[u8]| {
            let mut frame = Id3v2Frame { id: "TIT2".to_owned(), data: bytes.to_vec().into() };
            skip_rest_of_header(&mut frame);
            frame.data.to_vec()
        };
        assert_eq!(body(b"\0\x04\0\0\0abc"), b"\0abc");
        assert_eq!(body(b"\0image/png\0"), b"\0image/png\0");
        assert_eq!(body(b"\0\x09\0"), b"\0\x09\0");
    }

    #[test]
    fn id3_tags_of_a_flac_file_are_told() {
        let answer =
            Answer { id3_tags: Some(Id3Tags { v1: true, v2: false }), ..Answer::default() };
        let budget = unlinked::budget();
        let stored = read(&mut Cursor::over(b"", &budget), &answer, None).unwrap();
        assert_eq!(stored.id3_tags, Some(Id3Tags { v1: true, v2: false }));
    }
}
