//! Changing tags, with the changed file as the result.
//!
//! The content goes into a sandbox, TagLib edits it there in memory, and its
//! new bytes come out. A file named by its path is only read.

use crate::error::{Error, ErrorKind, Result};
use crate::read::{Source, copy_from};
use crate::sandbox::{Cancellation, Interrupt, Limits, Sandbox};
use crate::tags::Edit;
use crate::wasi::{GuestFiles, ReadAhead};
use std::io;

/// How often TagLib holds the content while it edits: as it came, in its own
/// stream, and once more as the result; the fourth is for what it moves.
const COPIES: usize = 4;

/// The bytes of a file with `edit` applied. Its content decides what it is.
///
/// Editing takes memory for the content several times over, so the memory
/// limit counts beyond four times the content's size; the sandbox can address
/// no more than 2 GiB in any case.
///
/// # Errors
/// As [`crate::read_metadata`]; and [`ErrorKind::FileOperation`] with the
/// operation `save` where TagLib can't write the format.
pub fn edited(
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
