//! Fuzzes the sandbox with whole files, mutated by their structure.

#![no_main]

#[path = "../src/calls.rs"]
mod calls;
#[path = "../src/library.rs"]
mod library;
#[path = "../src/mutate.rs"]
mod mutate;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|bytes: &[u8]| calls::all(mutate::name_of(bytes), bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Sometimes uses the fuzzer's own mutations, since the fuzzer knows what has been covered.
    if seed % 4 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mutated = mutate::mutated(&data[..size], u64::from(seed));
    let length = mutated.len().min(max_size);
    data[..length].copy_from_slice(&mutated[..length]);
    length
});
