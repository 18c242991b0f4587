//! Lists a directory in parts.
//!
//! The directory is opened beneath its preopen, as files are, and read in parts: a
//! directory of a million files takes no more memory than one of ten. The order is that
//! of the file system.

use super::Resolved;
use super::open::refusal;
use crate::errno::Errno;
use crate::error::{Error, Result};
use cap_std::fs::{Dir, DirEntry, Metadata, ReadDir};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// An open directory that is being read.
#[derive(Debug)]
pub struct Listing {
    entries: ReadDir,
    /// How symbolic links are followed, if they are.
    links: Option<Links>,
}

/// Symbolic links are resolved from the preopen: they may lead out of their directory,
/// but not out of the preopen.
#[derive(Debug)]
struct Links {
    preopen: Dir,
    /// The directory, from `preopen`.
    relative: String,
    /// The path of the directory without links, after the guest path of its preopen.
    real_path: String,
}

/// One name in a directory.
#[derive(Debug)]
pub struct Entry {
    /// The name without its directory.
    pub name: String,
    /// What the name stands for.
    pub kind: EntryKind,
}

/// What a name in a directory stands for.
#[derive(Debug)]
pub enum EntryKind {
    /// A regular file.
    File {
        /// In bytes.
        size: u64,
        /// In milliseconds since 1970, negative before.
        modified: f64,
    },
    /// A directory.
    Directory,
    /// A symbolic link that is not followed, a FIFO, a socket or a device.
    Other,
    /// Something whose type is unknown.
    Unreadable(Error),
}

impl Resolved<'_> {
    /// Opens a directory to list it. With `follow`, a symbolic link is listed as the file or
    /// directory that it leads to.
    ///
    /// # Errors
    /// The system's errors, by their names; `ENOTCAPABLE` if a symbolic link leads out of the
    /// preopen.
    pub fn list(&self, follow: bool) -> Result<Listing> {
        let preopen = &self.preopen.dir;
        let dir = preopen.open_dir(&self.relative).map_err(|error| refusal(&error))?;
        let entries = dir.entries().map_err(|error| Error::io("list", &error))?;
        let links = if follow { Some(self.links()?) } else { None };
        Ok(Listing { entries, links })
    }

    fn links(&self) -> Result<Links> {
        let preopen = &self.preopen.dir;
        let real = preopen.canonicalize(&self.relative).map_err(|error| refusal(&error))?;
        // The first prefix is the guest path.
        let guest_path = self.preopen.prefixes.first().map_or("", String::as_str);
        Ok(Links {
            preopen: preopen.try_clone().map_err(|error| Error::io("list", &error))?,
            relative: self.relative.clone(),
            real_path: format!("{guest_path}/{}", real.display()),
        })
    }
}

impl Listing {
    /// Returns the path of the directory without symbolic links, if links are followed. Without
    /// it, a walk that reaches a directory inside itself would not end.
    pub fn real_path(&self) -> Option<&str> {
        self.links.as_ref().map(|links| links.real_path.as_str())
    }

    /// Returns up to `most` of the next entries. Returns none at the end.
    ///
    /// # Errors
    /// Fails if the rest of the directory can't be read.
    pub fn next(&mut self, most: usize) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        while entries.len() < most {
            match self.entries.next() {
                Some(Ok(entry)) => entries.push(self.look_at(&entry)),
                Some(Err(error)) => return Err(Error::io("list", &error)),
                None => break,
            }
        }
        Ok(entries)
    }

    fn look_at(&self, entry: &DirEntry) -> Entry {
        let name = entry.file_name();
        let kind = match name.to_str() {
            Some(name) => self.kind(entry, name).unwrap_or_else(EntryKind::Unreadable),
            None => EntryKind::Unreadable(Error::file(
                "open",
                Errno::ILSEQ,
                "its name is no Unicode, so no path leads to it",
            )),
        };
        Entry { name: name.to_string_lossy().into_owned(), kind }
    }

    fn kind(&self, entry: &DirEntry, name: &str) -> Result<EntryKind> {
        let metadata = entry.metadata().map_err(|error| Error::io("stat", &error))?;
        match &self.links {
            Some(links) if metadata.is_symlink() => {
                let link = Path::new(&links.relative).join(name);
                Ok(kind(&links.preopen.metadata(link).map_err(|error| refusal(&error))?))
            }
            _ => Ok(kind(&metadata)),
        }
    }
}

fn kind(metadata: &Metadata) -> EntryKind {
    if metadata.is_file() {
        EntryKind::File { size: metadata.len(), modified: modified(metadata) }
    } else if metadata.is_dir() {
        EntryKind::Directory
    } else {
        EntryKind::Other
    }
}

/// Computes the time as Node's `fs.Stats.mtimeMs` does, so that programs can compare
/// the two.
fn modified(metadata: &Metadata) -> f64 {
    let Ok(time) = metadata.modified() else { return 0.0 };
    let milliseconds = |distance: Duration| {
        distance.as_secs() as f64 * 1e3 + f64::from(distance.subsec_nanos()) / 1e6
    };
    match time.into_std().duration_since(UNIX_EPOCH) {
        Ok(after) => milliseconds(after),
        Err(before) => -milliseconds(before.duration()),
    }
}
