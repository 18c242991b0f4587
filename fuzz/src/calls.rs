//! Runs every operation on one file: reads by path and by bytes, changes in memory and on disk.
//! Each may succeed or fail; a panic or a crash is a bug.

use crate::library::Library;
use std::cell::RefCell;
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use taglib_wasi_guest::{
    Cancellation, Edit, Limits, OnLoss, ReadOptions, SaveOptions, Source, apply, read_metadata,
    save,
};

const LIMITS: Limits =
    Limits { deadline: Duration::from_secs(2), memory: 64 << 20, answer: 64 << 20 };

pub(crate) fn all(name: &str, bytes: &[u8]) {
    thread_local! {
        static LIBRARY: RefCell<Library> = RefCell::new(Library::new("fuzz"));
    }
    LIBRARY.with_borrow(|library| {
        let file = library.file(name);
        fs::write(&file, bytes).expect("there is room");
        let path = library.path(name);
        let by_path = Source::Path { preopens: Arc::clone(&library.preopens), path: path.clone() };
        let edit =
            Edit { fields: vec![("title".to_owned(), vec!["new".repeat(100)])], ..Edit::default() };
        let cancellation = Cancellation::default();
        for source in [by_path, Source::Bytes(bytes.to_vec())] {
            let stored = ReadOptions { stored: true, id3v2_frames: true, ..ReadOptions::default() };
            for options in [ReadOptions::default(), stored] {
                let _ = read_metadata(&source, options, LIMITS, &cancellation);
            }
            let _ = apply(&source, edit.clone(), OnLoss::Report, LIMITS, &cancellation);
        }
        for in_place in [false, true] {
            let options =
                SaveOptions { in_place, on_loss: OnLoss::Report, ..SaveOptions::default() };
            let _ = save(&library.preopens, &path, &edit, &options, LIMITS, &cancellation);
            assert_eq!(library.count(), 1, "a save leaves nothing beside the file");
        }
        fs::remove_file(&file).expect("it is there");
    });
}
