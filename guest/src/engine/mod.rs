//! The one Wasmtime engine of the process, with TagLib's module loaded.
//!
//! The first call loads it, which takes a few milliseconds. Each call then uses an
//! instance from the pool. `settings` has the options that the compiled code depends
//! on, and the build script shares it; this file has the options of the runtime alone.
//! The engine knows neither the data of a store nor the host calls: `sandbox::runtime`
//! adds those.

mod artifact;
mod settings;
mod signals;
mod slots;
mod threads;
mod ticker;

use crate::error::{Error, ErrorKind, Result};
use signals::Handlers;
use slots::Slots;
use wasmtime::{Enabled, Engine, InstanceAllocationStrategy, Module, PoolingAllocationConfig};

pub(crate) use artifact::FAR_BYTES;
pub(crate) use slots::Slot;
pub use threads::libuv_threads;
pub(crate) use ticker::Running;
use ticker::Ticker;

/// The largest memory that the guest can address, in bytes: 32,768 pages, the
/// maximum that the module declares.
const MAX_GUEST_MEMORY: usize = 2 << 30;

/// Linear memory that stays resident in an idle slot, in bytes.
///
/// The guest touches about half a megabyte for an ordinary file. Resident memory is
/// cleared with `memset`; other memory would be faulted in again.
const KEEP_RESIDENT: usize = 2 << 20;

/// The maximum number of slots that are reserved for calls. As many again are reserved for
/// sandboxes that are made ahead. Each takes address space, not memory.
const MAX_SLOTS: usize = 64;

/// An engine, TagLib's module compiled for it, and the limits of its use.
pub(crate) struct LoadedEngine {
    pub engine: Engine,
    pub module: Module,
    ticker: Ticker,
    slots: Slots,
    /// The slots of sandboxes that are made before a call needs them. These are separate: a call
    /// that waits for a slot could otherwise wait for a sandbox that waits for a call.
    slots_ahead: Slots,
    handlers: Handlers,
}

impl LoadedEngine {
    /// Loads the module that is embedded in this binary.
    ///
    /// # Errors
    /// `Initialization` if the artifact is damaged or the system does not provide the address
    /// space.
    pub(crate) fn load() -> Result<Self> {
        artifact::check()?;
        let slots = threads::at_once().clamp(1, MAX_SLOTS);
        // If address space is limited, one instance at a time is better than none.
        Self::with_slots(slots, slots)
            .or_else(|_| Self::with_slots(slots, 0))
            .or_else(|_| Self::with_slots(1, 0))
            .map_err(|error| unavailable(&error))
    }

    /// Keeps the epoch advancing while the returned value exists.
    ///
    /// # Errors
    /// `Initialization` if the system can't start a thread.
    pub(crate) fn run(&self) -> Result<Running<'_>> {
        self.ticker.run().ok_or_else(|| {
            Error::new(
                ErrorKind::Initialization { errno: None },
                "the system gave no thread for deadlines; without one a hostile file could not be stopped",
            )
        })
    }

    /// Waits for a free slot in the pool.
    ///
    /// Checks that faults of the guest are caught.
    ///
    /// # Errors
    /// `Initialization` if they are not.
    pub(crate) fn slot(&self) -> Result<Slot<'_>> {
        self.check_handlers()?;
        Ok(self.slots.take())
    }

    /// Takes a slot for a sandbox that is made ahead, if one is free.
    pub(crate) fn slot_ahead(&self) -> Option<Slot<'_>> {
        self.slots_ahead.try_take()
    }

    /// Checks that faults of the guest are caught.
    ///
    /// # Errors
    /// `Initialization` if they are not.
    pub(crate) fn check_handlers(&self) -> Result<()> {
        self.handlers.check()
    }

    fn with_slots(slots: usize, ahead: usize) -> wasmtime::Result<Self> {
        let mut config = settings::compiled();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots + ahead)));
        let engine = Engine::new(&config)?;
        let handlers = Handlers::installed();
        let module = artifact::load(&engine)?;
        let ticker = Ticker::new(engine.weak());
        let (slots, slots_ahead) = (Slots::new(slots), Slots::new(ahead));
        Ok(Self { engine, module, ticker, slots, slots_ahead, handlers })
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
        // Returning the table to the system with `madvise` would make every thread of
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
