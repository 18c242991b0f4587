//! Files of which the guest does not see the pictures read as if it did.

mod support;

#[path = "../../fuzz/src/mutate.rs"]
mod mutate;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use support::{fixtures, preopen, scratch};
use taglib_wasi_guest::{
    Cancellation, ErrorKind, Limits, Metadata, Preopens, ReadOptions, Source, read_metadata,
};

/// How often each file is mutated; `MUTATIONS` asks for more.
const ROUNDS: u64 = 12;

fn read(
    preopens: &Arc<Preopens>,
    name: &str,
    pictures: bool,
    hide_pictures: bool,
) -> Result<Metadata, ErrorKind> {
    let source = Source::Path { preopens: Arc::clone(preopens), path: format!("/music/{name}") };
    let limits = Limits { deadline: Duration::from_secs(60), ..Limits::default() };
    let options = ReadOptions { pictures, hide_pictures };
    read_metadata(&source, options, limits, &Cancellation::default()).map_err(|error| error.kind())
}

fn assert_same(preopens: &Arc<Preopens>, name: &str, about: &str) {
    for pictures in [true, false] {
        let [hidden, whole] = [true, false].map(|hide| read(preopens, name, pictures, hide));
        assert_eq!(hidden, whole, "{about}, pictures: {pictures}");
    }
}

/// The fixtures, and TagLib's own test files where they are there.
fn files() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let listed = [fixtures(), corpus].map(|folder| fs::read_dir(folder).into_iter().flatten());
    let mut files: Vec<_> = listed.into_iter().flatten().map(|it| it.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.is_file());
    files
}

#[test]
fn every_file_reads_the_same() {
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert_same(&preopen(file.parent().unwrap()), name, name);
    }
}

#[test]
fn every_damaged_file_reads_the_same() {
    let rounds = env::var("MUTATIONS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let folder = scratch("damaged-hidden");
    let preopens = preopen(&folder);
    for file in files() {
        let bytes = fs::read(&file).unwrap();
        for seed in 0..rounds {
            let mutated = mutate::mutated(&bytes, seed);
            let name = mutate::name_of(&mutated);
            fs::write(folder.join(name), &mutated).unwrap();
            assert_same(&preopens, name, &format!("{} as {name}, seed {seed}", file.display()));
        }
    }
}

/// TagLib passes over a page that lies across two pieces of its search, and
/// finds the one before it.
#[test]
fn the_last_page_of_a_stream_is_found_wherever_it_is() {
    const SIZES: std::ops::Range<usize> = 0..1_100;
    let folder = scratch("last-page");
    let preopens = preopen(&folder);
    for name in ["vorbis.ogg", "opus.opus"] {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        let mut lengths = Vec::new();
        for size in SIZES {
            fs::write(folder.join(name), [&bytes[..], &last_page(&bytes, size)].concat()).unwrap();
            assert_same(&preopens, name, &format!("{name} and a page of {size}"));
            lengths.push(
                read(&preopens, name, false, true).unwrap().audio.unwrap().duration_ms as u64,
            );
        }
        lengths.sort();
        lengths.dedup();
        assert_eq!(lengths.len(), 2, "{name}: the page is found, and not found");
    }
}

/// A page of this size that ends the stream after 1,000 seconds.
fn last_page(stream: &[u8], size: usize) -> Vec<u8> {
    const SAMPLES: u64 = 48_000_000;
    const FLAGS: u8 = 4;
    let serial = &stream[14..18];
    let mut segments = vec![255; size / 255];
    segments.push((size % 255) as u8);
    let table = [&[segments.len() as u8], &segments[..]].concat();
    let numbers = [&SAMPLES.to_le_bytes(), serial, &[0; 8]].concat();
    [b"OggS\0".as_slice(), &[FLAGS], &numbers, &table, &vec![7; size]].concat()
}
