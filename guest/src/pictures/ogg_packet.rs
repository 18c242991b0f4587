//! Reads a packet of an Ogg stream, and skips parts of it without reading the pages between.
//!
//! A picture in the comments lies on many pages, and each of them has a header. Of a file on a
//! server, each header would cost a request, or all pages of the picture would be transferred. But
//! the pages of a packet have nearly the same size, so the place where a picture ends can be
//! predicted. The header of a page near that place proves where in the packet it is. It has the
//! stream's serial number, and a number that tells how many pages come before it. All of them
//! consist of full segments, each of which takes one byte in a segment table. So their number and
//! their total length determine the length of their content, however it is divided among them. If
//! no page proves its place, all of the picture is read.

use super::{Hiding, MAX_PARTS, NotHidden, require, usual};
use crate::containers::Cursor;
use crate::containers::ogg::{CONTINUED, FULL_SEGMENT, HEADER, MAGIC, MAX_SEGMENTS, Page, length};
use memchr::memmem;
use std::ops::Range;

/// The length of a full segment, with its byte in the segment table.
const WITH_TABLE: usize = 1 + FULL_SEGMENT as usize;

/// The longest header of a page, in bytes.
const LONGEST_HEADER: u64 = (HEADER + MAX_SEGMENTS) as u64;

/// How many bytes after a skipped part are needed, too: the other comments, and the third packet
/// of Vorbis, which has 3 to 8 KB.
const AFTER_SKIP: u64 = 8 << 10;

/// The maximum number of segments of a page that is called small. Two of them are transferred in
/// addition, since pages may be longer than those before them: mutagen avoids a last page of less
/// than two kilobytes.
const SMALL_PAGE: usize = 64;

/// Reads a packet that begins a page.
#[derive(Clone)]
pub(super) struct PacketReader {
    first: Page,
    page: Page,
    /// Where the rest of the packet begins on the page, and its length there.
    at: u64,
    left: usize,
    /// The number of bytes before that.
    length: u64,
    pages: usize,
}

impl PacketReader {
    pub(super) fn new(page: Page) -> Hiding<Self> {
        require(!page.is_continued())?;
        let (at, left) = start_and_length(&page);
        Ok(Self { first: page.clone(), page, at, left, length: 0, pages: 1 })
    }

    /// Returns the first page and the page that has been reached.
    pub(super) fn into_pages(self) -> [Page; 2] {
        [self.first, self.page]
    }

    /// Returns the number of bytes of the packet that have been read or skipped.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `buffer`, unless the packet ends before.
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>, mut buffer: &mut [u8]) -> Hiding<()> {
        while !buffer.is_empty() {
            if self.left == 0 {
                self.next_page(cursor)?;
            }
            let (part, rest) = buffer.split_at_mut(buffer.len().min(self.left));
            require(cursor.read(part, self.at)? == part.len())?;
            self.pass(part.len());
            buffer = rest;
        }
        Ok(())
    }

    /// Reads the rest of the packet to the start of `buffer`. Returns its length. A rest that does
    /// not fit is unusual.
    pub(super) fn read_to_end(
        &mut self,
        cursor: &mut Cursor<'_>,
        buffer: &mut [u8],
    ) -> Hiding<usize> {
        let mut filled = 0;
        loop {
            let part = buffer.get_mut(filled..filled + self.left).ok_or(NotHidden::Unusual)?;
            filled += part.len();
            self.read(cursor, part)?;
            if ends_packet(self.page.segments()) {
                return Ok(filled);
            }
            self.next_page(cursor)?;
        }
    }

    /// Skips `count` bytes, of which the last ones are passed to `is_plausible`, as many as are on
    /// the page where they end. Reads the headers of some pages only. Returns whether the place of
    /// that page was predicted and proven. Otherwise the reader is anywhere.
    pub(super) fn skip(
        &mut self,
        cursor: &mut Cursor<'_>,
        mut count: usize,
        is_plausible: impl Fn(&[u8]) -> bool,
    ) -> Hiding<bool> {
        while count > self.left {
            require(!ends_packet(self.page.segments()))?;
            count -= self.left;
            self.pass(self.left);
            let next = self.page.range().end;
            if !cursor.is_here(next..next + LONGEST_HEADER) {
                return self.jump(cursor, count, is_plausible);
            }
            self.next_page(cursor)?;
        }
        Ok(false)
    }

    /// Returns whether the next `count` bytes are here, as far as that can be predicted.
    pub(super) fn is_here(&self, cursor: &Cursor<'_>, count: usize) -> bool {
        cursor.is_here(self.at..self.predicted_end(count))
    }

    /// Asks for the next `count` bytes at once.
    pub(super) fn request(&self, cursor: &mut Cursor<'_>, count: usize) -> Hiding<()> {
        let range = self.at..self.predicted_end(count).min(cursor.size());
        if !range.is_empty() && !cursor.is_here(range.clone()) {
            charged_once(cursor, range)?;
        }
        Ok(())
    }

    fn predicted_end(&self, count: usize) -> u64 {
        match count.checked_sub(self.left) {
            None | Some(0) => self.at + count as u64,
            Some(count) => self.predict(count, self.page.segments().len()).end,
        }
    }

    /// Skips `count` bytes behind the page. Returns whether a page has proven where they end.
    fn jump(
        &mut self,
        cursor: &mut Cursor<'_>,
        count: usize,
        is_plausible: impl Fn(&[u8]) -> bool,
    ) -> Hiding<bool> {
        let segments = self.page.segments().len();
        let Range { start, end } = self.page.range();
        let usual = self.predict(count, segments);
        let size = end - start;
        let first = match segments {
            MAX_SEGMENTS => usual.start,
            ..=SMALL_PAGE => usual.start.saturating_sub(2 * size),
            // A writer that divides a packet evenly makes pages that differ by one segment.
            _ => {
                let pages = self.predict(count, segments + 1).pages;
                let shortest = (HEADER + (segments - 1) * WITH_TABLE) as u64;
                let longest = size + WITH_TABLE as u64 + LONGEST_HEADER;
                (end + pages * shortest).max(usual.end - longest)
            }
        };
        // Everything that is needed is asked for at once.
        let near = first.max(end)..cursor.size().min(usual.end + AFTER_SKIP);
        if near.is_empty() {
            return Ok(false);
        }
        let bytes = charged_once(cursor, near.clone())?;
        for at in memmem::find_iter(&bytes, MAGIC) {
            let Some(page) = Page::read(cursor, near.start + at as u64)? else { continue };
            let Some((pages, content)) = self.proven_place(&page) else { continue };
            let (at, length) = start_and_length(&page);
            let Some(rest) = count.checked_sub(content).filter(|rest| *rest <= length) else {
                continue;
            };
            if rest == 0 || !is_plausible(&charged_once(cursor, at..at + rest as u64)?) {
                continue;
            }
            self.length += content as u64;
            self.pages += pages;
            self.turn_to(page)?;
            self.pass(rest);
            return Ok(true);
        }
        Ok(false)
    }

    /// Predicts where the last of `count` bytes is that begin behind this page, on pages with so
    /// many segments.
    fn predict(&self, count: usize, segments: usize) -> Prediction {
        let content = segments.max(1) * usize::from(FULL_SEGMENT);
        let pages = count.saturating_sub(1) / content;
        let size = HEADER + segments * WITH_TABLE;
        let start = self.page.range().end + pages as u64 * size as u64;
        let rest = count - pages * content;
        Prediction { pages: pages as u64, start, end: start + LONGEST_HEADER + rest as u64 }
    }

    /// Returns how many pages of the packet are between this page and a later one, and the length
    /// of their content. Returns `None` if the later page does not go on with the same packet.
    fn proven_place(&self, page: &Page) -> Option<(usize, usize)> {
        let goes_on =
            page.version() == 0 && page.flags() == CONTINUED && page.serial() == self.page.serial();
        let pages = page.sequence().wrapping_sub(self.page.sequence()).checked_sub(1)? as usize;
        let length = page.range().start.checked_sub(self.page.range().end)?;
        let segments = usize::try_from(length).ok()?.checked_sub(pages.checked_mul(HEADER)?)?;
        let is_whole = segments.is_multiple_of(WITH_TABLE);
        let segments = segments / WITH_TABLE;
        let fits = (pages..=pages * MAX_SEGMENTS).contains(&segments) && pages <= MAX_PARTS;
        (goes_on && is_whole && fits).then_some((pages, segments * usize::from(FULL_SEGMENT)))
    }

    fn next_page(&mut self, cursor: &mut Cursor<'_>) -> Hiding<()> {
        require(!ends_packet(self.page.segments()))?;
        let next = page_behind(cursor, &self.page)?;
        require(next.is_continued())?;
        self.turn_to(next)
    }

    fn turn_to(&mut self, page: Page) -> Hiding<()> {
        self.pages += 1;
        require(self.pages <= MAX_PARTS)?;
        (self.at, self.left) = start_and_length(&page);
        self.page = page;
        Ok(())
    }

    fn pass(&mut self, count: usize) {
        self.at += count as u64;
        self.left -= count;
        self.length += count as u64;
    }
}

/// Where the last byte of a skipped part is.
struct Prediction {
    /// The number of pages before its page.
    pages: u64,
    /// The offset of its page.
    start: u64,
    /// The end of the part, or a little more.
    end: u64,
}

/// Reads bytes that are soon dropped.
fn charged_once(cursor: &mut Cursor<'_>, range: Range<u64>) -> Hiding<Vec<u8>> {
    let bytes = usual(cursor.bytes(range))?;
    cursor.budget().release(bytes.len());
    Ok(bytes)
}

/// Returns where the first packet of a page begins, and its length on the page.
fn start_and_length(page: &Page) -> (u64, usize) {
    (page.body().start, length(split(page).0))
}

/// Reads a page with segments.
pub(super) fn page_at(cursor: &mut Cursor<'_>, at: u64) -> Hiding<Page> {
    let page = usual(Page::read(cursor, at))?;
    require(page.version() == 0 && !page.segments().is_empty())?;
    Ok(page)
}

/// Reads the page after `page`, which must be of the same stream, and neither its first nor its
/// last page.
pub(super) fn page_behind(cursor: &mut Cursor<'_>, page: &Page) -> Hiding<Page> {
    let next = page_at(cursor, page.range().end)?;
    require(next.serial() == page.serial() && next.flags() <= CONTINUED)?;
    Ok(next)
}

/// Returns whether a packet ends with one of these segments.
pub(super) fn ends_packet(segments: &[u8]) -> bool {
    segments.iter().any(|segment| *segment < FULL_SEGMENT)
}

/// Splits the segments of a page into those of its first packet and the others.
pub(super) fn split(page: &Page) -> (&[u8], &[u8]) {
    let segments = page.segments();
    let last = segments.iter().position(|segment| *segment < FULL_SEGMENT);
    segments.split_at(last.map_or(segments.len(), |last| last + 1))
}
