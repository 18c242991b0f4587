//! One sandbox for one file.
//!
//! A [`Sandbox`] is a fresh instance of TagLib's module that sees a single file, or
//! none. It serves one call and is dropped, so that a trap, a deadline or a memory
//! limit leaves nothing behind, and no data of one file can reach the next.
//!
//! `ahead` creates the next sandbox after the answer of a call was sent; `runtime` joins the
//! engine with the host calls; `state` is the data of a store; `abi` calls TagLib's functions;
//! `trap` classifies the reasons for which such a call ends; `host_calls` has the functions that
//! the guest calls, which use `descriptors`.

mod abi;
mod ahead;
mod descriptors;
mod host_calls;
mod limiter;
mod memory;
mod runtime;
mod state;
mod trap;
mod wasi_types;

use crate::engine::{Running, Slot};
use crate::error::{Error, ErrorKind, Result};
use crate::file::{Editable, ReadAhead};
use crate::limits::{self, Budget};
use crate::source::Content;
use crate::tags::{Answer, DecodeOptions, Edit, Id3v2Frame, Requested};
use abi::{Guest, Input};
use runtime::Runtime;
use state::SandboxState;
use trap::CallError;
use wasmtime::{Store, UpdateDeadline};

pub(crate) use abi::Outcome;
pub use ahead::run_then_send;
pub(crate) use descriptors::GuestFiles;

/// An instance of the guest for one file.
pub(crate) struct Sandbox {
    /// `None` after the sandbox was taken down.
    parts: Option<Parts>,
    /// The file that was read last, in the guest's memory.
    input: Option<Input>,
    _running: Running<'static>,
}

/// An instance and its place in the pool.
struct Parts {
    // Dropped in this order: the instance goes back to the pool before its
    // slot is given to another thread.
    guest: Guest,
    _slot: Slot<'static>,
}

/// The evidence that a file has the format that its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Only the name, so TagLib must find something in the file.
    Name,
    /// The content.
    Content,
}

/// The tags of a file that has been edited.
pub(crate) struct EditedTags {
    /// What TagLib read before the change.
    pub before: Answer,
    /// What the edit changed.
    pub requested: Requested,
}

/// The version of the C interface that this crate calls (`tl_api_version`).
const API_VERSION: u32 = 3;

impl Sandbox {
    /// Creates an instance that sees `files` and charges `budget`.
    pub(crate) fn new(files: GuestFiles, budget: &Budget) -> Result<Self> {
        ahead::take_down_now();
        let runtime = Runtime::get()?;
        let running = runtime.engine.run()?;
        let mut parts = match ahead::take() {
            Some(mut parts) => {
                runtime.engine.check_handlers()?;
                parts.guest.charge_to(budget)?;
                parts
            }
            None => Self::instantiate(runtime, runtime.engine.slot()?, budget)?,
        };
        budget.check()?;
        parts.guest.state_mut().files = files;
        Ok(Self { parts: Some(parts), input: None, _running: running })
    }

    /// Creates an instance that sees no file.
    fn instantiate(
        runtime: &'static Runtime,
        slot: Slot<'static>,
        budget: &Budget,
    ) -> Result<Parts> {
        budget.check()?;
        let state = SandboxState::new(GuestFiles::none(), budget);
        let mut store = Store::new(&runtime.engine.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_callback(|context| {
            context.data().budget.check()?;
            Ok(UpdateDeadline::Continue(1))
        });
        store.set_epoch_deadline(1);
        Ok(Parts { guest: Guest::start(runtime, store)?, _slot: slot })
    }

    fn guest(&mut self) -> &mut Guest {
        &mut self.parts.as_mut().expect("only a drop takes it down").guest
    }

    /// Reads the only file that the guest sees, by path: TagLib chooses the parser by the
    /// extension, and reads what it needs.
    pub(crate) fn read_tags_by_path(&mut self, options: DecodeOptions) -> Result<Outcome> {
        let path = self.guest().state().files.guest_path();
        let read = self.guest().path(&path).and_then(|path| self.read_tags(path, options));
        let outcome = unless_crashed(read)?;
        let files = &mut self.guest().state_mut().files;
        if let Some(error) = files.take_read_failure() {
            return Err(limits::failure("read", &error));
        }
        match outcome {
            Outcome::Answer(_) if files.read_before_start() => Ok(Outcome::Refused),
            outcome => Ok(outcome),
        }
    }

    /// Reads content that is copied into the guest's memory: TagLib detects its
    /// format.
    pub(crate) fn read_tags_by_content(
        &mut self,
        content: Content<'_>,
        options: DecodeOptions,
    ) -> Result<Outcome> {
        let read =
            self.guest().content(content).and_then(|content| self.read_tags(content, options));
        unless_crashed(read)
    }

    fn read_tags(&mut self, input: Input, options: DecodeOptions) -> Result<Outcome, CallError> {
        self.input = Some(input);
        self.guest().read_tags(input, options)
    }

    /// Reads the raw ID3v2 frames of the file whose tags were read last. Returns `None`
    /// if it is not an MP3.
    pub(crate) fn read_id3v2_frames(&mut self) -> Result<Option<Vec<Id3v2Frame>>> {
        let Some(input) = self.input else { return Ok(None) };
        let frames = match self.guest().read_id3v2_frames(input) {
            Ok(frames) => frames,
            Err(CallError::Crash) => None,
            Err(CallError::Error(error)) => return Err(error),
        };
        match self.guest().state_mut().files.take_read_failure() {
            Some(error) => Err(limits::failure("read", &error)),
            None => Ok(frames),
        }
    }

    /// Returns the file name extension of the format that content begins like.
    pub(crate) fn extension_of(&mut self, head: &[u8]) -> Result<Option<&'static str>> {
        let input = self.guest().content(Content::Bytes(head));
        match input.and_then(|input| self.guest().detect_format(input)) {
            Ok(extension) => Ok(extension),
            Err(CallError::Crash) => Ok(None),
            Err(CallError::Error(error)) => Err(error),
        }
    }

    /// Changes the tags of the only file that the guest sees, by path. Returns `None`, and
    /// changes nothing, if TagLib can't read the file or finds too little in it for `trust`.
    /// `correct` corrects what TagLib has read before the change.
    pub(crate) fn edit_by_path(
        &mut self,
        edit: Edit,
        trust: Trust,
        correct: impl FnOnce(&mut Answer, DecodeOptions) -> Result<()>,
    ) -> Result<Option<EditedTags>> {
        let options = DecodeOptions { pictures: true };
        let mut before = match self.read_tags_by_path(options)? {
            Outcome::Answer(answer) if trust == Trust::Content || answer.is_conclusive() => *answer,
            _ => return Ok(None),
        };
        // The images of chapters are compared only with other chapters.
        correct(&mut before, DecodeOptions { pictures: edit.chapters.is_some() })?;
        let requested = Requested::of(&edit, &before);
        let tags = self.encoded(edit, &before, &requested)?;
        let path = self.guest().state().files.guest_path();
        let written = self.guest().path(&path).and_then(|path| {
            self.guest().write_tags(path, &tags)?;
            self.guest().state().budget.release(tags.capacity());
            Ok(())
        });
        match written {
            Ok(()) => Ok(Some(EditedTags { before, requested })),
            Err(CallError::Error(error)) => Err(error),
            Err(CallError::Crash) => Err(Error::new(
                ErrorKind::InvalidFormat,
                "TagLib failed while it changed the file, so its structure must be damaged",
            )),
        }
    }

    /// Returns the tags that the guest has to write, encoded and charged to the budget.
    fn encoded(&mut self, edit: Edit, before: &Answer, requested: &Requested) -> Result<Vec<u8>> {
        let budget = &self.guest().state().budget;
        // The tags to write consist of copies, and so do the values that are compared to find
        // them.
        let _copies = budget.hold(before.charged.saturating_mul(2))?;
        edit.tags_to_write(before, requested)?.encode(budget)
    }

    /// Gives the guest another file, in the same instance.
    #[cfg(feature = "internals")]
    pub fn exchange(&mut self, files: GuestFiles, budget: &Budget) {
        let state = self.guest().state_mut();
        state.files = files;
        state.budget = budget.clone();
    }

    /// Ends the sandbox and returns the file that it has read.
    pub(crate) fn into_file(mut self) -> Option<ReadAhead> {
        self.take_files().into_read()
    }

    /// Ends the sandbox and returns the file that it has changed.
    pub(crate) fn into_edited(mut self) -> Option<Editable> {
        self.take_files().into_edited()
    }

    fn take_files(&mut self) -> GuestFiles {
        std::mem::replace(&mut self.guest().state_mut().files, GuestFiles::none())
    }

    /// Returns TagLib's version, such as `2.3.0`.
    ///
    /// # Errors
    /// `Initialization` if the module has another ABI.
    pub(crate) fn taglib_version(&mut self) -> Result<String> {
        let unusable =
            |message: String| Error::new(ErrorKind::Initialization { errno: None }, message);
        let api_version = self.guest().api_version().ok();
        if api_version != Some(API_VERSION) {
            return Err(unusable(format!(
                "the module's API version must be {API_VERSION}, not {api_version:?}"
            )));
        }
        self.guest()
            .taglib_version()
            .ok()
            .flatten()
            .ok_or_else(|| unusable("the module does not tell TagLib's version".to_owned()))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(mut parts) = self.parts.take() {
            // Closed now: when a call has settled, its file is not open any more.
            parts.guest.state_mut().files = GuestFiles::none();
            ahead::take_down(parts);
        }
    }
}

fn unless_crashed(outcome: Result<Outcome, CallError>) -> Result<Outcome> {
    match outcome {
        Ok(outcome) => Ok(outcome),
        Err(CallError::Crash) => Ok(Outcome::Crashed),
        Err(CallError::Error(error)) => Err(error),
    }
}
