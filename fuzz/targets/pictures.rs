//! Reads files by path with and without hidden pictures and as bytes: the answers must be equal.
//! The mutator generates whole files by the rules of their formats, and mutates those that the
//! fuzzer has found.

#![no_main]

#[path = "../src/compare.rs"]
mod compare;
#[path = "../src/generate.rs"]
mod generate;
#[path = "../src/library.rs"]
mod library;
#[path = "../src/mutate.rs"]
mod mutate;

use library::Library;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::cell::RefCell;

thread_local! {
    static LIBRARY: RefCell<Library> = RefCell::new(Library::new("pictures"));
}

fuzz_target!(|bytes: &[u8]| {
    let name = mutate::name_of(bytes);
    LIBRARY.with_borrow(|library| compare::assert_same(library, name, bytes, name));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mutated = match seed % 4 {
        0 => return fuzzer_mutate(data, size, max_size),
        1 => generate::file(u64::from(seed)).1,
        _ => mutate::mutated(&data[..size], u64::from(seed)),
    };
    let length = mutated.len().min(max_size);
    data[..length].copy_from_slice(&mutated[..length]);
    length
});
