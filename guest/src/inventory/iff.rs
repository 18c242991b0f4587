//! Adds the chunks of RIFF WAVE, AIFF, DSDIFF and DSF, except the audio.

use super::Inventory;
use super::stream::take_id3v2;
use crate::containers::Cursor;
use crate::containers::iff::{Chunk, Form, Layout};
use crate::error::Result;
use crate::restore::{InfoList, LIST_TYPE, Role, dsf_tag_range};
use crate::tags::TagPart;
use std::ops::Range;

/// Adds the chunks of a file.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let Some(form) = Form::read(cursor)? else { return Ok(()) };
    let kind = kind(form.layout);
    let budget = cursor.budget();
    let name = String::from_utf8_lossy(&form.kind).into_owned();
    inventory.add(kind, "form", TagPart::Other, &name, &name, budget)?;
    if form.layout == Layout::Rf64 {
        take_header(cursor, inventory)?;
    }
    let mut end = cursor.size();
    if form.layout == Layout::Dsf
        && let Some(tag) = dsf_tag_range(cursor)?
    {
        end = tag.start;
        take_id3v2(cursor, tag.start, inventory)?;
    }
    let mut walk = form.walk(form.chunks.start..end);
    while let Some(chunk) = walk.next(cursor)? {
        // The header of the file contains sizes that change with the tag.
        if form.layout != Layout::Dsf || chunk.id != *b"DSD " {
            take_chunk(cursor, &form, &chunk, None, inventory)?;
        }
    }
    take_rest_unless_padding(cursor, kind, "rest", walk.rest(), inventory)
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

/// Adds the size in the header of RF64, which says that the size is elsewhere.
/// TagLib overwrites it.
fn take_header(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let Some(size) = cursor.array(4)?.map(u32::from_le_bytes) else { return Ok(()) };
    let text = size.to_string();
    inventory.add("RF64 header", "size", TagPart::Other, size, &text, cursor.budget())
}

/// Adds a chunk. `outer` is the name of the chunk that contains it, if any.
fn take_chunk(
    cursor: &mut Cursor<'_>,
    form: &Form,
    chunk: &Chunk,
    outer: Option<&str>,
    inventory: &mut Inventory,
) -> Result<()> {
    let kind = kind(form.layout);
    let name = String::from_utf8_lossy(&chunk.id);
    let key = outer.map_or(name.to_string(), |outer| format!("{outer}/{name}"));
    let body = chunk.body.clone();
    match Role::of(cursor, form.layout, chunk, outer.is_some())? {
        Role::Audio => Ok(()),
        Role::Tag => take_tag(cursor, kind, &key, body, inventory),
        Role::Info => take_info(cursor, body, inventory),
        Role::Chunks(skipped) => {
            let mut inner = form.walk(body.start + skipped..body.end);
            while let Some(chunk) = inner.next(cursor)? {
                take_chunk(cursor, form, &chunk, Some(&key), inventory)?;
            }
            take_rest_unless_padding(cursor, kind, &key, inner.rest(), inventory)
        }
        Role::Whole(tag_part) => take_whole(cursor, kind, &key, tag_part, body, inventory),
    }
}

/// Adds a tag, which must end within its chunk, and the bytes after it.
fn take_tag(
    cursor: &mut Cursor<'_>,
    kind: &'static str,
    key: &str,
    body: Range<u64>,
    inventory: &mut Inventory,
) -> Result<()> {
    let start = body.start;
    let Some(bytes) = cursor.bytes(body.clone())? else { return Ok(()) };
    let end = take_id3v2(&mut Cursor::over(&bytes, cursor.budget()), 0, inventory)?;
    take_rest_unless_padding(
        cursor,
        kind,
        key,
        (start + end.unwrap_or(0)).min(body.end)..body.end,
        inventory,
    )
}

fn take_info(cursor: &mut Cursor<'_>, body: Range<u64>, inventory: &mut Inventory) -> Result<()> {
    let Some(list) = InfoList::read(cursor, body.start + LIST_TYPE..body.end)? else {
        return Ok(());
    };
    let budget = cursor.budget();
    for field in &list.fields {
        let key = String::from_utf8_lossy(&field.id);
        let text = String::from_utf8_lossy(field.text());
        inventory.add("INFO field", key, field.tag_part(), field.text(), &text, budget)?;
    }
    if list.rest.iter().any(|byte| *byte != 0) {
        let text = "malformed fields";
        inventory.add("INFO list", "rest", TagPart::Other, &list.rest, text, budget)?;
    }
    Ok(())
}

/// Adds the remaining bytes of a file or chunk, if they are not padding.
fn take_rest_unless_padding(
    cursor: &mut Cursor<'_>,
    kind: &'static str,
    key: &str,
    range: Range<u64>,
    inventory: &mut Inventory,
) -> Result<()> {
    let Some(bytes) = cursor.bytes(range)? else { return Ok(()) };
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    let text = format!("{} bytes outside of chunks", bytes.len());
    inventory.add(kind, key, TagPart::Other, &bytes, &text, cursor.budget())
}

fn take_whole(
    cursor: &mut Cursor<'_>,
    kind: &'static str,
    key: &str,
    tag_part: TagPart,
    body: Range<u64>,
    inventory: &mut Inventory,
) -> Result<()> {
    let text = format!("{} bytes", body.end - body.start);
    match cursor.hash(body, inventory.keys())? {
        Some(hash) => inventory.add_hashed(kind, key, tag_part, hash, &text, cursor.budget()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixture, keys_of, lost};

    #[test]
    fn chunks_frames_and_fields_are_listed() {
        for (name, key) in [
            ("info.wav", "INFO field INAM"),
            ("id3.wav", "ID3v2 frame TIT2"),
            ("broadcast.wav", "RIFF chunk bext"),
            ("id3.aiff", "ID3v2 frame TIT2"),
            ("id3.aiff", "AIFF chunk COMM"),
        ] {
            let bytes = fixture(name);
            let keys = keys_of(&bytes);
            assert!(keys.iter().any(|known| known == key), "{name}: {keys:?}");
            assert!(!keys.iter().any(|key| key.ends_with("data") || key.ends_with("SSND")));
            assert!(lost(&bytes, &bytes).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_chunk_that_is_gone_is_lost() {
        let before = fixture("broadcast.wav");
        let at = before.windows(4).position(|id| id == b"bext").unwrap();
        let mut after = before.clone();
        after[at..at + 4].copy_from_slice(b"JUNK");
        assert_eq!(lost(&before, &after), ["RIFF chunk bext"]);
    }

    #[test]
    fn a_long_wave_file_whose_header_is_overwritten_is_seen() {
        let ds64 = [&b"ds64\x1C\0\0\0"[..], &[0; 28]].concat();
        let before = [&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], &ds64, b"data\x04\0\0\0pcm!"].concat();
        let mut after = before.clone();
        after[4..8].copy_from_slice(&60_u32.to_le_bytes());
        assert_eq!(lost(&before, &after), ["RF64 header size"]);
    }

    #[test]
    fn chunks_in_other_chunks_of_dsdiff_do_not_nest_without_end() {
        let mut bytes = b"FRM8\0\0\0\0\0\0\0\0DSD ".to_vec();
        let depth = 10_000_u64;
        for level in 0..depth {
            bytes.extend(b"DIIN");
            bytes.extend((12 * (depth - level - 1)).to_be_bytes());
        }
        assert_eq!(keys_of(&bytes), ["DSDIFF chunk form", "DSDIFF chunk DIIN/DIIN"]);
    }
}
