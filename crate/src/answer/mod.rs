//! The main job: a question goes in; an answer, its token statistics and its scores come out.

mod prompt;
pub mod record;

use crate::control::Pacer;
use crate::device::Device;
use crate::error::{Code, Error, Result};
use crate::evidence::Evidence;
use crate::evidence::gradients::{Gradients, Wanted, gradients};
use crate::generate::batch::{Sample, sample};
use crate::generate::statistics::TokenStatistics;
use crate::generate::{Interest, Options, Session, Watch, generate, milliseconds, teacher_force};
use crate::methods::{self, Method, Need};
use crate::model::decoder::Decoder;
use crate::profile::Profile;
use crate::text::Text;
use crate::weights::checkpoint::Checkpoint;
use prompt::bad;
use record::{Record, Request, SampleRecord, Score, Times, Token};
use std::cell::RefCell;
use web_time::Instant;

/// Tokens generated when the request names no number.
const MAX_TOKENS: usize = 128;
/// Most samples of one request: each keeps its own keys and values.
const MAX_SAMPLES: usize = 256;

/// What a caller may watch while a request runs.
pub trait Observer {
    /// Layers of the prompt pass done, of how many.
    fn prefill(&mut self, _done: usize, _total: usize) {}
    /// A token was chosen; `text` is what became readable with it.
    fn token(&mut self, _index: usize, _id: u32, _text: Option<&str>, _statistics: &TokenStatistics) {}
    /// Scoring begins (`None`), or a method is done.
    fn score(&mut self, _method: Option<&str>) {}
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
    /// Semantic position by preservation score, if it was measured.
    pub profile: Option<Profile>,
    /// Number of weights.
    pub parameters: u64,
    /// Time of loading, ms.
    pub load_ms: f64,
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
        let decoder = Decoder::load(checkpoint, device, pacer, progress).await?;
        let parameters = Decoder::parameters(checkpoint);
        let session = RefCell::default();
        Ok(Self { decoder, text, profile, parameters, load_ms: milliseconds(began), session })
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
        check_sampling(request)?;
        let mut warnings = Vec::new();
        let max_tokens = self.budget(prompt.len(), given.as_deref(), request.max_tokens, &mut warnings)?;

        let rule = request.semantic_position.as_deref();
        let profile = self.fitting_profile(request, &mut warnings);
        let semantic = prompt::semantic_position(rule, &prepared, text, profile, &mut warnings)?;
        let tail = request.tail.unwrap_or(0).min(prompt.len());
        let start = semantic.index.min(prompt.len() - tail);
        let needs = |need| methods.iter().any(|m| m.needs.contains(&need));
        let all_layers = request.all_layers.unwrap_or(false);
        let upper_half = needs(Need::HiddenGradients) || tail > 0;
        let wanted = Wanted {
            paragrad: needs(Need::HeadGradient),
            exgrad: needs(Need::PlainHeadGradient),
            hidden: all_layers || upper_half || needs(Need::LastHiddenGradient),
        };
        let first_layer = match (all_layers, upper_half) {
            (true, _) => 0,
            (_, true) => decoder.upper_half(),
            _ => decoder.config.layers - 1,
        };
        let gradients_wanted = wanted.paragrad || wanted.exgrad || wanted.hidden;
        let interest = Interest { start, first_layer, gradients: gradients_wanted };

        // The answer, and the suffix behind it. A second request at the same time begins without a cache.
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
                    stop_ids: self.stop_ids(),
                };
                let mut watch = ObserverWatch { observer, stream: text.map(Text::stream) };
                let run = generate(decoder, cached, prompt, interest, &options, pacer, &mut watch).await?;
                self.session.replace(run.session);
                (times.prefill, times.decode) = (run.prefill_ms, run.decode_ms);
                (run.ids, Some(run.statistics), if run.stopped { "stop" } else { "length" }, run.suffix)
            }
        };

        let began = Instant::now();
        let samples = match request.samples {
            Some(count) => {
                let stop_ids = self.stop_ids();
                // The length of an answer that was given says nothing about samples.
                let max_tokens = match decoded {
                    Some(_) => max_tokens,
                    None => self.budget(prompt.len(), None, request.max_tokens, &mut warnings)?,
                };
                let (temperature, seed) = (request.temperature.unwrap_or(1.0), request.seed.unwrap_or(0));
                let options = Options { max_tokens, temperature, seed, stop_ids };
                let session = self.session.borrow().clone();
                let drawn = sample(decoder, session, prompt, count, &options, pacer).await?;
                times.samples = Some(milliseconds(began));
                Some(drawn.into_iter().map(|s| self.sample_record(s)).collect::<Result<Vec<_>>>()?)
            }
            None => None,
        };

        // Gradients; without them a given answer still needs its statistics.
        let began = Instant::now();
        observer.score(None);
        let gradients = if decoded.is_none() || gradients_wanted {
            gradients(decoder, suffix, prompt.len(), &response, wanted, pacer, &mut |_, _| ()).await?
        } else {
            Gradients { hidden: vec![None; decoder.config.layers], ..Gradients::default() }
        };
        times.score = milliseconds(began);

        // What was generated is reported with the distribution it was drawn from.
        let statistics = decoded.unwrap_or_else(|| gradients.statistics.clone());
        let at = semantic.index - start;
        let evidence = Evidence {
            layers: gradients.hidden.iter().map(|layer| layer.as_ref().map(|g| g[at])).collect(),
            paragrad: gradients.paragrad,
            exgrad: gradients.exgrad,
            tokens: statistics,
            ..Evidence::default()
        };
        let mut scores = std::collections::BTreeMap::new();
        for method in methods {
            let score = (method.score)(&evidence);
            if !score.is_finite() {
                warnings.push(format!("{} is undefined for this answer ({score})", method.id));
            }
            let ms = cost(method, &gradients);
            let reason = Some("not_calibrated");
            let score = Score { score, confidence: None, confidence_reason: reason, ms, passes: method.passes };
            scores.insert(method.id, score);
            observer.score(Some(method.id));
        }
        let grad_l1_tail = (tail > 0).then(|| {
            let skip = prompt.len() - tail - start;
            gradients.hidden.iter().map(|layer| layer.as_ref().map(|g| g[skip..].to_vec())).collect()
        });
        let token = |(&id, s): (&u32, &TokenStatistics)| Token {
            id,
            text: text.and_then(|text| text.token(id)),
            logprob: s.logprob,
            entropy: s.entropy,
            top2_margin: s.top2_margin,
        };
        Ok(Record {
            id: request.id.clone(),
            answer: text.map(|text| text.decode(&response, true)).transpose()?,
            finish_reason,
            tokens: response.iter().zip(&evidence.tokens).map(token).collect(),
            scores,
            alpha: evidence.alpha(),
            verdict: None,
            warnings,
            semantic_index: semantic.index,
            semantic_position: semantic,
            layers: evidence.layers,
            grad_l1_tail,
            samples,
            ms: times,
            device: decoder.device.name(),
            prompt_ids: prepared.ids,
            response_ids: response,
        })
    }

    fn sample_record(&self, sample: Sample) -> Result<SampleRecord> {
        let Sample { ids, logprob, finished } = sample;
        let text = self.text.as_ref().map(|text| text.decode(&ids, true)).transpose()?;
        Ok(SampleRecord { text, response_ids: ids, logprob, finished })
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

    /// The profile, unless it was made for another prefix.
    fn fitting_profile(&self, request: &Request, warnings: &mut Vec<String>) -> Option<&Profile> {
        let profile = self.profile.as_ref()?;
        let template = self.text.as_ref().and_then(Text::template_hash);
        let prefix = request.prefix.as_deref().unwrap_or_default();
        if profile.key.template == template && profile.key.prefix == prefix {
            return Some(profile);
        }
        warnings.push("the profile was made for another prefix or chat template and is not used".into());
        None
    }
}

/// Numbers of draws and temperatures that mean something.
fn check_sampling(request: &Request) -> Result<()> {
    if let Some(samples) = request.samples.filter(|n| !(1..=MAX_SAMPLES).contains(n)) {
        return Err(bad(format!("samples is {samples}."), "Ask for 1 to 256 samples."));
    }
    match request.temperature {
        Some(t) if !(t.is_finite() && t >= 0.0) => {
            Err(bad(format!("temperature is {t}."), "Use 0 (greedy) or a positive number."))
        }
        _ => Ok(()),
    }
}

/// What a method would cost alone: the passes it reads from.
fn cost(method: &Method, g: &Gradients) -> f64 {
    let part = |need| match need {
        Need::HiddenGradients | Need::LastHiddenGradient => g.backward_ms,
        Need::HeadGradient => g.paragrad_ms,
        Need::PlainHeadGradient => g.exgrad_ms,
        _ => 0.0,
    };
    let own: f64 = method.needs.iter().map(|&need| part(need)).sum();
    if method.needs.is_empty() { 0.0 } else { g.forward_ms + own }
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
