//! APE tags (wiki.hydrogenaud.io: "APEv1 specification", "APEv2 specification").

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

/// The first bytes of a header and of a footer.
pub(crate) const MAGIC: &[u8; 8] = b"APETAGEX";

/// The length of a header and of a footer, in bytes.
pub(crate) const HEADER: u64 = 32;

/// The flag of a tag that begins with a header.
const HAS_HEADER: u32 = 1 << 31;

/// The longest key of an item, in bytes.
const LONGEST_KEY: usize = 255;

/// The header or the footer of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The whole tag, with its header and footer. The file may end before it does.
    pub range: Range<u64>,
    /// 1000 or 2000.
    pub version: u32,
    pub flags: u32,
    /// The number of items that the tag promises.
    pub item_count: u32,
    pub items: Range<u64>,
}

impl Tag {
    /// Reads the footer of the tag that ends at `end`. Returns `None` if there is none,
    /// or if the tag would start before the file.
    pub(crate) fn ending_at(cursor: &mut Cursor<'_>, end: u64) -> Result<Option<Self>> {
        let Some(at) = end.checked_sub(HEADER) else { return Ok(None) };
        let Some(numbers) = Numbers::read(cursor, at)? else { return Ok(None) };
        let header = if numbers.flags & HAS_HEADER == 0 { 0 } else { HEADER };
        let Some(items) = end.checked_sub(numbers.size()) else { return Ok(None) };
        let Some(start) = items.checked_sub(header) else { return Ok(None) };
        Ok(Some(numbers.tag(start..end, items..at)))
    }

    /// Walks the items.
    pub(crate) fn items(&self) -> Items {
        Items { at: self.items.start, end: self.items.end }
    }
}

/// Returns whether a footer ends at `end`, with any size.
pub(crate) fn has_footer_at(cursor: &mut Cursor<'_>, end: u64) -> Result<bool> {
    let Some(at) = end.checked_sub(HEADER) else { return Ok(false) };
    Ok(Numbers::read(cursor, at)?.is_some())
}

struct Numbers {
    version: u32,
    size: u32,
    item_count: u32,
    flags: u32,
}

impl Numbers {
    fn read(cursor: &mut Cursor<'_>, at: u64) -> Result<Option<Self>> {
        let Some(bytes) = cursor.array::<32>(at)?.filter(|bytes| bytes.starts_with(MAGIC)) else {
            return Ok(None);
        };
        let number = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        Ok(Some(Self {
            version: number(8),
            size: number(12),
            item_count: number(16),
            flags: number(20),
        }))
    }

    /// Returns the length of items and footer, in bytes.
    fn size(&self) -> u64 {
        u64::from(self.size).max(HEADER)
    }

    fn tag(&self, range: Range<u64>, items: Range<u64>) -> Tag {
        let Self { version, item_count, flags, .. } = *self;
        Tag { range, version, flags, item_count, items }
    }
}

/// An item of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The whole item.
    pub range: Range<u64>,
    /// Bits 1 and 2 are the type: text (0), binary data (1) or a link (2).
    pub flags: u32,
    /// The key, in ASCII. Its letter case has no meaning.
    pub key: Range<u64>,
    pub value: Range<u64>,
}

/// Walks the items of a tag.
#[derive(Clone, Debug)]
pub(crate) struct Items {
    at: u64,
    end: u64,
}

impl Items {
    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Item>> {
        /// The lengths and flags before the key, in bytes.
        const NUMBERS: u64 = 8;
        if self.end - self.at < NUMBERS {
            return Ok(None);
        }
        let Some([a, b, c, d, flags @ ..]) = cursor.array::<8>(self.at)? else { return Ok(None) };
        let start = self.at + NUMBERS;
        let mut bytes = [0; LONGEST_KEY + 1];
        let read = cursor.read(&mut bytes, start)?;
        let Some(length) = bytes[..read].iter().position(|byte| *byte == 0) else {
            return Ok(None);
        };
        let key = start..start + length as u64;
        let value = key.end + 1..key.end + 1 + u64::from(u32::from_le_bytes([a, b, c, d]));
        if value.end > self.end {
            return Ok(None);
        }
        let range = self.at..value.end;
        self.at = value.end;
        Ok(Some(Item { range, flags: u32::from_le_bytes(flags), key, value }))
    }

    /// Returns the range after the last item.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn numbers(size: usize, count: u32, flags: u32) -> Vec<u8> {
        let size = size as u32 + 32;
        let numbers = [2000, size, count, flags].map(u32::to_le_bytes).concat();
        [&MAGIC[..], &numbers, &[0; 8]].concat()
    }

    fn item(key: &str, value: &[u8]) -> Vec<u8> {
        let length = (value.len() as u32).to_le_bytes();
        [&length, &[0; 4], key.as_bytes(), &[0], value].concat()
    }

    fn tag(items: &[u8], count: u32) -> Vec<u8> {
        let is_header = 1 << 29;
        let header = numbers(items.len(), count, HAS_HEADER | is_header);
        [&header[..], items, &numbers(items.len(), count, HAS_HEADER)].concat()
    }

    #[test]
    fn a_tag_begins_with_its_header_and_ends_with_its_footer() {
        let item = item("Title", b"abc");
        let bytes = [b"audio", &tag(&item, 1)[..]].concat();
        let end = bytes.len() as u64;
        over(&bytes, |cursor| {
            let tag = Tag::ending_at(cursor, end).unwrap().unwrap();
            assert_eq!(tag.range, 5..end);
            assert_eq!(tag.items, 5 + HEADER..5 + HEADER + item.len() as u64);
            assert_eq!(Tag::ending_at(cursor, end - 1).unwrap(), None);
        });
    }

    #[test]
    fn items_are_found_with_their_keys_and_values() {
        let bytes = tag(&[item("Title", b"abc"), item("Year", b"")].concat(), 2);
        over(&bytes, |cursor| {
            let tag = Tag::ending_at(cursor, bytes.len() as u64).unwrap().unwrap();
            let mut items = tag.items();
            let mut found = Vec::new();
            while let Some(item) = items.next(cursor).unwrap() {
                let [key, value] = [item.key, item.value];
                found.push((cursor.bytes(key).unwrap(), cursor.bytes(value).unwrap()));
            }
            let pair = |key: &[u8], value: &[u8]| (Some(key.to_vec()), Some(value.to_vec()));
            assert_eq!(found, [pair(b"Title", b"abc"), pair(b"Year", b"")]);
            assert!(items.rest().is_empty());
            assert_eq!(tag.item_count, 2);
        });
    }

    #[test]
    fn an_item_that_does_not_fit_is_left_over() {
        let mut long = item("Title", b"abc");
        long[0] = 4;
        let bytes = tag(&long, 1);
        over(&bytes, |cursor| {
            let tag = Tag::ending_at(cursor, bytes.len() as u64).unwrap().unwrap();
            let mut items = tag.items();
            assert_eq!(items.next(cursor).unwrap(), None);
            assert_eq!(items.rest(), 32..32 + long.len() as u64);
        });
    }

    #[test]
    fn a_tag_that_would_begin_before_the_file_is_none() {
        let bytes = numbers(1, 0, HAS_HEADER);
        over(&bytes, |cursor| {
            assert_eq!(Tag::ending_at(cursor, 32).unwrap(), None);
            assert!(has_footer_at(cursor, 32).unwrap());
        });
    }
}
