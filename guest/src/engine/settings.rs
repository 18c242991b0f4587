//! The Wasmtime configuration that compiled code depends on.
//!
//! `build.rs` includes this file, so compiler and runtime share one function:
//! Wasmtime refuses an artifact whose settings differ from the engine's.
//! What only the runtime cares about (pooling, limits) is in `engine`.

use wasmtime::Config;

/// Stack for the guest, in bytes.
///
/// V8 gives the same module about 1 MiB, so a file that nests deep enough to
/// be read there is read here too. libuv's pool threads have 8 MiB, Deno's
/// and Bun's at least 2 MiB; the rest is for the host calls.
const GUEST_STACK: usize = 1 << 20;

/// What the artifact is compiled for.
pub(crate) fn compiled() -> Config {
    let mut config = Config::new();
    config
        // TagLib throws and catches; its C++ exceptions are wasm exceptions.
        .wasm_exceptions(true)
        // Deadlines. Fuel was rejected: it counts every block, and costs more.
        .epoch_interruption(true)
        // The guest has one thread and no components.
        .concurrency_support(false)
        // A trap is reported by its code; nobody reads a guest backtrace,
        // and the tables for it would be a fifth of the artifact.
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .native_unwind_info(false)
        // A file decides how often TagLib throws: let the heap be collected
        // rather than filled.
        .collector(wasmtime::Collector::DeferredReferenceCounting)
        .max_wasm_stack(GUEST_STACK);
    config
}
