//! What became of a question, and how good that is.

use serde::{Deserialize, Serialize};

/// What became of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered, and right.
    Right,
    /// Answered, and wrong.
    Wrong,
    /// Not answered.
    Refused,
}

impl Outcome {
    /// Of an answer that refuses or not. What refuses is refused whether or not a judge finds the right words in it: else
    /// right guesses beside a refusal would count, and wrong ones would not.
    pub fn new(refuses: bool, right: bool) -> Self {
        match (refuses, right) {
            (true, _) => Self::Refused,
            (false, true) => Self::Right,
            (false, false) => Self::Wrong,
        }
    }
}

/// Questions by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answered right.
    pub right: usize,
    /// Answered wrong.
    pub wrong: usize,
    /// Not answered.
    pub refused: usize,
}

impl Tally {
    /// The questions, each counted `times[i]` times.
    pub fn drawn(outcomes: &[Outcome], times: &[usize]) -> Self {
        let mut tally = Self::default();
        outcomes.iter().zip(times).for_each(|(&outcome, &times)| tally.add(outcome, times));
        tally
    }

    fn add(&mut self, outcome: Outcome, times: usize) {
        *match outcome {
            Outcome::Right => &mut self.right,
            Outcome::Wrong => &mut self.wrong,
            Outcome::Refused => &mut self.refused,
        } += times;
    }

    /// All questions.
    pub fn questions(self) -> usize {
        self.answered() + self.refused
    }

    /// Those that were answered.
    pub fn answered(self) -> usize {
        self.right + self.wrong
    }

    /// Share of right ones among the answered; NaN where nothing was answered.
    pub fn accuracy(self) -> f64 {
        self.right as f64 / self.answered() as f64
    }

    /// Share of the answered among all; NaN without questions.
    pub fn engagement(self) -> f64 {
        self.answered() as f64 / self.questions() as f64
    }

    /// Accuracy–engagement distance, √((I² + (D − C)²) / (2D²)) with C right and I wrong of D questions: 0 when all are
    /// answered right, 1 when all wrong, 0.7071 when none is answered (§5 of the paper, which in one place speaks of
    /// maximizing it; it is a distance). NaN without questions.
    pub fn aed(self) -> f64 {
        let n = self.questions() as f64;
        ((self.wrong as f64).powi(2) + (n - self.right as f64).powi(2)).sqrt() / (n * std::f64::consts::SQRT_2)
    }
}

impl FromIterator<Outcome> for Tally {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut tally = Self::default();
        outcomes.into_iter().for_each(|outcome| tally.add(outcome, 1));
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(right: usize, wrong: usize, refused: usize) -> Tally {
        Tally { right, wrong, refused }
    }

    #[test]
    fn known_distances() {
        // methods.md §13.
        assert!((tally(60, 20, 20).aed() - 0.316228).abs() < 1e-6);
        assert_eq!((tally(7, 0, 0).aed(), tally(0, 7, 0).aed()), (0.0, 1.0));
        assert!((tally(0, 0, 9).aed() - 0.5f64.sqrt()).abs() < 1e-12);
        // At 20 % right, answering everything is worse than answering nothing: √((80² + 80²) / 2) / 100.
        assert!((tally(20, 80, 0).aed() - 0.8).abs() < 1e-12);
    }

    #[test]
    fn counts_and_shares() {
        use Outcome::{Refused, Right, Wrong};
        let all = [Right, Wrong, Refused, Right];
        let counted: Tally = all.into_iter().collect();
        assert_eq!((counted, counted.questions(), counted.answered()), (tally(2, 1, 1), 4, 3));
        assert_eq!((counted.accuracy(), counted.engagement()), (2.0 / 3.0, 0.75));
        assert_eq!(Tally::drawn(&all, &[0, 2, 1, 3]), tally(3, 2, 1));
        assert!(tally(0, 0, 3).accuracy().is_nan() && tally(0, 0, 3).engagement() == 0.0);
        assert!(tally(0, 0, 0).engagement().is_nan() && tally(0, 0, 0).aed().is_nan());
    }

    #[test]
    fn a_guess_beside_a_refusal_is_a_refusal() {
        assert_eq!(Outcome::new(true, true), Outcome::Refused);
        assert_eq!((Outcome::new(false, true), Outcome::new(false, false)), (Outcome::Right, Outcome::Wrong));
    }
}
