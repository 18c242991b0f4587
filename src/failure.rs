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
    /// Boxed, since few failures have one.
    details: Option<Box<Details>>,
}

/// What only some failures have.
enum Details {
    /// The elements that a refused change would have lost.
    Lost(Vec<LossRecord>),
    /// The range of bytes that have to be fetched.
    Missing { start: u64, end: u64 },
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
        Self { kind, message, errno: None, operation: None, limit: None, path: None, details: None }
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
        match self.details.map(|details| *details) {
            Some(Details::Lost(lost)) => object.set("lost", lost)?,
            Some(Details::Missing { start, end }) => {
                // Offsets are far below 2^53, up to which a number is exact.
                object.set("start", start as f64)?;
                object.set("end", end as f64)?;
            }
            None => {}
        }
        Ok(object)
    }
}

fn losses(error: &Error) -> Option<Box<Details>> {
    let lost: Vec<_> = error.lost().iter().map(LossRecord::from).collect();
    (!lost.is_empty()).then(|| Box::new(Details::Lost(lost)))
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let failure = |kind| Self {
            path: error.path().map(str::to_owned),
            details: losses(error),
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
            ErrorKind::MissingBytes { start, end } => {
                let details = Some(Box::new(Details::Missing { start, end }));
                Self { details, ..failure("missingBytes") }
            }
        }
    }
}
