//! The tests of the whole crate.
//!
//! They are one program, since each program links Wasmtime with link-time optimization,
//! which takes longer than its tests.

mod edit;
mod hidden_pictures;
mod hostile_guest;
mod mutations;
mod path_and_bytes;
mod read;
mod save;
mod save_as;
mod short_address_space;
mod support;

// Shared with the fuzz targets.
#[path = "../../fuzz/src/calls.rs"]
mod calls;
#[path = "../../fuzz/src/compare.rs"]
mod compare;
#[path = "../../fuzz/src/generate.rs"]
mod generate;
#[path = "../../fuzz/src/library.rs"]
mod library;
#[path = "../../fuzz/src/mutate.rs"]
mod mutate;
