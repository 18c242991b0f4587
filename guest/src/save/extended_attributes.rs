//! Extended attributes. Linux also keeps access lists in them.

use super::ownership::{Owner, failed};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::Faults;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use xattr::FileExt;

/// The access list (`linux/posix_acl_xattr.h`).
const ACCESS_LIST: &str = "system.posix_acl_access";

/// Labels that the system maintains. Setting or removing them takes privileges, so a difference
/// in them is accepted.
const LABELS: [&str; 4] = ["security.", "trusted.", "com.apple.provenance", "com.apple.macl"];

/// Labels that are computed from the content, and would be wrong for another content.
const CONTENT_LABELS: [&str; 2] = ["security.ima", "security.evm"];

/// The attributes of an original.
#[derive(Debug)]
pub(super) struct Attributes(BTreeMap<OsString, Vec<u8>>);

/// Gives `to` the attributes of `from` and no others, and returns them.
///
/// # Errors
/// `EPERM` if there is an access list and the copy has another group: the list would give that
/// group the rights of the original's group.
pub(super) fn copy(from: &File, to: &File, owner: Owner, faults: &Faults) -> Result<Attributes> {
    let original = read(from, faults)?;
    if !owner.has_group && original.contains_key(OsStr::new(ACCESS_LIST)) {
        return Err(other_group());
    }
    let present = read(to, faults)?;
    for name in access_list_first(&present) {
        if !original.contains_key(name) {
            tolerate_labels(name, faults.run(|| to.remove_xattr(name)))?;
        }
    }
    for name in access_list_first(&original) {
        let value = &original[name];
        if present.get(name) != Some(value) && !is_among(&CONTENT_LABELS, name) {
            tolerate_labels(name, faults.run(|| to.set_xattr(name, value)))?;
        }
    }
    Ok(Attributes(original))
}

impl Attributes {
    /// Checks that `file` has exactly these attributes.
    ///
    /// # Errors
    /// `ENOTSUP` with the name of an attribute that differs.
    pub(super) fn check(&self, file: &File, faults: &Faults) -> Result<()> {
        let found = read(file, faults)?;
        let differs = |name: &&OsString| self.0.get(*name) != found.get(*name);
        let mut names = self.0.keys().chain(found.keys()).filter(differs);
        match names.find(|name| !is_among(&LABELS, name)) {
            None => Ok(()),
            Some(name) => {
                let name = name.display();
                let message = format!("the new file can't have the same attribute {name}");
                Err(Error::file("save", Errno::NOTSUP, message))
            }
        }
    }
}

fn read(file: &File, faults: &Faults) -> Result<BTreeMap<OsString, Vec<u8>>> {
    let names = match faults.run(|| file.list_xattr()) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(BTreeMap::new()),
        Err(error) => return Err(failed(&error)),
    };
    let mut attributes = BTreeMap::new();
    for name in names {
        // There is no value if the attribute has been removed in between.
        let value = faults.run(|| file.get_xattr(&name)).map_err(|error| failed(&error))?;
        attributes.extend(value.map(|value| (name, value)));
    }
    Ok(attributes)
}

/// Returns the names, the access list first, since it gives rights to others.
fn access_list_first(attributes: &BTreeMap<OsString, Vec<u8>>) -> impl Iterator<Item = &OsString> {
    let is_list = |name: &&OsString| *name == ACCESS_LIST;
    attributes.keys().filter(is_list).chain(attributes.keys().filter(move |name| !is_list(name)))
}

/// Accepts a failure to change a label.
fn tolerate_labels(name: &OsStr, result: io::Result<()>) -> Result<()> {
    match result {
        Err(error)
            if error.kind() == io::ErrorKind::PermissionDenied && is_among(&LABELS, name) =>
        {
            Ok(())
        }
        result => result.map_err(|error| failed(&error)),
    }
}

fn is_among(prefixes: &[&str], name: &OsStr) -> bool {
    prefixes.iter().any(|prefix| name.as_bytes().starts_with(prefix.as_bytes()))
}

fn other_group() -> Error {
    let refused = io::Error::from_raw_os_error(libc::EPERM);
    let message = "its access list names a group that the new file can't be given";
    Error::new(Error::io("save", &refused).kind(), message)
}
