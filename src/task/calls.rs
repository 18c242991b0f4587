//! The calls of one JavaScript environment.
//!
//! JavaScript gets a ticket for each call, and keeps the function that settles its promise. A
//! single threadsafe function tells JavaScript that completions wait for it (`delivery`).

use super::pending::Priority;
use super::queue::Queue;
use super::{Completion, Ticket, Work};
use crate::environments;
use napi::bindgen_prelude::*;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, sys};
use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

pub(super) struct Calls {
    pub queue: Queue<Work, Completion>,
    wake: Wake,
    concurrency: AtomicUsize,
    /// The number of calls whose completions were not delivered. Changed only on the main thread.
    outstanding: AtomicUsize,
    /// The ticket of the next call. Changed only on the main thread.
    ticket: AtomicU32,
}

/// Calls JavaScript without arguments. By itself it does not keep the process alive.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

impl Calls {
    /// Returns the calls of an environment that has called [`start_calls`].
    pub(super) fn of(env: &Env) -> Result<&'static Arc<Self>> {
        let calls: Option<&mut Arc<Self>> = env.get_instance_data()?;
        calls.map(|calls| &*calls).ok_or_else(|| Error::from_reason("startCalls comes first"))
    }

    /// Queues calls, and returns the ticket of the first one. The tickets of the others follow it.
    pub(super) fn push(
        &self,
        env: &Env,
        priority: Priority,
        works: impl ExactSizeIterator<Item = impl FnOnce(Ticket) -> Work>,
    ) -> Result<Ticket> {
        let count = u32::try_from(works.len()).map_err(|_| Error::from_reason("too many calls"))?;
        let first = self.ticket.fetch_add(count, Ordering::Relaxed);
        self.add_outstanding(env, works.len())?;
        let tickets = (0..).map(|index| first.wrapping_add(index));
        self.queue.push(priority, works.zip(tickets).map(|(work, ticket)| work(ticket)));
        Ok(first)
    }

    pub(super) fn workers_to_start(&self) -> usize {
        self.queue.workers_to_start(self.limit())
    }

    /// Returns how many calls may run at once now.
    pub(super) fn limit(&self) -> usize {
        environments::share(self.concurrency.load(Ordering::Relaxed))
    }

    /// Adds a completion, and wakes the main thread if it has to be woken.
    pub(super) fn complete(&self, completion: Completion) {
        let bytes = completion.bytes;
        if self.queue.complete(completion, bytes) {
            // This fails if the environment has ended. Then nothing waits for the completion.
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Keeps the environment's event loop alive while calls are outstanding.
    fn add_outstanding(&self, env: &Env, count: usize) -> Result<()> {
        if self.outstanding.fetch_add(count, Ordering::Relaxed) == 0 && count > 0 {
            // SAFETY: this is the thread of `env`. Both `env` and the function are alive.
            let status = unsafe { sys::napi_ref_threadsafe_function(env.raw(), self.wake.raw()) };
            napi::check_status!(status)?;
        }
        Ok(())
    }

    pub(super) fn remove_outstanding(&self, env: &Env, count: usize) -> Result<()> {
        if self.outstanding.fetch_sub(count, Ordering::Relaxed) == count && count > 0 {
            // SAFETY: as above.
            let status = unsafe { sys::napi_unref_threadsafe_function(env.raw(), self.wake.raw()) };
            napi::check_status!(status)?;
        }
        Ok(())
    }
}

/// Starts the queue of this environment. The environment has a share of libuv's threads until it
/// ends. `onCompletions` is called when completions wait for `deliverCompletions`.
#[napi]
pub(crate) fn start_calls(
    env: &Env,
    #[napi(ts_arg_type = "() => void")] on_completions: Function<'_, (), ()>,
) -> Result<()> {
    let wake = on_completions.build_threadsafe_function().weak().callee_handled().build()?;
    let calls = Arc::new(Calls {
        queue: Queue::new(),
        wake,
        concurrency: AtomicUsize::new(1),
        outstanding: AtomicUsize::new(0),
        ticket: AtomicU32::new(0),
    });
    environments::enter();
    env.add_env_cleanup_hook(Arc::clone(&calls), |calls| {
        environments::leave();
        calls.queue.clear();
    })?;
    env.set_instance_data(calls, (), |_| {})
}

/// Sets how many calls may run at once, if libuv has the threads.
#[napi]
pub(crate) fn set_concurrency(env: &Env, concurrency: u32) -> Result<()> {
    Calls::of(env)?.concurrency.store(concurrency as usize, Ordering::Relaxed);
    Ok(())
}

/// Removes the calls of a group that have not started, and returns how many there were. They get
/// no completion.
#[napi]
pub(crate) fn withdraw_group(env: &Env, group: u32) -> Result<u32> {
    let calls = Calls::of(env)?;
    let count = calls.queue.withdraw(group);
    calls.remove_outstanding(env, count)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
