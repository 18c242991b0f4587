//! The decoder of the guest's answers, on bytes of any kind.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| taglib_wasi_guest::internals::decode(bytes));
