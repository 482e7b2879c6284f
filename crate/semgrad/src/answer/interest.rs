//! Which layers the pass over the suffix has to keep.

use super::confidence::Calibrated;
use crate::confidence::state;
use crate::methods::{Method, Need, Source, rauq};
use crate::probe::{Position, Probes};
use crate::weights::config::ModelConfig;
use semgrad_scores::evidence::observed::nearest;
use semgrad_scores::record::Request;

/// What is read by which probe.
pub const PROBES: [(Need, Position); 2] =
    [(Need::AnswerEndProbe, Position::AnswerEnd), (Need::PromptEndProbe, Position::PromptEnd)];

/// Whether `methods` need it.
pub fn needed(methods: &[&'static Method], need: Need) -> bool {
    methods.iter().any(|method| method.needs.contains(&need))
}

/// The layers whose attention methods look at, from the lowest on.
pub fn attended(config: &ModelConfig) -> Vec<usize> {
    let (depth, has) = (config.layers, |layer: usize| config.layer(layer).has_attention());
    let mut layers: Vec<usize> = rauq::middle(depth).filter(|&layer| has(layer)).collect();
    layers.extend(nearest(depth / 2, depth, has).filter(|layer| !layers.contains(layer)));
    layers.sort_unstable();
    layers
}

/// The hidden state that is looked at, of `layers`: the calibration's, else the usual one where the caller wants it.
pub fn looked_at(layers: usize, request: &Request, calibrated: &Calibrated<'_>) -> Option<usize> {
    let wanted = request.state.unwrap_or(false).then(|| state::layer(layers));
    calibrated.layer().or(wanted).filter(|&layer| layer < layers)
}

/// The first layer whose input the pass must keep; `None` when no pass is needed at all. `half` is the
/// first of the upper half, `look` what [`looked_at`] says.
pub fn first_layer(
    config: &ModelConfig,
    half: usize,
    request: &Request,
    methods: &[&'static Method],
    look: Option<usize>,
    probes: Option<&Probes>,
) -> Option<usize> {
    let layers = config.layers;
    let needs = |need| needed(methods, need);
    let of_pass = |method: &&Method| method.needs.iter().any(|need| need.comes_from(Source::Pass));
    let mut first = methods.iter().any(of_pass).then_some(layers - 1);
    let mut lower = |layer: usize| first = Some(first.map_or(layer, |first| first.min(layer)));
    if request.rivals.unwrap_or(false) {
        lower(layers - 1);
    }
    if request.all_layers.unwrap_or(false) {
        lower(0);
    }
    if needs(Need::HiddenGradients) || request.by_position() || request.spans.unwrap_or(false) {
        lower(half);
    }
    if needs(Need::Attention) {
        attended(config).first().into_iter().for_each(|&layer| lower(layer));
    }
    look.into_iter().for_each(&mut lower);
    for (need, position) in PROBES {
        let probe = probes.and_then(|probes| probes.get(position));
        if let Some(probe) = probe.filter(|probe| needs(need) && probe.layers[0] < layers) {
            lower(probe.layers[0]);
        }
    }
    first
}
