//! Maps ID3v2 frames to the parts of a tag.
//!
//! The tables are TagLib's (`id3v2frame.cpp`, `textidentificationframe.cpp`).

use super::frame::Frame;
use crate::containers::id3v2_text::{self, Encoding};
use crate::tags::TagPart;

/// Frames that hold one property each.
const PROPERTIES: [(&[u8; 4], &str); 67] = [
    (b"TALB", "ALBUM"),
    (b"TBPM", "BPM"),
    (b"TCOM", "COMPOSER"),
    (b"TCON", "GENRE"),
    (b"TCOP", "COPYRIGHT"),
    (b"TDEN", "ENCODINGTIME"),
    (b"TDLY", "PLAYLISTDELAY"),
    (b"TDOR", "ORIGINALDATE"),
    (b"TDRC", "DATE"),
    (b"TDRL", "RELEASEDATE"),
    (b"TDTG", "TAGGINGDATE"),
    (b"TENC", "ENCODEDBY"),
    (b"TEXT", "LYRICIST"),
    (b"TFLT", "FILETYPE"),
    (b"TIT1", "WORK"),
    (b"TIT2", "TITLE"),
    (b"TIT3", "SUBTITLE"),
    (b"TKEY", "INITIALKEY"),
    (b"TLAN", "LANGUAGE"),
    (b"TLEN", "LENGTH"),
    (b"TMED", "MEDIA"),
    (b"TMOO", "MOOD"),
    (b"TOAL", "ORIGINALALBUM"),
    (b"TOFN", "ORIGINALFILENAME"),
    (b"TOLY", "ORIGINALLYRICIST"),
    (b"TOPE", "ORIGINALARTIST"),
    (b"TOWN", "OWNER"),
    (b"TPE1", "ARTIST"),
    (b"TPE2", "ALBUMARTIST"),
    (b"TPE3", "CONDUCTOR"),
    (b"TPE4", "REMIXER"),
    (b"TPOS", "DISCNUMBER"),
    (b"TPRO", "PRODUCEDNOTICE"),
    (b"TPUB", "LABEL"),
    (b"TRCK", "TRACKNUMBER"),
    (b"TRSN", "RADIOSTATION"),
    (b"TRSO", "RADIOSTATIONOWNER"),
    (b"TSOA", "ALBUMSORT"),
    (b"TSOC", "COMPOSERSORT"),
    (b"TSOP", "ARTISTSORT"),
    (b"TSOT", "TITLESORT"),
    (b"TSO2", "ALBUMARTISTSORT"),
    (b"TSRC", "ISRC"),
    (b"TSSE", "ENCODING"),
    (b"TSST", "DISCSUBTITLE"),
    (b"WCOP", "COPYRIGHTURL"),
    (b"WOAF", "FILEWEBPAGE"),
    (b"WOAR", "ARTISTWEBPAGE"),
    (b"WOAS", "AUDIOSOURCEWEBPAGE"),
    (b"WORS", "RADIOSTATIONWEBPAGE"),
    (b"WPAY", "PAYMENTWEBPAGE"),
    (b"WPUB", "PUBLISHERWEBPAGE"),
    (b"PCST", "PODCAST"),
    (b"TCAT", "PODCASTCATEGORY"),
    (b"TDES", "PODCASTDESC"),
    (b"TGID", "PODCASTID"),
    (b"WFED", "PODCASTURL"),
    (b"MVNM", "MOVEMENTNAME"),
    (b"MVIN", "MOVEMENTNUMBER"),
    (b"GRP1", "GROUPING"),
    (b"TCMP", "COMPILATION"),
    // Frames of ID3v2.3, which TagLib reads as frames of ID3v2.4.
    (b"TRDA", "DATE"),
    (b"TDAT", "DATE"),
    (b"TYER", "DATE"),
    (b"TIME", "DATE"),
    (b"TORY", "ORIGINALDATE"),
    (b"XDOR", "ORIGINALDATE"),
];

/// Descriptions of `TXXX` frames, in upper case, whose property has a different key.
const USER_TEXTS: [(&str, &str); 12] = [
    ("MUSICBRAINZ ALBUM ID", "MUSICBRAINZ_ALBUMID"),
    ("MUSICBRAINZ ARTIST ID", "MUSICBRAINZ_ARTISTID"),
    ("MUSICBRAINZ ALBUM ARTIST ID", "MUSICBRAINZ_ALBUMARTISTID"),
    ("MUSICBRAINZ ALBUM RELEASE COUNTRY", "RELEASECOUNTRY"),
    ("MUSICBRAINZ ALBUM STATUS", "RELEASESTATUS"),
    ("MUSICBRAINZ ALBUM TYPE", "RELEASETYPE"),
    ("MUSICBRAINZ RELEASE GROUP ID", "MUSICBRAINZ_RELEASEGROUPID"),
    ("MUSICBRAINZ RELEASE TRACK ID", "MUSICBRAINZ_RELEASETRACKID"),
    ("MUSICBRAINZ WORK ID", "MUSICBRAINZ_WORKID"),
    ("ACOUSTID ID", "ACOUSTID_ID"),
    ("ACOUSTID FINGERPRINT", "ACOUSTID_FINGERPRINT"),
    ("MUSICIP PUID", "MUSICIP_PUID"),
];

/// Roles in `TIPL` (ID3v2.3: `IPLS`) that are properties.
const ROLES: [(&str, &str); 5] = [
    ("ARRANGER", "ARRANGER"),
    ("ENGINEER", "ENGINEER"),
    ("PRODUCER", "PRODUCER"),
    ("DJ-MIX", "DJMIXER"),
    ("MIX", "MIXER"),
];

/// The owner of the `UFID` frame that holds MusicBrainz' track identifier.
const MUSICBRAINZ: &[u8] = b"http://musicbrainz.org\0";

/// Returns the part that a frame belongs to. Lists of people hold several properties; see
/// [`person_tag_part`].
pub(crate) fn tag_part(frame: &Frame) -> TagPart {
    let Some(body) = frame.plain_body() else { return TagPart::Other };
    match &frame.id {
        b"APIC" => TagPart::Picture,
        b"POPM" => TagPart::Rating,
        b"USLT" => TagPart::Lyrics,
        b"CHAP" | b"CTOC" => TagPart::Chapter,
        b"COMM" => prefixed("COMMENT", described(body, 4)),
        b"WXXX" => prefixed("URL", described(body, 1)),
        b"TXXX" => TagPart::Property(user_text(described(body, 1))),
        b"UFID" if body.starts_with(MUSICBRAINZ) => {
            TagPart::Property("MUSICBRAINZ_TRACKID".to_owned())
        }
        id => match PROPERTIES.iter().find(|(known, _)| *known == id) {
            Some((_, key)) => TagPart::Property((*key).to_owned()),
            None => TagPart::Other,
        },
    }
}

/// Returns whether a frame is a list of people with their roles or instruments.
pub(super) fn is_people_list(frame: &Frame) -> bool {
    matches!(&frame.id, b"TIPL" | b"TMCL" | b"IPLS")
}

/// Returns the part that an entry of a list of people belongs to.
pub(super) fn person_tag_part(frame: &Frame, role: &str) -> TagPart {
    let role = role.to_uppercase();
    if &frame.id == b"TMCL" {
        return TagPart::Property(format!("PERFORMER:{role}"));
    }
    match ROLES.iter().find(|(known, _)| *known == role) {
        Some((_, key)) => TagPart::Property((*key).to_owned()),
        None => TagPart::Other,
    }
}

/// Returns the description after `skip` bytes (the encoding, and perhaps a language), in upper
/// case.
fn described(body: &[u8], skip: usize) -> String {
    let encoding = body.first().copied().and_then(Encoding::of);
    match (encoding, body.get(skip..)) {
        (Some(encoding), Some(rest)) => {
            id3v2_text::decode(encoding, id3v2_text::terminated(encoding, rest).0).to_uppercase()
        }
        _ => String::new(),
    }
}

fn prefixed(key: &str, description: String) -> TagPart {
    if description.is_empty() || description == key {
        TagPart::Property(key.to_owned())
    } else {
        TagPart::Property(format!("{key}:{description}"))
    }
}

fn user_text(description: String) -> String {
    match USER_TEXTS.iter().find(|(known, _)| *known == description) {
        Some((_, key)) => (*key).to_owned(),
        None => description,
    }
}
