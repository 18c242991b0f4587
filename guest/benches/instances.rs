//! Measures the cost of a fresh sandbox for each file against that of one sandbox for all.
//!
//!     cargo bench -p taglib-wasi-guest --features internals -- FOLDER [ROUNDS]
//!
//! Reads the files in FOLDER and in its subfolders, alternating between both, and prints the
//! medians in microseconds per file, and their ratio.

use std::env;
use std::fs;
use std::path::Path;
use std::time::Instant;
use taglib_wasi_guest::internals::Reader;
use taglib_wasi_guest::{PreopenOptions, Preopens};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let folder = arguments.first().expect("a folder with audio files, as an absolute path");
    let rounds = arguments.get(1).map_or(21, |rounds| rounds.parse().expect("a number of rounds"));
    let options = PreopenOptions {
        guest_path: "/music".to_owned(),
        host_path: folder.clone(),
        read_only: true,
    };
    let preopens = Preopens::open(&[options]).expect("a folder that can be opened");
    let mut files = Vec::new();
    list(Path::new(folder), &mut files);
    // Files that are not audio are left out. The others are read once to warm up.
    files.retain(|file| Reader::new(false).read(&preopens, file).is_ok());

    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (keeps, times) in [false, true].into_iter().zip(&mut times) {
            let mut reader = Reader::new(keeps);
            let started = Instant::now();
            for file in &files {
                reader.read(&preopens, file).expect("it could be read before");
            }
            times.push(started.elapsed().as_secs_f64() * 1e6 / files.len() as f64);
        }
    }
    let [fresh, used_again] = times.map(median);
    println!("{} files, medians of {rounds} rounds, microseconds a file", files.len());
    println!("a fresh sandbox each  {fresh:.1}");
    println!("one used again        {used_again:.1}");
    println!("ratio                 {:.2}", fresh / used_again);
}

fn list(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder that can be listed") {
        let path = entry.expect("an entry that can be read").path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.extend(path.to_str().map(str::to_owned));
        }
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
