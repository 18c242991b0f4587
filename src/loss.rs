//! The losses of a change, as JavaScript receives them.

use napi_derive::napi;
use taglib_wasi_guest::{Loss, OnLoss};

/// What to do if something would be lost that the edit does not ask to change.
#[napi(string_enum = "camelCase")]
#[derive(Clone, Copy)]
pub enum LossPolicy {
    /// Refuse the save.
    Refuse,
    /// Save, and resolve to the losses.
    Report,
    /// Save without checking for losses.
    Ignore,
}

/// An element of a file's tags that a change would lose, or has lost.
#[napi(object)]
pub(crate) struct LossRecord {
    /// The kind of element, such as `ID3v2 frame`.
    pub kind: String,
    /// Its identifier, such as `TIT2`.
    pub key: String,
    /// Its content, shortened.
    pub before: String,
    /// The content that replaces it, if any.
    pub after: Option<String>,
}

impl From<&Loss> for LossRecord {
    fn from(loss: &Loss) -> Self {
        Self {
            kind: loss.kind.to_owned(),
            key: loss.key.clone(),
            before: loss.before.clone(),
            after: loss.after.clone(),
        }
    }
}

impl From<LossPolicy> for OnLoss {
    fn from(policy: LossPolicy) -> Self {
        match policy {
            LossPolicy::Refuse => Self::Refuse,
            LossPolicy::Report => Self::Report,
            LossPolicy::Ignore => Self::Ignore,
        }
    }
}
