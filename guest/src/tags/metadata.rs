//! Turns the guest's answer into [`Metadata`].

use super::answer::Answer;
use super::bext::BroadcastExtension;
use super::model::{Metadata, Tags};
use super::{chapters, fields};
use std::mem;

impl From<Answer> for Metadata {
    fn from(mut answer: Answer) -> Self {
        let audio = mem::take(&mut answer.audio);
        let has_audio_properties = answer.has_audio_properties;
        Self {
            file_type: audio.file_type(),
            has_pictures: answer.has_pictures,
            dynamics: fields::dynamics(&answer.properties),
            tags: tags(answer, has_audio_properties.then_some(audio.duration_ms)),
            audio: has_audio_properties.then_some(audio),
            stored: None,
        }
    }
}

fn tags(answer: Answer, track_end: Option<f64>) -> Tags {
    let bext_data = answer.bext_data.filter(|data| !data.is_empty());
    Tags {
        fields: fields::from_properties(answer.properties),
        pictures: answer.pictures,
        ratings: answer.ratings,
        lyrics: answer.lyrics,
        chapters: chapters::in_order(answer.chapters, track_end),
        bext: bext_data.as_deref().and_then(BroadcastExtension::parse),
        bext_data,
        ixml: answer.ixml.filter(|text| !text.is_empty()),
        latin_1_texts: Vec::new(),
    }
}
