//! Shows the guest a view of a file that is too large for it.
//!
//! TagLib's module is compiled for 32 bits, where C's `ftell` returns at most 2 GiB: in a larger
//! file, it finds neither the end nor the tags there. But nearly all of such a file is audio, of
//! which TagLib reads only the beginning and the end. So the guest sees the file without the
//! middle of the audio ([`crate::file::FileView`]), and with the sizes and positions that a
//! program would have written if the file were that short. What TagLib computes from sizes is
//! corrected in its answer.
//!
//! There is one file for each container. It finds the audio, what is left out of it, and what
//! changes then. A file that can't be shortened is seen whole, so that only its beginning is
//! read: if it does not begin as a container or a stream, if its last Ogg page is cut off, or if
//! the rest is still too large, as with pictures of gigabytes.
//!
//! Pictures are not hidden in such a file ([`crate::pictures`]). The answer is the same, and
//! few files are that large.

mod asf;
mod computed;
mod iff;
mod matroska;
mod mp4;
mod ogg;
mod stream;

use crate::containers::iff::Form;
use crate::containers::{Container, Cursor};
use crate::error::Result;
use crate::file::{MAX_SIZE, ReadAhead, Splice};
use crate::limits::Budget;
use crate::tags::AudioProperties;
use std::ops::Range;

/// The bytes at each end of the audio that the guest sees. It searches there for the first and
/// the last frame. A block of WavPack has up to 1 MiB, and TagLib searches for the beginning of
/// the last one.
const KEPT: u64 = 2 << 20;

/// What is left out is a multiple of this number of bytes. It divides the bit rates of MPEG audio
/// so that TagLib's length is too short by whole milliseconds, and it is even, so that the
/// padding of chunks stays.
const STEP: u64 = 1_441_440;

/// What the guest sees of a large file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shortened {
    splices: Vec<Splice>,
    /// How many bytes the guest does not see.
    left_out: u64,
    /// The bytes of the file from which TagLib computes the bit rate or the length, including
    /// those that it does not see.
    counted: u64,
}

/// Returns what the guest has to see of a file that is too large for it. Returns `None` for every
/// other file, and for one that can't be shortened.
pub(crate) fn shorten(file: &mut ReadAhead, budget: &Budget) -> Result<Option<Shortened>> {
    if file.size() <= MAX_SIZE {
        return Ok(None);
    }
    let cursor = &mut Cursor::new(file, budget);
    let shortened = match Container::of(cursor)? {
        Container::Iff(_) => match Form::read(cursor)? {
            Some(form) => iff::shorten(cursor, &form)?,
            None => None,
        },
        Container::Asf => asf::shorten(cursor)?,
        Container::Matroska => matroska::shorten(cursor)?,
        Container::Mp4 => mp4::shorten(cursor)?,
        Container::Ogg => ogg::shorten(cursor)?,
        Container::Stream => stream::shorten(cursor)?,
    };
    Ok(shortened.and_then(|shortened| shortened.checked(cursor.size())))
}

impl Shortened {
    /// Shows all of a file, of which TagLib counts `counted` bytes as audio.
    fn counting(counted: u64) -> Self {
        Self { splices: Vec::new(), left_out: 0, counted }
    }

    /// Takes the replacements that the guest sees, in the order of the file.
    pub(crate) fn take_splices(&mut self) -> Vec<Splice> {
        std::mem::take(&mut self.splices)
    }

    /// Corrects what TagLib has computed from the size of what it has seen.
    pub(crate) fn correct(&self, audio: &mut AudioProperties) {
        computed::correct(audio, self.counted, self.left_out);
    }

    /// Leaves out the middle of some audio. Returns how many bytes that are.
    fn leave_out_middle(&mut self, audio: &Range<u64>, budget: &Budget) -> Result<u64> {
        let middle = middle(audio);
        let length = middle.end - middle.start;
        self.leave_out(middle, budget)?;
        Ok(length)
    }

    /// Leaves out a range, which may continue the one before it.
    fn leave_out(&mut self, range: Range<u64>, budget: &Budget) -> Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        self.left_out += range.end - range.start;
        if let Some(last) = self.splices.last_mut()
            && last.replacement.is_empty()
            && last.range.end == range.start
        {
            last.range.end = range.end;
            return Ok(());
        }
        budget.push(&mut self.splices, Splice { range, replacement: Vec::new() })
    }

    /// Shows other bytes at an offset, in the place of as many of the file.
    fn overwrite(&mut self, at: u64, bytes: &[u8], budget: &Budget) -> Result<()> {
        budget.charge(bytes.len())?;
        let range = at..at + bytes.len() as u64;
        budget.push(&mut self.splices, Splice { range, replacement: bytes.to_vec() })
    }

    /// Returns where the guest sees the byte at `offset`, or `None` if it does not see it. All
    /// that is left out before it must be known.
    fn offset_in_view(&self, offset: u64) -> Option<u64> {
        let mut before = 0;
        for Splice { range, replacement } in &self.splices {
            if replacement.is_empty() && range.start <= offset {
                if offset < range.end {
                    return None;
                }
                before += range.end - range.start;
            }
        }
        offset.checked_sub(before)
    }

    /// Sorts the replacements. Returns `None` if they overlap, or if the guest would still see too
    /// much.
    fn checked(mut self, size: u64) -> Option<Self> {
        self.splices.sort_by_key(|splice| splice.range.start);
        let mut pairs = self.splices.windows(2);
        let is_sound = pairs.all(|pair| pair[0].range.end <= pair[1].range.start)
            && self.splices.last().is_none_or(|last| last.range.end <= size);
        (is_sound && size - self.left_out <= MAX_SIZE).then_some(self)
    }
}

/// Returns what is left out of some audio, which is empty if that is short.
fn middle(audio: &Range<u64>) -> Range<u64> {
    let start = audio.start.saturating_add(KEPT);
    let length = audio.end.saturating_sub(KEPT).saturating_sub(start);
    start..start + length / STEP * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{FileView, unlinked};

    /// A part of a file that consists of the parts and of zeros between them.
    pub(super) type Part<'a> = (u64, &'a [u8]);

    /// The file of a test: a hole with some parts in it.
    pub(super) fn sparse(size: u64, parts: &[Part<'_>]) -> ReadAhead {
        let file = unlinked::file(b"");
        file.set_len(size).unwrap();
        let disk = crate::file::DiskFile::from(file);
        for (at, bytes) in parts {
            disk.write_all_at(bytes, *at).unwrap();
        }
        ReadAhead::new(disk, size, &unlinked::budget())
    }

    /// What the guest sees of a file.
    pub(super) struct Seen {
        pub shortened: Shortened,
        view: FileView,
    }

    impl Seen {
        pub(super) fn of(mut file: ReadAhead) -> Option<Self> {
            let mut shortened = shorten(&mut file, &unlinked::budget()).unwrap()?;
            let splices = shortened.splices.clone();
            let view = FileView::spliced(file, shortened.take_splices());
            shortened.splices = splices;
            Some(Self { shortened, view })
        }

        pub(super) fn size(&self) -> u64 {
            self.view.size()
        }

        pub(super) fn at<const N: usize>(&mut self, offset: u64) -> [u8; N] {
            let mut bytes = [0; N];
            assert_eq!(self.view.read_at(&mut bytes, offset).unwrap(), N, "at {offset}");
            bytes
        }

        /// The last bytes.
        pub(super) fn last<const N: usize>(&mut self) -> [u8; N] {
            self.at(self.size() - N as u64)
        }
    }

    pub(super) const GIB: u64 = 1 << 30;

    #[test]
    fn a_file_that_fits_is_seen_whole() {
        let id3 = b"ID3\x04\0\0\0\0\0\0";
        assert!(Seen::of(sparse(MAX_SIZE, &[(0, id3)])).is_none());
        assert!(Seen::of(sparse(MAX_SIZE + 1, &[(0, id3)])).is_some());
    }

    #[test]
    fn what_is_no_audio_is_seen_whole() {
        assert!(Seen::of(sparse(3 * GIB, &[])).is_none());
        assert!(Seen::of(sparse(3 * GIB, &[(0, b"%PDF-1.7")])).is_none());
    }

    #[test]
    fn offsets_move_by_what_is_left_out_before_them() {
        let budget = unlinked::budget();
        let mut shortened = Shortened::counting(0);
        shortened.leave_out(10..20, &budget).unwrap();
        shortened.overwrite(25, b"ab", &budget).unwrap();
        shortened.leave_out(30..40, &budget).unwrap();
        let moved = [9, 10, 19, 20, 29, 35, 40].map(|offset| shortened.offset_in_view(offset));
        assert_eq!(moved, [Some(9), None, None, Some(10), Some(19), None, Some(20)]);
    }

    #[test]
    fn replacements_that_overlap_or_leave_too_much_are_none() {
        let budget = unlinked::budget();
        let checked = |ranges: [Range<u64>; 2]| {
            let mut shortened = Shortened::counting(0);
            for range in ranges {
                shortened.leave_out(range, &budget).unwrap();
            }
            shortened.checked(3 * GIB).is_some()
        };
        assert!(checked([2 * GIB..3 * GIB, 0..GIB]));
        assert!(!checked([0..2 * GIB, GIB..3 * GIB]));
        assert!(!checked([0..GIB - 1, GIB..GIB]));
        assert!(!checked([0..GIB, 2 * GIB..4 * GIB]));
    }

    /// The beginning of a file of this size in each container.
    fn heads(size: u64) -> [Vec<u8>; 6] {
        let [little, big] = [size.to_le_bytes(), size.to_be_bytes()];
        let track = b"\0\0\0\x1Ctrak\0\0\0\x14tref\0\0\0\x0Cchap\0\0\0\x01";
        [
            b"ID3\x04\0\0\0\0\0\x04abcd\xFF\xFB\x90\0".to_vec(),
            [b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0", &little[..], &little, &[0; 12]].concat(),
            [b"FRM8", &big[..], b"DSD FVER\0\0\0\0\0\0\0\x02abDSD ", &big].concat(),
            [b"\0\0\0\x24moov", &track[..], b"\0\0\0\x01mdat", &big].concat(),
            [&b"OggS\0\0\x01\0\0\0\0\0\0\0"[..], &[0; 12], b"\x01\x02ab"].concat(),
            [
                b"\x1A\x45\xDF\xA3\x80\x18\x53\x80\x67\xFF\x11\x4D\x9B\x74\x90\x4D\xBB\x8D",
                &b"\x53\xAB\x84\x12\x54\xC3\x67\x53\xAC\x83\x80\0\0"[..],
                b"\x1F\x43\xB6\x75\x05\x80\0\0\0",
            ]
            .concat(),
        ]
    }

    #[test]
    fn damaged_sizes_leave_a_view_that_fits_or_the_whole_file() {
        let size = 3 * GIB;
        for head in heads(size) {
            let file = unlinked::file(&head);
            file.set_len(size).unwrap();
            let disk = crate::file::DiskFile::from(file);
            for at in 0..head.len() {
                for byte in [0, 1, 0x7F, 0x80, 0xFE, 0xFF, head[at] ^ 1, head[at]] {
                    disk.write_all_at(&[byte], at as u64).unwrap();
                    let whole = disk.try_clone().unwrap();
                    let seen = Seen::of(ReadAhead::new(whole, size, &unlinked::budget()));
                    if let Some(mut seen) = seen {
                        assert!(seen.size() <= MAX_SIZE, "{byte} at {at} of {head:?}");
                        seen.last::<1>();
                    }
                }
            }
        }
    }
}
