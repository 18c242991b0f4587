//! TagLib's property map: keys in capitals, each with a list of texts.
//!
//! The guest returns it under taglib-wasm's names, with numbers and flags in place of some texts.

use super::answer::Answer;
use super::fields::as_texts;
use super::tags_to_write::property_key;

impl Answer {
    /// Returns the properties under TagLib's keys. Lyrics are one of them.
    pub(crate) fn property_map(&self) -> Vec<(String, Vec<String>)> {
        let mut properties: Vec<_> = as_texts(self.properties.clone())
            .into_iter()
            .map(|(name, values)| (property_key(&name).to_uppercase(), values))
            .collect();
        for (_, values) in properties.iter_mut().filter(|(key, _)| key == "COMPILATION") {
            for flag in values {
                *flag = if flag == "true" || flag == "1" { "1" } else { "0" }.to_owned();
            }
        }
        let lyrics: Vec<_> = self.lyrics.iter().map(|lyrics| lyrics.text.clone()).collect();
        if !lyrics.is_empty() {
            properties.push(("LYRICS".to_owned(), lyrics));
        }
        properties
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tags::message_pack::Value;

    #[test]
    fn properties_come_under_taglibs_keys_as_texts() {
        let text = |text: &str| Value::Text(text.to_owned());
        let properties = [
            ("title", text("a")),
            ("track", Value::Number(3.0)),
            ("compilation", Value::Flag(true)),
            ("Mood of ours", Value::List(vec![text("b"), text("c")])),
            ("id3Tags", Value::Other),
        ];
        let properties = properties.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let lyrics = vec!["la".to_owned().into()];
        let map = Answer { properties, lyrics, ..Answer::default() }.property_map();
        let map: Vec<_> = map.iter().map(|(key, values)| (&**key, values.join("|"))).collect();
        let expected = [
            ("TITLE", "a"),
            ("TRACKNUMBER", "3"),
            ("COMPILATION", "1"),
            ("MOOD OF OURS", "b|c"),
            ("LYRICS", "la"),
        ];
        assert_eq!(map, expected.map(|(key, text)| (key, text.to_owned())));
    }
}
