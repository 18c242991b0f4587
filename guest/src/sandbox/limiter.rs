//! Limits the guest's memory to the call's budget.

use crate::error::{Error, Result};
use crate::limits::Budget;
use wasmtime::ResourceLimiter;

/// Charges the growth of the guest's memories to the budget.
///
/// Growth beyond the budget fails as `memory.grow` may fail, without a trap. TagLib
/// then handles its lack of memory, and [`MemoryLimiter::refusal`] returns the reason.
#[derive(Debug)]
pub(super) struct MemoryLimiter {
    budget: Budget,
    charged: usize,
    has_grown: bool,
    was_refused: bool,
}

impl MemoryLimiter {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, charged: 0, has_grown: false, was_refused: false }
    }

    /// Moves what has been charged to another budget.
    ///
    /// # Errors
    /// `ResourceLimit` if that budget has too little memory left. Then the old budget stays.
    pub(super) fn charge_to(&mut self, budget: &Budget) -> Result<()> {
        budget.charge_guest(self.charged)?;
        self.budget.release(self.charged);
        self.budget = budget.clone();
        Ok(())
    }

    /// Returns the charged bytes to the budget before the memories are freed.
    pub(super) fn stop_charging(&mut self) {
        self.budget.release(std::mem::take(&mut self.charged));
    }

    /// Returns whether a memory is larger than when it was created.
    pub(super) fn has_grown(&self) -> bool {
        self.has_grown
    }

    /// Returns the error, if a growth has been refused.
    pub(super) fn refusal(&self) -> Option<Error> {
        self.was_refused.then(|| self.budget.memory_exceeded())
    }
}

/// Gives back the charge when the memories are freed with the store.
impl Drop for MemoryLimiter {
    fn drop(&mut self) {
        self.budget.release(self.charged);
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let growth = desired.saturating_sub(current);
        if self.budget.charge_guest(growth).is_err() {
            self.was_refused = true;
            return Ok(false);
        }
        self.charged += growth;
        // A memory is created by growth from size 0.
        self.has_grown |= current > 0;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // A table is created once, at its declared size. TagLib never grows it.
        Ok(current == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{Cancellation, Limits};

    #[test]
    fn growth_counts_over_all_memories_and_stops_at_the_limit() {
        let limits = Limits { memory: 100, ..Limits::default() };
        let budget = Budget::start(limits, &Cancellation::default());
        let mut limiter = MemoryLimiter::new(budget.clone());
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert!(limiter.refusal().is_none());
        assert!(!limiter.memory_growing(60, 61, None).unwrap());
        assert!(limiter.refusal().is_some());
        drop(limiter);
        budget.charge(100).unwrap();
    }
}
