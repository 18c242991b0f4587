//! The answer of `tl_read_tags`: its keys and their types.

use super::audio::AudioProperties;
use super::chapters::Chapter;
use super::decode_options::DecodeOptions;
use super::fields::{field_name, is_field};
use super::message_pack::{
    Binary, CountSeed, Number, OUT_OF_MEMORY, Record, RecordSeed, Text, Value, ValueVisitor,
    entries, limit, list, non_empty, number, within,
};
use super::model::{Id3Tags, Lyrics, Rating};
use super::numbers::parse_int;
use super::picture::Picture;
use super::size::decoded_size;
use super::tables::PICTURE_TYPES;
use crate::buffers::Buffer;
use crate::error::{Error, Result};
use crate::limits::Budget;
use rmp_serde::decode::Error::Syntax;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The message of an error that means that the call was interrupted.
const INTERRUPTED: &str = "interrupted";

/// Properties that the guest returns as integers.
pub(super) const INTEGERS: [&str; 5] =
    ["TRACKNUMBER", "TRACKTOTAL", "DISCNUMBER", "DISCTOTAL", "BPM"];

/// Everything that the guest says about one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Under taglib-wasm's names, in the order of the guest.
    pub properties: Vec<(String, Value)>,
    pub audio: AudioProperties,
    /// Whether TagLib found audio properties at all.
    pub has_audio_properties: bool,
    pub pictures: Vec<Picture>,
    /// Whether there are pictures, decoded or not.
    pub has_pictures: bool,
    pub ratings: Vec<Rating>,
    pub lyrics: Vec<Lyrics>,
    pub chapters: Vec<Chapter>,
    pub bext_data: Option<Vec<u8>>,
    pub ixml: Option<String>,
    /// FLAC only.
    pub id3_tags: Option<Id3Tags>,
    /// The bytes that decoding it has charged to the budget.
    pub charged: usize,
}

impl Answer {
    /// Returns whether TagLib found an audio stream.
    fn has_audio(&self) -> bool {
        self.audio.sample_rate > 0.0
    }

    /// Returns the values of a property, by taglib-wasm's name or TagLib's key.
    pub(crate) fn texts_of(&self, name: &str) -> Vec<String> {
        let names = match field_name(name) {
            // The guest also has short names for these.
            "track" | "trackNumber" => ["track", "trackNumber"],
            "date" => ["date", "year"],
            name => [name, name],
        };
        let find = |name| self.properties.iter().find(|(known, _)| known == name);
        let property = names.into_iter().find_map(find);
        property.and_then(|(_, value)| value.clone().into_texts()).unwrap_or_default()
    }

    /// Sets the values of a property by TagLib's key, as the guest would return them: track and
    /// disc numbers as integers, and none for zero. No values remove the property.
    pub(crate) fn set_texts(&mut self, key: &str, texts: Vec<String>) {
        let name = field_name(key);
        let is_known = |known: &str| known == name || name == "trackNumber" && known == "track";
        let at = self.properties.iter().position(|(known, _)| is_known(known));
        self.properties.retain(|(known, _)| !is_known(known));
        let value = match INTEGERS.contains(&key) {
            true => texts.first().and_then(|text| parse_int(text)).map(Value::Number),
            false => match <[String; 1]>::try_from(texts) {
                Ok([text]) => Some(Value::Text(text)),
                Err(texts) => Some(Value::List(texts.into_iter().map(Value::Text).collect())),
            },
        };
        let is_empty = |value: &Value| match value {
            Value::Number(number) => *number == 0.0,
            Value::List(list) => list.is_empty(),
            _ => false,
        };
        if let Some(value) = value.filter(|value| !is_empty(value)) {
            let at = at.unwrap_or(self.properties.len()).min(self.properties.len());
            self.properties.insert(at, (name.to_owned(), value));
        }
    }

    /// Returns whether TagLib found anything: an audio stream, a tag or a picture.
    pub(crate) fn is_conclusive(&self) -> bool {
        self.has_audio()
            || self.has_pictures
            || self.properties.iter().any(|(name, value)| is_field(name, value))
            || !self.ratings.is_empty()
            || !self.lyrics.is_empty()
            || !self.chapters.is_empty()
            || self.bext_data.as_ref().is_some_and(|data| !data.is_empty())
            || self.ixml.as_ref().is_some_and(|text| !text.is_empty())
    }

    /// # Errors
    /// `Metadata` if the bytes are not an answer, or exceed a limit. `ResourceLimit` if the
    /// answer takes more than `budget` has left: all of it is charged before anything is
    /// allocated.
    pub(crate) fn decode(bytes: &[u8], options: DecodeOptions, budget: &Budget) -> Result<Self> {
        let charged = decoded_size(bytes, options);
        budget.charge_ahead(charged)?;
        budget.check()?;
        let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
        deserializer.set_max_depth(limit::DEPTH);
        let decoded = deserializer.deserialize_map(AnswerVisitor { options, budget });
        let decoded = decoded.map(|answer| Self { charged, ..answer });
        decoded.map_err(|error| match error {
            Syntax(message) if message == OUT_OF_MEMORY => budget.memory_exceeded(),
            Syntax(message) if message == INTERRUPTED => {
                budget.check().map_or_else(Error::from, |()| budget.memory_exceeded())
            }
            error => Error::metadata(format!("the guest's answer can't be decoded: {error}")),
        })
    }

    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
        options: DecodeOptions,
    ) -> Result<(), A::Error> {
        match field_name(key) {
            // As a property name it would replace the prototype of the
            // JavaScript object. taglib-wasm's decoder refuses it, too.
            "__proto__" => return Err(de::Error::custom("the key __proto__ is not allowed")),
            "pictures" if options.pictures => {
                self.pictures = list(map)?;
                self.has_pictures = !self.pictures.is_empty();
            }
            "pictures" => self.has_pictures = map.next_value_seed(CountSeed)? > 0,
            "ratings" => self.ratings = list(map)?,
            "lyrics" => self.lyrics = map.next_value_seed(LyricsSeed)?,
            "chapters" => self.chapters = list(map)?,
            "bextData" => {
                self.bext_data = map.next_value::<Option<Binary>>()?.map(|data| data.0.to_vec())
            }
            "ixml" => self.ixml = map.next_value::<Option<Text>>()?.map(|text| text.0),
            "id3Tags" => self.id3_tags = Some(map.next_value_seed(RecordSeed(PhantomData))?),
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

struct AnswerVisitor<'a> {
    options: DecodeOptions,
    budget: &'a Budget,
}

impl<'de> Visitor<'de> for AnswerVisitor<'_> {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Answer, A::Error> {
        let mut answer = Answer::default();
        entries(map, |key, map| {
            self.budget.check().map_err(|_| de::Error::custom(INTERRUPTED))?;
            answer.read(key, map, self.options)
        })?;
        if answer.audio.has_only_covers() {
            for picture in &mut answer.pictures {
                picture.picture_type = "FrontCover";
            }
        }
        Ok(answer)
    }
}

impl Default for Picture {
    fn default() -> Self {
        Self {
            mime_type: String::new(),
            data: Buffer::default(),
            picture_type: PICTURE_TYPES[0],
            description: String::new(),
        }
    }
}

impl Record for Picture {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
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

/// Returns the name of a picture type. An unknown number is "Other", as in taglib-wasm.
fn picture_type(number: f64) -> &'static str {
    PICTURE_TYPES
        .iter()
        .zip(0_u32..)
        .find(|(_, known)| f64::from(*known) == number)
        .map_or(PICTURE_TYPES[0], |(name, _)| name)
}

impl Record for Id3Tags {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "v1" => self.v1 = map.next_value()?,
            "v2" => self.v2 = map.next_value()?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Record for Rating {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
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
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
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
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
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

/// Decodes lyrics, which are one text, a map with language and description, or
/// a list of either.
struct LyricsSeed;

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
        let value = ValueVisitor::default().visit_bytes(bytes)?;
        let Value::Text(text) = value else { return Ok(Vec::new()) };
        Ok(vec![Lyrics { text, ..Lyrics::default() }])
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<Lyrics>, E> {
        self.visit_bytes(text.as_bytes())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Lyrics>, A::Error> {
        Ok(vec![RecordSeed(PhantomData).visit_map(map)?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Vec<Lyrics>, A::Error> {
        within("list entries", entries.size_hint().unwrap_or(0), limit::LIST)?;
        let mut lyrics = Vec::new();
        while let Some(entry) = entries.next_element_seed(LyricsSeed)? {
            lyrics.extend(entry);
        }
        Ok(lyrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ErrorKind, Limit};
    use crate::limits::{Cancellation, Limits};

    const ALL: DecodeOptions = DecodeOptions { pictures: true };

    fn decode(bytes: &[u8], options: DecodeOptions) -> Result<Answer> {
        Answer::decode(bytes, options, &Budget::start(Limits::default(), &Cancellation::default()))
    }

    /// Returns a MessagePack map of at most 15 entries, from encoded keys and values.
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
        decode(bytes, ALL).unwrap_err().kind()
    }

    #[test]
    fn properties_come_under_taglib_wasms_names() {
        let answer =
            decode(&map(&[("ALBUMARTIST", &text("A")), ("OURS", &[0x92, 0x01, 0xc3])]), ALL)
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
    fn the_later_of_two_keys_with_one_name_counts() {
        let answer =
            decode(&map(&[("title", &text("first")), ("TITLE", &text("second"))]), ALL).unwrap();
        assert_eq!(answer.properties, [("title".to_owned(), Value::Text("second".to_owned()))]);
    }

    #[test]
    fn without_pictures_they_are_counted_but_not_kept() {
        let picture =
            map(&[("mimeType", &text("image/png")), ("data", &[0xc4, 1, 7]), ("type", &[3])]);
        let mut list = vec![0x91];
        list.extend(&picture);
        let bytes = map(&[("pictures", &list)]);

        let with = decode(&bytes, ALL).unwrap();
        assert_eq!(
            (&with.pictures[0].data[..], with.pictures[0].picture_type),
            (&[7][..], "FrontCover")
        );
        let without = decode(&bytes, DecodeOptions { pictures: false }).unwrap();
        assert!(without.pictures.is_empty() && without.has_pictures);
    }

    #[test]
    fn lyrics_come_in_three_shapes() {
        for value in [
            text("la"),
            [vec![0x91], text("la")].concat(),
            [vec![0x91], map(&[("text", &text("la"))])].concat(),
        ] {
            let answer = decode(&map(&[("LYRICS", &value)]), ALL).unwrap();
            assert_eq!(answer.lyrics, [Lyrics { text: "la".to_owned(), ..Lyrics::default() }]);
        }
    }

    #[test]
    fn invalid_utf8_becomes_replacement_characters() {
        let answer = decode(&map(&[("title", &[0xa2, b'a', 0xff])]), ALL).unwrap();
        assert_eq!(answer.properties[0].1, Value::Text("a\u{fffd}".to_owned()));
    }

    #[test]
    fn bytes_that_are_not_an_answer_are_refused() {
        for bytes in
            [&b""[..], b"\xc1", b"\x81", b"\x93\x01\x02\x03", b"\xa1x", b"\xdf\xff\xff\xff\xff"]
        {
            assert_eq!(kind(bytes), ErrorKind::Metadata, "{bytes:x?}");
        }
        assert_eq!(kind(&map(&[("pictures", &[0x01])])), ErrorKind::Metadata);
        assert_eq!(kind(&map(&[("__proto__", &[0x01])])), ErrorKind::Metadata);
    }

    #[test]
    fn lengths_are_checked_before_anything_is_allocated() {
        // Each claims more entries than its limit; the first three have no content.
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

    #[test]
    fn what_decoding_takes_is_charged_before_it_is_allocated() {
        let values: Vec<u8> = [&[0xdc, 0x03, 0xe8][..], &[0xa1, b'x'].repeat(1000)].concat();
        let bytes = map(&[("title", &values)]);
        let memory = 1000 * std::mem::size_of::<Value>();
        let limits = Limits { memory, ..Limits::default() };
        let budget = Budget::start(limits, &Cancellation::default());
        let kind = Answer::decode(&bytes, ALL, &budget).unwrap_err().kind();
        assert_eq!(kind, ErrorKind::ResourceLimit(Limit::Memory));
        decode(&bytes, ALL).unwrap();
    }

    #[test]
    fn lists_in_lists_are_not_kept() {
        let answer = decode(&map(&[("title", &[0x92, 0x91, 0x01, 0x02])]), ALL).unwrap();
        assert_eq!(answer.properties[0].1, Value::List(vec![Value::Other, Value::Number(2.0)]));
    }
}
