//! ASF: the middle of the data object is left out. TagLib reads only the header, which precedes
//! it and states the length and the bit rate.

use super::Shortened;
use crate::containers::Cursor;
use crate::containers::asf::{DATA, Objects};
use crate::error::Result;

/// Where an object states its size, after its identifier.
const SIZE: u64 = 16;

pub(super) fn shorten(cursor: &mut Cursor<'_>) -> Result<Option<Shortened>> {
    let mut objects = Objects::within(0..cursor.size());
    while let Some(object) = objects.next(cursor)? {
        if object.id == DATA {
            let size = object.range.end - object.range.start;
            let mut shortened = Shortened::counting(size);
            let size = size - shortened.leave_out_middle(&object.body, cursor.budget())?;
            let field = object.range.start + SIZE;
            shortened.overwrite(field, &size.to_le_bytes(), cursor.budget())?;
            return Ok(Some(shortened));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GIB, Seen, sparse};
    use super::*;
    use crate::containers::asf::HEADER;

    #[test]
    fn the_header_and_what_follows_the_data_are_seen() {
        let size = 5 * GIB;
        let object = |id: [u8; 16], size: u64| [&id[..], &size.to_le_bytes()].concat();
        let header = [object(HEADER, 30), b"header".to_vec()].concat();
        let head = [header, object(DATA, size - 30 - 100)].concat();
        let mut seen = Seen::of(sparse(size, &[(0, &head), (size - 100, b"index")])).unwrap();
        assert_eq!(seen.at(24), *b"header");
        let data = u64::from_le_bytes(seen.at(30 + SIZE));
        assert_eq!(seen.size(), 30 + data + 100);
        assert_eq!(seen.at(30 + data), *b"index");
    }
}
