//! Tests the host's side of the ABI with a guest that returns false numbers.
//!
//!     TAGLIB_WASI_MODULE=$PWD/fuzz/hostile-guest.wat \
//!         cargo test --release -p taglib-wasi-guest --test guest hostile_guest -- --ignored

use crate::calls;

use crate::library::Library;
use std::fs;
use std::sync::Arc;
use taglib_wasi_guest::{Cancellation, Field, Limits, ReadOptions, Source, read_metadata};

/// Numbers that a check of bounds could miss: addresses, lengths, pages.
const NUMBERS: [u32; 18] = [
    0,
    1,
    3,
    4,
    5,
    8,
    28,
    1016,
    4096,
    4096 + 512,
    65_535,
    65_536,
    262_140,
    262_143,
    262_144,
    0x7FFF_FFFF,
    0x8000_0000,
    u32::MAX,
];

const WORDS: usize = 17 + 5 * 15;

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn whatever_the_guest_says_the_host_goes_on() {
    assert!(option_env!("TAGLIB_WASI_MODULE").is_some_and(|it| it.ends_with("hostile-guest.wat")));
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % below
    };
    for _ in 0..3_000 {
        let mut bytes: Vec<u8> = Vec::new();
        for word in 0..WORDS {
            let number = match (word, next(4)) {
                // Mostly valid memory; false numbers follow later.
                (0..8, 1..) => 16_384 + 4_096 * u32::try_from(next(8)).unwrap(),
                (8, 1..) => 4096 + 512,
                (12, 1..) => 0,
                _ => NUMBERS[next(NUMBERS.len())],
            };
            bytes.extend(number.to_le_bytes());
        }
        bytes.resize(512, 0);
        // The answer begins with a map.
        bytes.push(0x80 | u8::try_from(next(16)).unwrap());
        bytes.extend((0..next(600)).map(|_| u8::try_from(next(256)).unwrap()));
        calls::all("x.mp3", &bytes);
    }
}

/// The calls that the guest makes, by their numbers in `hostile-guest.wat`.
const FD_READ: u32 = 0;
const FD_WRITE: u32 = 1;
const FD_SEEK: u32 = 2;
const RANDOM_GET: u32 = 10;
const PATH_OPEN: u32 = 11;
const MEMORY_GROW: u32 = 12;

/// The file that the guest has opened, and its standard output.
const FILE: u32 = 4;
const OUTPUT: u32 = 1;

/// Addresses in the guest's memory, of 256 KiB: the start of the file, a list of
/// vectors and the answer within it, memory for `malloc`, and free memory.
const START: u32 = 4096;
const VECTORS: u32 = START + 1024;
const ANSWER: u32 = START + 40_000;
const ALLOCATED: u32 = 230_000;
const FREE: u32 = 180_000;

/// The number in the answer, which calls write to.
const RESULT: u32 = ANSWER + 8;

/// The number in the answer if no call writes to it.
const UNCHANGED: u32 = 0x0101_0101;

/// Creates a file of 3 MiB: the guest makes `calls` on `vectors`, and answers with the number at
/// `RESULT` as the title.
fn file_of(calls: &[[u32; 5]], vectors: &[(u32, u32)]) -> Vec<u8> {
    let mut words: Vec<u32> = (0..8).map(|index| ALLOCATED + 512 * index).collect();
    words.extend([ANSWER, 12, 0, 0, 0, 0, 0, 0, calls.len() as u32]);
    words.extend(calls.iter().flatten());
    let mut file: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    file.resize((VECTORS - START) as usize, 0);
    for (pointer, length) in vectors {
        file.extend(pointer.to_le_bytes());
        file.extend(length.to_le_bytes());
    }
    file.resize((ANSWER - START) as usize, 0);
    file.extend(b"\x81\xa5title\xce");
    file.extend(UNCHANGED.to_be_bytes());
    file.resize(3 << 20, 7);
    file
}

/// Runs the calls, and returns the number at `RESULT`.
fn result_of(calls: &[[u32; 5]], vectors: &[(u32, u32)]) -> u32 {
    let library = Library::new("bounded-calls");
    fs::write(library.file("x.mp3"), file_of(calls, vectors)).unwrap();
    let path =
        Source::Path { preopens: Arc::clone(&library.preopens), path: library.path("x.mp3") };
    let metadata =
        read_metadata(&path, ReadOptions::default(), Limits::default(), &Cancellation::default());
    // An answer with nothing but the title zero says nothing about a file.
    let Ok(metadata) = metadata else { return 0 };
    let [(_, Field::Texts(texts))] = &metadata.tags.fields[..] else { panic!("{metadata:?}") };
    // Calls write the number with the lowest byte first, MessagePack has the highest first.
    texts[0].parse::<u32>().unwrap().swap_bytes()
}

/// What one call may move, in bytes, and how many vectors it may use.
const MOST_BYTES: u32 = 1 << 20;
const MOST_VECTORS: usize = 1024;

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn one_read_or_write_moves_a_mebibyte_at_most() {
    let vectors = [(FREE, 4096); MOST_VECTORS];
    for (call, fd) in [(FD_READ, FILE), (FD_WRITE, OUTPUT)] {
        for count in [MOST_VECTORS as u32, u32::MAX] {
            assert_eq!(result_of(&[[call, fd, VECTORS, count, RESULT]], &vectors), MOST_BYTES);
        }
        // One vector that is longer than that, in a memory of more than 4 MiB.
        let calls = [[MEMORY_GROW, 64, 0, 0, 0], [call, fd, VECTORS, 1, RESULT]];
        assert_eq!(result_of(&calls, &[(262_144, 4 << 20)]), MOST_BYTES);
    }
}

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn one_read_or_write_looks_at_1024_vectors_at_most() {
    let mut vectors = vec![(FREE, 0); MOST_VECTORS - 1];
    vectors.extend([(FREE, 5), (FREE, 70)]);
    for (call, fd) in [(FD_READ, FILE), (FD_WRITE, OUTPUT)] {
        assert_eq!(result_of(&[[call, fd, VECTORS, u32::MAX, RESULT]], &vectors), 5);
    }
}

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn vectors_and_names_outside_of_memory_move_nothing() {
    for vector in [(FREE, u32::MAX), (u32::MAX, 1), (262_140, 8), (262_144, 1)] {
        for (call, fd) in [(FD_READ, FILE), (FD_WRITE, OUTPUT)] {
            let result = result_of(&[[call, fd, VECTORS, 1, RESULT]], &[vector]);
            assert_eq!(result, UNCHANGED.swap_bytes(), "{vector:?}");
        }
    }
    for (name, length) in [(1016, u32::MAX), (u32::MAX, 5), (FREE, 80_000), (1016, 4)] {
        let result = result_of(&[[PATH_OPEN, 3, name, length, RESULT]], &[]);
        assert_eq!(result, UNCHANGED.swap_bytes(), "{length} bytes at {name}");
    }
}

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn a_read_behind_the_end_gives_nothing_however_far_a_seek_went() {
    // The guest shifts the third number by 33 bits, and its lowest two bits say what the seek is
    // relative to: the start of the file, the current position, or the end.
    for upper in [0x3FFF_FFFC, 0x1FFF_FFFD, 0x0000_0100, 0x0000_0102] {
        let seek = [FD_SEEK, FILE, 1, upper, FREE];
        let read = [FD_READ, FILE, VECTORS, 1, RESULT];
        assert_eq!(result_of(&[seek, read, read], &[(FREE, 100)]), 0, "{upper:x}");
    }
}

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn one_call_for_random_bytes_gives_64_kib_at_most() {
    let random = |length| result_of(&[[RANDOM_GET, RESULT, length, 0, 0]], &[]);
    let given = [random(4), random(4)];
    assert!(given.iter().any(|number| *number != UNCHANGED.swap_bytes()));
    assert_ne!(given[0], given[1]);
    for length in [(64 << 10) + 1, 200_000, u32::MAX] {
        assert_eq!(random(length), UNCHANGED.swap_bytes(), "{length}");
    }
}
