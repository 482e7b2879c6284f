//! The last step: the record, of what was planned, answered, drawn and gathered.

use super::draw::Drawn;
use super::gather::Gathered;
use super::model::Model;
use super::plan::Plan;
use super::respond::Response;
use super::spans;
use crate::confidence::features::Lengths;
use crate::confidence::reasons;
use crate::generate::statistics::TokenStatistics;
use crate::text::Text;
use semgrad_scores::confidence::explanation::{Explanation, agreement};
use semgrad_scores::given::examined::Examined;
use semgrad_scores::kinds::Kind;
use semgrad_scores::record::{Attribution, PromptToken, Record, SampleRecord, Times, Token};

/// Writes down one request.
pub fn record(
    model: &Model,
    plan: Plan<'_>,
    response: Response,
    drawn: Drawn,
    gathered: Gathered,
    examined: Option<Examined>,
) -> Record {
    let (text, request) = (model.text.as_ref(), plan.request);
    let Gathered { evidence, mut scores, warnings, state, hidden, mut rivals, engines_ms, score_ms } = gathered;
    let prompt = plan.prompt.ids.len();

    let lengths = Lengths { prompt, answer: response.ids.len() };
    let confidence = plan.calibrated.of_answer(&scores, lengths, state.as_ref());
    // Only now it is known how the model read the question: after the first scores.
    if confidence.reason == Some(reasons::UNLIKE) {
        for score in scores.values_mut().filter(|score| score.confidence.is_some()) {
            (score.confidence, score.confidence_reason) = (None, confidence.reason);
        }
    }
    // Words are no model: what they say about two answers is in the groups already.
    let by_model = request.engines.as_ref().is_none_or(|engines| engines.nli.as_deref() != Some("lexical"));
    let groups = agreement::groups(&evidence, by_model);
    // Poems and opinions differ without being wrong.
    let free = [Kind::Opinion, Kind::Creative, Kind::Advice, Kind::Task, Kind::SmallTalk];
    let has_one_answer = plan.kind.is_none_or(|kind| !free.contains(&kind));
    let explanation = Explanation {
        agreement: groups
            .as_deref()
            .filter(|_| has_one_answer)
            .and_then(|groups| agreement::sentence(groups, plan.given.is_some())),
        ..plan.calibrated.explanation(&confidence)
    };
    let verdict = confidence.verdict;
    scores.retain(|id, _| plan.asked.iter().any(|method| method.id == *id));

    let grad_l1_tail = (plan.tail() > 0).then(|| {
        let skip = prompt - plan.tail() - plan.interest.start;
        hidden.iter().map(|layer| layer.as_ref().map(|g| g[skip..].to_vec())).collect()
    });
    let attribution = request.attribute.unwrap_or(false).then(|| Attribution {
        tokens: prompt_tokens(&plan, text),
        gradients: hidden.iter().map(|layer| layer.as_ref().map(|g| g[..prompt].to_vec())).collect(),
    });
    rivals.resize(response.ids.len(), Vec::new());
    let token = |((&id, s), rivals): ((&u32, &TokenStatistics), _)| Token {
        id,
        text: text.and_then(|text| text.token(id)),
        logprob: s.logprob,
        entropy: s.entropy,
        top2_margin: s.top2_margin,
        rivals,
    };
    let groups = groups.unwrap_or_default().into_iter().map(Some).chain(std::iter::repeat(None));
    let samples = drawn.samples.into_iter().zip(drawn.texts).zip(groups).map(|((sample, text), group)| SampleRecord {
        text,
        response_ids: sample.ids,
        logprob: sample.logprob,
        finished: sample.finished,
        group,
    });
    let samples: Vec<_> = samples.collect();
    Record {
        id: request.id.clone(),
        prefix: plan.prefix.to_owned(),
        answer: response.text,
        finish_reason: response.finish_reason,
        tokens: response.ids.iter().zip(&evidence.tokens).zip(rivals).map(token).collect(),
        scores,
        alpha: evidence.alpha(),
        kind: plan.kind,
        confidence: confidence.confidence,
        confidence_reason: confidence.reason,
        confidence_parts: confidence.parts,
        verdict: verdict.as_ref().map(|verdict| verdict.verdict),
        verdict_thresholds: verdict.as_ref().and_then(|verdict| verdict.thresholds),
        verdict_reason: verdict.map(|verdict| verdict.reason),
        explanation,
        warnings: [plan.warnings, warnings].concat(),
        semantic_index: plan.semantic.index,
        semantic_position: plan.semantic,
        layers: evidence.layers.clone(),
        grad_l1_tail,
        attribution,
        samples: (!samples.is_empty()).then_some(samples),
        spans: request.spans.unwrap_or(false).then(|| spans::scored(&evidence, &plan.asked)),
        examined,
        ms: Times {
            load: model.load_ms,
            prefill: response.prefill_ms,
            decode: response.decode_ms,
            samples: drawn.ms,
            engines: engines_ms,
            score: score_ms,
        },
        device: model.decoder.device.name(),
        state: state.filter(|_| request.state.unwrap_or(false)),
        evidence: request.evidence.unwrap_or(false).then_some(evidence),
        prompt_ids: plan.prompt.ids,
        response_ids: response.ids,
    }
}

/// The prompt, token by token.
fn prompt_tokens(plan: &Plan<'_>, text: Option<&Text>) -> Vec<PromptToken> {
    let part = |index: usize| plan.prompt.from_content.get(index).map(|&user| if user { "user" } else { "template" });
    let token =
        |(index, &id): (usize, &u32)| PromptToken { id, text: text.and_then(|text| text.token(id)), part: part(index) };
    plan.prompt.ids.iter().enumerate().map(token).collect()
}
