//! The result of a read: JSON text, and the bytes that it refers to.
//!
//! The text is made off the main thread, which then passes one string to JavaScript instead of
//! some forty keys and values: `JSON.parse` builds the object faster than Node-API calls do
//! (docs/performance.md has the figures). Bytes are copied to memory that V8 owns: Electron
//! forbids buffers outside its heap cage, and external buffers can't be transferred to a worker.
//!
//! A large answer would block the main thread. It stays here, and JavaScript takes it in pieces,
//! in several turns of the event loop.

use crate::pieces::{self, Piece};
use crate::shapes::{Frames, List, Model, Pictures, Shape, WithPictureMetadata};
use crate::task::Settled;
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use taglib_wasi_guest::{
    self as guest, AudioProperties, Budget, Buffer, Id3v2Frame, Metadata, NativeElement, Picture,
    PictureMetadata, Tags,
};

/// The maximum text, bytes and buffers that are passed in one turn, which takes 4 ms.
const MAX_TEXT: usize = 256 << 10;
const MAX_BYTES: usize = 2 << 20;
const MAX_BUFFERS: usize = 256;

/// How many bytes of a buffer one call copies, which takes half a millisecond.
const COPIED_AT_ONCE: usize = 1 << 20;

pub(crate) enum Response {
    Whole { json: String, buffers: Vec<Buffer> },
    InPieces(LargeResponse),
}

/// An answer that JavaScript takes in pieces.
pub(crate) struct LargeResponse(Mutex<Rest>);

/// The part of the answer that has not been taken yet.
struct Rest {
    pieces: VecDeque<Piece>,
    buffers: Vec<Buffer>,
    /// The size of all pieces and buffers.
    bytes: usize,
}

impl Drop for LargeResponse {
    fn drop(&mut self) {
        guest::freed_on_main_thread(self.rest().bytes);
    }
}

impl Response {
    /// `ExtendedTag`
    pub(crate) fn tags(tags: Tags, budget: &Budget) -> guest::Result<Self> {
        Ok(Text::of(&Shape(&tags), budget)?.with(buffers(tags)))
    }

    /// `FileMetadata`
    pub(crate) fn metadata(metadata: Metadata, budget: &Budget) -> guest::Result<Self> {
        Ok(Text::of(&Shape(&metadata), budget)?.with(buffers(metadata.tags)))
    }

    /// Everything that the Full API needs of an open file.
    pub(crate) fn model(metadata: Metadata, budget: &Budget) -> guest::Result<Self> {
        let text = Text::of(&Model(&metadata), budget)?;
        let frames = metadata.stored.and_then(|stored| stored.id3v2_frames);
        let frames = frames.into_iter().flatten().map(|frame| frame.data);
        Ok(text.with(buffers(metadata.tags).into_iter().chain(frames).collect()))
    }

    /// `Id3v2Frame[]`, or `undefined`.
    pub(crate) fn id3v2_frames(
        frames: Option<Vec<Id3v2Frame>>,
        budget: &Budget,
    ) -> guest::Result<Self> {
        let list = frames.as_deref().map(|list| Frames { list, first: 0 });
        let text = Text::of(&Shape(list), budget)?;
        Ok(text.with(frames.into_iter().flatten().map(|frame| frame.data).collect()))
    }

    /// `AudioProperties`, or `undefined`.
    pub(crate) fn audio_properties(
        audio: Option<&AudioProperties>,
        budget: &Budget,
    ) -> guest::Result<Self> {
        Ok(Text::of(&Shape(audio), budget)?.with(Vec::new()))
    }

    /// `FileType`
    pub(crate) fn file_type(file_type: &str, budget: &Budget) -> guest::Result<Self> {
        Ok(Text::of(&file_type, budget)?.with(Vec::new()))
    }

    /// `Picture[]`
    pub(crate) fn pictures(pictures: Vec<Picture>, budget: &Budget) -> guest::Result<Self> {
        let text = Text::of(&Pictures(&pictures), budget)?;
        Ok(text.with(pictures.into_iter().map(|picture| picture.data).collect()))
    }

    /// `PictureMetadata[]`
    pub(crate) fn picture_metadata(pictures: &[Picture], budget: &Budget) -> guest::Result<Self> {
        let pictures = described(pictures, budget)?;
        Ok(Text::of(&List(&pictures), budget)?.with(Vec::new()))
    }

    /// `NativeElement[]`
    pub(crate) fn native_elements(
        elements: &[NativeElement],
        budget: &Budget,
    ) -> guest::Result<Self> {
        Ok(Text::of(&List(elements), budget)?.with(Vec::new()))
    }

    /// `ExtendedTag` with `PictureMetadata[]`
    pub(crate) fn tags_with_picture_metadata(tags: Tags, budget: &Budget) -> guest::Result<Self> {
        let (tags, pictures) = apart(tags, budget)?;
        let shape = WithPictureMetadata { value: &tags, pictures: &pictures };
        Ok(Text::of(&Shape(shape), budget)?.with(buffers(tags)))
    }

    /// `FileMetadata` with `PictureMetadata[]`
    pub(crate) fn metadata_with_picture_metadata(
        metadata: Metadata,
        budget: &Budget,
    ) -> guest::Result<Self> {
        let (tags, pictures) = apart(metadata.tags, budget)?;
        let metadata = Metadata { tags, ..metadata };
        let shape = WithPictureMetadata { value: &metadata, pictures: &pictures };
        Ok(Text::of(&Shape(shape), budget)?.with(buffers(metadata.tags)))
    }

    /// The bytes of the front cover, or else of the first picture, or `undefined`.
    pub(crate) fn cover_art(mut pictures: Vec<Picture>) -> Self {
        if pictures.is_empty() {
            return Text::Whole(r#"[["undefined"]]"#.to_owned()).with(Vec::new());
        }
        let is_front_cover = |picture: &Picture| picture.picture_type == "FrontCover";
        let index = pictures.iter().position(is_front_cover).unwrap_or(0);
        Self::content(pictures.swap_remove(index).data)
    }

    /// Returns the content of a file.
    pub(crate) fn content(content: Buffer) -> Self {
        let json = r#"[["bytes",0]]"#.to_owned();
        Text::Whole(json).with(vec![content])
    }

    /// Returns the number of bytes that the main thread has to copy in one turn.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Whole { json, buffers } => json.len() + size(buffers),
            Self::InPieces(_) => 0,
        }
    }

    /// Sets `json` and `buffers`, or `large`, on the outcome of a call.
    pub(crate) fn settle(self, env: &Env, outcome: &mut Object<'_>) -> Result<()> {
        let (json, buffers) = match self {
            Self::Whole { json, buffers } => (json, buffers),
            Self::InPieces(large) => return outcome.set("large", External::new(large)),
        };
        outcome.set("json", json)?;
        if !buffers.is_empty() {
            outcome.set("buffers", arrays(env, buffers)?)?;
        }
        Ok(())
    }

    /// Makes the arguments of `settle`: the text with its buffers, or an object with `large`.
    pub(crate) fn settled(self, env: &Env) -> Result<Settled<'_>> {
        match self {
            Self::Whole { json, buffers } => {
                let json = env.create_string(&json)?.to_unknown();
                let has_buffers = !buffers.is_empty();
                Ok((json, has_buffers.then(|| arrays(env, buffers)).transpose()?))
            }
            Self::InPieces(large) => {
                let mut outcome = Object::new(env)?;
                outcome.set("large", External::new(large))?;
                Ok((outcome.to_unknown(), None))
            }
        }
    }
}

fn arrays(env: &Env, buffers: Vec<Buffer>) -> Result<Array<'_>> {
    let mut list = env.create_array(u32::try_from(buffers.len()).unwrap_or(0))?;
    for (index, buffer) in (0..).zip(buffers) {
        list.set(index, Uint8ArraySlice::copy_from(env, &buffer[..])?)?;
    }
    Ok(list)
}

enum Text {
    Whole(String),
    InPieces(VecDeque<Piece>),
}

impl Text {
    fn of(value: &impl Serialize, budget: &Budget) -> guest::Result<Self> {
        match pieces::write_whole(value, MAX_TEXT) {
            Some(json) => Ok(Self::Whole(json)),
            None => pieces::write(value, budget).map(Self::InPieces),
        }
    }

    fn with(self, buffers: Vec<Buffer>) -> Response {
        let pieces = match self {
            Self::Whole(json) if size(&buffers) <= MAX_BYTES && buffers.len() <= MAX_BUFFERS => {
                return Response::Whole { json, buffers };
            }
            Self::Whole(json) => [Piece { json, path: "[]".to_owned() }].into(),
            Self::InPieces(pieces) => pieces,
        };
        let bytes = pieces.iter().map(|piece| piece.json.len()).sum::<usize>() + size(&buffers);
        Response::InPieces(LargeResponse(Mutex::new(Rest { pieces, buffers, bytes })))
    }
}

/// Separates the pictures from the tags, and describes them. Their bytes are freed, as are those of
/// the pictures of chapters.
fn apart(mut tags: Tags, budget: &Budget) -> guest::Result<(Tags, Vec<PictureMetadata>)> {
    let pictures = described(&tags.pictures, budget)?;
    tags.chapters.iter_mut().for_each(|chapter| chapter.picture = None);
    Ok((Tags { pictures: Vec::new(), ..tags }, pictures))
}

fn described(pictures: &[Picture], budget: &Budget) -> guest::Result<Vec<PictureMetadata>> {
    pictures.iter().map(|picture| PictureMetadata::of(picture, budget)).collect()
}

/// Returns the buffers in the order in which the shapes number them.
fn buffers(tags: Tags) -> Vec<Buffer> {
    let data = |picture: Picture| picture.data;
    let pictures = tags.pictures.into_iter().map(data);
    let of_chapters = tags.chapters.into_iter().filter_map(|chapter| chapter.picture).map(data);
    pictures.chain(tags.bext_data.map(Buffer::from)).chain(of_chapters).collect()
}

fn size(buffers: &[Buffer]) -> usize {
    buffers.iter().map(|buffer| buffer.len()).sum()
}

/// A part of an answer's text. `path` leads to the value that it continues.
#[napi(object)]
pub(crate) struct JsonPiece {
    pub json: String,
    pub path: String,
}

/// Takes the next piece of the text. Returns nothing at the end.
#[napi]
pub(crate) fn take_piece(large: &External<LargeResponse>) -> Option<JsonPiece> {
    let mut rest = large.rest();
    match rest.pieces.pop_front() {
        Some(Piece { json, path }) => Some(JsonPiece { json, path }),
        None => {
            guest::freed_on_main_thread(rest.bytes);
            None
        }
    }
}

/// Returns the sizes of the buffers, in bytes.
#[napi]
pub(crate) fn buffer_sizes(large: &External<LargeResponse>) -> Vec<u32> {
    let rest = large.rest();
    rest.buffers.iter().map(|buffer| u32::try_from(buffer.len()).unwrap_or(u32::MAX)).collect()
}

/// Copies the next part of a buffer to `offset` in `target`. Returns the number of bytes. At the
/// end of the buffer, frees it and returns zero.
#[napi]
pub(crate) fn copy_buffer(
    large: &External<LargeResponse>,
    index: u32,
    mut target: Uint8Array,
    offset: u32,
) -> u32 {
    let mut rest = large.rest();
    let Some(buffer) = rest.buffers.get_mut(index as usize) else { return 0 };
    let part = buffer.get(offset as usize..).unwrap_or_default();
    // SAFETY: `lib/core/answers.js` has just made the array, and nothing else has it.
    let target = unsafe { target.as_mut() }.get_mut(offset as usize..).unwrap_or_default();
    let length = part.len().min(target.len()).min(COPIED_AT_ONCE);
    target[..length].copy_from_slice(&part[..length]);
    if length == part.len() {
        *buffer = Buffer::default();
    }
    length as u32
}

impl LargeResponse {
    fn rest(&self) -> std::sync::MutexGuard<'_, Rest> {
        // A panic can't leave the rest in an inconsistent state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
