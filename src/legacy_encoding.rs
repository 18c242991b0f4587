//! Detects and decodes legacy encodings, for `lib/legacy-encoding`.

use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest as guest;

/// Returns the name of the encoding in the Encoding Standard, or null if the texts are Latin-1, or
/// may be. The texts are separated by newlines. Only the first 4,096 bytes are judged.
#[napi]
pub(crate) fn detect_encoding(texts: Uint8Array) -> Option<&'static str> {
    guest::detect_encoding(&texts)
}

/// Returns whether the Encoding Standard has an encoding with this label.
#[napi]
pub(crate) fn is_encoding(label: String) -> bool {
    guest::is_encoding(&label)
}

/// Decodes a text. Returns null if the encoding does not have all of its bytes.
#[napi]
pub(crate) fn decode_text(label: String, text: Uint8Array) -> Option<String> {
    guest::decode_text(&label, &text)
}
