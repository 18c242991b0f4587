//! Merges the attachments of the original with the pictures that TagLib has written.

use super::super::stop::Stop;
use super::parts::{children, joined, only_element, slice};
use super::{cover_name, write};
use crate::containers::Cursor;
use crate::containers::matroska::{
    ATTACHED_FILE, ATTACHMENTS, Element, FILE_DATA, FILE_DESCRIPTION, FILE_MEDIA_TYPE, FILE_NAME,
    text,
};
use crate::limits::Budget;
use std::borrow::Cow;

/// A part of an `Attachments` element.
struct Part<'a> {
    picture: Option<Picture<'a>>,
    bytes: &'a [u8],
}

/// The fields of a picture that an edit can set. TagLib names and numbers attachments anew.
#[derive(PartialEq, Eq)]
struct Picture<'a> {
    media_type: String,
    description: String,
    data: &'a [u8],
}

/// Returns the original `Attachments` element with the pictures of the edited one, or no bytes if
/// no attachment is left. Pictures that stay keep their names and identifiers, and other
/// attachments stay where they are. `types` are the types of the edited pictures, which TagLib does
/// not write: the name of a cover shows its type.
pub(super) fn merged(
    original: Option<&[u8]>,
    edited: &[Vec<u8>],
    types: &[&'static str],
    budget: &Budget,
) -> Result<Vec<u8>, Stop> {
    let (width, parts) = original.map_or(Ok((1, Vec::new())), |bytes| parts(bytes, budget))?;
    let mut new = Vec::new();
    for bytes in edited {
        for part in self::parts(bytes, budget)?.1 {
            if let Some(picture) = part.picture {
                let stored = parts.iter().find(|stored| stored.picture.as_ref() == Some(&picture));
                let bytes = stored.map_or(part.bytes, |stored| stored.bytes);
                let bytes = match types.get(new.len()) {
                    Some(picture_type) => with_type(bytes, picture_type, budget)?,
                    None => bytes.into(),
                };
                budget.push(&mut new, bytes)?;
            }
        }
    }
    let mut new = new.into_iter();
    let mut merged = Vec::new();
    let mut has_files = false;
    for part in &parts {
        let bytes = match part.picture {
            Some(_) => new.next(),
            None => Some(Cow::Borrowed(part.bytes)),
        };
        if let Some(bytes) = bytes {
            has_files |= part.is_file();
            budget.push(&mut merged, bytes)?;
        }
    }
    for bytes in new {
        has_files = true;
        budget.push(&mut merged, bytes)?;
    }
    if !has_files {
        return Ok(Vec::new());
    }
    let mut body = joined(&merged, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(ATTACHMENTS, &body, width, budget)?)
}

/// Returns an attachment with a name that shows the type of its picture.
fn with_type<'a>(
    file: &'a [u8],
    picture_type: &str,
    budget: &Budget,
) -> Result<Cow<'a, [u8]>, Stop> {
    let mut cursor = Cursor::over(file, budget);
    let element = only_element(&mut cursor)?;
    let mut parts = Vec::new();
    let mut is_changed = false;
    for part in children(&mut cursor, &element)? {
        let mut bytes = Cow::Borrowed(slice(file, &part));
        if part.id == FILE_NAME {
            let current = text(&mut cursor, &part.body)?;
            let name = cover_name::name_for(picture_type, &current);
            if name != current {
                bytes = write::element(FILE_NAME, name.as_bytes(), 1, budget)?.into();
                is_changed = true;
            }
        }
        budget.push(&mut parts, bytes)?;
    }
    if !is_changed {
        return Ok(file.into());
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(ATTACHED_FILE, &body, element.size_width(), budget)?.into())
}

/// Returns the width of the size field, and the parts.
fn parts<'a>(bytes: &'a [u8], budget: &'a Budget) -> Result<(usize, Vec<Part<'a>>), Stop> {
    let mut cursor = Cursor::over(bytes, budget);
    let element = only_element(&mut cursor)?;
    let mut parts = Vec::new();
    for child in children(&mut cursor, &element)? {
        let mut part = Part { picture: None, bytes: slice(bytes, &child) };
        if child.id == ATTACHED_FILE {
            part.picture = Picture::read(bytes, &mut cursor, &child)?;
        }
        budget.push(&mut parts, part)?;
    }
    Ok((element.size_width(), parts))
}

impl Part<'_> {
    fn is_file(&self) -> bool {
        self.bytes.starts_with(&(ATTACHED_FILE as u16).to_be_bytes())
    }
}

impl<'a> Picture<'a> {
    /// Reads an attachment. Returns `None` if it is not an image.
    fn read(
        bytes: &'a [u8],
        cursor: &mut Cursor<'a>,
        file: &Element,
    ) -> Result<Option<Self>, Stop> {
        let (mut media_type, mut description) = (String::new(), String::new());
        let mut data = &[][..];
        for part in children(cursor, file)? {
            match part.id {
                FILE_MEDIA_TYPE => media_type = text(cursor, &part.body)?,
                FILE_DESCRIPTION => description = text(cursor, &part.body)?,
                FILE_DATA => data = &bytes[part.body.start as usize..part.body.end as usize],
                _ => {}
            }
        }
        let is_image = media_type.starts_with("image/");
        Ok(is_image.then_some(Self { media_type, description, data }))
    }
}
