//! The parts of the tags that an edit asks to change.

use super::answer::Answer;
use super::chapters::{Chapter, sorted};
use super::edit::Edit;
use super::fields::field_name;
use super::model::Id3Tags;
use super::tag_format::TagFormat;
use super::tags_to_write::property_key;
use super::vorbis_chapters;
use std::collections::HashSet;

/// The parts of a file's tags that an edit asks to change. Everything else must
/// stay as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Requested {
    /// Keys of TagLib's property map, in upper case, with the requested values. An empty list
    /// removes the property.
    pub properties: Vec<(String, Vec<String>)>,
    /// Whether all properties may change.
    pub all_properties: bool,
    pub pictures: bool,
    /// The types of all pictures after the change, if the edit changes pictures.
    pub picture_types: Vec<&'static str>,
    pub ratings: bool,
    pub lyrics: bool,
    pub chapters: bool,
    /// All chapters after the change, in the order of their start, if the edit changes chapters.
    pub new_chapters: Vec<Chapter>,
    pub bext: bool,
    pub ixml: bool,
    /// ID3v2 frames by their identifiers.
    pub frames: Vec<String>,
    /// ID3 tags of a FLAC file.
    pub strip_id3: Id3Tags,
}

/// The part of a file's tags that an element belongs to, as finely as edits distinguish them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TagPart {
    /// A value of TagLib's property map. Its key is in upper case.
    Property(String),
    Picture,
    Rating,
    Lyrics,
    Chapter,
    /// An image that is shown between the starts of two chapters. It goes with all chapters.
    BetweenChapters,
    BroadcastExtension,
    Ixml,
    /// Something that no edit can change.
    Other,
}

impl TagPart {
    /// Returns the key, if the part is a value of the property map.
    pub(crate) fn property(&self) -> Option<&str> {
        match self {
            Self::Property(key) => Some(key),
            _ => None,
        }
    }
}

impl Requested {
    /// Returns the requested values of a property.
    pub(crate) fn values_of(&self, key: &str) -> Option<&[String]> {
        let property = self.properties.iter().find(|(known, _)| known == key);
        property.map(|(_, values)| &values[..])
    }

    /// Returns whether the edit asks to change this part.
    pub(crate) fn contains(&self, tag_part: &TagPart) -> bool {
        match tag_part {
            TagPart::Property(key) => self.all_properties || self.values_of(key).is_some(),
            TagPart::Picture => self.pictures,
            // In Vorbis comments, MP4 and APE tags, a rating is a property.
            TagPart::Rating => self.ratings || self.values_of("RATING").is_some(),
            TagPart::Lyrics => self.lyrics,
            TagPart::Chapter => self.chapters,
            TagPart::BetweenChapters => self.chapters && self.new_chapters.is_empty(),
            TagPart::BroadcastExtension => self.bext,
            TagPart::Ixml => self.ixml,
            TagPart::Other => false,
        }
    }
}

impl Requested {
    /// Returns what `edit` asks to change in a file that had the tags of `before`.
    pub(crate) fn of(edit: &Edit, before: &Answer) -> Self {
        let mut requested = Self {
            all_properties: edit.clear,
            pictures: edit.clear || edit.changes_pictures(before),
            picture_types: edit.picture_types(before),
            ratings: edit.clear || edit.changes_ratings(before),
            lyrics: edit.clear || edit.changes_lyrics(before),
            chapters: edit.clear || edit.changes_chapters(before),
            new_chapters: Vec::new(),
            bext: edit.clear || edit.changes_bext(before),
            ixml: edit.clear || edit.changes_ixml(before),
            frames: edit.id3v2_frames.iter().map(|frames| frames.id.clone()).collect(),
            strip_id3: before.id3_tags.map_or(Id3Tags::default(), |_| edit.strip_id3),
            properties: Vec::new(),
        };
        for (name, values) in &edit.fields {
            if !edit.clear && is_already(before, name, values) {
                continue;
            }
            match field_name(name) {
                "lyrics" => {}
                "year" => requested.add("DATE", values.clone()),
                "track" | "trackNumber" | "totalTracks" => {
                    requested.add_number(edit, before, &TRACK);
                }
                "discNumber" | "totalDiscs" => requested.add_number(edit, before, &DISC),
                name => requested.add(&property_key(name).to_uppercase(), values.clone()),
            }
        }
        if requested.chapters {
            requested.new_chapters = sorted(edit.chapters.clone().unwrap_or_default());
            if TagFormat::of(&before.audio) == TagFormat::VorbisComment {
                let properties = vorbis_chapters::properties(&requested.new_chapters, before);
                let keys: HashSet<&String> = properties.iter().map(|(key, _)| key).collect();
                requested.properties.retain(|(known, _)| !keys.contains(known));
                requested.properties.extend(properties);
            }
        }
        requested
    }

    fn add(&mut self, key: &str, values: Vec<String>) {
        self.properties.retain(|(known, _)| known != key);
        self.properties.push((key.to_owned(), values));
    }

    /// Adds a number and its total. Vorbis comments and Matroska store the total under its own
    /// key. All other formats store it after the number, as in "3/12", unless the file has such a
    /// key.
    fn add_number(&mut self, edit: &Edit, before: &Answer, field: &NumberField) {
        let number = field.value(edit, before, field.names);
        let total = field.value(edit, before, &[field.total]);
        let has_total = !before.texts_of(field.total).is_empty();
        if TagFormat::of(&before.audio).has_total_apart(has_total) {
            let asks = |names: &[&str]| {
                edit.fields.iter().any(|(name, _)| names.contains(&field_name(name)))
            };
            if asks(field.names) {
                self.add(field.key, number.into_iter().collect());
            }
            if asks(&[field.total]) {
                self.add(field.total_key, total.into_iter().collect());
            }
            return;
        }
        let asks_total = edit.fields.iter().any(|(name, _)| field_name(name) == field.total);
        if asks_total && total.is_none() {
            // Otherwise the total after the number would stay.
            self.add(field.total_key, Vec::new());
        }
        let text = match (number, total) {
            // The number comes with its own total.
            (Some(number), _) if number.contains('/') => Some(number),
            (Some(number), Some(total)) => Some(format!("{number}/{total}")),
            (None, Some(total)) => Some(format!("0/{total}")),
            (number, None) => number,
        };
        self.add(field.key, text.into_iter().collect());
    }
}

/// Returns whether the file already has these values. Writing them again could only lose
/// something, such as a language or a second tag.
fn is_already(before: &Answer, name: &str, values: &[String]) -> bool {
    let known = before.texts_of(name);
    let flag = |text: &str| matches!(text, "1" | "true");
    match (field_name(name), values) {
        ("compilation", [value]) => known.first().is_some_and(|text| flag(text)) == flag(value),
        _ => known == values,
    }
}

/// A number that may have a total.
struct NumberField {
    /// taglib-wasm's names of the number.
    names: &'static [&'static str],
    /// taglib-wasm's name of the total.
    total: &'static str,
    key: &'static str,
    total_key: &'static str,
}

const TRACK: NumberField = NumberField {
    names: &["track", "trackNumber"],
    total: "totalTracks",
    key: "TRACKNUMBER",
    total_key: "TRACKTOTAL",
};

const DISC: NumberField = NumberField {
    names: &["discNumber"],
    total: "totalDiscs",
    key: "DISCNUMBER",
    total_key: "DISCTOTAL",
};

impl NumberField {
    /// Returns the requested value, or else the existing one.
    fn value(&self, edit: &Edit, before: &Answer, names: &[&str]) -> Option<String> {
        let is_named = |name: &str| names.contains(&field_name(name));
        let asked = edit.fields.iter().rev().find(|(name, _)| is_named(name));
        let text = match asked {
            Some((_, values)) => values.first().cloned(),
            None if edit.clear => None,
            None => names.iter().find_map(|name| before.texts_of(name).into_iter().next()),
        };
        text.filter(|text| !text.is_empty() && text != "0")
    }
}
