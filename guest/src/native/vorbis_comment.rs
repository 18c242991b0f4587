//! Vorbis comments, which are in a block of FLAC or a packet of an Ogg stream.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::utf_8_or_latin_1;
use crate::containers::vorbis_comment::VorbisComment;
use crate::error::Result;
use crate::limits::Budget;
use crate::sha256;

const KIND: &str = "Vorbis comment";

/// The comments that hold pictures in Base64.
const PICTURES: [&str; 2] = ["METADATA_BLOCK_PICTURE", "COVERART"];

/// Adds the vendor and the comments, which begin at `at`.
pub(super) fn read(bytes: &[u8], at: usize, list: &mut List<'_>, budget: &Budget) -> Result<()> {
    list.within("Vorbis comment", |list| {
        let Some(block) = VorbisComment::parse(bytes, at) else {
            return add_bytes("rest", bytes.get(at..).unwrap_or_default(), list, budget);
        };
        add_text("vendor", &bytes[block.vendor.clone()], list)?;
        let mut comments = block.comments(bytes);
        for comment in comments.by_ref() {
            let (name, value) = comment.split().unwrap_or((b"", comment.text));
            let name = String::from_utf8_lossy(name);
            if PICTURES.iter().any(|picture| name.eq_ignore_ascii_case(picture)) {
                add_bytes(&name, value, list, budget)?;
            } else {
                add_text(&name, value, list)?;
            }
        }
        match &bytes[comments.rest()] {
            // The framing bit of Vorbis, and padding.
            [] | [1] => Ok(()),
            rest if rest.iter().all(|byte| *byte == 0) => {
                let size = rest.len() as u64;
                list.add(NativeElement::new(KIND, "padding", size, NativeValue::Padding))
            }
            rest => add_bytes("rest", rest, list, budget),
        }
    })
}

fn add_text(name: &str, value: &[u8], list: &mut List<'_>) -> Result<()> {
    let (text, encoding) = utf_8_or_latin_1(value);
    let value_size = value.len() as u64;
    let element = NativeElement::new(KIND, name, value_size, NativeValue::Texts(vec![text]));
    list.add(NativeElement { encoding: Some(encoding), ..element })
}

fn add_bytes(name: &str, value: &[u8], list: &mut List<'_>, budget: &Budget) -> Result<()> {
    let sha256 = sha256::of(value, budget)?;
    list.add(NativeElement::new(KIND, name, value.len() as u64, NativeValue::Bytes { sha256 }))
}
