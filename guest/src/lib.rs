//! TagLib in a sandbox.
//!
//! TagLib's WebAssembly module, compiled ahead of time and run in Wasmtime:
//! every file is parsed in a fresh store that sees one read-only descriptor,
//! with a deadline and a memory limit. No JavaScript here; the addon in the
//! repository's root makes a Node-API binding of it.
//!
//! The way of a call: [`Preopens`] turns a path into one open regular file
//! (`preopens`), the file becomes the only one that a new instance can see
//! (`wasi`, `sandbox`, on the shared `engine`), TagLib parses it, and its
//! answer is decoded within limits into [`Metadata`] (`tags`). [`read_metadata`] is
//! the whole of it; [`apply()`] reads, changes and writes in the same way.

mod abridged;
mod apply;
mod buffers;
mod disk;
mod engine;
mod errno;
mod error;
#[cfg(feature = "internals")]
pub mod internals;
mod preopens;
mod read;
mod sandbox;
mod save;
mod tags;
mod wasi;

pub use apply::apply;
pub use buffers::Buffer;
pub use disk::Faults;
pub use engine::libuv_threads;
pub use errno::Errno;
pub use error::{Error, ErrorKind, Limit, Result};
pub use preopens::{Entry, EntryKind, Listing, PreopenOptions, Preopens};
pub use read::{ReadOptions, Source, read_metadata, taglib_version};
pub use sandbox::{Cancellation, Limits};
pub use save::{SaveOptions, save};
pub use tags::{
    AudioProperties, BroadcastExtension, Chapter, Edit, Field, Id3v2Frames, Lyrics, Metadata, Picture,
    PictureEdit, Rating, Tags,
};

/// The version of Wasmtime that runs the guest, as pinned in `Cargo.toml`.
pub const WASMTIME_VERSION: &str = env!("WASMTIME_VERSION");
