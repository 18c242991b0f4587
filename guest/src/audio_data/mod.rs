//! Finds the audio in a file.
//!
//! A change of tags may move the audio, but must not change its bytes. So the parts of the file
//! that are audio are found in the old file and in the new one, and compared. The readers in
//! `containers` follow the sizes that the file states, and read a few bytes at each step. A size
//! that leads past the end of the file shows that the file is truncated. Such a file is not
//! saved, since TagLib would write to a place that does not exist.
//!
//! A file that is none of the containers is taken for a stream with an ID3v2 tag before it and
//! APE and ID3v1 tags after it (MP3, AAC, APE, WavPack, Musepack, TTA, FLAC). Tracker modules are
//! not such streams: callers must exclude them.

mod asf;
mod iff;
mod matroska;
mod mp4;
mod ogg;
mod stream;
mod walk;

pub(crate) use walk::{AudioWalk, Step};

use crate::containers::iff::{Form, Layout};
use crate::containers::{Container, Cursor};
use crate::error::{Error, Result};
use crate::file::{ChangedRanges, DiskFile, ReadAhead};
use crate::limits::{self, Budget};
use crate::sha256;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;

/// What is known about the audio of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AudioData {
    Known(AudioRanges),
    /// The container contradicts itself. The text says how.
    Damaged(&'static str),
}

/// Where the audio is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AudioRanges {
    /// In the order in which they are in the file.
    ranges: Vec<Range<u64>>,
    /// A hash of the positions within the audio at which chunks begin; MP4 only.
    chunks: u64,
}

/// The ranges, or why there are none.
type AudioResult = Result<AudioRanges, AudioError>;

enum AudioError {
    Damaged(&'static str),
    Failed(Error),
}

impl From<Error> for AudioError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

const NO_AUDIO: AudioError = AudioError::Damaged("there is no audio in it");

impl AudioData {
    /// Finds the audio in a file of `size` bytes.
    pub(crate) fn find(file: DiskFile, size: u64, budget: &Budget) -> Result<Self> {
        let mut file = ReadAhead::new(file, size, budget);
        Self::of(&mut Cursor::new(&mut file, budget))
    }

    /// Finds the audio in the content of `cursor`.
    pub(crate) fn of(cursor: &mut Cursor<'_>) -> Result<Self> {
        match find(cursor) {
            Ok(ranges) => Ok(Self::Known(ranges)),
            Err(AudioError::Damaged(how)) => Ok(Self::Damaged(how)),
            Err(AudioError::Failed(error)) => Err(error),
        }
    }
}

/// Returns the range of the stream between the tags of a file that is not a container. Returns
/// `None` if a tag does not fit into the file.
pub(crate) fn stream(cursor: &mut Cursor<'_>) -> Result<Option<Range<u64>>> {
    match stream::audio(cursor) {
        // Junk may precede a tag and the stream.
        Ok(mut audio) => Ok(audio.ranges.pop()),
        Err(AudioError::Damaged(_)) => Ok(None),
        Err(AudioError::Failed(error)) => Err(error),
    }
}

fn find(cursor: &mut Cursor<'_>) -> AudioResult {
    match Container::of(cursor)? {
        Container::Iff(_) => match Form::read(cursor)?.filter(is_audio) {
            Some(form) => iff::audio(cursor, &form),
            None => stream::audio(cursor),
        },
        Container::Asf => asf::audio(cursor),
        Container::Matroska => matroska::audio(cursor),
        Container::Mp4 => mp4::audio(cursor),
        Container::Ogg => ogg::audio(cursor),
        Container::Stream => stream::audio(cursor),
    }
}

/// Returns whether a form is audio: RIFF and AIFF are also containers of other things.
fn is_audio(form: &Form) -> bool {
    match form.layout {
        Layout::Riff => form.kind == *b"WAVE",
        Layout::Aiff => [*b"AIFF", *b"AIFC"].contains(&form.kind),
        Layout::Rf64 | Layout::Dsdiff | Layout::Dsf => true,
    }
}

impl AudioRanges {
    fn push(&mut self, range: Range<u64>, budget: &Budget) -> Result<()> {
        if range.is_empty() { Ok(()) } else { budget.push(&mut self.ranges, range) }
    }

    /// Returns whether the bytes in the ranges are the same, and the chunks begin at the same
    /// positions. `other_file` is the changed copy of `file`, and `written` tells where it was
    /// written to.
    pub(crate) fn same_as(
        &self,
        file: &DiskFile,
        other: &Self,
        other_file: &DiskFile,
        written: &ChangedRanges,
        budget: &Budget,
    ) -> Result<bool> {
        if self.chunks != other.chunks || self.length() != other.length() {
            return Ok(false);
        }
        // If no range has moved, only the written parts can differ. For a file of 500 MB with
        // reflinks, reading all of both files would take most of the time of a save.
        let changed;
        let (ours, theirs) = if self.ranges == other.ranges {
            changed = self.changed(written, budget)?;
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

    /// Returns whether two contents have the same audio, and the chunks begin at the same
    /// positions.
    pub(crate) fn same_content(
        &self,
        content: &mut Cursor<'_>,
        other: &Self,
        other_content: &mut Cursor<'_>,
    ) -> Result<bool> {
        let keys = RandomState::new();
        let is_same = self.chunks == other.chunks
            && self.length() == other.length()
            && self.hash(content, &keys)? == other.hash(other_content, &keys)?;
        Ok(is_same)
    }

    /// Hashes the audio in pieces of equal length, so that the hash does not depend on the
    /// ranges.
    fn hash(&self, content: &mut Cursor<'_>, keys: &RandomState) -> Result<u64> {
        let mut hasher = keys.build_hasher();
        let mut piece = vec![0; PIECE];
        let mut filled: usize = 0;
        for range in &self.ranges {
            let mut at = range.start;
            while at < range.end {
                let left = usize::try_from(range.end - at).unwrap_or(usize::MAX);
                let end = PIECE.min(filled.saturating_add(left));
                let read = content.read(&mut piece[filled..end], at)?;
                if read == 0 {
                    break;
                }
                filled += read;
                at += read as u64;
                if filled == PIECE {
                    hasher.write(&piece);
                    filled = 0;
                }
            }
        }
        hasher.write(&piece[..filled]);
        Ok(hasher.finish())
    }

    /// Returns the SHA-256 hash of the audio, or `None` if the content does not have all of it.
    pub(crate) fn sha256(&self, content: &mut Cursor<'_>) -> Result<Option<String>> {
        sha256::of_ranges(content, &self.ranges)
    }

    /// Returns the parts of the audio that were written to.
    fn changed(&self, written: &ChangedRanges, budget: &Budget) -> Result<Vec<Range<u64>>> {
        let mut changed = Vec::new();
        for range in self.ranges.iter().flat_map(|range| written.within(range)) {
            budget.push(&mut changed, range)?;
        }
        Ok(changed)
    }

    fn length(&self) -> u64 {
        self.ranges.iter().map(|range| range.end - range.start).sum()
    }
}

/// How many bytes are compared at once.
const PIECE: usize = 64 << 10;

/// Reads the ranges of a file one after the other.
struct Reader<'a> {
    file: &'a DiskFile,
    ranges: std::slice::Iter<'a, Range<u64>>,
    range: Range<u64>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a DiskFile, ranges: &'a [Range<u64>]) -> Self {
        Self { file, ranges: ranges.iter(), range: 0..0 }
    }

    /// Fills `buffer`. Returns fewer bytes only at the end.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::error::{ErrorKind, Limit};
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
        budget_of(Limits::DEFAULT_MEMORY)
    }

    fn budget_of(memory: usize) -> Budget {
        Budget::start(Limits { memory, ..Limits::default() }, &Cancellation::default())
    }

    fn find(bytes: &[u8]) -> AudioData {
        find_with(bytes, &budget()).unwrap()
    }

    fn find_with(bytes: &[u8], budget: &Budget) -> Result<AudioData> {
        AudioData::find(file(bytes), bytes.len() as u64, budget)
    }

    fn known(bytes: &[u8]) -> AudioRanges {
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

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes()[..], name, body].concat()
    }

    pub(crate) fn fixture(name: &str) -> Vec<u8> {
        let fixtures = "../__test__/fixtures/audio";
        fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(fixtures).join(name)).unwrap()
    }

    /// One of each container.
    pub(crate) const FIXTURES: [&str; 9] = [
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
    fn an_ape_tag_of_any_length_is_no_audio() {
        for value in 0..100 {
            let length = (value as u32).to_le_bytes();
            let item = [&length[..], &[0; 4], b"Title\0", &vec![b'a'; value]].concat();
            let numbers = |flags: u32| {
                let size = item.len() as u32 + 32;
                let numbers = [2000, size, 1, flags].map(u32::to_le_bytes).concat();
                [&b"APETAGEX"[..], &numbers, &[0; 8]].concat()
            };
            let (header, footer) = (numbers(0xA000_0000), numbers(0x8000_0000));
            let stream = vec![7; 200];
            let bytes = [&stream, &header, &item, &footer].map(|part| &part[..]).concat();
            let tag = bytes.len() - stream.len();
            assert_eq!(known(&bytes).ranges, std::slice::from_ref(&(0..200)), "{tag} bytes");
        }
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
        // All of it has moved by the same distance.
        let moved = [b"ID3\x04\0\0\0\0\0\0", &new[..]].concat();
        assert!(!same_but_for(&ChangedRanges::default(), &old, &moved));
    }

    #[test]
    fn a_table_that_points_elsewhere_is_seen() {
        let song = |free: usize, offset: u32| {
            let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0soun");
            let offsets =
                atom(b"stco", &[[0; 4], 1_u32.to_be_bytes(), offset.to_be_bytes()].concat());
            let table = atom(b"minf", &atom(b"stbl", &offsets));
            let moov = atom(b"moov", &atom(b"trak", &atom(b"mdia", &[handler, table].concat())));
            [moov, atom(b"free", &vec![0; free]), atom(b"mdat", b"twelve bytes")].concat()
        };
        let start = u32::try_from(song(0, 0).len() - 12).unwrap();
        assert_ne!(known(&song(0, start + 4)).chunks, known(&song(0, start + 5)).chunks);
        assert!(same(&song(0, start + 4), &song(30, start + 34)));
        assert!(!same(&song(0, start + 4), &song(30, start + 4 + 29)));
        assert!(matches!(find(&song(0, start - 1)), AudioData::Damaged(_)));
        assert!(matches!(find(&song(0, u32::MAX)), AudioData::Damaged(_)));
    }

    #[test]
    fn tables_of_many_chunks_take_no_memory() {
        const TRACKS: usize = 30;
        const CHUNKS: u32 = 20_000;
        let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0soun");
        let media = atom(b"mdat", b"twelve bytes");
        let entries = 16_u32.to_be_bytes().repeat(CHUNKS as usize);
        let offsets = atom(b"stco", &[&[0; 4], &CHUNKS.to_be_bytes()[..], &entries].concat());
        let table = atom(b"minf", &atom(b"stbl", &offsets));
        let track = atom(b"trak", &atom(b"mdia", &[handler, table].concat()));
        let bytes = [atom(b"ftyp", b""), media, atom(b"moov", &track.repeat(TRACKS))].concat();
        let found = find_with(&bytes, &budget_of(16 << 10)).unwrap();
        assert!(matches!(found, AudioData::Known(ranges) if ranges.length() == 12));
    }

    #[test]
    fn more_atoms_pages_or_chunks_than_the_memory_limit_allows_are_refused() {
        const COUNT: usize = 10_000;
        let page = [&b"OggS\0\0\x01\0\0\0\0\0\0\0"[..], &[0; 12], &[1, 1, 7]].concat();
        let wave = [&b"RIFF\0\0\x04\0WAVE"[..], &b"data\x02\0\0\0ab".repeat(COUNT * 3)].concat();
        for bytes in [page.repeat(COUNT), atom(b"mdat", b"a").repeat(COUNT), wave] {
            let error = find_with(&bytes, &budget_of(64 << 10)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ResourceLimit(Limit::Memory));
            assert!(known(&bytes).length() >= COUNT as u64);
        }
    }

    #[test]
    fn a_live_recording_is_known_by_its_clusters() {
        let header = b"\x1A\x45\xDF\xA3\x80";
        let clusters = b"\x1F\x43\xB6\x75\xFF\xE7\x81\x01\xA3\x82ab".repeat(2);
        let segment = |size: &[u8]| {
            [&header[..], b"\x18\x53\x80\x67", size, b"\xEC\x83abc", &clusters].concat()
        };
        let live = segment(b"\xFF");
        assert_eq!(known(&live).ranges, [20..27, 32..39]);
        // TagLib gives the segment a size that is too small.
        let spoilt = segment(b"\x85");
        assert_eq!(known(&spoilt).length(), 0);
        assert!(!same(&live, &spoilt));
    }

    #[test]
    fn what_taglib_makes_of_an_rf64_is_another_file() {
        let data = b"data\xFF\xFF\xFF\xFFsamples!";
        let sizes = [64_u64 - 8, 8, 0].map(u64::to_le_bytes).concat();
        let ds64 = [&b"ds64\x1C\0\0\0"[..], &sizes, &[0; 4]].concat();
        let old = [b"RF64\xFF\xFF\xFF\xFFWAVE", &ds64[..], data].concat();
        assert_eq!(known(&old).ranges.last(), Some(&(56..64)));
        // TagLib writes the size of the file there, and does not know `ds64`.
        let new = [b"RF64\x42\0\0\0WAVE", &ds64[..], data, b"ID3 \x02\0\0\0.."].concat();
        assert!(same(&old, &old));
        assert!(!same(&old, &new));
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
        assert_eq!(known(&bytes).length(), 0);
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
