//! Changing tags in memory.
//!
//! The content is copied into a sandbox, TagLib edits it there, and the changed
//! bytes are the result. A file given by its path is only read.

use crate::error::{Error, ErrorKind, Result};
use crate::read::{Source, copy_from};
use crate::sandbox::{Cancellation, Interrupt, Limits, Sandbox};
use crate::tags::Edit;
use crate::wasi::{GuestFiles, ReadAhead};
use std::io;

/// How many times TagLib holds the content while it edits: the input, its own
/// stream and the result. The fourth copy is for parts that it moves.
const COPIES: usize = 4;

/// Applies `edit` to the content of a file and returns the changed bytes.
///
/// TagLib detects the format by the content. Editing takes several times the
/// memory of the content, so the memory limit is raised by four times the
/// content's size. The sandbox can't address more than 2 GiB.
///
/// # Errors
/// As [`crate::read_metadata`]; and [`ErrorKind::FileOperation`] with the
/// operation `save` where TagLib can't write the format.
pub fn apply(
    source: &Source,
    edit: Edit,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Vec<u8>> {
    let editing = Editing { limits, interrupt: Interrupt::start(limits, cancellation) };
    editing.interrupt.check()?;
    match source {
        Source::Path { preopens, path } => {
            let file = preopens.resolve(path)?.open()?;
            let file = ReadAhead::new(file.file, file.size);
            editing.run(file.size(), |piece, offset| file.read_direct(piece, offset), edit)
        }
        Source::Bytes(bytes) => editing.run(bytes.len() as u64, copy_from(bytes), edit),
    }
}

struct Editing {
    limits: Limits,
    interrupt: Interrupt,
}

impl Editing {
    fn run(
        self,
        size: u64,
        fill: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
        edit: Edit,
    ) -> Result<Vec<u8>> {
        let content = usize::try_from(size).unwrap_or(usize::MAX);
        let memory = self.limits.memory.saturating_add(content.saturating_mul(COPIES));
        let limits = Limits { memory, ..self.limits };
        let mut sandbox = Sandbox::new(GuestFiles::none(), limits, self.interrupt)?;
        sandbox.edit_content(size, fill, edit)?.ok_or_else(|| {
            Error::new(ErrorKind::InvalidFormat, "TagLib does not know its content as audio")
        })
    }
}
