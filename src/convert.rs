//! From the tag model to JavaScript objects, on the main thread.
//!
//! The shapes are taglib-wasm's, down to keys whose value is
//! `undefined`. Every byte is copied into memory that V8 owns: Electron
//! forbids buffers that point outside its heap cage.

use napi::bindgen_prelude::*;
use taglib_wasi_guest::{
    AudioProperties, BroadcastExtension, Chapter, Field, Lyrics, Metadata, Picture, Rating, Tags,
};

pub(crate) fn tags<'env>(env: &'env Env, tags: Tags) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    for (name, field) in tags.fields {
        match field {
            Field::Texts(texts) => object.set(name, texts)?,
            Field::Text(text) => object.set(name, text)?,
            Field::Number(number) => object.set(name, number)?,
            Field::Flag(flag) => object.set(name, flag)?,
        }
    }
    set_list(&mut object, "pictures", env, tags.pictures, picture)?;
    set_list(&mut object, "ratings", env, tags.ratings, rating)?;
    set_list(&mut object, "lyrics", env, tags.lyrics, lyrics)?;
    set_list(&mut object, "chapters", env, tags.chapters, chapter)?;
    if let Some(bext) = tags.bext {
        object.set("bext", broadcast_extension(env, bext)?)?;
    }
    if let Some(data) = tags.bext_data {
        object.set("bextData", Uint8ArraySlice::copy_from(env, &data)?)?;
    }
    if let Some(ixml) = tags.ixml {
        object.set("ixml", ixml)?;
    }
    Ok(object)
}

/// `FileMetadata`
pub(crate) fn metadata<'env>(env: &'env Env, metadata: Metadata) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("tags", tags(env, metadata.tags)?)?;
    match metadata.audio {
        Some(audio) => object.set("properties", audio_properties(env, audio)?)?,
        None => object.set("properties", ())?,
    }
    object.set("hasCoverArt", metadata.has_pictures)?;
    if metadata.dynamics.is_empty() {
        object.set("dynamics", ())?;
    } else {
        let mut dynamics = Object::new(env)?;
        for (name, text) in metadata.dynamics {
            dynamics.set(name, text)?;
        }
        object.set("dynamics", dynamics)?;
    }
    Ok(object)
}

/// `AudioProperties`: what a format does not have is no key.
pub(crate) fn audio_properties<'env>(
    env: &'env Env,
    audio: AudioProperties,
) -> Result<Object<'env>> {
    let can_be_encrypted = audio.can_be_encrypted();
    let mut object = Object::new(env)?;
    object.set("duration", audio.duration)?;
    object.set("durationMs", audio.duration_ms)?;
    object.set("bitrate", audio.bitrate)?;
    object.set("sampleRate", audio.sample_rate)?;
    object.set("channels", audio.channels)?;
    object.set("bitsPerSample", audio.bits_per_sample)?;
    object.set("codec", audio.codec.as_deref().unwrap_or("unknown"))?;
    object.set("containerFormat", audio.container_format.as_deref().unwrap_or("unknown"))?;
    object.set("isLossless", audio.is_lossless)?;
    if audio.mpeg_version > 0.0 {
        object.set("mpegVersion", audio.mpeg_version)?;
        object.set("mpegLayer", audio.mpeg_layer)?;
    }
    if can_be_encrypted {
        object.set("isEncrypted", audio.is_encrypted)?;
    }
    if audio.format_version > 0.0 {
        object.set("formatVersion", audio.format_version)?;
    }
    set_if_some(&mut object, "bitrateMode", audio.bitrate_mode)?;
    set_if_some(&mut object, "outputGainDb", audio.output_gain_db)?;
    Ok(object)
}

pub(crate) fn pictures<'env>(env: &'env Env, pictures: Vec<Picture>) -> Result<Array<'env>> {
    list(env, pictures, picture)
}

/// An empty list is no key at all.
fn set_list<'env, T>(
    object: &mut Object<'env>,
    name: &str,
    env: &'env Env,
    values: Vec<T>,
    convert: impl Fn(&'env Env, T) -> Result<Object<'env>>,
) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    object.set(name, list(env, values, convert)?)
}

fn list<'env, T>(
    env: &'env Env,
    values: Vec<T>,
    convert: impl Fn(&'env Env, T) -> Result<Object<'env>>,
) -> Result<Array<'env>> {
    let mut list = env.create_array(u32::try_from(values.len()).unwrap_or(0))?;
    for (index, value) in (0..).zip(values) {
        list.set(index, convert(env, value)?)?;
    }
    Ok(list)
}

fn picture<'env>(env: &'env Env, picture: Picture) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("mimeType", picture.mime_type)?;
    object.set("data", Uint8ArraySlice::copy_from(env, &picture.data[..])?)?;
    object.set("type", picture.picture_type)?;
    object.set("description", picture.description)?;
    Ok(object)
}

fn rating<'env>(env: &'env Env, rating: Rating) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("rating", rating.rating)?;
    set_or_undefined(&mut object, "email", rating.email)?;
    set_or_undefined(&mut object, "counter", rating.counter)?;
    Ok(object)
}

fn lyrics<'env>(env: &'env Env, lyrics: Lyrics) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("text", lyrics.text)?;
    set_if_some(&mut object, "description", lyrics.description)?;
    set_if_some(&mut object, "language", lyrics.language)?;
    Ok(object)
}

fn chapter<'env>(env: &'env Env, chapter: Chapter) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("startTimeMs", chapter.start)?;
    set_or_undefined(&mut object, "endTimeMs", chapter.end)?;
    set_or_undefined(&mut object, "title", chapter.title)?;
    set_or_undefined(&mut object, "id", chapter.id)?;
    set_or_undefined(&mut object, "source", chapter.source)?;
    Ok(object)
}

fn broadcast_extension<'env>(env: &'env Env, bext: BroadcastExtension) -> Result<Object<'env>> {
    let mut object = Object::new(env)?;
    object.set("description", bext.description)?;
    object.set("originator", bext.originator)?;
    object.set("originatorReference", bext.originator_reference)?;
    object.set("originationDate", bext.origination_date)?;
    object.set("originationTime", bext.origination_time)?;
    object.set("timeReferenceSamples", BigInt::from(bext.time_reference))?;
    object.set("version", u32::from(bext.version))?;
    object.set("codingHistory", bext.coding_history)?;
    set_if_some(&mut object, "umid", bext.umid)?;
    set_if_some(&mut object, "loudnessValueDb", bext.loudness.value)?;
    set_if_some(&mut object, "loudnessRangeDb", bext.loudness.range)?;
    set_if_some(&mut object, "maxTruePeakLevelDbtp", bext.loudness.max_true_peak)?;
    set_if_some(&mut object, "maxMomentaryLoudnessDb", bext.loudness.max_momentary)?;
    set_if_some(&mut object, "maxShortTermLoudnessDb", bext.loudness.max_short_term)?;
    Ok(object)
}

fn set_if_some(object: &mut Object<'_>, name: &str, value: Option<impl ToNapiValue>) -> Result<()> {
    value.map_or(Ok(()), |value| object.set(name, value))
}

/// The key is there either way, as it is in taglib-wasm's objects.
fn set_or_undefined(
    object: &mut Object<'_>,
    name: &str,
    value: Option<impl ToNapiValue>,
) -> Result<()> {
    match value {
        Some(value) => object.set(name, value),
        None => object.set(name, ()),
    }
}
