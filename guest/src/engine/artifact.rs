//! TagLib's module as machine code, compiled by `build.rs`.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::{Engine, Module};

static ARTIFACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/taglib.cwasm"));

/// Addresses and bytes that are written to the memory of a new instance, in addition to
/// the artifact's image: the allocator's mark at the end (`build/warm.rs`).
pub(crate) static FAR_BYTES: &[(usize, u8)] = include!(concat!(env!("OUT_DIR"), "/far_bytes.rs"));

/// The CRC-32 of the artifact as it was built, in decimal.
const CHECKSUM: &str = env!("ARTIFACT_CHECKSUM");

/// Checks that the artifact is unchanged since the build. Wasmtime checks only its header, and
/// machine code with a flipped bit can do anything. The check takes a third of a millisecond. It
/// does not protect against an attacker, who could also change the checksum.
pub(super) fn check() -> Result<()> {
    let found = crc32fast::hash(ARTIFACT);
    if CHECKSUM.parse() == Ok(found) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Initialization { errno: None },
        format!(
            "the addon's file is damaged: its checksum must be {CHECKSUM}, not {found}. \
             Install the package again"
        ),
    ))
}

/// Loads the artifact.
pub(super) fn load(engine: &Engine) -> wasmtime::Result<Module> {
    // SAFETY: deserialising trusts its input as machine code. These bytes are part of this
    // binary, and were written by this crate's build script with the same version of Wasmtime.
    // Nothing else is ever passed here.
    unsafe { Module::deserialize(engine, ARTIFACT) }
}
