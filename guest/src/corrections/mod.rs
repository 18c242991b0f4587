//! Corrects what TagLib reads against the specification of a format.
//!
//! Each correction reads the file itself, and is made to every answer: of a read, and before and
//! after a change, so that a change is compared with what a read returns.

mod asf;
mod id3v2_chapters;
mod matroska;
mod mp4_chapters;

use crate::containers::Cursor;
use crate::error::Result;
use crate::stored;
use crate::tags::{Answer, DecodeOptions, add_vorbis_chapters};

/// Corrects the answer of a file.
pub(crate) fn correct(
    answer: &mut Answer,
    file: &mut Cursor<'_>,
    options: DecodeOptions,
) -> Result<()> {
    match answer.audio.container_format.as_deref() {
        Some("MP3") => id3v2_chapters::add_details(answer, file, options),
        Some("FLAC" | "OGG") => add_vorbis_chapters(answer, file.budget()),
        Some("Matroska") => matroska::correct(answer, file),
        Some("MP4") => mp4_chapters::correct(answer, file, options),
        Some("ASF") => asf::correct(answer, file),
        Some("WAV") => stored::add_track(answer, file),
        _ => Ok(()),
    }
}
