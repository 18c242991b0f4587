//! All that can be done with one file: read by path and by bytes, changed in
//! memory and on disk. Whatever comes of it is well, but a panic and a crash.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use taglib_wasi_guest::{
    Cancellation, Edit, Limits, PreopenOptions, Preopens, ReadOptions, SaveOptions, Source, apply,
    read_metadata, save,
};

const LIMITS: Limits = Limits { deadline: Duration::from_secs(2), memory: 64 << 20 };

/// A folder of this process and thread, with one file in it.
struct Library {
    folder: PathBuf,
    preopens: Arc<Preopens>,
}

impl Library {
    fn new() -> Self {
        let id = format!("{}-{:?}", std::process::id(), std::thread::current().id());
        // In memory, where there is such a place: a save waits for the disk.
        let memory = PathBuf::from("/dev/shm");
        let root = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = root.join(format!("taglib-wasi-fuzz-{id}"));
        fs::create_dir_all(&folder).expect("the temporary directory is writable");
        let options = PreopenOptions {
            guest_path: "/music".to_owned(),
            host_path: folder.to_str().expect("made of ASCII").to_owned(),
            read_only: false,
        };
        let preopens = Arc::new(Preopens::open(&[options]).expect("the folder is there"));
        Self { folder, preopens }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

pub fn all(name: &str, bytes: &[u8]) {
    thread_local! {
        static LIBRARY: RefCell<Library> = RefCell::new(Library::new());
    }
    LIBRARY.with_borrow(|library| {
        let file = library.folder.join(name);
        fs::write(&file, bytes).expect("there is room");
        let path = format!("/music/{name}");
        let by_path = Source::Path { preopens: Arc::clone(&library.preopens), path: path.clone() };
        let edit =
            Edit { fields: vec![("title".to_owned(), vec!["new".repeat(100)])], ..Edit::default() };
        let cancellation = Cancellation::default();
        for source in [by_path, Source::Bytes(bytes.to_vec())] {
            let _ = read_metadata(&source, ReadOptions::default(), LIMITS, &cancellation);
            let _ = apply(&source, edit.clone(), LIMITS, &cancellation);
        }
        for in_place in [false, true] {
            let options = SaveOptions { in_place, ..SaveOptions::default() };
            let _ = save(&library.preopens, &path, &edit, &options, LIMITS, &cancellation);
            let left = fs::read_dir(&library.folder).expect("it is there").count();
            assert_eq!(left, 1, "a save leaves nothing beside the file");
        }
        fs::remove_file(&file).expect("it is there");
    });
}
