//! Evidence for the union of what the chosen methods need, stage by stage, cheap stages first. A stage that fails takes
//! only the methods with it that need it; a method is scored as soon as its needs are there.

mod answers;
mod claims;
mod wordings;

use super::aids::Aids;
use super::confidence::Calibrated;
use super::prompt::bad;
use super::{Model, Observer};
use crate::confidence::state::{self, State};
use crate::control::Pacer;
use crate::error::{Code, Error, Result};
use crate::evidence::Evidence;
use crate::evidence::ask::Asker;
use crate::evidence::compare::Judge;
use crate::evidence::distributions;
use crate::evidence::pass::Pass;
use crate::generate::milliseconds;
use crate::methods::{Method, Need, Undefined, rauq};
use crate::probe::Position;
use crate::text::Text;
use semgrad_scores::record::{EngineNames, Request, Score};
use std::collections::BTreeMap;
use web_time::Instant;

/// What is known before anything is gathered.
pub struct Gatherer<'a> {
    pub model: &'a Model,
    pub request: &'a Request,
    /// Methods to gather for.
    pub methods: &'a [&'static Method],
    /// Those of them that are reported.
    pub asked: &'a [&'static Method],
    /// What scores mean.
    pub calibrated: &'a Calibrated<'a>,
    /// As they are once the caller has loaded what it wants to.
    pub aids: Aids,
    /// `None` without a tokenizer.
    pub asker: Option<&'a Asker<'a>>,
    /// The last user message, if it came as text.
    pub question: Option<&'a str>,
    pub prompt: &'a [u32],
    pub response: &'a [u32],
    /// Ids of the samples.
    pub drawn: &'a [Vec<u32>],
    pub max_tokens: usize,
    pub pacer: &'a Pacer<'a>,
    /// Filled from outside with answer and samples.
    pub evidence: Evidence,
    /// Time of the samples, ms.
    pub samples_ms: f64,
    pub done: Vec<Done>,
    pub scores: BTreeMap<&'static str, Score>,
    pub warnings: Vec<String>,
    /// The hidden state that the confidence, or whoever calibrates, looks at.
    pub state: Option<State>,
    /// Mean |∂ℒ/∂h| by layer and position, for whoever asked for more than the semantic position.
    pub hidden: Vec<Option<Vec<f64>>>,
    pub pass_ms: f64,
    /// Time spent waiting for aids, ms.
    pub waited_ms: f64,
}

/// A need that was seen to.
pub struct Done {
    need: Need,
    ms: f64,
    error: Option<Error>,
}

/// Whether a need is read off the forward pass over the suffix.
pub fn of_pass(need: Need) -> bool {
    use Need::*;
    matches!(
        need,
        HiddenGradients
            | LastHiddenGradient
            | HeadGradient
            | PlainHeadGradient
            | Shapes
            | Geometry
            | Attention
            | SharpLogprobs
            | ClaimVariants
            | AnswerEndProbe
            | PromptEndProbe
    )
}

/// Whether `methods` need it.
pub fn needed(methods: &[&'static Method], need: Need) -> bool {
    methods.iter().any(|method| method.needs.contains(&need))
}

/// The hidden state that is looked at: the calibration's, else the usual one where the caller wants it.
fn looked_at(model: &Model, request: &Request, calibrated: &Calibrated<'_>) -> Option<usize> {
    let layers = model.decoder.config.layers;
    let wanted = request.state.unwrap_or(false).then(|| state::layer(layers));
    calibrated.look().map(|look| look.layer).or(wanted).filter(|&layer| layer < layers)
}

/// The first layer whose input the suffix pass must keep; `None` when no pass is needed at all.
pub fn first_layer(
    model: &Model,
    request: &Request,
    methods: &[&'static Method],
    calibrated: &Calibrated<'_>,
    probes: &Aids,
) -> Option<usize> {
    let layers = model.decoder.config.layers;
    let needs = |need| needed(methods, need);
    let mut first = methods.iter().any(|m| m.needs.iter().any(|&need| of_pass(need))).then_some(layers - 1);
    let mut lower = |layer: usize| first = Some(first.map_or(layer, |first| first.min(layer)));
    if request.all_layers.unwrap_or(false) {
        lower(0);
    }
    if needs(Need::HiddenGradients) || request.by_position() || request.spans.unwrap_or(false) {
        lower(model.decoder.upper_half());
    }
    if needs(Need::Attention) {
        lower(rauq::middle(layers).start.min(layers / 2));
    }
    looked_at(model, request, calibrated).into_iter().for_each(&mut lower);
    for (need, position) in [(Need::AnswerEndProbe, Position::AnswerEnd), (Need::PromptEndProbe, Position::PromptEnd)] {
        let probe = probes.probes.as_ref().and_then(|probes| probes.get(position));
        if let Some(probe) = probe.filter(|probe| needs(need) && probe.layers[0] < layers) {
            lower(probe.layers[0]);
        }
    }
    first
}

impl Gatherer<'_> {
    /// Runs all stages.
    ///
    /// # Errors
    /// Those after which nothing goes on: `aborted`, `device_lost`, `out_of_memory`, `internal`.
    pub async fn run(&mut self, pass: Option<&Pass<'_>>, semantic: usize, observer: &mut dyn Observer) -> Result<()> {
        self.settle(observer);
        if let Some(pass) = pass {
            self.pass_ms = pass.ms;
            self.read_pass(pass, semantic).await?;
            self.settle(observer);
        }
        for need in [Need::Answer, Need::SampleTexts, Need::SampleLogprobs, Need::Covariance] {
            // These came with answer and samples.
            self.note(&[need], Instant::now(), Ok(()))?;
        }
        self.settle(observer);
        self.await_aids(observer).await?;
        self.compare_answers(observer).await?;
        self.ask_about_answer(observer).await?;
        self.disturb(observer).await?;
        self.part(pass, semantic, observer).await?;
        // Whatever is left lacks something that only the caller can give.
        let left: Vec<Need> =
            self.methods.iter().flat_map(|m| m.needs).copied().filter(|&n| !self.is_done(n)).collect();
        left.into_iter().for_each(|need| self.done.push(Done { need, ms: 0.0, error: None }));
        self.settle(observer);
        Ok(())
    }

    /// What follows may read aids that the caller was still loading while the answer was written.
    async fn await_aids(&mut self, observer: &mut dyn Observer) -> Result<()> {
        let began = Instant::now();
        observer.aids().await;
        self.waited_ms = milliseconds(began);
        self.pacer.tick().await?;
        self.aids = self.model.aids.borrow().clone();
        let judged = self.methods.iter().any(|method| method.engines().contains(&"nli"));
        if let Ok(Judge::Encoder(nli)) = self.aids.judge(&self.engines(), self.asker)
            && judged
            && nli.labels() == 2
        {
            let told = "the entailment engine knows contradiction only: what does not contradict counts as entailed";
            self.warnings.push(told.into());
        }
        Ok(())
    }

    fn needs(&self, need: Need) -> bool {
        needed(self.methods, need)
    }

    fn engines(&self) -> EngineNames {
        self.request.engines.clone().unwrap_or_default()
    }

    /// The model as someone to ask.
    fn asker(&self) -> Result<&Asker<'_>> {
        self.asker.ok_or_else(|| {
            Error::new(
                Code::MissingTokenizer,
                "this method reads texts, and the model has no tokenizer.",
                "Add tokenizer.json to the folder, or leave the method out.",
            )
        })
    }

    /// The question's text.
    fn question(&self) -> Result<&str> {
        self.question.ok_or_else(|| {
            let advice = "Give \"question\" or \"messages\" instead of \"prompt_ids\".";
            Error::new(Code::BadInput, "this method asks about the question's text, which was not given.", advice)
        })
    }

    /// Notes how a stage ended. What ends everything is passed on.
    fn note(&mut self, needs: &[Need], began: Instant, result: Result<()>) -> Result<()> {
        let error = match result {
            Err(e) if matches!(e.code, Code::Aborted | Code::DeviceLost | Code::OutOfMemory | Code::Internal) => {
                return Err(e);
            }
            result => result.err(),
        };
        let ms = milliseconds(began);
        let own = needs.iter().copied().filter(|&need| self.needs(need)).collect::<Vec<_>>();
        self.done.extend(own.into_iter().map(|need| Done { need, ms, error: error.clone() }));
        Ok(())
    }

    fn is_done(&self, need: Need) -> bool {
        self.done.iter().any(|done| done.need == need)
    }

    /// Scores the methods whose needs are all seen to.
    fn settle(&mut self, observer: &mut dyn Observer) {
        for method in self.methods {
            if !self.scores.contains_key(method.id) && method.needs.iter().all(|&need| self.is_done(need)) {
                let asked = self.asked.iter().any(|asked| asked.id == method.id);
                let score = self.score(method, asked);
                if asked {
                    observer.score(Some(method.id), Some(&score));
                }
                self.scores.insert(method.id, score);
            }
        }
    }

    fn score(&mut self, method: &'static Method, asked: bool) -> Score {
        let done: Vec<&Done> = self.done.iter().filter(|done| method.needs.contains(&done.need)).collect();
        let failed = done.iter().find_map(|done| done.error.clone());
        let (score, error) = match (failed, method.evaluate(&self.evidence)) {
            (Some(error), _) => (f64::NAN, Some(error)),
            (None, Ok(score)) => (score, None),
            // The engine was asked: there was nothing that it could compare.
            (None, Err(Undefined::Missing(need))) if need.engine().is_some() => {
                (f64::NAN, Some(Undefined::NotFinite.error(method)))
            }
            (None, Err(undefined)) => (f64::NAN, Some(undefined.error(method))),
        };
        let mut ms = done.iter().fold(0.0, |sum, done| sum + done.ms);
        if method.needs.iter().any(|&need| of_pass(need)) {
            ms += self.pass_ms;
        }
        if method.needs.iter().any(|need| need.sampled()) {
            ms += self.samples_ms;
        }
        if let Some(error) = error.as_ref().filter(|_| asked) {
            self.warnings.push(format!("{}: {}", method.id, error.message));
        }
        let confidence = self.calibrated.of_method(method, score);
        let (confidence, confidence_reason) = (confidence.ok(), confidence.err());
        Score { score, confidence, confidence_reason, ms, passes: method.passes, error }
    }

    /// What the forward pass over the suffix shows.
    async fn read_pass(&mut self, pass: &Pass<'_>, semantic: usize) -> Result<()> {
        let layers = self.model.decoder.config.layers;
        let all = 0..self.response.len();
        if self.needs(Need::PlainHeadGradient) {
            let began = Instant::now();
            let value = pass.head_gradient(all.clone(), false).await.map(|v| self.evidence.exgrad = Some(v));
            self.note(&[Need::PlainHeadGradient], began, value)?;
        }
        if self.needs(Need::HeadGradient) {
            let began = Instant::now();
            let value = pass.head_gradient(all.clone(), true).await.map(|v| self.evidence.paragrad = Some(v));
            self.note(&[Need::HeadGradient], began, value)?;
        }
        let upper = self.needs(Need::HiddenGradients) || self.request.by_position();
        let first = match self.request.all_layers.unwrap_or(false) {
            true => Some(0),
            false if upper => Some(self.model.decoder.upper_half()),
            false => self.needs(Need::LastHiddenGradient).then_some(layers - 1),
        };
        if let Some(first) = first {
            let began = Instant::now();
            let gradients = pass.hidden_gradients(all, first, self.pacer, &mut |_, _| ()).await.map(|hidden| {
                self.evidence.layers = hidden.iter().map(|layer| layer.as_ref().map(|g| g[semantic])).collect();
                self.hidden = hidden;
            });
            self.note(&[Need::HiddenGradients, Need::LastHiddenGradient], began, gradients)?;
        }
        if self.needs(Need::Attention) {
            let began = Instant::now();
            let middle = rauq::middle(layers);
            let wanted = middle.start.min(layers / 2)..middle.end.max(layers / 2 + 1);
            let attention = pass.attention(wanted).await.map(|a| self.evidence.attention = Some(a));
            self.note(&[Need::Attention], began, attention)?;
        }
        let wanted = distributions::Wanted {
            shapes: self.needs(Need::Shapes) || self.needs(Need::ClaimVariants),
            geometry: self.needs(Need::Geometry),
            sharp: self.needs(Need::SharpLogprobs),
        };
        if wanted.shapes || wanted.geometry || wanted.sharp {
            let began = Instant::now();
            let read = pass.distributions(wanted, self.model.text.as_ref(), self.pacer).await.map(|read| {
                self.evidence.shapes = read.shapes;
                self.evidence.geometry = read.geometry;
                self.evidence.sharp_logprob = read.sharp_logprob;
            });
            self.note(&[Need::Shapes, Need::Geometry, Need::SharpLogprobs], began, read)?;
        }
        if let Some(layer) = looked_at(self.model, self.request, self.calibrated) {
            let at = Position::AnswerEnd.index(self.prompt.len(), self.response.len());
            self.state = Some(State { layer, values: pass.state(layer, at).await? });
        }
        for (need, position) in
            [(Need::AnswerEndProbe, Position::AnswerEnd), (Need::PromptEndProbe, Position::PromptEnd)]
        {
            if self.needs(need) {
                let began = Instant::now();
                let value = self.probe(pass, position).await;
                let value = value.map(|v| self.evidence.probes.insert(position.method().into(), v));
                self.note(&[need], began, value.map(|_| ()))?;
            }
        }
        Ok(())
    }

    /// What a probe says.
    async fn probe(&self, pass: &Pass<'_>, position: Position) -> Result<f64> {
        let advice = "Train them with `semgrad probe`, or leave the method out.";
        let probes = self.aids.probes.as_ref().ok_or_else(|| bad("no probes were given.", advice))?;
        let probe = probes.get(position).ok_or_else(|| bad("the probes do not read this position.", advice))?;
        let template = self.model.text.as_ref().and_then(Text::template_hash);
        if probes.key.template != template || probes.key.prefix != self.request.prefix.as_deref().unwrap_or_default() {
            return Err(bad("the probes were trained with another prefix or chat template.", advice));
        }
        let [first, last] = probe.layers;
        if last >= self.model.decoder.config.layers {
            return Err(Error::new(
                Code::BadInput,
                format!("the probe reads hidden state {last}, which this model does not have."),
                "Train it again with `semgrad probe`.",
            ));
        }
        let at = position.index(self.prompt.len(), self.response.len());
        let mut states = Vec::new();
        for layer in first..=last {
            states.push(pass.state(layer, at).await?);
        }
        probe.probability(&states.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}
