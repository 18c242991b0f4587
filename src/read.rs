//! Reads files: the arguments, owned, and the query that selects the result.
//!
//! One job serves all read functions: the guest reads everything at once, and the query selects
//! the part that becomes a JavaScript object.

use crate::large_content::LargeContent;
use crate::response::Response;
use crate::session::Session;
use crate::task::{Job, Settled, Ticket, submit, submit_group};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest::{self as guest, Budget, Cancellation, Limits, ReadOptions, Source};

/// The absolute path of a file, or its content.
pub(crate) type FileSource = Either3<String, Uint8Array, ExternalRef<LargeContent>>;

/// The part of a file's metadata that a read resolves to.
#[napi(string_enum = "camelCase")]
#[derive(Clone, Copy)]
pub enum Query {
    /// `ExtendedTag`
    Tags,
    /// `AudioProperties`, or `undefined` if there is no audio stream.
    Properties,
    /// `FileType`
    Format,
    /// `FileMetadata`
    Metadata,
    /// `Picture[]`
    Pictures,
    /// `PictureMetadata[]`
    PictureMetadata,
    /// The bytes of the front cover, or else of the first picture, or `undefined`.
    CoverArt,
    /// `ExtendedTag` with `PictureMetadata[]`.
    TagsWithPictureMetadata,
    /// `FileMetadata` with `PictureMetadata[]`.
    MetadataWithPictureMetadata,
    /// Everything that the Full API needs of an open file: see `Shape<&Model>`.
    Model,
    /// As `Model`, with the raw ID3v2 frames.
    ModelWithFrames,
    /// The raw ID3v2 frames, or `undefined` if the format has none.
    Frames,
    /// `NativeElement[]`
    Native,
}

impl Query {
    fn options(self, pictures: bool, latin_1_texts: bool) -> ReadOptions {
        let options = ReadOptions { pictures, latin_1_texts, ..ReadOptions::default() };
        match self {
            Self::Model => ReadOptions { stored: true, ..options },
            Self::ModelWithFrames | Self::Frames => {
                ReadOptions { stored: true, id3v2_frames: true, ..options }
            }
            _ => options,
        }
    }
}

pub(crate) struct ReadOne {
    source: Source,
    query: Query,
    options: ReadOptions,
    limits: Limits,
    cancellation: Cancellation,
}

impl ReadOne {
    pub(crate) fn new(
        session: &Session,
        file: FileSource,
        query: Query,
        pictures: bool,
        latin_1_texts: bool,
        cancellation: Cancellation,
    ) -> napi::Result<Self> {
        let source = source(session, file)?;
        Ok(Self::of(session, source, query, pictures, latin_1_texts, cancellation))
    }

    pub(crate) fn of(
        session: &Session,
        source: Source,
        query: Query,
        pictures: bool,
        latin_1_texts: bool,
        cancellation: Cancellation,
    ) -> Self {
        Self {
            source,
            query,
            options: query.options(pictures, latin_1_texts),
            limits: session.limits,
            cancellation,
        }
    }
}

impl Job for ReadOne {
    type Output = Response;

    fn run(&mut self) -> guest::Result<Response> {
        let budget = Budget::start(self.limits, &self.cancellation);
        self.query.response(&self.source, self.options, &budget)
    }

    fn bytes(response: &Response) -> usize {
        response.bytes()
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, response: Response) -> napi::Result<()> {
        response.settle(env, outcome)
    }

    fn settled(env: &Env, response: Response) -> napi::Result<Settled<'_>> {
        response.settled(env)
    }
}

impl Query {
    /// Reads a file, and selects the requested part.
    fn response(
        self,
        source: &Source,
        options: ReadOptions,
        budget: &Budget,
    ) -> guest::Result<Response> {
        let read = || guest::read_metadata_within(source, options, budget);
        match self {
            Query::Tags => Response::tags(read()?.tags, budget),
            Query::Properties => Response::audio_properties(read()?.audio.as_ref(), budget),
            Query::Format => Response::file_type(read()?.file_type, budget),
            Query::Metadata => Response::metadata(read()?, budget),
            Query::Pictures => Response::pictures(read()?.tags.pictures, budget),
            Query::PictureMetadata => Response::picture_metadata(&read()?.tags.pictures, budget),
            Query::CoverArt => Ok(Response::cover_art(read()?.tags.pictures)),
            Query::TagsWithPictureMetadata => {
                Response::tags_with_picture_metadata(read()?.tags, budget)
            }
            Query::MetadataWithPictureMetadata => {
                Response::metadata_with_picture_metadata(read()?, budget)
            }
            Query::Model | Query::ModelWithFrames => Response::model(read()?, budget),
            Query::Frames => {
                let frames = read()?.stored.and_then(|stored| stored.id3v2_frames);
                Response::id3v2_frames(frames, budget)
            }
            Query::Native => {
                Response::native_elements(&guest::read_native(source, budget)?, budget)
            }
        }
    }
}

/// Reads a file. The outcome is the text of the answer, with its buffers, which
/// `lib/core/answers.js` decodes, `{ large }`, which it takes in pieces, or `{ failure }`.
///
/// The content of a file is copied, because the caller may change it while the call runs.
#[napi]
pub(crate) fn read(
    env: &Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "FileSource")] file: FileSource,
    query: Query,
    pictures: bool,
    latin_1_texts: bool,
    cancellation: Option<&External<Cancellation>>,
) -> napi::Result<Ticket> {
    let cancellation = cancellation_or_default(cancellation);
    submit(env, ReadOne::new(session, file, query, pictures, latin_1_texts, cancellation)?)
}

/// Reads files as [`read`] does, as calls of a group, of which at most `concurrency` run at once.
/// Returns the ticket of the first call. The tickets of the others follow it.
#[allow(clippy::too_many_arguments, reason = "JavaScript calls it, in one place")]
#[napi]
pub(crate) fn read_group(
    env: &Env,
    session: &External<Session>,
    #[napi(ts_arg_type = "FileSource[]")] files: Vec<FileSource>,
    query: Query,
    pictures: bool,
    latin_1_texts: bool,
    cancellation: &External<Cancellation>,
    group: u32,
    concurrency: u32,
) -> napi::Result<Ticket> {
    let read = |file| {
        let cancellation = Cancellation::clone(cancellation);
        ReadOne::new(session, file, query, pictures, latin_1_texts, cancellation)
    };
    let reads = files.into_iter().map(read).collect::<napi::Result<Vec<_>>>()?;
    submit_group(env, group, concurrency as usize, reads.into_iter())
}

/// Returns the source of a call, owned.
pub(crate) fn source(session: &Session, file: FileSource) -> napi::Result<Source> {
    Ok(match file {
        Either3::A(path) => Source::Path { preopens: session.preopens(), path },
        Either3::B(bytes) => Source::Bytes(bytes.to_vec()),
        Either3::C(mut content) => Source::Bytes(content.take()?),
    })
}

/// Returns the cancellation token of the call, or one that is never cancelled.
pub(crate) fn cancellation_or_default(
    cancellation: Option<&External<Cancellation>>,
) -> Cancellation {
    cancellation.map(|shared| Cancellation::clone(shared)).unwrap_or_default()
}

/// Creates a cancellation token, which stops the calls that it is passed to.
#[napi(ts_return_type = "ExternalObject<Cancellation>")]
pub(crate) fn create_cancellation() -> External<Cancellation> {
    External::new(Cancellation::default())
}

/// Stops the calls with this token: waiting calls at once, running calls within a
/// few epoch ticks.
#[napi]
pub(crate) fn cancel(cancellation: &External<Cancellation>) {
    cancellation.cancel();
}
