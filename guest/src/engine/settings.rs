//! The Wasmtime configuration that compiled code depends on.
//!
//! `build.rs` includes this file, so that compiler and runtime use the same function:
//! Wasmtime refuses an artifact whose settings differ from the engine's. Options of the
//! runtime alone (pooling, limits) are in `engine`.

use wasmtime::Config;

/// The guest's stack, in bytes.
///
/// V8 gives the same module about 1 MiB, so this crate can read every file whose nesting
/// taglib-wasm can read. Threads of libuv's pool have 8 MiB, those of Deno and Bun at least 2
/// MiB, which leaves enough for the host calls.
const GUEST_STACK: usize = 1 << 20;

/// Returns the configuration that the artifact is compiled for.
pub(crate) fn compiled() -> Config {
    let mut config = Config::new();
    config
        // TagLib throws and catches; its C++ exceptions are wasm exceptions.
        .wasm_exceptions(true)
        // Epochs implement deadlines. Fuel was rejected: it counts every block and is
        // slower.
        .epoch_interruption(true)
        // The guest has one thread and no components.
        .concurrency_support(false)
        // A trap is reported by its code. Nothing reads a backtrace of the guest, and
        // its tables would be a fifth of the artifact.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false)
        // A file decides how often TagLib throws, so the exceptions are collected.
        .collector(wasmtime::Collector::DeferredReferenceCounting)
        .max_wasm_stack(GUEST_STACK);
    config
}
