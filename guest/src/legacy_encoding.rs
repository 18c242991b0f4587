//! Detects and decodes the legacy encodings of texts that are stored as Latin-1.
//!
//! JavaScript's `TextDecoder` is not used: that of Node 20 drops bytes which GBK does not have,
//! those of later versions do so for Big5, and builds with little ICU have no such encodings.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// The maximum number of bytes that are judged. Titles of an album have less, and the detector
/// takes a millisecond for this many.
const MAX_BYTES: usize = 4096;

/// The encodings of other scripts, and UTF-8, which a text in Latin letters does not match by
/// chance. The detector also knows encodings of Latin letters, such as windows-1250 and
/// windows-1254. It takes a third of proper Latin-1 for one of them if the text is short, so
/// these never count.
const ENCODINGS: [&str; 18] = [
    "Big5",
    "EUC-JP",
    "EUC-KR",
    "GBK",
    "IBM866",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "KOI8-U",
    "Shift_JIS",
    "UTF-8",
    "windows-1251",
    "windows-1253",
    "windows-1255",
    "windows-1256",
    "windows-874",
    "gb18030",
];

/// Returns the name of the encoding in the Encoding Standard, or `None` if the texts are Latin-1,
/// or may be. `texts` are separated by newlines. Only the first 4,096 bytes are judged.
pub fn detect_encoding(texts: &[u8]) -> Option<&'static str> {
    let texts = &texts[..texts.len().min(MAX_BYTES)];
    if texts.is_ascii() {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(texts, true);
    let name = detector.guess(None, Utf8Detection::Allow).name();
    ENCODINGS.contains(&name).then_some(name)
}

/// Returns whether the Encoding Standard has an encoding with this label.
pub fn is_encoding(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()).is_some()
}

/// Decodes a text. Returns `None` if the encoding does not exist, or does not have all of these
/// bytes.
pub fn decode_text(label: &str, text: &[u8]) -> Option<String> {
    let encoding = Encoding::for_label(label.as_bytes())?;
    encoding.decode_without_bom_handling_and_without_replacement(text).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_other_scripts_are_detected() {
        // "Белые ночи", "七里香" and "初恋".
        let cyrillic = b"\xC1\xE5\xEB\xFB\xE5 \xED\xEE\xF7\xE8";
        assert_eq!(detect_encoding(cyrillic), Some("windows-1251"));
        assert_eq!(detect_encoding(b"\xC6\xDF\xC0\xEF\xCF\xE3"), Some("GBK"));
        assert_eq!(detect_encoding(b"\x8F\x89\x97\xF6\nFirst Love"), Some("Shift_JIS"));
        assert_eq!(detect_encoding("Jóga".as_bytes()), Some("UTF-8"));
    }

    #[test]
    fn a_text_is_decoded_only_if_the_encoding_has_all_of_its_bytes() {
        assert_eq!(decode_text("gbk", b"\xC6\xDF"), Some("七".to_owned()));
        assert_eq!(decode_text("gbk", b"\xFF\xFF"), None);
        assert_eq!(decode_text("big5", b"\xFF "), None);
        assert_eq!(decode_text("shift_jis", b"a\x8F"), None);
        assert_eq!(decode_text("klingon", b"a"), None);
        assert!(is_encoding("Windows-1251") && !is_encoding("klingon"));
    }

    #[test]
    fn latin_1_and_ascii_are_left_alone() {
        for text in [&b"Bj\xF6rk\nJ\xF3ga"[..], b"\xC9dith Piaf", b"Motorhead", b""] {
            assert_eq!(detect_encoding(text), None, "{text:?}");
        }
    }
}
