//! Restores what TagLib loses.
//!
//! TagLib rewrites a whole tag in order to change one field, and loses or alters what it does not
//! model. After it has edited a copy of the file, [`restore`] merges the tags of the copy with
//! those of the original: what the edit asked for ([`Requested`]) comes from the copy, everything
//! else from the original, byte for byte. `inventory` then finds what could not be restored.
//!
//! There is one file or folder for each container.

mod ape_tag;
mod asf;
mod copy;
mod dsf;
mod flac;
mod id3v1;
mod id3v2;
mod iff;
mod matroska;
mod merge;
mod mp4;
mod numbers;
mod ogg;
mod pictures;
mod stop;
mod stream;
mod tracker;
mod vorbis_comment;

use crate::containers::iff::Layout;
use crate::containers::{Container, Cursor};
use crate::error::Result;
use crate::tags::Requested;

pub(crate) use ape_tag::{tag_of as ape_tag_of, tag_part as ape_item_tag_part};
pub(crate) use asf::{
    ASF_DESCRIPTIONS, described_property as asf_described_property, tag_part as asf_tag_part,
};
pub(crate) use copy::EditedCopy;
pub(crate) use dsf::tag_range as dsf_tag_range;
pub(crate) use flac::application_tag_part as flac_application_tag_part;
pub(crate) use id3v2::ChapterFrame as Id3v2ChapterFrame;
pub(crate) use id3v2::Tag as Id3v2Tag;
pub(crate) use id3v2::chapter_head_length as id3v2_chapter_head_length;
pub(crate) use id3v2::people as id3v2_people;
pub(crate) use id3v2::tag_part as id3v2_frame_tag_part;
pub(crate) use id3v2::text_of as id3v2_text_of;
pub(crate) use id3v2::{Frame as Id3v2Frame, resynchronised as id3v2_resynchronised};
pub(crate) use iff::{InfoList, LIST_TYPE, Role};
pub(crate) use matroska::{
    Target as MatroskaTarget, chapter_of as matroska_chapter_of,
    cover_name_type as matroska_cover_name_type,
};
pub(crate) use mp4::atom_name as mp4_atom_name;
pub use mp4::property_of as mp4_property_of;
pub(crate) use mp4::{Item as Mp4Item, UTF8 as MP4_UTF8, VALUE_HEADER as MP4_VALUE_HEADER};
pub(crate) use stream::{appended_tag, start_of_tags};
pub(crate) use vorbis_comment::tag_part as vorbis_comment_tag_part;

/// Restores in `copy` what TagLib has lost of `original`.
pub(crate) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    match Container::of(original)? {
        Container::Ogg => ogg::restore(original, copy, requested),
        Container::Stream => stream::restore(original, copy, requested),
        Container::Mp4 => mp4::restore(original, copy, requested),
        Container::Iff(Layout::Dsf) => dsf::restore(original, copy, requested),
        Container::Asf => asf::restore(original, copy, requested),
        Container::Matroska => matroska::restore(original, copy, requested),
        Container::Iff(_) => iff::restore(original, copy, requested),
    }
}

/// Returns whether files of this type are tracker modules.
pub(crate) fn is_module(file_type: &str) -> bool {
    tracker::fields_of(file_type).is_some()
}

/// Restores in `copy`, a tracker module, what TagLib has lost of `original`. Returns `false` if
/// files of this type are no modules.
pub(crate) fn restore_module(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    file_type: &str,
    requested: &Requested,
) -> Result<bool> {
    let Some(fields) = tracker::fields_of(file_type) else { return Ok(false) };
    tracker::restore(original, copy, fields, requested)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{ChangedRanges, DiskFile, unlinked};
    use std::sync::{Arc, Mutex};

    /// Returns `copy`, which TagLib has edited from `original`, after the restoration.
    pub(super) fn restored(original: &[u8], copy: &[u8], requested: &Requested) -> Vec<u8> {
        try_restored(original, copy, requested).unwrap()
    }

    pub(super) fn try_restored(
        original: &[u8],
        copy: &[u8],
        requested: &Requested,
    ) -> Result<Vec<u8>> {
        let content = Arc::new(Mutex::new(copy.to_vec()));
        let budget = unlinked::budget();
        let file = DiskFile::in_memory(&content, &budget);
        let mut changed = ChangedRanges::everything();
        let mut copy = EditedCopy::new(&file, copy.len() as u64, &mut changed, &budget);
        restore(&mut Cursor::over(original, &budget), &mut copy, requested)?;
        let content = content.lock().unwrap();
        Ok(content.clone())
    }

    /// Returns a request to change the title.
    pub(super) fn title(value: &str) -> Requested {
        let properties = vec![("TITLE".to_owned(), vec![value.to_owned()])];
        Requested { properties, ..Requested::default() }
    }
}
