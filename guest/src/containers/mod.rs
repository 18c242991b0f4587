//! Reads the structure of files: one reader for each container.
//!
//! A reader parses and does not judge. It reads one structure at an offset, and returns `None` if
//! there is none, or if it is malformed or cut off. A walk (`Frames`, `Chunks`, `Atoms`,
//! `Objects`, …) has two methods. `next` returns one element after the other, and each of them
//! lies completely within the walk's range. `rest` returns the range that is left when `next` has
//! returned `None`. It is empty if the container consists only of elements. Otherwise it contains
//! padding, junk, or an element that does not fit.
//!
//! The caller decides what to do then. `pictures` is lenient (it leaves an unusual file to the
//! guest), `save` is strict (it refuses to change the file).

pub(crate) mod ape_tag;
pub(crate) mod asf;
mod cursor;
pub(crate) mod flac;
pub(crate) mod flac_picture;
pub(crate) mod id3v1;
pub(crate) mod id3v2;
pub(crate) mod id3v2_text;
pub(crate) mod iff;
mod kind;
pub(crate) mod matroska;
pub(crate) mod matroska_chapters;
pub(crate) mod mp4;
pub(crate) mod mp4_chapter_tracks;
pub(crate) mod mp4_chapters;
pub(crate) mod mp4_samples;
pub(crate) mod ogg;
mod ogg_codec;
pub(crate) mod ogg_headers;
pub(crate) mod vorbis_comment;

pub(crate) use cursor::Cursor;
pub(crate) use kind::Container;
pub(crate) use ogg_codec::OggCodec;
