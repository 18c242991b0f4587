//! A file that the guest may change.
//!
//! TagLib makes room for a longer tag by moving the rest of the file, one kilobyte at a
//! time. Adjacent writes are therefore collected and written in large pieces.
//!
//! TagLib ignores the result of a write: on a full disk it reports success and leaves
//! half a file. So the first failure of a read or write is stored. Every later
//! operation fails, and [`Editable::finish`] returns the failure.

use super::changed_ranges::ChangedRanges;
use super::disk::DiskFile;
use super::read_ahead::ReadAhead;
use crate::limits::Budget;
use std::io;

/// The largest file that TagLib can change, in bytes. Its module is compiled for
/// 32 bits, where C's `ftell` can't return more; beyond it TagLib would write to
/// the wrong place.
pub(crate) const MAX_SIZE: u64 = i32::MAX as u64;

/// The maximum number of bytes that are collected before they are written.
const LONGEST_RUN: usize = 128 << 10;

pub(crate) struct Editable {
    content: ReadAhead,
    /// Bytes that the guest has written and that are not in the file yet. The windows of
    /// `content` contain them, and no window is opened while there are any.
    run: Vec<u8>,
    run_start: u64,
    changed: ChangedRanges,
    failure: Option<io::Error>,
}

/// The operation failed. [`Editable::finish`] returns the reason.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failed;

impl Editable {
    /// Wraps a file of `size` bytes.
    pub(crate) fn new(file: DiskFile, size: u64, budget: &Budget) -> Self {
        let content = ReadAhead::new(file, size, budget);
        let changed = ChangedRanges::default();
        Self { content, run: Vec::new(), run_start: 0, changed, failure: None }
    }

    /// Returns the size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.content.size()
    }

    /// Writes the collected bytes to the file. Returns the changed ranges, or the
    /// first failure of all operations.
    pub(crate) fn finish(mut self) -> io::Result<ChangedRanges> {
        // The result is in `failure`.
        let _ = self.flush();
        match self.failure {
            Some(error) => Err(error),
            None => Ok(self.changed),
        }
    }

    /// Fills `buffer` from `offset` on. Returns fewer bytes only at the end.
    pub(crate) fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<usize, Failed> {
        if self.failure.is_none()
            && let Some(read) = self.content.read_from_window(buffer, offset)
        {
            return Ok(read);
        }
        self.flush()?;
        self.attempt(|content| content.read_at(buffer, offset))
    }

    /// Writes all of `bytes` at `offset`, now or together with later bytes.
    pub(crate) fn write_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), Failed> {
        let run_end = self.run_start + self.run.len() as u64;
        if offset != run_end || self.run.len() + bytes.len() > LONGEST_RUN {
            self.flush()?;
            self.run_start = offset;
        }
        let end = offset.saturating_add(bytes.len() as u64);
        self.attempt(|_| check_size(end))?;
        self.content.overwrite(bytes, offset);
        self.changed.add(offset..end);
        if bytes.len() > LONGEST_RUN {
            return self.attempt(|content| content.file().write_all_at(bytes, offset));
        }
        self.run.extend_from_slice(bytes);
        Ok(())
    }

    /// Truncates or extends the file.
    pub(crate) fn set_size(&mut self, size: u64) -> Result<(), Failed> {
        self.flush()?;
        self.attempt(|content| {
            check_size(size)?;
            content.file().set_size(size)?;
            content.resize(size);
            Ok(())
        })?;
        // If the file is shortened and grows again, the new bytes are zeros.
        self.changed.add(size..u64::MAX);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failed> {
        if self.run.is_empty() {
            return Ok(());
        }
        let (run, start) = (std::mem::take(&mut self.run), self.run_start);
        self.attempt(|content| content.file().write_all_at(&run, start))
    }

    fn attempt<T>(
        &mut self,
        operation: impl FnOnce(&mut ReadAhead) -> io::Result<T>,
    ) -> Result<T, Failed> {
        if self.failure.is_some() {
            return Err(Failed);
        }
        operation(&mut self.content).map_err(|error| {
            self.failure = Some(error);
            Failed
        })
    }
}

fn check_size(size: u64) -> io::Result<()> {
    if size > MAX_SIZE { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::super::disk::Faults;
    use super::super::unlinked;
    use super::*;
    use std::fs::File;

    fn editable(content: &[u8], faults: &Faults) -> (Editable, File) {
        let file = unlinked::file(content);
        let clone = file.try_clone().unwrap();
        (
            Editable::new(DiskFile::new(file, faults), content.len() as u64, &unlinked::budget()),
            clone,
        )
    }

    fn content(file: &File) -> Vec<u8> {
        let mut content = vec![0; file.metadata().unwrap().len() as usize];
        let read = DiskFile::from(file.try_clone().unwrap()).read_at(&mut content, 0).unwrap();
        assert_eq!(read, content.len());
        content
    }

    /// Reads, writes and truncates at pseudo-random offsets, and compares with a plain vector.
    #[test]
    fn the_guest_reads_what_it_wrote_and_the_file_ends_up_the_same() {
        let mut expected: Vec<u8> = (0..300_000_usize).map(|index| (index / 100) as u8).collect();
        let (mut editable, file) = editable(&expected, &Faults::default());
        let mut state: u64 = 7;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut buffer = vec![0; 200_000];
        for step in 0..3_000 {
            let offset = next(320_000);
            let length = [1, 10, 1_024, 20_000, 150_000][next(5)];
            match next(10) {
                0 => {
                    editable.set_size(offset as u64).unwrap();
                    expected.resize(offset, 0);
                }
                1..5 => {
                    let bytes = vec![step as u8; length];
                    editable.write_at(&bytes, offset as u64).unwrap();
                    expected.resize(expected.len().max(offset + length), 0);
                    expected[offset..offset + length].copy_from_slice(&bytes);
                }
                _ => {
                    let read = editable.read_at(&mut buffer[..length], offset as u64).unwrap();
                    let end = (offset + length).min(expected.len());
                    assert_eq!(&buffer[..read], &expected[offset.min(end)..end], "step {step}");
                }
            }
            assert_eq!(editable.size(), expected.len() as u64);
        }
        editable.finish().unwrap();
        assert!(content(&file) == expected);
    }

    #[test]
    fn the_changed_ranges_are_returned() {
        let (mut editable, _) = editable(&[0; 100], &Faults::default());
        editable.write_at(b"ab", 10).unwrap();
        editable.write_at(b"cd", 12).unwrap();
        editable.set_size(90).unwrap();
        let changed = editable.finish().unwrap();
        assert_eq!(changed.within(&(0..95)).collect::<Vec<_>>(), [10..14, 90..95]);
    }

    #[test]
    fn a_walk_of_small_writes_takes_few_operations() {
        let faults = Faults::counted();
        let (mut editable, _) = editable(&[0; 1 << 20], &faults);
        let mut page = [0; 1024];
        for offset in (0..1 << 20).step_by(1024) {
            editable.read_at(&mut page, offset).unwrap();
            editable.write_at(&page, offset).unwrap();
        }
        editable.finish().unwrap();
        assert!(faults.operations() < 30, "{}", faults.operations());
    }

    #[test]
    fn a_file_can_not_grow_beyond_what_the_guest_can_address() {
        for grow in [
            |file: &mut Editable| file.write_at(b"ab", MAX_SIZE - 1),
            |file: &mut Editable| file.write_at(b"a", u64::MAX),
            |file: &mut Editable| file.set_size(MAX_SIZE + 1),
        ] {
            let (mut editable, _) = editable(b"abc", &Faults::default());
            assert_eq!(grow(&mut editable), Err(Failed));
            let error = editable.finish().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        }
    }

    #[test]
    fn every_operation_after_the_first_failure_fails() {
        const ENOSPC: i32 = 28;
        let faults = Faults::at(1, ENOSPC);
        let (mut editable, _) = editable(b"abcdef", &faults);
        editable.write_at(b"x", 0).unwrap();
        assert_eq!(editable.write_at(b"z", 4), Err(Failed));
        assert_eq!(editable.write_at(b"y", 1), Err(Failed));
        assert_eq!(editable.read_at(&mut [0; 2], 0), Err(Failed));
        assert_eq!(editable.set_size(1), Err(Failed));
        assert_eq!(editable.finish().unwrap_err().raw_os_error(), Some(ENOSPC));
        assert_eq!(faults.operations(), 1);
    }
}
