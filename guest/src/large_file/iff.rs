//! RIFF WAVE, RF64, AIFF, DSDIFF and DSF: the middle of the samples is left out, and their chunk
//! states the size of the rest. TagLib walks the chunks to the end of the file, and does not read
//! the size of the whole form, except in DSF.

use super::Shortened;
use crate::containers::Cursor;
use crate::containers::iff::{Form, Layout};
use crate::error::Result;
use std::ops::Range;

/// The length of the identifier that precedes a size, in bytes.
const IDENTIFIER: u64 = 4;

pub(super) fn shorten(cursor: &mut Cursor<'_>, form: &Form) -> Result<Option<Shortened>> {
    let is_samples = |id| form.layout.sample_chunks().contains(&id);
    let mut shortened = Shortened::counting(0);
    let mut chunks = form.walk(form.chunks.start..cursor.size());
    while let Some(chunk) = chunks.next(cursor)?.filter(|chunk| is_name(chunk.id)) {
        if is_samples(chunk.id) {
            shortened.leave_out_samples(cursor, form.layout, chunk.body)?;
            if form.layout == Layout::Dsf {
                // The tag that follows is not a chunk.
                return shortened.with_dsf_header(cursor);
            }
        }
    }
    // A program that could not go back to the header has left the greatest size there. TagLib
    // takes all that follows for samples.
    let rest = chunks.rest();
    if matches!(form.layout, Layout::Riff | Layout::Aiff)
        && cursor.array(rest.start)?.is_some_and(is_samples)
    {
        let body = rest.start + form.layout.header()..rest.end;
        shortened.leave_out_samples(cursor, form.layout, body)?;
    }
    Ok(Some(shortened))
}

/// Returns whether TagLib takes this for the identifier of a chunk. It reads no chunk after another
/// one. A recording that was not finished states no size, and its samples look like chunks.
fn is_name(id: [u8; 4]) -> bool {
    id.iter().all(|byte| (b' '..=0x7F).contains(byte))
}

impl Shortened {
    /// Leaves out the middle of the samples in the body of a chunk.
    fn leave_out_samples(
        &mut self,
        cursor: &Cursor<'_>,
        layout: Layout,
        body: Range<u64>,
    ) -> Result<()> {
        let size = body.end - body.start;
        if self.counted == 0 {
            // TagLib counts the first chunk of samples.
            self.counted = size;
        }
        let size = size - self.leave_out_middle(&body, cursor.budget())?;
        let field = body.start - layout.header() + IDENTIFIER;
        let bytes = size_field(layout, size);
        self.overwrite(field, &bytes, cursor.budget())
    }

    /// Changes the size of the file and the position of the tag, which the first chunk of DSF
    /// states.
    fn with_dsf_header(mut self, cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        /// Where the size of the file is. The position of the tag follows, or zero.
        const SIZE: u64 = 12;
        let Some(size) = cursor.array(SIZE)?.map(u64::from_le_bytes) else { return Ok(None) };
        let Some(tag) = cursor.array(SIZE + 8)?.map(u64::from_le_bytes) else { return Ok(None) };
        let size = size.checked_sub(self.left_out);
        let tag = self.offset_in_view(tag);
        let Some((size, tag)) = size.zip(tag) else { return Ok(None) };
        let bytes = [size.to_le_bytes(), tag.to_le_bytes()].concat();
        self.overwrite(SIZE, &bytes, cursor.budget())?;
        Ok(Some(self))
    }
}

/// Writes the size of a chunk. What the guest may see fits into 32 bits.
fn size_field(layout: Layout, size: u64) -> Vec<u8> {
    match layout {
        Layout::Riff | Layout::Rf64 => (size as u32).to_le_bytes().to_vec(),
        Layout::Aiff => (size as u32).to_be_bytes().to_vec(),
        Layout::Dsdiff => size.to_be_bytes().to_vec(),
        Layout::Dsf => (size + layout.header()).to_le_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GIB, Seen, sparse};
    use super::super::{KEPT, STEP};

    /// The bytes that are seen of samples.
    fn kept(samples: u64) -> u64 {
        samples - (samples - 2 * KEPT) / STEP * STEP
    }

    #[test]
    fn a_wave_states_the_samples_that_are_seen_and_the_tag_behind_them() {
        let samples: u64 = 3 * GIB + 2;
        let size = u32::try_from(samples).unwrap().to_le_bytes();
        let head = [b"RIFF\xFF\xFF\xFF\xFFWAVEdata", &size[..]].concat();
        let tag = b"id3 \x02\0\0\0ab";
        let whole = 20 + samples + tag.len() as u64;
        let mut seen = Seen::of(sparse(whole, &[(0, &head), (20 + samples, tag)])).unwrap();
        assert_eq!(u64::from(u32::from_le_bytes(seen.at(16))), kept(samples));
        assert_eq!(seen.last(), *tag);
        assert_eq!(seen.at(20 + kept(samples)), *b"id3 ");
        assert_eq!(seen.shortened.counted, samples);
    }

    #[test]
    fn samples_without_a_known_size_reach_to_the_end() {
        let head = b"RIFF\xFF\xFF\xFF\xFFWAVEdata\xFF\xFF\xFF\xFF";
        let mut seen = Seen::of(sparse(3 * GIB, &[(0, head)])).unwrap();
        assert_eq!(seen.size(), 20 + u64::from(u32::from_le_bytes(seen.at(16))));
        assert_eq!(seen.shortened.counted, 3 * GIB - 20);
    }

    #[test]
    fn a_recording_that_was_not_finished_is_seen_whole() {
        let head = b"RIFF\0\0\0\0WAVEdata\0\0\0\0";
        assert!(Seen::of(sparse(3 * GIB, &[(0, head)])).is_none());
    }

    #[test]
    fn the_long_size_of_an_rf64_becomes_a_short_one() {
        let samples = 5 * GIB;
        let sizes = [samples + 72, samples, 0].map(u64::to_le_bytes).concat();
        let ds64 = [&b"ds64\x1C\0\0\0"[..], &sizes, &[0; 4]].concat();
        let head = [b"RF64\xFF\xFF\xFF\xFFWAVE", &ds64[..], b"data\xFF\xFF\xFF\xFF"].concat();
        let start = head.len() as u64;
        let whole = start + samples + 10;
        let parts = [(0, head.as_slice()), (start + samples, b"id3 \x02\0\0\0ab")];
        let mut seen = Seen::of(sparse(whole, &parts)).unwrap();
        assert_eq!(u64::from(u32::from_le_bytes(seen.at(start - 4))), kept(samples));
        assert_eq!(seen.last(), *b"id3 \x02\0\0\0ab");
        assert_eq!(seen.shortened.counted, samples);
    }

    #[test]
    fn sizes_of_aiff_and_dsdiff_are_big_endian() {
        let samples = 3 * GIB;
        let aiff = [b"FORM\xFF\xFF\xFF\xFFAIFFSSND", &(samples as u32).to_be_bytes()[..]].concat();
        let mut seen = Seen::of(sparse(20 + samples, &[(0, &aiff)])).unwrap();
        assert_eq!(u64::from(u32::from_be_bytes(seen.at(16))), kept(samples));

        let samples = 5 * GIB;
        let [form, size] = [samples + 16, samples].map(u64::to_be_bytes);
        let dsdiff = [b"FRM8", &form[..], b"DSD DSD ", &size].concat();
        let mut seen = Seen::of(sparse(28 + samples, &[(0, &dsdiff)])).unwrap();
        assert_eq!(u64::from_be_bytes(seen.at(20)), kept(samples));
    }

    fn dsf(samples: u64, tag: u64) -> Vec<u8> {
        let numbers = [28, 92 + samples + 10, tag].map(u64::to_le_bytes).concat();
        let format = [&b"fmt "[..], &52_u64.to_le_bytes(), &[0; 40]].concat();
        [b"DSD ", &numbers[..], &format, b"data", &(12 + samples).to_le_bytes()].concat()
    }

    #[test]
    fn a_dsf_states_where_its_tag_is_seen() {
        let samples = 5 * GIB;
        let tag = 92 + samples;
        let parts = [(0, &dsf(samples, tag)[..]), (tag, b"ID3\x04\0\0\0\0\0\0")];
        let mut seen = Seen::of(sparse(tag + 10, &parts)).unwrap();
        assert_eq!(u64::from_le_bytes(seen.at(12)), seen.size());
        let at = u64::from_le_bytes(seen.at(20));
        assert_eq!((at, seen.at(at)), (92 + kept(samples), *b"ID3"));
        assert_eq!(u64::from_le_bytes(seen.at(84)), 12 + kept(samples));
    }

    #[test]
    fn a_dsf_with_its_tag_in_the_samples_is_seen_whole() {
        let samples = 5 * GIB;
        assert!(Seen::of(sparse(92 + samples, &[(0, &dsf(samples, 2 * GIB))])).is_none());
    }
}
