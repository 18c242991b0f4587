//! Initializes the module at build time.
//!
//! TagLib makes its tables (frame names, property keys, resolvers of file types) at
//! first use. In a fresh instance for each file that took a third of the time of a
//! small file's read. So the module is started here and reads a fixture of each format
//! from memory. Its memory and globals then become the initial ones (Wizer), and
//! `_initialize` is not called at run time.
//!
//! Every build gives the module the same input: the fixtures, an empty environment, a
//! preopened directory without files. It must not get random numbers, since all users
//! would have the same ones.

use crate::{Result, rewrite, settings};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use wasmtime::{Caller, Engine, Extern, Instance, Linker, Memory, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

const FIXTURES: &str = "../__test__/fixtures/audio";

/// The `errno` for success in WASI preview 1.
const SUCCESS: u32 = 0;
const BADF: u32 = 8;
const NOENT: u32 = 44;

/// The preopened directory, as in `src/sandbox/descriptors.rs`.
const PREOPEN: u32 = 3;
const PREOPEN_NAME: &[u8] = b"/";

/// A module that has been started, without `_initialize`.
pub(crate) struct Warm {
    pub module: Vec<u8>,
    /// Bytes that are not part of the module's memory: they are written to the memory
    /// of each instance.
    pub far_bytes: Vec<(usize, u8)>,
}

/// The minimum number of zeros in a row that end the image. The allocator writes a mark at the
/// end of memory, megabytes after everything else, and Wasmtime's image of the memory would
/// contain all of the zeros in between. So bytes after such a gap are stored separately.
const GAP: usize = 1 << 20;

/// The maximum number of such bytes. With more, preparing an instance would take longer than with
/// a larger image.
const MOST_FAR_BYTES: usize = 16;

pub(crate) fn up(module: &[u8]) -> Result<Warm> {
    let samples = samples()?;
    warmed_up(module, &samples)
        .map_err(|error| format!("the module can't be started beforehand: {error:#}."))
}

fn samples() -> Result<Vec<Vec<u8>>> {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = folder.join(FIXTURES);
    println!("cargo:rerun-if-changed={}", folder.display());
    let unreadable =
        |path: &Path, error| format!("the fixture {} can't be read: {error}.", path.display());
    let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    // The paths are sorted, so that each machine builds the same artifact.
    paths.sort();
    paths.iter().map(|path| fs::read(path).map_err(|error| unreadable(path, error))).collect()
}

fn warmed_up(module: &[u8], samples: &[Vec<u8>]) -> wasmtime::Result<Warm> {
    let mut wizer = Wizer::new();
    wizer.init_func("_initialize");
    let (context, instrumented) = wizer.instrument(module)?;

    // Compiles for the build machine, where the module runs now.
    let mut config = settings::compiled();
    config.epoch_interruption(false);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, instrumented)?;
    let mut store = Store::new(&engine, ());
    let mut linker = world(&engine)?;
    linker.define_unknown_imports_as_traps(&module)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let mut guest = Guest { store, instance, far_bytes: Vec::new() };
    guest.call("_initialize", &[])?;
    for sample in samples {
        guest.read(sample)?;
    }
    // Not before: chunks that the samples freed would lie all over the memory, and each
    // page that an instance writes to has to be copied.
    if guest.instance.get_func(&mut guest.store, rewrite::START).is_some() {
        guest.call(rewrite::START, &[])?;
    }
    guest.set_far_bytes_apart()?;
    let module = at_once(wizer.snapshot(&context, &mut guest))?;
    Ok(Warm { module, far_bytes: guest.far_bytes })
}

struct Guest {
    store: Store<()>,
    instance: Instance,
    far_bytes: Vec<(usize, u8)>,
}

impl Guest {
    /// Reads a file from memory, and discards the answer.
    fn read(&mut self, sample: &[u8]) -> wasmtime::Result<()> {
        let length = i32::try_from(sample.len())?;
        let buffer = self.call("malloc", &[Val::I32(length)])?;
        let size = self.call("malloc", &[Val::I32(4)])?;
        self.memory()?.write(&mut self.store, buffer as usize, sample)?;
        let arguments = [0, buffer, length, size].map(Val::I32);
        let answer = self.call("tl_read_tags", &arguments)?;
        for pointer in [answer, size, buffer] {
            self.call("free", &[Val::I32(pointer)])?;
        }
        Ok(())
    }

    /// Calls a function. Returns its result, or zero if it has none.
    fn call(&mut self, name: &str, arguments: &[Val]) -> wasmtime::Result<i32> {
        let function = self.instance.get_func(&mut self.store, name);
        let function = function.ok_or_else(|| wasmtime::format_err!("there is no {name}"))?;
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function.call(&mut self.store, arguments, &mut results)?;
        Ok(results.first().and_then(Val::i32).unwrap_or_default())
    }

    fn set_far_bytes_apart(&mut self) -> wasmtime::Result<()> {
        let memory = self.memory()?.data_mut(&mut self.store);
        let mut last = 0;
        for (address, byte) in memory.iter_mut().enumerate().filter(|(_, byte)| **byte != 0) {
            if address - last < GAP {
                last = address;
            } else {
                self.far_bytes.push((address, std::mem::take(byte)));
            }
        }
        if self.far_bytes.len() > MOST_FAR_BYTES {
            wasmtime::bail!("{} bytes are far behind the others", self.far_bytes.len());
        }
        Ok(())
    }

    fn memory(&mut self) -> wasmtime::Result<Memory> {
        let memory = self.instance.get_memory(&mut self.store, "memory");
        memory.ok_or_else(|| wasmtime::format_err!("there is no memory"))
    }
}

impl InstanceState for Guest {
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut self.store, name).expect("Wizer exports it");
        match global.get(&mut self.store) {
            Val::I32(value) => SnapshotVal::I32(value),
            Val::I64(value) => SnapshotVal::I64(value),
            Val::F32(bits) => SnapshotVal::F32(bits),
            Val::F64(bits) => SnapshotVal::F64(bits),
            other => unreachable!("Wizer asks for numbers only, not {other:?}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let memory = self.instance.get_memory(&mut self.store, name).expect("Wizer exports it");
        contents(memory.data(&self.store));
    }
}

/// Runs a future that never waits: Wizer's interface is asynchronous for other runtimes.
fn at_once<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => wasmtime::bail!("Wizer waits for something"),
    }
}

/// Provides the imports of `src/sandbox/host_calls.rs`, without a file.
fn world(engine: &Engine) -> wasmtime::Result<Linker<()>> {
    const WASI: &str = "wasi_snapshot_preview1";
    let mut linker = Linker::new(engine);
    linker
        .func_wrap(WASI, "environ_sizes_get", |caller: Caller<'_, ()>, count: u32, size: u32| {
            write(caller, &[(count, &[0; 4]), (size, &[0; 4])])
        })?
        .func_wrap(WASI, "environ_get", |_: u32, _: u32| SUCCESS)?
        .func_wrap(WASI, "fd_prestat_get", |caller: Caller<'_, ()>, fd: u32, pointer: u32| {
            let length = PREOPEN_NAME.len() as u32;
            let prestat: &[(u32, &[u8])] =
                &[(pointer, &[0; 4]), (pointer + 4, &length.to_le_bytes())];
            if fd == PREOPEN { write(caller, prestat) } else { Ok(BADF) }
        })?
        .func_wrap(
            WASI,
            "fd_prestat_dir_name",
            |caller: Caller<'_, ()>, fd: u32, pointer: u32, _: u32| {
                if fd == PREOPEN { write(caller, &[(pointer, PREOPEN_NAME)]) } else { Ok(BADF) }
            },
        )?
        .func_wrap(
            WASI,
            "path_open",
            |_: u32, _: u32, _: u32, _: u32, _: u32, _: u64, _: u64, _: u32, _: u32| NOENT,
        )?;
    // Every other import traps.
    Ok(linker)
}

fn write(mut caller: Caller<'_, ()>, values: &[(u32, &[u8])]) -> wasmtime::Result<u32> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.ok_or_else(|| wasmtime::format_err!("there is no memory"))?;
    for (pointer, value) in values {
        memory.write(&mut caller, *pointer as usize, value)?;
    }
    Ok(SUCCESS)
}
