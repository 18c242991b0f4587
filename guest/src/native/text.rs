//! Texts whose encoding nothing states.

/// The IANA names of encodings.
pub(super) const LATIN_1: &str = "ISO-8859-1";
pub(super) const UTF_8: &str = "UTF-8";
pub(super) const UTF_16: &str = "UTF-16";
pub(super) const UTF_16_BE: &str = "UTF-16BE";
pub(super) const UTF_16_LE: &str = "UTF-16LE";

/// Decodes Latin-1.
pub(super) fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Decodes UTF-8 if the bytes are valid, and otherwise Latin-1. Returns the encoding, too.
pub(super) fn utf_8_or_latin_1(bytes: &[u8]) -> (String, &'static str) {
    match str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), UTF_8),
        Err(_) => (latin_1(bytes), LATIN_1),
    }
}
