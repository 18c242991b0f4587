//! Tests that a call fails with an error of this crate if address space is short, and that the
//! process continues. The tests run in processes of their own, which limit themselves.

#![cfg(target_os = "linux")]

use crate::support::{fixtures, preopen, scratch};
use std::env;
use std::fs;
use std::path::Path;
use std::process::{self, Command};
use std::sync::Arc;
use taglib_wasi_guest::{
    Cancellation, Edit, Error, ErrorKind, Limit, Limits, OnLoss, Preopens, ReadOptions,
    SaveOptions, Source, apply, read_metadata, save,
};

/// Tells a process that it is the limited one, and how many MiB it may allocate in addition.
const MIB_LEFT: &str = "TAGLIB_WASI_MIB_LEFT";

/// The folder of the files.
const FOLDER: &str = "TAGLIB_WASI_FOLDER";

/// The limits, from one that is too low for all files to one that suffices for most.
const ALL_LEFT: [u64; 6] = [2, 4, 8, 16, 32, 64];

#[test]
fn a_call_that_gets_no_memory_fails_and_the_process_goes_on() {
    if let (Ok(left), Ok(folder)) = (env::var(MIB_LEFT), env::var(FOLDER)) {
        return call_with(left.parse().unwrap(), Path::new(&folder));
    }
    let folder = scratch("short-address-space");
    fs::copy(fixtures().join("id3v24.mp3"), folder.join("ordinary.mp3")).unwrap();
    make_bombs(&folder);
    let mut outcomes = String::new();
    for left in ALL_LEFT {
        let name = "short_address_space::a_call_that_gets_no_memory_fails_and_the_process_goes_on";
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", name, "--nocapture", "--test-threads=1"]);
        child.env(MIB_LEFT, left.to_string()).env(FOLDER, &folder);
        // Otherwise glibc reserves address space for each thread in advance.
        let output = child.env("MALLOC_ARENA_MAX", "1").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{left} MiB: {:?} {errors}", output.status);
        outcomes += &String::from_utf8_lossy(&output.stdout);
    }
    // Some calls reach the limit, and others do not.
    assert!(outcomes.contains("limited") && outcomes.contains("answered"), "{outcomes}");
}

fn call_with(mib_left: u64, folder: &Path) {
    let preopens = preopen(folder);
    // Loads what all calls share, which takes gigabytes of address space.
    read(&preopens, "ordinary.mp3").unwrap();
    limit_address_space(mib_left << 20);
    for name in BOMBS {
        let outcomes =
            [read(&preopens, name), apply_title(&preopens, name), title(&preopens, name)];
        for outcome in outcomes {
            println!("{name}: {}", described(outcome));
        }
    }
    read(&preopens, "ordinary.mp3").unwrap();
}

fn described(outcome: Result<(), Error>) -> &'static str {
    match outcome.map_err(|error| error.kind()) {
        Ok(()) => "answered",
        Err(ErrorKind::ResourceLimit(Limit::Memory) | ErrorKind::Memory) => "limited",
        // The guest, or the disk, has reported the lack of memory as another error.
        Err(ErrorKind::FileOperation { .. } | ErrorKind::InvalidFormat) => "failed",
        Err(kind) => panic!("{kind:?}"),
    }
}

const BOMBS: [&str; 4] = ["texts.flac", "gains.flac", "values.flac", "invalid.flac"];

/// Creates files whose tags have several megabytes.
fn make_bombs(folder: &Path) {
    let number = |number: usize| (number as u32).to_le_bytes();
    let flac = |comments: Vec<Vec<u8>>| {
        let mut block = [&number(6)[..], b"vendor", &number(comments.len())].concat();
        for comment in comments {
            block.extend(number(comment.len()));
            block.extend(comment);
        }
        let mut file = b"fLaC\0\0\0\x22".to_vec();
        file.resize(42, 0);
        file[18..21].copy_from_slice(&[0x0A, 0xC4, 0x42]);
        file.push(0x84);
        file.extend(&(block.len() as u32).to_be_bytes()[1..]);
        file.extend(block);
        file
    };
    let long = |text: &str| text.repeat(900_000 / text.len());
    let texts = (0..8).map(|index| format!("T{index}={}", long("\u{1}é")).into_bytes());
    let gains = (0..8).map(|_| format!("REPLAYGAIN_TRACK_GAIN={}", long("x")).into_bytes());
    let values = (0..5000).map(|index| format!("F{}={index}", index % 100).into_bytes());
    let invalid = (0..8).map(|index| [format!("I{index}=").as_bytes(), &[0xFF; 900_000]].concat());
    let contents = [
        flac(texts.collect()),
        flac(gains.collect()),
        flac(values.collect()),
        flac(invalid.collect()),
    ];
    for (name, bytes) in BOMBS.iter().zip(contents) {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// Lets this process allocate at most `left` more bytes.
fn limit_address_space(left: u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap();
    let size: u64 = size.trim().trim_end_matches(" kB").parse().unwrap();
    let limit = format!("--as={}", size * 1024 + left);
    let status =
        Command::new("prlimit").args(["--pid", &process::id().to_string(), &limit]).status();
    assert!(status.unwrap().success());
}

fn source(preopens: &Arc<Preopens>, name: &str) -> Source {
    Source::Path { preopens: Arc::clone(preopens), path: format!("/music/{name}") }
}

fn read(preopens: &Arc<Preopens>, name: &str) -> Result<(), Error> {
    let source = source(preopens, name);
    let cancellation = Cancellation::default();
    read_metadata(&source, ReadOptions::default(), Limits::default(), &cancellation).map(drop)
}

fn new_title() -> Edit {
    Edit { fields: vec![("title".to_owned(), vec!["new".to_owned()])], ..Edit::default() }
}

fn apply_title(preopens: &Arc<Preopens>, name: &str) -> Result<(), Error> {
    let source = source(preopens, name);
    let cancellation = Cancellation::default();
    apply(&source, new_title(), OnLoss::Refuse, Limits::default(), &cancellation).map(drop)
}

fn title(preopens: &Arc<Preopens>, name: &str) -> Result<(), Error> {
    let (options, cancellation) = (SaveOptions::default(), Cancellation::default());
    let path = format!("/music/{name}");
    save(preopens, &path, &new_title(), &options, Limits::default(), &cancellation).map(drop)
}
