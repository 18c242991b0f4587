//! Where the audio lies in a file.
//!
//! A change of tags moves the audio along and leaves its bytes alone. So the
//! parts of the file that are audio are found in the old file and in the new
//! one, and compared. The containers are walked by their own sizes, a few bytes
//! each; a size that leads past the end tells a truncated file, whose tags
//! TagLib would write to a place that it only believes in.
//!
//! Known: ISO media (MP4), RIFF and AIFF, Ogg, ASF, Matroska, DSF and DSDIFF,
//! FLAC, and every format that is a stream between an ID3v2 tag before and
//! APE and ID3v1 tags behind it (MP3, AAC, APE, WavPack, Musepack, TTA). What is
//! none of these is taken for such a stream, so tracker modules are not to be
//! asked about.

mod chunks;
mod iso_media;
mod matroska;
mod ogg;
mod stream;

use crate::error::Error;
use crate::file::{ChangedRanges, DiskFile, ReadAhead};
use crate::limits::{self, Budget};
use std::io;
use std::ops::Range;

/// The most parts, or entries in their tables, that are looked at: sixteen
/// times what a day of Ogg pages comes to.
const MAX_PARTS: usize = 1 << 24;

/// What is known of a file's audio.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AudioData {
    Known(Parts),
    /// Its audio can't be told from the rest.
    Unknown,
    /// The container contradicts itself; how, in words.
    Damaged(&'static str),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// Where the parts are, in their order.
    ranges: Vec<Range<u64>>,
    /// Places that the container's tables point to, counted within the parts.
    marks: Vec<u64>,
}

impl AudioData {
    pub fn find(file: DiskFile, size: u64, budget: &Budget) -> Result<Self, Error> {
        let mut content = Content { file: ReadAhead::new(file, size, budget), budget, reads: 0 };
        match parts(&mut content) {
            Ok(parts) => Ok(Self::Known(parts)),
            Err(Stop::Unknown) => Ok(Self::Unknown),
            Err(Stop::Damaged(how)) => Ok(Self::Damaged(how)),
            Err(Stop::Error(error)) => Err(error),
        }
    }
}

fn parts(content: &mut Content<'_>) -> Found {
    match &content.array::<12>(0)? {
        Some([b'R', b'I', b'F', b'F', .., b'W', b'A', b'V', b'E']) => chunks::riff(content),
        Some([b'F', b'O', b'R', b'M', .., b'A', b'I', b'F', b'F' | b'C']) => chunks::aiff(content),
        // TagLib writes it wrongly, and reading it back tells.
        Some([b'R', b'F', b'6', b'4', ..]) => Err(Stop::Unknown),
        Some([b'D', b'S', b'D', b' ', ..]) => chunks::dsf(content),
        Some([b'F', b'R', b'M', b'8', ..]) => chunks::dsdiff(content),
        Some([0x30, 0x26, 0xB2, 0x75, ..]) => chunks::asf(content),
        Some([_, _, _, _, name @ .., _, _, _, _]) if iso_media::STARTS.contains(name) => {
            iso_media::parts(content)
        }
        Some([b'O', b'g', b'g', b'S', ..]) => ogg::parts(content),
        Some([0x1A, 0x45, 0xDF, 0xA3, ..]) => matroska::parts(content),
        _ => stream::parts(content),
    }
}

impl Parts {
    fn push(&mut self, range: Range<u64>) -> Result<(), Stop> {
        if self.ranges.len() >= MAX_PARTS {
            return Err(Stop::Damaged("it has more parts than any player would read"));
        }
        if !range.is_empty() {
            self.ranges.push(range);
        }
        Ok(())
    }

    /// Whether the bytes in them are the same, and the tables point to the
    /// same places. `other_file` is a copy of `file`, `written` to.
    pub fn same_as(
        &self,
        file: &DiskFile,
        other: &Self,
        other_file: &DiskFile,
        written: &ChangedRanges,
        budget: &Budget,
    ) -> Result<bool, Error> {
        if self.marks != other.marks || self.length() != other.length() {
            return Ok(false);
        }
        // Where no part has moved, only what was written to can differ. That
        // spares reading all of both files: of 500 MB with reflinks, most of
        // the time of a save.
        let changed;
        let (ours, theirs) = if self.ranges == other.ranges {
            changed = self.ranges.iter().flat_map(|range| written.within(range)).collect();
            (&changed, &changed)
        } else {
            (&self.ranges, &other.ranges)
        };
        let (mut ours, mut theirs) = (Reader::new(file, ours), Reader::new(other_file, theirs));
        let (mut left, mut right) = ([0; PIECE], [0; PIECE]);
        loop {
            budget.check()?;
            let read = ours.fill(&mut left)?;
            if theirs.fill(&mut right)? != read || left[..read] != right[..read] {
                return Ok(false);
            }
            if read == 0 {
                return Ok(true);
            }
        }
    }

    fn length(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }
}

/// How much is compared at once, in bytes.
const PIECE: usize = 64 << 10;

/// The parts of a file, one behind the other.
struct Reader<'a> {
    file: &'a DiskFile,
    ranges: std::slice::Iter<'a, Range<u64>>,
    range: Range<u64>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a DiskFile, ranges: &'a [Range<u64>]) -> Self {
        Self { file, ranges: ranges.iter(), range: 0..0 }
    }

    /// As much as there is, or as fits.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            if self.range.is_empty() {
                let Some(range) = self.ranges.next() else { break };
                self.range = range.clone();
            }
            let left = usize::try_from(self.range.end - self.range.start).unwrap_or(usize::MAX);
            let end = buffer.len().min(filled.saturating_add(left));
            let read = self
                .file
                .read_at(&mut buffer[filled..end], self.range.start)
                .map_err(|error| limits::failure("read", &error))?;
            if read == 0 {
                break;
            }
            filled += read;
            self.range.start += read as u64;
        }
        Ok(filled)
    }
}

type Found = Result<Parts, Stop>;

enum Stop {
    Unknown,
    Damaged(&'static str),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A file that is read in small pieces at many places.
struct Content<'a> {
    file: ReadAhead,
    budget: &'a Budget,
    reads: u32,
}

impl Content<'_> {
    fn size(&self) -> u64 {
        self.file.size()
    }

    /// Nothing where the file ends before.
    fn array<const N: usize>(&mut self, offset: u64) -> Result<Option<[u8; N]>, Stop> {
        /// So often the clock is looked at.
        const READS_PER_CHECK: u32 = 1024;
        self.reads = self.reads.wrapping_add(1);
        if self.reads.is_multiple_of(READS_PER_CHECK) {
            self.budget.check().map_err(Error::from)?;
        }
        let mut bytes = [0; N];
        let read = self
            .file
            .read_at(&mut bytes, offset)
            .map_err(|error: io::Error| limits::failure("read", &error))?;
        Ok((read == N).then_some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{Cancellation, Limits};
    use std::fs::{self, File};
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn file(bytes: &[u8]) -> DiskFile {
        static FILES: AtomicU32 = AtomicU32::new(0);
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let name = format!("taglib-wasi-audio-data-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).unwrap();
        let file = File::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        file.into()
    }

    fn budget() -> Budget {
        Budget::start(Limits::default(), &Cancellation::default())
    }

    fn find(bytes: &[u8]) -> AudioData {
        AudioData::find(file(bytes), bytes.len() as u64, &budget()).unwrap()
    }

    fn known(bytes: &[u8]) -> Parts {
        match find(bytes) {
            AudioData::Known(parts) => parts,
            other => panic!("{other:?}"),
        }
    }

    fn same(old: &[u8], new: &[u8]) -> bool {
        let mut written = ChangedRanges::default();
        written.add(0..u64::MAX);
        same_but_for(&written, old, new)
    }

    fn same_but_for(written: &ChangedRanges, old: &[u8], new: &[u8]) -> bool {
        let (old_file, new_file) = (file(old), file(new));
        known(old).same_as(&old_file, &known(new), &new_file, written, &budget()).unwrap()
    }

    fn fixture(name: &str) -> Vec<u8> {
        let fixtures = "../__test__/fixtures/audio";
        fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(fixtures).join(name)).unwrap()
    }

    /// One of each container.
    const FIXTURES: [&str; 9] = [
        "id3v24.mp3",
        "vorbis-comment.flac",
        "aac.m4a",
        "vorbis.ogg",
        "opus.opus",
        "id3.wav",
        "id3.aiff",
        "tagged.wma",
        "tagged.mka",
    ];

    #[test]
    fn most_of_a_file_is_audio_and_some_is_not() {
        for name in FIXTURES {
            let bytes = fixture(name);
            let length = known(&bytes).length();
            assert!(length > 100 && length < bytes.len() as u64, "{name}: {length}");
        }
    }

    #[test]
    fn a_change_of_any_byte_of_the_audio_is_seen() {
        for name in FIXTURES {
            let bytes = fixture(name);
            let parts = known(&bytes);
            assert!(same(&bytes, &bytes), "{name}");
            for range in [parts.ranges.first().unwrap(), parts.ranges.last().unwrap()] {
                for index in [range.start, range.end - 1] {
                    let mut changed = bytes.clone();
                    changed[usize::try_from(index).unwrap()] ^= 1;
                    let is_damaged = matches!(find(&changed), AudioData::Damaged(_));
                    assert!(is_damaged || !same(&bytes, &changed), "{name}: {index}");
                }
            }
        }
    }

    #[test]
    fn a_file_cut_within_its_container_is_damaged() {
        for name in ["aac.m4a", "vorbis.ogg", "id3.wav", "id3.aiff", "tagged.wma", "tagged.mka"] {
            let bytes = fixture(name);
            let end = known(&bytes).ranges.last().unwrap().end;
            let cut = &bytes[..usize::try_from(end).unwrap() - 5];
            assert!(matches!(find(cut), AudioData::Damaged(_)), "{name}: {:?}", find(cut));
        }
        let mp3 = fixture("id3v24.mp3");
        assert!(matches!(find(&mp3[..200]), AudioData::Damaged(_)), "in the tag before the stream");
    }

    #[test]
    fn a_stream_stands_between_the_tags() {
        let tag = |size| [b"ID3\x04\0\0\0\0\0", &[size][..], &[1; 9][..usize::from(size)]].concat();
        let ape = [&b"APETAGEX\xD0\x07\0\0"[..], &32_u32.to_le_bytes(), &[0; 16]].concat();
        let id3v1 = [&b"TAG"[..], &[0; 125]].concat();
        let bytes = [&tag(9)[..], &tag(2), b"a stream", &ape, &id3v1].concat();
        assert_eq!(known(&bytes).ranges, std::slice::from_ref(&(31..39)));
        assert!(same(&bytes, &[&b"a stream"[..], &id3v1].concat()));
    }

    #[test]
    fn where_nothing_moved_only_what_was_written_to_is_read() {
        let old = fixture("id3v24.mp3");
        let mut new = old.clone();
        let last = old.len() - 1;
        new[last] ^= 1;
        let mut written = ChangedRanges::default();
        written.add(0..last as u64);
        assert!(same_but_for(&written, &old, &new));
        written.add(last as u64..old.len() as u64);
        assert!(!same_but_for(&written, &old, &new));
        // Moved along, all of it is.
        let moved = [b"ID3\x04\0\0\0\0\0\0", &new[..]].concat();
        assert!(!same_but_for(&ChangedRanges::default(), &old, &moved));
    }

    #[test]
    fn a_table_that_points_elsewhere_is_seen() {
        let atom = |name: &[u8; 4], body: &[u8]| {
            let size = u32::try_from(body.len() + 8).unwrap();
            [&size.to_be_bytes()[..], name, body].concat()
        };
        let song = |free: usize, offset: u32| {
            let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0soun");
            let offsets =
                atom(b"stco", &[[0; 4], 1_u32.to_be_bytes(), offset.to_be_bytes()].concat());
            let table = atom(b"minf", &atom(b"stbl", &offsets));
            let moov = atom(b"moov", &atom(b"trak", &atom(b"mdia", &[handler, table].concat())));
            [moov, atom(b"free", &vec![0; free]), atom(b"mdat", b"twelve bytes")].concat()
        };
        let start = u32::try_from(song(0, 0).len() - 12).unwrap();
        assert_eq!(known(&song(0, start + 4)).marks, [4]);
        assert!(same(&song(0, start + 4), &song(30, start + 34)));
        assert!(!same(&song(0, start + 4), &song(30, start + 4 + 29)));
        assert!(matches!(find(&song(0, start - 1)), AudioData::Damaged(_)));
        assert!(matches!(find(&song(0, u32::MAX)), AudioData::Damaged(_)));
    }

    #[test]
    fn atoms_without_end_of_their_nesting_are_no_danger() {
        let depth = 200_000_u32;
        let size = |index: u32| (depth - index) * 8;
        let bytes: Vec<u8> = (0..depth)
            .flat_map(|index| {
                [size(index).to_be_bytes(), if index == 0 { *b"moov" } else { *b"trak" }]
            })
            .flatten()
            .collect();
        assert_eq!(known(&bytes), Parts::default());
    }

    #[test]
    fn audio_begins_behind_a_comment_of_many_ogg_pages() {
        let page = |granule: u64, content: &[u8]| {
            let header = [&b"OggS\0\0"[..], &granule.to_le_bytes(), &[0; 12]].concat();
            [&header[..], &[1, u8::try_from(content.len()).unwrap()], content].concat()
        };
        let bytes =
            [page(0, b"head"), page(u64::MAX, b"comm"), page(0, b"ent"), page(960, b"audio")];
        let parts = known(&bytes.concat());
        assert_eq!(parts.length(), 5);
    }

    #[test]
    fn the_walk_stops_when_it_is_told_to() {
        let bytes = [&b"RIFF\0\0\x10\0WAVE"[..], &b"JUNK\0\0\0\0".repeat(200_000)].concat();
        let cancellation = Cancellation::default();
        cancellation.cancel();
        let budget = Budget::start(Limits::default(), &cancellation);
        assert!(AudioData::find(file(&bytes), bytes.len() as u64, &budget).is_err());
    }
}
