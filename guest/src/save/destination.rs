//! The place of a new file: that of an existing file, or one where there is none.

use super::target::Target;
use super::temporary::{self, Temporary};
use super::{SaveOptions, attributes};
use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Result};
use crate::file::Faults;
use crate::limits::Budget;
use crate::preopens::{Place, Resolved};
use cap_std::fs::Dir;

/// The place of a new file.
pub(super) enum Destination {
    /// A file that is replaced. The new one gets its attributes.
    Existing(Target),
    New(Place),
}

impl Destination {
    /// Opens the file at `place`, which `resolved` leads to, if there is one.
    ///
    /// # Errors
    /// `EEXIST` if there is a file and it may not be overwritten.
    pub(super) fn open(
        resolved: &Resolved<'_>,
        place: Place,
        options: &SaveOptions,
        overwrite: bool,
        faults: &Faults,
        budget: &Budget,
    ) -> Result<Self> {
        match (&place.existing, overwrite) {
            (None, _) => Ok(Self::New(place)),
            (Some(_), true) => Target::open(resolved, options, faults, budget).map(Self::Existing),
            (Some(_), false) => Err(exists()),
        }
    }

    /// Creates the file that becomes the new one. If it does not replace another file, its mode
    /// is `mode` as far as the user's mask and the directory allow.
    pub(super) fn create<'a>(
        &'a self,
        mode: u32,
        budget: &Budget,
        faults: &'a Faults,
    ) -> Result<Temporary<'a>> {
        let mode = match self {
            Self::Existing(_) => temporary::PRIVATE,
            Self::New(_) => mode,
        };
        Temporary::create(self.dir(), mode, budget, faults)
    }

    /// Puts the file in its place in one step, and flushes it to the disk.
    ///
    /// # Errors
    /// `EEXIST` if another file has appeared there meanwhile and may not be overwritten; `EBUSY`
    /// if the existing file was changed.
    pub(super) fn put(
        &self,
        mut file: Temporary<'_>,
        options: &SaveOptions,
        overwrite: bool,
        budget: &Budget,
        faults: &Faults,
    ) -> Result<()> {
        match self {
            Self::Existing(target) => replace(target, file, options, budget, faults),
            Self::New(place) => {
                file.sync()?;
                budget.check()?;
                match overwrite {
                    true => file.replace(&place.name),
                    false => file.put_if_none(&place.name).map_err(|error| match error.kind() {
                        ErrorKind::FileOperation { errno: Errno::EXIST, .. } => exists(),
                        _ => error,
                    }),
                }
            }
        }
    }

    fn dir(&self) -> &Dir {
        match self {
            Self::Existing(target) => target.dir(),
            Self::New(place) => &place.dir,
        }
    }
}

/// Puts a copy in the place of a file, with that file's attributes.
pub(super) fn replace(
    target: &Target,
    mut copy: Temporary<'_>,
    options: &SaveOptions,
    budget: &Budget,
    faults: &Faults,
) -> Result<()> {
    attributes::copy(target, copy.file(), options, faults)?;
    budget.check()?;
    copy.sync()?;
    budget.check()?;
    target.check_unchanged(faults)?;
    copy.replace(target.name())
}

fn exists() -> Error {
    Error::file("save", Errno::EXIST, "there is a file already, and overwrite: false keeps it")
}
