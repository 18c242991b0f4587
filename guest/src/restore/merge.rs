//! Merges two lists of named values: Vorbis comments, or the items of APE tags.

use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, Subject};
use std::collections::HashMap;
use std::mem;

/// A value of a list.
pub(super) trait Value {
    /// What it holds.
    fn subject(&self) -> &Subject;

    /// Whether it says the same as `other`, which has the same subject.
    fn is_same(&self, other: &Self) -> bool;
}

/// Returns the original values in their order, but for those that `requested` names.
/// The edited values of a subject take the place of its first original one, or the
/// end. Original values that the edit gives anew stay as they are.
pub(super) fn merged<T: Value>(
    original: Vec<T>,
    edited: Vec<T>,
    requested: &Requested,
    budget: &Budget,
) -> Result<Vec<T>> {
    let mut changes = Changes::of(edited, requested, budget)?;
    for value in original.iter().filter(|value| requested.contains(value.subject())) {
        changes.compare(value);
    }
    let mut merged = Vec::new();
    budget.reserve(&mut merged, original.len())?;
    for value in original {
        if !requested.contains(value.subject()) || !changes.concern(value.subject()) {
            budget.push(&mut merged, value)?;
            continue;
        }
        for new in changes.take(value.subject()) {
            budget.push(&mut merged, new)?;
        }
    }
    for subject in mem::take(&mut changes.order) {
        if changes.concern(&subject) {
            for new in changes.take(&subject) {
                budget.push(&mut merged, new)?;
            }
        }
    }
    Ok(merged)
}

/// The edited values by their subjects.
struct Changes<T> {
    groups: HashMap<Subject, Group<T>>,
    /// The subjects in the order of the edited list.
    order: Vec<Subject>,
}

struct Group<T> {
    values: Vec<T>,
    /// How many original values there are.
    count: usize,
    is_same: bool,
}

impl<T: Value> Changes<T> {
    fn of(edited: Vec<T>, requested: &Requested, budget: &Budget) -> Result<Self> {
        let mut changes = Self { groups: HashMap::new(), order: Vec::new() };
        for value in edited.into_iter().filter(|value| requested.contains(value.subject())) {
            if !changes.groups.contains_key(value.subject()) {
                budget.charge(mem::size_of::<(Subject, Group<T>)>())?;
                budget.push(&mut changes.order, value.subject().clone())?;
            }
            let group = changes.groups.entry(value.subject().clone()).or_default();
            budget.push(&mut group.values, value)?;
        }
        Ok(changes)
    }

    /// Compares the next original value of a subject with the edited one.
    fn compare(&mut self, original: &T) {
        // A subject without edited values is removed.
        if let Some(group) = self.groups.get_mut(original.subject()) {
            let edited = group.values.get(group.count);
            group.is_same &= edited.is_some_and(|edited| edited.is_same(original));
            group.count += 1;
        }
    }

    /// Whether the values of a subject have changed.
    fn concern(&self, subject: &Subject) -> bool {
        let group = self.groups.get(subject);
        group.is_none_or(|group| !group.is_same || group.count != group.values.len())
    }

    /// The edited values of a subject; none the next time.
    fn take(&mut self, subject: &Subject) -> Vec<T> {
        let group = self.groups.get_mut(subject).map(|group| {
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
