//! The argument of `tl_write_tags`, in MessagePack.

use super::answer::Answer;
use super::chapters::Chapter;
use super::edit::Id3v2Frames;
use super::message_pack::Value;
use super::model::{Picture, Rating};
use super::tables::{FIELD_NAMES, PICTURE_TYPES};
use crate::error::{Error, Result};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;

/// The argument of `tl_write_tags`: a map in the order of its entries.
#[derive(Debug, Default)]
pub(crate) struct TagsToWrite(Vec<(String, Wire)>);

/// A value of that map.
#[derive(Debug)]
enum Wire {
    Nil,
    Flag(bool),
    /// Written as an integer if it is one: the guest takes counts as integers only.
    Number(f64),
    /// Always written as a float: the guest takes an integer rating for POPM's 0 to
    /// 255.
    Float(f64),
    Text(String),
    Binary(Vec<u8>),
    List(Vec<Wire>),
    Map(Vec<(Cow<'static, str>, Wire)>),
}

impl TagsToWrite {
    pub fn encode(&self) -> Result<Vec<u8>> {
        rmp_serde::to_vec(self)
            .map_err(|error| Error::metadata(format!("the tags can't be encoded: {error}")))
    }

    /// Everything that an answer has.
    pub fn all(answer: Answer) -> Self {
        let mut tags = Self::default();
        let has_date = answer.properties.iter().any(|(name, value)| {
            name == "date" && !matches!(value, Value::Nil) && !value.is_empty()
        });
        for (name, value) in answer.properties {
            let superseded = name == "year" && has_date;
            if let Some(value) = Wire::property(value).filter(|_| !superseded) {
                tags.push(property_key(&name), value);
            }
        }
        // Where there were pictures and there are none now, the guest has to
        // be told; where there were none, an empty list leaves an empty atom.
        if answer.has_pictures || !answer.pictures.is_empty() {
            let pictures = answer.pictures.into_iter().map(Wire::from).collect();
            tags.push("pictures", Wire::List(pictures));
        }
        if !answer.ratings.is_empty() {
            let ratings = answer.ratings.into_iter().map(Wire::from).collect();
            tags.push("ratings", Wire::List(ratings));
        }
        let lyrics = answer.lyrics.into_iter().map(|lyrics| lyrics.text);
        let lyrics: Vec<Wire> = lyrics.filter(|text| !text.is_empty()).map(Wire::Text).collect();
        if !lyrics.is_empty() {
            tags.push("LYRICS", Wire::List(lyrics));
        }
        if !answer.chapters.is_empty() {
            let chapters = answer.chapters.into_iter().map(Wire::from).collect();
            tags.push("chapters", Wire::List(chapters));
        }
        if let Some(data) = answer.bext_data {
            tags.push("bextData", Wire::Binary(data));
        }
        if let Some(text) = answer.ixml.filter(|text| !text.is_empty()) {
            tags.push("ixml", Wire::Text(text));
        }
        tags
    }

    /// Removes everything that an answer has. The guest keeps what it is not
    /// told to remove, except properties and lyrics.
    pub fn removing_all(answer: &Answer) -> Self {
        let mut tags = Self::default();
        tags.remove_list("pictures");
        tags.remove_list("ratings");
        if !answer.chapters.is_empty() {
            tags.remove_list("chapters");
        }
        if answer.bext_data.is_some() {
            tags.remove("bextData");
        }
        if answer.ixml.is_some() {
            tags.remove("ixml");
        }
        tags
    }

    pub fn remove_list(&mut self, key: &str) {
        self.push(key, Wire::List(Vec::new()));
    }

    pub fn remove(&mut self, key: &str) {
        self.push(key, Wire::Nil);
    }

    /// Adds the entries of `other` whose keys have no value yet.
    pub fn add_missing(&mut self, other: Self) {
        for (key, value) in other.0 {
            if self.0.iter().all(|(known, _)| *known != key) {
                self.push(&key, value);
            }
        }
    }

    pub fn set_id3v2_frames(&mut self, frames: Vec<Id3v2Frames>) {
        if frames.is_empty() {
            return;
        }
        let frames = frames.into_iter().map(|Id3v2Frames { id, bodies }| {
            (id.into(), Wire::List(bodies.into_iter().map(Wire::Binary).collect()))
        });
        self.push("id3v2Frames", Wire::Map(frames.collect()));
    }

    fn push(&mut self, key: &str, value: Wire) {
        self.0.push((key.to_owned(), value));
    }
}

/// TagLib's property key for one of taglib-wasm's field names, or the name itself.
pub(super) fn property_key(name: &str) -> &str {
    match name {
        "year" => "DATE",
        "track" => "TRACKNUMBER",
        _ => FIELD_NAMES.iter().find(|(_, field)| *field == name).map_or(name, |(key, _)| key),
    }
}

impl Wire {
    /// Nothing for empty texts, which taglib-wasm leaves out.
    fn property(value: Value) -> Option<Self> {
        Some(match value {
            Value::Nil => Self::Nil,
            Value::Flag(flag) => Self::Flag(flag),
            Value::Number(number) => Self::Number(number),
            Value::Text(text) if text.is_empty() => return None,
            Value::Text(text) => Self::Text(text),
            Value::List(values) => Self::List(
                values
                    .into_iter()
                    .filter_map(|value| match value {
                        Value::Text(text) => Some(Self::Text(text)),
                        value => Self::property(value),
                    })
                    .collect(),
            ),
            Value::Other => return None,
        })
    }
}

impl Wire {
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
        let start = ("startTimeMs", Self::Number(chapter.start));
        let end = chapter.end.map(|end| ("endTimeMs", Self::Number(end)));
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
