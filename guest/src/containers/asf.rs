//! ASF (Microsoft, "Advanced Systems Format Specification", revision 01.20.03):
//! objects, which may consist of objects. All numbers are little-endian.

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

pub(crate) type Guid = [u8; 16];

/// The length of an object's header, in bytes.
pub(crate) const HEADER_LENGTH: u64 = 24;

/// Top-level objects (section 2).
pub(crate) const HEADER: Guid = guid(0x75B22630, 0x668E, 0x11CF, 0xA6D9_00AA_0062_CE6C);
pub(crate) const DATA: Guid = guid(0x75B22636, 0x668E, 0x11CF, 0xA6D9_00AA_0062_CE6C);

/// Objects in the header (section 3).
pub(crate) const HEADER_EXTENSION: Guid = guid(0x5FBF03B5, 0xA92E, 0x11CF, 0x8EE3_00C0_0C20_5365);
pub(crate) const CONTENT_DESCRIPTION: Guid =
    guid(0x75B22633, 0x668E, 0x11CF, 0xA6D9_00AA_0062_CE6C);
pub(crate) const EXTENDED_CONTENT_DESCRIPTION: Guid =
    guid(0xD2D0A440, 0xE307, 0x11D2, 0x97F0_00A0_C95E_A850);

pub(crate) const FILE_PROPERTIES: Guid = guid(0x8CABDCA1, 0xA947, 0x11CF, 0x8EE4_00C0_0C20_5365);
pub(crate) const PADDING: Guid = guid(0x1806D474, 0xCADF, 0x4509, 0xA4BA_9AAB_CB96_AAE8);

/// Objects in the header extension (section 4).
pub(crate) const METADATA: Guid = guid(0xC5F8CBEA, 0x5BAF, 0x4877, 0x8467_AA8C_44FA_4CCA);
pub(crate) const METADATA_LIBRARY: Guid = guid(0x44231C94, 0x9498, 0x49D1, 0xA141_1D13_4E45_7054);

/// Writes an identifier as the file has it: the first three numbers little-endian.
const fn guid(a: u32, b: u16, c: u16, d: u64) -> Guid {
    let ([a, e, f, g], [b, h], [c, i]) = (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes());
    let [j, k, l, m, n, o, p, q] = d.to_be_bytes();
    [a, e, f, g, b, h, c, i, j, k, l, m, n, o, p, q]
}

/// Returns the identifier of an object in its usual notation.
pub(crate) fn object_name(id: Guid) -> String {
    let [a, b, c, d, e, f, g, h, rest @ ..] = id;
    let (first, second, third) =
        (u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f]), u16::from_le_bytes([g, h]));
    let rest: String = rest.iter().map(|byte| format!("{byte:02X}")).collect();
    let (fourth, fifth) = rest.split_at(4);
    format!("{first:08X}-{second:04X}-{third:04X}-{fourth}-{fifth}")
}

/// The header of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub id: Guid,
    /// The whole object.
    pub range: Range<u64>,
    pub body: Range<u64>,
}

impl Object {
    /// Walks the objects in a header or a header extension.
    pub(crate) fn children(&self) -> Option<Objects> {
        // A header begins with the number of objects and two reserved bytes, an extension with
        // two reserved fields and the size of the objects.
        let skipped = match self.id {
            HEADER => 6,
            HEADER_EXTENSION => 22,
            _ => return None,
        };
        Some(Objects::within(self.body.start + skipped..self.body.end))
    }
}

/// Walks the objects in a range.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    at: u64,
    end: u64,
}

impl Objects {
    pub(crate) fn within(range: Range<u64>) -> Self {
        Self { at: range.start, end: range.end }
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Object>> {
        let left = self.end.saturating_sub(self.at);
        let Some(header) = cursor.array::<24>(self.at)? else { return Ok(None) };
        let Some((id, size)) = header.split_first_chunk() else { return Ok(None) };
        // The size takes the remaining eight bytes.
        let size = size.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        if size < HEADER_LENGTH || size > left {
            return Ok(None);
        }
        let range = self.at..self.at + size;
        self.at = range.end;
        Ok(Some(Object { id: *id, body: range.start + HEADER_LENGTH..range.end, range }))
    }

    /// Returns the range that has not been read as objects.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }
}

/// An attribute: one of the five in a content description, or one with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// The whole attribute. In a content description, where the name and the value are apart,
    /// this is the value.
    pub range: Range<u64>,
    /// The name, in UTF-16 with a zero at its end. It is empty in a content description, where
    /// `index` determines it.
    pub name: Range<u64>,
    /// The attribute's place among those of its object.
    pub index: u16,
    /// The type of the value: text in UTF-16 (0), bytes (1), and several numbers.
    pub kind: u16,
    /// The languages and streams that the attribute is about, or zero.
    pub language: u16,
    pub stream: u16,
    pub value: Range<u64>,
}

/// The names of the attributes in a content description, in their order.
pub(crate) const CONTENT_DESCRIPTION_NAMES: [&str; 5] =
    ["Title", "Author", "Copyright", "Description", "Rating"];

/// Decodes a text, without the zeros at its end.
pub(crate) fn utf_16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units)
        .map(|result| result.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    text.trim_end_matches('\0').to_owned()
}

/// Walks the attributes of an object that has some.
#[derive(Clone, Debug)]
pub(crate) struct Attributes {
    id: Guid,
    start: u64,
    index: u16,
    count: u16,
    at: u64,
    end: u64,
}

impl Attributes {
    /// Reads the number of attributes. Returns `None` if objects of this kind have no attributes,
    /// or if the object is malformed.
    pub(crate) fn read(cursor: &mut Cursor<'_>, object: &Object) -> Result<Option<Self>> {
        let Range { start, end } = object.body;
        let (count, length) = match object.id {
            CONTENT_DESCRIPTION => {
                let count = CONTENT_DESCRIPTION_NAMES.len() as u16;
                (Some(count), 2 * u64::from(count))
            }
            EXTENDED_CONTENT_DESCRIPTION | METADATA | METADATA_LIBRARY => {
                (cursor.array(start)?.map(u16::from_le_bytes), 2)
            }
            _ => return Ok(None),
        };
        let Some(count) = count.filter(|_| start + length <= end) else { return Ok(None) };
        Ok(Some(Self { id: object.id, start, index: 0, count, at: start + length, end }))
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Attribute>> {
        if self.index == self.count {
            return Ok(None);
        }
        let attribute = match self.id {
            CONTENT_DESCRIPTION => self.described(cursor)?,
            EXTENDED_CONTENT_DESCRIPTION => self.extended(cursor)?,
            _ => self.metadata(cursor)?,
        };
        let attribute = attribute.filter(|attribute| attribute.range.end <= self.end);
        if let Some(attribute) = &attribute {
            self.at = attribute.range.end;
            self.index += 1;
        }
        Ok(attribute)
    }

    /// Returns the number of attributes that the object announces and that have not been read.
    pub(crate) fn left(&self) -> u16 {
        self.count - self.index
    }

    /// Returns the range that has not been read as attributes.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }

    /// Reads the next attribute of a content description. The lengths of all values
    /// precede the first value (section 3.10).
    fn described(&self, cursor: &mut Cursor<'_>) -> Result<Option<Attribute>> {
        let Some(length) = cursor.array(self.start + 2 * u64::from(self.index))? else {
            return Ok(None);
        };
        let value = self.at..self.at + u64::from(u16::from_le_bytes(length));
        Ok(Some(Attribute {
            range: value.clone(),
            name: self.at..self.at,
            index: self.index,
            kind: 0,
            language: 0,
            stream: 0,
            value,
        }))
    }

    /// Reads the next attribute of an extended content description: the length of the name, the
    /// name, the type, the length of the value, the value (section 3.11).
    fn extended(&self, cursor: &mut Cursor<'_>) -> Result<Option<Attribute>> {
        let Some(length) = cursor.array(self.at)?.map(u16::from_le_bytes) else { return Ok(None) };
        let name = self.at + 2..self.at + 2 + u64::from(length);
        let Some([a, b, c, d]) = cursor.array(name.end)? else { return Ok(None) };
        let start = name.end + 4;
        let value = start..start + u64::from(u16::from_le_bytes([c, d]));
        Ok(Some(Attribute {
            range: self.at..value.end,
            name,
            index: self.index,
            kind: u16::from_le_bytes([a, b]),
            language: 0,
            stream: 0,
            value,
        }))
    }

    /// Reads the next attribute of a metadata object: the language, the stream, the length of the
    /// name, the type, the length of the value, the name, the value (sections 4.7 and 4.8).
    fn metadata(&self, cursor: &mut Cursor<'_>) -> Result<Option<Attribute>> {
        let Some([a, b, c, d, e, f, g, h, length @ ..]) = cursor.array::<12>(self.at)? else {
            return Ok(None);
        };
        let start = self.at + 12;
        let name = start..start + u64::from(u16::from_le_bytes([e, f]));
        let value = name.end..name.end + u64::from(u32::from_le_bytes(length));
        Ok(Some(Attribute {
            range: self.at..value.end,
            name,
            index: self.index,
            kind: u16::from_le_bytes([g, h]),
            language: u16::from_le_bytes([a, b]),
            stream: u16::from_le_bytes([c, d]),
            value,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    fn object(id: Guid, body: &[u8]) -> Vec<u8> {
        let size = HEADER_LENGTH + body.len() as u64;
        [&id[..], &size.to_le_bytes(), body].concat()
    }

    fn number(number: usize) -> [u8; 2] {
        (number as u16).to_le_bytes()
    }

    /// Names and values.
    /// Name and value.
    type Pair = (Vec<u8>, Vec<u8>);

    fn attributes(bytes: &[u8]) -> (Vec<Pair>, u16) {
        over(bytes, |cursor| {
            let object = Objects::within(0..cursor.size()).next(cursor).unwrap().unwrap();
            let mut attributes = Attributes::read(cursor, &object).unwrap().unwrap();
            let mut found = Vec::new();
            while let Some(Attribute { name, value, .. }) = attributes.next(cursor).unwrap() {
                let [name, value] = [name, value].map(|it| cursor.bytes(it).unwrap().unwrap());
                found.push((name, value));
            }
            (found, attributes.left())
        })
    }

    #[test]
    fn objects_are_found_in_the_header_and_in_its_extension() {
        let metadata = object(METADATA, &[0, 0]);
        let extension = object(HEADER_EXTENSION, &[&[0; 22], &metadata[..]].concat());
        let bytes = object(HEADER, &[&[0; 6], &extension[..], b"junk"].concat());
        over(&bytes, |cursor| {
            let header = Objects::within(0..cursor.size()).next(cursor).unwrap().unwrap();
            assert_eq!(header.range, 0..bytes.len() as u64);
            let mut children = header.children().unwrap();
            let extension = children.next(cursor).unwrap().unwrap();
            assert_eq!((extension.id, extension.range.start), (HEADER_EXTENSION, 30));
            assert_eq!(children.next(cursor).unwrap(), None);
            assert_eq!(children.rest().end - children.rest().start, 4);
            let metadata = extension.children().unwrap().next(cursor).unwrap().unwrap();
            assert!(metadata.children().is_none());
            assert_eq!((metadata.id, metadata.body), (METADATA, 100..102));
        });
    }

    #[test]
    fn attributes_of_each_object_are_read() {
        let lengths = [2, 0, 0, 3, 0].map(number).concat();
        let (found, left) =
            attributes(&object(CONTENT_DESCRIPTION, &[&lengths, &b"abcde"[..]].concat()));
        let values: Vec<_> = found.iter().map(|(_, value)| &value[..]).collect();
        assert_eq!((values, left), (vec![&b"ab"[..], b"", b"", b"cde", b""], 0));

        let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        let extended = |name: &[u8], value: &[u8]| {
            [&number(name.len()), name, &number(1), &number(value.len()), value].concat()
        };
        let items = [extended(b"n\0", b"ab"), extended(b"m\0", b"")].concat();
        let body = [&number(3)[..], &items].concat();
        let found = attributes(&object(EXTENDED_CONTENT_DESCRIPTION, &body));
        assert_eq!(found, (vec![pair(b"n\0", b"ab"), pair(b"m\0", b"")], 1));

        let numbers = [0, 1, 2, 0].map(number).concat();
        let body = [&number(1), &numbers[..], &5_u32.to_le_bytes(), b"n\0", b"value"].concat();
        for id in [METADATA, METADATA_LIBRARY] {
            assert_eq!(attributes(&object(id, &body)), (vec![pair(b"n\0", b"value")], 0));
        }
    }

    #[test]
    fn an_object_that_does_not_fit_is_left_over() {
        let mut bytes = object(DATA, b"abc");
        for size in [0, 23, 28, u64::MAX] {
            bytes[16..24].copy_from_slice(&size.to_le_bytes());
            let next =
                |cursor: &mut Cursor<'_>| Objects::within(0..cursor.size()).next(cursor).unwrap();
            assert_eq!(over(&bytes, next), None, "{size}");
        }
    }
}
