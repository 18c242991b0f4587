//! ID3v2 tags.

use super::list::List;
use super::{chapter_titles, id3v2_frame};
use crate::containers::{Cursor, id3v2};
use crate::error::Result;
use std::ops::Range;

/// Adds the frames of the tag at `at`. Returns its end.
pub(super) fn read(cursor: &mut Cursor<'_>, at: u64, list: &mut List<'_>) -> Result<Option<u64>> {
    let Some(tag) = id3v2::Tag::read(cursor, at)? else { return Ok(None) };
    let name = match tag.version {
        2 => "ID3v2.2",
        3 => "ID3v2.3",
        4 => "ID3v2.4",
        _ => "ID3v2",
    };
    let frames = tag.frames.start..tag.frames.end.min(cursor.size());
    list.within(name, |list| {
        // In ID3v2.4 each frame has its own unsynchronisation.
        if tag.version >= 4 || !tag.is_unsynchronised() {
            return add_frames(cursor, tag.version, frames, list);
        }
        let Some(mut bytes) = cursor.bytes(frames)? else { return Ok(()) };
        let charged = bytes.len();
        id3v2::resynchronise(&mut bytes);
        let range = 0..bytes.len() as u64;
        let budget = cursor.budget();
        add_frames(&mut Cursor::over(&bytes, budget), tag.version, range, list)?;
        budget.release(charged);
        Ok(())
    })?;
    Ok(Some(tag.range.end))
}

fn add_frames(
    cursor: &mut Cursor<'_>,
    version: u8,
    range: Range<u64>,
    list: &mut List<'_>,
) -> Result<()> {
    let mut frames = id3v2::Frames::within(version, range);
    while let Some(frame) = frames.next(cursor)? {
        let Some(body) = cursor.bytes(frame.body.clone())? else { break };
        let charged = body.len();
        let body = id3v2_frame::with_body(&frame, version, body);
        list.add(id3v2_frame::element(&frame, &body, cursor.budget())?)?;
        chapter_titles::add(&body, list, cursor.budget())?;
        cursor.budget().release(charged);
    }
    list.add_rest("ID3v2 tag", frames.rest(), cursor)
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use crate::containers::id3v2::synchsafe_bytes;

    fn tag(version: u8, flags: u8, body: &[u8]) -> Vec<u8> {
        let size = synchsafe_bytes(body.len() as u32);
        [&[b'I', b'D', b'3', version, 0, flags][..], &size, body].concat()
    }

    fn frame(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&id[..], &synchsafe_bytes(body.len() as u32), &[0; 2], body].concat()
    }

    #[test]
    fn frames_are_shown_with_what_tells_them_apart() {
        let frames = [
            frame(b"TPE1", b"\x03a\0b"),
            frame(b"TXXX", b"\x00MOOD\0calm"),
            frame(b"COMM", b"\x01eng\xFF\xFEi\0\0\0\xFF\xFE\xE9\0"),
            frame(b"WXXX", b"\x00shop\0http://x"),
            frame(b"WOAR", b"http://y"),
            frame(b"UFID", b"http://musicbrainz.org\0abc"),
            frame(b"APIC", b"\x00image/png\0\x03front\0PNG"),
            frame(b"GEOB", b"\x00text/plain\0a.txt\0Serato Markers_\0data"),
            frame(b"POPM", b"a@b\0\xC4\0\0\0\x05"),
            frame(b"SYLT", b"\x03deu\x02\x01words\0la\0\0\0\0\x01"),
            frame(b"CHAP", b"ch1\0\0\0\0\0"),
            frame(b"TIT2", b"\x09x"),
            frame(b"PCNT", b"\0\0\0\x01"),
        ];
        let file = [tag(4, 0, &[&frames.concat()[..], &[0; 20]].concat()), vec![0xFF]].concat();
        let expected = [
            "ID3v2.4 TPE1 = a / b",
            "ID3v2.4 TXXX [MOOD] = calm",
            "ID3v2.4 COMM [eng] [i] = é",
            "ID3v2.4 WXXX [shop] = http://x",
            "ID3v2.4 WOAR = http://y",
            "ID3v2.4 UFID [http://musicbrainz.org]: 26 bytes",
            "ID3v2.4 APIC [front]: 21 bytes",
            "ID3v2.4 GEOB [Serato Markers_]: 38 bytes",
            "ID3v2.4 POPM [a@b] = 196 / 5",
            "ID3v2.4 SYLT [deu] [words]: 19 bytes",
            "ID3v2.4 CHAP [ch1]: 8 bytes",
            "ID3v2.4 TIT2: 2 bytes",
            "ID3v2.4 PCNT: 4 bytes",
            "ID3v2.4 padding: padding",
        ];
        assert_eq!(lines(&file), expected);
    }

    #[test]
    fn each_of_two_tags_is_shown_with_its_version() {
        let old = tag(2, 0, b"TT2\0\0\x03\0abCOM\0\0\x06\0eng\0c");
        let unsynchronised = tag(3, 0x80, b"TIT2\0\0\0\x05\0\0\x00\xFF\0\xFF\0ab");
        let expected = ["ID3v2.2 TT2 = ab", "ID3v2.2 COM [eng] [] = c", "ID3v2.3 TIT2 = ÿÿab"];
        assert_eq!(lines(&[old, unsynchronised].concat()), expected);
    }

    #[test]
    fn what_follows_a_malformed_frame_is_shown() {
        let frames = [frame(b"TIT2", b"\x03a"), b"T\xFFT2".to_vec(), vec![0; 30]].concat();
        let expected = ["ID3v2.4 TIT2 = a", "ID3v2.4 rest: 34 bytes"];
        assert_eq!(lines(&tag(4, 0, &frames)), expected);
    }
}
