//! Files of which JavaScript fetches the parts that a read needs.

use crate::read::{Query, ReadOne, cancellation_or_default};
use crate::session::Session;
use crate::task::{Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{Cancellation, PartialFile, Source};

/// Creates a file of `size` bytes, of which nothing is known yet.
#[napi(ts_return_type = "ExternalObject<PartialFile>")]
pub(crate) fn create_partial_file(name: String, size: i64) -> External<Arc<PartialFile>> {
    External::new(Arc::new(PartialFile::new(name, size.max(0).cast_unsigned())))
}

/// Copies bytes of the file that were fetched.
#[napi]
pub(crate) fn add_part(
    #[napi(ts_arg_type = "ExternalObject<PartialFile>")] file: &External<Arc<PartialFile>>,
    offset: i64,
    bytes: Uint8Array,
) {
    file.add(offset.max(0).cast_unsigned(), &bytes);
}

/// Reads a file as `read` does. If bytes are missing, the outcome is a failure of the kind
/// `missingBytes`, with their `start` and `end`.
#[napi]
pub(crate) fn read_partial_file(
    env: &Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "ExternalObject<PartialFile>")] file: &External<Arc<PartialFile>>,
    query: Query,
    pictures: bool,
    latin_1_texts: bool,
    cancellation: Option<&External<Cancellation>>,
) -> napi::Result<Ticket> {
    let source = Source::Partial(Arc::clone(file));
    let cancellation = cancellation_or_default(cancellation);
    submit(env, ReadOne::of(session, source, query, pictures, latin_1_texts, cancellation))
}
