//! Restores a tracker module (MOD, S3M, IT and XM).
//!
//! A module has no tag: its texts are in fields of a fixed length. TagLib reads the names of
//! instruments and samples as the lines of the comment, and writes all of them again at each
//! save. What follows the first NUL of a name is lost then, and IT gets an empty message.

use super::copy::{EditedCopy, Piece};
use crate::containers::Cursor;
use crate::error::Result;
use crate::tags::{Requested, TagPart};
use std::ops::Range;
use std::rc::Rc;

/// Returns where a module has its title and the name of its tracker, or `None` if files of this
/// type are no modules.
pub(super) fn fields_of(file_type: &str) -> Option<&'static [(&'static str, Range<u64>)]> {
    Some(match file_type {
        "MOD" => &[("TITLE", 0..20)],
        "S3M" => &[("TITLE", 0..28)],
        "IT" => &[("TITLE", 4..30)],
        "XM" => &[("TITLE", 17..37), ("TRACKERNAME", 38..58)],
        _ => return None,
    })
}

/// Restores everything but the requested fields. A change of the comment changes names all over
/// the file, so what TagLib has written then stays.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    fields: &[(&str, Range<u64>)],
    requested: &Requested,
) -> Result<()> {
    let asks = |key: &str| requested.contains(&TagPart::Property(key.to_owned()));
    if asks("COMMENT") {
        return Ok(());
    }
    let mut pieces = Vec::new();
    let mut end = 0;
    for (_, range) in fields.iter().filter(|(key, _)| asks(key)) {
        let Some(field) = copy.read(|cursor| cursor.bytes(range.clone()))? else { return Ok(()) };
        pieces.push(Piece::Original(end..range.start));
        pieces.push(Piece::Bytes(Rc::new(field)));
        end = range.end;
    }
    if end > original.size() {
        return Ok(());
    }
    pieces.push(Piece::Original(end..original.size()));
    copy.rewrite(original, &pieces)
}

#[cfg(test)]
mod tests {
    use super::super::tests::title;
    use super::*;
    use crate::file::{ChangedRanges, DiskFile, unlinked};
    use std::sync::{Arc, Mutex};

    fn restored(original: &[u8], edited: &[u8], file_type: &str, requested: &Requested) -> Vec<u8> {
        let content = Arc::new(Mutex::new(edited.to_vec()));
        let budget = unlinked::budget();
        let file = DiskFile::in_memory(&content, &budget);
        let mut changed = ChangedRanges::everything();
        let mut copy = EditedCopy::new(&file, edited.len() as u64, &mut changed, &budget);
        let fields = fields_of(file_type).unwrap();
        restore(&mut Cursor::over(original, &budget), &mut copy, fields, requested).unwrap();
        let content = content.lock().unwrap();
        content.clone()
    }

    #[test]
    fn a_new_title_changes_nothing_but_the_title() {
        let original: Vec<u8> = (0..200).collect();
        // The names are cleared, and a message is appended.
        let edited = vec![b'n'; 203];
        for (file_type, field) in [("MOD", 0..20), ("S3M", 0..28), ("IT", 4..30), ("XM", 17..37)] {
            let mut expected = original.clone();
            expected[field].fill(b'n');
            assert_eq!(restored(&original, &edited, file_type, &title("n")), expected);
            assert_eq!(restored(&original, &edited, file_type, &Requested::default()), original);
        }
    }

    #[test]
    fn a_new_comment_may_change_any_name() {
        let properties = vec![("COMMENT".to_owned(), vec!["n".to_owned()])];
        let requested = Requested { properties, ..Requested::default() };
        assert_eq!(restored(&[1; 99], &[2; 99], "MOD", &requested), [2; 99]);
    }
}
