//! Maps the chunks of a file to the parts of a tag.

use crate::containers::Cursor;
use crate::containers::iff::{Chunk, Layout};
use crate::error::Result;
use crate::tags::TagPart;

/// What a chunk holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// An ID3v2 tag.
    Tag,
    /// The fields of a `LIST` chunk of type `INFO`, which follow that type.
    Info,
    /// Chunks, which follow a type of this many bytes.
    Chunks(u64),
    Audio,
    /// Something that is replaced as a whole.
    Whole(TagPart),
}

/// The length of the type of a list, in bytes.
pub(crate) const LIST_TYPE: u64 = 4;

impl Role {
    /// Returns the role of a chunk. `is_inner` tells whether the chunk is within another one,
    /// instead of directly in the form.
    pub(crate) fn of(
        cursor: &mut Cursor<'_>,
        layout: Layout,
        chunk: &Chunk,
        is_inner: bool,
    ) -> Result<Self> {
        if matches!(&chunk.id, b"ID3 " | b"id3 ") {
            return Ok(Self::Tag);
        }
        let property = |key: &str| Self::Whole(TagPart::Property(key.to_owned()));
        Ok(match (layout, &chunk.id) {
            (Layout::Riff | Layout::Rf64, b"LIST")
                if chunk.body.end - chunk.body.start >= LIST_TYPE
                    && cursor.array(chunk.body.start)? == Some(*b"INFO") =>
            {
                Self::Info
            }
            (Layout::Riff | Layout::Rf64, b"bext") => Self::Whole(TagPart::BroadcastExtension),
            (Layout::Riff | Layout::Rf64, b"iXML") => Self::Whole(TagPart::Ixml),
            (Layout::Riff | Layout::Rf64, b"data") | (Layout::Aiff, b"SSND") => Self::Audio,
            (Layout::Dsdiff, b"DSD " | b"DST ") | (Layout::Dsf, b"data") => Self::Audio,
            (Layout::Dsdiff, b"PROP") if !is_inner => Self::Chunks(LIST_TYPE),
            (Layout::Dsdiff, b"DIIN") if !is_inner => Self::Chunks(0),
            (Layout::Dsdiff, b"DITI") if is_inner => property("TITLE"),
            (Layout::Dsdiff, b"DIAR") if is_inner => property("ARTIST"),
            _ => Self::Whole(TagPart::Other),
        })
    }
}
