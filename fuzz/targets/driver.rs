//! Fuzzes the host's side of the ABI with a guest that lies (`hostile-guest.wat`). Must be built
//! with `TAGLIB_WASI_MODULE` set to that guest.

#![no_main]

#[path = "../src/calls.rs"]
mod calls;
#[path = "../src/library.rs"]
mod library;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| calls::all("x.mp3", bytes));
