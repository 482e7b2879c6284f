//! What training takes, before it begins: memory, and products of two numbers.

use super::example::{Example, Kind};
use crate::weights::config::ModelConfig;
use crate::weights::families::family::Layer;
use semgrad_scores::abstain::training::Options;
use std::ops::Range;

/// Floats that one token of layer `i` leaves behind for the backward pass (see [`Tape`](crate::model::tape::Tape)).
fn tape(config: &ModelConfig, i: usize) -> usize {
    let ModelConfig { hidden, intermediate, heads, kv_heads, head_dim, .. } = *config;
    let mixer = match config.layer(i) {
        Layer::Convolution => 3 * hidden,
        Layer::Full | Layer::Sliding | Layer::Unrotated => {
            let gate = if config.head_gate { heads * head_dim } else { 0 };
            3 * heads * head_dim + 3 * kv_heads * head_dim + heads + gate
        }
    };
    4 * hidden + 2 * intermediate + mixer
}

/// Most bytes that training holds besides the model, about: activations of the longest example, its logits (and those before
/// training, with their gradient), the states that are kept of all examples, and the trained numbers with their means.
pub fn bytes(config: &ModelConfig, options: &Options, examples: &[Example], trained: usize, kept: usize) -> u64 {
    let tapes = options.range(config.layers).map(|layer| tape(config, layer));
    // A layer's backward pass holds about as much again as its tape.
    let floats = tapes.clone().sum::<usize>() + tapes.max().unwrap_or_default();
    let tokens = |example: &Example| example.prompt.len() + example.target.len();
    let one = |example: &Example| {
        let activations = tokens(example) * floats;
        let logits = if example.kind == Kind::Replay { 6 } else { 3 };
        activations + logits * example.target.len() * config.vocab
    };
    let states = examples.iter().map(|example| tokens(example) * config.hidden).sum::<usize>().min(kept);
    let largest = examples.iter().map(one).max().unwrap_or_default();
    // Values, two means, gradients on either side, and what goes to the device.
    4 * (largest + states + 6 * trained) as u64
}

/// Products of a number with a weight in one step on `example`, the states at the lowest changed layer being there: once
/// forward and once backward through the layers from there on, and through the head where the target is predicted.
pub fn products(config: &ModelConfig, layers: Range<usize>, example: &Example) -> u64 {
    2 * forward_products(config, layers, example.prompt.len() + example.target.len() - 1, example.target.len())
}

/// Those of one pass of so many tokens forward through so many layers, with the logits of `predicted` of them.
pub fn forward_products(config: &ModelConfig, layers: Range<usize>, tokens: usize, predicted: usize) -> u64 {
    let ModelConfig { hidden, intermediate, heads, kv_heads, head_dim, vocab, .. } = *config;
    let mixer = |i| match config.layer(i) {
        Layer::Convolution => 4 * hidden * hidden,
        Layer::Full | Layer::Sliding | Layer::Unrotated => {
            let gate = if config.head_gate { hidden * heads } else { 0 };
            2 * hidden * (heads + kv_heads) * head_dim + gate
        }
    };
    let all: usize = layers.map(|i| mixer(i) + 3 * hidden * intermediate).sum();
    (tokens * all + predicted * hidden * vocab) as u64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::weights::checkpoint::Checkpoint;
    use crate::weights::fixtures::reference;
    use crate::weights::source::open_path;

    #[test]
    fn a_small_model_by_hand() {
        let files = open_path(&reference("tiny/llama_tied")).unwrap();
        let config = pollster::block_on(Checkpoint::open(files)).unwrap().config;
        let example = Example { prompt: vec![1; 5], target: vec![2; 3], kind: Kind::Own };
        // q and o 64 × 64, k and v 64 × 32, three of 64 × 128; 7 tokens, 2 layers, 3 × 64 × 256 for the head.
        assert_eq!(products(&config, 2..4, &example), 2 * (7 * 2 * 36_864 + 49_152));
        // 4 × 64 + 2 × 128 + 3 × 64 + 3 × 32 + 4 = 804 a token and layer.
        let floats = 8 * 804 * 3 + 3 * 3 * 256 + 8 * 64 + 6 * 100;
        assert_eq!(bytes(&config, &Options::default(), &[example], 100, 1000), 4 * floats);
    }
}
