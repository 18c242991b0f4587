//! The samples of a track in MP4, with their times (ISO/IEC 14496-12, sections 8.6 and 8.7).

use super::Cursor;
use super::mp4::{Atom, ChunkOffsets, FULL_HEADER};
use crate::error::Result;
use crate::limits::Budget;
use std::ops::Range;

/// The largest number of samples, and of edits, that a track of chapters is read with. It has one
/// of each per chapter.
const MOST: u32 = 1 << 16;

/// A sample of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// When it begins, in units of the track's time scale.
    pub start: u64,
    /// Where it is in the file.
    pub range: Range<u64>,
}

/// A part of the movie that shows a part of the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Edit {
    /// In units of the movie's time scale.
    start: u64,
    duration: u64,
    /// When the part of the track begins, in units of its time scale. `None` shows nothing.
    media: Option<u64>,
}

/// When the movie begins to show a sample, by its index, or none, in milliseconds.
pub(crate) type Shown = (f64, Option<usize>);

/// The samples of a track, and when the movie shows them.
#[derive(Debug)]
pub(crate) struct Samples {
    /// In the order of their start.
    pub list: Vec<Sample>,
    /// The units of the track per second.
    scale: u32,
    /// The units of the movie per second.
    movie_scale: u32,
    edits: Vec<Edit>,
}

impl Samples {
    /// Reads the samples of a track. Returns `None` if its tables are incomplete, contradict each
    /// other, or point outside the file.
    pub(crate) fn read(
        cursor: &mut Cursor<'_>,
        track: &Atom,
        movie_scale: u32,
    ) -> Result<Option<Self>> {
        let Some(media) = track.children(cursor)?.find(cursor, b"mdia")? else { return Ok(None) };
        let header = media.children(cursor)?.find(cursor, b"mdhd")?;
        let Some(header) = header else { return Ok(None) };
        let Some(scale) = time_scale(cursor, &header)?.filter(|scale| *scale > 0) else {
            return Ok(None);
        };
        let Some(tables) = Tables::find(cursor, &media)? else { return Ok(None) };
        let Some(list) = tables.samples(cursor)? else { return Ok(None) };
        let Some(edits) = edits(cursor, track)? else { return Ok(None) };
        Ok((movie_scale > 0).then_some(Self { list, scale, movie_scale, edits }))
    }

    /// Returns the index of the sample that the movie shows at a time, in milliseconds, or that
    /// begins within the [tolerance](Self::tolerance). The last sample has no end of its own.
    pub(crate) fn at(&self, milliseconds: f64) -> Option<usize> {
        let time = milliseconds + self.tolerance();
        let media = if self.edits.is_empty() {
            self.units(time)
        } else {
            let start = |edit: &Edit| self.movie_time(edit.start);
            let index = self.edits.partition_point(|edit| start(edit) <= time).checked_sub(1)?;
            let edit = &self.edits[index];
            edit.media?.saturating_add(self.units(time - start(edit)))
        };
        self.list.partition_point(|sample| sample.start <= media).checked_sub(1)
    }

    /// Returns the difference between two times that are the same, in milliseconds: the times of
    /// chapters are rounded to milliseconds, and those of samples to units.
    pub(crate) fn tolerance(&self) -> f64 {
        let has_edits = self.edits.len() > 1;
        let scale = if has_edits { self.scale.min(self.movie_scale) } else { self.scale };
        (500.0 / f64::from(scale)).max(0.5)
    }

    /// Converts a time in milliseconds to units of the track.
    fn units(&self, milliseconds: f64) -> u64 {
        (milliseconds * f64::from(self.scale) / 1000.0) as u64
    }

    /// Converts units of the movie to milliseconds.
    fn movie_time(&self, units: u64) -> f64 {
        units as f64 * 1000.0 / f64::from(self.movie_scale)
    }

    /// Returns when a sample begins in the track, in milliseconds.
    pub(crate) fn start_of(&self, sample: &Sample) -> f64 {
        sample.start as f64 * 1000.0 / f64::from(self.scale)
    }

    /// Returns when the movie shows which samples. Returns `None` if they are too many.
    pub(crate) fn shown(&self, budget: &Budget) -> Result<Option<Vec<Shown>>> {
        let mut shown = Vec::new();
        if self.edits.is_empty() {
            for (index, sample) in self.list.iter().enumerate() {
                budget.push(&mut shown, (self.start_of(sample), Some(index)))?;
            }
        }
        for edit in &self.edits {
            let start = self.movie_time(edit.start);
            let Some(media) = edit.media else {
                budget.push(&mut shown, (start, None))?;
                continue;
            };
            let length = edit.duration as f64 / f64::from(self.movie_scale);
            let end = media.saturating_add((length * f64::from(self.scale)).ceil() as u64);
            let first = self.list.partition_point(|sample| sample.start <= media);
            budget.push(&mut shown, (start, first.checked_sub(1)))?;
            let later = self.list.iter().enumerate().skip(first);
            for (index, sample) in later.take_while(|(_, sample)| sample.start < end) {
                let since = (sample.start - media) as f64 * 1000.0 / f64::from(self.scale);
                budget.push(&mut shown, (start + since, Some(index)))?;
            }
            // Edits may show the same samples again and again.
            if shown.len() > 2 * MOST as usize {
                return Ok(None);
            }
        }
        Ok(Some(shown))
    }
}

/// Reads the time scale of `mdhd` or `mvhd`.
pub(crate) fn time_scale(cursor: &mut Cursor<'_>, header: &Atom) -> Result<Option<u32>> {
    /// Where it is, after the times of creation and modification.
    const AT: [u64; 2] = [12, 20];
    let Some([version]) = cursor.array(header.body.start)? else { return Ok(None) };
    let at = header.body.start + AT[usize::from(version == 1)];
    if at + 4 > header.body.end {
        return Ok(None);
    }
    Ok(cursor.array(at)?.map(u32::from_be_bytes))
}

/// Reads the edit list of a track: none shows all of it. Returns `None` if it is damaged.
fn edits(cursor: &mut Cursor<'_>, track: &Atom) -> Result<Option<Vec<Edit>>> {
    let mut edits = Vec::new();
    let Some(edts) = track.children(cursor)?.find(cursor, b"edts")? else { return Ok(Some(edits)) };
    let Some(list) = edts.children(cursor)?.find(cursor, b"elst")? else { return Ok(Some(edits)) };
    let Some([version, ..]) = cursor.array::<4>(list.body.start)? else { return Ok(None) };
    let width = if version == 1 { 8 } else { 4 };
    let Some(entries) = Entries::read(cursor, &list, 2 * width + 4)? else { return Ok(None) };
    if entries.count > MOST {
        return Ok(None);
    }
    let mut start: u64 = 0;
    for index in 0..entries.count {
        let at = entries.at(index);
        let numbers = if version == 1 {
            let (duration, media) = (cursor.array(at)?, cursor.array(at + width)?);
            duration.map(u64::from_be_bytes).zip(media.map(i64::from_be_bytes))
        } else {
            let (duration, media) = (cursor.array(at)?, cursor.array(at + width)?);
            let duration = duration.map(u32::from_be_bytes).map(u64::from);
            duration.zip(media.map(i32::from_be_bytes).map(i64::from))
        };
        let Some((duration, media)) = numbers else { return Ok(None) };
        cursor.budget().push(&mut edits, Edit { start, duration, media: media.try_into().ok() })?;
        let Some(end) = start.checked_add(duration) else { return Ok(None) };
        start = end;
    }
    Ok(Some(edits))
}

/// The entries of a table.
#[derive(Clone, Copy)]
struct Entries {
    count: u32,
    start: u64,
    width: u64,
}

impl Entries {
    /// Reads the number of entries of `width` bytes. Returns `None` if the atom is too short for
    /// them.
    fn read(cursor: &mut Cursor<'_>, table: &Atom, width: u64) -> Result<Option<Self>> {
        Self::behind(cursor, table, FULL_HEADER, width)
    }

    /// Does the same for a table whose number of entries is at this offset.
    fn behind(
        cursor: &mut Cursor<'_>,
        table: &Atom,
        offset: u64,
        width: u64,
    ) -> Result<Option<Self>> {
        let at = table.body.start + offset;
        let Some(count) = cursor.array(at)?.map(u32::from_be_bytes) else { return Ok(None) };
        let start = at + 4;
        let fits = start + u64::from(count) * width <= table.body.end;
        Ok(fits.then_some(Self { count, start, width }))
    }

    fn at(self, index: u32) -> u64 {
        self.start + u64::from(index) * self.width
    }
}

/// The tables of a track.
struct Tables {
    /// How long samples last (`stts`).
    times: Entries,
    /// How many samples each chunk has (`stsc`).
    runs: Entries,
    /// The size of all samples, or zero.
    size: u32,
    /// The sizes of samples (`stsz`).
    sizes: Entries,
    chunks: ChunkOffsets,
}

impl Tables {
    fn find(cursor: &mut Cursor<'_>, media: &Atom) -> Result<Option<Self>> {
        let mut walk = media.children(cursor)?;
        for name in [b"minf", b"stbl"] {
            let Some(atom) = walk.find(cursor, name)? else { return Ok(None) };
            walk = atom.children(cursor)?;
        }
        let (mut times, mut runs, mut sizes, mut chunks) = (None, None, None, None);
        while let Some(atom) = walk.next(cursor)? {
            match &atom.name {
                b"stts" => times = Entries::read(cursor, &atom, 8)?,
                b"stsc" => runs = Entries::read(cursor, &atom, 12)?,
                b"stsz" => {
                    let at = atom.body.start + FULL_HEADER;
                    let size = cursor.array(at)?.map(u32::from_be_bytes);
                    let width = if size == Some(0) { 4 } else { 0 };
                    let entries = Entries::behind(cursor, &atom, FULL_HEADER + 4, width)?;
                    sizes = size.zip(entries);
                }
                b"stco" | b"co64" => chunks = ChunkOffsets::read(cursor, &atom)?,
                _ => {}
            }
        }
        let tables = times.zip(runs).zip(sizes.zip(chunks));
        Ok(tables.map(|((times, runs), ((size, sizes), chunks))| Self {
            times,
            runs,
            size,
            sizes,
            chunks,
        }))
    }

    /// Returns the samples, or `None` if the tables contradict each other.
    fn samples(mut self, cursor: &mut Cursor<'_>) -> Result<Option<Vec<Sample>>> {
        let mut samples = Vec::new();
        if self.sizes.count > MOST {
            return Ok(None);
        }
        let mut starts = Starts { entries: self.times, next: 0, left: 0, delta: 0, start: 0 };
        let mut chunk: u32 = 0;
        let (mut run, mut per_chunk) = (0, 0);
        while (samples.len() as u64) < u64::from(self.sizes.count) {
            let Some(mut offset) = self.chunks.next(cursor)? else { return Ok(None) };
            chunk = chunk.saturating_add(1);
            if run < self.runs.count {
                let at = self.runs.at(run);
                let (first, count) = (cursor.array(at)?, cursor.array(at + 4)?);
                if first.map(u32::from_be_bytes) == Some(chunk) {
                    per_chunk = count.map_or(0, u32::from_be_bytes);
                    run += 1;
                }
            }
            if per_chunk == 0 {
                return Ok(None);
            }
            for _ in 0..per_chunk {
                // `MOST` is the greatest number, so this is the index of the next one.
                let index = samples.len() as u32;
                if index == self.sizes.count {
                    break;
                }
                let size = match self.size {
                    0 => cursor.array(self.sizes.at(index))?.map(u32::from_be_bytes),
                    size => Some(size),
                };
                let end = size.and_then(|size| offset.checked_add(u64::from(size)));
                let Some(end) = end.filter(|end| *end <= cursor.size()) else { return Ok(None) };
                let Some(start) = starts.next(cursor)? else { return Ok(None) };
                cursor.budget().push(&mut samples, Sample { start, range: offset..end })?;
                offset = end;
            }
        }
        Ok(Some(samples))
    }
}

/// Walks the starts of samples.
struct Starts {
    entries: Entries,
    next: u32,
    /// The number of samples that last `delta` each.
    left: u32,
    delta: u32,
    start: u64,
}

impl Starts {
    fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<u64>> {
        while self.left == 0 {
            if self.next == self.entries.count {
                return Ok(None);
            }
            let at = self.entries.at(self.next);
            let (count, delta) = (cursor.array(at)?, cursor.array(at + 4)?);
            let Some((count, delta)) = count.zip(delta) else { return Ok(None) };
            (self.left, self.delta) = (u32::from_be_bytes(count), u32::from_be_bytes(delta));
            self.next += 1;
        }
        let start = self.start;
        self.left -= 1;
        self.start += u64::from(self.delta);
        Ok(Some(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::cursor::tests::over;
    use crate::containers::mp4::Atoms;
    use crate::file::unlinked;

    fn atom(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        [&(body.len() as u32 + 8).to_be_bytes(), &name[..], &body].concat()
    }

    fn table(name: &[u8; 4], numbers: &[u32]) -> Vec<u8> {
        let numbers: Vec<u8> = numbers.iter().flat_map(|it| it.to_be_bytes()).collect();
        atom(name, &[&[0; 4], &numbers])
    }

    /// A track of three samples in two chunks: its times, runs, sizes and chunk offsets.
    const TIMES: &[u32] = &[2, 2, 10, 1, 5];
    const RUNS: &[u32] = &[2, 1, 2, 1, 2, 1, 1];
    const SIZES: &[u32] = &[0, 3, 4, 5, 6];
    const OFFSETS: &[u32] = &[2, 8, 1];

    fn read(tables: [&[u32]; 4], edits: &[u32]) -> Option<Samples> {
        let [times, runs, sizes, offsets] = tables;
        let tables = [
            table(b"stts", times),
            table(b"stsc", runs),
            table(b"stsz", sizes),
            table(b"stco", offsets),
        ];
        let header = table(b"mdhd", &[0, 0, 1000, 25, 0]);
        let media = atom(b"minf", &[&atom(b"stbl", &[&tables.concat()])]);
        let edits = match edits {
            [] => Vec::new(),
            edits => atom(b"edts", &[&table(b"elst", edits)]),
        };
        let track = atom(b"trak", &[&edits, &atom(b"mdia", &[&header, &media])]);
        over(&track, |cursor| {
            let track = Atoms::within(0..cursor.size()).next(cursor).unwrap().unwrap();
            Samples::read(cursor, &track, 100).unwrap()
        })
    }

    #[test]
    fn samples_have_times_and_places() {
        let samples = read([TIMES, RUNS, SIZES, OFFSETS], &[]).unwrap();
        let found: Vec<_> = samples.list.iter().map(|it| (it.start, it.range.clone())).collect();
        assert_eq!(found, [(0, 8..12), (10, 12..17), (20, 1..7)]);
        let at = [0.0, 9.4, 9.6, 10.0, 19.5, 1e9].map(|time| samples.at(time));
        assert_eq!(at, [0, 0, 1, 1, 2, 2].map(Some));
    }

    #[test]
    fn an_edit_list_shifts_samples_and_shows_nothing_between_them() {
        // In hundredths of a second: nothing, the second sample, nothing, the first one.
        let edits = &[4, 1, u32::MAX, 0, 1, 10, 0, 2, u32::MAX, 0, 1, 0, 0];
        let samples = read([TIMES, RUNS, SIZES, OFFSETS], edits).unwrap();
        let at = [0.0, 10.0, 14.0, 20.0, 30.0, 40.0].map(|time| samples.at(time));
        assert_eq!(at, [None, Some(1), Some(1), None, None, Some(0)]);
        assert_eq!(samples.tolerance(), 5.0);
        let shown = samples.shown(&unlinked::budget()).unwrap().unwrap();
        let expected = [(0.0, None), (10.0, Some(1)), (20.0, None), (40.0, Some(0))];
        assert_eq!(shown, expected);
    }

    #[test]
    fn tables_that_contradict_each_other_have_no_samples() {
        let good = [TIMES, RUNS, SIZES, OFFSETS];
        for (index, damaged) in [
            // Fewer times than samples, none, and more entries than there are.
            (0, &[1, 2, 10][..]),
            (0, &[0]),
            (0, &[u32::MAX, 3, 1]),
            // No run for the first chunk, an empty one, and one of all samples.
            (1, &[1, 2, 2, 1]),
            (1, &[1, 1, 0, 1]),
            (1, &[u32::MAX]),
            // More samples than chunks have, than are listed, and than are allowed.
            (2, &[0, 4, 4, 5, 6, 7]),
            (2, &[0, 5, 4, 5, 6]),
            (2, &[1, u32::MAX]),
            (2, &[0, 3, 4, 5, u32::MAX]),
            // Outside the file, and missing.
            (3, &[2, 8, u32::MAX]),
            (3, &[1, 8]),
            (3, &[u32::MAX, 8]),
        ] {
            let mut tables = good;
            tables[index] = damaged;
            assert!(read(tables, &[]).is_none(), "{index} {damaged:?}");
        }
        assert!(read(good, &[u32::MAX, 1, 1, 1]).is_none());
    }
}
