//! Decodes and changes tags.
//!
//! `message_pack` decodes what the guest returns, within limits; `answer` knows the keys of
//! `tl_read_tags`. `metadata` turns an answer into [`Metadata`], plain owned data in the shape of
//! taglib-wasm's objects. `fields` converts the property map for it, and `chapters`, `bext` and
//! `audio` the rest. `edit` has the opposite direction: an [`Edit`] and an answer together give
//! the map that `tags_to_write` encodes for `tl_write_tags`.

mod answer;
mod arrived;
mod audio;
mod bext;
mod chapters;
mod decode_options;
mod details_lost;
mod edit;
mod edit_to_write;
mod fields;
mod format_check;
mod frames;
mod message_pack;
mod metadata;
mod model;
mod numbers;
mod picture;
mod picture_metadata;
mod property_map;
mod requested;
mod size;
mod tables;
mod tag_format;
mod tags_to_write;
mod vorbis_chapters;

pub(crate) use answer::Answer;
pub use audio::AudioProperties;
pub use bext::BroadcastExtension;
pub(crate) use chapters::same_chapters;
pub use chapters::{Chapter, Mp4ChapterStyle};
pub(crate) use decode_options::DecodeOptions;
pub use edit::{Edit, PictureEdit};
pub use fields::Field;
pub(crate) use frames::decode as decode_id3v2_frames;
pub use model::{
    Id3Tags, Id3v2Frame, Id3v2Frames, Latin1Text, Lyrics, Metadata, Rating, StoredTags, Tags,
};
pub(crate) use numbers::parse_int;
pub use picture::Picture;
pub use picture_metadata::{Dimensions, ImageContent, PictureMetadata};
pub(crate) use requested::{Requested, TagPart};
pub(crate) use vorbis_chapters::add_vorbis_chapters;
