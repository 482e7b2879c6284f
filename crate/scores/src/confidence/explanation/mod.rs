//! A confidence and its verdict in words that everybody understands, from one source for all who show them. Shares are
//! told in one unit, so many of 100; no sentence needs to know what a score or a threshold is.

pub mod agreement;
mod guarantee;
mod level;
pub mod none;
mod why;

use super::apply::Confidence;
use super::calibration::{Answers, Calibration};
use super::units::are_right;
use super::verdict::{EVEN_ODDS, Mode, Policy};

/// How far to trust the answer, in plain sentences that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(not(target_family = "wasm"), derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The verdict in a few words.
    #[cfg_attr(not(target_family = "wasm"), schemars(extend("enum" = VERDICTS)))]
    pub verdict: &'static str,
    /// How many of 100 answers like this are right; null without a confidence.
    pub chance: Option<String>,
    /// How many of 100 test questions the model got right, and which questions these were; null where nobody tested it.
    pub level: Option<String>,
    /// How many of the answers that were drawn beside it agree with this one; null where none were drawn.
    pub agreement: Option<String>,
    /// What makes this answer better or worse than the model's usual ones: up to three sentences, the strongest first.
    pub reasons: Vec<String>,
    /// What the verdict guarantees; null where nothing is guaranteed.
    pub guarantee: Option<String>,
    /// Why there is no judgment, and what to do; null where there is one.
    pub none: Option<String>,
}

/// What a verdict can be called, the best first.
pub const VERDICTS: [&str; 4] = [PROBABLY, CHECK, DO_NOT_RELY, NO_JUDGMENT];

const PROBABLY: &str = "Probably right";
const CHECK: &str = "Check this";
const DO_NOT_RELY: &str = "Do not rely on this";
const NO_JUDGMENT: &str = "No judgment";

impl Explanation {
    /// Of what was said about an answer, by a calibration and with what is tolerated, where there is one.
    pub fn of(said: &Confidence, by: Option<(&Calibration, &Policy)>) -> Self {
        let combined = by.and_then(|(calibration, _)| calibration.combined.as_ref());
        Self {
            verdict: headline(said),
            chance: said.confidence.map(|share| format!("Of 100 answers like this, {}.", are_right(share))),
            level: by.and_then(|(calibration, _)| level::sentence(calibration)),
            agreement: None,
            reasons: combined.map(|combined| why::sentences(&said.parts, combined)).unwrap_or_default(),
            guarantee: said.verdict.as_ref().zip(by).and_then(|(verdict, (calibration, policy))| {
                guarantee::sentence(verdict, policy, calibration.thresholds.delta)
            }),
            none: match (&said.verdict, said.confidence) {
                (Some(_), _) => None,
                (None, None) => Some(none::sentence(said.reason)),
                (None, Some(_)) => Some(no_verdict(by).into()),
            },
        }
    }
}

/// Why a confidence has no verdict.
fn no_verdict(by: Option<(&Calibration, &Policy)>) -> &'static str {
    let by_samples = |(calibration, policy): (&Calibration, &Policy)| {
        policy.mode == Mode::Entropy && calibration.thresholds.entropy.is_some()
    };
    match by {
        Some((calibration, _)) if calibration.conditions.answers == Answers::Given => none::OTHER_WRITERS,
        Some(by) if by_samples(by) => none::NO_SAMPLES,
        _ => none::NO_THRESHOLDS,
    }
}

fn headline(said: &Confidence) -> &'static str {
    match said.verdict.as_ref().map(|verdict| verdict.verdict) {
        // Sampled answers that agree can all be wrong, and their rule does not look at the confidence.
        Some("answer") if said.confidence.is_some_and(|share| share < EVEN_ODDS) => CHECK,
        Some("answer") => PROBABLY,
        Some("flag") => CHECK,
        Some(_) => DO_NOT_RELY,
        None => NO_JUDGMENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::entropy::EntropyRule;
    use crate::confidence::features::Lengths;
    use crate::confidence::fit::{Options, fit};
    use crate::confidence::item::Item;
    use crate::confidence::reasons;

    /// Fitted to answers that are mostly right where their words came easily.
    fn calibration() -> Calibration {
        let item = |i: usize| Item {
            set: "sciq".into(),
            scores: [("gnll".to_owned(), (i as f64 / 50.0).exp())].into(),
            tokens: 5,
            prompt_tokens: 20,
            right: i * 7 % 100 > i,
            ..Item::default()
        };
        fit(&(0..100).map(item).collect::<Vec<_>>(), &Options::default()).unwrap().0
    }

    fn of(gnll: f64, policy: Policy) -> (Confidence, Explanation) {
        let calibration = calibration();
        let score = |id: &str| (id == "gnll").then_some(gnll);
        let said = calibration.apply(&score, Lengths { prompt: 20, answer: 5 }, None, &policy);
        let explanation = Explanation::of(&said, Some((&calibration, &policy)));
        (said, explanation)
    }

    #[test]
    fn numbers_and_words_say_the_same() {
        let (sure, told) = of(1.0, Policy { answer_risk: 0.2, ..Policy::default() });
        assert_eq!((sure.verdict.unwrap().verdict, told.verdict), ("answer", "Probably right"));
        let chance = format!("Of 100 answers like this, about {:.0} are right.", 100.0 * sure.confidence.unwrap());
        assert_eq!(told.chance.as_deref(), Some(&*chance));
        let right = calibration().fitted.right;
        assert_eq!(told.level, Some(format!("This model got {right} of 100 test questions right (science).")));
        assert_eq!(told.reasons, ["It hesitated over its words less than usual."]);
        assert!(told.guarantee.unwrap().contains("at most 20 wrong answers to 100 questions") && told.none.is_none());

        let (torn, told) = of(7.0, Policy::default());
        assert_eq!((torn.verdict.unwrap().verdict, told.verdict), ("abstain", "Do not rely on this"));
        assert!(torn.confidence < sure.confidence);
        assert_eq!(told.reasons, ["It hesitated over its words more than usual."]);
    }

    #[test]
    fn without_a_judgment_it_says_what_to_do() {
        let alone = Explanation::of(&Confidence::none(reasons::NONE), None);
        assert_eq!((alone.verdict, alone.chance, alone.level, alone.guarantee), ("No judgment", None, None, None));
        assert!(alone.reasons.is_empty() && alone.none.unwrap().ends_with("calibrate."));
        // How good the model is stays true.
        let (calibration, policy) = (calibration(), Policy::default());
        let cut = Explanation::of(&Confidence::none(reasons::CUT), Some((&calibration, &policy)));
        assert!(cut.level.is_some() && cut.none.unwrap().ends_with("go on, or ask for a shorter answer."));
        // A confidence that nothing is compared with: no rule about sampled answers, then none of these for the rule.
        let by_samples = Policy { mode: Mode::Entropy, ..policy };
        let (said, told) = of(1.0, by_samples);
        assert!(told.verdict == "No judgment" && told.chance.is_some() && told.guarantee.is_none());
        assert_eq!(told.none.as_deref(), Some(none::NO_THRESHOLDS));
        let mut ruled = calibration;
        ruled.thresholds.entropy = Some(EntropyRule { tau: 1.0, aed: 0.3, aed_all: 0.4, questions: 90 });
        let told = Explanation::of(&said, Some((&ruled, &by_samples)));
        assert_eq!(told.none.as_deref(), Some(none::NO_SAMPLES));
    }

    #[test]
    fn samples_that_agree_on_what_is_hardly_right_are_to_be_checked() {
        let mut calibration = calibration();
        calibration.thresholds.entropy = Some(EntropyRule { tau: 1.0, aed: 0.3, aed_all: 0.4, questions: 90 });
        let policy = Policy { mode: Mode::Entropy, ..Policy::default() };
        let told = |gnll: f64| {
            let score = |id: &str| Some(if id == "gnll" { gnll } else { 0.5 });
            let said = calibration.apply(&score, Lengths { prompt: 20, answer: 5 }, None, &policy);
            assert_eq!(said.verdict.as_ref().unwrap().verdict, "answer");
            Explanation::of(&said, Some((&calibration, &policy))).verdict
        };
        assert_eq!((told(1.0), told(7.0)), (PROBABLY, CHECK));
    }
}
