//! Ahead-of-time compilation.
//!
//! Cranelift needs about a second for the module, so it runs here and not on a user's
//! machine, and the addon contains no compiler. The target is named, because Cranelift
//! would otherwise use every feature of the build machine's CPU, and the code would die
//! with SIGILL on older ones.

use crate::warm::Warm;
use crate::{Result, settings};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use wasmtime::Engine;

const FILE_NAME: &str = "taglib.cwasm";
const FAR_BYTES: &str = "far_bytes.rs";

pub(crate) fn write(warm: &Warm) -> Result<()> {
    let target = env::var("TARGET").expect("cargo sets it");
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let artifact = compile(&warm.module, &target)
        .map_err(|error| format!("Wasmtime can't compile the module for {target}: {error:#}."))?;
    println!("cargo:rustc-env=ARTIFACT_CHECKSUM={}", crc32fast::hash(&artifact));
    write_file(&out_dir.join(FILE_NAME), &artifact)?;
    write_file(&out_dir.join(FAR_BYTES), format!("&{:?}", warm.far_bytes).as_bytes())
}

fn write_file(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content)
        .map_err(|error| format!("{} can't be written: {error}.", path.display()))
}

fn compile(module: &[u8], target: &str) -> wasmtime::Result<Vec<u8>> {
    let mut config = settings::compiled();
    config.target(target)?;
    Engine::new(&config)?.precompile_module(module)
}
