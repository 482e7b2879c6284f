//! What abstaining without knowing anything gives: the line that every way to abstain has to be held against, because the
//! accuracy–engagement distance rewards mere silence. At 20 % right, answering everything gives 0.800, answering nothing
//! 0.707, and answering 29 % of the questions, drawn by lot, 0.686.
//!
//! Nothing is drawn here. Which questions are answered is hypergeometric, and its sums are finite: expectations and
//! deviations are exact.

use super::outcome::Tally;

/// What to expect where some of what is answered is drawn by lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// All questions.
    pub questions: usize,
    /// Those that are answered, of which the lot decides only which.
    pub answered: usize,
    /// Expected number of right answers.
    pub right: f64,
    /// Expected accuracy–engagement distance: not the distance of the expected numbers, which is less.
    pub aed: f64,
    /// Standard deviation of the distance from one lot to the next; 0 where nothing is left to the lot.
    pub deviation: f64,
}

impl Expected {
    /// Expected share of right ones among the answered; NaN where nothing is answered.
    pub fn accuracy(&self) -> f64 {
        self.right / self.answered as f64
    }

    /// Share of the answered among all.
    pub fn engagement(&self) -> f64 {
        self.answered as f64 / self.questions as f64
    }
}

/// What `sure` says is so in any case; of the right and wrong answers of `tied`, `answered` (at most all) are drawn by lot
/// and given, and the others are not.
pub fn expected(sure: Tally, tied: Tally, answered: usize) -> Expected {
    let (all, rights) = (tied.answered(), tied.right);
    let answered = answered.min(all);
    let least = answered.saturating_sub(all - rights);
    let most = rights.min(answered);
    // By the number of right ones among the drawn: logarithm of its probability, up to a constant.
    let (mut log, mut logs) = (0.0, Vec::with_capacity(most - least + 1));
    for right in least..=most {
        logs.push(log);
        let more = (rights - right) as f64 * (answered - right) as f64;
        let fewer = (right + 1) as f64 * ((all - rights + right + 1) - answered) as f64;
        log += (more / fewer).ln();
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut aed, mut squares) = (0.0, 0.0, 0.0);
    for (drawn, log) in (least..=most).zip(logs) {
        let weight = (log - top).exp();
        let outcome = Tally {
            right: sure.right + drawn,
            wrong: sure.wrong + answered - drawn,
            refused: sure.refused + all - answered,
        };
        let distance = outcome.aed();
        sum += weight;
        aed += weight * distance;
        squares += weight * distance * distance;
    }
    let mean = aed / sum;
    Expected {
        questions: sure.questions() + all,
        answered: sure.answered() + answered,
        right: sure.right as f64 + (answered * rights) as f64 / all.max(1) as f64,
        aed: mean,
        // Rounding may leave less than nothing.
        deviation: (squares / sum - mean * mean).max(0.0).sqrt(),
    }
}

/// Answering so many of the questions of a model that would get `right` of them right, drawn by lot.
pub fn at(right: usize, questions: usize, answered: usize) -> Expected {
    expected(Tally::default(), Tally { right, wrong: questions - right.min(questions), refused: 0 }, answered)
}

/// The same with the number of answers that gives the least expected distance, the smallest of equals.
pub fn best(right: usize, questions: usize) -> Expected {
    let all = (1..=questions).map(|answered| at(right, questions, answered));
    all.fold(at(right, questions, 0), |best, next| if next.aed < best.aed { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cases_by_hand() {
        // Two questions, one right; one is answered: √((0 + 1)/8) or √((1 + 4)/8), each as likely.
        let one = at(1, 2, 1);
        let (a, b) = (0.125f64.sqrt(), 0.625f64.sqrt());
        assert!((one.aed - (a + b) / 2.0).abs() < 1e-12 && (one.deviation - (b - a) / 2.0).abs() < 1e-12);
        assert_eq!((one.right, one.accuracy(), one.engagement()), (0.5, 0.5, 0.5));
        // Three questions, one right; two are answered, and it is among them in two of three draws.
        let of = |right: usize, wrong: usize| Tally { right, wrong, refused: 1 }.aed();
        assert!((at(1, 3, 2).aed - (2.0 * of(1, 1) + of(0, 2)) / 3.0).abs() < 1e-12);
        // Nothing is left to the lot.
        for (right, answered) in [(2, 0), (2, 5), (0, 3), (5, 3)] {
            let sure = at(right, 5, answered);
            let right = right.min(answered);
            let tally = Tally { right, wrong: answered - right, refused: 5 - answered };
            assert!((sure.aed - tally.aed()).abs() < 1e-12 && sure.deviation < 1e-7, "{right} {answered}");
        }
    }

    #[test]
    fn random_abstention_flatters_a_weak_model() {
        // methods.md §13.
        let best = best(20, 100);
        assert_eq!(best.answered, 29);
        assert!((best.aed - 0.686064).abs() < 1e-6, "{}", best.aed);
        assert!((best.deviation - 0.015596).abs() < 1e-6, "{}", best.deviation);
        let half = at(20, 100, 50);
        assert!((half.aed - 0.696457).abs() < 1e-6 && (half.deviation - 0.018758).abs() < 1e-6, "{half:?}");
        // The limit of many questions: p = 0.2 answers p/(p² + (1 − p)²) of them.
        let many = super::best(2000, 10_000);
        assert!((many.aed - 0.68599).abs() < 1e-4 && (many.engagement() - 0.294).abs() < 1e-3, "{many:?}");
        // A good model answers everything.
        assert_eq!(super::best(60, 100).answered, 100);
        assert_eq!((super::best(0, 10).answered, super::best(0, 0).answered), (0, 0));
    }

    #[test]
    fn what_is_sure_stays_so() {
        let sure = Tally { right: 3, wrong: 1, refused: 2 };
        let some = expected(sure, Tally { right: 1, wrong: 1, refused: 0 }, 1);
        let of = |right: usize, wrong: usize| Tally { right, wrong, refused: 3 }.aed();
        assert!((some.aed - (of(4, 1) + of(3, 2)) / 2.0).abs() < 1e-12);
        assert_eq!((some.questions, some.answered, some.right), (8, 5, 3.5));
        assert_eq!(expected(sure, Tally::default(), 7).aed, sure.aed());
    }
}
