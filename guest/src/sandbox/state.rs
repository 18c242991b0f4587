//! The data of a store: what host calls can reach.

use super::descriptors::GuestFiles;
use super::limiter::MemoryLimiter;
use crate::limits::Budget;
use wasmtime::Memory;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p1::WasiP1Ctx;

pub(super) struct SandboxState {
    /// Kept here so that no host call looks the export up by name.
    pub memory: Option<Memory>,
    pub files: GuestFiles,
    pub limiter: MemoryLimiter,
    pub budget: Budget,
    /// Created when it is first used: TagLib rarely asks for its environment.
    wasi: Option<WasiP1Ctx>,
}

impl SandboxState {
    pub(super) fn new(files: GuestFiles, budget: &Budget) -> Self {
        let limiter = MemoryLimiter::new(budget.clone());
        Self { memory: None, files, limiter, budget: budget.clone(), wasi: None }
    }

    /// Returns the part of WASI that wasmtime-wasi provides: no arguments, no environment, no
    /// directories, and streams that discard everything.
    pub(super) fn wasi(&mut self) -> &mut WasiP1Ctx {
        self.wasi.get_or_insert_with(|| WasiCtxBuilder::new().build_p1())
    }
}
