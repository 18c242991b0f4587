//! Chapters and their tables of contents (id3.org/id3v2-chapters-1.0).
//!
//! TagLib's C interface replaces all chapters, and writes only their titles. The frames within
//! an original chapter, such as its image and its link, are put into the new one, unless the edit
//! asks for others.

use super::chapter_frame::{self, CHAPTER, CONTENTS, ChapterFrame, PICTURE, TITLE, USER_LINK};
use super::frame::Frame;
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::Chapter;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Puts the inner frames of the originals into the changed chapters, and the links and images that
/// the edit asks for: `asked` are its chapters, in the order of the changed ones. A chapter is the
/// same one if it has the same identifier, or if its start and its title are the same. Both lists
/// have frames of this version.
pub(super) fn keep(
    changed: &mut [Frame],
    originals: &[Frame],
    asked: &[Chapter],
    version: u8,
    budget: &Budget,
) -> Result<()> {
    let mut known = HashMap::new();
    for (index, frame) in originals.iter().enumerate() {
        let Some(parts) = ChapterFrame::of(frame, version) else { continue };
        budget.charge(2 * size_of::<(Key<'_>, usize)>())?;
        known.entry((frame.id, Key::Name(parts.name))).or_insert(index);
        if let Some(start) = parts.start() {
            known.entry((frame.id, Key::Start(start, parts.title()))).or_insert(index);
        }
    }
    let is_each_asked = changed.iter().filter(|frame| frame.id == CHAPTER).count() == asked.len();
    let mut asked = if is_each_asked { asked } else { &[] }.iter();
    for frame in changed {
        let asked = if frame.id == CHAPTER { asked.next() } else { None };
        budget.check()?;
        let Some(parts) = ChapterFrame::of(frame, version) else { continue };
        let by_name = known.get(&(frame.id, Key::Name(parts.name)));
        let by_start = || known.get(&(frame.id, Key::Start(parts.start()?, parts.title())));
        let original = by_name.or_else(by_start).and_then(|index| originals.get(*index));
        let original = original.and_then(|frame| ChapterFrame::of(frame, version));
        let new = merged(&parts, original, frame.id == CONTENTS);
        let new = match asked {
            Some(asked) => with_details(new, asked, version),
            None => Some(new),
        };
        if let Some(new) = new {
            frame.content = new.rendered(budget)?;
            frame.flags = [0; 2];
        }
    }
    Ok(())
}

/// Lists the changed chapters in the table of contents. TagLib leaves a table as it is, and makes
/// none. A table that lists only some of the original chapters stays as it is, as do several
/// tables: what they list is not known.
pub(super) fn complete_contents(
    changed: &mut Vec<Frame>,
    originals: &[Frame],
    version: u8,
    budget: &Budget,
) -> Result<()> {
    /// The top table, whose chapters are in order.
    const FLAGS: u8 = 3;
    let after = names(changed, version, budget)?;
    let Ok(count) = u8::try_from(after.len()) else { return Ok(()) };
    let mut tables = originals.iter().filter(|frame| frame.id == CONTENTS);
    let (name, flags, inner) = match (tables.next(), tables.next()) {
        (None, _) => (&b"toc"[..], FLAGS, Vec::new()),
        (Some(table), None) => {
            let Some(parts) = ChapterFrame::of(table, version) else { return Ok(()) };
            let listed: HashSet<&[u8]> = parts.children().collect();
            let before = names(originals, version, budget)?;
            let is_complete =
                before.len() == listed.len() && before.iter().all(|it| listed.contains(it));
            if !is_complete || before == after {
                return Ok(());
            }
            (parts.name, parts.head[parts.name.len() + 1], parts.inner)
        }
        _ => return Ok(()),
    };
    let mut content = Vec::new();
    let listed = after.iter().map(|name| name.len() + 1).sum::<usize>();
    let inner_length = inner.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
    budget.reserve(&mut content, name.len() + 3 + listed + inner_length)?;
    content.extend(name);
    content.extend([0, flags, count]);
    for name in after {
        content.extend(name);
        content.push(0);
    }
    inner.iter().for_each(|(_, bytes)| content.extend(*bytes));
    changed.retain(|frame| frame.id != CONTENTS);
    // A table must not be empty.
    if count > 0 {
        budget.push(changed, Frame::new(CONTENTS, content, version))?;
    }
    Ok(())
}

/// Returns the names of the chapters.
fn names<'a>(frames: &'a [Frame], version: u8, budget: &Budget) -> Result<Vec<&'a [u8]>> {
    let mut names = Vec::new();
    budget.reserve(&mut names, frames.len())?;
    let chapters = frames.iter().filter(|frame| frame.id == CHAPTER);
    names.extend(
        chapters.filter_map(|frame| ChapterFrame::of(frame, version)).map(|parts| parts.name),
    );
    Ok(names)
}

/// What tells which chapter a frame is.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Name(&'a [u8]),
    Start(&'a [u8], Vec<String>),
}

/// The content of a frame: what comes before the inner frames, and those.
struct Content<'a> {
    head: &'a [u8],
    inner: Vec<([u8; 4], Cow<'a, [u8]>)>,
}

impl Content<'_> {
    fn first(&self, id: [u8; 4]) -> Option<&[u8]> {
        self.inner.iter().find(|(known, _)| *known == id).map(|(_, bytes)| &**bytes)
    }

    /// Replaces the first inner frame of this name, or adds one. Without a new frame, all of this
    /// name are removed.
    fn replace_first(&mut self, id: [u8; 4], new: Option<Vec<u8>>) {
        let Some(new) = new else { return self.inner.retain(|(known, _)| *known != id) };
        match self.inner.iter_mut().find(|(known, _)| *known == id) {
            Some((_, bytes)) => *bytes = new.into(),
            None => self.inner.push((id, new.into())),
        }
    }

    fn rendered(&self, budget: &Budget) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        let length = self.inner.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        budget.reserve(&mut content, self.head.len() + length)?;
        content.extend(self.head);
        self.inner.iter().for_each(|(_, bytes)| content.extend(&**bytes));
        Ok(content)
    }
}

/// Returns the content of a changed frame with the inner frames of the original.
fn merged<'a>(
    changed: &ChapterFrame<'a>,
    original: Option<ChapterFrame<'a>>,
    is_contents: bool,
) -> Content<'a> {
    let borrowed = |(id, bytes): &([u8; 4], &'a [u8])| (*id, Cow::Borrowed(*bytes));
    let Some(before) = original else {
        return Content { head: changed.head, inner: changed.inner.iter().map(borrowed).collect() };
    };
    // The title of a table of contents is not the edit's.
    let is_title_kept = is_contents || changed.title() == before.title();
    // TagLib does not write the offsets.
    let is_head_kept = !is_contents && changed.until_offsets() == before.until_offsets();
    let titles = changed.inner.iter().filter(|(id, _)| !is_title_kept && *id == TITLE);
    let others = before.inner.iter().filter(|(id, _)| is_title_kept || *id != TITLE);
    Content {
        head: if is_head_kept { before.head } else { changed.head },
        inner: titles.chain(others).map(borrowed).collect(),
    }
}

/// Puts the link and the image that a chapter asks for in the place of the first ones that the
/// content has, which are those that a read returns. Returns `None` if a frame would be too large.
fn with_details<'a>(mut content: Content<'a>, asked: &Chapter, version: u8) -> Option<Content<'a>> {
    if let Some(url) = &asked.url {
        let stored = content.first(USER_LINK);
        let known = stored.and_then(|bytes| chapter_frame::url_of(bytes, version));
        if known.as_deref().unwrap_or_default() != url {
            let new = chapter_frame::link(url, stored, version)?;
            content.replace_first(USER_LINK, Some(new).filter(|_| !url.is_empty()));
        }
    }
    if let Some(picture) = &asked.picture {
        let stored = content.first(PICTURE);
        let known = stored.and_then(|bytes| chapter_frame::picture_of(bytes, version));
        if known.as_ref() != Some(picture) {
            let new = chapter_frame::picture(picture, version)?;
            content.replace_first(PICTURE, Some(new).filter(|_| !picture.data.is_empty()));
        }
    }
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Picture;

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
        let budget = unlinked::budget();
        keep(&mut changed, originals, &[], 4, &budget).unwrap();
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
        let table = |names: &str| {
            let mut changed = kept(changed(names), &original(names));
            complete_contents(&mut changed, &original(names), 4, &unlinked::budget()).unwrap();
            changed.last().cloned().unwrap()
        };
        assert_eq!(table("a\0b\0"), contents("b\0c\0", &[title("Contents")]));
        assert_eq!(table("a\0"), contents("a\0", &[title("Contents")]));
    }

    #[test]
    fn new_chapters_get_a_table_of_contents_that_goes_with_the_last_of_them() {
        let completed = |mut changed: Vec<Frame>, originals: &[Frame]| {
            complete_contents(&mut changed, originals, 4, &unlinked::budget()).unwrap();
            changed
        };
        let chapters = vec![chapter("a", 1, &[]), chapter("b", 2, &[])];
        let with_contents = completed(chapters.clone(), &[]);
        assert_eq!(with_contents[..2], chapters);
        assert_eq!(with_contents[2..], [contents("a\0b\0", &[])]);
        assert_eq!(completed(vec![contents("a\0b\0", &[])], &with_contents), []);
        let many: Vec<Frame> = (0..256).map(|n| chapter(&format!("{n}"), 1, &[])).collect();
        assert_eq!(completed(many.clone(), &[]), many);
    }

    #[test]
    fn a_chapter_gets_the_link_and_the_image_that_the_edit_asks_for() {
        let picture = |data: &[u8]| Picture {
            mime_type: "image/png".to_owned(),
            data: data.into(),
            picture_type: "FrontCover",
            description: "é".to_owned(),
        };
        let asked = |url: &str, data: &[u8]| Chapter {
            url: Some(url.to_owned()),
            picture: Some(picture(data)),
            ..Chapter::default()
        };
        let budget = unlinked::budget();
        let image = |data: &[u8]| {
            inner(b"APIC", &[b"\x01image/png\0\x03\xFF\xFE\xE9\0\0\0", data].concat())
        };
        let link = |url: &[u8]| inner(b"WXXX", &[&b"\0\0"[..], url].concat());
        let originals = [
            chapter("a", 1, &[title("one"), link(b"http://x"), image(b"old")]),
            chapter("b", 2, &[title("two"), link(b"http://y"), image(b"same")]),
        ];
        let new = |frames: &[Vec<u8>]| {
            vec![chapter("a", 1, frames), chapter("b", 2, &[title("two")]), chapter("c", 3, &[])]
        };
        let mut changed = new(&[title("one")]);
        let asked = [asked("http://\u{e9}", b"new"), asked("", b"same"), asked("", b"")];
        keep(&mut changed, &originals, &asked, 4, &budget).unwrap();
        let expected = [
            chapter("a", 1, &[title("one"), link(b"http://\xE9"), image(b"new")]),
            chapter("b", 2, &[title("two"), image(b"same")]),
            chapter("c", 3, &[]),
        ];
        assert_eq!(changed, expected);
        let parts = ChapterFrame::of(&changed[0], 4).unwrap();
        assert_eq!(parts.url(4).as_deref(), Some("http://\u{e9}"));
        assert_eq!(parts.picture(4), Some(picture(b"new")));
    }

    #[test]
    fn a_malformed_chapter_is_left_alone() {
        let originals = [chapter("a", 1, &[b"TIT2\0\0\0\x7F\0\0".to_vec()])];
        let changed = vec![chapter("a", 1, &[title("one")]), Frame::new(CHAPTER, vec![1], 4)];
        assert_eq!(kept(changed.clone(), &originals), changed);
    }
}
