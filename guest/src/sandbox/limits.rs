//! The limits of one call.

use crate::error::{Error, ErrorKind, Limit};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use wasmtime::ResourceLimiter;

/// What one call may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the moment a thread takes the call; waiting does not count.
    pub deadline: Duration,
    /// The guest's memory, in bytes, with its garbage-collected heap.
    pub memory: usize,
}

impl Limits {
    /// Five seconds: a thousand times what a large file with a cover takes.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);
    /// 256 MiB: room for a buffer of 100 MB and its tags.
    pub const DEFAULT_MEMORY: usize = 256 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self { deadline: Self::DEFAULT_DEADLINE, memory: Self::DEFAULT_MEMORY }
    }
}

/// The caller's side of cancelling: cheap to clone, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// When a running call must stop.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt {
    ends: Instant,
    deadline: Duration,
    cancellation: Cancellation,
}

/// Why it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupted {
    Deadline(Duration),
    Aborted,
}

impl Interrupt {
    pub fn start(limits: Limits, cancellation: &Cancellation) -> Self {
        let now = Instant::now();
        Self {
            // A deadline beyond the clock's range is as good as none.
            ends: now.checked_add(limits.deadline).unwrap_or(now + Duration::from_secs(1 << 31)),
            deadline: limits.deadline,
            cancellation: cancellation.clone(),
        }
    }

    pub fn check(&self) -> Result<(), Interrupted> {
        if self.cancellation.is_cancelled() {
            return Err(Interrupted::Aborted);
        }
        if Instant::now() >= self.ends {
            return Err(Interrupted::Deadline(self.deadline));
        }
        Ok(())
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(deadline) => write!(
                f,
                "parsing took longer than the deadline of {} ms; raise deadlineMs if the file is worth it",
                deadline.as_millis()
            ),
            Self::Aborted => f.write_str("the call was aborted"),
        }
    }
}

impl std::error::Error for Interrupted {}

impl From<Interrupted> for Error {
    fn from(interrupted: Interrupted) -> Self {
        let message = interrupted.to_string();
        match interrupted {
            Interrupted::Deadline(_) => Self::limit(Limit::Deadline, message),
            Interrupted::Aborted => Self::new(ErrorKind::Aborted, message),
        }
    }
}

/// Holds the guest to its memory limit.
///
/// Growth past it fails as `memory.grow` may fail, without a trap: TagLib then
/// runs out of memory in its own way, and `was_refused` tells why.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    limit: usize,
    used: usize,
    was_refused: bool,
}

impl MemoryLimiter {
    pub fn new(limit: usize) -> Self {
        Self { limit, used: 0, was_refused: false }
    }

    pub fn refusal(&self) -> Option<Error> {
        self.was_refused.then(|| self.exceeded())
    }

    /// The length of content that may be brought into memory, or the refusal
    /// of one that could never fit: the guest is not even asked.
    pub fn admit(&self, size: u64) -> Result<u32, Error> {
        u32::try_from(size)
            .ok()
            .filter(|length| *length as usize <= self.limit)
            .ok_or_else(|| self.exceeded())
    }

    fn exceeded(&self) -> Error {
        Error::limit(
            Limit::Memory,
            format!(
                "the file needs more memory than the limit of {} bytes; raise memoryLimit if it is worth it",
                self.limit
            ),
        )
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.limit {
            self.was_refused = true;
            return Ok(false);
        }
        self.used = used;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // A table is made once, at its declared size. TagLib never grows it.
        Ok(current == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_counts_over_all_memories_and_stops_at_the_limit() {
        let mut limiter = MemoryLimiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert!(limiter.refusal().is_none());
        assert!(!limiter.memory_growing(60, 61, None).unwrap());
        assert!(limiter.refusal().is_some());
    }

    #[test]
    fn content_that_can_never_fit_is_refused_at_once() {
        let limiter = MemoryLimiter::new(100);
        assert_eq!(limiter.admit(100).unwrap(), 100);
        for size in [101, u64::from(u32::MAX) + 1, u64::MAX] {
            assert_eq!(
                limiter.admit(size).unwrap_err().kind(),
                ErrorKind::ResourceLimit(Limit::Memory)
            );
        }
    }

    #[test]
    fn a_cancelled_call_is_aborted_even_past_its_deadline() {
        let cancellation = Cancellation::default();
        let interrupt = Interrupt::start(
            Limits { deadline: Duration::ZERO, ..Limits::default() },
            &cancellation,
        );
        assert!(matches!(interrupt.check(), Err(Interrupted::Deadline(_))));
        cancellation.cancel();
        assert_eq!(interrupt.check(), Err(Interrupted::Aborted));
    }

    #[test]
    fn a_deadline_may_be_as_long_as_anyone_likes() {
        let limits = Limits { deadline: Duration::MAX, ..Limits::default() };
        assert_eq!(Interrupt::start(limits, &Cancellation::default()).check(), Ok(()));
    }
}
