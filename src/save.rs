//! Changes a file on disk: the arguments, owned.

use crate::edit::EditRecord;
use crate::loss::{LossPolicy, LossRecord};
use crate::read::cancellation_or_default;
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{
    self as guest, Cancellation, Edit, Limits, Loss, OnLoss, Preopens, SaveOptions,
};

/// The fields of the guest crate's `SaveOptions`.
#[napi(object)]
pub(crate) struct SaveRecord {
    pub break_hard_links: bool,
    pub preserve_modified: bool,
    pub in_place: bool,
    pub on_loss: Option<LossPolicy>,
}

pub(crate) struct Save {
    preopens: Arc<Preopens>,
    path: String,
    edit: Edit,
    options: SaveOptions,
    limits: Limits,
    cancellation: Cancellation,
}

impl Save {
    pub(crate) fn new(
        session: &Session,
        path: String,
        edit: EditRecord,
        options: SaveRecord,
        cancellation: Option<&External<Cancellation>>,
    ) -> Result<Self> {
        Ok(Self {
            preopens: session.preopens(),
            path,
            edit: edit.try_into()?,
            options: options.into(),
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        })
    }
}

impl Job for Save {
    /// The losses, if they are to be reported.
    type Output = Option<Vec<Loss>>;

    fn run(&mut self) -> guest::Result<Self::Output> {
        let Self { preopens, path, edit, options, limits, cancellation } = self;
        let lost = guest::save(preopens, path, edit, options, *limits, cancellation)?;
        Ok((options.on_loss == OnLoss::Report).then_some(lost))
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, lost: Self::Output) -> Result<()> {
        settle_losses(outcome, lost)
    }
}

/// Sets the losses as the value of an outcome, if they are to be reported.
pub(crate) fn settle_losses(outcome: &mut Object<'_>, lost: Option<Vec<Loss>>) -> Result<()> {
    match lost {
        Some(lost) => {
            let lost: Vec<LossRecord> = lost.iter().map(LossRecord::from).collect();
            outcome.set("value", lost)
        }
        None => outcome.set("value", ()),
    }
}

/// Saves a file with an edit applied. The outcome is `{ value }` when the changed file is on the
/// disk, with the losses if `onLoss` is `report`, or `{ failure }`. After a failure the file is
/// unchanged.
#[napi]
pub(crate) fn save(
    env: &Env,
    session: &External<Session>,
    path: String,
    edit: EditRecord,
    options: SaveRecord,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Ticket> {
    submit(env, Save::new(session, path, edit, options, cancellation)?)
}

impl From<SaveRecord> for SaveOptions {
    fn from(record: SaveRecord) -> Self {
        let SaveRecord { break_hard_links, preserve_modified, in_place, on_loss } = record;
        let on_loss = on_loss.map(OnLoss::from).unwrap_or_default();
        Self { break_hard_links, preserve_modified, in_place, on_loss }
    }
}
