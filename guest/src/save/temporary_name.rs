//! Generates and recognises the names of copies.
//!
//! A name consists of `.taglib-wasi-`, 16 hexadecimal digits of a random number, 16 digits of a
//! checksum over that number and the file's inode number, and `.tmp`. The random number makes the
//! name unguessable. The checksum proves that the name was given to this very file. So a user's
//! file that happens to have such a name, or a backup of a copy, is never taken for a copy.
//!
//! The inode number is not known before the file exists. A file that has to be created under a
//! name therefore gets a *provisional* name first, whose checksum covers no inode number, and is
//! renamed once it is locked.
//!
//! Rejected: a marker in an extended attribute. FAT, older tmpfs and many network file systems
//! have none. The marker would also have to be removed. Before the rename, that leaves a copy
//! that can no longer be recognised; after the rename, the removal may fail.

use std::ffi::OsStr;
use std::hash::{BuildHasher, RandomState};

const PREFIX: &str = ".taglib-wasi-";
const SUFFIX: &str = ".tmp";

/// An inode number that no file has on Unix. On Windows, where stable Rust reports none, every
/// file is taken to have it.
const NO_INODE: u64 = 0;

/// What a name says about its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKind {
    /// The file's final name as a copy.
    Bound,
    /// The name of a file that has just been created and is still empty.
    Provisional,
}

/// Returns a new name for the file with this inode number.
pub(super) fn bound(inode: u64) -> String {
    name(random(), inode)
}

/// Returns a new name for a file that does not exist yet.
pub(super) fn provisional() -> String {
    name(random(), NO_INODE)
}

/// Returns whether a name has the form of a copy's name, whatever file it was given to.
pub(super) fn has_form(name: &OsStr) -> bool {
    parse(name).is_some()
}

/// Returns what a name says, or `None` if it was not given to the file with this inode number.
pub(super) fn kind(name: &OsStr, inode: u64) -> Option<NameKind> {
    let (random, found) = parse(name)?;
    if found == checksum(random, inode) {
        Some(NameKind::Bound)
    } else if found == checksum(random, NO_INODE) {
        Some(NameKind::Provisional)
    } else {
        None
    }
}

fn name(random: u64, inode: u64) -> String {
    format!("{PREFIX}{random:016x}{:016x}{SUFFIX}", checksum(random, inode))
}

fn parse(name: &OsStr) -> Option<(u64, u64)> {
    let digits = name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    // `from_str_radix` alone would accept a sign.
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let (random, checksum) = digits.split_at(16);
    let number = |digits| u64::from_str_radix(digits, 16).ok();
    Some((number(random)?, number(checksum)?))
}

/// Returns a random number. `RandomState` takes its keys from the system's random numbers, and
/// its hashes can't be predicted without the keys.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

/// Computes the checksum with FNV-1a. Other versions of this package must compute the same
/// checksum, which rules out the hashers of the standard library.
fn checksum(random: u64, inode: u64) -> u64 {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes = [random.to_le_bytes(), inode.to_le_bytes()];
    bytes
        .as_flattened()
        .iter()
        .fold(OFFSET_BASIS, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_belongs_to_one_inode() {
        let name = bound(42);
        assert_eq!(kind(OsStr::new(&name), 42), Some(NameKind::Bound));
        assert_eq!(kind(OsStr::new(&name), 43), None);
        assert_ne!(bound(42), name);
    }

    #[test]
    fn a_provisional_name_belongs_to_any() {
        let name = provisional();
        assert_eq!(kind(OsStr::new(&name), 42), Some(NameKind::Provisional));
    }

    #[test]
    fn a_name_of_the_same_form_belongs_to_none() {
        let same_form = format!("{PREFIX}{}{SUFFIX}", "0123456789abcdef".repeat(2));
        assert!(has_form(OsStr::new(&same_form)));
        assert_eq!(kind(OsStr::new(&same_form), 42), None);
    }

    #[test]
    fn other_names_are_not_looked_at() {
        let ours = bound(42);
        let signs = format!("{PREFIX}+{}{SUFFIX}", "0".repeat(31));
        for name in ["song.mp3", ".taglib-wasi-.tmp", ".taglib-wasi-notes.tmp", &ours[1..], &signs]
        {
            assert!(!has_form(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn other_versions_compute_the_same_checksum() {
        assert_eq!(checksum(0x0123_4567_89ab_cdef, 42), 0x4096_061c_eb07_625f);
    }
}
