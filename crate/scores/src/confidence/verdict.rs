//! Answer, flag or abstain: two thresholds and the reason in plain words.
//!
//! A threshold bounds a risk, and a bound can be kept with answers that are mostly wrong: conformal risk counts all
//! questions, so that a model that hardly ever answers may do so at a confidence of 0.3. What is called `answer` is
//! therefore also at least as likely right as wrong ([`EVEN_ODDS`]).

use super::entropy;
use super::thresholds::{Level, Thresholds};
use super::units::{apart, are_right, chosen, too_few, whole};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// The least confidence of the verdict `answer`, whatever risk is tolerated; an answer of less that keeps the risk is
/// flagged.
///
/// The bounds stay. `conformal`: with a higher threshold fewer questions are answered, so no more of all are answered
/// wrong. `selective`: every threshold of its grid that was tested, from 1 down to the stored one, keeps the risk, all of
/// them together with probability 1 − δ, and this is one of the grid. (Too few answers of calibration that reach it to
/// test it: then nothing is known of those few. It takes ln δ / ln(1 − risk) of them, 29 for 0.05 and 0.1.)
pub const EVEN_ODDS: f64 = 0.5;

/// What the tolerated shares of wrong answers bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Wrong answers among all questions, on average.
    #[default]
    Conformal,
    /// Wrong answers among those given, with high probability.
    Selective,
    /// Nothing: the semantic entropy of samples decides.
    Entropy,
}

// `super::conformal`, `super::selective` and `super::entropy` have the three.
impl Mode {
    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conformal => "conformal",
            Self::Selective => "selective",
            Self::Entropy => "entropy",
        }
    }
}

/// What risk is tolerated. The answer's threshold is that of `answer_risk`; below that of `abstain_risk`, which is
/// larger, nothing is said; an answer between them is flagged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// What is bounded.
    pub mode: Mode,
    /// By how much for an answer.
    pub answer_risk: f64,
    /// By how much for an answer with a flag.
    pub abstain_risk: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { mode: Mode::Conformal, answer_risk: 0.1, abstain_risk: 0.2 }
    }
}

/// What shares of wrong answers are tolerated: the verdict's thresholds. What is left out is as in the calibration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Risk {
    /// Of answers that are given as they are, above 0 and below 1.
    pub answer: Option<f64>,
    /// Of those that are given with a flag; larger than that.
    pub abstain: Option<f64>,
    /// What is bounded.
    pub mode: Option<Mode>,
}

/// A verdict with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// `answer`, `flag` or `abstain`.
    pub verdict: &'static str,
    /// One sentence.
    pub reason: String,
    /// The confidences that it changes at; `None` where it is not made of a confidence.
    pub thresholds: Option<Bounds>,
}

/// Confidences at which the verdict changes; null (infinite) where no confidence is high enough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Bounds {
    /// `answer` from here on; never below one half.
    pub answer: f64,
    /// `abstain` below.
    pub abstain: f64,
}

impl Policy {
    /// This policy where the request says nothing else.
    ///
    /// # Errors
    /// `bad_input` for a risk outside (0, 1), or a smaller one for flags than for answers.
    pub fn with(self, risk: &Risk) -> Result<Self> {
        let answer_risk = risk.answer.unwrap_or(self.answer_risk);
        // A risk given for answers alone moves that for flags out of its way.
        let abstain_risk = risk.abstain.unwrap_or(self.abstain_risk.max(answer_risk));
        let inside = |risk: f64| risk > 0.0 && risk < 1.0;
        if !inside(answer_risk) || !inside(abstain_risk) || answer_risk > abstain_risk {
            return Err(Error::new(
                Code::BadInput,
                format!("the tolerated risks are {answer_risk} (answer) and {abstain_risk} (abstain)."),
                "Give shares between 0 and 1, the one for answers not the larger one.",
            ));
        }
        Ok(Self { mode: risk.mode.unwrap_or(self.mode), answer_risk, abstain_risk })
    }

    /// The verdict; `None` without the number that it is made of, or without thresholds.
    pub fn decide(&self, thresholds: &Thresholds, confidence: Option<f64>, entropy: Option<f64>) -> Option<Verdict> {
        let levels = match self.mode {
            Mode::Conformal => &thresholds.conformal,
            Mode::Selective => &thresholds.selective,
            Mode::Entropy => return by_entropy(thresholds.entropy?.tau, entropy?),
        };
        if levels.is_empty() {
            return None;
        }
        let confidence = confidence?;
        let (bound, abstain) = (threshold(levels, self.answer_risk), threshold(levels, self.abstain_risk));
        let answer = bound.max(EVEN_ODDS);
        let (verdict, decided, risk) = if confidence >= answer {
            ("answer", answer, self.answer_risk)
        } else if confidence < abstain {
            ("abstain", abstain, self.abstain_risk)
        } else {
            ("flag", answer, self.answer_risk)
        };
        let by_floor = verdict != "abstain" && bound < EVEN_ODDS;
        let reason = self.reason(confidence, decided, risk, by_floor);
        Some(Verdict { verdict, reason, thresholds: Some(Bounds { answer, abstain }) })
    }

    /// How a confidence stands to the threshold that decided, in one unit: so many of 100. `by_floor`: that is
    /// [`EVEN_ODDS`], and less would keep the risk.
    fn reason(&self, confidence: f64, takes: f64, risk: f64, by_floor: bool) -> String {
        let counted = if self.mode == Mode::Conformal { "questions" } else { "given answers" };
        let wrong = format!("wrong answers to at most {} of 100 {counted}", chosen(risk));
        if takes == f64::INFINITY {
            return format!("No answer of this model is sure enough to keep {wrong}.");
        }
        let [told, takes] =
            if confidence >= takes { [are_right(confidence), whole(takes)] } else { too_few(confidence, takes) };
        let why = if by_floor { "be as likely right as wrong, which also keeps" } else { "keep" };
        format!("Of 100 such answers {told}; it takes {takes} to {why} {wrong}.")
    }
}

/// The threshold of the largest fitted level that is tolerated: infinite when even the smallest is not.
fn threshold(levels: &[Level], risk: f64) -> f64 {
    let tolerated = levels.iter().filter(|level| level.risk <= risk * (1.0 + 1e-9));
    tolerated.max_by(|a, b| a.risk.total_cmp(&b.risk)).map_or(f64::INFINITY, |level| level.threshold)
}

fn by_entropy(tau: f64, entropy: f64) -> Option<Verdict> {
    let (verdict, how) = if entropy <= tau { ("answer", "is at most") } else { ("abstain", "exceeds") };
    let [told, tau] = apart([entropy, tau], 2);
    let reason = format!("The entropy of sampled answers, {told} ({}), {how} {tau}.", entropy::METHOD);
    Some(Verdict { verdict, reason, thresholds: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::entropy::EntropyRule;

    fn thresholds() -> Thresholds {
        let level = |risk, threshold| Level { risk, threshold };
        Thresholds {
            conformal: vec![level(0.05, f64::INFINITY), level(0.1, 0.7), level(0.2, 0.4), level(0.5, 0.0)],
            selective: vec![level(0.1, 0.9)],
            delta: 0.05,
            entropy: Some(EntropyRule { tau: 1.0, aed: 0.3, aed_all: 0.4, questions: 90 }),
        }
    }

    fn decided(policy: Policy, confidence: f64) -> &'static str {
        policy.decide(&thresholds(), Some(confidence), None).unwrap().verdict
    }

    #[test]
    fn two_thresholds() {
        let policy = Policy::default();
        let verdicts = [0.7, 0.69, 0.4, 0.39].map(|confidence| decided(policy, confidence));
        assert_eq!(verdicts, ["answer", "flag", "flag", "abstain"]);
        let said = policy.decide(&thresholds(), Some(0.83), None).unwrap();
        assert_eq!(
            said.reason,
            "Of 100 such answers about 83 are right; it takes 70 to keep wrong answers to at most 10 of 100 questions."
        );
        // A risk between two levels takes the smaller one.
        assert_eq!(decided(policy.with(&Risk { answer: Some(0.15), ..Risk::default() }).unwrap(), 0.69), "flag");
        assert_eq!(decided(policy.with(&Risk { answer: Some(0.3), ..Risk::default() }).unwrap(), 0.5), "answer");
        // One that cannot be kept is never answered without a flag.
        let strict = policy.with(&Risk { answer: Some(0.05), ..Risk::default() }).unwrap();
        let said = strict.decide(&thresholds(), Some(0.99), None).unwrap();
        assert_eq!(said.verdict, "flag");
        assert_eq!(
            said.reason,
            "No answer of this model is sure enough to keep wrong answers to at most 5 of 100 questions."
        );
        assert_eq!(decided(strict, 0.1), "abstain");
        assert_eq!(policy.decide(&thresholds(), None, Some(0.5)), None);
        assert_eq!(policy.decide(&Thresholds::default(), Some(0.5), None), None);
    }

    #[test]
    fn an_answer_is_at_least_as_likely_right_as_wrong() {
        // The threshold of 0.3 is 0.4, that of 0.5 is 0.
        let lax = Policy { answer_risk: 0.3, abstain_risk: 0.5, mode: Mode::Conformal };
        let verdicts = [1.0, EVEN_ODDS, 0.499, 0.4, 0.39, 0.0].map(|confidence| decided(lax, confidence));
        assert_eq!(verdicts, ["answer", "answer", "flag", "flag", "flag", "flag"]);
        let reason = |confidence| lax.decide(&thresholds(), Some(confidence), None).unwrap().reason;
        assert_eq!(
            reason(0.45),
            "Of 100 such answers about 45 are right; it takes 50 to be as likely right as wrong, which also keeps wrong \
             answers to at most 30 of 100 questions."
        );
        // The threshold that decided is named on either side of it, and not the lower one that would keep the risk.
        for (confidence, told) in
            [(0.5, "about 50 are right"), (0.2, "about 20 are right"), (0.0, "fewer than 1 is right")]
        {
            let said = reason(confidence);
            assert!(said.starts_with(&format!("Of 100 such answers {told}; it takes 50 to be as likely")), "{said}");
        }
        let said = |policy: Policy| policy.decide(&thresholds(), Some(0.6), None).unwrap().thresholds;
        assert_eq!(said(lax), Some(Bounds { answer: EVEN_ODDS, abstain: 0.0 }));
        assert_eq!(said(Policy::default()), Some(Bounds { answer: 0.7, abstain: 0.4 }));
        // A threshold above one half stands as it is, and one that flags does so wherever it lies.
        let strict = Policy { answer_risk: 0.05, abstain_risk: 0.1, mode: Mode::Conformal };
        assert_eq!(said(strict), Some(Bounds { answer: f64::INFINITY, abstain: 0.7 }));
        // Selective verdicts likewise.
        let low =
            Thresholds { selective: vec![Level { risk: 0.1, threshold: 0.3 }], delta: 0.05, ..Thresholds::default() };
        let selective = Policy { mode: Mode::Selective, ..Policy::default() };
        let said = [0.5, 0.4, 0.2].map(|confidence| selective.decide(&low, Some(confidence), None).unwrap());
        assert_eq!(said.each_ref().map(|said| said.verdict), ["answer", "flag", "abstain"]);
        assert!(
            said[1].reason.ends_with("it takes 50 to be as likely right as wrong, which also keeps wrong answers to at most 10 of 100 given answers."),
            "{}",
            said[1].reason
        );
    }

    #[test]
    fn what_is_below_a_number_is_not_told_as_that_number() {
        let reason = |confidence| Policy::default().decide(&thresholds(), Some(confidence), None).unwrap().reason;
        // Thresholds 0.7 and 0.4.
        for (confidence, told) in [
            (0.6961, "Of 100 such answers about 69.6 are right; it takes 70.0 to keep"),
            (0.39999, "Of 100 such answers about 39.999 are right; it takes 40.000 to keep"),
            (0.3, "Of 100 such answers about 30 are right; it takes 40 to keep"),
            (0.004, "Of 100 such answers fewer than 1 is right; it takes 40 to keep"),
            (0.7, "Of 100 such answers about 70 are right; it takes 70 to keep"),
        ] {
            assert!(reason(confidence).starts_with(told), "{}", reason(confidence));
        }
        let lax = Policy { answer_risk: 0.3, ..Policy::default() };
        let half = Policy { abstain_risk: 0.3, ..lax }.decide(&thresholds(), Some(0.4996), None).unwrap().reason;
        assert!(
            half.starts_with(
                "Of 100 such answers about 49.96 are right; it takes 50.00 to be as likely right as wrong"
            ),
            "{half}"
        );
        let entropy = Policy { mode: Mode::Entropy, ..Policy::default() };
        let said = entropy.decide(&thresholds(), None, Some(1.001)).unwrap().reason;
        assert!(said.contains("1.001 ") && said.ends_with("exceeds 1.000."), "{said}");
    }

    #[test]
    fn other_modes() {
        let selective = Policy::default().with(&Risk { mode: Some(Mode::Selective), ..Risk::default() }).unwrap();
        assert_eq!((decided(selective, 0.9), decided(selective, 0.89)), ("answer", "abstain"));
        let entropy = Policy { mode: Mode::Entropy, ..Policy::default() };
        let verdict = |value| entropy.decide(&thresholds(), None, value).map(|said| said.verdict);
        assert_eq!(entropy.decide(&thresholds(), Some(0.1), Some(0.2)).unwrap().thresholds, None);
        assert_eq!(verdict(Some(1.0)), Some("answer"));
        assert_eq!(verdict(Some(1.01)), Some("abstain"));
        assert_eq!(verdict(None), None);
    }

    #[test]
    fn odd_risks_are_refused() {
        for (answer, abstain) in
            [(Some(0.0), None), (Some(f64::NAN), None), (None, Some(1.0)), (Some(0.3), Some(0.2)), (None, Some(0.05))]
        {
            assert_eq!(Policy::default().with(&Risk { answer, abstain, mode: None }).unwrap_err().code, Code::BadInput);
        }
    }
}
