//! The Node-API addon.
//!
//! Only what JavaScript needs to reach the `guest` crate, and nothing that
//! knows about audio: `session` holds the preopens, `task` carries one call to
//! another thread and back, `environments` counts who shares those threads,
//! `shapes` writes the JavaScript objects as JSON, `answer` hands that over, `failure` describes what went
//! wrong; the others are the calls. What the exports take is checked by
//! `index.js` before it comes here.

// napi-rs registers no exports in a test build, so there nothing calls them.
#![cfg_attr(test, allow(dead_code))]

mod answer;
mod environments;
mod failure;
mod listing;
mod pieces;
mod read;
mod save;
mod session;
mod shapes;
mod task;
mod write;
