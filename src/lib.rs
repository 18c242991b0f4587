//! The Node-API addon.
//!
//! Connects JavaScript to the `guest` crate; nothing here knows about audio.
//! The exported calls are in `read`, `apply`, `save`, `save_as`, `content` (bytes of
//! whole files), `listing` and `session` (the preopens and limits); `blocking` has the
//! forms of them that block the calling thread. `task` runs a call on another thread,
//! `environments` counts the JavaScript environments that share those threads,
//! `edit` converts the argument of `apply` and `save`, `shapes` writes results
//! as JSON, `response` passes them on, and `failure` describes errors.
//! Arguments are checked in JavaScript before they arrive here.

// napi-rs registers no exports in a test build, so nothing calls them there.
#![cfg_attr(test, allow(dead_code))]

mod apply;
mod blocking;
mod content;
mod edit;
mod environments;
mod failure;
mod listing;
mod loss;
mod pieces;
mod read;
mod response;
mod same_file;
mod save;
mod save_as;
mod session;
mod shapes;
mod task;
