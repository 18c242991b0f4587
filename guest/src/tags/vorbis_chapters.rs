//! Chapters in Vorbis comments: `CHAPTER001=00:01:02.345`, `CHAPTER001NAME` and `CHAPTER001URL`
//! (Xiph wiki, "Chapter Extension"). A chapter has no end.

use super::answer::Answer;
use super::chapters::Chapter;
use crate::error::Result;
use crate::limits::Budget;
use std::collections::{BTreeMap, HashSet};

/// What the keys begin with.
const PREFIX: &str = "CHAPTER";

/// The maximum number of chapters: their numbers have three digits.
pub(super) const MAX_CHAPTERS: usize = 999;

/// The longest number that is read, in digits.
const MAX_DIGITS: usize = 9;

const MILLISECONDS_PER_HOUR: u64 = 3_600_000;
const MILLISECONDS_PER_MINUTE: u64 = 60_000;

/// The part of a chapter that a comment holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    Name,
    Url,
}

/// Adds the chapters that the properties of a file describe.
pub(crate) fn add_vorbis_chapters(answer: &mut Answer, budget: &Budget) -> Result<()> {
    let mut chapters: BTreeMap<u64, (Option<u64>, Chapter)> = BTreeMap::new();
    for (name, value) in &answer.properties {
        let Some((number, part)) = parse_key(name) else { continue };
        let text = value.clone().into_texts().and_then(|texts| texts.into_iter().next());
        // An entry of a map, and an element of a list.
        let length = text.as_ref().map_or(0, String::len);
        budget.charge(2 * size_of::<(u64, Option<u64>, Chapter)>() + length)?;
        let (start, chapter) = chapters.entry(number).or_default();
        match part {
            Part::Start => *start = text.as_deref().and_then(parse_time),
            Part::Name => chapter.title = text.filter(|text| !text.is_empty()),
            Part::Url => chapter.url = text.filter(|text| !text.is_empty()),
        }
    }
    for (start, chapter) in chapters.into_values() {
        if let Some(start) = start {
            answer.chapters.push(Chapter { start: start as f64, ..chapter });
        }
    }
    Ok(())
}

/// Returns the properties that replace the chapters of a file: those of the new chapters, which are
/// in the order of their start, and empty ones for the others that the file has.
pub(super) fn properties(chapters: &[Chapter], before: &Answer) -> Vec<(String, Vec<String>)> {
    let names = before.properties.iter().map(|(name, _)| name);
    let known: HashSet<String> = names
        .filter(|name| parse_key(name).is_some())
        .map(|name| name.to_ascii_uppercase())
        .collect();
    let mut properties: BTreeMap<String, Vec<String>> =
        known.iter().map(|key| (key.clone(), Vec::new())).collect();
    for (index, chapter) in chapters.iter().enumerate() {
        let key = format!("{PREFIX}{:03}", index + 1);
        let kept = || before.chapters.iter().find(|is| is.is_same_as(chapter))?.url.clone();
        let url = chapter.url.clone().or_else(kept);
        let text =
            |text: Option<String>| text.into_iter().filter(|text| !text.is_empty()).collect();
        properties.insert(format!("{key}NAME"), text(chapter.title.clone()));
        properties.insert(format!("{key}URL"), text(url));
        properties.insert(key, vec![time_text(chapter.start)]);
    }
    // Nothing needs to be removed that is not there.
    properties.retain(|key, values| !values.is_empty() || known.contains(key));
    properties.into_iter().collect()
}

fn parse_key(key: &str) -> Option<(u64, Part)> {
    let (prefix, rest) = key.split_at_checked(PREFIX.len())?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !prefix.eq_ignore_ascii_case(PREFIX) || !(1..=MAX_DIGITS).contains(&digits) {
        return None;
    }
    let (number, suffix) = rest.split_at(digits);
    let part = match suffix {
        "" => Part::Start,
        _ if suffix.eq_ignore_ascii_case("NAME") => Part::Name,
        _ if suffix.eq_ignore_ascii_case("URL") => Part::Url,
        _ => return None,
    };
    Some((number.parse().ok()?, part))
}

/// Reads hours, minutes and seconds, which may have a fraction. Returns milliseconds.
fn parse_time(text: &str) -> Option<u64> {
    let mut parts = text.trim().split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let is_number = |text: &&str| {
        !text.is_empty() && text.len() <= 9 && text.bytes().all(|it| it.is_ascii_digit())
    };
    if parts.next().is_some() || ![hours, minutes, seconds, fraction].iter().all(is_number) {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().ok();
    let milliseconds = number(&format!("{fraction:0<3}")[..3])?;
    Some(
        number(hours)? * MILLISECONDS_PER_HOUR
            + number(minutes)? * MILLISECONDS_PER_MINUTE
            + number(seconds)? * 1000
            + milliseconds,
    )
}

fn time_text(milliseconds: f64) -> String {
    let milliseconds = milliseconds.round() as u64;
    let (hours, rest) =
        (milliseconds / MILLISECONDS_PER_HOUR, milliseconds % MILLISECONDS_PER_HOUR);
    let (minutes, rest) = (rest / MILLISECONDS_PER_MINUTE, rest % MILLISECONDS_PER_MINUTE);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", rest / 1000, rest % 1000)
}

#[cfg(test)]
mod tests {
    use super::super::message_pack::Value;
    use super::*;
    use crate::file::unlinked;

    fn answer(comments: &[(&str, &str)]) -> Answer {
        let property =
            |(key, text): &(&str, &str)| ((*key).to_owned(), Value::Text((*text).to_owned()));
        let mut answer =
            Answer { properties: comments.iter().map(property).collect(), ..Answer::default() };
        add_vorbis_chapters(&mut answer, &unlinked::budget()).unwrap();
        answer
    }

    fn chapter(start: f64, title: &str) -> Chapter {
        Chapter { start, title: Some(title.to_owned()), ..Chapter::default() }
    }

    fn texts(properties: Vec<(String, Vec<String>)>) -> Vec<String> {
        properties.into_iter().map(|(key, values)| format!("{key}={}", values.join("|"))).collect()
    }

    #[test]
    fn chapters_are_read_by_their_numbers() {
        let answer = answer(&[
            ("CHAPTER002NAME", "Two"),
            ("CHAPTER002", "01:02:03.4"),
            ("TITLE", "x"),
            ("CHAPTER10", "100:00:00"),
            ("CHAPTER000", "00:00:00.0009"),
            ("CHAPTER000NAME", ""),
            ("CHAPTER000URL", "http://x"),
            ("CHAPTERS", "3"),
            ("CHAPTER5", "1:2"),
            ("CHAPTER6NAME", "without a start"),
            ("CHAPTER7", "00:0a:00"),
        ]);
        let chapters = answer.chapters.iter();
        let summary = chapters.map(|it| (it.start, it.title.as_deref(), it.url.as_deref()));
        assert_eq!(
            summary.collect::<Vec<_>>(),
            [
                (0.0, None, Some("http://x")),
                (3_723_400.0, Some("Two"), None),
                (360_000_000.0, None, None)
            ]
        );
    }

    #[test]
    fn any_time_is_read_as_it_was_written() {
        for time in
            [0_u64, 1, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 359_999_999, 1 << 40]
        {
            assert_eq!(parse_time(&time_text(time as f64)), Some(time), "{time}");
        }
    }

    #[test]
    fn new_chapters_replace_all_others_and_nothing_else() {
        let before = answer(&[
            ("TITLE", "x"),
            ("CHAPTER01", "00:00:00"),
            ("CHAPTER01NAME", "One"),
            ("CHAPTER01URL", "http://one"),
            ("CHAPTER002", "00:00:01"),
            ("CHAPTER002NAME", "Two"),
        ]);
        let asked = [chapter(0.0, "One"), chapter(1500.4, "New")];
        let expected = [
            "CHAPTER001=00:00:00.000",
            "CHAPTER001NAME=One",
            "CHAPTER001URL=http://one",
            "CHAPTER002=00:00:01.500",
            "CHAPTER002NAME=New",
            "CHAPTER01=",
            "CHAPTER01NAME=",
            "CHAPTER01URL=",
        ];
        assert_eq!(texts(properties(&asked, &before)), expected);
        let removed = texts(properties(&[], &before));
        assert_eq!(removed.len(), 5);
        assert!(removed.iter().all(|property| property.ends_with('=')), "{removed:?}");
    }

    #[test]
    fn an_empty_link_removes_that_of_the_chapter() {
        let before = answer(&[("CHAPTER001", "00:00:00"), ("CHAPTER001URL", "http://one")]);
        let asked = Chapter { url: Some(String::new()), ..Chapter::default() };
        let properties = texts(properties(&[asked], &before));
        assert_eq!(properties, ["CHAPTER001=00:00:00.000", "CHAPTER001URL="]);
    }
}
