//! Merges `INFO` lists, whose text fields have names of four characters (Microsoft and IBM,
//! "Multimedia Programming Interface 1.0"; TagLib's `infotag.cpp`).

use crate::containers::Cursor;
use crate::containers::iff::{Chunks, Layout};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};
use std::ops::Range;

/// The fields that hold TagLib's properties.
const PROPERTIES: [(&[u8; 4], &str); 25] = [
    (b"IPRD", "ALBUM"),
    (b"IENG", "ARRANGER"),
    (b"IART", "ARTIST"),
    (b"IBSU", "ARTISTWEBPAGE"),
    (b"IBPM", "BPM"),
    (b"ICMT", "COMMENT"),
    (b"IMUS", "COMPOSER"),
    (b"ICOP", "COPYRIGHT"),
    (b"ICRD", "DATE"),
    (b"PRT1", "DISCSUBTITLE"),
    (b"ITCH", "ENCODEDBY"),
    (b"ISFT", "ENCODING"),
    (b"IDIT", "ENCODINGTIME"),
    (b"IGNR", "GENRE"),
    (b"ISRC", "ISRC"),
    (b"IPUB", "LABEL"),
    (b"ILNG", "LANGUAGE"),
    (b"IWRI", "LYRICIST"),
    (b"IMED", "MEDIA"),
    (b"ISTR", "PERFORMER"),
    (b"ICNT", "RELEASECOUNTRY"),
    (b"IEDT", "REMIXER"),
    (b"INAM", "TITLE"),
    (b"IPRT", "TRACKNUMBER"),
    // TagLib does not know this name, which other programs read as the number, too.
    (b"ITRK", "TRACKNUMBER"),
];

/// A field as it is stored, without its padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InfoField {
    pub id: [u8; 4],
    pub value: Vec<u8>,
}

/// The fields of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InfoList {
    pub fields: Vec<InfoField>,
    /// The bytes after the fields.
    pub rest: Vec<u8>,
}

impl InfoField {
    /// Returns the part that the field belongs to.
    pub(crate) fn tag_part(&self) -> TagPart {
        match PROPERTIES.iter().find(|(id, _)| **id == self.id) {
            Some((_, key)) => TagPart::Property((*key).to_owned()),
            None => TagPart::Other,
        }
    }

    /// Returns the value without the zeros at its end.
    pub(crate) fn text(&self) -> &[u8] {
        let end = self.value.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        &self.value[..end]
    }
}

impl InfoList {
    /// Reads the fields in `range`. Returns `None` if the file ends within `range`.
    pub(crate) fn read(cursor: &mut Cursor<'_>, range: Range<u64>) -> Result<Option<Self>> {
        let budget = cursor.budget();
        let mut list = Self::default();
        let mut fields = Chunks::within(Layout::Riff, range);
        while let Some(field) = fields.next(cursor)? {
            let Some(value) = cursor.bytes(field.body)? else { return Ok(None) };
            budget.push(&mut list.fields, InfoField { id: field.id, value })?;
        }
        let Some(rest) = cursor.bytes(fields.rest())? else { return Ok(None) };
        list.rest = rest;
        Ok(Some(list))
    }

    /// Returns whether the list has no content, so that it need not be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.rest.is_empty()
    }

    /// Returns the original with the parts that `requested` names taken from `edited`. Removes
    /// them from `edited`, so that they are not added to a second list, too.
    pub(crate) fn merged(self, edited: &mut Vec<InfoField>, requested: &Requested) -> Self {
        let mut fields = Vec::with_capacity(self.fields.len());
        let is_requested = |field: &InfoField| requested.contains(&field.tag_part());
        for field in self.fields {
            if !is_requested(&field) {
                fields.push(field);
            } else if let Some(at) = edited.iter().position(|new| new.id == field.id) {
                fields.extend(as_asked(edited.remove(at), requested));
            }
        }
        let new = edited.extract_if(.., |field| is_requested(field));
        fields.extend(new.filter_map(|field| as_asked(field, requested)));
        Self { fields, rest: self.rest }
    }

    /// Renders the list, with its type. Returns `None` if a value is too long.
    pub(crate) fn render(&self, budget: &Budget) -> Result<Option<Vec<u8>>> {
        // A header of eight bytes, and one byte of padding.
        let length: usize = self.fields.iter().map(|field| field.value.len() + 9).sum();
        let mut bytes = Vec::new();
        budget.reserve(&mut bytes, length + 4 + self.rest.len())?;
        bytes.extend(b"INFO");
        for field in &self.fields {
            bytes.extend(field.id);
            let Ok(size) = u32::try_from(field.value.len()) else { return Ok(None) };
            bytes.extend(size.to_le_bytes());
            bytes.extend(&field.value);
            if !field.value.len().is_multiple_of(2) {
                bytes.push(0);
            }
        }
        bytes.extend(&self.rest);
        Ok(Some(bytes))
    }
}

/// Returns the field with the number of a track as text: TagLib's C interface writes an integer,
/// which loses "3/12" and "03". Returns `None` for a number that TagLib does not know, and which
/// the edit removes.
fn as_asked(mut field: InfoField, requested: &Requested) -> Option<InfoField> {
    let asked = requested.values_of("TRACKNUMBER").unwrap_or_default();
    match (&field.id, asked) {
        (b"IPRT" | b"ITRK", [text]) if text.is_ascii() => {
            field.value = [text.as_bytes(), b"\0"].concat();
        }
        (b"ITRK", _) => return None,
        _ => {}
    }
    Some(field)
}

/// Returns whether an `INFO` list can hold the requested changes so that other readers understand
/// them. The encoding of the list is unknown, so only ASCII is safe.
pub(super) fn suffices(requested: &Requested) -> bool {
    let holds = |(key, values): &(String, Vec<String>)| {
        PROPERTIES.iter().any(|(_, known)| known == key)
            && values.len() <= 1
            && values.iter().all(|value| value.is_ascii())
    };
    requested.frames.is_empty() && requested.properties.iter().all(holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;

    fn field(id: &[u8; 4], value: &[u8]) -> InfoField {
        InfoField { id: *id, value: value.to_vec() }
    }

    fn requested(properties: &[(&str, &[&str])]) -> Requested {
        let properties = properties.iter().map(|(key, values)| {
            ((*key).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
        });
        Requested { properties: properties.collect(), ..Requested::default() }
    }

    #[test]
    fn a_list_that_is_rendered_reads_as_itself() {
        let list = InfoList {
            fields: vec![field(b"INAM", b"odd"), field(b"ISRF", b""), field(b"IART", b"four")],
            rest: b"junk".to_vec(),
        };
        let budget = unlinked::budget();
        let bytes = list.render(&budget).unwrap().unwrap();
        let read = InfoList::read(&mut Cursor::over(&bytes, &budget), 4..bytes.len() as u64);
        assert_eq!(read.unwrap(), Some(list));
    }

    #[test]
    fn only_the_fields_that_were_asked_for_change() {
        let list = InfoList {
            fields: vec![
                field(b"ICMT", b"mine"),
                field(b"INAM", b"old\0"),
                field(b"IPRT", b"2\0"),
                field(b"ISRF", b"tape"),
            ],
            rest: Vec::new(),
        };
        let asked = requested(&[("TITLE", &["new"]), ("TRACKNUMBER", &["03/12"]), ("GENRE", &[])]);
        let mut edited =
            vec![field(b"IART", b"from ID3"), field(b"INAM", b"new\0"), field(b"IPRT", b"3\0")];
        let merged = list.clone().merged(&mut edited, &asked);
        let expected = [
            field(b"ICMT", b"mine"),
            field(b"INAM", b"new\0"),
            field(b"IPRT", b"03/12\0"),
            field(b"ISRF", b"tape"),
        ];
        assert_eq!(merged.fields, expected);
        // A value that was taken is not added to a second list.
        assert_eq!(
            list.merged(&mut edited, &asked).fields,
            [&expected[0], &expected[3]].map(Clone::clone)
        );
    }

    #[test]
    fn a_list_suffices_for_short_plain_text_only() {
        assert!(suffices(&requested(&[("TITLE", &["new"]), ("COMMENT", &[])])));
        assert!(!suffices(&requested(&[("TITLE", &["é"])])));
        assert!(!suffices(&requested(&[("ARTIST", &["one", "two"])])));
        assert!(!suffices(&requested(&[("ALBUMARTIST", &["one"])])));
    }
}
