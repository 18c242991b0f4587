//! The elements of a segment.

use super::super::stop::{Stop, usual};
use super::write;
use crate::containers::Cursor;
use crate::containers::matroska::{
    BLOCK_GROUP, CLUSTER, CLUSTER_POSITION, Element, Elements, SEGMENT, SIMPLE_BLOCK, unsigned,
};
use crate::error::Result;
use std::ops::Range;

/// A segment, and the elements that it consists of.
pub(super) struct Segment {
    pub element: Element,
    pub children: Vec<Element>,
}

impl Segment {
    /// Reads the segment of a file. Stops if there are several segments, or if the segment does
    /// not consist of elements alone.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Stop> {
        let mut walk = Elements::within(0..cursor.size());
        let mut segment = None;
        while let Some(element) = walk.next(cursor)? {
            if element.id == SEGMENT {
                usual(segment.is_none().then_some(()))?;
                segment = Some(element);
            }
        }
        let element = usual(segment)?;
        let mut walk = Elements::within(element.body.clone());
        let mut children = Vec::new();
        while let Some(child) = walk.next(cursor)? {
            cursor.budget().push(&mut children, child)?;
        }
        usual(walk.rest().is_empty().then_some(Self { element, children }))
    }

    /// Reads the elements with this identifier from the copy that TagLib has written, and corrects
    /// their sizes. TagLib gives a segment of unknown size a wrong size, so everything that follows
    /// is searched.
    pub(super) fn written(&self, copy: &mut Cursor<'_>, id: u32) -> Result<Vec<Vec<u8>>, Stop> {
        let mut walk = Elements::within(0..copy.size());
        let mut body = self.element.body.start;
        while let Some(element) = walk.next(copy)? {
            if element.id == SEGMENT {
                body = element.body.start;
                break;
            }
        }
        let mut walk = Elements::within(body..copy.size());
        let mut found = Vec::new();
        while let Some(element) = walk.next(copy)? {
            if element.id == id {
                let bytes = usual(copy.bytes(element.range)?)?;
                let budget = copy.budget();
                budget.push(&mut found, write::with_valid_sizes(&bytes, budget)?)?;
            }
        }
        Ok(found)
    }

    /// Returns the range of the clusters, by the indices of the children.
    pub(super) fn clusters(&self) -> Range<usize> {
        let is_cluster = |child: &Element| child.id == CLUSTER;
        let first = self.children.iter().position(is_cluster);
        let last = self.children.iter().rposition(is_cluster);
        match first.zip(last) {
            Some((first, last)) => first..last + 1,
            None => 0..0,
        }
    }

    /// Returns where an element begins, counted from the start of the segment's body.
    pub(super) fn position(&self, child: &Element) -> u64 {
        child.range.start - self.element.body.start
    }

    /// Returns whether a cluster has its own position. Such clusters can't be moved: their bytes
    /// are audio.
    pub(super) fn has_cluster_positions(&self, cursor: &mut Cursor<'_>) -> Result<bool> {
        for cluster in self.children.iter().filter(|child| child.id == CLUSTER) {
            let mut walk = Elements::within(cluster.body.clone());
            while let Some(part) = walk.next(cursor)? {
                match part.id {
                    CLUSTER_POSITION if unsigned(cursor, &part.body)? != Some(0) => {
                        return Ok(true);
                    }
                    SIMPLE_BLOCK | BLOCK_GROUP => break,
                    _ => {}
                }
            }
        }
        Ok(false)
    }
}
