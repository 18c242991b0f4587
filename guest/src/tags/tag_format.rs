//! The kinds of tags, and how the guest reads and writes them.

use super::audio::AudioProperties;
use super::numbers::parse_int;

/// A kind of tags, by the format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagFormat {
    /// ID3v2 in an MP3 or AAC file, the only one whose raw frames the guest writes.
    Mpeg,
    /// ID3v2 in AIFF, WAV, DSF, DSDIFF or TrueAudio.
    Id3v2,
    VorbisComment,
    Ape,
    Mp4,
    Asf,
    Matroska,
    /// Tracker modules, and files whose format is unknown.
    Other,
}

/// The longest key that the guest reads, in bytes. (Its buffer has 256, with a NUL at
/// the end; with a longer key it refuses all of the tags.)
pub(super) const MAX_KEY: usize = 255;

/// The longest text that the guest reads, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// Properties that the guest gives as integers.
const INTEGERS: [&str; 5] = ["TRACKNUMBER", "TRACKTOTAL", "DISCNUMBER", "DISCTOTAL", "BPM"];

impl TagFormat {
    pub fn of(audio: &AudioProperties) -> Self {
        match audio.container_format.as_deref() {
            Some("MP3") => Self::Mpeg,
            Some("AIFF" | "WAV" | "DSF" | "DSDIFF" | "TTA") => Self::Id3v2,
            Some("FLAC" | "OGG") => Self::VorbisComment,
            Some("APE" | "MPC" | "WavPack") => Self::Ape,
            Some("MP4") => Self::Mp4,
            Some("ASF") => Self::Asf,
            Some("Matroska") => Self::Matroska,
            _ => Self::Other,
        }
    }

    /// Returns whether the guest keeps a property of the file if it is sent back. It
    /// takes keys for Latin-1, ends texts at a NUL, and gives negative integers as
    /// huge ones.
    pub fn can_keep(self, key: &str, values: &[String]) -> bool {
        let is_negative =
            |text: &String| parse_int(text).is_some_and(|it| it > f64::from(i32::MAX));
        is_printable_ascii(key)
            && (1..=MAX_KEY).contains(&key.len())
            && !values.iter().any(|value| value.contains('\0') || value.len() > MAX_TEXT)
            && !(INTEGERS.contains(&key) && values.iter().any(is_negative))
    }

    /// The key under which the guest writes a property. Under `TRACKNUMBER` it would
    /// write an integer, so "03/12" goes by the name that the tag itself has for it.
    pub fn guest_key(self, key: &str) -> &str {
        match (self, key) {
            (Self::Ape, "TRACKNUMBER") => "TRACK",
            (Self::Matroska, "TRACKNUMBER") => "PART_NUMBER",
            _ => key,
        }
    }

    /// The property that the guest joins with a number, as in "3/12".
    pub fn joined_total(self, key: &str) -> Option<&'static str> {
        match (self, key) {
            (Self::Mpeg | Self::Mp4, "TRACKNUMBER") => Some("TRACKTOTAL"),
            (Self::Mpeg | Self::Mp4, "DISCNUMBER") => Some("DISCTOTAL"),
            _ => None,
        }
    }

    /// Whether the total of tracks or discs is a property of its own, in a file that
    /// has such a property already or has none.
    pub fn has_total_apart(self, has_total: bool) -> bool {
        match self {
            Self::VorbisComment | Self::Matroska => true,
            Self::Mpeg | Self::Mp4 => false,
            Self::Id3v2 | Self::Ape | Self::Asf | Self::Other => has_total,
        }
    }

    /// Whether ratings are properties as well.
    pub fn has_rating_property(self) -> bool {
        matches!(self, Self::VorbisComment | Self::Mp4)
    }
}

pub(super) fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}
