//! Hashes the audio of a file.

use crate::audio_data::AudioData;
use crate::containers::Cursor;
use crate::error::Result;
use crate::file::ReadAhead;
use crate::limits::{Budget, Cancellation, Limits};
use crate::read::{ReadOptions, read_metadata};
use crate::restore::is_module;
use crate::source::Source;
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
    let options = ReadOptions { pictures: false, ..ReadOptions::default() };
    if is_module(read_metadata(source, options, limits, cancellation)?.file_type) {
        return Ok(None);
    }
    match source {
        Source::Path { preopens, path } => {
            let opened = preopens.resolve(path)?.open()?;
            let budget = Budget::start(limits.for_copying(opened.size), cancellation);
            let mut file = ReadAhead::new(opened.file, opened.size, &budget);
            hash_of(&mut Cursor::new(&mut file, &budget))
        }
        Source::Partial(partial) => {
            let budget = Budget::start(limits.for_copying(partial.size()), cancellation);
            let mut file = ReadAhead::new(Arc::clone(partial), partial.size(), &budget);
            source.checked(hash_of(&mut Cursor::new(&mut file, &budget)))
        }
        Source::Bytes(bytes) => {
            let budget = Budget::start(limits.for_copying(bytes.len() as u64), cancellation);
            hash_of(&mut Cursor::over(bytes, &budget))
        }
    }
}

fn hash_of(cursor: &mut Cursor<'_>) -> Result<Option<String>> {
    match AudioData::of(cursor)? {
        AudioData::Known(ranges) => ranges.sha256(cursor),
        AudioData::Damaged(_) => Ok(None),
    }
}
