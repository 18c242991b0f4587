//! Removes the copies that killed processes left behind.
//!
//! A file is never removed only because its name has the right form. It must be a regular file,
//! its name must have been given to this very inode (`temporary_name`), it must belong to the
//! user who is saving, nobody may hold its lock, and it must be old enough where locks may not
//! reach every machine.
//!
//! A directory may hold hundreds of thousands of files, so a process lists it only once in
//! [`INTERVAL`] and reads at most [`MAX_ENTRIES`] names.

use super::file_status::{changed, identity};
use super::temporary_name::{self, NameKind};
use crate::error::Result;
use crate::limits::Budget;
use crate::preopens::harmless_options;
use cap_std::fs::{Dir, DirEntry, Metadata};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a process leaves a directory alone after cleaning it. Abandoned copies only cost
/// space, so there is no hurry.
const INTERVAL: Duration = Duration::from_secs(600);

/// How many names are read. Reading this many took 4 ms (ext4).
const MAX_ENTRIES: usize = 4096;

/// How many cleaned directories a process remembers. A library has about as many directories as
/// albums, and each takes 40 bytes here.
const MAX_REMEMBERED: usize = 4096;

/// The age in seconds at which a copy that was created under a name may be removed. On some
/// network file systems locks do not reach other machines, so another machine may be editing a
/// copy that looks unlocked.
const MIN_AGE: i64 = 3600;

/// The directories that this process has cleaned.
static CLEANED: Mutex<Option<Cleaned>> = Mutex::new(None);

/// Removes abandoned copies from `dir`, unless that was done recently. A copy that can't be
/// removed is left for another time.
///
/// `own` is the copy that this save has just created. Abandoned copies belong to the same user,
/// and their age is measured by the clock that `own` has its times from, which may be a server's.
/// `was_unnamed` tells whether `own` was created without a name, as other copies in this file
/// system then were.
///
/// # Errors
/// Fails only if the call has been cancelled or has passed its deadline.
pub(super) fn remove(dir: &Dir, own: &File, was_unnamed: bool, budget: &Budget) -> Result<()> {
    let (Ok(directory), Ok(own)) = (dir.dir_metadata(), Metadata::from_file(own)) else {
        return Ok(());
    };
    let is_due = CLEANED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert_default()
        .is_due(identity(&directory), Instant::now());
    if !is_due {
        return Ok(());
    }
    Cleaning { dir, own: &own, was_unnamed }.run(MAX_ENTRIES, budget)
}

/// When each directory was last cleaned.
#[derive(Debug, Default)]
struct Cleaned(HashMap<(u64, u64), Instant>);

impl Cleaned {
    /// Returns whether a directory is due for cleaning. If so, records it as cleaned.
    fn is_due(&mut self, directory: (u64, u64), now: Instant) -> bool {
        let is_recent = |then: &Instant| now.saturating_duration_since(*then) < INTERVAL;
        if self.0.get(&directory).is_some_and(is_recent) {
            return false;
        }
        if self.0.len() >= MAX_REMEMBERED {
            self.0.retain(|_, then| is_recent(then));
        }
        // If all of them are recent, another process has to clean this one.
        let has_room = self.0.len() < MAX_REMEMBERED;
        if has_room {
            self.0.insert(directory, now);
        }
        has_room
    }
}

struct Cleaning<'a> {
    dir: &'a Dir,
    own: &'a Metadata,
    was_unnamed: bool,
}

impl Cleaning<'_> {
    fn run(&self, most: usize, budget: &Budget) -> Result<()> {
        let Ok(entries) = self.dir.entries() else { return Ok(()) };
        for entry in entries.take(most).flatten() {
            budget.check()?;
            if temporary_name::has_form(&entry.file_name()) {
                // A failure concerns this file only, and a later save tries again.
                let _ = self.remove_if_abandoned(&entry);
            }
        }
        Ok(())
    }

    fn remove_if_abandoned(&self, entry: &DirEntry) -> io::Result<()> {
        if !entry.file_type()?.is_file() {
            return Ok(());
        }
        let name = entry.file_name();
        let file = entry.open_with(&harmless_options())?.into_std();
        if file.try_lock().is_err() {
            return Ok(());
        }
        // Read only now that the lock is free: the owner may have renamed the file before, and
        // then it is a user's saved file.
        let metadata = Metadata::from_file(&file)?;
        let in_place = self.dir.symlink_metadata(&name)?;
        if identity(&in_place) == identity(&metadata) && self.is_abandoned(&name, &metadata) {
            self.dir.remove_file(&name)?;
        }
        Ok(())
    }

    /// Returns whether a file that nobody has locked is an abandoned copy.
    fn is_abandoned(&self, name: &OsStr, metadata: &Metadata) -> bool {
        let age = changed(self.own).0.saturating_sub(changed(metadata).0);
        metadata.is_file()
            && is_owned_alike(self.own, metadata)
            && self.min_age(name, metadata).is_some_and(|min_age| age >= min_age)
    }

    /// Returns the age in seconds at which a copy may be removed, or `None` if the file is not a
    /// copy.
    fn min_age(&self, name: &OsStr, metadata: &Metadata) -> Option<i64> {
        match temporary_name::kind(name, identity(metadata).1)? {
            // The copy was locked before it had a name, and file systems with unnamed files are
            // local: every process that sees the copy sees its lock.
            NameKind::Bound if self.was_unnamed => Some(0),
            NameKind::Bound => Some(MIN_AGE),
            // Its owner may not have locked it yet.
            NameKind::Provisional => Some(MIN_AGE).filter(|_| metadata.len() == 0),
        }
    }
}

/// Returns whether a process that creates files like `own` may have left `file` behind. Root
/// gives its copies to the owner of the original.
#[cfg(unix)]
fn is_owned_alike(own: &Metadata, file: &Metadata) -> bool {
    use cap_std::fs::MetadataExt;
    own.uid() == 0 || own.uid() == file.uid()
}

/// Stable Rust does not report owners on Windows.
#[cfg(windows)]
fn is_owned_alike(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::limits::{Cancellation, Limits};
    use cap_std::ambient_authority;
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, chown};
    use std::path::{Path, PathBuf};

    /// A directory with a copy that is being made in it.
    struct Fixture {
        path: PathBuf,
        dir: Dir,
        own: Metadata,
    }

    impl Fixture {
        fn new(name: &str) -> Self {
            let process = std::process::id();
            let path = std::env::temp_dir().join(format!("taglib-wasi-abandoned-{process}-{name}"));
            fs::create_dir(&path).unwrap();
            fs::write(path.join("own"), "").unwrap();
            let own = Metadata::from_file(&File::open(path.join("own")).unwrap()).unwrap();
            let dir = Dir::open_ambient_dir(&path, ambient_authority()).unwrap();
            Self { path, dir, own }
        }

        /// Leaves a copy behind, under a name that was given to it.
        fn leave(&self, content: &str) -> PathBuf {
            let created = self.path.join("created");
            fs::write(&created, content).unwrap();
            let name = temporary_name::bound(created.metadata().unwrap().ino());
            self.rename(&created, &name)
        }

        fn rename(&self, from: &Path, name: &str) -> PathBuf {
            let path = self.path.join(name);
            fs::rename(from, &path).unwrap();
            path
        }

        fn clean(&self, was_unnamed: bool, most: usize) {
            let budget = Budget::start(Limits::default(), &Cancellation::default());
            let cleaning = Cleaning { dir: &self.dir, own: &self.own, was_unnamed };
            cleaning.run(most, &budget).unwrap();
        }
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.path);
        }
    }

    #[test]
    fn a_copy_that_nobody_holds_is_removed() {
        let fixture = Fixture::new("removed");
        let left = fixture.leave("half a file");
        fixture.clean(true, MAX_ENTRIES);
        assert!(!left.exists());
    }

    #[test]
    fn a_copy_in_use_is_kept() {
        let fixture = Fixture::new("locked");
        let left = fixture.leave("half a file");
        let used = File::open(&left).unwrap();
        used.lock().unwrap();
        fixture.clean(true, MAX_ENTRIES);
        assert!(left.exists());
    }

    #[test]
    fn a_copy_that_another_machine_may_be_editing_is_kept() {
        let fixture = Fixture::new("young");
        let left = fixture.leave("half a file");
        fixture.clean(false, MAX_ENTRIES);
        assert!(left.exists());
    }

    #[test]
    fn a_users_file_with_such_a_name_is_kept() {
        let fixture = Fixture::new("users");
        let kept = [
            format!(".taglib-wasi-{}.tmp", "0123456789abcdef".repeat(2)),
            // The name of another file, as a copy made by a backup program has it.
            temporary_name::bound(identity(&fixture.own).1 + 1_000_000),
            // Only an empty file can be a copy with a provisional name.
            temporary_name::provisional(),
        ];
        for name in &kept {
            fs::write(fixture.path.join(name), "a user's own").unwrap();
        }
        fixture.clean(true, MAX_ENTRIES);
        for name in &kept {
            assert!(fixture.path.join(name).exists(), "{name}");
        }
    }

    #[test]
    fn an_empty_file_that_may_be_about_to_be_locked_is_kept() {
        let fixture = Fixture::new("provisional");
        let name = fixture.path.join(temporary_name::provisional());
        fs::write(&name, "").unwrap();
        fixture.clean(true, MAX_ENTRIES);
        assert!(name.exists());
    }

    #[test]
    fn a_directory_or_link_with_such_a_name_is_kept() {
        let fixture = Fixture::new("kinds");
        let folder = fixture.path.join("folder");
        fs::create_dir(&folder).unwrap();
        let name = temporary_name::bound(folder.metadata().unwrap().ino());
        let folder = fixture.rename(&folder, &name);
        let users = fixture.path.join("song.mp3");
        fs::write(&users, "a user's own").unwrap();
        let link = fixture.path.join(temporary_name::bound(users.metadata().unwrap().ino()));
        std::os::unix::fs::symlink(&users, &link).unwrap();
        fixture.clean(true, MAX_ENTRIES);
        assert!(folder.exists());
        assert!(link.symlink_metadata().is_ok());
        assert!(users.exists());
    }

    #[test]
    fn another_users_copy_is_removed_by_root_only() {
        let mut fixture = Fixture::new("owner");
        let left = fixture.leave("half a file");
        if chown(&left, Some(1234), None).is_err() {
            return;
        }
        let own = fixture.path.join("own");
        chown(&own, Some(4321), None).unwrap();
        let root = std::mem::replace(
            &mut fixture.own,
            Metadata::from_file(&File::open(&own).unwrap()).unwrap(),
        );
        fixture.clean(true, MAX_ENTRIES);
        assert!(left.exists());
        fixture.own = root;
        fixture.clean(true, MAX_ENTRIES);
        assert!(!left.exists());
    }

    #[test]
    fn the_age_counts_only_where_locks_may_not_reach_everyone() {
        let fixture = Fixture::new("age");
        let left = fixture.leave("half a file");
        let name = left.file_name().unwrap();
        let metadata = Metadata::from_file(&File::open(&left).unwrap()).unwrap();
        let min_age = |was_unnamed| {
            Cleaning { dir: &fixture.dir, own: &fixture.own, was_unnamed }.min_age(name, &metadata)
        };
        assert_eq!([min_age(true), min_age(false)], [Some(0), Some(MIN_AGE)]);
    }

    #[test]
    fn only_so_many_names_are_looked_at() {
        let fixture = Fixture::new("many");
        for _ in 0..20 {
            fixture.leave("half a file");
        }
        fixture.clean(true, 10);
        let left = fs::read_dir(&fixture.path).unwrap().count();
        assert!((11..=12).contains(&left), "{left}");
    }

    #[test]
    fn a_directory_is_cleaned_once_in_a_while() {
        let mut cleaned = Cleaned::default();
        let now = Instant::now();
        assert!(cleaned.is_due((1, 1), now));
        assert!(!cleaned.is_due((1, 1), now + INTERVAL / 2));
        assert!(cleaned.is_due((1, 2), now));
        assert!(cleaned.is_due((1, 1), now + INTERVAL));
    }

    #[test]
    fn only_so_many_directories_are_remembered() {
        let mut cleaned = Cleaned::default();
        let now = Instant::now();
        for inode in 0..MAX_REMEMBERED as u64 {
            assert!(cleaned.is_due((1, inode), now));
        }
        assert!(!cleaned.is_due((2, 1), now));
        assert!(cleaned.is_due((2, 1), now + INTERVAL));
        assert_eq!(cleaned.0.len(), 1);
    }
}
