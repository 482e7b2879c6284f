//! Whoever watches a request while it runs.

use crate::generate::statistics::TokenStatistics;
use crate::weights::source::LocalFuture;
use semgrad_scores::given::examined::OddWord;
use semgrad_scores::record::Score;

/// What a caller may watch while a request runs.
pub trait Observer {
    /// Layers of the prompt pass done, of how many.
    fn prefill(&mut self, _done: usize, _total: usize) {}
    /// A token was chosen; `text` is what became readable with it.
    fn token(&mut self, _index: usize, _id: u32, _text: Option<&str>, _statistics: &TokenStatistics) {}
    /// The words of a given answer that stand out, long before all that is asked about it is answered.
    fn odd(&mut self, _words: &[OddWord]) {}
    /// Scoring begins (`None`), or a method is done: its score is final while others still gather evidence.
    fn score(&mut self, _method: Option<&str>, _score: Option<&Score>) {}
    /// Before texts are compared: ends when the [aids](super::Model::aids) of the model have what is wanted for that,
    /// which may be loaded while the answer is written.
    fn aids(&mut self) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Observes nothing.
pub struct Unobserved;

impl Observer for Unobserved {}
