//! The frames of chapters (`CHAP`) and tables of contents (`CTOC`), and the frames within them
//! (id3.org/id3v2-chapters-1.0).

use super::frame::{Frame, resynchronised};
use crate::containers::id3v2;
use crate::containers::id3v2_text::{Encoding, decode, decode_list, encode_utf16, terminated};
use crate::tags::Picture;

pub(super) const CHAPTER: [u8; 4] = *b"CHAP";
pub(super) const CONTENTS: [u8; 4] = *b"CTOC";

/// The inner frames that are read and written here.
pub(super) const TITLE: [u8; 4] = *b"TIT2";
pub(super) const USER_LINK: [u8; 4] = *b"WXXX";
pub(super) const PICTURE: [u8; 4] = *b"APIC";

/// The length of the times and offsets of a chapter, in bytes, of its start among them, and of the
/// offsets behind the times.
const TIMES: usize = 16;
const START: usize = 4;
const OFFSETS: usize = 8;

/// The number of inner frames that a chapter may have. Ordinary ones have three.
const MAX_INNER: usize = 1000;

/// The length of the header of a frame within a frame, in bytes.
const HEADER: usize = id3v2::HEADER as usize;

/// The encodings of texts that both ID3v2.3 and ID3v2.4 have.
const LATIN_1: u8 = 0;
const UTF_16: u8 = 1;

/// What a chapter or a table of contents consists of.
pub(crate) struct ChapterFrame<'a> {
    /// The identifier of the element.
    pub name: &'a [u8],
    /// Everything before the inner frames.
    pub head: &'a [u8],
    /// The inner frames with their headers.
    pub inner: Vec<([u8; 4], &'a [u8])>,
}

impl<'a> ChapterFrame<'a> {
    /// Reads a chapter or a table of contents. Returns `None` if it is malformed.
    pub(crate) fn of(frame: &'a Frame, version: u8) -> Option<Self> {
        if ![CHAPTER, CONTENTS].contains(&frame.id) {
            return None;
        }
        let body = frame.plain_body()?;
        let (head, rest) = body.split_at_checked(head_length(&frame.id, body)?)?;
        let (name, _) = terminated(Encoding::Latin1, head);
        Some(Self { name, head, inner: inner_frames(rest, version)? })
    }

    pub(super) fn start(&self) -> Option<&'a [u8]> {
        let times = self.head.len().checked_sub(TIMES)?;
        self.head.get(times..times + START)
    }

    /// The names of the elements in a table of contents.
    pub(super) fn children(&self) -> impl Iterator<Item = &'a [u8]> {
        // Flags and a count come before the names, each of which ends with a zero.
        let names = self.head.get(self.name.len() + 3..).unwrap_or_default();
        names.split_inclusive(|byte| *byte == 0).map(|name| &name[..name.len() - 1])
    }

    pub(super) fn until_offsets(&self) -> &'a [u8] {
        &self.head[..self.head.len().saturating_sub(OFFSETS)]
    }

    pub(super) fn title(&self) -> Vec<String> {
        let title = self.inner.iter().find(|(id, _)| *id == TITLE);
        let body = title.and_then(|(_, bytes)| bytes.get(HEADER..));
        let Some((encoding, text)) = body.and_then(<[u8]>::split_first) else { return Vec::new() };
        Encoding::of(*encoding).map_or(Vec::new(), |encoding| decode_list(encoding, text))
    }

    /// The link of the chapter.
    pub(crate) fn url(&self, version: u8) -> Option<String> {
        let (_, bytes) = self.inner.iter().find(|(id, _)| *id == USER_LINK)?;
        url_of(bytes, version)
    }

    /// The image of the chapter.
    pub(crate) fn picture(&self, version: u8) -> Option<Picture> {
        let (_, bytes) = self.inner.iter().find(|(id, _)| *id == PICTURE)?;
        picture_of(bytes, version)
    }
}

/// Returns the length of what precedes the inner frames: the identifier, and the times and offsets
/// of a chapter, or the flags of a table of contents and its list of identifiers. The body may be
/// shorter.
pub(crate) fn head_length(id: &[u8; 4], body: &[u8]) -> Option<usize> {
    let after_text = |from: usize| {
        let length = body.get(from..)?.iter().position(|byte| *byte == 0)?;
        Some(from + length + 1)
    };
    let mut end = after_text(0)?;
    if *id == CHAPTER {
        return Some(end + TIMES);
    }
    let count = *body.get(end + 1)?;
    end += 2;
    for _ in 0..count {
        end = after_text(end)?;
    }
    Some(end)
}

/// Splits bytes into frames. Zeros may follow them. Returns `None` if they are malformed, or too
/// many.
fn inner_frames(mut bytes: &[u8], version: u8) -> Option<Vec<([u8; 4], &[u8])>> {
    let mut frames = Vec::new();
    while bytes.first().is_some_and(|byte| *byte != 0) {
        let [a, b, c, d, size @ .., _, _] = *bytes.first_chunk::<HEADER>()?;
        let id = [a, b, c, d];
        let size = match version {
            4 => id3v2::synchsafe(size)?,
            _ => u32::from_be_bytes(size),
        };
        let (frame, rest) = bytes.split_at_checked(HEADER.checked_add(size as usize)?)?;
        if !id3v2::is_identifier(&id) || frames.len() == MAX_INNER {
            return None;
        }
        frames.push((id, frame));
        bytes = rest;
    }
    Some(frames)
}

/// Parses an inner frame with its header.
fn inner_frame(bytes: &[u8], version: u8) -> Option<Frame> {
    let ([a, b, c, d, _, _, _, _, status, format], content) =
        bytes.split_first_chunk::<HEADER>()?;
    let frame = Frame {
        id: [*a, *b, *c, *d],
        flags: [*status, *format],
        content: content.to_vec(),
        version,
    };
    Some(resynchronised(frame))
}

/// Returns the link of an inner `WXXX` frame.
pub(super) fn url_of(bytes: &[u8], version: u8) -> Option<String> {
    let frame = inner_frame(bytes, version)?;
    let (encoding, rest) = frame.plain_body()?.split_first()?;
    let (_, link) = terminated(Encoding::of(*encoding)?, rest);
    let link = decode(Encoding::Latin1, terminated(Encoding::Latin1, link).0);
    Some(link).filter(|link| !link.is_empty())
}

/// Returns the picture of an inner `APIC` frame.
pub(super) fn picture_of(bytes: &[u8], version: u8) -> Option<Picture> {
    let frame = inner_frame(bytes, version)?;
    let (encoding, rest) = frame.plain_body()?.split_first()?;
    let encoding = Encoding::of(*encoding)?;
    let (mime_type, rest) = terminated(Encoding::Latin1, rest);
    let (picture_type, rest) = rest.split_first()?;
    let (description, data) = terminated(encoding, rest);
    Some(Picture {
        mime_type: decode(Encoding::Latin1, mime_type),
        picture_type: Picture::type_of(u32::from(*picture_type)),
        description: decode(encoding, description),
        data: data.into(),
    })
}

/// Returns an inner `APIC` frame. Returns `None` if it would be too large.
pub(super) fn picture(picture: &Picture, version: u8) -> Option<Vec<u8>> {
    let Picture { mime_type, data, picture_type, description } = picture;
    let is_ascii = description.is_ascii();
    let mut body = vec![if is_ascii { LATIN_1 } else { UTF_16 }];
    body.extend(mime_type.bytes());
    body.extend([0, Picture::number_of(picture_type)]);
    if is_ascii {
        body.extend(description.bytes());
        body.push(0);
    } else {
        body.extend(encode_utf16(description));
        body.extend([0, 0]);
    }
    body.extend(&**data);
    rendered(PICTURE, body, version)
}

/// Returns an inner `WXXX` frame with the description of another one. Returns `None` if it would be
/// too large, or if the link is not Latin-1.
pub(super) fn link(url: &str, stored: Option<&[u8]>, version: u8) -> Option<Vec<u8>> {
    /// No description: its encoding, and its end.
    const UNDESCRIBED: [u8; 2] = [LATIN_1, 0];
    let stored = stored.and_then(|bytes| inner_frame(bytes, version));
    let description = stored.as_ref().and_then(Frame::plain_body).and_then(|body| {
        let (encoding, rest) = body.split_first()?;
        let (_, link) = terminated(Encoding::of(*encoding)?, rest);
        Some(&body[..body.len() - link.len()])
    });
    let url: Option<Vec<u8>> = url.chars().map(|it| u8::try_from(it).ok()).collect();
    rendered(USER_LINK, [description.unwrap_or(&UNDESCRIBED), &url?].concat(), version)
}

fn rendered(id: [u8; 4], body: Vec<u8>, version: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    Frame::new(id, body, version).render(version, &mut bytes)?;
    Some(bytes)
}
