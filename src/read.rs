//! Reading: the arguments, owned, and which part of the answer is wanted.
//!
//! One job serves every read function: the guest reads a file once and knows
//! all of it; the query says what of it becomes a JavaScript object.

use crate::answer::Answer;
use crate::failure::Failure;
use crate::session::Session;
use crate::task::{Job, Promise, guarded, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::result::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};
use taglib_wasi_guest::{self as guest, Budget, Cancellation, Limits, ReadOptions, Source};

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

/// Files that one thread reads, one after the other.
pub struct Read {
    files: Vec<(Source, Cancellation)>,
    query: Query,
    options: ReadOptions,
    limits: Limits,
}

/// What several files may take. Then those that are left go back, and with them
/// one that takes longer by itself: the others would have to wait for it.
const TIME_TOGETHER: Duration = Duration::from_millis(4);

/// Of text and pictures: with so many bytes those that are left go back. The main thread
/// copies them all in one go, and does nothing else meanwhile.
const BYTES_TOGETHER: usize = 512 * 1024;

/// What became of the files.
pub struct ReadTogether {
    /// Of those that were read: the first ones.
    answers: Vec<Result<Answer, Failure>>,
    /// Whether the one after them took too long to be read with others.
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
        let mut answers = Vec::with_capacity(self.files.len());
        let mut bytes = 0;
        for (source, cancellation) in &self.files {
            let answer = guarded(|| self.read(source, limits, cancellation));
            if limits != self.limits && is_late(&answer) {
                return Ok(ReadTogether { answers, is_next_slow: true });
            }
            bytes += answer.as_ref().map_or(0, Answer::bytes);
            answers.push(answer);
            if started.elapsed() > TIME_TOGETHER || bytes >= BYTES_TOGETHER {
                break;
            }
        }
        Ok(ReadTogether { answers, is_next_slow: false })
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, read: Self::Output) -> napi::Result<()> {
        let ReadTogether { answers, is_next_slow } = read;
        let mut list = env.create_array(u32::try_from(answers.len()).unwrap_or(0))?;
        for (index, answer) in (0..).zip(answers) {
            let mut object = Object::new(env)?;
            match answer {
                Ok(answer) => answer.settle(env, &mut object)?,
                Err(failure) => object.set("failure", failure.to_object(env)?)?,
            }
            list.set(index, object)?;
        }
        let mut value = Object::new(env)?;
        value.set("outcomes", list)?;
        value.set("isNextSlow", is_next_slow)?;
        outcome.set("value", value)
    }
}

impl Read {
    fn read(
        &self,
        source: &Source,
        limits: Limits,
        cancellation: &Cancellation,
    ) -> guest::Result<Answer> {
        let budget = &Budget::start(limits, cancellation);
        let metadata = guest::read_metadata_within(source, self.options, budget)?;
        match self.query {
            Query::Tags => Answer::tags(metadata.tags, budget),
            Query::Properties => Answer::audio_properties(metadata.audio.as_ref(), budget),
            Query::Format => Answer::file_type(metadata.file_type, budget),
            Query::Metadata => Answer::metadata(metadata, budget),
            Query::Pictures => Answer::pictures(metadata.tags.pictures, budget),
        }
    }
}

fn is_late(answer: &Result<Answer, Failure>) -> bool {
    answer.as_ref().is_err_and(Failure::is_deadline)
}

/// Resolves to `{ value: { outcomes, isNextSlow } }`. An outcome is that of one
/// file: `{ json, buffers? }`, of which `lib/answers.js` makes what the query asks
/// for, `{ large }`, of which it takes the same in pieces, or `{ failure }`. Of several files there may be those of the first ones
/// only; where the next is slow it is to be read alone.
///
/// A file is an absolute path or the content of a file, which is copied: the
/// caller may change it while the call runs. Each has a cancellation or none.
#[napi(ts_return_type = "Promise<Outcome<{ outcomes: AnswerOutcome[], isNextSlow: boolean }>>")]
pub fn read<'env>(
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
            files: sources.zip(cancellations.into_iter().map(shared)).collect(),
            query,
            options: ReadOptions { pictures, ..ReadOptions::default() },
            limits: session.limits,
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
