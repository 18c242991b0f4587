//! Replaces a range of a file by bytes of another length.

use super::changed_ranges::ChangedRanges;
use super::disk::DiskFile;
use crate::limits::Budget;
use std::io;
use std::ops::Range;

/// How many bytes are moved at once.
const PIECE: usize = 1 << 20;

/// Replaces `range` of a file of `size` bytes by `bytes`, and moves what follows. Adds the ranges
/// that are written to to `changed`. Returns the new size.
pub(crate) fn replace_range(
    file: &DiskFile,
    size: u64,
    range: Range<u64>,
    bytes: &[u8],
    changed: &mut ChangedRanges,
    budget: &Budget,
) -> io::Result<u64> {
    let end = range.start + bytes.len() as u64;
    let new_size = size - (range.end - range.start) + bytes.len() as u64;
    let mut piece = vec![0; PIECE.min((size - range.end) as usize)];
    if end > range.end {
        let mut at = size;
        while at > range.end {
            let length = (at - range.end).min(PIECE as u64);
            at -= length;
            move_piece(file, at, at - range.end + end, &mut piece[..length as usize], budget)?;
        }
    } else if end < range.end {
        let mut at = range.end;
        while at < size {
            let length = (size - at).min(PIECE as u64);
            move_piece(file, at, at - range.end + end, &mut piece[..length as usize], budget)?;
            at += length;
        }
    }
    file.write_all_at(bytes, range.start)?;
    changed.add(range.start..end);
    if end != range.end {
        file.set_size(new_size)?;
        changed.add(range.start..u64::MAX);
    }
    Ok(new_size)
}

fn move_piece(
    file: &DiskFile,
    from: u64,
    to: u64,
    piece: &mut [u8],
    budget: &Budget,
) -> io::Result<()> {
    budget.check()?;
    let mut filled = 0;
    while filled < piece.len() {
        match file.read_at(&mut piece[filled..], from + filled as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
    }
    file.write_all_at(piece, to)
}

#[cfg(test)]
mod tests {
    use super::super::unlinked;
    use super::*;

    fn replaced(content: &[u8], range: Range<u64>, bytes: &[u8]) -> (Vec<u8>, ChangedRanges) {
        let file = DiskFile::from(unlinked::file(content));
        let mut changed = ChangedRanges::default();
        let size = content.len() as u64;
        let size =
            replace_range(&file, size, range, bytes, &mut changed, &unlinked::budget()).unwrap();
        let mut result = vec![0; size as usize + 1];
        let read = file.read_at(&mut result, 0).unwrap();
        assert_eq!(read as u64, size);
        result.truncate(read);
        (result, changed)
    }

    #[test]
    fn what_follows_moves_either_way_in_files_of_any_length() {
        let content: Vec<u8> = (0..3_000_000_u32).map(|index| (index / 7) as u8).collect();
        for (range, length) in [(0..10, 10), (0..10, 500_000), (5..2_000_000, 3), (9..9, 4)] {
            let bytes = vec![0xAB; length];
            let mut expected = content.clone();
            expected.splice(range.start as usize..range.end as usize, bytes.iter().copied());
            let (result, _) = replaced(&content, range.clone(), &bytes);
            assert!(result == expected, "{range:?} by {length} bytes");
        }
    }

    #[test]
    fn without_a_move_only_the_range_is_changed() {
        let (_, changed) = replaced(b"0123456789", 2..5, b"abc");
        assert_eq!(changed.within(&(0..10)).collect::<Vec<_>>(), std::slice::from_ref(&(2..5)));
        let (_, changed) = replaced(b"0123456789", 2..5, b"ab");
        assert_eq!(changed.within(&(0..10)).collect::<Vec<_>>(), std::slice::from_ref(&(2..10)));
    }
}
