//! The chunks of RIFF WAVE, AIFF, DSDIFF and DSF.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::utf_8_or_latin_1;
use super::{id3v1, id3v2};
use crate::containers::iff::{Chunk, Form, Layout};
use crate::containers::{Cursor, id3v1 as id3v1_tag};
use crate::error::Result;
use crate::restore::{InfoList, LIST_TYPE, Role, dsf_tag_range};
use std::ops::Range;

/// Adds the chunks of a file.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let Some(form) = Form::read(cursor)? else { return Ok(()) };
    let tag = match form.layout {
        Layout::Dsf => dsf_tag_range(cursor)?,
        _ => None,
    };
    let end = tag.as_ref().map_or(cursor.size(), |tag| tag.start);
    list.within(name(form.layout), |list| {
        let mut walk = form.walk(form.chunks.start..end);
        while let Some(chunk) = walk.next(cursor)? {
            add_chunk(cursor, &form, &chunk, None, list)?;
        }
        let rest = walk.rest();
        if id3v1_tag::ending_at(cursor, rest.end)?.is_some_and(|tag| tag.start == rest.start) {
            return id3v1::read(cursor, rest, list);
        }
        list.add_rest(kind(form.layout), rest, cursor)
    })?;
    if let Some(tag) = tag {
        id3v2::read(cursor, tag.start, list)?;
    }
    Ok(())
}

fn name(layout: Layout) -> &'static str {
    match layout {
        Layout::Riff => "RIFF",
        Layout::Rf64 => "RF64",
        Layout::Aiff => "AIFF",
        Layout::Dsdiff => "DSDIFF",
        Layout::Dsf => "DSF",
    }
}

fn kind(layout: Layout) -> &'static str {
    match layout {
        Layout::Riff => "RIFF chunk",
        Layout::Rf64 => "RF64 chunk",
        Layout::Aiff => "AIFF chunk",
        Layout::Dsdiff => "DSDIFF chunk",
        Layout::Dsf => "DSF chunk",
    }
}

/// Adds a chunk. `outer` is the name of the chunk that contains it, if any.
fn add_chunk(
    cursor: &mut Cursor<'_>,
    form: &Form,
    chunk: &Chunk,
    outer: Option<&str>,
    list: &mut List<'_>,
) -> Result<()> {
    let kind = kind(form.layout);
    let name = String::from_utf8_lossy(&chunk.id);
    let id = outer.map_or(name.to_string(), |outer| format!("{outer}/{name}"));
    let body = chunk.body.clone();
    let size = body.end - body.start;
    match Role::of(cursor, form.layout, chunk, outer.is_some())? {
        Role::Audio => list.add(NativeElement::new(kind, id, size, NativeValue::Audio)),
        Role::Tag => match id3v2::read(cursor, body.start, list)? {
            Some(end) => list.add_rest(kind, end.min(body.end)..body.end, cursor),
            None => list.add_range(kind, id, body, cursor),
        },
        Role::Info => add_info(cursor, body, list),
        Role::Chunks(skipped) => {
            let mut inner = form.walk(body.start + skipped..body.end);
            while let Some(chunk) = inner.next(cursor)? {
                add_chunk(cursor, form, &chunk, Some(&id), list)?;
            }
            list.add_rest(kind, inner.rest(), cursor)
        }
        Role::Whole(_) if form.layout == Layout::Aiff && is_text(&chunk.id) => {
            let Some(bytes) = cursor.bytes(body)? else { return Ok(()) };
            add_text(kind, &id, &bytes, list)
        }
        Role::Whole(_) => list.add_range(kind, id, body, cursor),
    }
}

/// Returns whether a chunk of AIFF is one of its text chunks.
fn is_text(id: &[u8; 4]) -> bool {
    matches!(id, b"NAME" | b"AUTH" | b"(c) " | b"ANNO")
}

fn add_info(cursor: &mut Cursor<'_>, body: Range<u64>, list: &mut List<'_>) -> Result<()> {
    let Some(info) = InfoList::read(cursor, body.start + LIST_TYPE..body.end)? else {
        return Ok(());
    };
    list.within("INFO", |list| {
        for field in &info.fields {
            add_text("INFO field", &String::from_utf8_lossy(&field.id), &field.value, list)?;
        }
        let rest = body.end - info.rest.len() as u64..body.end;
        list.add_rest("INFO list", rest, cursor)
    })
}

/// Adds a text, which zeros may follow.
fn add_text(kind: &'static str, id: &str, bytes: &[u8], list: &mut List<'_>) -> Result<()> {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let (text, encoding) = utf_8_or_latin_1(&bytes[..end]);
    let value = NativeValue::Texts(vec![text]);
    let element = NativeElement::new(kind, id, bytes.len() as u64, value);
    list.add(NativeElement { encoding: Some(encoding), ..element })
}
