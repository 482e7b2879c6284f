//! The first step: what a request comes to, decided and checked before anything runs.

use super::aids::{Aids, EMBED, NLI, unknown};
use super::confidence::{Calibrated, Circumstances};
use super::examinable;
use super::interest::{first_layer, looked_at, needed};
use super::manner::Manner;
use super::model::Model;
use super::prompt::{self, Prepared, bad};
use crate::confidence::calibration::Answers;
use crate::confidence::entropy;
use crate::confidence::verdict::Mode;
use crate::error::{Code, Error, Result};
use crate::generate::suffix::Interest;
use crate::methods::{self, Method, Need};
use crate::profile::Profile;
use crate::text::Text;
use semgrad_scores::given::signals;
use semgrad_scores::kinds::{Kind, kind_of};
use semgrad_scores::record::{Request, SemanticPosition};

/// Samples drawn when a method needs some and the request names no number.
const SAMPLES: usize = 10;
/// Most samples of one request: each keeps its own keys and values.
const MAX_SAMPLES: usize = 256;
/// Who finds other wordings.
const WORDINGS: [&str; 2] = ["model", "search"];
/// Most answers of its own that the model compares a given one with.
const MAX_OWN: usize = 16;

/// What is to be done.
pub struct Plan<'a> {
    /// What was asked for.
    pub request: &'a Request,
    /// The last user message, if it came as text.
    pub question: Option<&'a str>,
    /// Put before the question, and before its other wordings.
    pub prefix: &'a str,
    /// What kind of question that is.
    pub kind: Option<Kind>,
    /// The prompt as the model reads it.
    pub prompt: Prepared,
    /// The answer to judge; `None` where the model is to answer.
    pub given: Option<Vec<u32>>,
    /// Most tokens of an answer, a sample or a reply. The length of an answer that was given says nothing about them.
    pub max_tokens: usize,
    /// Ids that end each of them.
    pub stop_ids: Vec<u32>,
    /// Answers to draw beside the first.
    pub samples: usize,
    /// Where gradients at hidden states are read.
    pub semantic: SemanticPosition,
    /// Methods that are reported.
    pub asked: Vec<&'static Method>,
    /// These, and those that the confidence is made of besides.
    pub methods: Vec<&'static Method>,
    /// What scores mean.
    pub calibrated: Calibrated<'a>,
    /// The hidden state that the confidence, or whoever calibrates, looks at.
    pub look: Option<usize>,
    /// What the pass over the end of the sequence is about.
    pub interest: Interest,
    /// Engines, word lists and probes as they are now.
    pub aids: Aids,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

impl<'a> Plan<'a> {
    /// Decides about a request to `model`, whose profile may not fit.
    ///
    /// # Errors
    /// `bad_input`, `missing_tokenizer`, `bad_template`, `context_exceeded`.
    pub fn new(model: &Model, request: &'a Request, profile: Option<&'a Profile>) -> Result<Self> {
        let (text, config) = (model.text.as_ref(), &model.decoder.config);
        let vocab = model.decoder.head().rows();
        let asked = match &request.methods {
            Some(names) => methods::select(names)?,
            None => methods::select(methods::DEFAULT)?,
        };
        let question = request.question.as_deref().or_else(|| {
            let messages = request.messages.as_deref().unwrap_or_default();
            messages.iter().rfind(|message| message.role == "user").map(|message| message.content.as_str())
        });
        let kind = question.map(kind_of);
        let is_given = request.answer.is_some() || request.response_ids.is_some();
        let answers = if is_given { Answers::Given } else { Answers::Own };
        let template = text.and_then(Text::template_hash);
        let Manner { profile: fitting, prefix, max_tokens } =
            Manner::new(request, kind, profile, template.as_deref(), answers);
        let prompt = prompt::prepare(request, prefix, text, vocab)?;
        let given = prompt::given_response(request, text, vocab)?;
        let samples = check_sampling(request, &asked)?;
        check_wishes(request, &asked)?;
        let mut warnings = [text.map(Text::warnings).unwrap_or_default(), &prompt.warnings].concat();
        let max_tokens = budget(config.context, &prompt.ids, given.as_deref(), samples, max_tokens, &mut warnings)?;

        // A missing confidence gives its reason itself; gradients at another position would go unnoticed.
        if fitting.is_none() && profile.is_some_and(|profile| profile.semantic_position.is_some()) {
            warnings.push("the profile was made for another prefix or chat template and is not used".into());
        }
        let measured = fitting.and_then(|profile| profile.semantic_position.as_ref());
        let rule = request.semantic_position.as_deref();
        let semantic = prompt::semantic_position(rule, &prompt, text, measured, &mut warnings)?;
        let calibrated = Calibrated::new(&Circumstances {
            request,
            kind,
            profile: fitting,
            profiled: profile.is_some(),
            adapter: model.adapter(),
            answers,
            samples,
            rule: semantic.rule,
            offset: semantic.offset,
        })?;

        // What is asked for is reported; the confidence may be made of more.
        let mut methods = calibrated.gathered(&asked);
        if request.examine.unwrap_or(false) && examinable::reason(request, kind).is_none() {
            methods = joined(methods, methods::select(&signals::METHODS)?);
        }
        let aids = model.aids.borrow().clone();
        let look = looked_at(config.layers, request, &calibrated);
        let half = model.decoder.upper_half();
        let first_layer = first_layer(config, half, request, &methods, look, aids.probes.as_deref());
        let tail = request.tail.unwrap_or(0).min(prompt.ids.len());
        let interest = Interest {
            start: if request.attribute.unwrap_or(false) { 0 } else { semantic.index.min(prompt.ids.len() - tail) },
            first_layer: first_layer.unwrap_or(config.layers - 1),
            gradients: first_layer.is_some(),
        };
        let stop_ids = model.stop_ids();
        Ok(Self {
            request,
            question,
            prefix,
            kind,
            prompt,
            given,
            max_tokens,
            stop_ids,
            samples,
            semantic,
            asked,
            methods,
            calibrated,
            look,
            interest,
            aids,
            warnings,
        })
    }

    /// Learns how the answer ended: nothing more is gathered for a confidence that it cannot have.
    pub fn ended(&mut self, model: &Model, tokens: usize, finish_reason: &str) {
        self.calibrated.ended(tokens, finish_reason);
        let given = self.given.is_some();
        let examined = self.methods.iter().filter(|method| given && signals::METHODS.contains(&method.id));
        self.methods = joined(self.calibrated.gathered(&self.asked), examined.copied().collect());
        let (config, half) = (&model.decoder.config, model.decoder.upper_half());
        // Not that of another layer, which the pass may not have kept.
        let is_wanted = self.request.state.unwrap_or(false) || self.calibrated.layer().is_some();
        self.look = self.look.filter(|_| is_wanted);
        let first = first_layer(config, half, self.request, &self.methods, self.look, self.aids.probes.as_deref());
        // From which layer on states were kept stays as it was.
        self.interest.gradients = first.is_some();
    }

    /// Whether a method needs it.
    pub fn needs(&self, need: Need) -> bool {
        needed(&self.methods, need)
    }

    /// Where the semantic position stands among those of the suffix.
    pub fn semantic_in_suffix(&self) -> usize {
        self.semantic.index - self.interest.start
    }

    /// How many last positions of the prompt gradients are reported of.
    pub fn tail(&self) -> usize {
        self.request.tail.unwrap_or(0).min(self.prompt.ids.len())
    }
}

/// Methods, and others that are not among them.
fn joined(mut methods: Vec<&'static Method>, others: Vec<&'static Method>) -> Vec<&'static Method> {
    for method in others {
        if methods.iter().all(|known| known.id != method.id) {
            methods.push(method);
        }
    }
    methods
}

/// Checks that prompt and answer fit, and says how many tokens may be generated.
fn budget(
    context: usize,
    prompt: &[u32],
    given: Option<&[u32]>,
    samples: usize,
    wanted: usize,
    warnings: &mut Vec<String>,
) -> Result<usize> {
    let exceeded = |what: String| {
        Error::new(
            Code::ContextExceeded,
            format!("{what}, the model's context has {context}."),
            "Shorten the question or the answer, or use a model with a longer context.",
        )
    };
    let Some(room) = context.checked_sub(prompt.len()).filter(|&room| room > 0) else {
        return Err(exceeded(format!("the prompt has {} tokens", prompt.len())));
    };
    // The last token is predicted, not fed.
    if let Some(given) = given.filter(|given| given.len() - 1 > room) {
        return Err(exceeded(format!("prompt and answer have {} tokens", prompt.len() + given.len())));
    }
    match wanted {
        0 => Err(bad("max_tokens is 0.", "Allow at least one token.")),
        n if n > room => {
            // Nobody needs to know where nothing is generated.
            if given.is_none() || samples > 0 {
                warnings.push(format!("max_tokens was lowered from {n} to {room}: the context has {context} tokens"));
            }
            Ok(room)
        }
        n => Ok(n),
    }
}

/// Numbers of draws and temperatures that mean something: the number of samples to draw.
fn check_sampling(request: &Request, methods: &[&'static Method]) -> Result<usize> {
    if let Some(samples) = request.samples.filter(|n| !(1..=MAX_SAMPLES).contains(n)) {
        return Err(bad(format!("samples is {samples}."), "Ask for 1 to 256 samples."));
    }
    let sampled = methods.iter().any(|method| method.needs.iter().any(|need| need.sampled()));
    let samples = request.samples.unwrap_or(if sampled { SAMPLES } else { 0 });
    match request.temperature {
        Some(t) if !(t.is_finite() && t >= 0.0) => {
            Err(bad(format!("temperature is {t}."), "Use 0 (greedy) or a positive number."))
        }
        // They would agree whatever the model knows, and look sure.
        Some(0.0) if samples > 0 => Err(bad(
            "samples at temperature 0 are all the same.",
            "Leave temperature out, or give the one to draw samples at: the answer beside them is greedy anyway.",
        )),
        _ => Ok(samples),
    }
}

/// Choices by name, and what they need.
fn check_wishes(request: &Request, methods: &[&'static Method]) -> Result<()> {
    if let Some(other) = request.wordings.as_deref().filter(|name| !WORDINGS.contains(name)) {
        return Err(bad(format!("wordings is {other:?}."), "Use \"model\" or \"search\"."));
    }
    let is_given = request.answer.is_some() || request.response_ids.is_some();
    if request.examine.unwrap_or(false) && !is_given {
        return Err(bad(
            "there is no answer to examine.",
            "Give the answer that somebody wrote, or leave examine out.",
        ));
    }
    if let Some(own) = request.own_answers.filter(|&own| own > MAX_OWN) {
        return Err(bad(format!("own_answers is {own}."), "Compare with at most 16, or with none: 0."));
    }
    let engines = request.engines.as_ref();
    let named = [
        ("embed", engines.and_then(|names| names.embed.as_deref()), &EMBED[..]),
        ("nli", engines.and_then(|names| names.nli.as_deref()), &NLI),
    ];
    for (engine, name, known) in named {
        if let Some(name) = name.filter(|name| !known.contains(name)) {
            return Err(unknown(engine, name));
        }
    }
    let by_samples = request.risk.is_some_and(|risk| risk.mode == Some(Mode::Entropy));
    if by_samples && methods.iter().all(|method| method.id != entropy::METHOD) {
        return Err(bad(
            format!("risk.mode \"entropy\" decides by the score {}, which was not asked for.", entropy::METHOD),
            "Name it in methods, with an engine for nli, or choose \"conformal\" or \"selective\".",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confidence::verdict::Risk;
    use semgrad_scores::record::EngineNames;

    #[test]
    fn wishes_that_cannot_be_met_are_refused_before_anything_runs() {
        let check = |request: &Request, ids: &[&str]| {
            let methods = methods::select(ids).unwrap();
            check_sampling(request, &methods)
                .and_then(|_| check_wishes(request, &methods))
                .map_err(|error| error.message)
        };
        let of = |request: Request, ids: &[&str]| check(&request, ids).unwrap_err();
        let plain = Request::default;
        assert!(of(Request { wordings: Some("foo".into()), ..plain() }, &["gnll"]).starts_with("wordings is \"foo\""));
        let engines = |embed: Option<&str>, nli: Option<&str>| {
            let [embed, nli] = [embed, nli].map(|name| name.map(str::to_owned));
            Request { engines: Some(EngineNames { embed, nli }), ..plain() }
        };
        assert!(of(engines(Some("judge"), None), &["gnll"]).contains("\"judge\" for \"embed\""));
        assert!(of(engines(None, Some("oracle")), &["gnll"]).contains("\"oracle\" for \"nli\""));
        assert_eq!(check(&engines(Some("none"), Some("judge")), &["gnll"]), Ok(()));

        let examine = || Request { examine: Some(true), ..plain() };
        assert!(of(examine(), &["gnll"]).contains("no answer to examine"));
        let given = Request { answer: Some("A".into()), ..examine() };
        assert_eq!(check(&given, &["gnll"]), Ok(()));
        assert!(of(Request { own_answers: Some(17), ..given }, &["gnll"]).contains("own_answers is 17"));

        // Of samples, whether they are asked for by number or by a method.
        let cold = |samples| Request { samples, temperature: Some(0.0), ..plain() };
        assert!(of(cold(Some(3)), &["gnll"]).contains("are all the same"));
        assert!(of(cold(None), &["discrete_semantic_entropy"]).contains("are all the same"));
        assert_eq!(check(&cold(None), &["gnll"]), Ok(()), "the answer may be greedy");

        let risk = Risk { mode: Some(Mode::Entropy), ..Risk::default() };
        let by_samples = Request { risk: Some(risk), ..plain() };
        assert!(of(by_samples.clone(), &["gnll"]).contains("discrete_semantic_entropy, which was not asked for"));
        assert_eq!(check(&by_samples, &["gnll", "discrete_semantic_entropy"]), Ok(()));
    }

    #[test]
    fn what_does_not_fit_is_refused_and_what_would_be_too_long_is_cut() {
        let of = |prompt: usize, given: Option<usize>, samples: usize, wanted: usize| {
            let mut warnings = Vec::new();
            let given = given.map(|tokens| vec![1; tokens]);
            let tokens = budget(10, &vec![1; prompt], given.as_deref(), samples, wanted, &mut warnings);
            (tokens.map_err(|error| error.code), warnings.len())
        };
        assert_eq!(of(4, None, 0, 6), (Ok(6), 0));
        assert_eq!(of(4, None, 0, 20), (Ok(6), 1));
        assert_eq!(of(10, None, 0, 1), (Err(Code::ContextExceeded), 0));
        assert_eq!(of(4, None, 0, 0), (Err(Code::BadInput), 0));
        // The last token of an answer is predicted, not fed.
        assert_eq!(of(4, Some(7), 0, 20), (Ok(6), 0), "nothing is generated that could be cut");
        assert_eq!(of(4, Some(7), 5, 20), (Ok(6), 1), "samples are");
        assert_eq!(of(4, Some(8), 0, 1), (Err(Code::ContextExceeded), 0));
    }
}
