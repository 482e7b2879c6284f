//! The families of encoders: what is known of each beyond what a model's own files say. All that distinguishes them is
//! derived from these.

use crate::error::{Code, Error, Result};
use crate::weights::families::listed;

/// One family.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Family {
    /// `model_type` in `config.json`.
    pub names: &'static [&'static str],
    /// For people.
    pub title: &'static str,
    /// What stands before the names of tensors in a checkpoint with a head.
    pub prefix: &'static str,
    /// The two layers of the classification head.
    pub head: [&'static str; 2],
    /// `layer_norm_eps` where it is absent.
    pub norm_eps: f64,
    /// `type_vocab_size` where it is absent.
    pub types: usize,
    /// Whether positions begin behind the padding id, not at 0.
    pub behind_padding: bool,
    /// Whether attention knows distances between tokens (He et al. 2021), and there may be a convolution.
    pub disentangled: bool,
}

/// BERT and what distils it (MiniLM).
pub const BERT: Family = Family {
    names: &["bert"],
    title: "BERT",
    prefix: "bert.",
    head: ["pooler.dense", "classifier"],
    norm_eps: 1e-12,
    types: 2,
    behind_padding: false,
    disentangled: false,
};

/// RoBERTa: BERT with other positions and another head.
pub const ROBERTA: Family = Family {
    names: &["roberta", "xlm-roberta"],
    title: "RoBERTa",
    prefix: "roberta.",
    head: ["classifier.dense", "classifier.out_proj"],
    behind_padding: true,
    ..BERT
};

/// DeBERTa v2 and v3.
pub const DEBERTA: Family = Family {
    names: &["deberta-v2"],
    title: "DeBERTa-v2/v3",
    prefix: "deberta.",
    norm_eps: 1e-7,
    types: 0,
    disentangled: true,
    ..BERT
};

/// All of them.
pub const ALL: &[&Family] = &[&BERT, &ROBERTA, &DEBERTA];

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
