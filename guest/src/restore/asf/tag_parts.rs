//! Maps the attributes of ASF files to the parts of a tag.
//!
//! The table is TagLib's (`asftag.cpp`).

use crate::containers::asf::CONTENT_DESCRIPTION_NAMES;
use crate::tags::TagPart;

/// Attributes that hold one property each.
const PROPERTIES: [(&str, &str); 53] = [
    ("WM/AlbumTitle", "ALBUM"),
    ("WM/AlbumArtist", "ALBUMARTIST"),
    ("WM/AuthorURL", "ARTISTWEBPAGE"),
    ("WM/Composer", "COMPOSER"),
    ("WM/Writer", "LYRICIST"),
    ("WM/Conductor", "CONDUCTOR"),
    ("WM/ModifiedBy", "REMIXER"),
    ("WM/Year", "DATE"),
    ("WM/OriginalAlbumTitle", "ORIGINALALBUM"),
    ("WM/OriginalArtist", "ORIGINALARTIST"),
    ("WM/OriginalFilename", "ORIGINALFILENAME"),
    ("WM/OriginalLyricist", "ORIGINALLYRICIST"),
    ("WM/OriginalReleaseYear", "ORIGINALDATE"),
    ("WM/Producer", "PRODUCER"),
    ("WM/ContentGroupDescription", "WORK"),
    ("WM/SubTitle", "SUBTITLE"),
    ("WM/SetSubTitle", "DISCSUBTITLE"),
    ("WM/TrackNumber", "TRACKNUMBER"),
    ("WM/PartOfSet", "DISCNUMBER"),
    ("WM/Genre", "GENRE"),
    ("WM/BeatsPerMinute", "BPM"),
    ("WM/Mood", "MOOD"),
    ("WM/InitialKey", "INITIALKEY"),
    ("WM/ISRC", "ISRC"),
    ("WM/Media", "MEDIA"),
    ("WM/Publisher", "LABEL"),
    ("WM/CatalogNo", "CATALOGNUMBER"),
    ("WM/Barcode", "BARCODE"),
    ("WM/EncodedBy", "ENCODEDBY"),
    ("WM/EncodingSettings", "ENCODING"),
    ("WM/EncodingTime", "ENCODINGTIME"),
    ("WM/AudioFileURL", "FILEWEBPAGE"),
    ("WM/AlbumSortOrder", "ALBUMSORT"),
    ("WM/AlbumArtistSortOrder", "ALBUMARTISTSORT"),
    ("WM/ArtistSortOrder", "ARTISTSORT"),
    ("WM/TitleSortOrder", "TITLESORT"),
    ("WM/Script", "SCRIPT"),
    ("WM/Language", "LANGUAGE"),
    ("WM/ARTISTS", "ARTISTS"),
    ("ASIN", "ASIN"),
    ("MusicBrainz/Track Id", "MUSICBRAINZ_TRACKID"),
    ("MusicBrainz/Artist Id", "MUSICBRAINZ_ARTISTID"),
    ("MusicBrainz/Album Id", "MUSICBRAINZ_ALBUMID"),
    ("MusicBrainz/Album Artist Id", "MUSICBRAINZ_ALBUMARTISTID"),
    ("MusicBrainz/Album Release Country", "RELEASECOUNTRY"),
    ("MusicBrainz/Album Status", "RELEASESTATUS"),
    ("MusicBrainz/Album Type", "RELEASETYPE"),
    ("MusicBrainz/Release Group Id", "MUSICBRAINZ_RELEASEGROUPID"),
    ("MusicBrainz/Release Track Id", "MUSICBRAINZ_RELEASETRACKID"),
    ("MusicBrainz/Work Id", "MUSICBRAINZ_WORKID"),
    ("MusicIP/PUID", "MUSICIP_PUID"),
    ("Acoustid/Id", "ACOUSTID_ID"),
    ("Acoustid/Fingerprint", "ACOUSTID_FINGERPRINT"),
];

/// The properties that the fields of a content description hold, in order. The last field is the
/// age rating, which is no property.
pub(crate) const ASF_DESCRIPTIONS: [Option<&str>; 5] =
    [Some("TITLE"), Some("ARTIST"), Some("COPYRIGHT"), Some("COMMENT"), None];

/// Returns the property of an attribute that has the name of a field of a content description.
/// Such a field has room for one text; further ones are attributes of the same name.
pub(crate) fn described_property(name: &str) -> Option<&'static str> {
    let at = CONTENT_DESCRIPTION_NAMES.iter().position(|known| *known == name)?;
    ASF_DESCRIPTIONS[at]
}

fn property(name: &str) -> Option<&'static str> {
    PROPERTIES.iter().find(|(known, _)| *known == name).map(|(_, key)| *key)
}

/// Returns the part that an attribute belongs to.
pub(crate) fn tag_part(name: &str) -> TagPart {
    match name {
        "WM/Picture" => TagPart::Picture,
        "WM/SharedUserRating" => TagPart::Rating,
        "WM/Lyrics" => TagPart::Lyrics,
        _ => match described_property(name).or_else(|| property(name)) {
            Some(key) => TagPart::Property(key.to_owned()),
            None => TagPart::Other,
        },
    }
}
