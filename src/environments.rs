//! Counts the JavaScript environments of the process: the main thread and its workers.
//!
//! They share libuv's pool, and each uses its share of the threads.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

static ENVIRONMENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts an environment.
pub(crate) fn enter() {
    ENVIRONMENTS.fetch_add(1, Ordering::Relaxed);
}

/// Removes an environment that has ended from the count.
pub(crate) fn leave() {
    ENVIRONMENTS.fetch_sub(1, Ordering::Relaxed);
}

/// Returns how many calls an environment may run at once now: `concurrency`, but at least one
/// of libuv's threads is left to the app, and each environment has an equal share of the others.
pub(crate) fn share(concurrency: usize) -> usize {
    static AVAILABLE: LazyLock<usize> =
        LazyLock::new(|| taglib_wasi_guest::libuv_threads().saturating_sub(1).max(1));
    let environments = ENVIRONMENTS.load(Ordering::Relaxed).max(1);
    concurrency.min(*AVAILABLE / environments).max(1)
}
