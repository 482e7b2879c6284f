//! One row of the list of stages: what it gathers evidence for, and how.

use super::gatherer::Gatherer;
use crate::answer::plan::Plan;
use crate::error::Result;
use crate::methods::Need;
use crate::weights::source::LocalFuture;

/// A stage at work. In a box, so that all have one type and each has its own size.
type Run = for<'g, 'a> fn(&'g mut Gatherer<'a>) -> LocalFuture<'g, Result<()>>;

/// A stage of gathering.
pub struct Stage {
    /// What it gathers. When it fails, the methods that need one of them fail with it; where it gathers for none, the
    /// request fails.
    pub needs: &'static [Need],
    wanted: fn(&Plan<'_>) -> bool,
    /// Writes into the evidence, or says why it cannot.
    pub run: Run,
}

impl Stage {
    /// A stage that runs where a method needs what it gathers.
    pub const fn new(needs: &'static [Need], run: Run) -> Self {
        Self { needs, wanted: |_| false, run }
    }

    /// It also runs where `wanted`, whatever methods need.
    pub const fn or(self, wanted: fn(&Plan<'_>) -> bool) -> Self {
        Self { wanted, ..self }
    }

    /// Whether it is to run.
    pub fn is_wanted(&self, plan: &Plan<'_>) -> bool {
        (self.wanted)(plan) || self.needs.iter().any(|&need| plan.needs(need))
    }
}
