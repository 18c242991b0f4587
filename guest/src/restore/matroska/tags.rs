//! Merges the tags of the original with those that TagLib has written.

use super::super::numbers::completed;
use super::super::stop::Stop;
use super::parts::{children, joined, only_element, slice};
use super::target::{ALBUM, Target};
use super::write;
use crate::containers::Cursor;
use crate::containers::matroska::{
    Element, Elements, SIMPLE_TAG, TAG, TAG_NAME, TAG_STRING, TAGS, TARGET_TYPE_VALUE, TARGETS,
    text,
};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

/// A `Tags` element.
pub(super) struct Tags<'a> {
    width: usize,
    parts: Vec<Part<'a>>,
    /// Whether it differs from what was read.
    pub is_changed: bool,
}

/// A part of a `Tags` element.
enum Part<'a> {
    Tag(Tag<'a>),
    /// A checksum, padding or something unknown.
    Other(&'a [u8]),
}

/// A `Tag` element: texts about one target.
struct Tag<'a> {
    width: usize,
    target: Target,
    /// Whether a tag of the file has the level of a track.
    has_tracks: bool,
    items: Vec<Item<'a>>,
    is_changed: bool,
    /// The whole element as it was read.
    bytes: &'a [u8],
}

/// A part of a `Tag` element.
#[derive(Clone)]
struct Item<'a> {
    /// The part of the tag that it holds. [`TagPart::Other`] if it is not a text.
    tag_part: TagPart,
    is_simple_tag: bool,
    is_text: bool,
    name: String,
    value: String,
    bytes: Cow<'a, [u8]>,
}

/// The requested values, by the part of the tag.
#[derive(Default)]
pub(super) struct Changes<'a> {
    groups: HashMap<TagPart, Group<'a>>,
    order: Vec<TagPart>,
}

/// The texts of one part.
#[derive(Default)]
struct Group<'a> {
    new: Vec<NewItem<'a>>,
    /// The values that the original has.
    stored: Vec<String>,
}

/// A text as TagLib has written it, with the `Targets` of its `Tag`.
struct NewItem<'a> {
    item: Item<'a>,
    targets: &'a [u8],
}

impl<'a> Tags<'a> {
    /// Reads whole `Tags` elements. Malformed parts of them stop the restoration.
    pub(super) fn read_all(
        elements: impl Iterator<Item = &'a Vec<u8>>,
        budget: &'a Budget,
    ) -> Result<Vec<Self>, Stop> {
        let mut all = Vec::new();
        for bytes in elements {
            budget.push(&mut all, Self::read(bytes, budget)?)?;
        }
        let has_tracks = all.iter().flat_map(Tags::tags).any(|tag| tag.target.is_track());
        for tag in all.iter_mut().flat_map(Tags::tags_mut) {
            tag.has_tracks = has_tracks;
            for item in tag.items.iter_mut().filter(|item| item.is_text) {
                item.tag_part = tag.target.tag_part(&item.name, has_tracks);
            }
        }
        Ok(all)
    }

    /// Reads a whole `Tags` element.
    fn read(bytes: &'a [u8], budget: &'a Budget) -> Result<Self, Stop> {
        let mut cursor = Cursor::over(bytes, budget);
        let element = only_element(&mut cursor)?;
        let mut parts = Vec::new();
        for child in children(&mut cursor, &element)? {
            let part = match child.id {
                TAG => Part::Tag(Tag::read(&mut cursor, bytes, &child)?),
                _ => Part::Other(slice(bytes, &child)),
            };
            budget.push(&mut parts, part)?;
        }
        Ok(Self { width: element.size_width(), parts, is_changed: false })
    }

    /// Creates an element without content.
    pub(super) fn empty() -> Self {
        Self { width: 1, parts: Vec::new(), is_changed: false }
    }

    /// Returns the first text of a part of the tag.
    pub(super) fn value_of(&self, tag_part: &TagPart) -> Option<&str> {
        let mut items = self.tags().flat_map(|tag| &tag.items);
        items.find(|item| item.tag_part == *tag_part).map(|item| &*item.value)
    }

    fn tags(&self) -> impl Iterator<Item = &Tag<'a>> {
        self.parts.iter().filter_map(|part| match part {
            Part::Tag(tag) => Some(tag),
            Part::Other(_) => None,
        })
    }

    fn tags_mut(&mut self) -> impl Iterator<Item = &mut Tag<'a>> {
        self.parts.iter_mut().filter_map(|part| match part {
            Part::Tag(tag) => Some(tag),
            Part::Other(_) => None,
        })
    }

    /// Adds a text to the first tag in which it has the same meaning. Returns the text if there
    /// is no such tag.
    fn add(&mut self, new: NewItem<'a>, budget: &Budget) -> Result<Option<NewItem<'a>>> {
        let tag_part = &new.item.tag_part;
        let Some(tag) = self.tags_mut().find(|tag| tag.tag_part_of(&new.item.name) == *tag_part)
        else {
            return Ok(Some(new));
        };
        tag.is_changed = true;
        budget.push(&mut tag.items, new.item)?;
        self.is_changed = true;
        Ok(None)
    }

    /// Adds a tag with the `Targets` that TagLib gives it.
    fn add_tag(&mut self, new: NewItem<'a>, budget: &'a Budget) -> Result<(), Stop> {
        let mut target = Target::default();
        let mut cursor = Cursor::over(new.targets, budget);
        if let Some(targets) = Elements::within(0..cursor.size()).next(&mut cursor)? {
            target.read(&mut cursor, &targets)?;
        }
        let mut items = Vec::new();
        let targets = Item::other(new.targets);
        budget.push(&mut items, targets)?;
        budget.push(&mut items, new.item)?;
        let tag = Tag { width: 1, target, has_tracks: true, items, is_changed: true, bytes: &[] };
        budget.push(&mut self.parts, Part::Tag(tag))?;
        self.is_changed = true;
        Ok(())
    }

    /// Returns the bytes to write. They are empty if no tag is left.
    pub(super) fn render(&self, budget: &Budget) -> Result<Vec<u8>> {
        if self.tags().all(Tag::is_empty) {
            return Ok(Vec::new());
        }
        let mut parts = Vec::new();
        for part in &self.parts {
            let bytes = match part {
                Part::Other(bytes) => Cow::Borrowed(*bytes),
                Part::Tag(tag) if tag.is_empty() => continue,
                Part::Tag(tag) => tag.render(budget)?,
            };
            budget.push(&mut parts, bytes)?;
        }
        let mut body = joined(&parts, budget)?;
        write::set_checksum(&mut body);
        write::element(TAGS, &body, self.width, budget)
    }
}

impl<'a> Tag<'a> {
    fn read(cursor: &mut Cursor<'a>, bytes: &'a [u8], tag: &Element) -> Result<Self, Stop> {
        let mut target = Target::default();
        let parts = children(cursor, tag)?;
        for targets in parts.iter().filter(|part| part.id == TARGETS) {
            target.read(cursor, targets)?;
        }
        let mut items = Vec::new();
        for part in parts {
            let item = match part.id {
                SIMPLE_TAG => Item::read(cursor, bytes, &part)?,
                _ => Item::other(slice(bytes, &part)),
            };
            cursor.budget().push(&mut items, item)?;
        }
        let (width, bytes) = (tag.size_width(), slice(bytes, tag));
        Ok(Self { width, target, has_tracks: false, items, is_changed: false, bytes })
    }

    /// Returns the bytes of the tag's `Targets`, or no bytes if it has none.
    fn targets(&self, budget: &Budget) -> Result<&'a [u8]> {
        let mut cursor = Cursor::over(self.bytes, budget);
        let all = 0..self.bytes.len() as u64;
        let Some(tag) = Elements::within(all).next(&mut cursor)? else { return Ok(&[]) };
        let mut walk = Elements::within(tag.body);
        while let Some(part) = walk.next(&mut cursor)? {
            if part.id == TARGETS {
                return Ok(slice(self.bytes, &part));
            }
        }
        Ok(&[])
    }

    /// Returns the part that a text of this name would hold in this tag.
    fn tag_part_of(&self, name: &str) -> TagPart {
        self.target.tag_part(name, self.has_tracks)
    }

    /// Moves the texts that TagLib takes for a part of a track that `is_part` names into a tag
    /// that states the level of an album. Returns that tag, or `None` if there are no such texts.
    fn split_off_album(
        &mut self,
        is_part: impl Fn(&TagPart) -> bool,
        budget: &'a Budget,
    ) -> Result<Option<Self>> {
        let is_misread = |item: &Item<'_>| {
            let misread_as = self.target.misread_as(&item.name, self.has_tracks);
            item.is_text && misread_as.is_some_and(|part| is_part(&part))
        };
        if !self.items.iter().any(is_misread) {
            return Ok(None);
        }
        let level = write::number(TARGET_TYPE_VALUE, ALBUM, 1, budget)?;
        let targets = write::element(TARGETS, &level, 1, budget)?;
        let (mut left, mut album) = (Vec::new(), Vec::new());
        budget.push(&mut album, Item { bytes: targets.into(), ..Item::other(&[]) })?;
        for item in mem::take(&mut self.items) {
            let items = if is_misread(&item) { &mut album } else { &mut left };
            budget.push(items, item)?;
        }
        self.items = left;
        self.is_changed = true;
        let target = Target { level: Some(ALBUM), ..Target::default() };
        let (width, has_tracks) = (self.width, self.has_tracks);
        Ok(Some(Tag { width, target, has_tracks, items: album, is_changed: true, bytes: &[] }))
    }

    /// Returns whether the edit has removed all texts of the tag.
    fn is_empty(&self) -> bool {
        self.is_changed && !self.items.iter().any(|item| item.is_simple_tag)
    }

    fn render(&self, budget: &Budget) -> Result<Cow<'a, [u8]>> {
        if !self.is_changed {
            return Ok(self.bytes.into());
        }
        let mut items = Vec::new();
        for item in &self.items {
            budget.push(&mut items, Cow::Borrowed(&*item.bytes))?;
        }
        let mut body = joined(&items, budget)?;
        write::set_checksum(&mut body);
        write::element(TAG, &body, self.width, budget).map(Cow::Owned)
    }
}

impl<'a> Item<'a> {
    fn other(bytes: &'a [u8]) -> Self {
        let (name, value) = (String::new(), String::new());
        Self {
            tag_part: TagPart::Other,
            is_simple_tag: false,
            is_text: false,
            name,
            value,
            bytes: bytes.into(),
        }
    }

    fn read(cursor: &mut Cursor<'a>, bytes: &'a [u8], tag: &Element) -> Result<Self, Stop> {
        let mut item = Self { is_simple_tag: true, ..Self::other(slice(bytes, tag)) };
        for part in children(cursor, tag)? {
            match part.id {
                TAG_NAME => item.name = text(cursor, &part.body)?,
                TAG_STRING => {
                    item.value = text(cursor, &part.body)?;
                    item.is_text = true;
                }
                _ => {}
            }
        }
        Ok(item)
    }

    /// Sets the text. Its language and nested tags stay.
    fn set_value(&mut self, value: &str, budget: &'a Budget) -> Result<(), Stop> {
        let mut cursor = Cursor::over(&self.bytes, budget);
        let tag = only_element(&mut cursor)?;
        let mut parts = Vec::new();
        for part in children(&mut cursor, &tag)? {
            let bytes = match part.id {
                TAG_STRING => {
                    let width = part.size_width();
                    write::element(TAG_STRING, value.as_bytes(), width, budget)?.into()
                }
                _ => Cow::Borrowed(slice(&self.bytes, &part)),
            };
            budget.push(&mut parts, bytes)?;
        }
        let mut body = joined(&parts, budget)?;
        write::set_checksum(&mut body);
        self.bytes = write::element(SIMPLE_TAG, &body, tag.size_width(), budget)?.into();
        value.clone_into(&mut self.value);
        Ok(())
    }
}

/// Applies `changes` to the original tags. The texts of a part replace its existing ones, one by
/// one, so that languages and nested tags stay.
pub(super) fn merge<'a>(
    originals: &mut Vec<Tags<'a>>,
    mut changes: Changes<'a>,
    requested: &Requested,
    budget: &'a Budget,
) -> Result<(), Stop> {
    let items = originals.iter().flat_map(Tags::tags).flat_map(|tag| &tag.items);
    for item in items.filter(|item| requested.contains(&item.tag_part)) {
        let group = changes.group(&item.tag_part, budget)?;
        budget.charge(item.value.len())?;
        budget.push(&mut group.stored, item.value.clone())?;
    }
    changes.drop_what_is_stored(requested, budget)?;
    for tags in originals.iter_mut() {
        for tag in tags.tags_mut() {
            changes.make(tag, budget)?;
        }
        let is_changed = tags.tags().any(|tag| tag.is_changed);
        tags.is_changed |= is_changed;
    }
    for tag_part in mem::take(&mut changes.order) {
        for new in changes
            .groups
            .remove(&tag_part)
            .into_iter()
            .flat_map(|group| group.new.into_iter().rev())
        {
            add(originals, new, budget)?;
        }
    }
    Ok(())
}

impl<'a> Changes<'a> {
    /// Takes the requested texts out of these tags.
    pub(super) fn take(
        &mut self,
        edited: &Tags<'a>,
        requested: &Requested,
        budget: &Budget,
    ) -> Result<()> {
        for tag in edited.tags() {
            for item in tag.items.iter().filter(|item| requested.contains(&item.tag_part)) {
                budget.charge(item.name.len() + item.value.len())?;
                let new = NewItem { item: item.clone(), targets: tag.targets(budget)? };
                budget.push(&mut self.group(&item.tag_part, budget)?.new, new)?;
            }
        }
        Ok(())
    }

    fn group(&mut self, tag_part: &TagPart, budget: &Budget) -> Result<&mut Group<'a>> {
        if !self.groups.contains_key(tag_part) {
            budget.charge(mem::size_of::<(TagPart, Group<'_>)>())?;
            budget.push(&mut self.order, tag_part.clone())?;
        }
        Ok(self.groups.entry(tag_part.clone()).or_default())
    }

    fn drop_what_is_stored(
        &mut self,
        requested: &Requested,
        budget: &'a Budget,
    ) -> Result<(), Stop> {
        for (tag_part, group) in &mut self.groups {
            if let (TagPart::Property(key), [stored], [only]) =
                (tag_part, &group.stored[..], &mut group.new[..])
                && let Some(text) = completed(key, stored, requested)
            {
                only.item.set_value(&text, budget)?;
            }
            // They are taken from the end.
            group.new.reverse();
        }
        self.groups.retain(|_, Group { new, stored }| {
            !new.iter().rev().map(|new| &new.item.value).eq(stored.iter())
        });
        Ok(())
    }

    fn make(&mut self, tag: &mut Tag<'a>, budget: &'a Budget) -> Result<(), Stop> {
        for mut item in mem::take(&mut tag.items) {
            if let Some(group) = self.groups.get_mut(&item.tag_part) {
                let Some(new) = group.new.pop() else {
                    tag.is_changed = true;
                    continue;
                };
                if item.value != new.item.value {
                    item.set_value(&new.item.value, budget)?;
                    tag.is_changed = true;
                }
            }
            budget.push(&mut tag.items, item)?;
        }
        Ok(())
    }
}

/// States the level of an album where its absence would change the meaning of the edit: TagLib
/// would return such a text in addition to the requested one. If the edit has removed the last tag
/// with the level of a track, a missing level would no longer mean an album.
pub(super) fn state_album_levels<'a>(
    originals: &mut [Tags<'a>],
    requested: &Requested,
    budget: &'a Budget,
) -> Result<()> {
    let is_track = |tag: &Tag<'_>| tag.target.is_track() && !tag.is_empty();
    let has_tracks = originals.iter().flat_map(Tags::tags).any(is_track);
    for tags in originals {
        let mut albums = Vec::new();
        for tag in tags.tags_mut() {
            let is_part = |part: &TagPart| !has_tracks || requested.contains(part);
            if let Some(album) = tag.split_off_album(is_part, budget)? {
                budget.push(&mut albums, album)?;
            }
        }
        tags.is_changed |= !albums.is_empty();
        for album in albums {
            budget.push(&mut tags.parts, Part::Tag(album))?;
        }
    }
    Ok(())
}

/// Moves all tags into the last element if one of them has changed: TagLib reads no other.
pub(super) fn join_into_last<'a>(originals: &mut [Tags<'a>], budget: &Budget) -> Result<()> {
    let is_changed = originals.iter().any(|tags| tags.is_changed);
    let Some((last, others)) = originals.split_last_mut() else { return Ok(()) };
    if !is_changed || others.is_empty() {
        return Ok(());
    }
    let mut parts = Vec::new();
    for tags in others {
        tags.is_changed = true;
        for part in mem::take(&mut tags.parts) {
            if matches!(part, Part::Tag(_)) {
                budget.push(&mut parts, part)?;
            }
        }
    }
    for part in mem::take(&mut last.parts) {
        budget.push(&mut parts, part)?;
    }
    last.is_changed = true;
    last.parts = parts;
    Ok(())
}

/// Adds a text to a tag in which it has the same meaning, or in a tag of its own.
fn add<'a>(
    originals: &mut Vec<Tags<'a>>,
    new: NewItem<'a>,
    budget: &'a Budget,
) -> Result<(), Stop> {
    let mut left = Some(new);
    for tags in originals.iter_mut() {
        if let Some(new) = left.take() {
            left = tags.add(new, budget)?;
        }
    }
    let Some(new) = left else { return Ok(()) };
    if originals.is_empty() {
        budget.push(originals, Tags::empty())?;
    }
    originals[0].add_tag(new, budget)
}
