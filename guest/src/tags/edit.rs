//! Changes to tags, and their way to the guest.
//!
//! The guest replaces all tags of a file by those it is given, so an edit is
//! applied to all that the file has. The rules are those of taglib-wasm's
//! `mergeTagUpdates`, `setProperties` and `encodeTagData`: a file changed here
//! and there has the same bytes.

use super::answer::Answer;
use super::chapters::Chapter;
use super::fields::{as_texts, field_name};
use super::message_pack::Value;
use super::numbers::parse_int;
use super::tables::{FIELD_NAMES, PICTURE_TYPES};
use super::{Picture, Rating};
use crate::error::{Error, Result};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One change to a file's tags; everything else in them is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Sets fields, by taglib-wasm's names or TagLib's keys. An empty list
    /// removes the field.
    Fields(Vec<(String, Vec<String>)>),
    /// Replaces all pictures.
    Pictures(Vec<Picture>),
    AddPicture(Picture),
    /// Replaces the pictures of the same type.
    ReplacePicture(Picture),
    /// Removes fields, pictures, ratings, lyrics, chapters, `bext` and `iXML`.
    Clear,
}

impl Edit {
    pub(crate) fn apply(self, mut answer: Answer) -> TagsToWrite {
        match self {
            Self::Fields(fields) => set_fields(&mut answer, fields),
            Self::Pictures(pictures) => {
                answer.pictures = pictures;
                // None at all is something to tell the guest, too.
                answer.has_pictures = true;
            }
            Self::AddPicture(picture) => answer.pictures.push(picture),
            Self::ReplacePicture(picture) => {
                answer.pictures.retain(|known| known.picture_type != picture.picture_type);
                answer.pictures.push(picture);
            }
            Self::Clear => return TagsToWrite::nothing(&answer),
        }
        TagsToWrite::all(answer)
    }

    /// What of it a file shows no trace of, by the tags before and after.
    ///
    /// What a format has no room for is left away or shortened, as everywhere
    /// in TagLib; but where the old text still stands, nothing was written.
    /// Only plain texts are compared: numbers, dates and genres have several
    /// forms. Fewer pictures than there should be are lost ones.
    pub(crate) fn left_undone(&self, before: &Answer, after: &Answer) -> Option<&str> {
        const TEXTS: [&str; 6] = ["title", "artist", "album", "comment", "albumArtist", "composer"];
        match self {
            Self::Fields(fields) => fields
                .iter()
                .filter(|(name, asked)| TEXTS.contains(&field_name(name)) && !asked.is_empty())
                .find(|(name, asked)| {
                    let (old, new) = (before.text_of(name), after.text_of(name));
                    let written = |text: &String| text.contains(&new) || new.contains(text);
                    !new.is_empty() && new == old && !asked.iter().all(written)
                })
                .map(|(name, _)| name.as_str()),
            Self::Pictures(asked) => {
                (after.pictures.len() < asked.len()).then_some("all of the pictures")
            }
            Self::AddPicture(_) | Self::ReplacePicture(_) | Self::Clear => None,
        }
    }
}

fn set_fields(answer: &mut Answer, fields: Vec<(String, Vec<String>)>) {
    let mut merged = as_texts(answer.properties.clone());
    for (name, values) in fields {
        let name = match field_name(&name) {
            "year" => "date",
            "track" => "trackNumber",
            "lyrics" => {
                answer.lyrics = values.into_iter().map(super::Lyrics::from).collect();
                continue;
            }
            name => name,
        };
        match merged.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = values,
            None => merged.push((name.to_owned(), values)),
        }
    }
    for (name, values) in merged {
        set_property(&mut answer.properties, &name, values);
    }
}

/// The guest takes the track and the year as numbers.
fn set_property(properties: &mut Vec<(String, Value)>, name: &str, values: Vec<String>) {
    let number = values.first().and_then(|text| parse_int(text)).map(Value::Number);
    let texts = (!values.is_empty())
        .then(|| Value::List(values.into_iter().map(|text| known_flag(name, text)).collect()));
    match (name, texts) {
        ("trackNumber", Some(_)) => {
            if number.is_some() {
                set(properties, "track", number);
            }
        }
        ("trackNumber", None) => set(properties, "track", None),
        ("date", Some(texts)) => {
            set(properties, "date", Some(texts));
            if number.is_some() {
                set(properties, "year", number);
            }
        }
        ("date", None) => {
            set(properties, "date", None);
            set(properties, "year", None);
        }
        (name, texts) => set(properties, name, texts),
    }
}

/// The guest gives the compilation flag as `true` and takes it as "1".
/// taglib-wasm hands "true" back, which clears the flag at any other change.
fn known_flag(name: &str, text: String) -> Value {
    match (name, text.as_str()) {
        ("compilation", "true") => Value::Text("1".to_owned()),
        ("compilation", "false") => Value::Text("0".to_owned()),
        _ => Value::Text(text),
    }
}

fn set(properties: &mut Vec<(String, Value)>, name: &str, value: Option<Value>) {
    let index = properties.iter().position(|(known, _)| known == name);
    match (index, value) {
        (Some(index), Some(value)) => properties[index].1 = value,
        (Some(index), None) => drop(properties.remove(index)),
        (None, Some(value)) => properties.push((name.to_owned(), value)),
        (None, None) => {}
    }
}

/// The argument of `tl_write_tags`: a map in the order of its entries.
#[derive(Debug, Default)]
pub(crate) struct TagsToWrite(Vec<(String, Wire)>);

/// What a value of it can be.
#[derive(Debug)]
enum Wire {
    Nil,
    Flag(bool),
    Number(f64),
    Text(String),
    Binary(Vec<u8>),
    List(Vec<Wire>),
    Map(Vec<(&'static str, Wire)>),
}

impl TagsToWrite {
    pub fn encode(&self) -> Result<Vec<u8>> {
        rmp_serde::to_vec(self)
            .map_err(|error| Error::metadata(format!("the tags can't be encoded: {error}")))
    }

    fn all(answer: Answer) -> Self {
        let mut tags = Self::default();
        let has_date = answer.properties.iter().any(|(name, value)| {
            name == "date" && !matches!(value, Value::Nil) && !value.is_empty()
        });
        for (name, value) in answer.properties {
            let superseded = name == "year" && has_date;
            if let Some(value) = Wire::property(value).filter(|_| !superseded) {
                tags.push(wire_key(&name), value);
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

    /// The guest keeps what it is not told to remove, but for the properties.
    fn nothing(answer: &Answer) -> Self {
        let mut tags = Self::default();
        tags.push("pictures", Wire::List(Vec::new()));
        tags.push("ratings", Wire::List(Vec::new()));
        if !answer.chapters.is_empty() {
            tags.push("chapters", Wire::List(Vec::new()));
        }
        if answer.bext_data.is_some() {
            tags.push("bextData", Wire::Nil);
        }
        if answer.ixml.is_some() {
            tags.push("ixml", Wire::Nil);
        }
        tags
    }

    fn push(&mut self, key: &str, value: Wire) {
        self.0.push((key.to_owned(), value));
    }
}

/// TagLib's property key for one of taglib-wasm's field names, or the name itself.
fn wire_key(name: &str) -> &str {
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

impl From<Picture> for Wire {
    fn from(picture: Picture) -> Self {
        let number = PICTURE_TYPES.iter().position(|name| *name == picture.picture_type);
        Self::Map(vec![
            ("mimeType", Self::Text(picture.mime_type)),
            ("data", Self::Binary(picture.data.to_vec())),
            ("type", Self::Number(number.unwrap_or(0) as f64)),
            ("description", Self::Text(picture.description)),
        ])
    }
}

impl From<Rating> for Wire {
    fn from(rating: Rating) -> Self {
        Self::Map(vec![
            ("rating", Self::Number(rating.rating)),
            ("email", Self::Text(rating.email.unwrap_or_default())),
            ("counter", Self::Number(rating.counter.unwrap_or(0.0))),
        ])
    }
}

impl From<Chapter> for Wire {
    fn from(chapter: Chapter) -> Self {
        let mut entries = vec![("startTimeMs", Self::Number(chapter.start))];
        if let Some(end) = chapter.end {
            entries.push(("endTimeMs", Self::Number(end)));
        }
        for (key, text) in
            [("title", chapter.title), ("id", chapter.id), ("source", chapter.source)]
        {
            if let Some(text) = text {
                entries.push((key, Self::Text(text)));
            }
        }
        Self::Map(entries)
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
            // As an integer where it is one: the guest reads either, but a
            // count as an integer only.
            Self::Number(number) if *number == (*number as i64) as f64 => {
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) => serializer.serialize_f64(*number),
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
