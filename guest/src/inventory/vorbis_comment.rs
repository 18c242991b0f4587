//! Adds Vorbis comments, which are in a block of FLAC or a packet of an Ogg stream.

use super::Inventory;
use crate::containers::vorbis_comment::VorbisComment;
use crate::error::Result;
use crate::limits::Budget;
use crate::restore::vorbis_comment_tag_part;
use crate::tags::TagPart;

const KIND: &str = "Vorbis comment";

/// Adds the vendor and the comments, which begin at `at`.
pub(super) fn take(
    bytes: &[u8],
    at: usize,
    inventory: &mut Inventory,
    budget: &Budget,
) -> Result<()> {
    let Some(block) = VorbisComment::parse(bytes, at) else {
        return inventory.add(KIND, "", TagPart::Other, bytes, "unreadable", budget);
    };
    let vendor = &bytes[block.vendor.clone()];
    let text = String::from_utf8_lossy(vendor);
    inventory.add(KIND, "vendor", TagPart::Other, vendor, &text, budget)?;
    let mut comments = block.comments(bytes);
    for comment in comments.by_ref() {
        let (name, value) = comment.split().unwrap_or((b"", comment.text));
        let key = String::from_utf8_lossy(name).to_uppercase();
        let tag_part = vorbis_comment_tag_part(&key);
        let text = text_of(&tag_part, value);
        let content = (name.to_ascii_uppercase(), value);
        inventory.add(KIND, key, tag_part, content, &text, budget)?;
    }
    let rest = &bytes[comments.rest()];
    if comments.left() > 0 || !rest.is_empty() {
        let content = (comments.left(), rest);
        inventory.add(KIND, "", TagPart::Other, content, "bytes behind the comments", budget)?;
    }
    Ok(())
}

/// Returns the value as it is shown to people.
fn text_of(tag_part: &TagPart, value: &[u8]) -> String {
    /// The maximum number of bytes that are decoded: four for each character that is shown.
    const SHOWN: usize = 4 * super::MAX_TEXT;
    match tag_part {
        TagPart::Picture => format!("{} bytes in Base64", value.len()),
        _ => String::from_utf8_lossy(&value[..value.len().min(SHOWN)]).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Requested;
    use std::hash::RandomState;

    fn block(vendor: &str, comments: &[&str], rest: &[u8]) -> Vec<u8> {
        let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let count = (comments.len() as u32).to_le_bytes();
        let comments: Vec<u8> = comments.iter().flat_map(|comment| text(comment)).collect();
        [&text(vendor)[..], &count, &comments, rest].concat()
    }

    fn lost(before: &[u8], after: &[u8], requested: &Requested) -> Vec<String> {
        let keys = RandomState::new();
        let [before, after] = [before, after].map(|bytes| {
            let mut inventory = Inventory::new(&keys);
            take(bytes, 0, &mut inventory, &unlinked::budget()).unwrap();
            inventory
        });
        let lost = before.lost(&after, requested).into_iter();
        lost.map(|loss| format!("{}={}", loss.key, loss.before)).collect()
    }

    #[test]
    fn every_comment_that_is_missing_is_named() {
        let before = block("v", &["Title=a", "titlé=b", "no name", "ARTIST=c", "artist=d"], &[1]);
        let after = block("w", &["TITLE=a", "ARTIST=c"], &[]);
        assert_eq!(
            lost(&before, &after, &Requested::default()),
            ["vendor=v", "TITLÉ=b", "=no name", "ARTIST=d", "=bytes behind the comments"]
        );
        assert!(lost(&before, &before, &Requested::default()).is_empty());
    }

    #[test]
    fn a_change_of_pictures_or_ratings_may_replace_theirs() {
        let before =
            block("v", &["METADATA_BLOCK_PICTURE=QUJD", "coverart=QUJD", "RATING=80"], &[]);
        let after = block("v", &[], &[]);
        assert_eq!(lost(&before, &after, &Requested::default()).len(), 3);
        let requested = Requested { pictures: true, ratings: true, ..Requested::default() };
        assert!(lost(&before, &after, &requested).is_empty());
    }

    #[test]
    fn a_block_that_cannot_be_read_must_stay_as_it_is() {
        let cut_off = &block("v", &["TITLE=a", "ARTIST=b"], &[])[..24];
        assert!(lost(cut_off, cut_off, &Requested::default()).is_empty());
        assert_eq!(lost(cut_off, b"", &Requested::default()).len(), 3);
        assert_eq!(lost(b"abc", b"abd", &Requested::default()), ["=unreadable"]);
    }
}
