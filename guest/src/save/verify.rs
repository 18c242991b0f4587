//! Checks that the changed copy may take the place of the file.
//!
//! TagLib reports success even if a write has failed, and it does not fully understand some
//! files. So the copy is read like any other file, and must have the same audio and the requested
//! tags.

use super::editing::{Edited, Editing, Source};
use crate::audio_data::AudioData;
use crate::containers::Cursor;
use crate::corrections;
use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Loss, Result};
use crate::file::{ChangedRanges, DiskFile, FileView, ReadAhead};
use crate::limits::{self, Budget};
use crate::preserve::OnLoss;
use crate::sandbox::{EditedTags, GuestFiles, Outcome, Sandbox};
use crate::tags::{AudioProperties, DecodeOptions, Edit};
use std::fs::File;

/// The audio of a file that is about to be changed.
pub(super) struct Original {
    file: DiskFile,
    audio: AudioData,
}

impl Original {
    /// # Errors
    /// `InvalidFormat` if the container contradicts itself: TagLib would write to a wrong place.
    pub(super) fn examine(source: Source<'_>, editing: &Editing<'_>) -> Result<Self> {
        let disk_file = || editing.disk_file(source.file);
        match AudioData::find(disk_file()?, source.size, &editing.budget)? {
            AudioData::Damaged(how) => Err(damaged(how)),
            audio => Ok(Self { file: disk_file()?, audio }),
        }
    }

    /// Returns the requested details that the format does not store.
    ///
    /// # Errors
    /// `InvalidFormat` if the audio has changed, `ENOTSUP` if the tags are not the requested
    /// ones.
    pub(super) fn check_copy(
        &self,
        edited: &Edited,
        copy: &File,
        editing: &Editing<'_>,
    ) -> Result<Vec<Loss>> {
        let failed = |error| Error::io("read back", &error);
        let faults = editing.faults;
        let size = faults.run(|| copy.metadata()).map_err(failed)?.len();
        let is_module = is_tracker_module(&edited.name);
        if !is_module {
            self.check_audio(&edited.written, copy, size, editing)?;
        } else if let Some(name) = editing.edit.outside_of_a_module() {
            return Err(not_written(name));
        }

        let content =
            FileView::whole(ReadAhead::new(editing.disk_file(copy)?, size, &editing.budget));
        let files = GuestFiles::read_only(edited.name.clone(), content);
        let sandbox = Sandbox::new(files, &editing.budget)?;
        check_tags(
            sandbox,
            &edited.tags,
            (editing.edit, editing.on_loss),
            is_module,
            &editing.budget,
        )
    }

    fn check_audio(
        &self,
        written: &ChangedRanges,
        copy: &File,
        size: u64,
        editing: &Editing<'_>,
    ) -> Result<()> {
        let AudioData::Known(parts) = &self.audio else { return Ok(()) };
        let budget = &editing.budget;
        let same = match AudioData::find(editing.disk_file(copy)?, size, budget)? {
            AudioData::Known(others) => {
                let copy = editing.disk_file(copy)?;
                parts.same_as(&self.file, &others, &copy, written, budget)?
            }
            _ => false,
        };
        if same { Ok(()) } else { Err(damaged("changing its tags would change its audio")) }
    }
}

/// Content that has been changed in memory.
pub(crate) struct ChangedContent<'a> {
    pub file: &'a DiskFile,
    pub size: u64,
    /// The extension of its format.
    pub extension: &'a str,
    pub tags: &'a EditedTags,
}

/// Checks content as a save checks the copy of a file.
///
/// # Errors
/// As for a save: `InvalidFormat` if the content contradicts itself or the audio has changed,
/// `ENOTSUP` if the tags are not the requested ones.
pub(crate) fn check_content(
    original: &mut Cursor<'_>,
    changed: &ChangedContent<'_>,
    edit: &Edit,
    on_loss: OnLoss,
    budget: &Budget,
) -> Result<()> {
    let file = || changed.file.try_clone().map_err(|error| limits::failure("read", &error));
    let name = format!("content.{}", changed.extension);
    let is_module = is_tracker_module(&name);
    if !is_module {
        let parts = match AudioData::of(original)? {
            AudioData::Damaged(how) => return Err(damaged(how)),
            AudioData::Known(parts) => parts,
        };
        let mut content = ReadAhead::new(file()?, changed.size, budget);
        let mut content = Cursor::new(&mut content, budget);
        let is_same = match AudioData::of(&mut content)? {
            AudioData::Known(others) => parts.same_content(original, &others, &mut content)?,
            AudioData::Damaged(_) => false,
        };
        if !is_same {
            return Err(damaged("changing its tags would change its audio"));
        }
    } else if let Some(name) = edit.outside_of_a_module() {
        return Err(not_written(name));
    }
    let view = FileView::whole(ReadAhead::new(file()?, changed.size, budget));
    let sandbox = Sandbox::new(GuestFiles::read_only(name, view), budget)?;
    check_tags(sandbox, changed.tags, (edit, on_loss), is_module, budget).map(drop)
}

/// Checks the tags and the stream that TagLib reads after a change. Returns the requested details
/// that the format does not store.
///
/// # Errors
/// `InvalidFormat` if TagLib finds another stream, `ENOTSUP` if the tags or the raw frames are
/// not the requested ones.
fn check_tags(
    mut sandbox: Sandbox,
    tags: &EditedTags,
    (edit, on_loss): (&Edit, OnLoss),
    is_module: bool,
    budget: &Budget,
) -> Result<Vec<Loss>> {
    let options = DecodeOptions { pictures: true };
    let outcome = sandbox.read_tags_by_path(options)?;
    let frames = match edit.id3v2_frames.is_empty() {
        true => Vec::new(),
        false => sandbox.read_id3v2_frames()?.unwrap_or_default(),
    };
    // Frees the guest's memory before the host allocates its own.
    let mut file = sandbox.into_file();
    let EditedTags { before, requested } = tags;
    let lost = match outcome {
        Outcome::Answer(mut answer) if same_stream(&before.audio, &answer.audio) => {
            if let Some(file) = &mut file {
                let options = DecodeOptions { pictures: edit.chapters.is_some() };
                corrections::correct(&mut answer, &mut Cursor::new(file, budget), options)?;
            }
            match edit.not_arrived(requested, before, &answer) {
                // The texts of a module are truncated to the lengths of their fields.
                Some(_) if is_module && answer.properties != before.properties => {}
                Some(name) => return Err(not_written(&name)),
                None => {}
            }
            edit.details_lost(before, &answer)
        }
        _ => {
            return Err(damaged(
                "with its tags changed, TagLib would not find the same audio in it",
            ));
        }
    };
    if let Some(id) = edit.frames_not_arrived(&frames) {
        return Err(not_written(id));
    }
    match on_loss {
        OnLoss::Ignore => Ok(Vec::new()),
        OnLoss::Refuse if !lost.is_empty() => Err(Error::would_not_store(lost)),
        _ => Ok(lost),
    }
}

/// Returns whether TagLib takes a file of this name for a tracker module, by its list of
/// extensions (`fileref.cpp`). The texts of a module are short, have one byte per character, and
/// are all over the file.
pub(super) fn is_tracker_module(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["mod", "module", "nst", "wow", "s3m", "it", "xm"]
        .iter()
        .any(|module| extension.eq_ignore_ascii_case(module))
}

fn damaged(how: &str) -> Error {
    Error::new(
        ErrorKind::InvalidFormat,
        format!("its structure is damaged, so it is not rewritten: {how}"),
    )
}

fn not_written(name: &str) -> Error {
    Error::file(
        "save",
        Errno::NOTSUP,
        format!("TagLib did not write {name}; this file's format may have no room for it"),
    )
}

/// Compares the properties that do not depend on the tags. The bit rate often does, since it is
/// calculated from the size of the file.
fn same_stream(old: &AudioProperties, new: &AudioProperties) -> bool {
    /// Some durations are calculated from sizes, too, and rounded.
    const TOLERANCE: f64 = 0.01;
    let stream = |audio: &AudioProperties| {
        let AudioProperties { sample_rate, channels, bits_per_sample, .. } = *audio;
        (sample_rate, channels, bits_per_sample, audio.codec.clone())
    };
    let drift = (old.duration_ms - new.duration_ms).abs();
    stream(old) == stream(new) && drift <= 1.0 + old.duration_ms.abs() * TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_whatever_its_bit_rate() {
        let old = AudioProperties {
            sample_rate: 44_100.0,
            duration_ms: 60_000.0,
            bitrate: 128.0,
            ..AudioProperties::default()
        };
        let with = |change: fn(&mut AudioProperties)| {
            let mut new = old.clone();
            change(&mut new);
            same_stream(&old, &new)
        };
        assert!(with(|new| new.bitrate = 131.0));
        assert!(with(|new| new.duration_ms += 20.0));
        assert!(!with(|new| new.duration_ms = 30_000.0));
        assert!(!with(|new| new.sample_rate = 0.0));
        assert!(!with(|new| new.channels = 1.0));
    }
}
