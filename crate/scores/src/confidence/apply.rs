//! A calibration applied to the scores of one answer.

use super::calibration::{Answers, Calibration, Conditions};
use super::combined::Part;
use super::entropy;
use super::features::Lengths;
use super::reasons;
use super::state::{Look, State};
use super::verdict::{Policy, Verdict};
use crate::kinds::Kind;

/// What is known about one answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confidence {
    /// Probability of being right.
    pub confidence: Option<f64>,
    /// Why there is none ([`reasons`]).
    pub reason: Option<&'static str>,
    /// What made it: `intercept` first, then by feature what it adds to the log-odds (before `isotonic`, if there is one).
    pub parts: Vec<Part>,
    /// What to do with the answer.
    pub verdict: Option<Verdict>,
}

impl Confidence {
    /// None, for this reason.
    pub fn none(reason: &'static str) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }
}

impl Calibration {
    /// Confidence and verdict for an answer of these lengths with these scores and this state; a score that is missing or
    /// no number has no value.
    pub fn apply(
        &self,
        score: &dyn Fn(&str) -> Option<f64>,
        lengths: Lengths,
        state: Option<&State>,
        policy: &Policy,
    ) -> Confidence {
        let score = |id: &str| score(id).filter(|score| score.is_finite());
        let mut said = self.confidence(&score, lengths, state);
        said.verdict = match self.conditions.answers {
            Answers::Own => policy.decide(&self.thresholds, said.confidence, score(entropy::METHOD)),
            // What holds for the answers of one writer holds for no other's.
            Answers::Given => None,
        };
        said
    }

    fn confidence(&self, score: &dyn Fn(&str) -> Option<f64>, lengths: Lengths, state: Option<&State>) -> Confidence {
        let Some(combined) = &self.combined else { return Confidence::none(reasons::NOT_COMBINED) };
        let values = combined.features.iter().map(|feature| {
            let value = lengths.get(&feature.name).or_else(|| score(&feature.name));
            value.map(|value| feature.transform.apply(value))
        });
        let state = match &combined.look {
            Some(look) => state.filter(|state| look.reads(state)).map(|state| state.values.as_slice()),
            None => Some(&[][..]),
        };
        match values.collect::<Option<Vec<f64>>>().zip(state) {
            Some((values, state)) => {
                let (confidence, parts) = (Some(combined.confidence(&values, state)), combined.parts(&values, state));
                Confidence { confidence, parts, ..Confidence::default() }
            }
            None => Confidence::none(reasons::MISSING),
        }
    }

    /// Why a question that the model read like this has no confidence.
    pub fn unlike(&self, state: Option<&State>) -> Option<&'static str> {
        let is_unlike = self.domain.as_ref().zip(state).is_some_and(|(domain, state)| domain.excludes(state));
        is_unlike.then_some(reasons::UNLIKE)
    }

    /// Ids of the methods that the confidence is made of.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        let features = self.combined.iter().flat_map(|combined| &combined.features);
        features.map(|feature| feature.name.as_str()).filter(|&name| !Lengths::has(name))
    }

    /// The hidden state that is read, if any: the same one by the confidence and for the domain.
    pub fn layer(&self) -> Option<usize> {
        self.look().map(|look| look.layer).or(self.domain.as_ref().map(|domain| domain.layer))
    }

    /// What the confidence reads of the model's state, if anything.
    pub fn look(&self) -> Option<&Look> {
        self.combined.as_ref().and_then(|combined| combined.look.as_ref())
    }

    /// Confidence for a single score, or why there is none.
    pub fn of_method(&self, id: &str, score: f64) -> Result<f64, &'static str> {
        let map = self.map(id).ok_or(reasons::NOT_FITTED)?;
        if score.is_finite() { Ok(map.apply(score)) } else { Err(reasons::UNDEFINED) }
    }
}

impl Conditions {
    /// Why an answer that came about like this has no confidence, as far as it is known before the answer is.
    pub fn mismatch(&self, answers: Answers, temperature: f64, system: Option<&str>) -> Option<&'static str> {
        match () {
            _ if answers != self.answers && answers == Answers::Given => Some(reasons::GIVEN),
            _ if answers != self.answers => Some(reasons::OWN),
            // A given answer has no temperature.
            _ if answers == Answers::Own && temperature != self.temperature => Some(reasons::TEMPERATURE),
            _ if system != self.system.as_deref() => Some(reasons::SYSTEM),
            _ => None,
        }
    }

    /// Why a question of this kind has no confidence.
    pub fn other_kind(&self, kind: Kind) -> Option<&'static str> {
        let fits = self.kinds.is_empty() || self.kinds.contains(&kind);
        (!fits).then(|| reasons::other_kind(&self.kinds, kind))
    }

    /// Why an answer of `tokens` tokens has no confidence because of how it ended. One that was `cut` off has none
    /// wherever that was: it may go on to be right, or repeat itself for ever. Whoever gives an answer decides its length.
    pub fn other_end(&self, tokens: usize, cut: bool) -> Option<&'static str> {
        match self.max_tokens {
            _ if cut => Some(reasons::CUT),
            Some(max) if tokens > max && self.answers == Answers::Own => Some(reasons::LENGTH),
            _ => None,
        }
    }

    /// Whether gradients were taken at the same position: the same place in the prompt, or the same rule where that is
    /// not one place.
    pub fn same_position(&self, rule: &str, offset: i64) -> bool {
        self.semantic_offset.map_or(rule == self.semantic_rule, |fitted| fitted == offset)
    }

    /// Whether samples were drawn in the same way.
    pub fn same_samples(&self, count: usize, temperature: f64) -> bool {
        self.samples.is_some_and(|samples| samples.count == count && samples.temperature == temperature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::calibration::Samples;

    #[test]
    fn kinds() {
        let of = |kinds: &[Kind]| Conditions { kinds: kinds.to_vec(), ..Conditions::default() };
        for kind in Kind::ALL {
            assert_eq!(of(&[]).other_kind(kind), None, "what is not known forbids nothing");
            assert_eq!(of(&[Kind::Fact]).other_kind(kind).is_none(), kind == Kind::Fact, "{kind:?}");
        }
        let facts = of(&[Kind::Fact]).other_kind(Kind::Opinion).unwrap();
        assert_eq!(facts, "This confidence was made for short English questions of fact; this asks for an opinion.");
        assert_eq!(of(&[Kind::Code]).other_kind(Kind::Fact), Some(reasons::OTHER_KIND));
        assert_eq!(of(&[Kind::Code, Kind::Fact]).other_kind(Kind::Opinion), Some(reasons::OTHER_KIND));
        assert_eq!(of(&[Kind::Code, Kind::Fact]).other_kind(Kind::Code), None);
    }

    #[test]
    fn conditions() {
        let fitted = Conditions { semantic_rule: "header".into(), max_tokens: Some(64), ..Conditions::default() };
        assert_eq!(fitted.mismatch(Answers::Own, 0.0, None), None);
        assert_eq!(fitted.mismatch(Answers::Own, 0.7, None), Some(reasons::TEMPERATURE));
        assert_eq!(fitted.mismatch(Answers::Given, 0.0, None), Some(reasons::GIVEN));
        assert_eq!(fitted.mismatch(Answers::Own, 0.0, Some("Be brief.")), Some(reasons::SYSTEM));
        let given = Conditions { answers: Answers::Given, ..fitted.clone() };
        assert_eq!(given.mismatch(Answers::Given, 0.7, None), None);
        assert_eq!(given.mismatch(Answers::Own, 0.0, None), Some(reasons::OWN));

        assert_eq!([3, 64, 65].map(|tokens| fitted.other_end(tokens, false)), [None, None, Some(reasons::LENGTH)]);
        let unknown = Conditions { max_tokens: None, ..fitted.clone() };
        assert_eq!(unknown.other_end(500, false), None);
        assert_eq!(given.other_end(65, false), None);
        // Also at the very length that calibration cut at.
        for (conditions, tokens) in [(&fitted, 63), (&fitted, 64), (&fitted, 128), (&unknown, 5)] {
            assert_eq!(conditions.other_end(tokens, true), Some(reasons::CUT), "{tokens}");
        }

        assert!(fitted.same_position("header", -3) && !fitted.same_position("profile", -3));
        let placed = Conditions { semantic_offset: Some(-3), ..fitted.clone() };
        assert!(placed.same_position("profile", -3) && !placed.same_position("header", -4));
        assert!(!fitted.same_samples(10, 1.0));
        let drawn = Conditions { samples: Some(Samples { count: 10, temperature: 1.0 }), ..fitted };
        assert!(drawn.same_samples(10, 1.0) && !drawn.same_samples(5, 1.0) && !drawn.same_samples(10, 0.7));
    }
}
