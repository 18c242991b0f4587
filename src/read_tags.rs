//! `readTags`: the arguments, owned, and the way to the guest.

use crate::convert;
use crate::session::Session;
use crate::task::{Job, Task};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{self as guest, Cancellation, Limits, ReadOptions, Source, Tags};

pub struct ReadTags {
    source: Source,
    options: ReadOptions,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for ReadTags {
    type Output = Tags;

    fn run(&mut self) -> guest::Result<Tags> {
        guest::read_tags(&self.source, self.options, self.limits, &self.cancellation)
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, tags: Tags) -> Result<()> {
        outcome.set("value", convert::tags(env, tags)?)
    }
}

/// Resolves to `{ value: ExtendedTag }` or `{ failure }`.
///
/// `file` is an absolute path or the content of a file, which is copied: the
/// caller may change it while the call runs.
#[napi(ts_return_type = "Promise<Outcome<object>>")]
pub fn read_tags(
    session: &External<Session>,
    file: Either<String, Uint8Array>,
    pictures: bool,
    cancellation: Option<&External<Cancellation>>,
) -> AsyncTask<Task<ReadTags>> {
    let source = match file {
        Either::A(path) => Source::Path { preopens: Arc::clone(&session.preopens), path },
        Either::B(bytes) => Source::Bytes(bytes.to_vec()),
    };
    AsyncTask::new(Task(ReadTags {
        source,
        options: ReadOptions { pictures },
        limits: session.limits,
        cancellation: cancellation.map(|shared| Cancellation::clone(shared)).unwrap_or_default(),
    }))
}

/// A switch that stops the calls it is given to.
#[napi(ts_return_type = "ExternalObject<Cancellation>")]
pub fn create_cancellation() -> External<Cancellation> {
    External::new(Cancellation::default())
}

/// Stops them: those that wait at once, those that run within a few ticks.
#[napi]
pub fn cancel(cancellation: &External<Cancellation>) {
    cancellation.cancel();
}
