//! TagLib's module as machine code, made by `build.rs`.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::{Engine, Module};

static ARTIFACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/taglib.cwasm"));

/// Addresses and bytes that a new instance's memory has beside those in the
/// artifact: what the allocator keeps at its end (`build/warm.rs`).
pub static FAR_BYTES: &[(usize, u8)] = include!(concat!(env!("OUT_DIR"), "/far_bytes.rs"));

/// Of the artifact as it was built, in decimal.
const CHECKSUM: &str = env!("ARTIFACT_CHECKSUM");

/// Whether it is still what was built. Wasmtime looks at its header alone, and
/// machine code with a flipped bit does anything. The check takes a third of a
/// millisecond; against an attacker, who could change it as well, it is none.
pub fn check() -> Result<()> {
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

pub fn load(engine: &Engine) -> wasmtime::Result<Module> {
    // SAFETY: deserialising trusts its input as machine code. These bytes are
    // part of this binary, written by our own build script with this very
    // Wasmtime, and nothing else is ever passed here.
    unsafe { Module::deserialize(engine, ARTIFACT) }
}
