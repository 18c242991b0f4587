//! Calls that block the calling thread until they are done.
//!
//! They run on a thread of their own. The guest needs a megabyte of stack, and the caller may be
//! deep in recursion on a worker's small stack: V8 guards only its own calls. A thread of libuv's
//! pool is no alternative: if all of them wait for the calling thread, this call would wait
//! forever.

use crate::apply::Apply;
use crate::content::ReadContent;
use crate::edit::EditRecord;
use crate::failure::Failure;
use crate::loss::LossPolicy;
use crate::read::{FileSource, Query, ReadOne};
use crate::save::{Save, SaveRecord};
use crate::session::Session;
use crate::task::{Job, guarded};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::thread;
use taglib_wasi_guest::{Cancellation, Error as GuestError, ErrorKind};

/// The stack of the thread, in bytes: as large as those of libuv's pool.
const STACK: usize = 8 << 20;

/// Reads a file while the calling thread waits. The queries are those of `read`.
#[napi(ts_return_type = "AnswerOutcome")]
pub(crate) fn read_sync<'env>(
    env: &'env Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "FileSource")] file: FileSource,
    query: Query,
    pictures: bool,
) -> Result<Object<'env>> {
    run(env, ReadOne::new(session, file, query, pictures, false, Cancellation::default())?)
}

/// Does what `apply` does while the calling thread waits.
#[napi(ts_return_type = "AnswerOutcome")]
pub(crate) fn apply_sync<'env>(
    env: &'env Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "FileSource")] file: FileSource,
    edit: EditRecord,
    on_loss: Option<LossPolicy>,
) -> Result<Object<'env>> {
    run(env, Apply::new(session, file, edit, on_loss, None)?)
}

/// Does what `save` does while the calling thread waits.
#[napi(ts_return_type = "Outcome<LossRecord[] | undefined>")]
pub(crate) fn save_sync<'env>(
    env: &'env Env,
    session: &External<Session>,
    path: String,
    edit: EditRecord,
    options: SaveRecord,
) -> Result<Object<'env>> {
    run(env, Save::new(session, path, edit, options, None)?)
}

/// Does what `readContent` does while the calling thread waits.
#[napi(ts_return_type = "AnswerOutcome")]
pub(crate) fn read_content_sync<'env>(
    env: &'env Env,
    session: &External<Session>,
    path: String,
) -> Result<Object<'env>> {
    run(env, ReadContent::new(session, path, None))
}

fn run<'env, J: Job>(env: &'env Env, mut job: J) -> Result<Object<'env>> {
    let output = thread::scope(|scope| {
        let thread = thread::Builder::new().name("taglib-wasi".to_owned()).stack_size(STACK);
        match thread.spawn_scoped(scope, || guarded(|| job.run())) {
            Ok(running) => running.join().unwrap_or_else(|panic| Err(Failure::panic(&*panic))),
            Err(error) => Err(Failure::from(&no_thread(&error))),
        }
    });
    let mut outcome = Object::new(env)?;
    match output {
        Ok(output) => J::settle(env, &mut outcome, output)?,
        Err(failure) => outcome.set("failure", failure.into_object(env)?)?,
    }
    Ok(outcome)
}

fn no_thread(error: &std::io::Error) -> GuestError {
    GuestError::new(
        ErrorKind::Initialization { errno: None },
        format!("the system gave no thread for the call: {error}"),
    )
}
