//! Converts frames of ID3v2.4 to ID3v2.3.

use super::chapter_frame::head_length;
use super::frame::Frame;
use crate::containers::id3v2_text::{self, Encoding};

/// Converts frames that TagLib has written in `version`. Returns `None` if one of them can't be
/// represented in ID3v2.3.
pub(super) fn downgraded(changed: Vec<Frame>, version: u8) -> Option<Vec<Frame>> {
    if version == 3 {
        return Some(changed);
    }
    let mut converted = Vec::with_capacity(changed.len());
    for frame in changed {
        match &frame.id {
            b"TDRC" => converted.extend(dates(&frame)?),
            b"TDOR" => converted.push(original_year(&frame)?),
            _ => converted.push(frame_of(&frame)?),
        }
    }
    Some(converted)
}

fn frame_of(frame: &Frame) -> Option<Frame> {
    let body = frame.plain_body()?;
    let new = |content| Frame::new(frame.id, content, 3);
    Some(match &frame.id {
        b"CHAP" | b"CTOC" => new(with_frames(frame, body)?),
        // Language, description, text.
        b"COMM" | b"USLT" => new(recoded(body, 3, usize::MAX)?),
        // Description, and a URL that is always Latin-1.
        b"WXXX" => new(recoded(body, 0, 1)?),
        b"APIC" => new(picture(body)?),
        [b'T', ..] => new(recoded(body, 0, usize::MAX)?),
        _ => new(body.to_vec()),
    })
}

/// Recodes up to `count` texts after the encoding and `skip` bytes.
fn recoded(body: &[u8], skip: usize, count: usize) -> Option<Vec<u8>> {
    let (encoding, rest) = body.split_first()?;
    let encoding = Encoding::of(*encoding)?;
    if matches!(encoding, Encoding::Latin1 | Encoding::Utf16) {
        return Some(body.to_vec());
    }
    let (prefix, mut rest) = rest.split_at_checked(skip)?;
    let mut content = [&[1], prefix].concat();
    for index in 0.. {
        if index == count {
            content.extend(rest);
            break;
        }
        let (text, behind) = id3v2_text::terminated(encoding, rest);
        let is_last = text.len() == rest.len();
        content.extend(id3v2_text::encode_utf16(&id3v2_text::decode(encoding, text)));
        if is_last {
            break;
        }
        content.extend([0, 0]);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    Some(content)
}

/// Recodes the description of a picture, which follows its MIME type and picture type.
fn picture(body: &[u8]) -> Option<Vec<u8>> {
    let mime_type = body.get(1..)?.iter().position(|byte| *byte == 0)?;
    recoded(body, mime_type + 2, 1)
}

/// Converts the frames within a chapter or a table of contents.
fn with_frames(frame: &Frame, body: &[u8]) -> Option<Vec<u8>> {
    let (head, rest) = body.split_at_checked(head_length(&frame.id, body)?)?;
    let mut content = head.to_vec();
    for inner in super::frame::inner_frames(rest)? {
        let inner = frame_of(&inner)?;
        content.extend(inner.id);
        content.extend(u32::try_from(inner.content.len()).ok()?.to_be_bytes());
        content.extend(inner.flags);
        content.extend(inner.content);
    }
    Some(content)
}

/// Splits a date: ID3v2.3 has separate frames for year, date and time.
fn dates(frame: &Frame) -> Option<Vec<Frame>> {
    let (encoding, text) = frame.plain_body()?.split_first()?;
    let encoding = Encoding::of(*encoding)?;
    let text = id3v2_text::decode(encoding, id3v2_text::terminated(encoding, text).0);
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((&text, ""));
    let mut parts = date.split('-');
    let year = parts.next()?;
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let frame = |id: &[u8; 4], text: String| Frame::new(*id, format!("\0{text}").into_bytes(), 3);
    let mut frames = vec![frame(b"TYER", year.to_owned())];
    if let (Some(month), Some(day)) = (parts.next(), parts.next()) {
        frames.push(frame(b"TDAT", format!("{day}{month}")));
    } else if date.len() > 4 {
        // There is no frame for a month without a day.
        return None;
    }
    let mut parts = time.split(':');
    if let (Some(hour), Some(minute)) = (parts.next(), parts.next()) {
        frames.push(frame(b"TIME", format!("{hour}{minute}")));
    }
    Some(frames)
}

fn original_year(frame: &Frame) -> Option<Frame> {
    let mut frames = dates(frame)?;
    let mut year = (frames.len() == 1).then(|| frames.remove(0))?;
    year.id = *b"TORY";
    Some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(id: &[u8; 4], content: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let frames = downgraded(vec![Frame::new(*id, content.to_vec(), 4)], 4).unwrap();
        frames.into_iter().map(|frame| (frame.id, frame.content)).collect()
    }

    #[test]
    fn a_time_becomes_year_date_and_time() {
        assert_eq!(
            converted(b"TDRC", b"\x032019-04-05T23:59"),
            [
                (*b"TYER", b"\x002019".to_vec()),
                (*b"TDAT", b"\x000504".to_vec()),
                (*b"TIME", b"\x002359".to_vec())
            ]
        );
        assert_eq!(converted(b"TDOR", b"\x001999"), [(*b"TORY", b"\x001999".to_vec())]);
    }

    #[test]
    fn utf_8_becomes_utf_16_and_the_rest_of_a_frame_stays() {
        assert_eq!(converted(b"TIT2", b"\x00plain"), [(*b"TIT2", b"\x00plain".to_vec())]);
        assert_eq!(
            converted(b"COMM", b"\x03engd\0\xC3\xA9"),
            [(*b"COMM", b"\x01eng\xFF\xFEd\0\0\0\xFF\xFE\xE9\0".to_vec())]
        );
        assert_eq!(
            converted(b"APIC", b"\x03image/png\0\x03\xC3\xA9\0\x03\x00\xFF"),
            [(*b"APIC", b"\x01image/png\0\x03\xFF\xFE\xE9\0\0\0\x03\x00\xFF".to_vec())]
        );
        assert_eq!(
            converted(b"WXXX", b"\x03\xC3\xA9\0http://x"),
            [(*b"WXXX", b"\x01\xFF\xFE\xE9\0\0\0http://x".to_vec())]
        );
    }

    #[test]
    fn frames_inside_of_a_chapter_have_plain_sizes() {
        let title = [&[3][..], &[b'x'; 199]].concat();
        let size = [0, 0, 1, 72];
        let inner = [&b"TIT2"[..], &size, &[0, 0], &title].concat();
        let chapter = [&b"one\0"[..], &[7; 16], &inner].concat();
        let (_, content) = converted(b"CHAP", &chapter).remove(0);
        assert_eq!(content[..20], chapter[..20]);
        assert_eq!(content[20..28], *b"TIT2\0\0\x01\x91");
    }

    #[test]
    fn a_date_that_has_no_form_in_id3v2_3_is_not_converted() {
        for date in [&b"\x032019-04"[..], b"\x03unknown"] {
            assert_eq!(downgraded(vec![Frame::new(*b"TDRC", date.to_vec(), 4)], 4), None);
        }
    }
}
