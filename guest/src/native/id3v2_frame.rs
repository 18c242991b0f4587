//! Frames of ID3v2 (id3.org: id3v2-00, id3v2.3.0, id3v2.4.0-frames).

use super::element::{NativeElement, NativeValue};
use super::synced_texts::SyncedTexts;
use super::text::{LATIN_1, UTF_8, UTF_16, UTF_16_BE, latin_1};
use crate::containers::id3v2;
use crate::containers::id3v2_text::{Encoding, decode, decode_list, terminated};
use crate::error::Result;
use crate::limits::Budget;
use crate::restore::{Id3v2Frame, id3v2_resynchronised};
use crate::sha256;

const KIND: &str = "ID3v2 frame";

/// Returns a frame with this body, without unsynchronisation.
pub(super) fn with_body(frame: &id3v2::Frame, version: u8, body: Vec<u8>) -> Id3v2Frame {
    match frame.id().first_chunk() {
        Some(id) => {
            let frame = Id3v2Frame { id: *id, flags: frame.flags, content: body, version };
            id3v2_resynchronised(frame)
        }
        None => Id3v2Frame::new([0; 4], body, 3),
    }
}

/// Returns a frame as an element.
pub(super) fn element(
    frame: &id3v2::Frame,
    body: &Id3v2Frame,
    budget: &Budget,
) -> Result<NativeElement> {
    let size = frame.body.end - frame.body.start;
    let id = String::from_utf8_lossy(frame.id()).into_owned();
    // A compressed or encrypted frame is shown as its bytes.
    let parts = body.plain_body().and_then(|body| Parts::of(frame.id(), body));
    let parts = parts.unwrap_or_else(|| Parts::of_bytes(&body.content));
    let value = match parts.value {
        Value::Texts(texts) => NativeValue::Texts(texts),
        Value::Numbers(numbers) => NativeValue::Numbers(numbers),
        Value::Bytes(bytes) => NativeValue::Bytes { sha256: sha256::of(bytes, budget)? },
    };
    let synced_texts = match (frame.id(), body.plain_body()) {
        (b"SYLT" | b"SLT", Some(body)) => SyncedTexts::of(body, budget)?,
        _ => None,
    };
    let element = NativeElement::new(KIND, id, size, value);
    Ok(NativeElement {
        synced_texts,
        description: parts.description,
        language: parts.language,
        encoding: parts.encoding.map(name_of),
        mime_type: parts.mime_type,
        ..element
    })
}

/// What a body consists of.
struct Parts<'a> {
    value: Value<'a>,
    encoding: Option<Encoding>,
    language: Option<String>,
    description: Option<String>,
    mime_type: Option<String>,
}

enum Value<'a> {
    Texts(Vec<String>),
    Numbers(Vec<String>),
    Bytes(&'a [u8]),
}

impl<'a> Parts<'a> {
    /// Reads a body. Returns `None` if it is malformed.
    fn of(id: &[u8], body: &'a [u8]) -> Option<Self> {
        match id {
            b"TXXX" | b"TXX" => Self::of_user_text(body),
            [b'T', ..] => {
                let (encoding, text) = encoded(body)?;
                Some(Self::of_texts(Some(encoding), decode_list(encoding, text)))
            }
            b"WXXX" | b"WXX" => Self::of_user_link(body),
            [b'W', ..] => Some(Self::of_texts(None, vec![link(body)])),
            b"COMM" | b"USLT" | b"COM" | b"ULT" => Self::of_comment(body),
            b"SYLT" | b"SLT" => Self::of_synced_lyrics(body),
            b"APIC" => Self::of_picture(body),
            b"PIC" => Self::of_old_picture(body),
            b"GEOB" | b"GEO" => Self::of_object(body),
            b"UFID" | b"UFI" | b"PRIV" => {
                let (owner, data) = terminated(Encoding::Latin1, body);
                Some(Self { description: Some(latin_1(owner)), ..Self::of_bytes(data) })
            }
            b"CHAP" | b"CTOC" => {
                let (name, _) = terminated(Encoding::Latin1, body);
                Some(Self { description: Some(latin_1(name)), ..Self::of_bytes(body) })
            }
            b"POPM" | b"POP" => Self::of_rating(body),
            _ => None,
        }
    }

    fn of_bytes(bytes: &'a [u8]) -> Self {
        Self::of_value(Value::Bytes(bytes))
    }

    fn of_texts(encoding: Option<Encoding>, texts: Vec<String>) -> Self {
        Self {
            encoding: encoding.or(Some(Encoding::Latin1)),
            ..Self::of_value(Value::Texts(texts))
        }
    }

    fn of_value(value: Value<'a>) -> Self {
        Self { value, encoding: None, language: None, description: None, mime_type: None }
    }

    fn of_user_text(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (description, texts) = terminated(encoding, rest);
        let parts = Self::of_texts(Some(encoding), decode_list(encoding, texts));
        Some(Self { description: Some(decode(encoding, description)), ..parts })
    }

    fn of_user_link(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (description, target) = terminated(encoding, rest);
        let parts = Self::of_texts(Some(encoding), vec![link(target)]);
        Some(Self { description: Some(decode(encoding, description)), ..parts })
    }

    fn of_comment(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (language, rest) = rest.split_at_checked(3)?;
        let (description, text) = terminated(encoding, rest);
        let text = decode(encoding, terminated(encoding, text).0);
        Some(Self {
            language: Some(latin_1(language)),
            description: Some(decode(encoding, description)),
            ..Self::of_texts(Some(encoding), vec![text])
        })
    }

    fn of_synced_lyrics(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (language, rest) = rest.split_at_checked(3)?;
        // The format of times, and the type of content.
        let (description, _) = terminated(encoding, rest.get(2..)?);
        Some(Self {
            encoding: Some(encoding),
            language: Some(latin_1(language)),
            description: Some(decode(encoding, description)),
            ..Self::of_bytes(body)
        })
    }

    fn of_picture(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (mime_type, rest) = terminated(Encoding::Latin1, rest);
        // The type of picture.
        let (description, data) = terminated(encoding, rest.get(1..)?);
        Some(Self {
            encoding: Some(encoding),
            description: Some(decode(encoding, description)),
            mime_type: Some(latin_1(mime_type)),
            ..Self::of_bytes(data)
        })
    }

    fn of_old_picture(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (format, rest) = rest.split_at_checked(3)?;
        let (description, data) = terminated(encoding, rest.get(1..)?);
        Some(Self {
            encoding: Some(encoding),
            description: Some(decode(encoding, description)),
            mime_type: Some(latin_1(format)),
            ..Self::of_bytes(data)
        })
    }

    fn of_object(body: &'a [u8]) -> Option<Self> {
        let (encoding, rest) = encoded(body)?;
        let (mime_type, rest) = terminated(Encoding::Latin1, rest);
        // The name of a file.
        let (_, rest) = terminated(encoding, rest);
        let (description, data) = terminated(encoding, rest);
        Some(Self {
            encoding: Some(encoding),
            description: Some(decode(encoding, description)),
            mime_type: Some(latin_1(mime_type)),
            ..Self::of_bytes(data)
        })
    }

    /// A rating from 0 to 255, and a counter of any width.
    fn of_rating(body: &'a [u8]) -> Option<Self> {
        let (email, rest) = terminated(Encoding::Latin1, body);
        let (rating, counter) = rest.split_first()?;
        let mut numbers = vec![rating.to_string()];
        if !counter.is_empty() {
            let counter = counter.iter().try_fold(0_u64, |number, byte| {
                number.checked_mul(256).map(|number| number | u64::from(*byte))
            })?;
            numbers.push(counter.to_string());
        }
        let parts = Self::of_value(Value::Numbers(numbers));
        Some(Self { description: Some(latin_1(email)), ..parts })
    }
}

/// Returns the encoding that a body begins with, and what follows.
fn encoded(body: &[u8]) -> Option<(Encoding, &[u8])> {
    let (encoding, rest) = body.split_first()?;
    Some((Encoding::of(*encoding)?, rest))
}

fn link(bytes: &[u8]) -> String {
    latin_1(terminated(Encoding::Latin1, bytes).0)
}

fn name_of(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Latin1 => LATIN_1,
        Encoding::Utf16 => UTF_16,
        Encoding::Utf16BigEndian => UTF_16_BE,
        Encoding::Utf8 => UTF_8,
    }
}
