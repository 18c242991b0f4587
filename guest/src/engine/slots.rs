//! Slots in the pool of instances.
//!
//! A full pool refuses an instance. There are more threads than slots only if a
//! runtime's thread pool is larger than libuv's. Threads then wait here instead of
//! failing.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts the free slots.
pub(super) struct Slots {
    count: Mutex<Count>,
    freed: Condvar,
}

struct Count {
    free: usize,
    /// The number of threads that wait for a slot. A notification is a system call even if no
    /// thread waits.
    waiting: usize,
}

/// One slot in the pool, returned on drop.
pub(crate) struct Slot<'a>(&'a Slots);

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        Self { count: Mutex::new(Count { free: count, waiting: 0 }), freed: Condvar::new() }
    }

    /// Waits for a free slot and takes it.
    pub(super) fn take(&self) -> Slot<'_> {
        let mut count = self.lock();
        count.waiting += 1;
        let is_full = |count: &mut Count| count.free == 0;
        let mut count =
            self.freed.wait_while(count, is_full).unwrap_or_else(PoisonError::into_inner);
        count.waiting -= 1;
        count.free -= 1;
        Slot(self)
    }

    /// Takes a slot if one is free.
    pub(super) fn try_take(&self) -> Option<Slot<'_>> {
        let mut count = self.lock();
        count.free = count.free.checked_sub(1)?;
        Some(Slot(self))
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut count = self.0.lock();
        count.free += 1;
        let is_awaited = count.waiting > 0;
        drop(count);
        if is_awaited {
            self.0.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn no_more_threads_run_than_there_are_slots() {
        let slots = Slots::new(2);
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let slot = slots.take();
                        most.fetch_max(
                            running.fetch_add(1, Ordering::SeqCst) + 1,
                            Ordering::SeqCst,
                        );
                        thread::yield_now();
                        running.fetch_sub(1, Ordering::SeqCst);
                        drop(slot);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 2);
    }
}
