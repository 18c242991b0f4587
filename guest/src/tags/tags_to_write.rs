//! Encodes the argument of `tl_write_tags` in MessagePack.

use super::answer::Answer;
use super::chapters::{Chapter, Mp4ChapterStyle};
use super::model::{Id3Tags, Id3v2Frames, Rating};
use super::picture::Picture;
use super::tables::{FIELD_NAMES, PICTURE_TYPES};
use super::tag_format::TagFormat;
use crate::error::{Error, Result};
use crate::limits::Budget;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;
use std::io::{self, Write};

/// The argument of `tl_write_tags`: a map in the order of its entries.
#[derive(Debug, Default)]
pub(crate) struct TagsToWrite(Vec<(String, Wire)>);

/// A value in the argument.
#[derive(Debug)]
enum Wire {
    Nil,
    Flag(bool),
    /// Written as an integer if it is one: the guest accepts counts only as integers.
    Number(f64),
    /// Always written as a float: the guest would read an integer rating as a value from 0 to
    /// 255, as in POPM.
    Float(f64),
    Text(String),
    Binary(Vec<u8>),
    List(Vec<Wire>),
    Map(Vec<(Cow<'static, str>, Wire)>),
}

impl TagsToWrite {
    /// Encodes the map in MessagePack. The bytes are charged to `budget`.
    pub(crate) fn encode(&self, budget: &Budget) -> Result<Vec<u8>> {
        let mut encoded = ChargedBytes { bytes: Vec::new(), budget, failure: None };
        let result = rmp_serde::encode::write(&mut encoded, self);
        if let Some(failure) = encoded.failure {
            return Err(failure);
        }
        match result {
            Ok(()) => Ok(encoded.bytes),
            Err(error) => Err(Error::metadata(format!("the tags can't be encoded: {error}"))),
        }
    }

    /// Removes everything that an answer has, except properties and lyrics: the guest removes the
    /// properties and lyrics that it is not given.
    pub(super) fn remove_all(&mut self, answer: &Answer, format: TagFormat) {
        if answer.has_pictures {
            self.set_pictures(Vec::new());
        }
        self.set_ratings(Vec::new());
        if !answer.chapters.is_empty() && format.has_chapters_of_guest() {
            self.set_chapters(Vec::new());
        }
        if answer.bext_data.is_some() {
            self.set_bext_data(Vec::new());
        }
        if answer.ixml.is_some() {
            self.set_ixml(String::new());
        }
    }

    /// Sets a property by the guest's key.
    pub(crate) fn set_property(&mut self, key: &str, values: Vec<String>) {
        self.set(key, Wire::List(values.into_iter().map(Wire::Text).collect()));
    }

    pub(crate) fn set_pictures(&mut self, pictures: Vec<Picture>) {
        self.set("pictures", Wire::list(pictures));
    }

    pub(crate) fn set_ratings(&mut self, ratings: Vec<Rating>) {
        self.set("ratings", Wire::list(ratings));
    }

    pub(crate) fn set_chapters(&mut self, chapters: Vec<Chapter>) {
        self.set("chapters", Wire::list(chapters));
    }

    /// Sets how chapters are written to an MP4 file.
    pub(crate) fn set_mp4_chapter_style(&mut self, style: Mp4ChapterStyle) {
        self.set("_mp4ChapterStyle", Wire::Text(style.name().to_owned()));
    }

    /// Sets which ID3 tags are removed from a FLAC file.
    pub(crate) fn set_strip_id3(&mut self, tags: Id3Tags) {
        let flags = [("v1", Wire::Flag(tags.v1)), ("v2", Wire::Flag(tags.v2))];
        self.set("_stripId3", Wire::map(flags));
    }

    /// Sets the `bext` chunk. Empty bytes remove it.
    pub(crate) fn set_bext_data(&mut self, data: Vec<u8>) {
        self.set("bextData", if data.is_empty() { Wire::Nil } else { Wire::Binary(data) });
    }

    /// Sets the `iXML` chunk. An empty text removes it.
    pub(crate) fn set_ixml(&mut self, text: String) {
        self.set("ixml", if text.is_empty() { Wire::Nil } else { Wire::Text(text) });
    }

    pub(crate) fn set_id3v2_frames(&mut self, frames: Vec<Id3v2Frames>) {
        if frames.is_empty() {
            return;
        }
        let frames = frames.into_iter().map(|Id3v2Frames { id, bodies }| {
            (id.into(), Wire::List(bodies.into_iter().map(Wire::Binary).collect()))
        });
        self.set("id3v2Frames", Wire::Map(frames.collect()));
    }

    fn set(&mut self, key: &str, value: Wire) {
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some(known) => known.1 = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }
}

/// A buffer whose bytes are charged to a budget while they are written.
struct ChargedBytes<'a> {
    bytes: Vec<u8>,
    budget: &'a Budget,
    /// Kept here, since an encoder's error can't carry it.
    failure: Option<Error>,
}

impl Write for ChargedBytes<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.budget.extend(&mut self.bytes, bytes).map_err(|error| {
            self.failure = Some(error);
            io::ErrorKind::Other.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns TagLib's property key for one of taglib-wasm's field names, or the name itself.
pub(super) fn property_key(name: &str) -> &str {
    match name {
        "year" => "DATE",
        "track" => "TRACKNUMBER",
        _ => FIELD_NAMES.iter().find(|(_, field)| *field == name).map_or(name, |(key, _)| key),
    }
}

impl Wire {
    fn list<T>(values: Vec<T>) -> Self
    where
        Self: From<T>,
    {
        Self::List(values.into_iter().map(Self::from).collect())
    }

    fn map(entries: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

impl From<Picture> for Wire {
    fn from(picture: Picture) -> Self {
        let number = PICTURE_TYPES.iter().position(|name| *name == picture.picture_type);
        Self::map([
            ("mimeType", Self::Text(picture.mime_type)),
            ("data", Self::Binary(picture.data.to_vec())),
            ("type", Self::Number(number.unwrap_or(0) as f64)),
            ("description", Self::Text(picture.description)),
        ])
    }
}

impl From<Rating> for Wire {
    fn from(rating: Rating) -> Self {
        Self::map([
            ("rating", Self::Float(rating.rating)),
            ("email", Self::Text(rating.email.unwrap_or_default())),
            ("counter", Self::Number(rating.counter.unwrap_or(0.0))),
        ])
    }
}

impl From<Chapter> for Wire {
    fn from(chapter: Chapter) -> Self {
        let texts = [("title", chapter.title), ("id", chapter.id), ("source", chapter.source)];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, Self::Text(text?))));
        let start = ("startTimeMs", Self::Number(chapter.start.round()));
        let end = chapter.end.map(|end| ("endTimeMs", Self::Number(end.round())));
        Self::map([start].into_iter().chain(end).chain(texts))
    }
}

impl Serialize for TagsToWrite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Wire {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nil => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) if *number == (*number as i64) as f64 => {
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) | Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Binary(bytes) => serializer.serialize_bytes(bytes),
            Self::List(values) => serializer.collect_seq(values),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}
