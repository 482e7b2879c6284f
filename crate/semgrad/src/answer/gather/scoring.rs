//! Scores of the methods, each as soon as all that it needs was seen to.

use crate::answer::observer::Observer;
use crate::answer::plan::Plan;
use crate::error::{Code, Error, Result};
use crate::methods::{Method, Need, Source, Undefined};
use semgrad_scores::evidence::Evidence;
use semgrad_scores::record::Score;
use std::collections::BTreeMap;

/// What was scored, and what that goes by.
pub struct Scoring<'a> {
    plan: &'a Plan<'a>,
    /// Times of the pass and of the samples, ms: each method that reads them has them in its own.
    pass_ms: f64,
    samples_ms: f64,
    done: Vec<Done>,
    /// By method.
    pub scores: BTreeMap<&'static str, Score>,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

/// A need that was seen to.
struct Done {
    need: Need,
    ms: f64,
    error: Option<Error>,
}

/// Whether nothing goes on after an error.
pub fn is_fatal(error: &Error) -> bool {
    matches!(error.code, Code::Aborted | Code::DeviceLost | Code::OutOfMemory | Code::Internal)
}

impl<'a> Scoring<'a> {
    /// Nothing is scored yet.
    pub fn new(plan: &'a Plan<'a>, pass_ms: f64, samples_ms: f64) -> Self {
        Self { plan, pass_ms, samples_ms, done: Vec::new(), scores: BTreeMap::new(), warnings: Vec::new() }
    }

    /// Notes how long gathering for `needs` took, and how it ended.
    ///
    /// # Errors
    /// What ends everything; any error where nothing is needed, as nobody else would learn of it.
    pub fn note(&mut self, needs: &[Need], ms: f64, result: Result<()>) -> Result<()> {
        let error = match result {
            Err(error) if needs.is_empty() || is_fatal(&error) => return Err(error),
            result => result.err(),
        };
        let needed = needs.iter().copied().filter(|&need| self.plan.needs(need));
        self.done.extend(needed.map(|need| Done { need, ms, error: error.clone() }));
        Ok(())
    }

    /// Scores the methods whose needs are all seen to.
    pub fn settle(&mut self, evidence: &Evidence, observer: &mut dyn Observer) {
        let plan = self.plan;
        for method in &plan.methods {
            if !self.scores.contains_key(method.id) && method.needs.iter().all(|&need| self.is_done(need)) {
                let asked = plan.asked.iter().any(|asked| asked.id == method.id);
                let score = self.score(method, evidence);
                if asked {
                    let error = score.error.as_ref();
                    self.warnings.extend(error.map(|error| format!("{}: {}", method.id, error.message)));
                    observer.score(Some(method.id), Some(&score));
                }
                self.scores.insert(method.id, score);
            }
        }
    }

    fn is_done(&self, need: Need) -> bool {
        self.done.iter().any(|done| done.need == need)
    }

    fn score(&self, method: &'static Method, evidence: &Evidence) -> Score {
        let done: Vec<&Done> = self.done.iter().filter(|done| method.needs.contains(&done.need)).collect();
        let failed = done.iter().find_map(|done| done.error.clone());
        let (score, error) = match (failed, method.evaluate(evidence)) {
            (Some(error), _) => (f64::NAN, Some(error)),
            (None, Ok(score)) => (score, None),
            // The engine was asked: there was nothing that it could compare.
            (None, Err(Undefined::Missing(need))) if need.engine().is_some() => {
                (f64::NAN, Some(Undefined::NotFinite.error(method)))
            }
            (None, Err(undefined)) => (f64::NAN, Some(undefined.error(method))),
        };
        let from = |source| method.needs.iter().any(|need| need.comes_from(source));
        let mut ms = done.iter().fold(0.0, |sum, done| sum + done.ms);
        if from(Source::Pass) {
            ms += self.pass_ms;
        }
        if from(Source::Samples) {
            ms += self.samples_ms;
        }
        let confidence = self.plan.calibrated.of_method(method, score);
        let (confidence, confidence_reason) = (confidence.ok(), confidence.err());
        Score { score, confidence, confidence_reason, ms, passes: method.passes, error }
    }
}
