//! Starts the workers that drain a queue.
//!
//! A worker is a task of libuv's pool. It drains the queue, and ends when the queue is empty. If
//! the pool has only one thread, that thread is left to the app, and a thread of the addon
//! (`own_thread`) drains the queue.

use super::calls::Calls;
use super::{own_thread, worker};
use napi::bindgen_prelude::*;
use napi::{Env, Task};
use std::sync::Arc;

/// Starts workers for the calls that are ready and have no worker.
pub(super) fn start_workers(env: &Env, calls: &Arc<Calls>) -> Result<()> {
    for _ in 0..calls.workers_to_start() {
        match own_thread::get() {
            Some(thread) => thread.drain(Arc::clone(calls)),
            None => {
                let task = Worker(Arc::clone(calls));
                env.spawn(task).inspect_err(|_| calls.queue.worker_failed())?;
            }
        }
    }
    Ok(())
}

/// A task of libuv's pool.
struct Worker(Arc<Calls>);

impl Task for Worker {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> Result<()> {
        worker::drain(&self.0);
        Ok(())
    }

    fn resolve(&mut self, _: Env, (): ()) -> Result<()> {
        Ok(())
    }

    /// Starts another worker if calls are left. napi-rs does not call this during the teardown of
    /// the environment.
    fn finally(self, env: Env) -> Result<()> {
        start_workers(&env, &self.0)
    }
}
