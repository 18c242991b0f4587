//! Turns an edit into the argument of `tl_write_tags`.
//!
//! The guest keeps the pictures, ratings, chapters, `bext` and `iXML` that it is not given, and
//! loses details of those that it writes. So they are sent only if the edit changes them. The
//! guest replaces all properties by those that it is given. So the existing properties are sent,
//! with the changes that the edit asks for ([`Requested`]).

use super::answer::Answer;
use super::chapters::{closed, sorted};
use super::edit::Edit;
use super::fields::as_texts;
use super::model::{Id3Tags, Id3v2Frames, Lyrics};
use super::numbers::parse_int;
use super::requested::Requested;
use super::tag_format::TagFormat;
use super::tags_to_write::{TagsToWrite, property_key};
use crate::error::Result;

/// TagLib's property keys with their values.
type Properties = Vec<(String, Vec<String>)>;

impl Edit {
    /// Returns what the guest has to write to a file with the tags of `answer`. `requested` is
    /// what the edit changes in them.
    ///
    /// # Errors
    /// `ENOTSUP` if the file's format has no room for what the edit asks for.
    pub(crate) fn tags_to_write(
        mut self,
        answer: &Answer,
        requested: &Requested,
    ) -> Result<TagsToWrite> {
        let format = TagFormat::of(&answer.audio);
        format.check(&self, requested)?;
        self.drop_unchanged_parts(requested);

        let mut tags = TagsToWrite::default();
        if self.clear {
            tags.remove_all(answer, format);
        }
        let properties = self.properties(answer, requested, format);
        self.complete_id3v2_frames(&properties, format);
        for (key, values) in properties {
            tags.set_property(format.guest_key(&key), values);
        }
        if let Some(edit) = self.pictures {
            let known = if self.clear { Vec::new() } else { answer.pictures.clone() };
            let pictures = edit.applied_to(known);
            // In MP4, an empty list would leave an empty atom behind.
            if answer.has_pictures || !pictures.is_empty() {
                tags.set_pictures(pictures);
            }
        }
        if let Some(ratings) = self.ratings {
            tags.set_ratings(ratings);
        }
        if let Some(chapters) = self.chapters.filter(|_| format.has_chapters_of_guest()) {
            let track_end = answer.has_audio_properties.then_some(answer.audio.duration_ms);
            let stores_ends = matches!(format, TagFormat::Mpeg | TagFormat::Id3v2);
            tags.set_chapters(match stores_ends {
                true => closed(chapters, track_end),
                false => sorted(chapters),
            });
            if let Some(style) = self.mp4_chapter_style {
                tags.set_mp4_chapter_style(style);
            }
        }
        if let Some(data) = self.bext_data {
            tags.set_bext_data(data);
        }
        if let Some(text) = self.ixml {
            tags.set_ixml(text);
        }
        tags.set_id3v2_frames(self.id3v2_frames);
        if requested.strip_id3 != Id3Tags::default() {
            tags.set_strip_id3(requested.strip_id3);
        }
        Ok(tags)
    }

    /// Drops the parts whose values the file already has. The guest keeps the parts that it is
    /// not given, and loses details of those that it writes.
    fn drop_unchanged_parts(&mut self, requested: &Requested) {
        self.pictures.take_if(|_| !requested.pictures);
        self.ratings.take_if(|_| !requested.ratings);
        self.lyrics.take_if(|_| !requested.lyrics);
        self.chapters.take_if(|_| !requested.chapters);
        self.bext_data.take_if(|_| !requested.bext);
        self.ixml.take_if(|_| !requested.ixml);
    }

    /// Returns all properties of the edited file, including the lyrics.
    fn properties(&self, answer: &Answer, requested: &Requested, format: TagFormat) -> Properties {
        let mut properties = Properties::new();
        if !self.clear {
            properties = kept_properties(answer, format);
        }
        for (key, values) in &requested.properties {
            if let Some(total) = format.joined_total(key) {
                properties.retain(|(known, _)| known != total);
            }
            set(&mut properties, key, values.clone());
        }
        if self.ratings.is_some() && format.has_rating_property() {
            set(&mut properties, "RATING", Vec::new());
        }
        if !self.clear && !requested.lyrics {
            set(&mut properties, "LYRICS", texts_of(&answer.lyrics));
        }
        if requested.lyrics {
            let lyrics = self.requested_lyrics().unwrap_or_default();
            let as_property = if self.has_lyrics_frames(format) { &[][..] } else { &lyrics };
            set(&mut properties, "LYRICS", texts_of(as_property));
        }
        properties
    }

    /// Returns whether the lyrics are written as raw frames. TagLib's properties have no
    /// language, and allow only one text without a description.
    fn has_lyrics_frames(&self, format: TagFormat) -> bool {
        format == TagFormat::Mpeg
            && self.requested_lyrics().is_some_and(|lyrics| {
                lyrics.len() > 1
                    || lyrics.iter().any(|it| it.language.is_some() || it.description.is_some())
            })
    }

    /// Adds the frames of an MP3 whose content the guest's properties can't represent. The guest
    /// finally sets track and year as integers, which would lose "3/12", "03", "A5" and a date
    /// without a year.
    fn complete_id3v2_frames(&mut self, properties: &Properties, format: TagFormat) {
        if format != TagFormat::Mpeg {
            return;
        }
        let text = |key| properties.iter().find(|(known, _)| known == key)?.1.first().cloned();
        if let Some(number) = text("TRACKNUMBER") {
            let number = match text("TRACKTOTAL") {
                Some(total) if !number.contains('/') => format!("{number}/{total}"),
                _ => number,
            };
            if number.parse::<u32>().map(|value| value.to_string()).as_ref() != Ok(&number) {
                self.add_id3v2_frames("TRCK", vec![text_frame(&number)]);
            }
        }
        if let Some(date) =
            text("DATE").filter(|date| parse_int(date).is_none_or(|year| year == 0.0))
        {
            self.add_id3v2_frames("TDRC", vec![text_frame(&date)]);
        }
        if self.has_lyrics_frames(format) {
            let lyrics = self.requested_lyrics().unwrap_or_default();
            let others = described_lyrics(properties, &lyrics);
            let bodies = lyrics.iter().chain(&others).map(lyrics_frame).collect();
            self.add_id3v2_frames("USLT", bodies);
        }
    }

    /// Adds frames, unless the edit already has frames with this ID.
    fn add_id3v2_frames(&mut self, id: &str, bodies: Vec<Vec<u8>>) {
        if self.id3v2_frames.iter().all(|frames| frames.id != id) {
            self.id3v2_frames.push(Id3v2Frames { id: id.to_owned(), bodies });
        }
    }
}

/// Returns the properties of the file, without those that the guest would garble.
fn kept_properties(answer: &Answer, format: TagFormat) -> Properties {
    let mut properties = Properties::new();
    for (name, mut values) in as_texts(answer.properties.clone()) {
        let key = property_key(&name).to_ascii_uppercase();
        if key == "COMPILATION" {
            for flag in &mut values {
                *flag = if flag == "true" || flag == "1" { "1" } else { "0" }.to_owned();
            }
        }
        if format.can_keep(&key, &values) {
            set(&mut properties, &key, values);
        }
    }
    properties
}

fn set(properties: &mut Properties, key: &str, values: Vec<String>) {
    properties.retain(|(known, _)| known != key || !values.is_empty());
    match properties.iter_mut().find(|(known, _)| known == key) {
        Some(known) => known.1 = values,
        None if !values.is_empty() => properties.push((key.to_owned(), values)),
        None => {}
    }
}

/// Returns the existing lyrics that are properties of their own, because they have a description,
/// without those whose description is in `lyrics`.
fn described_lyrics(properties: &Properties, lyrics: &[Lyrics]) -> Vec<Lyrics> {
    let is_replaced = |description: &str| {
        let mut known = lyrics.iter().filter_map(|lyrics| lyrics.description.as_deref());
        known.any(|known| known.eq_ignore_ascii_case(description))
    };
    let described = properties.iter().filter_map(|(key, texts)| {
        let description = key.strip_prefix("LYRICS:").filter(|it| !is_replaced(it))?;
        Some(texts.iter().map(|text| Lyrics {
            text: text.clone(),
            description: Some(description.to_owned()),
            language: None,
        }))
    });
    described.flatten().collect()
}

fn texts_of(lyrics: &[Lyrics]) -> Vec<String> {
    lyrics.iter().map(|lyrics| lyrics.text.clone()).filter(|text| !text.is_empty()).collect()
}

/// ID3v2.4's number for UTF-8 (id3v2.4.0-structure, section 4).
const UTF8: u8 = 3;

/// Returns the body of a text frame.
fn text_frame(text: &str) -> Vec<u8> {
    [&[UTF8], text.as_bytes()].concat()
}

/// Returns the body of a `USLT` frame (id3v2.4.0-frames, section 4.8).
fn lyrics_frame(lyrics: &Lyrics) -> Vec<u8> {
    // "XXX" stands for an unknown language.
    let language = lyrics.language.as_deref().unwrap_or("XXX");
    let description = lyrics.description.as_deref().unwrap_or_default();
    let parts =
        [&[UTF8], language.as_bytes(), description.as_bytes(), b"\0", lyrics.text.as_bytes()];
    parts.concat()
}
