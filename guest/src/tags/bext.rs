//! The Broadcast Audio Extension chunk (EBU Tech 3285, version 2).
//!
//! The chunk has a fixed part of 602 bytes, little-endian, followed by the coding history. Texts
//! are padded with NUL. As in taglib-wasm, each byte becomes the character of the same number. A
//! truncated chunk yields the fields that it has.

/// A parsed `bext` chunk.
#[derive(Clone, Debug, PartialEq)]
pub struct BroadcastExtension {
    /// What the recording is.
    pub description: String,
    /// Who made it.
    pub originator: String,
    /// The reference that the originator assigned.
    pub originator_reference: String,
    /// `YYYY-MM-DD`
    pub origination_date: String,
    /// `HH:MM:SS`
    pub origination_time: String,
    /// Samples since midnight.
    pub time_reference: u64,
    /// The version of the chunk.
    pub version: u16,
    /// SMPTE UMID, 64 bytes in hexadecimal; from version 1.
    pub umid: Option<String>,
    /// From version 2, if it is set.
    pub loudness: Loudness,
    /// How the audio has been coded.
    pub coding_history: String,
}

/// Loudness in the units of EBU R 128.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loudness {
    /// LUFS
    pub value: Option<f64>,
    /// LU
    pub range: Option<f64>,
    /// dBTP
    pub max_true_peak: Option<f64>,
    /// LUFS
    pub max_momentary: Option<f64>,
    /// LUFS
    pub max_short_term: Option<f64>,
}

mod offset {
    use std::ops::Range;

    pub(super) const DESCRIPTION: Range<usize> = 0..256;
    pub(super) const ORIGINATOR: Range<usize> = 256..288;
    pub(super) const REFERENCE: Range<usize> = 288..320;
    pub(super) const DATE: Range<usize> = 320..330;
    pub(super) const TIME: Range<usize> = 330..338;
    pub(super) const TIME_REFERENCE: usize = 338;
    pub(super) const VERSION: usize = 346;
    pub(super) const UMID: Range<usize> = 348..412;
    pub(super) const LOUDNESS: usize = 412;
    pub(super) const CODING_HISTORY: usize = 602;
}

/// The loudness that means "not measured".
const UNSET: i16 = 0x7fff;

impl BroadcastExtension {
    /// Parses a chunk. Returns `None` if the chunk ends before its version.
    pub(super) fn parse(chunk: &[u8]) -> Option<Self> {
        let version = u16::from_le_bytes(array(chunk, offset::VERSION)?);
        Some(Self {
            description: text(chunk.get(offset::DESCRIPTION)?),
            originator: text(chunk.get(offset::ORIGINATOR)?),
            originator_reference: text(chunk.get(offset::REFERENCE)?),
            origination_date: text(chunk.get(offset::DATE)?),
            origination_time: text(chunk.get(offset::TIME)?),
            time_reference: u64::from_le_bytes(array(chunk, offset::TIME_REFERENCE)?),
            version,
            umid: chunk.get(offset::UMID).filter(|_| version >= 1).map(hexadecimal),
            loudness: if version >= 2 { Loudness::parse(chunk) } else { Loudness::default() },
            coding_history: chunk.get(offset::CODING_HISTORY..).map(text).unwrap_or_default(),
        })
    }
}

impl Loudness {
    fn parse(chunk: &[u8]) -> Self {
        const FIELDS: usize = 5;
        // As in taglib-wasm, all five are read or none.
        if chunk.len() < offset::LOUDNESS + 2 * FIELDS {
            return Self::default();
        }
        let field = |index: usize| {
            array(chunk, offset::LOUDNESS + 2 * index)
                .map(i16::from_le_bytes)
                .filter(|hundredths| *hundredths != UNSET)
                .map(|hundredths| f64::from(hundredths) / 100.0)
        };
        Self {
            value: field(0),
            range: field(1),
            max_true_peak: field(2),
            max_momentary: field(3),
            max_short_term: field(4),
        }
    }
}

fn array<const N: usize>(chunk: &[u8], start: usize) -> Option<[u8; N]> {
    chunk.get(start..start + N)?.try_into().ok()
}

fn text(field: &[u8]) -> String {
    field.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(version: u16) -> Vec<u8> {
        let mut chunk = vec![0; offset::CODING_HISTORY];
        chunk[..5].copy_from_slice(b"caf\xe9\0");
        chunk[offset::TIME_REFERENCE..offset::VERSION]
            .copy_from_slice(&(1_u64 << 40).to_le_bytes());
        chunk[offset::VERSION..offset::VERSION + 2].copy_from_slice(&version.to_le_bytes());
        chunk[offset::UMID.start] = 0xab;
        chunk[offset::LOUDNESS..offset::LOUDNESS + 2].copy_from_slice(&(-2310_i16).to_le_bytes());
        chunk[offset::LOUDNESS + 2..offset::LOUDNESS + 4].copy_from_slice(&UNSET.to_le_bytes());
        chunk
    }

    #[test]
    fn each_version_shows_the_fields_that_it_defines() {
        let versions: Vec<_> = [0, 1, 2]
            .iter()
            .map(|version| BroadcastExtension::parse(&chunk(*version)).unwrap())
            .collect();
        assert_eq!(versions[0].umid, None);
        assert!(versions[1].umid.as_deref().unwrap().starts_with("ab00"));
        assert_eq!(versions[1].loudness, Loudness::default());
        assert_eq!(versions[2].loudness.value, Some(-23.1));
        assert_eq!(versions[2].loudness.range, None);
        assert_eq!(versions[2].time_reference, 1 << 40);
        assert_eq!(versions[2].description, "café");
    }

    #[test]
    fn a_chunk_cut_short_gives_what_it_has() {
        let whole = chunk(2);
        assert_eq!(BroadcastExtension::parse(&whole[..347]), None);
        let short = BroadcastExtension::parse(&whole[..348]).unwrap();
        assert_eq!((short.umid, short.loudness), (None, Loudness::default()));
        assert_eq!(BroadcastExtension::parse(&[]), None);
    }
}
