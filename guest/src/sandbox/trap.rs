//! Classifies the reasons for which a call into the guest ends: limits of the call, or faults of
//! the guest.

use super::state::SandboxState;
use crate::error::{Error, Limit};
use crate::limits::Interruption;
use wasmtime::{Store, Trap};

/// A call into the guest that ended without an outcome.
pub(super) enum CallError {
    Error(Error),
    /// The guest trapped. This sandbox can't be called again.
    Crash,
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl CallError {
    /// Classifies an error of Wasmtime.
    pub(super) fn of(store: &Store<SandboxState>, error: &wasmtime::Error) -> Self {
        if let Some(interruption) = error.downcast_ref::<Interruption>() {
            return Self::Error((*interruption).into());
        }
        if is_stack_overflow(error) {
            return Self::Error(Error::limit(
                Limit::Stack,
                "the file nests deeper than the guest's stack can follow",
            ));
        }
        // TagLib does not expect an allocation to fail, and may trap after one.
        match store.data().limiter.refusal() {
            Some(error) => Self::Error(error),
            None => Self::Crash,
        }
    }
}

/// Returns whether the guest overflowed one of its two stacks.
///
/// Return addresses are on the native stack, which Wasmtime guards. C++ objects
/// are on the guest's own stack, which the linker puts at the bottom of its
/// memory: an overflow wraps below address zero, to the top of the 32-bit range,
/// and faults there.
fn is_stack_overflow(error: &wasmtime::Error) -> bool {
    /// The largest stack frame that is assumed, in bytes.
    const LARGEST_FRAME: u64 = 16 << 20;
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => true,
        Some(Trap::MemoryOutOfBounds) => {
            fault_address(error).is_some_and(|address| address >= (1 << 32) - LARGEST_FRAME)
        }
        _ => false,
    }
}

/// Returns the guest address of a memory fault. Wasmtime keeps the error's type private and
/// states the address only in the message. A test fails if that changes.
fn fault_address(error: &wasmtime::Error) -> Option<u64> {
    let message = error.to_string();
    let (_, address) = message.split_once("memory fault at wasm address 0x")?;
    let digits = address.split(' ').next()?;
    u64::from_str_radix(digits, 16).ok()
}
