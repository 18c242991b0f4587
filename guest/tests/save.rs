//! Saving with every operation on files made to fail once.

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};
use support::{fixtures, preopen, scratch};
use taglib_wasi_guest::{
    Cancellation, Edit, ErrorKind, Faults, Limits, Metadata, Picture, PictureEdit, Preopens,
    ReadOptions,
    Result, SaveOptions, Source, read_metadata, save,
};

const EIO: (i32, &str) = (5, "EIO");
const ENOSPC: (i32, &str) = (28, "ENOSPC");

/// One of each format that a library is likely to have.
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

/// A folder with one file, as a fixture has it.
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

    fn save(&self, edit: &Edit, options: &SaveOptions) -> Result<()> {
        let cancellation = Cancellation::default();
        save(&self.preopens, &self.guest_path(), edit, options, Limits::default(), &cancellation)
    }

    fn save_with(&self, edit: &Edit, faults: &Faults) -> Result<()> {
        // With all that a save can do besides.
        let faults = faults.clone();
        self.save(edit, &SaveOptions { preserve_modified: true, faults, ..SaveOptions::default() })
    }

    fn read(&self) -> Metadata {
        let source = Source::Path { preopens: Arc::clone(&self.preopens), path: self.guest_path() };
        read_metadata(&source, ReadOptions::default(), Limits::default(), &Cancellation::default())
            .unwrap()
    }

    /// All files in the folder with their content.
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

/// Changes that don't fit into the room that the fixtures have.
fn edits() -> [Edit; 3] {
    let comment = "a comment that needs room ".repeat(2_000);
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
            library.save_with(&edit, &counted).unwrap();
            let changed = library.read();
            let operations = counted.operations();
            assert!(operations > 15, "{name}: {operations}");

            for nth in 1..=operations {
                let (number, errno) = if nth % 2 == 0 { EIO } else { ENOSPC };
                let context = || format!("{name}, operation {nth} of {operations}");
                library.restore();
                let error = library.save_with(&edit, &Faults::at(nth, number)).unwrap_err();
                match error.kind() {
                    ErrorKind::FileOperation { errno: found, .. } => {
                        assert_eq!(found.name(), errno, "{}: {error}", context());
                    }
                    kind => panic!("{}: {kind:?} {error}", context()),
                }
                // The last one writes the directory through, when all is done.
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
        let options = |faults: Faults| SaveOptions { in_place: true, faults, ..Default::default() };
        library.save(&edit, &options(counted.clone())).unwrap();
        for nth in 1..=counted.operations() {
            library.restore();
            let error = library.save(&edit, &options(Faults::at(nth, EIO.0))).unwrap_err();
            let ErrorKind::FileOperation { errno, .. } = error.kind() else {
                panic!("{name}, {nth}: {error}")
            };
            assert_eq!(errno.name(), EIO.1, "{name}, {nth}");
        }
    }
}

#[test]
fn what_a_killed_process_left_is_removed_by_the_next_save() {
    let library = Library::new("left", "id3v24.mp3");
    let left = library.folder.join(format!(".taglib-wasi-{}.tmp", "0f".repeat(16)));
    fs::write(&left, "half a file").unwrap();
    library.save(&clear(), &SaveOptions::default()).unwrap();
    assert!(!left.exists());
    assert_eq!(library.content().len(), 1);
}

#[test]
fn a_file_that_somebody_else_changes_meanwhile_is_left_alone() {
    let library = Library::new("busy", "id3v24.mp3");
    let done = Arc::new(AtomicBool::new(false));
    let other = File::options().write(true).open(library.file()).unwrap();
    let others_time = {
        let done = Arc::clone(&done);
        thread::spawn(move || {
            let mut time = SystemTime::UNIX_EPOCH;
            while !done.load(Ordering::Relaxed) {
                time += Duration::from_secs(1);
                other.set_modified(time).unwrap();
            }
            time
        })
    };
    let error = library.save(&clear(), &SaveOptions::default()).unwrap_err();
    done.store(true, Ordering::Relaxed);
    let time = others_time.join().unwrap();
    assert!(
        matches!(error.kind(), ErrorKind::FileOperation { errno, .. } if errno.name() == "EBUSY")
    );
    assert!(library.is_as_before());
    assert_eq!(library.file().metadata().unwrap().modified().unwrap(), time);
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
