//! Maps Matroska's tags to the parts of a tag.
//!
//! The table is TagLib's (`matroskatag.cpp`).

use crate::tags::TagPart;

/// The levels of a track and of an album, by the Matroska tag specification.
const TRACK: u64 = 30;
const ALBUM: u64 = 50;

/// Properties, the names and levels of their tags, and whether a tag of that name without a level
/// is a different property.
const PROPERTIES: [(&str, &str, u64, bool); 32] = [
    ("TITLE", "TITLE", TRACK, false),
    ("ALBUM", "TITLE", ALBUM, true),
    ("ARTIST", "ARTIST", TRACK, false),
    ("ALBUMARTIST", "ARTIST", ALBUM, true),
    ("TRACKNUMBER", "PART_NUMBER", TRACK, false),
    ("DISCNUMBER", "PART_NUMBER", ALBUM, true),
    ("TRACKTOTAL", "TOTAL_PARTS", TRACK, false),
    ("DISCTOTAL", "TOTAL_PARTS", ALBUM, true),
    ("DATE", "DATE_RECORDED", TRACK, false),
    ("TITLESORT", "TITLESORT", TRACK, false),
    ("ALBUMSORT", "TITLESORT", ALBUM, true),
    ("ARTISTSORT", "ARTISTSORT", TRACK, false),
    ("ALBUMARTISTSORT", "ARTISTSORT", ALBUM, true),
    ("MEDIA", "ORIGINAL_MEDIA_TYPE", TRACK, false),
    ("LABEL", "LABEL_CODE", TRACK, false),
    ("CATALOGNUMBER", "CATALOG_NUMBER", TRACK, false),
    ("DJMIXER", "MIXED_BY", TRACK, false),
    ("REMIXER", "REMIXED_BY", TRACK, false),
    ("INITIALKEY", "INITIAL_KEY", TRACK, false),
    ("RELEASEDATE", "DATE_RELEASED", ALBUM, false),
    ("ENCODINGTIME", "DATE_ENCODED", TRACK, false),
    ("TAGGINGDATE", "DATE_TAGGED", TRACK, false),
    ("ENCODEDBY", "ENCODER", TRACK, false),
    ("ENCODING", "ENCODER_SETTINGS", TRACK, false),
    ("OWNER", "PURCHASE_OWNER", TRACK, false),
    ("REPLAYGAIN_TRACK_GAIN", "REPLAYGAIN_GAIN", TRACK, false),
    ("REPLAYGAIN_ALBUM_GAIN", "REPLAYGAIN_GAIN", ALBUM, true),
    ("REPLAYGAIN_TRACK_PEAK", "REPLAYGAIN_PEAK", TRACK, false),
    ("REPLAYGAIN_ALBUM_PEAK", "REPLAYGAIN_PEAK", ALBUM, true),
    ("MUSICBRAINZ_ALBUMARTISTID", "MUSICBRAINZ_ALBUMARTISTID", ALBUM, false),
    ("MUSICBRAINZ_ALBUMID", "MUSICBRAINZ_ALBUMID", ALBUM, false),
    ("MUSICBRAINZ_RELEASEGROUPID", "MUSICBRAINZ_RELEASEGROUPID", ALBUM, false),
];

/// Returns the part that a text about the whole file belongs to, by its name and level.
pub(crate) fn tag_part(name: &str, level: Option<u64>) -> TagPart {
    let found = PROPERTIES.iter().find(|(_, known, its_level, is_strict)| {
        *known == name && level.map_or(!is_strict, |level| level == *its_level)
    });
    let key = match found {
        Some((key, ..)) => (*key).to_owned(),
        None if level.is_none_or(|level| level == TRACK) => name.to_uppercase(),
        None => return TagPart::Other,
    };
    match &*key {
        "LYRICS" => TagPart::Lyrics,
        "RATING" => TagPart::Rating,
        _ => TagPart::Property(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_tells_an_album_from_a_track() {
        let property = |key: &str| TagPart::Property(key.to_owned());
        assert_eq!(tag_part("TITLE", Some(50)), property("ALBUM"));
        assert_eq!(tag_part("TITLE", Some(30)), property("TITLE"));
        assert_eq!(tag_part("TITLE", None), property("TITLE"));
        assert_eq!(tag_part("DATE_RELEASED", None), property("RELEASEDATE"));
        assert_eq!(tag_part("Mood", None), property("MOOD"));
        assert_eq!(tag_part("TITLE", Some(60)), TagPart::Other);
    }
}
