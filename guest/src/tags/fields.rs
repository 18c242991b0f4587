//! Turns TagLib's property map into the fields of `ExtendedTag`.
//!
//! The rules are exactly taglib-wasm's, because programs depend on them: seven basic fields have
//! their own names, a few fields are numbers, one is a flag, and all others are lists of strings.

use super::message_pack::Value;
use super::numbers::{parse_int, to_text};
use super::tables::FIELD_NAMES;

/// The value of one field.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Most fields, even if they have only one value.
    Texts(Vec<String>),
    /// `date`, if the file has only one.
    Text(String),
    /// `year`, `track`, `discNumber` and the like.
    Number(f64),
    /// `compilation`.
    Flag(bool),
}

impl Field {
    /// Returns the texts. A number and a flag have none.
    pub(crate) fn texts(&self) -> &[String] {
        match self {
            Self::Texts(texts) => texts,
            Self::Text(text) => std::slice::from_ref(text),
            Self::Number(_) | Self::Flag(_) => &[],
        }
    }
}

/// The basic properties, with their names in `ExtendedTag` and in its order.
const BASIC: [(&str, &str); 7] = [
    ("title", "title"),
    ("artist", "artist"),
    ("album", "album"),
    ("comment", "comment"),
    ("genre", "genre"),
    ("date", "year"),
    ("trackNumber", "track"),
];

const NUMBERS: [&str; 4] = ["discNumber", "totalTracks", "totalDiscs", "bpm"];

/// The properties that taglib-wasm's `readMetadata` returns as `dynamics`.
const DYNAMICS: [&str; 5] = [
    "replayGainTrackGain",
    "replayGainTrackPeak",
    "replayGainAlbumGain",
    "replayGainAlbumPeak",
    "appleSoundCheck",
];

/// Returns the loudness properties, each as one text. Several values are joined by commas, as
/// JavaScript joins an array.
pub(super) fn dynamics(properties: &[(String, Value)]) -> Vec<(&'static str, String)> {
    DYNAMICS
        .into_iter()
        .filter_map(|name| {
            let (_, value) = properties.iter().find(|(known, _)| known == name)?;
            let text = value.clone().into_texts()?.join(",");
            (!text.is_empty()).then_some((name, text))
        })
        .collect()
}

/// Returns whether [`dynamics`] returns the property of this key.
pub(super) fn is_dynamics(key: &[u8]) -> bool {
    std::str::from_utf8(key).is_ok_and(|key| DYNAMICS.contains(&field_name(key)))
}

/// Returns taglib-wasm's name for one of TagLib's property keys, or the key itself.
pub(super) fn field_name(key: &str) -> &str {
    match FIELD_NAMES.binary_search_by_key(&key, |(wire_key, _)| wire_key) {
        Ok(index) => FIELD_NAMES[index].1,
        // The guest has a short name of its own for this key.
        Err(_) if key == "disc" => "discNumber",
        Err(_) => key,
    }
}

/// Turns properties under taglib-wasm's names into fields.
pub(super) fn from_properties(properties: Vec<(String, Value)>) -> Vec<(String, Field)> {
    let mut texts = as_texts(properties);
    let mut fields = Vec::with_capacity(texts.len() + 1);
    for (property, name) in BASIC {
        if let Some(index) = texts.iter().position(|(key, _)| key == property) {
            add_basic(&mut fields, name, texts.remove(index).1);
        }
    }
    for (name, values) in texts {
        if let Some(field) = extended(&name, values) {
            fields.push((name, field));
        }
    }
    fields
}

/// Returns whether a property gives a field.
pub(super) fn is_field(name: &str, value: &Value) -> bool {
    let first = match value {
        Value::List(values) => values.first().map(|first| first.clone().into_text()),
        value => value.clone().into_texts().and_then(|texts| texts.into_iter().next()),
    };
    let is_number = matches!(name, "track" | "trackNumber") || NUMBERS.contains(&name);
    first.is_some_and(|text| !is_number || parse_int(&text).is_some())
}

fn add_basic(fields: &mut Vec<(String, Field)>, name: &str, mut values: Vec<String>) {
    if name != "year" && name != "track" {
        fields.push((name.to_owned(), Field::Texts(values)));
        return;
    }
    if let Some(number) = parse_int(&values[0]) {
        fields.push((name.to_owned(), Field::Number(number)));
    }
    if name == "year" {
        // The date keeps the month and the day, which a year has no room for.
        let date = if values.len() == 1 {
            Field::Text(values.swap_remove(0))
        } else {
            Field::Texts(values)
        };
        fields.push(("date".to_owned(), date));
    }
}

fn extended(name: &str, values: Vec<String>) -> Option<Field> {
    if NUMBERS.contains(&name) {
        parse_int(&values[0]).map(Field::Number)
    } else if name == "compilation" {
        // The guest returns `true`; taglib-wasm compares with "1", and therefore never finds the
        // flag set.
        Some(Field::Flag(matches!(values[0].as_str(), "1" | "true")))
    } else {
        Some(Field::Texts(values))
    }
}

/// Returns each property under its own name, as a list of at least one text.
pub(super) fn as_texts(properties: Vec<(String, Value)>) -> Vec<(String, Vec<String>)> {
    let has_date = properties.iter().any(|(key, value)| key == "date" && !value.is_empty());
    let mut texts: Vec<(String, Vec<String>)> = Vec::with_capacity(properties.len());
    for (key, value) in properties {
        if key == "year" && has_date {
            continue;
        }
        let key = match key.as_str() {
            "year" => "date".to_owned(),
            "track" => "trackNumber".to_owned(),
            _ => key,
        };
        let Some(values) = value.into_texts().filter(|values| !values.is_empty()) else { continue };
        match texts.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = values,
            None => texts.push((key, values)),
        }
    }
    texts
}

impl Value {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::Text(text) => text.is_empty(),
            Self::List(values) => values.is_empty(),
            _ => false,
        }
    }

    /// Returns the texts, or `None` for what taglib-wasm skips: nil, zero, empty text, and maps
    /// or nested lists.
    pub(super) fn into_texts(self) -> Option<Vec<String>> {
        match self {
            Self::List(values) => Some(values.into_iter().map(Self::into_text).collect()),
            Self::Nil | Self::Other => None,
            Self::Number(0.0) => None,
            Self::Text(text) if text.is_empty() => None,
            value => Some(vec![value.into_text()]),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => to_text(number),
            Self::Flag(flag) => flag.to_string(),
            Self::Nil => "null".to_owned(),
            Self::List(_) | Self::Other => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn fields(properties: &[(&str, Value)]) -> Vec<(String, Field)> {
        from_properties(
            properties.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        )
    }

    fn named(name: &str, field: Field) -> (String, Field) {
        (name.to_owned(), field)
    }

    #[test]
    fn the_tables_are_sorted_for_the_search() {
        assert!(FIELD_NAMES.is_sorted());
        assert_eq!(field_name("MUSICBRAINZ_ALBUMID"), "musicbrainzReleaseId");
        assert_eq!(field_name("disc"), "discNumber");
        assert_eq!(field_name("MOODOFOURS"), "MOODOFOURS");
    }

    #[test]
    fn a_date_gives_a_year_and_keeps_its_day() {
        assert_eq!(
            fields(&[("year", Value::Number(2019.0)), ("date", text("2019-04-05"))]),
            [
                named("year", Field::Number(2019.0)),
                named("date", Field::Text("2019-04-05".to_owned()))
            ]
        );
    }

    #[test]
    fn a_year_alone_is_also_the_date() {
        assert_eq!(
            fields(&[("year", Value::Number(2001.0))]),
            [named("year", Field::Number(2001.0)), named("date", Field::Text("2001".to_owned()))]
        );
    }

    #[test]
    fn a_date_that_is_no_number_gives_no_year() {
        assert_eq!(
            fields(&[("date", text("unknown"))]),
            [named("date", Field::Text("unknown".to_owned()))]
        );
    }

    #[test]
    fn zero_and_empty_values_are_left_out() {
        let none = [
            ("track", Value::Number(0.0)),
            ("comment", text("")),
            ("genre", Value::List(Vec::new())),
            ("mood", Value::Nil),
            ("id3Tags", Value::Other),
        ];
        assert_eq!(fields(&none), []);
    }

    #[test]
    fn a_property_gives_a_field_if_it_is_told_to() {
        let values = || {
            let list = |values: &[Value]| Value::List(values.to_vec());
            let numbers = [0.0, 7.0].map(Value::Number);
            let texts = ["", "x", "7"].map(text);
            let lists = [list(&[]), list(&[text("")]), list(&[text("x"), text("7")])];
            let others = [Value::Nil, Value::Other, Value::Flag(false), list(&[Value::Nil])];
            others.into_iter().chain(numbers).chain(texts).chain(lists)
        };
        for name in ["title", "year", "date", "track", "discNumber", "compilation", "OURS"] {
            for value in values() {
                let fields = fields(&[(name, value.clone())]);
                assert_eq!(is_field(name, &value), !fields.is_empty(), "{name} {value:?}");
            }
        }
    }

    #[test]
    fn a_compilation_is_marked_by_a_flag_or_the_text_1() {
        for (value, flag) in [
            (Value::Flag(true), true),
            (Value::Flag(false), false),
            (text("1"), true),
            (text("0"), false),
        ] {
            assert_eq!(
                fields(&[("compilation", value)]),
                [named("compilation", Field::Flag(flag))]
            );
        }
    }
}
