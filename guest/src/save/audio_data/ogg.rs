//! Ogg (RFC 3533): the content of the pages behind the headers.
//!
//! A change of the comment header renumbers all pages, so the pages' own
//! headers differ. Pages with codec headers have the granule position zero, or
//! none where a large header goes on; audio begins on a page of its own
//! (Vorbis I, A.2; RFC 7845, section 3).

use super::{Content, Found, Parts, Stop};

const HEADER: u64 = 27;

/// The granule positions before the audio: of a page where a header ends, and
/// of one where no packet does.
const BEFORE_AUDIO: [[u8; 8]; 2] = [[0; 8], [0xFF; 8]];

pub(super) fn parts(content: &mut Content<'_>) -> Found {
    let mut parts = Parts::default();
    let mut in_audio = false;
    let mut at = 0;
    // What is no page (some tool's tag at the end) is nobody's.
    while let Some(header) = content.array::<27>(at)?.filter(|it| it.starts_with(b"OggS")) {
        in_audio |= !BEFORE_AUDIO.iter().any(|position| header[6..14] == *position);
        let segments = u64::from(header[26]);
        let mut length = 0;
        for segment in 0..segments {
            let [size] = content.array(at + HEADER + segment)?.ok_or(CUT_OFF)?;
            length += u64::from(size);
        }
        let start = at + HEADER + segments;
        at = start + length;
        if at > content.size() {
            return Err(CUT_OFF);
        }
        if in_audio {
            parts.push(start..at)?;
        }
    }
    Ok(parts)
}

const CUT_OFF: Stop = Stop::Damaged("its last Ogg page is cut off");
