//! One file, one store.
//!
//! A [`Sandbox`] is a fresh instance of TagLib's module that sees a single
//! file, or none. It is used for one call and thrown away: a trap, a
//! deadline or a memory limit leaves nothing behind, and nothing of one file
//! can reach the next.

mod limits;
pub(crate) mod memory;

use crate::engine::{FAR_BYTES, Running, Runtime, Slot};
use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::read::copy_from;
use crate::tags::{Answer, Edit, Wanted};
use crate::wasi::{Editable, GuestFiles, ReadAhead};
use limits::{Interrupted, MemoryLimiter};
use std::io;
use wasmtime::{
    Instance, Memory, ModuleExport, Store, Trap, UpdateDeadline, WasmParams, WasmResults,
};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p1::WasiP1Ctx;

pub(crate) use limits::Interrupt;
pub use limits::{Cancellation, Limits};

/// What host calls can reach: the store's data.
pub(crate) struct SandboxState {
    /// Kept here so that no host call looks the export up by name.
    pub memory: Option<Memory>,
    pub files: GuestFiles,
    /// Made when it is first asked for: TagLib rarely wants its environment.
    wasi: Option<WasiP1Ctx>,
    limiter: MemoryLimiter,
    interrupt: Interrupt,
}

impl SandboxState {
    /// wasmtime-wasi's part of the WASI world: no arguments, no environment,
    /// no directories, streams that lead nowhere.
    pub fn wasi(&mut self) -> &mut WasiP1Ctx {
        self.wasi.get_or_insert_with(|| WasiCtxBuilder::new().build_p1())
    }
}

pub(crate) struct Sandbox {
    // Dropped in this order: the instance goes back to the pool before its
    // slot is given to another thread.
    store: Store<SandboxState>,
    instance: Instance,
    memory: Memory,
    runtime: &'static Runtime,
    _running: Running<'static>,
    _slot: Slot<'static>,
}

/// How a call into the guest ended, where it did end.
pub(crate) enum Outcome {
    Answer(Box<Answer>),
    /// TagLib made nothing of the file.
    Refused,
    /// The guest trapped. What it would have said is unknown, and this sandbox
    /// can't be asked again.
    Crashed,
}

/// What speaks for a file's being of the format that its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Only its name, so that TagLib has to find something in it.
    Name,
    /// Its content does.
    Content,
}

/// A stop that is no answer of any kind.
enum Stop {
    Error(Error),
    Crash,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Where `tl_write_tags` says where the new content is.
struct Written {
    content_pointer: u32,
    size_pointer: u32,
}

/// The version of the C interface that this crate calls (`tl_api_version`).
const API_VERSION: u32 = 3;

/// The guest's name for "out of memory" (taglib-wasm, `TL_ERROR_MEMORY`).
const OUT_OF_MEMORY: i32 = -3;

/// The longest error message or version that is read from the guest, in bytes.
const MAX_MESSAGE: usize = 4096;

impl Sandbox {
    /// An instance that sees `files`, within the limits of `interrupt`.
    pub fn new(files: GuestFiles, limits: Limits, interrupt: Interrupt) -> Result<Self> {
        let runtime = Runtime::get()?;
        let running = runtime.ticker.run().ok_or_else(|| {
            Error::new(
                ErrorKind::Initialization { errno: None },
                "the system gave no thread for deadlines; without one a hostile file could not be stopped",
            )
        })?;
        let slot = runtime.slot()?;
        interrupt.check()?;

        let state = SandboxState {
            memory: None,
            files,
            wasi: None,
            limiter: MemoryLimiter::new(limits.memory),
            interrupt,
        };
        let mut store = Store::new(&runtime.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_callback(|context| {
            context.data().interrupt.check()?;
            Ok(UpdateDeadline::Continue(1))
        });
        store.set_epoch_deadline(1);

        let (instance, memory) = match instantiate(runtime, &mut store) {
            Ok(made) => made,
            Err(error) => return Err(start_failure(&store, &error)),
        };
        Ok(Self { store, instance, memory, runtime, _running: running, _slot: slot })
    }

    /// Reads the one file that the guest sees, by path: TagLib goes by its
    /// extension, and seeks for what it needs.
    pub fn read_tags_by_path(&mut self, wanted: Wanted) -> Result<Outcome> {
        let path = self.store.data().files.guest_path();
        let outcome = self.with_c_string(&path).and_then(|path| self.read_tags(path, 0, 0, wanted));
        let outcome = finish(outcome)?;
        let files = &mut self.store.data_mut().files;
        if let Some(error) = files.take_read_failure() {
            return Err(Error::io("read", &error));
        }
        match outcome {
            Outcome::Answer(_) if files.lost_its_place() => Ok(Outcome::Refused),
            outcome => Ok(outcome),
        }
    }

    /// Reads `size` bytes from memory: TagLib goes by their content. `fill`
    /// writes them to a piece of guest memory, from an offset.
    pub fn read_tags_by_content(
        &mut self,
        size: u64,
        fill: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
        wanted: Wanted,
    ) -> Result<Outcome> {
        let outcome = self
            .with_content(size, fill)
            .and_then(|(buffer, length)| self.read_tags(0, buffer, length, wanted));
        finish(outcome)
    }

    /// The content with its tags changed, or nothing where TagLib makes
    /// nothing of it.
    pub fn edit_content(
        &mut self,
        size: u64,
        fill: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
        edit: Edit,
    ) -> Result<Option<Vec<u8>>> {
        let edited = self.with_content(size, fill).and_then(|(buffer, length)| {
            match self.read_tags(0, buffer, length, Wanted { pictures: true })? {
                Outcome::Answer(answer) => {
                    let tags = edit.apply(*answer).encode()?;
                    let written = self.write_tags(0, buffer, length, &tags)?;
                    self.new_content(written).map(Some)
                }
                Outcome::Refused | Outcome::Crashed => Ok(None),
            }
        });
        match edited {
            Ok(edited) => Ok(edited),
            Err(Stop::Crash) => Ok(None),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// The extension of the format that content begins like, for TagLib to
    /// go by.
    pub fn extension_of(&mut self, head: &[u8]) -> Result<Option<&'static str>> {
        let length = head.len() as u64;
        let detected = self.with_content(length, copy_from(head)).and_then(|(buffer, length)| {
            self.call(&self.runtime.exports.detect_format, (buffer, length))
        });
        match detected {
            Ok(format) => Ok(extension(format)),
            Err(Stop::Crash) => Ok(None),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Changes the tags of the one file that the guest sees, by path. Gives
    /// what it was before, or nothing where TagLib makes nothing of it, or not
    /// enough for `trust`; then nothing is changed.
    pub fn edit_by_path(&mut self, edit: Edit, trust: Trust) -> Result<Option<Answer>> {
        let answer = match self.read_tags_by_path(Wanted { pictures: true })? {
            Outcome::Answer(answer) if trust == Trust::Content || answer.is_conclusive() => *answer,
            _ => return Ok(None),
        };
        let tags = edit.apply(answer.clone()).encode()?;
        let path = self.store.data().files.guest_path();
        let written = self.with_c_string(&path).and_then(|path| self.write_tags(path, 0, 0, &tags));
        match written {
            Ok(_) => Ok(Some(answer)),
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Crash) => Err(Error::new(
                ErrorKind::InvalidFormat,
                "TagLib failed while it changed the file; its structure must be damaged",
            )),
        }
    }

    /// Gives the guest another file, in the same instance.
    #[cfg(feature = "internals")]
    pub fn exchange(&mut self, files: GuestFiles, interrupt: Interrupt) {
        let state = self.store.data_mut();
        state.files = files;
        state.interrupt = interrupt;
    }

    /// Ends the sandbox and gives its file back.
    pub fn into_file(self) -> Option<ReadAhead> {
        self.store.into_data().files.into_read()
    }

    /// Ends the sandbox and gives the file back that it has edited.
    pub fn into_edited(self) -> Option<Editable> {
        self.store.into_data().files.into_edited()
    }

    /// TagLib's version, such as `2.3.0`, of a module that speaks our ABI.
    pub fn taglib_version(&mut self) -> Result<String> {
        let unusable =
            |message: String| Error::new(ErrorKind::Initialization { errno: None }, message);
        let exports = &self.runtime.exports;
        let api_version: Option<u32> = self.call(&exports.api_version, ()).ok();
        if api_version != Some(API_VERSION) {
            return Err(unusable(format!(
                "the module's API version must be {API_VERSION}, not {api_version:?}"
            )));
        }
        let pointer: Option<u32> = self.call(&exports.version, ()).ok();
        pointer
            .and_then(|pointer| self.c_string(pointer))
            .ok_or_else(|| unusable("the module does not tell TagLib's version".to_owned()))
    }

    fn read_tags(
        &mut self,
        path: u32,
        buffer: u32,
        length: u32,
        wanted: Wanted,
    ) -> Result<Outcome, Stop> {
        let size_pointer = self.allocate(4)?;
        let exports = &self.runtime.exports;
        let arguments = (path, buffer, length, size_pointer);
        let answer: u32 = self.call(&exports.read_tags, arguments)?;
        if answer == 0 {
            return self.refusal();
        }
        let data = self.memory.data(&self.store);
        let bytes = memory::read_u32(data, size_pointer)
            .and_then(|size| memory::bytes(data, answer, size))
            .ok_or_else(|| Error::metadata("the guest's answer lies outside its memory"))?;
        Ok(Outcome::Answer(Box::new(Answer::decode(bytes, wanted)?)))
    }

    /// `tl_write_tags`, on the file of this path or on content in memory.
    fn write_tags(
        &mut self,
        path: u32,
        buffer: u32,
        length: u32,
        tags: &[u8],
    ) -> Result<Written, Stop> {
        let tags_length = u32::try_from(tags.len()).map_err(|_| outside())?;
        let tags_pointer = self.allocate(tags_length)?;
        memory::write(self.memory.data_mut(&mut self.store), tags_pointer, tags)
            .ok_or_else(outside)?;
        let content_pointer = self.allocate(4)?;
        let size_pointer = self.allocate(4)?;
        let arguments =
            (path, buffer, length, tags_pointer, tags_length, content_pointer, size_pointer);
        let code: i32 = self.call(&self.runtime.exports.write_tags, arguments)?;
        if code != 0 {
            self.refusal()?;
            return Err(not_saved().into());
        }
        Ok(Written { content_pointer, size_pointer })
    }

    fn new_content(&self, written: Written) -> Result<Vec<u8>, Stop> {
        let data = self.memory.data(&self.store);
        let size = memory::read_u32(data, written.size_pointer).ok_or_else(outside)?;
        let content = memory::read_u32(data, written.content_pointer).ok_or_else(outside)?;
        if content == 0 || size == 0 {
            return Err(not_saved().into());
        }
        Ok(memory::bytes(data, content, size).ok_or_else(outside)?.to_vec())
    }

    /// The guest said no: out of memory is an error, the rest an outcome.
    fn refusal(&mut self) -> Result<Outcome, Stop> {
        let code: i32 = self.call(&self.runtime.exports.last_error_code, ())?;
        let refused_memory = self.store.data().limiter.refusal();
        match refused_memory {
            Some(error) => Err(error.into()),
            None if code == OUT_OF_MEMORY => {
                let pointer: u32 = self.call(&self.runtime.exports.last_error, ())?;
                let said = self.c_string(pointer).unwrap_or_default();
                Err(Error::new(ErrorKind::Memory, format!("TagLib ran out of memory: {said}"))
                    .into())
            }
            None => Ok(Outcome::Refused),
        }
    }

    fn with_content(
        &mut self,
        size: u64,
        mut fill: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
    ) -> Result<(u32, u32), Stop> {
        /// Between two pieces the deadline is checked: reading is a host call,
        /// which no epoch interrupts.
        const PIECE: u32 = 1 << 20;

        let limiter = &self.store.data().limiter;
        let length = limiter.admit(size)?;
        let buffer = self.allocate(length)?;
        let mut filled = 0;
        while filled < length {
            self.store.data().interrupt.check().map_err(Error::from)?;
            let wanted = PIECE.min(length - filled);
            let piece =
                memory::bytes_mut(self.memory.data_mut(&mut self.store), buffer + filled, wanted)
                    .ok_or_else(outside)?;
            match fill(piece, u64::from(filled)).map_err(|error| Error::io("read", &error))? {
                // The file was cut short meanwhile; what is left is parsed.
                0 => break,
                count => filled += u32::try_from(count).map_err(|_| outside())?.min(wanted),
            }
        }
        Ok((buffer, filled))
    }

    fn with_c_string(&mut self, text: &str) -> Result<u32, Stop> {
        let bytes = [text.as_bytes(), b"\0"].concat();
        let length = u32::try_from(bytes.len()).map_err(|_| outside())?;
        let pointer = self.allocate(length)?;
        memory::write(self.memory.data_mut(&mut self.store), pointer, &bytes)
            .ok_or_else(outside)?;
        Ok(pointer)
    }

    fn allocate(&mut self, length: u32) -> Result<u32, Stop> {
        // A byte at least: `malloc(0)` may give no pointer at all.
        let pointer: u32 = self.call(&self.runtime.exports.malloc, length.max(1))?;
        let data = self.memory.data(&self.store);
        if pointer != 0 && memory::bytes(data, pointer, length).is_some() {
            return Ok(pointer);
        }
        let error = self.store.data().limiter.refusal();
        Err(error
            .unwrap_or_else(|| {
                Error::new(ErrorKind::Memory, format!("the guest can't allocate {length} bytes"))
            })
            .into())
    }

    fn c_string(&self, pointer: u32) -> Option<String> {
        memory::c_string(self.memory.data(&self.store), pointer, MAX_MESSAGE)
    }

    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        export: &ModuleExport,
        params: P,
    ) -> Result<R, Stop> {
        typed(&self.instance, &mut self.store, export)
            .and_then(|function| function.call(&mut self.store, params))
            .map_err(|error| stop(&self.store, &error))
    }
}

fn instantiate(
    runtime: &Runtime,
    store: &mut Store<SandboxState>,
) -> wasmtime::Result<(Instance, Memory)> {
    let instance = runtime.instance_pre.instantiate(&mut *store)?;
    let memory = instance
        .get_module_export(&mut *store, &runtime.exports.memory)
        .and_then(wasmtime::Extern::into_memory)
        .ok_or_else(|| wasmtime::format_err!("the module's memory is not a memory"))?;
    store.data_mut().memory = Some(memory);
    let bytes = memory.data_mut(&mut *store);
    for (address, byte) in FAR_BYTES {
        *bytes
            .get_mut(*address)
            .ok_or_else(|| wasmtime::format_err!("its memory is too small"))? = *byte;
    }
    if let Some(initialize) = &runtime.exports.initialize {
        typed::<(), ()>(&instance, store, initialize)?.call(&mut *store, ())?;
    }
    Ok((instance, memory))
}

fn typed<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<SandboxState>,
    export: &ModuleExport,
) -> wasmtime::Result<wasmtime::TypedFunc<P, R>> {
    instance
        .get_module_export(&mut *store, export)
        .and_then(wasmtime::Extern::into_func)
        .ok_or_else(|| wasmtime::format_err!("an export of the module is no function"))?
        .typed(&*store)
}

/// Sorts what Wasmtime calls an error into our limits and the guest's faults.
fn stop(store: &Store<SandboxState>, error: &wasmtime::Error) -> Stop {
    if let Some(interrupted) = error.downcast_ref::<Interrupted>() {
        return Stop::Error((*interrupted).into());
    }
    if overflowed_stack(error) {
        return Stop::Error(Error::limit(
            Limit::Stack,
            "the file nests deeper than the guest's stack can follow",
        ));
    }
    // TagLib does not expect allocations to fail, and may trap over it.
    match store.data().limiter.refusal() {
        Some(error) => Stop::Error(error),
        None => Stop::Crash,
    }
}

/// Whether the guest ran out of either of its stacks.
///
/// Return addresses are on the native stack, which Wasmtime guards. C++ objects
/// are on a stack of the guest's own, which the linker puts at the bottom of
/// its memory: running out of it wraps below address zero, to the top of the
/// 32-bit range, and faults there.
fn overflowed_stack(error: &wasmtime::Error) -> bool {
    /// No single frame is larger, in bytes.
    const REACH: u64 = 16 << 20;
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => true,
        Some(Trap::MemoryOutOfBounds) => {
            fault_address(error).is_some_and(|address| address >= (1 << 32) - REACH)
        }
        _ => false,
    }
}

/// The guest address of a memory fault. Wasmtime keeps the type private and
/// gives the address in its message only; a test notices should that change.
fn fault_address(error: &wasmtime::Error) -> Option<u64> {
    let message = error.to_string();
    let (_, address) = message.split_once("memory fault at wasm address 0x")?;
    let digits = address.split(' ').next()?;
    u64::from_str_radix(digits, 16).ok()
}

fn start_failure(store: &Store<SandboxState>, error: &wasmtime::Error) -> Error {
    match stop(store, error) {
        Stop::Error(error) => error,
        Stop::Crash => Error::new(
            ErrorKind::Initialization { errno: None },
            format!("the guest can't be started: {error:#}"),
        ),
    }
}

fn finish(outcome: Result<Outcome, Stop>) -> Result<Outcome> {
    match outcome {
        Ok(outcome) => Ok(outcome),
        Err(Stop::Crash) => Ok(Outcome::Crashed),
        Err(Stop::Error(error)) => Err(error),
    }
}

/// By the numbers of the C interface (taglib-wasm, `tl_format`).
fn extension(format: u32) -> Option<&'static str> {
    Some(match format {
        1 => "mp3",
        2 => "flac",
        3 => "m4a",
        4 => "ogg",
        5 => "wav",
        6 => "ape",
        7 => "wv",
        8 => "opus",
        9 => "aiff",
        10 => "wma",
        11 => "dsf",
        12 => "dff",
        13 => "mpc",
        14 => "tta",
        15 => "shn",
        16 => "mod",
        17 => "s3m",
        18 => "it",
        19 => "xm",
        20 => "oga",
        21 => "spx",
        22 => "mkv",
        _ => return None,
    })
}

fn not_saved() -> Error {
    Error::file("save", Errno::NOTSUP, "TagLib can't write tags to this file's format")
}

fn outside() -> Error {
    Error::metadata("the guest gave a pointer outside its memory")
}
