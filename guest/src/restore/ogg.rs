//! Restores the comments of an Ogg stream (RFC 3533).
//!
//! TagLib repaginates the comments, and renumbers the pages after them, including those of other
//! streams. So the pages of the original are used, with the merged comments in them, and with the
//! same number of pages if possible.

use super::copy::EditedCopy;
use super::vorbis_comment;
use crate::containers::ogg::{self, NO_POSITION, Packets, Page, PageFields, Pages};
use crate::containers::{Cursor, OggCodec, flac};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::Requested;
use std::ops::Range;

/// The longest page, in bytes.
const LONGEST_PAGE: usize = ogg::HEADER + ogg::MAX_SEGMENTS + ogg::MAX_SEGMENTS * 255;

/// The longest body of a block of FLAC, in bytes.
const LONGEST_BLOCK: usize = 0xFF_FFFF;

/// Where a page has its number and its checksum.
const NUMBERS: Range<usize> = 18..26;
const SEQUENCE: Range<usize> = 18..22;

/// Restores the comments of the first stream, the only one that TagLib edits. A file of unusual
/// structure is left as it is.
pub(super) fn restore(
    original: &mut Cursor<'_>,
    copy: &mut EditedCopy<'_>,
    requested: &Requested,
) -> Result<()> {
    let budget = copy.budget();
    let Some(before) = Header::read(original)? else { return Ok(()) };
    let Some(after) = copy.read(Header::read)? else { return Ok(()) };
    let Some(merged) = before.merged(&after, requested, budget)? else { return Ok(()) };
    let Some(pages) = before.paginate(&merged, budget)? else { return Ok(()) };
    // Everything after the comments has the same length as before.
    let tail = original.size() - before.range().end;
    let start = before.range().start;
    let Some(end) = copy.size().checked_sub(tail).filter(|end| *end >= start) else {
        return Ok(());
    };
    let tail = Tail { header: &before, added: pages.added, start: end };
    let Some(numbers) = copy.read(|copy| tail.numbers(original, copy))? else { return Ok(()) };
    copy.replace(start..end, &pages.bytes)?;
    for Numbers { at, bytes } in numbers {
        let at = start + pages.bytes.len() as u64 + at;
        copy.replace(at..at + bytes.len() as u64, &bytes)?;
    }
    Ok(())
}

/// The comments of a stream, and the pages that they are on.
struct Header {
    codec: OggCodec,
    /// The position of the vendor in the packet.
    at: usize,
    packet: Vec<u8>,
    /// The pages from the one on which the packet begins to the one on which it ends.
    pages: Vec<Page>,
    /// The bytes after the packet on its last page.
    others: Vec<u8>,
}

impl Header {
    /// Reads the header of the first stream. Returns `None` if the packet does not begin a page,
    /// or if there are pages of other streams between its pages.
    fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let Some(page) = Page::read(cursor, 0)?.filter(|page| page.flags() == ogg::FIRST) else {
            return Ok(None);
        };
        let mut packets = Packets::from(page.clone(), cursor);
        let Some(_) = packets.next(cursor)? else { return Ok(None) };
        let Some(first) = packets.bytes(cursor)? else { return Ok(None) };
        let Some(codec) = OggCodec::of(&first) else { return Ok(None) };
        let Some(found) = packets.next(cursor)? else { return Ok(None) };
        let Some(packet) = packets.bytes(cursor)? else { return Ok(None) };
        let Some(at) = codec.comments_at(&packet) else { return Ok(None) };
        let [Some(begin), Some(end)] = [packets.pieces().first(), packets.pieces().last()] else {
            return Ok(None);
        };
        let others = end.end..found.last.body().end;
        let is_alone = found.first != page && begin.start == found.first.body().start;
        let range = found.first.range().start..found.last.range().end;
        let Some(pages) = pages_within(cursor, range, page.serial())? else { return Ok(None) };
        let Some(others) = cursor.bytes(others)? else { return Ok(None) };
        Ok(is_alone.then_some(Self { codec, at, packet, pages, others }))
    }

    fn first(&self) -> &Page {
        &self.pages[0]
    }

    fn last(&self) -> &Page {
        &self.pages[self.pages.len() - 1]
    }

    fn range(&self) -> Range<u64> {
        self.first().range().start..self.last().range().end
    }

    /// Returns the packet with the requested changes taken from the edited one.
    fn merged(
        &self,
        edited: &Self,
        requested: &Requested,
        budget: &Budget,
    ) -> Result<Option<Vec<u8>>> {
        if self.codec != edited.codec || self.first().serial() != edited.first().serial() {
            return Ok(None);
        }
        let merged =
            vorbis_comment::merged(&self.packet, &edited.packet, self.at, requested, budget)?;
        let Some(mut packet) = merged else { return Ok(None) };
        if self.codec == OggCodec::Flac {
            let length = packet.len() - flac::HEADER as usize;
            if length > LONGEST_BLOCK {
                return Ok(None);
            }
            packet[1..flac::HEADER as usize].copy_from_slice(&(length as u32).to_be_bytes()[1..]);
        }
        Ok(Some(packet))
    }

    /// Returns the segments after the packet on its last page.
    fn other_segments(&self) -> &[u8] {
        let segments = self.last().segments();
        let own = segments.iter().position(|segment| *segment < ogg::FULL_SEGMENT);
        &segments[own.map_or(segments.len(), |last| last + 1)..]
    }

    /// Puts `packet` in the place of the original packet. Returns `None` if that would take
    /// knowledge of positions in the audio.
    fn paginate(&self, packet: &[u8], budget: &Budget) -> Result<Option<NewPages>> {
        let mut segments = Vec::new();
        let others = self.other_segments();
        budget.reserve(&mut segments, packet.len() / 255 + 1 + others.len())?;
        segments.extend(ogg::segments_of(packet.len()).chain(others.iter().copied()));
        let mut body = Vec::new();
        budget.reserve(&mut body, packet.len() + self.others.len())?;
        body.extend(packet);
        body.extend(&self.others);

        let old: Vec<&[u8]> = self.pages.iter().map(Page::segments).collect();
        let is_same = old.concat() == segments;
        let is_before_audio = matches!(self.last().granule_position(), 0 | NO_POSITION);
        let count = page_count(segments.len(), old.len());
        if !is_same && count > 1 && !is_before_audio {
            return Ok(None);
        }
        let ends: Vec<usize> = match is_same {
            true => running_totals(&old),
            false => (1..=count).map(|index| index * segments.len() / count).collect(),
        };
        let mut bytes = Vec::new();
        let (mut from, mut at) = (0, 0);
        for (index, to) in ends.into_iter().enumerate() {
            let own = &segments[from..to];
            let is_continued = from > 0 && segments[from - 1] == ogg::FULL_SEGMENT;
            let fields = match is_same {
                true => self.pages[index].fields(),
                false => self.fields(index, own, is_continued, index + 1 == count),
            };
            let end = at + ogg::length(own);
            fields.write(own, &body[at..end], &mut bytes, budget)?;
            (from, at) = (to, end);
        }
        let added = (count as u32).wrapping_sub(old.len() as u32);
        Ok(Some(NewPages { bytes, added }))
    }

    fn fields(&self, index: usize, own: &[u8], is_continued: bool, is_last: bool) -> PageFields {
        let ends_packet = own.iter().any(|segment| *segment < ogg::FULL_SEGMENT);
        let position = if is_last { self.last().granule_position() } else { 0 };
        let flags = if is_last { self.last().flags() & ogg::LAST } else { 0 };
        PageFields {
            flags: flags | if is_continued { ogg::CONTINUED } else { 0 },
            granule_position: if ends_packet { position } else { NO_POSITION },
            serial: self.first().serial(),
            sequence: self.first().sequence().wrapping_add(index as u32),
        }
    }
}

/// Returns the pages in `range`, if all of them belong to one stream and have content.
fn pages_within(
    cursor: &mut Cursor<'_>,
    range: Range<u64>,
    serial: u32,
) -> Result<Option<Vec<Page>>> {
    let mut walk = Pages::within(range);
    let mut pages = Vec::new();
    while let Some(page) = walk.next(cursor)? {
        if page.serial() != serial || page.segments().is_empty() {
            return Ok(None);
        }
        cursor.budget().push(&mut pages, page)?;
    }
    Ok((!pages.is_empty() && walk.rest().is_empty()).then_some(pages))
}

/// Returns the running totals of the lengths.
fn running_totals(lists: &[&[u8]]) -> Vec<usize> {
    let add = |sum: &mut usize, list: &&[u8]| {
        *sum += list.len();
        Some(*sum)
    };
    lists.iter().scan(0, add).collect()
}

/// Returns the number of pages: as many as before, if the segments fit and each page gets one.
fn page_count(segments: usize, before: usize) -> usize {
    let fewest = segments.div_ceil(ogg::MAX_SEGMENTS);
    if (fewest..=segments).contains(&before) { before } else { fewest }
}

struct NewPages {
    bytes: Vec<u8>,
    /// The number of additional pages. A negative number wraps around.
    added: u32,
}

/// A new number and checksum of a page.
struct Numbers {
    /// Their position, counted from the start of the tail.
    at: u64,
    bytes: [u8; NUMBERS.end - NUMBERS.start],
}

/// The pages after the comments.
struct Tail<'a> {
    header: &'a Header,
    added: u32,
    /// Where they begin in the copy.
    start: u64,
}

impl Tail<'_> {
    /// Returns the new numbers and checksums of the copy's pages. Returns `None` if the copy has
    /// different pages.
    fn numbers(
        &self,
        original: &mut Cursor<'_>,
        copy: &mut Cursor<'_>,
    ) -> Result<Option<Vec<Numbers>>> {
        let budget = original.budget();
        let start = self.header.range().end;
        let mut numbers = Vec::new();
        let mut walk = Pages::within(start..original.size());
        let mut has_ended = self.header.last().flags() & ogg::LAST != 0;
        while let Some(page) = walk.next(original)? {
            budget.check()?;
            let distance = page.range().start - start;
            let Some(present) = Page::read(copy, self.start + distance)? else { return Ok(None) };
            if !is_alike(&page, &present) {
                return Ok(None);
            }
            let is_own = page.serial() == self.header.first().serial() && !has_ended;
            has_ended |= is_own && page.flags() & ogg::LAST != 0;
            let added = if is_own { self.added } else { 0 };
            let Some(expected) = numbers_of(&page, added, original)? else { return Ok(None) };
            if present.header_bytes()[NUMBERS] != expected {
                let at = distance + NUMBERS.start as u64;
                budget.push(&mut numbers, Numbers { at, bytes: expected })?;
            } else if self.added == 0 && numbers.is_empty() {
                // TagLib renumbers either all pages or none.
                break;
            }
        }
        Ok(Some(numbers))
    }
}

/// Returns whether two pages are equal except for their numbers and checksums.
fn is_alike(page: &Page, other: &Page) -> bool {
    let without_numbers = |page: &Page| PageFields { sequence: 0, ..page.fields() };
    without_numbers(page) == without_numbers(other) && page.segments() == other.segments()
}

/// Returns the number of a page after `added` more pages, and its checksum.
fn numbers_of(page: &Page, added: u32, original: &mut Cursor<'_>) -> Result<Option<[u8; 8]>> {
    let mut numbers = [0; NUMBERS.end - NUMBERS.start];
    numbers.copy_from_slice(&page.header_bytes()[NUMBERS]);
    if added == 0 {
        return Ok(Some(numbers));
    }
    let mut bytes = [0; LONGEST_PAGE];
    let bytes = &mut bytes[..(page.range().end - page.range().start) as usize];
    if original.read(bytes, page.range().start)? < bytes.len() {
        return Ok(None);
    }
    let sequence = page.sequence().wrapping_add(added).to_le_bytes();
    bytes[SEQUENCE].copy_from_slice(&sequence);
    numbers[..4].copy_from_slice(&sequence);
    numbers[4..].copy_from_slice(&ogg::checksum(bytes).to_le_bytes());
    Ok(Some(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{ChangedRanges, DiskFile, unlinked};
    use std::path::Path;

    const FIXTURES: [&str; 4] = ["vorbis.ogg", "opus.opus", "speex.spx", "flac.oga"];

    fn fixture(name: &str) -> Vec<u8> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../__test__/fixtures/audio");
        std::fs::read(fixtures.join(name)).unwrap()
    }

    /// Headers with their segments, and bodies.
    fn pages(bytes: &[u8]) -> Vec<(Page, Vec<u8>)> {
        let budget = unlinked::budget();
        let mut cursor = Cursor::over(bytes, &budget);
        let mut walk = Pages::within(0..cursor.size());
        let mut pages = Vec::new();
        while let Some(page) = walk.next(&mut cursor).unwrap() {
            let body = cursor.bytes(page.body()).unwrap().unwrap();
            pages.push((page, body));
        }
        assert!(walk.rest().is_empty());
        pages
    }

    fn packets(bytes: &[u8]) -> Vec<Vec<u8>> {
        let budget = unlinked::budget();
        let mut cursor = Cursor::over(bytes, &budget);
        let first = Page::read(&mut cursor, 0).unwrap().unwrap();
        let mut walk = Packets::from(first, &cursor);
        let mut packets = Vec::new();
        while walk.next(&mut cursor).unwrap().is_some() {
            packets.push(walk.bytes(&mut cursor).unwrap().unwrap());
        }
        packets
    }

    /// Returns a comment packet of the same codec as `packet`, with another vendor.
    fn packet_with(packet: &[u8], at: usize, comments: &[&str]) -> Vec<u8> {
        let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let count = (comments.len() as u32).to_le_bytes();
        let comments: Vec<u8> = comments.iter().flat_map(|comment| text(comment)).collect();
        let mut edited = [&packet[..at], &text("TagLib")[..], &count, &comments].concat();
        if packet[0] & !flac::LAST == flac::VORBIS_COMMENT && at == 4 {
            let length = (edited.len() as u32 - 4).to_be_bytes();
            edited[1..4].copy_from_slice(&length[1..]);
        }
        edited
    }

    /// Returns the file as TagLib writes it: short pages, comments on pages of their own, and all
    /// pages after them renumbered, whatever their stream.
    fn edited(original: &[u8], comments: &[&str]) -> Vec<u8> {
        const SEGMENTS: usize = 32;
        let budget = unlinked::budget();
        let header = Header::read(&mut Cursor::over(original, &budget)).unwrap().unwrap();
        let packet = packet_with(&header.packet, header.at, comments);
        let mut bytes = original[..header.range().start as usize].to_vec();
        let mut fields = header.first().fields();
        let all: Vec<u8> = ogg::segments_of(packet.len()).collect();
        let mut at = 0;
        for (index, segments) in all.chunks(SEGMENTS).enumerate() {
            let length = ogg::length(segments);
            fields.flags = if index > 0 { ogg::CONTINUED } else { 0 };
            fields.write(segments, &packet[at..at + length], &mut bytes, &budget).unwrap();
            fields.sequence += 1;
            at += length;
        }
        if !header.others.is_empty() {
            fields.flags = 0;
            fields.write(header.other_segments(), &header.others, &mut bytes, &budget).unwrap();
            fields.sequence += 1;
        }
        let added = fields.sequence.wrapping_sub(header.last().sequence() + 1);
        for (page, body) in pages(&original[header.range().end as usize..]) {
            let mut fields = page.fields();
            fields.sequence = fields.sequence.wrapping_add(added);
            fields.write(page.segments(), &body, &mut bytes, &budget).unwrap();
        }
        bytes
    }

    fn restored(original: &[u8], edited: &[u8], requested: &Requested) -> Vec<u8> {
        let budget = unlinked::budget();
        let file = DiskFile::from(unlinked::file(edited));
        let mut changed = ChangedRanges::default();
        let mut copy = EditedCopy::new(&file, edited.len() as u64, &mut changed, &budget);
        restore(&mut Cursor::over(original, &budget), &mut copy, requested).unwrap();
        copy.read(|cursor| cursor.bytes(0..cursor.size())).unwrap().unwrap()
    }

    fn asking(value: &str) -> Requested {
        let properties = vec![("MOOD".to_owned(), vec![value.to_owned()])];
        Requested { properties, ..Requested::default() }
    }

    /// Checks numbers and checksums, and that only the comments differ.
    fn check(original: &[u8], result: &[u8], comment: &str) {
        let all = pages(result);
        for (index, (page, _)) in all.iter().enumerate() {
            let range = page.range().start as usize..page.range().end as usize;
            assert_eq!(page.checksum(), ogg::checksum(&result[range]), "page {index}");
            assert_eq!(page.sequence() as usize, index);
            let next = all.get(index + 1).is_some_and(|(next, _)| next.is_continued());
            assert_eq!(page.segments().last() == Some(&255), next, "page {index}");
        }
        let ends = |pages: &[(Page, Vec<u8>)]| {
            let with_audio = pages
                .iter()
                .filter(|(page, _)| !matches!(page.granule_position(), 0 | NO_POSITION));
            with_audio
                .map(|(page, body)| (page.granule_position(), body.clone()))
                .collect::<Vec<_>>()
        };
        assert!(ends(&pages(original)) == ends(&all), "the audio has changed");
        let (mut before, mut after) = (packets(original), packets(result));
        assert_eq!(before.len(), after.len());
        let [before, after] = [&mut before, &mut after].map(|packets| packets.remove(1));
        let added = comment.len() + 4;
        assert_eq!(after.len(), before.len() + added);
        let at = after.windows(comment.len()).position(|part| part == comment.as_bytes()).unwrap();
        // The number of comments differs, and so does the length of a FLAC block.
        assert!(before.ends_with(&after[at + comment.len()..]));
        assert!(packets(original)[2..] == packets(result)[2..]);
    }

    #[test]
    fn what_was_not_asked_for_is_as_in_the_original() {
        for name in FIXTURES {
            let original = fixture(name);
            for size in [0, 5_000, 100_000] {
                let edited = edited(&original, &["TITLE=lost", &"x".repeat(size)]);
                let result = restored(&original, &edited, &Requested::default());
                assert!(result == original, "{name}, {size}");
            }
        }
    }

    #[test]
    fn comments_of_any_length_are_added_and_the_rest_is_kept() {
        for name in FIXTURES {
            let original = fixture(name);
            for size in [1, 200, 255, 256, 5_000, 8_160, 60_000, 65_025, 70_000, 300_000] {
                let comment = format!("MOOD={}", "y".repeat(size));
                let requested = asking(&comment["MOOD=".len()..]);
                let edited = self::edited(&original, &[&comment]);
                let result = restored(&original, &edited, &requested);
                check(&original, &result, &comment);
                // Saving the same change again changes nothing.
                assert!(restored(&result, &result, &requested) == result, "{name}, {size}");
                // Removing it restores the original.
                let properties = vec![("MOOD".to_owned(), Vec::new())];
                let removing = Requested { properties, ..Requested::default() };
                let removed = restored(&result, &self::edited(&result, &[]), &removing);
                assert!(packets(&removed) == packets(&original), "{name}, {size}");
            }
        }
    }

    #[test]
    fn pages_of_other_streams_keep_their_numbers() {
        let original = fixture("vorbis.ogg");
        // A chained file has a second stream after the first.
        let budget = unlinked::budget();
        let mut second = Vec::new();
        for (page, body) in pages(&fixture("opus.opus")) {
            let fields = PageFields { serial: !page.serial(), ..page.fields() };
            fields.write(page.segments(), &body, &mut second, &budget).unwrap();
        }
        let chained = [&original[..], &second].concat();
        let comment = format!("MOOD={}", "y".repeat(100_000));
        let requested = asking(&comment["MOOD=".len()..]);
        let result = restored(&chained, &edited(&chained, &[&comment]), &requested);
        let (first, rest) = result.split_at(result.len() - second.len());
        assert!(rest == second, "the second stream has changed");
        check(&original, first, &comment);
    }

    #[test]
    fn a_copy_with_other_audio_is_left_alone() {
        let original = fixture("vorbis.ogg");
        let mut edited = edited(&original, &["MOOD=y"]);
        let last = pages(&edited).pop().unwrap().0.range().start as usize;
        edited[last + 6] ^= 1;
        assert!(restored(&original, &edited, &asking("y")) == edited);
        let cut_off = &edited[..last];
        assert!(restored(&original, cut_off, &asking("y")) == cut_off);
    }

    #[test]
    fn a_damaged_header_is_left_alone() {
        for name in FIXTURES {
            let original = fixture(name);
            let edited = edited(&original, &["MOOD=y"]);
            let header = pages(&original)[2].0.range().start as usize;
            for length in (0..header).step_by(7) {
                let result = restored(&original[..length], &edited, &asking("y"));
                assert!(result == edited, "{name}, {length}");
            }
        }
    }
}
