//! TagLib in a sandbox.
//!
//! Runs TagLib's WebAssembly module, which is compiled ahead of time, in Wasmtime. Each file is
//! parsed in a fresh store that sees one file descriptor, with a deadline and a memory limit.
//! This crate knows nothing about JavaScript; the addon in the root of the repository is its
//! Node-API binding.
//!
//! A read passes through these modules: [`Preopens`] turns a path into one open regular file
//! (`preopens`, `file`); `pictures` hides from the guest what the host can read itself, and
//! `large_file` what does not fit into 32-bit offsets; the file becomes the only one that a new instance can see (`sandbox`, on the shared `engine`); TagLib
//! parses it; and its answer is decoded within limits into [`Metadata`] (`tags`).
//! [`read_metadata`] does all of that.
//!
//! [`apply()`] returns changed bytes. [`save()`] changes the file on disk, [`save_as()`] and
//! [`write_content()`] write another file, and [`read_content()`] returns the bytes of a file.
//! [`read_native`] lists what a file consists of, without TagLib (`native`).
//! [`detect_encoding`] and [`decode_text`] read texts that are not the Latin-1 they are stored as.
//! [`read_audio_hash`] tells whether two files have the same audio (`audio_data`).
//! `stored` reads what the guest returns only in part. `preserve` makes sure that nothing else
//! changes, with `restore` and `inventory`. All of these modules use `limits` and `source`.

mod apply;
mod audio_data;
mod audio_hash;
mod buffers;
mod containers;
mod content;
mod corrections;
mod engine;
mod errno;
mod error;
mod file;
mod freed_memory;
#[cfg(feature = "internals")]
pub mod internals;
mod inventory;
mod large_file;
mod legacy_encoding;
mod limits;
mod native;
mod pictures;
mod preopens;
mod preserve;
mod read;
mod restore;
mod sandbox;
mod save;
mod sha256;
mod source;
mod stored;
mod tags;

/// Saves with injected failures of file operations, for this crate's tests.
#[doc(hidden)]
pub mod fault_injection {
    pub use crate::file::Faults;
    pub use crate::save::{save_as_with_faults, save_with_faults, write_content_with_faults};
}

pub use apply::apply;
pub use audio_hash::{PartialAudioHash, read_audio_hash};
pub use buffers::Buffer;
pub use content::read_content;
pub use engine::libuv_threads;
pub use errno::Errno;
pub use error::{Error, ErrorKind, Limit, Loss, Result};
pub use file::PartialFile;
pub use freed_memory::freed_on_main_thread;
pub use legacy_encoding::{decode_text, detect_encoding, is_encoding};
pub use limits::{Budget, Cancellation, Interruption, Limits};
pub use native::{NativeElement, NativeValue, SyncedLine, SyncedTexts, read_native};
pub use preopens::{Entry, EntryKind, Listing, PreopenOptions, Preopens};
pub use preserve::OnLoss;
pub use read::{ReadOptions, read_metadata, read_metadata_within, taglib_version};
pub use restore::mp4_property_of;
pub use sandbox::run_then_send;
pub use save::{SaveAs, SaveOptions, same_file, save, save_as, write_content};
pub use source::Source;
pub use tags::{
    AudioProperties, BroadcastExtension, Chapter, Dimensions, Edit, Field, Id3Tags, Id3v2Frame,
    Id3v2Frames, ImageContent, Latin1Text, Lyrics, Metadata, Mp4ChapterStyle, Picture, PictureEdit,
    PictureMetadata, Rating, StoredTags, Tags,
};

/// The version of Wasmtime that runs the guest, as pinned in `Cargo.toml`.
pub const WASMTIME_VERSION: &str = env!("WASMTIME_VERSION");
