//! The headers of the streams in an Ogg file.

use super::{Inventory, vorbis_comment};
use crate::containers::ogg::{self, Pages};
use crate::containers::ogg_headers::{Header, each_header};
use crate::containers::{Cursor, flac};
use crate::error::Result;
use crate::tags::TagPart;
use std::collections::HashSet;

const KIND: &str = "Ogg header";

/// Adds the headers of each logical stream, wherever it begins, and the pages that belong to no
/// stream. TagLib does not look at serial numbers, so it may find the comments in such a page.
pub(super) fn take(cursor: &mut Cursor<'_>, inventory: &mut Inventory) -> Result<()> {
    let mut streams = HashSet::new();
    let mut pages = Pages::within(0..cursor.size());
    while let Some(page) = pages.next(cursor)? {
        if page.flags() & ogg::FIRST != 0 {
            cursor.budget().charge(2 * size_of::<u32>())?;
            streams.insert(page.serial());
            each_header(cursor, page, |cursor, header, packet| {
                take_header(cursor, header, packet, inventory)
            })?;
        } else if !streams.contains(&page.serial())
            && let Some(body) = cursor.bytes(page.body())?
        {
            add(cursor, "page of no stream", &body, inventory)?;
            cursor.budget().release(body.len());
        }
    }
    Ok(())
}

fn take_header(
    cursor: &Cursor<'_>,
    header: Header,
    packet: &[u8],
    inventory: &mut Inventory,
) -> Result<()> {
    let key = match header {
        Header::Comments(at) => {
            return vorbis_comment::take(packet, at, inventory, cursor.budget());
        }
        // Padding does not count as content.
        Header::Block if packet.first().is_some_and(|kind| kind & !flac::LAST == flac::PADDING) => {
            return Ok(());
        }
        Header::Block => "metadata block",
        Header::Identification => "identification",
        Header::NoComments => "comments",
        Header::Setup => "setup",
    };
    add(cursor, key, packet, inventory)
}

fn add(cursor: &Cursor<'_>, key: &str, packet: &[u8], inventory: &mut Inventory) -> Result<()> {
    let text = format!("{} bytes", packet.len());
    inventory.add(KIND, key, TagPart::Other, packet, &text, cursor.budget())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::ogg::PageFields;
    use crate::file::unlinked;
    use crate::tags::Requested;
    use std::hash::RandomState;

    /// Returns a stream with one packet on each page.
    fn stream(serial: u32, packets: &[&[u8]]) -> Vec<u8> {
        let (mut bytes, budget) = (Vec::new(), unlinked::budget());
        for (sequence, packet) in (0..).zip(packets) {
            let flags = if sequence == 0 { ogg::FIRST } else { 0 };
            let fields = PageFields { flags, granule_position: 0, serial, sequence };
            let segments: Vec<u8> = ogg::segments_of(packet.len()).collect();
            fields.write(&segments, packet, &mut bytes, &budget).unwrap();
        }
        bytes
    }

    fn comments(magic: &str, comment: &str) -> Vec<u8> {
        let length = [comment.len() as u8, 0, 0, 0];
        [magic.as_bytes(), &[0, 0, 0, 0, 1, 0, 0, 0], &length, comment.as_bytes()].concat()
    }

    fn lost(before: &[u8], after: &[u8]) -> Vec<String> {
        let keys = RandomState::new();
        let [before, after] = [before, after].map(|bytes| {
            let budget = unlinked::budget();
            let mut inventory = Inventory::new(&keys);
            take(&mut Cursor::over(bytes, &budget), &mut inventory).unwrap();
            inventory
        });
        let lost = before.lost(&after, &Requested::default()).into_iter();
        lost.map(|loss| format!("{} {}", loss.key, loss.before)).collect()
    }

    #[test]
    fn the_headers_of_every_stream_count() {
        let title = comments("\u{3}vorbis", "TITLE=a");
        let vorbis = stream(1, &[b"\x01vorbis", &title, b"\x05vorbis", b"audio"]);
        let opus = stream(2, &[b"OpusHead", &comments("OpusTags", "ARTIST=b"), b"audio"]);
        let both = [&vorbis[..], &opus].concat();
        assert_eq!(lost(&both, &vorbis), ["identification 8 bytes", "vendor ", "ARTIST b"],);
        let other = [b"\x01vorbis", &title[..], b"\x05other!", b"noise"];
        assert_eq!(lost(&vorbis, &stream(1, &other)), ["setup 7 bytes"]);
        assert!(lost(&both, &[&opus[..], &vorbis].concat()).is_empty());
    }

    #[test]
    fn pages_whose_stream_has_not_begun_count() {
        let first = stream(1, &[b"OpusHead"]);
        let page = |comment| stream(2, &[b"", &comments("OpusTags", comment)]).split_off(28);
        let [before, after] = ["A=1", "A=2"].map(|comment| [&first[..], &page(comment)].concat());
        assert_eq!(lost(&before, &after), ["page of no stream 23 bytes"]);
        assert!(lost(&before, &before).is_empty());
    }

    #[test]
    fn the_blocks_of_ogg_flac_count() {
        let first = b"\x7FFLAC\x01\0";
        let block = [&[4, 0, 0, 19][..], &comments("", "TITLE=a")].concat();
        let all = stream(1, &[first, &block, b"\x06\0\0\x03abc", b"\x81\0\0\x01x", b"audio"]);
        let less = stream(1, &[first, &block, b"\x81\0\0\x02xy", b"other"]);
        assert_eq!(lost(&all, &less), ["metadata block 7 bytes"]);
    }
}
