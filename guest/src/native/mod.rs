//! Lists what a file consists of, as it is stored.
//!
//! TagLib's view of a file hides much of its content. The native view shows every frame, atom,
//! comment, chunk and block, in the order of the file, read by the readers in `containers`. It
//! does not use TagLib. There is one file for each container.

mod ape_tag;
mod asf;
mod chapter_titles;
mod element;
mod flac;
mod id3v1;
mod id3v2;
mod id3v2_frame;
mod iff;
mod latin_1;
mod list;
mod matroska;
mod mp4;
mod ogg;
mod stream;
mod synced_texts;
mod text;
mod vorbis_comment;

use crate::containers::{Container, Cursor};
use crate::error::Result;
use crate::file::ReadAhead;
use crate::limits::Budget;
use crate::source::Source;
use list::List;
use std::sync::Arc;

pub use element::{NativeElement, NativeValue};
pub(crate) use latin_1::latin_1_texts;
pub use synced_texts::{SyncedLine, SyncedTexts};

/// Returns the elements that a file consists of, in their order. A file of an unknown format has
/// none.
///
/// # Errors
/// [`crate::ErrorKind::FileOperation`] if the path can't be opened or read,
/// [`crate::ErrorKind::ResourceLimit`] if the budget is used up, or if the texts are larger than
/// an answer may be.
pub fn read_native(source: &Source, budget: &Budget) -> Result<Vec<NativeElement>> {
    budget.check()?;
    match source {
        Source::Path { preopens, path } => {
            let opened = preopens.resolve(path)?.open()?;
            let mut file = ReadAhead::new(opened.file, opened.size, budget);
            elements_of(&mut Cursor::new(&mut file, budget))
        }
        Source::Bytes(bytes) => elements_of(&mut Cursor::over(bytes, budget)),
        Source::Partial(partial) => {
            budget.charge(partial.known())?;
            let mut file = ReadAhead::new(Arc::clone(partial), partial.size(), budget);
            source.checked(elements_of(&mut Cursor::new(&mut file, budget)))
        }
    }
}

fn elements_of(cursor: &mut Cursor<'_>) -> Result<Vec<NativeElement>> {
    Ok(list_of(cursor)?.into_elements())
}

fn list_of<'a>(cursor: &mut Cursor<'a>) -> Result<List<'a>> {
    let mut list = List::new(cursor.budget());
    match Container::of(cursor)? {
        Container::Ogg => ogg::read(cursor, &mut list)?,
        Container::Stream => stream::read(cursor, &mut list)?,
        Container::Mp4 => mp4::read(cursor, &mut list)?,
        Container::Asf => asf::read(cursor, &mut list)?,
        Container::Matroska => matroska::read(cursor, &mut list)?,
        Container::Iff(_) => iff::read(cursor, &mut list)?,
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use std::fs;
    use std::path::Path;

    /// Returns the elements of a file as lines of text.
    pub(super) fn lines(bytes: &[u8]) -> Vec<String> {
        let budget = unlinked::budget();
        let elements = elements_of(&mut Cursor::over(bytes, &budget)).unwrap();
        elements.iter().map(line).collect()
    }

    fn line(element: &NativeElement) -> String {
        let NativeElement { tag, id, value, .. } = element;
        let described = [&element.language, &element.description].into_iter().flatten();
        let described: String = described.map(|text| format!(" [{text}]")).collect();
        match value {
            NativeValue::Texts(texts) | NativeValue::Numbers(texts) => {
                format!("{tag} {id}{described} = {}", texts.join(" / "))
            }
            NativeValue::Bytes { .. } => format!("{tag} {id}{described}: {} bytes", element.size),
            NativeValue::Audio => format!("{tag} {id}: audio"),
            NativeValue::Padding => format!("{tag} {id}: padding"),
        }
    }

    fn fixture(name: &str) -> Vec<u8> {
        let fixtures = "../__test__/fixtures/audio";
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(fixtures).join(name)).unwrap()
    }

    #[test]
    fn each_container_shows_its_tags() {
        for (name, expected) in [
            ("id3v24.mp3", "ID3v2.4 TIT2 = "),
            ("id3.aiff", "ID3v2.4 TIT2 = "),
            ("info.wav", "INFO INAM = "),
            ("tagged.wma", "ASF WM/AlbumTitle = "),
            ("tagged.mka", "Matroska ARTIST"),
        ] {
            let lines = lines(&fixture(name));
            assert!(lines.iter().any(|line| line.starts_with(expected)), "{name}: {lines:#?}");
        }
    }

    #[test]
    fn a_file_of_no_known_format_has_no_elements() {
        assert!(lines(b"").is_empty());
        assert!(lines(&[0; 5000]).is_empty());
    }
}
