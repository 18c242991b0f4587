//! What the kinds of tags can hold, and how the guest wants it.
//!
//! The guest drops or garbles silently what it can't write, so a change is checked
//! before: it arrives as it was asked for, or it is refused.

use super::audio::AudioProperties;

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

impl TagFormat {
    pub(super) fn of(audio: &AudioProperties) -> Self {
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

    /// The key under which the guest writes a property. Under `TRACKNUMBER` it would
    /// write an integer, so "03/12" goes by the name that the tag itself has for it.
    pub(super) fn guest_key(self, key: &str) -> &str {
        match (self, key) {
            (Self::Ape, "TRACKNUMBER") => "TRACK",
            (Self::Matroska, "TRACKNUMBER") => "PART_NUMBER",
            _ => key,
        }
    }

    /// The property that the guest joins with a number, as in "3/12".
    pub(super) fn joined_total(self, key: &str) -> Option<&'static str> {
        match (self, key) {
            (Self::Mpeg | Self::Mp4, "TRACKNUMBER") => Some("TRACKTOTAL"),
            (Self::Mpeg | Self::Mp4, "DISCNUMBER") => Some("DISCTOTAL"),
            _ => None,
        }
    }

    /// Whether the total of tracks or discs is a property of its own, in a file that
    /// has such a property already or has none.
    pub(super) fn has_total_apart(self, has_total: bool) -> bool {
        match self {
            Self::VorbisComment | Self::Matroska => true,
            Self::Mpeg | Self::Mp4 => false,
            Self::Id3v2 | Self::Ape | Self::Asf | Self::Other => has_total,
        }
    }

    /// Whether ratings are properties as well.
    pub(super) fn has_rating_property(self) -> bool {
        matches!(self, Self::VorbisComment | Self::Mp4)
    }
}
