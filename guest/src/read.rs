//! Reading: one operation, two kinds of source, one rule for the answer.

use crate::abridged::{self, Abridgement};
use crate::error::{Error, ErrorKind, Result};
use crate::preopens::{OpenedFile, Preopens};
use crate::sandbox::{Cancellation, Interrupt, Limits, Outcome, Sandbox};
use crate::tags::{Metadata, Wanted};
use crate::wasi::{FileView, GuestFiles, ReadAhead};
use std::io;
use std::sync::Arc;

/// What is read.
#[derive(Debug)]
pub enum Source {
    /// A guest or host path; absolute.
    Path { preopens: Arc<Preopens>, path: String },
    /// The content of a file.
    Bytes(Vec<u8>),
}

/// What of it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether pictures are given. Without them nothing of them is copied.
    pub pictures: bool,
    /// Whether the guest is spared what can be read without it. The
    /// answer is the same; it is an option so that this can be tested.
    pub abridge: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { pictures: true, abridge: true }
    }
}

/// Reads all that TagLib knows of a file, in a sandbox of its own.
///
/// A path is read by its extension first, as TagLib does. Where that gives
/// neither a tag nor an audio stream with a sample rate, the content decides:
/// a FLAC named `.mp3` is read as the FLAC that it is, and junk is refused
/// rather than called an empty success. Bytes have no name, so their content
/// decides alone.
///
/// # Errors
/// [`ErrorKind::FileOperation`] where the path can't be opened,
/// [`ErrorKind::InvalidFormat`] where TagLib makes nothing of the content,
/// [`ErrorKind::ResourceLimit`] at one of `limits`, [`ErrorKind::Aborted`]
/// after `cancellation`, [`ErrorKind::Metadata`] where the tags exceed the
/// answer's limits, [`ErrorKind::Initialization`] where no sandbox can be made.
pub fn read_metadata(
    source: &Source,
    options: ReadOptions,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Metadata> {
    let reading = Reading {
        wanted: Wanted { pictures: options.pictures },
        abridge: options.abridge,
        limits,
        interrupt: Interrupt::start(limits, cancellation),
    };
    reading.interrupt.check()?;
    match source {
        Source::Path { preopens, path } => reading.path(preopens, path),
        Source::Bytes(bytes) => reading.bytes(bytes),
    }
}

/// TagLib's version, asked of the module that is really in use.
pub fn taglib_version() -> Result<String> {
    let limits = Limits::default();
    let interrupt = Interrupt::start(limits, &Cancellation::default());
    Sandbox::new(GuestFiles::none(), limits, interrupt)?.taglib_version()
}

struct Reading {
    wanted: Wanted,
    abridge: bool,
    limits: Limits,
    interrupt: Interrupt,
}

/// What reading by extension came to.
#[expect(clippy::large_enum_variant, reason = "made once a call and matched at once")]
enum Attempt {
    Conclusive(Metadata),
    /// The file comes back for another try.
    Inconclusive(ReadAhead),
}

impl Reading {
    fn path(&self, preopens: &Preopens, path: &str) -> Result<Metadata> {
        let file = preopens.resolve(path)?.open()?;
        match self.by_extension(file)? {
            Attempt::Conclusive(metadata) => Ok(metadata),
            Attempt::Inconclusive(file) => {
                self.by_content(file.size(), |piece, offset| file.read_direct(piece, offset))
            }
        }
    }

    fn bytes(&self, bytes: &[u8]) -> Result<Metadata> {
        self.by_content(bytes.len() as u64, copy_from(bytes))
    }

    fn by_extension(&self, opened: OpenedFile) -> Result<Attempt> {
        let OpenedFile { file, size, name } = opened;
        let mut file = ReadAhead::new(file, size);
        if self.abridge
            && let Some(abridgement) = abridged::abridge(&mut file, &name, &self.interrupt)?
        {
            match self.abridged(file, &name, abridgement)? {
                Attempt::Inconclusive(whole) => file = whole,
                conclusive => return Ok(conclusive),
            }
        }
        let mut sandbox = self.sandbox(GuestFiles::read_only(name, FileView::whole(file)))?;
        if let Outcome::Answer(answer) = sandbox.read_tags_by_path(self.wanted)?
            && answer.is_conclusive()
        {
            return Ok(Attempt::Conclusive((*answer).into()));
        }
        file_of(sandbox).map(Attempt::Inconclusive)
    }

    /// Reads a file of which the guest does not see all, and no pictures. Should
    /// it find some all the same, which ones there are is for it to say.
    fn abridged(
        &self,
        file: ReadAhead,
        name: &str,
        mut abridgement: Abridgement,
    ) -> Result<Attempt> {
        let view = FileView::spliced(file, abridgement.take_splices());
        let mut sandbox = self.sandbox(GuestFiles::read_only(name.to_owned(), view))?;
        let outcome = sandbox.read_tags_by_path(self.wanted)?;
        let file = file_of(sandbox)?;
        let Outcome::Answer(mut answer) = outcome else { return Ok(Attempt::Inconclusive(file)) };
        if answer.has_pictures {
            return Ok(Attempt::Inconclusive(file));
        }
        answer.has_pictures = abridgement.has_pictures();
        if !answer.is_conclusive() {
            return Ok(Attempt::Inconclusive(file));
        }
        if self.wanted.pictures {
            match abridgement.read(&file)? {
                Some(pictures) => answer.pictures = pictures,
                None => return Ok(Attempt::Inconclusive(file)),
            }
        }
        Ok(Attempt::Conclusive((*answer).into()))
    }

    fn by_content(
        &self,
        size: u64,
        fill: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
    ) -> Result<Metadata> {
        let mut sandbox = self.sandbox(GuestFiles::none())?;
        match sandbox.read_tags_by_content(size, fill, self.wanted)? {
            Outcome::Answer(answer) => Ok((*answer).into()),
            Outcome::Refused | Outcome::Crashed => Err(not_audio()),
        }
    }

    fn sandbox(&self, files: GuestFiles) -> Result<Sandbox> {
        Sandbox::new(files, self.limits, self.interrupt.clone())
    }
}

/// Reads from memory as from a file: a piece from an offset.
pub(crate) fn copy_from(bytes: &[u8]) -> impl FnMut(&mut [u8], u64) -> io::Result<usize> {
    |piece, offset| {
        let rest =
            usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        let length = piece.len().min(rest.len());
        piece[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}

/// A sandbox is never without its file; if it were, nothing is lost.
fn file_of(sandbox: Sandbox) -> Result<ReadAhead> {
    sandbox.into_file().ok_or_else(not_audio)
}

fn not_audio() -> Error {
    Error::new(
        ErrorKind::InvalidFormat,
        "TagLib knows neither its extension nor its content as audio",
    )
}
