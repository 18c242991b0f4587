//! Merges two lists of named values: Vorbis comments, or the items of APE tags.

use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use std::collections::HashMap;
use std::mem;

/// A value of a list.
pub(super) trait Value {
    /// Returns the part of the tag that the value belongs to.
    fn tag_part(&self) -> &TagPart;

    /// Returns whether the value equals `other`, which belongs to the same part.
    fn is_same(&self, other: &Self) -> bool;
}

/// Returns the original values in their order, with the parts that `requested` names replaced.
/// The edited values of a part take the place of its first original value, or follow at the end.
/// A part stays as it is if its values are the same before and after.
pub(super) fn merged<T: Value>(
    original: Vec<T>,
    edited: Vec<T>,
    requested: &Requested,
    budget: &Budget,
) -> Result<Vec<T>> {
    let mut changes = Changes::of(edited, requested, budget)?;
    for value in original.iter().filter(|value| requested.contains(value.tag_part())) {
        changes.compare(value);
    }
    let mut merged = Vec::new();
    budget.reserve(&mut merged, original.len())?;
    for value in original {
        if !requested.contains(value.tag_part()) || !changes.concern(value.tag_part()) {
            budget.push(&mut merged, value)?;
            continue;
        }
        for new in changes.take(value.tag_part()) {
            budget.push(&mut merged, new)?;
        }
    }
    for tag_part in mem::take(&mut changes.order) {
        if changes.concern(&tag_part) {
            for new in changes.take(&tag_part) {
                budget.push(&mut merged, new)?;
            }
        }
    }
    Ok(merged)
}

/// The edited values, grouped by part.
struct Changes<T> {
    groups: HashMap<TagPart, Group<T>>,
    /// The parts in the order of the edited list.
    order: Vec<TagPart>,
}

struct Group<T> {
    values: Vec<T>,
    /// The number of original values that were compared.
    count: usize,
    is_same: bool,
}

impl<T: Value> Changes<T> {
    fn of(edited: Vec<T>, requested: &Requested, budget: &Budget) -> Result<Self> {
        let mut changes = Self { groups: HashMap::new(), order: Vec::new() };
        for value in edited.into_iter().filter(|value| requested.contains(value.tag_part())) {
            if !changes.groups.contains_key(value.tag_part()) {
                budget.charge(mem::size_of::<(TagPart, Group<T>)>())?;
                budget.push(&mut changes.order, value.tag_part().clone())?;
            }
            let group = changes.groups.entry(value.tag_part().clone()).or_default();
            budget.push(&mut group.values, value)?;
        }
        Ok(changes)
    }

    /// Compares the next original value of a part with the edited one.
    fn compare(&mut self, original: &T) {
        // A part without edited values is removed.
        if let Some(group) = self.groups.get_mut(original.tag_part()) {
            let edited = group.values.get(group.count);
            group.is_same &= edited.is_some_and(|edited| edited.is_same(original));
            group.count += 1;
        }
    }

    /// Returns whether the values of a part have changed.
    fn concern(&self, tag_part: &TagPart) -> bool {
        let group = self.groups.get(tag_part);
        group.is_none_or(|group| !group.is_same || group.count != group.values.len())
    }

    /// Takes out the edited values of a part. A second call returns none.
    fn take(&mut self, tag_part: &TagPart) -> Vec<T> {
        let group = self.groups.get_mut(tag_part).map(|group| {
            group.is_same = false;
            mem::take(&mut group.values)
        });
        group.unwrap_or_default()
    }
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { values: Vec::new(), count: 0, is_same: true }
    }
}
