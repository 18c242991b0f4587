//! The tags of a file, as plain owned data.

use super::audio::AudioProperties;
use super::bext::BroadcastExtension;
use super::chapters::Chapter;
use super::fields::Field;
use super::picture::Picture;
use crate::buffers::Buffer;

/// All tags of one file.
///
/// The shape is that of taglib-wasm's `ExtendedTag`. The JavaScript object has no keys for empty
/// lists and absent options.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags {
    /// Text fields by taglib-wasm's names, or by TagLib's own where it has none.
    pub fields: Vec<(String, Field)>,
    /// Embedded pictures.
    pub pictures: Vec<Picture>,
    /// Ratings, each by one person.
    pub ratings: Vec<Rating>,
    /// Lyrics without timing.
    pub lyrics: Vec<Lyrics>,
    /// In the order in which they start.
    pub chapters: Vec<Chapter>,
    /// The `bext` chunk, decoded.
    pub bext: Option<BroadcastExtension>,
    /// The `bext` chunk, byte for byte.
    pub bext_data: Option<Vec<u8>>,
    /// The `iXML` chunk, unparsed.
    pub ixml: Option<String>,
    /// The texts that are stored as Latin-1, if they were asked for.
    pub latin_1_texts: Vec<Latin1Text>,
}

impl Tags {
    /// Returns the texts of fields, lyrics, descriptions and titles of chapters.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().flat_map(|(_, field)| field.texts()).map(String::as_str);
        let pictures = self.pictures.iter().map(|picture| picture.description.as_str());
        let lyrics = self.lyrics.iter().flat_map(Lyrics::texts);
        let chapters = self.chapters.iter().filter_map(|chapter| chapter.title.as_deref());
        fields.chain(pictures).chain(lyrics).chain(chapters)
    }
}

/// A text that a file stores as Latin-1, and that is not only ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latin1Text {
    /// The tag that holds it, as in a native element.
    pub tag: &'static str,
    /// The identifier of its frame or field.
    pub id: String,
    /// The text, decoded as Latin-1.
    pub text: String,
}

/// What TagLib knows about a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The tags.
    pub tags: Tags,
    /// Absent if TagLib finds no audio properties.
    pub audio: Option<AudioProperties>,
    /// taglib-wasm's `FileType`, such as `FLAC`.
    pub file_type: &'static str,
    /// Whether there are pictures, even if they were not read.
    pub has_pictures: bool,
    /// The loudness properties by their names, each as one text.
    pub dynamics: Vec<(&'static str, String)>,
    /// The tags as they are stored, if they were asked for.
    pub stored: Option<Box<StoredTags>>,
}

/// The tags of a file as they are stored, in addition to their form in [`Tags`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredTags {
    /// TagLib's property map: keys in capitals, each with its texts.
    pub properties: Vec<(String, Vec<String>)>,
    /// The items of an MP4 file, such as `©nam` or `----:com.apple.iTunes:MOOD`, with
    /// their values as texts. Pictures are not among them.
    pub mp4_items: Vec<(String, Vec<String>)>,
    /// The ID3 tags around a FLAC stream; absent in other formats.
    pub id3_tags: Option<Id3Tags>,
    /// The frames of an MP3, in the order of the file. Absent in other formats, or if they were
    /// not asked for.
    pub id3v2_frames: Option<Vec<Id3v2Frame>>,
}

/// Which ID3 tags a FLAC file has. It should have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Id3Tags {
    /// A tag of 128 bytes after the audio.
    pub v1: bool,
    /// A tag before the stream.
    pub v2: bool,
}

/// A raw ID3v2 frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Id3v2Frame {
    /// The identifier, such as `TXXX`: four characters, whatever version the tag has.
    pub id: String,
    /// The bytes after the frame's header.
    pub data: Buffer,
}

/// A rating: a POPM frame of ID3v2, or its equivalent in another format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rating {
    /// From 0 to 1.
    pub rating: f64,
    /// Whose rating it is.
    pub email: Option<String>,
    /// The play count, if it is above zero.
    pub counter: Option<f64>,
}

/// Lyrics without timing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lyrics {
    /// The lyrics.
    pub text: String,
    /// A description, such as `verse`.
    pub description: Option<String>,
    /// ISO 639-2, such as `eng`.
    pub language: Option<String>,
}

impl Lyrics {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let optional = [&self.description, &self.language].into_iter().flatten();
        std::iter::once(&self.text).chain(optional).map(String::as_str)
    }
}

impl From<String> for Lyrics {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Tags {
    /// Returns whether there are no tags.
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

/// All ID3v2 frames with one ID, as they are stored in the tag.
#[derive(Clone, Debug, PartialEq)]
pub struct Id3v2Frames {
    /// Four characters, such as `TRCK`.
    pub id: String,
    /// The bytes after each frame's header. An empty list removes the frames.
    pub bodies: Vec<Vec<u8>>,
}
