//! Hides pictures from the guest, and reads them on the host instead.
//!
//! A picture is the largest part of most tags. If the guest sees it, it is read into the guest's
//! memory, copied from buffer to buffer, decoded from Base64, packed into the answer, and cleared
//! when the instance is returned: half of the time of a read. So a picture that is stored in the
//! one plain form that every tagger writes is cut out of what the guest sees
//! ([`crate::file::FileView`]). The host reads it from the file itself, or not at all if the call
//! does not ask for pictures. In Ogg, the page that TagLib searches for is also moved to the
//! place where TagLib looks first.
//!
//! The answer must not depend on this. If anything is unusual (flags, other encodings, sizes that
//! don't add up, a picture that TagLib might read differently), the guest sees the whole file.
//! The same applies if the guest still finds a picture in the rest.
//! `guest/tests/hidden_pictures.rs` compares the answers with hiding, without hiding, and by
//! bytes, on thousands of damaged files.
//!
//! There is one file for each container. It decides what is usual, what is cut out, and
//! which sizes then change. The parsing is in [`crate::containers`].

mod flac;
mod id3v2;
mod iff;
mod mp4;
mod ogg;
mod ogg_comments;
mod ogg_packet;

use crate::buffers::Buffer;
use crate::containers::Cursor;
use crate::error::{Error, Result};
use crate::file::{ReadAhead, Splice};
use crate::limits::{self, Budget};
use crate::tags::Picture;
use std::collections::TryReserveError;
use std::ops::Range;

/// The pictures that are hidden, and what the guest sees instead of them.
pub(crate) struct HiddenPictures {
    budget: Budget,
    /// Whether the pictures will be read. Otherwise they need not be here.
    are_wanted: bool,
    pictures: Vec<FoundPicture>,
    splices: Vec<Splice>,
}

struct FoundPicture {
    fields: PictureFields,
    data: PictureData,
}

struct PictureFields {
    mime_type: String,
    picture_type: u32,
    description: String,
}

enum PictureData {
    /// A range of the file.
    InFile(Range<u64>),
    /// The picture was encoded in the file, and was decoded when it was found.
    Decoded(Buffer),
    /// The picture is not wanted, and was not read.
    Skipped,
}

/// The largest picture that is read here, in bytes, which is also the largest in an
/// answer. Larger ones are left to the guest, which reports the error.
const MAX_PICTURE: u64 = 50_000_000;

/// The maximum number of parts of a container (blocks, frames, pages) that are read. A file with
/// more parts is left to the guest.
const MAX_PARTS: usize = 4096;

/// The longest MIME type or description, in bytes.
const LONGEST_TEXT: usize = 256;

/// Looks for pictures that can be hidden in a file with this name, whose extension
/// decides how TagLib reads it. Returns `None` if there are none, or if the guest must
/// see them. They can be read later only if they `are_wanted`.
pub(crate) fn hide(
    file: &mut ReadAhead,
    name: &str,
    are_wanted: bool,
    budget: &Budget,
) -> Result<Option<HiddenPictures>> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let hide = match extension.to_ascii_lowercase().as_str() {
        "mp3" => id3v2::hide,
        "flac" => flac::hide,
        "ogg" | "opus" => ogg::hide,
        "m4a" | "mp4" | "m4b" => mp4::hide,
        "wav" => iff::hide_in_wave,
        "aif" | "aiff" => iff::hide_in_aiff,
        _ => return Ok(None),
    };
    let mut hidden = HiddenPictures {
        budget: budget.clone(),
        are_wanted,
        pictures: Vec::new(),
        splices: Vec::new(),
    };
    match hide(&mut Cursor::new(file, budget), &mut hidden) {
        Ok(()) => Ok(Some(hidden).filter(HiddenPictures::removes_bytes)),
        Err(NotHidden::Unusual) => Ok(None),
        Err(NotHidden::Failed(error)) => Err(error),
    }
}

impl HiddenPictures {
    pub(crate) fn has_pictures(&self) -> bool {
        !self.pictures.is_empty()
    }

    /// Returns the size of all pictures in bytes, before any of them is read.
    pub(crate) fn picture_bytes(&self) -> usize {
        let sizes = self.pictures.iter().map(|picture| match &picture.data {
            PictureData::InFile(range) => usize::try_from(range.end - range.start),
            PictureData::Decoded(data) => Ok(data.len()),
            PictureData::Skipped => Ok(0),
        });
        sizes.fold(0, |sum: usize, size| sum.saturating_add(size.unwrap_or(usize::MAX)))
    }

    /// Takes the replacements that the guest sees, in the order of the file.
    pub(crate) fn take_splices(&mut self) -> Vec<Splice> {
        let mut splices = std::mem::take(&mut self.splices);
        splices.sort_by_key(|splice| splice.range.start);
        splices
    }

    /// Reads the pictures. Returns `None` if the file has been truncated meanwhile, or if they were
    /// not wanted.
    ///
    /// # Errors
    /// `ResourceLimit` if all of them together don't fit into the budget. Nothing is
    /// read then.
    pub(crate) fn read(self, file: &ReadAhead, budget: &Budget) -> Result<Option<Vec<Picture>>> {
        let total = self.pictures.iter().fold(0_u64, |total, picture| match &picture.data {
            PictureData::InFile(range) => total.saturating_add(range.end - range.start),
            // It was charged when it was decoded.
            PictureData::Decoded(_) | PictureData::Skipped => total,
        });
        budget.charge(usize::try_from(total).unwrap_or(usize::MAX))?;
        let mut pictures = Vec::new();
        for FoundPicture { fields, data } in self.pictures {
            let data = match data {
                PictureData::Decoded(data) => data,
                PictureData::InFile(range) => match read_charged(file, range, budget)? {
                    Some(data) => data,
                    None => return Ok(None),
                },
                PictureData::Skipped => return Ok(None),
            };
            let PictureFields { mime_type, picture_type, description } = fields;
            let picture_type = Picture::type_of(picture_type);
            budget.push(&mut pictures, Picture { mime_type, data, picture_type, description })?;
        }
        Ok(Some(pictures))
    }

    fn removes_bytes(&self) -> bool {
        let mut splices = self.splices.iter();
        splices
            .any(|Splice { range, replacement }| range.end - range.start > replacement.len() as u64)
    }

    fn add(&mut self, picture: FoundPicture) -> Hiding<()> {
        let PictureFields { mime_type, description, .. } = &picture.fields;
        self.budget.charge(mime_type.len() + description.len())?;
        Ok(self.budget.push(&mut self.pictures, picture)?)
    }

    /// Shows the guest `replacement` in the place of a range.
    fn splice(&mut self, range: Range<u64>, replacement: impl Into<Vec<u8>>) -> Hiding<()> {
        let replacement = replacement.into();
        Ok(self.budget.push(&mut self.splices, Splice { range, replacement })?)
    }
}

/// Reads a range that has been charged to the budget.
fn read_charged(file: &ReadAhead, range: Range<u64>, budget: &Budget) -> Result<Option<Buffer>> {
    let length = usize::try_from(range.end - range.start).map_err(|_| budget.memory_exceeded())?;
    let mut data = Buffer::of_length(length).map_err(|_| budget.memory_exceeded())?;
    let mut filled = 0;
    while filled < length {
        let read = file.read_direct(&mut data[filled..], range.start + filled as u64);
        match read.map_err(|error| limits::failure("read", &error))? {
            0 => return Ok(None),
            read => filled += read,
        }
    }
    Ok(Some(data))
}

/// Why pictures are not hidden.
enum NotHidden {
    /// The container is unusual, so the guest sees all of it.
    Unusual,
    /// The call has failed.
    Failed(Error),
}

/// If the system has no memory for a buffer, the guest, which may need less, reads the
/// picture.
impl From<TryReserveError> for NotHidden {
    fn from(_: TryReserveError) -> Self {
        Self::Unusual
    }
}

impl From<Error> for NotHidden {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

type Hiding<T> = std::result::Result<T, NotHidden>;

/// Continues only if the container is usual.
fn require(is_usual: bool) -> Hiding<()> {
    if is_usual { Ok(()) } else { Err(NotHidden::Unusual) }
}

/// Continues only if a structure could be read.
fn usual<T>(structure: Result<Option<T>>) -> Hiding<T> {
    structure?.ok_or(NotHidden::Unusual)
}

/// Continues only if a picture is neither empty nor too large.
fn require_size(data: &Range<u64>) -> Hiding<()> {
    let size = data.end.checked_sub(data.start);
    require(size.is_some_and(|size| (1..=MAX_PICTURE).contains(&size)))
}

/// Reads the text from `at` up to `N` zeros in a row, which are searched for in steps of `N`.
/// Moves `at` after the zeros.
fn text_before_zeros<const N: usize>(cursor: &mut Cursor<'_>, at: &mut u64) -> Hiding<Vec<u8>> {
    let mut bytes = [0; LONGEST_TEXT];
    let read = cursor.read(&mut bytes, *at)?;
    let mut units = bytes[..read].chunks_exact(N);
    let end = N * units.position(|unit| unit == [0; N]).ok_or(NotHidden::Unusual)?;
    *at += (end + N) as u64;
    Ok(bytes[..end].to_vec())
}

/// Accepts text that is the same in every encoding.
fn plain_text(bytes: &[u8]) -> Hiding<String> {
    let is_plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    require(is_plain && bytes.len() <= LONGEST_TEXT)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| NotHidden::Unusual)
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
        hide(file, name, true, &unlinked::budget()).unwrap()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn the_guest_sees_none_of_the_pictures_that_the_host_reads() {
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
