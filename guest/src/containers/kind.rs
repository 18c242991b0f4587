//! Recognises which container a file is.

use super::{Cursor, iff, ogg};
use crate::error::Result;

/// The kinds of containers, by how a file begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// RIFF WAVE, AIFF, or one of their relatives.
    Iff(iff::Layout),
    Asf,
    Matroska,
    Mp4,
    Ogg,
    /// A stream with tags before and after it: MP3, FLAC, APE and others.
    Stream,
}

/// The names of the atoms that an MP4 file may begin with. Old files have no `ftyp`.
const MP4_STARTS: [&[u8; 4]; 9] =
    [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"pnot", b"styp"];

impl Container {
    /// Recognises the container.
    pub(crate) fn of(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut head = [0; 8];
        let read = cursor.read(&mut head, 0)?;
        let head = &head[..read];
        if let Some(form) = iff::Form::read(cursor)? {
            return Ok(Self::Iff(form.layout));
        }
        Ok(match head {
            [0x30, 0x26, 0xB2, 0x75, ..] => Self::Asf,
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Self::Matroska,
            [_, _, _, _, name @ ..] if MP4_STARTS.iter().any(|start| start[..] == *name) => {
                Self::Mp4
            }
            _ if head.starts_with(ogg::MAGIC) => Self::Ogg,
            _ => Self::Stream,
        })
    }

    /// Returns whether files that TagLib takes for this type, one of taglib-wasm's `FileType`, are
    /// in this container. TagLib recognizes some damaged files that do not begin as such.
    pub(crate) fn holds(self, file_type: &str) -> bool {
        let expected = match file_type {
            "WAV" => return matches!(self, Self::Iff(iff::Layout::Riff | iff::Layout::Rf64)),
            "AIFF" => Self::Iff(iff::Layout::Aiff),
            "DSDIFF" => Self::Iff(iff::Layout::Dsdiff),
            "DSF" => Self::Iff(iff::Layout::Dsf),
            "ASF" => Self::Asf,
            "MATROSKA" => Self::Matroska,
            "MP4" => Self::Mp4,
            "OGG" | "OPUS" | "OggFLAC" | "SPEEX" => Self::Ogg,
            _ => Self::Stream,
        };
        self == expected
    }
}
