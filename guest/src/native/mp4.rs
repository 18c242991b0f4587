//! The atoms of an MP4 file.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::utf_8_or_latin_1;
use crate::containers::Cursor;
use crate::containers::mp4::{Atom, Atoms, is_container};
use crate::error::Result;
use crate::restore::{MP4_UTF8, MP4_VALUE_HEADER, Mp4Item, mp4_atom_name};
use crate::sha256;

const ATOM: &str = "MP4 atom";
const ITEM: &str = "MP4 item";

/// The path of the items.
const ITEMS: &str = "moov/udta/meta/ilst";

/// The types of values (QuickTime File Format Specification, "Well-Known Types").
const JPEG: u32 = 13;
const PNG: u32 = 14;
const SIGNED: u32 = 21;
const UNSIGNED: u32 = 22;
const BMP: u32 = 27;

/// The items whose values are text or numbers even if their type is zero, which leaves it to the
/// reader.
const TEXT_ITEMS: [&[u8; 4]; 2] = [b"purl", b"egid"];
const NUMBER_ITEMS: [&[u8; 4]; 18] = [
    b"gnre", b"tmpo", b"cpil", b"pgap", b"pcst", b"rtng", b"stik", b"hdvd", b"shwm", b"tves",
    b"tvsn", b"cnID", b"plID", b"atID", b"geID", b"sfID", b"cmID", b"akID",
];
const UNTYPED: u32 = 0;

/// Adds the atoms of a file.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let file = Atoms::within(0..cursor.size());
    list.within("MP4", |list| add_atoms(cursor, file, "", list))
}

fn add_atoms(
    cursor: &mut Cursor<'_>,
    mut walk: Atoms,
    path: &str,
    list: &mut List<'_>,
) -> Result<()> {
    while let Some(atom) = walk.next(cursor)? {
        let inner = match path {
            "" => mp4_atom_name(&atom.name),
            path => format!("{path}/{}", mp4_atom_name(&atom.name)),
        };
        let size = atom.body.end - atom.body.start;
        match &atom.name {
            _ if path == ITEMS => add_item(cursor, atom, list)?,
            b"free" | b"skip" | b"wide" => {
                list.add(NativeElement::new(ATOM, inner, size, NativeValue::Padding))?;
            }
            b"mdat" if path.is_empty() => {
                list.add(NativeElement::new(ATOM, inner, size, NativeValue::Audio))?;
            }
            name if is_container(path, name) => {
                let children = atom.children(cursor)?;
                add_atoms(cursor, children, &inner, list)?;
            }
            _ => list.add_range(ATOM, inner, atom.body, cursor)?,
        }
    }
    list.add_rest(ATOM, walk.rest(), cursor)
}

/// Adds an item: its texts and numbers together, and each picture or other value by itself.
fn add_item(cursor: &mut Cursor<'_>, atom: Atom, list: &mut List<'_>) -> Result<()> {
    let item = Mp4Item::read(cursor, atom)?;
    let id = item.key();
    let size = item.atom.body.end - item.atom.body.start;
    let mut values = item.atom.children(cursor)?;
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    let mut encoding = None;
    let mut has_values = false;
    while let Some(value) = values.next(cursor)? {
        if value.name != *b"data" {
            continue;
        }
        has_values = true;
        let content = value.body.start.saturating_add(MP4_VALUE_HEADER)..value.body.end;
        let Some(kind) = cursor.array(value.body.start)?.map(u32::from_be_bytes) else { continue };
        let length = content.end.saturating_sub(content.start);
        let is_text = kind == UNTYPED && TEXT_ITEMS.contains(&&item.atom.name);
        if kind == MP4_UTF8 || is_text {
            let bytes = cursor.bytes(content)?.unwrap_or_default();
            let (text, found) = utf_8_or_latin_1(&bytes);
            encoding = Some(found);
            cursor.budget().push(&mut texts, text)?;
        } else if let Some(number) = number_of(cursor, &item.atom.name, kind, content.clone())? {
            cursor.budget().push(&mut numbers, number)?;
        } else {
            let Some(sha256) = sha256::of_range(cursor, content)? else { continue };
            let element =
                NativeElement::new(ITEM, id.clone(), length, NativeValue::Bytes { sha256 });
            let mime_type = mime_type_of(kind).map(str::to_owned);
            list.add(NativeElement { mime_type, ..element })?;
        }
    }
    if !texts.is_empty() {
        let element = NativeElement::new(ITEM, id.clone(), size, NativeValue::Texts(texts));
        list.add(NativeElement { encoding, ..element })?;
    }
    if !numbers.is_empty() {
        list.add(NativeElement::new(ITEM, id.clone(), size, NativeValue::Numbers(numbers)))?;
    }
    if has_values { Ok(()) } else { list.add_range(ITEM, id, item.atom.body, cursor) }
}

/// Returns a number, or the two numbers of a track or disc, or `None` if the value is none.
fn number_of(
    cursor: &mut Cursor<'_>,
    name: &[u8; 4],
    kind: u32,
    content: std::ops::Range<u64>,
) -> Result<Option<String>> {
    let length = content.end.saturating_sub(content.start);
    if kind == UNTYPED && matches!(name, b"trkn" | b"disk") {
        let Some([_, _, a, b, c, d]) = cursor.array::<6>(content.start)?.filter(|_| length >= 6)
        else {
            return Ok(None);
        };
        let [number, total] = [[a, b], [c, d]].map(u16::from_be_bytes);
        return Ok(Some(format!("{number}/{total}")));
    }
    let is_number =
        matches!(kind, SIGNED | UNSIGNED) || kind == UNTYPED && NUMBER_ITEMS.contains(&name);
    if !is_number || !(1..=8).contains(&length) {
        return Ok(None);
    }
    let Some(bytes) = cursor.bytes(content)? else { return Ok(None) };
    let is_negative = kind == SIGNED && bytes[0] & 0x80 != 0;
    let start = if is_negative { -1 } else { 0 };
    let number = bytes.iter().fold(start, |number: i64, byte| number << 8 | i64::from(*byte));
    // Eight bytes without a sign may be more than `i64` holds.
    Ok(Some(if kind == SIGNED { number.to_string() } else { (number as u64).to_string() }))
}

fn mime_type_of(kind: u32) -> Option<&'static str> {
    match kind {
        JPEG => Some("image/jpeg"),
        PNG => Some("image/png"),
        BMP => Some("image/bmp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes(), &name[..], body].concat()
    }

    fn data(kind: u32, content: &[u8]) -> Vec<u8> {
        atom(b"data", &[&kind.to_be_bytes()[..], &[0; 4], content].concat())
    }

    #[test]
    fn items_are_shown_by_their_types() {
        let free_form = [
            atom(b"mean", b"\0\0\0\0com.apple.iTunes"),
            atom(b"name", b"\0\0\0\0MOOD"),
            data(1, b"calm"),
            data(1, b"dark"),
        ];
        let items = [
            atom(b"\xA9nam", &data(1, "é".as_bytes())),
            atom(b"trkn", &data(0, &[0, 0, 0, 3, 0, 12, 0, 0])),
            atom(b"tmpo", &data(21, &[0, 120])),
            atom(b"rtng", &data(21, &[0xFF])),
            atom(b"covr", &[data(13, b"jpeg"), data(14, b"png")].concat()),
            atom(b"----", &free_form.concat()),
            atom(b"odd ", b""),
        ];
        let list = atom(b"ilst", &items.concat());
        let meta = atom(b"meta", &[&[0; 4], &atom(b"hdlr", &[0; 25])[..], &list].concat());
        let moov = atom(b"moov", &[atom(b"mvhd", &[0; 100]), atom(b"udta", &meta)].concat());
        let parts = [atom(b"ftyp", b"M4A "), moov, atom(b"free", &[0; 8]), atom(b"mdat", b"x")];
        let expected = [
            "MP4 ftyp: 4 bytes",
            "MP4 moov/mvhd: 100 bytes",
            "MP4 moov/udta/meta/hdlr: 25 bytes",
            "MP4 ©nam = é",
            "MP4 trkn = 3/12",
            "MP4 tmpo = 120",
            "MP4 rtng = -1",
            "MP4 covr: 4 bytes",
            "MP4 covr: 3 bytes",
            "MP4 ----:com.apple.iTunes:MOOD = calm / dark",
            "MP4 odd : 0 bytes",
            "MP4 free: padding",
            "MP4 mdat: audio",
        ];
        assert_eq!(lines(&parts.concat()), expected);
    }
}
