//! The properties of the audio stream.

/// The audio properties, in the units of taglib-wasm's `AudioProperties`.
///
/// All numbers are as JavaScript has them: negative numbers from TagLib, which some broken files
/// cause, become huge ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioProperties {
    /// In whole seconds, rounded down.
    pub duration: f64,
    /// In milliseconds.
    pub duration_ms: f64,
    /// In kbit/s.
    pub bitrate: f64,
    /// `CBR`, `VBR` or `ABR`; MP3 only, and only if its first frame tells.
    pub bitrate_mode: Option<String>,
    /// In hertz.
    pub sample_rate: f64,
    /// The number of channels.
    pub channels: f64,
    /// Zero if the format has no such number.
    pub bits_per_sample: f64,
    /// The codec, such as `AAC`.
    pub codec: Option<String>,
    /// The container, such as `MP4`.
    pub container_format: Option<String>,
    /// Whether the codec is lossless.
    pub is_lossless: bool,
    /// MP4 and ASF only.
    pub is_encrypted: bool,
    /// Zero except for MPEG audio.
    pub mpeg_version: f64,
    /// Zero except for MPEG audio.
    pub mpeg_layer: f64,
    /// Zero if the format has no versions.
    pub format_version: f64,
    /// In decibels; Opus only (RFC 7845, section 5.1).
    pub output_gain_db: Option<f64>,
}

impl AudioProperties {
    /// Returns whether the format tells if a file is encrypted.
    pub fn can_be_encrypted(&self) -> bool {
        matches!(self.container_format.as_deref(), Some("MP4" | "ASF"))
    }

    /// Returns whether each picture of the format is a front cover: MP4's `covr` has no types.
    pub(super) fn has_only_covers(&self) -> bool {
        self.container_format.as_deref() == Some("MP4")
    }

    /// taglib-wasm's `FileType`.
    pub fn file_type(&self) -> &'static str {
        match self.container_format.as_deref() {
            Some("OGG") => match self.codec.as_deref() {
                Some("Opus") => "OPUS",
                Some("FLAC") => "OggFLAC",
                Some("Speex") => "SPEEX",
                _ => "OGG",
            },
            Some("MP3") => "MP3",
            Some("MP4") => "MP4",
            Some("FLAC") => "FLAC",
            Some("WAV") => "WAV",
            Some("AIFF") => "AIFF",
            Some("WavPack") => "WV",
            Some("TTA") => "TTA",
            Some("ASF") => "ASF",
            Some("Matroska") => "MATROSKA",
            Some("APE") => "APE",
            Some("MPC") => "MPC",
            Some("DSF") => "DSF",
            Some("DSDIFF") => "DSDIFF",
            Some("Shorten") => "SHN",
            Some("MOD") => "MOD",
            Some("S3M") => "S3M",
            Some("IT") => "IT",
            Some("XM") => "XM",
            _ => "unknown",
        }
    }

    /// Returns the file name extension by which TagLib knows the format.
    pub(crate) fn extension(&self) -> Option<&'static str> {
        match self.file_type() {
            "MP3" => Some("mp3"),
            "MP4" => Some("m4a"),
            "FLAC" => Some("flac"),
            "OGG" => Some("ogg"),
            "OPUS" => Some("opus"),
            "OggFLAC" => Some("oga"),
            "SPEEX" => Some("spx"),
            "WAV" => Some("wav"),
            "AIFF" => Some("aiff"),
            "WV" => Some("wv"),
            "TTA" => Some("tta"),
            "ASF" => Some("wma"),
            "MATROSKA" => Some("mka"),
            "APE" => Some("ape"),
            "MPC" => Some("mpc"),
            "DSF" => Some("dsf"),
            "DSDIFF" => Some("dff"),
            "SHN" => Some("shn"),
            _ => None,
        }
    }
}
