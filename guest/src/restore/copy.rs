//! The copy of a file that TagLib has edited, as the restoration reads and writes it.

use crate::containers::Cursor;
use crate::error::Result;
use crate::file::{ChangedRanges, DiskFile, ReadAhead, replace_range};
use crate::limits::{self, Budget};
use std::io;
use std::ops::Range;
use std::rc::Rc;

/// How many bytes are written at once.
const PIECE: usize = 256 << 10;

/// A part of a file that is reassembled.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// A range of the original.
    Original(Range<u64>),
    Bytes(Rc<Vec<u8>>),
}

impl Piece {
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Original(range) => range.end - range.start,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

/// A copy that is read and written while it is restored.
pub(crate) struct EditedCopy<'a> {
    file: &'a DiskFile,
    size: u64,
    changed: &'a mut ChangedRanges,
    budget: &'a Budget,
}

impl<'a> EditedCopy<'a> {
    /// Wraps a file of `size` bytes. `changed` has the ranges that may differ from the original.
    /// Ranges that are written to are added to it.
    pub(crate) fn new(
        file: &'a DiskFile,
        size: u64,
        changed: &'a mut ChangedRanges,
        budget: &'a Budget,
    ) -> Self {
        Self { file, size, changed, budget }
    }

    /// Returns the size of the copy, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns the budget that reads and writes are charged to.
    pub(crate) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// Reads the copy as it is now.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&mut Cursor<'_>) -> Result<T>) -> Result<T> {
        let file = self.file.try_clone().map_err(|error| limits::failure("read", &error))?;
        let mut file = ReadAhead::new(file, self.size, self.budget);
        read(&mut Cursor::new(&mut file, self.budget))
    }

    /// Replaces a range of the copy by `bytes`, and moves what follows. Writes nothing if the
    /// range already has these bytes.
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

    /// Makes the copy consist of `pieces`. Does not write ranges of the original that are already
    /// in their place and unchanged.
    pub(super) fn rewrite(&mut self, original: &mut Cursor<'_>, pieces: &[Piece]) -> Result<()> {
        let mut at = 0;
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => self.write(bytes, at)?,
                Piece::Original(range) => self.put_back(original, range, at)?,
            }
            at += piece.length();
        }
        if at != self.size {
            self.file.set_size(at).map_err(|error| limits::failure("write", &error))?;
            self.changed.add(at.min(self.size)..u64::MAX);
            self.size = at;
        }
        Ok(())
    }

    fn put_back(&mut self, original: &mut Cursor<'_>, range: &Range<u64>, at: u64) -> Result<()> {
        if range.start != at {
            return self.copy_from(original, range.clone(), at);
        }
        let end = range.end.min(self.size);
        let mut written: Vec<_> = self.changed.within(&(range.start..end)).collect();
        written.push(end.max(range.start)..range.end);
        for part in written {
            let at = part.start;
            self.copy_from(original, part, at)?;
        }
        Ok(())
    }

    fn copy_from(
        &mut self,
        original: &mut Cursor<'_>,
        mut range: Range<u64>,
        mut at: u64,
    ) -> Result<()> {
        let mut piece = vec![0; PIECE.min((range.end - range.start) as usize)];
        while range.start < range.end {
            self.budget.check()?;
            let length = PIECE.min((range.end - range.start) as usize);
            let read = original.read(&mut piece[..length], range.start)?;
            if read < length {
                return Err(limits::failure("restore", &io::ErrorKind::UnexpectedEof.into()));
            }
            self.write(&piece[..length], at)?;
            range.start += length as u64;
            at += length as u64;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], at: u64) -> Result<()> {
        self.file.write_all_at(bytes, at).map_err(|error| limits::failure("write", &error))?;
        let end = at + bytes.len() as u64;
        self.changed.add(at..end);
        self.size = self.size.max(end);
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
