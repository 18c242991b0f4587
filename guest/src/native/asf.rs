//! The objects in the header of an ASF file, and each of their attributes.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::UTF_16_LE;
use crate::containers::Cursor;
use crate::containers::asf::{self, Attribute, Attributes, Object, Objects, object_name, utf_16};
use crate::error::Result;

const OBJECT: &str = "ASF object";

/// The types of values: text, and numbers, whose width depends on the object.
const TEXT: u16 = 0;
const NUMBERS: std::ops::RangeInclusive<u16> = 2..=5;

/// Adds the objects of a file.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let mut objects = Objects::within(0..cursor.size());
    list.within("ASF", |list| {
        while let Some(object) = objects.next(cursor)? {
            match object.id {
                asf::HEADER => add_children(cursor, &object, list)?,
                asf::DATA => {
                    let size = object.body.end - object.body.start;
                    list.add(NativeElement::new(
                        OBJECT,
                        object_name(object.id),
                        size,
                        NativeValue::Audio,
                    ))?;
                }
                _ => list.add_range(OBJECT, object_name(object.id), object.body, cursor)?,
            }
        }
        list.add_rest(OBJECT, objects.rest(), cursor)
    })
}

/// Adds the objects in a header or in its extension.
fn add_children(cursor: &mut Cursor<'_>, object: &Object, list: &mut List<'_>) -> Result<()> {
    let Some(mut children) = object.children() else { return Ok(()) };
    while let Some(child) = children.next(cursor)? {
        match child.id {
            asf::PADDING => {
                let size = child.body.end - child.body.start;
                let name = object_name(child.id);
                list.add(NativeElement::new(OBJECT, name, size, NativeValue::Padding))?;
            }
            // The extension is in the header, and contains no other extension.
            asf::HEADER_EXTENSION if object.id == asf::HEADER => {
                add_children(cursor, &child, list)?;
            }
            _ => match Attributes::read(cursor, &child)? {
                Some(attributes) => add_attributes(cursor, &child, attributes, list)?,
                None => list.add_range(OBJECT, object_name(child.id), child.body, cursor)?,
            },
        }
    }
    list.add_rest(OBJECT, children.rest(), cursor)
}

fn add_attributes(
    cursor: &mut Cursor<'_>,
    object: &Object,
    mut attributes: Attributes,
    list: &mut List<'_>,
) -> Result<()> {
    while let Some(attribute) = attributes.next(cursor)? {
        add_attribute(cursor, object, &attribute, list)?;
    }
    list.add_rest(OBJECT, attributes.rest(), cursor)
}

fn add_attribute(
    cursor: &mut Cursor<'_>,
    object: &Object,
    attribute: &Attribute,
    list: &mut List<'_>,
) -> Result<()> {
    let size = attribute.value.end - attribute.value.start;
    let (kind, name) = if object.id == asf::CONTENT_DESCRIPTION {
        // All five fields are always present.
        if size == 0 {
            return Ok(());
        }
        let name = asf::CONTENT_DESCRIPTION_NAMES[usize::from(attribute.index)];
        ("ASF content description", name.to_owned())
    } else {
        let Some(name) = cursor.bytes(attribute.name.clone())? else { return Ok(()) };
        ("ASF attribute", utf_16(&name))
    };
    if attribute.kind != TEXT && !(NUMBERS.contains(&attribute.kind) && size <= 8) {
        return list.add_range(kind, name, attribute.value.clone(), cursor);
    }
    let Some(value) = cursor.bytes(attribute.value.clone())? else { return Ok(()) };
    cursor.budget().release(value.len());
    if attribute.kind == TEXT {
        let value = NativeValue::Texts(vec![utf_16(&value)]);
        let element = NativeElement::new(kind, name, size, value);
        return list.add(NativeElement { encoding: Some(UTF_16_LE), ..element });
    }
    let number = value.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let value = NativeValue::Numbers(vec![number.to_string()]);
    list.add(NativeElement::new(kind, name, size, value))
}
