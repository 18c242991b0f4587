//! Texts with times: the `SYLT` frame of ID3v2 (id3.org: id3v2.4.0-frames, section 4.9).

use crate::containers::id3v2_text::{Encoding, decode, terminated};
use crate::error::Result;
use crate::limits::Budget;

/// What a line counts in an answer besides its text, in bytes: about what an object with two
/// properties takes in JavaScript. A frame may have millions of empty lines.
const LINE_IN_JAVASCRIPT: usize = 100;

/// The content of a `SYLT` frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncedTexts {
    /// 1 if times count MPEG frames, and 2 if they are in milliseconds.
    pub time_format: u8,
    /// What the texts are: 1 is lyrics, 2 a transcription, and so on.
    pub content_type: u8,
    /// The texts, in the order of the file.
    pub lines: Vec<SyncedLine>,
}

/// A text and the time at which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncedLine {
    /// In the unit that the frame states.
    pub time: u32,
    /// Often begins with a newline, where it is not the continuation of a line.
    pub text: String,
}

impl SyncedTexts {
    /// Reads the body of a frame. Returns `None` if it is malformed. A line that is cut off is left
    /// out.
    pub(super) fn of(body: &[u8], budget: &Budget) -> Result<Option<Self>> {
        let [encoding, _, _, _, time_format, content_type, rest @ ..] = body else {
            return Ok(None);
        };
        let Some(encoding) = Encoding::of(*encoding) else { return Ok(None) };
        let (mut latest, mut rest) = terminated(encoding, rest);
        let mut lines = Vec::new();
        loop {
            let (text, behind) = terminated(encoding, rest);
            let Some((time, behind)) = behind.split_first_chunk() else { break };
            // Only the first text may have a byte order mark.
            if has_byte_order_mark(text) {
                latest = text;
            }
            let is_big_endian = encoding == Encoding::Utf16 && latest.starts_with(&[0xFE, 0xFF]);
            let text = match is_big_endian && !has_byte_order_mark(text) {
                true => decode(Encoding::Utf16BigEndian, text),
                false => decode(encoding, text),
            };
            budget.charge(text.len())?;
            budget.push(&mut lines, SyncedLine { time: u32::from_be_bytes(*time), text })?;
            rest = behind;
        }
        Ok(Some(Self { time_format: *time_format, content_type: *content_type, lines }))
    }

    /// Returns the size in memory, in bytes.
    pub(super) fn size(&self) -> usize {
        self.lines.iter().map(|line| line.text.len() + LINE_IN_JAVASCRIPT).sum()
    }
}

fn has_byte_order_mark(text: &[u8]) -> bool {
    matches!(text, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn read(body: &[u8]) -> Option<SyncedTexts> {
        SyncedTexts::of(body, &unlinked::budget()).unwrap()
    }

    fn lines(body: &[u8]) -> Vec<(u32, String)> {
        read(body).unwrap().lines.into_iter().map(|line| (line.time, line.text)).collect()
    }

    #[test]
    fn lines_are_read_in_every_encoding() {
        let expected = [(1, "é".to_owned()), (258, String::new())];
        for body in [
            &b"\x00eng\x02\x01d\0\xE9\0\0\0\0\x01\0\0\0\x01\x02"[..],
            b"\x03eng\x02\x01d\0\xC3\xA9\0\0\0\0\x01\0\0\0\x01\x02",
            b"\x01eng\x02\x01\xFF\xFEd\0\0\0\xFF\xFE\xE9\0\0\0\0\0\0\x01\xFF\xFE\0\0\0\0\x01\x02",
            b"\x01eng\x02\x01\xFE\xFF\0d\0\0\0\xE9\0\0\0\0\0\x01\0\0\0\0\x01\x02",
        ] {
            assert_eq!(lines(body), expected);
        }
    }

    #[test]
    fn a_line_that_is_cut_off_is_left_out() {
        assert_eq!(lines(b"\x03eng\x02\x01\0a\0\0\0\0\x01b\0\0\0"), [(1, "a".to_owned())]);
        assert_eq!(lines(b"\x03eng\x02\x01\0"), []);
    }

    #[test]
    fn a_malformed_frame_is_none() {
        assert_eq!(read(b""), None);
        assert_eq!(read(b"\x09eng\x02\x01\0a\0\0\0\0\x01"), None);
    }
}
