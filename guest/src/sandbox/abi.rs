//! Calls TagLib's C interface in the guest (`guest/README.md` describes it).

#[cfg(test)]
mod allocator_tests;

use super::memory;
use super::runtime::{Exports, Runtime};
use super::state::SandboxState;
use super::trap::CallError;
use crate::engine::FAR_BYTES;
use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{self, Budget};
use crate::source::Content;
use crate::tags::{Answer, DecodeOptions, Id3v2Frame, decode_id3v2_frames};
use wasmtime::{Instance, Memory, ModuleExport, Store, WasmParams, WasmResults};

/// An instance of TagLib's module, and the store that it lives in.
pub(super) struct Guest {
    store: Store<SandboxState>,
    instance: Instance,
    memory: Memory,
    exports: &'static Exports,
}

/// How a call into the guest ended.
pub(crate) enum Outcome {
    Answer(Box<Answer>),
    /// TagLib can't read the file.
    Refused,
    /// The guest trapped, so it is unknown how TagLib reads the file. This sandbox can't be
    /// called again.
    Crashed,
}

/// The file that a `tl_*` function works on, in the guest's memory.
#[derive(Clone, Copy)]
pub(super) enum Input {
    /// A NUL-terminated path.
    Path(u32),
    /// The content of a file.
    Buffer { pointer: u32, length: u32 },
}

impl Input {
    /// Returns the arguments `path`, `buffer` and `length` of a `tl_*` function.
    fn arguments(self) -> (u32, u32, u32) {
        match self {
            Self::Path(pointer) => (pointer, 0, 0),
            Self::Buffer { pointer, length } => (0, pointer, length),
        }
    }
}

/// The guest's code for "out of memory" (taglib-wasm, `TL_ERROR_MEMORY`).
const OUT_OF_MEMORY: i32 = -3;

/// The longest error message or version that is read from the guest, in bytes.
const MAX_MESSAGE: usize = 4096;

impl Guest {
    /// Instantiates the module in `store`.
    pub(super) fn start(runtime: &'static Runtime, mut store: Store<SandboxState>) -> Result<Self> {
        match instantiate(runtime, &mut store) {
            Ok((instance, memory)) => {
                Ok(Self { store, instance, memory, exports: &runtime.exports })
            }
            Err(error) => Err(match CallError::of(&store, &error) {
                CallError::Error(error) => error,
                CallError::Crash => Error::new(
                    ErrorKind::Initialization { errno: None },
                    format!("the guest can't be started: {error:#}"),
                ),
            }),
        }
    }

    pub(super) fn state(&self) -> &SandboxState {
        self.store.data()
    }

    pub(super) fn state_mut(&mut self) -> &mut SandboxState {
        self.store.data_mut()
    }

    /// Charges a guest that was made within one budget to another one.
    ///
    /// # Errors
    /// `ResourceLimit` if `budget` has no memory for it.
    pub(super) fn charge_to(&mut self, budget: &Budget) -> Result<()> {
        let state = self.store.data_mut();
        state.limiter.charge_to(budget)?;
        state.budget = budget.clone();
        self.store.set_epoch_deadline(1);
        Ok(())
    }

    /// Copies a path into the guest's memory.
    pub(super) fn path(&mut self, path: &str) -> Result<Input, CallError> {
        self.copied(&[path.as_bytes(), b"\0"].concat()).map(|(pointer, _)| Input::Path(pointer))
    }

    /// Copies content into the guest's memory. If the file has become shorter
    /// meanwhile, the rest of it is left out.
    pub(super) fn content(&mut self, content: Content<'_>) -> Result<Input, CallError> {
        /// The budget is checked between two pieces of this many bytes: no epoch
        /// interrupts the host.
        const PIECE: u32 = 1 << 20;

        let length = self.state().budget.admit(content.size())?;
        let pointer = self.allocate(length)?;
        let mut filled = 0;
        while filled < length {
            self.state().budget.check().map_err(Error::from)?;
            let rest = PIECE.min(length - filled);
            let memory = self.memory.data_mut(&mut self.store);
            let piece = pointer
                .checked_add(filled)
                .and_then(|start| memory::bytes_mut(memory, start, rest))
                .ok_or_else(outside)?;
            let read = content
                .read_at(piece, u64::from(filled))
                .map_err(|error| limits::failure("read", &error))?;
            if read == 0 {
                break;
            }
            filled += u32::try_from(read).map_err(|_| outside())?.min(rest);
        }
        Ok(Input::Buffer { pointer, length: filled })
    }

    /// Calls `tl_read_tags`.
    pub(super) fn read_tags(
        &mut self,
        input: Input,
        options: DecodeOptions,
    ) -> Result<Outcome, CallError> {
        let size_pointer = self.allocate(4)?;
        let (path, buffer, length) = input.arguments();
        let answer: u32 =
            self.call(&self.exports.read_tags, (path, buffer, length, size_pointer))?;
        if answer == 0 {
            return self.refusal();
        }
        let bytes = self.answer(answer, size_pointer)?;
        Ok(Outcome::Answer(Box::new(Answer::decode(bytes, options, &self.state().budget)?)))
    }

    /// Calls `tl_read_id3v2_frames` for all frames. Returns `None` if the file is not an MP3.
    pub(super) fn read_id3v2_frames(
        &mut self,
        input: Input,
    ) -> Result<Option<Vec<Id3v2Frame>>, CallError> {
        /// Selects frames of every identifier.
        const ALL: u32 = 0;
        let size_pointer = self.allocate(4)?;
        let (path, buffer, length) = input.arguments();
        let arguments = (path, buffer, length, ALL, size_pointer);
        let answer: u32 = self.call(&self.exports.read_id3v2_frames, arguments)?;
        if answer == 0 {
            self.refusal()?;
            return Ok(None);
        }
        let bytes = self.answer(answer, size_pointer)?;
        Ok(Some(decode_id3v2_frames(bytes, &self.state().budget)?))
    }

    /// Returns the bytes of an answer, whose size the guest has written.
    fn answer(&self, pointer: u32, size_pointer: u32) -> Result<&[u8], CallError> {
        let data = self.memory.data(&self.store);
        let bytes = memory::read_u32(data, size_pointer)
            .and_then(|size| memory::bytes(data, pointer, size))
            .ok_or_else(|| Error::metadata("the guest's answer lies outside of its memory"))?;
        Ok(bytes)
    }

    /// Calls `tl_write_tags`, which changes the file at a path.
    pub(super) fn write_tags(&mut self, input: Input, tags: &[u8]) -> Result<(), CallError> {
        let (tags_pointer, tags_length) = self.copied(tags)?;
        let content_pointer = self.allocate(4)?;
        let size_pointer = self.allocate(4)?;
        let (path, buffer, length) = input.arguments();
        let arguments =
            (path, buffer, length, tags_pointer, tags_length, content_pointer, size_pointer);
        let code: i32 = self.call(&self.exports.write_tags, arguments)?;
        if code != 0 {
            self.refusal()?;
            return Err(not_saved().into());
        }
        Ok(())
    }

    /// Calls `tl_detect_format`. Returns the extension by which TagLib knows the format.
    pub(super) fn detect_format(
        &mut self,
        input: Input,
    ) -> Result<Option<&'static str>, CallError> {
        let (_, buffer, length) = input.arguments();
        self.call(&self.exports.detect_format, (buffer, length)).map(extension)
    }

    /// Calls `tl_api_version`.
    pub(super) fn api_version(&mut self) -> Result<u32, CallError> {
        self.call(&self.exports.api_version, ())
    }

    /// Calls `tl_version`.
    pub(super) fn taglib_version(&mut self) -> Result<Option<String>, CallError> {
        let pointer = self.call(&self.exports.version, ())?;
        Ok(self.c_string(pointer))
    }

    /// Distinguishes a lack of memory, which is an error, from every other refusal.
    fn refusal(&mut self) -> Result<Outcome, CallError> {
        let code: i32 = self.call(&self.exports.last_error_code, ())?;
        if let Some(error) = self.state().limiter.refusal() {
            return Err(error.into());
        }
        if code != OUT_OF_MEMORY {
            return Ok(Outcome::Refused);
        }
        let pointer: u32 = self.call(&self.exports.last_error, ())?;
        let message = self.c_string(pointer).unwrap_or_default();
        let message = format!("TagLib ran out of memory: {message}");
        Err(Error::new(ErrorKind::Memory, message).into())
    }

    /// Copies bytes into the guest's memory. Returns their pointer and length.
    fn copied(&mut self, bytes: &[u8]) -> Result<(u32, u32), CallError> {
        let length = u32::try_from(bytes.len()).map_err(|_| outside())?;
        let pointer = self.allocate(length)?;
        memory::write(self.memory.data_mut(&mut self.store), pointer, bytes).ok_or_else(outside)?;
        Ok((pointer, length))
    }

    /// Returns the address of a new block in the guest's memory.
    #[cfg(test)]
    pub(super) fn allocated_address(&mut self) -> Option<u32> {
        self.allocate(1 << 16).ok()
    }

    fn allocate(&mut self, length: u32) -> Result<u32, CallError> {
        // At least one byte: `malloc(0)` may return a null pointer.
        let pointer: u32 = self.call(&self.exports.malloc, length.max(1))?;
        let data = self.memory.data(&self.store);
        if pointer != 0 && memory::bytes(data, pointer, length).is_some() {
            return Ok(pointer);
        }
        let error = self.state().limiter.refusal().unwrap_or_else(|| {
            Error::new(ErrorKind::Memory, format!("the guest can't allocate {length} bytes"))
        });
        Err(error.into())
    }

    fn c_string(&self, pointer: u32) -> Option<String> {
        memory::c_string(self.memory.data(&self.store), pointer, MAX_MESSAGE)
    }

    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        export: &ModuleExport,
        params: P,
    ) -> Result<R, CallError> {
        function(&self.instance, &mut self.store, export)
            .and_then(|function| function.call(&mut self.store, params))
            .map_err(|error| CallError::of(&self.store, &error))
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
        .ok_or_else(|| wasmtime::format_err!("the export \"memory\" is not a memory"))?;
    store.data_mut().memory = Some(memory);
    let bytes = memory.data_mut(&mut *store);
    for (address, byte) in FAR_BYTES {
        *bytes
            .get_mut(*address)
            .ok_or_else(|| wasmtime::format_err!("the module's memory is too small"))? = *byte;
    }
    if let Some(initialize) = &runtime.exports.initialize {
        function::<(), ()>(&instance, store, initialize)?.call(&mut *store, ())?;
    }
    Ok((instance, memory))
}

fn function<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<SandboxState>,
    export: &ModuleExport,
) -> wasmtime::Result<wasmtime::TypedFunc<P, R>> {
    instance
        .get_module_export(&mut *store, export)
        .and_then(wasmtime::Extern::into_func)
        .ok_or_else(|| wasmtime::format_err!("an export of the module is not a function"))?
        .typed(&*store)
}

/// Returns the extension for a number of the C interface (taglib-wasm, `tl_format`).
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
    Error::metadata("the guest gave a pointer outside of its memory")
}
