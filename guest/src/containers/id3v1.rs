//! ID3v1 tags (id3.org: ID3v1): the last 128 bytes of a file.

use super::{Cursor, ape_tag};
use crate::error::Result;
use std::ops::Range;

/// The length of a tag, in bytes.
pub(crate) const LENGTH: u64 = 128;

const MAGIC: &[u8] = b"TAG";

/// The fields of a tag, as ranges in it. If a comment ends with a zero and another
/// byte, that byte is the track number (ID3v1.1).
pub(crate) const FIELDS: [(&str, Range<usize>); 6] = [
    ("title", 3..33),
    ("artist", 33..63),
    ("album", 63..93),
    ("year", 93..97),
    ("comment", 97..127),
    ("genre", 127..128),
];

/// Returns the range of the tag that ends at `end`.
///
/// An APE tag of 131 bytes has `TAG` in the same place, as a part of its magic.
pub(crate) fn ending_at(cursor: &mut Cursor<'_>, end: u64) -> Result<Option<Range<u64>>> {
    let Some(start) = end.checked_sub(LENGTH) else { return Ok(None) };
    if cursor.array::<3>(start)?.is_none_or(|magic| magic != MAGIC) {
        return Ok(None);
    }
    /// The position of `TAG` in `APETAGEX`.
    const IN_APE_MAGIC: u64 = 3;
    let is_ape = match start.checked_sub(IN_APE_MAGIC) {
        Some(at) => cursor.array::<8>(at)?.as_ref() == Some(ape_tag::MAGIC),
        None => false,
    };
    Ok((!is_ape).then_some(start..end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn found(bytes: &[u8]) -> Option<Range<u64>> {
        over(bytes, |cursor| ending_at(cursor, bytes.len() as u64).unwrap())
    }

    #[test]
    fn a_tag_is_found_at_the_end_only() {
        let tag = [&b"TAG"[..], &[0; 125]].concat();
        assert_eq!(found(&tag), Some(0..128));
        assert_eq!(found(&[b"audio", &tag[..]].concat()), Some(5..133));
        assert_eq!(found(&tag[..127]), None);
        assert_eq!(found(&[&tag[..], b"."].concat()), None);
    }

    #[test]
    fn an_ape_tag_of_131_bytes_is_none() {
        assert_eq!(found(&[&b"audioAPETAGEX"[..], &[0; 123]].concat()), None);
    }

    #[test]
    fn the_fields_fill_the_tag() {
        let mut at = MAGIC.len();
        for (name, range) in FIELDS {
            assert_eq!(range.start, at, "{name}");
            at = range.end;
        }
        assert_eq!(at as u64, LENGTH);
    }
}
