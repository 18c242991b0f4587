//! Files and budgets for tests.

use crate::limits::{Budget, Cancellation, Limits};
use std::fs::{self, File};
use std::{env, process, thread};

/// Opens a file that has this content and no longer has a name.
pub(crate) fn file(content: &[u8]) -> File {
    let name = format!("taglib-wasi-test-{}-{:?}", process::id(), thread::current().id());
    let path = env::temp_dir().join(name);
    fs::write(&path, content).unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    file
}

/// Returns a budget with the default limits.
pub(crate) fn budget() -> Budget {
    Budget::start(Limits::default(), &Cancellation::default())
}
