//! Reading and writing the content of a whole file.

use crate::large_content::LargeContent;
use crate::read::cancellation_or_default;
use crate::response::Response;
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{self as guest, Cancellation, Limits, Preopens};

pub(crate) struct ReadContent {
    preopens: Arc<Preopens>,
    path: String,
    limits: Limits,
    cancellation: Cancellation,
}

impl ReadContent {
    pub(crate) fn new(
        session: &Session,
        path: String,
        cancellation: Option<&External<Cancellation>>,
    ) -> Self {
        Self {
            preopens: session.preopens(),
            path,
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        }
    }
}

impl Job for ReadContent {
    type Output = Response;

    fn run(&mut self) -> guest::Result<Response> {
        guest::read_content(&self.preopens, &self.path, self.limits, &self.cancellation)
            .map(Response::content)
    }

    fn bytes(content: &Response) -> usize {
        content.bytes()
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, content: Response) -> Result<()> {
        content.settle(env, outcome)
    }
}

/// Reads the bytes of a file. The outcome is that of a read, with the bytes as the answer.
#[napi]
pub(crate) fn read_content(
    env: &Env,
    session: &External<Session>,
    path: String,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Ticket> {
    submit(env, ReadContent::new(session, path, cancellation))
}

pub(crate) struct WriteContent {
    preopens: Arc<Preopens>,
    path: String,
    content: Vec<u8>,
    overwrite: bool,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for WriteContent {
    type Output = ();

    fn run(&mut self) -> guest::Result<()> {
        let Self { preopens, path, content, overwrite, limits, cancellation } = self;
        guest::write_content(preopens, path, content, *overwrite, *limits, cancellation)
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, (): ()) -> Result<()> {
        outcome.set("value", ())
    }
}

/// Writes a file that is not audio. The content is bytes, which are copied, or was passed in pieces.
/// After any fault either the old file or the new one is there, complete. The
/// outcome is `{ value: undefined }` when the file is on the disk.
#[napi]
pub(crate) fn write_content(
    env: &Env,
    session: &External<Session>,
    path: String,
    #[napi(ts_arg_type = "Uint8Array | ExternalObject<LargeContent>")] content: Either<
        Uint8Array,
        ExternalRef<LargeContent>,
    >,
    overwrite: bool,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Ticket> {
    let content = match content {
        Either::A(bytes) => bytes.to_vec(),
        Either::B(mut pieces) => pieces.take()?,
    };
    submit(
        env,
        WriteContent {
            preopens: session.preopens(),
            path,
            content,
            overwrite,
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        },
    )
}
