//! SHA-256 hashes (FIPS 180-4), in hexadecimal.

use crate::containers::Cursor;
use crate::error::{Error, Result};
use crate::limits::Budget;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::ops::Range;

/// How many bytes are hashed between two looks at the clock.
const HASHED_AT_ONCE: usize = 1 << 20;

/// How many bytes of a file are read at once.
const READ_AT_ONCE: usize = 64 << 10;

/// Returns the hash of `data`.
pub(crate) fn of(data: &[u8], budget: &Budget) -> Result<String> {
    let mut hasher = Sha256::new();
    for part in data.chunks(HASHED_AT_ONCE) {
        budget.check().map_err(Error::from)?;
        hasher.update(part);
    }
    Ok(text_of(hasher))
}

/// Returns the hash of the bytes in `range`, or `None` if the file does not have them all.
pub(crate) fn of_range(cursor: &mut Cursor<'_>, range: Range<u64>) -> Result<Option<String>> {
    of_ranges(cursor, &[range])
}

/// Returns the hash of the bytes in all ranges, or `None` if the file does not have them all.
pub(crate) fn of_ranges(cursor: &mut Cursor<'_>, ranges: &[Range<u64>]) -> Result<Option<String>> {
    let mut hasher = RangeHasher::default();
    for range in ranges {
        if !hasher.update(cursor, &mut range.clone())? {
            return Ok(None);
        }
    }
    Ok(Some(hasher.text()))
}

/// Hashes ranges of a file.
#[derive(Debug, Default)]
pub(crate) struct RangeHasher {
    hasher: Sha256,
    /// What was read last. It is as long as the longest read.
    piece: Vec<u8>,
}

impl RangeHasher {
    /// Hashes the bytes in `range`, which is then empty. Returns whether the file has them all.
    /// After a failure, the bytes that are not hashed yet are left in `range`.
    pub(crate) fn update(
        &mut self,
        cursor: &mut Cursor<'_>,
        range: &mut Range<u64>,
    ) -> Result<bool> {
        while !range.is_empty() {
            cursor.budget().check().map_err(Error::from)?;
            let length = (range.end - range.start).min(READ_AT_ONCE as u64) as usize;
            if self.piece.len() < length {
                self.piece.resize(length, 0);
            }
            let piece = &mut self.piece[..length];
            if cursor.read(piece, range.start)? < length {
                return Ok(false);
            }
            self.hasher.update(piece);
            range.start += length as u64;
        }
        Ok(true)
    }

    /// Returns the hash of everything until now.
    pub(crate) fn text(&self) -> String {
        text_of(self.hasher.clone())
    }
}

fn text_of(hasher: Sha256) -> String {
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    #[test]
    fn bytes_and_ranges_of_a_file_have_the_same_hash() {
        let content: Vec<u8> = (0..200_000_u32).map(|index| index as u8).collect();
        let budget = unlinked::budget();
        let mut cursor = Cursor::over(&content, &budget);
        for range in [0..0, 5..5, 1..200_000, 70_000..70_001] {
            let bytes = &content[range.start as usize..range.end as usize];
            let expected = of(bytes, &budget).unwrap();
            assert_eq!(of_range(&mut cursor, range).unwrap(), Some(expected));
        }
        assert_eq!(of_range(&mut cursor, 1..200_001).unwrap(), None);
        let parts = of_ranges(&mut cursor, &[0..70_000, 70_000..70_000, 70_000..200_000]).unwrap();
        assert_eq!(parts, Some(of(&content, &budget).unwrap()));
    }
}
