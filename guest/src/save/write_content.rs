//! Writes a small file that is not audio, such as an exported picture.

use super::SaveOptions;
use super::destination::Destination;
use crate::error::{Error, Result};
use crate::file::{DiskFile, Faults};
use crate::limits::{self, Budget, Cancellation, Limits};
use crate::preopens::Preopens;

/// The mode of a new file, before the user's mask.
const MODE: u32 = 0o666;

/// How much is written between two checks of the deadline, in bytes.
const PIECE: usize = 1 << 20;

/// Writes `content` to the file at this path, so that after any fault either the old file or the
/// new one is there, complete. The new file gets the attributes of a file that it replaces.
///
/// # Errors
/// [`crate::ErrorKind::FileOperation`] with the errno of the operation that failed: `EROFS` in a
/// read-only preopen, `EEXIST` if there is a file and `overwrite` is not set, `EISDIR` or
/// `EINVAL` if it is not a regular file, `EMLINK` if it has several names, `EBUSY` if another
/// program has changed it meanwhile.
pub fn write_content(
    preopens: &Preopens,
    path: &str,
    content: &[u8],
    overwrite: bool,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<()> {
    let faults = Faults::default();
    write_content_with_faults(preopens, path, content, overwrite, limits, cancellation, &faults)
}

/// Writes as [`write_content`] does, with injected failures of file operations.
pub fn write_content_with_faults(
    preopens: &Preopens,
    path: &str,
    content: &[u8],
    overwrite: bool,
    limits: Limits,
    cancellation: &Cancellation,
    faults: &Faults,
) -> Result<()> {
    let budget = Budget::start(limits.for_copying(content.len() as u64), cancellation);
    budget.check()?;
    let options = SaveOptions::default();
    let resolved = preopens.resolve(path)?;
    let place = resolved.place_to_write()?;
    let destination = Destination::open(&resolved, place, &options, overwrite, faults, &budget)?;
    let file = destination.create(MODE, &budget, faults)?;
    let clone = file.file().try_clone().map_err(|error| Error::io("open", &error))?;
    let disk = DiskFile::new(clone, faults);
    for (offset, piece) in (0..).step_by(PIECE).zip(content.chunks(PIECE)) {
        budget.check()?;
        disk.write_all_at(piece, offset).map_err(|error| limits::failure("write", &error))?;
    }
    destination.put(file, &options, overwrite, &budget, faults)
}
