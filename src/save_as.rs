//! Saves a changed copy of a file in another place: the arguments, owned.

use crate::edit::EditRecord;
use crate::read::cancellation_or_default;
use crate::save::{SaveRecord, settle_losses};
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{
    self as guest, Cancellation, Edit, Limits, Loss, OnLoss, Preopens, SaveOptions,
};

pub(crate) struct SaveAs {
    preopens: Arc<Preopens>,
    source: String,
    target: String,
    edit: Edit,
    options: SaveOptions,
    overwrite: bool,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for SaveAs {
    /// The losses, if they are to be reported.
    type Output = Option<Vec<Loss>>;

    fn run(&mut self) -> guest::Result<Self::Output> {
        let Self { source, target, edit, options, overwrite, .. } = self;
        let call = guest::SaveAs { source, target, edit, options, overwrite: *overwrite };
        let lost = guest::save_as(&self.preopens, call, self.limits, &self.cancellation)?;
        Ok((self.options.on_loss == OnLoss::Report).then_some(lost))
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, lost: Self::Output) -> Result<()> {
        settle_losses(outcome, lost)
    }
}

/// Saves a copy of the file `source` at the path `target`, with an edit applied. The source stays
/// as it is, unless `target` is the source. The outcome is that of `save`. `options.inPlace` has
/// no effect, and `options.preserveModified` gives the new file the modification time of the
/// source.
#[allow(clippy::too_many_arguments, reason = "those of `save`, and where to")]
#[napi]
pub(crate) fn save_as(
    env: &Env,
    session: &External<Session>,
    source: String,
    target: String,
    edit: EditRecord,
    options: SaveRecord,
    overwrite: bool,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Ticket> {
    submit(
        env,
        SaveAs {
            preopens: session.preopens(),
            source,
            target,
            edit: edit.try_into()?,
            options: options.into(),
            overwrite,
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        },
    )
}
