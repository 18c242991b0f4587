//! Titles of chapters: `TIT2` frames within `CHAP` frames (id3.org/id3v2-chapters-1.0).

use super::id3v2_frame;
use super::list::List;
use crate::containers::{Cursor, id3v2};
use crate::error::Result;
use crate::limits::Budget;
use crate::restore::{Id3v2Frame, id3v2_chapter_head_length};

const CHAPTER: &[u8; 4] = b"CHAP";
const TITLE: &[u8] = b"TIT2";

/// Adds the titles within a frame, if it is a chapter. The frames within it are stored as those of
/// its tag are. Chapters within chapters are left out.
pub(super) fn add(chapter: &Id3v2Frame, list: &mut List<'_>, budget: &Budget) -> Result<()> {
    if chapter.id != *CHAPTER {
        return Ok(());
    }
    let Some(body) = chapter.plain_body() else { return Ok(()) };
    let Some(start) = id3v2_chapter_head_length(CHAPTER, body) else { return Ok(()) };
    let mut cursor = Cursor::over(body, budget);
    let mut frames = id3v2::Frames::within(chapter.version, start as u64..body.len() as u64);
    while let Some(frame) = frames.next(&mut cursor)? {
        if frame.id() != TITLE {
            continue;
        }
        let Some(body) = cursor.bytes(frame.body.clone())? else { break };
        let charged = body.len();
        let body = id3v2_frame::with_body(&frame, chapter.version, body);
        list.add_inner(id3v2_frame::element(&frame, &body, budget)?)?;
        budget.release(charged);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::native::NativeValue;

    /// The length of the times and offsets of a chapter, in bytes.
    const TIMES: usize = 16;

    fn inner(id: &[u8; 4], size: [u8; 4], body: &[u8]) -> Vec<u8> {
        [&id[..], &size, &[0; 2], body].concat()
    }

    /// Returns the titles in a chapter with these frames.
    fn titles(version: u8, frames: &[Vec<u8>]) -> Vec<String> {
        let content = [&b"ch1\0"[..], &[0; TIMES], &frames.concat()].concat();
        let budget = unlinked::budget();
        let mut list = List::new(&budget);
        add(&Id3v2Frame::new(*CHAPTER, content, version), &mut list, &budget).unwrap();
        let elements = list.with_inner().map(|element| match element.value {
            NativeValue::Texts(texts) => format!("{} {}", element.id, texts.join("/")),
            value => panic!("{value:?}"),
        });
        elements.collect()
    }

    #[test]
    fn a_title_is_found_among_other_frames() {
        let link = inner(b"WXXX", [0, 0, 0, 3], b"\0\0x");
        for version in [3, 4] {
            let title = inner(b"TIT2", [0, 0, 0, 3], b"\0\xC6\xDF");
            assert_eq!(titles(version, &[link.clone(), title]), ["TIT2 \u{C6}\u{DF}"]);
            assert_eq!(titles(version, std::slice::from_ref(&link)), [""; 0]);
        }
    }

    #[test]
    fn sizes_have_seven_bits_a_byte_only_in_version_2_4() {
        let body = [&[0][..], &[b'a'; 199]].concat();
        let expected = format!("TIT2 {}", "a".repeat(199));
        assert_eq!(titles(3, &[inner(b"TIT2", [0, 0, 0, 200], &body)]), [expected.as_str()]);
        assert_eq!(titles(4, &[inner(b"TIT2", [0, 0, 1, 72], &body)]), [expected.as_str()]);
    }

    #[test]
    fn what_is_malformed_or_within_another_chapter_is_left_out() {
        let title = inner(b"TIT2", [0, 0, 0, 2], b"\0a");
        let nested = [&b"ch2\0"[..], &[0; TIMES], &title].concat();
        let nested = inner(CHAPTER, [0, 0, 0, nested.len() as u8], &nested);
        assert_eq!(titles(4, &[nested]), [""; 0]);
        assert_eq!(titles(4, &[inner(b"TIT2", [0, 0, 0, 90], b"\0a")]), [""; 0]);
        for content in [&b""[..], b"ch1", b"ch1\0", b"ch1\0\0\0"] {
            let budget = unlinked::budget();
            let mut list = List::new(&budget);
            let frame = Id3v2Frame::new(*CHAPTER, content.to_vec(), 4);
            add(&frame, &mut list, &budget).unwrap();
            assert_eq!(list.with_inner().count(), 0, "{content:?}");
        }
    }
}
