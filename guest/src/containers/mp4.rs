//! MP4 (ISO/IEC 14496-12, section 4.2): atoms, which may consist of atoms.

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

/// The length of a header with a size of 32 bits, in bytes.
pub(crate) const HEADER: u64 = 8;

/// The length of a header with a size of 64 bits, in bytes.
const LONG_HEADER: u64 = 16;

/// The size of the version and flags with which the body of some atoms begins, in
/// bytes.
pub(crate) const FULL_HEADER: u64 = 4;

/// The atoms that consist of atoms, down to the items of the metadata, each with the path of the
/// atom that contains it.
const CONTAINERS: [(&str, &[u8; 4]); 8] = [
    ("", b"moov"),
    ("moov", b"trak"),
    ("moov/trak", b"mdia"),
    ("moov/trak/mdia", b"minf"),
    ("moov/trak/mdia/minf", b"stbl"),
    ("moov", b"udta"),
    ("moov/udta", b"meta"),
    ("moov/udta/meta", b"ilst"),
];

/// Returns whether the atom with this name in the atom at `path` consists of atoms. Other atoms
/// are read as a whole.
pub(crate) fn is_container(path: &str, name: &[u8; 4]) -> bool {
    CONTAINERS.contains(&(path, name))
}

/// How the header of an atom stores the atom's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SizeField {
    /// In 32 bits.
    Short,
    /// In 64 bits, after the name.
    Long,
    /// As zero: the atom extends to the end of its parent.
    ToEnd,
}

/// The header of an atom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Atom {
    pub name: [u8; 4],
    pub size_field: SizeField,
    /// The whole atom.
    pub range: Range<u64>,
    pub body: Range<u64>,
}

/// The atoms with which a `meta` atom may begin that has no version and flags, as in
/// QuickTime.
const FIRST_IN_PLAIN_META: [&[u8; 4]; 5] = [b"hdlr", b"ilst", b"mhdr", b"ctry", b"lang"];

impl Atom {
    /// Walks the atoms in the body.
    pub(crate) fn children(&self, cursor: &mut Cursor<'_>) -> Result<Atoms> {
        let mut range = self.body.clone();
        if self.name == *b"meta" {
            let name = cursor.array(range.start + 4)?;
            if !name.is_some_and(|name| FIRST_IN_PLAIN_META.contains(&&name)) {
                range.start = range.end.min(range.start + FULL_HEADER);
            }
        }
        Ok(Atoms::within(range))
    }
}

/// Walks the atoms in a range.
#[derive(Clone, Debug)]
pub(crate) struct Atoms {
    at: u64,
    end: u64,
}

impl Atoms {
    pub(crate) fn within(range: Range<u64>) -> Self {
        Self { at: range.start, end: range.end }
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Atom>> {
        if self.rest_length() < HEADER {
            return Ok(None);
        }
        let Some([a, b, c, d, name @ ..]) = cursor.array::<8>(self.at)? else { return Ok(None) };
        let (size_field, header, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (SizeField::ToEnd, HEADER, self.rest_length()),
            1 => match cursor.array(self.at + HEADER)? {
                Some(size) => (SizeField::Long, LONG_HEADER, u64::from_be_bytes(size)),
                None => return Ok(None),
            },
            size => (SizeField::Short, HEADER, u64::from(size)),
        };
        if size < header || size > self.rest_length() {
            return Ok(None);
        }
        let range = self.at..self.at + size;
        self.at = range.end;
        let body = range.start + header..range.end;
        Ok(Some(Atom { name, size_field, range, body }))
    }

    /// Returns the first of the atoms that has this name.
    pub(crate) fn find(mut self, cursor: &mut Cursor<'_>, name: &[u8; 4]) -> Result<Option<Atom>> {
        while let Some(atom) = self.next(cursor)? {
            if atom.name == *name {
                return Ok(Some(atom));
            }
        }
        Ok(None)
    }

    /// Returns the range that has not been read as atoms.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }

    fn rest_length(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }
}

/// Walks the entries of a chunk offset atom (`stco`, `co64`; section 8.7.5): where in
/// the file the media data of a track begins.
#[derive(Debug)]
pub(crate) struct ChunkOffsets {
    width: usize,
    left: u32,
    /// The position from which the next entries are read.
    at: u64,
    entries: [u8; ENTRIES],
    /// The entries that have been read and not returned.
    unread: Range<usize>,
}

/// How many bytes of entries are read at once.
const ENTRIES: usize = 4 << 10;

impl ChunkOffsets {
    /// Reads the number of entries. Returns `None` if `atom` has no chunk offsets, or
    /// fewer than it announces.
    pub(crate) fn read(cursor: &mut Cursor<'_>, atom: &Atom) -> Result<Option<Self>> {
        let width = match &atom.name {
            b"stco" => 4,
            b"co64" => 8,
            _ => return Ok(None),
        };
        let at = atom.body.start + FULL_HEADER;
        let Some(left) = cursor.array(at)?.map(u32::from_be_bytes) else { return Ok(None) };
        let at = at + 4;
        let fits = at + u64::from(left) * width as u64 <= atom.body.end;
        Ok(fits.then_some(Self { width, left, at, entries: [0; ENTRIES], unread: 0..0 }))
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
        if self.left == 0 {
            return Ok(None);
        }
        if self.unread.is_empty() {
            let length = (self.left as usize).saturating_mul(self.width).min(ENTRIES);
            if cursor.read(&mut self.entries[..length], self.at)? < length {
                return Ok(None);
            }
            self.at += length as u64;
            self.unread = 0..length;
        }
        let start = self.unread.start;
        self.unread.start += self.width;
        self.left -= 1;
        let bytes = &self.entries[start..self.unread.start];
        Ok(Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))))
    }

    /// Returns how many entries have not been read.
    pub(crate) fn left(&self) -> u32 {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), &name[..], body].concat()
    }

    fn atoms(bytes: &[u8]) -> (Vec<Atom>, Range<u64>) {
        over(bytes, |cursor| {
            let mut atoms = Atoms::within(0..bytes.len() as u64);
            let mut found = Vec::new();
            while let Some(atom) = atoms.next(cursor).unwrap() {
                found.push(atom);
            }
            (found, atoms.rest())
        })
    }

    #[test]
    fn sizes_of_32_and_64_bits_and_to_the_end_are_read() {
        let long = [&[0, 0, 0, 1], &b"mdat"[..], &18_u64.to_be_bytes(), b"ab"].concat();
        let bytes = [&atom(b"ftyp", b"M4A ")[..], &long, &[0; 4], b"freeabc"].concat();
        let (found, rest) = atoms(&bytes);
        let summary: Vec<_> =
            found.into_iter().map(|atom| (atom.name, atom.size_field, atom.body)).collect();
        let expected = [
            (*b"ftyp", SizeField::Short, 8..12),
            (*b"mdat", SizeField::Long, 28..30),
            (*b"free", SizeField::ToEnd, 38..41),
        ];
        assert_eq!((summary, rest), (expected.to_vec(), 41..41));
    }

    #[test]
    fn the_atoms_in_both_forms_of_meta_are_found() {
        let children = [atom(b"hdlr", b"mdir"), atom(b"ilst", b"items")].concat();
        for head in [&[0; 4][..], &[]] {
            let bytes = atom(b"meta", &[head, &children].concat());
            let found = over(&bytes, |cursor| {
                let meta = Atoms::within(0..bytes.len() as u64).next(cursor).unwrap().unwrap();
                let ilst = meta.children(cursor).unwrap().find(cursor, b"ilst").unwrap().unwrap();
                cursor.bytes(ilst.body).unwrap()
            });
            assert_eq!(found.as_deref(), Some(&b"items"[..]));
        }
    }

    #[test]
    fn a_meta_without_room_for_its_version_has_no_atoms() {
        let bytes = atom(b"meta", &[0; 3]);
        over(&bytes, |cursor| {
            let meta = Atoms::within(0..bytes.len() as u64).next(cursor).unwrap().unwrap();
            let mut children = meta.children(cursor).unwrap();
            assert_eq!((children.next(cursor).unwrap(), children.rest()), (None, 11..11));
        });
    }

    #[test]
    fn an_atom_that_does_not_fit_is_left_over() {
        let whole = atom(b"free", b"");
        let huge = [&[0, 0, 0, 1], &b"mdat"[..], &u64::MAX.to_be_bytes()].concat();
        for broken in [&b"\0\0\0\x09free"[..], b"\0\0\0\x07free", b"\0\0\0\x01free", b"\0\0", &huge]
        {
            let (found, rest) = atoms(&[&whole[..], broken].concat());
            assert_eq!((found.len(), rest), (1, 8..8 + broken.len() as u64));
        }
    }

    #[test]
    fn chunk_offsets_of_both_widths_are_read() {
        let count = 3_000_u32;
        let body = |entries: Vec<u8>| [&[0; 4], &count.to_be_bytes()[..], &entries].concat();
        let stco = atom(b"stco", &body((0..count).flat_map(u32::to_be_bytes).collect()));
        let wide = |index: u32| (u64::from(index) << 32).to_be_bytes();
        let co64 = atom(b"co64", &body((0..count).flat_map(wide).collect()));
        for (bytes, shift) in [(stco, 0), (co64, 32)] {
            let table = atoms(&bytes).0.remove(0);
            over(&bytes, |cursor| {
                let mut offsets = ChunkOffsets::read(cursor, &table).unwrap().unwrap();
                for index in 0..u64::from(count) {
                    assert_eq!(offsets.next(cursor).unwrap(), Some(index << shift));
                }
                assert_eq!((offsets.next(cursor).unwrap(), offsets.left()), (None, 0));
            });
        }
    }

    #[test]
    fn a_table_that_announces_too_many_offsets_is_none() {
        let bytes = atom(b"stco", &[0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1]);
        let table = atoms(&bytes).0.remove(0);
        assert!(over(&bytes, |cursor| ChunkOffsets::read(cursor, &table).unwrap()).is_none());
    }
}
