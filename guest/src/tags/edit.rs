//! A change to tags, as its caller asks for it.

use super::chapters::Chapter;
use super::fields::property_key;
use super::model::{Id3v2Frames, Lyrics, Picture, Rating};

/// A change to the tags of one file. What no part of it names stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// Removes all tags before the other parts are applied.
    pub clear: bool,
    /// Sets fields, by taglib-wasm's names or TagLib's keys. An empty list
    /// removes the field.
    pub fields: Vec<(String, Vec<String>)>,
    pub pictures: Option<PictureEdit>,
    /// Replaces all ratings.
    pub ratings: Option<Vec<Rating>>,
    /// Replaces the lyrics that a read gives as such. TagLib has those with a
    /// description as fields, such as `LYRICS:VERSE`.
    pub lyrics: Option<Vec<Lyrics>>,
    /// Replaces all chapters.
    pub chapters: Option<Vec<Chapter>>,
    /// Replaces the `bext` chunk; no bytes remove it.
    pub bext_data: Option<Vec<u8>>,
    /// Replaces the `iXML` chunk; an empty text removes it.
    pub ixml: Option<String>,
    /// Replaces raw ID3v2 frames.
    pub id3v2_frames: Vec<Id3v2Frames>,
}

/// A change to the pictures of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureEdit {
    /// Replaces all pictures.
    ReplaceAll(Vec<Picture>),
    /// Adds pictures after those that the file has.
    Add(Vec<Picture>),
    /// Removes the pictures whose type is among those of the given ones, and
    /// adds these.
    ReplaceType(Vec<Picture>),
}

impl Edit {
    /// Whether nothing but fields is changed.
    pub(crate) fn sets_only_fields(&self) -> bool {
        Self { fields: Vec::new(), ..self.clone() } == Self::default()
    }

    /// The lyrics that the edit asks for, as a part of its own or as a field.
    pub(super) fn requested_lyrics(&self) -> Option<Vec<Lyrics>> {
        let field = self.fields.iter().rev().find(|(name, _)| is_lyrics_field(name));
        let texts = field.map(|(_, texts)| texts.iter().cloned().map(Lyrics::from).collect());
        self.lyrics.clone().or(texts)
    }
}

impl PictureEdit {
    /// The pictures of a file with the change applied.
    pub(super) fn applied_to(self, mut pictures: Vec<Picture>) -> Vec<Picture> {
        match self {
            Self::ReplaceAll(all) => return all,
            Self::Add(new) => pictures.extend(new),
            Self::ReplaceType(new) => {
                pictures.retain(|known| {
                    new.iter().all(|picture| picture.picture_type != known.picture_type)
                });
                pictures.extend(new);
            }
        }
        pictures
    }

    /// The pictures that the change brings.
    pub(super) fn pictures(&self) -> &[Picture] {
        let (Self::ReplaceAll(pictures) | Self::Add(pictures) | Self::ReplaceType(pictures)) = self;
        pictures
    }
}

fn is_lyrics_field(name: &str) -> bool {
    property_key(name) == "LYRICS"
}
