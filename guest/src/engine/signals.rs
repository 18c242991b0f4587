//! Whether the handlers by which Wasmtime catches faults of the guest are still
//! there.
//!
//! Compiled code has no check for every access to memory: the ones that go
//! wrong fault, and the signal's handler makes a trap of it. Who installs a
//! handler of their own afterwards (`process.on('SIGSEGV', …)`) takes that
//! away: the fault would then come again and again, or end the app. So nothing
//! runs without them.

use crate::error::{Error, ErrorKind, Result};

/// The signals that Wasmtime handles (`traphandlers/unix`), by their names.
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
    /// To be called when an engine has been made, and so they are installed.
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
    // SAFETY: asks and sets nothing (the new action is null); `current` is ours
    // to be written to. A signal that does not exist leaves it as it is.
    unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut current) };
    current.sa_sigaction
}

/// macOS has Mach ports and Windows vectored handlers for it, which are nobody
/// else's to replace.
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
