//! Every operation once, as it is at start-up.

pub use super::check::Check;
use super::check::Checks;
use super::{
    attend, cap, convolution, dropout, glu, gradient_norm, layer, linear, logits, norm, outer, rope, segments,
};
use burn::tensor::Device;
#[cfg(not(target_family = "wasm"))]
use semgrad_kernels::{Activation, Attention, Layout};

/// What decoders use, on this GPU.
pub fn of_decoders(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [
        linear::check,
        norm::check,
        glu::check,
        rope::check,
        gradient_norm::check,
        attend::check,
        cap::check,
        logits::check,
    ] {
        check(&mut checks);
    }
    checks.made()
}

/// What decoders with short convolutions or gates of attention use besides; it is compiled only where one is loaded.
pub fn of_convolutions(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [convolution::check, glu::check_sigmoid] {
        check(&mut checks);
    }
    checks.made()
}

/// What training uses besides; it is compiled only where a model is trained.
pub fn of_training(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [dropout::check, outer::check] {
        check(&mut checks);
    }
    checks.made()
}

/// What encoders use besides; it is compiled only where one is loaded.
pub fn of_encoders(device: &Device) -> Vec<Check> {
    let mut checks = Checks::new(device);
    for check in [layer::check, rope::check, segments::check] {
        check(&mut checks);
    }
    checks.made()
}

/// Sizes that a model's operations have besides those of its matrices.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Columns of a hidden state.
    pub hidden: usize,
    /// Those of the feed-forward layer.
    pub intermediate: usize,
    /// Rows of the head.
    pub vocab: usize,
    /// Its attention.
    pub attention: Attention,
    /// Positions that are attended to.
    pub keys: usize,
}

/// Products with a matrix of a model, of so many tokens each.
#[cfg(not(target_family = "wasm"))]
pub fn of_products(device: &Device, layout: Layout, tokens: &[usize]) -> Vec<Check> {
    let mut checks = Checks::new(device);
    linear::check_products(&mut checks, layout, tokens);
    checks.made()
}

/// What a model uses besides, at its sizes.
#[cfg(not(target_family = "wasm"))]
pub fn of_sizes(device: &Device, sizes: Sizes) -> Vec<Check> {
    let Sizes { hidden, intermediate, vocab, attention, keys } = sizes;
    let mut checks = Checks::new(device);
    norm::check_width(&mut checks, hidden);
    glu::check_width(&mut checks, &[Activation::Silu], intermediate);
    rope::check_heads(&mut checks, attention.kv_heads, attention.width / 2, attention.width);
    // A step of decoding, and the end of a prompt.
    for tokens in [1, 33.min(keys)] {
        attend::check_heads(&mut checks, attention, tokens, keys);
    }
    logits::check_vocab(&mut checks, vocab);
    gradient_norm::check_head(&mut checks, vocab, hidden);
    checks.made()
}
