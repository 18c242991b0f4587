//! Maps the items of MP4 to the parts of a tag.
//!
//! The table is TagLib's (`mp4itemfactory.cpp`). Ratings are those that
//! taglib-wasm's C interface reads and writes.

use crate::tags::TagPart;

/// The namespace of free-form items that are properties.
pub(super) const ITUNES: &str = "com.apple.iTunes";

/// Names of items, and the properties that they hold. TagLib writes a property to the
/// first of its items.
const ITEMS: [(&[u8; 4], &str); 40] = [
    (b"\xA9nam", "TITLE"),
    (b"\xA9ART", "ARTIST"),
    (b"\xA9alb", "ALBUM"),
    (b"\xA9cmt", "COMMENT"),
    (b"\xA9gen", "GENRE"),
    // The number of a genre in ID3v1's list, which TagLib reads as the text of `©gen`.
    (b"gnre", "GENRE"),
    (b"\xA9day", "DATE"),
    (b"\xA9wrt", "COMPOSER"),
    (b"\xA9grp", "GROUPING"),
    (b"aART", "ALBUMARTIST"),
    (b"trkn", TRACK),
    (b"disk", DISC),
    (b"cpil", "COMPILATION"),
    (b"tmpo", "BPM"),
    (b"cprt", "COPYRIGHT"),
    (b"\xA9too", "ENCODING"),
    (b"\xA9enc", "ENCODEDBY"),
    (b"soal", "ALBUMSORT"),
    (b"soaa", "ALBUMARTISTSORT"),
    (b"soar", "ARTISTSORT"),
    (b"sonm", "TITLESORT"),
    (b"soco", "COMPOSERSORT"),
    (b"sosn", "SHOWSORT"),
    (b"shwm", "SHOWWORKMOVEMENT"),
    (b"pgap", "GAPLESSPLAYBACK"),
    (b"pcst", "PODCAST"),
    (b"catg", "PODCASTCATEGORY"),
    (b"desc", "PODCASTDESC"),
    (b"egid", "PODCASTID"),
    (b"purl", "PODCASTURL"),
    (b"tves", "TVEPISODE"),
    (b"tven", "TVEPISODEID"),
    (b"tvnn", "TVNETWORK"),
    (b"tvsn", "TVSEASON"),
    (b"tvsh", "TVSHOW"),
    (b"\xA9wrk", "WORK"),
    (b"\xA9mvn", "MOVEMENTNAME"),
    (b"\xA9mvi", "MOVEMENTNUMBER"),
    (b"\xA9mvc", "MOVEMENTCOUNT"),
    (b"ownr", "OWNER"),
];

/// Names of free-form items that hold a property with a different key.
const FREE_FORM: [(&str, &str); 10] = [
    ("MusicBrainz Track Id", "MUSICBRAINZ_TRACKID"),
    ("MusicBrainz Artist Id", "MUSICBRAINZ_ARTISTID"),
    ("MusicBrainz Album Id", "MUSICBRAINZ_ALBUMID"),
    ("MusicBrainz Album Artist Id", "MUSICBRAINZ_ALBUMARTISTID"),
    ("MusicBrainz Release Group Id", "MUSICBRAINZ_RELEASEGROUPID"),
    ("MusicBrainz Release Track Id", "MUSICBRAINZ_RELEASETRACKID"),
    ("MusicBrainz Work Id", "MUSICBRAINZ_WORKID"),
    ("MusicBrainz Album Release Country", "RELEASECOUNTRY"),
    ("MusicBrainz Album Status", "RELEASESTATUS"),
    ("MusicBrainz Album Type", "RELEASETYPE"),
];

/// The properties of `trkn` and `disk`, which hold a number and a total.
pub(super) const TRACK: &str = "TRACKNUMBER";
pub(super) const DISC: &str = "DISCNUMBER";

/// The property that is also a rating.
pub(super) const RATING: &str = "RATING";

/// Where TagLib writes a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Home {
    Item([u8; 4]),
    /// The name of a free-form item in the namespace of iTunes.
    FreeForm(String),
}

/// Returns the part that an item belongs to.
pub(super) fn tag_part(name: &[u8; 4]) -> TagPart {
    match name {
        b"covr" => TagPart::Picture,
        b"\xA9lyr" => TagPart::Lyrics,
        name => match ITEMS.iter().find(|(known, _)| *known == name) {
            Some((_, key)) => TagPart::Property((*key).to_owned()),
            None => TagPart::Other,
        },
    }
}

/// Returns the part that a free-form item belongs to.
pub(super) fn free_form_tag_part(namespace: &str, name: &str) -> TagPart {
    if namespace != ITUNES {
        return TagPart::Other;
    }
    let key = match FREE_FORM.iter().find(|(known, _)| *known == name) {
        Some((_, key)) => (*key).to_owned(),
        None => name.to_uppercase(),
    };
    match &*key {
        RATING => TagPart::Rating,
        "LYRICS" => TagPart::Lyrics,
        _ => TagPart::Property(key),
    }
}

/// Returns the key of the property that TagLib writes to the item of this name, such as `©nam` or
/// `----:com.apple.iTunes:MOOD`. The letter case of a free-form name has no meaning. Returns
/// `None` if there is no such property.
pub fn property_of(item: &str) -> Option<String> {
    let (tag_part, is_home) = match item.strip_prefix("----:") {
        Some(rest) => {
            let (namespace, name) = rest.split_once(':')?;
            let tag_part = free_form_tag_part(namespace, name);
            let is_home =
                matches!(home(&tag_part)?, Home::FreeForm(home) if home.eq_ignore_ascii_case(name));
            (tag_part, is_home)
        }
        None => {
            let name: Vec<u8> = item.chars().map(u8::try_from).collect::<Result<_, _>>().ok()?;
            let name: [u8; 4] = name.try_into().ok()?;
            let tag_part = tag_part(&name);
            let is_home = home(&tag_part)? == Home::Item(name);
            (tag_part, is_home)
        }
    };
    match tag_part {
        TagPart::Property(key) if is_home => Some(key),
        TagPart::Lyrics if is_home => Some("LYRICS".to_owned()),
        TagPart::Rating if is_home => Some(RATING.to_owned()),
        _ => None,
    }
}

/// Returns where TagLib writes a part of the tag.
pub(super) fn home(tag_part: &TagPart) -> Option<Home> {
    match tag_part {
        TagPart::Picture => Some(Home::Item(*b"covr")),
        TagPart::Lyrics => Some(Home::Item(*b"\xA9lyr")),
        TagPart::Rating => Some(Home::FreeForm(RATING.to_owned())),
        TagPart::Property(key) => Some(property_home(key)),
        _ => None,
    }
}

fn property_home(key: &str) -> Home {
    if let Some((name, _)) = ITEMS.iter().find(|(_, known)| *known == key) {
        return Home::Item(**name);
    }
    let name = FREE_FORM.iter().find(|(_, known)| *known == key).map_or(key, |(name, _)| name);
    Home::FreeForm(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_the_property_that_is_written_to_it() {
        for (item, property) in [
            ("©nam", Some("TITLE")),
            ("trkn", Some("TRACKNUMBER")),
            ("©lyr", Some("LYRICS")),
            ("----:com.apple.iTunes:RATING", Some("RATING")),
            ("----:com.apple.iTunes:MusicBrainz Track Id", Some("MUSICBRAINZ_TRACKID")),
            ("----:com.apple.iTunes:replaygain_track_gain", Some("REPLAYGAIN_TRACK_GAIN")),
            ("----:com.apple.iTunes:TITLE", None),
            ("----:org.example:MOOD", None),
            ("----:com.apple.iTunes", None),
            ("gnre", None),
            ("covr", None),
            ("rtng", None),
            ("nam", None),
            ("日nam", None),
            ("", None),
        ] {
            assert_eq!(property_of(item).as_deref(), property, "{item}");
        }
    }
}
