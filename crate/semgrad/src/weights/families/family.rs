//! What a family of decoders is: everything that is known of it beyond what a model's own files say.

pub use semgrad_kernels::Activation;

/// What a layer does between tokens.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Attention to everything before.
    Full,
    /// Attention to the positions within the sliding window.
    Sliding,
    /// Attention to everything before, queries and keys not rotated: it does not know positions.
    Unrotated,
    /// A gated convolution over the last few positions, and no attention.
    Convolution,
}

impl Layer {
    /// By its name among `layer_types` in `config.json`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "full_attention" | "attention" => Some(Self::Full),
            "sliding_attention" => Some(Self::Sliding),
            "conv" => Some(Self::Convolution),
            _ => None,
        }
    }

    /// Whether it attends to other positions.
    pub fn has_attention(self) -> bool {
        self != Self::Convolution
    }
}

/// Which layer is which, where a model's files do not list them.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum Layers {
    /// All see everything.
    Full,
    /// All see everything, and `layer_types` has to say so: other kinds that it may name are not implemented.
    Listed,
    /// All slide in models that say how far (`sliding_window`).
    SlidingWhereSaid,
    /// In models that set `use_sliding_window`, those from `max_window_layers` on slide.
    SlidingOnRequest {
        /// `max_window_layers` where it is absent.
        first: usize,
    },
    /// The last of every `period` layers is one kind and the others are another.
    Periodic {
        /// Where the files do not say; 0 for no last one.
        period: usize,
        /// Keys of `config.json` that say, the first one that is there counts.
        keys: &'static [&'static str],
        /// Key of a list that says of each layer whether it is one of the others (1) or like the last (0); it comes before
        /// `layer_types`.
        flags: Option<&'static str>,
        /// All but the last.
        others: Layer,
        /// The last.
        last: Layer,
    },
    /// Short convolutions between attention. Files list the kinds (`layer_types`) or the numbers of the layers with
    /// attention (`full_attn_idxs`); in GGUF, convolutions are those without key and value heads.
    Mixed {
        /// The first layer, where the files list nothing and it is none of the cycle's.
        first: Option<Layer>,
        /// The kinds of layers one after another, again and again, where the files list nothing.
        cycle: &'static [Layer],
    },
}

impl Layers {
    /// What layer `i` is; `number` is what the files say of `first` or `period`.
    pub fn layer(self, i: usize, number: Option<usize>) -> Layer {
        match self {
            Self::Full | Self::Listed => Layer::Full,
            Self::SlidingWhereSaid => Layer::Sliding,
            Self::SlidingOnRequest { first } if i >= number.unwrap_or(first) => Layer::Sliding,
            Self::SlidingOnRequest { .. } => Layer::Full,
            Self::Mixed { first: Some(first), .. } if i == 0 => first,
            Self::Mixed { cycle, .. } => cycle.get(i % cycle.len().max(1)).copied().unwrap_or(Layer::Full),
            Self::Periodic { period, others, last, .. } => match number.unwrap_or(period) {
                0 => others,
                period if (i + 1).is_multiple_of(period) => last,
                _ => others,
            },
        }
    }
}

/// What an absent key of `config.json` stands for: the default of the family's configuration class in transformers.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Defaults {
    /// `num_attention_heads`; `None` where it must be there.
    pub heads: Option<usize>,
    /// `num_key_value_heads`; `None` for as many as heads.
    pub kv_heads: Option<usize>,
    /// `head_dim`; `None` for hidden size / heads.
    pub head_dim: Option<usize>,
    /// `max_position_embeddings`; `None` where it must be there.
    pub context: Option<usize>,
    /// `rope_theta`, and `rope.freq_base` in GGUF.
    pub rope_theta: f64,
    /// `tie_word_embeddings`.
    pub tied: bool,
}

/// A number by whose root attention scores are divided, where that is not the head size.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct QueryScalar {
    /// `query_pre_attn_scalar` where it is absent.
    pub default: f64,
    /// GGUF files do not say the number. A model with this many layers has the width per head (hidden size / heads), any
    /// other the head size.
    pub wide_layers: usize,
}

/// What norms of queries and keys are taken over.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum QkNorm {
    /// There are none.
    None,
    /// Each head.
    Heads,
    /// All heads as one.
    Whole,
}

/// What files hold as one matrix: its name, and those of the parts, from the first row on. A single part is a tensor that has
/// another name there.
pub type Fused = &'static [(&'static str, &'static [&'static str])];

/// Bounds that numbers are softly bent towards, where a model's files do not say them.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Caps {
    /// Of attention scores: `attn_logit_softcapping`.
    pub attention: f64,
    /// Of logits: `final_logit_softcapping`.
    pub logits: f64,
}

/// What `config.json` stands for where it is silent about the width of a feed-forward layer that is two thirds of what it says.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct TwoThirds {
    /// `intermediate_size`.
    pub width: usize,
    /// `block_multiple_of`.
    pub multiple: usize,
}

/// One family. What is not said is as in [`PLAIN`].
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Family {
    /// `model_type` in `config.json`; `general.architecture` in GGUF and the prefix of its keys there, where `gguf` says no other.
    pub name: &'static str,
    /// The family as which GGUF files hold it.
    pub gguf: Option<&'static str>,
    /// Whether GGUF has names for it.
    pub in_gguf: bool,
    /// Other names of the same.
    pub aliases: &'static [&'static str],
    /// For people.
    pub title: &'static str,

    /// Keys of `config.json` that have other names than Llama's: (Llama's, the family's).
    pub renames: &'static [(&'static str, &'static str)],
    /// Keys of `config.json` that must be absent or 0: what they ask for is not implemented.
    pub refused: &'static [&'static str],
    /// Keys of `config.json` that must be absent or true: without what they say, a layer would be another one.
    pub required: &'static [&'static str],
    /// In families whose `config.json` says what the width of the feed-forward layer is two thirds of, unless
    /// `block_auto_adjust_ff_dim` is false: rounded up to whole `block_multiple_of`, after a `block_ffn_dim_multiplier`.
    pub two_thirds: Option<TwoThirds>,
    /// For absent keys.
    pub defaults: Defaults,

    /// `norm_eps` or whatever it is called, where it is absent.
    pub norm_eps: f64,
    /// The kinds of its layers.
    pub layers: Layers,
    /// Positions that a short convolution goes over, in families that have them, where the files do not say it
    /// (`conv_L_cache`).
    pub taps: Option<usize>,
    /// How far sliding layers see where the files do not say it; `None` for layers that then see everything.
    pub window: Option<usize>,
    /// Rotary base of the sliding layers where it differs and the files do not say it.
    pub local_theta: Option<f64>,
    /// For attention scores.
    pub query_scalar: Option<QueryScalar>,
    /// Whether query, key and value projections have biases in every model, not only where `attention_bias` says so.
    pub biased: bool,
    /// Norms of queries and keys.
    pub qk_norm: QkNorm,
    /// Whether heads of attention have gates, unless `use_attention_gate` is false.
    pub head_gate: bool,
    /// Whether inputs of attention and feed-forward are normalized.
    pub pre_norms: bool,
    /// Whether attention and feed-forward outputs are normalized before they join the residual stream.
    pub post_norms: bool,
    /// Whether embeddings are multiplied by the root of the hidden size.
    pub scaled_embedding: bool,
    /// Whether files say what embeddings, attention scores, outputs of attention and feed-forward, and logits are multiplied by.
    pub multipliers: bool,
    /// Soft caps, in families that have them.
    pub caps: Option<Caps>,
    /// Whether queries and keys are rotated only where `position_embedding_type` says `rope`.
    pub rotated_where_said: bool,
    /// Whether files may say that only the first columns of each head are rotated.
    pub partial_rotation: bool,
    /// How many pairs of columns are rotated in layers that do not slide, of all, where the files do not say anything of
    /// rotations.
    pub rotated_share: Option<f64>,
    /// Of the feed-forward layer.
    pub activation: Activation,

    /// Parts of a layer that its files hold as one matrix.
    pub fused: Fused,
    /// Whether safetensors hold what norms multiply by, less one.
    pub norms_less_one: bool,
    /// Parts of a layer that GGUF calls otherwise than in Llama: (GGUF's name, the canonical one).
    pub gguf_parts: &'static [(&'static str, &'static str)],
    /// Whether GGUF interleaves the rows of query and key projections, rotary pairs side by side.
    pub gguf_interleaved: bool,
    /// `tokenizer.ggml.pre` of most of its models, for GGUF files without it.
    pub pre: &'static str,
}

impl Family {
    /// `general.architecture` in GGUF, and the prefix of its keys there.
    pub fn architecture(&self) -> &'static str {
        self.gguf.unwrap_or(self.name)
    }
}

/// What families have in common: full attention, rotated; RMS norms before attention and feed-forward; no biases unless
/// `config.json` says so; a gate with SiLU; every tensor stored as it is used.
pub const PLAIN: Family = Family {
    name: "",
    gguf: None,
    in_gguf: true,
    aliases: &[],
    title: "",
    renames: &[],
    refused: &[],
    required: &[],
    two_thirds: None,
    defaults: Defaults { heads: None, kv_heads: None, head_dim: None, context: None, rope_theta: 1e4, tied: false },
    norm_eps: 1e-6,
    layers: Layers::Full,
    taps: None,
    window: None,
    local_theta: None,
    query_scalar: None,
    biased: false,
    qk_norm: QkNorm::None,
    head_gate: false,
    pre_norms: true,
    post_norms: false,
    scaled_embedding: false,
    multipliers: false,
    caps: None,
    rotated_where_said: false,
    partial_rotation: false,
    rotated_share: None,
    activation: Activation::Silu,
    fused: &[],
    norms_less_one: false,
    gguf_parts: &[],
    gguf_interleaved: false,
    pre: "gpt-2",
};
