//! Finds the module.
//!
//! The default is the file in the npm package `taglib-wasm`, in `node_modules`. Its
//! hash must be the one in `module.sha256`. `TAGLIB_WASI_MODULE` names another file,
//! whose hash is not checked.

use crate::Result;
use sha2::{Digest, Sha256};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

const OVERRIDE: &str = "TAGLIB_WASI_MODULE";
const PUBLISHED: &str = "../node_modules/taglib-wasm/dist/taglib-wasi.wasm";
const PINNED_HASH: &str = "module.sha256";

pub(crate) fn load() -> Result<Vec<u8>> {
    println!("cargo:rerun-if-env-changed={OVERRIDE}");
    match overriding() {
        Some(path) => load_override(Path::new(&path)),
        None => load_published(),
    }
}

/// Returns whether the module is the published one.
pub(crate) fn is_published() -> bool {
    overriding().is_none()
}

fn overriding() -> Option<OsString> {
    env::var_os(OVERRIDE).filter(|path| !path.is_empty())
}

fn load_override(path: &Path) -> Result<Vec<u8>> {
    // A relative path refers to the folder in which Cargo was called, which a build
    // script can't see. A guess could silently build the wrong module.
    if path.is_relative() {
        return Err(format!(
            "{OVERRIDE} is {}, a relative path. Give it as an absolute path.",
            path.display()
        ));
    }
    println!("cargo:rerun-if-changed={}", path.display());
    let module = fs::read(path).map_err(|error| {
        format!("{OVERRIDE} names {}, which can't be read: {error}.", path.display())
    })?;
    // The text format is accepted, as Wasmtime accepts it.
    match wat::parse_bytes(&module) {
        Ok(module) => Ok(module.into_owned()),
        Err(error) => Err(format!("{OVERRIDE} names {}: {error}.", path.display())),
    }
}

fn load_published() -> Result<Vec<u8>> {
    let manifest_dir = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let path = manifest_dir.join(PUBLISHED);
    let pin_path = manifest_dir.join(PINNED_HASH);
    println!("cargo:rerun-if-changed={}", path.display());
    println!("cargo:rerun-if-changed={}", pin_path.display());

    let module = fs::read(&path).map_err(|error| {
        format!(
            "TagLib's module is not at {}: {error}.\n\
             Run `npm ci` in the repository's root, or set {OVERRIDE} to a module of your own.",
            path.display()
        )
    })?;
    let pin = fs::read_to_string(&pin_path)
        .map_err(|error| format!("{} can't be read: {error}.", pin_path.display()))?;
    check_hash(&module, &pin, &path)?;
    Ok(module)
}

fn check_hash(module: &[u8], pin: &str, path: &Path) -> Result<()> {
    let expected = pin.split_whitespace().next().unwrap_or_default();
    let found = format!("{:x}", Sha256::digest(module));
    if found == expected {
        return Ok(());
    }
    Err(format!(
        "{} is not the pinned module.\n\
         expected SHA-256 {expected}\n\
         found    SHA-256 {found}\n\
         Run `npm ci` to restore the published file. To build with this one on purpose, \
         name it in {OVERRIDE}; to move the pin, see guest/README.md.",
        path.display()
    ))
}
