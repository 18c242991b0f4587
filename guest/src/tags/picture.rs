//! An embedded picture.

use super::tables::PICTURE_TYPES;
use crate::buffers::Buffer;

/// An embedded picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The type that the tag states, which may be wrong, or `application/octet-stream`.
    pub mime_type: String,
    /// The image file.
    pub data: Buffer,
    /// The name of the ID3v2 picture type, such as `FrontCover`.
    pub picture_type: &'static str,
    /// A description; often empty.
    pub description: String,
}

impl Picture {
    /// Returns the static name of a picture type, or `None` if it is unknown.
    pub fn type_named(name: &str) -> Option<&'static str> {
        PICTURE_TYPES.into_iter().find(|known| *known == name)
    }

    /// Returns the number of a picture type.
    pub(crate) fn number_of(picture_type: &str) -> u8 {
        let known = PICTURE_TYPES.iter().zip(0_u8..).find(|(known, _)| **known == picture_type);
        known.map_or(0, |(_, number)| number)
    }

    /// Returns the name of a picture type. An unknown number is "Other", as in taglib-wasm.
    pub(crate) fn type_of(number: u32) -> &'static str {
        let known = usize::try_from(number).ok().and_then(|index| PICTURE_TYPES.get(index));
        known.copied().unwrap_or(PICTURE_TYPES[0])
    }
}
