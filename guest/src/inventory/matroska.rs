//! Adds the elements of a Matroska or WebM file (RFC 9559), except the audio and the elements
//! that have positions.

use super::Inventory;
use crate::containers::Cursor;
use crate::containers::matroska::{
    self, ATTACHED_FILE, Element, Elements, FILE_MEDIA_TYPE, FILE_NAME, SIMPLE_TAG, TAG,
    TAG_BINARY, TAG_DEFAULT, TAG_LANGUAGE, TAG_LANGUAGE_BCP_47, TAG_NAME, TAG_STRING, TARGETS,
    TITLE, each_child, text, unsigned,
};
use crate::error::Result;
use crate::restore::MatroskaTarget;
use crate::tags::TagPart;
use std::hash::{BuildHasher, Hash, Hasher};

/// The level of a tag that states none: an album.
const DEFAULT_LEVEL: u64 = 50;

/// How deep tags may be nested. Deeper tags are not distinguished.
const MAX_DEPTH: usize = 8;

/// Adds the elements of a file.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let mut elements = Elements::within(0..cursor.size());
    while let Some(element) = elements.next(cursor)? {
        match element.id {
            matroska::SEGMENT => take_segment(cursor, &element, inventory)?,
            matroska::VOID | matroska::CRC_32 => {}
            _ => take_whole(cursor, &element, TagPart::Other, inventory)?,
        }
    }
    super::take_rest(cursor, "Matroska rest", "file", elements.rest(), inventory)
}

fn take_segment(
    cursor: &mut Cursor<'_>,
    segment: &Element,
    inventory: &mut Inventory,
) -> Result<()> {
    let size = if segment.has_unknown_size { "unknown" } else { "known" };
    let budget = cursor.budget();
    inventory.add("Matroska segment", "size", TagPart::Other, size, size, budget)?;
    let has_tracks = has_tracks(cursor, segment)?;
    let mut elements = Elements::within(segment.body.clone());
    while let Some(element) = elements.next(cursor)? {
        match element.id {
            // Clusters contain the audio; the others depend on positions in the file.
            matroska::CLUSTER
            | matroska::CUES
            | matroska::SEEK_HEAD
            | matroska::VOID
            | matroska::CRC_32 => {}
            matroska::INFO => take_info(cursor, &element, inventory)?,
            matroska::TAGS => take_tags(cursor, &element, has_tracks, inventory)?,
            matroska::ATTACHMENTS => take_attachments(cursor, &element, inventory)?,
            matroska::CHAPTERS => take_children(cursor, &element, TagPart::Chapter, inventory)?,
            _ => take_whole(cursor, &element, TagPart::Other, inventory)?,
        }
    }
    super::take_rest(cursor, "Matroska rest", "segment", elements.rest(), inventory)
}

/// Adds each element in another one as a whole.
fn take_children(
    cursor: &mut Cursor<'_>,
    parent: &Element,
    tag_part: TagPart,
    inventory: &mut Inventory,
) -> Result<()> {
    each_child(cursor, parent, |cursor, child| {
        take_whole(cursor, child, tag_part.clone(), inventory)
    })
}

fn take_info(cursor: &mut Cursor<'_>, info: &Element, inventory: &mut Inventory) -> Result<()> {
    each_child(cursor, info, |cursor, child| {
        let tag_part = match child.id {
            // TagLib uses it as the title if no tag has one.
            TITLE => TagPart::Property("TITLE".to_owned()),
            _ => TagPart::Other,
        };
        take_whole(cursor, child, tag_part, inventory)
    })
}

fn take_attachments(
    cursor: &mut Cursor<'_>,
    attachments: &Element,
    inventory: &mut Inventory,
) -> Result<()> {
    each_child(cursor, attachments, |cursor, file| {
        if file.id == ATTACHED_FILE {
            take_attachment(cursor, file, inventory)
        } else {
            take_whole(cursor, file, TagPart::Other, inventory)
        }
    })
}

/// Adds an attachment with its name, media type, description, identifier and content. Their order
/// does not matter.
fn take_attachment(
    cursor: &mut Cursor<'_>,
    file: &Element,
    inventory: &mut Inventory,
) -> Result<()> {
    let (mut name, mut media_type) = (String::new(), String::new());
    let mut parts = Vec::new();
    each_child(cursor, file, |cursor, part| {
        match part.id {
            FILE_NAME => name = text(cursor, &part.body)?,
            FILE_MEDIA_TYPE => media_type = text(cursor, &part.body)?,
            _ => {}
        }
        if let Some(hash) = cursor.hash(part.body.clone(), inventory.keys())? {
            cursor.budget().push(&mut parts, (part.id, hash))?;
        }
        Ok(())
    })?;
    parts.sort_unstable();
    let tag_part = if media_type.starts_with("image/") { TagPart::Picture } else { TagPart::Other };
    let text = format!("{media_type}, {} bytes", file.body.end - file.body.start);
    inventory.add("Matroska attachment", name, tag_part, parts, &text, cursor.budget())
}

/// What a tag is about, and whether a tag of the file has the level of a track.
type About = (MatroskaTarget, bool);

fn take_tags(
    cursor: &mut Cursor<'_>,
    tags: &Element,
    has_tracks: bool,
    inventory: &mut Inventory,
) -> Result<()> {
    each_child(cursor, tags, |cursor, tag| {
        if tag.id != TAG {
            return take_whole(cursor, tag, TagPart::Other, inventory);
        }
        let target = (target_of(cursor, tag)?, has_tracks);
        each_child(cursor, tag, |cursor, child| match child.id {
            TARGETS => Ok(()),
            SIMPLE_TAG => take_tag(cursor, child, &target, None, 0, inventory),
            _ => take_whole(cursor, child, TagPart::Other, inventory),
        })
    })
}

fn target_of(cursor: &mut Cursor<'_>, tag: &Element) -> Result<MatroskaTarget> {
    let mut target = MatroskaTarget::default();
    each_child(cursor, tag, |cursor, child| match child.id {
        TARGETS => target.read(cursor, child),
        _ => Ok(()),
    })?;
    Ok(target)
}

/// Returns whether a tag of the segment has the level of a track.
fn has_tracks(cursor: &mut Cursor<'_>, segment: &Element) -> Result<bool> {
    let mut has_tracks = false;
    each_child(cursor, segment, |cursor, tags| match tags.id {
        matroska::TAGS => each_child(cursor, tags, |cursor, tag| {
            if tag.id == TAG {
                has_tracks |= target_of(cursor, tag)?.is_track();
            }
            Ok(())
        }),
        _ => Ok(()),
    })?;
    Ok(has_tracks)
}

/// The tags that contain a tag: their names, and the part that the outermost one holds. A nested
/// tag describes the outer tag, and is removed together with it.
type Outer<'a> = Option<(&'a str, &'a TagPart)>;

/// Adds a tag and the tags within it.
fn take_tag(
    cursor: &mut Cursor<'_>,
    tag: &Element,
    about: &About,
    outer: Outer<'_>,
    depth: usize,
    inventory: &mut Inventory,
) -> Result<()> {
    if depth == MAX_DEPTH {
        return take_whole(cursor, tag, TagPart::Other, inventory);
    }
    let (target, has_tracks) = about;
    let mut name = String::new();
    let mut shown = String::new();
    let mut is_text = false;
    let mut is_default = true;
    let mut content = inventory.keys().build_hasher();
    (target.level.unwrap_or(DEFAULT_LEVEL), &target.others).hash(&mut content);
    let mut parts = Vec::new();
    each_child(cursor, tag, |cursor, part| {
        let value = match part.id {
            SIMPLE_TAG => return Ok(()),
            TAG_NAME => {
                name = text(cursor, &part.body)?;
                return Ok(());
            }
            TAG_DEFAULT => {
                is_default = unsigned(cursor, &part.body)? != Some(0);
                return Ok(());
            }
            TAG_STRING | TAG_LANGUAGE | TAG_LANGUAGE_BCP_47 => text(cursor, &part.body)?,
            TAG_BINARY => {
                let Some(hash) = cursor.hash(part.body.clone(), inventory.keys())? else {
                    return Ok(());
                };
                shown = format!("{} bytes", part.body.end - part.body.start);
                hash.to_string()
            }
            _ => return take_whole(cursor, part, TagPart::Other, inventory),
        };
        if part.id == TAG_STRING {
            is_text = true;
            shown.clone_from(&value);
        }
        // A missing language means "und".
        if part.id == TAG_LANGUAGE && matches!(&*value, "und" | "") {
            return Ok(());
        }
        cursor.budget().push(&mut parts, (part.id, value))
    })?;
    parts.sort_unstable();
    (is_default, parts).hash(&mut content);
    let (path, tag_part) = match outer {
        Some((path, tag_part)) => (format!("{path}/{name}"), tag_part.clone()),
        None if is_text => {
            let tag_part = target.tag_part(&name, *has_tracks);
            (name, tag_part)
        }
        None => (name, TagPart::Other),
    };
    let hash = content.finish();
    let budget = cursor.budget();
    inventory.add_hashed("Matroska tag", path.clone(), tag_part.clone(), hash, &shown, budget)?;
    each_child(cursor, tag, |cursor, part| match part.id {
        SIMPLE_TAG => take_tag(cursor, part, about, Some((&path, &tag_part)), depth + 1, inventory),
        _ => Ok(()),
    })
}

fn take_whole(
    cursor: &mut Cursor<'_>,
    element: &Element,
    tag_part: TagPart,
    inventory: &mut Inventory,
) -> Result<()> {
    let key = format!("{:X}", element.id);
    let text = format!("{} bytes", element.body.end - element.body.start);
    let Some(hash) = cursor.hash(element.body.clone(), inventory.keys())? else { return Ok(()) };
    inventory.add_hashed("Matroska element", key, tag_part, hash, &text, cursor.budget())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixture, keys_of, lost};

    fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
        assert!(body.len() < 127, "the size has one byte");
        [id, &[0x80 | body.len() as u8], body].concat()
    }

    fn file(size: &[u8], tag: &[u8]) -> Vec<u8> {
        let tags = element(b"\x12\x54\xC3\x67", &element(b"\x73\x73", tag));
        [&element(b"\x1A\x45\xDF\xA3", b"header"), &b"\x18\x53\x80\x67"[..], size, &tags].concat()
    }

    fn tag(name: &str, value: &str, language: &[u8]) -> Vec<u8> {
        let parts = [element(b"\x45\xA3", name.as_bytes()), element(b"\x44\x87", value.as_bytes())];
        element(b"\x67\xC8", &[&parts.concat(), language].concat())
    }

    #[test]
    fn every_tag_of_a_file_is_listed() {
        for name in ["tagged.mka", "tagged.webm"] {
            let bytes = fixture(name);
            let keys = keys_of(&bytes);
            assert!(keys.iter().any(|key| key == "Matroska tag ARTIST"), "{name}: {keys:?}");
            assert!(lost(&bytes, &bytes).is_empty());
        }
    }

    #[test]
    fn a_level_and_a_language_that_are_lost_are_seen() {
        let album = element(b"\x63\xC0", &element(b"\x68\xCA", &[60]));
        let german = tag("MOOD", "froh", &element(b"\x44\x7A", b"ger"));
        let before = file(&[0xFF], &[&album[..], &german].concat());
        assert!(lost(&before, &before).is_empty());
        let no_level = file(&[0xFF], &german);
        let no_language = file(&[0xFF], &[&album[..], &tag("MOOD", "froh", b"")].concat());
        for after in [no_level, no_language] {
            assert_eq!(lost(&before, &after), ["Matroska tag MOOD"]);
        }
    }

    #[test]
    fn what_is_the_default_may_be_left_out() {
        let album = element(b"\x63\xC0", &element(b"\x68\xCA", &[50]));
        let undetermined = tag("MOOD", "glad", &element(b"\x44\x7A", b"und"));
        let before = file(&[0xFF], &[&album[..], &undetermined].concat());
        assert!(lost(&before, &file(&[0xFF], &tag("MOOD", "glad", b""))).is_empty());
    }

    #[test]
    fn an_unknown_size_that_becomes_known_is_seen() {
        let tags = tag("MOOD", "glad", b"");
        let before = file(&[0xFF], &tags);
        let size = before.len() - element(b"\x1A\x45\xDF\xA3", b"header").len() - 5;
        let after = file(&[0x80 | size as u8], &tags);
        assert_eq!(lost(&before, &after), ["Matroska segment size"]);
    }
}
