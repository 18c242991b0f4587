//! Copies a file's content by a reflink if the file system supports it, and otherwise piece by
//! piece without the holes.

use crate::error::{Error, Result};
use crate::file::Faults;
use crate::limits::Budget;
use std::fs::File;
use std::io;
use std::ops::Range;

/// How much is copied between two checks of the deadline, in bytes.
const PIECE: u64 = 8 << 20;

/// Copies `size` bytes to the empty file `to`.
pub(super) fn content(
    from: &File,
    to: &File,
    size: u64,
    budget: &Budget,
    faults: &Faults,
) -> Result<()> {
    let failed = |error: io::Error| Error::io("copy", &error);
    if system::reflink(from, to) {
        return Ok(());
    }
    faults.run(|| to.set_len(size)).map_err(failed)?;
    let mut position = 0;
    let next_data = |position| faults.run(|| system::next_data(from, position, size));
    while let Some(data) = next_data(position).map_err(failed)? {
        position = data.start;
        while position < data.end {
            budget.check()?;
            let piece = position..data.end.min(position + PIECE);
            match faults.run(|| system::copy_range(from, to, piece)).map_err(failed)? {
                // The file has become shorter. The check before the rename reports that.
                0 => return Ok(()),
                copied => position += copied,
            }
        }
    }
    Ok(())
}

#[cfg(target_os = "linux")]
mod system {
    use super::*;
    use rustix::fs::{self, SeekFrom};
    use rustix::io::Errno;

    pub(super) fn reflink(from: &File, to: &File) -> bool {
        fs::ioctl_ficlone(to, from).is_ok()
    }

    /// Returns the next range of data at or after `position`.
    pub(super) fn next_data(
        from: &File,
        position: u64,
        size: u64,
    ) -> io::Result<Option<Range<u64>>> {
        if position >= size {
            return Ok(None);
        }
        let start = match fs::seek(from, SeekFrom::Data(position)) {
            Ok(start) => start,
            // Only a hole is left.
            Err(Errno::NXIO) => return Ok(None),
            Err(Errno::INVAL | Errno::OPNOTSUPP) => return Ok(Some(position..size)),
            Err(error) => return Err(error.into()),
        };
        let end = fs::seek(from, SeekFrom::Hole(start))?;
        Ok(Some(start..end.min(size)).filter(|data| !data.is_empty()))
    }

    pub(super) fn copy_range(from: &File, to: &File, range: Range<u64>) -> io::Result<u64> {
        let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let (mut source, mut target) = (range.start, range.start);
        match fs::copy_file_range(from, Some(&mut source), to, Some(&mut target), length) {
            Ok(copied) => Ok(copied as u64),
            // The file system or the kernel does not support it.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::XDEV | Errno::PERM) => {
                copy_through_memory(from, to, range)
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::*;

    pub fn reflink(_: &File, _: &File) -> bool {
        false
    }

    pub fn next_data(_: &File, position: u64, size: u64) -> io::Result<Option<Range<u64>>> {
        Ok(Some(position..size).filter(|data| !data.is_empty()))
    }

    pub use super::copy_through_memory as copy_range;
}

fn copy_through_memory(from: &File, to: &File, range: Range<u64>) -> io::Result<u64> {
    const BUFFER: u64 = 1 << 20;
    let from = crate::file::DiskFile::from(from.try_clone()?);
    let to = crate::file::DiskFile::from(to.try_clone()?);
    let mut buffer = vec![0; BUFFER.min(range.end - range.start) as usize];
    let read = from.read_at(&mut buffer, range.start)?;
    to.write_all_at(&buffer[..read], range.start)?;
    Ok(read as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{Cancellation, Limits};
    use std::os::unix::fs::{FileExt, MetadataExt};

    fn file(name: &str) -> File {
        let path =
            std::env::temp_dir().join(format!("taglib-wasi-copy-{}-{name}", std::process::id()));
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&path);
        std::fs::remove_file(&path).unwrap();
        file.unwrap()
    }

    fn bytes(file: &File) -> Vec<u8> {
        let mut bytes = vec![0; file.metadata().unwrap().len() as usize];
        file.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    }

    #[test]
    fn holes_stay_holes_and_the_rest_is_copied() {
        let (from, to) = (file("from"), file("to"));
        from.write_all_at(b"head", 10).unwrap();
        from.write_all_at(&[7; 9_000], 40 << 20).unwrap();
        from.set_len(64 << 20).unwrap();
        let budget = Budget::start(Limits::default(), &Cancellation::default());
        content(&from, &to, 64 << 20, &budget, &Faults::default()).unwrap();
        assert!(bytes(&from) == bytes(&to));
        assert!(to.metadata().unwrap().blocks() * 512 < 1 << 20);
    }

    #[test]
    fn without_help_from_the_kernel_the_copy_is_the_same() {
        let (from, to) = (file("plain-from"), file("plain-to"));
        from.write_all_at(b"abcdef", 0).unwrap();
        assert_eq!(copy_through_memory(&from, &to, 0..6).unwrap(), 6);
        assert_eq!(bytes(&to), b"abcdef");
    }

    #[test]
    fn a_cancelled_copy_stops() {
        let (from, to) = (file("stop-from"), file("stop-to"));
        from.write_all_at(b"abc", 0).unwrap();
        let cancellation = Cancellation::default();
        cancellation.cancel();
        let budget = Budget::start(Limits::default(), &cancellation);
        let copied = content(&from, &to, 3, &budget, &Faults::default());
        assert!(copied.is_err() || system::reflink(&from, &to));
    }
}
