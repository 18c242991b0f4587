//! What a file is tagged with, as plain owned data.

use super::audio::AudioProperties;
use super::bext::BroadcastExtension;
use super::chapters::Chapter;
use super::fields::Field;
use super::tables::PICTURE_TYPES;
use crate::buffers::Buffer;

/// Everything that is tagged in one file.
///
/// The shape is that of taglib-wasm's `ExtendedTag`: empty lists and absent
/// options are keys that the JavaScript object does not have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags {
    /// Text fields by taglib-wasm's names, or by TagLib's own where it has none.
    pub fields: Vec<(String, Field)>,
    pub pictures: Vec<Picture>,
    pub ratings: Vec<Rating>,
    pub lyrics: Vec<Lyrics>,
    /// In the order of their start.
    pub chapters: Vec<Chapter>,
    pub bext: Option<BroadcastExtension>,
    /// The `bext` chunk, byte for byte.
    pub bext_data: Option<Vec<u8>>,
    /// The `iXML` chunk, unparsed.
    pub ixml: Option<String>,
}

/// A file, as far as TagLib knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    pub tags: Tags,
    /// Absent where TagLib finds no audio properties.
    pub audio: Option<AudioProperties>,
    /// taglib-wasm's `FileType`, such as `FLAC`.
    pub file_type: &'static str,
    /// Whether there are pictures, read or not.
    pub has_pictures: bool,
    /// The loudness properties as single texts, by their names.
    pub dynamics: Vec<(&'static str, String)>,
}

/// An embedded picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// As the tag says; it may be wrong, or `application/octet-stream`.
    pub mime_type: String,
    pub data: Buffer,
    /// The name of the ID3v2 picture type, such as `FrontCover`.
    pub picture_type: &'static str,
    pub description: String,
}

/// A popularity: ID3v2's POPM and its cousins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rating {
    /// From 0 to 1.
    pub rating: f64,
    pub email: Option<String>,
    /// The play count, where it is above zero.
    pub counter: Option<f64>,
}

/// Lyrics without timing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lyrics {
    pub text: String,
    pub description: Option<String>,
    /// ISO 639-2, such as `eng`.
    pub language: Option<String>,
}

impl From<String> for Lyrics {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Picture {
    /// The static name of a picture type, or nothing for an unknown one.
    pub fn type_named(name: &str) -> Option<&'static str> {
        PICTURE_TYPES.into_iter().find(|known| *known == name)
    }

    /// The name of a picture type. An unknown number is "Other", as in
    /// taglib-wasm.
    pub(crate) fn type_of(number: u32) -> &'static str {
        let known = usize::try_from(number).ok().and_then(|index| PICTURE_TYPES.get(index));
        known.copied().unwrap_or(PICTURE_TYPES[0])
    }
}

impl Tags {
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
            && self.pictures.is_empty()
            && self.ratings.is_empty()
            && self.lyrics.is_empty()
            && self.chapters.is_empty()
            && self.bext_data.is_none()
            && self.ixml.is_none()
    }
}

/// All ID3v2 frames with one ID, as they stand in the tag.
#[derive(Clone, Debug, PartialEq)]
pub struct Id3v2Frames {
    /// Four characters, such as `TRCK`.
    pub id: String,
    /// What follows each frame's header. None removes the frames.
    pub bodies: Vec<Vec<u8>>,
}
