//! A file reads the same by path, with its pictures hidden from the guest and
//! without, and as bytes.

#[path = "../../fuzz/src/compare.rs"]
mod compare;
#[path = "../../fuzz/src/generate.rs"]
mod generate;
#[path = "../../fuzz/src/library.rs"]
mod library;
#[path = "../../fuzz/src/mutate.rs"]
#[allow(dead_code, reason = "shared with tests that use all of it")]
mod mutate;

use library::Library;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long the comparison goes on; `COMPARE_SECONDS` asks for more. Longer runs
/// are `fuzz/targets/pictures.rs`.
const TIME: Duration = Duration::from_secs(20);

/// The first seed; `COMPARE_FROM` asks for another.
const FROM: u64 = 1;

#[test]
fn every_generated_file_reads_the_same_by_path_and_as_bytes() {
    let library = Library::new("path-and-bytes");
    let time = number("COMPARE_SECONDS").map_or(TIME, Duration::from_secs);
    let from = number("COMPARE_FROM").unwrap_or(FROM);
    let started = Instant::now();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in from.. {
        if started.elapsed() > time {
            break;
        }
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
