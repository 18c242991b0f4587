//! Compares the pictures and chapters of a changed file with the requested ones: a format may have
//! no room for a picture, or for a detail of a picture or chapter.

use super::answer::Answer;
use super::chapters::{Chapter, same_chapters, with_ends};
use super::edit::Edit;
use super::picture::Picture;
use super::tag_format::TagFormat;
use crate::error::Loss;

/// The difference between two times that are the same, in milliseconds. Formats round.
const TOLERANCE: f64 = 1.0;

impl Edit {
    /// Returns the requested pictures, and the details of requested pictures and chapters, that a
    /// file does not have, given its tags before and after the change.
    pub(crate) fn details_lost(&self, before: &Answer, after: &Answer) -> Vec<Loss> {
        let mut lost = Vec::new();
        let pictures = self.pictures.as_ref().filter(|_| self.changes_pictures(before));
        let asked = pictures.map_or(&[][..], |edit| edit.pictures());
        for (index, picture) in asked.iter().enumerate() {
            let earlier = same_image(&asked[..index], picture).count();
            match same_image(&after.pictures, picture).count() {
                count if count <= earlier => lost.push(picture_lost(picture)),
                _ => lost.extend(picture_details_lost(picture, &after.pictures)),
            }
        }
        if let Some(asked) = &self.chapters
            && self.changes_chapters(before)
        {
            let track_end = after.has_audio_properties.then_some(after.audio.duration_ms);
            let chapters = with_ends(&after.chapters, track_end);
            let asked: Vec<_> = with_ends(asked, None).into_iter().map(|(it, _)| it).collect();
            for (asked, (is, end)) in asked.iter().zip(&chapters) {
                lost.extend(chapter_details_lost(asked, is, *end));
            }
            if TagFormat::of(&after.audio) == TagFormat::Mp4 && !self.clear {
                for (index, same) in same_chapters(&asked, &before.chapters).iter().enumerate() {
                    let same = same.and_then(|same| before.chapters.get(same));
                    if let (Some(same), Some((is, _))) = (same, chapters.get(index)) {
                        lost.extend(kept_details_lost(asked[index], same, is));
                    }
                }
            }
        }
        lost
    }
}

/// Returns the pictures that have the image of `picture`.
fn same_image<'a>(
    pictures: &'a [Picture],
    picture: &'a Picture,
) -> impl Iterator<Item = &'a Picture> {
    pictures.iter().filter(|is| is.data == picture.data)
}

fn picture_lost(picture: &Picture) -> Loss {
    loss("picture", picture.picture_type, &size_of(picture), None)
}

fn size_of(picture: &Picture) -> String {
    format!("{} bytes of {}", picture.data.len(), picture.mime_type)
}

/// Returns what is lost of a picture whose image is in the file: nothing if a picture of the file
/// equals it.
fn picture_details_lost(asked: &Picture, pictures: &[Picture]) -> Vec<Loss> {
    let differences = same_image(pictures, asked).map(|is| {
        let has_type = is.picture_type == asked.picture_type || is_untyped_cover(asked, is);
        let has_description = is.description == asked.description || names_its_type(asked);
        let picture_type = (!has_type).then(|| {
            loss("picture type", asked.picture_type, asked.picture_type, Some(is.picture_type))
        });
        let description = (!has_description).then(|| {
            let after = Some(&*is.description).filter(|text| !text.is_empty());
            loss("picture description", asked.picture_type, &asked.description, after)
        });
        picture_type.into_iter().chain(description).collect::<Vec<_>>()
    });
    differences.min_by_key(Vec::len).unwrap_or_default()
}

/// Returns whether the types differ only because MP4 has none: each picture in `covr` is a cover,
/// and is read as `FrontCover`.
fn is_untyped_cover(asked: &Picture, is: &Picture) -> bool {
    (asked.picture_type, is.picture_type) == ("Other", "FrontCover")
}

/// Returns whether a description only repeats the type, as the default of `applyCoverArt` does:
/// "Front Cover".
fn names_its_type(picture: &Picture) -> bool {
    let letters = picture.description.chars().filter(|it| *it != ' ');
    letters.eq(picture.picture_type.chars())
}

/// Returns what is lost of a chapter, given the chapter of the file and its end.
fn chapter_details_lost(asked: &Chapter, is: &Chapter, end: Option<f64>) -> Vec<Loss> {
    let text = |title: &Option<String>| title.clone().unwrap_or_default();
    let title = text(&asked.title);
    let mut lost = Vec::new();
    if (asked.start - is.start).abs() > TOLERANCE {
        lost.push(loss(
            "chapter start",
            &title,
            &milliseconds(asked.start),
            Some(&milliseconds(is.start)),
        ));
    }
    if let Some(asked_end) = asked.end
        && end.is_none_or(|end| (asked_end - end).abs() > TOLERANCE)
    {
        let after = end.map(milliseconds);
        lost.push(loss("chapter end", &title, &milliseconds(asked_end), after.as_deref()));
    }
    if title != text(&is.title) {
        lost.push(loss("chapter title", &title, &title, is.title.as_deref()));
    }
    if let Some(url) = &asked.url
        && !asked.url_is_met_by(is)
    {
        lost.push(loss("chapter url", &title, url, is.url.as_deref()));
    }
    if let Some(picture) = asked.picture.as_ref().filter(|_| !asked.picture_is_met_by(is)) {
        lost.extend(chapter_picture_lost(&title, picture, is.picture.as_ref()));
    }
    lost
}

/// Returns what is lost of a chapter's picture.
fn chapter_picture_lost(title: &str, asked: &Picture, is: Option<&Picture>) -> Vec<Loss> {
    let Some(is) = is.filter(|is| is.data == asked.data) else {
        return vec![loss("chapter picture", title, &size_of(asked), None)];
    };
    let mut lost = Vec::new();
    // MP4 has no types of pictures.
    if asked.picture_type != is.picture_type && asked.picture_type != "FrontCover" {
        let (before, after) = (asked.picture_type, Some(is.picture_type));
        lost.push(loss("chapter picture type", title, before, after));
    }
    if asked.description != is.description && !names_its_type(asked) {
        let after = Some(&*is.description).filter(|text| !text.is_empty());
        lost.push(loss("chapter picture description", title, &asked.description, after));
    }
    lost
}

/// Returns which details of the chapter `before` are lost that the edit does not name.
fn kept_details_lost(asked: &Chapter, before: &Chapter, is: &Chapter) -> Vec<Loss> {
    let title = before.title.clone().unwrap_or_default();
    let mut lost = Vec::new();
    if let (None, Some(url)) = (&asked.url, &before.url)
        && is.url.as_ref() != Some(url)
    {
        lost.push(loss("chapter url", &title, url, is.url.as_deref()));
    }
    if let (None, Some(picture)) = (&asked.picture, &before.picture)
        && is.picture.as_ref().is_none_or(|is| is.data != picture.data)
    {
        lost.push(loss("chapter picture", &title, &size_of(picture), None));
    }
    lost
}

fn milliseconds(time: f64) -> String {
    format!("{time} ms")
}

fn loss(kind: &'static str, key: &str, before: &str, after: Option<&str>) -> Loss {
    Loss { kind, key: key.to_owned(), before: before.to_owned(), after: after.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::edit::PictureEdit;

    fn picture(picture_type: &'static str, description: &str) -> Picture {
        Picture { picture_type, description: description.to_owned(), ..Picture::default() }
    }

    fn lost(asked: Picture, is: &[Picture]) -> Vec<(&'static str, Option<String>)> {
        let edit = Edit { pictures: Some(PictureEdit::Add(vec![asked])), ..Edit::default() };
        let after = Answer { pictures: is.to_vec(), ..Answer::default() };
        edit.details_lost(&Answer::default(), &after)
            .into_iter()
            .map(|loss| (loss.kind, loss.after))
            .collect()
    }

    #[test]
    fn a_type_and_a_description_that_the_format_does_not_store_are_lost() {
        let other = [picture("Other", "")];
        let expected = [("picture type", Some("Other".to_owned())), ("picture description", None)];
        assert_eq!(lost(picture("Artist", "on stage"), &other), expected);
        let front = [picture("FrontCover", "")];
        assert_eq!(lost(picture("FrontCover", "Front Cover"), &front), []);
        // All pictures in MP4 are front covers.
        assert_eq!(lost(picture("Other", ""), &front), []);
        assert_eq!(lost(picture("Artist", "x"), &[other[0].clone(), picture("Artist", "x")]), []);
    }

    #[test]
    fn a_picture_that_is_missing_or_stored_less_often_is_lost() {
        let front = picture("FrontCover", "");
        assert_eq!(lost(front.clone(), &[]), [("picture", None)]);
        let twice = vec![front.clone(), front.clone()];
        let edit = Edit { pictures: Some(PictureEdit::ReplaceAll(twice)), ..Edit::default() };
        let after = Answer { pictures: vec![front], ..Answer::default() };
        assert_eq!(edit.details_lost(&Answer::default(), &after).len(), 1);
    }

    #[test]
    fn chapters_arrive_with_their_times_and_titles() {
        let chapter = |start: f64, end: f64, title: &str| Chapter {
            start,
            end: Some(end),
            title: Some(title.to_owned()),
            ..Chapter::default()
        };
        let lost = |is: Chapter| {
            let asked = vec![chapter(0.0, 10.0, "One")];
            let edit = Edit { chapters: Some(asked), ..Edit::default() };
            let after = Answer { chapters: vec![is], ..Answer::default() };
            edit.details_lost(&Answer::default(), &after)
                .into_iter()
                .map(|loss| loss.kind)
                .collect::<Vec<_>>()
        };
        assert!(lost(chapter(0.4, 9.6, "One")).is_empty());
        assert_eq!(lost(chapter(5.0, 10.0, "One")), ["chapter start"]);
        assert_eq!(lost(chapter(0.0, 20.0, "On")), ["chapter end", "chapter title"]);
    }
}
