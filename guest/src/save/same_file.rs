//! Whether two paths lead to one file.

use super::file_status::identity;
use crate::preopens::Preopens;
use cap_std::fs::Metadata;

/// Returns whether two paths lead to one file, which `save_as` then saves in place. A
/// path that can't be opened leads to none, and on Windows two paths never do.
#[must_use]
pub fn same_file(preopens: &Preopens, first: &str, second: &str) -> bool {
    let identity_of = |path| {
        let opened = preopens.resolve(path).and_then(|resolved| resolved.open()).ok()?;
        Metadata::from_file(&opened.file).ok().map(|metadata| identity(&metadata))
    };
    let first = identity_of(first);
    cfg!(unix) && first.is_some() && first == identity_of(second)
}
