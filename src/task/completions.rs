//! The completions that wait for the main thread, and when it takes them.

use std::collections::VecDeque;

/// The number of undelivered bytes at which workers end: about ten covers. The main thread is
/// behind, and more completions would only use memory.
const MAX_BYTES: usize = 2 << 20;

/// The number of completions, or of their bytes, that wakes the main thread although it would
/// come by itself soon.
const FULL_COMPLETIONS: usize = 8;
const FULL_BYTES: usize = 256 << 10;

pub(super) struct Completions<C> {
    /// Each with its size in bytes.
    waiting: VecDeque<(C, usize)>,
    bytes: usize,
    next: NextTurn,
}

/// When the main thread takes completions next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextTurn {
    /// When a worker wakes it.
    Woken,
    /// Soon by itself, or when a worker wakes it.
    Soon,
    /// In the next turn of its event loop, or because a worker has woken it.
    Now,
}

impl<C> Completions<C> {
    pub(super) const fn new() -> Self {
        Self { waiting: VecDeque::new(), bytes: 0, next: NextTurn::Woken }
    }

    /// Adds a completion of `bytes` bytes. Returns whether to wake the main thread.
    pub(super) fn push(&mut self, completion: C, bytes: usize) -> bool {
        self.waiting.push_back((completion, bytes));
        self.bytes += bytes;
        let is_full = self.waiting.len() >= FULL_COMPLETIONS || self.bytes >= FULL_BYTES;
        let wakes = match self.next {
            NextTurn::Woken => true,
            NextTurn::Soon => is_full,
            NextTurn::Now => false,
        };
        if wakes {
            self.next = NextTurn::Now;
        }
        wakes
    }

    /// Takes at most `count` completions, and none after the first `bytes` bytes.
    pub(super) fn take(&mut self, count: usize, bytes: usize) -> Vec<C> {
        let mut taken = Vec::with_capacity(count.min(self.waiting.len()));
        let mut size = 0;
        while taken.len() < count && size < bytes {
            let Some((completion, completion_bytes)) = self.waiting.pop_front() else { break };
            self.bytes -= completion_bytes;
            size += completion_bytes;
            taken.push(completion);
        }
        taken
    }

    /// Ends a turn of the main thread, and returns when the next one is due.
    pub(super) fn end_turn(&mut self, are_more_expected: bool) -> NextTurn {
        self.next = match (self.waiting.is_empty(), are_more_expected) {
            (false, _) => NextTurn::Now,
            (true, true) => NextTurn::Soon,
            (true, false) => NextTurn::Woken,
        };
        self.next
    }

    /// Returns whether the main thread has too much to take already.
    pub(super) fn are_too_many(&self) -> bool {
        self.bytes >= MAX_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_thread_is_woken_once_and_seldom_while_it_comes_by_itself() {
        let mut completions = Completions::new();
        assert!(completions.push(0, 0));
        assert!(!completions.push(1, 0));
        assert_eq!(completions.take(16, 1000), [0, 1]);
        assert_eq!(completions.end_turn(true), NextTurn::Soon);
        let woken = (0..FULL_COMPLETIONS).filter(|it| completions.push(*it, 0)).count();
        assert_eq!(woken, 1);
        assert_eq!(completions.take(3, 1000).len(), 3);
        assert_eq!(completions.end_turn(true), NextTurn::Now);
        assert_eq!(completions.take(16, 1000).len(), FULL_COMPLETIONS - 3);
        assert_eq!(completions.end_turn(false), NextTurn::Woken);
        assert!(completions.push(0, 0));
    }

    #[test]
    fn a_turn_takes_no_more_than_it_is_allowed_and_room_is_made_for_more() {
        let mut completions = Completions::new();
        for completion in 0..4 {
            completions.push(completion, MAX_BYTES / 2);
        }
        assert!(completions.are_too_many());
        assert_eq!(completions.take(1, MAX_BYTES), [0]);
        assert_eq!(completions.take(16, 1), [1]);
        assert!(completions.are_too_many());
        assert_eq!(completions.take(16, 1), [2]);
        assert!(!completions.are_too_many());
    }
}
