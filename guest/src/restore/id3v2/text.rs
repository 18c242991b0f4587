//! The text of a frame as it is shown to people.

use super::frame::Frame;
use crate::containers::id3v2_text::{Encoding, decode_list};

/// Returns the text of a frame as it is shown to people. It is empty if the frame has none.
pub(crate) fn text_of(frame: &Frame) -> String {
    let Some((encoding, text)) = frame.plain_body().and_then(<[u8]>::split_first) else {
        return String::new();
    };
    let (Some(encoding), true) = (Encoding::of(*encoding), is_text(&frame.id)) else {
        return String::new();
    };
    decode_list(encoding, text).join(" / ")
}

fn is_text(id: &[u8; 4]) -> bool {
    id[0] == b'T'
}
