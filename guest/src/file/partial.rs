//! A file of which only some parts are here: the others are on a server.
//!
//! No thread waits for the network. A read of bytes that are not here fails, and records which
//! bytes are missing. The caller fetches them, adds them, and runs the call again.

use crate::error::{Error, ErrorKind};
use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The name, the size and the known parts of a file.
#[derive(Debug)]
pub struct PartialFile {
    name: String,
    size: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Parts by their offsets, in this order. They do not overlap.
    parts: Vec<(u64, Vec<u8>)>,
    /// The first bytes that a read has not found.
    missing: Option<Range<u64>>,
}

impl PartialFile {
    /// Makes a file of which nothing is known but its size in bytes. TagLib chooses the parser by
    /// the extension of its name.
    pub fn new(name: String, size: u64) -> Self {
        Self { name, size, state: Mutex::default() }
    }

    /// Adds bytes of the file. Bytes that are there already stay.
    pub fn add(&self, offset: u64, bytes: &[u8]) {
        let mut state = self.state();
        let end = self.size.min(offset.saturating_add(bytes.len() as u64));
        let mut start = offset;
        while start < end {
            let at = state.parts.partition_point(|(part, _)| *part <= start);
            let known = at.checked_sub(1).map_or(0, |before| part_end(&state.parts[before]));
            if known > start {
                start = known;
                continue;
            }
            let next = state.parts.get(at).map_or(end, |(part, _)| end.min(*part));
            let part = &bytes[(start - offset) as usize..(next - offset) as usize];
            state.parts.insert(at, (start, part.to_vec()));
            start = next;
        }
    }

    /// Forgets the bytes before `offset`.
    pub(crate) fn forget_before(&self, offset: u64) {
        let mut state = self.state();
        state.parts.retain(|part| part_end(part) > offset);
        if let Some((start, bytes)) = state.parts.first_mut()
            && *start < offset
        {
            *bytes = bytes.split_off((offset - *start) as usize);
            *start = offset;
        }
    }

    /// Returns the number of bytes that are here.
    pub fn known(&self) -> usize {
        self.state().parts.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns whether these bytes are here, as far as the file has them.
    pub(crate) fn is_here(&self, Range { start, end }: Range<u64>) -> bool {
        let state = self.state();
        let end = self.size.min(end);
        let mut at = start;
        for part in &state.parts {
            if part.0 <= at {
                at = at.max(part_end(part));
            }
        }
        at >= end
    }

    /// Reads once from `offset` on, up to the end of a part. Fails with
    /// [`ErrorKind::MissingBytes`] if none has the first byte.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let end = self.size.min(offset.saturating_add(buffer.len() as u64));
        if offset >= end {
            return Ok(0);
        }
        let mut state = self.state();
        let at = state.parts.partition_point(|(part, _)| *part <= offset);
        if let Some((part, bytes)) = at.checked_sub(1).map(|at| &state.parts[at]) {
            let rest = bytes.get((offset - part) as usize..).unwrap_or_default();
            if !rest.is_empty() {
                let length = rest.len().min(buffer.len());
                buffer[..length].copy_from_slice(&rest[..length]);
                return Ok(length);
            }
        }
        let missing = state.missing.get_or_insert(offset..end).clone();
        Err(io::Error::other(missing_error(missing)))
    }

    /// Returns the error of the first read that has not found its bytes, if there was one. TagLib
    /// takes such a read for the end of the file, so its answer does not count.
    pub(crate) fn take_missing(&self) -> Option<Error> {
        self.state().missing.take().map(missing_error)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn part_end((start, bytes): &(u64, Vec<u8>)) -> u64 {
    start + bytes.len() as u64
}

fn missing_error(Range { start, end }: Range<u64>) -> Error {
    let message = format!("the bytes from {start} to {end} have not been fetched");
    Error::new(ErrorKind::MissingBytes { start, end }, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &PartialFile, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        let mut buffer = vec![0; length];
        match file.read_at(&mut buffer, offset) {
            Ok(read) => Ok(buffer[..read].to_vec()),
            Err(_) => Err(file.take_missing().unwrap()),
        }
    }

    fn missing(file: &PartialFile, offset: u64, length: usize) -> (u64, u64) {
        match read(file, offset, length).unwrap_err().kind() {
            ErrorKind::MissingBytes { start, end } => (start, end),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_read_ends_at_a_hole_and_fails_in_it() {
        let file = PartialFile::new("a.mp3".to_owned(), 100);
        file.add(10, b"0123456789");
        assert_eq!(read(&file, 12, 4).unwrap(), b"2345");
        assert_eq!(read(&file, 15, 10).unwrap(), b"56789");
        assert_eq!(missing(&file, 20, 10), (20, 30));
        assert_eq!(missing(&file, 95, 10), (95, 100));
        assert_eq!(read(&file, 100, 10).unwrap(), b"");
    }

    #[test]
    fn forgotten_bytes_are_missing() {
        let file = PartialFile::new(String::new(), 100);
        file.add(0, b"01");
        file.add(10, b"0123456789");
        file.add(50, b"01");
        file.forget_before(15);
        assert_eq!(file.known(), 7);
        assert_eq!(missing(&file, 0, 1), (0, 1));
        assert_eq!(missing(&file, 14, 2), (14, 16));
        assert_eq!(read(&file, 15, 9).unwrap(), b"56789");
        assert_eq!(read(&file, 50, 9).unwrap(), b"01");
    }

    #[test]
    fn parts_may_overlap_and_end_with_the_file() {
        let file = PartialFile::new(String::new(), 10);
        file.add(4, b"45");
        file.add(2, b"xxxxxx");
        file.add(8, b"89+");
        file.add(20, b"x");
        assert_eq!(file.known(), 8);
        let mut all = Vec::new();
        while all.len() < 8 {
            all.extend(read(&file, 2 + all.len() as u64, 8).unwrap());
        }
        assert_eq!(all, b"xx45xx89");
    }
}
