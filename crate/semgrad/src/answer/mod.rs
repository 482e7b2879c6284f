//! The main job: a question goes in; an answer, its token statistics and its scores come out.

pub mod aids;
mod confidence;
mod gather;
mod prompt;
mod spans;
pub mod warm_up;

use crate::confidence::features::Lengths;
use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::evidence::Evidence;
use crate::evidence::ask::Asker;
use crate::evidence::observed::SampleEvidence;
use crate::evidence::pass::Pass;
use crate::generate::batch::{Notes, Sample, sample};
use crate::generate::statistics::TokenStatistics;
use crate::generate::{Interest, Options, Session, Watch, generate, milliseconds, teacher_force};
use crate::methods::{self, Method, Need, eigenscore};
use crate::model::decoder::Decoder;
use crate::profile::Profile;
use crate::text::Text;
use crate::weights::checkpoint::Checkpoint;
use crate::weights::source::LocalFuture;
use aids::Aids;
use confidence::{Calibrated, Circumstances};
use gather::Gatherer;
use prompt::{Prepared, bad};
pub use semgrad_scores::record;

use semgrad_scores::record::{Explanation, PromptToken, Record, Request, SampleRecord, Score, Times, Token};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use warm_up::{Extent, beside, warm_up};
use web_time::Instant;

/// Tokens generated when the request names no number.
const MAX_TOKENS: usize = 128;
/// Samples drawn when a method needs some and the request names no number.
const SAMPLES: usize = 10;
/// Most samples of one request: each keeps its own keys and values.
const MAX_SAMPLES: usize = 256;

/// What a caller may watch while a request runs.
pub trait Observer {
    /// Layers of the prompt pass done, of how many.
    fn prefill(&mut self, _done: usize, _total: usize) {}
    /// A token was chosen; `text` is what became readable with it.
    fn token(&mut self, _index: usize, _id: u32, _text: Option<&str>, _statistics: &TokenStatistics) {}
    /// Scoring begins (`None`), or a method is done: its score is final while others still gather evidence.
    fn score(&mut self, _method: Option<&str>, _score: Option<&Score>) {}
    /// Before texts are compared: ends when [`Model::aids`] has what is wanted for that, which may be loaded while the
    /// answer is written.
    fn aids(&mut self) -> LocalFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Observes nothing.
pub struct Unobserved;

impl Observer for Unobserved {}

/// A model with its text stage and its profile.
pub struct Model {
    /// The network.
    pub decoder: Decoder,
    /// Tokenizer and template, if the weights came with them.
    pub text: Option<Text>,
    /// What was measured once: semantic position, calibrations.
    pub profile: RefCell<Option<Rc<Profile>>>,
    /// Number of weights.
    pub parameters: u64,
    /// Time of loading, ms.
    pub load_ms: f64,
    /// Engines, word lists and probes, given after loading.
    pub aids: RefCell<Aids>,
    /// What the last request left in the cache; the next one begins where they differ.
    session: RefCell<Session>,
}

impl Model {
    /// Loads an opened checkpoint to `device`.
    ///
    /// # Errors
    /// Those of [`Decoder::load`] and [`Text::new`].
    pub async fn load(
        checkpoint: &Checkpoint,
        device: &Device,
        profile: Option<Profile>,
        pacer: &Pacer<'_>,
        progress: &mut dyn FnMut(u64, u64, &str),
    ) -> Result<Self> {
        let began = Instant::now();
        let text = Text::new(&checkpoint.text)?;
        // Whether the pipelines are there by then or not does not change what is loaded.
        let warm = warm_up(checkpoint, device, Extent::Answer, pacer);
        let decoder = beside(Decoder::load(checkpoint, device, pacer, progress), warm).await?;
        let parameters = Decoder::parameters(checkpoint);
        let load_ms = milliseconds(began);
        let profile = RefCell::new(profile.map(Rc::new));
        Ok(Self { decoder, text, profile, parameters, load_ms, aids: RefCell::default(), session: RefCell::default() })
    }

    /// Answers or judges one request.
    ///
    /// # Errors
    /// `bad_input`, `missing_tokenizer`, `bad_template`, `context_exceeded`, `aborted`, `device_lost`.
    pub async fn run(&self, request: &Request, pacer: &Pacer<'_>, observer: &mut dyn Observer) -> Result<Record> {
        let (decoder, text) = (&self.decoder, self.text.as_ref());
        let vocab = decoder.head().rows();
        let methods = match &request.methods {
            Some(names) => methods::select(names)?,
            None => methods::select(methods::DEFAULT)?,
        };
        let prepared = prompt::prepare(request, text, vocab)?;
        let given = prompt::given_response(request, text, vocab)?;
        let prompt = &prepared.ids;
        let count = check_sampling(request, &methods)?;
        let mut warnings = [text.map(Text::warnings).unwrap_or_default(), &prepared.warnings].concat();
        let max_tokens = self.budget(prompt.len(), given.as_deref(), request.max_tokens, &mut warnings)?;

        let rule = request.semantic_position.as_deref();
        let known = self.profile.borrow().clone();
        let profile = known.as_deref().filter(|profile| self.fits(profile, request, &mut warnings));
        let measured = profile.and_then(|profile| profile.semantic_position.as_ref());
        let semantic = prompt::semantic_position(rule, &prepared, text, measured, &mut warnings)?;
        let mut calibrated = Calibrated::new(&Circumstances {
            request,
            profile,
            profiled: known.is_some(),
            given: given.is_some(),
            samples: count,
            rule: semantic.rule,
            offset: semantic.offset,
        })?;
        // What is asked for is reported; the confidence may be made of more.
        let (asked, methods) = (&methods, calibrated.gathered(&methods));
        let tail = request.tail.unwrap_or(0).min(prompt.len());
        let explain = request.explain.unwrap_or(false);
        let start = if explain { 0 } else { semantic.index.min(prompt.len() - tail) };
        let aids = self.aids.borrow().clone();
        let first_layer = gather::first_layer(self, request, &methods, &calibrated, &aids);
        let interest = Interest {
            start,
            first_layer: first_layer.unwrap_or(decoder.config.layers - 1),
            gradients: first_layer.is_some(),
        };

        // The answer, and the suffix behind it. A second request at the same time begins without a cache.
        let stop_ids = self.stop_ids();
        let cached = self.session.take();
        let mut times = Times { load: self.load_ms, ..Times::default() };
        let (response, decoded, finish_reason, suffix) = match given {
            Some(response) => {
                let began = Instant::now();
                let mut watch = ObserverWatch { observer, stream: None };
                let forced = teacher_force(decoder, cached, prompt, &response, interest, pacer, &mut watch);
                let (suffix, session) = forced.await?;
                self.session.replace(session);
                times.prefill = milliseconds(began);
                (response, None, "given", suffix)
            }
            None => {
                let options = Options {
                    max_tokens,
                    temperature: if request.samples.is_some() { 0.0 } else { request.temperature.unwrap_or(0.0) },
                    seed: request.seed.unwrap_or(0),
                    stop_ids: stop_ids.clone(),
                };
                let mut watch = ObserverWatch { observer, stream: text.map(Text::stream) };
                let run = generate(decoder, cached, prompt, interest, &options, pacer, &mut watch).await?;
                self.session.replace(run.session);
                (times.prefill, times.decode) = (run.prefill_ms, run.decode_ms);
                (run.ids, Some(run.statistics), if run.stopped { "stop" } else { "length" }, run.suffix)
            }
        };
        let answer = text.map(|text| text.decode(&response, true)).transpose()?;
        calibrated.ended(response.len(), finish_reason);

        // The length of an answer that was given says nothing about samples.
        let max_tokens = match decoded {
            Some(_) => max_tokens,
            None if count > 0 => self.budget(prompt.len(), None, request.max_tokens, &mut warnings)?,
            None => self.budget(prompt.len(), None, request.max_tokens, &mut Vec::new())?,
        };
        let began = Instant::now();
        let drawn = match count {
            0 => Vec::new(),
            count => {
                let (temperature, seed) = (request.temperature.unwrap_or(1.0), request.seed.unwrap_or(0));
                let options = Options { max_tokens, temperature, seed, stop_ids: stop_ids.clone() };
                let notes = Notes {
                    sharp: gather::needed(&methods, Need::SharpLogprobs),
                    layer: gather::needed(&methods, Need::Covariance).then_some(decoder.config.layers.div_ceil(2)),
                };
                let session = self.session.borrow().clone();
                let drawn = sample(decoder, session, prompt, count, &options, notes, pacer).await?;
                times.samples = Some(milliseconds(began));
                drawn
            }
        };

        // Without a pass, a given answer still needs its statistics.
        let began = Instant::now();
        observer.score(None, None);
        let pass = match decoded.is_none() || first_layer.is_some() {
            true => Some(Pass::run(decoder, suffix, prompt.len(), &response, pacer).await?),
            false => None,
        };
        // What was generated is reported with the distribution it was drawn from.
        let tokens = decoded.or_else(|| pass.as_ref().map(Pass::statistics)).unwrap_or_default();
        let samples = drawn.into_iter().map(|s| self.sample_evidence(s)).collect::<Result<Vec<_>>>()?;
        let states: Option<Vec<_>> = samples.iter().map(|(_, sample)| sample.state.clone()).collect();
        let question = request.question.as_deref().or_else(|| {
            let messages = request.messages.as_deref().unwrap_or_default();
            messages.iter().rfind(|message| message.role == "user").map(|message| message.content.as_str())
        });
        let evidence = Evidence {
            question: question.map(str::to_owned),
            answer: answer.clone(),
            tokens,
            layers: vec![None; decoder.config.layers],
            covariance: states.filter(|states| !states.is_empty()).map(|states| eigenscore::covariance(&states)),
            samples: samples.iter().map(|(evidence, _)| evidence.clone()).collect(),
            ..Evidence::default()
        };
        let asker =
            text.map(|text| Asker { decoder, text, system: request.system.as_deref(), stop_ids: &stop_ids, pacer });
        let ids: Vec<Vec<u32>> = samples.iter().map(|(_, sample)| sample.ids.clone()).collect();
        let mut gatherer = Gatherer {
            model: self,
            request,
            methods: &methods,
            asked,
            calibrated: &calibrated,
            aids,
            asker: asker.as_ref(),
            question,
            prompt,
            response: &response,
            drawn: &ids,
            max_tokens,
            pacer,
            evidence,
            samples_ms: times.samples.unwrap_or_default(),
            done: Vec::new(),
            scores: BTreeMap::new(),
            warnings,
            state: None,
            hidden: vec![None; decoder.config.layers],
            pass_ms: 0.0,
            waited_ms: 0.0,
        };
        gatherer.run(pass.as_ref(), semantic.index - start, observer).await?;
        let Gatherer { evidence, mut scores, warnings, state, hidden, waited_ms, .. } = gatherer;
        times.engines = methods.iter().any(|method| !method.engines().is_empty()).then_some(waited_ms);
        times.score = milliseconds(began) - waited_ms;

        let lengths = Lengths { prompt: prompt.len(), answer: response.len() };
        let said = calibrated.of_answer(&scores, lengths, state.as_ref());
        scores.retain(|id, _| asked.iter().any(|method| method.id == *id));
        let grad_l1_tail = (tail > 0).then(|| {
            let skip = prompt.len() - tail - start;
            hidden.iter().map(|layer| layer.as_ref().map(|g| g[skip..].to_vec())).collect()
        });
        let explanation = explain.then(|| Explanation {
            tokens: prompt_tokens(&prepared, text),
            gradients: hidden.iter().map(|layer| layer.as_ref().map(|g| g[..prompt.len()].to_vec())).collect(),
        });
        let token = |(&id, s): (&u32, &TokenStatistics)| Token {
            id,
            text: text.and_then(|text| text.token(id)),
            logprob: s.logprob,
            entropy: s.entropy,
            top2_margin: s.top2_margin,
        };
        let samples: Vec<SampleRecord> =
            samples.into_iter().map(|(evidence, sample)| record(evidence, sample)).collect();
        let mut record = Record {
            id: request.id.clone(),
            answer,
            finish_reason,
            tokens: response.iter().zip(&evidence.tokens).map(token).collect(),
            scores,
            alpha: evidence.alpha(),
            confidence: None,
            confidence_reason: None,
            confidence_parts: Vec::new(),
            verdict: None,
            verdict_reason: None,
            verdict_thresholds: None,
            warnings,
            semantic_index: semantic.index,
            semantic_position: semantic,
            layers: evidence.layers.clone(),
            grad_l1_tail,
            explanation,
            samples: (!samples.is_empty()).then_some(samples),
            spans: request.spans.unwrap_or(false).then(|| spans::scored(&evidence, asked)),
            ms: times,
            device: decoder.device.name(),
            state: state.filter(|_| request.state.unwrap_or(false)),
            evidence: request.evidence.unwrap_or(false).then_some(evidence),
            prompt_ids: prepared.ids,
            response_ids: response,
        };
        record.say(said);
        Ok(record)
    }

    /// A sample as methods see it, and the sample.
    fn sample_evidence(&self, sample: Sample) -> Result<(SampleEvidence, Sample)> {
        let text = self.text.as_ref().map(|text| text.decode(&sample.ids, true)).transpose()?;
        let (logprob, sharp_logprob) = (sample.logprob.clone(), sample.sharp_logprob);
        Ok((SampleEvidence { text, logprob, sharp_logprob, relevance: None }, sample))
    }

    /// Ids that end an answer: the tokenizer's and the configuration's.
    fn stop_ids(&self) -> Vec<u32> {
        let own = self.text.as_ref().map(Text::stop_ids).unwrap_or_default();
        own.iter().chain(&self.decoder.config.stop_ids).copied().collect()
    }

    /// Checks that prompt and answer fit, and says how many tokens may be generated.
    fn budget(
        &self,
        prompt: usize,
        given: Option<&[u32]>,
        wanted: Option<usize>,
        warnings: &mut Vec<String>,
    ) -> Result<usize> {
        let context = self.decoder.config.context;
        let exceeded = |what: String| {
            Error::new(
                Code::ContextExceeded,
                format!("{what}, the model's context has {context}."),
                "Shorten the question or the answer, or use a model with a longer context.",
            )
        };
        if prompt >= context {
            return Err(exceeded(format!("the prompt has {prompt} tokens")));
        }
        let room = context - prompt;
        if let Some(given) = given {
            // The last token is predicted, not fed.
            return match given.len() - 1 <= room {
                true => Ok(given.len()),
                false => Err(exceeded(format!("prompt and answer have {} tokens", prompt + given.len()))),
            };
        }
        match wanted.unwrap_or(MAX_TOKENS) {
            0 => Err(bad("max_tokens is 0.", "Allow at least one token.")),
            n if n > room => {
                warnings.push(format!("max_tokens was lowered from {n} to {room}: the context has {context} tokens"));
                Ok(room)
            }
            n => Ok(n),
        }
    }

    /// Whether a profile was made for this prefix and template.
    fn fits(&self, profile: &Profile, request: &Request, warnings: &mut Vec<String>) -> bool {
        let template = self.text.as_ref().and_then(Text::template_hash);
        let prefix = request.prefix.as_deref().unwrap_or_default();
        let fits = profile.key.template == template && profile.key.prefix == prefix;
        // A missing confidence gives its reason itself; gradients at another position would go unnoticed.
        if !fits && profile.semantic_position.is_some() {
            warnings.push("the profile was made for another prefix or chat template and is not used".into());
        }
        fits
    }
}

/// Numbers of draws and temperatures that mean something: the number of samples to draw.
fn check_sampling(request: &Request, methods: &[&'static Method]) -> Result<usize> {
    if let Some(samples) = request.samples.filter(|n| !(1..=MAX_SAMPLES).contains(n)) {
        return Err(bad(format!("samples is {samples}."), "Ask for 1 to 256 samples."));
    }
    let sampled = methods.iter().any(|method| method.needs.iter().any(|need| need.sampled()));
    match request.temperature {
        Some(t) if !(t.is_finite() && t >= 0.0) => {
            Err(bad(format!("temperature is {t}."), "Use 0 (greedy) or a positive number."))
        }
        _ => Ok(request.samples.unwrap_or(if sampled { SAMPLES } else { 0 })),
    }
}

/// The prompt, token by token.
fn prompt_tokens(prompt: &Prepared, text: Option<&Text>) -> Vec<PromptToken> {
    let part = |index: usize| prompt.from_content.get(index).map(|&user| if user { "user" } else { "template" });
    let token =
        |(index, &id): (usize, &u32)| PromptToken { id, text: text.and_then(|text| text.token(id)), part: part(index) };
    prompt.ids.iter().enumerate().map(token).collect()
}

/// A sample as it is reported.
fn record(evidence: SampleEvidence, sample: Sample) -> SampleRecord {
    SampleRecord { text: evidence.text, response_ids: sample.ids, logprob: sample.logprob, finished: sample.finished }
}

/// Turns ids into text on their way to the observer.
struct ObserverWatch<'a> {
    observer: &'a mut dyn Observer,
    stream: Option<crate::text::Stream>,
}

impl Watch for ObserverWatch<'_> {
    fn prefill(&mut self, done: usize, total: usize) {
        self.observer.prefill(done, total);
    }

    fn token(&mut self, index: usize, id: u32, statistics: &TokenStatistics) {
        // A token that cannot be shown is no reason to lose the answer: it is in the record by id.
        let text = self.stream.as_mut().and_then(|stream| stream.push(id).ok());
        self.observer.token(index, id, text.as_deref(), statistics);
    }
}
