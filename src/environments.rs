//! Counts the JavaScript environments of the process: the main thread and its workers.
//!
//! They share libuv's pool, and each uses its share of the threads.

use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::atomic::{AtomicU32, Ordering};

static ENVIRONMENTS: AtomicU32 = AtomicU32::new(0);

/// Counts this environment until it ends.
#[napi]
pub(crate) fn enter(env: &Env) -> Result<()> {
    env.add_env_cleanup_hook((), |()| {
        ENVIRONMENTS.fetch_sub(1, Ordering::Relaxed);
    })?;
    ENVIRONMENTS.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// Returns how many environments use the addon now.
#[napi]
pub(crate) fn environments() -> u32 {
    ENVIRONMENTS.load(Ordering::Relaxed)
}

/// Returns how many threads libuv's pool has.
#[napi]
pub(crate) fn libuv_threads() -> u32 {
    u32::try_from(taglib_wasi_guest::libuv_threads()).unwrap_or(u32::MAX)
}
