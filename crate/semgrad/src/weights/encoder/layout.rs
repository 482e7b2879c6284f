//! Which tensors a configuration implies, and with which shapes.

use super::config::EncoderConfig;
use super::distances::BIASES;
use super::family::Order;
use super::rotary::Rotary;

/// What ModernBERT's files hold as one matrix, and its parts.
pub(super) const FUSED: [(&str, &[&str]); 2] =
    [("attn.Wqkv", &["attn.query", "attn.key", "attn.value"]), ("mlp.Wi", &["mlp.gate", "mlp.up"])];

/// Canonical names (those of a checkpoint without a head) and row-major shapes, in the order of the data flow.
pub(super) fn expected(config: &EncoderConfig, head: bool) -> Vec<(String, Vec<usize>)> {
    let EncoderConfig { family, vocab, embedding, hidden, heads, .. } = *config;
    let mut all = Shapes(Vec::new());
    all.add("embeddings.word_embeddings.weight", &[vocab, embedding]);
    if let Some(rows) = config.positions {
        all.add("embeddings.position_embeddings.weight", &[rows, embedding]);
    }
    if config.types > 0 {
        all.add("embeddings.token_type_embeddings.weight", &[config.types, embedding]);
    }
    if embedding != hidden {
        all.add("embeddings.embed_proj.weight", &[hidden, embedding]);
    }
    let shift = config.rotary.as_ref().is_none_or(|rotary| rotary.norm_bias);
    all.norm("embeddings.LayerNorm", hidden, shift);
    if family.order == Order::Biased {
        all.add("encoder.relative_attention_bias.weight", &[BIASES, heads]);
    }
    if let Some(relative) = &config.relative {
        all.add("encoder.rel_embeddings.weight", &[2 * relative.span(), hidden]);
        if relative.normalized {
            all.norm("encoder.LayerNorm", hidden, true);
        }
    }
    match &config.rotary {
        Some(rotary) => rotated(config, rotary, &mut all),
        None => blocks(config, &mut all),
    }
    if let Some(width) = config.convolution {
        all.add("encoder.conv.conv.weight", &[hidden, hidden, width]);
        all.add("encoder.conv.conv.bias", &[hidden]);
        all.norm("encoder.conv.LayerNorm", hidden, true);
    }
    if head {
        let names = family.head;
        all.linear(names.dense, hidden, hidden, config.rotary.as_ref().is_none_or(|rotary| rotary.head_bias));
        if let Some(norm) = names.norm {
            all.norm(norm, hidden, shift);
        }
        all.linear(names.out, config.labels.len(), hidden, true);
    }
    all.0
}

/// Blocks that end with their norms.
fn blocks(config: &EncoderConfig, all: &mut Shapes) {
    let EncoderConfig { hidden, intermediate, .. } = *config;
    for i in 0..config.layers {
        for name in projections(config) {
            all.linear(&format!("encoder.layer.{i}.attention.self.{name}"), hidden, hidden, true);
        }
        all.linear(&format!("encoder.layer.{i}.attention.output.dense"), hidden, hidden, true);
        all.norm(&format!("encoder.layer.{i}.attention.output.LayerNorm"), hidden, true);
        all.linear(&format!("encoder.layer.{i}.intermediate.dense"), intermediate, hidden, true);
        all.linear(&format!("encoder.layer.{i}.output.dense"), hidden, intermediate, true);
        all.norm(&format!("encoder.layer.{i}.output.LayerNorm"), hidden, true);
    }
}

/// Blocks that begin with their norms, and the norm behind them all.
fn rotated(config: &EncoderConfig, rotary: &Rotary, all: &mut Shapes) {
    let EncoderConfig { hidden, intermediate, .. } = *config;
    for i in 0..config.layers {
        let name = |part: &str| format!("layers.{i}.{part}");
        // What enters the first is normalized already.
        if i > 0 {
            all.norm(&name("attn_norm"), hidden, rotary.norm_bias);
        }
        for part in FUSED[0].1.iter().chain(&["attn.Wo"]) {
            all.linear(&name(part), hidden, hidden, rotary.attention_bias);
        }
        all.norm(&name("mlp_norm"), hidden, rotary.norm_bias);
        for part in FUSED[1].1 {
            all.linear(&name(part), intermediate, hidden, rotary.mlp_bias);
        }
        all.linear(&name("mlp.Wo"), hidden, intermediate, rotary.mlp_bias);
    }
    all.norm("final_norm", hidden, rotary.norm_bias);
}

/// Query, key and value of the content, then key and query of the positions where they have their own.
pub fn projections(config: &EncoderConfig) -> Vec<&'static str> {
    let Some(relative) = &config.relative else { return vec!["query", "key", "value"] };
    let mut names = vec!["query_proj", "key_proj", "value_proj"];
    if !relative.shared && relative.content_to_position {
        names.push("pos_key_proj");
    }
    if !relative.shared && relative.position_to_content {
        names.push("pos_query_proj");
    }
    names
}

struct Shapes(Vec<(String, Vec<usize>)>);

impl Shapes {
    fn add(&mut self, name: &str, shape: &[usize]) {
        self.0.push((name.to_owned(), shape.to_vec()));
    }

    fn linear(&mut self, name: &str, rows: usize, cols: usize, bias: bool) {
        self.add(&format!("{name}.weight"), &[rows, cols]);
        if bias {
            self.add(&format!("{name}.bias"), &[rows]);
        }
    }

    fn norm(&mut self, name: &str, width: usize, shift: bool) {
        self.add(&format!("{name}.weight"), &[width]);
        if shift {
            self.add(&format!("{name}.bias"), &[width]);
        }
    }
}
