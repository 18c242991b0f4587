//! A failure in the form from which JavaScript makes an error (`lib/core/errors.js`).

use crate::loss::LossRecord;
use napi::bindgen_prelude::*;
use std::any::Any;
use taglib_wasi_guest::{Error, ErrorKind, Limit};

/// The fields of a failure. Absent ones are not set on the object.
pub(crate) struct Failure {
    kind: &'static str,
    message: String,
    errno: Option<&'static str>,
    operation: Option<&'static str>,
    limit: Option<&'static str>,
    path: Option<String>,
    /// Boxed, since few failures have losses.
    lost: Option<Box<Losses>>,
}

impl Failure {
    pub(crate) fn panic(panic: &(dyn Any + Send)) -> Self {
        let said = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        Self::of("internal", format!("the addon panicked, which is a bug in it: {said}"))
    }

    /// Of an answer that could not be passed on, such as for want of memory.
    pub(crate) fn delivery(error: &napi::Error) -> Self {
        Self::of("internal", format!("the answer can't be passed on: {}", error.reason))
    }

    fn of(kind: &'static str, message: String) -> Self {
        Self { kind, message, errno: None, operation: None, limit: None, path: None, lost: None }
    }

    #[cfg(test)]
    pub(crate) fn kind(&self) -> &str {
        self.kind
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn into_object<'env>(self, env: &'env Env) -> Result<Object<'env>> {
        let mut object = Object::new(env)?;
        object.set("kind", self.kind)?;
        object.set("message", self.message.as_str())?;
        let optional = [
            ("errno", self.errno),
            ("operation", self.operation),
            ("limit", self.limit),
            ("path", self.path.as_deref()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                object.set(name, value)?;
            }
        }
        if let Some(lost) = self.lost {
            object.set("lost", *lost)?;
        }
        Ok(object)
    }
}

/// The elements that a refused change would have lost.
type Losses = Vec<LossRecord>;

fn losses(error: &Error) -> Option<Box<Losses>> {
    let lost: Vec<_> = error.lost().iter().map(LossRecord::from).collect();
    (!lost.is_empty()).then(|| Box::new(lost))
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let failure = |kind| Self {
            path: error.path().map(str::to_owned),
            lost: losses(error),
            ..Self::of(kind, error.to_string())
        };
        match error.kind() {
            ErrorKind::Initialization { errno } => Self {
                errno: errno.map(taglib_wasi_guest::Errno::name),
                ..failure("initialization")
            },
            ErrorKind::InvalidFormat => failure("invalidFormat"),
            ErrorKind::FileOperation { operation, errno } => Self {
                errno: Some(errno.name()),
                operation: Some(operation),
                ..failure("fileOperation")
            },
            ErrorKind::Metadata => failure("metadata"),
            ErrorKind::Memory => failure("memory"),
            ErrorKind::ResourceLimit(limit) => Self {
                limit: Some(match limit {
                    Limit::Deadline => "deadline",
                    Limit::Memory => "memory",
                    Limit::Stack => "stack",
                    Limit::Answer => "answer",
                }),
                ..failure("resourceLimit")
            },
            ErrorKind::Aborted => failure("aborted"),
        }
    }
}
