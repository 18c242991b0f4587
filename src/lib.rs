//! The Node-API addon.
//!
//! Connects JavaScript to the `guest` crate, and knows nothing about audio. The exported calls
//! are in `read`, `audio_hash`, `apply`, `save`, `save_as`, `same_file`, `content` (the bytes of
//! whole files), `legacy_encoding`, `partial_file`, `large_content` (bytes that are passed in pieces), `listing` and `session` (the
//! preopens and limits). `blocking` has the variants that block the calling thread. `task` queues calls for other threads, and `environments` counts the
//! JavaScript environments that share those threads. `edit` converts the argument of `apply` and
//! `save`, `shapes` writes results as JSON, which `pieces` cuts, `response` passes them on,
//! `loss` describes losses, `failure` describes errors, and `heap` makes the C library keep the
//! memory of pictures for the next ones. JavaScript checks the arguments before it passes them
//! to this addon.

// In a test build napi-rs registers no exports, so nothing calls them.
#![cfg_attr(test, allow(dead_code))]

mod apply;
mod audio_hash;
mod blocking;
mod content;
mod edit;
mod environments;
mod failure;
mod heap;
mod large_content;
mod legacy_encoding;
mod listing;
mod loss;
mod partial_file;
mod pieces;
mod read;
mod response;
mod same_file;
mod save;
mod save_as;
mod session;
mod shapes;
mod task;
