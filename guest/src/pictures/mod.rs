//! What of a file the guest need not see.
//!
//! A cover is most of what a tag weighs. Seen by the guest it is read into its
//! memory, copied from buffer to buffer, decoded from Base64, packed into the
//! answer, and wiped when the instance is given back: half of the time of a
//! read. So where a picture stands in a file in the one plain way that every
//! tagger writes, it is left out of what the guest sees ([`crate::file::FileView`]),
//! and read from the file directly, or not at all where none is wanted. What
//! TagLib would search for is put where it looks first.
//!
//! What the answer is must not depend on this. Anything out of the ordinary
//! (flags, other encodings, sizes that don't add up, a picture of which TagLib
//! might think otherwise) and the guest sees the whole file, as it does when it
//! still finds a picture in the rest. `guest/tests/hidden_pictures.rs` compares both
//! ways on thousands of damaged files.
//!
//! One file for each container: which stretches are left out, and what else
//! has to say so. `flac_block` is the structure that FLAC and Ogg share.

mod flac;
mod flac_block;
mod id3v2;
mod iff;
mod mp4;
mod ogg;
mod ogg_page;

use crate::buffers::Buffer;
use crate::error::{Error, Result};
use crate::file::{ReadAhead, Splice};
use crate::limits::{self, Budget};
use crate::tags::Picture;
use std::collections::TryReserveError;
use std::io;
use std::ops::Range;

/// What is left out of a file, and the pictures among that.
#[derive(Default)]
pub(crate) struct HiddenPictures {
    pictures: Vec<FoundPicture>,
    splices: Vec<Splice>,
}

struct FoundPicture {
    mime_type: String,
    picture_type: u32,
    description: String,
    data: PictureData,
}

enum PictureData {
    /// As it is, in this range of the file.
    InFile(Range<u64>),
    /// Encoded there, and decoded when it was found.
    Decoded(Buffer),
}

/// The largest picture that is read here, in bytes: that of an answer. What to
/// say of larger ones is the guest's business.
const MAX_PICTURE: u64 = 50_000_000;

/// The most parts of a file (blocks, frames, pages) that are looked at before
/// it is left to the guest, which has a deadline.
const MAX_PARTS: usize = 4096;

/// Looks for what can be left out of a file of this name, since TagLib goes by
/// its extension. Nothing where all is wanted, or where the guest should decide.
pub(crate) fn hide(
    file: &mut ReadAhead,
    name: &str,
    budget: &Budget,
) -> Result<Option<HiddenPictures>> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let find = match extension.to_ascii_lowercase().as_str() {
        "mp3" => id3v2::at_start,
        "flac" => flac::blocks,
        "ogg" | "opus" => ogg::stream,
        "m4a" | "mp4" | "m4b" => mp4::covers,
        "wav" => iff::wave,
        "aif" | "aiff" => iff::aiff,
        _ => return Ok(None),
    };
    let mut hidden = HiddenPictures::default();
    match find(&mut Content { file, budget }, &mut hidden) {
        Ok(()) => Ok(Some(hidden).filter(HiddenPictures::leaves_out)),
        Err(Stop::Unusual) => Ok(None),
        Err(Stop::Failure(error)) => Err(error),
    }
}

impl HiddenPictures {
    fn leaves_out(&self) -> bool {
        let mut splices = self.splices.iter();
        splices
            .any(|Splice { range, replacement }| range.end - range.start > replacement.len() as u64)
    }

    pub fn has_pictures(&self) -> bool {
        !self.pictures.is_empty()
    }

    /// The size of all pictures, before any of them is read.
    pub fn picture_bytes(&self) -> usize {
        let sizes = self.pictures.iter().map(|picture| match &picture.data {
            PictureData::InFile(range) => usize::try_from(range.end - range.start),
            PictureData::Decoded(data) => Ok(data.len()),
        });
        sizes.fold(0, |sum: usize, size| sum.saturating_add(size.unwrap_or(usize::MAX)))
    }

    /// What the guest sees other than as it is in the file.
    pub fn take_splices(&mut self) -> Vec<Splice> {
        std::mem::take(&mut self.splices)
    }

    /// The pictures with their data; nothing where the file has been cut off
    /// since.
    pub fn read(self, file: &ReadAhead, budget: &Budget) -> Result<Option<Vec<Picture>>> {
        let mut pictures = Vec::new();
        for picture in self.pictures {
            match picture.read(file, budget)? {
                Some(picture) => budget.push(&mut pictures, picture)?,
                None => return Ok(None),
            }
        }
        Ok(Some(pictures))
    }
}

impl FoundPicture {
    fn read(self, file: &ReadAhead, budget: &Budget) -> Result<Option<Picture>> {
        let data = match self.data {
            PictureData::Decoded(data) => data,
            PictureData::InFile(range) => match read_range(file, range, budget)? {
                Some(data) => data,
                None => return Ok(None),
            },
        };
        let (mime_type, description) = (self.mime_type, self.description);
        Ok(Some(Picture {
            mime_type,
            data,
            picture_type: Picture::type_of(self.picture_type),
            description,
        }))
    }
}

fn read_range(file: &ReadAhead, range: Range<u64>, budget: &Budget) -> Result<Option<Buffer>> {
    let length = (range.end - range.start) as usize;
    budget.charge(length)?;
    let data = Buffer::filled(length, |bytes| read_all(file, bytes, range.start, budget))
        .map_err(|error| unreadable(&error))?;
    Ok(Some(data).filter(|data| data.len() == length))
}

/// Fills the buffer, as far as the file goes.
fn read_all(file: &ReadAhead, buffer: &mut [u8], start: u64, budget: &Budget) -> io::Result<usize> {
    /// The clock is checked between two pieces of this many bytes.
    const PIECE: usize = 1 << 20;
    let mut filled = 0;
    while filled < buffer.len() {
        budget.check()?;
        let end = buffer.len().min(filled + PIECE);
        match file.read_direct(&mut buffer[filled..end], start + filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

fn unreadable(error: &io::Error) -> Error {
    limits::failure("read", error)
}

/// Why a container is left to the guest.
enum Stop {
    /// It is not in the plain way.
    Unusual,
    Failure(Error),
}

/// A buffer for which the system has no memory: the guest may do with less.
impl From<TryReserveError> for Stop {
    fn from(_: TryReserveError) -> Self {
        Self::Unusual
    }
}

type Found<T> = std::result::Result<T, Stop>;

/// Goes on only where this holds.
fn only_if(usual: bool) -> Found<()> {
    if usual { Ok(()) } else { Err(Stop::Unusual) }
}

/// The file, read in small parts.
struct Content<'a> {
    file: &'a mut ReadAhead,
    budget: &'a Budget,
}

impl Content<'_> {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn array<const N: usize>(&mut self, at: u64) -> Found<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, at)?;
        Ok(bytes)
    }

    fn fill(&mut self, buffer: &mut [u8], at: u64) -> Found<()> {
        only_if(self.read(buffer, at)? == buffer.len())
    }

    fn read(&mut self, buffer: &mut [u8], at: u64) -> Found<usize> {
        // No epoch interrupts what is not the guest's.
        self.budget.check().map_err(|interrupted| Stop::Failure(interrupted.into()))?;
        self.file.read_at(buffer, at).map_err(|error| Stop::Failure(unreadable(&error)))
    }

    /// The bytes from `at` up to `N` zeros in a row, counted in steps of `N`.
    /// Leaves `at` behind them.
    fn until_zeros<const N: usize>(&mut self, at: &mut u64) -> Found<Vec<u8>> {
        let mut bytes = [0; LONGEST_TEXT];
        let read = self.read(&mut bytes, *at)?;
        let mut units = bytes[..read].chunks_exact(N);
        let end = N * units.position(|unit| unit == [0; N]).ok_or(Stop::Unusual)?;
        *at += (end + N) as u64;
        Ok(bytes[..end].to_vec())
    }
}

/// The longest MIME type or description, in bytes.
const LONGEST_TEXT: usize = 256;

/// Text that no character encoding makes anything else of.
fn plain_text(bytes: Vec<u8>) -> Found<String> {
    let is_plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    String::from_utf8(bytes).ok().filter(|_| is_plain).ok_or(Stop::Unusual)
}

impl HiddenPictures {
    fn splice(&mut self, range: Range<u64>, replacement: &[u8]) {
        self.splices.push(Splice { range, replacement: replacement.to_vec() });
    }
}

fn size_of(data: &Range<u64>) -> Found<u64> {
    let size = data.end.checked_sub(data.start).ok_or(Stop::Unusual)?;
    only_if((1..=MAX_PICTURE).contains(&size))?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{FileView, unlinked};
    use std::fs::{self, File};
    use std::path::Path;

    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../__test__/fixtures/audio");

    fn open(name: &str) -> (ReadAhead, Vec<u8>) {
        let path = Path::new(FIXTURES).join(name);
        let content = fs::read(&path).unwrap();
        (
            ReadAhead::new(File::open(path).unwrap(), content.len() as u64, &unlinked::budget()),
            content,
        )
    }

    fn hidden(file: &mut ReadAhead, name: &str) -> Option<HiddenPictures> {
        hide(file, name, &unlinked::budget()).unwrap()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn the_guest_sees_none_of_the_pictures_that_are_lifted() {
        for name in [
            "id3v23.mp3",
            "id3v24.mp3",
            "id3.wav",
            "id3.aiff",
            "vorbis-comment.flac",
            "vorbis.ogg",
            "opus.opus",
            "aac.m4a",
        ] {
            let (mut file, _) = open(name);
            let mut hidden = hidden(&mut file, name).unwrap_or_else(|| panic!("{name}"));
            let splices = hidden.take_splices();
            let pictures = hidden.read(&file, &unlinked::budget()).unwrap().unwrap();
            assert!(!pictures.is_empty(), "{name}");

            let mut view = FileView::spliced(file, splices);
            let mut seen = vec![0; view.size() as usize];
            assert_eq!(view.read_at(&mut seen, 0).unwrap(), seen.len(), "{name}");
            assert!(!contains(&seen, b"METADATA_BLOCK_PICTURE"), "{name}");
            for picture in pictures {
                assert!(!contains(&seen, &picture.data), "{name}");
            }
        }
    }

    #[test]
    fn names_and_contents_that_disagree_are_left_to_the_guest() {
        for (name, other) in
            [("vorbis-comment.flac", "a.mp3"), ("id3v24.mp3", "a.flac"), ("id3.wav", "a.aiff")]
        {
            assert!(hidden(&mut open(name).0, other).is_none(), "{name} as {other}");
        }
    }

    #[test]
    fn a_file_without_pictures_is_seen_whole() {
        for name in ["plain.flac", "plain.mp3", "info.wav", "speex.spx", "plain.m4a"] {
            assert!(hidden(&mut open(name).0, name).is_none(), "{name}");
        }
    }
}
