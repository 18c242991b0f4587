//! Sorts chapters, and adds the ends that the file leaves open.

/// A chapter. Times are in milliseconds from the start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chapter {
    /// When the chapter begins.
    pub start: f64,
    /// `None` only if the length of the track is unknown, too.
    pub end: Option<f64>,
    /// The title.
    pub title: Option<String>,
    /// The element ID of ID3v2's CHAP frame.
    pub id: Option<String>,
    /// `id3`, `quicktime` or `nero`.
    pub source: Option<String>,
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

/// Sorts chapters by their start. An open end becomes the start of the next chapter, and that of
/// the last chapter the end of the track: MP4 does not store the ends of chapters.
pub(super) fn in_order(mut chapters: Vec<Chapter>, track_end: Option<f64>) -> Vec<Chapter> {
    // The sort is stable: chapters that start together keep the order of the file.
    chapters.sort_by(|left, right| left.start.total_cmp(&right.start));
    let mut next_start = track_end;
    for chapter in chapters.iter_mut().rev() {
        chapter.end = chapter.end.or(next_start);
        next_start = Some(chapter.start);
    }
    chapters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(start: f64, end: Option<f64>) -> Chapter {
        Chapter { start, end, ..Chapter::default() }
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
    fn the_last_stays_open_in_a_track_of_unknown_length() {
        assert_eq!(ends(vec![chapter(0.0, None), chapter(5.0, None)], None), [Some(5.0), None]);
    }
}
