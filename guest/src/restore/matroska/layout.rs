//! Finds places for the changed elements of a segment.
//!
//! Clusters stay where they are if possible: padding is used up, and tags that outgrow it are
//! moved after the clusters, where a `SeekHead` entry points to them. Otherwise the clusters
//! move, and `Cues` and `SeekHead` are updated.

use super::super::copy::Piece;
use super::super::stop::{Stop, usual};
use super::index::{Positions, SeekHead, shifted_cues};
use super::segment::Segment;
use super::write::{self, SHORTEST};
use crate::containers::Cursor;
use crate::containers::matroska::{
    ATTACHMENTS, CHAPTERS, CRC_32, CUES, Element, SEEK_HEAD, TAGS, VOID,
};
use crate::error::Result;
use crate::limits::Budget;
use std::collections::HashMap;
use std::mem;
use std::ops::Range;
use std::rc::Rc;

/// The padding before clusters that have to move, in bytes.
const PADDING: u64 = 1024;

/// How often positions are recalculated because a number has become longer.
const MAX_ROUNDS: usize = 8;

/// Elements that replace others or are added.
#[derive(Default)]
pub(super) struct Changes {
    /// New bytes by the index of the child that they replace. Empty bytes remove it.
    pub replaced: HashMap<usize, Rc<Vec<u8>>>,
    /// Elements that the segment lacks.
    pub added: Vec<(u32, Rc<Vec<u8>>)>,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.added.is_empty()
    }
}

/// One way to place changed elements.
#[derive(Clone, Copy)]
struct Attempt {
    /// Whether changed tags, attachments and chapters before the clusters are moved after them.
    moves_back: bool,
    /// Whether unchanged tags and attachments are moved, too, so that the `SeekHead` has room to
    /// grow.
    moves_unchanged: bool,
    /// Whether new elements are placed after the clusters.
    adds_behind: bool,
    /// Whether the clusters may move.
    grows: bool,
    /// Whether a `SeekHead` must have entries for the elements after the clusters.
    is_indexed: bool,
}

/// An element that is to be placed.
#[derive(Clone, Debug)]
struct Slot {
    id: u32,
    /// Its old position, counted from the start of the segment's body.
    old: Option<u64>,
    content: Piece,
}

/// Elements that have been placed, and the padding between them.
struct Placed {
    slots: Vec<(u64, Slot)>,
    end: u64,
}

/// A file whose segment is laid out anew.
pub(super) struct Layout<'a> {
    pub segment: &'a Segment,
    pub changes: &'a Changes,
    pub size: u64,
}

impl Layout<'_> {
    /// Returns the pieces of the file after the change.
    pub(super) fn pieces(&self, original: &mut Cursor<'_>) -> Result<Vec<Piece>, Stop> {
        let has_index = self.segment.children.iter().any(|child| child.id == SEEK_HEAD);
        let stay = Attempt {
            moves_back: false,
            moves_unchanged: false,
            adds_behind: has_index,
            grows: false,
            is_indexed: has_index,
        };
        let move_back = Attempt { moves_back: true, ..stay };
        let move_all_back = Attempt { moves_unchanged: true, ..move_back };
        let grow = Attempt { adds_behind: false, grows: true, is_indexed: false, ..stay };
        let hide = Attempt { adds_behind: true, moves_back: true, is_indexed: false, ..stay };
        let may_grow = !self.segment.has_cluster_positions(original)?;
        for (attempt, is_possible) in [
            (stay, true),
            (move_back, has_index),
            (move_all_back, has_index),
            (grow, may_grow),
            (hide, true),
        ] {
            if is_possible && let Some(pieces) = self.attempt(attempt, original)? {
                return Ok(pieces);
            }
        }
        Err(Stop::Unusual)
    }

    /// Returns the elements before the clusters, by the indices of the children.
    fn head(&self) -> Range<usize> {
        0..self.segment.clusters().start
    }

    fn tail(&self) -> Range<usize> {
        self.segment.clusters().end..self.segment.children.len()
    }

    fn attempt(
        &self,
        attempt: Attempt,
        original: &mut Cursor<'_>,
    ) -> Result<Option<Vec<Piece>>, Stop> {
        let budget = original.budget();
        let mut index = Index::read(self.segment, original)?;
        for _ in 0..MAX_ROUNDS {
            let Some((head, tail, middle)) = self.place(attempt, &index, budget)? else {
                return Ok(None);
            };
            let (positions, shift) = self.positions(&head, &tail, &middle);
            let added = match attempt.is_indexed {
                true => index.missing(&tail, self.segment),
                false => Vec::new(),
            };
            if !index.update(&positions, &added, shift, budget)? {
                return self.assemble(head, middle, tail, original).map(Some);
            }
        }
        Ok(None)
    }

    /// Places the elements before and after the clusters. Returns `None` if they do not fit.
    fn place(
        &self,
        attempt: Attempt,
        index: &Index,
        budget: &Budget,
    ) -> Result<Option<(Placed, Placed, Middle)>, Stop> {
        let (mut front, mut back) = (Vec::new(), Vec::new());
        for at in self.head() {
            let is_behind = attempt.moves_back
                && match self.segment.children[at].id {
                    TAGS | ATTACHMENTS if attempt.moves_unchanged => true,
                    TAGS | ATTACHMENTS | CHAPTERS => self.changes.replaced.contains_key(&at),
                    _ => false,
                };
            let list = if is_behind { &mut back } else { &mut front };
            self.push(list, at, index, budget)?;
        }
        let moved_back = mem::take(&mut back);
        let mut middle = Middle::default();
        for at in self.segment.clusters() {
            self.push_middle(&mut middle, &mut back, at, index, budget)?;
        }
        for at in self.tail() {
            self.push(&mut back, at, index, budget)?;
        }
        back.extend(moved_back);
        for (id, bytes) in &self.changes.added {
            let has_clusters = !self.segment.clusters().is_empty();
            let list = if attempt.adds_behind || !has_clusters { &mut back } else { &mut front };
            let content = Piece::Bytes(Rc::clone(bytes));
            budget.push(list, Slot { id: *id, old: None, content })?;
        }
        let old_end = match self.segment.clusters().is_empty() {
            true => 0,
            false => self.segment.position(&self.segment.children[self.segment.clusters().start]),
        };
        let Some(head) = place_before(front, old_end, attempt.grows, budget)? else {
            return Ok(None);
        };
        let shift = head.end - old_end;
        let start = old_end + shift + middle.length;
        let tail = self.place_behind(back, start, shift);
        Ok(Some((head, tail, middle)))
    }

    /// Adds a child to those that are to be placed.
    fn push(&self, list: &mut Vec<Slot>, at: usize, index: &Index, budget: &Budget) -> Result<()> {
        let child = &self.segment.children[at];
        let content = match self.changes.replaced.get(&at).or_else(|| index.rendered.get(&at)) {
            Some(bytes) if bytes.is_empty() => return Ok(()),
            Some(bytes) => Piece::Bytes(Rc::clone(bytes)),
            // A checksum of the whole segment would have to change with every byte.
            None if matches!(child.id, VOID | CRC_32) => return Ok(()),
            None => Piece::Original(child.range.clone()),
        };
        budget.push(list, Slot { id: child.id, old: Some(self.segment.position(child)), content })
    }

    /// Adds a child that is between clusters. If it has changed and does not fit, it is placed
    /// after the clusters.
    fn push_middle(
        &self,
        middle: &mut Middle,
        back: &mut Vec<Slot>,
        at: usize,
        index: &Index,
        budget: &Budget,
    ) -> Result<()> {
        let child = &self.segment.children[at];
        let length = child.range.end - child.range.start;
        let old = self.segment.position(child);
        middle.length += length;
        let Some(bytes) = self.changes.replaced.get(&at).or_else(|| index.rendered.get(&at)) else {
            budget.push(&mut middle.kept, old)?;
            return budget.push(&mut middle.pieces, Piece::Original(child.range.clone()));
        };
        let gap = length.checked_sub(bytes.len() as u64);
        match gap.filter(|gap| !bytes.is_empty() && (*gap == 0 || *gap >= SHORTEST)) {
            Some(gap) => {
                budget.push(&mut middle.kept, old)?;
                budget.push(&mut middle.pieces, Piece::Bytes(Rc::clone(bytes)))?;
                push_padding(&mut middle.pieces, gap, budget)
            }
            None => {
                if !bytes.is_empty() {
                    let content = Piece::Bytes(Rc::clone(bytes));
                    budget.push(back, Slot { id: child.id, old: Some(old), content })?;
                }
                push_padding(&mut middle.pieces, length, budget)
            }
        }
    }

    /// Places elements after the clusters, where the segment may grow.
    fn place_behind(&self, slots: Vec<Slot>, start: u64, shift: u64) -> Placed {
        // Padding after a cluster of unknown size would become a part of it.
        let clusters = self.segment.clusters();
        let is_open = self.segment.children[clusters].last().is_some_and(|it| it.has_unknown_size);
        let mut placed = Placed { slots: Vec::new(), end: start };
        for slot in slots {
            let is_first = placed.slots.is_empty();
            let preferred = slot.old.map(|old| old + shift).filter(|_| !(is_open && is_first));
            placed.put(slot, preferred);
        }
        let last = self.segment.children.last();
        let may_pad = !(is_open && placed.slots.is_empty());
        if let Some(padding) = last.filter(|last| last.id == VOID && may_pad) {
            let end = self.segment.position(padding) + padding.range.end - padding.range.start;
            if end + shift >= placed.end + SHORTEST {
                placed.end = end + shift;
            }
        }
        placed
    }

    fn positions(&self, head: &Placed, tail: &Placed, middle: &Middle) -> (Positions, u64) {
        let clusters = self.segment.clusters();
        let old_end = self.segment.children.get(clusters.start).filter(|_| !clusters.is_empty());
        let shift = head.end - old_end.map_or(0, |first| self.segment.position(first));
        let mut positions: Positions = self
            .segment
            .children
            .iter()
            .filter(|child| !matches!(child.id, VOID | CRC_32))
            .map(|child| (self.segment.position(child), None))
            .collect();
        positions.extend(middle.kept.iter().map(|old| (*old, Some(old + shift))));
        let placed = head.slots.iter().chain(&tail.slots);
        positions.extend(placed.filter_map(|(at, slot)| Some((slot.old?, Some(*at)))));
        (positions, shift)
    }

    fn assemble(
        &self,
        head: Placed,
        middle: Middle,
        tail: Placed,
        original: &mut Cursor<'_>,
    ) -> Result<Vec<Piece>, Stop> {
        let budget = original.budget();
        let Element { range, body, has_unknown_size, .. } = &self.segment.element;
        let mut pieces = Vec::new();
        budget.push(&mut pieces, Piece::Original(0..range.start))?;
        if *has_unknown_size {
            budget.push(&mut pieces, Piece::Original(range.start..body.start))?;
        } else {
            let width = self.segment.element.size_width();
            let id = usual(original.bytes(range.start..body.start - width as u64)?)?;
            budget.push(&mut pieces, Piece::Bytes(Rc::new(id)))?;
            budget.push(&mut pieces, Piece::Bytes(Rc::new(write::size_field(tail.end, width))))?;
        }
        let start = head.end + middle.length;
        head.append(0, &mut pieces, budget)?;
        for piece in middle.pieces {
            budget.push(&mut pieces, piece)?;
        }
        tail.append(start, &mut pieces, budget)?;
        budget.push(&mut pieces, Piece::Original(range.end..self.size))?;
        Ok(pieces)
    }
}

/// The elements between the first and the last cluster.
#[derive(Default)]
struct Middle {
    pieces: Vec<Piece>,
    length: u64,
    /// The positions of elements that stay.
    kept: Vec<u64>,
}

impl Placed {
    /// Places an element at the preferred position if that leaves room for padding before it, and
    /// otherwise after the last element.
    fn put(&mut self, slot: Slot, preferred: Option<u64>) {
        let at = preferred.filter(|at| *at >= self.end + SHORTEST).unwrap_or(self.end);
        self.end = at + slot.content.length();
        self.slots.push((at, slot));
    }

    /// Appends the elements, with padding between and after them.
    fn append(self, start: u64, pieces: &mut Vec<Piece>, budget: &Budget) -> Result<()> {
        let mut at = start;
        for (position, slot) in self.slots {
            push_padding(pieces, position - at, budget)?;
            at = position + slot.content.length();
            budget.push(pieces, slot.content)?;
        }
        push_padding(pieces, self.end - at, budget)
    }
}

/// Places elements before the clusters, which begin at `end`. Returns `None` if they do not fit
/// and the clusters may not move.
fn place_before(
    slots: Vec<Slot>,
    end: u64,
    grows: bool,
    budget: &Budget,
) -> Result<Option<Placed>> {
    let fits = |placed: &Placed| placed.end == end || placed.end + SHORTEST <= end;
    let mut loose = Placed { slots: Vec::new(), end: 0 };
    for slot in &slots {
        loose.put(slot.clone(), slot.old);
    }
    let mut dense = Placed { slots: Vec::new(), end: 0 };
    for slot in slots {
        dense.put(slot, None);
    }
    // Padding can't be one byte long.
    if !fits(&dense) && dense.end < end {
        dense.widen_last(budget)?;
    }
    let mut placed = match (fits(&loose), fits(&dense)) {
        (true, _) => loose,
        (false, true) => dense,
        (false, false) if grows => {
            dense.end += PADDING;
            dense.end = dense.end.max(end + PADDING);
            return Ok(Some(dense));
        }
        _ => return Ok(None),
    };
    placed.end = end;
    Ok(Some(placed))
}

impl Placed {
    /// Makes the last element that is written anew one byte longer.
    fn widen_last(&mut self, budget: &Budget) -> Result<()> {
        let mut slots = self.slots.iter().enumerate().rev();
        let found = slots.find_map(|(at, (_, slot))| match &slot.content {
            Piece::Bytes(bytes) => Some((at, bytes)),
            Piece::Original(_) => None,
        });
        let Some((at, bytes)) = found else { return Ok(()) };
        let Some(bytes) = write::widened(bytes, budget)? else { return Ok(()) };
        self.slots[at].1.content = Piece::Bytes(Rc::new(bytes));
        for (position, _) in &mut self.slots[at + 1..] {
            *position += 1;
        }
        self.end += 1;
        Ok(())
    }
}

/// The elements that have the positions of others.
struct Index {
    seek_heads: Vec<(usize, SeekHead)>,
    cues: Vec<(usize, Vec<u8>)>,
    /// Their rendered bytes, by the indices of the children.
    rendered: HashMap<usize, Rc<Vec<u8>>>,
}

impl Index {
    fn read(segment: &Segment, original: &mut Cursor<'_>) -> Result<Self, Stop> {
        let budget = original.budget();
        let (mut seek_heads, mut cues) = (Vec::new(), Vec::new());
        for (at, child) in segment.children.iter().enumerate() {
            if !matches!(child.id, SEEK_HEAD | CUES) {
                continue;
            }
            let bytes = usual(original.bytes(child.range.clone())?)?;
            match child.id {
                CUES => budget.push(&mut cues, (at, bytes))?,
                _ => budget.push(&mut seek_heads, (at, SeekHead::read(&bytes, budget)?))?,
            }
        }
        Ok(Self { seek_heads, cues, rendered: HashMap::new() })
    }

    /// Returns the elements after the clusters that have moved or are new and have no entry.
    fn missing(&self, tail: &Placed, segment: &Segment) -> Vec<(u32, u64)> {
        let start = segment.clusters().end;
        let first = segment.children.get(start).map(|child| segment.position(child));
        let is_told = |old| self.seek_heads.iter().any(|(_, seek_head)| seek_head.has(old));
        let is_missing = |slot: &Slot| match slot.old {
            Some(old) => first.is_none_or(|first| old < first) && !is_told(old),
            None => true,
        };
        let missing = tail.slots.iter().filter(|(_, slot)| is_missing(slot));
        missing.map(|(at, slot)| (slot.id, *at)).collect()
    }

    /// Renders the elements for these positions. Returns whether any of them has changed.
    fn update(
        &mut self,
        positions: &Positions,
        added: &[(u32, u64)],
        shift: u64,
        budget: &Budget,
    ) -> Result<bool, Stop> {
        let mut rendered = HashMap::new();
        for (number, (at, seek_head)) in self.seek_heads.iter_mut().enumerate() {
            let added = if number == 0 { added } else { &[] };
            rendered.insert(*at, Rc::new(seek_head.render(positions, added, budget)?));
        }
        for (at, bytes) in &self.cues {
            if shift > 0 {
                rendered.insert(*at, Rc::new(shifted_cues(bytes, shift, budget)?));
            }
        }
        let is_changed = rendered != self.rendered;
        self.rendered = rendered;
        Ok(is_changed)
    }
}

fn push_padding(pieces: &mut Vec<Piece>, length: u64, budget: &Budget) -> Result<()> {
    if length == 0 {
        return Ok(());
    }
    let padding = write::padding(length, budget)?;
    budget.push(pieces, Piece::Bytes(Rc::new(padding)))
}
