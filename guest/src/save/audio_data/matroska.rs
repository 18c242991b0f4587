//! Matroska and WebM (RFC 9559): the clusters of the segment.

use super::{Content, Found, Parts, Stop};

const SEGMENT: u64 = 0x1853_8067;
const CLUSTER: u64 = 0x1F43_B675;

pub(super) fn parts(content: &mut Content<'_>) -> Found {
    let mut parts = Parts::default();
    let (mut at, mut end) = (0, content.size());
    while at < end {
        let element = Element::read(content, at)?.ok_or(CUT_OFF)?;
        if element.end > content.size() {
            return Err(CUT_OFF);
        }
        if element.id == SEGMENT {
            // Its children are next, and nothing behind it is read.
            (at, end) = (element.start, element.end);
            continue;
        }
        if element.id == CLUSTER {
            parts.push(element.start..element.end)?;
        }
        at = element.end;
    }
    Ok(parts)
}

const CUT_OFF: Stop = Stop::Damaged("a Matroska element in it ends behind the end of the file");

struct Element {
    id: u64,
    start: u64,
    end: u64,
}

impl Element {
    fn read(content: &mut Content<'_>, at: u64) -> Result<Option<Self>, Stop> {
        let Some((id, id_length)) = number(content, at, 4, false)? else { return Ok(None) };
        let Some((size, size_length)) = number(content, at + id_length, 8, true)? else {
            return Ok(None);
        };
        let start = at + id_length + size_length;
        // All ones: a live recording, whose end nobody knew.
        let unknown = size == (1 << (7 * size_length)) - 1;
        let end = match (unknown, id) {
            (false, _) => start.saturating_add(size),
            (true, SEGMENT) => content.size(),
            (true, _) => return Err(Stop::Unknown),
        };
        Ok(Some(Self { id, start, end }))
    }
}

/// EBML's variable-length number (RFC 8794, section 4): the zeros before the
/// first one tell its length. Identifiers keep that bit.
fn number(
    content: &mut Content<'_>,
    at: u64,
    longest: u64,
    without_marker: bool,
) -> Result<Option<(u64, u64)>, Stop> {
    let Some([first]) = content.array(at)? else { return Ok(None) };
    let length = u64::from(first.leading_zeros()) + 1;
    if length > longest {
        return Ok(None);
    }
    let marker = 0x80_u8 >> (length - 1);
    let mut number = u64::from(if without_marker { first & !marker } else { first });
    for index in 1..length {
        let Some([byte]) = content.array(at + index)? else { return Ok(None) };
        number = number << 8 | u64::from(byte);
    }
    Ok(Some((number, length)))
}
