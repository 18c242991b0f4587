//! One call on a thread that is not the main one.
//!
//! A call is a [`Job`]: owned data that a thread works on without touching
//! JavaScript, and a conversion that runs on the main thread. The promise
//! always resolves, to `{ value }` or to `{ failure }`: a napi-rs task can't
//! reject with an error class of ours, so `index.js` makes the error.

mod own_thread;

use crate::failure::Failure;
use napi::bindgen_prelude::*;
use napi::{Env, ScopedTask};
use std::panic::{AssertUnwindSafe, catch_unwind};
use taglib_wasi_guest::Result as GuestResult;

/// What a call does, off the main thread and then on it.
pub(crate) trait Job: Send {
    type Output: Send + 'static;

    /// Off the main thread.
    fn run(&mut self) -> GuestResult<Self::Output>;

    /// On the main thread: sets `value` on the outcome.
    fn settle(env: &Env, outcome: &mut Object<'_>, output: Self::Output) -> Result<()>;
}

/// Starts a job, and gives the promise of its outcome.
///
/// On a thread of libuv's pool, unless that has only one: the app's own file
/// and DNS calls would then wait for as long as a hostile file takes.
pub(crate) fn submit<'env, J: Job + 'static>(env: &'env Env, job: J) -> Result<Promise<'env>> {
    match own_thread::get() {
        Some(thread) => thread.submit(env, job),
        None => Ok(env.spawn(Task(job))?.promise_object()),
    }
}

/// Of `{ value }` or `{ failure }`.
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

/// Turns a panic into a failure: napi-rs does not catch one on a libuv thread,
/// and unwinding into C aborts the app.
pub(crate) fn guarded<T>(work: impl FnOnce() -> GuestResult<T>) -> std::result::Result<T, Failure> {
    // What the closure leaves half done is dropped with its job.
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
