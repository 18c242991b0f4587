//! The calls that wait, and the order in which workers take them.
//!
//! Urgent calls are taken first, then single calls, then the calls of groups (batches). Groups
//! take turns. A single call does not wait for a batch of ten thousand files. Every eighth call
//! is a group's even if single calls wait, so that a batch makes progress, too.

use std::collections::VecDeque;

/// One of this many calls is taken from a group before the single calls.
const GROUP_TURN: usize = 8;

pub(super) type GroupId = u32;

/// The priority of a call.
#[derive(Clone, Copy)]
pub(super) enum Priority {
    /// The call comes before all others, and gets a worker of its own.
    Urgent,
    Single,
    /// The call belongs to a group, of which at most `limit` run at once.
    Group {
        id: GroupId,
        limit: usize,
    },
}

pub(super) struct Pending<W> {
    urgent: VecDeque<W>,
    single: VecDeque<W>,
    groups: VecDeque<Group<W>>,
    /// The number of calls that were taken.
    taken: usize,
}

/// A call that a worker has taken.
pub(super) struct Taken<W> {
    pub work: W,
    pub group: Option<GroupId>,
}

struct Group<W> {
    id: GroupId,
    /// How many of its calls may run at once.
    limit: usize,
    running: usize,
    waiting: VecDeque<W>,
}

impl<W> Pending<W> {
    pub(super) const fn new() -> Self {
        Self { urgent: VecDeque::new(), single: VecDeque::new(), groups: VecDeque::new(), taken: 0 }
    }

    pub(super) fn push(&mut self, priority: Priority, works: impl IntoIterator<Item = W>) {
        match priority {
            Priority::Urgent => self.urgent.extend(works),
            Priority::Single => self.single.extend(works),
            Priority::Group { id, limit } => self.group(id, limit).waiting.extend(works),
        }
    }

    /// Takes the next call.
    pub(super) fn take(&mut self) -> Option<Taken<W>> {
        self.taken = self.taken.wrapping_add(1);
        if let Some(work) = self.urgent.pop_front() {
            return Some(Taken { work, group: None });
        }
        if self.taken.is_multiple_of(GROUP_TURN)
            && let Some(taken) = self.take_from_group()
        {
            return Some(taken);
        }
        match self.single.pop_front() {
            Some(work) => Some(Taken { work, group: None }),
            None => self.take_from_group(),
        }
    }

    /// Records that a call of a group has ended.
    pub(super) fn finished(&mut self, id: GroupId) {
        if let Some(at) = self.position(id) {
            self.groups[at].running -= 1;
            self.remove_if_done(at);
        }
    }

    /// Removes the calls of a group that were not taken, and returns them.
    pub(super) fn withdraw(&mut self, id: GroupId) -> VecDeque<W> {
        let Some(at) = self.position(id) else { return VecDeque::new() };
        let withdrawn = std::mem::take(&mut self.groups[at].waiting);
        self.remove_if_done(at);
        withdrawn
    }

    /// Returns the number of calls that a worker could take now.
    pub(super) fn ready(&self) -> usize {
        let groups: usize = self.groups.iter().map(Group::ready).sum();
        self.urgent.len() + self.single.len() + groups
    }

    pub(super) fn has_urgent(&self) -> bool {
        !self.urgent.is_empty()
    }

    /// Takes a call from the first group that has one ready, and moves that group to the end.
    fn take_from_group(&mut self) -> Option<Taken<W>> {
        let at = self.groups.iter().position(|group| group.ready() > 0)?;
        let mut group = self.groups.remove(at)?;
        let work = group.waiting.pop_front();
        group.running += 1;
        let id = group.id;
        self.groups.push_back(group);
        work.map(|work| Taken { work, group: Some(id) })
    }

    fn group(&mut self, id: GroupId, limit: usize) -> &mut Group<W> {
        let at = self.position(id).unwrap_or_else(|| {
            self.groups.push_back(Group { id, limit, running: 0, waiting: VecDeque::new() });
            self.groups.len() - 1
        });
        &mut self.groups[at]
    }

    fn position(&self, id: GroupId) -> Option<usize> {
        self.groups.iter().position(|group| group.id == id)
    }

    fn remove_if_done(&mut self, at: usize) {
        let group = &self.groups[at];
        if group.running == 0 && group.waiting.is_empty() {
            self.groups.remove(at);
        }
    }
}

impl<W> Group<W> {
    fn ready(&self) -> usize {
        self.waiting.len().min(self.limit.saturating_sub(self.running))
    }
}
