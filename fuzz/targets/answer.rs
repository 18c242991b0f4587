//! Fuzzes the decoder of the guest's answers with arbitrary bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| taglib_wasi_guest::internals::decode(bytes));
