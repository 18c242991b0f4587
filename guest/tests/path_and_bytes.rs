//! Tests that a file reads the same by path, with and without hiding its pictures from the guest,
//! and as bytes.

use crate::library::Library;
use crate::{compare, generate, mutate};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

/// The number of files, each generated from its own seed. `COMPARE_FILES` sets another
/// number. `fuzz/targets/pictures.rs` searches for longer.
const FILES: u64 = 8000;

/// The first seed. `COMPARE_FROM` sets another one.
const FROM: u64 = 1;

#[test]
fn every_generated_file_reads_the_same_by_path_and_as_bytes() {
    let library = Library::new("path-and-bytes");
    let files = number("COMPARE_FILES").unwrap_or(FILES);
    let from = number("COMPARE_FROM").unwrap_or(FROM);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in from..from + files {
        let (name, bytes) = generate::file(seed);
        compare::assert_same(&library, name, &bytes, &format!("{name} of seed {seed}"));
        *counts.entry(name).or_default() += 1;
    }
    println!("{counts:?}");
    assert_eq!(counts.len(), 7, "a kind of file was never made: {counts:?}");
}

#[test]
fn what_the_comparison_once_found_stays_mended() {
    let library = Library::new("compared-again");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/regressions");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let bytes = fs::read(&file).unwrap();
        let about = file.display().to_string();
        compare::assert_same(&library, mutate::name_of(&bytes), &bytes, &about);
    }
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}
