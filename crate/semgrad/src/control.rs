//! How long work gives way: the caller's abort is seen, and the event loop of a busy worker gets its turn.

use crate::error::{Error, Result};
use crate::weights::source::LocalFuture;
use std::cell::Cell;
use std::time::Duration;
use web_time::Instant;

/// Longest stretch of work between two turns of the event loop.
const SLICE: Duration = Duration::from_millis(16);
/// Units of work after which the event loop gets a turn when the clock has not moved: on Cloudflare it stands still
/// while a worker computes, against attacks that measure time, and moves with the next turn only.
const UNTIMED: u32 = 4;

/// The caller's side: whether to stop, and how to let others run.
pub trait Control {
    /// True once the caller wants the work to end.
    fn aborted(&self) -> bool;
    /// Gives the event loop a turn.
    fn pause(&self) -> LocalFuture<'_, ()>;
}

/// Never aborts and never pauses: for native programs, which are stopped by a signal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Uninterrupted;

impl Control for Uninterrupted {
    fn aborted(&self) -> bool {
        false
    }

    fn pause(&self) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Calls [`Control`] often enough for an abort to act within a token or a layer, and rarely enough to cost nothing.
pub struct Pacer<'a> {
    control: &'a dyn Control,
    last: Cell<Instant>,
    ticks: Cell<u32>,
}

impl<'a> Pacer<'a> {
    /// Starts the clock.
    pub fn new(control: &'a dyn Control) -> Self {
        Self { control, last: Cell::new(Instant::now()), ticks: Cell::new(0) }
    }

    /// To be called between units of work (a layer, a token, a tensor).
    ///
    /// # Errors
    /// `aborted` once the caller has aborted.
    pub async fn tick(&self) -> Result<()> {
        self.ticks.set(self.ticks.get() + 1);
        if due(self.last.get().elapsed(), self.ticks.get()) {
            self.control.pause().await;
            self.last.set(Instant::now());
            self.ticks.set(0);
        }
        if self.control.aborted() { Err(Error::aborted()) } else { Ok(()) }
    }
}

/// Whether the event loop is to get its turn.
fn due(elapsed: Duration, ticks: u32) -> bool {
    elapsed >= SLICE || (elapsed.is_zero() && ticks >= UNTIMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_decides_and_where_it_stands_still_the_number_of_ticks() {
        assert!(due(SLICE, 1) && due(SLICE * 2, 1000));
        assert!(!due(SLICE / 2, 1) && !due(SLICE / 2, 1000));
        assert!(!due(Duration::ZERO, UNTIMED - 1) && due(Duration::ZERO, UNTIMED));
    }
}
