//! The clock of deadlines and cancellation.
//!
//! Guest code checks the engine's epoch at every loop and call. This thread increments
//! the epoch. It sleeps between two ticks while a guest runs, and parks otherwise, so
//! that an idle app has no wake-ups. It has a weak reference to the engine and ends
//! with it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use wasmtime::EngineWeak;

/// The time between two ticks: a deadline or a cancellation may take effect this much
/// later. Ten milliseconds cause a hundred wake-ups per second, only while a file is
/// parsed.
const TICK: Duration = Duration::from_millis(10);

/// A thread that increments an engine's epoch.
pub(super) struct Ticker {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    /// Whether the thread waits for a guest. The guest that wakes it clears this, and not the
    /// thread: it may run so late that the guest has ended, and would park again without a tick.
    /// In a loop of small files it was woken for each file.
    parked: bool,
    started: bool,
    closed: bool,
}

/// Keeps the epoch advancing until it is dropped.
pub(crate) struct Running<'a>(&'a Ticker);

impl Ticker {
    pub(super) fn new(engine: EngineWeak) -> Self {
        let shared = Arc::new(Shared::default());
        let thread_shared = Arc::clone(&shared);
        let started = thread::Builder::new()
            .name("taglib-wasi-ticker".to_owned())
            .spawn(move || thread_shared.tick(&engine))
            .is_ok();
        shared.lock().started = started;
        Self { shared }
    }

    /// Returns `None` if the system can't start a thread. Without ticks a hostile file
    /// could run forever, so no guest may run.
    pub(super) fn run(&self) -> Option<Running<'_>> {
        let mut state = self.shared.lock();
        if !state.started {
            return None;
        }
        state.running += 1;
        if std::mem::take(&mut state.parked) {
            self.shared.wake.notify_one();
        }
        Some(Running(self))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.shared.lock().running -= 1;
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self, engine: &EngineWeak) {
        loop {
            let mut state = self.lock();
            state.parked = state.running == 0;
            while state.parked && !state.closed {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.closed {
                return;
            }
            drop(state);
            thread::sleep(TICK);
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;
    use wasmtime::Engine;

    #[test]
    fn it_parks_while_no_guest_runs_and_wakes_up_again() {
        let engine = Engine::default();
        let ticker = Ticker::new(engine.weak());
        for _ in 0..3 {
            let running = ticker.run();
            assert!(running.is_some());
            drop(running);
            while !ticker.shared.lock().parked {
                thread::sleep(TICK);
            }
        }
    }

    #[test]
    fn a_loop_of_short_guests_wakes_it_once_a_tick_at_most() {
        let engine = Engine::default();
        let ticker = Ticker::new(engine.weak());
        let started = Instant::now();
        let mut woken = 0;
        while started.elapsed() < TICK * 20 {
            woken += usize::from(ticker.shared.lock().parked);
            drop(ticker.run());
        }
        let ticks = started.elapsed().as_nanos() / TICK.as_nanos() + 1;
        assert!(woken as u128 <= ticks, "woken {woken} times in {ticks} ticks");
    }
}
