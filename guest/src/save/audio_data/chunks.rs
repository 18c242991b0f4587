//! Containers of chunks: an identifier, a size, and so many bytes.
//!
//! RIFF WAVE (Microsoft, "Multimedia Programming Interface 1.0"), AIFF (Apple),
//! DSF (Sony, "DSF File Format Specification 1.01"), DSDIFF (Philips, 1.5),
//! ASF (Microsoft, "Advanced Systems Format", section 2).

use super::{Content, Found, Parts, Stop};
use std::ops::Range;

pub(super) fn riff(content: &mut Content<'_>) -> Found {
    let size = content.array(4)?.map_or(0, u32::from_le_bytes);
    parts(content, 12..8 + u64::from(size), |content, at| {
        let Some(header) = content.array::<8>(at)? else { return Ok(None) };
        let size = u32::from_le_bytes(last(&header));
        Ok(Some(even(&header[..4] == b"data", at + 8, size.into())))
    })
}

pub(super) fn aiff(content: &mut Content<'_>) -> Found {
    let size = content.array(4)?.map_or(0, u32::from_be_bytes);
    parts(content, 12..8 + u64::from(size), |content, at| {
        let Some(header) = content.array::<8>(at)? else { return Ok(None) };
        let size = u32::from_be_bytes(last(&header));
        Ok(Some(even(&header[..4] == b"SSND", at + 8, size.into())))
    })
}

pub(super) fn dsdiff(content: &mut Content<'_>) -> Found {
    let size = content.array(4)?.map_or(0, u64::from_be_bytes);
    parts(content, 16..size.saturating_add(12), |content, at| {
        let Some(header) = content.array::<12>(at)? else { return Ok(None) };
        let size = u64::from_be_bytes(last(&header));
        Ok(Some(even([b"DSD ", b"DST "].contains(&&first(&header)), at + 12, size)))
    })
}

/// The audio is the third chunk, and the last.
pub(super) fn dsf(content: &mut Content<'_>) -> Found {
    until_audio(content, |content, at| {
        let Some(header) = content.array::<12>(at)? else { return Ok(None) };
        Ok(Some((&header[..4] == b"data", u64::from_le_bytes(last(&header)))))
    })
}

/// The audio is the second object; indices may follow.
pub(super) fn asf(content: &mut Content<'_>) -> Found {
    const DATA: [u8; 16] = [
        0x36, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE,
        0x6C,
    ];
    until_audio(content, |content, at| {
        let Some(header) = content.array::<24>(at)? else { return Ok(None) };
        Ok(Some((first::<16>(&header) == DATA, u64::from_le_bytes(last(&header)))))
    })
}

const PAST_THE_END: Stop = Stop::Damaged("a chunk in it ends behind the end of the file");
const NO_AUDIO: Stop = Stop::Damaged("there is no audio in it");

struct Chunk {
    is_audio: bool,
    body: Range<u64>,
    next: u64,
}

/// Chunks of an odd size are followed by a byte of padding.
fn even(is_audio: bool, start: u64, size: u64) -> Chunk {
    let end = start.saturating_add(size);
    Chunk { is_audio, body: start..end, next: end.saturating_add(size & 1) }
}

/// The chunks of a container; what stands behind it is nobody's.
fn parts(
    content: &mut Content<'_>,
    container: Range<u64>,
    mut chunk_at: impl FnMut(&mut Content<'_>, u64) -> Result<Option<Chunk>, Stop>,
) -> Found {
    // Some writers leave the last byte of padding away.
    if container.end > content.size() + 1 {
        return Err(PAST_THE_END);
    }
    let (mut parts, mut found) = (Parts::default(), false);
    let mut at = container.start;
    while at < container.end {
        let Some(chunk) = chunk_at(content, at)? else { break };
        if chunk.body.end > content.size() {
            return Err(PAST_THE_END);
        }
        if chunk.is_audio {
            found = true;
            parts.push(chunk.body)?;
        }
        at = chunk.next;
    }
    if found { Ok(parts) } else { Err(NO_AUDIO) }
}

/// Chunks whose size counts their header, up to the first with audio.
fn until_audio(
    content: &mut Content<'_>,
    mut chunk_at: impl FnMut(&mut Content<'_>, u64) -> Result<Option<(bool, u64)>, Stop>,
) -> Found {
    let mut at = 0;
    while let Some((is_audio, size)) = chunk_at(content, at)? {
        let end = at.checked_add(size).filter(|end| *end <= content.size()).ok_or(PAST_THE_END)?;
        if is_audio {
            let mut parts = Parts::default();
            parts.push(at..end)?;
            return Ok(parts);
        }
        if size == 0 {
            break;
        }
        at = end;
    }
    Err(NO_AUDIO)
}

fn first<const N: usize>(header: &[u8]) -> [u8; N] {
    header[..N].try_into().expect("the header is longer")
}

fn last<const N: usize>(header: &[u8]) -> [u8; N] {
    header[header.len() - N..].try_into().expect("the header is longer")
}
