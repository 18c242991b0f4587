//! Changes tags in memory, and returns the changed bytes.

use crate::edit::EditRecord;
use crate::loss::LossPolicy;
use crate::read::{FileSource, cancellation_or_default, source};
use crate::response::Response;
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest::{self as guest, Cancellation, Edit, Limits, OnLoss, Source};

pub(crate) struct Apply {
    source: Source,
    edit: Edit,
    on_loss: OnLoss,
    limits: Limits,
    cancellation: Cancellation,
}

impl Apply {
    pub(crate) fn new(
        session: &Session,
        file: FileSource,
        edit: EditRecord,
        on_loss: Option<LossPolicy>,
        cancellation: Option<&External<Cancellation>>,
    ) -> Result<Self> {
        Ok(Self {
            source: source(session, file)?,
            edit: edit.try_into()?,
            on_loss: on_loss.map(OnLoss::from).unwrap_or_default(),
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        })
    }
}

impl Job for Apply {
    type Output = Response;

    fn run(&mut self) -> guest::Result<Response> {
        let edit = std::mem::take(&mut self.edit);
        guest::apply(&self.source, edit, self.on_loss, self.limits, &self.cancellation)
            .map(|content| Response::content(content.into()))
    }

    fn bytes(content: &Response) -> usize {
        content.bytes()
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, content: Response) -> Result<()> {
        content.settle(env, outcome)
    }
}

/// Applies an edit to the content of a file. The outcome is that of a read, with the changed
/// bytes as the answer. If the file is given by its path, it is only read.
#[napi]
pub(crate) fn apply(
    env: &Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "FileSource")] file: FileSource,
    edit: EditRecord,
    cancellation: Option<&External<Cancellation>>,
    on_loss: Option<LossPolicy>,
) -> Result<Ticket> {
    submit(env, Apply::new(session, file, edit, on_loss, cancellation)?)
}
