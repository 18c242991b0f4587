//! Checks for what a format has no room for, and for what the guest would garble.

use super::answer::INTEGERS;
use super::chapters::Chapter;
use super::edit::Edit;
use super::model::{Lyrics, Rating};
use super::numbers::parse_int;
use super::picture::Picture;
use super::requested::Requested;
use super::tag_format::TagFormat;
use super::vorbis_chapters::MAX_CHAPTERS;
use crate::errno::Errno;
use crate::error::{Error, Result};

/// The longest key that the guest reads, in bytes. (Its buffer has 256 bytes, including a NUL at
/// the end. If a key is longer, the guest refuses all tags.)
const MAX_KEY: usize = 255;

/// The longest text that the guest reads, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// The maximum number of ratings that the guest accepts.
const MAX_RATINGS: usize = 16;

/// The longest email address of a rating that the guest reads, in bytes.
const MAX_EMAIL: usize = 255;

/// The longest description of a picture that the guest reads, in bytes.
const MAX_DESCRIPTION: usize = 1023;

/// The largest number that TagLib can write to an MP4 atom of 16 bits: it uses signed integers
/// there.
const MAX_MP4_NUMBER: u16 = 0x7fff;

/// Properties that MP4 stores in atoms of 16 bits.
const MP4_NUMBERS: [&str; 7] = [
    "TRACKNUMBER",
    "TRACKTOTAL",
    "DISCNUMBER",
    "DISCTOTAL",
    "BPM",
    "MOVEMENTNUMBER",
    "MOVEMENTCOUNT",
];

impl TagFormat {
    /// Returns whether the guest keeps a property of the file if it is sent back. The guest reads
    /// keys as Latin-1, ends texts at a NUL, and returns negative integers as huge ones.
    pub(super) fn can_keep(self, key: &str, values: &[String]) -> bool {
        let is_negative =
            |text: &String| parse_int(text).is_some_and(|it| it > f64::from(i32::MAX));
        is_printable_ascii(key)
            && (1..=MAX_KEY).contains(&key.len())
            && !values.iter().any(|value| value.contains('\0') || value.len() > MAX_TEXT)
            && !(INTEGERS.contains(&key) && values.iter().any(is_negative))
    }

    /// Checks that the guest can write what an edit asks for.
    ///
    /// # Errors
    /// `ENOTSUP` if it can't.
    pub(super) fn check(self, edit: &Edit, requested: &Requested) -> Result<()> {
        for (key, values) in &requested.properties {
            if !values.is_empty() {
                self.check_key(key)?;
                self.check_values(key, values)?;
            }
        }
        self.check_ratings(edit.ratings.as_deref().unwrap_or_default())?;
        self.check_lyrics(edit)?;
        self.check_chapters(edit.chapters.as_deref().unwrap_or_default())?;
        if self != Self::Mpeg && !edit.id3v2_frames.is_empty() {
            return Err(unwritable("id3v2Frames", "only MP3 files have raw ID3v2 frames"));
        }
        let pictures = edit.pictures.as_ref().map_or(&[][..], |edit| edit.pictures());
        pictures.iter().try_for_each(check_picture)
    }

    fn check_key(self, key: &str) -> Result<()> {
        if key.is_empty() || key.len() > MAX_KEY || !is_printable_ascii(key) {
            return Err(unwritable(
                key,
                &format!("a key has 1 to {MAX_KEY} printable ASCII characters"),
            ));
        }
        match self {
            // Vorbis I specification, section 5.2.3: 0x20 to 0x7D, excluding "=".
            Self::VorbisComment if key.contains(['=', '~']) => {
                Err(unwritable(key, "the key of a Vorbis comment can't have \"=\" or \"~\""))
            }
            // The APEv2 specification excludes the strings that other tags begin with.
            Self::Ape if key.len() < 2 || matches!(key, "ID3" | "TAG" | "OGGS" | "MP+") => {
                Err(unwritable(
                    key,
                    "the key of an APE item has 2 characters at least, and is not ID3, TAG, OggS or MP+",
                ))
            }
            Self::Mp4 if key.contains(':') => {
                Err(unwritable(key, "a key in MP4 can't have a colon"))
            }
            _ => Ok(()),
        }
    }

    fn check_values(self, key: &str, values: &[String]) -> Result<()> {
        for value in values {
            if value.contains('\0') {
                return Err(unwritable(key, "its text has a NUL character"));
            }
            if value.len() > MAX_TEXT {
                return Err(unwritable(key, &format!("its text has more than {MAX_TEXT} bytes")));
            }
        }
        match self {
            Self::Mp4
                if MP4_NUMBERS.contains(&key) && !values.iter().all(|it| is_mp4_number(it)) =>
            {
                Err(unwritable(key, &format!("MP4 has integers from 0 to {MAX_MP4_NUMBER} there")))
            }
            _ => Ok(()),
        }
    }

    fn check_ratings(self, ratings: &[Rating]) -> Result<()> {
        let most = match self {
            Self::Mp4 => 1,
            Self::Mpeg | Self::VorbisComment => MAX_RATINGS,
            _ => 0,
        };
        if ratings.len() > most {
            return Err(unwritable("ratings", &format!("this file can have {most} at most")));
        }
        for rating in ratings {
            if !(0.0..=1.0).contains(&rating.rating) {
                return Err(unwritable("ratings", "a rating is a number from 0 to 1"));
            }
            let email = rating.email.as_deref().unwrap_or_default();
            if email.len() > MAX_EMAIL || email.contains('\0') {
                return Err(unwritable(
                    "ratings",
                    &format!("an email address has {MAX_EMAIL} bytes at most"),
                ));
            }
            let counter = rating.counter.unwrap_or(0.0);
            if counter.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&counter) {
                return Err(unwritable("ratings", "a counter is an integer of 32 bits"));
            }
            if self != Self::Mpeg && (!email.is_empty() || counter != 0.0) {
                return Err(unwritable(
                    "ratings",
                    "only the ratings of MP3 files have an email address and a counter",
                ));
            }
        }
        Ok(())
    }

    fn check_chapters(self, chapters: &[Chapter]) -> Result<()> {
        if self == Self::VorbisComment && chapters.len() > MAX_CHAPTERS {
            return Err(unwritable(
                "chapters",
                &format!("this file can have {MAX_CHAPTERS} at most, not {}", chapters.len()),
            ));
        }
        for Chapter { title, url, picture, .. } in chapters {
            if [title, url].into_iter().flatten().any(|text| text.contains('\0')) {
                return Err(unwritable("chapters", "a title or a link has a NUL character"));
            }
            // A link in ID3v2 is Latin-1 (id3v2.4.0-frames, section 4.3).
            if self == Self::Mpeg && url.iter().any(|url| url.chars().any(|it| it > 'ÿ')) {
                return Err(unwritable(
                    "chapters",
                    "a link in an MP3 has only characters of Latin-1; percent-encode the others",
                ));
            }
            picture.iter().try_for_each(check_picture)?;
        }
        Ok(())
    }

    fn check_lyrics(self, edit: &Edit) -> Result<()> {
        let lyrics = edit.requested_lyrics().unwrap_or_default();
        for Lyrics { text, description, language } in &lyrics {
            self.check_values("lyrics", std::slice::from_ref(text))?;
            if self != Self::Mpeg && (description.is_some() || language.is_some()) {
                return Err(unwritable(
                    "lyrics",
                    "only the lyrics of MP3 files have a description and a language",
                ));
            }
            let is_language = |code: &String| {
                code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic())
            };
            if !language.iter().all(is_language) {
                return Err(unwritable("lyrics", "a language has three letters, such as \"eng\""));
            }
            if description.iter().any(|text| text.contains('\0')) {
                return Err(unwritable("lyrics", "a description has a NUL character"));
            }
        }
        Ok(())
    }
}

fn check_picture(picture: &Picture) -> Result<()> {
    if picture.description.len() > MAX_DESCRIPTION {
        return Err(unwritable(
            "pictures",
            &format!("a description has {MAX_DESCRIPTION} bytes at most"),
        ));
    }
    Ok(())
}

fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Returns whether a text is a number that MP4 can store, such as "3" or "3/12".
fn is_mp4_number(text: &str) -> bool {
    let is_number = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u16>().is_ok_and(|number| number <= MAX_MP4_NUMBER)
    };
    match text.split_once('/') {
        Some((number, total)) => is_number(number) && is_number(total),
        None => is_number(text),
    }
}

fn unwritable(name: &str, why: &str) -> Error {
    Error::file("save", Errno::NOTSUP, format!("{name} can't be written: {why}"))
}
