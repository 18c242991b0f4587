//! The picture block of FLAC (RFC 9639, section 8.8). Ogg stores it as a comment, in Base64. All
//! of its numbers are big-endian, of 32 bits.

use std::ops::Range;

/// The size of a block without its MIME type, description and data, in bytes.
pub(crate) const NUMBERS: usize = 32;

/// A picture block without its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PictureBlock<'a> {
    pub picture_type: u32,
    pub mime_type: &'a [u8],
    pub description: &'a [u8],
    pub width: u32,
    pub height: u32,
    pub colour_depth: u32,
    pub colours: u32,
    /// The range of the data in the block, as the block declares it. The block may be
    /// shorter or longer.
    pub data: Range<u64>,
}

impl<'a> PictureBlock<'a> {
    /// Parses the block that begins with `head`, which does not have to contain the
    /// data.
    pub(crate) fn parse(head: &'a [u8]) -> Option<Self> {
        let mut rest = head;
        let picture_type = number(&mut rest)?;
        let mime_type = text(&mut rest)?;
        let description = text(&mut rest)?;
        let [width, height, colour_depth, colours, length] = [(); 5].map(|()| number(&mut rest));
        let start = (NUMBERS + mime_type.len() + description.len()) as u64;
        Some(Self {
            picture_type,
            mime_type,
            description,
            width: width?,
            height: height?,
            colour_depth: colour_depth?,
            colours: colours?,
            data: start..start + u64::from(length?),
        })
    }
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_be_bytes(*bytes))
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = number(rest)?;
    let (text, after) = rest.split_at_checked(length as usize)?;
    *rest = after;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Vec<u8> {
        let number = |number: u32| number.to_be_bytes();
        let text = |text: &str| [&number(text.len() as u32)[..], text.as_bytes()].concat();
        let numbers = [300, 200, 24, 0].map(number).concat();
        [&number(3)[..], &text("image/png"), &text("front"), &numbers, &number(5), b"bytes"]
            .concat()
    }

    #[test]
    fn every_field_is_read() {
        let block = block();
        let picture = PictureBlock::parse(&block).unwrap();
        assert_eq!((picture.picture_type, picture.width, picture.height), (3, 300, 200));
        assert_eq!((picture.colour_depth, picture.colours), (24, 0));
        assert_eq!((picture.mime_type, picture.description), (&b"image/png"[..], &b"front"[..]));
        let data = picture.data.start as usize..picture.data.end as usize;
        assert_eq!(&block[data], b"bytes");
    }

    #[test]
    fn a_head_without_all_numbers_is_none() {
        let block = block();
        let head = block.len() - 5;
        assert!(PictureBlock::parse(&block[..head]).is_some());
        assert!((0..head).all(|length| PictureBlock::parse(&block[..length]).is_none()));
    }
}
