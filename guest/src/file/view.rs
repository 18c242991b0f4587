//! A file as the guest sees it: whole, or with some ranges replaced.
//!
//! The guest does not read, copy or encode what it does not see. `pictures` and `large_file`
//! decide which ranges are hidden. Replacing a range shifts the offsets after it, as if the
//! file had been edited.

use super::read_ahead::ReadAhead;
use std::io;
use std::ops::Range;

/// A range of the file, and what the guest sees in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    pub range: Range<u64>,
    pub replacement: Vec<u8>,
}

pub(crate) struct FileView {
    file: ReadAhead,
    /// In the order of the view. Empty if the guest sees the whole file.
    pieces: Vec<Piece>,
    size: u64,
}

struct Piece {
    /// The offset at which the guest sees it.
    start: u64,
    length: u64,
    origin: Origin,
}

enum Origin {
    /// The file, from this offset on.
    File(u64),
    Bytes(Vec<u8>),
}

impl FileView {
    /// Shows the whole file.
    pub(crate) fn whole(file: ReadAhead) -> Self {
        Self { size: file.size(), file, pieces: Vec::new() }
    }

    /// Shows the file with `splices` applied. They are in the order of the file
    /// and do not overlap.
    pub(crate) fn spliced(file: ReadAhead, splices: Vec<Splice>) -> Self {
        let mut view = Self { size: 0, file, pieces: Vec::new() };
        let mut at = 0;
        for Splice { range, replacement } in splices {
            view.push(range.start - at, Origin::File(at));
            view.push(replacement.len() as u64, Origin::Bytes(replacement));
            at = range.end;
        }
        view.push(view.file.size() - at, Origin::File(at));
        view
    }

    /// Returns the size that the guest sees, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Ends the view and returns the file.
    pub(crate) fn into_file(self) -> ReadAhead {
        self.file
    }

    /// Fills `buffer` from `offset` on. Returns fewer bytes only at the end.
    pub(crate) fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if self.pieces.is_empty() {
            return self.file.read_at(buffer, offset);
        }
        let first = self.pieces.partition_point(|piece| piece.start + piece.length <= offset);
        let mut filled: usize = 0;
        for piece in &self.pieces[first..] {
            let skip = offset + filled as u64 - piece.start;
            let left = usize::try_from(piece.length - skip).unwrap_or(usize::MAX);
            let end = buffer.len().min(filled.saturating_add(left));
            let part = &mut buffer[filled..end];
            let read = match &piece.origin {
                Origin::File(start) => self.file.read_at(part, start + skip)?,
                Origin::Bytes(bytes) => {
                    part.copy_from_slice(&bytes[skip as usize..][..part.len()]);
                    part.len()
                }
            };
            filled += read;
            // The buffer is full, or the file has been truncated meanwhile.
            if filled == buffer.len() || filled < end {
                break;
            }
        }
        Ok(filled)
    }

    fn push(&mut self, length: u64, origin: Origin) {
        if length > 0 {
            self.pieces.push(Piece { start: self.size, length, origin });
            self.size += length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::unlinked;
    use super::*;

    fn view(splices: &[(Range<u64>, &[u8])]) -> FileView {
        let splice = |(range, replacement): &(Range<u64>, &[u8])| Splice {
            range: range.clone(),
            replacement: replacement.to_vec(),
        };
        let file = ReadAhead::new(unlinked::file(b"0123456789"), 10, &unlinked::budget());
        FileView::spliced(file, splices.iter().map(splice).collect())
    }

    #[test]
    fn every_range_reads_as_if_the_file_had_been_edited() {
        let mut view = view(&[(0..1, b"ab"), (3..7, b""), (8..8, b"+"), (9..10, b"z")]);
        let expected = b"ab127+8z";
        assert_eq!(view.size(), expected.len() as u64);
        for from in 0..=expected.len() + 2 {
            for length in 0..expected.len() + 2 {
                let mut buffer = vec![0; length];
                let read = view.read_at(&mut buffer, from as u64).unwrap();
                let rest = expected.get(from..).unwrap_or_default();
                assert_eq!(&buffer[..read], &rest[..length.min(rest.len())], "{length} at {from}");
            }
        }
    }

    #[test]
    fn a_file_that_shrinks_reads_as_shorter() {
        let file = ReadAhead::new(unlinked::file(b"0123"), 10, &unlinked::budget());
        let splice = Splice { range: 1..2, replacement: b"abc".to_vec() };
        let mut view = FileView::spliced(file, vec![splice]);
        let mut buffer = [0; 20];
        assert_eq!(view.read_at(&mut buffer, 0).unwrap(), 6);
        assert_eq!(&buffer[..6], b"0abc23");
        assert_eq!(view.read_at(&mut buffer, 8).unwrap(), 0);
    }
}
