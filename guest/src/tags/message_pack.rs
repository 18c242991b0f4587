//! Decodes MessagePack as the guest writes it, within limits.
//!
//! The bytes come from a sandbox that a hostile file may control, so they are not trusted:
//! lengths are checked against limits before anything is allocated, types are checked, and
//! unknown keys are skipped. Text is decoded like UTF-8 on the web: invalid bytes become U+FFFD.
//! Numbers become doubles, as in JavaScript.

use crate::buffers::Buffer;
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::fmt;
use std::marker::PhantomData;

/// Limits of an answer: lengths in bytes, collections in entries. taglib-wasm has the same
/// limits, except that of a map, and refuses larger answers with the same error.
pub(super) mod limit {
    pub(crate) const TEXT: usize = 1_000_000;
    pub(crate) const BINARY: usize = 50_000_000;
    pub(crate) const LIST: usize = 10_000;
    /// An audiobook of 999 chapters has 2,997 Vorbis comments for them. taglib-wasm allows 1,000.
    pub(crate) const MAP: usize = 4_096;
    /// An answer nests four levels deep; one of a newer guest may nest deeper.
    pub(crate) const DEPTH: usize = 16;
}

/// The message of an error that [`Answer::decode`](super::answer::Answer::decode) converts to a
/// memory error: serde's errors carry only a message.
pub(super) const OUT_OF_MEMORY: &str = "out of memory";

/// A property in an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Nil,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// A map, or a list in a list. No property has such a value, and storing it could take many
    /// times the memory of the answer.
    Other,
}

/// A map with known keys.
pub(super) trait Record: Default {
    /// Reads the value of `key` from `map`.
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

pub(super) fn number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<f64, A::Error> {
    Ok(map.next_value::<Number>()?.0)
}

pub(super) fn non_empty<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    let text = map.next_value::<Option<Text>>()?;
    Ok(text.map(|text| text.0).filter(|text| !text.is_empty()))
}

pub(super) fn list<'de, R: Record, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<R>, A::Error> {
    map.next_value_seed(ListSeed(PhantomData))
}

/// Reads the entries of a map, calling `read` for each.
pub(super) fn entries<'de, A: MapAccess<'de>>(
    mut map: A,
    mut read: impl FnMut(&str, &mut A) -> Result<(), A::Error>,
) -> Result<(), A::Error> {
    within("map entries", map.size_hint().unwrap_or(0), limit::MAP)?;
    while let Some(Text(key)) = map.next_key::<Text>()? {
        read(&key, &mut map)?;
    }
    Ok(())
}

pub(super) fn within<E: de::Error>(what: &str, found: usize, limit: usize) -> Result<(), E> {
    if found <= limit {
        return Ok(());
    }
    Err(E::custom(format_args!("{found} {what}, expected at most {limit}")))
}

pub(super) struct RecordSeed<R>(pub PhantomData<R>);

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

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
        let mut record = R::default();
        entries(map, |key, map| record.read(key, map))?;
        Ok(record)
    }
}

pub(super) struct ListSeed<R>(pub PhantomData<R>);

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
        while let Some(record) = entries.next_element_seed(RecordSeed(PhantomData))? {
            records.try_reserve(1).map_err(|_| de::Error::custom(OUT_OF_MEMORY))?;
            records.push(record);
        }
        Ok(records)
    }
}

/// Counts the entries of a list without decoding them.
pub(super) struct CountSeed;

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

pub(super) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Text(text) => Ok(Self(text)),
            _ => Err(de::Error::custom("expected a text")),
        }
    }
}

pub(super) struct Number(pub f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Number(number) => Ok(Self(number)),
            _ => Err(de::Error::custom("expected a number")),
        }
    }
}

pub(super) struct Binary(pub Buffer);
struct BinaryVisitor;

impl<'de> Deserialize<'de> for Binary {
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
        Buffer::copy_of(bytes).map(Binary).map_err(|_| E::custom(OUT_OF_MEMORY))
    }
}

#[derive(Clone, Copy, Default)]
pub(super) struct ValueVisitor {
    in_list: bool,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor::default())
    }
}

impl<'de> DeserializeSeed<'de> for ValueVisitor {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
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
        within("bytes of text", text.len(), limit::TEXT)?;
        let mut owned = String::new();
        owned.try_reserve_exact(text.len()).map_err(|_| E::custom(OUT_OF_MEMORY))?;
        owned.push_str(text);
        Ok(Value::Text(owned))
    }

    /// rmp-serde passes invalid UTF-8 as bytes.
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Value, E> {
        within("bytes of text", bytes.len(), limit::TEXT)?;
        Ok(Value::Text(String::from_utf8_lossy(bytes).into_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        if self.in_list {
            while entries.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Other);
        }
        within("list entries", entries.size_hint().unwrap_or(0), limit::LIST)?;
        let mut values = Vec::new();
        while let Some(value) = entries.next_element_seed(Self { in_list: true })? {
            values.try_reserve(1).map_err(|_| de::Error::custom(OUT_OF_MEMORY))?;
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}
