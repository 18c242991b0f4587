//! What the fuzz targets and benchmarks reach besides the public functions.

use crate::abridged;
use crate::error::{Error, ErrorKind, Result};
use crate::preopens::Preopens;
use crate::sandbox::{Cancellation, Interrupt, Limits, Outcome, Sandbox};
use crate::tags::{Answer, Metadata, Wanted};
use crate::wasi::{FileView, GuestFiles, ReadAhead};

/// Decodes bytes as an answer of the guest's, and makes tags of it.
pub fn decode(bytes: &[u8]) {
    for pictures in [true, false] {
        let answer = Answer::decode(bytes, Wanted { pictures });
        drop(answer.map(Metadata::from));
    }
}

/// Reads files in a fresh sandbox each, or all in one: what the fresh ones cost.
/// In one sandbox nothing keeps a file from the next; no other code does that.
pub struct Reader {
    kept: Option<Sandbox>,
    keeps: bool,
}

impl Reader {
    pub fn new(keeps: bool) -> Self {
        Self { kept: None, keeps }
    }

    /// By path, without pictures; an error where TagLib gives no answer.
    pub fn read(&mut self, preopens: &Preopens, path: &str) -> Result<Metadata> {
        let limits = Limits::default();
        let interrupt = Interrupt::start(limits, &Cancellation::default());
        let opened = preopens.resolve(path)?.open()?;
        let mut file = ReadAhead::new(opened.file, opened.size);
        let view = match abridged::abridge(&mut file, &opened.name, &interrupt)? {
            Some(mut abridgement) => FileView::spliced(file, abridgement.take_splices()),
            None => FileView::whole(file),
        };
        let files = GuestFiles::read_only(opened.name, view);
        let mut sandbox = match self.kept.take() {
            Some(mut sandbox) => {
                sandbox.exchange(files, interrupt);
                sandbox
            }
            None => Sandbox::new(files, limits, interrupt)?,
        };
        let Outcome::Answer(answer) = sandbox.read_tags_by_path(Wanted { pictures: false })? else {
            return Err(Error::new(ErrorKind::InvalidFormat, "TagLib gives no answer"));
        };
        self.kept = Some(sandbox).filter(|_| self.keeps);
        Ok((*answer).into())
    }
}
