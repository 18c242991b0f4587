//! Limits what one call may use: memory, time, and how long the caller waits.
//!
//! The caller sets [`Limits`]. A [`Budget`] is what remains of them while the call runs. The
//! guest and the host charge the same budget, so a file can't make the host allocate what the
//! guest may not.

use crate::error::{Error, ErrorKind, Limit, Result};
use crate::freed_memory;
use std::fmt;
use std::io;
use std::mem::size_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The limits of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time from the moment when a thread takes the call. Time in the queue does not count.
    pub deadline: Duration,
    /// Bytes for the guest's memory and for the host's allocations that depend on the
    /// file, together.
    pub memory: usize,
    /// Bytes of text and pictures in the answer to a read. No other limit covers JavaScript's
    /// memory, where the answer ends up.
    pub answer: usize,
}

impl Limits {
    /// Five seconds: a thousand times what a large file with a picture takes.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);
    /// 256 MiB: room for a buffer of 100 MB and its tags.
    pub const DEFAULT_MEMORY: usize = 256 << 20;
    /// 64 MiB: the largest picture that TagLib's module returns has 50 MB.
    pub const DEFAULT_ANSWER: usize = 64 << 20;
}

/// The number of bytes for which the deadline of a call that copies a file is extended by one
/// second: the content is copied, moved and flushed to the disk.
const SIZE_PER_SECOND: u64 = 16 << 20;

impl Limits {
    /// Returns the limits of a call that copies `size` bytes of a file.
    pub(crate) fn for_copying(self, size: u64) -> Self {
        let extra = Duration::from_secs(size / SIZE_PER_SECOND);
        Self { deadline: self.deadline.saturating_add(extra), ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Self::DEFAULT_DEADLINE,
            memory: Self::DEFAULT_MEMORY,
            answer: Self::DEFAULT_ANSWER,
        }
    }
}

/// A handle with which the caller cancels a call. Clones share one state, and any thread may use
/// them.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Cancels the calls that were given this handle.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether [`Cancellation::cancel`] has been called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What remains of the limits of a running call. Clones share one account.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Account>);

#[derive(Debug)]
struct Account {
    ends: Instant,
    deadline: Duration,
    cancellation: Cancellation,
    memory: usize,
    answer: usize,
    used: AtomicUsize,
    /// All bytes that were charged for the host, including those that were given back.
    host: AtomicUsize,
}

/// Bytes that are charged until this is dropped.
#[derive(Debug)]
pub(crate) struct Charge<'a> {
    budget: &'a Budget,
    bytes: usize,
}

impl Drop for Charge<'_> {
    fn drop(&mut self) {
        self.budget.release(self.bytes);
    }
}

/// Gives memory back to the system at the end of a call that has used much of it.
impl Drop for Account {
    fn drop(&mut self) {
        freed_memory::give_back(*self.host.get_mut());
    }
}

/// Why a call must end before its work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// The deadline has passed. It was this long.
    Deadline(Duration),
    /// The caller has cancelled the call.
    Aborted,
}

impl Budget {
    /// Starts the clock.
    pub fn start(limits: Limits, cancellation: &Cancellation) -> Self {
        freed_memory::give_back_earlier();
        let now = Instant::now();
        Self(Arc::new(Account {
            // A deadline beyond the clock's range is as good as none.
            ends: now.checked_add(limits.deadline).unwrap_or(now + Duration::from_secs(1 << 31)),
            deadline: limits.deadline,
            cancellation: cancellation.clone(),
            memory: limits.memory,
            answer: limits.answer,
            used: AtomicUsize::new(0),
            host: AtomicUsize::new(0),
        }))
    }

    /// Fails if the call has been cancelled or its deadline has passed.
    pub fn check(&self) -> Result<(), Interruption> {
        if self.0.cancellation.is_cancelled() {
            return Err(Interruption::Aborted);
        }
        if Instant::now() >= self.0.ends {
            return Err(Interruption::Deadline(self.0.deadline));
        }
        Ok(())
    }

    /// Charges `bytes` that the host allocates. Nothing is charged on failure.
    pub fn charge(&self, bytes: usize) -> Result<()> {
        self.charge_guest(bytes)?;
        // This can't overflow, since all charged bytes have been allocated.
        self.0.host.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Charges `bytes` of the guest's memory. Nothing is charged on failure.
    pub(crate) fn charge_guest(&self, bytes: usize) -> Result<()> {
        let charged = self.0.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|used| *used <= self.0.memory)
        });
        charged.map(drop).map_err(|_| self.memory_exceeded())
    }

    /// Charges `bytes` that other code allocates, if that code would end the process when the
    /// system has no memory left. Fails if the system can't provide them now.
    pub(crate) fn charge_ahead(&self, bytes: usize) -> Result<()> {
        self.charge(bytes)?;
        Vec::<u8>::new().try_reserve_exact(bytes.saturating_add(bytes / 8)).map_err(|_| {
            self.release(bytes);
            self.memory_exceeded()
        })
    }

    /// Charges `bytes` as [`Budget::charge_ahead`] does, until the result is dropped.
    pub(crate) fn hold(&self, bytes: usize) -> Result<Charge<'_>> {
        self.charge_ahead(bytes)?;
        Ok(Charge { budget: self, bytes })
    }

    /// Gives back bytes that [`Budget::charge`] has charged.
    pub fn release(&self, bytes: usize) {
        let released = |used: usize| Some(used.saturating_sub(bytes));
        // The closure never declines.
        let _ = self.0.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, released);
    }

    /// Appends `value` to `list`, and charges the growth of the list.
    ///
    /// # Errors
    /// `ResourceLimit` if the budget or the system has no memory left.
    pub fn push<T>(&self, list: &mut Vec<T>, value: T) -> Result<()> {
        /// The number of elements that a list has room for at first.
        const FIRST: usize = 16;
        if list.len() == list.capacity() {
            self.reserve(list, list.capacity().max(FIRST))?;
        }
        list.push(value);
        Ok(())
    }

    /// Makes room for exactly `additional` more elements, and charges it.
    ///
    /// # Errors
    /// `ResourceLimit` if the budget or the system has no memory left.
    pub fn reserve<T>(&self, list: &mut Vec<T>, additional: usize) -> Result<()> {
        let bytes = additional.checked_mul(size_of::<T>()).ok_or_else(|| self.memory_exceeded())?;
        self.charge(bytes)?;
        list.try_reserve_exact(additional).map_err(|_| {
            self.release(bytes);
            self.memory_exceeded()
        })
    }

    /// Appends `bytes` to `list`, and charges the growth of the list.
    ///
    /// # Errors
    /// `ResourceLimit` if the budget or the system has no memory left.
    pub(crate) fn extend(&self, list: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
        /// The number of bytes that a list has room for at first.
        const FIRST: usize = 4 << 10;
        if list.capacity() - list.len() < bytes.len() {
            self.reserve(list, bytes.len().max(list.capacity()).max(FIRST))?;
        }
        list.extend_from_slice(bytes);
        Ok(())
    }

    /// Returns the length of content that is to be copied into the guest's
    /// memory, or fails if it can never fit there.
    pub fn admit(&self, size: u64) -> Result<u32> {
        u32::try_from(size)
            .ok()
            .filter(|length| *length as usize <= self.0.memory)
            .ok_or_else(|| self.memory_exceeded())
    }

    /// Fails if the text and pictures of an answer are larger than their limit.
    pub fn check_answer(&self, size: usize) -> Result<()> {
        let limit = self.0.answer;
        if size <= limit {
            return Ok(());
        }
        Err(Error::limit(
            Limit::Answer,
            format!(
                "text and pictures of {size} bytes exceed the limit of {limit} bytes for one \
                 answer; raise maxAnswerBytes if the file is worth it"
            ),
        ))
    }

    /// Returns the error of a call that needs more memory than its limit.
    pub fn memory_exceeded(&self) -> Error {
        let limit = self.0.memory;
        Error::limit(
            Limit::Memory,
            format!(
                "the file needs more memory than the limit of {limit} bytes; raise memoryLimit \
                 if the file is worth it"
            ),
        )
    }
}

impl fmt::Display for Interruption {
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

impl std::error::Error for Interruption {}

impl From<Interruption> for Error {
    fn from(interruption: Interruption) -> Self {
        let message = interruption.to_string();
        match interruption {
            Interruption::Deadline(_) => Self::limit(Limit::Deadline, message),
            Interruption::Aborted => Self::new(ErrorKind::Aborted, message),
        }
    }
}

/// Passes an interruption through code that reads and writes. `failure` takes it out again.
impl From<Interruption> for io::Error {
    fn from(interruption: Interruption) -> Self {
        Self::other(interruption)
    }
}

/// Passes an error of a budget in the same way.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

/// Describes the failure of a file operation. An interruption or an error of this crate inside
/// `error` is returned as it is.
pub(crate) fn failure(operation: &'static str, error: &io::Error) -> Error {
    let inner = error.get_ref();
    if let Some(interruption) = inner.and_then(|inner| inner.downcast_ref::<Interruption>()) {
        return (*interruption).into();
    }
    let ours = inner.and_then(|inner| inner.downcast_ref::<Error>());
    ours.cloned().unwrap_or_else(|| Error::io(operation, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(limits: Limits) -> Budget {
        Budget::start(limits, &Cancellation::default())
    }

    #[test]
    fn memory_is_charged_up_to_the_limit_and_given_back() {
        let budget = budget(Limits { memory: 100, ..Limits::default() });
        let memory = ErrorKind::ResourceLimit(Limit::Memory);
        budget.charge(60).unwrap();
        assert_eq!(budget.clone().charge(41).unwrap_err().kind(), memory);
        budget.charge(40).unwrap();
        assert_eq!(budget.charge(1).unwrap_err().kind(), memory);
        assert_eq!(budget.charge(usize::MAX).unwrap_err().kind(), memory);
        budget.release(30);
        budget.charge(30).unwrap();
    }

    #[test]
    fn a_hold_is_charged_until_it_is_dropped() {
        let budget = budget(Limits { memory: 100, ..Limits::default() });
        let hold = budget.hold(60).unwrap();
        assert!(budget.hold(41).is_err());
        drop(hold);
        budget.charge(100).unwrap();
    }

    #[test]
    fn an_answer_has_a_limit_of_its_own() {
        let budget = budget(Limits { answer: 100, ..Limits::default() });
        budget.check_answer(100).unwrap();
        let kind = budget.check_answer(101).unwrap_err().kind();
        assert_eq!(kind, ErrorKind::ResourceLimit(Limit::Answer));
    }

    #[test]
    fn a_list_is_charged_for_its_capacity() {
        let budget = budget(Limits { memory: 1000, ..Limits::default() });
        let mut list: Vec<u64> = Vec::new();
        let pushed = (0..1000).take_while(|value| budget.push(&mut list, *value).is_ok()).count();
        assert_eq!(pushed, 64);
        assert!(budget.reserve(&mut list, usize::MAX).is_err());
        assert_eq!(list.len(), 64);
    }

    #[test]
    fn content_that_can_never_fit_is_refused_at_once() {
        let budget = budget(Limits { memory: 100, ..Limits::default() });
        assert_eq!(budget.admit(100).unwrap(), 100);
        for size in [101, u64::from(u32::MAX) + 1, u64::MAX] {
            let kind = budget.admit(size).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::ResourceLimit(Limit::Memory));
        }
    }

    #[test]
    fn a_cancelled_call_is_aborted_even_past_its_deadline() {
        let cancellation = Cancellation::default();
        let limits = Limits { deadline: Duration::ZERO, ..Limits::default() };
        let budget = Budget::start(limits, &cancellation);
        assert!(matches!(budget.check(), Err(Interruption::Deadline(_))));
        cancellation.cancel();
        assert_eq!(budget.check(), Err(Interruption::Aborted));
    }

    #[test]
    fn a_large_file_has_more_time_but_no_more_memory() {
        let limits = Limits { deadline: Duration::from_secs(5), ..Limits::default() };
        let seconds = |size| limits.for_copying(size).deadline.as_secs();
        assert_eq!([seconds(0), seconds((16 << 20) - 1), seconds(500 << 20)], [5, 5, 36]);
        assert_eq!(limits.for_copying(u64::MAX).memory, limits.memory);
    }

    #[test]
    fn a_deadline_may_be_of_any_length() {
        let limits = Limits { deadline: Duration::MAX, ..Limits::default() };
        assert_eq!(budget(limits).check(), Ok(()));
    }

    #[test]
    fn an_interruption_passes_through_input_and_output() {
        let aborted = failure("read", &Interruption::Aborted.into());
        assert_eq!(aborted.kind(), ErrorKind::Aborted);
        let limited = Error::limit(Limit::Memory, "too much");
        let kind = failure("write", &limited.into()).kind();
        assert_eq!(kind, ErrorKind::ResourceLimit(Limit::Memory));
        let other = failure("read", &io::ErrorKind::NotFound.into());
        assert!(matches!(other.kind(), ErrorKind::FileOperation { .. }));
    }
}
