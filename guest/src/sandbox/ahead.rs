//! Creates sandboxes before a call needs them, and takes sandboxes down after the answer.
//!
//! Creating an instance and taking it down take a tenth of the time of reading a small file. A
//! thread that runs calls does both after the answer was sent ([`run_then_send`]), while the main
//! thread passes the answer on.
//!
//! A sandbox that was made ahead is as fresh as any other: it has seen no file, and it serves one
//! call. Until then it has a budget without a limit. The budget of the call takes over the bytes
//! of its memory.

use super::runtime::Runtime;
use super::{Parts, Sandbox};
use crate::error::Result;
use crate::limits::{Budget, Cancellation, Limits};
use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The sandboxes that wait for a call.
static MADE: Mutex<Vec<Parts>> = Mutex::new(Vec::new());

thread_local! {
    /// The sandboxes that this thread takes down later. `None` outside of [`run_then_send`].
    static LATER: RefCell<Option<Vec<Parts>>> = const { RefCell::new(None) };
}

/// Runs `call` and passes its result to `send`. Then takes the sandboxes of the call down, and
/// creates one for the next call.
pub fn run_then_send<T>(call: impl FnOnce() -> T, send: impl FnOnce(T)) {
    let later = Later::begin();
    send(call());
    drop(later);
    // If this fails, the call that needs a sandbox fails, too, and reports it.
    let _ = make_one();
}

/// Returns a sandbox that was made ahead, if there is one.
pub(super) fn take() -> Option<Parts> {
    made().pop()
}

/// Takes a sandbox down: after the answer of the call on this thread, or now if its memory has
/// grown. The rest of the call is not charged for it.
pub(super) fn take_down(mut parts: Parts) {
    let limiter = &mut parts.guest.state_mut().limiter;
    if limiter.has_grown() {
        return;
    }
    limiter.stop_charging();
    // Not dropped while the list is borrowed, so that no code that the drop runs depends on it.
    let now = LATER.with_borrow_mut(|later| match later {
        Some(later) => {
            later.push(parts);
            None
        }
        None => Some(parts),
    });
    drop(now);
}

/// Takes down the sandboxes that this thread would take down later. The call is about to create
/// another one, which needs a slot of the pool.
pub(super) fn take_down_now() {
    let parts = LATER.with_borrow_mut(|later| later.as_mut().map(std::mem::take));
    drop(parts);
}

/// While this value lives, this thread takes sandboxes down later.
struct Later;

impl Later {
    fn begin() -> Self {
        LATER.set(Some(Vec::new()));
        Self
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        drop(LATER.take());
    }
}

/// Creates a sandbox for a later call, if the pool has a slot for it.
fn make_one() -> Result<()> {
    let runtime = Runtime::get()?;
    let Some(slot) = runtime.engine.slot_ahead() else { return Ok(()) };
    let limits = Limits { memory: usize::MAX, ..Limits::default() };
    let budget = Budget::start(limits, &Cancellation::default());
    let parts = Sandbox::instantiate(runtime, slot, &budget)?;
    made().push(parts);
    Ok(())
}

fn made() -> MutexGuard<'static, Vec<Parts>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::GuestFiles;
    use super::*;
    use crate::error::{ErrorKind, Limit};
    use std::time::Duration;

    fn budget(limits: Limits) -> Budget {
        Budget::start(limits, &Cancellation::default())
    }

    #[test]
    fn a_sandbox_made_ahead_is_held_to_the_limits_of_its_call() {
        run_then_send(|| (), |()| ());
        let of_memory = budget(Limits { memory: 100_000, ..Limits::default() });
        let of_time = budget(Limits { deadline: Duration::ZERO, ..Limits::default() });
        for (budget, limit) in [(of_memory, Limit::Memory), (of_time, Limit::Deadline)] {
            let made = Sandbox::new(GuestFiles::none(), &budget);
            assert_eq!(made.err().unwrap().kind(), ErrorKind::ResourceLimit(limit));
        }
    }

    #[test]
    fn a_call_takes_its_sandboxes_down_after_its_answer_and_its_budget_gets_all_back() {
        let limits = Limits::default();
        let budget = budget(limits);
        let left = || LATER.with_borrow(|later| later.as_ref().map(Vec::len));
        run_then_send(
            || {
                for _ in 0..3 {
                    Sandbox::new(GuestFiles::none(), &budget).unwrap();
                }
            },
            |()| assert_eq!(left(), Some(1)),
        );
        assert_eq!(left(), None);
        budget.charge(limits.memory).unwrap();
    }

    #[test]
    fn a_call_is_not_charged_for_a_sandbox_that_is_taken_down_later() {
        let limits = Limits::default();
        let budget = budget(limits);
        run_then_send(
            || {
                Sandbox::new(GuestFiles::none(), &budget).unwrap();
                budget.charge(limits.memory).unwrap();
            },
            |()| (),
        );
    }

    #[test]
    fn a_sandbox_whose_memory_has_grown_is_taken_down_at_once() {
        let budget = budget(Limits::default());
        run_then_send(
            || {
                let mut sandbox = Sandbox::new(GuestFiles::none(), &budget).unwrap();
                while !sandbox.guest().state().limiter.has_grown() {
                    sandbox.guest().allocated_address().unwrap();
                }
                drop(sandbox);
                assert_eq!(LATER.with_borrow(|later| later.as_ref().map(Vec::len)), Some(0));
            },
            |()| (),
        );
    }

    #[test]
    fn every_call_gets_a_sandbox_that_no_other_has_had() {
        let budget = budget(Limits::default());
        let addresses: Vec<u32> = (0..5)
            .map(|_| {
                let mut address = 0;
                run_then_send(
                    || {
                        let mut sandbox = Sandbox::new(GuestFiles::none(), &budget).unwrap();
                        address = sandbox.guest().allocated_address().unwrap();
                    },
                    |()| (),
                );
                address
            })
            .collect();
        // A guest that had served a call would give out its next block of memory.
        assert!(addresses.iter().all(|address| *address == addresses[0]), "{addresses:?}");
    }
}
