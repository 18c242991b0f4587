//! Hides pictures of Ogg Vorbis and Opus, in the comments (RFC 7845; Vorbis I, section 5).
//!
//! Pictures are FLAC's picture blocks in Base64, stored as comments in the second packet. The
//! guest sees the packet without them, on new pages. TagLib subtracts the size of the header
//! packets from the size of the file to compute the bitrate, so zeros near the end replace the
//! bytes that are saved in page headers.
//!
//! The last page has the length of a stream. TagLib searches for it from the end, one kilobyte at
//! a time. So the header of that page is moved to the end, after the page's body, which TagLib
//! does not read, and is found at once.

use super::ogg_comments::{self, PICTURE, begins_with};
use super::ogg_packet::{PacketReader, ends_packet, page_at, page_behind, split};
use super::{
    FoundPicture, HiddenPictures, Hiding, MAX_PARTS, NotHidden, PictureData, flac, require, usual,
};
use crate::buffers::Buffer;
use crate::containers::Cursor;
use crate::containers::ogg::{self, HEADER, MAGIC, MAX_SEGMENTS, Page, length, segments_of};
use crate::containers::vorbis_comment::VorbisComment;
use crate::limits::Budget;
use base64_simd::{Out, STANDARD};
use memchr::memrchr_iter;

/// An older form of a picture, which TagLib also reads as one.
const COVER: &[u8] = b"COVERART=";

/// The longest packet of comments that is read here, in bytes. It has room for a picture of
/// 780,000 bytes, and its buffer is reused.
const LONGEST_PACKET: usize = 1 << 20;

/// Cuts the pictures out of the comments.
pub(super) fn hide(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    let budget = cursor.budget();
    budget.charge(LONGEST_PACKET)?;
    let result = hide_comments(cursor, hidden);
    budget.release(LONGEST_PACKET);
    result
}

fn hide_comments(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<()> {
    let headers = Headers::read(cursor, hidden)?;
    let saved = headers.hide_pictures(hidden, cursor.budget())?;
    let last = last_page(cursor, headers.end)?;
    let header = usual(cursor.bytes(last.header()))?;
    hidden.splice(last.header(), [])?;
    let end = cursor.size();
    let mut tail = Vec::new();
    cursor.budget().reserve(&mut tail, saved + header.len())?;
    tail.resize(saved, 0);
    tail.extend(header);
    hidden.splice(end..end, tail)
}

#[derive(Clone, Copy)]
enum Codec {
    Vorbis,
    Opus,
}

impl Codec {
    fn of(first_packet: &[u8]) -> Hiding<Self> {
        match first_packet {
            b"\x01vorbis" => Ok(Self::Vorbis),
            b"OpusHea" => Ok(Self::Opus),
            _ => Err(NotHidden::Unusual),
        }
    }

    /// Returns the first bytes of the comments.
    fn magic(self) -> &'static [u8] {
        match self {
            Self::Vorbis => b"\x03vorbis",
            Self::Opus => b"OpusTags",
        }
    }
}

/// The packets before the audio.
struct Headers {
    codec: Codec,
    /// The second packet: the comments, without pictures that were skipped.
    packet: Buffer,
    /// The length of the packet in the file, in bytes.
    length: u64,
    /// The first and the last page that it is on.
    pages: [Page; 2],
    /// The end of the last page that TagLib reads from the start.
    end: u64,
}

impl Headers {
    /// Reads the headers of a stream whose first packet has a page of its own.
    fn read(cursor: &mut Cursor<'_>, hidden: &mut HiddenPictures) -> Hiding<Self> {
        let first = page_at(cursor, 0)?;
        require(ends_packet(first.segments()) && split(&first).1.is_empty())?;
        let codec = Codec::of(&usual(cursor.array::<7>(first.body().start))?)?;
        let mut reader = PacketReader::new(page_behind(cursor, &first)?)?;
        let packet = Buffer::filled(LONGEST_PACKET, |bytes| match hidden.are_wanted {
            false if !cursor.is_all_here() => {
                ogg_comments::read_abridged(cursor, &mut reader, codec.magic(), bytes, hidden)
            }
            _ => reader.read_to_end(cursor, bytes),
        })?;
        let length = reader.length();
        let pages = reader.into_pages();
        let end = end_of_headers(cursor, codec, &pages[1])?;
        Ok(Self { codec, packet, length, pages, end })
    }

    /// Puts the comments into new pages. Returns how many bytes that saves in page
    /// headers.
    fn hide_pictures(&self, hidden: &mut HiddenPictures, budget: &Budget) -> Hiding<usize> {
        let kept = match without_pictures(&self.packet, self.codec, hidden, budget)? {
            Some(kept) => kept,
            None if self.packet.len() as u64 == self.length => return Ok(0),
            None => self.packet.to_vec(),
        };
        let [first, last] = &self.pages;
        let (old, others) = split(last);
        let range = first.range().start..last.body().start + length(old) as u64;
        let pages = in_pages(first, &kept, others, budget)?;

        let whole = (range.end - range.start) as usize;
        let removed = self.length as usize - kept.len();
        let saved = whole.checked_sub(removed + pages.len()).ok_or(NotHidden::Unusual)?;
        hidden.splice(range, pages)?;
        Ok(saved)
    }
}

/// Finds the end of the last page that TagLib reads: for Vorbis it reads three
/// packets, and all pages that they are on.
fn end_of_headers(cursor: &mut Cursor<'_>, codec: Codec, comments: &Page) -> Hiding<u64> {
    if matches!(codec, Codec::Opus) || ends_packet(split(comments).1) {
        return Ok(comments.range().end);
    }
    let mut page = page_behind(cursor, comments)?;
    for _ in 0..MAX_PARTS {
        if ends_packet(page.segments()) {
            return Ok(page.range().end);
        }
        page = page_behind(cursor, &page)?;
    }
    Err(NotHidden::Unusual)
}

/// Returns the packet of comments without its pictures, or `None` if it has none.
fn without_pictures(
    packet: &[u8],
    codec: Codec,
    hidden: &mut HiddenPictures,
    budget: &Budget,
) -> Hiding<Option<Vec<u8>>> {
    let magic = codec.magic();
    require(packet.starts_with(magic))?;
    let block = VorbisComment::parse(packet, magic.len()).ok_or(NotHidden::Unusual)?;
    require(block.count as usize <= MAX_PARTS)?;
    let mut kept = Vec::new();
    budget.reserve(&mut kept, packet.len())?;
    kept.extend(&packet[..block.start]);
    let mut count = block.count;
    let mut comments = block.comments(packet);
    for comment in comments.by_ref() {
        require(!begins_with(comment.text, COVER))?;
        if begins_with(comment.text, PICTURE) {
            hidden.add(picture(&comment.text[PICTURE.len()..], budget)?)?;
            count -= 1;
        } else {
            kept.extend(&packet[comment.range]);
        }
    }
    require(comments.left() == 0)?;
    kept.extend(&packet[comments.rest()]);
    kept[block.vendor.end..block.start].copy_from_slice(&count.to_le_bytes());
    Ok((count < block.count).then_some(kept))
}

fn picture(encoded: &[u8], budget: &Budget) -> Hiding<FoundPicture> {
    let length = encoded.len() / 4 * 3;
    budget.charge(length)?;
    let decode = |bytes: &mut [u8]| {
        let decoded = STANDARD.decode(encoded, Out::from_slice(bytes));
        decoded.map(|decoded| decoded.len()).map_err(|_| NotHidden::Unusual)
    };
    let mut block = Buffer::filled(length, decode)?;
    let (fields, data) = flac::fields(&block, block.len() as u64)?;
    block.skip(data.start as usize);
    Ok(FoundPicture { fields, data: PictureData::Decoded(block) })
}

/// Puts a packet into a page like `template`, followed by the header for the `others`: they share
/// the page, or get one of their own if they are too many. The checksums are wrong, and TagLib
/// does not check them.
fn in_pages(template: &Page, packet: &[u8], others: &[u8], budget: &Budget) -> Hiding<Vec<u8>> {
    let own = segments_of(packet.len()).count();
    require(own <= MAX_SEGMENTS)?;
    let mut pages = Vec::new();
    budget.reserve(&mut pages, 2 * HEADER + own + others.len() + packet.len())?;
    let begin_page = |pages: &mut Vec<u8>, count: usize| {
        let mut header = *template.header_bytes();
        // The page begins with a packet, and has `count` segments.
        (header[5], header[26]) = (0, count as u8);
        pages.extend(header);
    };
    if own + others.len() <= MAX_SEGMENTS {
        begin_page(&mut pages, own + others.len());
        pages.extend(segments_of(packet.len()));
        pages.extend(others);
        pages.extend(packet);
    } else {
        begin_page(&mut pages, own);
        pages.extend(segments_of(packet.len()));
        pages.extend(packet);
        begin_page(&mut pages, others.len());
        pages.extend(others);
    }
    Ok(pages)
}

/// Finds the page after `start` whose header TagLib takes for the last.
fn last_page(cursor: &mut Cursor<'_>, start: u64) -> Hiding<Page> {
    /// How much is read at once, and how far from the end, in bytes. A page has at most
    /// 65,307 bytes.
    const STEP: u64 = 16 << 10;
    const FARTHEST: u64 = 8 * STEP;

    let size = cursor.size();
    let mut bytes = [0; STEP as usize + MAGIC.len()];
    let mut end = size;
    while end > start && size - end < FARTHEST {
        let from = end.saturating_sub(STEP).max(start);
        // The magic number may begin in this step and end in the next one.
        let to = size.min(end + MAGIC.len() as u64);
        let part = &mut bytes[..(to - from) as usize];
        require(cursor.read(part, from)? == part.len())?;
        let matches = memrchr_iter(MAGIC[0], part).filter(|at| part[*at..].starts_with(MAGIC));
        let mut places = matches.map(|at| from + at as u64);
        if let Some(place) = places.find(|place| is_found_by_taglib(*place, size)) {
            return page_at(cursor, place);
        }
        end = from;
    }
    Err(NotHidden::Unusual)
}

/// Returns whether TagLib finds a magic number. It searches a file piece by piece, and does not
/// find one that lies across two pieces (`File::rfind`).
fn is_found_by_taglib(magic: u64, size: u64) -> bool {
    const PIECE: u64 = 1024;
    let length = ogg::MAGIC.len() as u64;
    let piece = |place: u64| (size + length - 1 - place) / PIECE;
    piece(magic) == piece(magic + length - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::ogg::{CONTINUED, FULL_SEGMENT, NO_POSITION, PageFields};
    use crate::file::unlinked;

    /// Returns the packets on these pages. The last one may be incomplete.
    fn packets(mut pages: &[u8]) -> Vec<Vec<u8>> {
        let mut packets = vec![Vec::new()];
        while !pages.is_empty() {
            let (head, rest) = pages.split_at(HEADER);
            assert!(head.starts_with(b"OggS\0\0"));
            let (table, mut rest) = rest.split_at(usize::from(head[26]));
            for segment in table {
                let (part, behind) = rest.split_at(usize::from(*segment));
                packets.last_mut().unwrap().extend(part);
                if *segment < FULL_SEGMENT {
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
        let budget = unlinked::budget();
        let fields =
            PageFields { flags: CONTINUED, granule_position: NO_POSITION, serial: 1, sequence: 1 };
        let mut template = Vec::new();
        fields.write(&[3], b"abc", &mut template, &budget).unwrap();
        let page = Page::read(&mut Cursor::over(&template, &budget), 0).unwrap().unwrap();
        for size in [0, 1, 254, 255, 256, 9_000, 64_770] {
            for others in [&[][..], &[3], &[FULL_SEGMENT; 5], &[FULL_SEGMENT; 255]] {
                let (packet, body) = (vec![1; size], vec![2; length(others)]);
                let pages = in_pages(&page, &packet, others, &budget).ok().unwrap();
                let packets = packets(&[pages, body.clone()].concat());
                assert_eq!(packets[..2], [packet, body], "{size}, {} others", others.len());
            }
        }
        assert!(in_pages(&page, &[0; 65_025], &[], &budget).is_err(), "it fits on no page");
    }
}
