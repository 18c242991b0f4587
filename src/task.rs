//! Runs a call on a thread other than the main one.
//!
//! A call is a [`Job`]: owned data that a thread processes without touching JavaScript, and a
//! conversion that runs on the main thread. The promise always resolves, to `{ value }` or to `{
//! failure }`: a napi-rs task can't reject with one of this package's error classes, so
//! `lib/core/errors.js` makes the error.

mod own_thread;

use crate::failure::Failure;
use napi::bindgen_prelude::*;
use napi::{Env, ScopedTask};
use std::panic::{AssertUnwindSafe, catch_unwind};
use taglib_wasi_guest::Result as GuestResult;

/// The two steps of a call: off the main thread, and then on it.
pub(crate) trait Job: Send {
    type Output: Send + 'static;

    /// Does the work, off the main thread.
    fn run(&mut self) -> GuestResult<Self::Output>;

    /// Sets `value` on the outcome, on the main thread.
    fn settle(env: &Env, outcome: &mut Object<'_>, output: Self::Output) -> Result<()>;
}

/// Starts a job, and returns the promise of its outcome.
///
/// The job runs on a thread of libuv's pool, unless the pool has only one: then the app's own
/// file and DNS calls would wait for as long as a hostile file takes.
pub(crate) fn submit<'env, J: Job + 'static>(env: &'env Env, job: J) -> Result<Promise<'env>> {
    match own_thread::get() {
        Some(thread) => thread.submit(env, job),
        None => Ok(env.spawn(Task(job))?.promise_object()),
    }
}

/// A promise of `{ value }` or `{ failure }`.
pub(crate) type Promise<'env> = PromiseRaw<'env, Object<'env>>;

/// The napi-rs side of a job.
struct Task<J>(J);

impl<'env, J: Job> ScopedTask<'env> for Task<J> {
    type Output = Output<J>;
    type JsValue = Object<'env>;

    fn compute(&mut self) -> Result<Self::Output> {
        Ok(guarded(|| self.0.run()))
    }

    fn resolve(&mut self, env: &'env Env, output: Self::Output) -> Result<Object<'env>> {
        outcome::<J>(env, output)
    }
}

type Output<J> = std::result::Result<<J as Job>::Output, Failure>;

fn outcome<'env, J: Job>(env: &'env Env, output: Output<J>) -> Result<Object<'env>> {
    let mut outcome = Object::new(env)?;
    match output {
        Ok(output) => J::settle(env, &mut outcome, output)?,
        Err(failure) => outcome.set("failure", failure.into_object(env)?)?,
    }
    Ok(outcome)
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
