//! Writes chapters (RFC 9559, section 5.1.7). TagLib's C interface has none in Matroska.
//!
//! Only the edition that is read is changed, unless all chapters are removed. Its chapters are matched with the requested ones: one
//! that stays is not written anew, and one that changes keeps everything but its times and title,
//! such as the chapters within it.

use super::super::stop::Stop;
use super::parts::{children, joined, only_element, slice};
use super::write;
use crate::containers::Cursor;
use crate::containers::matroska::{CHAPTERS, Element};
use crate::containers::matroska_chapters::{
    CHAP_LANGUAGE, CHAP_STRING, CHAPTER_ATOM, CHAPTER_DISPLAY, CHAPTER_TIME_END,
    CHAPTER_TIME_START, CHAPTER_UID, ChapterAtom, EDITION_ENTRY, Edition,
};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::tags::Chapter;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

const NANOSECONDS_PER_MILLISECOND: f64 = 1e6;

/// The language of a title whose language is unknown (ISO 639-2). The default is English.
const UNDETERMINED: &[u8] = b"und";

/// Returns an atom as a chapter.
pub(crate) fn chapter_of(atom: &ChapterAtom) -> Chapter {
    Chapter {
        start: milliseconds(atom.start),
        end: atom.end.map(milliseconds),
        title: atom.title.clone().filter(|title| !title.is_empty()),
        id: atom.uid.map(|uid| uid.to_string()),
        ..Chapter::default()
    }
}

fn milliseconds(nanoseconds: u64) -> f64 {
    (nanoseconds as f64 / NANOSECONDS_PER_MILLISECOND).round()
}

/// Returns the `Chapters` element with the requested chapters, which are in the order of their
/// start, or no bytes if there are none: no other edition must take the place of the one that was
/// read.
pub(super) fn merged(
    original: Option<&[u8]>,
    asked: &[Chapter],
    budget: &Budget,
) -> Result<Vec<u8>, Stop> {
    let mut parts = Vec::new();
    let mut width = 1;
    let mut is_placed = false;
    if let Some(bytes) = original {
        let mut cursor = Cursor::over(bytes, budget);
        let element = only_element(&mut cursor)?;
        if Edition::is_any_ordered(&mut cursor, &element)? {
            let message = "the chapters can't be written: an edition is ordered, so it decides \
                           what is played";
            return Err(Error::file("save", Errno::NOTSUP, message.to_owned()).into());
        }
        width = element.size_width();
        let shown = Edition::shown(&mut cursor, &element)?;
        for child in children(&mut cursor, &element)? {
            match &shown {
                Some(edition) if edition.element.as_ref() == Some(&child) => {
                    is_placed = true;
                    let new = changed_edition(bytes, &mut cursor, &child, edition, asked)?;
                    budget.push(&mut parts, Cow::Owned(new))?;
                }
                _ => budget.push(&mut parts, Cow::Borrowed(slice(bytes, &child)))?,
            }
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    if !is_placed {
        let atoms = atoms_of(&[], asked, None, budget)?;
        let edition = write::element(EDITION_ENTRY, &joined(&atoms, budget)?, 1, budget)?;
        budget.push(&mut parts, Cow::Owned(edition))?;
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(CHAPTERS, &body, width, budget)?)
}

/// Returns an edition with the requested chapters.
fn changed_edition(
    bytes: &[u8],
    cursor: &mut Cursor<'_>,
    element: &Element,
    edition: &Edition,
    asked: &[Chapter],
) -> Result<Vec<u8>, Stop> {
    let budget = cursor.budget();
    let mut new = Some(atoms_of(&edition.atoms, asked, Some(bytes), budget)?);
    let shown: HashSet<u64> = edition.atoms.iter().map(|atom| atom.element.range.start).collect();
    let mut parts = Vec::new();
    for child in children(cursor, element)? {
        if shown.contains(&child.range.start) {
            for atom in new.take().into_iter().flatten() {
                budget.push(&mut parts, atom)?;
            }
        } else {
            budget.push(&mut parts, Cow::Borrowed(slice(bytes, &child)))?;
        }
    }
    for atom in new.into_iter().flatten() {
        budget.push(&mut parts, atom)?;
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(EDITION_ENTRY, &body, element.size_width(), budget)?)
}

/// Returns the atoms of the requested chapters. `bytes` are those in which the stored atoms lie.
fn atoms_of<'a>(
    stored: &[ChapterAtom],
    asked: &[Chapter],
    bytes: Option<&'a [u8]>,
    budget: &Budget,
) -> Result<Vec<Cow<'a, [u8]>>, Stop> {
    let known: Vec<Chapter> = stored.iter().map(chapter_of).collect();
    let (mut by_id, mut by_start) = (HashMap::new(), HashMap::new());
    for (index, chapter) in known.iter().enumerate() {
        budget.charge(2 * size_of::<(&Chapter, usize)>())?;
        by_id.entry(&chapter.id).or_insert(index);
        by_start.entry((chapter.start.to_bits(), &chapter.title)).or_insert(index);
    }
    let mut is_used = vec![false; stored.len()];
    let mut atoms = Vec::new();
    for chapter in asked {
        let id = chapter.id.as_ref().and_then(|_| by_id.get(&chapter.id));
        let start = by_start.get(&(chapter.start.round().to_bits(), &chapter.title));
        // Two requested chapters can't be the same one.
        let same = id.or(start).filter(|index| !is_used[**index]);
        let atom = match (same, bytes) {
            (Some(index), Some(bytes)) => {
                is_used[*index] = true;
                changed_atom(bytes, &stored[*index], &known[*index], chapter, budget)?
            }
            _ => new_atom(chapter, budget)?.into(),
        };
        budget.push(&mut atoms, atom)?;
    }
    Ok(atoms)
}

/// Returns an atom with the times and the title of a requested chapter.
fn changed_atom<'a>(
    bytes: &'a [u8],
    atom: &ChapterAtom,
    is: &Chapter,
    asked: &Chapter,
    budget: &Budget,
) -> Result<Cow<'a, [u8]>, Stop> {
    let has_start = asked.start.round() == is.start;
    let has_end = asked.end.map(f64::round) == is.end;
    let has_title = asked.title == is.title;
    if has_start && has_end && has_title {
        return Ok(slice(bytes, &atom.element).into());
    }
    let mut cursor = Cursor::over(bytes, budget);
    let mut parts = Vec::new();
    let (mut end, mut title) = (asked.end, asked.title.as_deref());
    for child in children(&mut cursor, &atom.element)? {
        let part = match child.id {
            CHAPTER_TIME_START if !has_start => {
                time(CHAPTER_TIME_START, asked.start, budget)?.into()
            }
            CHAPTER_TIME_END if !has_end => match end.take() {
                Some(end) => time(CHAPTER_TIME_END, end, budget)?.into(),
                None => continue,
            },
            CHAPTER_DISPLAY if !has_title => match (title.take(), &asked.title) {
                (Some(title), _) => changed_display(bytes, &mut cursor, &child, title)?.into(),
                // The titles in other languages stay.
                (None, Some(_)) => Cow::Borrowed(slice(bytes, &child)),
                (None, None) => continue,
            },
            _ => Cow::Borrowed(slice(bytes, &child)),
        };
        budget.push(&mut parts, part)?;
    }
    if let Some(end) = end.filter(|_| !has_end) {
        budget.push(&mut parts, time(CHAPTER_TIME_END, end, budget)?.into())?;
    }
    if let Some(title) = title.filter(|_| !has_title) {
        budget.push(&mut parts, display(title, budget)?.into())?;
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(CHAPTER_ATOM, &body, atom.element.size_width(), budget)?.into())
}

/// Returns a display with another title, in the same language.
fn changed_display(
    bytes: &[u8],
    cursor: &mut Cursor<'_>,
    element: &Element,
    title: &str,
) -> Result<Vec<u8>, Stop> {
    let budget = cursor.budget();
    let mut parts = Vec::new();
    for child in children(cursor, element)? {
        let part = match child.id {
            CHAP_STRING => write::element(CHAP_STRING, title.as_bytes(), 1, budget)?.into(),
            _ => Cow::Borrowed(slice(bytes, &child)),
        };
        budget.push(&mut parts, part)?;
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(CHAPTER_DISPLAY, &body, element.size_width(), budget)?)
}

fn new_atom(chapter: &Chapter, budget: &Budget) -> Result<Vec<u8>> {
    let mut parts = vec![
        Cow::Owned(write::number(CHAPTER_UID, new_uid(chapter), 1, budget)?),
        time(CHAPTER_TIME_START, chapter.start, budget)?.into(),
    ];
    if let Some(end) = chapter.end {
        parts.push(time(CHAPTER_TIME_END, end, budget)?.into());
    }
    if let Some(title) = &chapter.title {
        parts.push(display(title, budget)?.into());
    }
    write::element(CHAPTER_ATOM, &joined(&parts, budget)?, 1, budget)
}

fn display(title: &str, budget: &Budget) -> Result<Vec<u8>> {
    let parts = [
        write::element(CHAP_STRING, title.as_bytes(), 1, budget)?.into(),
        write::element(CHAP_LANGUAGE, UNDETERMINED, 1, budget)?.into(),
    ];
    write::element(CHAPTER_DISPLAY, &joined(&parts, budget)?, 1, budget)
}

fn time(id: u32, milliseconds: f64, budget: &Budget) -> Result<Vec<u8>> {
    write::number(id, (milliseconds * NANOSECONDS_PER_MILLISECOND).round() as u64, 1, budget)
}

/// Returns an identifier, which must be unique in the file and not zero. It depends only on the
/// chapter, so that the same change gives the same bytes.
fn new_uid(chapter: &Chapter) -> u64 {
    let mut hasher = DefaultHasher::new();
    (chapter.start.to_bits(), chapter.end.map(f64::to_bits), &chapter.title).hash(&mut hasher);
    hasher.finish().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    const EDITION_FLAG_DEFAULT: u32 = 0x45DB;
    const EDITION_FLAG_ORDERED: u32 = 0x45DD;
    const CHAPTER_FLAG_HIDDEN: u32 = 0x98;
    /// An element that is not known here.
    const CHAPTER_SEGMENT_UUID: u32 = 0x6E67;

    fn element(id: u32, children: &[Vec<u8>]) -> Vec<u8> {
        write::element(id, &children.concat(), 1, &unlinked::budget()).unwrap()
    }

    fn number(id: u32, value: u64) -> Vec<u8> {
        write::number(id, value, 1, &unlinked::budget()).unwrap()
    }

    fn text(id: u32, text: &str) -> Vec<u8> {
        element(id, &[text.as_bytes().to_vec()])
    }

    fn titled(title: &str, language: &str) -> Vec<u8> {
        element(CHAPTER_DISPLAY, &[text(CHAP_STRING, title), text(CHAP_LANGUAGE, language)])
    }

    fn atom(uid: u64, start: u64, others: &[Vec<u8>]) -> Vec<u8> {
        let times = [number(CHAPTER_UID, uid), number(CHAPTER_TIME_START, start)];
        element(CHAPTER_ATOM, &[times.concat(), others.concat()])
    }

    fn edition(children: &[Vec<u8>]) -> Vec<u8> {
        element(EDITION_ENTRY, children)
    }

    fn read(chapters: &[u8]) -> Vec<Chapter> {
        let budget = unlinked::budget();
        let mut cursor = Cursor::over(chapters, &budget);
        let Ok(element) = only_element(&mut cursor) else { return Vec::new() };
        let edition = Edition::shown(&mut cursor, &element).unwrap();
        edition.unwrap_or_default().atoms.iter().map(chapter_of).collect()
    }

    fn changed(original: Option<&[u8]>, asked: &[Chapter]) -> Vec<u8> {
        match merged(original, asked, &unlinked::budget()) {
            Ok(bytes) => bytes,
            Err(Stop::Unusual) => panic!("unusual"),
            Err(Stop::Error(error)) => panic!("{error}"),
        }
    }

    fn chapter(start: f64, end: Option<f64>, title: &str) -> Chapter {
        Chapter { start, end, title: Some(title.to_owned()), ..Chapter::default() }
    }

    #[test]
    fn new_chapters_are_read_as_they_were_written() {
        let asked = [chapter(0.0, Some(700.4), "One"), chapter(1500.0, None, "Zwei ü")];
        let written = changed(None, &asked);
        let is: Vec<_> =
            read(&written).into_iter().map(|it| (it.start, it.end, it.title)).collect();
        let one = (0.0, Some(700.0), Some("One".to_owned()));
        assert_eq!(is, [one, (1500.0, None, Some("Zwei ü".to_owned()))]);
        assert_eq!(changed(Some(&written), &read(&written)), written);
        assert_eq!(changed(Some(&written), &[]), []);
        assert_eq!(changed(None, &[]), []);
    }

    #[test]
    fn a_changed_chapter_keeps_what_was_not_asked_for() {
        let unknown = text(CHAPTER_SEGMENT_UUID, "uuid");
        let inner = atom(9, 5, &[titled("inner", "eng")]);
        let others = |first: &str| {
            [titled(first, "deu"), titled("deux", "fra"), unknown.clone(), inner.clone()]
        };
        let hidden = atom(7, 0, &[number(CHAPTER_FLAG_HIDDEN, 1)]);
        let precise = atom(3, 4_000_123_456, &[titled("drei", "deu")]);
        let first = edition(&[atom(1, 0, &[titled("other", "eng")])]);
        let flags = number(EDITION_FLAG_DEFAULT, 1);
        let shown = |second: &str, end: &[Vec<u8>]| {
            let second = atom(2, 2_000_000_000, &[&others(second)[..], end].concat());
            edition(&[flags.clone(), second, precise.clone(), hidden.clone()])
        };
        let original = element(CHAPTERS, &[first.clone(), shown("zwei", &[])]);
        let mut asked = read(&original);
        assert_eq!(asked.len(), 2);
        assert_eq!(changed(Some(&original), &asked), original);
        asked[0].title = Some("second".to_owned());
        asked[0].end = Some(3000.0);
        let end = number(CHAPTER_TIME_END, 3_000_000_000);
        let expected = element(CHAPTERS, &[first.clone(), shown("second", &[end])]);
        assert_eq!(changed(Some(&original), &asked), expected);
        // No edition takes the place of the one that was removed.
        assert_eq!(changed(Some(&original), &[]), []);
    }

    #[test]
    fn a_chapter_is_known_by_its_identifier_or_by_its_start_and_title() {
        let first = atom(1, 0, &[titled("a", "eng"), titled("b", "fra")]);
        let second = atom(2, 1_000_000_000, &[titled("a", "eng")]);
        let original = element(CHAPTERS, &[edition(&[first.clone(), second])]);
        let moved = Chapter { id: Some("2".to_owned()), ..chapter(5000.0, None, "moved") };
        let asked = [chapter(0.0, None, "a"), moved];
        let second = atom(2, 5_000_000_000, &[titled("moved", "eng")]);
        let expected = element(CHAPTERS, &[edition(&[first, second])]);
        assert_eq!(changed(Some(&original), &asked), expected);
        // A copy of a chapter is a new one.
        let twice = read(&original).into_iter().chain(read(&original)).collect::<Vec<_>>();
        let ids: Vec<_> =
            read(&changed(Some(&original), &twice)).into_iter().map(|it| it.id).collect();
        assert_eq!((ids.len(), ids.iter().collect::<std::collections::HashSet<_>>().len()), (4, 4));
    }

    #[test]
    fn the_chapters_of_an_ordered_edition_are_not_changed() {
        let ordered = edition(&[number(EDITION_FLAG_ORDERED, 1), atom(1, 0, &[])]);
        let original = element(CHAPTERS, &[ordered]);
        let refused = merged(Some(&original), &[], &unlinked::budget());
        assert!(
            matches!(refused, Err(Stop::Error(error)) if error.to_string().contains("ordered"))
        );
    }
}
