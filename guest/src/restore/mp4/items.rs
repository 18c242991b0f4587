//! Reads and renders the items of MP4's metadata (`moov.udta.meta.ilst`).

use super::tag_parts::{self, Home, ITUNES};
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, FULL_HEADER};
use crate::error::Result;
use crate::tags::TagPart;
use std::ops::Range;

/// The length of the type and the locale before a value, in bytes.
pub(crate) const VALUE_HEADER: u64 = 8;

/// The type of a value that is text in UTF-8.
pub(crate) const UTF8: u32 = 1;

/// An item as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub atom: Atom,
    pub tag_part: TagPart,
    /// Namespace and name of a free-form item.
    pub free_form: Option<FreeForm>,
    /// The first value, with its type and its locale.
    pub value: Option<Range<u64>>,
}

/// The name of a free-form item (`----`).
#[derive(Clone, Debug)]
pub(crate) struct FreeForm {
    pub namespace: String,
    pub name: String,
}

impl Item {
    pub(crate) fn read(cursor: &mut Cursor<'_>, atom: Atom) -> Result<Self> {
        let free_form = if atom.name == *b"----" { FreeForm::read(cursor, &atom)? } else { None };
        let tag_part = match &free_form {
            Some(FreeForm { namespace, name }) => tag_parts::free_form_tag_part(namespace, name),
            None => tag_parts::tag_part(&atom.name),
        };
        let value = atom.children(cursor)?.find(cursor, b"data")?.map(|value| value.body);
        Ok(Self { atom, tag_part, free_form, value })
    }

    /// Returns whether TagLib writes the item's property under this name.
    pub(crate) fn is_at_home(&self) -> bool {
        match (tag_parts::home(&self.tag_part), &self.free_form) {
            (Some(Home::Item(name)), None) => self.atom.name == name,
            (Some(Home::FreeForm(name)), Some(free_form)) => {
                free_form.namespace == ITUNES && free_form.name == name
            }
            _ => false,
        }
    }

    /// Returns the name, such as `©nam` or `----:com.apple.iTunes:MOOD`.
    pub(crate) fn key(&self) -> String {
        match &self.free_form {
            Some(FreeForm { namespace, name }) => format!("----:{namespace}:{name}"),
            None => atom_name(&self.atom.name),
        }
    }
}

impl FreeForm {
    fn read(cursor: &mut Cursor<'_>, atom: &Atom) -> Result<Option<Self>> {
        let namespace = Self::text(cursor, atom, b"mean")?;
        let name = Self::text(cursor, atom, b"name")?;
        Ok(namespace.zip(name).map(|(namespace, name)| Self { namespace, name }))
    }

    fn text(cursor: &mut Cursor<'_>, atom: &Atom, name: &[u8; 4]) -> Result<Option<String>> {
        let Some(child) = atom.children(cursor)?.find(cursor, name)? else { return Ok(None) };
        let text = child.body.start + FULL_HEADER..child.body.end;
        if text.start > text.end {
            return Ok(None);
        }
        let bytes = cursor.bytes(text)?.unwrap_or_default();
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Returns the name of an atom as it is shown to people: Latin-1, without control characters.
pub(crate) fn atom_name(name: &[u8; 4]) -> String {
    let characters = name.iter().map(|byte| char::from(*byte));
    characters.map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Renders a free-form item in the namespace of iTunes. Returns `None` if it exceeds the size
/// that a header can hold.
pub(super) fn render_free_form(name: &str, values: &[&str]) -> Option<Vec<u8>> {
    let mut body = render_atom(b"mean", &[&[0; 4], ITUNES.as_bytes()])?;
    body.extend(render_atom(b"name", &[&[0; 4], name.as_bytes()])?);
    for value in values {
        body.extend(render_value(UTF8, value.as_bytes())?);
    }
    render_atom(b"----", &[&body])
}

/// Renders a value without a locale.
pub(super) fn render_value(kind: u32, content: &[u8]) -> Option<Vec<u8>> {
    render_atom(b"data", &[&kind.to_be_bytes(), &[0; 4], content])
}

/// Renders an atom whose body consists of `parts`.
pub(super) fn render_atom(name: &[u8; 4], parts: &[&[u8]]) -> Option<Vec<u8>> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let size = u32::try_from(length + 8).ok()?;
    let mut atom = Vec::with_capacity(length + 8);
    atom.extend(size.to_be_bytes());
    atom.extend(name);
    for part in parts {
        atom.extend(*part);
    }
    Some(atom)
}
