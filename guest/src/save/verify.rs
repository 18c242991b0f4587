//! Whether the changed copy may take the file's place.

use super::{Edited, Saving};
use crate::error::{Error, ErrorKind, Result};
use crate::preopens::OpenedFile;
use crate::sandbox::{Outcome, Sandbox};
use crate::tags::{AudioProperties, Wanted};
use crate::wasi::GuestFiles;
use std::fs::File;

/// Reads the copy as if it were any file: TagLib must know it, and the same
/// audio stream in it.
pub(super) fn reads_back(edited: &Edited, copy: &File, saving: &Saving<'_>) -> Result<()> {
    let failed = |error| Error::io("read back", &error);
    let faults = &saving.options.faults;
    let size = faults.run(|| copy.metadata()).map_err(failed)?.len();
    let file = copy.try_clone().map_err(failed)?;
    let files = GuestFiles::one(OpenedFile { file, size, name: edited.name.clone() });
    let mut sandbox = Sandbox::new(files, saving.limits, saving.interrupt.clone())?;
    match sandbox.read_tags_by_path(Wanted { pictures: false })? {
        Outcome::Answer(answer) if same_stream(&edited.audio, &answer.audio) => Ok(()),
        _ => Err(Error::new(
            ErrorKind::InvalidFormat,
            "its structure must be damaged: with its tags changed, the audio stream in it would \
             not be the same; nothing was written",
        )),
    }
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
