//! Finds the texts that a file stores as Latin-1.
//!
//! ID3v1, ID3v2 frames with encoding 0 and RIFF INFO state Latin-1, or no encoding. Programs of
//! the time wrote the encoding of the system into them: GBK, Shift-JIS, windows-1251. Only the
//! caller can know which one, so it gets these texts beside the tags.

use super::element::{NativeElement, NativeValue};
use super::text::LATIN_1;
use crate::containers::Cursor;
use crate::error::Result;
use crate::tags::{Latin1Text, Tags};
use std::collections::HashSet;

/// Returns the texts of a file that are stored as Latin-1 and not only ASCII, if `tags` may have
/// one of them. A text that the file also has in Unicode is left out: it is certain.
///
/// # Errors
/// As [`super::read_native`].
pub(crate) fn latin_1_texts(
    cursor: &mut Cursor<'_>,
    tags: &Tags,
    file_type: &str,
) -> Result<Vec<Latin1Text>> {
    // TagLib takes the fields of RIFF INFO for UTF-8, and returns no text if they are not.
    if file_type != "WAV" && !tags.texts().any(may_be_latin_1) {
        return Ok(Vec::new());
    }
    let budget = cursor.budget().clone();
    let elements: Vec<NativeElement> = super::list_of(cursor)?.with_inner().collect();
    let certain: HashSet<&str> =
        elements.iter().filter(|element| !is_latin_1(element)).flat_map(texts_of).collect();
    let mut found = Vec::new();
    for element in elements.iter().filter(|element| is_latin_1(element)) {
        for text in texts_of(element) {
            if !text.is_ascii() && !certain.contains(text) {
                let NativeElement { tag, id, .. } = element;
                budget.charge(text.len() + id.len())?;
                let text = Latin1Text { tag, id: id.clone(), text: text.to_owned() };
                budget.push(&mut found, text)?;
            }
        }
    }
    Ok(found)
}

/// Returns whether a text could have been decoded from Latin-1 and is not ASCII.
fn may_be_latin_1(text: &str) -> bool {
    !text.is_ascii() && text.chars().all(|character| u32::from(character) < 0x100)
}

fn is_latin_1(element: &NativeElement) -> bool {
    element.encoding == Some(LATIN_1)
}

fn texts_of(element: &NativeElement) -> impl Iterator<Item = &str> {
    let texts: &[String] = match &element.value {
        NativeValue::Texts(texts) => texts,
        _ => &[],
    };
    texts.iter().chain(&element.description).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Field;

    /// An ID3v2.3 tag with text frames: identifier, encoding and bytes.
    fn id3v2(frames: &[(&[u8; 4], u8, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (id, encoding, text) in frames {
            body.extend_from_slice(*id);
            body.extend_from_slice(&(text.len() as u32 + 1).to_be_bytes());
            body.extend_from_slice(&[0, 0, *encoding]);
            body.extend_from_slice(text);
        }
        let size = [0, 0, (body.len() >> 7) as u8, body.len() as u8 & 0x7F];
        [b"ID3\x03\0\0", &size[..], &body].concat()
    }

    fn found(file: &[u8], title: &str) -> Vec<String> {
        let budget = unlinked::budget();
        let field = Field::Texts(vec![title.to_owned()]);
        let tags = Tags { fields: vec![("title".to_owned(), field)], ..Tags::default() };
        let texts = latin_1_texts(&mut Cursor::over(file, &budget), &tags, "MP3").unwrap();
        texts.into_iter().map(|Latin1Text { tag, id, text }| format!("{tag} {id} {text}")).collect()
    }

    #[test]
    fn a_text_that_is_not_ascii_is_found_with_its_place() {
        let file = id3v2(&[(b"TIT2", 0, b"\xC6\xDF"), (b"TALB", 0, b"Album")]);
        assert_eq!(found(&file, "\u{C6}\u{DF}"), ["ID3v2.3 TIT2 \u{C6}\u{DF}"]);
    }

    #[test]
    fn a_text_that_the_file_has_in_unicode_too_is_certain() {
        let file = id3v2(&[(b"TIT2", 0, b"\xE9"), (b"TPE1", 1, b"\xFF\xFE\xE9\0")]);
        assert_eq!(found(&file, "\u{E9}"), [""; 0]);
    }

    #[test]
    fn a_file_whose_tags_have_no_such_text_is_not_searched() {
        let file = id3v2(&[(b"TIT2", 0, b"\xC6\xDF")]);
        assert_eq!(found(&file, "Title"), [""; 0]);
        assert_eq!(found(&file, "\u{4E03}\u{C6}"), [""; 0]);
    }
}
