//! ISO media (ISO/IEC 14496-12): MP4, M4A and their cousins.
//!
//! The audio is in `mdat`, and tables in `moov` tell where in the file its
//! chunks begin. A change of tags that moves `mdat` has to change the tables
//! with it, so their entries are marks: counted within the parts, they must
//! stay the same. Chapters are a track, too, of text, and its `mdat` is none of
//! the audio's.

use super::{Content, Found, MAX_PARTS, Parts, Stop};
use std::ops::Range;

/// What a file may begin with. Old ones have no `ftyp`.
pub(super) const STARTS: [[u8; 4]; 6] =
    [*b"ftyp", *b"moov", *b"mdat", *b"free", *b"skip", *b"wide"];

/// The way to the tables, a track begun on it.
const CONTAINERS: [[u8; 4]; 5] = [*b"moov", *b"trak", *b"mdia", *b"minf", *b"stbl"];
const DEPTH: usize = CONTAINERS.len();

pub(super) fn parts(content: &mut Content<'_>) -> Found {
    let mut walk = Walk::default();
    let whole = 0..content.size();
    walk.atoms(content, whole, 0)?;
    walk.marked()
}

const BROKEN: Stop = Stop::Damaged("an atom in it ends behind the end of the file");
const OUTSIDE: Stop = Stop::Damaged("its tables point to audio that is not there");
const ENDLESS: Stop = Stop::Damaged("it has more atoms than any player would read");

#[derive(Default)]
struct Walk {
    media: Vec<Range<u64>>,
    tracks: Vec<Track>,
    atoms: usize,
}

#[derive(Default)]
struct Track {
    is_sound: bool,
    chunk_offsets: Vec<u64>,
}

impl Walk {
    fn atoms(
        &mut self,
        content: &mut Content<'_>,
        within: Range<u64>,
        depth: usize,
    ) -> Result<(), Stop> {
        let mut at = within.start;
        // Fewer bytes than a header are padding to TagLib, too.
        while at + 8 <= within.end {
            self.atoms += 1;
            if self.atoms > MAX_PARTS {
                return Err(ENDLESS);
            }
            let atom = Atom::read(content, at, within.end)?;
            at = atom.body.end;
            match &atom.name {
                b"mdat" => self.media.push(atom.body),
                b"hdlr" => {
                    let handler = content.array(atom.body.start + 8)?;
                    self.track()?.is_sound = handler.as_ref() == Some(b"soun");
                }
                b"stco" => self.read_chunk_offsets(content, &atom.body, 4)?,
                b"co64" => self.read_chunk_offsets(content, &atom.body, 8)?,
                name if depth < DEPTH && CONTAINERS.contains(name) => {
                    if name == b"trak" {
                        self.tracks.push(Track::default());
                    }
                    self.atoms(content, atom.body, depth + 1)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Version and flags, the number of entries, the entries.
    fn read_chunk_offsets(
        &mut self,
        content: &mut Content<'_>,
        table: &Range<u64>,
        width: u64,
    ) -> Result<(), Stop> {
        let count = content.array(table.start + 4)?.map(u32::from_be_bytes).ok_or(BROKEN)?;
        for index in 0..u64::from(count) {
            let at = table.start + 8 + index * width;
            if at + width > table.end {
                return Err(BROKEN);
            }
            let offset = match width {
                4 => content.array(at)?.map(u32::from_be_bytes).map(u64::from),
                _ => content.array(at)?.map(u64::from_be_bytes),
            };
            let offsets = &mut self.track()?.chunk_offsets;
            if offsets.len() >= MAX_PARTS {
                return Err(ENDLESS);
            }
            offsets.push(offset.ok_or(BROKEN)?);
        }
        Ok(())
    }

    fn track(&mut self) -> Result<&mut Track, Stop> {
        self.tracks.last_mut().ok_or(BROKEN)
    }

    /// The `mdat`s with sound in them; all where no table tells, as in a
    /// fragmented file.
    fn marked(self) -> Found {
        let mut offsets = Vec::new();
        for track in self.tracks.iter().filter(|track| track.is_sound) {
            for offset in &track.chunk_offsets {
                // In the order of the file: the last that begins before it.
                let after = self.media.partition_point(|media| media.start <= *offset);
                let index = after.checked_sub(1).ok_or(OUTSIDE)?;
                if *offset > self.media[index].end {
                    return Err(OUTSIDE);
                }
                offsets.push((index, offset - self.media[index].start));
            }
        }
        let mut has_sound = vec![offsets.is_empty(); self.media.len()];
        for (index, _) in &offsets {
            has_sound[*index] = true;
        }
        let mut parts = Parts::default();
        let mut starts = vec![0; self.media.len()];
        let mut length = 0;
        for (index, media) in self.media.into_iter().enumerate() {
            if has_sound[index] {
                starts[index] = length;
                length += media.end - media.start;
                parts.push(media)?;
            }
        }
        parts.marks = offsets.into_iter().map(|(index, offset)| starts[index] + offset).collect();
        Ok(parts)
    }
}

struct Atom {
    name: [u8; 4],
    body: Range<u64>,
}

impl Atom {
    fn read(content: &mut Content<'_>, at: u64, end: u64) -> Result<Self, Stop> {
        let header: [u8; 8] = content.array(at)?.ok_or(BROKEN)?;
        let [a, b, c, d, name @ ..] = header;
        let (length, size) = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of the file.
            0 => (8, end - at),
            1 => (16, content.array(at + 8)?.map(u64::from_be_bytes).ok_or(BROKEN)?),
            size => (8, size.into()),
        };
        let body = at + length..at.checked_add(size).ok_or(BROKEN)?;
        if body.end > end || body.start > body.end {
            return Err(BROKEN);
        }
        Ok(Self { name, body })
    }
}
