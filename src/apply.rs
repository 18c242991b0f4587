//! Changing tags in memory: the arguments, owned, and the changed bytes as the
//! result.

use crate::edit::EditRecord;
use crate::read::{cancellation_or_default, source};
use crate::session::Session;
use crate::task::{Job, Promise, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest::{self as guest, Cancellation, Edit, Limits, Source};

pub struct Apply {
    source: Source,
    edit: Edit,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for Apply {
    type Output = Vec<u8>;

    fn run(&mut self) -> guest::Result<Vec<u8>> {
        let edit = std::mem::take(&mut self.edit);
        guest::apply(&self.source, edit, self.limits, &self.cancellation)
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, bytes: Vec<u8>) -> Result<()> {
        // Copied: Electron forbids buffers outside V8's heap cage.
        outcome.set("value", Uint8ArraySlice::copy_from(env, &bytes)?)
    }
}

/// Applies an edit to the content of a file. Resolves to `{ value }` with the
/// changed bytes, or to `{ failure }`. A file given by its path is only read.
#[napi(ts_return_type = "Promise<Outcome<Uint8Array>>")]
pub fn apply<'env>(
    env: &'env Env,
    session: &External<Session>,
    file: Either<String, Uint8Array>,
    edit: EditRecord,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Promise<'env>> {
    submit(
        env,
        Apply {
            source: source(session, file),
            edit: edit.try_into()?,
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        },
    )
}
