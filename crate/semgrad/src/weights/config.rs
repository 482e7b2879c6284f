//! What a model's files say about its architecture, in one vocabulary for both containers.

use super::families::family::{Family, Layer, QkNorm};
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
    /// YaRN: high frequencies are kept, low ones divided by `factor`, those between blended.
    Yarn {
        /// The divisor of low frequencies.
        factor: f64,
        /// Frequencies that make more turns than this within `original_context` are high.
        beta_fast: f64,
        /// Frequencies that make fewer turns than this within it are low.
        beta_slow: f64,
        /// The context that the model was first trained with.
        original_context: usize,
        /// What rotated queries and keys are multiplied by.
        attention: f32,
    },
    /// Only the first pairs of columns are rotated, at the frequencies that they have among all pairs.
    Proportional {
        /// How many, of all of a head.
        share: f64,
        /// Every frequency is divided by it.
        factor: f64,
    },
    /// One divisor per frequency, `[rotated / 2]`: Llama 3 in GGUF (`rope_freqs.weight`), and longrope within the context
    /// that the model was first trained with.
    Factors {
        /// The divisors.
        divisors: Vec<f32>,
        /// What rotated queries and keys are multiplied by.
        attention: f32,
    },
}

/// How queries grow with their position, so that attention stays as sharp among more keys.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Temperature {
    /// How much.
    pub beta: f64,
    /// Up to this position, not at all.
    pub original_context: usize,
}

impl Temperature {
    /// Factor of the query at a position: 1 + β·ln(1 + ⌊position / context⌋).
    pub fn at(self, position: usize) -> f64 {
        1.0 + self.beta * ((1 + position / self.original_context) as f64).ln()
    }
}

/// What YaRN multiplies rotated queries and keys by; `scales` are `mscale` and `mscale_all_dim`, where a model has both.
pub(crate) fn yarn_attention(factor: f64, scales: Option<[f64; 2]>) -> f32 {
    let of = |scale: f64| if factor <= 1.0 { 1.0 } else { 0.1 * scale * factor.ln() + 1.0 };
    scales.map_or(of(1.0), |[scale, all]| of(scale) / of(all)) as f32
}

/// What longrope multiplies rotated queries and keys by; `factor` is how many times `original` the context is.
pub(crate) fn long_attention(factor: f64, original: usize) -> f32 {
    if factor <= 1.0 { 1.0 } else { (1.0 + factor.ln() / (original as f64).ln()).sqrt() as f32 }
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
    /// How many columns of a head are rotated, from the first on; even.
    pub rotated: usize,
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
    /// How queries grow with their position.
    pub temperature: Option<Temperature>,
    /// Positions that a sliding layer sees, the current one included; `None` when no layer slides.
    pub sliding_window: Option<usize>,
    /// What each layer is, `[layers]`.
    pub kinds: Vec<Layer>,
    /// Positions that a short convolution goes over, its own included; `None` when no layer has one.
    pub taps: Option<usize>,
    /// Factor on query · key.
    pub attention_scale: f64,
    /// Bound that attention scores are bent towards.
    pub attention_cap: Option<f64>,
    /// Factor on embeddings. transformers casts it to the type of the weights, which for the float32
    /// computation here leaves it unrounded, as llama.cpp does.
    pub embedding_scale: Option<f64>,
    /// Factor on what attention and feed-forward add to the residual stream.
    pub residual_scale: Option<f64>,
    /// Factor on logits.
    pub logit_scale: Option<f64>,
    /// Bound that logits are bent towards.
    pub logit_cap: Option<f64>,
    /// Feed-forward nonlinearity.
    pub activation: Activation,
    /// Whether the output head is the embedding.
    pub tied: bool,
    /// Whether query, key and value projections have a bias.
    pub attention_bias: bool,
    /// Whether what each head of attention gives is multiplied by a sigmoid of the layer's input.
    pub head_gate: bool,
    /// Norms of queries and keys.
    pub qk_norm: QkNorm,
    /// Whether inputs of attention and feed-forward are normalized.
    pub pre_norms: bool,
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
const MAX_TAPS: usize = 1 << 8;

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
            ("number of rotated columns of a head", self.rotated, self.head_dim),
            ("first context", self.temperature.map_or(1, |t| t.original_context), MAX_CONTEXT),
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
        if let Some(odd) = [self.head_dim, self.rotated].iter().find(|n| !n.is_multiple_of(2)) {
            return Err(inconsistent(format!("the head size {odd} is odd, rotary embedding needs pairs")));
        }
        let positive = [
            ("norm epsilon", self.norm_eps),
            ("rotary base", self.rope_theta),
            ("local rotary base", self.rope_local_theta.unwrap_or(1.0)),
            ("attention scale", self.attention_scale),
            ("growth of queries", self.temperature.map_or(1.0, |temperature| temperature.beta)),
            ("attention cap", self.attention_cap.unwrap_or(1.0)),
            ("logit cap", self.logit_cap.unwrap_or(1.0)),
            ("logit scale", self.logit_scale.unwrap_or(1.0)),
            ("residual scale", self.residual_scale.unwrap_or(1.0)),
            ("embedding scale", self.embedding_scale.unwrap_or(1.0)),
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
        // A convolution over one position would be none.
        if let Some(taps) = self.taps.filter(|taps| !(2..=MAX_TAPS).contains(taps)) {
            return Err(inconsistent(format!("the convolutions go over {taps} positions, outside 2 to {MAX_TAPS}")));
        }
        if self.taps.is_none() && self.kinds.contains(&Layer::Convolution) {
            return Err(inconsistent("layers are said to be convolutions, which this family has none of"));
        }
        self.validate_rope()
    }

    fn validate_rope(&self) -> Result<()> {
        let possible = |x: f64| x.is_finite() && x > 0.0;
        let fine = match &self.rope_scaling {
            RopeScaling::None => true,
            RopeScaling::Linear { factor } => possible(*factor),
            RopeScaling::Proportional { share, factor } => possible(*factor) && possible(*share) && *share <= 1.0,
            RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
                // The interpolation divides by high − low.
                [*factor, *low_freq_factor, *high_freq_factor].into_iter().all(possible)
                    && high_freq_factor > low_freq_factor
                    && (1..=MAX_CONTEXT).contains(original_context)
            }
            RopeScaling::Yarn { factor, beta_fast, beta_slow, original_context, attention } => {
                // The numbers of frequencies are divided by ln θ, and those between them blended.
                [*factor, *beta_fast, *beta_slow, f64::from(*attention)].into_iter().all(possible)
                    && beta_fast >= beta_slow
                    && self.rope_theta > 1.0
                    && (1..=MAX_CONTEXT).contains(original_context)
            }
            RopeScaling::Factors { divisors, attention } => {
                divisors.len() == self.rotated / 2
                    && divisors.iter().chain([attention]).all(|&f| possible(f64::from(f)))
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
