//! Matroska and WebM: clusters are left out. If a `SeekHead` precedes them, TagLib follows its
//! entries, which then state where the guest sees the elements, and all other elements from the
//! first cluster on are left out, too: a walk over them would read from all over the file.
//! Without a `SeekHead`, TagLib walks all elements, and so does this module.

use super::Shortened;
use crate::containers::Cursor;
use crate::containers::matroska::{
    ATTACHMENTS, CHAPTERS, CLUSTER, CUES, Element, Elements, INFO, SEEK_HEAD, SEGMENT, Seek, TAGS,
    TRACKS, each_child,
};
use crate::error::Result;
use std::ops::Range;

/// The elements that TagLib reads if an entry of a `SeekHead` leads to them
/// (`ebmlmksegment.cpp`).
const READ: [u32; 7] = [SEEK_HEAD, CUES, INFO, TRACKS, TAGS, ATTACHMENTS, CHAPTERS];

/// The maximum number of `SeekHead` elements that TagLib reads.
const MAX_SEEK_HEADS: usize = 9;

/// The maximum number of their entries. There is at most one for each element but the clusters, of
/// which a file has few, and each one is looked up among all that is left out.
const MAX_ENTRIES: usize = 1024;

pub(super) fn shorten(cursor: &mut Cursor<'_>) -> Result<Option<Shortened>> {
    let Some(segment) = segment(cursor)? else { return Ok(None) };
    let mut shortened = Shortened::counting(cursor.size());
    let mut seek_heads = Vec::new();
    let mut elements = Elements::within(segment.body.clone());
    let mut index = None;
    loop {
        let at = elements.rest();
        if elements.is_at_endless_cluster(cursor)? {
            // Without a `SeekHead`, TagLib takes the unknown size for a number, and reads nothing
            // behind the cluster.
            index = Some(shortened.leave_out_all_but_indexed(cursor, &seek_heads, &segment, at)?);
            break;
        }
        let Some(element) = elements.next(cursor)? else { break };
        match element.id {
            SEEK_HEAD => cursor.budget().push(&mut seek_heads, element)?,
            CLUSTER if !seek_heads.is_empty() => {
                let indexed =
                    shortened.leave_out_all_but_indexed(cursor, &seek_heads, &segment, at)?;
                index = Some(indexed);
                break;
            }
            CLUSTER => shortened.leave_out(element.range, cursor.budget())?,
            _ => {}
        }
    }
    let index = match index {
        Some(index) => index,
        None => Index::read(cursor, &seek_heads, &segment.body)?,
    };
    if index.entries.len() > MAX_ENTRIES {
        return Ok(None);
    }
    shortened.move_entries(cursor, &index.entries, &segment.body)?;
    shortened.resize_segment(cursor, &segment)?;
    Ok(Some(shortened))
}

fn segment(cursor: &mut Cursor<'_>) -> Result<Option<Element>> {
    let mut elements = Elements::within(0..cursor.size());
    while let Some(element) = elements.next(cursor)? {
        if element.id == SEGMENT {
            return Ok(Some(element));
        }
    }
    Ok(None)
}

/// What the entries of `SeekHead` elements lead to.
#[derive(Default)]
struct Index {
    entries: Vec<Seek>,
    /// In the order of the file.
    elements: Vec<Range<u64>>,
}

impl Index {
    /// Follows the entries of these `SeekHead` elements, and of those that they lead to.
    fn read(cursor: &mut Cursor<'_>, seek_heads: &[Element], segment: &Range<u64>) -> Result<Self> {
        let mut index = Self::default();
        let mut seek_heads = seek_heads.to_vec();
        let mut next = 0;
        while next < seek_heads.len().min(MAX_SEEK_HEADS) {
            let seek_head = seek_heads[next].clone();
            next += 1;
            each_child(cursor, &seek_head, |cursor, seek| {
                let Some(seek) = Seek::read(cursor, seek, segment)? else { return Ok(()) };
                if let Some(found) = target(cursor, &seek, segment)? {
                    let budget = cursor.budget();
                    budget.push(&mut index.elements, found.range.clone())?;
                    budget.push(&mut index.entries, seek)?;
                    if found.id == SEEK_HEAD && !seek_heads.contains(&found) {
                        budget.push(&mut seek_heads, found)?;
                    }
                }
                Ok(())
            })?;
        }
        index.elements.sort_by_key(|range| range.start);
        Ok(index)
    }
}

/// Returns the element that an entry leads to, if TagLib reads it.
fn target(cursor: &mut Cursor<'_>, seek: &Seek, segment: &Range<u64>) -> Result<Option<Element>> {
    let mut elements = Elements::within(seek.target..segment.end);
    if !READ.contains(&seek.id) || elements.is_at_endless_cluster(cursor)? {
        return Ok(None);
    }
    Ok(elements.next(cursor)?.filter(|found| found.id == seek.id))
}

impl Shortened {
    /// Leaves out a range, except the elements in it that a `SeekHead` leads to.
    fn leave_out_all_but_indexed(
        &mut self,
        cursor: &mut Cursor<'_>,
        seek_heads: &[Element],
        segment: &Element,
        range: Range<u64>,
    ) -> Result<Index> {
        let index = Index::read(cursor, seek_heads, &segment.body)?;
        let mut at = range.start;
        for element in &index.elements {
            let start = element.start.clamp(at, range.end);
            self.leave_out(at..start, cursor.budget())?;
            at = element.end.clamp(start, range.end);
        }
        self.leave_out(at..range.end, cursor.budget())?;
        Ok(index)
    }

    /// Changes the positions in `SeekHead` elements.
    fn move_entries(
        &mut self,
        cursor: &Cursor<'_>,
        entries: &[Seek],
        segment: &Range<u64>,
    ) -> Result<()> {
        for Seek { target, position, .. } in entries {
            // Nothing is left out before the segment.
            if let Some(moved) = self.offset_in_view(*target) {
                let width = (position.end - position.start) as usize;
                let bytes = (moved - segment.start).to_be_bytes();
                self.overwrite(position.start, &bytes[bytes.len() - width..], cursor.budget())?;
            }
        }
        Ok(())
    }

    /// Changes the size of the segment, if that is known.
    fn resize_segment(&mut self, cursor: &Cursor<'_>, segment: &Element) -> Result<()> {
        if segment.has_unknown_size {
            return Ok(());
        }
        let width = segment.size_width();
        let size = segment.body.end - segment.body.start - self.left_out;
        // The first bit that is set tells the width.
        let bytes = (size | 1 << (7 * width)).to_be_bytes();
        let field = segment.body.start - width as u64;
        self.overwrite(field, &bytes[bytes.len() - width..], cursor.budget())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GIB, Part, Seen, sparse};
    use super::MAX_ENTRIES;

    const EBML: &[u8] = b"\x1A\x45\xDF\xA3\x80";
    const SEGMENT: &[u8] = b"\x18\x53\x80\x67\x01";
    const CLUSTER: &[u8] = b"\x1F\x43\xB6\x75\x01";
    const TAGS: &[u8] = b"\x12\x54\xC3\x67\x84tags";
    const START: u64 = 5 + 12;

    /// A header with a size of eight bytes.
    fn header(id: &[u8], size: u64) -> Vec<u8> {
        [id, &size.to_be_bytes()[1..]].concat()
    }

    /// A `SeekHead` whose entries lead to tags at these positions in the segment.
    fn seek_head(positions: &[u64]) -> Vec<u8> {
        let entry = |position: &u64| {
            let target = b"\x4D\xBB\x92\x53\xAB\x84\x12\x54\xC3\x67\x53\xAC\x88";
            [&target[..], &position.to_be_bytes()].concat()
        };
        let entries: Vec<u8> = positions.iter().flat_map(entry).collect();
        [b"\x11\x4D\x9B\x74", &[0x80 | entries.len() as u8][..], &entries].concat()
    }

    fn segment_size(seen: &mut Seen) -> u64 {
        // The first byte only tells the width.
        u64::from_be_bytes(seen.at(9)) & ((1 << 56) - 1)
    }

    #[test]
    fn an_entry_leads_to_the_tags_behind_the_clusters() {
        let size = 5 * GIB;
        let body = size - START;
        let position = body - TAGS.len() as u64;
        let index = seek_head(&[position]);
        let cluster = header(CLUSTER, position - index.len() as u64 - 12);
        let head = [EBML, &header(SEGMENT, body), &index, &cluster].concat();
        let mut seen = Seen::of(sparse(size, &[(0, &head), (START + position, TAGS)])).unwrap();
        assert_eq!(seen.size(), START + (index.len() + TAGS.len()) as u64);
        assert_eq!(segment_size(&mut seen), (index.len() + TAGS.len()) as u64);
        let position = u64::from_be_bytes(seen.at(START + index.len() as u64 - 8));
        assert_eq!(seen.at(START + position), *TAGS.first_chunk::<9>().unwrap());
        assert_eq!(seen.shortened.counted, size);
    }

    #[test]
    fn without_a_seek_head_all_elements_between_clusters_are_seen() {
        let (cluster, count) = (GIB, 3);
        let first = [EBML, b"\x18\x53\x80\x67\xFF"].concat();
        let start = first.len() as u64;
        let header = header(CLUSTER, cluster);
        let length = cluster + header.len() as u64;
        let tags = start + count * length;
        let parts: [Part<'_>; 5] = [
            (0, &first),
            (start, &header),
            (start + length, &header),
            (start + 2 * length, &header),
            (tags, TAGS),
        ];
        let mut seen = Seen::of(sparse(tags + 9, &parts)).unwrap();
        assert_eq!(seen.size(), start + 9);
        assert_eq!(seen.last(), *TAGS.first_chunk::<9>().unwrap());
        assert_eq!(seen.at(start - 1), [0xFF]);
    }

    #[test]
    fn what_follows_a_cluster_of_unknown_size_is_not_searched_for() {
        let head = [EBML, b"\x18\x53\x80\x67\xFF", TAGS, b"\x1F\x43\xB6\x75\xFF"].concat();
        let mut seen = Seen::of(sparse(3 * GIB, &[(0, &head)])).unwrap();
        assert_eq!(seen.size(), 10 + 9);
        assert_eq!(seen.last(), *TAGS.first_chunk::<9>().unwrap());
    }

    #[test]
    fn an_entry_leads_behind_a_cluster_of_unknown_size() {
        let position = 3 * GIB;
        let index = seek_head(&[position]);
        let cluster = b"\x1F\x43\xB6\x75\xFF";
        let head = [EBML, b"\x18\x53\x80\x67\xFF", &index, cluster].concat();
        let tags = 10 + position;
        let mut seen = Seen::of(sparse(tags + 9, &[(0, &head), (tags, TAGS)])).unwrap();
        assert_eq!(seen.size(), 10 + (index.len() + TAGS.len()) as u64);
        let position = u64::from_be_bytes(seen.at(10 + index.len() as u64 - 8));
        assert_eq!(seen.at(10 + position), *TAGS.first_chunk::<9>().unwrap());
    }

    #[test]
    fn entries_that_lead_astray_are_left_as_they_are() {
        let size = 3 * GIB;
        let body = size - START;
        let index = seek_head(&[u64::MAX, body, 100, 0]);
        let cluster = header(CLUSTER, body - index.len() as u64 - 12);
        let head = [EBML, &header(SEGMENT, body), &index, &cluster].concat();
        let mut seen = Seen::of(sparse(size, &[(0, &head)])).unwrap();
        assert_eq!(seen.size(), START + index.len() as u64);
        let kept: Vec<u8> =
            (0..index.len() as u64).flat_map(|at| seen.at::<1>(START + at)).collect();
        assert_eq!(kept, index);
    }

    #[test]
    fn more_entries_than_a_file_has_elements_leave_the_file_whole() {
        let index = |count: u64| {
            let entries = seek_head(&[0]).split_off(5).repeat(count as usize);
            [b"\x11\x4D\x9B\x74\x10", &(entries.len() as u32).to_be_bytes()[1..], &entries].concat()
        };
        let seen = |count: u64| {
            let index = index(count);
            let cluster = header(CLUSTER, GIB);
            let mut head = [EBML, b"\x18\x53\x80\x67\xFF", &index, &cluster].concat();
            // All entries lead to these tags.
            let at = head.len() as u64 + GIB;
            let position = (at - 10).to_be_bytes();
            for entry in 0..count as usize {
                let end = 10 + 8 + (entry + 1) * 21;
                head[end - 8..end].copy_from_slice(&position);
            }
            Seen::of(sparse(3 * GIB, &[(0, &head), (at, TAGS)])).is_some()
        };
        assert!(seen(MAX_ENTRIES as u64));
        assert!(!seen(MAX_ENTRIES as u64 + 1));
    }

    #[test]
    fn a_segment_that_does_not_fit_leaves_the_file_whole() {
        let head = [EBML, &header(SEGMENT, 4 * GIB)].concat();
        assert!(Seen::of(sparse(3 * GIB, &[(0, &head)])).is_none());
    }
}
