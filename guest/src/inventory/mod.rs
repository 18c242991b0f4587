//! Lists what a file's tags consist of, element by element.
//!
//! TagLib's view of a file hides much of its content. An [`Inventory`] is taken from the
//! container itself: every frame, atom, comment, block and chunk. A save compares the inventories
//! of the original and of the changed copy. An element is lost if it is missing from the copy and
//! the edit did not ask to change it.

mod ape_tag;
mod asf;
mod flac;
mod iff;
mod matroska;
mod mp4;
mod ogg;
mod stream;
mod vorbis_comment;

use crate::containers::{Container, Cursor};
use crate::error::{Loss, Result};
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::ops::Range;

/// The parts of a file's tags, in the order of the file.
#[derive(Debug)]
pub(crate) struct Inventory {
    elements: Vec<Element>,
    keys: RandomState,
}

/// A frame, an atom, a comment, a block or a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// The kind of element, such as `ID3v2 frame`.
    pub kind: &'static str,
    /// Its identifier within the kind, such as `TIT2`.
    pub key: String,
    /// The part of the tag that the element belongs to.
    pub tag_part: TagPart,
    /// A hash of its content.
    pub hash: u64,
    /// Its content as it is shown to people, shortened.
    pub text: String,
}

/// The maximum number of characters of a content that are shown to people.
const MAX_TEXT: usize = 80;

/// The bytes that the comparison of two inventories takes for each element, for its entries in
/// look-up tables.
const COMPARED: usize = 3 * size_of::<((&str, &str, u64), usize)>();

impl Inventory {
    /// Takes the inventory of a file. Inventories are comparable if they have the
    /// same `keys`.
    pub(crate) fn take(cursor: &mut Cursor<'_>, keys: &RandomState) -> Result<Self> {
        let mut inventory = Self::new(keys);
        match Container::of(cursor)? {
            Container::Ogg => ogg::take(cursor, &mut inventory)?,
            Container::Stream => drop(stream::take(cursor, &mut inventory)?),
            Container::Mp4 => mp4::take(cursor, &mut inventory)?,
            Container::Asf => asf::take(cursor, &mut inventory)?,
            Container::Matroska => matroska::take(cursor, &mut inventory)?,
            Container::Iff(_) => iff::take(cursor, &mut inventory)?,
        }
        Ok(inventory)
    }

    /// Creates an empty inventory. Inventories are comparable if they have the same `keys`.
    pub(crate) fn new(keys: &RandomState) -> Self {
        Self { elements: Vec::new(), keys: keys.clone() }
    }

    /// Returns the keys of the hashes.
    pub(crate) fn keys(&self) -> &RandomState {
        &self.keys
    }

    /// Adds an element with this content.
    pub(crate) fn add(
        &mut self,
        kind: &'static str,
        key: impl Into<String>,
        tag_part: TagPart,
        content: impl Hash,
        text: &str,
        budget: &Budget,
    ) -> Result<()> {
        let hash = self.keys.hash_one(content);
        self.add_hashed(kind, key, tag_part, hash, text, budget)
    }

    /// Adds an element whose content has been hashed with [`Inventory::keys`].
    pub(crate) fn add_hashed(
        &mut self,
        kind: &'static str,
        key: impl Into<String>,
        tag_part: TagPart,
        hash: u64,
        text: &str,
        budget: &Budget,
    ) -> Result<()> {
        let key = key.into();
        let text: String = text.chars().take(MAX_TEXT).collect();
        budget.charge(key.len() + text.len() + COMPARED)?;
        budget.push(&mut self.elements, Element { kind, key, tag_part, hash, text })
    }

    /// Returns the elements that `after` lacks, except those that the edit asks to change.
    pub(crate) fn lost(&self, after: &Self, requested: &Requested) -> Vec<Loss> {
        let mut present: HashMap<(&str, &str, u64), usize> = HashMap::new();
        for element in &after.elements {
            *present.entry(element.identity()).or_default() += 1;
        }
        let mut missing = Vec::new();
        // What the edit removes may have had the same content as what stays.
        for element in self.elements.iter().filter(|element| !element.is_requested(requested)) {
            match present.get_mut(&element.identity()) {
                Some(count) if *count > 0 => *count -= 1,
                _ => missing.push(element),
            }
        }
        if missing.is_empty() {
            return Vec::new();
        }
        let new = self.new_elements(after);
        let loss = |element: &Element| Loss {
            kind: element.kind,
            key: element.key.clone(),
            before: element.text.clone(),
            after: new.get(&(element.kind, &*element.key)).map(|other| other.text.clone()),
        };
        missing.into_iter().map(loss).collect()
    }

    /// Returns the first element of each kind and key that `after` has and this inventory lacks.
    fn new_elements<'a>(&self, after: &'a Self) -> HashMap<(&'a str, &'a str), &'a Element> {
        let known: HashSet<_> = self.elements.iter().map(Element::identity).collect();
        let mut new = HashMap::new();
        for element in after.elements.iter().filter(|it| !known.contains(&it.identity())) {
            new.entry((element.kind, &*element.key)).or_insert(element);
        }
        new
    }
}

/// Adds the bytes after the last element of a container, if there are any.
fn take_rest(
    cursor: &mut Cursor<'_>,
    kind: &'static str,
    key: &str,
    range: Range<u64>,
    inventory: &mut Inventory,
) -> Result<()> {
    if range.is_empty() {
        return Ok(());
    }
    let text = format!("{} bytes", range.end - range.start);
    let Some(hash) = cursor.hash(range, inventory.keys())? else { return Ok(()) };
    inventory.add_hashed(kind, key, TagPart::Other, hash, &text, cursor.budget())
}

impl Element {
    fn identity(&self) -> (&str, &str, u64) {
        (self.kind, &self.key, self.hash)
    }

    fn is_requested(&self, requested: &Requested) -> bool {
        let Requested { frames, strip_id3, .. } = requested;
        let by_its_tag = match self.kind {
            stream::ID3V1_FIELD => strip_id3.v1,
            stream::ID3V2_FRAME => strip_id3.v2 || frames.contains(&self.key),
            stream::ID3V2_TAG => strip_id3.v2,
            _ => false,
        };
        by_its_tag || requested.contains(&self.tag_part)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::file::unlinked;
    use std::fs;
    use std::path::Path;

    pub(crate) fn fixture(name: &str) -> Vec<u8> {
        let fixtures = "../__test__/fixtures/audio";
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(fixtures).join(name)).unwrap()
    }

    fn taken(bytes: &[u8], keys: &RandomState) -> Inventory {
        Inventory::take(&mut Cursor::over(bytes, &unlinked::budget()), keys).unwrap()
    }

    fn label(kind: &str, key: &str) -> String {
        format!("{kind} {key}")
    }

    /// Returns the kinds and keys of the elements of a file.
    pub(crate) fn keys_of(bytes: &[u8]) -> Vec<String> {
        let inventory = taken(bytes, &RandomState::new());
        inventory.elements.iter().map(|element| label(element.kind, &element.key)).collect()
    }

    /// Returns the kinds and keys of the elements that a save without changes has lost.
    pub(crate) fn lost(before: &[u8], after: &[u8]) -> Vec<String> {
        let keys = RandomState::new();
        let lost = taken(before, &keys).lost(&taken(after, &keys), &Requested::default());
        lost.iter().map(|loss| label(loss.kind, &loss.key)).collect()
    }

    fn inventory(keys: &RandomState, frames: &[(&str, &str)]) -> Inventory {
        let mut inventory = Inventory::new(keys);
        for (key, text) in frames {
            let tag_part = TagPart::Property((*key).to_owned());
            inventory.add("frame", *key, tag_part, text, text, &unlinked::budget()).unwrap();
        }
        inventory
    }

    #[test]
    fn what_is_missing_was_altered_or_appears_less_often_is_lost() {
        let keys = RandomState::new();
        let before =
            inventory(&keys, &[("A", "1"), ("B", "2"), ("B", "2"), ("C", "3"), ("D", "4")]);
        let after = inventory(&keys, &[("B", "2"), ("A", "one"), ("D", "new"), ("E", "5")]);
        let requested =
            Requested { properties: vec![("D".to_owned(), Vec::new())], ..Requested::default() };
        let lost = before.lost(&after, &requested);
        let lost: Vec<_> =
            lost.iter().map(|it| (&*it.key, &*it.before, it.after.as_deref())).collect();
        assert_eq!(lost, [("A", "1", Some("one")), ("B", "2", None), ("C", "3", None)]);
        assert!(before.lost(&before, &Requested::default()).is_empty());
    }

    #[test]
    fn what_stays_is_not_lost_if_the_edit_removes_something_equal() {
        let keys = RandomState::new();
        let of = |tag_parts: &[TagPart]| {
            let mut inventory = Inventory::new(&keys);
            for tag_part in tag_parts {
                let budget = unlinked::budget();
                inventory.add("atom", "nmhd", tag_part.clone(), "same", "same", &budget).unwrap();
            }
            inventory
        };
        let before = of(&[TagPart::Chapter, TagPart::Other]);
        let requested = Requested { chapters: true, ..Requested::default() };
        assert!(before.lost(&of(&[TagPart::Other]), &requested).is_empty());
        assert_eq!(before.lost(&of(&[]), &requested).len(), 1);
    }
}
