//! Calculates the size of an answer, before it is decoded and after.

use super::chapters::Chapter;
use super::decode_options::DecodeOptions;
use super::fields::is_dynamics;
use super::message_pack::{Value, limit};
use super::picture::Picture;
use super::{Metadata, StoredTags};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use std::fmt;
use std::mem::size_of;

/// The bytes that an allocation or an element of a list takes besides its content: a value, and
/// the allocator's header and rounding.
const OVERHEAD: usize = size_of::<Value>() + 32;

/// The bytes that a record in a list takes: the list may have grown to twice its length, beside
/// the old one from which it was copied.
const RECORD: usize = 3 * size_of::<Chapter>();
const _: () = assert!(size_of::<Picture>() <= size_of::<Chapter>());

/// Returns an upper limit of the bytes that decoding an answer allocates. Stops at the first
/// fault, as decoding does.
pub(super) fn decoded_size(bytes: &[u8], options: DecodeOptions) -> usize {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(limit::DEPTH);
    let mut size = 0;
    // The decoder reports a fault.
    let _ = Sized { size: &mut size, options: Some(options), is_binary: false }
        .deserialize(&mut deserializer);
    size
}

/// Adds the size of one value to a sum.
struct Sized<'a> {
    size: &'a mut usize,
    /// Which parts are decoded; set only at the top of an answer.
    options: Option<DecodeOptions>,
    /// Whether bytes are binary data rather than text.
    is_binary: bool,
}

impl<'de> DeserializeSeed<'de> for Sized<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        *self.size = self.size.saturating_add(OVERHEAD);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sized<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        *self.size = self.size.saturating_add(text.len());
        Ok(())
    }

    /// Invalid UTF-8 grows to three times its size: each byte becomes U+FFFD.
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<(), E> {
        let growth = if self.is_binary { 1 } else { 3 };
        *self.size = self.size.saturating_add(bytes.len().saturating_mul(growth));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries
            .next_element_seed(Sized { size: self.size, options: None, is_binary: false })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.options.is_none() {
            *self.size = self.size.saturating_add(RECORD);
        }
        while let Some(Key(key)) = map.next_key()? {
            // Invalid UTF-8 grows as it does in a text.
            *self.size = self.size.saturating_add(3 * key.len() + OVERHEAD);
            if key == b"pictures" && self.options.is_some_and(|options| !options.pictures) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let before = *self.size;
            let is_binary = matches!(key, b"data" | b"bextData");
            map.next_value_seed(Sized { size: self.size, options: None, is_binary })?;
            if self.options.is_some() && is_dynamics(key) {
                // The dynamics repeat the values, joined.
                *self.size = self.size.saturating_add(2 * (*self.size - before));
            }
            if key == b"bextData" {
                // The bytes are copied, and the text in them is parsed: each byte becomes at most
                // two.
                *self.size = self.size.saturating_add(3 * (*self.size - before));
            }
        }
        Ok(())
    }
}

/// A key, which need not be UTF-8.
struct Key<'de>(&'de [u8]);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(text.as_bytes()))
    }

    fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<Key<'de>, E> {
        Ok(Key(bytes))
    }
}

impl Metadata {
    /// Returns the number of bytes in texts and pictures.
    pub fn size(&self) -> usize {
        let tags = &self.tags;
        let fields = tags
            .fields
            .iter()
            .map(|(name, field)| name.len() + field.texts().iter().map(String::len).sum::<usize>());
        let pictures = tags.pictures.iter().map(Picture::size);
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let ratings = tags.ratings.iter().map(|rating| optional(&rating.email));
        let lyrics = tags.lyrics.iter().map(|lyrics| {
            lyrics.text.len() + optional(&lyrics.description) + optional(&lyrics.language)
        });
        let chapters = tags.chapters.iter().map(|chapter| {
            let picture = chapter.picture.iter().map(Picture::size);
            [&chapter.title, &chapter.id, &chapter.source, &chapter.url]
                .into_iter()
                .map(optional)
                .chain(picture)
                .sum()
        });
        let bext = tags.bext_data.as_ref().map_or(0, Vec::len)
            + tags.bext.as_ref().map_or(0, |bext| bext.coding_history.len());
        let dynamics = self.dynamics.iter().map(|(name, text)| name.len() + text.len());
        let parts =
            fields.chain(dynamics).chain(pictures).chain(ratings).chain(lyrics).chain(chapters);
        let stored = self.stored.as_ref().map_or(0, |stored| stored.size());
        let latin_1 = tags.latin_1_texts.iter().map(|it| it.id.len() + it.text.len());
        parts.chain(latin_1).sum::<usize>() + bext + optional(&tags.ixml) + stored
    }
}

impl Picture {
    fn size(&self) -> usize {
        self.data.len() + self.mime_type.len() + self.description.len()
    }
}

impl StoredTags {
    fn size(&self) -> usize {
        let lists = self.properties.iter().chain(&self.mp4_items);
        let lists =
            lists.map(|(key, values)| key.len() + values.iter().map(String::len).sum::<usize>());
        let frames = self.id3v2_frames.iter().flatten();
        let frames = frames.map(|frame| frame.id.len() + frame.data.len());
        lists.chain(frames).sum()
    }
}
