//! Finds the pictures that a change of pictures has kept.
//!
//! TagLib's C interface replaces all pictures of a file, and passes on only some of their
//! properties: dimensions become zero, and types beyond 20 become `Other`. A picture of the copy
//! that has the same content as an original one is replaced by the latter.

use crate::containers::flac_picture::PictureBlock;
use crate::error::Result;
use crate::limits::Budget;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

/// The largest type that ID3v2 and FLAC define. TagLib passes on larger ones as [`OTHER`].
const MAX_TYPE: u32 = 20;
const OTHER: u32 = 0;

/// The properties of a picture that TagLib passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Picture<'a> {
    picture_type: u32,
    mime_type: &'a str,
    description: &'a str,
    data: &'a [u8],
}

impl<'a> Picture<'a> {
    pub(super) fn new(
        picture_type: u32,
        mime_type: &'a str,
        description: &'a str,
        data: &'a [u8],
    ) -> Self {
        let picture_type = if picture_type > MAX_TYPE { OTHER } else { picture_type };
        Self { picture_type, mime_type, description, data }
    }

    /// Reads the body of a picture block of FLAC. Returns `None` if it is malformed.
    pub(super) fn of_block(body: &'a [u8]) -> Option<Self> {
        let block = PictureBlock::parse(body)?;
        let [start, end] = [block.data.start, block.data.end].map(usize::try_from);
        let data = body.get(start.ok()?..end.ok()?)?;
        let [mime_type, description] = [block.mime_type, block.description].map(str::from_utf8);
        Some(Self::new(block.picture_type, mime_type.ok()?, description.ok()?, data))
    }
}

/// The original pictures that no picture of the copy has replaced yet, each as a `T`.
pub(super) struct Originals<T> {
    /// Those with the same content in their order.
    pictures: HashMap<u64, VecDeque<T>>,
    keys: RandomState,
}

impl<T> Originals<T> {
    pub(super) fn new() -> Self {
        Self { pictures: HashMap::new(), keys: RandomState::new() }
    }

    pub(super) fn add(&mut self, picture: Picture<'_>, original: T, budget: &Budget) -> Result<()> {
        budget.charge(size_of::<(u64, VecDeque<T>)>() + size_of::<T>())?;
        self.pictures.entry(self.keys.hash_one(picture)).or_default().push_back(original);
        Ok(())
    }

    /// Takes out the original of a picture of the copy.
    pub(super) fn take(&mut self, picture: Picture<'_>) -> Option<T> {
        self.pictures.get_mut(&self.keys.hash_one(picture))?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    #[test]
    fn a_picture_is_found_once_by_what_taglib_passes_on() {
        let budget = unlinked::budget();
        let mut originals = Originals::new();
        for (picture_type, name) in [(3, "front"), (21, "unknown"), (0, "other")] {
            let picture = Picture::new(picture_type, "image/png", "", b"data");
            originals.add(picture, name, &budget).unwrap();
        }
        let mut take = |picture_type, description, data: &[u8]| {
            originals.take(Picture::new(picture_type, "image/png", description, data))
        };
        assert_eq!(take(3, "", b"data"), Some("front"));
        assert_eq!(take(3, "", b"data"), None);
        assert_eq!(take(0, "", b"datum"), None);
        assert_eq!(take(0, "a", b"data"), None);
        assert_eq!([take(0, "", b"data"), take(0, "", b"data")], [Some("unknown"), Some("other")]);
    }
}
