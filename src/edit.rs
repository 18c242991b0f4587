//! The edit that `apply` and `save` accept, as JavaScript passes it.

use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest::{
    Chapter, Edit, Id3Tags, Id3v2Frames, Lyrics, Mp4ChapterStyle, Picture, PictureEdit, Rating,
};

/// A change to the tags of one file. Everything that it does not name stays as it is. An empty
/// list or `null` removes.
#[napi(object)]
pub struct EditRecord {
    /// Removes all tags before the rest is applied.
    pub clear: Option<bool>,
    pub fields: Option<Vec<FieldRecord>>,
    pub pictures: Option<PictureEditRecord>,
    pub ratings: Option<Vec<RatingRecord>>,
    pub lyrics: Option<Vec<LyricsRecord>>,
    pub chapters: Option<Vec<ChapterRecord>>,
    /// How chapters are written to an MP4 file; by default as a QuickTime track.
    pub mp4_chapter_style: Option<ChapterStyle>,
    /// Copied, since the caller may change it while the call runs.
    pub bext_data: Option<Either<Uint8Array, Null>>,
    pub ixml: Option<Either<String, Null>>,
    pub id3v2_frames: Option<Vec<Id3V2FramesRecord>>,
    /// Removes ID3 tags from a FLAC file. No other format has them in addition to its own tags.
    pub strip_id3: Option<StripId3Record>,
}

#[napi(string_enum = "camelCase")]
#[derive(Clone, Copy)]
pub enum ChapterStyle {
    /// A text track.
    Quicktime,
    /// The atom `chpl`.
    Nero,
    /// Both of them.
    Both,
}

/// Which ID3 tags are removed.
#[napi(object)]
pub struct StripId3Record {
    pub v1: bool,
    pub v2: bool,
}

/// The values of one field. An empty list removes the field.
#[napi(object)]
pub struct FieldRecord {
    pub name: String,
    pub values: Vec<String>,
}

#[napi(string_enum = "camelCase")]
pub enum PictureMode {
    /// Replaces all pictures.
    ReplaceAll,
    /// Adds pictures after the existing ones.
    Add,
    /// Replaces the existing pictures of the same types.
    ReplaceType,
}

#[napi(object)]
pub struct PictureEditRecord {
    pub mode: PictureMode,
    pub pictures: Vec<PictureRecord>,
}

#[napi(object)]
pub struct PictureRecord {
    pub mime_type: String,
    /// Copied, since the caller may change it while the call runs.
    pub data: Uint8Array,
    /// One of the names of `PICTURE_TYPE_VALUES`.
    pub r#type: String,
    pub description: String,
}

#[napi(object)]
pub struct RatingRecord {
    /// From 0 to 1.
    pub rating: f64,
    pub email: Option<String>,
    /// The play count.
    pub counter: Option<f64>,
}

#[napi(object)]
pub struct LyricsRecord {
    pub text: String,
    pub description: Option<String>,
    /// ISO 639-2, such as `eng`.
    pub language: Option<String>,
}

#[napi(object)]
pub struct ChapterRecord {
    pub start_time_ms: f64,
    pub end_time_ms: Option<f64>,
    pub title: Option<String>,
    /// The element ID of ID3v2's CHAP frame, or Matroska's `ChapterUID`.
    pub id: Option<String>,
    /// `id3`, `quicktime` or `nero`.
    pub source: Option<String>,
    /// An empty text removes the link that the chapter has.
    pub url: Option<String>,
    /// A picture without data removes the picture that the chapter has.
    pub picture: Option<PictureRecord>,
}

/// All ID3v2 frames with one ID. An empty list removes them.
#[napi(object)]
pub struct Id3V2FramesRecord {
    /// Four characters, such as `TRCK`.
    pub id: String,
    /// The bytes after each frame's header. Copied.
    pub bodies: Vec<Uint8Array>,
}

impl TryFrom<EditRecord> for Edit {
    type Error = Error;

    fn try_from(record: EditRecord) -> Result<Self> {
        Ok(Self {
            clear: record.clear.unwrap_or(false),
            fields: list(record.fields, |field| (field.name, field.values)).unwrap_or_default(),
            pictures: record.pictures.map(PictureEdit::try_from).transpose()?,
            ratings: list(record.ratings, Rating::from),
            lyrics: list(record.lyrics, Lyrics::from),
            chapters: record.chapters.map(chapters).transpose()?,
            bext_data: record.bext_data.map(|data| match data {
                Either::A(bytes) => bytes.to_vec(),
                Either::B(Null) => Vec::new(),
            }),
            ixml: record.ixml.map(|text| match text {
                Either::A(text) => text,
                Either::B(Null) => String::new(),
            }),
            id3v2_frames: list(record.id3v2_frames, Id3v2Frames::from).unwrap_or_default(),
            mp4_chapter_style: record.mp4_chapter_style.map(Mp4ChapterStyle::from),
            strip_id3: record.strip_id3.map_or(Id3Tags::default(), Id3Tags::from),
        })
    }
}

fn list<T, U>(records: Option<Vec<T>>, from: impl Fn(T) -> U) -> Option<Vec<U>> {
    records.map(|records| records.into_iter().map(from).collect())
}

impl TryFrom<PictureEditRecord> for PictureEdit {
    type Error = Error;

    fn try_from(record: PictureEditRecord) -> Result<Self> {
        let pictures =
            record.pictures.into_iter().map(Picture::try_from).collect::<Result<Vec<_>>>()?;
        Ok(match record.mode {
            PictureMode::ReplaceAll => Self::ReplaceAll(pictures),
            PictureMode::Add => Self::Add(pictures),
            PictureMode::ReplaceType => Self::ReplaceType(pictures),
        })
    }
}

impl TryFrom<PictureRecord> for Picture {
    type Error = Error;

    fn try_from(record: PictureRecord) -> Result<Self> {
        let picture_type = Self::type_named(&record.r#type).ok_or_else(|| {
            Error::from_reason(format!("{} is not a picture type", record.r#type))
        })?;
        Ok(Self {
            mime_type: record.mime_type,
            data: record.data.as_ref().into(),
            picture_type,
            description: record.description,
        })
    }
}

impl From<RatingRecord> for Rating {
    fn from(record: RatingRecord) -> Self {
        let RatingRecord { rating, email, counter } = record;
        let counter = counter.filter(|counter| *counter != 0.0);
        Self { rating, email: non_empty(email), counter }
    }
}

impl From<LyricsRecord> for Lyrics {
    fn from(record: LyricsRecord) -> Self {
        let LyricsRecord { text, description, language } = record;
        Self { text, description: non_empty(description), language: non_empty(language) }
    }
}

/// Returns `None` for an empty text, as the guest crate expects.
fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn chapters(records: Vec<ChapterRecord>) -> Result<Vec<Chapter>> {
    records.into_iter().map(Chapter::try_from).collect()
}

impl TryFrom<ChapterRecord> for Chapter {
    type Error = Error;

    fn try_from(record: ChapterRecord) -> Result<Self> {
        Ok(Self {
            start: record.start_time_ms,
            end: record.end_time_ms,
            title: record.title,
            id: record.id,
            source: record.source,
            url: record.url,
            picture: record.picture.map(Picture::try_from).transpose()?,
        })
    }
}

impl From<Id3V2FramesRecord> for Id3v2Frames {
    fn from(record: Id3V2FramesRecord) -> Self {
        Self { id: record.id, bodies: record.bodies.iter().map(|body| body.to_vec()).collect() }
    }
}

impl From<ChapterStyle> for Mp4ChapterStyle {
    fn from(style: ChapterStyle) -> Self {
        match style {
            ChapterStyle::Quicktime => Self::QuickTime,
            ChapterStyle::Nero => Self::Nero,
            ChapterStyle::Both => Self::Both,
        }
    }
}

impl From<StripId3Record> for Id3Tags {
    fn from(record: StripId3Record) -> Self {
        let StripId3Record { v1, v2 } = record;
        Self { v1, v2 }
    }
}

/// Returns the key of the property that is written to the MP4 item of this name, such as `©nam`
/// or `----:com.apple.iTunes:MOOD`, or nothing if there is no such property.
#[napi]
pub(crate) fn mp4_property_of(item: String) -> Option<String> {
    taglib_wasi_guest::mp4_property_of(&item)
}
