//! APE tags.

use super::element::{NativeElement, NativeValue};
use super::list::List;
use super::text::utf_8_or_latin_1;
use crate::containers::Cursor;
use crate::containers::ape_tag::Item;
use crate::error::Result;
use crate::restore::ape_tag_of;

const KIND: &str = "APE item";

/// The bits of an item's flags that contain its type, and the type of bytes. The others are texts
/// and links.
const TYPE: u32 = 6;
const BYTES: u32 = 2;

/// Adds the items of the tag at the end of the file.
pub(super) fn read(cursor: &mut Cursor<'_>, list: &mut List<'_>) -> Result<()> {
    let Some(tag) = ape_tag_of(cursor)? else { return Ok(()) };
    let name = if tag.version < 2000 { "APEv1" } else { "APEv2" };
    list.within(name, |list| {
        let mut items = tag.items();
        while let Some(item) = items.next(cursor)? {
            add(cursor, item, list)?;
        }
        list.add_rest("APE tag", items.rest(), cursor)
    })
}

fn add(cursor: &mut Cursor<'_>, item: Item, list: &mut List<'_>) -> Result<()> {
    let Some(key) = cursor.bytes(item.key)? else { return Ok(()) };
    let key = String::from_utf8_lossy(&key).into_owned();
    if item.flags & TYPE == BYTES {
        return list.add_range(KIND, key, item.value, cursor);
    }
    let Some(value) = cursor.bytes(item.value)? else { return Ok(()) };
    let (text, encoding) = utf_8_or_latin_1(&value);
    let texts = text.split('\0').map(str::to_owned).collect();
    let element = NativeElement::new(KIND, key, value.len() as u64, NativeValue::Texts(texts));
    cursor.budget().release(value.len());
    list.add(NativeElement { encoding: Some(encoding), ..element })
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use crate::containers::ape_tag::MAGIC;

    #[test]
    fn items_keep_the_letter_case_of_their_keys_and_their_order() {
        let item = |key: &str, flags: u32, value: &[u8]| {
            let length = (value.len() as u32).to_le_bytes();
            [&length, &flags.to_le_bytes(), key.as_bytes(), &[0], value].concat()
        };
        let items = [
            item("Title", 0, "é".as_bytes()),
            item("artist", 0, b"b\0c"),
            item("File", 4, b"http://x"),
            item("Cover Art (Front)", 2, b"a.jpg\0jpeg"),
        ];
        let all = items.concat();
        let numbers = [2000, all.len() as u32 + 32, 4, 0].map(u32::to_le_bytes).concat();
        let file = [&b"audio"[..], &all, MAGIC, &numbers, &[0; 8]].concat();
        let expected = [
            "APEv2 Title = é",
            "APEv2 artist = b / c",
            "APEv2 File = http://x",
            "APEv2 Cover Art (Front): 10 bytes",
        ];
        assert_eq!(lines(&file), expected);
    }
}
