//! One element of a file.

use super::synced_texts::SyncedTexts;

/// A frame, an atom, a comment, a block or a chunk, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeElement {
    /// The kind of element, such as `ID3v2 frame`. These are the names that a loss has.
    pub kind: &'static str,
    /// The tag or the structure that holds it, such as `ID3v2.3`, `APEv2` or `MP4`.
    pub tag: &'static str,
    /// The number of that tag in the file, from zero: a file may have two ID3v2 tags.
    pub tag_index: u32,
    /// Its identifier as it is stored, such as `TIT2`, `©nam` or `Title`, or the path to it, such
    /// as `moov/mvhd`.
    pub id: String,
    /// What distinguishes it from others with this identifier: the description of a `TXXX` or a
    /// `COMM`, the owner of a `PRIV`, the target of a Matroska tag.
    pub description: Option<String>,
    /// Its language, as it is stored.
    pub language: Option<String>,
    /// The IANA name of the text encoding.
    pub encoding: Option<&'static str>,
    /// The MIME type that a picture or an object states.
    pub mime_type: Option<String>,
    /// The size of its content in the file, in bytes.
    pub size: u64,
    /// Its content.
    pub value: NativeValue,
    /// The texts of a `SYLT`, whose value is bytes.
    pub synced_texts: Option<SyncedTexts>,
}

/// The content of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NativeValue {
    /// Texts.
    Texts(Vec<String>),
    /// Numbers, as text. A pair of numbers is written as `3/12`.
    Numbers(Vec<String>),
    /// Bytes.
    Bytes {
        /// The SHA-256 hash, in hexadecimal: of the image of an `APIC`, a FLAC picture or a `covr`,
        /// of the data of a `PRIV`, `UFID` or `GEOB`, and otherwise of the whole content.
        sha256: String,
    },
    /// Audio, or other media.
    Audio,
    /// Space that is kept free.
    Padding,
}

impl NativeElement {
    /// Creates an element. [`super::list::List::add`] adds the tag.
    pub(super) fn new(
        kind: &'static str,
        id: impl Into<String>,
        size: u64,
        value: NativeValue,
    ) -> Self {
        Self {
            kind,
            tag: "",
            tag_index: 0,
            id: id.into(),
            description: None,
            language: None,
            encoding: None,
            mime_type: None,
            size,
            value,
            synced_texts: None,
        }
    }

    /// Returns the size of all texts in memory, in bytes.
    pub(super) fn text_size(&self) -> usize {
        let optional = [&self.description, &self.language, &self.mime_type];
        let described = optional.into_iter().flatten().map(String::len).sum::<usize>();
        let value = match &self.value {
            NativeValue::Texts(texts) | NativeValue::Numbers(texts) => {
                texts.iter().map(|text| text.len() + size_of::<String>()).sum()
            }
            NativeValue::Bytes { sha256 } => sha256.len(),
            NativeValue::Audio | NativeValue::Padding => 0,
        };
        let synced = self.synced_texts.as_ref().map_or(0, SyncedTexts::size);
        self.id.len() + described + value + synced
    }
}
