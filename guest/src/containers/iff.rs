//! Files of chunks. A chunk is an identifier, a size, and that many bytes.
//!
//! RIFF WAVE (Microsoft and IBM, "Multimedia Programming Interface 1.0"), its long
//! form RF64 (EBU Tech 3306, ITU-R BS.2088), AIFF (Apple, "Audio Interchange File
//! Format"), DSDIFF (Philips, 1.5), DSF (Sony, "DSF File Format Specification 1.01").

use super::Cursor;
use crate::error::Result;
use std::ops::Range;

/// How chunks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Sizes are little-endian, of 32 bits.
    Riff,
    /// As RIFF. Sizes that don't fit into 32 bits are in a chunk `ds64`.
    Rf64,
    /// Sizes are big-endian, of 32 bits.
    Aiff,
    /// Sizes are big-endian, of 64 bits.
    Dsdiff,
    /// Sizes are little-endian, of 64 bits, and count the chunk's header.
    Dsf,
}

/// The size of a chunk in RF64 whose real size is in `ds64`.
const SIZE_IN_DS64: u64 = u32::MAX as u64;

impl Layout {
    /// Returns the length of a chunk's header, in bytes.
    pub(crate) fn header(self) -> u64 {
        match self {
            Self::Riff | Self::Rf64 | Self::Aiff => 8,
            Self::Dsdiff | Self::Dsf => 12,
        }
    }

    /// Returns the identifiers of the chunks with samples.
    pub(crate) fn sample_chunks(self) -> &'static [[u8; 4]] {
        const DATA: &[[u8; 4]] = &[*b"data"];
        const SSND: &[[u8; 4]] = &[*b"SSND"];
        const DSD: &[[u8; 4]] = &[*b"DSD ", *b"DST "];
        match self {
            Self::Riff | Self::Rf64 | Self::Dsf => DATA,
            Self::Aiff => SSND,
            Self::Dsdiff => DSD,
        }
    }

    /// Returns whether a chunk of an odd size is followed by a byte of padding.
    fn is_padded(self) -> bool {
        self != Self::Dsf
    }
}

/// A file of chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub layout: Layout,
    /// The type that the file declares: `WAVE`, `AIFF`, `AIFC`, `DSD `.
    pub kind: [u8; 4],
    /// The chunks, up to the size that the file declares. The file may end before that.
    pub chunks: Range<u64>,
    /// The body of the chunk `ds64`.
    long_sizes: Option<Range<u64>>,
}

impl Form {
    /// Reads the beginning of the file.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let Some(header) = cursor.array::<16>(0)? else { return Self::read_short(cursor) };
        let [a, b, c, d, size @ .., e, f, g, h] = header;
        Ok(match &[a, b, c, d] {
            b"FRM8" => {
                let end = u64::from_be_bytes(size).saturating_add(12);
                let chunks = 16..end.max(16);
                Some(Self { layout: Layout::Dsdiff, kind: [e, f, g, h], chunks, long_sizes: None })
            }
            // The first chunk has a fixed size and contains no other chunks.
            b"DSD " => {
                let chunks = 0..cursor.size();
                Some(Self { layout: Layout::Dsf, kind: *b"DSD ", chunks, long_sizes: None })
            }
            _ => return Self::read_short(cursor),
        })
    }

    fn read_short(cursor: &mut Cursor<'_>) -> Result<Option<Self>> {
        let Some(header) = cursor.array::<12>(0)? else { return Ok(None) };
        let [a, b, c, d, size @ .., e, f, g, h] = header;
        let (layout, size) = match &[a, b, c, d] {
            b"RIFF" => (Layout::Riff, u32::from_le_bytes(size)),
            b"RF64" | b"BW64" => (Layout::Rf64, u32::from_le_bytes(size)),
            b"FORM" => (Layout::Aiff, u32::from_be_bytes(size)),
            _ => return Ok(None),
        };
        let end = 8 + u64::from(size);
        let chunks = 12..end.max(12);
        let mut form = Self { layout, kind: [e, f, g, h], chunks, long_sizes: None };
        if layout == Layout::Rf64 {
            form.read_long_sizes(cursor)?;
        }
        Ok(Some(form))
    }

    /// Reads the sizes in `ds64`, the first chunk.
    fn read_long_sizes(&mut self, cursor: &mut Cursor<'_>) -> Result<()> {
        let mut chunks = Chunks::within(Layout::Riff, self.chunks.start..cursor.size());
        let Some(first) = chunks.next(cursor)?.filter(|chunk| chunk.id == *b"ds64") else {
            return Ok(());
        };
        if self.chunks.end == 8 + SIZE_IN_DS64
            && let Some(size) = cursor.array(first.body.start)?
        {
            self.chunks.end = u64::from_le_bytes(size).saturating_add(8).max(self.chunks.start);
        }
        self.long_sizes = Some(first.body);
        Ok(())
    }

    /// Walks the chunks in `range`: those of the file, or those in a chunk.
    pub(crate) fn walk(&self, range: Range<u64>) -> Chunks {
        let long_sizes = self.long_sizes.clone();
        Chunks { long_sizes, ..Chunks::within(self.layout, range) }
    }
}

/// The header of a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub id: [u8; 4],
    /// The chunk without its padding.
    pub range: Range<u64>,
    pub body: Range<u64>,
}

/// Walks the chunks in a range.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    layout: Layout,
    long_sizes: Option<Range<u64>>,
    at: u64,
    end: u64,
}

impl Chunks {
    pub(crate) fn within(layout: Layout, range: Range<u64>) -> Self {
        Self { layout, long_sizes: None, at: range.start, end: range.end }
    }

    pub(crate) fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Chunk>> {
        let Some((id, size)) = self.header(cursor)? else { return Ok(None) };
        let body = self.at + self.layout.header();
        let Some(end) = body.checked_add(size).filter(|end| *end <= self.end) else {
            return Ok(None);
        };
        let range = self.at..end;
        let padding = if self.layout.is_padded() { size % 2 } else { 0 };
        // Some programs leave out the padding of the last chunk.
        self.at = (end + padding).min(self.end);
        Ok(Some(Chunk { id, range, body: body..end }))
    }

    /// Returns the range that has not been read as chunks.
    pub(crate) fn rest(&self) -> Range<u64> {
        self.at..self.end
    }

    /// Reads the identifier and the body's size of the next chunk.
    fn header(&self, cursor: &mut Cursor<'_>) -> Result<Option<([u8; 4], u64)>> {
        if self.end.saturating_sub(self.at) < self.layout.header() {
            return Ok(None);
        }
        if matches!(self.layout, Layout::Dsdiff | Layout::Dsf) {
            let Some([a, b, c, d, size @ ..]) = cursor.array::<12>(self.at)? else {
                return Ok(None);
            };
            let size = match self.layout {
                Layout::Dsf => u64::from_le_bytes(size).checked_sub(self.layout.header()),
                _ => Some(u64::from_be_bytes(size)),
            };
            return Ok(size.map(|size| ([a, b, c, d], size)));
        }
        let Some([a, b, c, d, size @ ..]) = cursor.array::<8>(self.at)? else { return Ok(None) };
        let id = [a, b, c, d];
        let size = match self.layout {
            Layout::Aiff => u32::from_be_bytes(size),
            _ => u32::from_le_bytes(size),
        };
        let size = u64::from(size);
        match &self.long_sizes {
            Some(table) if size == SIZE_IN_DS64 => {
                Ok(long_size(cursor, table, id)?.map(|size| (id, size)))
            }
            _ => Ok(Some((id, size))),
        }
    }
}

/// Looks up the size of the chunk `id` in a `ds64` chunk: the sizes of the file and
/// of `data`, the number of samples, the number of entries, and the entries, each of
/// an identifier and a size.
fn long_size(cursor: &mut Cursor<'_>, ds64: &Range<u64>, id: [u8; 4]) -> Result<Option<u64>> {
    const DATA: u64 = 8;
    const COUNT: u64 = 24;
    const ENTRY: u64 = 12;
    if id == *b"data" {
        return Ok(cursor.array(ds64.start + DATA)?.map(u64::from_le_bytes));
    }
    let mut at = ds64.start + COUNT;
    let Some(count) = cursor.array(at)?.map(u32::from_le_bytes) else { return Ok(None) };
    at += 4;
    for _ in 0..count {
        if at + ENTRY > ds64.end {
            break;
        }
        let Some([a, b, c, d, size @ ..]) = cursor.array::<12>(at)? else { break };
        if [a, b, c, d] == id {
            return Ok(Some(u64::from_le_bytes(size)));
        }
        at += ENTRY;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;

    /// The form, its chunks, and the rest.
    /// Identifier and body.
    type Found = ([u8; 4], Range<u64>);

    fn read(bytes: &[u8]) -> (Form, Vec<Found>, Range<u64>) {
        over(bytes, |cursor| {
            let form = Form::read(cursor).unwrap().unwrap();
            let mut chunks = form.walk(form.chunks.start..cursor.size());
            let mut found = Vec::new();
            while let Some(chunk) = chunks.next(cursor).unwrap() {
                found.push((chunk.id, chunk.body));
            }
            (form, found, chunks.rest())
        })
    }

    #[test]
    fn each_layout_has_its_own_sizes_and_padding() {
        let wave = b"RIFF\x17\0\0\0WAVEfmt \x01\0\0\0a\0data\x01\0\0\0b";
        let aiff = b"FORM\0\0\0\x17AIFFCOMM\0\0\0\x01a\0SSND\0\0\0\x01b";
        for (bytes, kind, ids) in
            [(wave, b"WAVE", [*b"fmt ", *b"data"]), (aiff, b"AIFF", [*b"COMM", *b"SSND"])]
        {
            let (form, chunks, rest) = read(bytes);
            assert_eq!((form.kind, form.chunks), (*kind, 12..31));
            assert_eq!(chunks, [(ids[0], 20..21), (ids[1], 30..31)]);
            assert_eq!(rest, 31..31);
        }

        let dsdiff = b"FRM8\0\0\0\0\0\0\0\x20DSD FVER\0\0\0\0\0\0\0\x01a\0DSD \0\0\0\0\0\0\0\x02bc";
        let (form, chunks, rest) = read(dsdiff);
        assert_eq!((form.kind, form.chunks), (*b"DSD ", 16..44));
        assert_eq!(chunks, [(*b"FVER", 28..29), (*b"DSD ", 42..44)]);
        assert!(rest.is_empty());

        let dsf = b"DSD \x0D\0\0\0\0\0\0\0afmt \x0C\0\0\0\0\0\0\0data\x0E\0\0\0\0\0\0\0bc";
        let (form, chunks, rest) = read(dsf);
        assert_eq!(form.chunks, 0..39);
        assert_eq!(chunks, [(*b"DSD ", 12..13), (*b"fmt ", 25..25), (*b"data", 37..39)]);
        assert!(rest.is_empty());
    }

    fn rf64(data: &[u8], behind: &[u8]) -> Vec<u8> {
        let count = 1_u32.to_le_bytes();
        let sizes = [0, data.len() as u64, 0].map(u64::to_le_bytes).concat();
        let table = [&b"big "[..], &3_u64.to_le_bytes()].concat();
        let ds64 = [&sizes[..], &count, &table].concat();
        let size = (ds64.len() as u32).to_le_bytes();
        let start = [&b"RF64\xFF\xFF\xFF\xFFWAVEds64"[..], &size, &ds64].concat();
        let mut bytes = [&start, &b"data\xFF\xFF\xFF\xFF"[..], data, behind].concat();
        let whole = bytes.len() as u64 - 8;
        bytes[20..28].copy_from_slice(&whole.to_le_bytes());
        bytes
    }

    #[test]
    fn long_sizes_are_those_of_ds64() {
        let bytes = rf64(b"abcd", b"big \xFF\xFF\xFF\xFFxyz\0ID3 \x01\0\0\0t");
        let (form, chunks, rest) = read(&bytes);
        assert_eq!((form.layout, form.chunks.end), (Layout::Rf64, bytes.len() as u64));
        let bodies: Vec<_> =
            chunks.iter().map(|(_, body)| &bytes[body.start as usize..body.end as usize]).collect();
        assert_eq!(bodies[1..], [&b"abcd"[..], b"xyz", b"t"]);
        assert!(rest.is_empty());
    }

    #[test]
    fn a_long_size_that_is_missing_ends_the_walk() {
        let bytes = rf64(b"abcd", b"huge\xFF\xFF\xFF\xFF");
        let (_, chunks, rest) = read(&bytes);
        assert_eq!((chunks.len(), rest.end - rest.start), (2, 8));
    }

    #[test]
    fn a_chunk_that_does_not_fit_is_left_over() {
        let (_, chunks, rest) = read(b"RIFF\0\0\0\0WAVEfmt \0\0\0\0data\x09\0\0\0abc");
        assert_eq!((chunks.len(), rest), (1, 20..31));
        let (_, chunks, rest) = read(b"DSD \x0C\0\0\0\0\0\0\0fmt \x0B\0\0\0\0\0\0\0");
        assert_eq!((chunks.len(), rest), (1, 12..24));
        assert!(over(b"OggS\0\0\0\0\0\0\0\0", |cursor| Form::read(cursor).unwrap()).is_none());
    }
}
