//! What the fuzz targets and benchmarks can use in addition to the public API.

use crate::error::{Error, ErrorKind, Result};
use crate::file::{FileView, ReadAhead};
use crate::limits::{Budget, Cancellation, Limits};
use crate::pictures;
use crate::preopens::Preopens;
use crate::sandbox::{GuestFiles, Outcome, Sandbox};
use crate::tags::{Answer, DecodeOptions, Metadata};

/// Decodes bytes as an answer of the guest, and converts it to tags.
pub fn decode(bytes: &[u8]) {
    let budget = Budget::start(Limits::default(), &Cancellation::default());
    for pictures in [true, false] {
        let answer = Answer::decode(bytes, DecodeOptions { pictures }, &budget);
        drop(answer.map(Metadata::from));
    }
}

/// Reads each file in a fresh sandbox, or all files in one, in order to measure the cost of fresh
/// sandboxes. Files in one sandbox are not isolated from each other, so no other code does that.
pub struct Reader {
    kept: Option<Sandbox>,
    keeps: bool,
}

impl Reader {
    pub fn new(keeps: bool) -> Self {
        Self { kept: None, keeps }
    }

    /// Reads by path, without pictures. Fails if TagLib gives no answer.
    pub fn read(&mut self, preopens: &Preopens, path: &str) -> Result<Metadata> {
        let budget = Budget::start(Limits::default(), &Cancellation::default());
        let opened = preopens.resolve(path)?.open()?;
        let mut file = ReadAhead::new(opened.file, opened.size, &budget);
        let view = match pictures::hide(&mut file, &opened.name, &budget)? {
            Some(mut hidden) => FileView::spliced(file, hidden.take_splices()),
            None => FileView::whole(file),
        };
        let files = GuestFiles::read_only(opened.name, view);
        let mut sandbox = match self.kept.take() {
            Some(mut sandbox) => {
                sandbox.exchange(files, &budget);
                sandbox
            }
            None => Sandbox::new(files, &budget)?,
        };
        let Outcome::Answer(answer) =
            sandbox.read_tags_by_path(DecodeOptions { pictures: false })?
        else {
            return Err(Error::new(ErrorKind::InvalidFormat, "TagLib gives no answer"));
        };
        self.kept = Some(sandbox).filter(|_| self.keeps);
        Ok((*answer).into())
    }
}
