//! Copies owner, group and mode.

use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::Faults;
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

/// The permission bits and the set-user-ID, set-group-ID and sticky bits.
const MODE_BITS: u32 = 0o7777;
const SET_ID_BITS: u32 = 0o6000;
const GROUP_BITS: u32 = 0o070;
const OTHER_BITS: u32 = 0o007;

/// Which of the original's owner and group the copy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub has_user: bool,
    pub has_group: bool,
}

/// Gives `to` the owner and group of `from` as far as the system allows: only root may change the
/// owner, and other users may choose only among their own groups.
pub(super) fn copy_owner(from: &Metadata, to: &File, faults: &Faults) -> Result<Owner> {
    let owner = owner(from, to, faults)?;
    if owner.has_user && owner.has_group {
        return Ok(owner);
    }
    if fchown(to, Some(from.uid()), Some(from.gid())).is_err() {
        let _ = fchown(to, None, Some(from.gid()));
    }
    self::owner(from, to, faults)
}

fn owner(from: &Metadata, to: &File, faults: &Faults) -> Result<Owner> {
    let to = faults.run(|| to.metadata()).map_err(|error| failed(&error))?;
    Ok(Owner { has_user: to.uid() == from.uid(), has_group: to.gid() == from.gid() })
}

/// Returns the mode of the original without the bits that would be wrong for another owner or
/// group.
///
/// Under another owner, set-ID bits would run the file with that owner's rights. Under another
/// group, the members get no more rights than everybody, since the original's group bits were not
/// meant for them.
pub(super) fn permitted_mode(from: &Metadata, owner: Owner) -> u32 {
    limited(from.mode() & MODE_BITS, owner)
}

fn limited(mode: u32, owner: Owner) -> u32 {
    let set_id = if owner.has_user && owner.has_group { 0 } else { SET_ID_BITS };
    let group = if owner.has_group { 0 } else { GROUP_BITS & !((mode & OTHER_BITS) << 3) };
    mode & !set_id & !group
}

pub(super) fn failed(error: &io::Error) -> Error {
    Error::io("set the attributes of", error)
}

/// Sets the mode and checks it: some file systems silently ignore bits that they can't store.
///
/// # Errors
/// `ENOTSUP` if the file has another mode afterwards. Missing set-ID bits are accepted.
pub(super) fn set_mode(file: &File, mode: u32, faults: &Faults) -> Result<()> {
    let read = || {
        let metadata = faults.run(|| file.metadata()).map_err(|error| failed(&error))?;
        Ok::<_, Error>(metadata.mode() & MODE_BITS)
    };
    // Nothing is set if the mode is right: FAT and CIFS may refuse to set any.
    if read()? == mode {
        return Ok(());
    }
    faults
        .run(|| file.set_permissions(Permissions::from_mode(mode)))
        .map_err(|error| failed(&error))?;
    let found = read()?;
    if found == mode || found == mode & !SET_ID_BITS {
        return Ok(());
    }
    let message = format!("the new file would have the mode {found:04o} instead of {mode:04o}");
    Err(Error::file("save", Errno::NOTSUP, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_more_rights_under_another_owner() {
        let other_user = Owner { has_user: false, has_group: true };
        let other_group = Owner { has_user: true, has_group: false };
        let same = Owner { has_user: true, has_group: true };
        for (mode, owner, expected) in [
            (0o6755, same, 0o6755),
            (0o6755, other_user, 0o0755),
            (0o2770, other_group, 0o0700),
            (0o0664, other_group, 0o0644),
            (0o0646, other_group, 0o0646),
            (0o1777, other_group, 0o1777),
        ] {
            assert_eq!(limited(mode, owner), expected, "{mode:o} {owner:?}");
        }
    }
}
