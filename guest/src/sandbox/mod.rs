//! One file, one store.
//!
//! A [`Sandbox`] is a fresh instance of TagLib's module that sees a single file,
//! or none. It serves one call and is thrown away: a trap, a deadline or a memory
//! limit leaves nothing behind, and nothing of one file can reach the next.
//!
//! `runtime` joins the engine with the host calls; `state` is what a store
//! holds; `abi` calls TagLib's functions; `trap` sorts what ends such a call;
//! `host_calls` are the functions that the guest calls, on `descriptors`.

mod abi;
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
use crate::tags::{Answer, DecodeOptions, Edit};
use abi::Guest;
use runtime::Runtime;
use state::SandboxState;
use trap::CallError;
use wasmtime::{Store, UpdateDeadline};

pub(crate) use abi::Outcome;
pub(crate) use descriptors::GuestFiles;

/// An instance of the guest for one file.
pub(crate) struct Sandbox {
    // Dropped in this order: the instance goes back to the pool before its
    // slot is given to another thread.
    guest: Guest,
    _running: Running<'static>,
    _slot: Slot<'static>,
}

/// What speaks for a file being of the format that its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The name alone, so TagLib has to find something in the file.
    Name,
    /// The content.
    Content,
}

/// The version of the C interface that this crate calls (`tl_api_version`).
const API_VERSION: u32 = 3;

impl Sandbox {
    /// Makes an instance that sees `files` and charges `budget`.
    pub(crate) fn new(files: GuestFiles, budget: &Budget) -> Result<Self> {
        let runtime = Runtime::get()?;
        let running = runtime.engine.run()?;
        let slot = runtime.engine.slot()?;
        budget.check()?;

        let mut store = Store::new(&runtime.engine.engine, SandboxState::new(files, budget));
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_callback(|context| {
            context.data().budget.check()?;
            Ok(UpdateDeadline::Continue(1))
        });
        store.set_epoch_deadline(1);
        let guest = Guest::start(runtime, store)?;
        Ok(Self { guest, _running: running, _slot: slot })
    }

    /// Reads the one file that the guest sees, by path: TagLib picks the parser by
    /// its extension, and reads what it needs.
    pub(crate) fn read_tags_by_path(&mut self, options: DecodeOptions) -> Result<Outcome> {
        let path = self.guest.state().files.guest_path();
        let read = self.guest.path(&path).and_then(|path| self.guest.read_tags(path, options));
        let outcome = unless_crashed(read)?;
        let files = &mut self.guest.state_mut().files;
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
            self.guest.content(content).and_then(|content| self.guest.read_tags(content, options));
        unless_crashed(read)
    }

    /// Returns the file name extension for the format that content begins like.
    pub(crate) fn extension_of(&mut self, head: &[u8]) -> Result<Option<&'static str>> {
        let input = self.guest.content(Content::Bytes(head));
        match input.and_then(|input| self.guest.detect_format(input)) {
            Ok(extension) => Ok(extension),
            Err(CallError::Crash) => Ok(None),
            Err(CallError::Error(error)) => Err(error),
        }
    }

    /// Changes the tags of the one file that the guest sees, by path. Returns the
    /// tags before the change. Returns `None`, and changes nothing, if TagLib
    /// can't read the file or finds too little in it for `trust`.
    pub(crate) fn edit_by_path(&mut self, edit: Edit, trust: Trust) -> Result<Option<Answer>> {
        let answer = match self.read_tags_by_path(DecodeOptions { pictures: true })? {
            Outcome::Answer(answer) if trust == Trust::Content || answer.is_conclusive() => *answer,
            _ => return Ok(None),
        };
        let tags = self.encoded(edit, &answer)?;
        let path = self.guest.state().files.guest_path();
        let written = self.guest.path(&path).and_then(|path| {
            self.guest.write_tags(path, &tags)?;
            self.guest.state().budget.release(tags.capacity());
            Ok(())
        });
        match written {
            Ok(()) => Ok(Some(answer)),
            Err(CallError::Error(error)) => Err(error),
            Err(CallError::Crash) => Err(Error::new(
                ErrorKind::InvalidFormat,
                "TagLib failed while it changed the file, so its structure must be damaged",
            )),
        }
    }

    /// The tags that the guest has to write, charged to the budget.
    fn encoded(&self, edit: Edit, answer: &Answer) -> Result<Vec<u8>> {
        let budget = &self.guest.state().budget;
        // The tags to write are made of copies, and so is what is compared for them.
        let _copies = budget.hold(answer.charged.saturating_mul(2))?;
        edit.apply(answer)?.encode(budget)
    }

    /// Gives the guest another file, in the same instance.
    #[cfg(feature = "internals")]
    pub fn exchange(&mut self, files: GuestFiles, budget: &Budget) {
        let state = self.guest.state_mut();
        state.files = files;
        state.budget = budget.clone();
    }

    /// Ends the sandbox and returns the file that it has read.
    pub(crate) fn into_file(self) -> Option<ReadAhead> {
        self.guest.into_state().files.into_read()
    }

    /// Ends the sandbox and returns the file that it has changed.
    pub(crate) fn into_edited(self) -> Option<Editable> {
        self.guest.into_state().files.into_edited()
    }

    /// Returns TagLib's version, such as `2.3.0`.
    ///
    /// # Errors
    /// `Initialization` if the module has another ABI.
    pub(crate) fn taglib_version(&mut self) -> Result<String> {
        let unusable =
            |message: String| Error::new(ErrorKind::Initialization { errno: None }, message);
        let api_version = self.guest.api_version().ok();
        if api_version != Some(API_VERSION) {
            return Err(unusable(format!(
                "the module's API version must be {API_VERSION}, not {api_version:?}"
            )));
        }
        self.guest
            .taglib_version()
            .ok()
            .flatten()
            .ok_or_else(|| unusable("the module does not tell TagLib's version".to_owned()))
    }
}

fn unless_crashed(outcome: Result<Outcome, CallError>) -> Result<Outcome> {
    match outcome {
        Ok(outcome) => Ok(outcome),
        Err(CallError::Crash) => Ok(Outcome::Crashed),
        Err(CallError::Error(error)) => Err(error),
    }
}
