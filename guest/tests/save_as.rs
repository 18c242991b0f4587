//! Tests writing files in other places: a changed copy, and content that is not audio.

use crate::support::{fixtures, scratch};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use taglib_wasi_guest::fault_injection::{Faults, save_as_with_faults, write_content_with_faults};
use taglib_wasi_guest::{
    Cancellation, Edit, Error, ErrorKind, Limits, Loss, Metadata, OnLoss, PreopenOptions, Preopens,
    ReadOptions, Result, SaveAs, SaveOptions, Source, read_content, read_metadata, save_as,
    write_content,
};

const EIO: (i32, &str) = (5, "EIO");
const ENOSPC: (i32, &str) = (28, "ENOSPC");

/// A folder to read from, a folder to write to, and a read-only folder.
struct Folders {
    root: PathBuf,
    preopens: Arc<Preopens>,
    original: Vec<u8>,
}

impl Folders {
    /// Creates the folders, with a copy of the fixture `name` in `/from/`.
    fn new(test: &str, name: &str) -> Self {
        let root = scratch(&format!("save-as-{test}"));
        let preopen = |(folder, read_only): (&str, bool)| {
            let host_path = root.join(folder);
            fs::create_dir(&host_path).unwrap();
            PreopenOptions {
                guest_path: format!("/{folder}"),
                host_path: host_path.to_str().unwrap().to_owned(),
                read_only,
            }
        };
        let options = [("from", false), ("to", false), ("sealed", true)].map(preopen);
        let preopens = Arc::new(Preopens::open(&options).unwrap());
        let original = fs::read(fixtures().join(name)).unwrap();
        fs::write(root.join("from").join(name), &original).unwrap();
        Self { root, preopens, original }
    }

    fn save(&self, source: &str, target: &str, overwrite: bool) -> Result<Vec<Loss>> {
        let call =
            SaveAs { source, target, edit: &title(), options: &SaveOptions::default(), overwrite };
        save_as(&self.preopens, call, Limits::default(), &Cancellation::default())
    }

    fn write(&self, path: &str, content: &[u8], overwrite: bool) -> Result<()> {
        let cancellation = Cancellation::default();
        write_content(&self.preopens, path, content, overwrite, Limits::default(), &cancellation)
    }

    fn read(&self, path: &str) -> Metadata {
        let source = Source::Path { preopens: Arc::clone(&self.preopens), path: path.to_owned() };
        read_metadata(&source, ReadOptions::default(), Limits::default(), &Cancellation::default())
            .unwrap()
    }

    fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Returns all files in a folder with their content.
    fn content(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.file(folder)).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
            })
            .collect()
    }
}

fn title() -> Edit {
    Edit { fields: vec![("title".to_owned(), vec!["New".to_owned()])], ..Edit::default() }
}

fn titles(metadata: &Metadata) -> String {
    let title = metadata.tags.fields.iter().find(|(name, _)| name == "title");
    format!("{title:?}")
}

fn errno(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::FileOperation { errno, .. } => errno.name(),
        kind => panic!("{kind:?}: {error}"),
    }
}

#[test]
fn whichever_operation_fails_the_source_stays_and_the_target_is_old_or_new() {
    for (name, has_target) in [
        ("id3v24.mp3", false),
        ("id3v24.mp3", true),
        ("vorbis-comment.flac", true),
        ("aac.m4a", false),
        ("opus.opus", true),
    ] {
        let folders = Folders::new(&format!("faults-{name}-{has_target}"), name);
        let source = format!("/from/{name}");
        let edit = title();
        let options = SaveOptions {
            preserve_modified: true,
            on_loss: OnLoss::Report,
            ..SaveOptions::default()
        };
        let save = |overwrite, faults: &Faults| {
            let target = "/to/new";
            let call =
                SaveAs { source: &source, target, edit: &edit, options: &options, overwrite };
            let (limits, cancellation) = (Limits::default(), Cancellation::default());
            save_as_with_faults(&folders.preopens, call, limits, &cancellation, faults)
        };
        let reset = || {
            let _ = fs::remove_file(folders.file("to/new"));
            if has_target {
                fs::write(folders.file("to/new"), "old").unwrap();
            }
        };
        reset();
        let before = folders.content("to");
        let counted = Faults::counted();
        save(has_target, &counted).unwrap();
        let after = folders.content("to");
        let operations = counted.operations();
        assert!(operations > 12, "{name}: {operations}");
        for nth in 1..=operations {
            let (number, expected) = if nth % 2 == 0 { EIO } else { ENOSPC };
            reset();
            let error = save(has_target, &Faults::at(nth, number)).unwrap_err();
            let context = format!("{name}, operation {nth} of {operations}: {error}");
            assert_eq!(errno(&error), expected, "{context}");
            // The last operation flushes the directory to the disk, when everything is done.
            let expected = if nth == operations { &after } else { &before };
            assert!(folders.content("to") == *expected, "{context}");
            assert_eq!(folders.content("from")[name], folders.original, "{context}");
        }
    }
}

#[test]
fn whichever_operation_fails_written_content_is_old_or_new() {
    let folders = Folders::new("content-faults", "plain.mp3");
    for has_target in [false, true] {
        let reset = || {
            let _ = fs::remove_file(folders.file("to/cover.png"));
            if has_target {
                fs::write(folders.file("to/cover.png"), "old").unwrap();
            }
        };
        let write = |faults: &Faults| {
            let (limits, cancellation) = (Limits::default(), Cancellation::default());
            let (path, content) = ("/to/cover.png", vec![7; 3_000_000]);
            write_content_with_faults(
                &folders.preopens,
                path,
                &content,
                has_target,
                limits,
                &cancellation,
                faults,
            )
        };
        reset();
        let before = folders.content("to");
        let counted = Faults::counted();
        write(&counted).unwrap();
        let after = folders.content("to");
        assert_eq!(after["cover.png"], vec![7; 3_000_000]);
        for nth in 1..=counted.operations() {
            reset();
            let error = write(&Faults::at(nth, ENOSPC.0)).unwrap_err();
            assert_eq!(errno(&error), ENOSPC.1, "operation {nth}: {error}");
            let expected = if nth == counted.operations() { &after } else { &before };
            assert!(folders.content("to") == *expected, "operation {nth}: {error}");
        }
    }
}

/// A file system without unnamed files refuses to create one, and the new file then has
/// a name from the start.
#[cfg(target_os = "linux")]
#[test]
fn without_unnamed_files_content_is_written_as_safely() {
    const EOPNOTSUPP: i32 = 95;
    let folders = Folders::new("named", "plain.mp3");
    let write = |failing: &[(u64, i32)]| {
        let _ = fs::remove_file(folders.file("to/a"));
        let faults = Faults::at_each(failing);
        let (limits, cancellation) = (Limits::default(), Cancellation::default());
        let preopens = &folders.preopens;
        let written = write_content_with_faults(
            preopens,
            "/to/a",
            b"new",
            false,
            limits,
            &cancellation,
            &faults,
        );
        (written, faults.operations())
    };
    let (_, all) = write(&[]);
    // The write is refused if another operation fails with this error.
    let creation = (1..=all).find(|nth| write(&[(*nth, EOPNOTSUPP)]).0.is_ok()).unwrap();
    let (_, operations) = write(&[(creation, EOPNOTSUPP)]);
    assert_eq!(folders.content("to"), BTreeMap::from([("a".to_owned(), b"new".to_vec())]));
    for nth in creation + 1..=operations {
        let (written, _) = write(&[(creation, EOPNOTSUPP), (nth, EIO.0)]);
        assert_eq!(errno(&written.unwrap_err()), EIO.1, "operation {nth} of {operations}");
        let count = usize::from(nth == operations);
        assert_eq!(folders.content("to").len(), count, "operation {nth} of {operations}");
    }
}

#[test]
fn a_copy_is_changed_and_its_source_is_not() {
    let folders = Folders::new("copy", "id3v24.mp3");
    folders.save("/from/id3v24.mp3", "/to/a.mp3", false).unwrap();
    assert!(titles(&folders.read("/to/a.mp3")).contains("New"));
    assert_eq!(folders.content("from")["id3v24.mp3"], folders.original);
    assert_eq!(folders.content("to").len(), 1);
}

#[test]
fn an_edit_of_nothing_copies_every_byte() {
    let folders = Folders::new("same", "id3v24.mp3");
    let (edit, options) = (Edit::default(), SaveOptions::default());
    let (source, target) = ("/from/id3v24.mp3", "/to/a.bin");
    let call = SaveAs { source, target, edit: &edit, options: &options, overwrite: false };
    save_as(&folders.preopens, call, Limits::default(), &Cancellation::default()).unwrap();
    assert_eq!(folders.content("to")["a.bin"], folders.original);
}

#[test]
fn a_file_that_exists_is_replaced_only_if_that_is_allowed() {
    let folders = Folders::new("exists", "id3v24.mp3");
    fs::write(folders.file("to/a.mp3"), "a user's").unwrap();
    let error = folders.save("/from/id3v24.mp3", "/to/a.mp3", false).unwrap_err();
    assert_eq!((errno(&error), error.path()), ("EEXIST", Some("/to/a.mp3")));
    assert_eq!(errno(&folders.write("/to/a.mp3", b"x", false).unwrap_err()), "EEXIST");
    assert_eq!(folders.content("to")["a.mp3"], b"a user's");
    folders.write("/to/a.mp3", b"x", true).unwrap();
    assert_eq!(folders.content("to")["a.mp3"], b"x");
    folders.save("/from/id3v24.mp3", "/to/a.mp3", true).unwrap();
    assert!(titles(&folders.read("/to/a.mp3")).contains("New"));
}

#[test]
fn the_same_file_under_another_name_is_saved() {
    let folders = Folders::new("itself", "id3v24.mp3");
    fs::create_dir(folders.file("from/sub")).unwrap();
    let host = folders.file("from/id3v24.mp3");
    for target in ["/from/sub/../id3v24.mp3", host.to_str().unwrap(), "/from/./id3v24.mp3"] {
        fs::write(&host, &folders.original).unwrap();
        folders.save("/from/id3v24.mp3", target, false).unwrap();
        assert!(titles(&folders.read("/from/id3v24.mp3")).contains("New"), "{target}");
        assert_eq!(fs::read_dir(folders.file("from")).unwrap().count(), 2, "{target}");
    }
}

#[test]
fn a_target_that_cannot_be_written_is_refused_by_its_reason() {
    let folders = Folders::new("refused", "id3v24.mp3");
    fs::create_dir(folders.file("to/folder")).unwrap();
    for (target, expected) in [
        ("/sealed/a.mp3", "EROFS"),
        ("/to/folder", "EISDIR"),
        ("/to", "EISDIR"),
        ("/to/a.mp3/", "EISDIR"),
        ("/to/missing/a.mp3", "ENOENT"),
        ("/to/../../a.mp3", "ENOTCAPABLE"),
        ("/elsewhere/a.mp3", "ENOTCAPABLE"),
    ] {
        for overwrite in [false, true] {
            let error = folders.save("/from/id3v24.mp3", target, overwrite).unwrap_err();
            assert_eq!((errno(&error), error.path()), (expected, Some(target)), "{error}");
            let error = folders.write(target, b"x", overwrite).unwrap_err();
            assert_eq!(errno(&error), expected, "{target}: {error}");
        }
    }
    let error = folders.save("/from/missing.mp3", "/to/a.mp3", true).unwrap_err();
    assert_eq!((errno(&error), error.path()), ("ENOENT", Some("/from/missing.mp3")));
    assert_eq!(folders.content("from").len(), 1);
}

#[test]
fn what_taglib_cannot_read_is_not_saved_at_another_place() {
    let folders = Folders::new("junk", "plain.mp3");
    fs::write(folders.file("from/junk.mp3"), [0x55; 5000]).unwrap();
    let error = folders.save("/from/junk.mp3", "/to/a.mp3", true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidFormat);
    assert!(folders.content("to").is_empty());
}

#[test]
fn of_two_that_may_not_overwrite_one_writes() {
    let folders = Folders::new("race", "plain.mp3");
    for _ in 0..20 {
        let _ = fs::remove_file(folders.file("to/a"));
        let written = thread::scope(|scope| {
            let writers: Vec<_> = (0..4_u8)
                .map(|value| {
                    let folders = &folders;
                    scope.spawn(move || folders.write("/to/a", &[value; 100], false))
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(written.iter().filter(|result| result.is_ok()).count(), 1);
        let winner = written.iter().position(Result::is_ok).unwrap() as u8;
        assert!(
            written.iter().flat_map(|result| result.as_ref().err()).all(|it| errno(it) == "EEXIST")
        );
        assert_eq!(folders.content("to"), BTreeMap::from([("a".to_owned(), vec![winner; 100])]));
    }
}

#[test]
fn content_is_read_whole_or_refused() {
    let folders = Folders::new("content", "plain.mp3");
    let content: Vec<u8> = (0..3_000_000_u32).map(|index| (index / 3) as u8).collect();
    folders.write("/to/a", &content, false).unwrap();
    let read = |path: &str, limits, cancellation: &Cancellation| {
        read_content(&folders.preopens, path, limits, cancellation)
    };
    let whole = read("/to/a", Limits::default(), &Cancellation::default()).unwrap();
    assert!(whole[..] == content);
    let small = Limits { memory: 2_999_999, ..Limits::default() };
    let error = read("/to/a", small, &Cancellation::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ResourceLimit(_)), "{error}");
    let cancelled = Cancellation::default();
    cancelled.cancel();
    assert_eq!(
        read("/to/a", Limits::default(), &cancelled).unwrap_err().kind(),
        ErrorKind::Aborted
    );
    let error = read("/to", Limits::default(), &Cancellation::default()).unwrap_err();
    assert_eq!(errno(&error), "EISDIR");
}

#[test]
fn a_sparse_file_beyond_the_memory_limit_is_refused_before_it_is_read() {
    let folders = Folders::new("sparse", "plain.mp3");
    File::create(folders.file("to/a")).unwrap().set_len(1 << 40).unwrap();
    let cancellation = Cancellation::default();
    let error =
        read_content(&folders.preopens, "/to/a", Limits::default(), &cancellation).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ResourceLimit(_)), "{error}");
}

#[cfg(unix)]
mod attributes {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::{Duration, SystemTime};

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_new_file_has_the_mode_of_its_source_and_a_replaced_one_keeps_its_own() {
        let folders = Folders::new("mode", "id3v24.mp3");
        let source = folders.file("from/id3v24.mp3");
        chmod(&source, 0o4640);
        folders.save("/from/id3v24.mp3", "/to/a.mp3", false).unwrap();
        assert_eq!(mode(&folders.file("to/a.mp3")) & !0o077, 0o600);
        assert_eq!(mode(&folders.file("to/a.mp3")) & 0o4007, 0);
        chmod(&folders.file("to/a.mp3"), 0o606);
        folders.save("/from/id3v24.mp3", "/to/a.mp3", true).unwrap();
        assert_eq!(mode(&folders.file("to/a.mp3")), 0o606);
        folders.write("/to/a.mp3", b"x", true).unwrap();
        assert_eq!(mode(&folders.file("to/a.mp3")), 0o606);
    }

    #[test]
    fn the_modification_time_can_be_the_sources() {
        let folders = Folders::new("time", "id3v24.mp3");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let source = File::options().write(true).open(folders.file("from/id3v24.mp3")).unwrap();
        source.set_modified(time).unwrap();
        fs::write(folders.file("to/b.mp3"), "old").unwrap();
        for target in ["a.mp3", "b.mp3"] {
            let options = SaveOptions { preserve_modified: true, ..SaveOptions::default() };
            let path = format!("/to/{target}");
            let (edit, source) = (title(), "/from/id3v24.mp3");
            let call =
                SaveAs { source, target: &path, edit: &edit, options: &options, overwrite: true };
            save_as(&folders.preopens, call, Limits::default(), &Cancellation::default()).unwrap();
            let modified = folders.file("to").join(target).metadata().unwrap().modified().unwrap();
            assert_eq!(modified, time, "{target}");
        }
    }

    #[test]
    fn a_link_stays_a_link_even_if_it_leads_to_nothing() {
        let folders = Folders::new("link", "id3v24.mp3");
        symlink("real.mp3", folders.file("to/link.mp3")).unwrap();
        folders.save("/from/id3v24.mp3", "/to/link.mp3", false).unwrap();
        assert!(folders.file("to/link.mp3").symlink_metadata().unwrap().is_symlink());
        assert!(titles(&folders.read("/to/real.mp3")).contains("New"));
        symlink("../from/out", folders.file("to/out")).unwrap();
        assert_eq!(errno(&folders.write("/to/out", b"x", true).unwrap_err()), "ENOTCAPABLE");
        assert_eq!(folders.content("from").len(), 1);
    }

    #[test]
    fn a_replaced_file_with_another_name_keeps_both() {
        let folders = Folders::new("names", "id3v24.mp3");
        fs::write(folders.file("to/a"), "old").unwrap();
        fs::hard_link(folders.file("to/a"), folders.file("to/b")).unwrap();
        assert_eq!(errno(&folders.write("/to/a", b"x", true).unwrap_err()), "EMLINK");
        assert_eq!(folders.content("to")["b"], b"old");
    }
}
