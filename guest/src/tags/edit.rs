//! Changes to tags.
//!
//! The guest replaces all properties of a file by those it is given, so an edit
//! is applied to everything that the file has. The rules are those of
//! taglib-wasm's `mergeTagUpdates` and `setProperties`.

use super::answer::Answer;
use super::chapters::Chapter;
use super::fields::{as_texts, field_name};
use super::message_pack::Value;
use super::model::{Lyrics, Picture, Rating};
use super::numbers::parse_int;
use super::tags_to_write::TagsToWrite;

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
    /// Replaces all lyrics.
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

/// All ID3v2 frames with one ID, as they stand in the tag.
#[derive(Clone, Debug, PartialEq)]
pub struct Id3v2Frames {
    /// Four characters, such as `TRCK`.
    pub id: String,
    /// What follows each frame's header. None removes the frames.
    pub bodies: Vec<Vec<u8>>,
}

impl Edit {
    /// The tags of a file with the edit applied, from those it has.
    pub(crate) fn apply(self, mut answer: Answer) -> TagsToWrite {
        let mut removed = TagsToWrite::default();
        if self.clear {
            removed = TagsToWrite::removing_all(&answer);
            answer = Answer::default();
        }
        self.leave_to_the_guest(&mut answer);
        set_fields(&mut answer, self.fields);
        if let Some(edit) = self.pictures {
            // The guest is told of an empty list, too.
            answer.has_pictures = true;
            edit.apply(&mut answer.pictures);
        }
        if let Some(ratings) = self.ratings {
            answer.ratings = ratings;
            removed.remove_list("ratings");
        }
        if let Some(lyrics) = self.lyrics {
            answer.lyrics = lyrics;
        }
        if let Some(chapters) = self.chapters {
            answer.chapters = chapters;
            removed.remove_list("chapters");
        }
        if let Some(data) = self.bext_data {
            answer.bext_data = Some(data).filter(|data| !data.is_empty());
            removed.remove("bextData");
        }
        if let Some(text) = self.ixml {
            answer.ixml = Some(text);
            removed.remove("ixml");
        }
        let mut tags = TagsToWrite::all(answer);
        tags.add_missing(removed);
        tags.set_id3v2_frames(self.id3v2_frames);
        tags
    }

    /// Takes away what the edit does not change: the guest keeps pictures, ratings,
    /// chapters, `bext` and `iXML` that it is not given, and would rewrite them
    /// with less than they have otherwise.
    fn leave_to_the_guest(&self, answer: &mut Answer) {
        if self.pictures.is_none() {
            answer.pictures.clear();
            answer.has_pictures = false;
        }
        if self.ratings.is_none() {
            answer.ratings.clear();
        }
        if self.chapters.is_none() {
            answer.chapters.clear();
        }
        if self.bext_data.is_none() {
            answer.bext_data = None;
        }
        if self.ixml.is_none() {
            answer.ixml = None;
        }
    }

    /// The first part of the edit that the file shows no trace of, by its tags
    /// before and after.
    ///
    /// TagLib leaves out or shortens what a format has no room for; but where
    /// the old text still stands, nothing was written. Only plain texts are
    /// compared: numbers, dates and genres have several forms. Fewer pictures
    /// than asked for are lost ones.
    pub(crate) fn left_undone(&self, before: &Answer, after: &Answer) -> Option<&str> {
        const TEXTS: [&str; 6] = ["title", "artist", "album", "comment", "albumArtist", "composer"];
        let field = self
            .fields
            .iter()
            .filter(|(name, asked)| TEXTS.contains(&field_name(name)) && !asked.is_empty())
            .find(|(name, asked)| {
                let (old, new) = (before.text_of(name), after.text_of(name));
                let written = |text: &String| text.contains(&new) || new.contains(text);
                !new.is_empty() && new == old && !asked.iter().all(written)
            })
            .map(|(name, _)| name.as_str());
        let lacks_pictures = match &self.pictures {
            Some(PictureEdit::ReplaceAll(asked)) => after.pictures.len() < asked.len(),
            _ => false,
        };
        field.or(lacks_pictures.then_some("all of the pictures"))
    }

    /// Whether nothing but fields is changed.
    pub(crate) fn sets_only_fields(&self) -> bool {
        Self { fields: Vec::new(), ..self.clone() } == Self::default()
    }
}

impl PictureEdit {
    fn apply(self, pictures: &mut Vec<Picture>) {
        match self {
            Self::ReplaceAll(all) => *pictures = all,
            Self::Add(new) => pictures.extend(new),
            Self::ReplaceType(new) => {
                pictures.retain(|known| {
                    new.iter().all(|picture| picture.picture_type != known.picture_type)
                });
                pictures.extend(new);
            }
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
                answer.lyrics = values.into_iter().map(Lyrics::from).collect();
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
