//! Copies the attributes of a file: owner, mode, extended attributes with access lists, and
//! modification time.
//!
//! The copy starts with the rights that its directory gives to new files, which can be more than
//! the original has. So every step removes rights before it grants any, the mode comes last, and
//! the result is compared with the original in both directions. If something that matters can't
//! be kept, the save is refused. Otherwise the copy gets fewer rights, never more.

use super::SaveOptions;
use super::target::Target;
use crate::error::{Error, Result};
use crate::file::Faults;
use std::fs::{File, FileTimes};
use std::io;
use std::time::SystemTime;

#[cfg(unix)]
use super::{extended_attributes, ownership};

/// Copies all attributes to `to`, and checks that they arrived.
///
/// # Errors
/// `ENOTSUP` if the copy could not get the same mode, access list or
/// extended attributes, `EPERM` if it could not get the group that an access
/// list gives rights to.
pub(super) fn copy(from: &Target, to: &File, options: &SaveOptions, faults: &Faults) -> Result<()> {
    let metadata = faults.run(|| from.file().metadata()).map_err(|error| failed(&error))?;
    #[cfg(unix)]
    {
        // The owner comes first: changing it clears set-ID bits and capabilities. The mode comes
        // last: with an access list, its group bits limit the list.
        let owner = ownership::copy_owner(&metadata, to, faults)?;
        let kept = extended_attributes::copy(from.file(), to, owner, faults)?;
        let mode = ownership::permitted_mode(&metadata, owner);
        ownership::set_mode(to, mode, faults)?;
        kept.check(to, faults)?;
    }
    #[cfg(windows)]
    faults.run(|| to.set_permissions(metadata.permissions())).map_err(|error| failed(&error))?;
    if options.preserve_modified {
        faults.run(|| set_modified(to, from.modified())).map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn failed(error: &io::Error) -> Error {
    Error::io("set the attributes of", error)
}

/// Sets only the modification time.
pub(super) fn set_modified(file: &File, modified: Option<SystemTime>) -> io::Result<()> {
    let modified = modified.ok_or(io::ErrorKind::Unsupported)?;
    file.set_times(FileTimes::new().set_modified(modified))
}
