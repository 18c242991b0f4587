//! The queue of one JavaScript environment: the calls for its workers, and their completions.
//!
//! Decides how many workers run, what each of them does next, and when the main thread is woken.
//! Knows neither JavaScript nor threads.

use super::completions::{Completions, NextTurn};
use super::pending::{GroupId, Pending, Priority, Taken};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a worker lingers: waits for the next call before it ends. A worker lingers only if the
/// previous call came within this time.
///
/// In a loop of reads the next call comes when the main thread has been woken and has settled the
/// promise: 60 to 120 microseconds on a virtual machine. With a limit of 50, most calls of the loop
/// had to start a worker.
pub(super) const LINGER: Duration = Duration::from_micros(200);

/// A queue of calls whose work is a `W`, and of completions `C`.
pub(super) struct Queue<W, C> {
    state: Mutex<State<W>>,
    /// The number of calls that a worker could take now. It is written while `state` is locked.
    /// A lingering worker reads it without the lock.
    ready: AtomicUsize,
    completions: Mutex<Completions<C>>,
}

struct State<W> {
    pending: Pending<W>,
    /// The number of threads that drain this queue, or were asked to.
    workers: usize,
    /// The number of workers that have nothing to do yet.
    idle: usize,
    /// When a worker found no call, if none has come since.
    emptied_at: Option<Instant>,
    /// Whether the previous call came soon after a worker had found none.
    was_gap_short: bool,
}

/// What a worker does next.
pub(super) enum Next<W> {
    Work(Taken<W>),
    /// The worker waits for the next call for a short time, and asks again.
    Linger,
    /// The worker ends. It is no longer counted.
    End,
}

impl<W, C> Queue<W, C> {
    pub(super) const fn new() -> Self {
        let state = State {
            pending: Pending::new(),
            workers: 0,
            idle: 0,
            emptied_at: None,
            was_gap_short: false,
        };
        Self {
            state: Mutex::new(state),
            ready: AtomicUsize::new(0),
            completions: Mutex::new(Completions::new()),
        }
    }

    /// Adds calls.
    pub(super) fn push(&self, priority: Priority, works: impl IntoIterator<Item = W>) {
        let mut state = self.state();
        state.pending.push(priority, works);
        if let Some(emptied_at) = state.emptied_at.take() {
            state.was_gap_short = emptied_at.elapsed() < LINGER;
        }
        self.publish_ready(&state);
    }

    /// Removes the calls of a group that were not taken, and returns how many there were.
    pub(super) fn withdraw(&self, id: GroupId) -> usize {
        let mut state = self.state();
        let withdrawn = state.pending.withdraw(id);
        self.publish_ready(&state);
        drop(state);
        withdrawn.len()
    }

    /// Returns how many threads to start now, so that at most `limit` drain this queue. An urgent
    /// call may have one more. The threads are counted as workers from now on.
    pub(super) fn workers_to_start(&self, limit: usize) -> usize {
        if self.is_main_thread_behind() {
            return 0;
        }
        let mut state = self.state();
        let limit = limit + usize::from(state.pending.has_urgent());
        let missing = state.pending.ready().saturating_sub(state.idle);
        let count = missing.min(limit.saturating_sub(state.workers));
        state.workers += count;
        state.idle += count;
        count
    }

    /// Removes a thread that could not be started from the count.
    pub(super) fn worker_failed(&self) {
        let mut state = self.state();
        state.workers -= 1;
        state.idle -= 1;
    }

    /// Returns what a worker does that was idle, because it has just started or has lingered.
    pub(super) fn next_for_idle(&self, limit: usize, may_linger: bool) -> Next<W> {
        let mut state = self.state();
        state.idle -= 1;
        self.next_in(&mut state, limit, true, may_linger)
    }

    /// Returns what a worker does after a call of `group`. It ends if its time is over.
    pub(super) fn next_after(
        &self,
        group: Option<GroupId>,
        limit: usize,
        is_time_left: bool,
        may_linger: bool,
    ) -> Next<W> {
        let mut state = self.state();
        if let Some(id) = group {
            state.pending.finished(id);
            self.publish_ready(&state);
        }
        self.next_in(&mut state, limit, is_time_left, may_linger)
    }

    fn next_in(
        &self,
        state: &mut State<W>,
        limit: usize,
        is_time_left: bool,
        may_linger: bool,
    ) -> Next<W> {
        let is_surplus = state.workers > limit && !state.pending.has_urgent();
        if is_time_left && !is_surplus && !self.is_main_thread_behind() {
            if let Some(taken) = state.pending.take() {
                self.publish_ready(state);
                return Next::Work(taken);
            }
            state.emptied_at = Some(Instant::now());
            // One worker that lingers is enough: the next call is a single one, or starts others.
            if may_linger && state.was_gap_short && state.idle == 0 {
                state.idle += 1;
                return Next::Linger;
            }
        }
        state.workers -= 1;
        Next::End
    }

    /// Returns whether a worker that lingers would get a call.
    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed) > 0
    }

    /// Adds a completion of `bytes` bytes. Returns whether to wake the main thread.
    pub(super) fn complete(&self, completion: C, bytes: usize) -> bool {
        self.completions().push(completion, bytes)
    }

    /// Takes at most `count` completions, and none after the first `bytes` bytes.
    pub(super) fn take_completions(&self, count: usize, bytes: usize) -> Vec<C> {
        self.completions().take(count, bytes)
    }

    /// Ends a turn of the main thread, and returns when the next one is due. The main thread comes
    /// again by itself only if it has found completions: otherwise the files may be slow.
    pub(super) fn end_turn(&self, has_delivered: bool) -> NextTurn {
        self.completions().end_turn(has_delivered && self.is_ready())
    }

    /// Drops everything: the environment has ended.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        let dropped = std::mem::replace(&mut state.pending, Pending::new());
        self.publish_ready(&state);
        drop(state);
        drop(dropped);
        let dropped = std::mem::replace(&mut *self.completions(), Completions::new());
        drop(dropped);
    }

    fn is_main_thread_behind(&self) -> bool {
        self.completions().are_too_many()
    }

    fn publish_ready(&self, state: &State<W>) {
        self.ready.store(state.pending.ready(), Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        // No code that could panic leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn completions(&self) -> MutexGuard<'_, Completions<C>> {
        self.completions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: Priority = Priority::Group { id: 1, limit: 100 };

    fn queue() -> Queue<u32, u32> {
        Queue::new()
    }

    /// A worker starts, and does everything in the order in which it is told.
    fn drained(queue: &Queue<u32, u32>) -> Vec<u32> {
        assert_eq!(queue.workers_to_start(1), 1);
        let mut done = Vec::new();
        let mut next = queue.next_for_idle(1, false);
        while let Next::Work(Taken { work, group }) = next {
            done.push(work);
            next = queue.next_after(group, 1, true, false);
        }
        done
    }

    #[test]
    fn a_single_call_goes_before_a_batch_and_delays_it_for_no_longer_than_eight_calls() {
        let queue = queue();
        queue.push(GROUP, 0..10_000);
        queue.push(Priority::Single, 20_000..20_100);
        let order = drained(&queue);
        assert_eq!(order[0], 20_000);
        let at = |call: u32| order.iter().position(|it| *it == call).unwrap();
        assert!(at(20_099) < 120, "{}", at(20_099));
        assert!(at(0) < 9, "{}", at(0));
        assert_eq!(order.len(), 10_100);
    }

    #[test]
    fn two_batches_take_turns() {
        let queue = queue();
        queue.push(GROUP, [1, 2, 3]);
        queue.push(Priority::Group { id: 2, limit: 100 }, [11, 12, 13]);
        assert_eq!(drained(&queue), [1, 11, 2, 12, 3, 13]);
    }

    #[test]
    fn no_more_calls_of_a_group_run_than_it_allows() {
        let queue = queue();
        queue.push(Priority::Group { id: 1, limit: 2 }, 0..10);
        assert_eq!(queue.workers_to_start(4), 2);
        for _ in 0..2 {
            assert!(matches!(queue.next_for_idle(4, false), Next::Work(_)));
        }
        queue.push(Priority::Single, [20]);
        assert_eq!(queue.workers_to_start(4), 1);
        let Next::Work(taken) = queue.next_for_idle(4, false) else { panic!("no call") };
        assert_eq!((taken.work, taken.group), (20, None));
        assert!(matches!(queue.next_after(None, 4, true, false), Next::End));
        assert!(matches!(queue.next_after(Some(1), 4, true, false), Next::Work(_)));
    }

    #[test]
    fn a_withdrawn_group_leaves_only_what_runs() {
        let queue = queue();
        queue.push(GROUP, 0..10);
        assert_eq!(queue.workers_to_start(1), 1);
        assert!(matches!(queue.next_for_idle(1, false), Next::Work(_)));
        assert_eq!(queue.withdraw(1), 9);
        assert_eq!(queue.withdraw(1), 0);
        assert!(matches!(queue.next_after(Some(1), 1, true, false), Next::End));
        assert_eq!(queue.workers_to_start(1), 0);
    }

    #[test]
    fn workers_let_go_while_the_main_thread_is_behind() {
        let queue = queue();
        queue.push(Priority::Single, 0..10);
        assert_eq!(queue.workers_to_start(1), 1);
        assert!(matches!(queue.next_for_idle(1, false), Next::Work(_)));
        queue.complete(0, 2 << 20);
        assert!(matches!(queue.next_after(None, 1, true, false), Next::End));
        assert_eq!(queue.workers_to_start(1), 0);
        assert_eq!(queue.take_completions(16, 1), [0]);
        assert_eq!(queue.workers_to_start(1), 1);
    }

    #[test]
    fn an_urgent_call_has_a_worker_of_its_own() {
        let queue = queue();
        queue.push(Priority::Single, 0..10);
        assert_eq!(queue.workers_to_start(2), 2);
        assert_eq!(queue.workers_to_start(2), 0);
        queue.push(Priority::Urgent, [20]);
        assert_eq!(queue.workers_to_start(2), 1);
        let Next::Work(taken) = queue.next_for_idle(2, false) else { panic!("no call") };
        assert_eq!(taken.work, 20);
        // One of the three is too many from now on.
        assert!(matches!(queue.next_for_idle(2, false), Next::End));
        assert!(matches!(queue.next_for_idle(2, false), Next::Work(_)));
        assert!(matches!(queue.next_after(None, 2, true, false), Next::Work(_)));
    }

    #[test]
    fn a_worker_lingers_only_where_the_last_gap_was_short() {
        let queue = queue();
        let call = |is_short: bool| {
            queue.push(Priority::Single, [1]);
            queue.state().was_gap_short = is_short;
            assert_eq!(queue.workers_to_start(1), 1);
            assert!(matches!(queue.next_for_idle(1, true), Next::Work(_)));
            queue.next_after(None, 1, true, true)
        };
        assert!(matches!(call(false), Next::End));
        assert!(matches!(call(true), Next::Linger));
        queue.push(Priority::Single, [2]);
        assert_eq!(queue.workers_to_start(1), 0, "the one that lingers takes it");
        assert!(matches!(queue.next_for_idle(1, true), Next::Work(_)));
    }
}
