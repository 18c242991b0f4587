//! Ends a restoration before anything is written.

use crate::error::{Error, Result};

/// Why a restoration ends without a change.
pub(super) enum Stop {
    /// The structure of the file is unusual. `inventory` then finds what is lost.
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

/// Returns the value. If it is missing, the file is unusual, and the restoration stops.
pub(super) fn usual<T>(value: Option<T>) -> Result<T, Stop> {
    value.ok_or(Stop::Unusual)
}
