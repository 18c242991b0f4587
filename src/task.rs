//! Runs a call on a thread other than the main one.
//!
//! A call is a [`Job`]: owned data that a thread processes without touching JavaScript, and a
//! conversion that runs on the main thread. JavaScript gets a ticket, and later the outcome for
//! that ticket: `{ value }`, or `{ failure }`, from which `lib/core/calls.js` makes the error. A
//! napi-rs task can't reject with one of this package's error classes.
//!
//! `queue` holds the calls that wait (`pending`) and the completions that are not yet delivered
//! (`completions`). `calls` connects a queue with one JavaScript environment. `worker` drains the queue, on libuv's
//! threads (`threads`) or, if the app needs the only one of those, on a thread of the addon
//! (`own_thread`). `delivery` passes completions to JavaScript.

mod calls;
mod completions;
mod delivery;
mod own_thread;
mod pending;
mod queue;
mod threads;
mod worker;

use crate::failure::Failure;
use calls::Calls;
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use pending::Priority;
use std::iter::once;
use std::panic::{AssertUnwindSafe, catch_unwind};
use taglib_wasi_guest::Result as GuestResult;
use threads::start_workers;

/// The number by which JavaScript knows a call whose outcome it waits for.
#[napi]
#[allow(unreachable_pub, reason = "napi-rs wants public types only")]
pub type Ticket = u32;

/// The arguments of JavaScript's `settle` after the ticket: the outcome and its buffers.
pub(crate) type Settled<'env> = (Unknown<'env>, Option<Array<'env>>);

/// The two steps of a call: off the main thread, and then on it.
pub(crate) trait Job: Send + 'static {
    type Output: Send + 'static;

    /// Does the work, off the main thread.
    fn run(&mut self) -> GuestResult<Self::Output>;

    /// Returns how many bytes the main thread has to copy for an output.
    fn bytes(_: &Self::Output) -> usize {
        0
    }

    /// Sets `value` on the outcome, on the main thread.
    fn settle(env: &Env, outcome: &mut Object<'_>, output: Self::Output) -> Result<()>;

    /// Makes the outcome, on the main thread.
    fn settled(env: &Env, output: Self::Output) -> Result<Settled<'_>> {
        let mut outcome = Object::new(env)?;
        Self::settle(env, &mut outcome, output)?;
        Ok((outcome.to_unknown(), None))
    }
}

/// Queues a job.
pub(crate) fn submit<J: Job>(env: &Env, job: J) -> Result<Ticket> {
    push(env, Priority::Single, once(work(job)))
}

/// Queues a job before all others, and starts a thread for it even if the environment runs its
/// share of calls already.
pub(crate) fn submit_urgent<J: Job>(env: &Env, job: J) -> Result<Ticket> {
    push(env, Priority::Urgent, once(work(job)))
}

/// Queues jobs after the others of their group, of which at most `limit` run at once. Returns the
/// ticket of the first job. The tickets of the others follow it.
pub(crate) fn submit_group<J: Job>(
    env: &Env,
    group: u32,
    limit: usize,
    jobs: impl ExactSizeIterator<Item = J>,
) -> Result<Ticket> {
    push(env, Priority::Group { id: group, limit }, jobs.map(work))
}

fn push(
    env: &Env,
    priority: Priority,
    works: impl ExactSizeIterator<Item = impl FnOnce(Ticket) -> Work>,
) -> Result<Ticket> {
    let calls = Calls::of(env)?;
    let first = calls.push(env, priority, works)?;
    start_workers(env, calls)?;
    Ok(first)
}

/// The work of a worker for one call.
type Work = Box<dyn FnOnce() -> Completion + Send>;

/// The result of a call, which the main thread passes to JavaScript.
struct Completion {
    ticket: Ticket,
    bytes: usize,
    settled: Settle,
}

/// Makes the outcome of a call on the main thread.
type Settle = Box<dyn FnOnce(&Env) -> Result<Settled<'_>> + Send>;

fn work<J: Job>(mut job: J) -> impl FnOnce(Ticket) -> Work {
    move |ticket| {
        Box::new(move || match guarded(|| job.run()) {
            Ok(output) => Completion {
                ticket,
                bytes: J::bytes(&output),
                settled: Box::new(move |env| J::settled(env, output)),
            },
            Err(failure) => {
                Completion { ticket, bytes: 0, settled: Box::new(move |env| failed(env, failure)) }
            }
        })
    }
}

fn failed(env: &Env, failure: Failure) -> Result<Settled<'_>> {
    let mut outcome = Object::new(env)?;
    outcome.set("failure", failure.into_object(env)?)?;
    Ok((outcome.to_unknown(), None))
}

/// Turns a panic into a failure: napi-rs does not catch panics on a libuv thread, and unwinding
/// into C aborts the app.
pub(crate) fn guarded<T>(work: impl FnOnce() -> GuestResult<T>) -> std::result::Result<T, Failure> {
    // Data that the closure leaves half done is dropped with its job.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| Failure::from(&error)),
        Err(panic) => Err(Failure::panic(panic.as_ref())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_with_its_message() {
        let failure = guarded::<()>(|| panic!("index {} is wrong", 7)).unwrap_err();
        assert_eq!(failure.kind(), "internal");
        assert!(failure.message().contains("index 7 is wrong"));
    }
}
