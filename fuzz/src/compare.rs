//! Reads one file in three ways: by path with its pictures hidden from the guest, by path with
//! the guest seeing all of it, and as bytes. Its native view is read by path and as bytes.
//!
//! Hiding is an optimisation, so it must never change an answer. Bytes are read by other code on
//! the host (no view, no windows), but by the same code in TagLib, so the answers must agree,
//! too.

use crate::library::Library;
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use taglib_wasi_guest::{
    Budget, Cancellation, ErrorKind, Limits, Metadata, NativeElement, ReadOptions, Source,
    read_metadata, read_native,
};

/// High limits, which none of these files reaches: the three reads would reach a limit at
/// different times.
const LIMITS: Limits =
    Limits { deadline: Duration::from_secs(60), memory: 512 << 20, answer: 512 << 20 };

/// Panics if the answers differ.
pub(crate) fn assert_same(library: &Library, name: &str, bytes: &[u8], about: &str) {
    fs::write(library.file(name), bytes).expect("there is room");
    let path = Source::Path { preopens: Arc::clone(&library.preopens), path: library.path(name) };
    let content = Source::Bytes(bytes.to_vec());
    assert_eq!(native(&path), native(&content), "the native view by path and bytes, {about}");
    for pictures in [true, false] {
        let options = ReadOptions { pictures, hide_pictures: true, ..ReadOptions::default() };
        let hidden = read(&path, options);
        let whole = read(&path, ReadOptions { hide_pictures: false, ..options });
        assert_eq!(hidden, whole, "hidden and whole, {about}, pictures: {pictures}");
        let content = read(&content, options);
        // By path, the extension decides the format; for bytes, the content does. If TagLib found
        // two formats, or refused one, there is nothing to compare.
        if let (Ok(hidden), Ok(content)) = (&hidden, &content)
            && hidden.file_type == content.file_type
        {
            assert_eq!(hidden, content, "path and bytes, {about}, pictures: {pictures}");
        }
    }
}

fn native(source: &Source) -> Result<Vec<NativeElement>, ErrorKind> {
    let budget = Budget::start(LIMITS, &Cancellation::default());
    read_native(source, &budget).map_err(|error| error.kind())
}

fn read(source: &Source, options: ReadOptions) -> Result<Metadata, ErrorKind> {
    read_metadata(source, options, LIMITS, &Cancellation::default()).map_err(|error| error.kind())
}
