//! Tells whether two paths lead to one file.

use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{self as guest, Preopens};

pub(crate) struct SameFile {
    preopens: Arc<Preopens>,
    first: String,
    second: String,
}

impl Job for SameFile {
    type Output = bool;

    fn run(&mut self) -> guest::Result<bool> {
        Ok(guest::same_file(&self.preopens, &self.first, &self.second))
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, is_same: bool) -> Result<()> {
        outcome.set("value", is_same)
    }
}

/// Tells whether two paths lead to one file. `saveAs` then saves it as `save` does. A path that
/// can't be opened leads to none. The outcome is `{ value }` with a boolean, or `{ failure }`.
#[napi]
pub(crate) fn same_file(
    env: &Env,
    session: &External<Session>,
    first: String,
    second: String,
) -> Result<Ticket> {
    submit(env, SameFile { preopens: session.preopens(), first, second })
}
