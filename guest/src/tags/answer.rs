//! The guest's answer, decoded from MessagePack within limits.
//!
//! The bytes come out of a sandbox that a hostile file may control, so nothing
//! in them is trusted: lengths are held to limits before anything is
//! allocated, types are checked, unknown keys are passed over. Text is decoded
//! as the web decodes UTF-8: what is invalid becomes U+FFFD.

use super::audio::AudioProperties;
use super::chapters::Chapter;
use super::fields::field_name;
use super::tables::PICTURE_TYPES;
use super::{Lyrics, Picture, Rating};
use crate::error::{Error, Result};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Limits on the answer; taglib-wasm refuses more with the same error. Lengths
/// in bytes, collections in entries.
mod limit {
    pub const TEXT: usize = 1_000_000;
    pub const BINARY: usize = 50_000_000;
    pub const LIST: usize = 10_000;
    pub const MAP: usize = 1_000;
    /// An answer nests four deep; this leaves room for a newer guest's.
    pub const DEPTH: usize = 16;
}

/// What the caller wants decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Without it pictures are passed over, and never copied.
    pub pictures: bool,
}

/// The answer of `tl_read_tags`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Under taglib-wasm's names, in the guest's order.
    pub properties: Vec<(String, Value)>,
    pub audio: AudioProperties,
    /// Whether TagLib found audio properties at all.
    pub has_audio_properties: bool,
    pub pictures: Vec<Picture>,
    /// Whether there were pictures, wanted or not.
    pub has_pictures: bool,
    pub ratings: Vec<Rating>,
    pub lyrics: Vec<Lyrics>,
    pub chapters: Vec<Chapter>,
    pub bext_data: Option<Vec<u8>>,
    pub ixml: Option<String>,
}

/// A property as it stands in the answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Nil,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// A map: no property is one.
    Other,
}

impl Answer {
    /// Whether TagLib found an audio stream.
    pub fn has_audio(&self) -> bool {
        self.audio.sample_rate > 0.0
    }

    /// # Errors
    /// `Metadata` where the bytes are no answer, or exceed a limit.
    pub fn decode(bytes: &[u8], wanted: Wanted) -> Result<Self> {
        let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
        deserializer.set_max_depth(limit::DEPTH);
        RecordSeed::<Self>::new(wanted).deserialize(&mut deserializer).map_err(|error| {
            Error::metadata(format!("the guest's answer can't be decoded: {error}"))
        })
    }
}

/// A map with known keys.
trait Record: Default {
    /// Takes the value of `key` from `map`.
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        wanted: Wanted,
    ) -> Result<(), A::Error>;
}

impl Record for Answer {
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        wanted: Wanted,
    ) -> Result<(), A::Error> {
        match field_name(key) {
            // taglib-wasm's decoder refuses this key; as a property name it
            // would replace the prototype of the object that we build.
            "__proto__" => return Err(de::Error::custom("the key __proto__ is not allowed")),
            "pictures" if wanted.pictures => {
                self.pictures = list(map, wanted)?;
                self.has_pictures = !self.pictures.is_empty();
            }
            "pictures" => self.has_pictures = map.next_value_seed(CountSeed)? > 0,
            "ratings" => self.ratings = list(map, wanted)?,
            "lyrics" => self.lyrics = map.next_value_seed(LyricsSeed(wanted))?,
            "chapters" => self.chapters = list(map, wanted)?,
            "bextData" => self.bext_data = map.next_value::<Option<Binary>>()?.map(|data| data.0),
            "ixml" => self.ixml = map.next_value::<Option<Text>>()?.map(|text| text.0),
            "sampleRate" => {
                self.audio.sample_rate = number(map)?;
                self.has_audio_properties = true;
            }
            "length" => self.audio.duration = number(map)?,
            "lengthMs" => self.audio.duration_ms = number(map)?,
            "bitrate" => self.audio.bitrate = number(map)?,
            "bitrateMode" => self.audio.bitrate_mode = non_empty(map)?,
            "channels" => self.audio.channels = number(map)?,
            "bitsPerSample" => self.audio.bits_per_sample = number(map)?,
            "codec" => self.audio.codec = non_empty(map)?,
            "containerFormat" => self.audio.container_format = non_empty(map)?,
            "isLossless" => {
                self.audio.is_lossless = map.next_value::<Option<bool>>()?.unwrap_or(false)
            }
            "isEncrypted" => {
                self.audio.is_encrypted = map.next_value::<Option<bool>>()?.unwrap_or(false)
            }
            "mpegVersion" => self.audio.mpeg_version = number(map)?,
            "mpegLayer" => self.audio.mpeg_layer = number(map)?,
            "formatVersion" => self.audio.format_version = number(map)?,
            "outputGainDb" => self.audio.output_gain_db = Some(number(map)?),
            "duration" => drop(map.next_value::<IgnoredAny>()?),
            name => {
                let value = map.next_value::<Value>()?;
                match self.properties.iter_mut().find(|(known, _)| known == name) {
                    Some(known) => known.1 = value,
                    None => self.properties.push((name.to_owned(), value)),
                }
            }
        }
        Ok(())
    }
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            mime_type: String::new(),
            data: Vec::new(),
            picture_type: PICTURE_TYPES[0],
            description: String::new(),
        }
    }
}

impl Record for Picture {
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: Wanted,
    ) -> Result<(), A::Error> {
        match key {
            "mimeType" => self.mime_type = map.next_value::<Text>()?.0,
            "data" => self.data = map.next_value::<Binary>()?.0,
            "type" => self.picture_type = picture_type(number(map)?),
            "description" => self.description = map.next_value::<Text>()?.0,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

/// A number that has no name is "Other", as in taglib-wasm.
fn picture_type(number: f64) -> &'static str {
    PICTURE_TYPES
        .iter()
        .zip(0_u32..)
        .find(|(_, known)| f64::from(*known) == number)
        .map_or(PICTURE_TYPES[0], |(name, _)| name)
}

impl Record for Rating {
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: Wanted,
    ) -> Result<(), A::Error> {
        match key {
            "rating" => self.rating = number(map)?,
            "email" => self.email = non_empty(map)?,
            "counter" => self.counter = Some(number(map)?).filter(|count| *count != 0.0),
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Record for Lyrics {
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: Wanted,
    ) -> Result<(), A::Error> {
        match key {
            "text" => self.text = map.next_value::<Text>()?.0,
            "description" => self.description = non_empty(map)?,
            "language" => self.language = non_empty(map)?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Record for Chapter {
    fn take<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        _: Wanted,
    ) -> Result<(), A::Error> {
        match key {
            "startTimeMs" => self.start = number(map)?,
            "endTimeMs" => self.end = map.next_value::<Option<Number>>()?.map(|end| end.0),
            "title" => self.title = non_empty(map)?,
            "id" => self.id = non_empty(map)?,
            "source" => self.source = non_empty(map)?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

fn number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<f64, A::Error> {
    Ok(map.next_value::<Number>()?.0)
}

fn non_empty<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    let text = map.next_value::<Option<Text>>()?;
    Ok(text.map(|text| text.0).filter(|text| !text.is_empty()))
}

fn list<'de, R: Record, A: MapAccess<'de>>(
    map: &mut A,
    wanted: Wanted,
) -> Result<Vec<R>, A::Error> {
    map.next_value_seed(ListSeed(RecordSeed::new(wanted)))
}

fn within<E: de::Error>(what: &str, found: usize, limit: usize) -> Result<(), E> {
    if found <= limit {
        return Ok(());
    }
    Err(E::custom(format_args!("{found} {what}, expected at most {limit}")))
}

struct RecordSeed<R> {
    record: std::marker::PhantomData<R>,
    wanted: Wanted,
}

impl<R> RecordSeed<R> {
    fn new(wanted: Wanted) -> Self {
        Self { record: std::marker::PhantomData, wanted }
    }
}

impl<'de, R: Record> DeserializeSeed<'de> for RecordSeed<R> {
    type Value = R;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<R, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: Record> Visitor<'de> for RecordSeed<R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<R, A::Error> {
        within("map entries", map.size_hint().unwrap_or(0), limit::MAP)?;
        let mut record = R::default();
        while let Some(Text(key)) = map.next_key::<Text>()? {
            record.take(&key, &mut map, self.wanted)?;
        }
        Ok(record)
    }
}

struct ListSeed<R>(RecordSeed<R>);

impl<'de, R: Record> DeserializeSeed<'de> for ListSeed<R> {
    type Value = Vec<R>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<R>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, R: Record> Visitor<'de> for ListSeed<R> {
    type Value = Vec<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of maps")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<R>, A::Error> {
        within("list entries", entries.size_hint().unwrap_or(0), limit::LIST)?;
        let mut records = Vec::new();
        while let Some(record) = entries.next_element_seed(RecordSeed::new(self.0.wanted))? {
            records.push(record);
        }
        Ok(records)
    }
}

/// Passes over a list and counts its entries.
struct CountSeed;

impl<'de> DeserializeSeed<'de> for CountSeed {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for CountSeed {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while entries.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

/// Lyrics come as one text, as several, or with language and description.
struct LyricsSeed(Wanted);

impl<'de> DeserializeSeed<'de> for LyricsSeed {
    type Value = Vec<Lyrics>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Lyrics>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LyricsSeed {
    type Value = Vec<Lyrics>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a map or a list of them")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<Lyrics>, E> {
        Ok(Vec::new())
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<Lyrics>, E> {
        let Text(text) = TextVisitor.visit_bytes(bytes)?;
        Ok(vec![Lyrics { text, ..Lyrics::default() }])
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<Lyrics>, E> {
        self.visit_bytes(text.as_bytes())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Lyrics>, A::Error> {
        Ok(vec![RecordSeed::new(self.0).visit_map(map)?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<Lyrics>, A::Error> {
        within("list entries", entries.size_hint().unwrap_or(0), limit::LIST)?;
        let mut lyrics = Vec::new();
        while let Some(entry) = entries.next_element_seed(LyricsSeed(self.0))? {
            lyrics.extend(entry);
        }
        Ok(lyrics)
    }
}

struct Text(String);
struct TextVisitor;

impl<'de> de::Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

impl Visitor<'_> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        within("bytes of text", text.len(), limit::TEXT)?;
        Ok(Text(text.to_owned()))
    }

    /// rmp-serde passes invalid UTF-8 as bytes.
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Text, E> {
        within("bytes of text", bytes.len(), limit::TEXT)?;
        Ok(Text(String::from_utf8_lossy(bytes).into_owned()))
    }
}

struct Binary(Vec<u8>);
struct BinaryVisitor;

impl<'de> de::Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(BinaryVisitor)
    }
}

impl Visitor<'_> for BinaryVisitor {
    type Value = Binary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("binary data")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Binary, E> {
        within("bytes of binary data", bytes.len(), limit::BINARY)?;
        Ok(Binary(bytes.to_owned()))
    }
}

struct Number(f64);
struct NumberVisitor;

impl<'de> de::Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(NumberVisitor)
    }
}

/// JavaScript has doubles only, so every number becomes one here.
impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Number, E> {
        Ok(Number(number as f64))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
        Ok(Number(number as f64))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Number, E> {
        Ok(Number(number))
    }
}

struct ValueVisitor;

impl<'de> de::Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        TextVisitor.visit_str(text).map(|text| Value::Text(text.0))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Value, E> {
        TextVisitor.visit_bytes(bytes).map(|text| Value::Text(text.0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        within("list entries", entries.size_hint().unwrap_or(0), limit::LIST)?;
        let mut values = Vec::new();
        while let Some(value) = entries.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const ALL: Wanted = Wanted { pictures: true };

    /// A MessagePack map of 15 entries at most, from encoded keys and values.
    fn map(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0x80 | entries.len() as u8];
        for (key, value) in entries {
            bytes.extend(text(key));
            bytes.extend(*value);
        }
        bytes
    }

    fn text(text: &str) -> Vec<u8> {
        let mut bytes = vec![0xd9, text.len() as u8];
        bytes.extend(text.as_bytes());
        bytes
    }

    fn kind(bytes: &[u8]) -> ErrorKind {
        Answer::decode(bytes, ALL).unwrap_err().kind()
    }

    #[test]
    fn properties_come_under_taglib_wasms_names() {
        let answer = Answer::decode(
            &map(&[("ALBUMARTIST", &text("A")), ("OURS", &[0x92, 0x01, 0xc3])]),
            ALL,
        )
        .unwrap();
        assert_eq!(
            answer.properties,
            [
                ("albumArtist".to_owned(), Value::Text("A".to_owned())),
                ("OURS".to_owned(), Value::List(vec![Value::Number(1.0), Value::Flag(true)]))
            ]
        );
    }

    #[test]
    fn of_two_keys_with_one_name_the_later_counts() {
        let answer =
            Answer::decode(&map(&[("title", &text("first")), ("TITLE", &text("second"))]), ALL)
                .unwrap();
        assert_eq!(answer.properties, [("title".to_owned(), Value::Text("second".to_owned()))]);
    }

    #[test]
    fn unwanted_pictures_are_counted_but_not_kept() {
        let picture =
            map(&[("mimeType", &text("image/png")), ("data", &[0xc4, 1, 7]), ("type", &[3])]);
        let mut list = vec![0x91];
        list.extend(&picture);
        let bytes = map(&[("pictures", &list)]);

        let with = Answer::decode(&bytes, ALL).unwrap();
        assert_eq!(
            (with.pictures[0].data.as_slice(), with.pictures[0].picture_type),
            (&[7][..], "FrontCover")
        );
        let without = Answer::decode(&bytes, Wanted { pictures: false }).unwrap();
        assert!(without.pictures.is_empty() && without.has_pictures);
    }

    #[test]
    fn lyrics_come_in_three_shapes() {
        for value in [
            text("la"),
            [vec![0x91], text("la")].concat(),
            [vec![0x91], map(&[("text", &text("la"))])].concat(),
        ] {
            let answer = Answer::decode(&map(&[("LYRICS", &value)]), ALL).unwrap();
            assert_eq!(answer.lyrics, [Lyrics { text: "la".to_owned(), ..Lyrics::default() }]);
        }
    }

    #[test]
    fn invalid_utf8_becomes_replacement_characters() {
        let answer = Answer::decode(&map(&[("title", &[0xa2, b'a', 0xff])]), ALL).unwrap();
        assert_eq!(answer.properties[0].1, Value::Text("a\u{fffd}".to_owned()));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for bytes in
            [&b""[..], b"\xc1", b"\x81", b"\x93\x01\x02\x03", b"\xa1x", b"\xdf\xff\xff\xff\xff"]
        {
            assert_eq!(kind(bytes), ErrorKind::Metadata, "{bytes:x?}");
        }
        assert_eq!(kind(&map(&[("pictures", &[0x01])])), ErrorKind::Metadata);
        assert_eq!(kind(&map(&[("__proto__", &[0x01])])), ErrorKind::Metadata);
    }

    #[test]
    fn lengths_are_held_to_their_limits_before_anything_is_allocated() {
        // Each claims more than its limit, and the first three have no content at all.
        let lists = [0xdd, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(kind(&map(&[("title", &lists)])), ErrorKind::Metadata);
        assert_eq!(kind(&map(&[("ratings", &lists)])), ErrorKind::Metadata);
        assert_eq!(kind(&[0xde, 0x03, 0xe9]), ErrorKind::Metadata);

        let mut long = vec![0xdb];
        long.extend((limit::TEXT as u32 + 1).to_be_bytes());
        long.resize(5 + limit::TEXT + 1, b'a');
        assert_eq!(kind(&map(&[("title", &long)])), ErrorKind::Metadata);

        let mut large = vec![0xc6];
        large.extend((limit::BINARY as u32 + 1).to_be_bytes());
        large.resize(5 + limit::BINARY + 1, 0);
        assert_eq!(kind(&map(&[("bextData", &large)])), ErrorKind::Metadata);

        assert_eq!(kind(&map(&[("title", &[0x91; limit::DEPTH + 2])])), ErrorKind::Metadata);
    }
}
