//! Hashes the audio of a file.

use crate::read::{FileSource, cancellation_or_default, source};
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};
use taglib_wasi_guest::{
    self as guest, Cancellation, Limits, PartialAudioHash, PartialFile, Source,
};

pub(crate) struct AudioHash {
    audio: Audio,
    limits: Limits,
    cancellation: Cancellation,
}

enum Audio {
    Whole(Source),
    Partial(SharedHash),
}

/// The state of a hash, of which only one call runs at once.
type SharedHash = Arc<Mutex<PartialAudioHash>>;

impl Job for AudioHash {
    type Output = Option<String>;

    fn run(&mut self) -> guest::Result<Option<String>> {
        match &self.audio {
            Audio::Whole(source) => guest::read_audio_hash(source, self.limits, &self.cancellation),
            Audio::Partial(hash) => {
                let mut hash = hash.lock().unwrap_or_else(PoisonError::into_inner);
                hash.resume(self.limits, &self.cancellation)
            }
        }
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
    let audio = Audio::Whole(source(session, file)?);
    submit(env, AudioHash { audio, limits: session.limits, cancellation })
}

/// Creates a hash of the audio of a file of which some parts are known. Nothing is hashed yet.
#[napi(ts_return_type = "ExternalObject<PartialAudioHash>")]
pub(crate) fn create_audio_hash(
    #[napi(ts_arg_type = "ExternalObject<PartialFile>")] file: &External<Arc<PartialFile>>,
) -> External<SharedHash> {
    External::new(Arc::new(Mutex::new(PartialAudioHash::new(Arc::clone(file)))))
}

/// Hashes the parts that are known, which the file then forgets. The outcome is that of
/// `readAudioHash`. If bytes are missing, it is a failure of the kind `missingBytes`, with their
/// `start` and `end`; when they are added, call this again.
#[napi]
pub(crate) fn resume_audio_hash(
    env: &Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "ExternalObject<PartialAudioHash>")] hash: &External<SharedHash>,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Ticket> {
    let cancellation = cancellation_or_default(cancellation);
    let audio = Audio::Partial(Arc::clone(hash));
    submit(env, AudioHash { audio, limits: session.limits, cancellation })
}
