//! Restores the ID3v2 tag at the end of a DSF file, which the header points to (Sony, "DSF File
//! Format Specification 1.01").

use super::copy::EditedCopy;
use super::id3v2::Tag;
use super::iff::new_tag;
use crate::containers::Cursor;
use crate::error::Result;
use crate::tags::Requested;
use std::ops::Range;

/// Where the header has the size of the file, followed by the position of the tag.
const SIZES: Range<u64> = 12..28;

/// Restores the tag.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let budget = copy.budget();
    let (before, after) = (tag_range(original)?, copy.read(tag_range)?);
    let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
    let edited = copy.read(|cursor| Tag::read(cursor, after.start))?;
    let tag = if before.is_empty() {
        match edited {
            Some(edited) => new_tag(edited, requested, budget)?,
            None => None,
        }
    } else {
        let Some(tag) = Tag::read(original, before.start)? else { return Ok(()) };
        let edited = edited.unwrap_or(Tag::empty(tag.version));
        let Some(merged) = tag.merged(edited, requested, budget)? else { return Ok(()) };
        if merged.is_empty() {
            None
        } else {
            let Some(mut tag) = merged.render(budget)? else { return Ok(()) };
            // The tag is at the end of the file, so it needs no padding in order to grow.
            let Ok(size) = usize::try_from(before.end - before.start) else { return Ok(()) };
            if Tag::pad(&mut tag, size).is_none() {
                return Ok(());
            }
            Some(tag)
        }
    };
    let start = after.start;
    let tag = tag.unwrap_or_default();
    copy.replace(after, &tag)?;
    let end = start + tag.len() as u64;
    let place = if tag.is_empty() { 0 } else { start };
    copy.replace(SIZES, &[end.to_le_bytes(), place.to_le_bytes()].concat())
}

/// Returns the range of the tag, or an empty one where it would be. Returns `None` if the header
/// contradicts the file.
pub(crate) fn tag_range(cursor: &mut Cursor<'_>) -> Result<Option<Range<u64>>> {
    let Some([size, place]) = sizes(cursor)? else { return Ok(None) };
    let place = if place == 0 { size } else { place };
    Ok((SIZES.end <= place && place <= size && size <= cursor.size()).then_some(place..size))
}

fn sizes(cursor: &mut Cursor<'_>) -> Result<Option<[u64; 2]>> {
    let size = cursor.array(SIZES.start)?.map(u64::from_le_bytes);
    let place = cursor.array(SIZES.start + 8)?.map(u64::from_le_bytes);
    Ok(size.zip(place).map(Into::into))
}
