//! Numbers that tags hold as text: "3/12", "03", "120.50".
//!
//! Readers return them as integers. An edit that gives such an integer back, or sets another one,
//! is not meant to remove the rest of the text.

use crate::tags::Requested;

/// Properties that are read as integers, each with the property that holds the total.
const PROPERTIES: [(&str, &str); 3] =
    [("TRACKNUMBER", "TRACKTOTAL"), ("DISCNUMBER", "DISCTOTAL"), ("BPM", "")];

/// Returns whether TagLib's C interface writes a property as an integer, which loses "3/12", "03"
/// and "A5".
pub(super) fn is_number(property: &str) -> bool {
    matches!(property, "TRACKNUMBER" | "DISCNUMBER")
}

/// Returns the text for a property that the edit sets to an integer: `stored` if it has the same
/// number, or else the integer with the stored total.
pub(super) fn completed(property: &str, stored: &str, requested: &Requested) -> Option<String> {
    let (_, total) = PROPERTIES.iter().find(|(known, _)| *known == property)?;
    let [asked] = requested.values_of(property)? else { return None };
    // A requested total replaces the stored one.
    if requested.values_of(total).is_some() {
        return None;
    }
    let number: u64 = Some(asked).filter(|asked| is_digits(asked))?.parse().ok()?;
    let digits = stored.bytes().take_while(u8::is_ascii_digit).count();
    if stored[..digits].parse() == Ok(number) {
        return Some(stored.to_owned());
    }
    let (_, total) = stored.split_once('/').filter(|(_, total)| is_digits(total))?;
    Some(format!("{asked}/{total}"))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_keeps_the_rest_of_the_stored_text() {
        for (property, asked, stored, expected) in [
            ("TRACKNUMBER", "3", "03/12", Some("03/12")),
            ("TRACKNUMBER", "9", "03/12", Some("9/12")),
            ("TRACKNUMBER", "9", "03", None),
            ("TRACKNUMBER", "9/21", "03/12", None),
            ("TRACKNUMBER", "9", "A5", None),
            ("BPM", "120", "120.50", Some("120.50")),
            ("BPM", "99", "120.50", None),
            ("TITLE", "3", "3/12", None),
        ] {
            let properties = vec![(property.to_owned(), vec![asked.to_owned()])];
            let mut requested = Requested { properties, ..Requested::default() };
            let text = completed(property, stored, &requested);
            assert_eq!(text.as_deref(), expected, "{property} {asked} {stored}");
            requested.properties.push(("TRACKTOTAL".to_owned(), vec!["21".to_owned()]));
            assert!(property == "BPM" || completed(property, stored, &requested).is_none());
        }
    }
}
