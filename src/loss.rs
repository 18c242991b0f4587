//! What a change would lose, as JavaScript gets it.

use napi_derive::napi;
use taglib_wasi_guest::Loss;

/// An element of a file's tags that a change would lose, or has lost.
#[napi(object)]
pub struct LossRecord {
    /// What it is, such as `ID3v2 frame`.
    pub kind: String,
    /// Its identifier, such as `TIT2`.
    pub key: String,
    /// Its content, shortened.
    pub before: String,
    /// What stands in its place, if anything does.
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
