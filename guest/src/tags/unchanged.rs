//! What an edit asks for that a file has already.
//!
//! Input for an edit is often made from what was read. Sent back, it would be
//! written again by TagLib, with less than the file has: "03" as "3", a picture
//! without its size.

use super::answer::Answer;
use super::chapters;
use super::edit::{Edit, PictureEdit};
use super::fields::property_key;

impl Edit {
    /// Returns the edit without what would change nothing in a file with these tags.
    pub(super) fn without_unchanged(&self, before: &Answer) -> Self {
        let mut edit = self.clone();
        if edit.clear {
            return edit;
        }
        edit.fields.retain(|(name, values)| !has_field(before, name, values));
        if let Some(PictureEdit::ReplaceAll(pictures)) = &edit.pictures
            && *pictures == before.pictures
        {
            edit.pictures = None;
        }
        take_if(&mut edit.ratings, |ratings| *ratings == before.ratings);
        take_if(&mut edit.lyrics, |lyrics| *lyrics == before.lyrics);
        take_if(&mut edit.chapters, |chapters| {
            let track_end = before.has_audio_properties.then_some(before.audio.duration_ms);
            *chapters == chapters::in_order(before.chapters.clone(), track_end)
        });
        take_if(&mut edit.bext_data, |data| Some(&data[..]) == before.bext_data.as_deref());
        take_if(&mut edit.ixml, |text| Some(&text[..]) == before.ixml.as_deref());
        edit
    }
}

/// Empties an option if its value meets the condition.
fn take_if<T>(option: &mut Option<T>, condition: impl Fn(&T) -> bool) {
    if option.as_ref().is_some_and(condition) {
        *option = None;
    }
}

fn has_field(before: &Answer, name: &str, values: &[String]) -> bool {
    match property_key(name) {
        "LYRICS" => before.lyrics.iter().map(|lyrics| &lyrics.text).eq(values),
        "COMPILATION" => {
            let is_set = |texts: &[String]| texts.first().map(|text| text == "1" || text == "true");
            is_set(values) == is_set(&before.texts_of(name))
        }
        // A year is a date without its month and day.
        "DATE" if name == "year" => before.texts_of("date") == values,
        _ => before.texts_of(name) == values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::message_pack::Value;
    use crate::tags::model::{Lyrics, Picture, Rating};

    #[test]
    fn what_was_read_changes_nothing_when_it_is_written_again() {
        let before = Answer {
            properties: vec![
                ("title".to_owned(), Value::Text("A".to_owned())),
                ("track".to_owned(), Value::Number(3.0)),
                ("compilation".to_owned(), Value::Flag(true)),
                ("größe".to_owned(), Value::List(vec![Value::Text("B".to_owned())])),
            ],
            pictures: vec![Picture::default()],
            ratings: vec![Rating { rating: 0.2, ..Rating::default() }],
            lyrics: vec![Lyrics::from("la".to_owned())],
            ..Answer::default()
        };
        let field = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        let edit = Edit {
            fields: vec![
                field("TITLE", "A"),
                field("track", "3"),
                field("compilation", "1"),
                field("größe", "B"),
                field("lyrics", "la"),
            ],
            pictures: Some(PictureEdit::ReplaceAll(before.pictures.clone())),
            ratings: Some(before.ratings.clone()),
            ..Edit::default()
        };
        assert_eq!(edit.without_unchanged(&before), Edit::default());

        let changed = Edit { fields: vec![field("title", "B"), field("track", "4")], ..edit };
        assert_eq!(changed.without_unchanged(&before).fields, changed.fields);
        let cleared = Edit { clear: true, ..changed };
        assert_eq!(cleared.without_unchanged(&before), cleared);
    }
}
