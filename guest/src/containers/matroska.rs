//! Matroska and WebM (RFC 9559), which are EBML (RFC 8794): elements, which may
//! consist of elements.

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

/// Identifiers of elements, with their length markers.
pub(crate) const EBML: u32 = 0x1A45_DFA3;
pub(crate) const SEGMENT: u32 = 0x1853_8067;
pub(crate) const SEEK_HEAD: u32 = 0x114D_9B74;
pub(crate) const INFO: u32 = 0x1549_A966;
pub(crate) const TRACKS: u32 = 0x1654_AE6B;
pub(crate) const CUES: u32 = 0x1C53_BB6B;
pub(crate) const CLUSTER: u32 = 0x1F43_B675;
pub(crate) const ATTACHMENTS: u32 = 0x1941_A469;
pub(crate) const CHAPTERS: u32 = 0x1043_A770;
pub(crate) const TAGS: u32 = 0x1254_C367;
pub(crate) const VOID: u32 = 0xEC;
pub(crate) const CRC_32: u32 = 0xBF;

/// In `Info`.
pub(crate) const TITLE: u32 = 0x7BA9;

/// In a cluster.
pub(crate) const CLUSTER_POSITION: u32 = 0xA7;
pub(crate) const SIMPLE_BLOCK: u32 = 0xA3;
pub(crate) const BLOCK_GROUP: u32 = 0xA0;

/// In `SeekHead` and its `Seek`.
pub(crate) const SEEK: u32 = 0x4DBB;
pub(crate) const SEEK_ID: u32 = 0x53AB;
pub(crate) const SEEK_POSITION: u32 = 0x53AC;

/// In `Cues`, its `CuePoint`, its `CueTrackPositions` and its `CueReference`.
pub(crate) const CUE_POINT: u32 = 0xBB;
pub(crate) const CUE_TRACK_POSITIONS: u32 = 0xB7;
pub(crate) const CUE_REFERENCE: u32 = 0xDB;
pub(crate) const CUE_CLUSTER_POSITION: u32 = 0xF1;
pub(crate) const CUE_CODEC_STATE: u32 = 0xEA;
pub(crate) const CUE_REFERENCE_CLUSTER: u32 = 0x97;
pub(crate) const CUE_REFERENCE_CODEC_STATE: u32 = 0xEB;

/// In `Attachments` and its `AttachedFile`.
pub(crate) const ATTACHED_FILE: u32 = 0x61A7;
pub(crate) const FILE_DESCRIPTION: u32 = 0x467E;
pub(crate) const FILE_NAME: u32 = 0x466E;
pub(crate) const FILE_MEDIA_TYPE: u32 = 0x4660;
pub(crate) const FILE_DATA: u32 = 0x465C;

/// In `Tags`, its `Tag`, its `Targets` and its `SimpleTag`.
pub(crate) const TAG: u32 = 0x7373;
pub(crate) const TARGETS: u32 = 0x63C0;
pub(crate) const TARGET_TYPE_VALUE: u32 = 0x68CA;
pub(crate) const TARGET_TYPE: u32 = 0x63CA;
pub(crate) const SIMPLE_TAG: u32 = 0x67C8;
pub(crate) const TAG_NAME: u32 = 0x45A3;
pub(crate) const TAG_STRING: u32 = 0x4487;
pub(crate) const TAG_BINARY: u32 = 0x4485;
pub(crate) const TAG_LANGUAGE: u32 = 0x447A;
pub(crate) const TAG_LANGUAGE_BCP_47: u32 = 0x447B;
pub(crate) const TAG_DEFAULT: u32 = 0x4484;

/// The elements that end a cluster of unknown size: children of a segment, and elements next to a
/// segment.
const BESIDE_CLUSTERS: [u32; 10] =
    [EBML, SEGMENT, SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER, ATTACHMENTS, CHAPTERS, TAGS];

/// The longest identifier and the longest size, in bytes.
const LONGEST_ID: usize = 4;
const LONGEST_SIZE: usize = 8;

/// The header of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub id: u32,
    /// Whether the size is unknown, as in a live recording. The body then extends as
    /// far as it can.
    pub has_unknown_size: bool,
    /// The whole element.
    pub range: Range<u64>,
    pub body: Range<u64>,
}

impl Element {
    /// Returns the length of the size field in bytes.
    pub(crate) fn size_width(&self) -> usize {
        let identifier = 4 - self.id.leading_zeros() as usize / 8;
        (self.body.start - self.range.start) as usize - identifier
    }
}

/// Walks the elements in a range.
#[derive(Clone, Debug)]
pub(crate) struct Elements {
    at: u64,
    end: u64,
}

impl Elements {
    pub(crate) fn within(range: Range<u64>) -> Self {
        Self { at: range.start, end: range.end }
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Element>> {
        let Some(header) = Header::read(cursor, self.at)? else { return Ok(None) };
        let start = self.at + header.length;
        let size = header.size_within(start..self.end);
        let end = match size {
            Some(size) => start.checked_add(size),
            None if start > self.end => None,
            None if header.id == CLUSTER => Some(end_of_cluster(cursor, start..self.end)?),
            None => Some(self.end),
        };
        let Some(end) = end.filter(|end| *end <= self.end) else { return Ok(None) };
        let range = self.at..end;
        self.at = end;
        let has_unknown_size = size.is_none();
        Ok(Some(Element { id: header.id, has_unknown_size, range, body: start..end }))
    }

    /// Returns whether the next element is a cluster of unknown size. Its end is found only by a
    /// walk through all of it.
    pub(crate) fn is_at_endless_cluster(&self, cursor: &mut Cursor<'_>) -> Result<bool> {
        let header = Header::read(cursor, self.at)?;
        Ok(header.is_some_and(|header| header.id == CLUSTER && header.size.is_none()))
    }

    /// Returns the range that has not been read as elements.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }
}

/// Calls `each` with the elements in another one, except padding and checksums.
pub(crate) fn each_child(
    cursor: &mut Cursor<'_>,
    parent: &Element,
    mut each: impl FnMut(&mut Cursor<'_>, &Element) -> Result<()>,
) -> Result<()> {
    let mut children = Elements::within(parent.body.clone());
    while let Some(child) = children.next(cursor)? {
        if !matches!(child.id, VOID | CRC_32) {
            each(cursor, &child)?;
        }
    }
    Ok(())
}

/// Reads a text, which zeros may follow.
pub(crate) fn text(cursor: &mut Cursor<'_>, body: &Range<u64>) -> Result<String> {
    let bytes = cursor.bytes(body.clone())?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned())
}

/// Reads a number of at most eight bytes.
pub(crate) fn unsigned(cursor: &mut Cursor<'_>, body: &Range<u64>) -> Result<Option<u64>> {
    if body.end - body.start > 8 {
        return Ok(None);
    }
    let bytes = cursor.bytes(body.clone())?;
    Ok(bytes.map(|bytes| number(&bytes)))
}

/// Returns where a cluster of unknown size ends: before the first element that can't be
/// in it, or that can't be read.
fn end_of_cluster(cursor: &mut Cursor<'_>, within: Range<u64>) -> Result<u64> {
    let mut at = within.start;
    while at < within.end {
        let Some(header) = Header::read(cursor, at)? else { break };
        if BESIDE_CLUSTERS.contains(&header.id) {
            break;
        }
        let end = header.size.and_then(|size| (at + header.length).checked_add(size));
        match end.filter(|end| *end <= within.end) {
            Some(end) => at = end,
            None => break,
        }
    }
    Ok(at)
}

/// An entry of a `SeekHead`: where an element of the segment begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seek {
    /// The identifier of the element.
    pub id: u32,
    /// Its position in the file.
    pub target: u64,
    /// The number that states the position, which counts from the start of the segment's body.
    pub position: Range<u64>,
}

impl Seek {
    /// Reads an entry. Returns `None` if it is another element, or leads out of the segment.
    pub(crate) fn read(
        cursor: &mut Cursor<'_>,
        element: &Element,
        segment: &Range<u64>,
    ) -> Result<Option<Self>> {
        if element.id != SEEK {
            return Ok(None);
        }
        let (mut id, mut position) = (None, None);
        each_child(cursor, element, |cursor, part| {
            match part.id {
                SEEK_ID => id = unsigned(cursor, &part.body)?.and_then(|id| u32::try_from(id).ok()),
                SEEK_POSITION => {
                    let number = unsigned(cursor, &part.body)?;
                    position = number.map(|number| (number, part.body.clone()));
                }
                _ => {}
            }
            Ok(())
        })?;
        let Some((id, (number, position))) = id.zip(position) else { return Ok(None) };
        let target = segment.start.checked_add(number).filter(|target| *target < segment.end);
        Ok(target.map(|target| Self { id, target, position }))
    }
}

struct Header {
    id: u32,
    /// The size of the body, unless it is unknown.
    size: Option<u64>,
    /// The greatest number that the size field can hold, which means an unknown size.
    unknown: u64,
    /// The length of the header itself, in bytes.
    length: u64,
}

impl Header {
    /// Returns the size of a body that must be in `range`, unless the size is unknown.
    ///
    /// Only segments and clusters may have an unknown size (RFC 9559, section 5.1). TagLib 2.3
    /// writes that value for another element if its size happens to be 127 or 16,383 bytes, and
    /// reads it as that number.
    fn size_within(&self, range: Range<u64>) -> Option<u64> {
        let room = range.end.saturating_sub(range.start);
        let is_number = !matches!(self.id, SEGMENT | CLUSTER) && self.unknown <= room;
        self.size.or(is_number.then_some(self.unknown))
    }

    fn read(cursor: &mut Cursor<'_>, at: u64) -> Result<Option<Self>> {
        let mut bytes = [0; LONGEST_ID + LONGEST_SIZE];
        let read = cursor.read(&mut bytes, at)?;
        Ok(Self::parse(&bytes[..read]))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let id_length = length(bytes, LONGEST_ID)?;
        let (id, rest) = bytes.split_at_checked(id_length)?;
        let size_length = length(rest, LONGEST_SIZE)?;
        let size = rest.get(..size_length)?;
        // The marker of the length is a part of identifiers, and not of sizes.
        let marker = 1 << (7 * size_length);
        let (id, size) = (number(id), number(size) ^ marker);
        Some(Self {
            id: u32::try_from(id).ok()?,
            size: (size != marker - 1).then_some(size),
            unknown: marker - 1,
            length: (id_length + size_length) as u64,
        })
    }
}

/// Returns the length of a variable-length number (RFC 8794, section 4): one more than the zeros
/// before the first bit that is set.
fn length(bytes: &[u8], longest: usize) -> Option<usize> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    (length <= longest).then_some(length)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn elements(bytes: &[u8]) -> (Vec<Element>, Range<u64>) {
        over(bytes, |cursor| {
            let mut elements = Elements::within(0..cursor.size());
            let mut found = Vec::new();
            while let Some(element) = elements.next(cursor).unwrap() {
                found.push(element);
            }
            (found, elements.rest())
        })
    }

    fn summary(bytes: &[u8]) -> Vec<(u32, bool, Range<u64>)> {
        let (found, _) = elements(bytes);
        found.into_iter().map(|it| (it.id, it.has_unknown_size, it.body)).collect()
    }

    #[test]
    fn identifiers_and_sizes_of_any_length_are_read() {
        let bytes = b"\xEC\x82ab\x1A\x45\xDF\xA3\x40\x01c\xBF\x01\0\0\0\0\0\0\x01d";
        let expected = [(VOID, false, 2..4), (EBML, false, 10..11), (CRC_32, false, 20..21)];
        assert_eq!(summary(bytes), expected);
    }

    #[test]
    fn unknown_sizes_of_any_length_are_recognised() {
        for size in [&[0xFF][..], &[0x7F, 0xFF], &[1, 255, 255, 255, 255, 255, 255, 255]] {
            let bytes = [b"\x18\x53\x80\x67", size, b"abc"].concat();
            let start = 4 + size.len() as u64;
            assert_eq!(summary(&bytes), [(SEGMENT, true, start..start + 3)]);
        }
    }

    #[test]
    fn an_element_that_needs_a_size_is_not_of_unknown_size() {
        let bytes = [b"\x61\xA7\xFF".to_vec(), vec![7; 200]].concat();
        assert_eq!(summary(&bytes)[0], (ATTACHED_FILE, false, 3..130));
        assert_eq!(summary(&bytes[..100]), [(ATTACHED_FILE, true, 3..100)]);
    }

    #[test]
    fn a_cluster_of_unknown_size_ends_where_the_next_element_of_the_segment_begins() {
        let cluster = b"\x1F\x43\xB6\x75\xFF\xE7\x81\x01\xA3\x82ab";
        let tags = b"\x12\x54\xC3\x67\x81t";
        let bytes = [&cluster[..], cluster, tags].concat();
        let expected = [(CLUSTER, true, 5..12), (CLUSTER, true, 17..24), (TAGS, false, 29..30)];
        assert_eq!(summary(&bytes), expected);
        // The file ends within a block, which is therefore not an element.
        let (found, rest) = elements(&cluster[..11]);
        assert_eq!((found[0].body.clone(), rest), (5..8, 8..11));
    }

    #[test]
    fn an_entry_of_a_seek_head_leads_into_the_segment() {
        let seek = b"\x4D\xBB\x8C\x53\xAB\x84\x12\x54\xC3\x67\x53\xAC\x82\x01\x02";
        over(seek, |cursor| {
            let element = Elements::within(0..cursor.size()).next(cursor).unwrap().unwrap();
            let mut read = |segment| Seek::read(cursor, &element, &segment).unwrap();
            let expected = Seek { id: TAGS, target: 268, position: 13..15 };
            assert_eq!(read(10..300), Some(expected));
            assert_eq!(read(10..268), None);
            assert_eq!(read(u64::MAX - 1..u64::MAX), None);
        });
    }

    #[test]
    fn only_a_cluster_without_a_size_is_endless() {
        for (bytes, is_endless) in [
            (&b"\x1F\x43\xB6\x75\xFF"[..], true),
            (b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF", true),
            (b"\x1F\x43\xB6\x75\x80", false),
            (b"\x18\x53\x80\x67\xFF", false),
            (b"", false),
        ] {
            over(bytes, |cursor| {
                let elements = Elements::within(0..cursor.size());
                assert_eq!(elements.is_at_endless_cluster(cursor).unwrap(), is_endless);
            });
        }
    }

    #[test]
    fn an_element_that_does_not_fit_is_left_over() {
        for broken in [&b"\xEC\x83ab"[..], b"\xEC", b"\0\x81a", b"\xEC\0", b"\x1A\x45\xDF"] {
            let bytes = [b"\xEC\x81a", broken].concat();
            let (found, rest) = elements(&bytes);
            assert_eq!((found.len(), rest), (1, 3..bytes.len() as u64), "{broken:?}");
        }
    }
}
