//! A folder for the files of one process and thread.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use taglib_wasi_guest::{PreopenOptions, Preopens};

pub(crate) struct Library {
    folder: PathBuf,
    pub preopens: Arc<Preopens>,
}

impl Library {
    /// Creates the folder, with `purpose` in its name, and preopens it as `/music`.
    pub(crate) fn new(purpose: &str) -> Self {
        let id = format!("{purpose}-{}-{:?}", std::process::id(), std::thread::current().id());
        // The folder is in memory if possible, since a save waits for the disk.
        let memory = PathBuf::from("/dev/shm");
        let root = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = root.join(format!("taglib-wasi-{id}"));
        fs::create_dir_all(&folder).expect("the temporary directory is writable");
        let options = PreopenOptions {
            guest_path: "/music".to_owned(),
            host_path: folder.to_str().expect("made of ASCII").to_owned(),
            read_only: false,
        };
        let preopens = Arc::new(Preopens::open(&[options]).expect("the folder is there"));
        Self { folder, preopens }
    }

    /// Returns the path of a file for the system.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Returns the path of a file for the guest.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/music/{name}")
    }

    /// Returns how many files there are.
    #[allow(dead_code, reason = "not every target counts them")]
    pub(crate) fn count(&self) -> usize {
        fs::read_dir(&self.folder).expect("it is there").count()
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
