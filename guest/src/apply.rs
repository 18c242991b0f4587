//! Applies an edit to a file's content and returns the changed bytes.
//!
//! The content is copied into a sandbox, and TagLib edits it there in memory. A
//! file that is named by its path is only read.

use crate::containers::Cursor;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{ChangedRanges, DiskFile, ReadAhead};
use crate::limits::{Budget, Cancellation, Limits};
use crate::preserve::{self, OnLoss};
use crate::restore::EditedCopy;
use crate::sandbox::{EditedContent, EditedTags, GuestFiles, Sandbox};
use crate::save::{ChangedContent, check_content};
use crate::source::{Content, Source};
use crate::tags::{Edit, Requested};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

/// How many copies of the content are in memory during an edit: the input, TagLib's
/// stream, the result, the bytes that TagLib moves, and the copy that is returned.
const COPIES: u64 = 5;

/// How much of the content is read to find out its format, in bytes: the audio may
/// follow a tag with covers.
const HEAD: usize = 4 << 20;

/// Returns the bytes of a file with `edit` applied. Its content decides which
/// format it has.
///
/// Editing needs memory for several copies of the content, so the memory limit
/// counts in addition to five times the content's size. The sandbox can address
/// at most 2 GiB.
///
/// # Errors
/// As [`crate::read_metadata`], and [`ErrorKind::FileOperation`] with the
/// operation `save` if TagLib can't write the format, or if something would be lost
/// that the edit does not ask to change and `on_loss` refuses that.
pub fn apply(
    source: &Source,
    edit: Edit,
    on_loss: OnLoss,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Vec<u8>> {
    Budget::start(limits, cancellation).check()?;
    match source {
        Source::Path { preopens, path } => {
            let file = preopens.resolve(path)?.open()?;
            let budget = scaled(limits, file.size, cancellation);
            let file = ReadAhead::new(file.file, file.size, &budget);
            edit_content(Content::File(&file), edit, on_loss, &budget)
        }
        Source::Bytes(bytes) => {
            let budget = scaled(limits, bytes.len() as u64, cancellation);
            edit_content(Content::Bytes(bytes), edit, on_loss, &budget)
        }
    }
}

fn scaled(limits: Limits, size: u64, cancellation: &Cancellation) -> Budget {
    let copies = usize::try_from(size.saturating_mul(COPIES)).unwrap_or(usize::MAX);
    let memory = limits.memory.saturating_add(copies);
    Budget::start(Limits { memory, ..limits }, cancellation)
}

fn edit_content(
    content: Content<'_>,
    edit: Edit,
    on_loss: OnLoss,
    budget: &Budget,
) -> Result<Vec<u8>> {
    let mut sandbox = Sandbox::new(GuestFiles::none(), budget)?;
    let edited = sandbox.edit_content(content, edit.clone())?.ok_or_else(|| {
        Error::new(ErrorKind::InvalidFormat, "TagLib does not know its content as audio")
    })?;
    // Frees the guest's memory before the host allocates some.
    drop(sandbox);
    let EditedContent { content: edited, tags } = edited;
    let edited = Arc::new(Mutex::new(edited));
    content
        .read(budget, |original| restore(original, &edited, &tags.requested, on_loss, budget))?;
    verify(content, &edited, &tags, &edit, budget)?;
    let mut edited = edited.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(mem::take(&mut *edited))
}

/// Checks the result as a save checks the changed copy.
fn verify(
    content: Content<'_>,
    edited: &Arc<Mutex<Vec<u8>>>,
    tags: &EditedTags,
    edit: &Edit,
    budget: &Budget,
) -> Result<()> {
    let mut head = vec![0; HEAD.min(usize::try_from(content.size()).unwrap_or(HEAD))];
    let read = content.read(budget, |cursor| cursor.read(&mut head, 0))?;
    let extension = Sandbox::new(GuestFiles::none(), budget)?.extension_of(&head[..read])?;
    let Some(extension) = extension else { return Ok(()) };
    let size = edited.lock().unwrap_or_else(PoisonError::into_inner).len() as u64;
    let file = DiskFile::in_memory(edited);
    let changed = ChangedContent { file: &file, size, extension, tags };
    content.read(budget, |original| check_content(original, &changed, edit, budget))
}

fn restore(
    original: &mut Cursor<'_>,
    edited: &Arc<Mutex<Vec<u8>>>,
    requested: &Requested,
    on_loss: OnLoss,
    budget: &Budget,
) -> Result<()> {
    let size = edited.lock().unwrap_or_else(PoisonError::into_inner).len() as u64;
    let file = DiskFile::in_memory(edited);
    let mut changed = ChangedRanges::everything();
    let mut copy = EditedCopy::new(&file, size, &mut changed, budget);
    preserve::preserve(original, &mut copy, requested, on_loss).map(drop)
}
