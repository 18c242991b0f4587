//! The codecs whose streams in Ogg have Vorbis comments, and the position of the comments.

use super::flac;

/// A codec, by the first packet of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OggCodec {
    /// Vorbis I, section 4.2.
    Vorbis,
    /// RFC 7845, section 5.
    Opus,
    /// The Speex manual, section 7.
    Speex,
    /// xiph.org/flac/ogg_mapping.html: each packet is a metadata block.
    Flac,
    /// The Theora specification, section 6.
    Theora,
}

impl OggCodec {
    /// Recognises the codec.
    pub(crate) fn of(first_packet: &[u8]) -> Option<Self> {
        const MAGICS: [(&[u8], OggCodec); 5] = [
            (b"\x01vorbis", OggCodec::Vorbis),
            (b"OpusHead", OggCodec::Opus),
            (b"Speex   ", OggCodec::Speex),
            (b"\x7FFLAC", OggCodec::Flac),
            (b"\x80theora", OggCodec::Theora),
        ];
        let known = MAGICS.iter().find(|(magic, _)| first_packet.starts_with(magic));
        known.map(|(_, codec)| *codec)
    }

    /// Returns where the vendor and the comments begin in the second packet, or `None` if it has
    /// no comments.
    pub(crate) fn comments_at(self, second_packet: &[u8]) -> Option<usize> {
        match self {
            Self::Vorbis => behind(second_packet, b"\x03vorbis"),
            Self::Opus => behind(second_packet, b"OpusTags"),
            Self::Speex => Some(0),
            Self::Flac => {
                let ([kind, high, middle, low], _) = second_packet.split_first_chunk()?;
                let length = u32::from_be_bytes([0, *high, *middle, *low]) as usize;
                let is_whole = flac::HEADER as usize + length == second_packet.len();
                (kind & !flac::LAST == flac::VORBIS_COMMENT && is_whole)
                    .then_some(flac::HEADER as usize)
            }
            Self::Theora => behind(second_packet, b"\x81theora"),
        }
    }
}

fn behind(packet: &[u8], magic: &[u8]) -> Option<usize> {
    packet.starts_with(magic).then_some(magic.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codec_is_known_by_its_first_packet() {
        for (first, second, expected) in [
            (&b"\x01vorbis..."[..], &b"\x03vorbis..."[..], Some((OggCodec::Vorbis, Some(7)))),
            (b"\x01vorbis...", b"\x05vorbis...", Some((OggCodec::Vorbis, None))),
            (b"OpusHead\x01", b"OpusTags", Some((OggCodec::Opus, Some(8)))),
            (b"Speex   1.2", b"...", Some((OggCodec::Speex, Some(0)))),
            (b"\x7FFLAC\x01\0", b"\x84\0\0\x02ab", Some((OggCodec::Flac, Some(4)))),
            (b"\x7FFLAC\x01\0", b"\x84\0\0\x03ab", Some((OggCodec::Flac, None))),
            (b"\x7FFLAC\x01\0", b"\x03\0\0\0", Some((OggCodec::Flac, None))),
            (b"\x80theora", b"\x81theora", Some((OggCodec::Theora, Some(7)))),
            (b"fishead\0", b"", None),
        ] {
            let codec = OggCodec::of(first);
            assert_eq!(codec.map(|codec| (codec, codec.comments_at(second))), expected);
        }
    }
}
