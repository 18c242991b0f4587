//! Ogg (RFC 3533): pages, and the packets that lie on them.

use super::Cursor;
use crate::error::Result;
use crate::limits::Budget;
use std::ops::Range;

/// The first bytes of a page.
pub(crate) const MAGIC: &[u8; 4] = b"OggS";

/// The length of a page's header without its segment table, in bytes.
pub(crate) const HEADER: usize = 27;

/// The maximum number of segments of a page.
pub(crate) const MAX_SEGMENTS: usize = 255;

/// The length of a segment that is followed by more of its packet, in bytes.
pub(crate) const FULL_SEGMENT: u8 = 255;

/// Flags: the page begins in the middle of a packet, is the first of its stream, is the
/// last of its stream.
pub(crate) const CONTINUED: u8 = 1;
pub(crate) const FIRST: u8 = 2;
pub(crate) const LAST: u8 = 4;

/// The granule position of a page on which no packet ends.
pub(crate) const NO_POSITION: u64 = u64::MAX;

/// The header of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    start: u64,
    header: [u8; HEADER],
    segments: [u8; MAX_SEGMENTS],
}

impl Page {
    /// Reads the page at `at`.
    pub(crate) fn read(cursor: &mut Cursor<'_>, at: u64) -> Result<Option<Self>> {
        let mut bytes = [0; HEADER + MAX_SEGMENTS];
        let read = cursor.read(&mut bytes, at)?;
        let Some((header, segments)) = bytes.split_first_chunk() else { return Ok(None) };
        let Some(segments) = segments.first_chunk() else { return Ok(None) };
        let page = Self { start: at, header: *header, segments: *segments };
        let fits = read >= HEADER + page.segments().len() && page.range().end <= cursor.size();
        Ok((header.starts_with(MAGIC) && fits).then_some(page))
    }

    /// Zero in all existing streams.
    pub(crate) fn version(&self) -> u8 {
        self.header[4]
    }

    pub(crate) fn flags(&self) -> u8 {
        self.header[5]
    }

    pub(crate) fn granule_position(&self) -> u64 {
        let [_, _, _, _, _, _, a, b, c, d, e, f, g, h, ..] = self.header;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    /// Returns the serial number of the stream that the page belongs to.
    pub(crate) fn serial(&self) -> u32 {
        self.number(14)
    }

    /// Returns the number of the page in its stream.
    pub(crate) fn sequence(&self) -> u32 {
        self.number(18)
    }

    /// Returns the checksum in the page.
    #[cfg(test)]
    pub(crate) fn checksum(&self) -> u32 {
        self.number(22)
    }

    /// Returns the lengths of the segments.
    pub(crate) fn segments(&self) -> &[u8] {
        &self.segments[..usize::from(self.header[26])]
    }

    /// Returns the whole page.
    pub(crate) fn range(&self) -> Range<u64> {
        self.start..self.body().end
    }

    pub(crate) fn header(&self) -> Range<u64> {
        self.start..self.start + (HEADER + self.segments().len()) as u64
    }

    pub(crate) fn body(&self) -> Range<u64> {
        let start = self.header().end;
        start..start + length(self.segments()) as u64
    }

    /// Returns whether the page begins with the rest of a packet.
    pub(crate) fn is_continued(&self) -> bool {
        self.flags() & CONTINUED != 0
    }

    /// Returns the header without its segment table.
    pub(crate) fn header_bytes(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// Returns the header's fields, without the segments.
    pub(crate) fn fields(&self) -> PageFields {
        PageFields {
            flags: self.flags(),
            granule_position: self.granule_position(),
            serial: self.serial(),
            sequence: self.sequence(),
        }
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = &self.header;
        u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    }
}

/// Walks the pages in a range, of all streams.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    at: u64,
    end: u64,
}

impl Pages {
    pub(crate) fn within(range: Range<u64>) -> Self {
        Self { at: range.start, end: range.end }
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Page>> {
        let page = Page::read(cursor, self.at)?.filter(|page| page.range().end <= self.end);
        if let Some(page) = &page {
            self.at = page.range().end;
        }
        Ok(page)
    }

    /// Returns the range that has not been read as pages.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }
}

/// Walks the packets of one stream from one of its pages on, and skips the pages of
/// other streams.
#[derive(Clone, Debug)]
pub(crate) struct Packets {
    pages: Pages,
    page: Page,
    /// The first segment that has not been read, and where it is in the file.
    segment: usize,
    at: u64,
    pieces: Vec<Range<u64>>,
}

/// Where a packet lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    /// In bytes.
    pub length: u64,
    /// The page on which it begins.
    pub first: Page,
    /// The page on which it ends.
    pub last: Page,
}

impl Packets {
    /// Walks the stream of `page`, which begins with a packet.
    pub(crate) fn from(page: Page, cursor: &Cursor<'_>) -> Self {
        let pages = Pages::within(page.range().end..cursor.size());
        Self { pages, segment: 0, at: page.body().start, page, pieces: Vec::new() }
    }

    /// Returns the next packet, or `None` if the stream ends before the packet does.
    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Packet>> {
        self.pieces.clear();
        if self.segment == self.page.segments().len() && !self.next_page(cursor, false)? {
            return Ok(None);
        }
        let first = self.page.clone();
        while !self.take_piece(cursor.budget())? {
            if !self.next_page(cursor, true)? {
                return Ok(None);
            }
        }
        let length = self.pieces.iter().map(|piece| piece.end - piece.start).sum();
        Ok(Some(Packet { length, first, last: self.page.clone() }))
    }

    /// Returns the ranges of the packet that `next` has returned, one for each page.
    pub(crate) fn pieces(&self) -> &[Range<u64>] {
        &self.pieces
    }

    /// Reads the packet that `next` has returned, charged to the budget.
    pub(crate) fn bytes(&self, cursor: &mut Cursor<'_>) -> Result<Option<Vec<u8>>> {
        let length: u64 = self.pieces.iter().map(|piece| piece.end - piece.start).sum();
        let length = usize::try_from(length).map_err(|_| cursor.budget().memory_exceeded())?;
        let mut bytes = Vec::new();
        cursor.budget().reserve(&mut bytes, length)?;
        bytes.resize(length, 0);
        let mut rest = &mut bytes[..];
        for piece in &self.pieces {
            let (part, after) = rest.split_at_mut((piece.end - piece.start) as usize);
            if cursor.read(part, piece.start)? < part.len() {
                return Ok(None);
            }
            rest = after;
        }
        Ok(Some(bytes))
    }

    /// Takes the part of the packet that is on the page. Returns whether the packet ends there.
    fn take_piece(&mut self, budget: &Budget) -> Result<bool> {
        let left = &self.page.segments()[self.segment..];
        let last = left.iter().position(|segment| *segment < FULL_SEGMENT);
        let segments = &left[..last.map_or(left.len(), |last| last + 1)];
        let piece = self.at..self.at + length(segments) as u64;
        self.segment += segments.len();
        self.at = piece.end;
        budget.push(&mut self.pieces, piece)?;
        Ok(last.is_some())
    }

    /// Advances to the next page of the stream that has segments. Returns whether there
    /// is one, and whether its flag `CONTINUED` is `is_continued`.
    fn next_page(&mut self, cursor: &mut Cursor<'_>, is_continued: bool) -> Result<bool> {
        while let Some(page) = self.pages.next(cursor)? {
            if page.serial() == self.page.serial() && !page.segments().is_empty() {
                (self.segment, self.at) = (0, page.body().start);
                self.page = page;
                return Ok(self.page.is_continued() == is_continued);
            }
        }
        Ok(false)
    }
}

/// Returns the length of the content of these segments, in bytes.
pub(crate) fn length(segments: &[u8]) -> usize {
    segments.iter().map(|segment| usize::from(*segment)).sum()
}

/// Returns the lengths of the segments of a packet. The last segment is shorter than
/// [`FULL_SEGMENT`], even if it is empty.
pub(crate) fn segments_of(packet_length: usize) -> impl Iterator<Item = u8> {
    let full = usize::from(FULL_SEGMENT);
    let last = (packet_length % full) as u8;
    std::iter::repeat_n(FULL_SEGMENT, packet_length / full).chain([last])
}

/// The fields of a page's header, without the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageFields {
    pub flags: u8,
    pub granule_position: u64,
    pub serial: u32,
    pub sequence: u32,
}

impl PageFields {
    /// Appends a page to `pages`, with its checksum. `body` is as long as the
    /// segments say, of which there are at most [`MAX_SEGMENTS`].
    pub(crate) fn write(
        &self,
        segments: &[u8],
        body: &[u8],
        pages: &mut Vec<u8>,
        budget: &Budget,
    ) -> Result<()> {
        debug_assert!(segments.len() <= MAX_SEGMENTS && length(segments) == body.len());
        budget.reserve(pages, HEADER + segments.len() + body.len())?;
        let start = pages.len();
        pages.extend(MAGIC);
        pages.extend([0, self.flags]);
        pages.extend(self.granule_position.to_le_bytes());
        pages.extend(self.serial.to_le_bytes());
        pages.extend(self.sequence.to_le_bytes());
        pages.extend([0; 4]);
        pages.push(segments.len() as u8);
        pages.extend(segments);
        pages.extend(body);
        let checksum = checksum(&pages[start..]);
        pages[start..][CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
        Ok(())
    }
}

/// The bytes of the checksum in a page.
const CHECKSUM: Range<usize> = 22..26;

/// Computes the checksum of a page: a CRC of 32 bits, not reflected, with initial value
/// zero, over the page with zeros in place of its checksum.
pub(crate) fn checksum(page: &[u8]) -> u32 {
    page.iter().enumerate().fold(0, |crc, (index, byte)| {
        let byte = if CHECKSUM.contains(&index) { 0 } else { *byte };
        crc << 8 ^ CRC[(crc >> 24) as usize ^ usize::from(byte)]
    })
}

/// The CRC of each possible byte.
const CRC: [u32; 256] = {
    const POLYNOMIAL: u32 = 0x04C1_1DB7;
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut crc = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 1 { crc << 1 ^ POLYNOMIAL } else { crc << 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;
    use crate::file::unlinked;
    use std::path::Path;

    fn fixture(name: &str) -> Vec<u8> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../__test__/fixtures/audio");
        std::fs::read(fixtures.join(name)).unwrap()
    }

    fn page(flags: u8, serial: u32, segments: &[u8], body: &[u8]) -> Vec<u8> {
        let fields = PageFields { flags, granule_position: 7, serial, sequence: 1 };
        let mut bytes = Vec::new();
        fields.write(segments, body, &mut bytes, &unlinked::budget()).unwrap();
        bytes
    }

    #[test]
    fn checksums_are_those_that_encoders_wrote() {
        for name in ["vorbis.ogg", "opus.opus", "speex.spx", "flac.oga"] {
            let bytes = fixture(name);
            over(&bytes, |cursor| {
                let mut pages = Pages::within(0..cursor.size());
                let mut count = 0;
                while let Some(page) = pages.next(cursor).unwrap() {
                    let range = page.range().start as usize..page.range().end as usize;
                    assert_eq!(checksum(&bytes[range.clone()]), page.checksum(), "{name}");

                    let body = page.body().start as usize..range.end;
                    let mut written = Vec::new();
                    let budget = unlinked::budget();
                    let body = &bytes[body];
                    page.fields().write(page.segments(), body, &mut written, &budget).unwrap();
                    assert_eq!(written, bytes[range], "{name}");
                    count += 1;
                }
                assert!(count > 2 && pages.rest().is_empty(), "{name}: {count}");
            });
        }
    }

    #[test]
    fn a_packet_goes_on_across_pages_and_other_streams() {
        let long = vec![8; 300];
        let bytes = [
            page(FIRST, 1, &[3], b"abc"),
            page(0, 1, &[2, 255], &[b"de", &long[..255]].concat()),
            page(FIRST, 2, &[1], b"x"),
            page(CONTINUED, 1, &[45, 0], &long[255..]),
        ]
        .concat();
        over(&bytes, |cursor| {
            let first = Page::read(cursor, 0).unwrap().unwrap();
            let mut packets = Packets::from(first, cursor);
            let mut found = Vec::new();
            while let Some(packet) = packets.next(cursor).unwrap() {
                let bytes = packets.bytes(cursor).unwrap().unwrap();
                assert_eq!(bytes.len() as u64, packet.length);
                found.push(bytes);
            }
            assert_eq!(found, [b"abc".to_vec(), b"de".to_vec(), long, Vec::new()]);
            assert!(packets.pages.rest().is_empty());
        });
    }

    #[test]
    fn a_packet_whose_end_is_missing_is_none() {
        let start = page(FIRST, 1, &[255], &[0; 255]);
        for next in [&b""[..], &page(0, 1, &[1], b"a"), &page(CONTINUED, 2, &[1], b"a")] {
            over(&[&start, next].concat(), |cursor| {
                let first = Page::read(cursor, 0).unwrap().unwrap();
                assert_eq!(Packets::from(first, cursor).next(cursor).unwrap(), None);
            });
        }
    }

    #[test]
    fn a_page_that_does_not_fit_is_left_over() {
        let [whole, cut] = [page(0, 1, &[2], b"ab"), page(0, 1, &[9], &[0; 9])];
        for length in [4, 26, 27, cut.len() - 1] {
            over(&[&whole, &cut[..length]].concat(), |cursor| {
                let mut pages = Pages::within(0..cursor.size());
                assert!(pages.next(cursor).unwrap().is_some());
                assert_eq!(pages.next(cursor).unwrap(), None);
                assert_eq!(pages.rest().start, whole.len() as u64);
            });
        }
    }

    #[test]
    fn the_last_segment_of_a_packet_is_not_full() {
        for (length, expected) in
            [(0, &[0][..]), (254, &[254]), (255, &[255, 0]), (600, &[255, 255, 90])]
        {
            assert_eq!(segments_of(length).collect::<Vec<_>>(), expected);
        }
    }
}
