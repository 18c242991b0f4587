//! Answers small reads from windows of a file.
//!
//! TagLib reads a file in pieces of at most a kilobyte, back and forth: about
//! 160 calls for one file. A few windows answer most of them from memory. TagLib
//! returns to places that it has read before (the head, the tail, an atom), so
//! the latest windows are kept. It walks through large tags page by page, and
//! from the end towards the last page of an Ogg stream, so a window next to the
//! previous one is several times as long. Large reads, such as a picture, bypass the
//! windows.
//!
//! Each read of the disk checks the call's budget first, so no loop over a
//! file's content can outlast the deadline by more than one read.
//!
//! The number of `pread` calls for one file of a library like the benchmark's, without those
//! for the picture, and the KiB that they read: MP3 3.2 and 16, FLAC 3.9 and 18, M4A 4.2 and
//! 20, WAV 3.0 and 15, Ogg Vorbis 6.6 and 294, Opus 6.2 and 264. With first windows of 32 and
//! 16 KiB these were 3.2 and 61, 2.9 and 56, 4.2 and 82, 3.0 and 58, 5.6 and 244, 5.3 and 223.
//! Small windows that only double need 7.5 calls and 251 KiB for Ogg Vorbis.

use super::disk::DiskFile;
use crate::buffers::Buffer;
use crate::limits::Budget;
use std::io;
use std::ops::Range;

/// The first window, in bytes: the headers and tags of most files.
const FIRST_WINDOW: usize = 8 << 10;

/// A window after a seek, in bytes.
const WINDOW: usize = 4 << 10;

/// How many times as long a window next to the previous one is. Windows start small,
/// and a walk needs few of them nevertheless.
const GROWTH: usize = 4;

/// The longest window, in bytes. Copying more would cost more than another call. A window never
/// begins earlier than this before the bytes that it was opened for.
pub(crate) const LONGEST_WINDOW: usize = 128 << 10;

/// The maximum number of bytes that one read takes from the disk. The budget is checked between
/// two reads.
const MAX_READ: usize = 1 << 20;

/// How many windows are kept.
const WINDOWS: usize = 6;

pub(crate) struct ReadAhead {
    file: DiskFile,
    size: u64,
    budget: Budget,
    /// The last window is the latest.
    windows: Vec<Window>,
}

struct Window {
    start: u64,
    content: Buffer,
}

impl ReadAhead {
    /// Wraps a file of `size` bytes. Bytes that are appended later are not read. If the
    /// file is truncated, reads end there.
    pub(crate) fn new(file: impl Into<DiskFile>, size: u64, budget: &Budget) -> Self {
        Self { file: file.into(), size, budget: budget.clone(), windows: Vec::new() }
    }

    /// Opens the same file once more, without windows.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::new(self.file.try_clone()?, self.size, &self.budget))
    }

    /// Returns the size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns whether these bytes can be read, or whether the file ends before them.
    pub(crate) fn is_here(&self, range: Range<u64>) -> bool {
        self.file.is_here(range)
    }

    /// Fills `buffer` from `offset` on. Returns fewer bytes only at the end of the
    /// file.
    pub(crate) fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let at = offset.saturating_add(filled as u64);
            if at >= self.size {
                // TagLib asks for bytes past the end repeatedly.
                break;
            }
            let rest = &mut buffer[filled..];
            let read = match self.copy(rest, at) {
                0 if rest.len() >= WINDOW => self.read_direct(rest, at)?,
                // Of a file on a server, no more than is needed should be missing.
                0 if !self.file.is_here(at..at + 1) => self.read_direct(rest, at)?,
                0 => {
                    self.open_window(at)?;
                    match self.copy(rest, at) {
                        // Of a file of which only some parts are here, a window that begins
                        // earlier may end before `at`.
                        0 => self.read_direct(rest, at)?,
                        read => read,
                    }
                }
                read => read,
            };
            if read == 0 {
                break;
            }
            filled += read;
        }
        Ok(filled)
    }

    /// Reads from the file once, without a window. May return fewer bytes than
    /// asked for.
    pub(crate) fn read_direct(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left).min(MAX_READ);
        if length == 0 {
            return Ok(0);
        }
        self.budget.check()?;
        self.file.read_at(&mut buffer[..length], offset)
    }

    /// Reads from a single window, if one holds all of the bytes.
    pub(crate) fn read_from_window(&self, buffer: &mut [u8], offset: u64) -> Option<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let bytes = self.windows.iter().rev().find_map(|it| it.from(offset).get(..length))?;
        buffer[..length].copy_from_slice(bytes);
        Some(length)
    }

    /// Updates the windows after a write to the file.
    pub(crate) fn overwrite(&mut self, bytes: &[u8], offset: u64) {
        self.size = self.size.max(offset + bytes.len() as u64);
        for window in &mut self.windows {
            window.overwrite(bytes, offset);
        }
    }

    /// Updates the windows after a change of the file's size.
    pub(crate) fn resize(&mut self, size: u64) {
        self.size = size;
        for window in &mut self.windows {
            let left = usize::try_from(size.saturating_sub(window.start)).unwrap_or(usize::MAX);
            window.content.truncate(left);
        }
    }

    pub(crate) fn file(&self) -> &DiskFile {
        &self.file
    }

    /// Copies what a window has from `offset` on. Returns zero if no window has anything.
    fn copy(&self, buffer: &mut [u8], offset: u64) -> usize {
        // The latest window first, since it answers most reads.
        for window in self.windows.iter().rev() {
            let content = window.from(offset);
            if !content.is_empty() {
                let length = buffer.len().min(content.len());
                buffer[..length].copy_from_slice(&content[..length]);
                return length;
            }
        }
        0
    }

    fn open_window(&mut self, offset: u64) -> io::Result<()> {
        let Range { start, end } = self.next_window(offset);
        // Of a file on a server, the bytes before those that are needed may not be here.
        let start = if self.file.is_here(start..offset) { start } else { offset };
        let length = (end - start) as usize;
        let content = Buffer::filled(length, |bytes| self.read_direct(bytes, start))?;
        if self.windows.len() == WINDOWS {
            self.windows.remove(0);
        }
        self.windows.push(Window { start, content });
        Ok(())
    }

    /// Returns the range to read for a request at `offset`.
    fn next_window(&self, offset: u64) -> Range<u64> {
        let Some(latest) = self.windows.last() else { return self.forward(offset, FIRST_WINDOW) };
        let longer = (latest.content.len() * GROWTH).clamp(WINDOW, LONGEST_WINDOW);
        // A page or atom header may lie a little beyond the window.
        let is_near = |distance: Option<u64>| distance.is_some_and(|it| it < WINDOW as u64);
        if is_near(offset.checked_sub(latest.end())) {
            self.forward(offset, longer)
        } else if is_near(latest.start.checked_sub(offset)) {
            latest.start.saturating_sub(longer as u64)..latest.start
        } else {
            self.forward(offset, WINDOW)
        }
    }

    /// Returns the range of a window at `offset`. Near the end of the file the window begins
    /// earlier: TagLib looks there for ID3v1, APE and Lyrics3 tags in steps towards the start.
    fn forward(&self, offset: u64, length: usize) -> Range<u64> {
        let start = offset.min(self.size.saturating_sub(length as u64));
        start..start + length as u64
    }
}

impl Window {
    fn end(&self) -> u64 {
        self.start + self.content.len() as u64
    }

    /// Returns the content of the window from `offset` on, which is empty outside the window.
    fn from(&self, offset: u64) -> &[u8] {
        offset
            .checked_sub(self.start)
            .and_then(|skip| self.content.get(usize::try_from(skip).ok()?..))
            .unwrap_or_default()
    }

    fn overwrite(&mut self, bytes: &[u8], offset: u64) {
        let (from, to) = (offset.max(self.start), (offset + bytes.len() as u64).min(self.end()));
        if from < to {
            let within = |position: u64, start: u64| (position - start) as usize;
            self.content[within(from, self.start)..within(to, self.start)]
                .copy_from_slice(&bytes[within(from, offset)..within(to, offset)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PartialFile, unlinked};
    use super::*;
    use crate::error::ErrorKind;
    use crate::limits::{Cancellation, Limits};
    use std::sync::Arc;

    fn file(size: usize) -> (ReadAhead, Vec<u8>) {
        let content: Vec<u8> = (0..size).map(|index| (index * 7 + index / 251) as u8).collect();
        (ReadAhead::new(unlinked::file(&content), size as u64, &unlinked::budget()), content)
    }

    #[test]
    fn reads_of_every_size_and_place_give_the_files_bytes() {
        let (mut reader, content) = file(100_000);
        let mut buffer = vec![0; 70_000];
        // A fixed walk over sizes and offsets, across window borders and the end.
        let mut state: u64 = 1;
        for _ in 0..2_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let offset = (state >> 33) as usize % 110_000;
            let length =
                [1, 10, 128, 1024, 5_000, 16_384, 40_000, 70_000][(state >> 20) as usize % 8];
            let read = reader.read_at(&mut buffer[..length], offset as u64).unwrap();
            let expected =
                &content[offset.min(content.len())..(offset + length).min(content.len())];
            assert_eq!(&buffer[..read], expected, "{length} bytes at {offset}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_end_of_the_file_costs_no_read() {
        let (mut reader, _) = file(10);
        assert_eq!(reader.read_at(&mut [0; 20], 0).unwrap(), 10);
        // Every later byte can come only from the file.
        reader.windows.clear();
        reader.file = std::fs::File::open("/").unwrap().into();
        assert_eq!(reader.read_at(&mut [0; 20], 10).unwrap(), 0);
        assert!(reader.read_at(&mut [0; 20], 9).is_err());
    }

    #[test]
    fn a_walk_in_small_steps_takes_few_reads_either_way() {
        const STEP: usize = 1_020;
        for is_forward in [true, false] {
            let (mut reader, content) = file(100_000);
            for step in 0..60 {
                let at = if is_forward { step * STEP } else { content.len() - (step + 1) * STEP };
                let mut buffer = [0; 1_024];
                let read = reader.read_at(&mut buffer, at as u64).unwrap();
                let expected = &content[at..content.len().min(at + buffer.len())];
                assert_eq!(&buffer[..read], expected, "at {at}");
            }
            assert!(reader.windows.len() <= 3, "{}", reader.windows.len());
        }
    }

    #[test]
    fn offsets_beyond_the_end_read_nothing() {
        let (mut reader, _) = file(10);
        for offset in [10, 11, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            assert_eq!(reader.read_at(&mut [0; 20], offset).unwrap(), 0);
        }
    }

    #[test]
    fn a_cancelled_call_reads_nothing_more_from_the_disk() {
        let cancellation = Cancellation::default();
        let budget = Budget::start(Limits::default(), &cancellation);
        let mut reader = ReadAhead::new(unlinked::file(&[7; 100_000]), 100_000, &budget);
        assert_eq!(reader.read_at(&mut [0; 10], 0).unwrap(), 10);
        cancellation.cancel();
        assert_eq!(reader.read_at(&mut [0; 10], 10).unwrap(), 10, "from the window");
        assert!(reader.read_at(&mut [0; 10], 90_000).is_err());
        assert!(reader.read_direct(&mut [0; 10], 0).is_err());
    }

    #[test]
    fn a_hole_in_a_partial_file_is_not_taken_for_the_end() {
        let content: Vec<u8> = (0..200_000_u32).map(|index| index as u8).collect();
        let partial = Arc::new(PartialFile::new(String::new(), 200_000));
        partial.add(0, &content[..100_000]);
        partial.add(195_000, &content[195_000..]);
        let mut reader = ReadAhead::new(Arc::clone(&partial), 200_000, &unlinked::budget());
        // Makes the windows long.
        for at in (0..100_000).step_by(1_000) {
            reader.read_at(&mut [0; 100], at).unwrap();
        }
        assert!(reader.read_at(&mut [0; 100], 100_000).is_err());
        let missing = partial.take_missing().unwrap().kind();
        assert_eq!(missing, ErrorKind::MissingBytes { start: 100_000, end: 100_100 });
        let mut buffer = [0; 100];
        for at in [199_000, 195_000] {
            assert_eq!(reader.read_at(&mut buffer, at).unwrap(), 100);
            assert_eq!(buffer, content[at as usize..at as usize + 100]);
        }
        assert!(partial.take_missing().is_none(), "a window began before the part");
    }

    #[test]
    fn a_file_that_shrinks_reads_as_shorter() {
        let (mut reader, _) = file(10);
        reader.size = 1_000;
        assert_eq!(reader.read_at(&mut [0; 500], 0).unwrap(), 10);
        assert_eq!(reader.read_at(&mut [0; 500], 500).unwrap(), 0);
    }
}
