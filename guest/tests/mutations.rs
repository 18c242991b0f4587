//! The fuzz targets' work in small, so that it runs with every test: fixtures
//! and corpora after mutations, and answers of any bytes. `fuzz/` has the rest.

#[path = "../../fuzz/src/calls.rs"]
mod calls;
#[path = "../../fuzz/src/library.rs"]
mod library;
#[path = "../../fuzz/src/mutate.rs"]
mod mutate;

use std::fs;
use std::path::{Path, PathBuf};

/// How often each fixture is mutated.
const ROUNDS: u64 = 20;

#[test]
fn mutated_files_end_in_an_answer_or_an_error() {
    for entry in fs::read_dir(beside("../__test__/fixtures/audio")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for seed in 0..ROUNDS {
            let mutated = mutate::mutated(&bytes, seed);
            calls::all(mutate::name_of(&mutated), &mutated);
        }
    }
}

#[test]
fn what_a_fuzzer_once_found_stays_mended() {
    let seeds = beside("../fuzz/regressions");
    for entry in fs::read_dir(seeds).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        calls::all(mutate::name_of(&bytes), &bytes);
    }
}

/// A folder, from the crate's.
fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
