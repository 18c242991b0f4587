//! Tests saves in which each file operation fails once.

use crate::support::{fixtures, preopen, scratch};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};
use taglib_wasi_guest::fault_injection::{Faults, save_with_faults};
use taglib_wasi_guest::{
    Cancellation, Edit, Error, ErrorKind, Limits, Loss, Metadata, OnLoss, Picture, PictureEdit,
    Preopens, ReadOptions, Result, SaveOptions, Source, read_metadata, save,
};

const EIO: (i32, &str) = (5, "EIO");
const ENOSPC: (i32, &str) = (28, "ENOSPC");
#[cfg(target_os = "linux")]
const EOPNOTSUPP: i32 = 95;

/// One fixture for each format that a library is likely to have.
const NAMES: [&str; 11] = [
    "id3v24.mp3",
    "ape.mp3",
    "vorbis-comment.flac",
    "aac.m4a",
    "vorbis.ogg",
    "opus.opus",
    "id3.wav",
    "id3.aiff",
    "tagged.wma",
    "ape.wv",
    "tagged.mka",
];

/// A folder with one file, which is a copy of a fixture.
struct Library {
    folder: PathBuf,
    preopens: Arc<Preopens>,
    name: String,
    original: Vec<u8>,
}

impl Library {
    fn new(test: &str, name: &str) -> Self {
        let folder = scratch(&format!("{test}-{name}"));
        let original = fs::read(fixtures().join(name)).unwrap();
        let preopens = preopen(&folder);
        let library = Self { folder, preopens, name: name.to_owned(), original };
        library.restore();
        library
    }

    fn file(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn guest_path(&self) -> String {
        format!("/music/{}", self.name)
    }

    fn restore(&self) {
        fs::write(self.file(), &self.original).unwrap();
    }

    fn save(&self, edit: &Edit, options: &SaveOptions) -> Result<Vec<Loss>> {
        let cancellation = Cancellation::default();
        save(&self.preopens, &self.guest_path(), edit, options, Limits::default(), &cancellation)
    }

    fn save_with(&self, edit: &Edit, options: &SaveOptions, faults: &Faults) -> Result<Vec<Loss>> {
        let (path, cancellation) = (self.guest_path(), Cancellation::default());
        let limits = Limits::default();
        save_with_faults(&self.preopens, &path, edit, options, limits, &cancellation, faults)
    }

    /// Saves while another program repeatedly acts on the file, and returns the error. On a busy
    /// machine the other program may not run during a save; then the save is repeated.
    fn save_while(&self, mut act: impl FnMut(&File) + Send) -> Error {
        /// With this many acts, not all of them can happen before or after the save.
        const ENOUGH: u64 = 3;
        loop {
            self.restore();
            let (saved, acts) = self.save_once_while(&mut act);
            match saved {
                Err(error) => return error,
                Ok(_) => assert!(acts < ENOUGH, "saved in spite of {acts} acts"),
            }
        }
    }

    /// Also returns how often the other program acted during the save.
    fn save_once_while(&self, act: &mut (impl FnMut(&File) + Send)) -> (Result<Vec<Loss>>, u64) {
        let file = File::options().write(true).open(self.file()).unwrap();
        let (acts, done) = (AtomicU64::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    act(&file);
                    acts.fetch_add(1, Ordering::Relaxed);
                }
            });
            while acts.load(Ordering::Relaxed) == 0 {
                thread::yield_now();
            }
            let before = acts.load(Ordering::Relaxed);
            let saved = self.save(&clear(), &SaveOptions::default());
            let during = acts.load(Ordering::Relaxed) - before;
            done.store(true, Ordering::Relaxed);
            (saved, during)
        })
    }

    fn read(&self) -> Metadata {
        let source = Source::Path { preopens: Arc::clone(&self.preopens), path: self.guest_path() };
        read_metadata(&source, ReadOptions::default(), Limits::default(), &Cancellation::default())
            .unwrap()
    }

    /// Returns all files in the folder with their content.
    fn content(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fs::read_dir(&self.folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }

    fn is_as_before(&self) -> bool {
        self.content() == BTreeMap::from([(self.file(), self.original.clone())])
    }
}

fn is_errno(error: &Error, name: &str) -> bool {
    matches!(error.kind(), ErrorKind::FileOperation { errno, .. } if errno.name() == name)
}

/// Returns options with which a save takes every possible step.
fn all_steps() -> SaveOptions {
    SaveOptions { preserve_modified: true, on_loss: OnLoss::Report, ..SaveOptions::default() }
}

/// Returns changes for which the fixtures have no room.
fn edits() -> [Edit; 3] {
    let comment = "a comment that needs room ".repeat(1_000);
    [
        Edit {
            fields: vec![
                ("title".to_owned(), vec!["Ein neuer Titel".to_owned()]),
                ("comment".to_owned(), vec![comment]),
            ],
            ..Edit::default()
        },
        Edit {
            pictures: Some(PictureEdit::ReplaceAll(vec![Picture {
                mime_type: "image/png".to_owned(),
                data: (0..300_000_u32)
                    .map(|index| (index * 7 % 251) as u8)
                    .collect::<Vec<u8>>()
                    .into(),
                picture_type: "FrontCover",
                description: "cover".to_owned(),
            }])),
            ..Edit::default()
        },
        clear(),
    ]
}

fn clear() -> Edit {
    Edit { clear: true, ..Edit::default() }
}

#[test]
fn whichever_operation_fails_the_file_is_the_old_one_or_the_new_one() {
    for name in NAMES {
        for edit in edits() {
            let library = Library::new("faults", name);
            let counted = Faults::counted();
            library.save_with(&edit, &all_steps(), &counted).unwrap();
            let changed = library.read();
            let operations = counted.operations();
            assert!(operations > 15, "{name}: {operations}");

            for nth in 1..=operations {
                let (number, errno) = if nth % 2 == 0 { EIO } else { ENOSPC };
                let context = || format!("{name}, operation {nth} of {operations}");
                library.restore();
                let faults = Faults::at(nth, number);
                let error = library.save_with(&edit, &all_steps(), &faults).unwrap_err();
                match error.kind() {
                    ErrorKind::FileOperation { errno: found, .. } => {
                        assert_eq!(found.name(), errno, "{}: {error}", context());
                    }
                    kind => panic!("{}: {kind:?} {error}", context()),
                }
                // The last operation flushes the directory to the disk, when everything is done.
                let is_new = nth == operations;
                assert_eq!(library.is_as_before(), !is_new, "{}: {error}", context());
                if is_new {
                    assert_eq!(library.content().len(), 1, "{}", context());
                    assert_eq!(library.read(), changed, "{}", context());
                }
            }
        }
    }
}

#[test]
fn in_place_a_failing_operation_is_told_as_well() {
    for name in NAMES {
        let library = Library::new("in-place", name);
        let [edit, ..] = edits();
        let counted = Faults::counted();
        let options = SaveOptions { in_place: true, ..SaveOptions::default() };
        library.save_with(&edit, &options, &counted).unwrap();
        for nth in 1..=counted.operations() {
            library.restore();
            let faults = Faults::at(nth, EIO.0);
            let error = library.save_with(&edit, &options, &faults).unwrap_err();
            let ErrorKind::FileOperation { errno, .. } = error.kind() else {
                panic!("{name}, {nth}: {error}")
            };
            assert_eq!(errno.name(), EIO.1, "{name}, {nth}");
        }
    }
}

/// A file system without unnamed files refuses to create one, and the copy
/// then has a name from the start.
#[cfg(target_os = "linux")]
#[test]
fn without_unnamed_files_a_save_is_as_safe() {
    let library = Library::new("named", "id3v24.mp3");
    let [edit, ..] = edits();
    let counted = Faults::counted();
    library.save_with(&edit, &all_steps(), &counted).unwrap();
    let changed = library.read();

    // The save is refused if another operation fails with this error.
    let refusing = |nth| vec![(nth, EOPNOTSUPP)];
    let creation = (1..=counted.operations())
        .find(|nth| {
            library.restore();
            let faults = Faults::at_each(&refusing(*nth));
            library.save_with(&edit, &all_steps(), &faults).is_ok()
        })
        .unwrap();
    assert_eq!(library.read(), changed);
    assert_eq!(library.content().len(), 1);

    library.restore();
    let counted = Faults::at_each(&refusing(creation));
    library.save_with(&edit, &all_steps(), &counted).unwrap();
    let operations = counted.operations();
    for nth in creation + 1..=operations {
        library.restore();
        let mut failing = refusing(creation);
        failing.push((nth, EIO.0));
        let faults = Faults::at_each(&failing);
        let error = library.save_with(&edit, &all_steps(), &faults).unwrap_err();
        assert!(is_errno(&error, EIO.1), "operation {nth} of {operations}: {error}");
        let is_new = nth == operations;
        assert_eq!(library.is_as_before(), !is_new, "operation {nth} of {operations}: {error}");
        assert_eq!(library.content().len(), 1, "operation {nth} of {operations}");
    }
}

#[test]
fn a_users_file_that_has_the_name_of_a_copy_is_kept() {
    let library = Library::new("users", "id3v24.mp3");
    let users = library.folder.join(format!(".taglib-wasi-{}.tmp", "0f".repeat(16)));
    fs::write(&users, "a user's own").unwrap();
    library.save(&clear(), &SaveOptions::default()).unwrap();
    assert_eq!(fs::read(&users).unwrap(), b"a user's own");
    assert_eq!(library.content().len(), 2);
}

#[test]
fn a_file_that_another_program_changes_meanwhile_is_left_alone() {
    let library = Library::new("busy", "id3v24.mp3");
    let mut time = SystemTime::UNIX_EPOCH;
    let error = library.save_while(|file| {
        time += Duration::from_secs(1);
        file.set_modified(time).unwrap();
    });
    assert!(is_errno(&error, "EBUSY"), "{error}");
    assert!(library.is_as_before());
    assert_eq!(library.file().metadata().unwrap().modified().unwrap(), time);
}

#[cfg(unix)]
#[test]
fn a_program_that_sets_the_modification_time_back_does_not_lose_its_change() {
    use std::os::unix::fs::FileExt;

    let library = Library::new("set-back", "id3v24.mp3");
    let time = library.file().metadata().unwrap().modified().unwrap();
    // The first letter of the title follows the frame's header and encoding.
    let frame = library.original.windows(4).position(|bytes| bytes == b"TIT2").unwrap();
    let letter = frame + 11;
    let mut written = b'a';
    let error = library.save_while(|file| {
        written = if written == b'z' { b'a' } else { written + 1 };
        file.write_all_at(&[written], letter as u64).unwrap();
        file.set_modified(time).unwrap();
        // Lets the save look at the file while its time is set back.
        thread::sleep(Duration::from_micros(200));
    });
    assert!(is_errno(&error, "EBUSY"), "{error}");
    assert_eq!(fs::read(library.file()).unwrap()[letter], written);
    assert_eq!(library.content().len(), 1);
}

#[cfg(target_os = "linux")]
mod access {
    use super::*;
    use std::ffi::OsString;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    const ACCESS_LIST: &str = "system.posix_acl_access";
    const DEFAULT_LIST: &str = "system.posix_acl_default";

    /// Returns an access list as Linux stores it (`linux/posix_acl_xattr.h`): the owner and one
    /// more user may read and write, and others have no rights.
    fn access_list(user: u32) -> Vec<u8> {
        const ANYONE: u32 = u32::MAX;
        let entries =
            [(1, 6, ANYONE), (2, 6, user), (4, 0, ANYONE), (16, 6, ANYONE), (32, 0, ANYONE)];
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, permissions, id) in entries {
            list.extend(u16::to_le_bytes(tag));
            list.extend(u16::to_le_bytes(permissions));
            list.extend(u32::to_le_bytes(id));
        }
        list
    }

    fn attributes(path: &Path) -> BTreeMap<OsString, Vec<u8>> {
        let value = |name: OsString| xattr::get(path, &name).unwrap().map(|value| (name, value));
        xattr::list(path).unwrap().filter_map(value).collect()
    }

    /// Returns a library whose directory gives new files an access list, or `None` if the file
    /// system has no access lists.
    fn library_with_default_list(test: &str) -> Option<Library> {
        let library = Library::new(test, "id3v24.mp3");
        match xattr::set(&library.folder, DEFAULT_LIST, &access_list(1234)) {
            Ok(()) => Some(library),
            Err(error) => {
                eprintln!("skipped: no access lists on this file system ({error})");
                None
            }
        }
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_directorys_default_list_gives_nobody_rights_to_a_saved_file() {
        let Some(library) = library_with_default_list("default-list") else { return };
        for permissions in [0o640, 0o666, 0o600] {
            fs::set_permissions(library.file(), Permissions::from_mode(permissions)).unwrap();
            let before = attributes(&library.file());
            assert!(!before.contains_key(&OsString::from(ACCESS_LIST)));
            library.save(&clear(), &SaveOptions::default()).unwrap();
            assert_eq!(attributes(&library.file()), before);
            assert_eq!(mode(&library.file()), permissions);
        }
    }

    #[test]
    fn a_files_own_list_is_kept_instead_of_the_default() {
        let Some(library) = library_with_default_list("own-list") else { return };
        xattr::set(library.file(), ACCESS_LIST, &access_list(4321)).unwrap();
        xattr::set(library.file(), "user.note", b"a note").unwrap();
        let before = (attributes(&library.file()), mode(&library.file()));
        library.save(&clear(), &SaveOptions::default()).unwrap();
        assert_eq!((attributes(&library.file()), mode(&library.file())), before);
    }

    #[test]
    fn whichever_operation_fails_a_file_with_a_list_is_the_old_one_or_the_new_one() {
        let Some(library) = library_with_default_list("list-faults") else { return };
        xattr::set(library.file(), "user.note", b"a note").unwrap();
        let counted = Faults::counted();
        library.save_with(&clear(), &all_steps(), &counted).unwrap();
        for nth in 1..counted.operations() {
            library.restore();
            let faults = Faults::at(nth, EIO.0);
            let error = library.save_with(&clear(), &all_steps(), &faults).unwrap_err();
            assert!(is_errno(&error, EIO.1), "operation {nth}: {error}");
            assert!(library.is_as_before(), "operation {nth}");
        }
    }

    #[test]
    fn set_id_bits_stay_where_the_owner_stays() {
        let library = Library::new("set-id", "id3v24.mp3");
        fs::set_permissions(library.file(), Permissions::from_mode(0o6755)).unwrap();
        library.save(&clear(), &SaveOptions::default()).unwrap();
        assert_eq!(mode(&library.file()), 0o6755);
    }
}

#[test]
fn a_file_larger_than_taglib_can_count_is_refused() {
    let library = Library::new("large", "vorbis-comment.flac");
    let size = 3 << 30;
    let file = File::options().write(true).open(library.file()).unwrap();
    file.set_len(size).unwrap();
    for in_place in [false, true] {
        let options = SaveOptions { in_place, ..SaveOptions::default() };
        let error = library.save(&clear(), &options).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::FileOperation { errno, .. } if errno.name() == "EFBIG")
        );
        assert_eq!(file.metadata().unwrap().len(), size);
    }
    fs::remove_file(library.file()).unwrap();
}

#[test]
fn an_empty_id3v2_tag_gets_all_fields_of_the_other_tags() {
    // Its ID3v2 tag has no frame; the fields are in the ID3v1 tag.
    let library = Library::new("empty-id3v2", "id3v1.mp3");
    let album = |metadata: &Metadata| {
        metadata.tags.fields.iter().find(|(name, _)| name == "album").cloned()
    };
    let before = album(&library.read());
    assert!(before.is_some());
    let fields = vec![("title".to_owned(), vec!["New".to_owned()])];
    library.save(&Edit { fields, ..Edit::default() }, &SaveOptions::default()).unwrap();
    assert_eq!(album(&library.read()), before);
}
