//! Pictures (id3.org/id3v2.4.0-frames, section 4.14).

use super::frame::Frame;
use crate::containers::id3v2_text::{Encoding, decode, terminated};
use crate::error::Result;
use crate::limits::Budget;
use crate::restore::pictures::{Originals, Picture};
use std::mem;

/// Replaces the pictures that an edit has kept by the original frames, which it takes out.
pub(super) fn keep(changed: &mut [Frame], originals: &mut [Frame], budget: &Budget) -> Result<()> {
    let mut pictures = Originals::new();
    for (index, frame) in originals.iter().enumerate() {
        with_picture(frame, |picture| pictures.add(picture, index, budget))?;
    }
    for frame in changed {
        let mut kept = None;
        with_picture(frame, |picture| {
            kept = pictures.take(picture);
            Ok(())
        })?;
        if let Some(original) = kept.and_then(|index| originals.get_mut(index)) {
            // The rest of the original is replaced, since the edit asks to change the pictures.
            let empty = Frame::new(original.id, Vec::new(), original.version);
            *frame = mem::replace(original, empty);
        }
    }
    Ok(())
}

/// Calls `act` with the picture of a frame, if it has one.
fn with_picture(frame: &Frame, act: impl FnOnce(Picture<'_>) -> Result<()>) -> Result<()> {
    let body = (frame.id == *b"APIC").then(|| frame.plain_body()).flatten();
    let Some((encoding, rest)) = body.and_then(<[u8]>::split_first) else { return Ok(()) };
    let Some(encoding) = Encoding::of(*encoding) else { return Ok(()) };
    let (mime_type, rest) = terminated(Encoding::Latin1, rest);
    let Some((picture_type, rest)) = rest.split_first() else { return Ok(()) };
    let (description, data) = terminated(encoding, rest);
    let mime_type = decode(Encoding::Latin1, mime_type);
    let description = decode(encoding, description);
    act(Picture::new(u32::from(*picture_type), &mime_type, &description, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn picture(body: &[u8]) -> Frame {
        Frame::new(*b"APIC", body.to_vec(), 4)
    }

    #[test]
    fn a_kept_picture_is_the_original_frame_with_its_type_and_its_encoding() {
        let originals = [
            picture(b"\x01image/png\0\x15\xFF\xFEa\0\0\0PNG"),
            picture(b"\0image/png\0\x03front\0PNG"),
            picture(b"\0image/png\0\x04back\0PNG"),
        ];
        let mut edited = [
            picture(b"\x03image/png\0\x00a\0PNG"),
            picture(b"\x03image/jpeg\0\x03front\0JPEG"),
            picture(b"\x03image/png\0\x04back\0PNG"),
        ];
        let expected = [originals[0].clone(), edited[1].clone(), originals[2].clone()];
        keep(&mut edited, &mut originals.clone(), &unlinked::budget()).unwrap();
        assert_eq!(edited, expected);
    }
}
