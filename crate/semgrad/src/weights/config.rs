//! What a model's files say about its architecture, in one vocabulary for both containers.

use super::families::family::{Family, Layer};
use crate::error::{Code, Error, Result};
pub use semgrad_kernels::Activation;

/// How rotary frequencies are changed to reach a longer context.
#[derive(Clone, Debug, PartialEq)]
pub enum RopeScaling {
    /// Not at all.
    None,
    /// Every frequency is divided by `factor`.
    Linear {
        /// The divisor.
        factor: f64,
    },
    /// Llama 3: low frequencies are divided by `factor`, high ones kept, those between interpolated.
    Llama3 {
        /// The divisor of low frequencies.
        factor: f64,
        /// Wavelengths above `original_context / low_freq_factor` are low frequencies.
        low_freq_factor: f64,
        /// Wavelengths below `original_context / high_freq_factor` are high frequencies.
        high_freq_factor: f64,
        /// The context that the model was first trained with.
        original_context: usize,
    },
    /// One divisor per frequency, `[head_dim / 2]` (GGUF `rope_freqs.weight`).
    Factors(Vec<f32>),
}

/// Shapes and constants of a decoder.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelConfig {
    /// Model family.
    pub family: &'static Family,
    /// Rows of the embedding.
    pub vocab: usize,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Number of blocks.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Width of one head; even.
    pub head_dim: usize,
    /// Width of the feed-forward layer.
    pub intermediate: usize,
    /// ε of the RMS norms.
    pub norm_eps: f64,
    /// Base of the rotary frequencies (of the full-attention layers, where there are two kinds).
    pub rope_theta: f64,
    /// Scaling of the rotary frequencies; never applies to sliding layers with a base of their own.
    pub rope_scaling: RopeScaling,
    /// Rotary base of the sliding layers where it differs.
    pub rope_local_theta: Option<f64>,
    /// Positions that a sliding layer sees, the current one included; `None` when no layer slides.
    pub sliding_window: Option<usize>,
    /// What each layer is, `[layers]`.
    pub kinds: Vec<Layer>,
    /// Factor on query · key.
    pub attention_scale: f64,
    /// Factor on embeddings. transformers casts it to the type of the weights, which for the float32
    /// computation here leaves it unrounded, as llama.cpp does.
    pub embedding_scale: Option<f64>,
    /// Feed-forward nonlinearity.
    pub activation: Activation,
    /// Whether the output head is the embedding.
    pub tied: bool,
    /// Whether query, key and value projections have a bias.
    pub attention_bias: bool,
    /// Whether queries and keys are normalized per head.
    pub qk_norm: bool,
    /// Whether attention and feed-forward outputs are normalized before they join the residual stream.
    pub post_norms: bool,
    /// Longest sequence the model was made for.
    pub context: usize,
    /// Tokens that end an answer; may be empty.
    pub stop_ids: Vec<u32>,
    /// Beginning-of-sequence token.
    pub bos_id: Option<u32>,
}

/// Bounds on sizes that a file may claim: far above any model that fits a browser, low enough that products of any
/// three fit 64 bits.
const MAX_VOCAB: usize = 1 << 22;
const MAX_WIDTH: usize = 1 << 20;
pub(crate) const MAX_LAYERS: usize = 1 << 10;
const MAX_HEADS: usize = 1 << 10;
const MAX_HEAD_DIM: usize = 1 << 10;
const MAX_CONTEXT: usize = 1 << 27;

impl ModelConfig {
    /// What layer `i` is.
    pub fn layer(&self, i: usize) -> Layer {
        self.kinds.get(i).copied().unwrap_or(Layer::Full)
    }

    /// Checks that the values are possible and fit each other.
    pub(crate) fn validate(&self) -> Result<()> {
        let bounded = [
            ("vocabulary size", self.vocab, MAX_VOCAB),
            ("hidden size", self.hidden, MAX_WIDTH),
            ("number of layers", self.layers, MAX_LAYERS),
            ("number of heads", self.heads, MAX_HEADS),
            ("number of key/value heads", self.kv_heads, MAX_HEADS),
            ("head size", self.head_dim, MAX_HEAD_DIM),
            ("feed-forward size", self.intermediate, MAX_WIDTH),
            ("context length", self.context, MAX_CONTEXT),
            ("sliding window", self.sliding_window.unwrap_or(1), MAX_CONTEXT),
        ];
        for (name, value, most) in bounded {
            if value == 0 || value > most {
                return Err(inconsistent(format!("the {name} is {value}, outside 1 to {most}")));
            }
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            return Err(inconsistent(format!(
                "{} heads cannot share {} key/value heads evenly",
                self.heads, self.kv_heads
            )));
        }
        if !self.head_dim.is_multiple_of(2) {
            return Err(inconsistent(format!("the head size {} is odd, rotary embedding needs pairs", self.head_dim)));
        }
        let positive = [
            ("norm epsilon", self.norm_eps),
            ("rotary base", self.rope_theta),
            ("local rotary base", self.rope_local_theta.unwrap_or(1.0)),
            ("attention scale", self.attention_scale),
        ];
        for (name, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err(inconsistent(format!("the {name} is {value}, not a positive number")));
            }
        }
        if self.kinds.len() != self.layers {
            let (given, layers) = (self.kinds.len(), self.layers);
            return Err(inconsistent(format!("{given} layer types are given for {layers} layers")));
        }
        self.validate_rope()
    }

    fn validate_rope(&self) -> Result<()> {
        let possible = |x: f64| x.is_finite() && x > 0.0;
        let fine = match &self.rope_scaling {
            RopeScaling::None => true,
            RopeScaling::Linear { factor } => possible(*factor),
            RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
                // The interpolation divides by high − low.
                [*factor, *low_freq_factor, *high_freq_factor].into_iter().all(possible)
                    && high_freq_factor > low_freq_factor
                    && (1..=MAX_CONTEXT).contains(original_context)
            }
            RopeScaling::Factors(factors) => {
                factors.len() == self.head_dim / 2 && factors.iter().all(|&f| possible(f64::from(f)))
            }
        };
        if fine {
            Ok(())
        } else {
            Err(inconsistent(format!("the rotary scaling is impossible: {:?}", self.rope_scaling)))
        }
    }
}

/// The configuration contradicts itself or the weights.
pub(crate) fn inconsistent(message: impl Into<String>) -> Error {
    Error::new(Code::CorruptWeights, message, "The model's files are damaged or do not belong together.")
}
