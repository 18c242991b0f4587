//! Ends a restoration before anything is written.

use crate::error::{Error, Result};

/// Why a file stays as TagLib has written it.
pub(super) enum Stop {
    /// Its structure can't be restored. `inventory` then finds what is lost.
    Unusual,
    Error(Error),
}

impl Stop {
    /// Returns success for an unusual file.
    pub(super) fn tolerated(self) -> Result<()> {
        match self {
            Self::Unusual => Ok(()),
            Self::Error(error) => Err(error),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// Returns the value, or stops if it is missing, which makes the file unusual.
pub(super) fn usual<T>(value: Option<T>) -> Result<T, Stop> {
    value.ok_or(Stop::Unusual)
}
