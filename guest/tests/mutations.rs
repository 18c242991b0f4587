//! A small part of the fuzzing in `fuzz/`, which runs with every test: mutations of the
//! fixtures, and the files that once made a fuzz target fail.

use crate::{calls, mutate};
use std::fs;
use std::path::{Path, PathBuf};

/// How many mutations of each fixture are tried.
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
fn files_that_once_made_a_fuzz_target_fail_still_end_well() {
    let seeds = beside("../fuzz/regressions");
    for entry in fs::read_dir(seeds).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        calls::all(mutate::name_of(&bytes), &bytes);
    }
}

/// Returns a path relative to the folder of the crate.
fn beside(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
