//! Opens the directories in which files may be read and changed.
//!
//! A preopen is a host directory that is opened once and has a guest path. Everything that a call
//! opens is opened relative to such a descriptor and can't leave the directory: not by `..`, not
//! through a symbolic link, not by a rename that races with the look-up. `resolve` chooses the
//! preopen by the text of the path alone; `open` and `list` ask the kernel.

mod list;
mod open;
mod resolve;

use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Result};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use std::fs;
use std::io;
use std::path::Path;

pub use list::{Entry, EntryKind, Listing};
pub(crate) use open::OpenedFile;
pub(crate) use open::{Place, ReplaceableFile, harmless_options};
pub(crate) use resolve::Resolved;

/// A directory to preopen, as the caller names it.
#[derive(Clone, Debug)]
pub struct PreopenOptions {
    /// An absolute path with forward slashes, such as `/music`.
    pub guest_path: String,
    /// An absolute path in the host's form.
    pub host_path: String,
    /// Whether writes are refused, with `EROFS`.
    pub read_only: bool,
}

/// An immutable set of preopened directories.
#[derive(Debug)]
pub struct Preopens {
    preopens: Vec<Preopen>,
}

#[derive(Debug)]
struct Preopen {
    /// The guest path, followed by the host paths, in the form that `resolve` compares.
    prefixes: Vec<String>,
    dir: Dir,
    read_only: bool,
}

impl Preopens {
    /// Opens every directory. The error names the first one that can't be opened.
    pub fn open(options: &[PreopenOptions]) -> Result<Self> {
        let preopens = options.iter().map(Preopen::open).collect::<Result<_>>()?;
        Ok(Self { preopens })
    }
}

impl Preopen {
    fn open(options: &PreopenOptions) -> Result<Self> {
        let host_path = Path::new(&options.host_path);
        let refuse = |error: &io::Error| unusable(&options.host_path, error);
        if !fs::metadata(host_path).map_err(|error| refuse(&error))?.is_dir() {
            return Err(refuse(&io::ErrorKind::NotADirectory.into()));
        }
        let dir = Dir::open_ambient_dir(host_path, ambient_authority())
            .map_err(|error| refuse(&error))?;
        Ok(Self { prefixes: prefixes(options), dir, read_only: options.read_only })
    }
}

/// Returns the paths by which a preopen is recognised: its guest path, the host path as it was
/// given, and the real host path. A program whose working directory was resolved through a
/// symbolic link (`/tmp` on macOS) knows only the real path.
fn prefixes(options: &PreopenOptions) -> Vec<String> {
    let real = fs::canonicalize(&options.host_path).ok();
    let real = real.as_deref().and_then(Path::to_str);
    let mut prefixes = vec![resolve::prefix(&options.guest_path)];
    for host_path in [Some(options.host_path.as_str()), real].into_iter().flatten() {
        let prefix = resolve::prefix(host_path);
        if !prefixes.contains(&prefix) {
            prefixes.push(prefix);
        }
    }
    prefixes
}

fn unusable(host_path: &str, error: &io::Error) -> Error {
    let errno = Errno::of(error);
    let reason = match errno {
        Errno::NOENT => "there is no such directory".to_owned(),
        Errno::NOTDIR => "it is not a directory".to_owned(),
        Errno::ACCES => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    let kind = ErrorKind::Initialization { errno: Some(errno) };
    Error::new(kind, format!("can't preopen {host_path}: {reason}")).at(host_path)
}
