//! Changing tags: the arguments, owned, and the new bytes as the result.

use crate::answer::Answer;
use crate::read::{shared, source};
use crate::session::Session;
use crate::task::{Job, Promise, submit};
use napi::Env;
use napi::bindgen_prelude::*;
use napi_derive::napi;
use taglib_wasi_guest::{self as guest, Cancellation, Edit, Limits, Picture, Source};

/// What is changed.
#[napi(string_enum = "camelCase")]
pub enum EditKind {
    /// Sets `fields`; those not named stay.
    Fields,
    /// Replaces all pictures by `pictures`.
    Pictures,
    /// Adds the first of `pictures`.
    AddPicture,
    /// Puts the first of `pictures` in place of those of its type.
    ReplacePicture,
    /// Removes everything.
    Clear,
}

/// A field's values; none removes it.
#[napi(object)]
pub struct FieldRecord {
    pub name: String,
    pub values: Vec<String>,
}

#[napi(object)]
pub struct PictureRecord {
    pub mime_type: String,
    /// Copied: the caller may change it while the call runs.
    pub data: Uint8Array,
    /// One of the names of `PICTURE_TYPE_VALUES`.
    pub r#type: String,
    pub description: String,
}

#[napi(object)]
pub struct EditRecord {
    pub kind: EditKind,
    pub fields: Option<Vec<FieldRecord>>,
    pub pictures: Option<Vec<PictureRecord>>,
}

pub struct Write {
    source: Source,
    /// Taken when the call runs.
    edit: Option<Edit>,
    limits: Limits,
    cancellation: Cancellation,
}

impl Job for Write {
    type Output = Answer;

    fn run(&mut self) -> guest::Result<Answer> {
        let edit = self.edit.take().unwrap_or(Edit::Fields(Vec::new()));
        guest::edited(&self.source, edit, self.limits, &self.cancellation).map(Answer::content)
    }

    fn settle(env: &Env, outcome: &mut Object<'_>, content: Answer) -> Result<()> {
        content.settle(env, outcome)
    }
}

/// Resolves to an answer that is the bytes of the changed file, or to
/// `{ failure }`. A file named by its path is not touched.
#[napi(ts_return_type = "Promise<AnswerOutcome>")]
pub fn edited<'env>(
    env: &'env Env,
    session: &External<Session>,
    file: Either<String, Uint8Array>,
    edit: EditRecord,
    cancellation: Option<&External<Cancellation>>,
) -> Result<Promise<'env>> {
    submit(
        env,
        Write {
            source: source(session, file),
            edit: Some(edit.try_into()?),
            limits: session.limits,
            cancellation: shared(cancellation),
        },
    )
}

impl TryFrom<EditRecord> for Edit {
    type Error = Error;

    fn try_from(record: EditRecord) -> Result<Self> {
        let mut pictures = record
            .pictures
            .unwrap_or_default()
            .into_iter()
            .map(Picture::try_from)
            .collect::<Result<Vec<_>>>()?;
        let mut one = || pictures.pop().ok_or_else(|| Error::from_reason("the picture is missing"));
        Ok(match record.kind {
            EditKind::Fields => Self::Fields(
                record
                    .fields
                    .unwrap_or_default()
                    .into_iter()
                    .map(|field| (field.name, field.values))
                    .collect(),
            ),
            EditKind::AddPicture => Self::AddPicture(one()?),
            EditKind::ReplacePicture => Self::ReplacePicture(one()?),
            EditKind::Pictures => Self::Pictures(pictures),
            EditKind::Clear => Self::Clear,
        })
    }
}

impl TryFrom<PictureRecord> for Picture {
    type Error = Error;

    fn try_from(record: PictureRecord) -> Result<Self> {
        let picture_type = Self::type_named(&record.r#type)
            .ok_or_else(|| Error::from_reason(format!("{} is no picture type", record.r#type)))?;
        Ok(Self {
            mime_type: record.mime_type,
            data: record.data.as_ref().into(),
            picture_type,
            description: record.description,
        })
    }
}
