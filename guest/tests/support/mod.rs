//! Files and folders for the tests of the whole crate.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use taglib_wasi_guest::{PreopenOptions, Preopens};

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../__test__/fixtures/audio").canonicalize().unwrap()
}

pub(crate) fn preopen(directory: &Path) -> Arc<Preopens> {
    let options = PreopenOptions {
        guest_path: "/music".to_owned(),
        host_path: directory.to_str().unwrap().to_owned(),
        read_only: false,
    };
    Arc::new(Preopens::open(&[options]).unwrap())
}

/// Creates an empty folder for one test, on the disk of the build.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}
