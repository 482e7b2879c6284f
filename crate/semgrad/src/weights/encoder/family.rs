//! The families of encoders: what is known of each beyond what a model's own files say. All that distinguishes them is
//! derived from these.

use crate::error::{Code, Error, Result};
use crate::weights::families::listed;

/// How a family tells where a token stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// By a table of positions that is added to the embeddings.
    Absolute,
    /// By this, and by a number for each distance that is added to scores (MPNet).
    Biased,
    /// By distances that scores multiply with (He et al. 2021); there may be a convolution too (DeBERTa).
    Disentangled,
    /// By rotating queries and keys; blocks begin with their norms, and gate (ModernBERT).
    Rotated,
}

/// Nonlinearity between the two layers of a classification head.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum HeadActivation {
    /// Hyperbolic tangent.
    Tanh,
    /// GELU, exact.
    Gelu,
    /// What is negative becomes 0.
    Relu,
}

/// A classification head: two linear layers.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct HeadNames {
    /// The first.
    pub dense: &'static str,
    /// A norm behind the nonlinearity.
    pub norm: Option<&'static str>,
    /// The second.
    pub out: &'static str,
}

/// One family.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Family {
    /// `model_type` in `config.json`.
    pub names: &'static [&'static str],
    /// For people.
    pub title: &'static str,
    /// What stands before the names of tensors in a checkpoint with a head.
    pub prefix: &'static str,
    /// Keys of `config.json` under other names: (BERT's, the family's).
    pub keys: &'static [(&'static str, &'static str)],
    /// Parts of the names of tensors: (the family's, BERT's).
    pub parts: &'static [(&'static str, &'static str)],
    /// The classification head.
    pub head: HeadNames,
    /// Its nonlinearity, where the file does not say.
    pub head_activation: HeadActivation,
    /// `layer_norm_eps` where it is absent.
    pub norm_eps: f64,
    /// `type_vocab_size` where it is absent.
    pub types: usize,
    /// Whether positions begin behind the padding id, not at 0.
    pub behind_padding: bool,
    /// How places are told.
    pub order: Order,
}

/// The name of a key that a family does not have, whatever its files hold.
const NONE: &str = "";

/// BERT and what distils it (MiniLM).
pub const BERT: Family = Family {
    names: &["bert"],
    title: "BERT",
    prefix: "bert.",
    keys: &[],
    parts: &[],
    head: HeadNames { dense: "pooler.dense", norm: None, out: "classifier" },
    head_activation: HeadActivation::Tanh,
    norm_eps: 1e-12,
    types: 2,
    behind_padding: false,
    order: Order::Absolute,
};

/// RoBERTa: BERT with other positions and another head.
pub const ROBERTA: Family = Family {
    names: &["roberta", "xlm-roberta"],
    title: "RoBERTa",
    prefix: "roberta.",
    head: HeadNames { dense: "classifier.dense", norm: None, out: "classifier.out_proj" },
    behind_padding: true,
    ..BERT
};

/// MPNet: RoBERTa without token types, with biases by distance.
pub const MPNET: Family = Family {
    names: &["mpnet"],
    title: "MPNet",
    prefix: "mpnet.",
    keys: &[("type_vocab_size", NONE), ("position_embedding_type", NONE), ("pad_token_id", NONE)],
    parts: &[
        (".attention.attn.q.", ".attention.self.query."),
        (".attention.attn.k.", ".attention.self.key."),
        (".attention.attn.v.", ".attention.self.value."),
        (".attention.attn.o.", ".attention.output.dense."),
        (".attention.LayerNorm.", ".attention.output.LayerNorm."),
    ],
    types: 0,
    order: Order::Biased,
    ..ROBERTA
};

/// DistilBERT: BERT without token types, under other names.
pub const DISTILBERT: Family = Family {
    names: &["distilbert"],
    title: "DistilBERT",
    prefix: "distilbert.",
    keys: &[
        ("hidden_size", "dim"),
        ("num_hidden_layers", "n_layers"),
        ("num_attention_heads", "n_heads"),
        ("intermediate_size", "hidden_dim"),
        ("hidden_act", "activation"),
        ("layer_norm_eps", NONE),
        ("type_vocab_size", NONE),
        ("position_embedding_type", NONE),
    ],
    parts: &[
        ("transformer.layer.", "encoder.layer."),
        (".attention.q_lin.", ".attention.self.query."),
        (".attention.k_lin.", ".attention.self.key."),
        (".attention.v_lin.", ".attention.self.value."),
        (".attention.out_lin.", ".attention.output.dense."),
        (".sa_layer_norm.", ".attention.output.LayerNorm."),
        (".ffn.lin1.", ".intermediate.dense."),
        (".ffn.lin2.", ".output.dense."),
        (".output_layer_norm.", ".output.LayerNorm."),
    ],
    head: HeadNames { dense: "pre_classifier", norm: None, out: "classifier" },
    head_activation: HeadActivation::Relu,
    types: 0,
    ..BERT
};

/// DeBERTa v2 and v3.
pub const DEBERTA: Family = Family {
    names: &["deberta-v2"],
    title: "DeBERTa-v2/v3",
    prefix: "deberta.",
    head_activation: HeadActivation::Gelu,
    norm_eps: 1e-7,
    types: 0,
    order: Order::Disentangled,
    ..BERT
};

/// ModernBERT, and mmBERT.
pub const MODERNBERT: Family = Family {
    names: &["modernbert"],
    title: "ModernBERT",
    prefix: "model.",
    keys: &[
        ("hidden_act", "hidden_activation"),
        ("layer_norm_eps", "norm_eps"),
        ("type_vocab_size", NONE),
        ("position_embedding_type", NONE),
    ],
    parts: &[
        ("embeddings.tok_embeddings.", "embeddings.word_embeddings."),
        ("embeddings.norm.", "embeddings.LayerNorm."),
    ],
    head: HeadNames { dense: "head.dense", norm: Some("head.norm"), out: "classifier" },
    head_activation: HeadActivation::Gelu,
    norm_eps: 1e-5,
    types: 0,
    order: Order::Rotated,
    ..BERT
};

/// All of them.
pub const ALL: &[&Family] = &[&BERT, &ROBERTA, &MPNET, &DISTILBERT, &DEBERTA, &MODERNBERT];

/// The family that `model_type` names.
pub(super) fn find(name: &str) -> Result<&'static Family> {
    let found = ALL.iter().find(|family| family.names.contains(&name)).copied();
    found.ok_or_else(|| unsupported(format!("the encoder's architecture is `{name}`")))
}

/// The configuration asks for something that is not implemented.
pub(super) fn unsupported(what: impl Into<String>) -> Error {
    let titles = listed(ALL.iter().map(|family| family.title));
    let advice = format!("Supported are {titles} encoders; choose one of these.");
    Error::new(Code::UnsupportedArchitecture, what, advice)
}
