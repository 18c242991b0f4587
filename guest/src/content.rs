//! Reads the content of a whole file.

use crate::buffers::Buffer;
use crate::error::Result;
use crate::file::DiskFile;
use crate::limits::{self, Budget, Cancellation, Limits};
use crate::preopens::Preopens;

/// How many bytes are read between two checks of the deadline.
const PIECE: usize = 1 << 20;

/// Returns the bytes of the file at this path. The deadline is extended as for [`crate::save()`].
///
/// # Errors
/// [`crate::ErrorKind::FileOperation`] if it can't be opened or read,
/// [`crate::ErrorKind::ResourceLimit`] if it has more bytes than the memory limit.
pub fn read_content(
    preopens: &Preopens,
    path: &str,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Buffer> {
    Budget::start(limits, cancellation).check()?;
    let opened = preopens.resolve(path)?.open()?;
    let budget = Budget::start(limits.for_copying(opened.size), cancellation);
    let size = usize::try_from(opened.size).map_err(|_| budget.memory_exceeded())?;
    budget.charge(size)?;
    let file = DiskFile::from(opened.file);
    let mut content = Buffer::of_length(size).map_err(|_| budget.memory_exceeded())?;
    let mut filled = 0;
    while filled < size {
        budget.check()?;
        let end = size.min(filled + PIECE);
        let read = file.read_at(&mut content[filled..end], filled as u64);
        match read.map_err(|error| limits::failure("read", &error))? {
            // The file has become shorter meanwhile.
            0 => break,
            read => filled += read,
        }
    }
    content.truncate(filled);
    Ok(content)
}
