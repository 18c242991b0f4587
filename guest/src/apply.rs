//! Applies an edit to a file's content and returns the changed bytes.
//!
//! The content is copied into a sandbox, and TagLib edits it there in memory. A
//! file that is named by its path is only read.

use crate::error::{Error, ErrorKind, Result};
use crate::file::ReadAhead;
use crate::limits::{Budget, Cancellation, Limits};
use crate::sandbox::{GuestFiles, Sandbox};
use crate::source::{Content, Source};
use crate::tags::Edit;

/// How often the content is in memory while it is edited: as it came, in TagLib's
/// stream, as the result, what TagLib moves, and the copy that is returned.
const COPIES: u64 = 5;

/// Returns the bytes of a file with `edit` applied. Its content decides which
/// format it has.
///
/// Editing needs memory for several copies of the content, so the memory limit
/// counts in addition to five times the content's size. The sandbox can address
/// at most 2 GiB.
///
/// # Errors
/// As [`crate::read_metadata`], and [`ErrorKind::FileOperation`] with the
/// operation `save` if TagLib can't write the format.
pub fn apply(
    source: &Source,
    edit: Edit,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Vec<u8>> {
    Budget::start(limits, cancellation).check()?;
    match source {
        Source::Path { preopens, path } => {
            let file = preopens.resolve(path)?.open()?;
            let budget = scaled(limits, file.size, cancellation);
            let file = ReadAhead::new(file.file, file.size, &budget);
            edit_content(Content::File(&file), edit, &budget)
        }
        Source::Bytes(bytes) => {
            let budget = scaled(limits, bytes.len() as u64, cancellation);
            edit_content(Content::Bytes(bytes), edit, &budget)
        }
    }
}

fn scaled(limits: Limits, size: u64, cancellation: &Cancellation) -> Budget {
    let copies = usize::try_from(size.saturating_mul(COPIES)).unwrap_or(usize::MAX);
    let memory = limits.memory.saturating_add(copies);
    Budget::start(Limits { memory, ..limits }, cancellation)
}

fn edit_content(content: Content<'_>, edit: Edit, budget: &Budget) -> Result<Vec<u8>> {
    let mut sandbox = Sandbox::new(GuestFiles::none(), budget)?;
    sandbox.edit_content(content, edit)?.ok_or_else(|| {
        Error::new(ErrorKind::InvalidFormat, "TagLib does not know its content as audio")
    })
}
