//! Which property of TagLib's a Matroska tag holds.
//!
//! The table is TagLib's (`matroskatag.cpp`).

use crate::tags::Subject;

/// The levels of a track and of an album, by the Matroska tag specification.
const TRACK: u64 = 30;
const ALBUM: u64 = 50;

/// Properties, the names and levels of their tags, and whether a tag without a level
/// is another property.
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

/// Returns what a text holds that is about the whole file, by its name and level.
pub(crate) fn subject(name: &str, level: Option<u64>) -> Subject {
    let found = PROPERTIES.iter().find(|(_, known, its_level, is_strict)| {
        *known == name && level.map_or(!is_strict, |level| level == *its_level)
    });
    let key = match found {
        Some((key, ..)) => (*key).to_owned(),
        None if level.is_none_or(|level| level == TRACK) => name.to_uppercase(),
        None => return Subject::Other,
    };
    match &*key {
        "LYRICS" => Subject::Lyrics,
        "RATING" => Subject::Rating,
        _ => Subject::Property(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_tells_an_album_from_a_track() {
        let property = |key: &str| Subject::Property(key.to_owned());
        assert_eq!(subject("TITLE", Some(50)), property("ALBUM"));
        assert_eq!(subject("TITLE", Some(30)), property("TITLE"));
        assert_eq!(subject("TITLE", None), property("TITLE"));
        assert_eq!(subject("DATE_RELEASED", None), property("RELEASEDATE"));
        assert_eq!(subject("Mood", None), property("MOOD"));
        assert_eq!(subject("TITLE", Some(60)), Subject::Other);
    }
}
