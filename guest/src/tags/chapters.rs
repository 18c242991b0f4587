//! Sorts chapters, and adds the ends that the file leaves open.

use super::picture::Picture;
use std::cmp::Ordering;
use std::collections::HashMap;

/// A chapter. Times are in milliseconds from the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chapter {
    /// When the chapter begins.
    pub start: f64,
    /// `None` only if the length of the track is unknown, too.
    pub end: Option<f64>,
    /// The title.
    pub title: Option<String>,
    /// The element ID of ID3v2's CHAP frame, or Matroska's `ChapterUID`.
    pub id: Option<String>,
    /// `id3`, `quicktime` or `nero`. taglib-wasm has no names for other formats.
    pub source: Option<String>,
    /// The link, in ID3v2, Vorbis comments and QuickTime. In an edit, `None` keeps the link of the
    /// same chapter, and an empty text removes it.
    pub url: Option<String>,
    /// The image, in ID3v2 and QuickTime. In an edit, `None` keeps the image of the same chapter, and a picture
    /// without data removes it.
    pub picture: Option<Picture>,
}

impl Chapter {
    /// Returns whether `other` is the same chapter, perhaps with other details: it has the same
    /// identifier, or the same start and title.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(id), Some(other)) if id == other => true,
            _ => (self.start.round(), &self.title) == (other.start.round(), &other.title),
        }
    }

    /// Returns whether the chapter `is` has what this one asks for, apart from the end.
    pub(super) fn is_met_by(&self, is: &Self) -> bool {
        (self.start, &self.title, &self.id, &self.source)
            == (is.start, &is.title, &is.id, &is.source)
            && self.url_is_met_by(is)
            && self.picture_is_met_by(is)
    }

    /// Returns whether the chapter `is` has the requested link.
    pub(super) fn url_is_met_by(&self, is: &Self) -> bool {
        self.url.as_ref().is_none_or(|asked| asked == is.url.as_deref().unwrap_or_default())
    }

    /// Returns whether the chapter `is` has the requested image.
    pub(super) fn picture_is_met_by(&self, is: &Self) -> bool {
        match &self.picture {
            Some(asked) if asked.data.is_empty() => is.picture.is_none(),
            Some(asked) => is.picture.as_ref() == Some(asked),
            None => true,
        }
    }
}

/// Returns for each of the chapters `asked` the index of the same chapter in `known`, for formats
/// without identifiers: the one with the same start and title, or else with the same start, or
/// else with the same title.
pub(crate) fn same_chapters(asked: &[&Chapter], known: &[Chapter]) -> Vec<Option<usize>> {
    type Key<'a> = (Option<i64>, Option<&'a str>);
    const KEYS: [for<'a> fn(&'a Chapter) -> Key<'a>; 3] = [
        |chapter| (Some(chapter.start.round() as i64), chapter.title.as_deref()),
        |chapter| (Some(chapter.start.round() as i64), None),
        |chapter| (None, chapter.title.as_deref()),
    ];
    let mut same = vec![None; asked.len()];
    let mut is_taken = vec![false; known.len()];
    for key in KEYS {
        let mut free: HashMap<Key<'_>, Vec<usize>> = HashMap::new();
        // The first one is taken first.
        for index in (0..known.len()).rev().filter(|index| !is_taken[*index]) {
            free.entry(key(&known[index])).or_default().push(index);
        }
        for (asked, same) in asked.iter().zip(&mut same).filter(|(_, same)| same.is_none()) {
            let key = key(asked);
            if key != (None, None)
                && let Some(index) = free.get_mut(&key).and_then(Vec::pop)
            {
                *same = Some(index);
                is_taken[index] = true;
            }
        }
    }
    same
}

/// Where an MP4 file has its chapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mp4ChapterStyle {
    /// In a text track.
    QuickTime,
    /// In the atom `chpl`.
    Nero,
    /// In both.
    Both,
}

impl Mp4ChapterStyle {
    /// Returns the name that the guest uses.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::QuickTime => "quicktime",
            Self::Nero => "nero",
            Self::Both => "both",
        }
    }
}

/// Sorts chapters by their start, and closes the ends that the file leaves open.
pub(super) fn in_order(chapters: Vec<Chapter>, track_end: Option<f64>) -> Vec<Chapter> {
    let ordered = with_ends(&chapters, track_end);
    let ends: Vec<Option<f64>> = ordered.into_iter().map(|(_, end)| end).collect();
    let mut chapters = sorted(chapters);
    chapters.iter_mut().zip(ends).for_each(|(chapter, end)| chapter.end = end);
    chapters
}

/// Returns chapters in the order of their start, each with its end. An open end becomes the start
/// of the next chapter, and that of the last chapter the end of the track: MP4 and Vorbis comments
/// do not store the ends of chapters. A track that ends before its last chapter has no known end.
pub(super) fn with_ends(
    chapters: &[Chapter],
    track_end: Option<f64>,
) -> Vec<(&Chapter, Option<f64>)> {
    let mut ordered: Vec<_> = chapters.iter().map(|chapter| (chapter, chapter.end)).collect();
    ordered.sort_by(|(left, _), (right, _)| by_start(left, right));
    let mut next_start = track_end;
    for (chapter, end) in ordered.iter_mut().rev() {
        *end = end.or(next_start.filter(|next| *next >= chapter.start));
        next_start = Some(chapter.start);
    }
    ordered
}

/// Sorts chapters by their start.
pub(super) fn sorted(mut chapters: Vec<Chapter>) -> Vec<Chapter> {
    chapters.sort_by(by_start);
    chapters
}

/// Sorts chapters by their start, and gives each an end. ID3v2 stores an end, and the guest would
/// write zero.
pub(super) fn closed(chapters: Vec<Chapter>, track_end: Option<f64>) -> Vec<Chapter> {
    let mut chapters = in_order(chapters, track_end);
    chapters.iter_mut().for_each(|chapter| chapter.end = chapter.end.or(Some(chapter.start)));
    chapters
}

/// Orders chapters by their start. With a stable sort, chapters that start together keep the order
/// of the file.
fn by_start(left: &Chapter, right: &Chapter) -> Ordering {
    left.start.total_cmp(&right.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(start: f64, end: Option<f64>) -> Chapter {
        Chapter { start, end, ..Chapter::default() }
    }

    #[test]
    fn a_chapter_is_known_by_its_start_and_title_or_one_of_them() {
        let chapter = |start: f64, title: &str| Chapter {
            start,
            title: Some(title.to_owned()).filter(|title| !title.is_empty()),
            ..Chapter::default()
        };
        let known = [chapter(0.0, "a"), chapter(10.0, "b"), chapter(20.0, ""), chapter(30.0, "a")];
        let asked = [chapter(0.0, "x"), chapter(5.0, "b"), chapter(20.0, ""), chapter(40.0, "")];
        let same = |asked: &[Chapter]| same_chapters(&asked.iter().collect::<Vec<_>>(), &known);
        assert_eq!(same(&asked), [Some(0), Some(1), Some(2), None]);
        assert_eq!(same(&[chapter(9.0, "a"), chapter(30.0, "a")]), [Some(0), Some(3)]);
    }

    fn ends(chapters: Vec<Chapter>, track_end: Option<f64>) -> Vec<Option<f64>> {
        in_order(chapters, track_end).into_iter().map(|chapter| chapter.end).collect()
    }

    #[test]
    fn open_ends_are_closed_by_what_follows() {
        let chapters = vec![chapter(20.0, None), chapter(0.0, None), chapter(10.0, Some(12.0))];
        assert_eq!(ends(chapters, Some(30.0)), [Some(10.0), Some(12.0), Some(30.0)]);
    }

    #[test]
    fn each_chapter_gets_an_end() {
        let chapters = vec![chapter(40.0, None), chapter(0.0, None), chapter(10.0, Some(12.0))];
        let ends = closed(chapters, Some(30.0)).into_iter().map(|it| it.end);
        assert_eq!(ends.collect::<Vec<_>>(), [10.0, 12.0, 40.0].map(Some));
    }

    #[test]
    fn a_chapter_after_the_end_of_the_track_stays_open() {
        assert_eq!(
            ends(vec![chapter(0.0, None), chapter(5.0, None)], Some(3.0)),
            [Some(5.0), None]
        );
    }

    #[test]
    fn the_last_stays_open_in_a_track_of_unknown_length() {
        assert_eq!(ends(vec![chapter(0.0, None), chapter(5.0, None)], None), [Some(5.0), None]);
    }
}
