//! Numbers as JavaScript reads and writes them.
//!
//! taglib-wasm converts numbers to strings and back with `String` and `Number.parseInt`. Giving
//! the same answers takes the same rules (ECMA-262, 19.2.5 and 6.1.6.1.20).

/// Does what `Number.parseInt(text, 10)` does. Returns `None` for `NaN`.
pub(crate) fn parse_int(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(is_js_space);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = digits.bytes().take_while(u8::is_ascii_digit).count();
    // Long digit strings round to the nearest double, and overflow to infinity.
    let magnitude: f64 = digits.get(..end).filter(|digits| !digits.is_empty())?.parse().ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

/// Does what `String(number)` does for the numbers in tags, which never reach the magnitudes at
/// which JavaScript switches to exponents (1e21, 1e-6).
pub(super) fn to_text(number: f64) -> String {
    // Rust writes a negative zero with its sign; JavaScript does not.
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// Returns whether `parseInt` skips a character: WhiteSpace and LineTerminator. In contrast to
/// Rust's white space, they include U+FEFF but not U+0085.
fn is_js_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_parse_int_reads_them() {
        for (text, number) in [
            ("2019-04-05", 2019.0),
            (" 7", 7.0),
            ("\u{feff}\u{a0}8/9", 8.0),
            ("+3", 3.0),
            ("-12", -12.0),
            ("0x10", 0.0),
            ("1e3", 1.0),
            ("12345678901234567890", 12_345_678_901_234_567_000.0),
        ] {
            assert_eq!(parse_int(text), Some(number), "{text:?}");
        }
        assert!(parse_int("-0").unwrap().is_sign_negative());
        assert_eq!(parse_int(&"9".repeat(400)), Some(f64::INFINITY));
    }

    #[test]
    fn text_without_digits_is_no_number() {
        for text in ["", " ", "-", "A1", "\u{85}1", "--1", "٣"] {
            assert_eq!(parse_int(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_written_without_exponents_or_signs_of_zero() {
        assert_eq!(to_text(1999.0), "1999");
        assert_eq!(to_text(-0.0), "0");
        assert_eq!(to_text(18_446_744_072_149_273_000.0), "18446744072149273000");
    }
}
