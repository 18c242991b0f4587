//! Merges two lists of Vorbis comments.

use super::merge::{self, Value};
use super::numbers::{completed, is_number};
use super::pictures::{Originals, Picture};
use crate::containers::vorbis_comment::VorbisComment;
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use base64_simd::{Out, STANDARD};
use std::borrow::Cow;

/// Returns the part that a comment belongs to, by its name in upper case.
///
/// TagLib has no model for chapters in Vorbis comments, so they are properties, as are lyrics
/// under a name other than `LYRICS`.
pub(crate) fn tag_part(name: &str) -> TagPart {
    match name {
        "" => TagPart::Other,
        "METADATA_BLOCK_PICTURE" | "COVERART" => TagPart::Picture,
        "LYRICS" => TagPart::Lyrics,
        "RATING" => TagPart::Rating,
        _ if name.starts_with("RATING:") => TagPart::Rating,
        _ => TagPart::Property(name.to_owned()),
    }
}

/// A comment: `NAME=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Comment<'a> {
    tag_part: TagPart,
    text: Cow<'a, [u8]>,
}

impl Value for Comment<'_> {
    fn tag_part(&self) -> &TagPart {
        &self.tag_part
    }

    fn is_same(&self, other: &Self) -> bool {
        let [(name, value), (other_name, other_value)] =
            [self, other].map(|comment| split(&comment.text));
        value == other_value && name.eq_ignore_ascii_case(other_name)
    }
}

/// Returns the name and the value. A comment without `=` has no name.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b'=') {
        Some(equals) => (&text[..equals], &text[equals + 1..]),
        None => (b"", text),
    }
}

/// A block of FLAC, or the packet of an Ogg stream.
struct Comments<'a> {
    /// Everything before the number of comments.
    head: &'a [u8],
    list: Vec<Comment<'a>>,
    /// The framing bit of Vorbis, or whatever else follows.
    rest: &'a [u8],
}

impl<'a> Comments<'a> {
    /// Reads the vendor and the comments at `at`. Returns `None` if they are malformed.
    fn read(bytes: &'a [u8], at: usize, budget: &Budget) -> Result<Option<Self>> {
        let Some(block) = VorbisComment::parse(bytes, at) else { return Ok(None) };
        let mut comments = block.comments(bytes);
        let mut list = Vec::new();
        for comment in comments.by_ref() {
            let (name, _) = split(comment.text);
            let tag_part = tag_part(&String::from_utf8_lossy(name).to_uppercase());
            budget.charge(name.len())?;
            budget.push(&mut list, Comment { tag_part, text: comment.text.into() })?;
        }
        let is_whole = comments.left() == 0;
        let (head, rest) = (&bytes[..block.vendor.end], &bytes[comments.rest()]);
        Ok(is_whole.then_some(Self { head, list, rest }))
    }

    fn render(&self, budget: &Budget) -> Result<Option<Vec<u8>>> {
        /// The length of a number, in bytes.
        const NUMBER: usize = 4;
        let Ok(count) = u32::try_from(self.list.len()) else { return Ok(None) };
        let length: usize = self.list.iter().map(|comment| NUMBER + comment.text.len()).sum();
        let mut bytes = Vec::new();
        budget.reserve(&mut bytes, self.head.len() + NUMBER + length + self.rest.len())?;
        bytes.extend(self.head);
        bytes.extend(count.to_le_bytes());
        for comment in &self.list {
            let Ok(length) = u32::try_from(comment.text.len()) else { return Ok(None) };
            bytes.extend(length.to_le_bytes());
            bytes.extend(&comment.text[..]);
        }
        bytes.extend(self.rest);
        Ok(Some(bytes))
    }
}

/// Returns the original block or packet with the parts that `requested` names taken from the
/// edited one. The vendor is at `at` in both. Returns `None` if one of them is malformed.
pub(super) fn merged(
    original: &[u8],
    edited: &[u8],
    at: usize,
    requested: &Requested,
    budget: &Budget,
) -> Result<Option<Vec<u8>>> {
    let Some(mut original) = Comments::read(original, at, budget)? else { return Ok(None) };
    let Some(edited) = Comments::read(edited, at, budget)? else { return Ok(None) };
    let mut edited = as_asked(edited.list, &original.list, requested, budget)?;
    if requested.pictures {
        keep_pictures(&mut edited, &original.list, budget)?;
    }
    original.list = merge::merged(original.list, edited, requested, budget)?;
    original.render(budget)
}

/// Replaces the pictures that an edit has kept by their originals.
fn keep_pictures<'a>(
    edited: &mut [Comment<'a>],
    original: &[Comment<'a>],
    budget: &Budget,
) -> Result<()> {
    let mut originals = Originals::new();
    for comment in original {
        with_picture(comment, budget, |picture| originals.add(picture, comment, budget))?;
    }
    for comment in edited {
        let mut kept = None;
        with_picture(comment, budget, |picture| {
            kept = originals.take(picture);
            Ok(())
        })?;
        if let Some(original) = kept {
            comment.text = original.text.clone();
        }
    }
    Ok(())
}

/// Calls `act` with the picture of a comment, if it has one.
fn with_picture(
    comment: &Comment<'_>,
    budget: &Budget,
    act: impl FnOnce(Picture<'_>) -> Result<()>,
) -> Result<()> {
    let (name, encoded) = split(&comment.text);
    if !name.eq_ignore_ascii_case(b"METADATA_BLOCK_PICTURE") {
        return Ok(());
    }
    let mut block = Vec::new();
    budget.reserve(&mut block, encoded.len())?;
    block.resize(encoded.len(), 0);
    let decoded = STANDARD.decode(encoded, Out::from_slice(&mut block)).ok();
    let acted = decoded.and_then(|block| Picture::of_block(block)).map_or(Ok(()), act);
    budget.release(encoded.len());
    acted
}

/// Returns the edited comments. If TagLib has written a number or nothing instead of the
/// requested text, the text is put in: TagLib's C interface drops names in lower case.
fn as_asked<'a>(
    mut edited: Vec<Comment<'a>>,
    original: &[Comment<'a>],
    requested: &Requested,
    budget: &Budget,
) -> Result<Vec<Comment<'a>>> {
    for (name, values) in &requested.properties {
        let tag_part = tag_part(name);
        let mut stored = original.iter().filter(|comment| comment.tag_part == tag_part);
        let text = match (stored.next(), stored.next()) {
            (Some(only), None) => {
                completed(name, &String::from_utf8_lossy(split(&only.text).1), requested)
            }
            _ => None,
        };
        let is_written = edited.iter().any(|comment| comment.tag_part == tag_part);
        if !is_valid(name) || is_written && !is_number(name) && text.is_none() {
            continue;
        }
        edited.retain(|comment| comment.tag_part != tag_part);
        let values = text.as_ref().map_or(&values[..], std::slice::from_ref);
        for value in values.iter().filter(|value| !value.is_empty()) {
            let text = format!("{name}={value}").into_bytes();
            budget.charge(text.len())?;
            budget.push(&mut edited, Comment { tag_part: tag_part.clone(), text: text.into() })?;
        }
    }
    Ok(edited)
}

/// Returns whether Vorbis I, section 5.2.2 allows a name.
fn is_valid(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, 0x20..=0x7D) && byte != b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn block(vendor: &str, comments: &[&str], rest: &[u8]) -> Vec<u8> {
        let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let count = (comments.len() as u32).to_le_bytes();
        let comments: Vec<u8> = comments.iter().flat_map(|comment| text(comment)).collect();
        [b"magic", &text(vendor)[..], &count, &comments, rest].concat()
    }

    fn asking(properties: &[(&str, &[&str])]) -> Requested {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let properties =
            properties.iter().map(|(key, values)| ((*key).to_owned(), owned(values))).collect();
        Requested { properties, ..Requested::default() }
    }

    fn merge(original: &[&str], edited: &[&str], requested: &Requested) -> Vec<String> {
        let [original, edited] = [block("old", original, &[1]), block("new", edited, &[])];
        let budget = unlinked::budget();
        let merged = merged(&original, &edited, 5, requested, &budget).unwrap().unwrap();
        let comments = Comments::read(&merged, 5, &budget).unwrap().unwrap();
        assert_eq!((comments.head, comments.rest), (&b"magic\x03\0\0\0old"[..], &[1][..]));
        let texts = comments.list.iter();
        texts.map(|it| String::from_utf8(it.text.to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_change_of_the_title_touches_nothing_else() {
        let original = [
            "Artist=a",
            "TITLE=old",
            "no name",
            "RATING=80",
            "titlé=b",
            "title=second",
            "METADATA_BLOCK_PICTURE=QUJD",
            "TRACKNUMBER=02/10",
        ];
        let edited = ["ARTIST=a", "RATING=0.8", "TITLE=new", "TRACKNUMBER=2"];
        let mut expected = original.to_vec();
        expected[1] = "TITLE=new";
        expected.remove(5);
        assert_eq!(merge(&original, &edited, &asking(&[("TITLE", &["new"])])), expected);
        assert_eq!(merge(&original, &edited, &Requested::default()), original);
    }

    #[test]
    fn several_values_take_the_place_of_the_first() {
        let asked = asking(&[("ARTIST", &["x", "y"]), ("MOOD", &["m"])]);
        let edited = ["ARTIST=x", "ARTIST=y", "MOOD=m", "TITLE=t"];
        let merged = merge(&["artist=a", "TITLE=t", "ARTIST=b"], &edited, &asked);
        assert_eq!(merged, ["ARTIST=x", "ARTIST=y", "TITLE=t", "MOOD=m"]);
    }

    #[test]
    fn a_value_that_is_given_again_stays_as_it_is_written() {
        let asked = asking(&[("ARTIST", &["a", "b"]), ("TITLE", &["t"])]);
        let original = ["Artist=a", "Title=t", "x=y", "ARTIST=b"];
        assert_eq!(merge(&original, &["ARTIST=a", "ARTIST=b", "TITLE=t"], &asked), original);
    }

    #[test]
    fn a_property_without_values_is_removed() {
        let merged = merge(&["TITLE=t", "ARTIST=a"], &["ARTIST=a"], &asking(&[("TITLE", &[])]));
        assert_eq!(merged, ["ARTIST=a"]);
    }

    #[test]
    fn numbers_are_written_as_they_were_asked_for() {
        for (asked, edited) in [("02/10", "TRACKNUMBER=2"), ("03", "TRACKNUMBER=3"), ("A5", "X=")] {
            let merged =
                merge(&["tracknumber=1"], &[edited], &asking(&[("TRACKNUMBER", &[asked])]));
            assert_eq!(merged, [format!("TRACKNUMBER={asked}")]);
        }
    }

    #[test]
    fn a_number_that_is_given_back_as_it_was_read_changes_nothing() {
        let original = ["Tracknumber=03/12", "BPM=120.50"];
        let asked = asking(&[("TRACKNUMBER", &["3"]), ("BPM", &["120"])]);
        assert_eq!(merge(&original, &["TRACKNUMBER=3", "BPM=120"], &asked), original);
        let merged = merge(&original, &["TRACKNUMBER=9"], &asking(&[("TRACKNUMBER", &["9"])]));
        assert_eq!(merged, ["TRACKNUMBER=9/12", "BPM=120.50"]);
    }

    #[test]
    fn what_taglib_has_dropped_is_written_nevertheless() {
        let asked = asking(&[("MY KEY", &["1", "", "2"]), ("A=B", &["c"]), ("É", &["c"])]);
        assert_eq!(merge(&[], &[], &asked), ["MY KEY=1", "MY KEY=2"]);
    }

    #[test]
    fn clearing_removes_all_but_what_no_edit_can_name() {
        let requested = Requested {
            all_properties: true,
            pictures: true,
            ratings: true,
            lyrics: true,
            ..Requested::default()
        };
        let original = ["TITLE=t", "LYRICS=l", "RATING=5", "COVERART=x", "titlé=b", "no name"];
        assert_eq!(merge(&original, &[], &requested), ["no name"]);
    }

    #[test]
    fn malformed_comments_are_left_alone() {
        let (whole, budget) = (block("v", &["TITLE=t"], &[]), unlinked::budget());
        for length in 5..whole.len() {
            for [original, edited] in [[&whole[..length], &whole], [&whole, &whole[..length]]] {
                let merged = merged(original, edited, 5, &Requested::default(), &budget);
                assert_eq!(merged.unwrap(), None, "{length} bytes");
            }
        }
    }
}
