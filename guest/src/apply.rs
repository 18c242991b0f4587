//! Applies an edit to a file's content and returns the changed bytes.
//!
//! TagLib edits a copy of the content, as it edits a copy of the file in a save. The copy stays
//! in the host's memory: TagLib sees it as a file, and reads and writes only the parts that it
//! needs. The guest's memory would hold three copies of the content. A file that is given by its
//! path is only read.

use crate::containers::Cursor;
use crate::corrections;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{ChangedRanges, DiskFile, Editable, ReadAhead};
use crate::limits::{self, Budget, Cancellation, Limits};
use crate::preserve::{self, OnLoss};
use crate::restore::EditedCopy;
use crate::sandbox::{EditedTags, GuestFiles, Outcome, Sandbox, Trust};
use crate::save::{ChangedContent, check_content};
use crate::source::{Content, Source};
use crate::tags::{DecodeOptions, Edit};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much of the content is read to find out its format, in bytes. The audio may follow a tag
/// with large pictures.
const HEAD: usize = 4 << 20;

/// How many bytes are copied between two checks of the budget.
const PIECE: usize = 1 << 20;

/// Returns the bytes of a file with `edit` applied. The content decides the format.
///
/// The changed bytes count against the memory limit. Content that is given as bytes belongs to
/// the caller, and does not count.
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
    let budget = Budget::start(limits, cancellation);
    budget.check()?;
    match source {
        Source::Path { preopens, path } => {
            let file = preopens.resolve(path)?.open()?;
            let file = ReadAhead::new(file.file, file.size, &budget);
            edit_content(Content::File(&file), &edit, on_loss, &budget)
        }
        Source::Bytes(bytes) => edit_content(Content::Bytes(bytes), &edit, on_loss, &budget),
        Source::Partial(partial) => {
            let file = ReadAhead::new(Arc::clone(partial), partial.size(), &budget);
            source.checked(edit_content(Content::File(&file), &edit, on_loss, &budget))
        }
    }
}

/// Content that is being changed.
type SharedContent = Arc<Mutex<Vec<u8>>>;

fn edit_content(
    content: Content<'_>,
    edit: &Edit,
    on_loss: OnLoss,
    budget: &Budget,
) -> Result<Vec<u8>> {
    let copy = Arc::new(Mutex::new(copy_of(content, budget)?));
    let extension = extension_of(&lock(&copy), budget)?.ok_or_else(not_audio)?;
    let tags = edit_copy(&copy, extension, edit, budget)?;
    content.read(budget, |original| restore(original, &copy, &tags, on_loss, budget))?;
    verify(content, &copy, extension, &tags, (edit, on_loss), budget)?;
    let mut edited = lock(&copy);
    Ok(mem::take(&mut *edited))
}

/// Copies content. If the file has become shorter meanwhile, the copy is shorter, too.
fn copy_of(content: Content<'_>, budget: &Budget) -> Result<Vec<u8>> {
    let length = budget.admit(content.size())? as usize;
    let mut copy = Vec::new();
    budget.reserve(&mut copy, length)?;
    while copy.len() < length {
        budget.check()?;
        let filled = copy.len();
        copy.resize(length.min(filled + PIECE), 0);
        let read = content.read_at(&mut copy[filled..], filled as u64);
        let read = read.map_err(|error| limits::failure("read", &error))?;
        copy.truncate(filled + read);
        if read == 0 {
            break;
        }
    }
    Ok(copy)
}

/// Returns the extension of the content's format: the format that its first bytes show, or else
/// the one as which TagLib reads it.
fn extension_of(content: &[u8], budget: &Budget) -> Result<Option<&'static str>> {
    let head = &content[..content.len().min(HEAD)];
    let extension = Sandbox::new(GuestFiles::none(), budget)?.extension_of(head)?;
    if extension.is_some() {
        return Ok(extension);
    }
    let mut sandbox = Sandbox::new(GuestFiles::none(), budget)?;
    let options = DecodeOptions { pictures: false };
    match sandbox.read_tags_by_content(Content::Bytes(content), options)? {
        Outcome::Answer(answer) => Ok(answer.audio.extension()),
        Outcome::Refused | Outcome::Crashed => Ok(None),
    }
}

fn not_audio() -> Error {
    Error::new(ErrorKind::InvalidFormat, "TagLib does not know its content as audio")
}

/// Lets TagLib edit the copy.
fn edit_copy(
    copy: &SharedContent,
    extension: &str,
    edit: &Edit,
    budget: &Budget,
) -> Result<EditedTags> {
    let size = lock(copy).len() as u64;
    let editable = Editable::new(DiskFile::in_memory(copy, budget), size, budget);
    let files = GuestFiles::editable(format!("content.{extension}"), editable);
    let mut sandbox = Sandbox::new(files, budget)?;
    let tags = sandbox.edit_by_path(edit.clone(), Trust::Content, |answer, options| {
        let mut file = ReadAhead::new(DiskFile::in_memory(copy, budget), size, budget);
        corrections::correct(answer, &mut Cursor::new(&mut file, budget), options)
    });
    // A failure of the copy takes precedence: TagLib reports it as something else.
    if let Some(editable) = sandbox.into_edited() {
        editable.finish().map_err(|error| limits::failure("write", &error))?;
    }
    tags?.ok_or_else(not_audio)
}

/// Checks the result as a save checks the changed copy.
fn verify(
    content: Content<'_>,
    copy: &SharedContent,
    extension: &str,
    tags: &EditedTags,
    (edit, on_loss): (&Edit, OnLoss),
    budget: &Budget,
) -> Result<()> {
    let size = lock(copy).len() as u64;
    let file = DiskFile::in_memory(copy, budget);
    let changed = ChangedContent { file: &file, size, extension, tags };
    content.read(budget, |original| check_content(original, &changed, edit, on_loss, budget))
}

fn restore(
    original: &mut Cursor<'_>,
    edited: &SharedContent,
    tags: &EditedTags,
    on_loss: OnLoss,
    budget: &Budget,
) -> Result<()> {
    let size = lock(edited).len() as u64;
    let file = DiskFile::in_memory(edited, budget);
    let mut changed = ChangedRanges::everything();
    let mut copy = EditedCopy::new(&file, size, &mut changed, budget);
    preserve::preserve(original, &mut copy, tags, on_loss).map(drop)
}

fn lock(content: &SharedContent) -> MutexGuard<'_, Vec<u8>> {
    // No thread panics while it holds the lock: each only copies bytes.
    content.lock().unwrap_or_else(PoisonError::into_inner)
}
