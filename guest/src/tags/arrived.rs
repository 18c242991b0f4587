//! Checks whether a change has arrived in a file: TagLib silently leaves out what a format has no
//! room for.

use super::answer::{Answer, INTEGERS};
use super::edit::Edit;
use super::fields::field_name;
use super::model::{Id3v2Frame, Id3v2Frames};
use super::numbers::parse_int;
use super::requested::Requested;

/// Properties that TagLib reads in another form than they were written: numbers of genres, dates
/// without separators, flags.
const SEVERAL_FORMS: [&str; 4] = ["COMPILATION", "DATE", "GENRE", "ORIGINALDATE"];

impl Edit {
    /// Returns the first part of the edit that has not arrived, given the tags of the file before
    /// and after. `requested` is what the edit changes in `before`.
    pub(crate) fn not_arrived(
        &self,
        requested: &Requested,
        before: &Answer,
        after: &Answer,
    ) -> Option<String> {
        let property = requested
            .properties
            .iter()
            .find(|(key, asked)| !property_arrived(key, asked, before, after))
            .map(|(key, _)| field_name(key).to_owned());
        property.or_else(|| self.part_not_arrived(after).map(str::to_owned))
    }

    fn part_not_arrived(&self, after: &Answer) -> Option<&'static str> {
        let lyrics = self.requested_lyrics().unwrap_or_default();
        if self.ratings.as_ref().is_some_and(|asked| after.ratings.len() != asked.len()) {
            Some("the ratings")
        } else if lyrics.iter().any(|it| !it.text.is_empty()) && !has_lyrics(after) {
            Some("the lyrics")
        } else if self.chapters.as_ref().is_some_and(|asked| after.chapters.len() != asked.len()) {
            Some("the chapters")
        } else if self.bext_data.as_ref().is_some_and(|asked| !is_same(asked, &after.bext_data)) {
            Some("the bext chunk")
        } else if self.ixml.as_ref().is_some_and(|asked| !is_same(asked, &after.ixml)) {
            Some("the iXML chunk")
        } else if self.has_id3_tag_to_strip(after) {
            Some("the file without its ID3 tags")
        } else {
            None
        }
    }
}

/// Frames of ID3v2.3 that TagLib reads as other frames.
const READ_AS_OTHERS: [&str; 7] = ["TYER", "TDAT", "TIME", "TRDA", "TORY", "IPLS", "TSIZ"];

impl Edit {
    /// Returns the first requested raw frame that has not arrived, given all frames of the file.
    pub(crate) fn frames_not_arrived(&self, after: &[Id3v2Frame]) -> Option<&str> {
        let arrived = |asked: &&Id3v2Frames| {
            let count = after.iter().filter(|frame| frame.id == asked.id).count();
            count == asked.bodies.len() || READ_AS_OTHERS.contains(&&*asked.id)
        };
        self.id3v2_frames.iter().find(|asked| !arrived(asked)).map(|asked| &*asked.id)
    }

    fn has_id3_tag_to_strip(&self, after: &Answer) -> bool {
        let left = after.id3_tags.unwrap_or_default();
        (self.strip_id3.v1 && left.v1) || (self.strip_id3.v2 && left.v2)
    }
}

fn property_arrived(key: &str, asked: &[String], before: &Answer, after: &Answer) -> bool {
    let is = after.texts_of(key);
    let asked: Vec<&String> = asked.iter().filter(|text| !text.is_empty()).collect();
    let Some(first) = asked.first() else {
        // Other tags of the same file may have the property, too.
        return is.is_empty() || is != before.texts_of(key);
    };
    if INTEGERS.contains(&key) {
        return number_arrived(key, first, after);
    }
    if SEVERAL_FORMS.contains(&key) {
        return !is.is_empty();
    }
    asked.iter().all(|text| is.iter().any(|value| value.contains(text.as_str())))
}

/// Returns whether a number has arrived. The guest returns an integer, or nothing for zero and
/// for text like "A5". It returns totals only in some formats.
fn number_arrived(key: &str, asked: &str, after: &Answer) -> bool {
    let given = |key: &str| after.texts_of(key).first().and_then(|text| parse_int(text));
    let (number, total) = match asked.split_once('/') {
        Some((number, total)) => (number, parse_int(total)),
        None => (asked, None),
    };
    let number = parse_int(number).unwrap_or(0.0);
    let total_key = if key == "DISCNUMBER" { "DISCTOTAL" } else { "TRACKTOTAL" };
    let is_total = |is: f64| total.is_none_or(|asked| is == asked);
    given(key).unwrap_or(0.0) == number && given(total_key).is_none_or(is_total)
}

fn has_lyrics(answer: &Answer) -> bool {
    !answer.lyrics.is_empty()
        || answer.properties.iter().any(|(name, _)| name.starts_with("LYRICS:"))
}

/// Returns whether a part is as requested. No request and no value are the same.
fn is_same<T: PartialEq + Default>(asked: &T, is: &Option<T>) -> bool {
    is.as_ref().unwrap_or(&T::default()) == asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::message_pack::Value;
    use crate::tags::model::Rating;

    fn answer(properties: &[(&str, Value)]) -> Answer {
        let properties =
            properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Answer { properties, ..Answer::default() }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn set(name: &str, values: &[&str]) -> Edit {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Edit { fields: vec![(name.to_owned(), values)], ..Edit::default() }
    }

    fn not_arrived(edit: &Edit, after: &[(&str, Value)]) -> Option<String> {
        let before = answer(&[("title", text("old"))]);
        edit.not_arrived(&Requested::of(edit, &before), &before, &answer(after))
    }

    #[test]
    fn a_field_that_the_format_has_no_room_for_has_not_arrived() {
        let edit = set("barcode", &["123"]);
        assert_eq!(not_arrived(&edit, &[]).as_deref(), Some("barcode"));
        assert_eq!(not_arrived(&edit, &[("barcode", text("123"))]), None);
    }

    #[test]
    fn a_text_that_was_cut_or_left_as_it_was_has_not_arrived() {
        let edit = set("title", &["new and long"]);
        for after in ["new", "old"] {
            assert_eq!(not_arrived(&edit, &[("title", text(after))]).as_deref(), Some("title"));
        }
        assert_eq!(
            not_arrived(&set("title", &[]), &[("title", text("old"))]).as_deref(),
            Some("title")
        );
        assert_eq!(not_arrived(&set("title", &[]), &[]), None);
    }

    #[test]
    fn numbers_arrive_with_their_totals_where_the_guest_gives_them() {
        let edit = Edit {
            fields: vec![
                ("track".to_owned(), vec!["03".to_owned()]),
                ("totalTracks".to_owned(), vec!["12".to_owned()]),
            ],
            ..Edit::default()
        };
        let track = ("track", Value::Number(3.0));
        let total = |number| ("totalTracks", Value::Number(number));
        assert_eq!(not_arrived(&edit, std::slice::from_ref(&track)), None);
        assert_eq!(not_arrived(&edit, &[track.clone(), total(12.0)]), None);
        assert!(not_arrived(&edit, &[track, total(11.0)]).is_some());
        assert!(not_arrived(&edit, &[("track", Value::Number(4.0))]).is_some());
        assert_eq!(not_arrived(&set("track", &["A5"]), &[]), None);
    }

    #[test]
    fn raw_frames_arrive_all_of_them() {
        let asked = |id: &str, bodies: usize| Edit {
            id3v2_frames: vec![Id3v2Frames { id: id.to_owned(), bodies: vec![vec![1]; bodies] }],
            ..Edit::default()
        };
        let frame = Id3v2Frame { id: "RGAD".to_owned(), ..Id3v2Frame::default() };
        let after = [frame];
        assert_eq!(asked("RGAD", 1).frames_not_arrived(&after), None);
        assert_eq!(asked("RGAD", 2).frames_not_arrived(&after), Some("RGAD"));
        assert_eq!(asked("RGAD", 0).frames_not_arrived(&after), Some("RGAD"));
        assert_eq!(asked("NCON", 1).frames_not_arrived(&after), Some("NCON"));
        assert_eq!(asked("TYER", 1).frames_not_arrived(&after), None);
    }

    #[test]
    fn ratings_arrive_all_of_them() {
        let ratings = vec![Rating { rating: 1.0, ..Rating::default() }];
        let edit = Edit { ratings: Some(ratings.clone()), ..Edit::default() };
        let before = answer(&[]);
        let requested = Requested::of(&edit, &before);
        assert!(edit.not_arrived(&requested, &before, &answer(&[])).is_some());
        let after = Answer { ratings, ..Answer::default() };
        assert_eq!(edit.not_arrived(&requested, &before, &after), None);
    }
}
