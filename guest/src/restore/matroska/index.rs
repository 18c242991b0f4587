//! Updates the elements that have the positions of other elements of a segment: `SeekHead` and
//! `Cues` (RFC 9559, sections 5.1.1 and 5.1.5).

use super::super::stop::{Stop, usual};
use super::parts::{children, joined, only_element, slice};
use super::write;
use crate::containers::Cursor;
use crate::containers::matroska::{
    CUE_CLUSTER_POSITION, CUE_CODEC_STATE, CUE_POINT, CUE_REFERENCE, CUE_REFERENCE_CLUSTER,
    CUE_REFERENCE_CODEC_STATE, CUE_TRACK_POSITIONS, Element, SEEK, SEEK_HEAD, SEEK_ID,
    SEEK_POSITION, unsigned,
};
use crate::error::Result;
use crate::limits::Budget;
use std::borrow::Cow;
use std::collections::HashMap;

/// Maps the old position of each element to its new one, counted from the start of the segment's
/// body. Removed elements have no new position.
pub(super) type Positions = HashMap<u64, Option<u64>>;

/// A `SeekHead` element.
pub(super) struct SeekHead {
    width: usize,
    parts: Vec<Part>,
}

enum Part {
    Seek(Seek),
    /// A checksum or padding.
    Other(Vec<u8>),
}

/// An entry: an element and its position.
struct Seek {
    bytes: Vec<u8>,
    position: u64,
    /// The length of the position in bytes.
    width: usize,
}

impl SeekHead {
    pub(super) fn read(bytes: &[u8], budget: &Budget) -> Result<Self, Stop> {
        let mut cursor = Cursor::over(bytes, budget);
        let element = only_element(&mut cursor)?;
        let mut parts = Vec::new();
        for child in children(&mut cursor, &element)? {
            let content = joined(&[slice(bytes, &child).into()], budget)?;
            let part = match child.id {
                SEEK => Part::Seek(Seek::read(&mut cursor, &child, content)?),
                _ => Part::Other(content),
            };
            budget.push(&mut parts, part)?;
        }
        Ok(Self { width: element.size_width(), parts })
    }

    /// Returns whether an entry has this `position`.
    pub(super) fn has(&self, position: u64) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Seek(seek) if seek.position == position))
    }

    /// Renders the element for new positions. `added` are entries for other elements. Numbers
    /// only become longer, so repeated rendering ends with lengths that no longer change.
    pub(super) fn render(
        &mut self,
        positions: &Positions,
        added: &[(u32, u64)],
        budget: &Budget,
    ) -> Result<Vec<u8>, Stop> {
        let mut parts = Vec::new();
        for part in &mut self.parts {
            let bytes = match part {
                Part::Other(bytes) => Cow::Borrowed(&**bytes),
                Part::Seek(seek) => match positions.get(&seek.position) {
                    Some(None) => continue,
                    Some(Some(position)) => seek.moved(*position, budget)?,
                    None => Cow::Borrowed(&*seek.bytes),
                },
            };
            budget.push(&mut parts, bytes)?;
        }
        for (id, position) in added {
            budget.push(&mut parts, entry(*id, *position, budget)?.into())?;
        }
        let mut body = joined(&parts, budget)?;
        write::set_checksum(&mut body);
        Ok(write::element(SEEK_HEAD, &body, self.width, budget)?)
    }
}

impl Seek {
    fn read(cursor: &mut Cursor<'_>, seek: &Element, bytes: Vec<u8>) -> Result<Self, Stop> {
        for part in children(cursor, seek)? {
            if part.id == SEEK_POSITION {
                let position = usual(unsigned(cursor, &part.body)?)?;
                let width = (part.body.end - part.body.start) as usize;
                return Ok(Self { bytes, position, width });
            }
        }
        Err(Stop::Unusual)
    }

    fn moved(&mut self, position: u64, budget: &Budget) -> Result<Cow<'_, [u8]>, Stop> {
        if position == self.position {
            return Ok(Cow::Borrowed(&self.bytes));
        }
        let mut cursor = Cursor::over(&self.bytes, budget);
        let seek = only_element(&mut cursor)?;
        let mut parts = Vec::new();
        for part in children(&mut cursor, &seek)? {
            let bytes = match part.id {
                SEEK_POSITION => {
                    let number = write::number(SEEK_POSITION, position, self.width, budget)?;
                    // The identifier takes two bytes, the size one.
                    self.width = number.len() - 3;
                    number.into()
                }
                _ => Cow::Borrowed(slice(&self.bytes, &part)),
            };
            budget.push(&mut parts, bytes)?;
        }
        let mut body = joined(&parts, budget)?;
        write::set_checksum(&mut body);
        Ok(write::element(SEEK, &body, seek.size_width(), budget)?.into())
    }
}

fn entry(id: u32, position: u64, budget: &Budget) -> Result<Vec<u8>> {
    /// The length of the position in bytes. It is the greatest length, so that the position can
    /// change later.
    const WIDTH: usize = 8;
    let id = write::element(SEEK_ID, &id.to_be_bytes(), 1, budget)?;
    let position = write::number(SEEK_POSITION, position, WIDTH, budget)?;
    write::element(SEEK, &joined(&[id.into(), position.into()], budget)?, 1, budget)
}

/// Returns a `Cues` element for clusters that lie `shift` bytes further back.
pub(super) fn shifted_cues(bytes: &[u8], shift: u64, budget: &Budget) -> Result<Vec<u8>, Stop> {
    let mut cursor = Cursor::over(bytes, budget);
    let element = only_element(&mut cursor)?;
    shifted(&mut cursor, bytes, &element, shift, 0)
}

fn shifted(
    cursor: &mut Cursor<'_>,
    bytes: &[u8],
    parent: &Element,
    shift: u64,
    depth: usize,
) -> Result<Vec<u8>, Stop> {
    /// A position is in a reference, which is in the positions of a track, which are in a point.
    const MAX_DEPTH: usize = 4;
    usual((depth < MAX_DEPTH).then_some(()))?;
    let budget = cursor.budget();
    let mut parts = Vec::new();
    for part in children(cursor, parent)? {
        let new = match part.id {
            CUE_POINT | CUE_TRACK_POSITIONS | CUE_REFERENCE => {
                shifted(cursor, bytes, &part, shift, depth + 1)?.into()
            }
            CUE_CLUSTER_POSITION
            | CUE_CODEC_STATE
            | CUE_REFERENCE_CLUSTER
            | CUE_REFERENCE_CODEC_STATE => {
                let position = usual(unsigned(cursor, &part.body)?)?;
                // Zero means the state in the header of the track.
                let is_state = matches!(part.id, CUE_CODEC_STATE | CUE_REFERENCE_CODEC_STATE);
                let shift = if is_state && position == 0 { 0 } else { shift };
                let position = usual(position.checked_add(shift))?;
                let width = (part.body.end - part.body.start) as usize;
                write::number(part.id, position, width, budget)?.into()
            }
            _ => Cow::Borrowed(slice(bytes, &part)),
        };
        budget.push(&mut parts, new)?;
    }
    let mut body = joined(&parts, budget)?;
    write::set_checksum(&mut body);
    Ok(write::element(parent.id, &body, parent.size_width(), budget)?)
}
