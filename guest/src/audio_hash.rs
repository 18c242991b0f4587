//! Hashes the audio of a file.

use crate::audio_data::{AudioData, AudioWalk, Step};
use crate::containers::Cursor;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{LONGEST_WINDOW, PartialFile, ReadAhead};
use crate::limits::{Budget, Cancellation, Limits};
use crate::read::{ReadOptions, read_metadata};
use crate::restore::is_module;
use crate::sha256::RangeHasher;
use crate::source::Source;
use std::ops::Range;
use std::sync::Arc;

/// Returns the SHA-256 hash of a file's audio, in hexadecimal. A change of tags keeps it, since it
/// covers the bytes that a save leaves as they are. All of the audio is read, so the deadline is
/// extended as for [`crate::save()`].
///
/// Returns `None` for tracker modules, whose texts are among the audio, and for files whose
/// structure is damaged.
///
/// # Errors
/// As for [`read_metadata`].
pub fn read_audio_hash(
    source: &Source,
    limits: Limits,
    cancellation: &Cancellation,
) -> Result<Option<String>> {
    match source {
        Source::Partial(file) => {
            PartialAudioHash::new(Arc::clone(file)).resume(limits, cancellation)
        }
        _ if !has_audio_hash(source, limits, cancellation)? => Ok(None),
        Source::Path { preopens, path } => {
            let opened = preopens.resolve(path)?.open()?;
            let budget = Budget::start(limits.for_copying(opened.size), cancellation);
            let mut file = ReadAhead::new(opened.file, opened.size, &budget);
            hash_of(&mut Cursor::new(&mut file, &budget))
        }
        Source::Bytes(bytes) => {
            let budget = Budget::start(limits.for_copying(bytes.len() as u64), cancellation);
            hash_of(&mut Cursor::over(bytes, &budget))
        }
    }
}

/// Returns whether a file has a hash of its audio, unless it is damaged: tracker modules have none.
fn has_audio_hash(source: &Source, limits: Limits, cancellation: &Cancellation) -> Result<bool> {
    let options = ReadOptions { pictures: false, ..ReadOptions::default() };
    Ok(!is_module(read_metadata(source, options, limits, cancellation)?.file_type))
}

fn hash_of(cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    match AudioData::of(cursor)? {
        AudioData::Known(ranges) => ranges.sha256(cursor),
        AudioData::Damaged(_) => Ok(None),
    }
}

/// A hash of a file's audio, which goes on where bytes were missing. The file forgets the bytes
/// that are hashed, so a file of any size needs little memory.
#[derive(Debug)]
pub struct PartialAudioHash {
    file: Arc<PartialFile>,
    /// Starts when the file has been read.
    walk: Option<AudioWalk>,
    /// The rest of the part that is being hashed. Nothing before it is needed.
    part: Range<u64>,
    hasher: RangeHasher,
}

impl PartialAudioHash {
    /// Makes a hash of `file`, of which nothing is hashed yet.
    pub fn new(file: Arc<PartialFile>) -> Self {
        Self { file, walk: None, part: 0..0, hasher: RangeHasher::default() }
    }

    /// Hashes what is here. Returns the hash as [`crate::read_audio_hash`] does.
    ///
    /// # Errors
    /// [`ErrorKind::MissingBytes`] if bytes are missing. When they are added, call this again.
    /// Others as for [`crate::read_audio_hash`].
    pub fn resume(
        &mut self,
        limits: Limits,
        cancellation: &Cancellation,
    ) -> Result<Option<String>> {
        let source = Source::Partial(Arc::clone(&self.file));
        if self.walk.is_none() && !has_audio_hash(&source, limits, cancellation)? {
            return Ok(None);
        }
        let size = self.file.size();
        let budget = Budget::start(limits.for_copying(size), cancellation);
        let mut file = ReadAhead::new(Arc::clone(&self.file), size, &budget);
        let result = source.checked(self.hash(&mut Cursor::new(&mut file, &budget)));
        if let Err(ErrorKind::MissingBytes { .. }) = result.as_ref().map_err(Error::kind) {
            // The window of a later read may begin earlier than the read.
            self.file.forget_before(self.part.start.saturating_sub(LONGEST_WINDOW as u64));
        }
        result
    }

    fn hash(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<String>> {
        let walk = match &mut self.walk {
            Some(walk) => walk,
            none => match AudioWalk::start(cursor)? {
                Some(walk) => none.insert(walk),
                None => return Ok(None),
            },
        };
        loop {
            if !self.hasher.update(cursor, &mut self.part)? {
                return Ok(None);
            }
            match walk.next(cursor)? {
                Step::Part(part) => self.part = part,
                Step::End => return Ok(Some(self.hasher.text())),
                Step::Damaged => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio_data::tests::{FIXTURES, fixture};

    /// How many bytes are added at once.
    const STEP: usize = 1_000;

    /// Hashes a file of which nothing is here at first. Returns the most bytes that were here
    /// while the audio was hashed, too.
    fn hash_in_steps(content: &[u8], name: &str) -> (Result<Option<String>>, usize) {
        let file = Arc::new(PartialFile::new(name.to_owned(), content.len() as u64));
        let mut hash = PartialAudioHash::new(Arc::clone(&file));
        let mut most = 0;
        loop {
            let result = hash.resume(Limits::default(), &Cancellation::default());
            let Err(ErrorKind::MissingBytes { start, .. }) = result.as_ref().map_err(Error::kind)
            else {
                return (result, most);
            };
            if hash.part.start > 0 {
                most = most.max(file.known());
            }
            let end = content.len().min(start as usize + STEP);
            file.add(start, &content[start as usize..end]);
        }
    }

    fn hash_of_bytes(content: &[u8]) -> Result<Option<String>> {
        let source = Source::Bytes(content.to_vec());
        read_audio_hash(&source, Limits::default(), &Cancellation::default())
    }

    #[test]
    fn the_hash_in_steps_is_that_of_the_bytes() {
        // The last one has no hash.
        for name in FIXTURES.into_iter().chain(["tiny.mod"]) {
            let content = fixture(name);
            let expected = hash_of_bytes(&content).unwrap();
            assert_eq!(hash_in_steps(&content, name).0.unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn bytes_that_are_hashed_are_forgotten() {
        let ogg = fixture("vorbis.ogg");
        let last_page = ogg.windows(4).rposition(|bytes| bytes == b"OggS").unwrap();
        let pages = ogg[last_page..].repeat(500_000 / (ogg.len() - last_page));
        let long = [
            ("vorbis.ogg", [ogg, pages].concat()),
            ("plain.flac", [fixture("plain.flac"), vec![7; 500_000]].concat()),
        ];
        for (name, content) in long {
            let (hash, most) = hash_in_steps(&content, name);
            assert_eq!(hash.unwrap(), hash_of_bytes(&content).unwrap(), "{name}");
            assert!(most < 300_000, "{name}: {most} of {} bytes", content.len());
        }
    }
}
