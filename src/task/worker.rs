//! Drains the queue of an environment, on the thread of a worker.

use super::calls::Calls;
use super::pending::Taken;
use super::queue::{LINGER, Next};
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::thread::{available_parallelism, yield_now};
use std::time::{Duration, Instant};
use taglib_wasi_guest as guest;

/// The time after which a worker ends even if calls wait. The main thread then starts another
/// worker, so that other users of libuv's pool get their turn. A process that exits waits for its
/// threads and starts none, so it does not wait for the whole queue.
const LEASE: Duration = Duration::from_millis(10);

/// Runs calls until none is left or the lease ends.
pub(super) fn drain(calls: &Calls) {
    let lease = Instant::now();
    let mut next = calls.queue.next_for_idle(calls.limit(), may_linger());
    loop {
        next = match next {
            Next::Work(Taken { work, group }) => {
                // The work catches its own panics. A panic after the completion changes no result.
                let _ = catch_unwind(AssertUnwindSafe(|| {
                    guest::run_then_send(work, |completion| calls.complete(completion));
                }));
                // If all cores are busy, the main thread would otherwise wait for the end of this
                // thread's time slice.
                yield_now();
                let is_time_left = lease.elapsed() < LEASE;
                calls.queue.next_after(group, calls.limit(), is_time_left, may_linger())
            }
            Next::Linger => {
                linger(calls);
                calls.queue.next_for_idle(calls.limit(), false)
            }
            Next::End => return,
        }
    }
}

/// Returns whether a worker may wait for the next call. On a single core it would keep the main
/// thread from running.
fn may_linger() -> bool {
    static HAS_CORES: LazyLock<bool> =
        LazyLock::new(|| available_parallelism().is_ok_and(|cores| cores.get() > 1));
    *HAS_CORES
}

/// Waits up to [`LINGER`] until a call is ready.
fn linger(calls: &Calls) {
    /// The number of checks between two readings of the clock, which cost more than a check.
    const CHECKS: usize = 16;
    let started = Instant::now();
    while started.elapsed() < LINGER {
        for _ in 0..CHECKS {
            if calls.queue.is_ready() {
                return;
            }
            spin_loop();
        }
    }
}
