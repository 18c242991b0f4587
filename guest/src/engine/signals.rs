//! Checks that Wasmtime's signal handlers are still installed.
//!
//! Compiled code does not check each memory access: an access out of bounds faults, and
//! Wasmtime's signal handler turns the fault into a trap. An app that installs its own
//! handler later (`process.on('SIGSEGV', …)`) replaces Wasmtime's. A fault would then
//! repeat forever or end the app. So no guest runs without the handlers.

use crate::error::{Error, ErrorKind, Result};

/// The signals that Wasmtime handles (`traphandlers/unix`), with their names.
#[cfg(all(unix, not(target_vendor = "apple")))]
const SIGNALS: [(libc::c_int, &str); 4] = [
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGBUS, "SIGBUS"),
];

/// The handlers as Wasmtime left them.
#[cfg(all(unix, not(target_vendor = "apple")))]
pub(super) struct Handlers([libc::sighandler_t; SIGNALS.len()]);

#[cfg(all(unix, not(target_vendor = "apple")))]
impl Handlers {
    /// Records the handlers. Must be called after an engine has been made, which
    /// installs them.
    pub(super) fn installed() -> Self {
        Self(SIGNALS.map(|(signal, _)| handler(signal)))
    }

    pub(super) fn check(&self) -> Result<()> {
        for ((signal, name), installed) in SIGNALS.iter().zip(self.0) {
            if handler(*signal) != installed {
                return Err(Error::new(
                    ErrorKind::Initialization { errno: None },
                    format!(
                        "somebody has installed another handler for {name} since the first call \
                         (process.on('{name}', …)?), without which a hostile file could hang or \
                         end the app. Install it before, or not at all"
                    ),
                ));
            }
        }
        Ok(())
    }
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn handler(signal: libc::c_int) -> libc::sighandler_t {
    // SAFETY: `sigaction` is a plain C structure, for which all zeros are valid.
    let mut current: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the new action is null, so the call only queries, and `current` may be written to.
    // The call leaves it unchanged if the signal does not exist.
    unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut current) };
    current.sa_sigaction
}

/// macOS has Mach ports and Windows has vectored handlers, which no other code
/// replaces.
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
pub struct Handlers;

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
impl Handlers {
    pub fn installed() -> Self {
        Self
    }

    pub fn check(&self) -> Result<()> {
        Ok(())
    }
}
