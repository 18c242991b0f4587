//! Restores the header of an ASF file.
//!
//! TagLib distributes the values of a list among the objects of the header anew, which changes
//! their order, and it adds empty objects. So the objects of the original are written again, with
//! the requested changes merged into them.

mod tag_parts;

use super::copy::EditedCopy;
use super::stop::{Stop, usual};
use crate::containers::Cursor;
use crate::containers::asf::{self, Attributes, Guid, Object, Objects};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use std::ops::Range;

pub(crate) use tag_parts::{ASF_DESCRIPTIONS, described_property, tag_part};

/// Where the header has the number of its objects, counted from its start.
const COUNT: Range<usize> = 24..28;

/// The length of the header's fields before its objects, and that of the extension's fields, in
/// bytes. The extension's fields end with the size of its objects.
const HEADER_FIELDS: u64 = 30;
const EXTENSION_FIELDS: u64 = asf::HEADER_LENGTH + 22;

/// Where the file properties object has the size of the file, counted from its start.
const FILE_SIZE: Range<usize> = 40..48;

/// Objects that contain attributes, and whether they are in the extension.
const ATTRIBUTE_OBJECTS: [(Guid, bool); 3] = [
    (asf::EXTENDED_CONTENT_DESCRIPTION, false),
    (asf::METADATA, true),
    (asf::METADATA_LIBRARY, true),
];

/// The place of the metadata library in them.
const LIBRARY: usize = 2;

/// The type of an attribute that is a text.
const TEXT: [u8; 2] = [0, 0];

/// Restores the header.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    match merged_header(original, copy, requested) {
        Ok((place, header)) => copy.replace(place, &header),
        // TagLib joins the texts of a list to one.
        Err(Stop::Unusual) if lists(requested).next().is_some() => Err(Error::file(
            "save",
            Errno::NOTSUP,
            "its ASF header is unusual, so only one text can be written for each field",
        )),
        Err(stop) => stop.tolerated(),
    }
}

/// Returns the requested lists of texts for fields of the content description, with the names of
/// the fields.
fn lists(requested: &Requested) -> impl Iterator<Item = (&'static str, &[String])> {
    let fields = asf::CONTENT_DESCRIPTION_NAMES.into_iter().zip(ASF_DESCRIPTIONS);
    let list_of =
        |(name, key): (&'static str, Option<&str>)| Some((name, requested.values_of(key?)?));
    fields.filter_map(list_of).filter(|(_, texts)| texts.len() > 1)
}

/// Returns the header to write, and its place in the copy.
fn merged_header(
    original: &mut Cursor<'_>,
    copy: &EditedCopy<'_>,
    requested: &Requested,
) -> Result<(Range<u64>, Vec<u8>), Stop> {
    let mut edited = Err(Stop::Unusual);
    copy.read(|cursor| {
        edited = Edited::read(cursor, requested);
        Ok(())
    })?;
    let edited = edited?;
    let place = edited.header.clone();
    let size = original.size();
    let header = header_of(original)?;
    let mut merge = Merge { original, edited, requested, file_size: None };
    let mut bytes = merge.header(&header)?;
    // The size must be correct after the change if it was correct before.
    if let Some(at) = merge.file_size
        && let Some(field) = bytes.get_mut(at..at + FILE_SIZE.len())
        && *field == size.to_le_bytes()
    {
        let unchanged = copy.size() - (place.end - place.start);
        let length = bytes.len() as u64;
        bytes[at..at + FILE_SIZE.len()].copy_from_slice(&(unchanged + length).to_le_bytes());
    }
    Ok((place, bytes))
}

fn header_of(cursor: &mut Cursor<'_>) -> Result<Object, Stop> {
    let header = Objects::within(0..cursor.size()).next(cursor)?;
    usual(header.filter(|header| header.id == asf::HEADER))
}

fn children_of(cursor: &mut Cursor<'_>, parent: &Object) -> Result<Vec<Object>, Stop> {
    let mut walk = usual(parent.children())?;
    let mut children = Vec::new();
    while let Some(child) = walk.next(cursor)? {
        cursor.budget().push(&mut children, child)?;
    }
    usual(walk.rest().is_empty().then_some(children))
}

/// An attribute as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    name: String,
    bytes: Vec<u8>,
}

impl Item {
    /// Creates a text for an extended content description.
    fn extended_text(name: &str, text: &str) -> Option<Self> {
        let (wide_name, value) = (wide(name), wide(text));
        let mut bytes = u16::try_from(wide_name.len()).ok()?.to_le_bytes().to_vec();
        bytes.extend(wide_name);
        bytes.extend(TEXT);
        bytes.extend(u16::try_from(value.len()).ok()?.to_le_bytes());
        bytes.extend(value);
        Some(Self { name: name.to_owned(), bytes })
    }

    /// Creates a text for a metadata library, which may have several of the same name. It is about
    /// the whole file, in its first language.
    fn library_text(name: &str, text: &str) -> Option<Self> {
        let (wide_name, value) = (wide(name), wide(text));
        let (language, stream) = ([0, 0], [0, 0]);
        let mut bytes = [language, stream].concat();
        bytes.extend(u16::try_from(wide_name.len()).ok()?.to_le_bytes());
        bytes.extend(TEXT);
        bytes.extend(u32::try_from(value.len()).ok()?.to_le_bytes());
        bytes.extend(wide_name);
        bytes.extend(value);
        Some(Self { name: name.to_owned(), bytes })
    }

    /// Sets the number of a track as text: TagLib's C interface writes an integer, which loses
    /// "3/12" and "03". The attribute is in an extended content description.
    fn set_as_asked(&mut self, requested: &Requested) -> Option<()> {
        let Some([text]) = requested.values_of("TRACKNUMBER") else { return Some(()) };
        if self.name != "WM/TrackNumber" {
            return Some(());
        }
        *self = Self::extended_text(&self.name, text)?;
        Some(())
    }
}

fn items_of(cursor: &mut Cursor<'_>, object: &Object) -> Result<Vec<Item>, Stop> {
    let mut walk = usual(Attributes::read(cursor, object)?)?;
    let mut items = Vec::new();
    while let Some(attribute) = walk.next(cursor)? {
        let name = usual(cursor.bytes(attribute.name)?)?;
        let bytes = usual(cursor.bytes(attribute.range)?)?;
        cursor.budget().push(&mut items, Item { name: asf::utf_16(&name), bytes })?;
    }
    usual((walk.left() == 0 && walk.rest().is_empty()).then_some(items))
}

/// Encodes a text in UTF-16 with a zero at its end.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// The requested changes as TagLib has written them.
struct Edited {
    /// The range of the whole header.
    header: Range<u64>,
    descriptions: Vec<Vec<u8>>,
    /// In the order of [`ATTRIBUTE_OBJECTS`].
    items: [Vec<Item>; 3],
}

impl Edited {
    fn read(cursor: &mut Cursor<'_>, requested: &Requested) -> Result<Self, Stop> {
        let header = header_of(cursor)?;
        let mut edited = Self {
            header: header.range.clone(),
            descriptions: Vec::new(),
            items: Default::default(),
        };
        for child in children_of(cursor, &header)? {
            edited.add(cursor, &child, requested)?;
            if child.id == asf::HEADER_EXTENSION {
                for child in children_of(cursor, &child)? {
                    edited.add(cursor, &child, requested)?;
                }
            }
        }
        edited.apply_lists(requested)?;
        Ok(edited)
    }

    fn add(
        &mut self,
        cursor: &mut Cursor<'_>,
        object: &Object,
        requested: &Requested,
    ) -> Result<(), Stop> {
        if object.id == asf::CONTENT_DESCRIPTION {
            self.descriptions = descriptions_of(cursor, object)?;
        } else if let Some(at) = ATTRIBUTE_OBJECTS.iter().position(|(id, _)| *id == object.id) {
            let mut items = items_of(cursor, object)?;
            // TagLib keeps further texts of a field as they were.
            items.retain(|item| {
                requested.contains(&tag_part(&item.name))
                    && described_property(&item.name).is_none()
            });
            if object.id == asf::EXTENDED_CONTENT_DESCRIPTION {
                usual(items.iter_mut().try_for_each(|item| item.set_as_asked(requested)))?;
            }
            self.items[at] = items;
        }
        Ok(())
    }
}

impl Edited {
    /// Writes the first text of each requested list to its field, and the others to the metadata
    /// library, as mutagen does.
    fn apply_lists(&mut self, requested: &Requested) -> Result<(), Stop> {
        for (name, texts) in lists(requested) {
            let fields = asf::CONTENT_DESCRIPTION_NAMES.iter().zip(&mut self.descriptions);
            let field = fields.into_iter().find(|(known, _)| **known == name);
            *usual(field)?.1 = wide(&texts[0]);
            for text in &texts[1..] {
                self.items[LIBRARY].push(usual(Item::library_text(name, text))?);
            }
        }
        Ok(())
    }
}

fn descriptions_of(cursor: &mut Cursor<'_>, object: &Object) -> Result<Vec<Vec<u8>>, Stop> {
    let mut walk = usual(Attributes::read(cursor, object)?)?;
    let mut values = Vec::new();
    while let Some(attribute) = walk.next(cursor)? {
        let value = usual(cursor.bytes(attribute.value)?)?;
        cursor.budget().push(&mut values, value)?;
    }
    usual((walk.left() == 0).then_some(values))
}

/// Merges the objects of the original with what TagLib has written.
struct Merge<'a, 'c> {
    original: &'a mut Cursor<'c>,
    edited: Edited,
    requested: &'a Requested,
    /// The position of the file's size, counted from the start of the header.
    file_size: Option<usize>,
}

impl Merge<'_, '_> {
    fn budget(&self) -> &Budget {
        self.original.budget()
    }

    fn header(&mut self, header: &Object) -> Result<Vec<u8>, Stop> {
        let start = header.range.start;
        let mut bytes = self.bytes(start..start + HEADER_FIELDS)?;
        let mut count: u32 = 0;
        for child in children_of(self.original, header)? {
            count += 1;
            match child.id {
                asf::HEADER_EXTENSION => {
                    let extension = self.extension(&child)?;
                    self.append(&mut bytes, &extension)?;
                }
                asf::CONTENT_DESCRIPTION => {
                    let values = descriptions_of(self.original, &child)?;
                    self.append_descriptions(&mut bytes, values)?;
                }
                asf::FILE_PROPERTIES => {
                    self.file_size = Some(bytes.len() + FILE_SIZE.start);
                    self.append_object(&mut bytes, &child)?;
                }
                _ => self.append_object(&mut bytes, &child)?,
            }
        }
        let is_asked = |key: &Option<&str>| self.is_description_asked(*key);
        let values = self.edited.descriptions.iter().zip(&ASF_DESCRIPTIONS);
        // The values that the original has an object for have already been taken.
        if values.into_iter().any(|(value, key)| value.len() > 2 && is_asked(key)) {
            count += 1;
            self.append_descriptions(&mut bytes, vec![Vec::new(); ASF_DESCRIPTIONS.len()])?;
        }
        count += self.append_new_items(&mut bytes, false)?;
        // Every header has an extension (section 3.4).
        usual(self.edited.items.iter().all(Vec::is_empty).then_some(()))?;
        bytes[COUNT].copy_from_slice(&count.to_le_bytes());
        set_size(&mut bytes);
        Ok(bytes)
    }

    fn extension(&mut self, extension: &Object) -> Result<Vec<u8>, Stop> {
        let start = extension.range.start;
        let mut bytes = self.bytes(start..start + EXTENSION_FIELDS)?;
        for child in children_of(self.original, extension)? {
            self.append_object(&mut bytes, &child)?;
        }
        self.append_new_items(&mut bytes, true)?;
        let length = bytes.len() - EXTENSION_FIELDS as usize;
        let length = usual(u32::try_from(length).ok())?;
        let field = EXTENSION_FIELDS as usize - 4..EXTENSION_FIELDS as usize;
        bytes[field].copy_from_slice(&length.to_le_bytes());
        set_size(&mut bytes);
        Ok(bytes)
    }

    fn is_description_asked(&self, key: Option<&str>) -> bool {
        key.is_some_and(|key| self.requested.contains(&TagPart::Property(key.to_owned())))
    }

    /// Appends a content description with these values, or with the requested ones.
    fn append_descriptions(
        &mut self,
        bytes: &mut Vec<u8>,
        mut values: Vec<Vec<u8>>,
    ) -> Result<(), Stop> {
        let mut edited = std::mem::take(&mut self.edited.descriptions);
        edited.resize(values.len(), Vec::new());
        for ((value, new), key) in values.iter_mut().zip(edited).zip(ASF_DESCRIPTIONS) {
            if self.is_description_asked(key) {
                *value = new;
            }
        }
        let mut body = Vec::new();
        for value in &values {
            let length = usual(u16::try_from(value.len()).ok())?;
            self.append(&mut body, &length.to_le_bytes())?;
        }
        for value in &values {
            self.append(&mut body, value)?;
        }
        self.append_body(bytes, asf::CONTENT_DESCRIPTION, &body)
    }

    /// Appends an object. If it consists of attributes, merges the requested ones into it.
    fn append_object(&mut self, bytes: &mut Vec<u8>, object: &Object) -> Result<(), Stop> {
        let Some(at) = ATTRIBUTE_OBJECTS.iter().position(|(id, _)| *id == object.id) else {
            let object = self.bytes(object.range.clone())?;
            return self.append(bytes, &object);
        };
        let items = items_of(self.original, object)?;
        let edited = std::mem::take(&mut self.edited.items[at]);
        let items = merged(items, edited, self.requested);
        self.append_items(bytes, object.id, &items)
    }

    /// Appends objects for requested attributes for which the original has no object. Returns the
    /// number of objects.
    fn append_new_items(&mut self, bytes: &mut Vec<u8>, is_inner: bool) -> Result<u32, Stop> {
        let mut count = 0;
        for (at, (id, is_in_extension)) in ATTRIBUTE_OBJECTS.into_iter().enumerate() {
            if is_in_extension == is_inner && !self.edited.items[at].is_empty() {
                let items = std::mem::take(&mut self.edited.items[at]);
                self.append_items(bytes, id, &items)?;
                count += 1;
            }
        }
        Ok(count)
    }

    fn append_items(&self, bytes: &mut Vec<u8>, id: Guid, items: &[Item]) -> Result<(), Stop> {
        let mut body = Vec::new();
        let count = usual(u16::try_from(items.len()).ok())?;
        self.append(&mut body, &count.to_le_bytes())?;
        for item in items {
            self.append(&mut body, &item.bytes)?;
        }
        self.append_body(bytes, id, &body)
    }

    fn append_body(&self, bytes: &mut Vec<u8>, id: Guid, body: &[u8]) -> Result<(), Stop> {
        self.append(bytes, &id)?;
        self.append(bytes, &(asf::HEADER_LENGTH + body.len() as u64).to_le_bytes())?;
        self.append(bytes, body)
    }

    fn append(&self, bytes: &mut Vec<u8>, more: &[u8]) -> Result<(), Stop> {
        self.budget().reserve(bytes, more.len())?;
        bytes.extend(more);
        Ok(())
    }

    fn bytes(&mut self, range: Range<u64>) -> Result<Vec<u8>, Stop> {
        usual(self.original.bytes(range)?)
    }
}

/// Writes the size of an object into its header.
fn set_size(object: &mut [u8]) {
    let size = object.len() as u64;
    object[16..24].copy_from_slice(&size.to_le_bytes());
}

/// Returns the original attributes, with those that `requested` names replaced by `edited`, which
/// contains no others.
fn merged(items: Vec<Item>, mut edited: Vec<Item>, requested: &Requested) -> Vec<Item> {
    let mut merged = Vec::with_capacity(items.len() + edited.len());
    for item in items {
        if !requested.contains(&tag_part(&item.name)) {
            merged.push(item);
            continue;
        }
        // The new values of this name replace the first old one.
        merged.extend(edited.extract_if(.., |new| new.name == item.name));
    }
    merged.extend(edited);
    merged
}

#[cfg(test)]
mod tests {
    use super::super::tests::{restored, title};
    use super::*;

    fn number(number: usize) -> [u8; 2] {
        (number as u16).to_le_bytes()
    }

    fn object(id: Guid, body: &[u8]) -> Vec<u8> {
        let size = asf::HEADER_LENGTH + body.len() as u64;
        [&id[..], &size.to_le_bytes(), body].concat()
    }

    fn descriptions(title: &str, comment: &str) -> Vec<u8> {
        let values = [title, "", "", comment, "18+"].map(wide);
        let lengths: Vec<u8> = values.iter().flat_map(|value| number(value.len())).collect();
        object(asf::CONTENT_DESCRIPTION, &[lengths, values.concat()].concat())
    }

    fn extended(items: &[(&str, &str)]) -> Vec<u8> {
        let item = |(name, value): &(&str, &str)| {
            let (name, value) = (wide(name), wide(value));
            [&number(name.len())[..], &name, &number(0), &number(value.len()), &value].concat()
        };
        let body: Vec<u8> = items.iter().flat_map(item).collect();
        let body = [&number(items.len()), &body[..]].concat();
        object(asf::EXTENDED_CONTENT_DESCRIPTION, &body)
    }

    fn library(items: &[(&str, &str)]) -> Vec<u8> {
        let item = |(name, value): &(&str, &str)| {
            let (name, value) = (wide(name), wide(value));
            let sizes = [0, 0, name.len(), 0].map(number).concat();
            [&sizes, &(value.len() as u32).to_le_bytes()[..], &name, &value].concat()
        };
        let body: Vec<u8> = items.iter().flat_map(item).collect();
        object(asf::METADATA_LIBRARY, &[&number(items.len()), &body[..]].concat())
    }

    fn file(objects: &[Vec<u8>], inner: &[Vec<u8>]) -> Vec<u8> {
        let inner = inner.concat();
        let fields = [&[7; 18][..], &(inner.len() as u32).to_le_bytes(), &inner].concat();
        let properties = object(asf::FILE_PROPERTIES, &[1; 80]);
        let objects = [&[properties, object(asf::HEADER_EXTENSION, &fields)], objects].concat();
        let fields = [&(objects.len() as u32).to_le_bytes()[..], &[1, 2]].concat();
        let header = object(asf::HEADER, &[fields, objects.concat()].concat());
        let mut file = [header, object(asf::DATA, b"audio")].concat();
        let size = file.len() as u64;
        let at = HEADER_FIELDS as usize + FILE_SIZE.start;
        file[at..at + 8].copy_from_slice(&size.to_le_bytes());
        file
    }

    #[test]
    fn lists_and_descriptions_stay_when_a_title_changes() {
        let genres = [("WM/Genre", "one"), ("Own", "text")];
        let original = file(
            &[descriptions("old", "mine"), extended(&genres)],
            &[library(&[("WM/Genre", "two"), ("WM/Genre", "three")])],
        );
        // TagLib reads the values in the order of the objects.
        let copy = file(
            &[extended(&[("WM/Genre", "two"), ("Own", "text")]), descriptions("a new one", "")],
            &[library(&[("WM/Genre", "three"), ("WM/Genre", "one")])],
        );
        let expected = file(
            &[descriptions("a new one", "mine"), extended(&genres)],
            &[library(&[("WM/Genre", "two"), ("WM/Genre", "three")])],
        );
        assert_eq!(restored(&original, &copy, &title("a new one")), expected);
    }

    #[test]
    fn the_number_of_a_track_is_written_as_it_was_asked_for() {
        let properties = vec![("TRACKNUMBER".to_owned(), vec!["03/12".to_owned()])];
        let track = Requested { properties, ..Requested::default() };
        let number = |text| file(&[extended(&[("WM/TrackNumber", text), ("Own", "text")])], &[]);
        assert_eq!(restored(&number("2"), &number("3"), &track), number("03/12"));
    }

    #[test]
    fn objects_are_added_for_what_was_asked_for_only() {
        let original = file(&[], &[]);
        let properties = vec![("ALBUM".to_owned(), vec!["new".to_owned()])];
        let album = Requested { properties, ..Requested::default() };
        let items = [("WM/AlbumTitle", "new"), ("Other", "text")];
        let copy = file(&[descriptions("", ""), extended(&items)], &[library(&[])]);
        let restored = restored(&original, &copy, &album);
        let name = wide("WM/AlbumTitle");
        assert!(restored.windows(name.len()).any(|window| window == name));
        assert_eq!(restored.len(), original.len() + 26 + 2 + name.len() + 4 + wide("new").len());
    }
}
