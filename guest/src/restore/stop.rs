//! Ends a restoration before anything is written.

use crate::error::{Error, Result};

/// Why a file is left as TagLib has written it.
pub(super) enum Stop {
    /// Its structure is none that can be restored. `inventory` tells what is lost.
    Unusual,
    Error(Error),
}

impl Stop {
    /// Makes a success of an unusual file.
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

/// Passes something on that a usual file has.
pub(super) fn usual<T>(value: Option<T>) -> Result<T, Stop> {
    value.ok_or(Stop::Unusual)
}
