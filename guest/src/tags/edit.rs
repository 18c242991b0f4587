//! A change to the tags of a file.

use super::answer::Answer;
use super::chapters::{Chapter, Mp4ChapterStyle, with_ends};
use super::fields::field_name;
use super::model::{Id3Tags, Id3v2Frames, Lyrics, Rating};
use super::picture::Picture;
use super::tags_to_write::property_key;

/// A change to the tags of one file. Everything that it does not name stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// Removes all tags before the other parts are applied.
    pub clear: bool,
    /// Sets fields, by taglib-wasm's names or TagLib's keys. An empty list
    /// removes the field.
    pub fields: Vec<(String, Vec<String>)>,
    /// Changes the pictures.
    pub pictures: Option<PictureEdit>,
    /// Replaces all ratings.
    pub ratings: Option<Vec<Rating>>,
    /// Replaces the lyrics that a read returns as lyrics. TagLib treats lyrics with a description
    /// as fields, such as `LYRICS:VERSE`.
    pub lyrics: Option<Vec<Lyrics>>,
    /// Replaces all chapters.
    pub chapters: Option<Vec<Chapter>>,
    /// How chapters are written to an MP4 file; by default as a QuickTime track.
    pub mp4_chapter_style: Option<Mp4ChapterStyle>,
    /// Replaces the `bext` chunk. Empty bytes remove it.
    pub bext_data: Option<Vec<u8>>,
    /// Replaces the `iXML` chunk. An empty text removes it.
    pub ixml: Option<String>,
    /// Replaces raw ID3v2 frames.
    pub id3v2_frames: Vec<Id3v2Frames>,
    /// Removes these ID3 tags from a FLAC file, which should have none.
    pub strip_id3: Id3Tags,
}

/// A change to the pictures of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureEdit {
    /// Replaces all pictures.
    ReplaceAll(Vec<Picture>),
    /// Adds pictures after the existing ones.
    Add(Vec<Picture>),
    /// Removes the existing pictures that have the same type as one of these, and adds these.
    ReplaceType(Vec<Picture>),
}

impl Edit {
    /// Returns whether the pictures will differ from those that the file has.
    pub(super) fn changes_pictures(&self, before: &Answer) -> bool {
        match &self.pictures {
            Some(PictureEdit::ReplaceAll(pictures)) => *pictures != before.pictures,
            Some(PictureEdit::Add(_) | PictureEdit::ReplaceType(_)) => true,
            None => false,
        }
    }

    /// Returns the types of all pictures after a change of the pictures.
    pub(super) fn picture_types(&self, before: &Answer) -> Vec<&'static str> {
        let Some(edit) = &self.pictures else { return Vec::new() };
        let known = if self.clear { &[][..] } else { &before.pictures };
        let types = |pictures: &[Picture]| pictures.iter().map(|it| it.picture_type).collect();
        let mut new: Vec<_> = types(edit.pictures());
        let mut stay: Vec<_> = types(known);
        match edit {
            PictureEdit::ReplaceAll(_) => return new,
            PictureEdit::Add(_) => {}
            PictureEdit::ReplaceType(_) => stay.retain(|known| !new.contains(known)),
        }
        stay.append(&mut new);
        stay
    }

    /// Returns whether the ratings will differ from those that the file has.
    pub(super) fn changes_ratings(&self, before: &Answer) -> bool {
        self.ratings.as_ref().is_some_and(|ratings| *ratings != before.ratings)
    }

    /// Returns whether the lyrics will differ from those that the file has.
    pub(super) fn changes_lyrics(&self, before: &Answer) -> bool {
        self.requested_lyrics().is_some_and(|lyrics| lyrics != before.lyrics)
    }

    /// Returns whether the chapters will differ from those that the file has. Those end where the
    /// next chapter begins or the track ends.
    pub(super) fn changes_chapters(&self, before: &Answer) -> bool {
        let end = before.has_audio_properties.then_some(before.audio.duration_ms);
        self.chapters.as_ref().is_some_and(|new| {
            let (new, before) = (with_ends(new, end), with_ends(&before.chapters, end));
            let is_met = |((asked, asked_end), (is, end)): (&(&Chapter, _), &(&Chapter, _))| {
                asked_end == end && asked.is_met_by(is)
            };
            new.len() != before.len() || !new.iter().zip(&before).all(is_met)
        })
    }

    /// Returns whether the `bext` chunk will differ from the one that the file has.
    pub(super) fn changes_bext(&self, before: &Answer) -> bool {
        let known = before.bext_data.as_deref().unwrap_or_default();
        self.bext_data.as_deref().is_some_and(|data| data != known)
    }

    /// Returns whether the `iXML` chunk will differ from the one that the file has.
    pub(super) fn changes_ixml(&self, before: &Answer) -> bool {
        let known = before.ixml.as_deref().unwrap_or_default();
        self.ixml.as_deref().is_some_and(|text| text != known)
    }

    /// Returns the first part of the edit that a tracker module can't store: it has only a title
    /// and a comment.
    pub(crate) fn outside_of_a_module(&self) -> Option<&str> {
        let is_known = |name: &str| matches!(field_name(name), "title" | "comment" | "TRACKERNAME");
        let field = self.fields.iter().find(|(name, values)| !is_known(name) && !values.is_empty());
        let is_empty = match &self.pictures {
            Some(
                PictureEdit::ReplaceAll(list)
                | PictureEdit::Add(list)
                | PictureEdit::ReplaceType(list),
            ) => list.is_empty(),
            None => true,
        };
        field.map(|(name, _)| name.as_str()).or((!is_empty).then_some("the pictures"))
    }

    /// Returns the requested lyrics, whether they are given as `lyrics` or as a field.
    pub(super) fn requested_lyrics(&self) -> Option<Vec<Lyrics>> {
        let field = self.fields.iter().rev().find(|(name, _)| is_lyrics_field(name));
        let texts = field.map(|(_, texts)| texts.iter().cloned().map(Lyrics::from).collect());
        self.lyrics.clone().or(texts)
    }
}

impl PictureEdit {
    /// Returns the pictures of a file after the change.
    pub(super) fn applied_to(self, mut pictures: Vec<Picture>) -> Vec<Picture> {
        match self {
            Self::ReplaceAll(all) => return all,
            Self::Add(new) => pictures.extend(new),
            Self::ReplaceType(new) => {
                pictures.retain(|known| {
                    new.iter().all(|picture| picture.picture_type != known.picture_type)
                });
                pictures.extend(new);
            }
        }
        pictures
    }

    pub(super) fn pictures(&self) -> &[Picture] {
        let (Self::ReplaceAll(pictures) | Self::Add(pictures) | Self::ReplaceType(pictures)) = self;
        pictures
    }
}

/// Returns whether a field holds lyrics.
fn is_lyrics_field(name: &str) -> bool {
    property_key(name) == "LYRICS"
}
