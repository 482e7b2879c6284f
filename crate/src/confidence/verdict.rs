//! Answer, flag or abstain: two thresholds and the reason in plain words.

use super::calibration::{Level, Thresholds};
use super::entropy;
use crate::error::{Code, Error, Result};
use serde::Deserialize;

/// What is bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The share of all questions that are answered wrong, on average ([`super::conformal`]).
    #[default]
    Conformal,
    /// The share of wrong answers among those given, with high probability ([`super::selective`]).
    Selective,
    /// Nothing: the semantic entropy of samples is compared with τ ([`super::entropy`]).
    Entropy,
}

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

/// What a request says about risk; what it leaves open is as in the calibration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Risk {
    /// For an answer.
    pub answer: Option<f64>,
    /// For an answer with a flag.
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
        let (answer, abstain) = (threshold(levels, self.answer_risk), threshold(levels, self.abstain_risk));
        let (verdict, compared, risk) = if confidence >= answer {
            ("answer", answer, self.answer_risk)
        } else if confidence < abstain {
            ("abstain", abstain, self.abstain_risk)
        } else {
            ("flag", answer, self.answer_risk)
        };
        let kept = match self.mode {
            Mode::Conformal => "of all questions are answered wrong",
            _ => "of what is answered is wrong",
        };
        let percent = format!("{} %", (risk * 1000.0).round() / 10.0);
        let reason = if compared == f64::INFINITY {
            format!("No confidence is high enough to say that at most {percent} {kept}.")
        } else if verdict == "answer" {
            format!("Confidence {confidence:.2} reaches {compared:.2}, above which at most {percent} {kept}.")
        } else {
            format!("Confidence {confidence:.2} is below {compared:.2}, above which at most {percent} {kept}.")
        };
        Some(Verdict { verdict, reason })
    }
}

/// The threshold of the largest fitted level that is tolerated: infinite when even the smallest is not.
fn threshold(levels: &[Level], risk: f64) -> f64 {
    let tolerated = levels.iter().filter(|level| level.risk <= risk * (1.0 + 1e-9));
    tolerated.max_by(|a, b| a.risk.total_cmp(&b.risk)).map_or(f64::INFINITY, |level| level.threshold)
}

fn by_entropy(tau: f64, entropy: f64) -> Option<Verdict> {
    let (verdict, how) = if entropy <= tau { ("answer", "is at most") } else { ("abstain", "exceeds") };
    let reason = format!("The entropy of sampled answers, {entropy:.2} ({}), {how} {tau:.2}.", entropy::METHOD);
    Some(Verdict { verdict, reason })
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
            "Confidence 0.83 reaches 0.70, above which at most 10 % of all questions are answered wrong."
        );
        // A risk between two levels takes the smaller one.
        assert_eq!(decided(policy.with(&Risk { answer: Some(0.15), ..Risk::default() }).unwrap(), 0.69), "flag");
        assert_eq!(decided(policy.with(&Risk { answer: Some(0.3), ..Risk::default() }).unwrap(), 0.4), "answer");
        // One that cannot be kept is never answered without a flag.
        let strict = policy.with(&Risk { answer: Some(0.05), ..Risk::default() }).unwrap();
        let said = strict.decide(&thresholds(), Some(0.99), None).unwrap();
        assert_eq!((said.verdict, &said.reason[..13]), ("flag", "No confidence"));
        assert_eq!(decided(strict, 0.1), "abstain");
        assert_eq!(policy.decide(&thresholds(), None, Some(0.5)), None);
        assert_eq!(policy.decide(&Thresholds::default(), Some(0.5), None), None);
    }

    #[test]
    fn other_modes() {
        let selective = Policy::default().with(&Risk { mode: Some(Mode::Selective), ..Risk::default() }).unwrap();
        assert_eq!((decided(selective, 0.9), decided(selective, 0.89)), ("answer", "abstain"));
        let entropy = Policy { mode: Mode::Entropy, ..Policy::default() };
        let verdict = |value| entropy.decide(&thresholds(), None, value).map(|said| said.verdict);
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
