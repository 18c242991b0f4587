//! Reads small parts of a file at many offsets.

use crate::error::Result;
use crate::file::ReadAhead;
use crate::limits::{self, Budget};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;

/// A file, or bytes in memory, whose structure is being read.
///
/// Every read uses the call's budget: the clock is checked at each read of the disk,
/// and at every [`READS_PER_CHECK`]th read from memory. Bytes that are returned are
/// charged.
pub(crate) struct Cursor<'a> {
    backing: Backing<'a>,
    budget: &'a Budget,
    reads: u32,
}

enum Backing<'a> {
    File(&'a mut ReadAhead),
    Bytes(&'a [u8]),
}

/// The number of reads between two checks of the clock. A walk within a window never
/// reads from the disk, where the clock is checked.
const READS_PER_CHECK: u32 = 1024;

/// How many bytes are hashed or compared at once.
const PIECE: usize = 64 << 10;

impl<'a> Cursor<'a> {
    /// Reads `file`, charged to `budget`.
    pub(crate) fn new(file: &'a mut ReadAhead, budget: &'a Budget) -> Self {
        Self { backing: Backing::File(file), budget, reads: 0 }
    }

    /// Reads `bytes`, charged to `budget`.
    pub(crate) fn over(bytes: &'a [u8], budget: &'a Budget) -> Self {
        Self { backing: Backing::Bytes(bytes), budget, reads: 0 }
    }

    /// Returns the size of the file in bytes.
    pub(crate) fn size(&self) -> u64 {
        match &self.backing {
            Backing::File(file) => file.size(),
            Backing::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Returns the budget that reads are charged to.
    pub(crate) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Returns whether these bytes can be read, or whether the file ends before them. Only of a
    /// file on a server some bytes may not be here.
    pub(crate) fn is_here(&self, range: Range<u64>) -> bool {
        match &self.backing {
            Backing::File(file) => file.is_here(range),
            Backing::Bytes(_) => true,
        }
    }

    /// Returns whether all bytes of the file can be read.
    pub(crate) fn is_all_here(&self) -> bool {
        self.is_here(0..self.size())
    }

    /// Fills `buffer` with the bytes from `offset` on. Returns fewer bytes only at the
    /// end of the file.
    pub(crate) fn read(&mut self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.reads = self.reads.wrapping_add(1);
        if self.reads.is_multiple_of(READS_PER_CHECK) {
            self.budget.check()?;
        }
        match &mut self.backing {
            Backing::File(file) => {
                file.read_at(buffer, offset).map_err(|error| limits::failure("read", &error))
            }
            Backing::Bytes(bytes) => Ok(copy(bytes, buffer, offset)),
        }
    }

    /// Returns the `N` bytes at `offset`, or `None` if the file has fewer.
    pub(crate) fn array<const N: usize>(&mut self, offset: u64) -> Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        Ok((self.read(&mut bytes, offset)? == N).then_some(bytes))
    }

    /// Returns the bytes in `range`, charged to the budget, or `None` if the file does
    /// not have them all.
    pub(crate) fn bytes(&mut self, range: Range<u64>) -> Result<Option<Vec<u8>>> {
        if range.end > self.size() {
            return Ok(None);
        }
        let length = usize::try_from(range.end.saturating_sub(range.start))
            .map_err(|_| self.budget.memory_exceeded())?;
        let mut bytes = Vec::new();
        self.budget.reserve(&mut bytes, length)?;
        bytes.resize(length, 0);
        Ok((self.read(&mut bytes, range.start)? == length).then_some(bytes))
    }

    /// Returns whether the file has `bytes` at `offset`.
    pub(crate) fn has(&mut self, bytes: &[u8], offset: u64) -> Result<bool> {
        let mut piece = [0; PIECE];
        let mut at = offset;
        for expected in bytes.chunks(PIECE) {
            let piece = &mut piece[..expected.len()];
            if self.read(piece, at)? < expected.len() || piece != expected {
                return Ok(false);
            }
            at += expected.len() as u64;
        }
        Ok(true)
    }

    /// Returns a hash of the bytes in `range`, or `None` if the file does not have them
    /// all. Hashes are comparable if they come from the same `keys`.
    pub(crate) fn hash(&mut self, range: Range<u64>, keys: &RandomState) -> Result<Option<u64>> {
        let mut hasher = keys.build_hasher();
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(PIECE);
        // Most of what is hashed is a short text.
        let mut piece = vec![0; length.min(PIECE)];
        let mut at = range.start;
        while at < range.end {
            let length = usize::try_from(range.end - at).unwrap_or(PIECE).min(PIECE);
            if self.read(&mut piece[..length], at)? < length {
                return Ok(None);
            }
            hasher.write(&piece[..length]);
            at += length as u64;
        }
        Ok(Some(hasher.finish()))
    }
}

/// Copies bytes from `offset` on. Returns their number: zero at the end.
fn copy(bytes: &[u8], buffer: &mut [u8], offset: u64) -> usize {
    let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
    let rest = rest.unwrap_or_default();
    let length = buffer.len().min(rest.len());
    buffer[..length].copy_from_slice(&rest[..length]);
    length
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::{ErrorKind, Limit};
    use crate::file::unlinked;
    use crate::limits::{Cancellation, Limits};

    fn budget(memory: usize) -> Budget {
        Budget::start(Limits { memory, ..Limits::default() }, &Cancellation::default())
    }

    /// Runs `test` with a cursor over `bytes`.
    pub(crate) fn over<T>(bytes: &[u8], test: impl FnOnce(&mut Cursor<'_>) -> T) -> T {
        let budget = unlinked::budget();
        test(&mut Cursor::over(bytes, &budget))
    }

    #[test]
    fn a_file_and_its_bytes_read_the_same() {
        let content: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let budget = unlinked::budget();
        let size = content.len() as u64;
        let mut file = ReadAhead::new(unlinked::file(&content), size, &budget);
        let [mut file, mut bytes] =
            [Cursor::new(&mut file, &budget), Cursor::over(&content, &budget)];
        assert_eq!(file.size(), bytes.size());
        for range in [0..10, 99_990..100_000, 99_991..100_001, 5..5, u64::MAX - 1..u64::MAX] {
            let [from_file, from_bytes] =
                [&mut file, &mut bytes].map(|cursor| cursor.bytes(range.clone()).unwrap());
            assert_eq!(from_file, from_bytes, "{range:?}");
        }
    }

    #[test]
    fn bytes_that_are_kept_are_charged_before_they_are_read() {
        let budget = budget(100);
        let mut file = ReadAhead::new(unlinked::file(&[7; 300]), 300, &budget);
        let mut cursor = Cursor::new(&mut file, &budget);
        assert_eq!(cursor.bytes(0..60).unwrap(), Some(vec![7; 60]));
        let error = cursor.bytes(0..60).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResourceLimit(Limit::Memory));
        assert_eq!(cursor.bytes(290..301).unwrap(), None);
        assert_eq!(cursor.array::<2>(299).unwrap(), None);
    }

    #[test]
    fn equal_bytes_have_equal_hashes_wherever_they_are() {
        let content: Vec<u8> = (0..200_000_u32).map(|index| (index % 100_000 / 7) as u8).collect();
        let budget = budget(100);
        let size = content.len() as u64;
        let mut file = ReadAhead::new(unlinked::file(&content), size, &budget);
        let mut cursor = Cursor::new(&mut file, &budget);
        let keys = RandomState::new();
        let mut hash = |range| cursor.hash(range, &keys).unwrap();
        assert_eq!(hash(0..100_000), hash(100_000..200_000));
        assert_ne!(hash(0..99_999), hash(0..100_000));
        assert_eq!(hash(150_000..200_001), None);
    }

    #[test]
    fn bytes_are_found_only_where_the_file_has_all_of_them() {
        let mut content: Vec<u8> = (0..200_000_u32).map(|index| (index / 7) as u8).collect();
        let budget = unlinked::budget();
        let mut file = ReadAhead::new(unlinked::file(&content), content.len() as u64, &budget);
        let mut cursor = Cursor::new(&mut file, &budget);
        assert!(cursor.has(&content[1..], 1).unwrap());
        assert!(cursor.has(b"", 200_000).unwrap());
        assert!(!cursor.has(&content[1..], 2).unwrap());
        *content.last_mut().unwrap() ^= 1;
        assert!(!cursor.has(&content[1..], 1).unwrap());
    }

    #[test]
    fn a_walk_within_a_window_ends_with_its_call() {
        let cancellation = Cancellation::default();
        let budget = Budget::start(Limits::default(), &cancellation);
        let mut file = ReadAhead::new(unlinked::file(&[0; 64]), 64, &budget);
        let mut cursor = Cursor::new(&mut file, &budget);
        cursor.array::<1>(0).unwrap();
        cancellation.cancel();
        assert!((0..=READS_PER_CHECK).any(|_| cursor.array::<1>(0).is_err()));
    }
}
