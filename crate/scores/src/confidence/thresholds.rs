//! When to abstain, as it was fitted.

use super::entropy::EntropyRule;

/// Thresholds of the confidence, by tolerated risk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// Share of all questions that are answered wrong, on average.
    pub conformal: Vec<Level>,
    /// Share of wrong answers among those given, with probability 1 − δ.
    pub selective: Vec<Level>,
    /// δ of `selective`.
    pub delta: f64,
    /// The rule by semantic entropy, where the questions had it.
    pub entropy: Option<EntropyRule>,
}

/// A tolerated risk and the confidence from which on it is kept: infinite (null) where none is high enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Tolerated risk.
    pub risk: f64,
    /// Threshold.
    pub threshold: f64,
}
