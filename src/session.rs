//! A set of preopened directories, with the limits for calls on it.
//!
//! `initialize` makes a session, and every call names the session that it belongs to: calls that
//! are under way finish in the old session when a new one replaces it. Then the old session is
//! closed, since garbage collection would come too late for a file system that is to be
//! unmounted.

use crate::heap;
use crate::task::{Job, Ticket, submit_urgent};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use taglib_wasi_guest::{self as guest, Limits, PreopenOptions, Preopens};

/// What calls share until `initialize` is called again.
pub(crate) struct Session {
    /// Empty once the session is closed.
    preopens: Mutex<Arc<Preopens>>,
    pub(crate) limits: Limits,
}

impl Session {
    /// Returns the directories, for a call that may outlive the session.
    pub(crate) fn preopens(&self) -> Arc<Preopens> {
        Arc::clone(&self.preopens.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A directory. Both paths are absolute.
#[napi(object)]
pub struct PreopenRecord {
    pub guest_path: String,
    pub host_path: String,
    pub read_only: bool,
}

/// The limits of each call.
#[napi(object)]
pub struct LimitsRecord {
    pub deadline_ms: f64,
    /// In bytes.
    pub memory_limit: f64,
    /// In bytes.
    pub max_answer_bytes: f64,
}

pub(crate) struct OpenSession {
    preopens: Vec<PreopenOptions>,
    limits: Limits,
}

impl Job for OpenSession {
    type Output = Session;

    fn run(&mut self) -> guest::Result<Session> {
        let preopens = Arc::new(Preopens::open(&self.preopens)?);
        // Also loads TagLib, so that a machine that can't run it reports so here.
        guest::taglib_version()?;
        Ok(Session { preopens: Mutex::new(preopens), limits: self.limits })
    }

    fn settle(_: &Env, outcome: &mut Object<'_>, session: Session) -> Result<()> {
        outcome.set("value", External::new(session))
    }
}

/// Opens the directories. The outcome is `{ value: Session }` or `{ failure }`.
#[napi]
pub(crate) fn open_session(
    env: &Env,
    preopens: Vec<PreopenRecord>,
    limits: LimitsRecord,
) -> Result<Ticket> {
    heap::keep_large_blocks();
    submit_urgent(
        env,
        OpenSession {
            preopens: preopens.into_iter().map(PreopenOptions::from).collect(),
            limits: limits.into(),
        },
    )
}

/// Closes the directories. Calls that are under way keep them open until they end; later calls
/// find no directory.
#[napi]
pub(crate) fn close_session(session: &External<Session>) {
    let Ok(none) = Preopens::open(&[]) else { return };
    *session.preopens.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(none);
}

/// Returns the guest path of the preopened directory that contains an absolute path.
#[napi]
pub(crate) fn preopen_of(session: &External<Session>, path: String) -> Option<String> {
    session.preopens().guest_path_of(&path).map(str::to_owned)
}

/// The versions of TagLib and Wasmtime.
#[napi(object)]
pub(crate) struct Versions {
    pub taglib: String,
    pub wasmtime: String,
}

#[napi]
pub(crate) fn versions() -> Result<Versions> {
    let taglib = guest::taglib_version().map_err(|error| Error::from_reason(error.to_string()))?;
    Ok(Versions { taglib, wasmtime: guest::WASMTIME_VERSION.to_owned() })
}

impl From<PreopenRecord> for PreopenOptions {
    fn from(record: PreopenRecord) -> Self {
        Self {
            guest_path: record.guest_path,
            host_path: record.host_path,
            read_only: record.read_only,
        }
    }
}

impl From<LimitsRecord> for Limits {
    fn from(record: LimitsRecord) -> Self {
        // A cast of a float saturates, and JavaScript has checked the range.
        Self {
            deadline: Duration::from_millis(record.deadline_ms as u64),
            memory: record.memory_limit as usize,
            answer: record.max_answer_bytes as usize,
        }
    }
}
