//! The elements of a Matroska or WebM file (RFC 9559).

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::UTF_8;
use crate::containers::Cursor;
use crate::containers::matroska::{
    self, ATTACHED_FILE, Element, Elements, FILE_DATA, FILE_DESCRIPTION, FILE_MEDIA_TYPE,
    FILE_NAME, SIMPLE_TAG, TAG, TAG_BINARY, TAG_LANGUAGE, TAG_LANGUAGE_BCP_47, TAG_NAME,
    TAG_STRING, TARGET_TYPE_VALUE, TARGETS, TITLE, each_child, text, unsigned,
};
use crate::error::Result;
use crate::sha256;

const ELEMENT: &str = "Matroska element";

/// In `Info`.
const MUXING_APP: u32 = 0x4D80;
const WRITING_APP: u32 = 0x5741;

/// How deep tags may be nested. Deeper tags are shown as bytes.
const MAX_DEPTH: usize = 8;

/// Adds the elements of a file.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let mut elements = Elements::within(0..cursor.size());
    list.within("Matroska", |list| {
        while let Some(element) = elements.next(cursor)? {
            match element.id {
                matroska::SEGMENT => add_segment(cursor, &element, list)?,
                _ => add_whole(cursor, &element, list)?,
            }
        }
        list.add_rest(ELEMENT, elements.rest(), cursor)
    })
}

fn add_segment(cursor: &mut Cursor<'_>, segment: &Element, list: &mut List<'_>) -> Result<()> {
    let mut elements = Elements::within(segment.body.clone());
    let mut audio = 0;
    while let Some(element) = elements.next(cursor)? {
        if element.id == matroska::CLUSTER {
            audio += element.body.end - element.body.start;
            continue;
        }
        add_audio(&mut audio, list)?;
        match element.id {
            matroska::INFO => each_child(cursor, &element, |cursor, child| match child.id {
                TITLE => add_text(cursor, "Info/Title", child, list),
                MUXING_APP => add_text(cursor, "Info/MuxingApp", child, list),
                WRITING_APP => add_text(cursor, "Info/WritingApp", child, list),
                _ => add_whole(cursor, child, list),
            })?,
            matroska::TAGS => add_tags(cursor, &element, list)?,
            matroska::ATTACHMENTS => each_child(cursor, &element, |cursor, file| match file.id {
                ATTACHED_FILE => add_attachment(cursor, file, list),
                _ => add_whole(cursor, file, list),
            })?,
            _ => add_whole(cursor, &element, list)?,
        }
    }
    add_audio(&mut audio, list)?;
    list.add_rest(ELEMENT, elements.rest(), cursor)
}

/// Adds the clusters since the last element, of which there may be thousands, as one.
fn add_audio(size: &mut u64, list: &mut List<'_>) -> Result<()> {
    match std::mem::take(size) {
        0 => Ok(()),
        size => list.add(NativeElement::new(ELEMENT, "Cluster", size, NativeValue::Audio)),
    }
}

fn add_whole(cursor: &mut Cursor<'_>, element: &Element, list: &mut List<'_>) -> Result<()> {
    let size = element.body.end - element.body.start;
    match element.id {
        matroska::VOID => list.add(NativeElement::new(ELEMENT, "Void", size, NativeValue::Padding)),
        id => list.add_range(ELEMENT, name_of(id), element.body.clone(), cursor),
    }
}

fn name_of(id: u32) -> String {
    let name = match id {
        matroska::EBML => "EBML",
        matroska::SEEK_HEAD => "SeekHead",
        matroska::TRACKS => "Tracks",
        matroska::CUES => "Cues",
        matroska::CHAPTERS => "Chapters",
        matroska::CRC_32 => "CRC-32",
        0x4489 => "Info/Duration",
        0x4461 => "Info/DateUTC",
        0x73A4 => "Info/SegmentUUID",
        0x2A_D7B1 => "Info/TimestampScale",
        id => return format!("{id:X}"),
    };
    name.to_owned()
}

fn add_text(
    cursor: &mut Cursor<'_>,
    id: &str,
    element: &Element,
    list: &mut List<'_>,
) -> Result<()> {
    let size = element.body.end - element.body.start;
    let value = NativeValue::Texts(vec![text(cursor, &element.body)?]);
    let element = NativeElement::new(ELEMENT, id, size, value);
    list.add(NativeElement { encoding: Some(UTF_8), ..element })
}

fn add_attachment(cursor: &mut Cursor<'_>, file: &Element, list: &mut List<'_>) -> Result<()> {
    let (mut name, mut mime_type, mut description) = (String::new(), None, None);
    let mut sha256 = String::new();
    each_child(cursor, file, |cursor, part| {
        match part.id {
            FILE_NAME => name = text(cursor, &part.body)?,
            FILE_MEDIA_TYPE => mime_type = Some(text(cursor, &part.body)?),
            FILE_DESCRIPTION => description = Some(text(cursor, &part.body)?),
            FILE_DATA => sha256 = sha256::of_range(cursor, part.body.clone())?.unwrap_or_default(),
            _ => {}
        }
        Ok(())
    })?;
    let size = file.body.end - file.body.start;
    let value = NativeValue::Bytes { sha256 };
    let element = NativeElement::new("Matroska attachment", name, size, value);
    list.add(NativeElement { mime_type, description, ..element })
}

fn add_tags(cursor: &mut Cursor<'_>, tags: &Element, list: &mut List<'_>) -> Result<()> {
    each_child(cursor, tags, |cursor, tag| {
        if tag.id != TAG {
            return add_whole(cursor, tag, list);
        }
        let target = target_of(cursor, tag)?;
        each_child(cursor, tag, |cursor, child| match child.id {
            TARGETS => Ok(()),
            SIMPLE_TAG => add_tag(cursor, child, &target, None, 0, list),
            _ => add_whole(cursor, child, list),
        })
    })
}

/// Returns what a tag is about, such as `level 30`, or `level 50` if it does not say so.
fn target_of(cursor: &mut Cursor<'_>, tag: &Element) -> Result<String> {
    let mut level = 50;
    let mut others = 0;
    each_child(cursor, tag, |cursor, child| match child.id {
        TARGETS => each_child(cursor, child, |cursor, part| {
            match part.id {
                TARGET_TYPE_VALUE => level = unsigned(cursor, &part.body)?.unwrap_or(level),
                // The name of the level.
                matroska::TARGET_TYPE => {}
                _ => others += 1,
            }
            Ok(())
        }),
        _ => Ok(()),
    })?;
    Ok(match others {
        0 => format!("level {level}"),
        1 => format!("level {level}, 1 target"),
        others => format!("level {level}, {others} targets"),
    })
}

/// Adds a tag and the tags within it.
fn add_tag(
    cursor: &mut Cursor<'_>,
    tag: &Element,
    target: &str,
    outer: Option<&str>,
    depth: usize,
    list: &mut List<'_>,
) -> Result<()> {
    if depth == MAX_DEPTH {
        return add_whole(cursor, tag, list);
    }
    let (mut name, mut language) = (String::new(), None);
    let mut value = NativeValue::Texts(Vec::new());
    each_child(cursor, tag, |cursor, part| {
        match part.id {
            TAG_NAME => name = text(cursor, &part.body)?,
            TAG_LANGUAGE | TAG_LANGUAGE_BCP_47 => language = Some(text(cursor, &part.body)?),
            TAG_STRING => value = NativeValue::Texts(vec![text(cursor, &part.body)?]),
            TAG_BINARY => {
                let sha256 = sha256::of_range(cursor, part.body.clone())?.unwrap_or_default();
                value = NativeValue::Bytes { sha256 };
            }
            _ => {}
        }
        Ok(())
    })?;
    let id = outer.map_or(name.clone(), |outer| format!("{outer}/{name}"));
    let encoding = matches!(value, NativeValue::Texts(_)).then_some(UTF_8);
    let size = tag.body.end - tag.body.start;
    let element = NativeElement::new("Matroska tag", id.clone(), size, value);
    let description = Some(target.to_owned());
    list.add(NativeElement { language, encoding, description, ..element })?;
    each_child(cursor, tag, |cursor, part| match part.id {
        SIMPLE_TAG => add_tag(cursor, part, target, Some(&id), depth + 1, list),
        _ => Ok(()),
    })
}
