//! Reads what a tag of a Matroska file is about.

use super::tag_parts::tag_part;
use crate::containers::Cursor;
use crate::containers::matroska::{
    Element, TARGET_TYPE, TARGET_TYPE_VALUE, each_child, text, unsigned,
};
use crate::error::Result;
use crate::tags::TagPart;

/// The level of an album, which a missing level means (RFC 9559, section 5.1.8.1.1.1).
pub(super) const ALBUM: u64 = 50;

const TRACK: u64 = 30;

/// The names of the levels of an album and of a track.
const ALBUM_TYPES: [&str; 5] = ["ALBUM", "OPERA", "CONCERT", "MOVIE", "EPISODE"];
const TRACK_TYPES: [&str; 3] = ["TRACK", "SONG", "CHAPTER"];

/// The `Targets` of a `Tag`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub level: Option<u64>,
    /// The name of the level, and the identifiers of tracks, editions, chapters and attachments.
    /// Each is an element's identifier with a text or number. Sorted.
    pub others: Vec<(u32, String)>,
}

impl Target {
    /// Adds the content of a `Targets` element.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>, targets: &Element) -> Result<()> {
        each_child(cursor, targets, |cursor, target| {
            match target.id {
                TARGET_TYPE_VALUE => self.level = unsigned(cursor, &target.body)?,
                TARGET_TYPE => {
                    let name = text(cursor, &target.body)?;
                    cursor.budget().push(&mut self.others, (target.id, name))?;
                }
                id => match unsigned(cursor, &target.body)? {
                    // Zero means all of them.
                    Some(0) | None => {}
                    Some(uid) => cursor.budget().push(&mut self.others, (id, uid.to_string()))?,
                },
            }
            Ok(())
        })?;
        self.others.sort_unstable();
        Ok(())
    }

    /// Returns whether the tag is about the whole file rather than a part of it.
    fn is_whole(&self) -> bool {
        self.others.iter().all(|(id, _)| *id == TARGET_TYPE)
    }

    fn has_type(&self, names: &[&str]) -> bool {
        let mut types = self.others.iter().filter(|(id, _)| *id == TARGET_TYPE);
        types.any(|(_, name)| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
    }

    /// Returns whether the tag has the level of a single track.
    pub(crate) fn is_track(&self) -> bool {
        self.is_whole() && self.level == Some(TRACK)
    }

    /// Returns whether a missing level means an album, as the specification says. mkvmerge leaves
    /// this level out. FFmpeg leaves out all levels and means the file, as TagLib does.
    pub(crate) fn lacks_album_level(&self, has_tracks: bool) -> bool {
        self.is_whole()
            && self.level.is_none()
            && (self.has_type(&ALBUM_TYPES) || has_tracks && !self.has_type(&TRACK_TYPES))
    }

    /// Returns the part that a text of this name holds. `has_tracks` tells whether another tag of
    /// the file has the level of a track.
    pub(crate) fn tag_part(&self, name: &str, has_tracks: bool) -> TagPart {
        match self.is_whole() {
            // TagLib knows no property for most names at the level of an album, but reads them
            // without a level.
            true if self.lacks_album_level(has_tracks) => match tag_part(name, Some(ALBUM)) {
                TagPart::Other => tag_part(name, None),
                album => album,
            },
            true => tag_part(name, self.level),
            false => TagPart::Other,
        }
    }

    /// Returns the part that TagLib takes a text of this name for, wherever that differs from
    /// [`Target::tag_part`].
    pub(crate) fn misread_as(&self, name: &str, has_tracks: bool) -> Option<TagPart> {
        let misread = self.is_whole().then(|| tag_part(name, self.level))?;
        (misread != self.tag_part(name, has_tracks)).then_some(misread)
    }
}
