//! Chapters of Matroska and WebM (RFC 9559, section 5.1.7): editions, which consist of atoms.

use super::Cursor;
use super::matroska::{Element, Elements, each_child, text, unsigned};
use crate::error::Result;

/// Identifiers of elements in `Chapters`.
pub(crate) const EDITION_ENTRY: u32 = 0x45B9;

/// In an edition.
const EDITION_FLAG_DEFAULT: u32 = 0x45DB;
const EDITION_FLAG_ORDERED: u32 = 0x45DD;
pub(crate) const CHAPTER_ATOM: u32 = 0xB6;

/// In an atom, which may also have atoms.
pub(crate) const CHAPTER_UID: u32 = 0x73C4;
pub(crate) const CHAPTER_TIME_START: u32 = 0x91;
pub(crate) const CHAPTER_TIME_END: u32 = 0x92;
const CHAPTER_FLAG_HIDDEN: u32 = 0x98;
pub(crate) const CHAPTER_DISPLAY: u32 = 0x80;

/// In `ChapterDisplay`.
pub(crate) const CHAP_STRING: u32 = 0x85;
pub(crate) const CHAP_LANGUAGE: u32 = 0x437C;

/// A list of chapters.
#[derive(Default)]
pub(crate) struct Edition {
    /// Where it is.
    pub element: Option<Element>,
    is_default: bool,
    /// Whether it also decides what is played, and in which order.
    is_ordered: bool,
    /// Its chapters, without those that players do not show and those within others.
    pub atoms: Vec<ChapterAtom>,
}

/// A chapter. Times are in nanoseconds.
pub(crate) struct ChapterAtom {
    pub element: Element,
    pub uid: Option<u64>,
    pub start: u64,
    pub end: Option<u64>,
    /// The first title, if it has several in different languages.
    pub title: Option<String>,
}

impl Edition {
    /// Returns the edition that a player shows: the first one that is a default, or else the first
    /// one.
    pub(crate) fn shown(cursor: &mut Cursor<'_>, chapters: &Element) -> Result<Option<Self>> {
        let mut shown: Option<Self> = None;
        let mut editions = Elements::within(chapters.body.clone());
        while let Some(child) = editions.next(cursor)? {
            if child.id != EDITION_ENTRY {
                continue;
            }
            let edition = Self::read(cursor, child)?;
            if edition.is_default {
                return Ok(Some(edition));
            }
            shown.get_or_insert(edition);
        }
        Ok(shown)
    }

    /// Returns whether an edition also decides what is played.
    pub(crate) fn is_any_ordered(cursor: &mut Cursor<'_>, chapters: &Element) -> Result<bool> {
        let mut editions = Elements::within(chapters.body.clone());
        while let Some(child) = editions.next(cursor)? {
            if child.id == EDITION_ENTRY && Self::read(cursor, child)?.is_ordered {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read(cursor: &mut Cursor<'_>, element: Element) -> Result<Self> {
        let mut edition = Self::default();
        each_child(cursor, &element, |cursor, child| {
            match child.id {
                EDITION_FLAG_DEFAULT => edition.is_default = flag(cursor, child)?,
                EDITION_FLAG_ORDERED => edition.is_ordered = flag(cursor, child)?,
                CHAPTER_ATOM => {
                    if let Some(atom) = ChapterAtom::read(cursor, child)? {
                        cursor.budget().push(&mut edition.atoms, atom)?;
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self { element: Some(element), ..edition })
    }
}

impl ChapterAtom {
    /// Reads an atom. Returns `None` if it has no start, or if players do not show it.
    fn read(cursor: &mut Cursor<'_>, element: &Element) -> Result<Option<Self>> {
        let (mut uid, mut start, mut end, mut title) = (None, None, None, None);
        let mut is_hidden = false;
        each_child(cursor, element, |cursor, child| {
            match child.id {
                CHAPTER_UID => uid = unsigned(cursor, &child.body)?,
                CHAPTER_TIME_START => start = unsigned(cursor, &child.body)?,
                CHAPTER_TIME_END => end = unsigned(cursor, &child.body)?,
                CHAPTER_FLAG_HIDDEN => is_hidden = flag(cursor, child)?,
                CHAPTER_DISPLAY if title.is_none() => title = title_of(cursor, child)?,
                _ => {}
            }
            Ok(())
        })?;
        let element = element.clone();
        Ok(start.filter(|_| !is_hidden).map(|start| Self { element, uid, start, end, title }))
    }
}

fn title_of(cursor: &mut Cursor<'_>, display: &Element) -> Result<Option<String>> {
    let mut title = None;
    each_child(cursor, display, |cursor, child| {
        if child.id == CHAP_STRING {
            title = Some(text(cursor, &child.body)?);
        }
        Ok(())
    })?;
    Ok(title)
}

fn flag(cursor: &mut Cursor<'_>, element: &Element) -> Result<bool> {
    Ok(unsigned(cursor, &element.body)? == Some(1))
}
