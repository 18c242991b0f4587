//! Writes the tag model as JSON, in the shapes of taglib-wasm's objects.
//!
//! The shapes include keys whose value is `undefined`. JSON can't represent `undefined`, bytes,
//! BigInt and non-finite numbers. Each is encoded as a list in a list, which no answer contains
//! otherwise, and `lib/core/answers.js` decodes it.

use serde::ser::{Serialize, SerializeMap, Serializer};
use taglib_wasi_guest::{
    AudioProperties, BroadcastExtension, Chapter, Field, Id3Tags, Id3v2Frame, Latin1Text, Lyrics,
    Metadata, NativeElement, NativeValue, Picture, PictureMetadata, Rating, SyncedLine,
    SyncedTexts, Tags,
};

/// A part of the model, in the shape of a JavaScript object.
pub(crate) struct Shape<T>(pub T);

/// A value that JSON can't represent.
enum Special {
    Undefined,
    /// The number of a buffer that goes with the text.
    Bytes(usize),
    BigInt(u64),
    Number(f64),
}

impl Serialize for Special {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined => [["undefined"]].serialize(serializer),
            Self::Bytes(index) => [("bytes", index)].serialize(serializer),
            Self::BigInt(number) => [("bigint", number.to_string())].serialize(serializer),
            Self::Number(number) => {
                let name = if number.is_nan() {
                    "NaN"
                } else if *number > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                };
                [("number", name)].serialize(serializer)
            }
        }
    }
}

impl Serialize for Shape<f64> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Most numbers are whole, and shorter when written as such.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let number = self.0;
        if !number.is_finite() {
            return Special::Number(number).serialize(serializer);
        }
        let is_negative_zero = number == 0.0 && number.is_sign_negative();
        if number.fract() == 0.0 && number.abs() <= EXACT && !is_negative_zero {
            return serializer.serialize_i64(number as i64);
        }
        serializer.serialize_f64(number)
    }
}

impl<T> Serialize for Shape<Option<T>>
where
    T: Copy,
    Shape<T>: Serialize,
{
    /// Writes the value. Without one, the key is present, as in taglib-wasm's objects.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(value) => Shape(value).serialize(serializer),
            None => Special::Undefined.serialize(serializer),
        }
    }
}

impl Serialize for Shape<&str> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// An object whose keys are in the order in which they are set.
struct Keys<M>(M);

impl<M: SerializeMap> Keys<M> {
    fn set(&mut self, name: &str, value: impl Serialize) -> Result<(), M::Error> {
        self.0.serialize_entry(name, &value)
    }

    fn set_number(&mut self, name: &str, number: f64) -> Result<(), M::Error> {
        self.set(name, Shape(number))
    }

    /// Sets a key, unless the value is absent.
    fn set_if_some(&mut self, name: &str, value: Option<impl Serialize>) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.set(name, value))
    }

    fn set_text_or_undefined(&mut self, name: &str, text: &Option<String>) -> Result<(), M::Error> {
        self.set(name, Shape(text.as_deref()))
    }

    /// Sets a key, unless the list is empty.
    fn set_list<'a, T>(&mut self, name: &str, values: &'a [T]) -> Result<(), M::Error>
    where
        Shape<&'a T>: Serialize,
    {
        if values.is_empty() {
            return Ok(());
        }
        self.set(name, List(values))
    }
}

fn object<S: Serializer>(
    serializer: S,
    fill: impl FnOnce(&mut Keys<S::SerializeMap>) -> Result<(), S::Error>,
) -> Result<S::Ok, S::Error> {
    let mut keys = Keys(serializer.serialize_map(None)?);
    fill(&mut keys)?;
    keys.0.end()
}

/// A list of objects.
pub(crate) struct List<'a, T>(pub &'a [T]);

impl<'a, T> Serialize for List<'a, T>
where
    Shape<&'a T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Shape))
    }
}

/// `ExtendedTag`
impl Serialize for Shape<&Tags> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pictures = Pictures(&self.0.pictures);
        TagsWith { tags: self.0, pictures: Some(pictures).filter(|it| !it.0.is_empty()) }
            .serialize(serializer)
    }
}

/// Tags with pictures in any shape.
struct TagsWith<'a, P> {
    tags: &'a Tags,
    pictures: Option<P>,
}

impl<P: Serialize> Serialize for TagsWith<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tags = self.tags;
        object(serializer, |keys| {
            for (name, field) in &tags.fields {
                match field {
                    Field::Texts(texts) => keys.set(name, texts)?,
                    Field::Text(text) => keys.set(name, text)?,
                    Field::Number(number) => keys.set_number(name, *number)?,
                    Field::Flag(flag) => keys.set(name, flag)?,
                }
            }
            keys.set_if_some("pictures", self.pictures.as_ref())?;
            keys.set_list("ratings", &tags.ratings)?;
            keys.set_list("lyrics", &tags.lyrics)?;
            let chapters = Some(Chapters(tags)).filter(|it| !it.0.chapters.is_empty());
            keys.set_if_some("chapters", chapters)?;
            keys.set_if_some("bext", tags.bext.as_ref().map(Shape))?;
            // Its buffer follows those of the pictures.
            let bext_data = tags.bext_data.as_ref().map(|_| Special::Bytes(tags.pictures.len()));
            keys.set_if_some("bextData", bext_data)?;
            keys.set_if_some("ixml", tags.ixml.as_ref())?;
            // `lib/legacy-encoding` takes it out of the answer.
            keys.set_list("latin1Texts", &tags.latin_1_texts)
        })
    }
}

/// Tags or metadata whose pictures are described.
#[derive(Clone, Copy)]
pub(crate) struct WithPictureMetadata<'a, T> {
    pub value: &'a T,
    pub pictures: &'a [PictureMetadata],
}

impl Serialize for Shape<WithPictureMetadata<'_, Tags>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let WithPictureMetadata { value: tags, pictures } = self.0;
        let pictures = Some(List(pictures)).filter(|list| !list.0.is_empty());
        TagsWith { tags, pictures }.serialize(serializer)
    }
}

impl Serialize for Shape<WithPictureMetadata<'_, Metadata>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let WithPictureMetadata { value: metadata, pictures } = self.0;
        let tags = WithPictureMetadata { value: &metadata.tags, pictures };
        MetadataWith { metadata, tags: Shape(tags) }.serialize(serializer)
    }
}

/// `FileMetadata`
impl Serialize for Shape<&Metadata> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MetadataWith { metadata: self.0, tags: Shape(&self.0.tags) }.serialize(serializer)
    }
}

/// Metadata with tags in any shape.
struct MetadataWith<'a, T> {
    metadata: &'a Metadata,
    tags: T,
}

impl<T: Serialize> Serialize for MetadataWith<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let metadata = self.metadata;
        object(serializer, |keys| {
            keys.set("tags", &self.tags)?;
            keys.set("properties", Shape(metadata.audio.as_ref()))?;
            keys.set("hasCoverArt", metadata.has_pictures)?;
            if metadata.dynamics.is_empty() {
                return keys.set("dynamics", Special::Undefined);
            }
            keys.set("dynamics", Shape(&metadata.dynamics))
        })
    }
}

/// Everything that the Full API needs of an open file:
///
/// `{ tags: ExtendedTag, properties: AudioProperties | undefined, format: FileType,
/// hasPictures: boolean, propertyMap: Record<string, string[]>,
/// mp4Items?: Record<string, string[]>, id3Tags?: { v1: boolean, v2: boolean },
/// frames?: Id3v2Frame[] }`
pub(crate) struct Model<'a>(pub &'a Metadata);

impl Serialize for Model<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let metadata = self.0;
        let tags = &metadata.tags;
        object(serializer, |keys| {
            keys.set("tags", Shape(tags))?;
            keys.set("properties", Shape(metadata.audio.as_ref()))?;
            keys.set("format", metadata.file_type)?;
            keys.set("hasPictures", metadata.has_pictures)?;
            let Some(stored) = &metadata.stored else { return Ok(()) };
            keys.set("propertyMap", TextLists(&stored.properties))?;
            if metadata.file_type == "MP4" {
                keys.set("mp4Items", TextLists(&stored.mp4_items))?;
            }
            keys.set_if_some("id3Tags", stored.id3_tags.as_ref().map(Shape))?;
            // Their buffers follow those of the tags.
            let first = first_of_chapters(tags) + pictures_of(&tags.chapters);
            let frames = stored.id3v2_frames.as_deref().map(|list| Frames { list, first });
            keys.set_if_some("frames", frames.map(Shape))
        })
    }
}

/// Lists of texts by their keys.
struct TextLists<'a>(&'a [(String, Vec<String>)]);

impl Serialize for TextLists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, values)| (key, values)))
    }
}

impl Serialize for Shape<&Id3Tags> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |keys| {
            keys.set("v1", self.0.v1)?;
            keys.set("v2", self.0.v2)
        })
    }
}

/// `Id3v2Frame[]`. Their buffers are in the same order, and numbered from `first`.
#[derive(Clone, Copy)]
pub(crate) struct Frames<'a> {
    pub list: &'a [Id3v2Frame],
    pub first: usize,
}

impl Serialize for Shape<Frames<'_>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Frames { list, first } = self.0;
        serializer.collect_seq((first..).zip(list).map(Shape))
    }
}

impl Serialize for Shape<(usize, &Id3v2Frame)> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (index, frame) = self.0;
        object(serializer, |keys| {
            keys.set("id", &frame.id)?;
            keys.set("data", Special::Bytes(index))
        })
    }
}

/// The loudness properties, by their names.
impl Serialize for Shape<&Vec<(&'static str, String)>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

/// `AudioProperties`. What a format does not have has no key.
impl Serialize for Shape<&AudioProperties> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let audio = self.0;
        object(serializer, |keys| {
            keys.set_number("duration", audio.duration)?;
            keys.set_number("durationMs", audio.duration_ms)?;
            keys.set_number("bitrate", audio.bitrate)?;
            keys.set_number("sampleRate", audio.sample_rate)?;
            keys.set_number("channels", audio.channels)?;
            keys.set_number("bitsPerSample", audio.bits_per_sample)?;
            keys.set("codec", audio.codec.as_deref().unwrap_or("unknown"))?;
            keys.set("containerFormat", audio.container_format.as_deref().unwrap_or("unknown"))?;
            keys.set("isLossless", audio.is_lossless)?;
            if audio.mpeg_version > 0.0 {
                keys.set_number("mpegVersion", audio.mpeg_version)?;
                keys.set_number("mpegLayer", audio.mpeg_layer)?;
            }
            if audio.can_be_encrypted() {
                keys.set("isEncrypted", audio.is_encrypted)?;
            }
            if audio.format_version > 0.0 {
                keys.set_number("formatVersion", audio.format_version)?;
            }
            keys.set_if_some("bitrateMode", audio.bitrate_mode.as_ref())?;
            keys.set_if_some("outputGainDb", audio.output_gain_db.map(Shape))
        })
    }
}

/// `Picture[]`. Their buffers are in the same order.
pub(crate) struct Pictures<'a>(pub &'a [Picture]);

impl Serialize for Pictures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().enumerate().map(Shape))
    }
}

impl Serialize for Shape<(usize, &Picture)> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (index, picture) = self.0;
        object(serializer, |keys| {
            keys.set("mimeType", &picture.mime_type)?;
            keys.set("data", Special::Bytes(index))?;
            keys.set("type", picture.picture_type)?;
            keys.set("description", &picture.description)
        })
    }
}

/// `PictureMetadata`. What the content does not tell has no key.
impl Serialize for Shape<&PictureMetadata> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let picture = self.0;
        object(serializer, |keys| {
            keys.set("type", picture.picture_type)?;
            keys.set("mimeType", &picture.mime_type)?;
            keys.set("description", &picture.description)?;
            keys.set("size", picture.size)?;
            let content = picture.content.as_ref();
            keys.set_if_some("contentMimeType", content.map(|it| it.mime_type))?;
            keys.set_if_some("isMimeTypeRight", picture.has_right_mime_type())?;
            let dimensions = content.and_then(|it| it.dimensions);
            keys.set_if_some("width", dimensions.map(|it| it.width))?;
            keys.set_if_some("height", dimensions.map(|it| it.height))?;
            keys.set("sha256", &picture.sha256)
        })
    }
}

/// `NativeElement`. What an element does not have has no key.
impl Serialize for Shape<&NativeElement> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let element = self.0;
        object(serializer, |keys| {
            keys.set("kind", element.kind)?;
            keys.set("tag", element.tag)?;
            keys.set("tagIndex", element.tag_index)?;
            keys.set("id", &element.id)?;
            keys.set_if_some("description", element.description.as_ref())?;
            keys.set_if_some("language", element.language.as_ref())?;
            keys.set_if_some("encoding", element.encoding)?;
            keys.set_if_some("mimeType", element.mime_type.as_ref())?;
            keys.set("size", element.size)?;
            match &element.value {
                NativeValue::Texts(values) => {
                    keys.set("type", "text")?;
                    keys.set("values", values)
                }
                NativeValue::Numbers(values) => {
                    keys.set("type", "number")?;
                    keys.set("values", values)
                }
                NativeValue::Bytes { sha256 } => {
                    keys.set("type", "bytes")?;
                    keys.set("sha256", sha256)?;
                    keys.set_if_some("syncedTexts", element.synced_texts.as_ref().map(Shape))
                }
                NativeValue::Audio => keys.set("type", "audio"),
                NativeValue::Padding => keys.set("type", "padding"),
            }
        })
    }
}

impl Serialize for Shape<&SyncedTexts> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |keys| {
            keys.set("timeFormat", self.0.time_format)?;
            keys.set("contentType", self.0.content_type)?;
            keys.set("lines", List(&self.0.lines))
        })
    }
}

impl Serialize for Shape<&SyncedLine> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |keys| {
            keys.set("time", self.0.time)?;
            keys.set("text", &self.0.text)
        })
    }
}

impl Serialize for Shape<&Rating> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |keys| {
            keys.set_number("rating", self.0.rating)?;
            keys.set_text_or_undefined("email", &self.0.email)?;
            keys.set("counter", Shape(self.0.counter))
        })
    }
}

impl Serialize for Shape<&Lyrics> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |keys| {
            keys.set("text", &self.0.text)?;
            keys.set_if_some("description", self.0.description.as_ref())?;
            keys.set_if_some("language", self.0.language.as_ref())
        })
    }
}

impl Serialize for Shape<&Latin1Text> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(serializer, |keys| {
            keys.set("tag", self.0.tag)?;
            keys.set("id", &self.0.id)?;
            keys.set("text", &self.0.text)
        })
    }
}

/// `Chapter[]`. The buffers of their pictures follow that of `bextData`.
struct Chapters<'a>(&'a Tags);

impl Serialize for Chapters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut next = first_of_chapters(self.0);
        serializer.collect_seq(self.0.chapters.iter().map(|chapter| {
            let index = next;
            next += usize::from(chapter.picture.is_some());
            Shape((index, chapter))
        }))
    }
}

/// Returns the number of the first buffer of a chapter's picture.
fn first_of_chapters(tags: &Tags) -> usize {
    tags.pictures.len() + usize::from(tags.bext_data.is_some())
}

fn pictures_of(chapters: &[Chapter]) -> usize {
    chapters.iter().filter(|chapter| chapter.picture.is_some()).count()
}

impl Serialize for Shape<(usize, &Chapter)> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (index, chapter) = self.0;
        object(serializer, |keys| {
            keys.set_number("startTimeMs", chapter.start)?;
            keys.set("endTimeMs", Shape(chapter.end))?;
            keys.set_text_or_undefined("title", &chapter.title)?;
            keys.set_text_or_undefined("id", &chapter.id)?;
            keys.set_text_or_undefined("source", &chapter.source)?;
            // taglib-wasm has neither.
            keys.set_if_some("url", chapter.url.as_ref())?;
            keys.set_if_some("picture", chapter.picture.as_ref().map(|it| Shape((index, it))))
        })
    }
}

impl Serialize for Shape<&BroadcastExtension> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bext = self.0;
        object(serializer, |keys| {
            keys.set("description", &bext.description)?;
            keys.set("originator", &bext.originator)?;
            keys.set("originatorReference", &bext.originator_reference)?;
            keys.set("originationDate", &bext.origination_date)?;
            keys.set("originationTime", &bext.origination_time)?;
            keys.set("timeReferenceSamples", Special::BigInt(bext.time_reference))?;
            keys.set("version", bext.version)?;
            keys.set("codingHistory", &bext.coding_history)?;
            keys.set_if_some("umid", bext.umid.as_ref())?;
            let loudness = &bext.loudness;
            keys.set_if_some("loudnessValueDb", loudness.value.map(Shape))?;
            keys.set_if_some("loudnessRangeDb", loudness.range.map(Shape))?;
            keys.set_if_some("maxTruePeakLevelDbtp", loudness.max_true_peak.map(Shape))?;
            keys.set_if_some("maxMomentaryLoudnessDb", loudness.max_momentary.map(Shape))?;
            keys.set_if_some("maxShortTermLoudnessDb", loudness.max_short_term.map(Shape))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn numbers_are_written_as_javascript_reads_them_back() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "-0.0"),
            (44_100.0, "44100"),
            (-3.0, "-3"),
            (0.1, "0.1"),
            (1e300, "1e+300"),
            (f64::INFINITY, r#"[["number","Infinity"]]"#),
            (f64::NEG_INFINITY, r#"[["number","-Infinity"]]"#),
            (f64::NAN, r#"[["number","NaN"]]"#),
        ] {
            assert_eq!(json(Shape(number)), text);
        }
    }

    #[test]
    fn what_json_does_not_have_is_a_list_in_a_list() {
        let rating = Rating { rating: 0.5, email: None, counter: Some(2.0) };
        assert_eq!(json(Shape(&rating)), r#"{"rating":0.5,"email":[["undefined"]],"counter":2}"#);
        let metadata = Metadata::default();
        assert_eq!(
            json(Shape(&metadata)),
            r#"{"tags":{},"properties":[["undefined"]],"hasCoverArt":false,"dynamics":[["undefined"]]}"#
        );
    }
}
