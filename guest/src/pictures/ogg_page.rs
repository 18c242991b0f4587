//! Pages of an Ogg stream (RFC 3533, section 6).

use super::{Content, Found, Stop, only_if};
use std::ops::Range;

/// A header without its segment table, in bytes.
const HEAD: usize = 27;

/// The most segments of a page.
const MAX_SEGMENTS: usize = 255;

/// A segment of so many bytes is followed by more of its packet.
const FULL: u8 = 255;

/// Flags: the page begins with the rest of a packet; it is none of the others
/// (the first or the last one of its stream).
const CONTINUED: u8 = 1;

/// The header of a page.
pub(super) struct Page {
    start: u64,
    head: [u8; HEAD],
    segments: Vec<u8>,
}

impl Page {
    pub fn read(content: &mut Content<'_>, start: u64) -> Found<Self> {
        let mut bytes = [0; HEAD + MAX_SEGMENTS];
        let read = content.read(&mut bytes, start)?;
        let (head, table) = bytes.split_first_chunk::<HEAD>().ok_or(Stop::Unusual)?;
        only_if(head.starts_with(b"OggS\0"))?;
        let segments = table[..usize::from(head[26])].to_vec();
        only_if(!segments.is_empty() && read >= HEAD + segments.len())?;
        Ok(Self { start, head: *head, segments })
    }

    /// The page behind this one: of the same stream, neither its first nor its
    /// last.
    pub fn next(&self, content: &mut Content<'_>) -> Found<Self> {
        let next = Self::read(content, self.end())?;
        only_if(next.serial() == self.serial() && next.head[5] <= CONTINUED)?;
        Ok(next)
    }

    fn serial(&self) -> &[u8] {
        &self.head[14..18]
    }

    /// Of the header, in the file.
    pub fn header(&self) -> Range<u64> {
        self.start..self.start + (HEAD + self.segments.len()) as u64
    }

    /// Behind the page, in the file.
    pub fn end(&self) -> u64 {
        self.header().end + length(&self.segments) as u64
    }

    pub fn is_continued(&self) -> bool {
        self.head[5] == CONTINUED
    }

    pub fn ends_packet(&self) -> bool {
        ends_packet(&self.segments)
    }

    /// The segments of its first packet, and of what comes behind that.
    pub fn split(&self) -> (&[u8], &[u8]) {
        let last = self.segments.iter().position(|segment| *segment < FULL);
        self.segments.split_at(last.map_or(self.segments.len(), |last| last + 1))
    }

    /// The header as it is.
    pub fn bytes(&self) -> Vec<u8> {
        [&self.head, &self.segments[..]].concat()
    }

    /// A packet in a page like this one, and before the segments of `others`: on
    /// the same page, or where they are too many for that, on one of their own.
    pub fn with_packet(&self, packet: &[u8], others: &[u8]) -> Found<Vec<u8>> {
        let own = segments(packet.len());
        if own.len() + others.len() <= MAX_SEGMENTS {
            return Ok([&self.header_with(&[&own, others].concat())?, packet].concat());
        }
        Ok([&self.header_with(&own)?, packet, &self.header_with(others)?].concat())
    }

    /// The header of a page that begins with a packet, and has these segments.
    fn header_with(&self, segments: &[u8]) -> Found<Vec<u8>> {
        let mut head = self.head;
        head[5] = 0;
        head[26] = u8::try_from(segments.len()).map_err(|_| Stop::Unusual)?;
        Ok([&head, segments].concat())
    }
}

/// Whether a packet ends with one of these segments.
pub(super) fn ends_packet(segments: &[u8]) -> bool {
    segments.iter().any(|segment| *segment < FULL)
}

/// Of what these segments hold, in bytes.
pub(super) fn length(segments: &[u8]) -> usize {
    segments.iter().map(|segment| usize::from(*segment)).sum()
}

/// The segments of a packet of this length.
fn segments(length: usize) -> Vec<u8> {
    let mut segments = vec![FULL; length / usize::from(FULL)];
    segments.push((length % usize::from(FULL)) as u8);
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets on these pages, the last of which need not end.
    fn packets(mut pages: &[u8]) -> Vec<Vec<u8>> {
        let mut packets = vec![Vec::new()];
        while !pages.is_empty() {
            let (head, rest) = pages.split_at(HEAD);
            assert!(head.starts_with(b"OggS\0\0"));
            let (table, mut rest) = rest.split_at(usize::from(head[26]));
            for segment in table {
                let (part, behind) = rest.split_at(usize::from(*segment));
                packets.last_mut().unwrap().extend(part);
                if *segment < FULL {
                    packets.push(Vec::new());
                }
                rest = behind;
            }
            pages = rest;
        }
        packets
    }

    #[test]
    fn a_packet_comes_before_those_that_share_its_page() {
        let head = *b"OggS\0\x01granule.serinumbcrc.\0";
        let page = Page { start: 0, head, segments: vec![FULL] };
        for size in [0, 1, 254, 255, 256, 9_000, 64_770] {
            for others in [&[][..], &[3], &[FULL; 5], &[FULL; 255]] {
                let (packet, body) = (vec![1; size], vec![2; length(others)]);
                let pages = page.with_packet(&packet, others).ok().unwrap();
                let packets = packets(&[pages, body.clone()].concat());
                assert_eq!(packets[..2], [packet, body], "{size}, {} others", others.len());
            }
        }
        assert!(page.with_packet(&[0; 65_025], &[]).is_err(), "it has no room on a page");
    }
}
