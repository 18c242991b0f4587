//! Vorbis comments (Vorbis I, section 5): a block of FLAC, or the second packet of an
//! Ogg stream. All of its numbers are little-endian, of 32 bits.

use std::ops::Range;

/// A vendor and comments, as ranges of the parsed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VorbisComment {
    pub vendor: Range<usize>,
    /// The number of comments that the block announces.
    pub count: u32,
    /// Where the first comment begins.
    pub start: usize,
}

impl VorbisComment {
    /// Reads the vendor and the number of comments at `at`, which is zero in FLAC, and after the
    /// codec's magic number in Ogg.
    pub(crate) fn parse(bytes: &[u8], at: usize) -> Option<Self> {
        let vendor = text(bytes, at)?;
        let count = number(bytes, vendor.end)?;
        Some(Self { start: vendor.end + 4, vendor, count })
    }

    /// Walks the comments.
    pub(crate) fn comments<'a>(&self, bytes: &'a [u8]) -> Comments<'a> {
        Comments { bytes, at: self.start, left: self.count }
    }
}

/// One comment: `NAME=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment<'a> {
    /// The whole comment, with its length.
    pub range: Range<usize>,
    pub text: &'a [u8],
}

impl<'a> Comment<'a> {
    /// Returns the name and the value, or `None` without `=`. The letter case of the name has no
    /// meaning.
    pub(crate) fn split(&self) -> Option<(&'a [u8], &'a [u8])> {
        let equals = self.text.iter().position(|byte| *byte == b'=')?;
        Some((&self.text[..equals], &self.text[equals + 1..]))
    }
}

/// Iterates over comments. Ends early at one that does not fit.
#[derive(Clone, Debug)]
pub(crate) struct Comments<'a> {
    bytes: &'a [u8],
    at: usize,
    left: u32,
}

impl Comments<'_> {
    /// Returns the number of comments that the block announces and that have not been read.
    pub(crate) fn left(&self) -> u32 {
        self.left
    }

    /// Returns the range that has not been read as comments: the framing bit of Vorbis, or
    /// whatever follows.
    pub(crate) fn rest(&self) -> Range<usize> {
        self.at..self.bytes.len()
    }
}

impl<'a> Iterator for Comments<'a> {
    type Item = Comment<'a>;

    fn next(&mut self) -> Option<Comment<'a>> {
        if self.left == 0 {
            return None;
        }
        let text = text(self.bytes, self.at)?;
        let range = self.at..text.end;
        self.at = text.end;
        self.left -= 1;
        Some(Comment { range, text: &self.bytes[text] })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*number))
}

/// Reads the range of the text whose length is at `at`.
fn text(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let length = number(bytes, at)? as usize;
    let start = at + 4;
    let end = start.checked_add(length)?;
    (end <= bytes.len()).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat()
    }

    #[test]
    fn comments_are_split_at_the_first_equals_sign() {
        let comments = [text("TITLE=a=b"), text("no value"), text("X=")].concat();
        let bytes = [b"magic", &text("vendor")[..], &[3, 0, 0, 0], &comments, &[1]].concat();
        let block = VorbisComment::parse(&bytes, 5).unwrap();
        assert_eq!(&bytes[block.vendor.clone()], b"vendor");
        let mut comments = block.comments(&bytes);
        let split: Vec<_> = comments.by_ref().map(|comment| comment.split()).collect();
        let expected = [Some((&b"TITLE"[..], &b"a=b"[..])), None, Some((&b"X"[..], &b""[..]))];
        assert_eq!(split, expected);
        assert_eq!((comments.left(), comments.rest()), (0, bytes.len() - 1..bytes.len()));
    }

    #[test]
    fn missing_comments_are_counted() {
        let bytes = [&text("")[..], &u32::MAX.to_le_bytes(), &text("A=1"), &[9, 0, 0, 0]].concat();
        let mut comments = VorbisComment::parse(&bytes, 0).unwrap().comments(&bytes);
        assert_eq!(comments.by_ref().count(), 1);
        assert_eq!(comments.left(), u32::MAX - 1);
        assert_eq!(VorbisComment::parse(&bytes[..7], 0), None);
        assert_eq!(VorbisComment::parse(&u32::MAX.to_le_bytes(), 0), None);
    }
}
