//! Changing a file on disk: the arguments, owned.

use crate::edit::EditRecord;
use crate::read::cancellation_or_default;
use crate::session::Session;
use crate::task::{Job, Promise, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::Arc;
use taglib_wasi_guest::{self as guest, Cancellation, Edit, Limits, Preopens, SaveOptions};

/// The fields of the guest crate's `SaveOptions`.
#[napi(object)]
pub struct SaveRecord {
    pub break_hard_links: bool,
    pub preserve_modified: bool,
    pub in_place: bool,
}

pub struct Save {
    preopens: Arc<Preopens>,
    path: String,
    edit: Edit,
    options: SaveOptions,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for Save {
    type Output = ();

    fn run(&mut self) -> guest::Result<()> {
        let Self { preopens, path, edit, options, limits, cancellation } = self;
        guest::save(preopens, path, edit, options, *limits, cancellation)
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, (): ()) -> Result<()> {
        outcome.set("value", ())
    }
}

/// Applies an edit to a file. Resolves to `{ value: undefined }` when the
/// changed file is on the disk, or to `{ failure }`; the file is then unchanged.
#[napi(ts_return_type = "Promise<Outcome<undefined>>")]
pub fn save<'env>(
    env: &'env Env,
    session: &External<Session>,
    path: String,
    edit: EditRecord,
    options: SaveRecord,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Promise<'env>> {
    let SaveRecord { break_hard_links, preserve_modified, in_place } = options;
    submit(
        env,
        Save {
            preopens: Arc::clone(&session.preopens),
            path,
            edit: edit.try_into()?,
            options: SaveOptions {
                break_hard_links,
                preserve_modified,
                in_place,
                ..SaveOptions::default()
            },
            limits: session.limits,
            cancellation: cancellation_or_default(cancellation),
        },
    )
}
