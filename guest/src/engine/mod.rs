//! The one Wasmtime engine of the process, and TagLib's module in it.
//!
//! Loading takes a few milliseconds and happens once, at the first call. From
//! then on a call costs a pooled instance. What the compiled code depends on
//! is in `settings`, shared with the build script; here is what only the
//! runtime decides.

mod artifact;
mod settings;
mod signals;
mod slots;
mod threads;
mod ticker;

use crate::error::{Error, ErrorKind, Result};
use crate::sandbox::SandboxState;
use crate::wasi;
use signals::Handlers;
use slots::Slots;
use std::sync::OnceLock;
use wasmtime::{
    Enabled, Engine, InstanceAllocationStrategy, InstancePre, Linker, Module, ModuleExport,
    PoolingAllocationConfig,
};

pub(crate) use artifact::FAR_BYTES;
pub(crate) use slots::Slot;
pub use threads::libuv_threads;
pub(crate) use ticker::{Running, Ticker};

/// The largest memory that the guest can address, in bytes: 32,768 pages, the
/// maximum that the module declares.
const MAX_GUEST_MEMORY: usize = 2 << 30;

/// Linear memory that stays resident in an idle slot, in bytes.
///
/// The guest touches about half a megabyte for an ordinary file; what is kept
/// is zeroed by `memset` instead of being faulted in again.
const KEEP_RESIDENT: usize = 2 << 20;

/// The most slots that are reserved: each takes address space, not memory.
const MAX_SLOTS: usize = 64;

/// Everything that calls share.
pub(crate) struct Runtime {
    pub engine: Engine,
    pub instance_pre: InstancePre<SandboxState>,
    pub exports: Exports,
    pub ticker: Ticker,
    slots: Slots,
    handlers: Handlers,
}

/// The guest's exports, looked up by name once.
pub(crate) struct Exports {
    pub memory: ModuleExport,
    /// Not there where the module was started beforehand (`build/warm.rs`).
    pub initialize: Option<ModuleExport>,
    pub malloc: ModuleExport,
    pub read_tags: ModuleExport,
    pub write_tags: ModuleExport,
    pub detect_format: ModuleExport,
    pub last_error: ModuleExport,
    pub last_error_code: ModuleExport,
    pub api_version: ModuleExport,
    pub version: ModuleExport,
}

impl Runtime {
    /// The process's runtime; the first call loads it, and so may fail.
    pub fn get() -> Result<&'static Self> {
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        if let Some(runtime) = RUNTIME.get() {
            return Ok(runtime);
        }
        artifact::check()?;
        // Where address space is limited, one instance at a time is better
        // than none.
        let slots = threads::at_once().clamp(1, MAX_SLOTS);
        let loaded =
            Self::load(slots).or_else(|_| Self::load(1)).map_err(|error| unavailable(&error))?;
        // Two threads may have loaded at once: the loser's copy is dropped. A
        // failure is not kept, since memory may be free at the next attempt.
        Ok(RUNTIME.get_or_init(|| loaded))
    }

    /// Waits for a free place in the pool.
    ///
    /// # Errors
    /// `Initialization` where a fault of the guest could not be caught.
    pub fn slot(&self) -> Result<Slot<'_>> {
        self.handlers.check()?;
        Ok(self.slots.take())
    }

    fn load(slots: usize) -> wasmtime::Result<Self> {
        let mut config = settings::compiled();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots)));
        let engine = Engine::new(&config)?;
        let handlers = Handlers::installed();
        let module = artifact::load(&engine)?;
        let mut linker = Linker::new(&engine);
        wasi::add_to_linker(&mut linker)?;
        let instance_pre = linker.instantiate_pre(&module)?;
        let exports = Exports::find(&module)?;
        let ticker = Ticker::new(engine.weak());
        let slots = Slots::new(slots);
        Ok(Self { engine, instance_pre, exports, ticker, slots, handlers })
    }
}

impl Exports {
    fn find(module: &Module) -> wasmtime::Result<Self> {
        let export = |name: &str| {
            module
                .get_export_index(name)
                .ok_or_else(|| wasmtime::format_err!("the module does not export {name}"))
        };
        Ok(Self {
            memory: export("memory")?,
            initialize: module.get_export_index("_initialize"),
            malloc: export("malloc")?,
            read_tags: export("tl_read_tags")?,
            write_tags: export("tl_write_tags")?,
            detect_format: export("tl_detect_format")?,
            last_error: export("tl_get_last_error")?,
            last_error_code: export("tl_get_last_error_code")?,
            api_version: export("tl_api_version")?,
            version: export("tl_version")?,
        })
    }
}

fn pool(slots: usize) -> PoolingAllocationConfig {
    let count = u32::try_from(slots).expect("MAX_SLOTS fits");
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(count)
        // Each store has a linear memory and a heap for exceptions.
        .total_memories(2 * count)
        .total_tables(count)
        .total_gc_heaps(count)
        .total_stacks(0)
        .total_component_instances(0)
        .max_memory_size(MAX_GUEST_MEMORY)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        // Giving the table back with `madvise` makes every other thread of
        // the app flush its address translations.
        .table_keep_resident(KEEP_RESIDENT)
        .pagemap_scan(Enabled::Auto);
    pool
}

fn unavailable(error: &wasmtime::Error) -> Error {
    Error::new(
        ErrorKind::Initialization { errno: None },
        format!(
            "the WebAssembly runtime can't start: {error:#}. It reserves at least 10 GiB of \
             address space (not memory): raise the limit on it, such as `ulimit -v`"
        ),
    )
}
