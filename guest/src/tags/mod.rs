//! The tag model, and its way from the guest's answer.
//!
//! `message_pack` decodes what the guest returns, within limits, and `answer`
//! knows its keys; `fields` turns its property map into the fields of taglib-wasm's
//! `ExtendedTag`; `chapters`, `bext` and `audio` do the same for theirs. What
//! comes out is [`Metadata`]: plain owned data, ready to become an object. `edit`
//! goes the other way: it applies a change to an answer, for the guest to write.

mod answer;
mod audio;
mod bext;
mod chapters;
mod edit;
mod fields;
mod message_pack;
mod numbers;
mod size;
mod tables;

use crate::buffers::Buffer;
use std::mem;

pub(crate) use answer::{Answer, Wanted};
pub use audio::AudioProperties;
pub use bext::BroadcastExtension;
pub use chapters::Chapter;
pub use edit::Edit;
pub use fields::Field;

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
    /// The `bext` chunk as it stands in the file.
    pub bext_data: Option<Vec<u8>>,
    /// The `iXML` chunk, not parsed.
    pub ixml: Option<String>,
}

/// A file, as far as TagLib knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    pub tags: Tags,
    /// Nothing where TagLib finds no audio properties.
    pub audio: Option<AudioProperties>,
    /// taglib-wasm's `FileType`, such as `FLAC`.
    pub file_type: &'static str,
    /// Whether there are pictures, wanted or not.
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
    /// How often it was played, where that is above zero.
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
    /// The name of a picture type as it is kept here; nothing for a name that
    /// is none.
    pub fn type_named(name: &str) -> Option<&'static str> {
        tables::PICTURE_TYPES.into_iter().find(|known| *known == name)
    }

    /// The name of a picture type. A number that has none is "Other", as in
    /// taglib-wasm.
    pub(crate) fn type_of(number: u32) -> &'static str {
        let known = usize::try_from(number).ok().and_then(|index| tables::PICTURE_TYPES.get(index));
        known.copied().unwrap_or(tables::PICTURE_TYPES[0])
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

impl From<Answer> for Metadata {
    fn from(mut answer: Answer) -> Self {
        let audio = mem::take(&mut answer.audio);
        let has_audio_properties = answer.has_audio_properties;
        Self {
            file_type: audio.file_type(),
            has_pictures: answer.has_pictures,
            dynamics: fields::dynamics(&answer.properties),
            tags: tags(answer, has_audio_properties.then_some(audio.duration_ms)),
            audio: has_audio_properties.then_some(audio),
        }
    }
}

fn tags(answer: Answer, track_end: Option<f64>) -> Tags {
    let bext_data = answer.bext_data.filter(|data| !data.is_empty());
    Tags {
        fields: fields::from_properties(answer.properties),
        pictures: answer.pictures,
        ratings: answer.ratings,
        lyrics: answer.lyrics,
        chapters: chapters::in_order(answer.chapters, track_end),
        bext: bext_data.as_deref().and_then(BroadcastExtension::parse),
        bext_data,
        ixml: answer.ixml.filter(|text| !text.is_empty()),
    }
}
