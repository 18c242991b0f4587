//! Why a call failed, in a form that programs can handle.
//!
//! [`Error`] is opaque. [`Error::kind`] is one of a few documented kinds, with the data
//! that a handler needs: the operation and the errno of a file error, the limit that
//! was reached. The addon maps each kind to one JavaScript class and code.

use crate::errno::Errno;
use std::{error, fmt};

/// A result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure: its kind, and a message in words.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    path: Option<String>,
    lost: Vec<Loss>,
}

/// An element of a file's tags that a change would lose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The kind of the element, such as `ID3v2 frame`.
    pub kind: &'static str,
    /// Its identifier, such as `TIT2`.
    pub key: String,
    /// Its content as it is shown to people, shortened.
    pub before: String,
    /// The content that would replace it, if any.
    pub after: Option<String>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The sandbox can't be set up on this machine, or a preopen is unusable.
    Initialization {
        /// The reason why the preopen is unusable.
        errno: Option<Errno>,
    },
    /// TagLib can't read the content.
    InvalidFormat,
    /// The file can't be used.
    FileOperation {
        /// The operation, such as `open`.
        operation: &'static str,
        /// Why it failed.
        errno: Errno,
    },
    /// The guest's answer violates the ABI or is too large.
    Metadata,
    /// The guest could not allocate, within its limit.
    Memory,
    /// The call reached one of its limits.
    ResourceLimit(Limit),
    /// The caller cancelled the call.
    Aborted,
    /// The call needs bytes of a [`crate::PartialFile`] that are not there.
    MissingBytes {
        /// The offset of the first byte.
        start: u64,
        /// The offset after the last byte.
        end: u64,
    },
}

/// The limits that stop a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Time.
    Deadline,
    /// The memory of guest and host together.
    Memory,
    /// The stack of the guest.
    Stack,
    /// The text and pictures of an answer together.
    Answer,
}

impl Error {
    /// Makes an error.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), path: None, lost: Vec::new() }
    }

    /// Returns the path that the failure is about, if the caller does not know it.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Returns the elements that a refused change would have lost.
    pub fn lost(&self) -> &[Loss] {
        &self.lost
    }

    /// Makes the error of a change that would lose something.
    pub(crate) fn would_lose(lost: Vec<Loss>) -> Self {
        let first = lost.first().map_or_else(String::new, |loss| {
            format!("{} {} ({})", loss.kind, loss.key, loss.before)
        });
        let others = match lost.len() {
            0 | 1 => String::new(),
            count => format!(" and {} others", count - 1),
        };
        let message = format!(
            "the change would lose {first}{others}, which it was not asked to change; \
             onLoss: \"report\" saves nevertheless"
        );
        Self { lost, ..Self::file("save", Errno::NOTSUP, message) }
    }

    /// Makes the error of a change whose details the format can't store.
    pub(crate) fn would_not_store(lost: Vec<Loss>) -> Self {
        let details: Vec<String> =
            lost.iter().map(|loss| format!("{} \"{}\"", loss.kind, loss.before)).collect();
        let message = format!(
            "this file's format can't store {}; onLoss: \"report\" saves without",
            details.join(", ")
        );
        Self { lost, ..Self::file("save", Errno::NOTSUP, message) }
    }

    pub(crate) fn at(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn file(operation: &'static str, errno: Errno, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::FileOperation { operation, errno }, message)
    }

    pub(crate) fn io(operation: &'static str, error: &std::io::Error) -> Self {
        Self::file(operation, Errno::of(error), describe(error))
    }

    pub(crate) fn metadata(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Metadata, message)
    }

    pub(crate) fn limit(limit: Limit, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::ResourceLimit(limit), message)
    }
}

/// Returns the system's message without the number that `io::Error` appends. The name of the
/// errno is given separately.
fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for Error {}
