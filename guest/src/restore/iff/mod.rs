//! Restores files that consist of chunks: RIFF WAVE, AIFF and DSDIFF.
//!
//! TagLib removes the chunks that it knows, and appends what it has read of them. So the chunks
//! of the original are written again around the audio of the copy, in their order, with the
//! requested changes merged into them.

mod riff_info;
mod roles;

use super::copy::EditedCopy;
use super::id3v2::Tag;
use super::id3v2::tag_part;
use super::stop::{Stop, usual};
use crate::containers::iff::{Chunk, Form, Layout};
use crate::containers::{Cursor, id3v2};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use riff_info::InfoField;
use std::ops::Range;

pub(crate) use riff_info::InfoList;
pub(crate) use roles::{LIST_TYPE, Role};

/// The padding of a tag that has to grow, in bytes.
const PADDING: usize = 1024;

/// Restores the chunks around the audio.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let Some(form) = Form::read(original)? else { return Ok(()) };
    match form.layout {
        Layout::Riff | Layout::Aiff | Layout::Dsdiff => {
            match Rebuilt::new(&form, original, copy, requested) {
                Ok(rebuilt) => rebuilt.write(copy),
                Err(stop) => stop.tolerated(),
            }
        }
        // TagLib takes everything after the header of `data` for audio, appends chunks to it, and
        // does not know the sizes in `ds64` (EBU Tech 3306).
        Layout::Rf64 => Err(Error::file(
            "save",
            Errno::NOTSUP,
            "TagLib can't change RF64 files: it would add its tags to the samples",
        )),
        // The module `dsf` restores DSF.
        Layout::Dsf => Ok(()),
    }
}

/// The chunks of a file.
struct Parts {
    before_audio: Vec<Chunk>,
    audio: Chunk,
    behind_audio: Vec<Chunk>,
    /// The range after the chunks.
    rest: Range<u64>,
}

impl Parts {
    fn read(cursor: &mut Cursor<'_>, form: &Form) -> Result<Self, Stop> {
        let budget = cursor.budget();
        // Also reads chunks after the end of the form, as TagLib does.
        let mut walk = form.walk(form.chunks.start..cursor.size());
        let (mut before_audio, mut audio, mut behind_audio) = (Vec::new(), None, Vec::new());
        while let Some(chunk) = walk.next(cursor)? {
            let is_audio = Role::of(cursor, form.layout, &chunk, false)? == Role::Audio;
            match &audio {
                Some(_) if is_audio => return Err(Stop::Unusual),
                Some(_) => budget.push(&mut behind_audio, chunk)?,
                None if is_audio => audio = Some(chunk),
                None => budget.push(&mut before_audio, chunk)?,
            }
        }
        Ok(Self { before_audio, audio: usual(audio)?, behind_audio, rest: walk.rest() })
    }
}

/// The requested changes as TagLib has written them.
#[derive(Default)]
struct Edited {
    tag: Option<Tag>,
    info: Vec<InfoField>,
    /// Chunks that are replaced as a whole.
    chunks: Vec<(TagPart, [u8; 4], Vec<u8>)>,
}

impl Edited {
    fn read(&mut self, cursor: &mut Cursor<'_>, form: &Form, parts: &Parts) -> Result<(), Stop> {
        for chunk in parts.before_audio.iter().chain(&parts.behind_audio) {
            self.add(cursor, form, chunk, false)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        cursor: &mut Cursor<'_>,
        form: &Form,
        chunk: &Chunk,
        is_inner: bool,
    ) -> Result<(), Stop> {
        match Role::of(cursor, form.layout, chunk, is_inner)? {
            Role::Tag if self.tag.is_none() => self.tag = Tag::read(cursor, chunk.body.start)?,
            Role::Info => {
                let fields = chunk.body.start + LIST_TYPE..chunk.body.end;
                self.info.extend(usual(InfoList::read(cursor, fields)?)?.fields);
            }
            Role::Chunks(skipped) => {
                let mut inner = form.walk(chunk.body.start + skipped..chunk.body.end);
                while let Some(chunk) = inner.next(cursor)? {
                    self.add(cursor, form, &chunk, true)?;
                }
            }
            Role::Whole(tag_part) if tag_part != TagPart::Other => {
                let body = usual(cursor.bytes(chunk.body.clone())?)?;
                cursor.budget().push(&mut self.chunks, (tag_part, chunk.id, body))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The new content of the copy.
struct Rebuilt {
    layout: Layout,
    /// The range of the chunks before the audio, and the bytes to write there.
    before_audio: (Range<u64>, Vec<u8>),
    /// The range of everything after the audio, and the bytes to write there.
    behind_audio: (Range<u64>, Vec<u8>),
    /// How many of these bytes are outside of the form.
    rest: u64,
}

impl Rebuilt {
    fn new(
        form: &Form,
        original: &mut Cursor<'_>,
        copy: &EditedCopy<'_>,
        requested: &Requested,
    ) -> Result<Self, Stop> {
        let before = Parts::read(original, form)?;
        let mut edited = Edited::default();
        let mut after = Err(Stop::Unusual);
        copy.read(|cursor| {
            after = Parts::read(cursor, form);
            if let Ok(parts) = &after
                && let Err(stop) = edited.read(cursor, form, parts)
            {
                after = Err(stop);
            }
            Ok(())
        })?;
        let after = after?;
        let mut merge =
            Merge { form, original, edited, requested, has_tag: false, has_info: false };
        let mut first = Vec::new();
        merge.append(&before.before_audio, &mut first)?;
        let mut last = Vec::new();
        if (before.audio.body.end - before.audio.body.start) % 2 == 1 {
            merge.budget().push(&mut last, 0)?;
        }
        merge.append(&before.behind_audio, &mut last)?;
        merge.append_new_chunks(&mut last)?;
        merge.append_range(before.rest.clone(), &mut last)?;
        Ok(Self {
            layout: form.layout,
            before_audio: (form.chunks.start..after.audio.range.start, first),
            behind_audio: (after.audio.range.end..copy.size(), last),
            rest: before.rest.end - before.rest.start,
        })
    }

    /// Writes the bytes after the audio first, so that the other range stays valid.
    fn write(self, copy: &mut EditedCopy<'_>) -> Result<()> {
        let (place, bytes) = &self.behind_audio;
        let removed = place.end - place.start;
        let size = copy.size() - removed + bytes.len() as u64;
        let (first_place, first_bytes) = &self.before_audio;
        let size = size - (first_place.end - first_place.start) + first_bytes.len() as u64;
        let Some(size_field) = size_field(self.layout, size - self.rest) else { return Ok(()) };
        copy.replace(place.clone(), bytes)?;
        copy.replace(first_place.clone(), first_bytes)?;
        copy.replace(4..4 + size_field.len() as u64, &size_field)
    }
}

/// Returns the size in the header of a form that ends at `end`.
fn size_field(layout: Layout, end: u64) -> Option<Vec<u8>> {
    // The size counts neither itself nor what precedes it.
    let counted = |header| end.checked_sub(header);
    let short = || u32::try_from(counted(8)?).ok();
    Some(match layout {
        Layout::Aiff => short()?.to_be_bytes().to_vec(),
        Layout::Dsdiff => counted(12)?.to_be_bytes().to_vec(),
        _ => short()?.to_le_bytes().to_vec(),
    })
}

/// Returns the header of a chunk with a body of `length` bytes.
fn chunk_header(layout: Layout, id: [u8; 4], length: usize) -> Option<Vec<u8>> {
    let size = match layout {
        Layout::Aiff => u32::try_from(length).ok()?.to_be_bytes().to_vec(),
        Layout::Dsdiff => (length as u64).to_be_bytes().to_vec(),
        _ => u32::try_from(length).ok()?.to_le_bytes().to_vec(),
    };
    Some([&id[..], &size].concat())
}

/// Merges the chunks of the original with those that TagLib has written.
struct Merge<'a, 'c> {
    form: &'a Form,
    original: &'a mut Cursor<'c>,
    edited: Edited,
    requested: &'a Requested,
    /// Whether an ID3v2 tag, or an `INFO` list, has been found in the original so far.
    has_tag: bool,
    has_info: bool,
}

impl Merge<'_, '_> {
    fn budget(&self) -> &Budget {
        self.original.budget()
    }

    /// Appends chunks of the original, with the requested changes from the copy.
    fn append(&mut self, chunks: &[Chunk], bytes: &mut Vec<u8>) -> Result<(), Stop> {
        chunks.iter().try_for_each(|chunk| self.append_merged(chunk, false, bytes))
    }

    fn append_merged(
        &mut self,
        chunk: &Chunk,
        is_inner: bool,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let body = match Role::of(self.original, self.form.layout, chunk, is_inner)? {
            Role::Tag => {
                self.has_tag = true;
                self.merged_tag(chunk)?
            }
            Role::Info => {
                self.has_info = true;
                self.merged_info(chunk)?
            }
            Role::Chunks(skipped) => Some(self.merged_chunks(chunk, skipped)?),
            Role::Whole(tag_part) if self.requested.contains(&tag_part) => {
                let mut edited = self.edited.chunks.iter();
                let at = edited.position(|(_, id, _)| *id == chunk.id);
                at.map(|at| self.edited.chunks.remove(at).2)
            }
            _ => {
                self.append_range(chunk.range.clone(), bytes)?;
                return self.append_padding(chunk.body.end - chunk.body.start, bytes);
            }
        };
        match body {
            Some(body) => self.append_chunk(chunk.id, &body, bytes),
            None => Ok(()),
        }
    }

    /// Appends the chunks that the copy has and the original lacks.
    fn append_new_chunks(&mut self, bytes: &mut Vec<u8>) -> Result<(), Stop> {
        for (tag_part, id, body) in std::mem::take(&mut self.edited.chunks) {
            // In DSDIFF, the tag holds the requested changes if the form's own fields are not in
            // use.
            if self.form.layout != Layout::Dsdiff && self.requested.contains(&tag_part) {
                self.append_chunk(id, &body, bytes)?;
            }
        }
        let Some(tag) = self.edited.tag.take_if(|_| !self.has_tag) else { return Ok(()) };
        if self.has_info && self.info_suffices(&tag) {
            return Ok(());
        }
        if let Some(tag) = new_tag(tag, self.requested, self.budget())? {
            self.append_chunk(*b"ID3 ", &tag, bytes)?;
        }
        Ok(())
    }

    /// Returns whether the file's `INFO` list can hold the requested changes. Then the file gets
    /// no ID3v2 tag, which TagLib would add with a copy of the whole list.
    fn info_suffices(&self, tag: &Tag) -> bool {
        let is_text = |tag_part| matches!(tag_part, TagPart::Property(_));
        let mut tag_parts = tag.frames.iter().map(tag_part);
        riff_info::suffices(self.requested)
            && tag_parts.all(|tag_part| !self.requested.contains(&tag_part) || is_text(tag_part))
    }

    /// Returns the tag in a chunk with the requested changes, or `None` if nothing is left of it.
    fn merged_tag(&mut self, chunk: &Chunk) -> Result<Option<Vec<u8>>, Stop> {
        let range = chunk.body.clone();
        let bytes = usual(self.original.bytes(range)?)?;
        let mut body = Cursor::over(&bytes, self.original.budget());
        let header = usual(id3v2::Tag::read(&mut body, 0)?)?;
        let original = usual(Tag::read(&mut body, 0)?)?;
        let behind = usize::try_from(header.range.end).ok().and_then(|end| bytes.get(end..));
        if usual(behind)?.iter().any(|byte| *byte != 0) {
            return Err(Stop::Unusual);
        }
        let edited = self.edited.tag.clone().unwrap_or(Tag::empty(original.version));
        let merged = usual(original.merged(edited, self.requested, self.budget())?)?;
        if merged.is_empty() {
            return Ok(None);
        }
        let mut tag = usual(merged.render(self.budget())?)?;
        let size = if tag.len() <= bytes.len() { bytes.len() } else { tag.len() + PADDING };
        usual(Tag::pad(&mut tag, size))?;
        Ok(Some(tag))
    }

    /// Returns the `INFO` list in a chunk with the requested changes, or `None` if nothing is
    /// left of it.
    fn merged_info(&mut self, chunk: &Chunk) -> Result<Option<Vec<u8>>, Stop> {
        let fields = chunk.body.start + LIST_TYPE..chunk.body.end;
        let list = usual(InfoList::read(self.original, fields)?)?;
        let merged = list.merged(&mut self.edited.info, self.requested);
        if merged.is_empty() {
            return Ok(None);
        }
        usual(merged.render(self.budget())?).map(Some)
    }

    /// Returns the merged chunks within a chunk, which follow a type of `skipped` bytes.
    fn merged_chunks(&mut self, chunk: &Chunk, skipped: u64) -> Result<Vec<u8>, Stop> {
        let mut body = Vec::new();
        let start = chunk.body.start + skipped;
        self.append_range(chunk.body.start..start, &mut body)?;
        let mut inner = self.form.walk(start..chunk.body.end);
        while let Some(chunk) = inner.next(self.original)? {
            self.append_merged(&chunk, true, &mut body)?;
        }
        self.append_range(inner.rest(), &mut body)?;
        Ok(body)
    }

    fn append_chunk(&self, id: [u8; 4], body: &[u8], bytes: &mut Vec<u8>) -> Result<(), Stop> {
        let header = usual(chunk_header(self.form.layout, id, body.len()))?;
        self.budget().reserve(bytes, header.len() + body.len())?;
        bytes.extend(header);
        bytes.extend(body);
        self.append_padding(body.len() as u64, bytes)
    }

    fn append_padding(&self, length: u64, bytes: &mut Vec<u8>) -> Result<(), Stop> {
        if length % 2 == 1 {
            self.budget().push(bytes, 0)?;
        }
        Ok(())
    }

    /// Appends bytes of the original.
    fn append_range(&mut self, range: Range<u64>, bytes: &mut Vec<u8>) -> Result<(), Stop> {
        let length = range.end.checked_sub(range.start).and_then(|it| usize::try_from(it).ok());
        let length = usual(length)?;
        self.budget().reserve(bytes, length)?;
        let start = bytes.len();
        bytes.resize(start + length, 0);
        let read = self.original.read(&mut bytes[start..], range.start)?;
        usual((read == length).then_some(()))
    }
}

/// Returns the tag for a file that had none: all texts that TagLib has written, which are those
/// of the file's other tags, and the requested changes. Returns `None` if no requested change is
/// in the tag.
pub(super) fn new_tag(
    edited: Tag,
    requested: &Requested,
    budget: &Budget,
) -> Result<Option<Vec<u8>>> {
    if !edited.frames.iter().any(|frame| requested.contains(&tag_part(frame))) {
        return Ok(None);
    }
    let all_texts = Requested { all_properties: true, ..requested.clone() };
    let tag = Tag::empty(edited.version).merged(edited, &all_texts, budget)?;
    let Some(tag) = tag.filter(|tag| !tag.is_empty()) else { return Ok(None) };
    let Some(mut tag) = tag.render(budget)? else { return Ok(None) };
    let size = tag.len() + PADDING;
    Ok(Tag::pad(&mut tag, size).map(|()| tag))
}

#[cfg(test)]
mod tests {
    use super::super::id3v2::Frame;
    use super::super::tests::{restored, title, try_restored};
    use super::*;
    use crate::file::unlinked;

    fn chunk(layout: Layout, id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let padding = &[0][..body.len() % 2];
        [&chunk_header(layout, *id, body.len()).unwrap(), body, padding].concat()
    }

    fn form(layout: Layout, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let (id, kind) = match layout {
            Layout::Aiff => (b"FORM", b"AIFF"),
            Layout::Dsdiff => (b"FRM8", b"DSD "),
            _ => (b"RIFF", b"WAVE"),
        };
        let chunks: Vec<u8> =
            chunks.iter().flat_map(|(id, body)| chunk(layout, id, body)).collect();
        [chunk_header(layout, *id, chunks.len() + 4).unwrap(), kind.to_vec(), chunks].concat()
    }

    fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        form(Layout::Riff, chunks)
    }

    fn info(fields: &[(&[u8; 4], &str)]) -> Vec<u8> {
        let fields = fields
            .iter()
            .map(|(id, text)| InfoField { id: **id, value: [text.as_bytes(), b"\0"].concat() });
        let list = InfoList { fields: fields.collect(), rest: Vec::new() };
        list.render(&unlinked::budget()).unwrap().unwrap()
    }

    /// Returns an ID3v2 tag with Latin-1 texts, of `size` bytes if they fit.
    fn id3(version: u8, frames: &[(&[u8; 4], &str)], size: usize) -> Vec<u8> {
        let mut tag = Tag::empty(version);
        let frame =
            |id: [u8; 4], text: &str| Frame::new(id, [b"\0", text.as_bytes()].concat(), version);
        tag.frames = frames.iter().map(|(id, text)| frame(**id, text)).collect();
        let mut bytes = tag.render(&unlinked::budget()).unwrap().unwrap();
        Tag::pad(&mut bytes, size).unwrap();
        bytes
    }

    #[test]
    fn a_wave_file_keeps_its_chunks_their_order_and_their_version() {
        let list = info(&[(b"ICMT", "mine"), (b"INAM", "old")]);
        let second = info(&[(b"ISRF", "tape")]);
        let old_tag = id3(3, &[(b"TRCK", "3/12"), (b"TIT2", "old")], 300);
        let original = riff(&[
            (b"bext", b"odd length"),
            (b"id3 ", &old_tag),
            (b"fmt ", b"f"),
            (b"data", b"pcm"),
            (b"LIST", &list),
            (b"LIST", &second),
            (b"iXML", b"<a/>\0<b/>"),
        ]);
        let copy = riff(&[
            (b"fmt ", b"f"),
            (b"data", b"pcm"),
            (b"bext", b"odd length"),
            (b"iXML", b"<a/>"),
            (b"ID3 ", &id3(4, &[(b"TRCK", "3"), (b"TIT2", "new")], 900)),
            (b"LIST", &info(&[(b"INAM", "new"), (b"IPRT", "3")])),
        ]);
        let expected = riff(&[
            (b"bext", b"odd length"),
            (b"id3 ", &id3(3, &[(b"TRCK", "3/12"), (b"TIT2", "new")], 300)),
            (b"fmt ", b"f"),
            (b"data", b"pcm"),
            (b"LIST", &info(&[(b"ICMT", "mine"), (b"INAM", "new")])),
            (b"LIST", &second),
            (b"iXML", b"<a/>\0<b/>"),
        ]);
        assert_eq!(restored(&original, &copy, &title("new")), expected);
    }

    #[test]
    fn a_list_or_a_tag_is_not_added_to_a_wave_file_that_has_the_other() {
        let audio: (&[u8; 4], &[u8]) = (b"data", b"pcm!");
        let (tag, list) = (id3(4, &[(b"TIT2", "new")], 100), info(&[(b"INAM", "new")]));
        let copy = riff(&[audio, (b"ID3 ", &tag), (b"LIST", &list)]);
        let old = riff(&[audio, (b"LIST", &info(&[(b"INAM", "old")]))]);
        assert_eq!(restored(&old, &copy, &title("new")), riff(&[audio, (b"LIST", &list)]));
        let old = riff(&[audio, (b"ID3 ", &id3(4, &[(b"TIT2", "old")], 100))]);
        assert_eq!(restored(&old, &copy, &title("new")), riff(&[audio, (b"ID3 ", &tag)]));
        let nothing = Requested::default();
        assert_eq!(restored(&riff(&[audio]), &copy, &nothing), riff(&[audio]));
        // If there is neither, the tag holds the requested changes.
        let restored = restored(&riff(&[audio]), &copy, &title("new"));
        assert!(restored.windows(4).any(|id| id == b"TIT2"));
        assert!(!restored.windows(4).any(|id| id == b"INAM"));
    }

    #[test]
    fn what_is_behind_the_chunks_stays_behind_them() {
        let original = [&riff(&[(b"data", b"pcm!")])[..], b"\x01junk"].concat();
        let tag = id3(4, &[(b"TIT2", "new")], 0);
        let copy = [&riff(&[(b"data", b"pcm!"), (b"ID3 ", &tag)])[..], b"\x01junk"].concat();
        let restored = restored(&original, &copy, &title("new"));
        let end = restored.len() - 5;
        assert_eq!(&restored[end..], b"\x01junk");
        assert_eq!(restored[4..8], (end as u32 - 8).to_le_bytes());
    }

    #[test]
    fn texts_of_an_aiff_file_stay() {
        let tag = |text| id3(4, &[(b"TIT2", text)], 200);
        let chunks =
            |tag| form(Layout::Aiff, &[(b"NAME", b"odd"), (b"SSND", b"pcm"), (b"ID3 ", tag)]);
        let (original, copy) = (chunks(&tag("old")), chunks(&tag("new")));
        assert_eq!(restored(&original, &copy, &title("new")), copy);
    }

    #[test]
    fn the_artist_of_a_dsdiff_file_stays_when_its_title_changes() {
        let layout = Layout::Dsdiff;
        let text = |text: &[u8]| [&(text.len() as u32).to_be_bytes(), text].concat();
        let diin = |title: &[u8], artist: &[u8]| {
            let (title, artist) = (text(title), text(artist));
            [chunk(layout, b"DITI", &title), chunk(layout, b"DIAR", &artist)].concat()
        };
        let prop = |title: &str| {
            let tag = id3(4, &[(b"TIT2", title), (b"TRCK", "3/12")], 200);
            [b"SND ".to_vec(), chunk(layout, b"ID3 ", &tag)].concat()
        };
        let file = |title: &str, artist: &[u8]| {
            form(
                layout,
                &[
                    (b"PROP", &prop(title)),
                    (b"DSD ", b"dsd"),
                    (b"DIIN", &diin(title.as_bytes(), artist)),
                ],
            )
        };
        let (original, copy) = (file("old", b"artist"), file("new", b"of ID3"));
        assert_eq!(restored(&original, &copy, &title("new")), file("new", b"artist"));
    }

    #[test]
    fn a_dsf_file_says_where_its_tag_is() {
        let file = |size: usize, place: usize, tag: &[u8]| {
            let sizes = [28, size as u64, place as u64].map(u64::to_le_bytes).concat();
            [&b"DSD "[..], &sizes, b"data\x10\0\0\0\0\0\0\0dsd!", tag].concat()
        };
        let old = id3(3, &[(b"TRCK", "3/12"), (b"TIT2", "old")], 0);
        let new = id3(4, &[(b"TRCK", "3"), (b"TIT2", "new")], 500);
        let expected = id3(3, &[(b"TRCK", "3/12"), (b"TIT2", "new")], 0);
        let original = file(44 + old.len(), 44, &old);
        let copy = file(44 + new.len(), 44, &new);
        let expected = file(44 + expected.len(), 44, &expected);
        assert_eq!(restored(&original, &copy, &title("new")), expected);
    }

    #[test]
    fn a_file_without_audio_is_left_alone() {
        let no_audio = riff(&[(b"fmt ", b"f")]);
        assert_eq!(restored(&no_audio, &no_audio, &title("new")), no_audio);
    }

    #[test]
    fn an_rf64_file_is_refused() {
        let rf64 = b"RF64\xFF\xFF\xFF\xFFWAVEdata\x04\0\0\0pcm!";
        let error = try_restored(rf64, b"copy", &title("new")).unwrap_err();
        assert!(error.to_string().contains("RF64"), "{error:?}");
    }
}
