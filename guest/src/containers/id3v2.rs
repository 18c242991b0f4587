//! ID3v2 tags (id3.org: id3v2-00, id3v2.3.0, id3v2.4.0-structure).

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

/// The length of a tag's header, of its footer, and of a frame's header since
/// version 2.3, in bytes.
pub(crate) const HEADER: u64 = 10;

/// The length of a frame's header in version 2.2, in bytes.
const HEADER_2_2: u64 = 6;

/// Flags of a tag.
const UNSYNCHRONISATION: u8 = 0x80;
const EXTENDED_HEADER: u8 = 0x40;
const FOOTER: u8 = 0x10;

/// The header of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The whole tag, with its header and footer. The file may end before it does.
    pub range: Range<u64>,
    /// The major version. 2, 3 and 4 are known.
    pub version: u8,
    pub revision: u8,
    pub flags: u8,
    /// The frames and the padding. An extended header comes before them, unless it is
    /// malformed.
    pub frames: Range<u64>,
}

impl Tag {
    /// Reads the header of the tag at `at`.
    pub(crate) fn read(cursor: &mut Cursor<'_>, at: u64) -> Result<Option<Self>> {
        let Some([b'I', b'D', b'3', version, revision, flags, size @ ..]) =
            cursor.array::<10>(at)?
        else {
            return Ok(None);
        };
        let Some(size) = synchsafe(size) else { return Ok(None) };
        let start = at + HEADER;
        let end = start + u64::from(size);
        let footer = if flags & FOOTER == 0 { 0 } else { HEADER };
        let mut tag =
            Self { range: at..end + footer, version, revision, flags, frames: start..end };
        if tag.has_extended_header()
            && let Some(length) = extended_header(cursor, version, start)?
            && start + length <= end
        {
            tag.frames.start += length;
        }
        Ok(Some(tag))
    }

    /// Returns whether the tag as a whole is unsynchronised. In versions 2.2 and 2.3 the sizes of
    /// frames then count bytes without unsynchronisation: see [`resynchronise`]. In version 2.4
    /// each frame says so itself.
    pub(crate) fn is_unsynchronised(&self) -> bool {
        self.flags & UNSYNCHRONISATION != 0
    }

    /// Returns whether an extended header comes before the frames.
    pub(crate) fn has_extended_header(&self) -> bool {
        // In version 2.2, the flag means that the tag is compressed.
        self.version > 2 && self.flags & EXTENDED_HEADER != 0
    }

    /// Walks the frames.
    pub(crate) fn frames(&self) -> Frames {
        Frames::within(self.version, self.frames.clone())
    }
}

/// Returns the length of an extended header, in bytes.
fn extended_header(cursor: &mut Cursor<'_>, version: u8, at: u64) -> Result<Option<u64>> {
    let Some(size) = cursor.array(at)? else { return Ok(None) };
    // Version 2.3 does not count the size itself.
    let length = match version {
        3 => Some(u64::from(u32::from_be_bytes(size)) + 4),
        _ => synchsafe(size).map(u64::from),
    };
    Ok(length)
}

/// The header of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    id: [u8; 4],
    id_length: usize,
    /// The whole frame.
    pub range: Range<u64>,
    /// Status and format flags. Version 2.2 has none.
    pub flags: [u8; 2],
    pub body: Range<u64>,
    /// Whether there are two possible sizes: programs have written version 2.4 with the
    /// sizes of version 2.3.
    pub has_two_sizes: bool,
}

impl Frame {
    /// Returns the identifier: three characters in version 2.2, otherwise four.
    pub(crate) fn id(&self) -> &[u8] {
        &self.id[..self.id_length]
    }
}

/// Walks the frames of a tag. Ends at the padding.
#[derive(Clone, Debug)]
pub(crate) struct Frames {
    version: u8,
    at: u64,
    end: u64,
}

impl Frames {
    /// Walks the frames of this major version in `range`.
    pub(crate) fn within(version: u8, range: Range<u64>) -> Self {
        Self { version, at: range.start, end: range.end }
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Frame>> {
        let frame = match self.version {
            2 => self.frame_2_2(cursor)?,
            3 | 4 => self.frame(cursor)?,
            _ => None,
        };
        let frame = frame.filter(|frame| frame.range.end <= self.end);
        if let Some(frame) = &frame {
            self.at = frame.range.end;
        }
        Ok(frame)
    }

    /// Returns the range that has not been read as frames.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }

    /// Returns whether the rest is empty or begins with as many zeros as an identifier
    /// has characters.
    pub(crate) fn is_at_padding(&self, cursor: &mut Cursor<'_>) -> Result<bool> {
        let mut bytes = [0; 4];
        let length = (self.end - self.at).min(if self.version == 2 { 3 } else { 4 });
        let bytes = &mut bytes[..length as usize];
        Ok(cursor.read(bytes, self.at)? == bytes.len() && bytes.iter().all(|byte| *byte == 0))
    }

    fn frame_2_2(&self, cursor: &mut Cursor<'_>) -> Result<Option<Frame>> {
        let Some([a, b, c, size @ ..]) = cursor.array::<6>(self.at)? else { return Ok(None) };
        if !is_identifier(&[a, b, c]) {
            return Ok(None);
        }
        let [high, middle, low] = size;
        let body = self.at + HEADER_2_2;
        let end = body + u64::from(u32::from_be_bytes([0, high, middle, low]));
        Ok(Some(Frame {
            id: [a, b, c, 0],
            id_length: 3,
            range: self.at..end,
            flags: [0; 2],
            body: body..end,
            has_two_sizes: false,
        }))
    }

    fn frame(&self, cursor: &mut Cursor<'_>) -> Result<Option<Frame>> {
        let Some([a, b, c, d, size @ .., status, format]) = cursor.array::<10>(self.at)? else {
            return Ok(None);
        };
        let id = [a, b, c, d];
        if !is_identifier(&id) {
            return Ok(None);
        }
        let body = self.at + HEADER;
        let (size, has_two_sizes) = self.size(cursor, body, size)?;
        let end = body + size;
        Ok(Some(Frame {
            id,
            id_length: 4,
            range: self.at..end,
            flags: [status, format],
            body: body..end,
            has_two_sizes,
        }))
    }

    /// Returns the size of the frame whose body is at `body`, and whether there is a
    /// second possible size.
    ///
    /// iTunes wrote version 2.4 with plain sizes. As TagLib does, this uses the plain
    /// size if another frame follows there and none follows after the proper size.
    fn size(&self, cursor: &mut Cursor<'_>, body: u64, size: [u8; 4]) -> Result<(u64, bool)> {
        let plain = u64::from(u32::from_be_bytes(size));
        if self.version == 3 {
            return Ok((plain, false));
        }
        let Some(proper) = synchsafe(size).map(u64::from) else { return Ok((plain, true)) };
        if proper == plain || !self.is_frame_at(cursor, body + plain)? {
            return Ok((proper, false));
        }
        let is_proper = self.is_frame_at(cursor, body + proper)?;
        Ok((if is_proper { proper } else { plain }, true))
    }

    fn is_frame_at(&self, cursor: &mut Cursor<'_>, at: u64) -> Result<bool> {
        if at + 4 > self.end {
            return Ok(false);
        }
        Ok(cursor.array::<4>(at)?.is_some_and(|id| is_identifier(&id)))
    }
}

/// Returns whether these bytes can be a frame's identifier.
pub(crate) fn is_identifier(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The first bytes of streams without frame sync: Monkey's Audio, WavPack, TrueAudio, Musepack
/// and FLAC.
const MAGICS: [&[u8]; 6] = [b"MAC ", b"wvpk", b"TTA1", b"MPCK", b"MP+", b"fLaC"];

/// Finds a tag after junk, from `start` on. TagLib reads such a tag in an MP3 that does not begin
/// with audio, and changes it there (`mpegfile.cpp`).
pub(crate) fn behind_junk(cursor: &mut Cursor<'_>, start: u64) -> Result<Option<Range<u64>>> {
    /// The maximum number of bytes of junk.
    const JUNK: u64 = 16 << 10;
    let mut junk = [0; JUNK as usize];
    let read = cursor.read(&mut junk, start)?;
    if begins_stream(&junk) {
        return Ok(None);
    }
    for (at, bytes) in junk[..read].windows(3).enumerate().skip(1) {
        if bytes != b"ID3" {
            continue;
        }
        let at = start + at as u64;
        let Some(tag) = Tag::read(cursor, at)?.filter(|tag| (2..=4).contains(&tag.version)) else {
            continue;
        };
        // The name of a frame must follow, so that audio is not taken for a tag.
        if cursor.array::<3>(at + HEADER)?.is_some_and(|id| is_identifier(&id)) {
            return Ok(Some(tag.range));
        }
    }
    Ok(None)
}

/// Returns whether a stream of audio begins at `at`.
pub(crate) fn is_stream_at(cursor: &mut Cursor<'_>, at: u64) -> Result<bool> {
    Ok(cursor.array::<4>(at)?.is_some_and(|bytes| begins_stream(&bytes)))
}

fn begins_stream(bytes: &[u8]) -> bool {
    let is_sync = matches!(bytes, [0xFF, second, ..] if *second >= 0xE0 && *second != 0xFF);
    is_sync || MAGICS.iter().any(|magic| bytes.starts_with(magic))
}

/// Returns the range of the tag that ends at `end` with a footer (id3v2.4.0-structure,
/// section 3.4).
pub(crate) fn appended(cursor: &mut Cursor<'_>, end: u64) -> Result<Option<Range<u64>>> {
    let Some(footer) = end.checked_sub(HEADER) else { return Ok(None) };
    let Some([b'3', b'D', b'I', _, _, _, size @ ..]) = cursor.array::<10>(footer)? else {
        return Ok(None);
    };
    let start = synchsafe(size).and_then(|size| footer.checked_sub(HEADER + u64::from(size)));
    let Some(start) = start else { return Ok(None) };
    let tag = Tag::read(cursor, start)?;
    Ok(tag.map(|tag| tag.range).filter(|range| range.end == end))
}

/// Reads a number of seven bits a byte. Returns `None` if an eighth bit is set.
pub(crate) fn synchsafe(bytes: [u8; 4]) -> Option<u32> {
    let is_synchsafe = bytes.iter().all(|byte| *byte < 0x80);
    is_synchsafe.then(|| bytes.iter().fold(0, |number, byte| number << 7 | u32::from(*byte)))
}

/// Writes a number of at most 28 bits as seven bits a byte.
pub(crate) fn synchsafe_bytes(number: u32) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (number >> shift & 0x7F) as u8)
}

/// Undoes unsynchronisation: removes the zero that follows each `FF`.
pub(crate) fn resynchronise(bytes: &mut Vec<u8>) {
    let mut previous = 0;
    bytes.retain(|byte| {
        let is_inserted = previous == 0xFF && *byte == 0;
        previous = *byte;
        !is_inserted
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn tag(version: u8, flags: u8, body: &[u8]) -> Vec<u8> {
        let size = synchsafe_bytes(body.len() as u32);
        [&[b'I', b'D', b'3', version, 0, flags][..], &size, body].concat()
    }

    fn frame(id: &[u8], size: [u8; 4], body: &[u8]) -> Vec<u8> {
        [id, &size, &[0; 2], body].concat()
    }

    /// Returns the identifiers and bodies of the frames, and the rest.
    fn frames(bytes: &[u8]) -> (Vec<(String, Range<u64>)>, Range<u64>) {
        over(bytes, |cursor| {
            let tag = Tag::read(cursor, 0).unwrap().unwrap();
            let mut frames = tag.frames();
            let mut found = Vec::new();
            while let Some(frame) = frames.next(cursor).unwrap() {
                found.push((String::from_utf8_lossy(frame.id()).into_owned(), frame.body));
            }
            (found, frames.rest())
        })
    }

    #[test]
    fn frames_of_each_version_are_found_up_to_the_padding() {
        let v22 = [&b"TT2\0\0\x02ab"[..], b"TP1\0\0\0", &[0; 5]].concat();
        let expected = [("TT2".to_owned(), 16..18), ("TP1".to_owned(), 24..24)];
        assert_eq!(frames(&tag(2, 0, &v22)), (expected.to_vec(), 24..29));

        let long = vec![7; 200];
        for (version, size) in [(3, [0, 0, 0, 200]), (4, [0, 0, 1, 72])] {
            let body = [frame(b"TIT2", [0, 0, 0, 2], b"ab"), frame(b"PRIV", size, &long)].concat();
            let expected = [("TIT2".to_owned(), 20..22), ("PRIV".to_owned(), 32..232)];
            assert_eq!(frames(&tag(version, 0, &body)), (expected.to_vec(), 232..232));
        }
    }

    #[test]
    fn extended_headers_are_skipped_and_footers_counted() {
        let title = frame(b"TIT2", [0, 0, 0, 2], b"ab");
        let expected = |start| vec![("TIT2".to_owned(), start..start + 2)];
        let v3 = tag(3, EXTENDED_HEADER, &[&[0, 0, 0, 6, 0, 0, 0, 0, 0, 0][..], &title].concat());
        assert_eq!(frames(&v3).0, expected(30));
        let v4 = tag(4, EXTENDED_HEADER | FOOTER, &[&[0, 0, 0, 6, 1, 0][..], &title].concat());
        assert_eq!(frames(&v4).0, expected(26));
        let range = over(&v4, |cursor| Tag::read(cursor, 0).unwrap().unwrap().range);
        assert_eq!(range, 0..v4.len() as u64 + 10);
        assert_eq!(frames(&tag(4, EXTENDED_HEADER, &[0, 0, 0, 60, 1, 0])), (vec![], 10..16));
    }

    #[test]
    fn plain_sizes_in_version_2_4_are_recognised_by_the_frame_that_follows() {
        let title = frame(b"TIT2", [0, 0, 0, 1], b"a");
        let plain = [frame(b"PRIV", [0, 0, 1, 0], &[7; 256]), title].concat();
        let (found, rest) = frames(&tag(4, 0, &plain));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(rest.is_empty());
    }

    #[test]
    fn a_frame_that_does_not_fit_is_left_over() {
        let body =
            [frame(b"TIT2", [0, 0, 0, 1], b"a"), frame(b"TALB", [0, 0, 0, 9], b"b")].concat();
        let (found, rest) = frames(&tag(3, 0, &body));
        assert_eq!((found.len(), rest), (1, 21..32));
    }

    #[test]
    fn unsynchronisation_is_undone() {
        let mut bytes = vec![0xFF, 0, 0xE0, 0xFF, 0, 0, 0xFF, 0xFF, 0];
        resynchronise(&mut bytes);
        assert_eq!(bytes, [0xFF, 0xE0, 0xFF, 0, 0xFF, 0xFF]);
    }

    #[test]
    fn synchsafe_numbers_survive_a_round_trip() {
        for number in [0, 127, 128, 0x0FFF_FFFF] {
            assert_eq!(synchsafe(synchsafe_bytes(number)), Some(number));
        }
        assert_eq!(synchsafe([0, 0, 0x80, 0]), None);
    }
}
