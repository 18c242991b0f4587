//! A stream with tags before and behind it: ID3v2 (id3.org/id3v2.4.0-structure),
//! APE (hydrogenaudio, "APEv2 specification"), ID3v1. FLAC (RFC 9639) has its
//! metadata blocks before the stream as well.

use super::{Content, Found, Parts, Stop};

pub(super) fn parts(content: &mut Content<'_>) -> Found {
    let mut start = 0;
    while let Some(length) = id3v2(content, start)? {
        start += length;
    }
    let mut parts = Parts::default();
    if content.array::<4>(start)?.as_ref() == Some(b"fLaC") {
        start = behind_metadata(content, start + 4)?;
    } else if let Some((at, length)) = tag_behind_junk(content, start)? {
        parts.push(start..at)?;
        start = at + length;
    }
    let mut end = content.size();
    while let Some(length) = trailing_tag(content, end)? {
        end = end.checked_sub(length).ok_or(PAST_THE_START)?;
    }
    if start > end {
        return Err(PAST_THE_END);
    }
    parts.push(start..end)?;
    Ok(parts)
}

const PAST_THE_END: Stop = Stop::Damaged("a tag in it ends behind the end of the file");
const PAST_THE_START: Stop = Stop::Damaged("a tag in it begins before the start of the file");

fn id3v2(content: &mut Content<'_>, at: u64) -> Result<Option<u64>, Stop> {
    const HEADER: u64 = 10;
    const FOOTER: u8 = 0x10;
    let Some(header) = content.array::<10>(at)?.filter(|header| header.starts_with(b"ID3")) else {
        return Ok(None);
    };
    let size = header[6..].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
    Ok(Some(HEADER + size + if header[5] & FOOTER != 0 { HEADER } else { 0 }))
}

/// TagLib finds a tag that has junk before it, and changes it there.
fn tag_behind_junk(content: &mut Content<'_>, start: u64) -> Result<Option<(u64, u64)>, Stop> {
    const JUNK: u64 = 16 << 10;
    for at in start + 1..(start + JUNK).min(content.size()) {
        let Some([b'I', b'D', b'3', version, ..]) = content.array::<10>(at)? else { continue };
        // A frame's name follows, so that audio is not taken for a tag.
        let named = content.array::<3>(at + 10)?.is_some_and(|name| {
            name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        });
        if (2..=4).contains(&version) && named {
            return Ok(id3v2(content, at)?.map(|length| (at, length)));
        }
    }
    Ok(None)
}

/// Metadata blocks: the first bit marks the last, three bytes tell the length.
fn behind_metadata(content: &mut Content<'_>, mut at: u64) -> Result<u64, Stop> {
    loop {
        let [kind, high, middle, low] = content.array(at)?.ok_or(PAST_THE_END)?;
        at += 4 + u64::from(u32::from_be_bytes([0, high, middle, low]));
        if kind & 0x80 != 0 {
            return Ok(at);
        }
    }
}

/// The length of the tag that ends there.
fn trailing_tag(content: &mut Content<'_>, end: u64) -> Result<Option<u64>, Stop> {
    const ID3V1: u64 = 128;
    const APE: u64 = 32;
    const HAS_HEADER: u8 = 0x80;
    if let Some(at) = end.checked_sub(ID3V1)
        && content.array::<3>(at)?.as_ref() == Some(b"TAG")
    {
        return Ok(Some(ID3V1));
    }
    let Some(at) = end.checked_sub(APE) else { return Ok(None) };
    let Some(footer) = content.array::<32>(at)?.filter(|it| it.starts_with(b"APETAGEX")) else {
        return Ok(None);
    };
    // With the footer, without the header.
    let size = u32::from_le_bytes([footer[12], footer[13], footer[14], footer[15]]);
    let header = if footer[23] & HAS_HEADER != 0 { APE } else { 0 };
    Ok(Some(u64::from(size).max(APE) + header))
}
