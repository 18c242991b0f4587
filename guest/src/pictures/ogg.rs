//! Ogg Vorbis and Opus (RFC 3533, RFC 7845, Vorbis I: "5. comment field and
//! header specification").
//!
//! Pictures are blocks in Base64, as comments of the second packet, which is put
//! into pages anew without them. For the bitrate TagLib takes the header packets'
//! sizes from the file's: so the bytes that this saves in headers of pages are
//! made up for, by zeros near the end.
//!
//! How long a stream is, its last page says. TagLib looks for that from the end,
//! a kilobyte at a time. So the header of that page changes places with what
//! follows it, which nobody looks into, and is found at once.

use super::flac_block::PictureBlock;
use super::ogg_page::{Page, ends_packet, length};
use super::{
    Content, Found, FoundPicture, HiddenPictures, MAX_PARTS, PictureData, Stop, only_if, size_of,
};
use crate::buffers::Buffer;
use base64_simd::{Out, STANDARD};
use memchr::memrchr_iter;
use std::ops::Range;

const PICTURE: &[u8] = b"METADATA_BLOCK_PICTURE=";
/// An older way, of which TagLib makes a picture, too.
const COVER: &[u8] = b"COVERART=";

/// A longer one is left to the guest, in bytes: it has room for a cover of
/// 780,000, and for buffers to be used again.
const LONGEST_PACKET: usize = 1 << 20;

pub(super) fn stream(content: &mut Content<'_>, hidden: &mut HiddenPictures) -> Found<()> {
    let headers = Headers::read(content)?;
    let saved = headers.leave_pictures_out(hidden)?;
    let last = last_page(content, headers.end)?;
    hidden.splice(last.header(), b"");
    let end = content.size();
    hidden.splice(end..end, &[vec![0; saved], last.bytes()].concat());
    Ok(())
}

#[derive(Clone, Copy)]
enum Codec {
    Vorbis,
    Opus,
}

impl Codec {
    fn of(first_packet: &[u8]) -> Found<Self> {
        match first_packet {
            b"\x01vorbis" => Ok(Self::Vorbis),
            b"OpusHea" => Ok(Self::Opus),
            _ => Err(Stop::Unusual),
        }
    }

    /// What the comments begin with.
    fn magic(self) -> &'static [u8] {
        match self {
            Self::Vorbis => b"\x03vorbis",
            Self::Opus => b"OpusTags",
        }
    }
}

/// What comes before the audio.
struct Headers {
    codec: Codec,
    /// The second packet: the comments.
    packet: Buffer,
    /// The pages that it is on.
    pages: Vec<Page>,
    /// Behind the last page that TagLib reads on its way from the start.
    end: u64,
}

impl Headers {
    /// Of a stream whose first packet has a page of its own.
    fn read(content: &mut Content<'_>) -> Found<Self> {
        let first = Page::read(content, 0)?;
        only_if(first.ends_packet() && first.split().1.is_empty())?;
        let codec = Codec::of(&content.array::<7>(first.header().end)?)?;
        let mut pages: Vec<Page> = Vec::new();
        let packet = Buffer::filled(LONGEST_PACKET, |bytes| {
            let mut filled = 0;
            loop {
                let page = pages.last().unwrap_or(&first).next(content)?;
                only_if(pages.len() < MAX_PARTS && page.is_continued() != pages.is_empty())?;
                let part = filled..filled + length(page.split().0);
                filled = part.end;
                content.fill(bytes.get_mut(part).ok_or(Stop::Unusual)?, page.header().end)?;
                let is_whole = page.ends_packet();
                pages.push(page);
                if is_whole {
                    return Ok::<_, Stop>(filled);
                }
            }
        })?;
        let end = end_of_headers(content, codec, &pages[pages.len() - 1])?;
        Ok(Self { codec, packet, pages, end })
    }

    /// Puts the comments into pages anew. Gives what that saves in headers of
    /// pages, in bytes.
    fn leave_pictures_out(&self, hidden: &mut HiddenPictures) -> Found<usize> {
        let Comments { kept, pictures } = Comments::read(&self.packet, self.codec)?;
        if pictures.is_empty() {
            return Ok(0);
        }
        hidden.pictures = pictures;
        let (first, last) = (&self.pages[0], &self.pages[self.pages.len() - 1]);
        let (old, others) = last.split();
        let range = first.header().start..last.header().end + length(old) as u64;
        let pages = first.with_packet(&kept, others)?;

        let whole = (range.end - range.start) as usize;
        let left_out = self.packet.len() - kept.len();
        let saved = whole.checked_sub(left_out + pages.len()).ok_or(Stop::Unusual)?;
        hidden.splice(range, &pages);
        Ok(saved)
    }
}

/// Of Vorbis TagLib reads three packets, and all pages that they are on.
fn end_of_headers(content: &mut Content<'_>, codec: Codec, comments: &Page) -> Found<u64> {
    if matches!(codec, Codec::Opus) || ends_packet(comments.split().1) {
        return Ok(comments.end());
    }
    let mut page = comments.next(content)?;
    for _ in 0..MAX_PARTS {
        if page.ends_packet() {
            return Ok(page.end());
        }
        page = page.next(content)?;
    }
    Err(Stop::Unusual)
}

/// The comments of a stream.
struct Comments {
    /// The packet without pictures.
    kept: Vec<u8>,
    pictures: Vec<FoundPicture>,
}

impl Comments {
    fn read(packet: &[u8], codec: Codec) -> Found<Self> {
        let magic = codec.magic();
        only_if(packet.starts_with(magic))?;
        let vendor = text(packet, magic.len())?;
        let count = number(packet, vendor.end)?;
        only_if(count as usize <= MAX_PARTS)?;
        let mut at = vendor.end + 4;
        let mut pictures = Vec::new();
        let mut fields = Vec::new();
        for _ in 0..count {
            let comment = text(packet, at)?;
            let bytes = &packet[comment.clone()];
            only_if(!begins_with(bytes, COVER))?;
            if begins_with(bytes, PICTURE) {
                pictures.push(picture(&bytes[PICTURE.len()..])?);
            } else {
                fields.extend(&packet[at..comment.end]);
            }
            at = comment.end;
        }
        let count = (count - pictures.len() as u32).to_le_bytes();
        let kept = [&packet[..vendor.end], &count, &fields, &packet[at..]].concat();
        Ok(Self { kept, pictures })
    }
}

fn number(packet: &[u8], at: usize) -> Found<u32> {
    let bytes = packet.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or(Stop::Unusual)
}

/// The text behind the length at `at`.
fn text(packet: &[u8], at: usize) -> Found<Range<usize>> {
    let length = number(packet, at)? as usize;
    let range = at + 4..at + 4 + length;
    only_if(range.end <= packet.len())?;
    Ok(range)
}

fn begins_with(comment: &[u8], name: &[u8]) -> bool {
    comment.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn picture(encoded: &[u8]) -> Found<FoundPicture> {
    let decoded = |bytes: &mut [u8]| {
        let decoded = STANDARD.decode(encoded, Out::from_slice(bytes));
        decoded.map(|decoded| decoded.len()).map_err(|_| Stop::Unusual)
    };
    let mut block = Buffer::filled(encoded.len() / 4 * 3, decoded)?;
    let PictureBlock { picture_type, mime_type, description, data } =
        PictureBlock::parse(&block, block.len() as u64)?;
    size_of(&data)?;
    block.skip(data.start as usize);
    Ok(FoundPicture { mime_type, picture_type, description, data: PictureData::Decoded(block) })
}

/// The page whose header TagLib finds when it looks for the last one, behind
/// `start`.
fn last_page(content: &mut Content<'_>, start: u64) -> Found<Page> {
    /// How much is read at once, and how far from the end, in bytes: a page has
    /// 65,307 at most.
    const STEP: u64 = 16 << 10;
    const FARTHEST: u64 = 8 * STEP;

    let size = content.size();
    let mut bytes = [0; STEP as usize + MARK.len()];
    let mut end = size;
    while end > start && size - end < FARTHEST {
        let from = end.saturating_sub(STEP).max(start);
        // A mark may begin in this step and end in the one behind it.
        let to = size.min(end + MARK.len() as u64);
        let part = &mut bytes[..(to - from) as usize];
        content.fill(part, from)?;
        let marks = memrchr_iter(MARK[0], part).filter(|at| part[*at..].starts_with(MARK));
        let mut places = marks.map(|at| from + at as u64);
        if let Some(place) = places.find(|place| is_found(*place, size)) {
            return Page::read(content, place);
        }
        end = from;
    }
    Err(Stop::Unusual)
}

/// What a page begins with.
const MARK: &[u8] = b"OggS";

/// TagLib looks through a file piece by piece, and finds no mark that lies
/// across two of them (`File::rfind`).
fn is_found(mark: u64, size: u64) -> bool {
    const PIECE: u64 = 1024;
    let piece = |place: u64| (size + MARK.len() as u64 - 1 - place) / PIECE;
    piece(mark) == piece(mark + MARK.len() as u64 - 1)
}
