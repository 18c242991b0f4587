//! Decides which images the movie shows, and when.

use crate::containers::Cursor;
use crate::containers::mp4_samples::{Samples, Shown};
use crate::error::Result;
use crate::limits::Budget;
use crate::tags::{Chapter, ImageContent};
use std::ops::Range;

/// The images of the original file.
#[derive(Default)]
pub(super) struct Images {
    pub samples: Option<Samples>,
    /// Whether the track can't be read, or has something else than images. It stays as it is.
    pub is_opaque: bool,
    /// When the movie begins to show an image or none.
    shown: Vec<Shown>,
    /// Those of them at which no chapter begins.
    between: Vec<Shown>,
    /// The images of the chapters.
    of_chapters: Vec<Option<usize>>,
    /// The difference between two times that are the same, in milliseconds.
    tolerance: f64,
}

/// An image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Image {
    /// A sample of the original file.
    Known(usize),
    /// The picture of a requested chapter.
    New(usize),
}

/// The images of the changed file.
#[derive(Debug, PartialEq)]
pub(super) struct Plan {
    /// When the movie begins to show an image or none, in milliseconds.
    pub points: Vec<Point>,
    pub is_changed: bool,
}

impl Images {
    /// Reads the images of a file with chapters at these times.
    pub(super) fn read(
        cursor: &mut Cursor<'_>,
        has_track: bool,
        samples: Option<Samples>,
        starts: &[f64],
    ) -> Result<Self> {
        if !has_track {
            return Ok(Self::default());
        }
        let mut images = Self { samples, is_opaque: true, ..Self::default() };
        let Some(samples) = &images.samples else { return Ok(images) };
        for sample in &samples.list {
            if kind_of(cursor, &sample.range)?.is_none() {
                return Ok(images);
            }
        }
        let Some(shown) = samples.shown(cursor.budget())? else { return Ok(images) };
        let tolerance = samples.tolerance();
        for point in &shown {
            let is_here = |start: &&f64| (**start - point.0).abs() <= tolerance;
            let next = starts.partition_point(|start| *start < point.0 - tolerance);
            if starts.get(next).filter(is_here).is_none() {
                cursor.budget().push(&mut images.between, *point)?;
            }
        }
        images.shown = shown;
        images.of_chapters = starts.iter().map(|start| samples.at(*start)).collect();
        images.tolerance = tolerance;
        images.is_opaque = false;
        Ok(images)
    }

    /// Returns whether an image has these bytes.
    fn has(&self, cursor: &mut Cursor<'_>, index: usize, bytes: &[u8]) -> Result<bool> {
        let Some(range) = self.range_of(index) else { return Ok(false) };
        Ok(range.end - range.start == bytes.len() as u64 && cursor.has(bytes, range.start)?)
    }

    /// Returns where an image is in the original file.
    pub(super) fn range_of(&self, index: usize) -> Option<Range<u64>> {
        self.samples.as_ref()?.list.get(index).map(|sample| sample.range.clone())
    }
}

impl Plan {
    /// Decides which images the chapters `asked` have. `same` tells which of the known chapters
    /// they are. An image that begins between the known chapters stays where it is.
    pub(super) fn of(
        cursor: &mut Cursor<'_>,
        images: &Images,
        asked: &[&Chapter],
        same: &[Option<usize>],
    ) -> Result<Self> {
        let budget = cursor.budget();
        let tolerance = images.tolerance;
        let mut between = images.between.iter().copied().peekable();
        let mut points = Points::default();
        let mut latest_new: Option<usize> = None;
        for (index, chapter) in asked.iter().enumerate() {
            while let Some((time, image)) =
                between.next_if(|(time, _)| *time < chapter.start - tolerance)
            {
                points.add(time, image.map(Image::Known), budget)?;
            }
            while between.next_if(|(time, _)| *time <= chapter.start + tolerance).is_some() {}
            let shown = images.samples.as_ref().and_then(|it| it.at(chapter.start));
            let of_same = same[index].map(|same| images.of_chapters.get(same).copied().flatten());
            let wanted = match &chapter.picture {
                None => of_same.map(|image| image.map(Image::Known)),
                Some(picture) if picture.data.is_empty() => Some(None),
                Some(picture) => {
                    let mut image = None;
                    for known in of_same.flatten().into_iter().chain(shown) {
                        if image.is_none() && images.has(cursor, known, &picture.data)? {
                            image = Some(Image::Known(known));
                        }
                    }
                    if image.is_none() && kind_of_data(&picture.data).is_some() {
                        let is_same = |new: &usize| data_of(asked, *new) == Some(&picture.data[..]);
                        let new = latest_new.filter(is_same).unwrap_or(index);
                        latest_new = Some(new);
                        image = Some(Image::New(new));
                    }
                    image.map(Some)
                }
            };
            let wanted = wanted.unwrap_or(shown.map(Image::Known));
            points.add(chapter.start, wanted, budget)?;
        }
        for (time, image) in between {
            points.add(time, image.map(Image::Known), budget)?;
        }
        let mut known = Points::default();
        for (time, image) in &images.shown {
            known.add(*time, image.map(Image::Known), budget)?;
        }
        let is_same = |((left, image), (right, other)): (&Point, &Point)| {
            (left - right).abs() <= tolerance && image == other
        };
        let is_changed =
            points.0.len() != known.0.len() || !points.0.iter().zip(&known.0).all(is_same);
        Ok(Self { points: points.0, is_changed })
    }
}

/// When the movie begins to show an image or none, in milliseconds.
type Point = (f64, Option<Image>);

/// The points at which another image begins.
#[derive(Default)]
struct Points(Vec<Point>);

impl Points {
    /// Returns the image that is shown in the end.
    fn latest(&self) -> Option<Image> {
        self.0.last().and_then(|(_, image)| *image)
    }

    fn add(&mut self, time: f64, image: Option<Image>, budget: &Budget) -> Result<()> {
        if self.latest() == image {
            return Ok(());
        }
        budget.push(&mut self.0, (time, image))
    }
}

/// Returns the bytes of the picture of a requested chapter.
pub(super) fn data_of<'a>(asked: &[&'a Chapter], index: usize) -> Option<&'a [u8]> {
    asked.get(index)?.picture.as_ref().map(|picture| &picture.data[..])
}

/// The name of a sample entry, and the dimensions.
pub(super) type Kind = ([u8; 4], u16, u16);

/// Returns the sample entry of an image, given its beginning.
pub(super) fn kind_of_data(data: &[u8]) -> Option<Kind> {
    let content = ImageContent::of(data)?;
    let name = match content.mime_type {
        "image/jpeg" => *b"jpeg",
        "image/png" => *b"png ",
        _ => return None,
    };
    let dimensions = content.dimensions.filter(|it| it.width > 0 && it.height > 0)?;
    Some((name, dimensions.width.try_into().ok()?, dimensions.height.try_into().ok()?))
}

/// Returns the sample entry of an image in a file.
pub(super) fn kind_of(cursor: &mut Cursor<'_>, range: &Range<u64>) -> Result<Option<Kind>> {
    /// How much of an image is searched for its dimensions, in bytes.
    const SEARCHED: u64 = 1 << 20;
    let end = range.end.min(range.start + SEARCHED);
    let Some(bytes) = cursor.bytes(range.start..end)? else { return Ok(None) };
    let kind = kind_of_data(&bytes);
    cursor.budget().release(bytes.capacity());
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::unlinked;
    use crate::tags::Picture;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\x02\0\0\0";

    /// The images of a file with chapters at 0, 10 and 20 ms, and another image at 25 ms.
    fn known() -> Images {
        let shown = [(0.0, Some(0)), (10.0, Some(1)), (20.0, None), (25.0, Some(2))];
        Images {
            shown: shown.to_vec(),
            between: vec![(25.0, Some(2))],
            of_chapters: vec![Some(0), Some(1), None],
            tolerance: 0.5,
            ..Images::default()
        }
    }

    fn chapter(start: f64, data: Option<&[u8]>) -> Chapter {
        let picture = data.map(|data| Picture { data: data.into(), ..Picture::default() });
        Chapter { start, picture, ..Chapter::default() }
    }

    fn plan(images: &Images, asked: &[Chapter], same: &[Option<usize>]) -> Plan {
        let asked: Vec<&Chapter> = asked.iter().collect();
        Plan::of(&mut Cursor::over(&[], &unlinked::budget()), images, &asked, same).unwrap()
    }

    fn points(plan: &Plan) -> Vec<(f64, Option<Image>)> {
        plan.points.clone()
    }

    #[test]
    fn images_that_no_chapter_changes_stay() {
        let asked = [0.0, 10.4, 20.0].map(|start| chapter(start, None));
        assert!(!plan(&known(), &asked, &[Some(0), Some(1), Some(2)]).is_changed);
    }

    #[test]
    fn an_image_moves_with_its_chapter_and_goes_with_it() {
        let asked = [0.0, 15.0, 20.0].map(|start| chapter(start, None));
        let moved = plan(&known(), &asked, &[Some(0), Some(1), Some(2)]);
        let [first, second, third] = [0, 1, 2].map(|index| Some(Image::Known(index)));
        assert!(moved.is_changed);
        assert_eq!(points(&moved), [(0.0, first), (15.0, second), (20.0, None), (25.0, third)]);
        let asked = [0.0, 20.0].map(|start| chapter(start, None));
        let without = plan(&known(), &asked, &[Some(0), Some(2)]);
        assert_eq!(points(&without), [(0.0, first), (20.0, None), (25.0, third)]);
    }

    #[test]
    fn an_image_is_set_and_removed_and_shared_by_chapters() {
        let asked = [
            chapter(0.0, Some(&[])),
            chapter(10.0, Some(PNG)),
            chapter(20.0, Some(PNG)),
            chapter(30.0, Some(b"no image")),
        ];
        let set = plan(&known(), &asked, &[Some(0), Some(1), Some(2), None]);
        let (new, third) = (Some(Image::New(1)), Some(Image::Known(2)));
        assert!(set.is_changed);
        assert_eq!(points(&set), [(10.0, new), (25.0, third), (30.0, None)]);
        assert_eq!(kind_of_data(PNG), Some((*b"png ", 2, 3)));
    }
}
