//! Files of chunks: RIFF WAVE, AIFF and DSDIFF.
//!
//! TagLib removes the chunks that it knows, and appends what it has read of them.
//! Around the audio of the copy, this writes the chunks of the original again, in
//! their order, with what the edit asked for merged into them.

use super::copy::EditedCopy;
use super::dsf;
use super::id3v2::Tag;
use super::id3v2_subjects::subject;
use super::iff_roles::{LIST_TYPE, Role};
use super::riff_info::{self, InfoField, InfoList};
use crate::containers::iff::{Chunk, Form, Layout};
use crate::containers::{Cursor, id3v2};
use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::tags::{Requested, Subject};
use std::ops::Range;

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
                Err(Stop::Unusual) => Ok(()),
                Err(Stop::Error(error)) => Err(error),
            }
        }
        Layout::Dsf => dsf::restore(original, copy, requested),
        // TagLib takes all that follows the header of `data` for audio, and appends
        // chunks to that.
        Layout::Rf64 => Ok(()),
    }
}

/// Why a file is left as TagLib has written it. `inventory` tells what is lost.
enum Stop {
    Unusual,
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Passes something on that a usual file has.
fn usual<T>(value: Option<T>) -> Result<T, Stop> {
    value.ok_or(Stop::Unusual)
}

/// The chunks of a file.
struct Parts {
    before_audio: Vec<Chunk>,
    audio: Chunk,
    behind_audio: Vec<Chunk>,
    /// What follows the chunks.
    rest: Range<u64>,
}

impl Parts {
    fn read(cursor: &mut Cursor<'_>, form: &Form) -> Result<Self, Stop> {
        let budget = cursor.budget();
        // As TagLib does, reads chunks that are behind the end of the form.
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

/// What TagLib has written.
#[derive(Default)]
struct Edited {
    tag: Option<Tag>,
    info: Vec<InfoField>,
    /// Chunks that change as a whole.
    chunks: Vec<(Subject, [u8; 4], Vec<u8>)>,
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
            Role::Whole(subject) if subject != Subject::Other => {
                let body = usual(cursor.bytes(chunk.body.clone())?)?;
                cursor.budget().push(&mut self.chunks, (subject, chunk.id, body))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The new content of the copy.
struct Rebuilt {
    layout: Layout,
    /// The place of the chunks before the audio, and what is written there.
    before_audio: (Range<u64>, Vec<u8>),
    /// The place of everything behind the audio, and what is written there.
    behind_audio: (Range<u64>, Vec<u8>),
    /// How much of the latter is not within the form.
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

    /// Writes what is behind the audio first, so that places stay valid.
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

/// The size in the header of a form that ends at `end`.
fn size_field(layout: Layout, end: u64) -> Option<Vec<u8>> {
    // The size does not count itself, nor what is before it.
    let counted = |header| end.checked_sub(header);
    let short = || u32::try_from(counted(8)?).ok();
    Some(match layout {
        Layout::Aiff => short()?.to_be_bytes().to_vec(),
        Layout::Dsdiff => counted(12)?.to_be_bytes().to_vec(),
        _ => short()?.to_le_bytes().to_vec(),
    })
}

/// The header of a chunk with a body of `length` bytes.
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
    /// Whether the original has an ID3v2 tag, or an `INFO` list, so far.
    has_tag: bool,
    has_info: bool,
}

impl Merge<'_, '_> {
    fn budget(&self) -> &Budget {
        self.original.budget()
    }

    /// Appends chunks of the original, with what was asked for from the copy.
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
            Role::Whole(subject) if self.requested.contains(&subject) => {
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

    /// Appends what the copy has and the original has not.
    fn append_new_chunks(&mut self, bytes: &mut Vec<u8>) -> Result<(), Stop> {
        for (subject, id, body) in std::mem::take(&mut self.edited.chunks) {
            // In DSDIFF, the tag holds what is asked for, if the form's own fields
            // are not in use.
            if self.form.layout != Layout::Dsdiff && self.requested.contains(&subject) {
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

    /// Whether the file's `INFO` list can hold what was asked for. Then it gets no
    /// tag, which TagLib would add with a copy of everything that is in the list.
    fn info_suffices(&self, tag: &Tag) -> bool {
        let is_text = |subject| matches!(subject, Subject::Property(_));
        let mut subjects = tag.frames.iter().map(subject);
        riff_info::suffices(self.requested)
            && subjects.all(|subject| !self.requested.contains(&subject) || is_text(subject))
    }

    /// The tag in a chunk with what was asked for. Returns `None` if nothing is left.
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
        let merged = usual(original.merged(edited, self.requested))?;
        if merged.is_empty() {
            return Ok(None);
        }
        let mut tag = usual(merged.render(self.budget())?)?;
        let size = if tag.len() <= bytes.len() { bytes.len() } else { tag.len() + PADDING };
        usual(Tag::pad(&mut tag, size))?;
        Ok(Some(tag))
    }

    /// The `INFO` list in a chunk with what was asked for. Returns `None` if nothing
    /// is left.
    fn merged_info(&mut self, chunk: &Chunk) -> Result<Option<Vec<u8>>, Stop> {
        let fields = chunk.body.start + LIST_TYPE..chunk.body.end;
        let list = usual(InfoList::read(self.original, fields)?)?;
        let merged = list.merged(&mut self.edited.info, self.requested);
        if merged.is_empty() {
            return Ok(None);
        }
        usual(merged.render(self.budget())?).map(Some)
    }

    /// The chunks in a chunk, behind a type of `skipped` bytes.
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

/// The tag of a file that has had none: all texts that TagLib has written, which are
/// those of the file's other tags, and what was asked for. Returns `None` if that is
/// nothing.
pub(super) fn new_tag(
    edited: Tag,
    requested: &Requested,
    budget: &Budget,
) -> Result<Option<Vec<u8>>> {
    let all_texts = Requested { all_properties: true, ..requested.clone() };
    let tag = Tag::empty(edited.version).merged(edited, &all_texts);
    let Some(tag) = tag.filter(|tag| !tag.is_empty()) else { return Ok(None) };
    let Some(mut tag) = tag.render(budget)? else { return Ok(None) };
    let size = tag.len() + PADDING;
    Ok(Tag::pad(&mut tag, size).map(|()| tag))
}
