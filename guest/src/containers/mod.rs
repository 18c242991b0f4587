//! Reads the structure of files: one reader for each container.
//!
//! The readers parse and judge nothing: what is malformed or cut off is `None`.
//! `pictures` is lenient about that (it leaves the file to the guest), `save` is
//! strict (it refuses to change the file).

mod cursor;

pub(crate) use cursor::Cursor;
