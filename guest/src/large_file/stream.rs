//! Streams between tags: MP3, AAC, FLAC, APE, WavPack, Musepack, TTA. The middle of the stream is
//! left out. Nothing states its size.

use super::Shortened;
use crate::audio_data;
use crate::containers::{Cursor, id3v2};
use crate::error::Result;

pub(super) fn shorten(cursor: &mut Cursor<'_>) -> Result<Option<Shortened>> {
    let Some(stream) = audio_data::stream(cursor)? else { return Ok(None) };
    if stream.start == 0 && !id3v2::is_stream_at(cursor, 0)? {
        return Ok(None);
    }
    let mut shortened = Shortened::counting(stream.end - stream.start);
    shortened.leave_out_middle(&stream, cursor.budget())?;
    Ok(Some(shortened))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GIB, Seen, sparse};
    use super::super::{KEPT, STEP};

    const ID3V2: &[u8] = b"ID3\x04\0\0\0\0\0\x04abcd";
    const FRAME: &[u8] = b"\xFF\xFB\x90\0";

    #[test]
    fn the_tags_at_both_ends_and_the_first_and_last_frames_are_seen() {
        let size = 5 * GIB;
        let id3v1 = [b"TAG", &[b'x'; 125][..]].concat();
        let parts = [(0, ID3V2), (14, FRAME), (size - 132, FRAME), (size - 128, id3v1.as_slice())];
        let mut seen = Seen::of(sparse(size, &parts)).unwrap();
        assert_eq!(seen.at(0), *ID3V2.first_chunk::<14>().unwrap());
        assert_eq!(seen.at(14), *FRAME.first_chunk::<4>().unwrap());
        assert_eq!(seen.last::<132>()[..7], [FRAME, b"TAG"].concat());

        let counted = size - 14 - 128;
        assert_eq!(seen.shortened.counted, counted);
        assert_eq!(seen.size() + seen.shortened.left_out, size);
        assert!(seen.shortened.left_out.is_multiple_of(STEP));
        let kept = counted - seen.shortened.left_out;
        assert!((2 * KEPT..2 * KEPT + STEP).contains(&kept), "{kept}");
    }

    #[test]
    fn the_blocks_of_flac_are_seen_however_long_they_are() {
        let padding = 0xFF_FFFF;
        let blocks = b"fLaC\0\0\0\x02ab\x81\xFF\xFF\xFF";
        let mut seen = Seen::of(sparse(3 * GIB, &[(0, blocks), (padding, b"x")])).unwrap();
        assert_eq!(seen.at(padding), *b"x");
        assert_eq!(seen.shortened.counted, 3 * GIB - blocks.len() as u64 - padding);
    }

    #[test]
    fn an_ape_tag_is_seen_from_its_header_on() {
        let size = 3 * GIB;
        let numbers = |items: u32| [2000, items + 32, 0, 0].map(u32::to_le_bytes).concat();
        // The items are longer than what is kept of the audio.
        let items = 8 << 20;
        let footer = [b"APETAGEX", &numbers(items)[..], &[0; 8]].concat();
        let start = size - 32 - u64::from(items);
        let parts = [(0, &b"MAC "[..]), (start, b"first"), (size - 32, &footer)];
        let mut seen = Seen::of(sparse(size, &parts)).unwrap();
        assert_eq!(seen.at(seen.size() - 32 - u64::from(items)), *b"first");
        assert_eq!(seen.shortened.counted, start);
    }

    #[test]
    fn a_tag_that_states_more_than_the_file_has_leaves_the_file_whole() {
        let size = 3 * GIB;
        let footer =
            [&b"APETAGEX"[..], &[0xD0, 7, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], &[0; 16]].concat();
        assert!(Seen::of(sparse(size, &[(0, FRAME), (size - 32, &footer)])).is_none());
    }
}
