//! What each kind of tags can store, and how the guest expects it.
//!
//! The guest silently drops or garbles what it can't write. So each change is checked first:
//! either it arrives as requested, or it is refused.

use super::audio::AudioProperties;

/// A kind of tags, by the format of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagFormat {
    /// ID3v2 in an MP3 or AAC file, the only kind whose raw frames the guest writes.
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

    /// Returns the key under which the guest writes a property. The guest would write
    /// `TRACKNUMBER` as an integer, so "03/12" is sent under the tag's own name for it.
    pub(super) fn guest_key(self, key: &str) -> &str {
        match (self, key) {
            (Self::Ape, "TRACKNUMBER") => "TRACK",
            (Self::Matroska, "TRACKNUMBER") => "PART_NUMBER",
            _ => key,
        }
    }

    /// Returns the property that the guest appends to a number, as in "3/12".
    pub(super) fn joined_total(self, key: &str) -> Option<&'static str> {
        match (self, key) {
            (Self::Mpeg | Self::Mp4, "TRACKNUMBER") => Some("TRACKTOTAL"),
            (Self::Mpeg | Self::Mp4, "DISCNUMBER") => Some("DISCTOTAL"),
            _ => None,
        }
    }

    /// Returns whether the total of tracks or discs is a separate property. `has_total` tells
    /// whether the file already has such a property.
    pub(super) fn has_total_apart(self, has_total: bool) -> bool {
        match self {
            Self::VorbisComment | Self::Matroska => true,
            Self::Mpeg | Self::Mp4 => false,
            Self::Id3v2 | Self::Ape | Self::Asf | Self::Other => has_total,
        }
    }

    /// Returns whether the guest reads and writes chapters, if the format has any. In Vorbis
    /// comments they are properties, and in Matroska the host reads and writes them.
    pub(super) fn has_chapters_of_guest(self) -> bool {
        !matches!(self, Self::VorbisComment | Self::Matroska)
    }

    /// Returns whether ratings are also properties.
    pub(super) fn has_rating_property(self) -> bool {
        matches!(self, Self::VorbisComment | Self::Mp4)
    }
}
