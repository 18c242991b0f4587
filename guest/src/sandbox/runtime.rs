//! The loaded engine, linked with the host calls.

use super::host_calls;
use super::state::SandboxState;
use crate::engine::LoadedEngine;
use crate::error::{Error, ErrorKind, Result};
use std::sync::OnceLock;
use wasmtime::{InstancePre, Linker, Module, ModuleExport};

/// The part that all sandboxes of the process share.
pub(super) struct Runtime {
    pub engine: LoadedEngine,
    pub instance_pre: InstancePre<SandboxState>,
    pub exports: Exports,
}

/// The guest's exports, looked up by name once.
pub(super) struct Exports {
    pub memory: ModuleExport,
    /// Absent if the module was initialised at build time (`build/warm.rs`).
    pub initialize: Option<ModuleExport>,
    pub malloc: ModuleExport,
    pub read_tags: ModuleExport,
    pub read_id3v2_frames: ModuleExport,
    pub write_tags: ModuleExport,
    pub detect_format: ModuleExport,
    pub last_error: ModuleExport,
    pub last_error_code: ModuleExport,
    pub api_version: ModuleExport,
    pub version: ModuleExport,
}

impl Runtime {
    /// Returns the process's runtime. The first call loads it, and may fail.
    pub(super) fn get() -> Result<&'static Self> {
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        if let Some(runtime) = RUNTIME.get() {
            return Ok(runtime);
        }
        let loaded = Self::load()?;
        // If two threads load it at the same time, the later copy is dropped. A failure is not
        // stored, since the next attempt may find free memory.
        Ok(RUNTIME.get_or_init(|| loaded))
    }

    fn load() -> Result<Self> {
        let engine = LoadedEngine::load()?;
        let (instance_pre, exports) = link(&engine).map_err(|error| {
            Error::new(
                ErrorKind::Initialization { errno: None },
                format!("TagLib's module does not fit this addon: {error:#}"),
            )
        })?;
        Ok(Self { engine, instance_pre, exports })
    }
}

fn link(engine: &LoadedEngine) -> wasmtime::Result<(InstancePre<SandboxState>, Exports)> {
    let mut linker = Linker::new(&engine.engine);
    host_calls::add_to_linker(&mut linker)?;
    Ok((linker.instantiate_pre(&engine.module)?, Exports::find(&engine.module)?))
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
            read_id3v2_frames: export("tl_read_id3v2_frames")?,
            write_tags: export("tl_write_tags")?,
            detect_format: export("tl_detect_format")?,
            last_error: export("tl_get_last_error")?,
            last_error_code: export("tl_get_last_error_code")?,
            api_version: export("tl_api_version")?,
            version: export("tl_version")?,
        })
    }
}
