//! Compiles TagLib's WebAssembly module to machine code and embeds it.
//!
//! There are six steps, each in a file: find the module and check that it is the
//! pinned one (`source`), check that it has the ABI that `src/sandbox` expects
//! (`contract`), replace its allocator and its file positions (`rewrite`), make its
//! indirect calls direct (`direct_calls`), initialize it (`warm`), and compile it for
//! the target's baseline CPU (`artifact`). Each failure says what was expected, what
//! was found and what to do.

#[path = "build/artifact.rs"]
mod artifact;
#[path = "build/contract.rs"]
mod contract;
#[path = "build/direct_calls.rs"]
mod direct_calls;
#[path = "build/rewrite.rs"]
mod rewrite;
#[path = "src/engine/settings.rs"]
mod settings;
#[path = "build/source.rs"]
mod source;
#[path = "build/warm.rs"]
mod warm;

use std::fs;
use std::process::exit;
use warm::Warm;

type Result<T> = std::result::Result<T, String>;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=src/engine/settings.rs");
    if let Err(message) = build() {
        // A panic would hide the message below a hint about backtraces.
        eprintln!("\nerror: {message}\n");
        exit(1);
    }
}

fn build() -> Result<()> {
    let module = source::load()?;
    contract::check(&module)?;
    // Another module may do anything when it starts, so it is not started here, which
    // the replacements need.
    let warm = if source::is_published() {
        let module = rewrite::with_replacements(module)?;
        warm::up(&direct_calls::with_direct_calls(module)?)?
    } else {
        Warm { module, far_bytes: Vec::new() }
    };
    artifact::write(&warm)?;
    wasmtime_version()
}

/// Reads Wasmtime's version from the lock file, since Wasmtime does not tell it at run time.
fn wasmtime_version() -> Result<()> {
    const LOCK: &str = "../Cargo.lock";
    println!("cargo:rerun-if-changed={LOCK}");
    let lock =
        fs::read_to_string(LOCK).map_err(|error| format!("{LOCK} can't be read: {error}."))?;
    let version = lock
        .split("[[package]]")
        .find(|package| package.contains("\nname = \"wasmtime\"\n"))
        .and_then(|package| package.split("version = \"").nth(1)?.split('"').next())
        .ok_or_else(|| format!("{LOCK} has no entry for wasmtime."))?;
    println!("cargo:rustc-env=WASMTIME_VERSION={version}");
    Ok(())
}
