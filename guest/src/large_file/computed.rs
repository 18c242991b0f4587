//! Corrects what TagLib computes from sizes.
//!
//! Most formats state the length, and TagLib divides the size of the audio by it to get the bit
//! rate. MPEG audio states the bit rate, and TagLib divides by that to get the length, unless a
//! Xing header states both. In PCM and DSD, the size gives the number of samples. MP4 may state
//! both. Where a number may be either computed or stated, it was computed if it agrees with the
//! size of what the guest has seen.

use crate::tags::AudioProperties;

/// Corrects an answer for which `counted` bytes should have been counted, of which `left_out`
/// were not seen.
pub(super) fn correct(audio: &mut AudioProperties, counted: u64, left_out: u64) {
    let seen = counted.saturating_sub(left_out);
    // TagLib also counts the padding of a chunk.
    if let Some(bits) = bits_per_sample(audio)
        && (audio.duration_ms - length_of_samples(audio, bits, seen)).abs() <= 1.0
    {
        set_length(audio, length_of_samples(audio, bits, counted));
        return;
    }
    if audio.duration_ms == 0.0 {
        return;
    }
    let bit_rate = counted as f64 * 8.0 / audio.duration_ms;
    let seen_bit_rate = seen as f64 * 8.0 / audio.duration_ms;
    match audio.file_type() {
        "MP3" if is_about(audio.bitrate, seen_bit_rate) => {
            let more = left_out as f64 * 8.0 / audio.bitrate;
            set_length(audio, (audio.duration_ms + more).round());
        }
        // As in `mp4properties.cpp`, `matroskaproperties.cpp` and `dsdifffile.cpp`.
        "MP4" if audio.bitrate == seen_bit_rate.floor() => audio.bitrate = bit_rate.floor(),
        "MATROSKA" | "DSDIFF" => audio.bitrate = bit_rate.floor(),
        "FLAC" | "APE" | "WV" | "TTA" | "MPC" | "OGG" | "OPUS" | "SPEEX" | "OggFLAC" | "WAV"
        | "AIFF" => audio.bitrate = bit_rate.round(),
        _ => {}
    }
}

/// Returns the size of a sample, if TagLib computes the length from the number of samples.
fn bits_per_sample(audio: &AudioProperties) -> Option<f64> {
    match audio.file_type() {
        // A sample has whole bytes.
        "WAV" => Some((audio.bits_per_sample / 8.0).ceil() * 8.0),
        "DSDIFF" => Some(1.0),
        _ => None,
    }
}

/// Returns the length of samples of this size in milliseconds, as TagLib rounds it.
fn length_of_samples(audio: &AudioProperties, bits: f64, bytes: u64) -> f64 {
    let samples = (bytes as f64 * 8.0 / (audio.channels * bits)).floor();
    (samples * 1000.0 / audio.sample_rate).round()
}

/// Returns whether a bit rate is the one that follows from a size. MPEG audio ends with its last
/// frame, and not with the stream.
fn is_about(stated: f64, computed: f64) -> bool {
    /// The part by which it may differ.
    const TOLERANCE: f64 = 0.01;
    stated > 0.0 && (stated - computed).abs() <= stated * TOLERANCE
}

fn set_length(audio: &mut AudioProperties, milliseconds: f64) {
    if milliseconds.is_finite() {
        audio.duration_ms = milliseconds;
        audio.duration = (milliseconds / 1000.0).floor();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn audio(format: &str, duration_ms: f64, bitrate: f64) -> AudioProperties {
        AudioProperties {
            container_format: Some(format.to_owned()),
            duration: (duration_ms / 1000.0).floor(),
            duration_ms,
            bitrate,
            sample_rate: 44_100.0,
            channels: 2.0,
            bits_per_sample: 16.0,
            ..AudioProperties::default()
        }
    }

    fn corrected(mut audio: AudioProperties, counted: u64, left_out: u64) -> (f64, f64, f64) {
        correct(&mut audio, counted, left_out);
        (audio.duration, audio.duration_ms, audio.bitrate)
    }

    #[test]
    fn the_length_of_a_constant_bit_rate_grows_by_what_was_left_out() {
        // 128 kbit/s are 16 bytes a millisecond.
        let seen = audio("MP3", 250_000.0, 128.0);
        let (counted, left_out) = (4_000_000 + 16 * 100_000_500, 16 * 100_000_500);
        assert_eq!(corrected(seen, counted, left_out), (100_250.0, 100_250_500.0, 128.0));
    }

    #[test]
    fn what_a_xing_header_states_stays() {
        let stated = audio("MP3", 100_000_000.0, 192.0);
        assert_eq!(corrected(stated, 3 * GIB, 2 * GIB), (100_000.0, 100_000_000.0, 192.0));
    }

    #[test]
    fn the_bit_rate_is_that_of_all_of_the_audio() {
        // 4,000,000 bytes of 3,004,000,000 were seen, in an hour and 40 minutes.
        // TagLib takes no notice of a bit rate of zero, and returns the nominal one.
        assert_eq!(corrected(audio("OGG", 6e6, 80.0), 3_004_000_000, 3_004_000_000).2, 4005.0);
        let seen = |format| audio(format, 6_000_000.0, 5.0);
        assert_eq!(corrected(seen("FLAC"), 3_004_000_000, 3_000_000_000).2, 4005.0);
        assert_eq!(corrected(seen("MP4"), 3_004_000_000, 3_000_000_000).2, 4005.0);
        assert_eq!(corrected(seen("FLAC"), 3_004_400_000, 3_000_000_000).2, 4006.0);
        assert_eq!(corrected(seen("MP4"), 3_004_400_000, 3_000_000_000).2, 4005.0);
    }

    #[test]
    fn the_bit_rate_that_an_mp4_states_stays() {
        let stated = audio("MP4", 6_000_000.0, 256.0);
        assert_eq!(corrected(stated, 3_004_000_000, 3_000_000_000).2, 256.0);
    }

    #[test]
    fn samples_are_counted() {
        // 1,000,000 samples of four bytes were seen: 22,675.7 ms.
        let seen = audio("WAV", 22_676.0, 1411.0);
        let expected = (17_029.0, 17_029_478.0, 1411.0);
        assert_eq!(corrected(seen, 3_004_000_000, 3_000_000_000), expected);
        // The length of compressed samples is stated.
        let stated = audio("WAV", 6_000_000.0, 5.0);
        assert_eq!(corrected(stated, 3_004_000_000, 3_000_000_000).2, 4005.0);
    }

    #[test]
    fn an_answer_without_audio_stays() {
        for format in ["MP3", "WAV", "FLAC", "DSDIFF", "MP4"] {
            let mut none = AudioProperties {
                container_format: Some(format.to_owned()),
                ..AudioProperties::default()
            };
            let before = none.clone();
            correct(&mut none, 3 * GIB, 2 * GIB);
            assert_eq!(none, before);
        }
    }
}
