//! The copy of a file that TagLib has edited.

use crate::containers::Cursor;
use crate::error::Result;
use crate::file::{ChangedRanges, DiskFile, ReadAhead, replace_range};
use crate::limits::{self, Budget};
use std::io;
use std::ops::Range;

/// A file that is read and written while it is restored.
pub(crate) struct EditedCopy<'a> {
    file: &'a DiskFile,
    size: u64,
    changed: &'a mut ChangedRanges,
    budget: &'a Budget,
}

impl<'a> EditedCopy<'a> {
    /// Wraps a file of `size` bytes. Ranges that are written to are added to
    /// `changed`.
    pub(crate) fn new(
        file: &'a DiskFile,
        size: u64,
        changed: &'a mut ChangedRanges,
        budget: &'a Budget,
    ) -> Self {
        Self { file, size, changed, budget }
    }

    /// The size of the copy in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The budget that reads and writes are charged to.
    pub(crate) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Reads the copy as it is now.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&mut Cursor<'_>) -> Result<T>) -> Result<T> {
        let file = self.file.try_clone().map_err(|error| limits::failure("read", &error))?;
        let mut file = ReadAhead::new(file, self.size, self.budget);
        read(&mut Cursor::new(&mut file, self.budget))
    }

    /// Replaces a range of the copy by `bytes`, and moves what follows. Writes nothing
    /// if the range has these bytes already.
    pub(crate) fn replace(&mut self, range: Range<u64>, bytes: &[u8]) -> Result<()> {
        if range.start > range.end || range.end > self.size {
            return Err(limits::failure("restore", &io::ErrorKind::UnexpectedEof.into()));
        }
        let is_same_size = range.end - range.start == bytes.len() as u64;
        if is_same_size && self.read(|cursor| cursor.has(bytes, range.start))? {
            return Ok(());
        }
        self.size = replace_range(self.file, self.size, range, bytes, self.changed, self.budget)
            .map_err(|error| limits::failure("write", &error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    #[test]
    fn only_bytes_that_differ_are_written() {
        let file = DiskFile::from(unlinked::file(b"0123456789"));
        let budget = unlinked::budget();
        let mut changed = ChangedRanges::default();
        let mut copy = EditedCopy::new(&file, 10, &mut changed, &budget);
        copy.replace(2..5, b"234").unwrap();
        copy.replace(6..8, b"6x").unwrap();
        copy.replace(9..9, b"").unwrap();
        let written: Vec<_> = changed.within(&(0..10)).collect();
        assert_eq!(written, std::slice::from_ref(&(6..8)));
    }
}
