//! Corrects the answer of a Matroska or WebM file (RFC 9559).
//!
//! - mkvmerge leaves out the level of an album, which is the default. TagLib takes such texts for
//!   those of a track.
//! - FFmpeg stores the title in `Info`. TagLib's C interface returns only titles among the tags.
//! - The file name of an attachment shows whether it is a cover. TagLib ignores it.
//! - TagLib's C interface returns no chapters.

use crate::containers::Cursor;
use crate::containers::matroska::{
    ATTACHED_FILE, ATTACHMENTS, CHAPTERS, Element, Elements, FILE_DATA, FILE_MEDIA_TYPE, FILE_NAME,
    INFO, SEEK_HEAD, SEGMENT, SIMPLE_TAG, Seek, TAG, TAG_NAME, TAG_STRING, TAGS, TARGETS, TITLE,
    each_child, text,
};
use crate::containers::matroska_chapters::Edition;
use crate::error::Result;
use crate::restore::{MatroskaTarget, matroska_chapter_of, matroska_cover_name_type};
use crate::tags::{Answer, TagPart};
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) fn correct(answer: &mut Answer, cursor: &mut Cursor<'_>) -> Result<()> {
    let parts = Parts::find(cursor)?;
    if let Some(tags) = &parts.tags {
        correct_properties(answer, cursor, tags)?;
    }
    if let Some(info) = &parts.info
        && answer.texts_of("TITLE").is_empty()
    {
        each_child(cursor, info, |cursor, child| {
            if child.id == TITLE {
                let title = Some(text(cursor, &child.body)?).filter(|title| !title.is_empty());
                answer.set_texts("TITLE", title.into_iter().collect());
            }
            Ok(())
        })?;
    }
    if let Some(attachments) = &parts.attachments
        && !answer.pictures.is_empty()
    {
        correct_picture_types(answer, cursor, attachments)?;
    }
    if let Some(chapters) = &parts.chapters
        && let Some(edition) = Edition::shown(cursor, chapters)?
    {
        // One after the other, so that there are not two copies of all titles.
        for atom in edition.atoms {
            cursor.budget().push(&mut answer.chapters, matroska_chapter_of(&atom))?;
        }
    }
    Ok(())
}

/// The parts of the segment as TagLib finds them.
#[derive(Default)]
struct Parts {
    info: Option<Element>,
    tags: Option<Element>,
    attachments: Option<Element>,
    chapters: Option<Element>,
}

/// The greatest number of `SeekHead` elements that are read, as in TagLib (`ebmlmksegment.cpp`).
const MOST_SEEK_HEADS: usize = 9;

impl Parts {
    /// Finds the parts of the first segment. The first `SeekHead` tells where they are, so that
    /// nothing else of a long file is read. Without one, all elements of the segment are walked.
    fn find(cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut parts = Self::default();
        let mut walk = Elements::within(0..cursor.size());
        while let Some(element) = walk.next(cursor)? {
            if element.id != SEGMENT {
                continue;
            }
            let mut children = Elements::within(element.body.clone());
            while let Some(child) = children.next(cursor)? {
                if child.id == SEEK_HEAD {
                    parts.follow(cursor, child, &element.body)?;
                    break;
                }
                parts.add(child);
            }
            break;
        }
        Ok(parts)
    }

    fn follow(
        &mut self,
        cursor: &mut Cursor<'_>,
        seek_head: Element,
        segment: &Range<u64>,
    ) -> Result<()> {
        let mut seek_heads = vec![seek_head];
        let mut next = 0;
        while next < seek_heads.len().min(MOST_SEEK_HEADS) {
            let seek_head = seek_heads[next].clone();
            next += 1;
            each_child(cursor, &seek_head, |cursor, seek| {
                let Some(seek) = Seek::read(cursor, seek, segment)? else { return Ok(()) };
                if ![INFO, TAGS, ATTACHMENTS, CHAPTERS, SEEK_HEAD].contains(&seek.id) {
                    return Ok(());
                }
                match Elements::within(seek.target..segment.end).next(cursor)? {
                    Some(found) if found.id == SEEK_HEAD => {
                        cursor.budget().push(&mut seek_heads, found)?;
                    }
                    Some(found) => self.add(found),
                    None => {}
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Records a part. If there are several of a kind, TagLib reads the last one.
    fn add(&mut self, element: Element) {
        match element.id {
            INFO => self.info = Some(element),
            TAGS => self.tags = Some(element),
            ATTACHMENTS => self.attachments = Some(element),
            CHAPTERS => self.chapters = Some(element),
            _ => {}
        }
    }
}

/// A text about the whole file.
struct Text {
    /// The part that it belongs to.
    tag_part: TagPart,
    /// The part that TagLib takes it for, if that is another one.
    misread_as: Option<TagPart>,
    value: String,
}

/// Replaces the properties that TagLib has taken from the wrong level.
fn correct_properties(answer: &mut Answer, cursor: &mut Cursor<'_>, tags: &Element) -> Result<()> {
    let mut has_tracks = false;
    let mut all: Vec<(Element, MatroskaTarget)> = Vec::new();
    each_child(cursor, tags, |cursor, tag| {
        if tag.id == TAG {
            let target = target_of(cursor, tag)?;
            has_tracks |= target.is_track();
            cursor.budget().push(&mut all, (tag.clone(), target))?;
        }
        Ok(())
    })?;
    if !all.iter().any(|(_, target)| target.lacks_album_level(has_tracks)) {
        return Ok(());
    }
    let mut texts = Vec::new();
    for (tag, target) in &all {
        each_child(cursor, tag, |cursor, child| {
            if child.id == SIMPLE_TAG
                && let Some((name, value)) = name_and_text(cursor, child)?
            {
                let tag_part = target.tag_part(&name, has_tracks);
                let misread_as = target.misread_as(&name, has_tracks);
                cursor.budget().push(&mut texts, Text { tag_part, misread_as, value })?;
            }
            Ok(())
        })?;
    }
    // There are few of these keys, because TagLib gives few names a meaning of their own at the
    // level of an album.
    let mut keys = BTreeSet::new();
    for text in &texts {
        if let Some(misread_as) = &text.misread_as {
            keys.extend([misread_as, &text.tag_part].into_iter().filter_map(TagPart::property));
        }
    }
    for key in keys {
        let is_its = |text: &&Text| text.tag_part.property() == Some(key);
        let values = texts.iter().filter(is_its).map(|text| text.value.clone()).collect();
        answer.set_texts(key, values);
    }
    Ok(())
}

fn target_of(cursor: &mut Cursor<'_>, tag: &Element) -> Result<MatroskaTarget> {
    let mut target = MatroskaTarget::default();
    each_child(cursor, tag, |cursor, child| match child.id {
        TARGETS => target.read(cursor, child),
        _ => Ok(()),
    })?;
    Ok(target)
}

/// Returns the name and the text of a `SimpleTag`, or `None` if it is not a text.
fn name_and_text(cursor: &mut Cursor<'_>, tag: &Element) -> Result<Option<(String, String)>> {
    let (mut name, mut value) = (None, None);
    each_child(cursor, tag, |cursor, part| {
        match part.id {
            TAG_NAME => name = Some(text(cursor, &part.body)?),
            TAG_STRING => value = Some(text(cursor, &part.body)?),
            _ => {}
        }
        Ok(())
    })?;
    Ok(name.zip(value))
}

/// Sets the types of the pictures by the names of their attachments.
fn correct_picture_types(
    answer: &mut Answer,
    cursor: &mut Cursor<'_>,
    attachments: &Element,
) -> Result<()> {
    let mut types = Vec::new();
    each_child(cursor, attachments, |cursor, file| {
        if file.id != ATTACHED_FILE {
            return Ok(());
        }
        let (mut name, mut has_data, mut is_image) = (None, false, false);
        each_child(cursor, file, |cursor, part| {
            match part.id {
                FILE_NAME => name = Some(text(cursor, &part.body)?),
                FILE_MEDIA_TYPE => is_image = text(cursor, &part.body)?.starts_with("image/"),
                FILE_DATA => has_data = true,
                _ => {}
            }
            Ok(())
        })?;
        // TagLib returns no others as pictures.
        if let Some(name) = name.filter(|_| has_data && is_image) {
            cursor.budget().push(&mut types, matroska_cover_name_type(&name))?;
        }
        Ok(())
    })?;
    if types.len() == answer.pictures.len() {
        for (picture, picture_type) in answer.pictures.iter_mut().zip(types) {
            picture.picture_type = picture_type;
        }
    }
    Ok(())
}
