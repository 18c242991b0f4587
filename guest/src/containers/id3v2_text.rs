//! Text in ID3v2 frames (id3.org/id3v2.4.0-structure, section 4).

/// A text encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Latin1,
    /// With a byte order mark.
    Utf16,
    Utf16BigEndian,
    Utf8,
}

impl Encoding {
    /// Returns the encoding that the first byte of a frame names.
    pub(crate) fn of(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Latin1),
            1 => Some(Self::Utf16),
            2 => Some(Self::Utf16BigEndian),
            3 => Some(Self::Utf8),
            _ => None,
        }
    }

    fn unit(self) -> usize {
        match self {
            Self::Latin1 | Self::Utf8 => 1,
            Self::Utf16 | Self::Utf16BigEndian => 2,
        }
    }
}

/// Splits `bytes` after the first terminated text. Returns the text without its terminator, and
/// the rest. If there is no terminator, all of `bytes` is the text.
pub(crate) fn terminated(encoding: Encoding, bytes: &[u8]) -> (&[u8], &[u8]) {
    let unit = encoding.unit();
    let end = bytes.chunks_exact(unit).position(|code| code.iter().all(|byte| *byte == 0));
    match end {
        Some(index) => (&bytes[..index * unit], &bytes[(index + 1) * unit..]),
        None => (bytes, &[]),
    }
}

/// Decodes a text. Invalid code units become replacement characters.
pub(crate) fn decode(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Latin1 => bytes.iter().copied().map(char::from).collect(),
        Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16BigEndian => utf16(bytes, u16::from_be_bytes),
        Encoding::Utf16 => match bytes {
            [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
            [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
            _ => utf16(bytes, u16::from_le_bytes),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Encodes a text as UTF-16 with a byte order mark, without a terminator.
pub(crate) fn encode_utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(units).collect()
}

/// Decodes a list of texts with terminators between them.
pub(crate) fn decode_list(encoding: Encoding, bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (text, behind) = terminated(encoding, rest);
        texts.push(decode(encoding, text));
        rest = behind;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_a_terminator_of_its_own_width() {
        assert_eq!(terminated(Encoding::Utf8, b"ab\0cd"), (&b"ab"[..], &b"cd"[..]));
        assert_eq!(terminated(Encoding::Utf16, b"a\0\0b\0\0x"), (&b"a\0\0b"[..], &b"x"[..]));
        assert_eq!(terminated(Encoding::Latin1, b"ab"), (&b"ab"[..], &b""[..]));
    }

    #[test]
    fn every_encoding_reads_the_same_text() {
        for (encoding, bytes) in [
            (Encoding::Latin1, &b"\xE9t\xE9"[..]),
            (Encoding::Utf8, "été".as_bytes()),
            (Encoding::Utf16, b"\xFF\xFE\xE9\0t\0\xE9\0"),
            (Encoding::Utf16, b"\xFE\xFF\0\xE9\0t\0\xE9"),
            (Encoding::Utf16BigEndian, b"\0\xE9\0t\0\xE9"),
        ] {
            assert_eq!(decode(encoding, bytes), "été", "{encoding:?}");
        }
        assert_eq!(decode(Encoding::Utf16, &encode_utf16("ét\u{1F3B5}")), "ét\u{1F3B5}");
    }
}
