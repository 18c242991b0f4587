//! The answer of `tl_read_id3v2_frames`: a list of frames.

use super::decode_options::DecodeOptions;
use super::message_pack::{Binary, ListSeed, OUT_OF_MEMORY, Record, Text, limit};
use super::model::Id3v2Frame;
use super::size::decoded_size;
use crate::error::{Error, Result};
use crate::limits::Budget;
use rmp_serde::decode::Error::Syntax;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess};
use std::marker::PhantomData;

/// Decodes an answer. It is charged to `budget` before anything is allocated.
///
/// # Errors
/// As [`Answer::decode`](super::answer::Answer::decode).
pub(crate) fn decode(bytes: &[u8], budget: &Budget) -> Result<Vec<Id3v2Frame>> {
    budget.charge(decoded_size(bytes, DecodeOptions { pictures: true }))?;
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(limit::DEPTH);
    ListSeed(PhantomData).deserialize(&mut deserializer).map_err(|error| {
        if matches!(&error, Syntax(message) if message == OUT_OF_MEMORY) {
            return budget.memory_exceeded();
        }
        Error::metadata(format!("the guest's frames can't be decoded: {error}"))
    })
}

impl Record for Id3v2Frame {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = map.next_value::<Text>()?.0,
            "data" => self.data = map.next_value::<Binary>()?.0,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::limits::{Cancellation, Limits};

    fn budget(memory: usize) -> Budget {
        Budget::start(Limits { memory, ..Limits::default() }, &Cancellation::default())
    }

    /// A list with one frame.
    const FRAME: &[u8] = b"\x91\x82\xa2id\xa4TIT2\xa4data\xc4\x03\x03ab";

    #[test]
    fn frames_have_their_identifier_and_their_body() {
        let frames = decode(FRAME, &budget(1 << 20)).unwrap();
        let frames: Vec<_> = frames.iter().map(|frame| (&*frame.id, &frame.data[..])).collect();
        assert_eq!(frames, [("TIT2", &b"\x03ab"[..])]);
    }

    #[test]
    fn what_is_not_a_list_of_frames_is_refused() {
        for bytes in [&b""[..], b"\x80", b"\x91\x01", b"\xdd\xff\xff\xff\xff"] {
            let kind = decode(bytes, &budget(1 << 20)).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::Metadata, "{bytes:x?}");
        }
    }

    #[test]
    fn frames_that_need_more_memory_than_allowed_are_refused() {
        assert!(matches!(
            decode(FRAME, &budget(10)).unwrap_err().kind(),
            ErrorKind::ResourceLimit(_)
        ));
    }
}
