//! Hashes the audio of a file.

use crate::read::{FileSource, cancellation_or_default, source};
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest::{self as guest, Cancellation, Limits, Source};

pub(crate) struct AudioHash {
    source: Source,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for AudioHash {
    type Output = Option<String>;

    fn run(&mut self) -> guest::Result<Option<String>> {
        guest::read_audio_hash(&self.source, self.limits, &self.cancellation)
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, hash: Option<String>) -> Result<()> {
        match hash {
            Some(hash) => outcome.set("value", hash),
            None => outcome.set("value", ()),
        }
    }
}

/// Hashes the audio of a file. The outcome is `{ value }` with the SHA-256 hash in hexadecimal, or
/// with undefined if there is none, or `{ failure }`.
#[napi]
pub(crate) fn read_audio_hash(
    env: &Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "FileSource")] file: FileSource,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Ticket> {
    let cancellation = cancellation_or_default(cancellation);
    let source = source(session, file)?;
    submit(env, AudioHash { source, limits: session.limits, cancellation })
}
