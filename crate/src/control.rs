//! How long work gives way: the caller's abort is seen, and the event loop of a busy worker gets its turn.

use crate::error::{Error, Result};
use crate::weights::source::LocalFuture;
use std::cell::Cell;
use std::time::Duration;
use web_time::Instant;

/// Longest stretch of work between two turns of the event loop.
const SLICE: Duration = Duration::from_millis(16);

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
}

impl<'a> Pacer<'a> {
    /// Starts the clock.
    pub fn new(control: &'a dyn Control) -> Self {
        Self { control, last: Cell::new(Instant::now()) }
    }

    /// To be called between units of work (a layer, a token, a tensor).
    ///
    /// # Errors
    /// `aborted` once the caller has aborted.
    pub async fn tick(&self) -> Result<()> {
        if self.last.get().elapsed() >= SLICE {
            self.control.pause().await;
            self.last.set(Instant::now());
        }
        if self.control.aborted() { Err(Error::aborted()) } else { Ok(()) }
    }
}
