//! Whether the changed copy may take the file's place.
//!
//! TagLib reports success whatever becomes of a write, and some files it only
//! half understands. So the copy is read as if it were any file, and has to
//! have the same audio and the tags that were asked for.

use super::audio_data::AudioData;
use super::{Edited, Saving};
use crate::errno::Errno;
use crate::error::{Error, ErrorKind, Result};
use crate::file::{ChangedRanges, DiskFile, FileView, ReadAhead};
use crate::sandbox::{GuestFiles, Outcome, Sandbox};
use crate::tags::{AudioProperties, DecodeOptions};
use std::fs::File;

/// The audio of a file that is about to be changed.
pub(super) struct Original {
    file: DiskFile,
    audio: AudioData,
}

impl Original {
    /// # Errors
    /// `InvalidFormat` where the container contradicts itself: TagLib would
    /// write to a place that it only believes in.
    pub(super) fn examine(file: &File, size: u64, saving: &Saving<'_>) -> Result<Self> {
        let disk_file = || saving.disk_file(file);
        match AudioData::find(disk_file()?, size, &saving.budget)? {
            AudioData::Damaged(how) => Err(damaged(how)),
            audio => Ok(Self { file: disk_file()?, audio }),
        }
    }

    /// # Errors
    /// `InvalidFormat` where the audio is not the same, `ENOTSUP` where the tags
    /// are not those that were asked for.
    pub(super) fn check_copy(
        &self,
        edited: &Edited,
        copy: &File,
        saving: &Saving<'_>,
    ) -> Result<()> {
        let failed = |error| Error::io("read back", &error);
        let faults = saving.faults;
        let size = faults.run(|| copy.metadata()).map_err(failed)?.len();
        let is_module = is_tracker_module(&edited.name);
        if !is_module {
            self.check_audio(&edited.written, copy, size, saving)?;
        } else if let Some(name) = saving.edit.outside_of_a_module() {
            return Err(not_written(name));
        }

        let content =
            FileView::whole(ReadAhead::new(saving.disk_file(copy)?, size, &saving.budget));
        let files = GuestFiles::read_only(edited.name.clone(), content);
        let mut sandbox = Sandbox::new(files, &saving.budget)?;
        let outcome = sandbox.read_tags_by_path(DecodeOptions { pictures: true })?;
        // Gives the guest's memory back before the host needs some.
        drop(sandbox);
        match outcome {
            Outcome::Answer(answer) if same_stream(&edited.before.audio, &answer.audio) => {
                match saving.edit.not_applied(&edited.before, &answer) {
                    // A module's texts are short, of one byte a character.
                    Some(_) if is_module && answer.properties != edited.before.properties => Ok(()),
                    Some(name) => Err(not_written(&name)),
                    None => Ok(()),
                }
            }
            _ => Err(damaged("with its tags changed, TagLib would not find the same audio in it")),
        }
    }

    fn check_audio(
        &self,
        written: &ChangedRanges,
        copy: &File,
        size: u64,
        saving: &Saving<'_>,
    ) -> Result<()> {
        let AudioData::Known(parts) = &self.audio else { return Ok(()) };
        let budget = &saving.budget;
        let same = match AudioData::find(saving.disk_file(copy)?, size, budget)? {
            AudioData::Known(others) => {
                let copy = saving.disk_file(copy)?;
                parts.same_as(&self.file, &others, &copy, written, budget)?
            }
            _ => false,
        };
        if same { Ok(()) } else { Err(damaged("changing its tags would change its audio")) }
    }
}

/// Its texts are short, of one byte a character, and all over the file. By
/// TagLib's list of extensions (`fileref.cpp`), since TagLib goes by the name.
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

/// By what does not depend on the tags. The bit rate often does, as it is
/// counted from the file's size.
fn same_stream(old: &AudioProperties, new: &AudioProperties) -> bool {
    /// Some durations are counted from sizes, too, and rounded.
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
