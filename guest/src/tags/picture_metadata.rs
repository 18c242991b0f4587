//! What an app may want to know about a picture without its bytes.

use super::picture::Picture;
use crate::error::Result;
use crate::limits::Budget;
use crate::sha256;
use imagesize::{ImageType, blob_size, image_type};

/// The description of an embedded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureMetadata {
    /// The name of the ID3v2 picture type, such as `FrontCover`.
    pub picture_type: &'static str,
    /// The type that the tag states, which may be wrong.
    pub mime_type: String,
    /// A description; often empty.
    pub description: String,
    /// The size of the image file, in bytes.
    pub size: usize,
    /// What the image file itself says, or `None` if it is not one of the known formats.
    pub content: Option<ImageContent>,
    /// The SHA-256 hash of the image file, in hexadecimal.
    pub sha256: String,
}

/// What the header of an image file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageContent {
    /// Such as `image/png`.
    pub mime_type: &'static str,
    /// In pixels, or `None` if the header is damaged.
    pub dimensions: Option<Dimensions>,
}

/// The dimensions of an image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Its width.
    pub width: usize,
    /// Its height.
    pub height: usize,
}

/// How much of an image file is searched for its dimensions, in bytes. A JPEG may have a thumbnail
/// and colour profiles in front of them. The rest of a large file is left alone because the search
/// does not know of deadlines.
const SEARCHED: usize = 1 << 20;

impl PictureMetadata {
    /// Describes a picture.
    ///
    /// # Errors
    /// `ResourceLimit` or `Aborted` if the budget is used up.
    pub fn of(picture: &Picture, budget: &Budget) -> Result<Self> {
        Ok(Self {
            picture_type: picture.picture_type,
            mime_type: picture.mime_type.clone(),
            description: picture.description.clone(),
            size: picture.data.len(),
            content: ImageContent::of(&picture.data),
            sha256: sha256::of(&picture.data, budget)?,
        })
    }

    /// Returns whether the type that the tag states is that of the content, or `None` if that is
    /// not known. Letter case does not matter (RFC 2045, section 5.1), and `image/jpg` is common.
    #[must_use]
    pub fn has_right_mime_type(&self) -> Option<bool> {
        let content = self.content.as_ref()?;
        let stated = match self.mime_type.to_ascii_lowercase() {
            stated if stated == "image/jpg" => "image/jpeg".to_owned(),
            stated => stated,
        };
        Some(stated == content.mime_type)
    }
}

impl ImageContent {
    /// Reads what an image file says. Returns `None` if it is not one of the known formats.
    pub(crate) fn of(data: &[u8]) -> Option<Self> {
        let mime_type = Self::mime_type_of(data)?;
        let beginning = &data[..data.len().min(SEARCHED)];
        let dimensions = blob_size(beginning).ok();
        Some(Self {
            mime_type,
            dimensions: dimensions
                .map(|size| Dimensions { width: size.width, height: size.height }),
        })
    }

    /// Returns the type of an image file, given its first bytes.
    pub(crate) fn mime_type_of(beginning: &[u8]) -> Option<&'static str> {
        Some(match image_type(beginning).ok()? {
            ImageType::Bmp => "image/bmp",
            ImageType::Gif => "image/gif",
            ImageType::Jpeg => "image/jpeg",
            ImageType::Png => "image/png",
            ImageType::Webp => "image/webp",
            // Another crate of the app may turn on more formats.
            #[allow(unreachable_patterns, reason = "depends on the features of the crate")]
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{Cancellation, Limits};

    fn metadata(mime_type: &str, data: &[u8]) -> PictureMetadata {
        let picture = Picture {
            mime_type: mime_type.to_owned(),
            data: data.to_vec().into(),
            picture_type: "FrontCover",
            description: String::new(),
        };
        let budget = Budget::start(Limits::default(), &Cancellation::default());
        PictureMetadata::of(&picture, &budget).unwrap()
    }

    const GIF: &[u8] = b"GIF89a\x03\x00\x02\x00\x00\x00\x00";

    #[test]
    fn the_content_tells_the_type_and_the_dimensions() {
        let gif = metadata("image/gif", GIF);
        let dimensions = Some(Dimensions { width: 3, height: 2 });
        assert_eq!(gif.content, Some(ImageContent { mime_type: "image/gif", dimensions }));
        assert_eq!(gif.has_right_mime_type(), Some(true));
        assert_eq!(metadata("IMAGE/GIF", GIF).has_right_mime_type(), Some(true));
        assert_eq!(metadata("image/jpg", GIF).has_right_mime_type(), Some(false));
        let jpeg = metadata("image/jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\0");
        assert_eq!(jpeg.has_right_mime_type(), Some(true));
        assert_eq!(jpeg.content.unwrap().dimensions, None);
        let unknown = metadata("image/png", b"not an image");
        assert_eq!((unknown.content.clone(), unknown.has_right_mime_type()), (None, None));
    }

    #[test]
    fn the_hash_is_that_of_the_whole_content() {
        // The examples of FIPS 180-4.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(metadata("", b"abc").sha256, abc);
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
        assert_eq!(metadata("", &[b'a'; 1_000_000]).sha256, million);
    }
}
