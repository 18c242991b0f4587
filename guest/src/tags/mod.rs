//! The tag model, its decoding and its changes.
//!
//! `message_pack` decodes what the guest returns, within limits; `answer`
//! knows the keys of `tl_read_tags`. `metadata` turns an answer into
//! [`Metadata`], plain owned data in the shape of taglib-wasm's objects, with
//! `fields` for the property map and `chapters`, `bext` and `audio` for the
//! rest. `edit` goes the other way: an [`Edit`] applied to an answer gives the
//! map that `tags_to_write` encodes for `tl_write_tags`.

mod answer;
mod applied;
mod audio;
mod bext;
mod chapters;
mod decode_options;
mod edit;
mod edit_to_write;
mod fields;
mod format_check;
mod frames;
mod message_pack;
mod metadata;
mod model;
mod numbers;
mod property_map;
mod requested;
mod size;
mod tables;
mod tag_format;
mod tags_to_write;

pub(crate) use answer::Answer;
pub use audio::AudioProperties;
pub use bext::BroadcastExtension;
pub use chapters::{Chapter, Mp4ChapterStyle};
pub(crate) use decode_options::DecodeOptions;
pub use edit::{Edit, PictureEdit};
pub use fields::Field;
pub(crate) use frames::decode as decode_id3v2_frames;
pub use model::{
    Id3Tags, Id3v2Frame, Id3v2Frames, Lyrics, Metadata, Picture, Rating, StoredTags, Tags,
};
pub(crate) use numbers::parse_int;
pub(crate) use requested::{Requested, Subject};
