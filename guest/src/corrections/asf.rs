//! Corrects the answer of an ASF file.
//!
//! A field of the Content Description Object has room for one text (ASF specification, section
//! 3.10). Other programs, mutagen and Picard among them, store further artists and titles as
//! attributes of the same name in the Metadata Library Object. TagLib ignores those.

use crate::containers::Cursor;
use crate::containers::asf::{
    self, Attributes, CONTENT_DESCRIPTION_NAMES, Object, Objects, utf_16,
};
use crate::error::Result;
use crate::restore::asf_described_property;
use crate::tags::Answer;
use std::collections::HashSet;

/// The type of an attribute that is a text.
const TEXT: u16 = 0;

pub(super) fn correct(answer: &mut Answer, cursor: &mut Cursor<'_>) -> Result<()> {
    let Some(header) = Objects::within(0..cursor.size()).next(cursor)? else { return Ok(()) };
    let Some(mut children) = header.children() else { return Ok(()) };
    let mut further = Vec::new();
    while let Some(child) = children.next(cursor)? {
        match child.id {
            asf::EXTENDED_CONTENT_DESCRIPTION => add_texts(cursor, &child, &mut further)?,
            asf::HEADER_EXTENSION => {
                let Some(mut inner) = child.children() else { continue };
                while let Some(child) = inner.next(cursor)? {
                    if child.id == asf::METADATA_LIBRARY {
                        add_texts(cursor, &child, &mut further)?;
                    }
                }
            }
            _ => {}
        }
    }
    for name in CONTENT_DESCRIPTION_NAMES {
        let Some(key) = asf_described_property(name) else { continue };
        let mut texts = further.extract_if(.., |(known, _)| *known == key).peekable();
        if texts.peek().is_some() {
            let mut all = answer.texts_of(key);
            // FFmpeg stores the artist both in the header and as an attribute.
            let mut known: HashSet<String> = all.iter().cloned().collect();
            all.extend(texts.map(|(_, text)| text).filter(|text| known.insert(text.clone())));
            answer.set_texts(key, all);
        }
    }
    Ok(())
}

/// Adds the texts of attributes that have the name of a field, with their properties.
fn add_texts(
    cursor: &mut Cursor<'_>,
    object: &Object,
    texts: &mut Vec<(&'static str, String)>,
) -> Result<()> {
    let Some(mut attributes) = Attributes::read(cursor, object)? else { return Ok(()) };
    while let Some(attribute) = attributes.next(cursor)? {
        if attribute.kind != TEXT || attribute.stream != 0 {
            continue;
        }
        let Some(name) = cursor.bytes(attribute.name)? else { continue };
        let Some(key) = asf_described_property(&utf_16(&name)) else { continue };
        let Some(value) = cursor.bytes(attribute.value)? else { continue };
        let text = utf_16(&value);
        if !text.is_empty() {
            cursor.budget().push(texts, (key, text))?;
        }
    }
    Ok(())
}
