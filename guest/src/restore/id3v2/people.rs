//! Merges lists of people in ID3v2: pairs of a role or instrument and a name.
//!
//! Each pair is a separate property, so an edit may change some pairs of a list. TagLib drops the
//! pairs whose role it does not know.

use super::frame::Frame;
use super::tag_parts::{is_people_list, person_tag_part};
use crate::containers::id3v2_text::{self, Encoding};
use crate::tags::{Requested, TagPart};

struct Pair {
    role: String,
    name: String,
}

/// Merges lists of people. A list stays as it is if no change of it is requested. Returns `None`
/// if a list can't be read.
pub(super) fn merged_people(
    originals: &[Frame],
    edited: &[Frame],
    version: u8,
    requested: &Requested,
) -> Option<Vec<Frame>> {
    let mut merged: Vec<Frame> = Vec::new();
    let is_requested =
        |frame: &Frame, pair: &Pair| requested.contains(&person_tag_part(frame, &pair.role));
    for frame in originals {
        let pairs = pairs(frame)?;
        let count = pairs.len();
        let kept: Vec<Pair> = pairs.into_iter().filter(|pair| !is_requested(frame, pair)).collect();
        if kept.len() == count {
            merged.push(frame.clone());
        } else if !kept.is_empty() {
            merged.push(list(frame.id, &kept, version));
        }
    }
    for frame in edited {
        let new: Vec<Pair> =
            pairs(frame)?.into_iter().filter(|pair| is_requested(frame, pair)).collect();
        if new.is_empty() {
            continue;
        }
        let id = if version == 3 && &frame.id == b"TIPL" { *b"IPLS" } else { frame.id };
        match merged.iter_mut().find(|known| known.id == id) {
            Some(known) => {
                let all: Vec<Pair> = pairs(known)?.into_iter().chain(new).collect();
                *known = list(id, &all, version);
            }
            None => merged.push(list(id, &new, version)),
        }
    }
    Some(merged)
}

fn pairs(frame: &Frame) -> Option<Vec<Pair>> {
    let (encoding, list) = frame.plain_body()?.split_first()?;
    let texts = id3v2_text::decode_list(Encoding::of(*encoding)?, list);
    let pair = |pair: &[String]| Pair {
        role: pair[0].clone(),
        name: pair.get(1).cloned().unwrap_or_default(),
    };
    Some(texts.chunks(2).map(pair).collect())
}

/// Creates a list in UTF-16, which both versions support.
fn list(id: [u8; 4], pairs: &[Pair], version: u8) -> Frame {
    let texts = pairs.iter().flat_map(|pair| [&pair.role, &pair.name]);
    let encoded: Vec<_> = texts.map(|text| id3v2_text::encode_utf16(text)).collect();
    Frame::new(id, [&[1], &encoded.join(&[0, 0][..])[..]].concat(), version)
}

/// Returns the people of a list, each with the part of the tag, the role and the name. Returns
/// `None` for other frames and for lists that can't be read.
pub(crate) fn people(frame: &Frame) -> Option<Vec<(TagPart, String, String)>> {
    if !is_people_list(frame) {
        return None;
    }
    let named = |pair: Pair| (person_tag_part(frame, &pair.role), pair.role, pair.name);
    Some(pairs(frame)?.into_iter().map(named).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list_of(id: &[u8; 4], texts: &str, version: u8) -> Frame {
        Frame::new(*id, [&b"\x03"[..], texts.replace('|', "\0").as_bytes()].concat(), version)
    }

    fn producer() -> Requested {
        Requested { properties: vec![("PRODUCER".to_owned(), Vec::new())], ..Requested::default() }
    }

    fn texts(frame: &Frame) -> Vec<String> {
        let pairs = pairs(frame).unwrap();
        pairs.into_iter().map(|pair| format!("{}={}", pair.role, pair.name)).collect()
    }

    #[test]
    fn a_role_that_taglib_does_not_know_stays_when_another_one_changes() {
        let original = list_of(b"TIPL", "tailor|Ann|producer|Bob", 4);
        let edited = list_of(b"TIPL", "PRODUCER|Cleo", 4);
        let merged =
            merged_people(std::slice::from_ref(&original), &[edited], 4, &producer()).unwrap();
        assert_eq!(texts(&merged[0]), ["tailor=Ann", "PRODUCER=Cleo"]);
    }

    #[test]
    fn a_list_that_nothing_is_asked_of_stays_byte_for_byte() {
        let original = list_of(b"TMCL", "guitar|Ann", 4);
        let merged = merged_people(std::slice::from_ref(&original), &[], 4, &producer()).unwrap();
        assert_eq!(merged, [original]);
    }

    #[test]
    fn in_id3v2_3_the_list_has_its_older_name() {
        let edited = list_of(b"TIPL", "PRODUCER|Cleo", 4);
        let merged = merged_people(&[], &[edited], 3, &producer()).unwrap();
        assert_eq!((&merged[0].id, texts(&merged[0])), (b"IPLS", vec!["PRODUCER=Cleo".to_owned()]));
    }
}
