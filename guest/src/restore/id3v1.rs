//! Updates an ID3v1 tag with the requested changes, and changes nothing else.

use super::copy::EditedCopy;
use crate::containers::{Cursor, id3v1};
use crate::error::Result;
use crate::tags::Requested;

/// The properties that the fields of a tag hold, in the order of
/// [`id3v1::FIELDS`].
const PROPERTIES: [&str; 6] = ["TITLE", "ARTIST", "ALBUM", "DATE", "COMMENT", "GENRE"];

/// The last two bytes of the comment: a zero and the number of the track (ID3v1.1).
const TRACK: std::ops::Range<usize> = 125..127;

/// Restores the tag at the end of the file. TagLib adds a tag to a file that has none, and
/// overwrites fields that were not requested.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let size = original.size();
    let before = match id3v1::ending_at(original, size)? {
        Some(range) => original.bytes(range)?,
        None => None,
    };
    let size = copy.size();
    let place = copy.read(|cursor| id3v1::ending_at(cursor, size))?;
    match (before, place) {
        (None, Some(place)) => copy.replace(place, &[]),
        (Some(before), Some(place)) => {
            let Some(after) = copy.read(|cursor| cursor.bytes(place.clone()))? else {
                return Ok(());
            };
            copy.replace(place, &merged(&before, &after, requested))
        }
        (Some(before), None) if !requested.all_properties => copy.replace(size..size, &before),
        _ => Ok(()),
    }
}

fn merged(before: &[u8], after: &[u8], requested: &Requested) -> Vec<u8> {
    let mut merged = before.to_vec();
    for (key, (_, range)) in PROPERTIES.iter().zip(id3v1::FIELDS) {
        if requested.all_properties || requested.values_of(key).is_some() {
            merged[range.clone()].copy_from_slice(&after[range]);
        }
    }
    let is_track = requested.all_properties || requested.values_of("TRACKNUMBER").is_some();
    let number = if is_track { after } else { before };
    // A long comment leaves no room for a number.
    if number[TRACK.start] == 0 && (number[TRACK.start + 1] != 0 || is_track) {
        merged[TRACK].copy_from_slice(&number[TRACK]);
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(title: &[u8], comment: &[u8], track: u8, genre: u8) -> Vec<u8> {
        let mut tag = vec![0; 128];
        tag[..3].copy_from_slice(b"TAG");
        tag[3..3 + title.len()].copy_from_slice(title);
        tag[97..97 + comment.len()].copy_from_slice(comment);
        tag[126] = track;
        tag[127] = genre;
        tag
    }

    fn requested(keys: &[&str]) -> Requested {
        let properties = keys.iter().map(|key| ((*key).to_owned(), Vec::new())).collect();
        Requested { properties, ..Requested::default() }
    }

    #[test]
    fn only_the_fields_that_were_asked_for_change() {
        let (before, after) = (tag(b"old", b"mine", 3, 17), tag(b"new", b"", 0, 255));
        assert_eq!(merged(&before, &after, &requested(&["TITLE"])), tag(b"new", b"mine", 3, 17));
        assert_eq!(merged(&before, &after, &requested(&["COMMENT"])), tag(b"old", b"", 3, 17));
        assert_eq!(
            merged(&before, &after, &requested(&["TRACKNUMBER"])),
            tag(b"old", b"mine", 0, 17)
        );
    }
}
