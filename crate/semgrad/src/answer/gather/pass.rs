//! Stages that read off the pass over the suffix.

use super::gatherer::Gatherer;
use crate::answer::interest::attended;
use crate::answer::prompt::bad;
use crate::confidence::state::State;
use crate::error::{Code, Error, Result};
use crate::evidence::distributions::Wanted;
use crate::evidence::loss::Loss;
use crate::methods::Need;
use crate::probe::Position;
use crate::text::Text;

/// Gradient at the head, without weights.
pub async fn plain_head_gradient(g: &mut Gatherer<'_>) -> Result<()> {
    g.evidence.exgrad = Some(g.pass()?.head_gradient(&Loss::nll(0..g.response.len())).await?);
    Ok(())
}

/// Gradient at the head, weighted by entropies.
pub async fn head_gradient(g: &mut Gatherer<'_>) -> Result<()> {
    g.evidence.paragrad = Some(g.pass()?.head_gradient(&Loss::entropy_weighted(0..g.response.len())).await?);
    Ok(())
}

/// Gradients at hidden states, of as many layers as are wanted.
pub async fn hidden_gradients(g: &mut Gatherer<'_>) -> Result<()> {
    let (decoder, request) = (&g.model.decoder, g.plan.request);
    let first = match request.all_layers.unwrap_or(false) {
        true => 0,
        false if g.plan.needs(Need::HiddenGradients) || request.by_position() => decoder.upper_half(),
        false => decoder.config.layers - 1,
    };
    let loss = Loss::entropy_weighted(0..g.response.len());
    let hidden = g.pass()?.hidden_gradients(&loss, first, g.pacer, &mut ()).await?;
    let semantic = g.plan.semantic_in_suffix();
    g.evidence.layers = hidden.iter().map(|layer| layer.as_ref().map(|g| g[semantic])).collect();
    g.hidden = hidden;
    Ok(())
}

/// Attention of the answer's tokens to themselves.
pub async fn attention(g: &mut Gatherer<'_>) -> Result<()> {
    g.evidence.attention = Some(g.pass()?.attention(&attended(&g.model.decoder.config)).await?);
    Ok(())
}

/// Whole distributions over the vocabulary, as far as they are wanted.
pub async fn distributions(g: &mut Gatherer<'_>) -> Result<()> {
    let wanted = Wanted {
        shapes: g.plan.needs(Need::Shapes) || g.plan.needs(Need::ClaimVariants),
        geometry: g.plan.needs(Need::Geometry),
        sharp: g.plan.needs(Need::SharpLogprobs),
    };
    let read = g.pass()?.distributions(wanted, g.model.text.as_ref(), g.pacer).await?;
    g.evidence.shapes = read.shapes;
    g.evidence.geometry = read.geometry;
    g.evidence.sharp_logprob = read.sharp_logprob;
    Ok(())
}

/// What else the answer's tokens might have been.
pub async fn rivals(g: &mut Gatherer<'_>) -> Result<()> {
    g.rivals = g.pass()?.rivals(g.model.text.as_ref()).await?;
    Ok(())
}

/// The hidden state that the plan looks at, at the ends of question and answer.
pub async fn look(g: &mut Gatherer<'_>) -> Result<()> {
    let Some(layer) = g.plan.look else { return Ok(()) };
    let at = |position: Position| position.index(g.plan.prompt.ids.len(), g.response.len());
    let [answer, question] = [Position::AnswerEnd, Position::PromptEnd].map(at);
    let pass = g.pass()?;
    let (values, question) = (pass.state(layer, answer).await?, pass.state(layer, question).await?);
    g.state = Some(State { layer, values, question });
    Ok(())
}

/// What the probe of a position says.
pub async fn probe(g: &mut Gatherer<'_>, position: Position) -> Result<()> {
    let advice = "Train them with `semgrad probe`, or leave the method out.";
    let probes = g.aids.probes.clone().ok_or_else(|| bad("no probes were given.", advice))?;
    let probe = probes.get(position).ok_or_else(|| bad("the probes do not read this position.", advice))?;
    let template = g.model.text.as_ref().and_then(Text::template_hash);
    if probes.key.template != template || probes.key.prefix != g.plan.prefix {
        return Err(bad("the probes were trained with another prefix or chat template.", advice));
    }
    if probes.key.adapter != g.model.adapter() {
        return Err(bad("the probes were trained without the adapter in use, or with another one.", advice));
    }
    let [first, last] = probe.layers;
    if last >= g.model.decoder.config.layers {
        return Err(Error::new(
            Code::BadInput,
            format!("the probe reads hidden state {last}, which this model does not have."),
            "Train it again with `semgrad probe`.",
        ));
    }
    let at = position.index(g.plan.prompt.ids.len(), g.response.len());
    let mut states = Vec::new();
    for layer in first..=last {
        states.push(g.pass()?.state(layer, at).await?);
    }
    let probability = probe.probability(&states.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    g.evidence.probes.insert(position.method().into(), probability);
    Ok(())
}
