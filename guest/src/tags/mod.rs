//! The tag model, its decoding and its changes.
//!
//! `message_pack` decodes what the guest returns, within limits; `answer`
//! knows the keys of `tl_read_tags`. `metadata` turns an answer into
//! [`Metadata`], plain owned data in the shape of taglib-wasm's objects, with
//! `fields` for the property map and `chapters`, `bext` and `audio` for the
//! rest.
//!
//! An [`Edit`] goes the other way. `unchanged` removes what the file has already,
//! `requested` says what is left in terms of properties, `check` refuses what the
//! file's `tag_format` has no room for, `changed_tags` applies the edit to the
//! file's tags, and `tags_to_write` encodes them for `tl_write_tags`. `applied`
//! checks the result.

mod answer;
mod applied;
mod audio;
mod bext;
mod changed_tags;
mod chapters;
mod check;
mod decode_options;
mod edit;
mod fields;
mod message_pack;
mod metadata;
mod model;
mod numbers;
mod requested;
mod size;
mod tables;
mod tag_format;
mod tags_to_write;
mod unchanged;

pub(crate) use answer::Answer;
pub use audio::AudioProperties;
pub use bext::BroadcastExtension;
pub use chapters::Chapter;
pub(crate) use decode_options::DecodeOptions;
pub use edit::{Edit, PictureEdit};
pub use fields::Field;
pub use model::{Id3v2Frames, Lyrics, Metadata, Picture, Rating, Tags};
pub(crate) use requested::{Requested, Subject};
