//! Restores the APE tag at the end of a file: the tag of Monkey's Audio, WavPack and Musepack, or
//! one in addition to the ID3v2 tag of an MP3.

use super::copy::EditedCopy;
use super::merge::{self, Value};
use super::numbers::{completed, is_number};
use crate::containers::ape_tag::{self, Tag};
use crate::containers::{Cursor, id3v1, id3v2};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Requested, TagPart};

/// TagLib's keys of properties and the keys of APE tags, where the two differ.
const KEYS: [(&str, &str); 7] = [
    ("TRACKNUMBER", "TRACK"),
    ("DATE", "YEAR"),
    ("ALBUMARTIST", "ALBUM ARTIST"),
    ("DISCNUMBER", "DISC"),
    ("REMIXER", "MIXARTIST"),
    ("RELEASESTATUS", "MUSICBRAINZ_ALBUMSTATUS"),
    ("RELEASETYPE", "MUSICBRAINZ_ALBUMTYPE"),
];

/// The first bytes of streams whose own tag is an APE tag: Monkey's Audio, WavPack, Musepack.
const STREAMS: [&[u8]; 4] = [b"MAC ", b"wvpk", b"MPCK", b"MP+"];

/// The version that has headers, and text in UTF-8.
const VERSION: u32 = 2000;

/// Flags in the header of a tag.
const HAS_HEADER: u32 = 1 << 31;
const IS_HEADER: u32 = 1 << 29;

/// Returns the part that an item belongs to, by its key in upper case.
pub(crate) fn tag_part(key: &str) -> TagPart {
    match key {
        "LYRICS" => TagPart::Lyrics,
        "RATING" => TagPart::Rating,
        _ if key.starts_with("COVER ART ") => TagPart::Picture,
        _ => {
            let known = KEYS.iter().find(|(_, ape)| *ape == key);
            TagPart::Property(known.map_or(key, |(property, _)| property).to_owned())
        }
    }
}

/// Returns the tag at the end of a file, or before its ID3v1 tag.
pub(crate) fn tag_of(cursor: &mut Cursor<'_>) -> Result<Option<Tag>> {
    let size = cursor.size();
    let end = id3v1::ending_at(cursor, size)?.map_or(size, |tag| tag.start);
    Tag::ending_at(cursor, end)
}

/// Restores the items. TagLib sorts them, and writes their keys in capitals.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let budget = copy.budget();
    let Some(before) = Items::read(original)? else { return Ok(()) };
    let Some(after) = copy.read(Items::read)? else { return Ok(()) };
    let is_own = is_own_tag(original)?;
    let edited = as_asked(after.list, &before.list, is_own, requested, budget)?;
    let is_new = |item: &&Item| requested.contains(&item.tag_part);
    let needs_utf8 = edited.iter().filter(is_new).any(|item| !item.value.is_ascii());
    let mut merged = before;
    if merged.version < VERSION && needs_utf8 {
        (merged.version, merged.flags) = (VERSION, HAS_HEADER);
    }
    merged.list = merge::merged(merged.list, edited, requested, budget)?;
    let Some(tag) = merged.render(budget)? else { return Ok(()) };
    copy.replace(after.place, &tag)
}

/// Returns whether the APE tag is the stream's own, so that properties are stored there first.
fn is_own_tag(cursor: &mut Cursor<'_>) -> Result<bool> {
    let mut at = 0;
    while let Some(tag) = id3v2::Tag::read(cursor, at)? {
        at = tag.range.end;
    }
    let start = cursor.array::<4>(at)?.unwrap_or_default();
    Ok(STREAMS.iter().any(|magic| start.starts_with(magic)))
}

/// An item as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    tag_part: TagPart,
    flags: u32,
    key: Vec<u8>,
    value: Vec<u8>,
}

impl Value for Item {
    fn tag_part(&self) -> &TagPart {
        &self.tag_part
    }

    fn is_same(&self, other: &Self) -> bool {
        self.value == other.value && self.flags == other.flags
    }
}

/// The items of a tag.
struct Items {
    version: u32,
    flags: u32,
    list: Vec<Item>,
    /// The bytes after a malformed item, and the number of items that should be there.
    rest: Vec<u8>,
    rest_count: u32,
    /// The range of the tag, or an empty one where it would be.
    place: std::ops::Range<u64>,
}

impl Items {
    /// Reads the items of a file's tag. Returns `None` if the file ends within it.
    fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let size = cursor.size();
        let Some(tag) = tag_of(cursor)? else {
            let end = id3v1::ending_at(cursor, size)?.map_or(size, |tag| tag.start);
            // The tag claims to be longer than the file.
            if ape_tag::has_footer_at(cursor, end)? {
                return Ok(None);
            }
            let (list, rest) = (Vec::new(), Vec::new());
            return Ok(Some(Self {
                version: VERSION,
                flags: HAS_HEADER,
                list,
                rest,
                rest_count: 0,
                place: end..end,
            }));
        };
        let mut items = tag.items();
        let mut list = Vec::new();
        while let Some(item) = items.next(cursor)? {
            let Some(key) = cursor.bytes(item.key)? else { return Ok(None) };
            let Some(value) = cursor.bytes(item.value)? else { return Ok(None) };
            let tag_part = tag_part(&String::from_utf8_lossy(&key).to_uppercase());
            let item = Item { tag_part, flags: item.flags, key, value };
            cursor.budget().push(&mut list, item)?;
        }
        let Some(rest) = cursor.bytes(items.rest())? else { return Ok(None) };
        let rest_count = tag.item_count.saturating_sub(list.len() as u32);
        let (version, flags) = (tag.version, tag.flags & !IS_HEADER);
        Ok(Some(Self { version, flags, list, rest, rest_count, place: tag.range }))
    }

    /// Renders the tag. The result is empty if there are no items. Returns `None` if the tag
    /// exceeds what its length fields can hold.
    fn render(&self, budget: &Budget) -> Result<Option<Vec<u8>>> {
        /// The length of an item's fields and of the zero after its key, in bytes.
        const NUMBERS: usize = 9;
        let length = |item: &Item| NUMBERS + item.key.len() + item.value.len();
        let length = self.list.iter().map(length).sum::<usize>() + self.rest.len();
        let mut tag = Vec::new();
        if length == 0 {
            return Ok(Some(tag));
        }
        let Ok(size) = u32::try_from(length + ape_tag::HEADER as usize) else { return Ok(None) };
        budget.reserve(&mut tag, size as usize + ape_tag::HEADER as usize)?;
        if self.flags & HAS_HEADER != 0 {
            self.write_numbers(size, self.flags | IS_HEADER, &mut tag);
        }
        for item in &self.list {
            tag.extend((item.value.len() as u32).to_le_bytes());
            tag.extend(item.flags.to_le_bytes());
            tag.extend(&item.key);
            tag.push(0);
            tag.extend(&item.value);
        }
        tag.extend(&self.rest);
        self.write_numbers(size, self.flags, &mut tag);
        Ok(Some(tag))
    }

    fn write_numbers(&self, size: u32, flags: u32, tag: &mut Vec<u8>) {
        let count = (self.list.len() as u32).saturating_add(self.rest_count);
        tag.extend(ape_tag::MAGIC);
        for number in [self.version, size, count, flags] {
            tag.extend(number.to_le_bytes());
        }
        tag.extend([0; 8]);
    }
}

/// Returns the edited items with their original keys. If TagLib has written a number or nothing
/// instead of the requested text, the text is put in: TagLib's C interface drops keys in lower
/// case.
fn as_asked(
    mut edited: Vec<Item>,
    original: &[Item],
    is_own: bool,
    requested: &Requested,
    budget: &Budget,
) -> Result<Vec<Item>> {
    let has = |items: &[Item], tag_part| items.iter().any(|item| item.tag_part == tag_part);
    for (property, values) in &requested.properties {
        let known = KEYS.iter().find(|(name, _)| name == property);
        let key = known.map_or(&property[..], |(_, key)| key);
        let tag_part = tag_part(key);
        let mut stored = original.iter().filter(|item| item.tag_part == tag_part);
        let text = match (stored.next(), stored.next()) {
            (Some(only), None) => {
                completed(property, &String::from_utf8_lossy(&only.value), requested)
            }
            _ => None,
        };
        let is_number = is_number(property) || text.is_some();
        let is_written = has(&edited, tag_part.clone());
        // In addition to an ID3v2 tag, only properties that the APE tag already has are updated.
        let is_expected = is_own || is_number && (is_written || has(original, tag_part.clone()));
        if !is_valid(key) || !is_expected || is_written && !is_number {
            continue;
        }
        edited.retain(|item| item.tag_part != tag_part);
        let values = text.as_ref().map_or(&values[..], std::slice::from_ref);
        let texts = values.iter().map(|value| &value[..]).filter(|value| !value.is_empty());
        let value = texts.collect::<Vec<_>>().join("\0").into_bytes();
        if !value.is_empty() {
            budget.charge(key.len() + value.len())?;
            let item = Item { tag_part, flags: 0, key: key.as_bytes().to_vec(), value };
            budget.push(&mut edited, item)?;
        }
    }
    for item in &mut edited {
        let is_same_key = |known: &&Item| known.key.eq_ignore_ascii_case(&item.key);
        let is_property = matches!(item.tag_part, TagPart::Property(_));
        let is_same_tag_part = |known: &&Item| is_property && known.tag_part == item.tag_part;
        let known = original.iter().find(is_same_key);
        // Some programs write TagLib's key of the property instead.
        if let Some(known) = known.or_else(|| original.iter().find(is_same_tag_part)) {
            item.key.clone_from(&known.key);
        }
    }
    Ok(edited)
}

/// Returns whether the format allows a key (wiki.hydrogenaud.io: "APE key").
fn is_valid(key: &str) -> bool {
    const FORBIDDEN: [&str; 4] = ["ID3", "TAG", "OGGS", "MP+"];
    (2..=255).contains(&key.len())
        && key.bytes().all(|byte| matches!(byte, 0x20..=0x7E))
        && !FORBIDDEN.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{ChangedRanges, DiskFile, unlinked};

    fn item(key: &str, flags: u32, value: &str) -> Vec<u8> {
        let length = (value.len() as u32).to_le_bytes();
        [&length, &flags.to_le_bytes(), key.as_bytes(), &[0], value.as_bytes()].concat()
    }

    fn tag(items: &[Vec<u8>], version: u32, flags: u32) -> Vec<u8> {
        let all = items.concat();
        let numbers = |flags: u32| {
            let numbers = [version, all.len() as u32 + 32, items.len() as u32, flags];
            [ape_tag::MAGIC, &numbers.map(u32::to_le_bytes).concat()[..], &[0; 8]].concat()
        };
        let header = if flags & HAS_HEADER == 0 { vec![] } else { numbers(flags | IS_HEADER) };
        [header, all.clone(), numbers(flags)].concat()
    }

    fn id3v1() -> Vec<u8> {
        [&b"TAG"[..], &[7; 125]].concat()
    }

    fn asking(key: &str, values: &[&str]) -> Requested {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Requested { properties: vec![(key.to_owned(), values)], ..Requested::default() }
    }

    /// Returns the copy after the restoration.
    fn restored(original: &[u8], edited: &[u8], requested: &Requested) -> Vec<u8> {
        let budget = unlinked::budget();
        let file = DiskFile::from(unlinked::file(edited));
        let mut changed = ChangedRanges::default();
        let mut copy = EditedCopy::new(&file, edited.len() as u64, &mut changed, &budget);
        restore(&mut Cursor::over(original, &budget), &mut copy, requested).unwrap();
        copy.read(|cursor| cursor.bytes(0..cursor.size())).unwrap().unwrap()
    }

    fn file(stream: &str, tag: &[u8]) -> Vec<u8> {
        [stream.as_bytes(), tag, &id3v1()].concat()
    }

    #[test]
    fn a_change_of_the_title_keeps_the_order_and_keys_of_the_items() {
        let items = [
            item("Year", 0, "1999"),
            item("Title", 1, "old"),
            item("x", 0, "a key that is too short"),
            item("Track", 0, "03/12"),
            item("Cover Art (Front)", 2, "name\0jpeg"),
            item("Title", 0, "another"),
        ];
        let edited = [item("TITLE", 0, "new"), item("TRACK", 0, "3"), item("YEAR", 0, "1999")];
        let asked = asking("TITLE", &["new"]);
        for flags in [0, HAS_HEADER] {
            let original = file("wvpk", &tag(&items, 2000, flags));
            let edited = file("wvpk", &tag(&edited, 2000, HAS_HEADER));
            let mut expected = items[..5].to_vec();
            expected[1] = item("Title", 0, "new");
            let expected = file("wvpk", &tag(&expected, 2000, flags));
            assert_eq!(restored(&original, &edited, &asked), expected);
            assert_eq!(restored(&original, &edited, &Requested::default()), original);
        }
    }

    #[test]
    fn numbers_are_written_as_they_were_asked_for() {
        let original = file("MAC ", &tag(&[item("Track", 0, "1")], 2000, HAS_HEADER));
        for (asked, edited) in [("3/12", item("TRACK", 0, "3")), ("A5", item("ALBUM", 0, "x"))] {
            let edited = file("MAC ", &tag(&[edited], 2000, HAS_HEADER));
            let expected = file("MAC ", &tag(&[item("Track", 0, asked)], 2000, HAS_HEADER));
            assert_eq!(restored(&original, &edited, &asking("TRACKNUMBER", &[asked])), expected);
        }
    }

    #[test]
    fn an_item_under_the_key_of_the_property_keeps_it() {
        let original = file("wvpk", &tag(&[item("DISCNUMBER", 0, "1/2")], 2000, HAS_HEADER));
        let edited = file("wvpk", &tag(&[item("DISC", 0, "8")], 2000, HAS_HEADER));
        let expected = file("wvpk", &tag(&[item("DISCNUMBER", 0, "8/2")], 2000, HAS_HEADER));
        assert_eq!(restored(&original, &edited, &asking("DISCNUMBER", &["8"])), expected);
    }

    #[test]
    fn a_second_picture_keeps_the_key_that_tells_its_type() {
        let front = item("Cover Art (Front)", 2, "front");
        let back = item("COVER ART (BACK)", 2, "back");
        let original = file("stream", &tag(std::slice::from_ref(&front), 2000, HAS_HEADER));
        let edited = file("stream", &tag(&[front.clone(), back], 2000, HAS_HEADER));
        let requested = Requested { pictures: true, ..Requested::default() };
        let restored = restored(&original, &edited, &requested);
        let text = String::from_utf8_lossy(&restored).into_owned();
        assert!(text.contains("Cover Art (Front)") && text.contains("COVER ART (BACK)"), "{text}");
    }

    #[test]
    fn an_mp3_gets_no_ape_tag_and_no_new_items() {
        let asked = asking("TRACKNUMBER", &["3/12"]);
        let bare = file("\u{7f}mp3", b"");
        assert_eq!(restored(&bare, &bare, &asked), bare);
        let tagged = file("\u{7f}mp3", &tag(&[item("Title", 0, "t")], 2000, HAS_HEADER));
        assert_eq!(restored(&tagged, &tagged, &asked), tagged);
    }

    #[test]
    fn a_tag_that_has_lost_its_last_item_is_removed() {
        let original = file("wvpk", &tag(&[item("Title", 0, "t")], 2000, HAS_HEADER));
        let bare = file("wvpk", b"");
        assert_eq!(restored(&original, &bare, &asking("TITLE", &[])), bare);
        assert_eq!(restored(&original, &bare, &Requested::default()), original);
    }

    #[test]
    fn what_follows_a_malformed_item_is_kept() {
        let mut cut_off = item("Album", 0, "album");
        cut_off[0] = 99;
        let original =
            file("wvpk", &tag(&[item("Title", 0, "old"), cut_off.clone()], 2000, HAS_HEADER));
        let edited = file("wvpk", &tag(&[item("TITLE", 0, "new")], 2000, HAS_HEADER));
        let expected = file("wvpk", &tag(&[item("Title", 0, "new"), cut_off], 2000, HAS_HEADER));
        assert_eq!(restored(&original, &edited, &asking("TITLE", &["new"])), expected);
    }

    #[test]
    fn a_tag_of_the_first_version_stays_one_unless_it_has_to_hold_utf_8() {
        let original = file("MAC ", &tag(&[item("Title", 0, "old")], 1000, 0));
        let edited = file("MAC ", &tag(&[item("TITLE", 0, "é")], 2000, HAS_HEADER));
        let expected = file("MAC ", &tag(&[item("Title", 0, "é")], 2000, HAS_HEADER));
        assert_eq!(restored(&original, &edited, &asking("TITLE", &["é"])), expected);
        let edited = file("MAC ", &tag(&[item("TITLE", 0, "new")], 2000, HAS_HEADER));
        let expected = file("MAC ", &tag(&[item("Title", 0, "new")], 1000, 0));
        assert_eq!(restored(&original, &edited, &asking("TITLE", &["new"])), expected);
    }
}
