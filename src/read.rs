//! Reads files: the arguments, owned, and the query that selects the result.
//!
//! One job serves all read functions: the guest reads everything at once, and the query selects
//! the part that becomes a JavaScript object.

use crate::failure::Failure;
use crate::response::Response;
use crate::session::Session;
use crate::task::{Job, Promise, guarded, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::result::Result;
use std::time::{Duration, Instant};
use taglib_wasi_guest::{self as guest, Budget, Cancellation, Limits, ReadOptions, Source};

/// The part of a file's metadata that a read resolves to.
#[napi(string_enum = "camelCase")]
#[derive(Clone, Copy)]
pub enum Query {
    /// `ExtendedTag`
    Tags,
    /// `AudioProperties`, or `undefined` if there is no audio stream.
    Properties,
    /// `FileType`
    Format,
    /// `FileMetadata`
    Metadata,
    /// `Picture[]`
    Pictures,
    /// Everything that the Full API needs of an open file: see `Shape<&Model>`.
    Model,
    /// As `Model`, with the raw ID3v2 frames.
    ModelWithFrames,
    /// The raw ID3v2 frames, or `undefined` if the format has none.
    Frames,
}

impl Query {
    fn options(self, pictures: bool) -> ReadOptions {
        let options = ReadOptions { pictures, ..ReadOptions::default() };
        match self {
            Self::Model => ReadOptions { stored: true, ..options },
            Self::ModelWithFrames | Self::Frames => {
                ReadOptions { stored: true, id3v2_frames: true, ..options }
            }
            _ => options,
        }
    }
}

/// Reads files one after the other on one thread.
pub(crate) struct Read {
    files: Vec<(Source, Cancellation)>,
    query: Query,
    options: ReadOptions,
    limits: Limits,
}

/// The time after which the remaining files are returned unread. A single file that takes longer
/// is returned unread, too, since the others would wait for it.
const TIME_TOGETHER: Duration = Duration::from_millis(4);

/// The size of texts and pictures, in bytes, at which the remaining files are returned unread:
/// the main thread is blocked while it copies them.
const BYTES_TOGETHER: usize = 512 * 1024;

/// The outcome of a [`Read`].
pub(crate) struct ReadTogether {
    /// The responses of the files that were read, in order.
    responses: Vec<Result<Response, Failure>>,
    /// Whether the next file took too long to be read together with others.
    is_next_slow: bool,
}

impl Job for Read {
    type Output = ReadTogether;

    fn run(&mut self) -> guest::Result<Self::Output> {
        let started = Instant::now();
        let deadline = match self.files.len() {
            1 => self.limits.deadline,
            _ => self.limits.deadline.min(TIME_TOGETHER),
        };
        let limits = Limits { deadline, ..self.limits };
        let mut responses = Vec::with_capacity(self.files.len());
        let mut bytes = 0;
        for (source, cancellation) in &self.files {
            let response = guarded(|| {
                let budget = Budget::start(limits, cancellation);
                self.query.response(source, self.options, &budget)
            });
            if limits != self.limits && is_late(&response) {
                return Ok(ReadTogether { responses, is_next_slow: true });
            }
            bytes += response.as_ref().map_or(0, Response::bytes);
            responses.push(response);
            if started.elapsed() > TIME_TOGETHER || bytes >= BYTES_TOGETHER {
                break;
            }
        }
        Ok(ReadTogether { responses, is_next_slow: false })
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, read: Self::Output) -> napi::Result<()> {
        let ReadTogether { responses, is_next_slow } = read;
        let mut list = env.create_array(u32::try_from(responses.len()).unwrap_or(0))?;
        for (index, response) in (0..).zip(responses) {
            let mut object = Object::new(env)?;
            match response {
                Ok(response) => response.settle(env, &mut object)?,
                Err(failure) => object.set("failure", failure.into_object(env)?)?,
            }
            list.set(index, object)?;
        }
        let mut value = Object::new(env)?;
        value.set("outcomes", list)?;
        value.set("isNextSlow", is_next_slow)?;
        outcome.set("value", value)
    }
}

/// Reads a single file.
pub(crate) struct ReadOne {
    source: Source,
    query: Query,
    options: ReadOptions,
    limits: Limits,
    cancellation: Cancellation,
}

impl ReadOne {
    pub(crate) fn new(
        session: &Session,
        file: Either<String, Uint8Array>,
        query: Query,
        pictures: bool,
        cancellation: Cancellation,
    ) -> Self {
        let source = source(session, file);
        Self {
            source,
            query,
            options: query.options(pictures),
            limits: session.limits,
            cancellation,
        }
    }
}

impl Job for ReadOne {
    type Output = Response;

    fn run(&mut self) -> guest::Result<Response> {
        let budget = Budget::start(self.limits, &self.cancellation);
        self.query.response(&self.source, self.options, &budget)
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, response: Response) -> napi::Result<()> {
        response.settle(env, outcome)
    }
}

impl Query {
    /// Reads a file, and selects the requested part.
    fn response(
        self,
        source: &Source,
        options: ReadOptions,
        budget: &Budget,
    ) -> guest::Result<Response> {
        let metadata = guest::read_metadata_within(source, options, budget)?;
        match self {
            Query::Tags => Response::tags(metadata.tags, budget),
            Query::Properties => Response::audio_properties(metadata.audio.as_ref(), budget),
            Query::Format => Response::file_type(metadata.file_type, budget),
            Query::Metadata => Response::metadata(metadata, budget),
            Query::Pictures => Response::pictures(metadata.tags.pictures, budget),
            Query::Model | Query::ModelWithFrames => Response::model(metadata, budget),
            Query::Frames => {
                Response::id3v2_frames(metadata.stored.and_then(|it| it.id3v2_frames), budget)
            }
        }
    }
}

fn is_late(response: &Result<Response, Failure>) -> bool {
    response.as_ref().is_err_and(Failure::is_deadline)
}

/// Reads files. Resolves to `{ value: { outcomes, isNextSlow } }`. The outcome of a file is `{
/// json, buffers? }`, which `lib/core/answers.js` decodes, `{ large }`, which it takes in pieces,
/// or `{ failure }`. There may be fewer outcomes than files. Then the caller submits the
/// remaining files again, and reads the first of them alone if `isNextSlow` is set.
///
/// A file is an absolute path or the content of a file. The content is copied, since the caller
/// may change it while the call runs. Each file may have a cancellation token.
#[napi(ts_return_type = "Promise<Outcome<{ outcomes: AnswerOutcome[], isNextSlow: boolean }>>")]
pub(crate) fn read<'env>(
    env: &'env Env,
    session: &External<Session>,
    files: Vec<Either<String, Uint8Array>>,
    query: Query,
    pictures: bool,
    cancellations: Vec<Option<&External<Cancellation>>>,
) -> napi::Result<Promise<'env>> {
    let sources = files.into_iter().map(|file| source(session, file));
    submit(
        env,
        Read {
            files: sources.zip(cancellations.into_iter().map(cancellation_or_default)).collect(),
            query,
            options: query.options(pictures),
            limits: session.limits,
        },
    )
}

/// Returns the source of a call, owned.
pub(crate) fn source(session: &Session, file: Either<String, Uint8Array>) -> Source {
    match file {
        Either::A(path) => Source::Path { preopens: session.preopens(), path },
        Either::B(bytes) => Source::Bytes(bytes.to_vec()),
    }
}

/// Returns the cancellation token of the call, or one that is never cancelled.
pub(crate) fn cancellation_or_default(
    cancellation: Option<&External<Cancellation>>,
) -> Cancellation {
    cancellation.map(|shared| Cancellation::clone(shared)).unwrap_or_default()
}

/// Creates a cancellation token, which stops the calls that it is passed to.
#[napi(ts_return_type = "ExternalObject<Cancellation>")]
pub(crate) fn create_cancellation() -> External<Cancellation> {
    External::new(Cancellation::default())
}

/// Stops the calls with this token: waiting calls at once, running calls within a
/// few epoch ticks.
#[napi]
pub(crate) fn cancel(cancellation: &External<Cancellation>) {
    cancellation.cancel();
}
