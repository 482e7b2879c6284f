//! What the profile says about one request: which scores its confidence is made of, whether the answer came about as
//! those of calibration did, and what follows from the scores.

use super::manner;
use crate::confidence::apply::Confidence;
use crate::confidence::calibration::{Answers, Calibration};
use crate::confidence::explanation::Explanation;
use crate::confidence::features::Lengths;
use crate::confidence::reasons;
use crate::confidence::state::State;
use crate::confidence::verdict::Policy;
use crate::error::Result;
use crate::methods::{Method, REGISTRY, Source};
use crate::profile::Profile;
use semgrad_scores::kinds::Kind;
use semgrad_scores::record::{Request, Score};
use std::collections::BTreeMap;

/// A calibration and how far it applies.
pub struct Calibrated<'a> {
    calibration: Option<&'a Calibration>,
    policy: Policy,
    /// Why nothing has a confidence.
    reason: Option<&'static str>,
    /// Why scores of gradients at the semantic position have none.
    position: Option<&'static str>,
    /// Why scores of samples have none.
    samples: Option<&'static str>,
    /// Entailment and similarity engines of the request.
    engines: [String; 2],
}

/// What is known of a request before its answer is.
pub struct Circumstances<'a> {
    pub request: &'a Request,
    /// The kind of question, where it came as text.
    pub kind: Option<Kind>,
    /// The profile, if it has this key.
    pub profile: Option<&'a Profile>,
    /// Whether there is a profile at all.
    pub profiled: bool,
    /// Hash of the adapter in use.
    pub adapter: Option<String>,
    pub answers: Answers,
    pub samples: usize,
    pub rule: &'a str,
    pub offset: i64,
}

impl<'a> Calibrated<'a> {
    /// Compares a request with the conditions of calibration.
    ///
    /// # Errors
    /// `bad_input` for a tolerated risk that is none.
    pub fn new(at: &Circumstances<'a>) -> Result<Self> {
        let calibration = at.profile.and_then(|profile| profile.calibration(at.answers));
        let policy = calibration.map(|calibration| calibration.verdict).unwrap_or_default();
        // Checked even where there is nothing to apply it to.
        let policy = policy.with(&at.request.risk.unwrap_or_default())?;
        let temperature = at.request.temperature;
        let of_answer = if at.request.samples.is_some() { 0.0 } else { temperature.unwrap_or(0.0) };
        let reason = match calibration {
            None if at.profiled && at.profile.is_none() => Some(reasons::OTHER_KEY),
            None => Some(reasons::NONE),
            Some(_) if at.profile.is_some_and(|profile| profile.key.adapter != at.adapter) => Some(reasons::ADAPTER),
            Some(_) if at.request.methods.as_ref().is_some_and(Vec::is_empty) => Some(reasons::NO_METHODS),
            Some(calibration) => match manner::system(at.request) {
                None => Some(reasons::CONVERSATION),
                Some(system) => {
                    let conditions = &calibration.conditions;
                    let other_kind = || conditions.other_kind(at.kind?);
                    conditions.mismatch(at.answers, of_answer, system).or_else(other_kind)
                }
            },
        };
        let conditions = calibration.map(|calibration| &calibration.conditions);
        let moved = conditions.is_some_and(|conditions| !conditions.same_position(at.rule, at.offset));
        let drawn = conditions.is_some_and(|c| c.same_samples(at.samples, temperature.unwrap_or(1.0)));
        let engines = at.request.engines.clone().unwrap_or_default();
        Ok(Self {
            calibration,
            policy,
            reason,
            position: moved.then_some(reasons::POSITION),
            samples: (!drawn).then_some(reasons::SAMPLES),
            engines: [engines.nli, engines.embed].map(|name| name.unwrap_or_else(|| "encoder".into())),
        })
    }

    /// `methods`, and those that the confidence is made of besides, which come with the same pass.
    pub fn gathered(&self, methods: &[&'static Method]) -> Vec<&'static Method> {
        let mut gathered = methods.to_vec();
        let wanted = self.calibration.filter(|_| self.reason.is_none());
        for id in wanted.iter().flat_map(|calibration| calibration.methods()) {
            let cheap = |m: &&Method| m.needs.iter().all(|need| need.comes_from(Source::Pass) && !need.sampled());
            let method = REGISTRY.iter().find(|method| method.id == id).filter(cheap);
            gathered.extend(method.filter(|method| methods.iter().all(|other| other.id != method.id)));
        }
        gathered
    }

    /// The hidden state that is read for the confidence.
    pub fn layer(&self) -> Option<usize> {
        self.calibration.filter(|_| self.reason.is_none()).and_then(Calibration::layer)
    }

    /// Learns how the answer ended.
    pub fn ended(&mut self, tokens: usize, finish_reason: &str) {
        let conditions = self.calibration.map(|calibration| &calibration.conditions);
        let other_end = || conditions?.other_end(tokens, finish_reason == "length");
        self.reason = self.reason.or_else(other_end);
    }

    /// Why a method's score is not comparable with those of calibration.
    fn differs(&self, method: &Method) -> Option<&'static str> {
        let gradients = method.needs.iter().any(|need| need.at_position());
        let sampled = method.needs.iter().any(|need| need.sampled());
        let other_engine = self.calibration.is_some_and(|calibration| {
            let fitted = [("nli", &calibration.conditions.nli), ("embed", &calibration.conditions.embed)];
            let mut engines = fitted.iter().zip(&self.engines);
            engines.any(|((kind, fitted), name)| method.engines().contains(kind) && fitted.as_ref() != Some(name))
        });
        let position = self.position.filter(|_| gradients);
        position.or(self.samples.filter(|_| sampled)).or(other_engine.then_some(reasons::ENGINES))
    }

    /// The confidence of a single score, or why there is none.
    pub fn of_method(&self, method: &Method, score: f64) -> std::result::Result<f64, &'static str> {
        match (self.reason.or_else(|| self.differs(method)), self.calibration) {
            (Some(reason), _) => Err(reason),
            (None, Some(calibration)) => calibration.of_method(method.id, score),
            (None, None) => Err(reasons::NONE),
        }
    }

    /// Confidence and verdict of an answer.
    pub fn of_answer(
        &self,
        scores: &BTreeMap<&'static str, Score>,
        lengths: Lengths,
        state: Option<&State>,
    ) -> Confidence {
        let (None, Some(calibration)) = (self.reason, self.calibration) else {
            return Confidence::none(self.reason.unwrap_or(reasons::NONE));
        };
        if let Some(reason) = calibration.unlike(state) {
            return Confidence::none(reason);
        }
        let method = |id: &str| REGISTRY.iter().find(|method| method.id == id);
        let score = |id: &str| {
            let comparable = method(id).is_some_and(|method| self.differs(method).is_none());
            scores.get(id).filter(|_| comparable).map(|score| score.score)
        };
        let mut said = calibration.apply(&score, lengths, state, &self.policy);
        if said.confidence.is_none() {
            said.reason = calibration.methods().filter_map(method).find_map(|m| self.differs(m)).or(said.reason);
        }
        said
    }

    /// What was said of an answer, in words.
    pub fn explanation(&self, said: &Confidence) -> Explanation {
        Explanation::of(said, self.calibration.map(|calibration| (calibration, &self.policy)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::calibration::{Conditions, MethodMap, Samples};
    use crate::confidence::combined::{Combined, Map};
    use crate::confidence::features::{Feature, Transform};
    use crate::confidence::quality::Quality;
    use crate::confidence::verdict::Risk;
    use crate::methods::select;
    use crate::profile::Key;
    use crate::text::Message;
    use semgrad_scores::record::EngineNames;
    use semgrad_scores::statistics::isotonic::Isotonic;
    use semgrad_scores::statistics::platt::Platt;

    fn feature(name: &str) -> Feature {
        Feature { name: name.into(), transform: Transform::Identity, mean: 1.0, scale: 2.0, weight: -1.0 }
    }

    fn profile() -> Profile {
        let map = MethodMap {
            isotonic: Isotonic { scores: vec![0.0, 1.0], confidence: vec![0.9, 0.2] },
            platt: Platt::default(),
            used: Map::Isotonic,
            quality: Quality::default(),
        };
        let conditions = Conditions {
            semantic_rule: "header".into(),
            max_tokens: Some(64),
            samples: Some(Samples { count: 10, temperature: 1.0 }),
            nli: Some("lexical".into()),
            ..Conditions::default()
        };
        let features = vec![feature("semgrad"), feature("gnll"), feature("answer_tokens")];
        let calibration = Calibration {
            conditions,
            maps: ["semgrad", "gnll", "eigenscore", "discrete_semantic_entropy"]
                .map(|m| (m.into(), map.clone()))
                .into(),
            combined: Some(Combined { features, ..Combined::default() }),
            ..Calibration::default()
        };
        let key = Key { weights: String::new(), template: None, prefix: String::new(), adapter: None };
        Profile { key, semantic_position: None, sps: None, calibrations: vec![calibration], given: None }
    }

    fn question() -> Request {
        Request { question: Some("Why?".into()), ..Request::default() }
    }

    fn scores(ids: &[&str]) -> BTreeMap<&'static str, Score> {
        let score = |m: &&'static Method| {
            let (confidence, confidence_reason, error) = (None, None, None);
            (m.id, Score { score: 1.0, confidence, confidence_reason, ms: 0.0, passes: 0, error })
        };
        select(ids).unwrap().iter().map(score).collect()
    }

    /// A request as in calibration, and the profile if there is one.
    fn circumstances<'a>(request: &'a Request, profile: Option<&'a Profile>) -> Circumstances<'a> {
        let (kind, answers, samples, rule, offset) = (None, Answers::Own, 0, "header", -3);
        let (profiled, adapter) = (profile.is_some(), None);
        Circumstances { request, kind, profile, profiled, adapter, answers, samples, rule, offset }
    }

    /// What an answer of five tokens that ended by itself gets, with all scores there.
    fn said_at(at: &Circumstances<'_>) -> Confidence {
        let mut calibrated = Calibrated::new(at).unwrap();
        calibrated.ended(5, if at.answers == Answers::Given { "given" } else { "stop" });
        calibrated.of_answer(&scores(&["semgrad", "gnll"]), Lengths { prompt: 9, answer: 5 }, None)
    }

    /// The same of a request and the profile, where something differs.
    fn said(request: &Request, change: impl Fn(&mut Circumstances<'_>)) -> Confidence {
        let profile = profile();
        let mut at = circumstances(request, Some(&profile));
        change(&mut at);
        said_at(&at)
    }

    #[test]
    fn what_fits_has_a_confidence() {
        // Two features at their mean, five tokens are two deviations above theirs: σ(−2).
        let fits = said(&question(), |_| ());
        assert!((fits.confidence.unwrap() - 1.0 / (1.0 + 2f64.exp())).abs() < 1e-12);
        assert_eq!(fits.reason, None);
        assert_eq!(fits.parts.iter().map(|part| part.contribution).collect::<Vec<_>>(), [0.0, 0.0, 0.0, -2.0]);
        assert_eq!((&*fits.parts[0].name, &*fits.parts[3].name), ("intercept", "answer_tokens"));
        let role = |role: &str| Message { role: role.into(), content: "Hm?".into() };
        let messages = Request { messages: Some(vec![role("user")]), ..Request::default() };
        assert!(said(&messages, |_| ()).confidence.is_some());
        let samples = Request { samples: Some(5), temperature: Some(0.7), ..question() };
        assert!(said(&samples, |_| ()).confidence.is_some(), "the answer beside samples is greedy");
    }

    #[test]
    fn what_differs_has_none_and_says_why() {
        let role = |role: &str| Message { role: role.into(), content: "Hm?".into() };
        let own = question;
        let talk = vec![role("user"), role("assistant"), role("user")];
        for (request, reason) in [
            (Request { temperature: Some(0.5), ..own() }, reasons::TEMPERATURE),
            (Request { system: Some("Be brief.".into()), ..own() }, reasons::SYSTEM),
            (Request { messages: Some(vec![role("system"), role("user")]), ..Request::default() }, reasons::SYSTEM),
            (Request { messages: Some(talk), ..Request::default() }, reasons::CONVERSATION),
            (Request { prompt_ids: Some(vec![1]), ..Request::default() }, reasons::CONVERSATION),
            (Request { methods: Some(vec![]), ..own() }, reasons::NO_METHODS),
        ] {
            assert_eq!(said(&request, |_| ()), Confidence::none(reason), "{request:?}");
        }
        assert_eq!(said(&own(), |at| at.answers = Answers::Given), Confidence::none(reasons::GIVEN));
        assert_eq!(said(&own(), |at| at.profile = None), Confidence::none(reasons::OTHER_KEY));
        assert_eq!(said(&own(), |at| (at.profile, at.profiled) = (None, false)), Confidence::none(reasons::NONE));
        assert_eq!(said(&own(), |at| at.adapter = Some("ab".into())), Confidence::none(reasons::ADAPTER));
        assert_eq!(said(&own(), |at| at.rule = "profile"), Confidence::none(reasons::POSITION));
        let odd = Request { risk: Some(Risk { answer: Some(2.0), ..Risk::default() }), ..own() };
        assert!(Calibrated::new(&circumstances(&odd, None)).is_err());
    }

    #[test]
    fn the_words_are_about_the_calibration_that_was_found() {
        let (profile, request) = (profile(), question());
        let calibrated = Calibrated::new(&circumstances(&request, Some(&profile))).unwrap();
        let said = calibrated.of_answer(&scores(&["semgrad", "gnll"]), Lengths { prompt: 9, answer: 5 }, None);
        let told = calibrated.explanation(&said);
        assert_eq!(told.chance.as_deref(), Some("Of 100 answers like this, about 12 are right."));
        assert_eq!(told.reasons, ["Its answer is longer than usual, which makes a right answer less likely."]);
        // It has no thresholds.
        assert!(told.verdict == "No judgment" && told.none.is_some());
    }

    #[test]
    fn another_kind_of_question_has_none() {
        let (mut profile, request) = (profile(), question());
        profile.calibrations[0].conditions.kinds = vec![Kind::Fact];
        let of = |kind| said_at(&Circumstances { kind, ..circumstances(&request, Some(&profile)) });
        let opinion = reasons::other_kind(&[Kind::Fact], Kind::Opinion);
        assert_eq!(of(Some(Kind::Opinion)), Confidence::none(opinion));
        assert!(of(Some(Kind::Fact)).confidence.is_some() && of(None).confidence.is_some());
    }

    #[test]
    fn lengths_and_missing_scores() {
        let (profile, request) = (profile(), question());
        let at = circumstances(&request, Some(&profile));
        let of = |tokens, finish_reason, ids: &[&str]| {
            let mut calibrated = Calibrated::new(&at).unwrap();
            calibrated.ended(tokens, finish_reason);
            calibrated.of_answer(&scores(ids), Lengths { prompt: 9, answer: tokens }, None).reason
        };
        let all = &["semgrad", "gnll"];
        assert_eq!((of(64, "stop", all), of(65, "stop", all)), (None, Some(reasons::LENGTH)));
        assert_eq!((of(64, "length", all), of(20, "length", all)), (Some(reasons::CUT), Some(reasons::CUT)));
        assert_eq!(of(5, "stop", &["gnll"]), Some(reasons::MISSING));
    }

    #[test]
    fn single_scores() {
        let profile = profile();
        let engines = EngineNames { nli: Some("lexical".into()), embed: None };
        let request = Request { samples: Some(10), engines: Some(engines), ..question() };
        let of = |id: &str, samples: usize, rule: &str| {
            let at = Circumstances { samples, rule, ..circumstances(&request, Some(&profile)) };
            Calibrated::new(&at).unwrap().of_method(select(&[id]).unwrap()[0], 0.5)
        };
        assert_eq!(of("gnll", 10, "profile").unwrap(), 0.55);
        assert_eq!(of("semgrad", 10, "profile"), Err(reasons::POSITION));
        assert_eq!(of("semgrad", 10, "header").unwrap(), 0.55);
        assert_eq!(of("eigenscore", 10, "header").unwrap(), 0.55);
        assert_eq!(of("eigenscore", 5, "header"), Err(reasons::SAMPLES));
        assert_eq!(of("discrete_semantic_entropy", 10, "header").unwrap(), 0.55);
        assert_eq!(of("lsc", 10, "header"), Err(reasons::NOT_FITTED));
        // Another judge of entailment.
        let other = Request { engines: None, ..request.clone() };
        let at = Circumstances { samples: 10, ..circumstances(&other, Some(&profile)) };
        let calibrated = Calibrated::new(&at).unwrap();
        let entropy = select(&["discrete_semantic_entropy"]).unwrap()[0];
        assert_eq!(calibrated.of_method(entropy, 0.5), Err(reasons::ENGINES));
        // Besides what was asked for, the scores of the confidence are gathered.
        let asked = select(&["gnll", "lsc"]).unwrap();
        let ids = |calibrated: &Calibrated<'_>| -> Vec<&str> {
            calibrated.gathered(&asked).iter().map(|method| method.id).collect()
        };
        assert_eq!(ids(&calibrated), ["gnll", "lsc", "semgrad"]);
        // But not for an answer that can have none.
        let mut cut = calibrated;
        cut.ended(64, "length");
        assert_eq!((ids(&cut), cut.layer()), (vec!["gnll", "lsc"], None));
    }
}
