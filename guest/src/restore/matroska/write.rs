//! Writes elements (RFC 8794).

use crate::containers::Cursor;
use crate::containers::matroska::{
    ATTACHED_FILE, ATTACHMENTS, CRC_32, Elements, SIMPLE_TAG, TAG, TAGS, TARGETS, VOID,
};
use crate::error::Result;
use crate::limits::Budget;

/// The longest size field in bytes.
pub(super) const LONGEST_SIZE: usize = 8;

/// The shortest element: an identifier and a size of one byte each.
pub(super) const SHORTEST: u64 = 2;

/// A checksum with its header, in bytes.
const CHECKSUM: usize = 6;

/// Returns a size field of at least `width` bytes. It is as long as possible if the size does not
/// fit.
pub(super) fn size_field(size: u64, width: usize) -> Vec<u8> {
    // If all bits are set, the size is unknown.
    let fits = |width: &usize| *width == LONGEST_SIZE || size < (1 << (7 * width)) - 1;
    let width = (width.max(1)..=LONGEST_SIZE).find(fits).unwrap_or(LONGEST_SIZE);
    let marked = size | (1 << (7 * width));
    marked.to_be_bytes()[LONGEST_SIZE - width..].to_vec()
}

/// Returns an element with a size field of at least `width` bytes.
pub(super) fn element(id: u32, body: &[u8], width: usize, budget: &Budget) -> Result<Vec<u8>> {
    let size = size_field(body.len() as u64, width);
    let id = id.to_be_bytes();
    let id = &id[id.iter().position(|byte| *byte != 0).unwrap_or(id.len())..];
    let mut bytes = Vec::new();
    budget.reserve(&mut bytes, id.len() + size.len() + body.len())?;
    bytes.extend(id);
    bytes.extend(size);
    bytes.extend(body);
    Ok(bytes)
}

/// Returns an element that holds a number of at least `width` bytes.
pub(super) fn number(id: u32, value: u64, width: usize, budget: &Budget) -> Result<Vec<u8>> {
    let needed = LONGEST_SIZE - value.leading_zeros() as usize / 8;
    let width = width.max(needed).clamp(1, LONGEST_SIZE);
    element(id, &value.to_be_bytes()[LONGEST_SIZE - width..], 1, budget)
}

/// Returns padding of `length` bytes, which must be at least [`SHORTEST`].
pub(super) fn padding(length: u64, budget: &Budget) -> Result<Vec<u8>> {
    let width = if length <= 128 { 1 } else { LONGEST_SIZE };
    let body = usize::try_from(length).map_err(|_| budget.memory_exceeded())? - 1 - width;
    let mut bytes = Vec::new();
    budget.reserve(&mut bytes, 1 + width + body)?;
    bytes.push(VOID as u8);
    bytes.extend(size_field(body as u64, width));
    bytes.resize(1 + width + body, 0);
    Ok(bytes)
}

/// Returns a copy of elements in which no element has the size that means an unknown size.
///
/// TagLib writes it for an element whose size happens to be 127 or 16,383 bytes. Players then take
/// everything that follows for a part of the element.
pub(super) fn with_valid_sizes(elements: &[u8], budget: &Budget) -> Result<Vec<u8>> {
    /// The depth down to which TagLib writes elements.
    const DEPTH: usize = 4;
    valid_to_depth(elements, DEPTH, budget)
}

fn valid_to_depth(elements: &[u8], depth: usize, budget: &Budget) -> Result<Vec<u8>> {
    let mut cursor = Cursor::over(elements, budget);
    let mut walk = Elements::within(0..elements.len() as u64);
    let mut valid = Vec::new();
    while let Some(found) = walk.next(&mut cursor)? {
        budget.check()?;
        let body = &elements[found.body.start as usize..found.body.end as usize];
        let element = match found.id {
            ATTACHMENTS | ATTACHED_FILE | TAGS | TAG | TARGETS | SIMPLE_TAG if depth > 1 => {
                let body = valid_to_depth(body, depth - 1, budget)?;
                element(found.id, &body, found.size_width(), budget)?
            }
            _ => element(found.id, body, found.size_width(), budget)?,
        };
        budget.reserve(&mut valid, element.len())?;
        valid.extend(element);
    }
    let rest = walk.rest();
    budget.reserve(&mut valid, (rest.end - rest.start) as usize)?;
    valid.extend(&elements[rest.start as usize..]);
    Ok(valid)
}

/// Makes an element one byte longer by lengthening its size field. Returns `None` if the field
/// already has the greatest length.
pub(super) fn widened(bytes: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>> {
    let mut cursor = Cursor::over(bytes, budget);
    let Some(first) = Elements::within(0..bytes.len() as u64).next(&mut cursor)? else {
        return Ok(None);
    };
    let width = first.size_width();
    let body = &bytes[first.body.start as usize..];
    match width < LONGEST_SIZE {
        true => element(first.id, body, width + 1, budget).map(Some),
        false => Ok(None),
    }
}

/// Corrects the checksum that the body of an element may begin with (RFC 8794,
/// section 11.3.1).
pub(super) fn set_checksum(body: &mut [u8]) {
    if let Some((checksum, rest)) = body.split_at_mut_checked(CHECKSUM)
        && checksum[..2] == [CRC_32 as u8, 0x84]
    {
        checksum[2..].copy_from_slice(&crc_32(rest).to_le_bytes());
    }
}

/// Computes the CRC of ISO 3309, with the bits of each byte reversed.
fn crc_32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let of_byte = |crc: u32| (0..8).fold(crc, |crc, _| (crc >> 1) ^ (POLYNOMIAL * (crc & 1)));
    !bytes.iter().fold(!0, |crc: u32, byte| of_byte((crc ^ u32::from(*byte)) & 0xFF) ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    #[test]
    fn sizes_take_the_fewest_bytes_that_are_enough() {
        for (size, width, expected) in [
            (5, 1, &[0x85][..]),
            (126, 1, &[0xFE]),
            (127, 1, &[0x40, 127]),
            (5, 8, &[1, 0, 0, 0, 0, 0, 0, 5]),
            (300, 3, &[0x20, 1, 44]),
        ] {
            assert_eq!(size_field(size, width), expected);
        }
    }

    #[test]
    fn padding_has_any_length() {
        let budget = unlinked::budget();
        for length in (SHORTEST..300).chain([70_000]) {
            let bytes = padding(length, &budget).unwrap();
            let mut walk = Elements::within(0..length);
            let element = walk.next(&mut Cursor::over(&bytes, &budget)).unwrap().unwrap();
            assert_eq!((element.id, element.range), (VOID, 0..length));
        }
    }

    #[test]
    fn a_longer_size_field_makes_an_element_one_byte_longer() {
        let budget = unlinked::budget();
        let bytes = element(0x1254_C367, b"tags", 1, &budget).unwrap();
        let longer = widened(&bytes, &budget).unwrap().unwrap();
        assert_eq!(longer, b"\x12\x54\xC3\x67\x40\x04tags");
        let longest = element(0x1254_C367, b"tags", 8, &budget).unwrap();
        assert_eq!(widened(&longest, &budget).unwrap(), None);
    }

    #[test]
    fn elements_of_127_bytes_get_a_size_that_is_not_the_unknown_one() {
        let budget = unlinked::budget();
        let data = [&[0x46, 0x5C, 0xFF][..], &[7; 127]].concat();
        let attachments =
            element(ATTACHMENTS, &element(ATTACHED_FILE, &data, 1, &budget).unwrap(), 1, &budget);
        let valid = with_valid_sizes(&attachments.unwrap(), &budget).unwrap();
        let header =
            [0x19, 0x41, 0xA4, 0x69, 0x40, 0x87, 0x61, 0xA7, 0x40, 0x83, 0x46, 0x5C, 0x40, 0x7F];
        assert_eq!((&valid[..14], valid.len()), (&header[..], 14 + 127));
        assert_eq!(with_valid_sizes(&valid, &budget).unwrap(), valid);
    }

    #[test]
    fn a_checksum_follows_the_content() {
        let mut body = [&[0xBF, 0x84, 0, 0, 0, 0], &b"123456789"[..]].concat();
        set_checksum(&mut body);
        // The check value of this CRC.
        assert_eq!(body[2..6], 0xCBF4_3926_u32.to_le_bytes());
        let mut other = *b"no checksum";
        set_checksum(&mut other);
        assert_eq!(&other, b"no checksum");
    }
}
