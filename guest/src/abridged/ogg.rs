//! Ogg Vorbis and Opus: picture blocks in Base64, as comments of the second
//! packet (RFC 3533, RFC 7845, Vorbis I: "5. comment field and header
//! specification").
//!
//! The comment stays where it is, and its name begins with `=`: TagLib passes
//! over a comment without a name, before it decodes any of it.

use super::flac_block::PictureBlock;
use super::{
    Abridgement, Content, Found, LiftedPicture, MAX_PARTS, PictureData, Stop, only_if, size_of,
};
use crate::buffers::Buffer;
use base64_simd::{Out, STANDARD};
use std::ops::Range;

const PICTURE: &[u8] = b"METADATA_BLOCK_PICTURE=";
/// An older way, of which TagLib makes a picture, too.
const COVER: &[u8] = b"COVERART=";

/// A page's header without its segment table, in bytes.
const PAGE_HEADER: usize = 27;

/// A longer one is left to the guest, in bytes: it has room for a cover of
/// 780,000, and for buffers to be used again.
const LONGEST_PACKET: usize = 1 << 20;

pub(super) fn comment_header(
    content: &mut Content<'_>,
    abridgement: &mut Abridgement,
) -> Found<()> {
    let packet = Packet::second(content)?;
    let mut at = packet.comments_start()?;
    at = packet.text(at)?.end;
    let count = packet.number(at)?;
    at += 4;
    only_if(count as usize <= MAX_PARTS)?;
    for _ in 0..count {
        let comment = packet.text(at)?;
        at = comment.end;
        let bytes = &packet.bytes[comment.clone()];
        only_if(!begins_with(bytes, COVER))?;
        if begins_with(bytes, PICTURE) {
            abridgement.pictures.push(picture(&bytes[PICTURE.len()..])?);
            let place = packet.place(comment.start);
            abridgement.splice(place..place + 1, b"=");
        }
    }
    Ok(())
}

fn picture(encoded: &[u8]) -> Found<LiftedPicture> {
    let decoded = |bytes: &mut [u8]| {
        STANDARD.decode(encoded, Out::from_slice(bytes)).map(|decoded| decoded.len())
    };
    let mut block = Buffer::filled(encoded.len() / 4 * 3, decoded).map_err(|_| Stop::Unusual)?;
    let PictureBlock { picture_type, mime_type, description, data } =
        PictureBlock::parse(&block, block.len() as u64)?;
    size_of(&data)?;
    block.skip(data.start as usize);
    Ok(LiftedPicture { mime_type, picture_type, description, data: PictureData::Decoded(block) })
}

fn begins_with(comment: &[u8], name: &[u8]) -> bool {
    comment.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// The comment packet, put together from its pages.
struct Packet {
    /// What the packet before it begins with.
    codec: [u8; 7],
    bytes: Buffer,
    /// Where each part of it begins, in the packet and in the file.
    parts: Vec<(usize, u64)>,
}

struct Page {
    /// The length of what it has of its first packet, and whether that ends.
    length: usize,
    ends: bool,
    body: u64,
    end: u64,
    serial: [u8; 4],
}

impl Packet {
    /// The second packet of a file whose first has a page of its own.
    fn second(content: &mut Content<'_>) -> Found<Self> {
        let first = Page::read(content, 0)?;
        only_if(first.ends && first.body + first.length as u64 == first.end)?;
        let codec = content.array(first.body)?;
        let mut parts = Vec::new();
        let bytes = Buffer::filled(LONGEST_PACKET, |bytes| {
            let (mut length, mut at) = (0, first.end);
            for _ in 0..MAX_PARTS {
                let page = Page::read(content, at)?;
                only_if(page.serial == first.serial)?;
                let rest = bytes.get_mut(length..length + page.length).ok_or(Stop::Unusual)?;
                content.fill(rest, page.body)?;
                parts.push((length, page.body));
                length += page.length;
                if page.ends {
                    return Ok(length);
                }
                at = page.end;
            }
            Err(Stop::Unusual)
        })?;
        Ok(Self { codec, bytes, parts })
    }

    /// Behind what the comment header begins with, which the first header names.
    fn comments_start(&self) -> Found<usize> {
        let magic: &[u8] = match &self.codec {
            b"OpusHea" => b"OpusTags",
            b"\x01vorbis" => b"\x03vorbis",
            _ => return Err(Stop::Unusual),
        };
        only_if(self.bytes.starts_with(magic))?;
        Ok(magic.len())
    }

    fn number(&self, at: usize) -> Found<u32> {
        let bytes = self.bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_le_bytes).ok_or(Stop::Unusual)
    }

    /// The text behind the length at `at`.
    fn text(&self, at: usize) -> Found<Range<usize>> {
        let length = self.number(at)? as usize;
        let range = at + 4..at + 4 + length;
        only_if(range.end <= self.bytes.len())?;
        Ok(range)
    }

    /// Where in the file a byte of the packet is.
    fn place(&self, at: usize) -> u64 {
        let next = self.parts.partition_point(|(start, _)| *start <= at);
        let (start, place) = self.parts[next - 1];
        place + (at - start) as u64
    }
}

impl Page {
    fn read(content: &mut Content<'_>, at: u64) -> Found<Self> {
        let header = content.array::<PAGE_HEADER>(at)?;
        only_if(header.starts_with(b"OggS\0"))?;
        let mut table = [0; 255];
        let segments = &mut table[..usize::from(header[26])];
        content.fill(segments, at + PAGE_HEADER as u64)?;

        let sum = |segments: &[u8]| segments.iter().map(|length| usize::from(*length)).sum();
        let last = segments.iter().position(|length| *length < 255);
        let own = last.map_or(&segments[..], |last| &segments[..=last]);
        let body = at + (PAGE_HEADER + segments.len()) as u64;
        let length: usize = sum(segments);
        Ok(Self {
            length: sum(own),
            ends: last.is_some(),
            body,
            end: body + length as u64,
            serial: [header[14], header[15], header[16], header[17]],
        })
    }
}
