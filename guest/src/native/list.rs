//! The list of elements that a read fills.

use super::element::{NativeElement, NativeValue};
use crate::containers::Cursor;
use crate::error::Result;
use crate::limits::Budget;
use crate::sha256;
use std::ops::Range;

/// What an element counts in an answer besides its texts, in bytes: about what an object takes in
/// JavaScript. A file may have millions of empty elements.
const IN_JAVASCRIPT: usize = 320;

/// The elements that have been read, within the budget of the call.
pub(super) struct List<'a> {
    elements: Vec<NativeElement>,
    /// Frames within other elements, which are not among the elements.
    inner: Vec<NativeElement>,
    budget: &'a Budget,
    /// The size of the answer until now.
    size: usize,
    /// The tag that is being read, and its number.
    tag: (&'static str, u32),
    /// The number of the next tag.
    next_tag: u32,
}

impl<'a> List<'a> {
    pub(super) fn new(budget: &'a Budget) -> Self {
        Self { elements: Vec::new(), inner: Vec::new(), budget, size: 0, tag: ("", 0), next_tag: 0 }
    }

    pub(super) fn into_elements(self) -> Vec<NativeElement> {
        self.elements
    }

    /// Returns the elements, and those within them.
    pub(super) fn with_inner(self) -> impl Iterator<Item = NativeElement> {
        self.elements.into_iter().chain(self.inner)
    }

    /// Begins a tag: the elements that `read` adds belong to it.
    pub(super) fn within<T>(
        &mut self,
        tag: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let outer = self.tag;
        self.tag = (tag, self.next_tag);
        self.next_tag += 1;
        let result = read(self)?;
        self.tag = outer;
        Ok(result)
    }

    /// Adds an element to the tag that is being read.
    pub(super) fn add(&mut self, mut element: NativeElement) -> Result<()> {
        let size = element.text_size();
        self.budget.charge(size)?;
        self.size += size + IN_JAVASCRIPT;
        self.budget.check_answer(self.size)?;
        (element.tag, element.tag_index) = self.tag;
        self.budget.push(&mut self.elements, element)
    }

    /// Adds an element that is within the last one.
    pub(super) fn add_inner(&mut self, mut element: NativeElement) -> Result<()> {
        self.budget.charge(element.text_size())?;
        (element.tag, element.tag_index) = self.tag;
        self.budget.push(&mut self.inner, element)
    }

    /// Adds an element whose content is the bytes in `range`.
    pub(super) fn add_range(
        &mut self,
        kind: &'static str,
        id: impl Into<String>,
        range: Range<u64>,
        cursor: &mut Cursor<'_>,
    ) -> Result<()> {
        let size = range.end.saturating_sub(range.start);
        let Some(sha256) = sha256::of_range(cursor, range)? else { return Ok(()) };
        self.add(NativeElement::new(kind, id, size, NativeValue::Bytes { sha256 }))
    }

    /// Adds what follows the last element of a container: padding if all bytes are zero.
    pub(super) fn add_rest(
        &mut self,
        kind: &'static str,
        range: Range<u64>,
        cursor: &mut Cursor<'_>,
    ) -> Result<()> {
        if range.start >= range.end.min(cursor.size()) {
            return Ok(());
        }
        let range = range.start..range.end.min(cursor.size());
        if !is_zero(cursor, range.clone())? {
            return self.add_range(kind, "rest", range, cursor);
        }
        let size = range.end - range.start;
        self.add(NativeElement::new(kind, "padding", size, NativeValue::Padding))
    }
}

/// Returns whether all bytes in `range` are zero.
fn is_zero(cursor: &mut Cursor<'_>, range: Range<u64>) -> Result<bool> {
    let mut piece = [0; 4096];
    let mut at = range.start;
    while at < range.end {
        let length = (range.end - at).min(piece.len() as u64) as usize;
        let read = cursor.read(&mut piece[..length], at)?;
        if piece[..read].iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        at += length as u64;
    }
    Ok(true)
}
