//! Lists directories in parts.

use crate::failure::Failure;
use crate::session::Session;
use crate::task::{Job, Ticket, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};
use taglib_wasi_guest::{self as guest, Entry, EntryKind, Preopens};

/// The number of names in a part. Creating the objects for a part must not block the main thread
/// for long, but a part must be worth the switch to another thread.
const PART: usize = 128;

/// A directory that is being listed, or `None` once it is closed. A job may outlive the
/// JavaScript object.
pub(crate) struct Listing(Arc<Mutex<Option<guest::Listing>>>);

pub(crate) struct OpenListing {
    preopens: Arc<Preopens>,
    path: String,
    follow: bool,
}

pub(crate) struct OpenedListing {
    entries: Listing,
    real_path: Option<String>,
}

impl Job for OpenListing {
    type Output = OpenedListing;

    fn run(&mut self) -> guest::Result<OpenedListing> {
        let listing = self.preopens.resolve(&self.path)?.list(self.follow)?;
        Ok(OpenedListing {
            real_path: listing.real_path().map(str::to_owned),
            entries: Listing(Arc::new(Mutex::new(Some(listing)))),
        })
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, listing: OpenedListing) -> Result<()> {
        let mut value = Object::new(env)?;
        value.set("realPath", listing.real_path)?;
        value.set("listing", External::new(listing.entries))?;
        outcome.set("value", value)
    }
}

/// Opens a directory. The outcome is `{ value: { listing, realPath } }`, where `realPath` is set
/// if links are followed, or `{ failure }`.
#[napi]
pub(crate) fn open_listing(
    env: &Env,
    session: &External<Session>,
    path: String,
    follow: bool,
) -> Result<Ticket> {
    submit(env, OpenListing { preopens: session.preopens(), path, follow })
}

pub(crate) struct NextEntries(Arc<Mutex<Option<guest::Listing>>>);

impl Job for NextEntries {
    type Output = Vec<Entry>;

    fn run(&mut self) -> guest::Result<Vec<Entry>> {
        // A panic while the lock is held leaves the listing valid.
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(listing) => listing.next(PART),
            None => Ok(Vec::new()),
        }
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, entries: Vec<Entry>) -> Result<()> {
        let entries: Vec<_> =
            entries.into_iter().map(|entry| to_object(env, entry)).collect::<Result<_>>()?;
        outcome.set("value", entries)
    }
}

/// Reads the next entries. The outcome is `{ value }` with a list, which is empty at the end, or
/// `{ failure }`. An entry has a `name` and a `kind`: "file" with `size` in bytes and `modified`
/// in milliseconds since 1970; "directory"; "other"; or "unreadable" with a `failure`.
#[napi]
pub(crate) fn next_entries(env: &Env, listing: &External<Listing>) -> Result<Ticket> {
    submit(env, NextEntries(Arc::clone(&listing.0)))
}

/// Closes a directory. Garbage collection would come too late for a tree of many directories, but
/// closes a directory that is being read at this moment.
#[napi]
pub(crate) fn close_listing(listing: &External<Listing>) {
    if let Ok(mut listing) = listing.0.try_lock() {
        *listing = None;
    }
}

fn to_object<'env>(env: &'env Env, entry: Entry) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("name", entry.name)?;
    match entry.kind {
        EntryKind::File { size, modified } => {
            object.set("kind", "file")?;
            // Exact up to 8 PiB.
            object.set("size", size as f64)?;
            object.set("modified", modified)?;
        }
        EntryKind::Directory => object.set("kind", "directory")?,
        EntryKind::Other => object.set("kind", "other")?,
        EntryKind::Unreadable(error) => {
            object.set("kind", "unreadable")?;
            object.set("failure", Failure::from(&error).into_object(env)?)?;
        }
    }
    Ok(object)
}
