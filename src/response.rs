//! The result of a read: JSON text, and the bytes that it refers to.
//!
//! The text is made off the main thread, which then passes one string to
//! JavaScript instead of some forty keys and values: `JSON.parse` builds the
//! object faster than Node-API calls do (docs/performance.md has the figures).
//! Bytes are copied into memory that V8 owns: Electron forbids buffers outside
//! its heap cage, and external buffers can't be transferred to a worker.

use crate::shapes::{Pictures, Shape};
use napi::Env;
use napi::bindgen_prelude::*;
use serde::Serialize;
use taglib_wasi_guest::{AudioProperties, Buffer, Metadata, Picture, Tags};

pub struct Response {
    json: String,
    buffers: Vec<Buffer>,
}

impl Response {
    /// `ExtendedTag`
    pub fn tags(tags: Tags) -> Self {
        Self { json: json(&Shape(&tags)), buffers: buffers(tags) }
    }

    /// `FileMetadata`
    pub fn metadata(metadata: Metadata) -> Self {
        Self { json: json(&Shape(&metadata)), buffers: buffers(metadata.tags) }
    }

    /// `AudioProperties`, or `undefined`.
    pub fn audio_properties(audio: Option<&AudioProperties>) -> Self {
        Self { json: json(&Shape(audio)), buffers: Vec::new() }
    }

    /// `FileType`
    pub fn file_type(file_type: &str) -> Self {
        Self { json: json(&file_type), buffers: Vec::new() }
    }

    /// `Picture[]`
    pub fn pictures(pictures: Vec<Picture>) -> Self {
        let json = json(&Pictures(&pictures));
        Self { json, buffers: pictures.into_iter().map(|picture| picture.data).collect() }
    }

    /// The size of the buffers, which the main thread has to copy.
    pub fn bytes(&self) -> usize {
        self.buffers.iter().map(|buffer| buffer.len()).sum()
    }

    /// Sets `json` and `buffers` on the outcome of a call.
    pub fn settle(self, env: &Env, outcome: &mut Object<'_>) -> Result<()> {
        outcome.set("json", self.json)?;
        if self.buffers.is_empty() {
            return Ok(());
        }
        let mut list = env.create_array(u32::try_from(self.buffers.len()).unwrap_or(0))?;
        for (index, buffer) in (0..).zip(self.buffers) {
            list.set(index, Uint8ArraySlice::copy_from(env, &buffer[..])?)?;
        }
        outcome.set("buffers", list)
    }
}

/// In the order in which the shapes number them.
fn buffers(tags: Tags) -> Vec<Buffer> {
    let pictures = tags.pictures.into_iter().map(|picture| picture.data);
    pictures.chain(tags.bext_data.map(Buffer::from)).collect()
}

fn json(value: &impl Serialize) -> String {
    // Writing to memory does not fail, and every key is a string.
    serde_json::to_string(value).expect("every shape can be written")
}
