//! Files for the tests of this folder.

use std::fs::{self, File};
use std::{env, process, thread};

/// A file with this content, open for reading and writing and gone from its folder.
pub(super) fn file(content: &[u8]) -> File {
    let name = format!("taglib-wasi-{}-{:?}", process::id(), thread::current().id());
    let path = env::temp_dir().join(name);
    fs::write(&path, content).unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    file
}
