//! The fourth step: evidence for the union of what the chosen methods need, stage by stage, cheap stages first, and the
//! scores. A stage that fails takes only the methods with it that need it; a method is scored as soon as its needs are
//! there.

mod answers;
mod claims;
mod gatherer;
mod pass;
mod scoring;
mod stage;
mod wordings;

use super::draw::Drawn;
use super::model::Model;
use super::observer::Observer;
use super::plan::Plan;
use super::respond::Response;
use crate::confidence::state::State;
use crate::control::Pacer;
use crate::error::Result;
use crate::evidence::ask::Asker;
use crate::evidence::compare::Judge;
use crate::evidence::pass::{HiddenGradients, Pass};
use crate::generate::milliseconds;
use crate::generate::suffix::Suffix;
use crate::methods::Need::{self, *};
use crate::probe::Position;
use gatherer::Gatherer;
use scoring::Scoring;
use semgrad_scores::evidence::Evidence;
use semgrad_scores::evidence::observed::Alternative;
use semgrad_scores::record::Score;
use stage::Stage;
use std::collections::BTreeMap;
use web_time::Instant;

/// What came with answer and samples.
const SUPPLIED: &[Need] = &[Answer, SampleTexts, SampleLogprobs, Covariance];

/// What is read off the pass over the suffix.
const PASS: &[Stage] = &[
    Stage::new(&[PlainHeadGradient], |g| Box::pin(pass::plain_head_gradient(g))),
    Stage::new(&[HeadGradient], |g| Box::pin(pass::head_gradient(g))),
    Stage::new(&[Need::HiddenGradients, LastHiddenGradient], |g| Box::pin(pass::hidden_gradients(g)))
        .or(|plan| plan.request.by_position() || plan.request.all_layers.unwrap_or(false)),
    Stage::new(&[Attention], |g| Box::pin(pass::attention(g))),
    Stage::new(&[Shapes, Geometry, SharpLogprobs], |g| Box::pin(pass::distributions(g)))
        .or(|plan| plan.needs(ClaimVariants)),
    Stage::new(&[], |g| Box::pin(pass::rivals(g))).or(|plan| plan.request.rivals.unwrap_or(false)),
    Stage::new(&[], |g| Box::pin(pass::look(g))).or(|plan| plan.look.is_some()),
    Stage::new(&[AnswerEndProbe], |g| Box::pin(pass::probe(g, Position::AnswerEnd))),
    Stage::new(&[PromptEndProbe], |g| Box::pin(pass::probe(g, Position::PromptEnd))),
];

/// What is asked aside: of engines that compare texts, and of the model.
const ASIDE: &[Stage] = &[
    Stage::new(&[Similarity], |g| Box::pin(answers::similarity(g))),
    Stage::new(&[Entailment], |g| Box::pin(answers::entailment(g))),
    Stage::new(&[Relevance], |g| Box::pin(answers::relevance(g))),
    Stage::new(&[SampleRelevance], |g| Box::pin(answers::sample_relevance(g))),
    Stage::new(&[PTrue], |g| Box::pin(answers::p_true(g))),
    Stage::new(&[Iterated], |g| Box::pin(answers::iterated(g))),
    Stage::new(&[Demonstrations], |g| Box::pin(answers::demonstrations(g))),
    Stage::new(&[PerturbedDistributions], |g| Box::pin(wordings::distances(g))),
    Stage::new(&[PerturbedReplies], |g| Box::pin(wordings::replies(g))),
    Stage::new(&[SampleSentences], |g| Box::pin(claims::sample_sentences(g))),
    Stage::new(&[], |g| Box::pin(claims::claims(g)))
        .or(|plan| plan.needs(ClaimVariants) || plan.needs(ClaimQuestions) || plan.request.spans.unwrap_or(false)),
    Stage::new(&[ClaimVariants], |g| Box::pin(claims::variants(g))),
    Stage::new(&[ClaimQuestions], |g| Box::pin(claims::questions(g))),
];

/// What was gathered, and what it comes to.
pub struct Gathered {
    /// What methods read.
    pub evidence: Evidence,
    /// By method, those that only the confidence reads among them.
    pub scores: BTreeMap<&'static str, Score>,
    /// What the reader should know.
    pub warnings: Vec<String>,
    /// The hidden state that the plan looks at.
    pub state: Option<State>,
    /// Gradients by layer and position of the suffix, where more than the semantic position was asked for.
    pub hidden: HiddenGradients,
    /// By token of the answer what else might have stood there; empty unless it was asked for.
    pub rivals: Vec<Vec<Alternative>>,
    /// Time of waiting for engines, ms, where a method needs one.
    pub engines_ms: Option<f64>,
    /// All other time, that of the pass included, ms.
    pub score_ms: f64,
}

/// What the pass over the suffix leaves, where anything is read of it: the first thing that is known of a given answer.
///
/// # Errors
/// `aborted`, `device_lost`.
pub async fn pass<'a>(
    model: &'a Model,
    plan: &Plan<'_>,
    response: &'a Response,
    suffix: Suffix,
    pacer: &Pacer<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<Pass<'a>>> {
    observer.score(None, None);
    // Without gradients, an answer that was given still needs its statistics.
    if response.statistics.is_some() && !plan.interest.gradients {
        return Ok(None);
    }
    Pass::run(&model.decoder, suffix, plan.prompt.ids.len(), &response.ids, pacer).await.map(Some)
}

/// Gathers and scores.
///
/// # Errors
/// Those after which nothing goes on: `aborted`, `device_lost`, `out_of_memory`, `internal`; and those of the pass.
pub async fn gather(
    model: &Model,
    plan: &Plan<'_>,
    response: &Response,
    pass: Option<Pass<'_>>,
    drawn: &Drawn,
    pacer: &Pacer<'_>,
    observer: &mut dyn Observer,
) -> Result<Gathered> {
    let (began, decoder) = (Instant::now(), &model.decoder);
    // What was generated is reported with the distribution it was drawn from.
    let tokens = response.statistics.clone().or_else(|| pass.as_ref().map(Pass::statistics));
    let (system, stop_ids) = (plan.request.system.as_deref(), plan.stop_ids.as_slice());
    let mut gatherer = Gatherer {
        model,
        plan,
        response: &response.ids,
        drawn,
        pass: pass.as_ref(),
        asker: model.text.as_ref().map(|text| Asker { decoder, text, system, stop_ids, pacer }),
        pacer,
        aids: plan.aids.clone(),
        evidence: Evidence {
            question: plan.question.map(str::to_owned),
            answer: response.text.clone(),
            tokens: tokens.unwrap_or_default(),
            layers: vec![None; decoder.config.layers],
            covariance: drawn.covariance(),
            samples: drawn.evidence(),
            ..Evidence::default()
        },
        state: None,
        hidden: vec![None; decoder.config.layers],
        rivals: Vec::new(),
    };
    let mut scoring = Scoring::new(plan, pass.as_ref().map_or(0.0, |pass| pass.ms), drawn.ms.unwrap_or_default());

    scoring.settle(&gatherer.evidence, observer);
    if pass.is_some() {
        for stage in PASS {
            run(stage, &mut gatherer, &mut scoring).await?;
        }
        scoring.settle(&gatherer.evidence, observer);
    }
    scoring.note(SUPPLIED, 0.0, Ok(()))?;
    scoring.settle(&gatherer.evidence, observer);
    let waited = await_aids(&mut gatherer, &mut scoring, observer).await?;
    for stage in ASIDE {
        run(stage, &mut gatherer, &mut scoring).await?;
        scoring.settle(&gatherer.evidence, observer);
    }

    let Gatherer { evidence, state, hidden, rivals, .. } = gatherer;
    let Scoring { scores, warnings, .. } = scoring;
    let engines_ms = plan.methods.iter().any(|method| !method.engines().is_empty()).then_some(waited);
    let score_ms = milliseconds(began) - waited + pass.map_or(0.0, |pass| pass.ms);
    Ok(Gathered { evidence, scores, warnings, state, hidden, rivals, engines_ms, score_ms })
}

/// Runs a stage, where it is wanted.
async fn run(stage: &Stage, gatherer: &mut Gatherer<'_>, scoring: &mut Scoring<'_>) -> Result<()> {
    if !stage.is_wanted(gatherer.plan) {
        return Ok(());
    }
    let began = Instant::now();
    let result = (stage.run)(gatherer).await;
    scoring.note(stage.needs, milliseconds(began), result)
}

/// What is asked aside may need what the caller was still loading while the answer was written. The time waited, ms.
async fn await_aids(
    gatherer: &mut Gatherer<'_>,
    scoring: &mut Scoring<'_>,
    observer: &mut dyn Observer,
) -> Result<f64> {
    let began = Instant::now();
    observer.aids().await;
    let waited = milliseconds(began);
    gatherer.pacer.tick().await?;
    gatherer.aids = gatherer.model.aids.borrow().clone();
    let judged = gatherer.plan.methods.iter().any(|method| method.engines().contains(&"nli"));
    if let Ok(Judge::Encoder(nli)) = gatherer.judge()
        && judged
        && nli.labels() == 2
    {
        let warning = "the entailment engine knows contradiction only: what does not contradict counts as entailed";
        scoring.warnings.push(warning.into());
    }
    Ok(waited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::Source;

    #[test]
    fn every_need_is_gathered_once_and_where_it_comes_from() {
        let of = |stages: &'static [Stage]| stages.iter().flat_map(|stage| stage.needs).copied();
        for &need in Need::ALL {
            let [pass, aside] = [PASS, ASIDE].map(|stages| of(stages).filter(|&n| n == need).count());
            let supplied = SUPPLIED.iter().filter(|&&n| n == need).count();
            assert_eq!(pass + aside + supplied, 1, "{}", need.id());
            assert!(pass == 0 || need.comes_from(Source::Pass), "{}", need.id());
            assert_eq!(aside == 1, need.comes_from(Source::Aside), "{}", need.id());
        }
    }
}
