//! What a file is besides its content: owner, mode, extended attributes with
//! access lists, and its time.
//!
//! Owner before mode, since a change of owner takes set-user-ID bits away.

use super::SaveOptions;
use super::target::Target;
use crate::error::{Error, Result};
use std::fs::{File, FileTimes};
use std::io;
use std::time::SystemTime;

/// Gives the new file what the old one has.
pub(super) fn copy(from: &Target, to: &File, options: &SaveOptions) -> Result<()> {
    let faults = &options.faults;
    let failed = |error: io::Error| Error::io("set the attributes of", &error);
    let metadata = faults.run(|| from.file().metadata()).map_err(failed)?;
    #[cfg(unix)]
    {
        unix::copy_owner(&metadata, to);
        faults.run(|| unix::copy_extended(from.file(), to)).map_err(failed)?;
    }
    faults.run(|| to.set_permissions(metadata.permissions())).map_err(failed)?;
    if options.preserve_modified {
        faults.run(|| set_modified(to, from.modified())).map_err(failed)?;
    }
    Ok(())
}

pub(super) fn set_modified(file: &File, modified: Option<SystemTime>) -> io::Result<()> {
    let modified = modified.ok_or(io::ErrorKind::Unsupported)?;
    file.set_times(FileTimes::new().set_modified(modified))
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::unix::fs::{MetadataExt, fchown};
    use xattr::FileExt;

    /// Where it is allowed: only root may give a file away, and others may
    /// choose among their own groups.
    pub fn copy_owner(from: &Metadata, to: &File) {
        let same = to.metadata().is_ok_and(|to| (to.uid(), to.gid()) == (from.uid(), from.gid()));
        if !same && fchown(to, Some(from.uid()), Some(from.gid())).is_err() {
            let _ = fchown(to, None, Some(from.gid()));
        }
    }

    /// Linux keeps access lists among them (`system.posix_acl_access`).
    pub fn copy_extended(from: &File, to: &File) -> io::Result<()> {
        let names = match from.list_xattr() {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
            Err(error) => return Err(error),
        };
        for name in names {
            let Some(value) = from.get_xattr(&name)? else { continue };
            match to.set_xattr(&name, &value) {
                // The system's own labels are not for everyone to set.
                Err(error)
                    if error.kind() == io::ErrorKind::PermissionDenied
                        && ["security.", "trusted."].iter().any(|prefix| {
                            name.as_encoded_bytes().starts_with(prefix.as_bytes())
                        }) => {}
                result => result?,
            }
        }
        Ok(())
    }
}
