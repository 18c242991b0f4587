//! Chapters and their tables of contents (id3.org/id3v2-chapters-1.0).
//!
//! TagLib's C interface replaces all chapters, and writes only their titles. The frames within
//! an original chapter, such as its image and its link, are put into the new one.

use super::frame::Frame;
use crate::containers::id3v2;
use crate::containers::id3v2_text::{Encoding, decode_list};
use crate::error::Result;
use crate::limits::Budget;
use std::collections::{HashMap, HashSet};

const CHAPTER: [u8; 4] = *b"CHAP";
const CONTENTS: [u8; 4] = *b"CTOC";
const TITLE: [u8; 4] = *b"TIT2";

/// The length of the times and offsets of a chapter, in bytes, of its start among them, and of the
/// offsets behind the times.
const TIMES: usize = 16;
const START: usize = 4;
const OFFSETS: usize = 8;

/// The number of inner frames that a chapter may have. Ordinary ones have three.
const MAX_INNER: usize = 1000;

/// The length of the header of a frame within a frame, in bytes.
const HEADER: usize = id3v2::HEADER as usize;

/// Puts the inner frames of the originals into the changed chapters. A chapter is the same one if
/// it has the same identifier, or if its start and its title are the same. Both lists have frames
/// of this version.
pub(super) fn keep(
    changed: &mut [Frame],
    originals: &[Frame],
    version: u8,
    budget: &Budget,
) -> Result<()> {
    let mut known = HashMap::new();
    for (index, frame) in originals.iter().enumerate() {
        let Some(parts) = Parts::of(frame, version) else { continue };
        budget.charge(2 * size_of::<(Key<'_>, usize)>())?;
        known.entry((frame.id, Key::Name(parts.name))).or_insert(index);
        if let Some(start) = parts.start() {
            known.entry((frame.id, Key::Start(start, parts.title()))).or_insert(index);
        }
    }
    let contents = new_contents(changed, originals, version, budget)?;
    for frame in changed {
        if let Some(contents) = contents.as_ref().filter(|_| frame.id == CONTENTS) {
            *frame = contents.clone();
        }
        let Some(parts) = Parts::of(frame, version) else { continue };
        let by_name = known.get(&(frame.id, Key::Name(parts.name)));
        let by_start = || known.get(&(frame.id, Key::Start(parts.start()?, parts.title())));
        let Some(original) = by_name.or_else(by_start).and_then(|index| originals.get(*index))
        else {
            continue;
        };
        if let Some(content) = merged(&parts, original, version, budget)? {
            frame.content = content;
            frame.flags = [0; 2];
        }
    }
    Ok(())
}

/// Returns the table of contents with the changed chapters, if there is one table, and it has all
/// original chapters. TagLib leaves it as it is, so that new chapters are missing in it.
fn new_contents(
    changed: &[Frame],
    originals: &[Frame],
    version: u8,
    budget: &Budget,
) -> Result<Option<Frame>> {
    let mut tables = originals.iter().filter(|frame| frame.id == CONTENTS);
    let (Some(table), None) = (tables.next(), tables.next()) else { return Ok(None) };
    let Some(parts) = Parts::of(table, version) else { return Ok(None) };
    let listed: HashSet<&[u8]> = parts.children().collect();
    let before = names(originals, version, budget)?;
    let after = names(changed, version, budget)?;
    let is_complete = before.len() == listed.len() && before.iter().all(|it| listed.contains(it));
    let Ok(count) = u8::try_from(after.len()) else { return Ok(None) };
    if !is_complete || before == after {
        return Ok(None);
    }
    let mut content = Vec::new();
    let length = after.iter().map(|name| name.len() + 1).sum::<usize>();
    budget.reserve(&mut content, table.content.len() + length)?;
    content.extend(parts.name);
    content.extend([0, parts.head[parts.name.len() + 1], count]);
    for name in after {
        content.extend(name);
        content.push(0);
    }
    Ok(Some(Frame::new(CONTENTS, content, table.version)))
}

/// Returns the names of the chapters.
fn names<'a>(frames: &'a [Frame], version: u8, budget: &Budget) -> Result<Vec<&'a [u8]>> {
    let mut names = Vec::new();
    budget.reserve(&mut names, frames.len())?;
    let chapters = frames.iter().filter(|frame| frame.id == CHAPTER);
    names.extend(chapters.filter_map(|frame| Parts::of(frame, version)).map(|parts| parts.name));
    Ok(names)
}

/// What tells which chapter a frame is.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Name(&'a [u8]),
    Start(&'a [u8], Vec<String>),
}

/// Returns the content of a changed frame with the inner frames of the original.
fn merged(
    changed: &Parts<'_>,
    original: &Frame,
    version: u8,
    budget: &Budget,
) -> Result<Option<Vec<u8>>> {
    let Some(before) = Parts::of(original, version) else { return Ok(None) };
    // The title of a table of contents is not the edit's.
    let is_title_kept = original.id == CONTENTS || changed.title() == before.title();
    // TagLib does not write the offsets.
    let is_head_kept = original.id == CHAPTER && changed.until_offsets() == before.until_offsets();
    let head = if is_head_kept { before.head } else { changed.head };
    let mut content = Vec::new();
    budget.reserve(&mut content, head.len() + changed.length() + before.length())?;
    content.extend(head);
    if !is_title_kept {
        changed.inner.iter().filter(|(id, _)| *id == TITLE).for_each(|(_, it)| content.extend(*it));
    }
    for (id, bytes) in &before.inner {
        if is_title_kept || *id != TITLE {
            content.extend(*bytes);
        }
    }
    Ok(Some(content))
}

/// What a frame consists of.
struct Parts<'a> {
    /// The identifier of the element.
    name: &'a [u8],
    /// Everything before the inner frames.
    head: &'a [u8],
    /// The inner frames with their headers.
    inner: Vec<([u8; 4], &'a [u8])>,
}

impl<'a> Parts<'a> {
    /// Reads a chapter or a table of contents. Returns `None` if it is malformed.
    fn of(frame: &'a Frame, version: u8) -> Option<Self> {
        if ![CHAPTER, CONTENTS].contains(&frame.id) {
            return None;
        }
        let body = frame.plain_body()?;
        let after_text = |from: usize| {
            let length = body.get(from..)?.iter().position(|byte| *byte == 0)?;
            Some(from + length + 1)
        };
        let behind_name = after_text(0)?;
        let mut end = behind_name;
        if frame.id == CHAPTER {
            end += TIMES;
        } else {
            let count = *body.get(end + 1)?;
            end += 2;
            for _ in 0..count {
                end = after_text(end)?;
            }
        }
        let (head, rest) = body.split_at_checked(end)?;
        Some(Self { name: &body[..behind_name - 1], head, inner: inner_frames(rest, version)? })
    }

    fn start(&self) -> Option<&'a [u8]> {
        let times = self.head.len().checked_sub(TIMES)?;
        self.head.get(times..times + START)
    }

    /// The names of the elements in a table of contents.
    fn children(&self) -> impl Iterator<Item = &'a [u8]> {
        // Flags and a count come before the names, each of which ends with a zero.
        let names = self.head.get(self.name.len() + 3..).unwrap_or_default();
        names.split_inclusive(|byte| *byte == 0).map(|name| &name[..name.len() - 1])
    }

    fn until_offsets(&self) -> &'a [u8] {
        &self.head[..self.head.len().saturating_sub(OFFSETS)]
    }

    fn title(&self) -> Vec<String> {
        let title = self.inner.iter().find(|(id, _)| *id == TITLE);
        let body = title.and_then(|(_, bytes)| bytes.get(HEADER..));
        let Some((encoding, text)) = body.and_then(<[u8]>::split_first) else { return Vec::new() };
        Encoding::of(*encoding).map_or(Vec::new(), |encoding| decode_list(encoding, text))
    }

    fn length(&self) -> usize {
        self.inner.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

/// Splits bytes into frames. Zeros may follow them. Returns `None` if they are malformed, or too
/// many.
fn inner_frames(mut bytes: &[u8], version: u8) -> Option<Vec<([u8; 4], &[u8])>> {
    let mut frames = Vec::new();
    while bytes.first().is_some_and(|byte| *byte != 0) {
        let [a, b, c, d, size @ .., _, _] = *bytes.first_chunk::<HEADER>()?;
        let id = [a, b, c, d];
        let size = match version {
            4 => id3v2::synchsafe(size)?,
            _ => u32::from_be_bytes(size),
        };
        let (frame, rest) = bytes.split_at_checked(HEADER.checked_add(size as usize)?)?;
        if !id3v2::is_identifier(&id) || frames.len() == MAX_INNER {
            return None;
        }
        frames.push((id, frame));
        bytes = rest;
    }
    Some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn inner(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&id[..], &[0, 0, 0, body.len() as u8, 0, 0], body].concat()
    }

    fn title(text: &str) -> Vec<u8> {
        inner(b"TIT2", &[&[3], text.as_bytes()].concat())
    }

    fn chapter(name: &str, start: u8, frames: &[Vec<u8>]) -> Frame {
        let times = [&[0, 0, 0, start], &[9; 12][..]].concat();
        let content = [name.as_bytes(), &[0], &times, &frames.concat()].concat();
        Frame::new(CHAPTER, content, 4)
    }

    fn contents(names: &str, frames: &[Vec<u8>]) -> Frame {
        let count = names.matches('\0').count() as u8;
        let content = [b"toc\0\x03", &[count][..], names.as_bytes(), &frames.concat()].concat();
        Frame::new(CONTENTS, content, 4)
    }

    fn kept(mut changed: Vec<Frame>, originals: &[Frame]) -> Vec<Frame> {
        keep(&mut changed, originals, 4, &unlinked::budget()).unwrap();
        changed
    }

    #[test]
    fn images_and_links_stay_in_their_chapters() {
        let (image, link) = (inner(b"APIC", b"image"), inner(b"WXXX", b"\0\0http://x"));
        let originals = [
            chapter("a", 1, &[link.clone(), title("one"), image.clone()]),
            chapter("b", 2, &[title("two"), image.clone()]),
            chapter("c", 3, std::slice::from_ref(&image)),
        ];
        let changed = vec![
            chapter("b", 5, &[title("second")]),
            chapter("a", 1, &[inner(b"TIT2", b"\0one")]),
            chapter("c", 3, &[title("three")]),
            chapter("d", 7, &[title("four")]),
        ];
        let expected = [
            chapter("b", 5, &[title("second"), image.clone()]),
            originals[0].clone(),
            chapter("c", 3, &[title("three"), image]),
            changed[3].clone(),
        ];
        assert_eq!(kept(changed, &originals), expected);
    }

    #[test]
    fn a_chapter_with_another_name_is_known_by_its_start_and_its_title() {
        let image = inner(b"APIC", b"image");
        let originals = [chapter("a", 1, &[title("one"), image.clone()])];
        let changed = vec![
            chapter("x", 1, &[title("one")]),
            chapter("y", 1, &[title("two")]),
            chapter("z", 2, &[title("one")]),
        ];
        let mut expected = changed.clone();
        expected[0] = chapter("x", 1, &[title("one"), image]);
        assert_eq!(kept(changed, &originals), expected);
    }

    #[test]
    fn the_offsets_of_a_chapter_stay_if_its_times_do() {
        let chapter = |end: u8, offsets: u8| {
            let content = [&b"a\0\0\0\0\x01\0\0\0"[..], &[end], &[offsets; 8]].concat();
            Frame::new(CHAPTER, content, 4)
        };
        let originals = [chapter(2, 7)];
        assert_eq!(kept(vec![chapter(2, 0xFF)], &originals), originals);
        assert_eq!(kept(vec![chapter(3, 0xFF)], &originals), [chapter(3, 0xFF)]);
    }

    #[test]
    fn a_table_of_contents_keeps_its_title() {
        let originals = [contents("a\0b\0", &[title("Contents")])];
        let changed = vec![contents("a\0b\0c\0", &[])];
        assert_eq!(kept(changed, &originals), [contents("a\0b\0c\0", &[title("Contents")])]);
    }

    #[test]
    fn a_table_of_all_chapters_has_the_new_ones_too() {
        let original = |names: &str| {
            [chapter("a", 1, &[]), chapter("b", 2, &[]), contents(names, &[title("Contents")])]
        };
        let changed =
            |names: &str| vec![chapter("b", 2, &[]), chapter("c", 3, &[]), contents(names, &[])];
        let table = |names: &str, changed| {
            let kept = kept(changed, &original(names));
            kept.last().cloned().unwrap()
        };
        let all = contents("b\0c\0", &[title("Contents")]);
        assert_eq!(table("a\0b\0", changed("a\0b\0")), all);
        let some = contents("a\0", &[title("Contents")]);
        assert_eq!(table("a\0", changed("a\0")), some);
    }

    #[test]
    fn a_malformed_chapter_is_left_alone() {
        let originals = [chapter("a", 1, &[b"TIT2\0\0\0\x7F\0\0".to_vec()])];
        let changed = vec![chapter("a", 1, &[title("one")]), Frame::new(CHAPTER, vec![1], 4)];
        assert_eq!(kept(changed.clone(), &originals), changed);
    }
}
