//! The judgement on a given answer in words, and why there is none.

use super::examined::Judgement;
use super::fit::{Fit, Term};
use super::report::{GATE, Ranking, Report};
use super::signals::{About, SIGNALS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ratio from which there is some doubt, and strong doubt.
const SOME: f64 = 1.5;
const STRONG: f64 = 3.0;
/// Shares of right answers for which the ratio is told: on a site nobody knows its own.
const SHARES: [f64; 2] = [0.7, 0.9];

/// What the signals of given answers are worth with one model, as its profile has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// The ratio.
    pub fit: Fit,
    /// Own answers that a given one was compared with; the signals of another number are others.
    pub own_answers: usize,
    /// By writer it was tested on: answers, and how many of them were wrong.
    pub writers: BTreeMap<String, [usize; 2]>,
    /// Questions that they answered.
    pub questions: usize,
    /// How well the ratio ranked answers of writers that its fit did not see.
    pub tested: Ranking,
    /// How well the looks of an answer did alone.
    pub surface: f64,
    /// Whether it judges: it was found to tell wrong answers from right ones ([`GATE`]), on answers of at least two writers, each left
    /// out of the fit.
    pub judges: bool,
    /// YYYY-MM-DD.
    pub date: String,
}

/// Nothing was fitted.
pub const NOT_FITTED: &str = "This model was never tested on answers that others wrote, so it does not judge them. Choose \
                              one that was, or test this one on the demo page, under Calibrate.";

impl Judge {
    /// What was fitted and measured.
    pub fn new(fit: Fit, own_answers: usize, report: &Report, which: &str, date: String) -> Self {
        let of = |name: &str| report.ranking(name).cloned().unwrap_or_default();
        let tested = of(which);
        Self {
            judges: tested.interval.is_some_and(|[low, _]| low > GATE) && report.writers.len() > 1,
            fit,
            own_answers,
            writers: report.writers.clone(),
            questions: report.questions,
            tested,
            surface: of(super::report::SURFACE).auroc,
            date,
        }
    }

    /// What is wrong with one that was read, if anything.
    pub fn fault(&self) -> Option<&'static str> {
        let is_term = |term: &Term| term.scale > 0.0 && SIGNALS.iter().any(|signal| signal.id == term.name);
        (!self.fit.terms.iter().all(is_term)).then_some("a term of `given` is of no known signal, or has no scale")
    }

    /// Why it says nothing, for people; `None` where it judges.
    pub fn silent(&self) -> Option<String> {
        (!self.judges).then(|| {
            let answers: usize = self.writers.values().map(|counts| counts[0]).sum();
            format!(
                "Tested on {answers} answers that others wrote, this model told wrong ones from right ones hardly better than \
                 chance, so it does not judge them. A larger model may."
            )
        })
    }

    /// Why an answer that was compared with so many own ones is not judged.
    fn unlike(&self, own_answers: usize) -> Option<String> {
        (own_answers != self.own_answers).then(|| {
            format!(
                "The answer was compared with {own_answers} of the model's own, and in the test with {}. Compare it with as many.",
                self.own_answers
            )
        })
    }

    /// Itself, where it judges an answer that was compared with so many own ones, or why it does not, for people.
    ///
    /// # Errors
    /// The sentence.
    pub fn speaks(&self, own_answers: usize) -> Result<&Self, String> {
        self.silent().or_else(|| self.unlike(own_answers)).map_or(Ok(self), Err)
    }

    /// The judgement on an answer with these signals and this state.
    pub fn judge(&self, signals: &BTreeMap<&'static str, f64>, state: &[f32]) -> Judgement {
        let value = |name: &str| signals.get(name).copied();
        let ratio = self.fit.log_ratio(&value, state).exp();
        let is_of_questions = self.is_of_questions();
        let (doubt, [of_answer, of_question]) = match ratio {
            ratio if ratio >= STRONG => {
                ("strong_doubt", ["Strong doubt: check first", "A very hard question: check first"])
            }
            ratio if ratio >= SOME => ("some_doubt", ["Some doubt: check", "A hard question: check"]),
            // Words can stand out all the same, and it is no praise: only too little to doubt this answer more than others.
            _ => ("nothing_odd", ["No more doubt than usual", "No harder a question than most"]),
        };
        let word = if is_of_questions { of_question } else { of_answer };
        let right = |share: f64| {
            let wrong = ratio * (1.0 - share);
            (100.0 * share / (share + wrong)).round()
        };
        let those = if is_of_questions { "to such questions" } else { "with such signs" };
        let of = |share: f64| {
            format!("if {:.0} of 100 answers are right, about {} of 100 {those} are", 100.0 * share, right(share))
        };
        let [low, high] = SHARES;
        let [from, to] = self.tested.interval.unwrap_or([f64::NAN; 2]);
        let answers: usize = self.writers.values().map(|counts| counts[0]).sum();
        let signs = if is_of_questions { "In the test, questions like this" } else { "Taken together, the signs here" };
        let were = if is_of_questions { "were" } else { "are" };
        let ratio_sentence = match ratio {
            r if r >= 1.05 => format!("{signs} {were} {r:.1} times as common with wrong answers as with right ones."),
            r if r > 0.95 => format!("{signs} {were} as common with wrong answers as with right ones."),
            r => format!("{signs} {were} {:.1} times as common with right answers as with wrong ones.", 1.0 / r),
        };
        Judgement {
            doubt,
            word: word.into(),
            reason: self.reason(&value, state, ratio >= SOME),
            ratio,
            ratio_sentence,
            range: format!("So {}; {}.", of(low), of(high)),
            tested: format!(
                "Tested on {answers} answers of {} ({}): of a wrong and a right answer the wrong one was doubted more in {:.0} of 100 \
                 cases (between {:.0} and {:.0}; guessing gives 50).{}",
                self.writers.keys().cloned().collect::<Vec<_>>().join(", "),
                self.date,
                100.0 * self.tested.auroc,
                100.0 * from,
                100.0 * to,
                self.limit()
            ),
        }
    }

    /// Whether it tells hard questions from easy ones, and answers to one question hardly: then nothing of what it says is to
    /// sound as if it were about this answer.
    fn is_of_questions(&self) -> bool {
        self.tested.same_question.is_some_and(|same| same <= GATE)
    }

    /// What is to be known of such a one.
    fn limit(&self) -> String {
        let Some(same) = self.tested.same_question.filter(|_| self.is_of_questions()) else { return String::new() };
        format!(
            " Of two answers to the same question it was {:.0} of 100: this model can tell that a question is hard, and not which \
             answer to it is wrong.",
            100.0 * same
        )
    }

    /// What adds most to the ratio, or takes most from it.
    fn reason(&self, value: &dyn Fn(&str) -> Option<f64>, state: &[f32], is_doubt: bool) -> String {
        if self.is_of_questions() {
            let how = if is_doubt { "often" } else { "seldom" };
            return format!(
                "In the test, answers to questions like this were {how} wrong. Whether this one is, the model cannot tell."
            );
        }
        let mut by: BTreeMap<usize, f64> = BTreeMap::new();
        for term in &self.fit.terms {
            let Some(signal) = SIGNALS.iter().find(|signal| signal.id == term.name) else { continue };
            *by.entry(signal.about as usize).or_default() += term.add(value(&term.name));
        }
        if !self.fit.state.is_empty() {
            by.insert(About::State as usize, self.fit.of_state(state));
        }
        let sign = if is_doubt { 1.0 } else { -1.0 };
        let most = by.into_iter().max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1))).map(|(about, _)| about);
        let about = |about: About| most == Some(about as usize);
        let told = match () {
            // Beside how many of them agree: what is closer than usual may still say something else.
            () if about(About::Own) => [
                "The answer is farther from what this model would have said than most are.",
                "The answer is closer to what this model would have said than most are.",
            ],
            () if about(About::Asked) => [
                "Asked whether the answer is correct, this model hesitates.",
                "Asked whether the answer is correct, this model leans to yes.",
            ],
            () if about(About::Question) => [
                "This model does not know what to answer to this question itself.",
                "This model is settled on an answer to this question itself.",
            ],
            () if about(About::State) => [
                "In the test, answers to questions like this were often wrong.",
                "In the test, answers to questions like this were seldom wrong.",
            ],
            // On the whole: single ones may stand out.
            () => [
                "On the whole, the answer's words surprise this model more than usual.",
                "On the whole, the answer's words surprise this model less than usual.",
            ],
        };
        told[usize::from(!is_doubt)].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(low: f64) -> Judge {
        let term = |name: &str, weight: f64| Term { name: name.into(), mean: 0.0, scale: 1.0, weight };
        let tested = Ranking { auroc: 0.64, interval: Some([low, 0.68]), ..Ranking::default() };
        Judge {
            fit: Fit { terms: vec![term("own_missing", 1.0), term("surprisal", 0.5)], ..Fit::default() },
            own_answers: 4,
            writers: [("a".into(), [600, 100]), ("b".into(), [400, 90])].into(),
            questions: 600,
            tested,
            date: "2026-11-30".into(),
            judges: low > GATE,
            ..Judge::default()
        }
    }

    #[test]
    fn words_go_by_the_ratio_and_reasons_by_what_made_it() {
        let judge = judge(0.60);
        let of = |own: f64, gnll: f64| judge.judge(&[("own_missing", own), ("surprisal", gnll)].into(), &[]);
        let strong = of(1.5, 0.2);
        assert_eq!((strong.doubt, &*strong.word), ("strong_doubt", "Strong doubt: check first"));
        assert_eq!(strong.reason, "The answer is farther from what this model would have said than most are.");
        assert!((strong.ratio - 1.6f64.exp()).abs() < 1e-12);
        assert_eq!(
            strong.ratio_sentence,
            "Taken together, the signs here are 5.0 times as common with wrong answers as with right ones."
        );
        assert_eq!(
            strong.range,
            "So if 70 of 100 answers are right, about 32 of 100 with such signs are; if 90 of 100 answers are right, about 65 of \
             100 with such signs are."
        );
        let some = of(0.1, 1.0);
        let surprised = "On the whole, the answer's words surprise this model more than usual.";
        assert_eq!((some.doubt, &*some.reason), ("some_doubt", surprised));
        let none = of(-1.0, 0.0);
        assert_eq!((none.doubt, &*none.word), ("nothing_odd", "No more doubt than usual"));
        assert_eq!(none.reason, "The answer is closer to what this model would have said than most are.");
        assert_eq!(
            none.ratio_sentence,
            "Taken together, the signs here are 2.7 times as common with right answers as with wrong ones."
        );
        assert!(
            none.tested.starts_with("Tested on 1000 answers of a, b (2026-11-30)") && none.tested.contains("64 of 100")
        );
    }

    #[test]
    fn who_knows_questions_only_speaks_of_questions() {
        let mut judge = judge(0.60);
        judge.tested.same_question = Some(0.46);
        let of = |own: f64| judge.judge(&[("own_missing", own), ("surprisal", 0.0)].into(), &[]);
        let (hard, easy) = (of(1.5), of(-1.5));
        assert_eq!((hard.doubt, &*hard.word), ("strong_doubt", "A very hard question: check first"));
        assert_eq!((easy.doubt, &*easy.word), ("nothing_odd", "No harder a question than most"));
        assert!(hard.reason.contains("often wrong") && easy.reason.contains("seldom wrong. Whether this one is,"));
        assert!(
            hard.ratio_sentence.starts_with("In the test, questions like this were 4.5 times as common with wrong")
        );
        assert!(easy.range.contains("about 91 of 100 to such questions are"), "{}", easy.range);
        assert!(easy.tested.contains("the same question it was 46 of 100"), "{}", easy.tested);
        judge.tested.same_question = Some(0.6);
        assert_eq!(judge.judge(&[("own_missing", 1.5)].into(), &[]).word, "Strong doubt: check first");
    }

    #[test]
    fn without_skill_it_says_nothing() {
        assert!(judge(0.56).silent().is_none());
        assert!(judge(0.54).silent().unwrap().starts_with("Tested on 1000 answers that others wrote"));
        let of = |low: f64, writers: &[&str]| {
            let counts = writers.iter().map(|&writer| (writer.to_owned(), [90, 30])).collect();
            let ranking = Ranking { name: "combined".into(), interval: Some([low, 0.7]), ..Ranking::default() };
            let report = Report { questions: 90, writers: counts, rankings: vec![ranking] };
            Judge::new(Fit::default(), 5, &report, "combined", String::new()).judges
        };
        assert_eq!([of(0.56, &["a", "b"]), of(0.54, &["a", "b"]), of(0.56, &["a"])], [true, false, false]);
    }
}
