//! Ogg: the pages between the first and the last ones are left out. TagLib reads the headers from
//! the first pages, and searches for the last page from the end. It does not compare the numbers
//! of pages.

use super::{KEPT, Shortened};
use crate::containers::Cursor;
use crate::containers::ogg::{MAGIC, NO_POSITION, Page, Pages};
use crate::error::Result;
use std::ops::Range;

/// The bytes at the end in which a page must begin. The longest page has 65,307 bytes.
const TAIL: u64 = 128 << 10;

/// The maximum number of pages of headers: enough for a picture of 500 MB.
const MAX_HEADER_PAGES: usize = 16 << 10;

pub(super) fn shorten(cursor: &mut Cursor<'_>) -> Result<Option<Shortened>> {
    let Some(head) = first_pages(cursor)? else { return Ok(None) };
    let Some(tail) = last_pages(cursor)? else { return Ok(None) };
    let mut shortened = Shortened::counting(cursor.size() - head.start);
    shortened.leave_out(head.end..tail.max(head.end), cursor.budget())?;
    Ok(Some(shortened))
}

/// Returns the first pages with audio. Their start is the end of the headers. The position of a
/// page of headers is zero, or none if a large header continues on the next page.
fn first_pages(cursor: &mut Cursor<'_>) -> Result<Option<Range<u64>>> {
    let mut pages = Pages::within(0..cursor.size());
    let mut start = None;
    for _ in 0..MAX_HEADER_PAGES {
        let Some(page) = pages.next(cursor)? else { break };
        if start.is_none() && !matches!(page.granule_position(), 0 | NO_POSITION) {
            start = Some(page.range().start);
        }
        if start.is_some_and(|start| page.range().end >= start + KEPT) {
            break;
        }
    }
    Ok(start.map(|start| start..pages.rest().start))
}

/// Returns where the first page begins that is near the end of the file.
fn last_pages(cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
    let start = cursor.size().saturating_sub(TAIL);
    let mut bytes = vec![0; TAIL as usize];
    let read = cursor.read(&mut bytes, start)?;
    for (at, window) in bytes[..read].windows(MAGIC.len()).enumerate() {
        let at = start + at as u64;
        if window == MAGIC && Page::read(cursor, at)?.is_some() {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GIB, Seen, sparse};

    fn page(position: u64, body: &[u8]) -> Vec<u8> {
        let header = [&b"OggS\0\0"[..], &position.to_le_bytes(), &[0; 12]].concat();
        [&header[..], &[1, u8::try_from(body.len()).unwrap()], body].concat()
    }

    #[test]
    fn the_first_and_the_last_pages_are_seen() {
        let headers = [page(0, b"head"), page(u64::MAX, b"comm"), page(0, b"ent")].concat();
        let head = [&headers[..], &page(960, b"first")].concat();
        let last = page(u64::MAX - 1, b"last");
        let size = 5 * GIB;
        let parts = [(0, head.as_slice()), (size - last.len() as u64, &last)];
        let mut seen = Seen::of(sparse(size, &parts)).unwrap();
        // No page follows the first one with audio in the hole.
        assert_eq!(seen.size(), (head.len() + last.len()) as u64);
        assert_eq!(seen.at(0), *head.first_chunk::<128>().unwrap());
        assert_eq!(seen.last(), *last.first_chunk::<32>().unwrap());
        assert_eq!(seen.shortened.counted, size - headers.len() as u64);
    }

    #[test]
    fn without_a_page_near_the_end_the_file_is_seen_whole() {
        let head = [page(0, b"head"), page(960, b"audio")].concat();
        assert!(Seen::of(sparse(3 * GIB, &[(0, &head)])).is_none());
        // The last page is cut off.
        let cut = &page(961, &[7; 200])[..100];
        assert!(Seen::of(sparse(3 * GIB, &[(0, &head), (3 * GIB - 100, cut)])).is_none());
    }
}
