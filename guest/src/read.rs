//! Reads everything that TagLib knows about a file.

use crate::containers::Cursor;
use crate::corrections;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{FileView, MAX_SIZE, PartialFile, ReadAhead};
use crate::large_file;
use crate::limits::{self, Budget, Cancellation, Limits};
use crate::native::latin_1_texts;
use crate::pictures::{self, HiddenPictures};
use crate::preopens::{OpenedFile, Preopens};
use crate::sandbox::{GuestFiles, Outcome, Sandbox};
use crate::source::{Content, Source};
use crate::stored;
use crate::tags::{Answer, DecodeOptions, Id3v2Frame, Metadata};
use std::sync::Arc;

/// What a read returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether to return pictures. Otherwise their bytes are never copied.
    pub pictures: bool,
    /// Whether to hide pictures from the guest if the host can read them itself.
    /// The answer is the same; this is an option so that a test can compare.
    pub hide_pictures: bool,
    /// Whether to return the tags as they are stored, in addition.
    pub stored: bool,
    /// Whether the stored tags include the raw ID3v2 frames.
    pub id3v2_frames: bool,
    /// Whether to return the texts that are stored as Latin-1, in addition.
    pub latin_1_texts: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            pictures: true,
            hide_pictures: true,
            stored: false,
            id3v2_frames: false,
            latin_1_texts: false,
        }
    }
}

/// Reads everything that TagLib knows about a file, in a sandbox of its own.
///
/// A file that is given by its path is first read as the format of its extension, as TagLib does.
/// If that finds neither a tag nor an audio stream with a sample rate, the content decides: a
/// FLAC file named `.mp3` is read as FLAC, and junk is refused instead of being an empty success.
/// Bytes have no name, so their content decides.
///
/// # Errors
/// [`ErrorKind::FileOperation`] if the path can't be opened,
/// [`ErrorKind::InvalidFormat`] if TagLib can't read the content,
/// [`ErrorKind::ResourceLimit`] at one of `limits`, [`ErrorKind::Aborted`]
/// after `cancellation`, [`ErrorKind::Metadata`] if the tags exceed the limits of
/// an answer, [`ErrorKind::Initialization`] if no sandbox can be made.
pub fn read_metadata(
    source: &Source,
    options: ReadOptions,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Metadata> {
    read_metadata_within(source, options, &Budget::start(limits, cancellation))
}

/// Does what [`read_metadata`] does, within a budget that the caller continues to use: the answer
/// stays charged to it.
pub fn read_metadata_within(
    source: &Source,
    options: ReadOptions,
    budget: &Budget,
) -> Result<Metadata> {
    budget.check()?;
    let reading = Reading { options, budget: budget.clone() };
    let metadata = match source {
        Source::Path { preopens, path } => reading.path(preopens, path),
        Source::Bytes(bytes) => reading.content(Content::Bytes(bytes)),
        Source::Partial(file) => source.checked(reading.partial(file)),
    }?;
    budget.check_answer(metadata.size())?;
    Ok(metadata)
}

/// Returns TagLib's version, as the module states it.
pub fn taglib_version() -> Result<String> {
    let budget = Budget::start(Limits::default(), &Cancellation::default());
    Sandbox::new(GuestFiles::none(), &budget)?.taglib_version()
}

struct Reading {
    options: ReadOptions,
    budget: Budget,
}

/// The result of a read by extension.
#[expect(clippy::large_enum_variant, reason = "made once a call and matched at once")]
enum Attempt {
    Conclusive(Metadata),
    /// The file, for another attempt.
    Inconclusive(ReadAhead),
}

impl Reading {
    fn path(&self, preopens: &Preopens, path: &str) -> Result<Metadata> {
        let OpenedFile { file, size, name } = preopens.resolve(path)?.open()?;
        match self.by_extension(ReadAhead::new(file, size, &self.budget), name)? {
            Attempt::Conclusive(metadata) => Ok(metadata),
            Attempt::Inconclusive(file) if file.size() > MAX_SIZE => self.too_large(file),
            Attempt::Inconclusive(file) => self.content(Content::File(&file)),
        }
    }

    /// Reads a file that never fits into the guest's memory. If its extension is wrong, the first
    /// bytes decide how it is read.
    fn too_large(&self, mut file: ReadAhead) -> Result<Metadata> {
        if let Some(name) = self.name_by_first_bytes(&mut file)? {
            match self.by_extension(file, name)? {
                Attempt::Conclusive(metadata) => return Ok(metadata),
                Attempt::Inconclusive(whole) => file = whole,
            }
        }
        self.content(Content::File(&file))
    }

    /// Reads a file of which only some parts are here. A large one is never needed whole: if its
    /// extension is wrong, the first bytes decide how it is read.
    fn partial(&self, partial: &Arc<PartialFile>) -> Result<Metadata> {
        /// The largest file that is read as bytes are, in bytes.
        const SMALL: u64 = 1 << 20;
        self.budget.charge(partial.known())?;
        let file = ReadAhead::new(Arc::clone(partial), partial.size(), &self.budget);
        let mut file = match self.by_extension(file, partial.name().to_owned())? {
            Attempt::Conclusive(metadata) => return Ok(metadata),
            Attempt::Inconclusive(file) => file,
        };
        // An attempt whose bytes are missing says nothing about the format.
        if let Some(error) = partial.take_missing() {
            return Err(error);
        }
        if partial.size() <= SMALL {
            return self.content(Content::File(&file));
        }
        let name = self.name_by_first_bytes(&mut file)?.ok_or_else(not_audio)?;
        match self.by_extension(file, name)? {
            Attempt::Conclusive(metadata) => Ok(metadata),
            Attempt::Inconclusive(_) => Err(not_audio()),
        }
    }

    /// Returns a name with the extension of the format that a file begins like.
    fn name_by_first_bytes(&self, file: &mut ReadAhead) -> Result<Option<String>> {
        /// The bytes by which TagLib detects a format.
        const HEAD: usize = 4096;
        let mut head = [0; HEAD];
        let length = file.read_at(&mut head, 0).map_err(|error| limits::failure("read", &error))?;
        let extension = self.sandbox(GuestFiles::none())?.extension_of(&head[..length])?;
        Ok(extension.map(|extension| format!("content.{extension}")))
    }

    fn by_extension(&self, mut file: ReadAhead, name: String) -> Result<Attempt> {
        let mut shortened = large_file::shorten(&mut file, &self.budget)?;
        // A picture is a frame, too, so none may be hidden.
        if shortened.is_none()
            && self.options.hide_pictures
            && !self.options.id3v2_frames
            && let Some(hidden) =
                pictures::hide(&mut file, &name, self.options.pictures, &self.budget)?
        {
            match self.without_pictures(file, &name, hidden)? {
                Attempt::Inconclusive(whole) => file = whole,
                conclusive => return Ok(conclusive),
            }
        }
        let view = match &mut shortened {
            Some(shortened) => FileView::spliced(file, shortened.take_splices()),
            None => FileView::whole(file),
        };
        let mut sandbox = self.sandbox(GuestFiles::read_only(name, view))?;
        if let Outcome::Answer(mut answer) = sandbox.read_tags_by_path(self.decode_options())?
            && answer.is_conclusive()
        {
            if let Some(shortened) = shortened {
                shortened.correct(&mut answer.audio);
            }
            let frames = self.id3v2_frames(&mut sandbox)?;
            let mut file = file_of(sandbox)?;
            let mut cursor = Cursor::new(&mut file, &self.budget);
            return self.metadata(*answer, frames, &mut cursor).map(Attempt::Conclusive);
        }
        file_of(sandbox).map(Attempt::Inconclusive)
    }

    /// Returns the raw frames, if they were asked for.
    fn id3v2_frames(&self, sandbox: &mut Sandbox) -> Result<Option<Vec<Id3v2Frame>>> {
        if self.options.id3v2_frames { sandbox.read_id3v2_frames() } else { Ok(None) }
    }

    /// Returns the corrected answer as metadata, including the tags as they are stored if they
    /// were asked for.
    fn metadata(
        &self,
        mut answer: Answer,
        frames: Option<Vec<Id3v2Frame>>,
        file: &mut Cursor<'_>,
    ) -> Result<Metadata> {
        corrections::correct(&mut answer, file, self.decode_options())?;
        let stored = match self.options.stored {
            true => Some(Box::new(stored::read(file, &answer, frames)?)),
            false => None,
        };
        let mut metadata = Metadata { stored, ..answer.into() };
        if self.options.latin_1_texts {
            let texts = latin_1_texts(file, &metadata.tags, metadata.file_type)?;
            metadata.tags.latin_1_texts = texts;
        }
        Ok(metadata)
    }

    /// Reads a file whose pictures are hidden from the guest. If the guest still finds pictures,
    /// it must read the whole file.
    fn without_pictures(
        &self,
        file: ReadAhead,
        name: &str,
        mut hidden: HiddenPictures,
    ) -> Result<Attempt> {
        let view = FileView::spliced(file, hidden.take_splices());
        let mut sandbox = self.sandbox(GuestFiles::read_only(name.to_owned(), view))?;
        let outcome = sandbox.read_tags_by_path(self.decode_options())?;
        let mut file = file_of(sandbox)?;
        let Outcome::Answer(mut answer) = outcome else { return Ok(Attempt::Inconclusive(file)) };
        if answer.has_pictures {
            return Ok(Attempt::Inconclusive(file));
        }
        answer.has_pictures = hidden.has_pictures();
        if !answer.is_conclusive() {
            return Ok(Attempt::Inconclusive(file));
        }
        if self.options.pictures {
            self.budget.check_answer(hidden.picture_bytes())?;
            match hidden.read(&file, &self.budget)? {
                Some(pictures) => answer.pictures = pictures,
                None => return Ok(Attempt::Inconclusive(file)),
            }
        }
        let mut cursor = Cursor::new(&mut file, &self.budget);
        self.metadata(*answer, None, &mut cursor).map(Attempt::Conclusive)
    }

    fn content(&self, content: Content<'_>) -> Result<Metadata> {
        let mut sandbox = self.sandbox(GuestFiles::none())?;
        match sandbox.read_tags_by_content(content, self.decode_options())? {
            Outcome::Answer(answer) => {
                let mut frames = self.id3v2_frames(&mut sandbox)?;
                drop(sandbox);
                let are_missing = frames.as_ref().is_none_or(Vec::is_empty);
                if self.options.id3v2_frames && are_missing && answer.audio.file_type() == "MP3" {
                    frames = self.id3v2_frames_by_name(content)?;
                }
                content.read(&self.budget, |file| self.metadata(*answer, frames, file))
            }
            Outcome::Refused | Outcome::Crashed => Err(not_audio()),
        }
    }

    /// Returns the raw frames of content that is read as an MP3 by the name of a file. The guest's
    /// function for frames in bytes does not recognize some MP3s that its other functions do, such
    /// as those with two ID3v2 tags.
    fn id3v2_frames_by_name(&self, content: Content<'_>) -> Result<Option<Vec<Id3v2Frame>>> {
        let view = FileView::whole(content.as_file(&self.budget)?);
        let mut sandbox = self.sandbox(GuestFiles::read_only("content.mp3".to_owned(), view))?;
        sandbox.read_tags_by_path(DecodeOptions { pictures: false })?;
        sandbox.read_id3v2_frames()
    }

    fn sandbox(&self, files: GuestFiles) -> Result<Sandbox> {
        Sandbox::new(files, &self.budget)
    }

    fn decode_options(&self) -> DecodeOptions {
        DecodeOptions { pictures: self.options.pictures }
    }
}

/// Takes the file out of a sandbox that has one.
fn file_of(sandbox: Sandbox) -> Result<ReadAhead> {
    sandbox.into_file().ok_or_else(not_audio)
}

fn not_audio() -> Error {
    Error::new(
        ErrorKind::InvalidFormat,
        "TagLib knows neither its extension nor its content as audio",
    )
}
