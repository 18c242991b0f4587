//! Reading: the arguments, owned, and which part of the answer is wanted.
//!
//! One job serves every read function: the guest reads a file once and knows
//! all of it; the query says what of it becomes a JavaScript object.

use crate::convert;
use crate::session::Session;
use crate::task::{Job, Promise, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{self as guest, Cancellation, Limits, Metadata, ReadOptions, Source};

/// What of a file becomes the result.
#[napi(string_enum = "camelCase")]
#[derive(Clone, Copy)]
pub enum Query {
    /// `ExtendedTag`
    Tags,
    /// `AudioProperties`, or `undefined` where there is no audio stream.
    Properties,
    /// `FileType`
    Format,
    /// `FileMetadata`
    Metadata,
    /// `Picture[]`
    Pictures,
}

pub struct Read {
    source: Source,
    query: Query,
    options: ReadOptions,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for Read {
    type Output = (Query, Metadata);

    fn run(&mut self) -> guest::Result<Self::Output> {
        let metadata =
            guest::read_metadata(&self.source, self.options, self.limits, &self.cancellation)?;
        Ok((self.query, metadata))
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, (query, metadata): Self::Output) -> Result<()> {
        match query {
            Query::Tags => outcome.set("value", convert::tags(env, metadata.tags)?),
            Query::Properties => match metadata.audio {
                Some(audio) => outcome.set("value", convert::audio_properties(env, audio)?),
                None => outcome.set("value", ()),
            },
            Query::Format => outcome.set("value", metadata.file_type),
            Query::Metadata => outcome.set("value", convert::metadata(env, metadata)?),
            Query::Pictures => {
                outcome.set("value", convert::pictures(env, metadata.tags.pictures)?)
            }
        }
    }
}

/// Resolves to `{ value }`, whose type is the query's, or to `{ failure }`.
///
/// `file` is an absolute path or the content of a file, which is copied: the
/// caller may change it while the call runs.
#[napi(ts_return_type = "Promise<Outcome<unknown>>")]
pub fn read<'env>(
    env: &'env Env,
    session: &External<Session>,
    file: Either<String, Uint8Array>,
    query: Query,
    pictures: bool,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Promise<'env>> {
    submit(
        env,
        Read {
            source: source(session, file),
            query,
            options: ReadOptions { pictures, ..ReadOptions::default() },
            limits: session.limits,
            cancellation: shared(cancellation),
        },
    )
}

/// What a call works on, owned.
pub(crate) fn source(session: &Session, file: Either<String, Uint8Array>) -> Source {
    match file {
        Either::A(path) => Source::Path { preopens: Arc::clone(&session.preopens), path },
        Either::B(bytes) => Source::Bytes(bytes.to_vec()),
    }
}

/// The switch of a call that has one, or one that nobody turns.
pub(crate) fn shared(cancellation: Option<&External<Cancellation>>) -> Cancellation {
    cancellation.map(|shared| Cancellation::clone(shared)).unwrap_or_default()
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
