//! Which tensors a configuration implies, and with which shapes.

use super::config::EncoderConfig;

/// Canonical names (those of a checkpoint without a head) and row-major shapes, in the order of the data flow.
pub(super) fn expected(config: &EncoderConfig, head: bool) -> Vec<(String, Vec<usize>)> {
    let EncoderConfig { vocab, embedding, hidden, intermediate, .. } = *config;
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
    all.norm("embeddings.LayerNorm", hidden);
    if let Some(relative) = &config.relative {
        all.add("encoder.rel_embeddings.weight", &[2 * relative.span(), hidden]);
        if relative.normalized {
            all.norm("encoder.LayerNorm", hidden);
        }
    }
    for i in 0..config.layers {
        for name in projections(config) {
            all.linear(&format!("encoder.layer.{i}.attention.self.{name}"), hidden, hidden);
        }
        all.linear(&format!("encoder.layer.{i}.attention.output.dense"), hidden, hidden);
        all.norm(&format!("encoder.layer.{i}.attention.output.LayerNorm"), hidden);
        all.linear(&format!("encoder.layer.{i}.intermediate.dense"), intermediate, hidden);
        all.linear(&format!("encoder.layer.{i}.output.dense"), hidden, intermediate);
        all.norm(&format!("encoder.layer.{i}.output.LayerNorm"), hidden);
    }
    if let Some(width) = config.convolution {
        all.add("encoder.conv.conv.weight", &[hidden, hidden, width]);
        all.add("encoder.conv.conv.bias", &[hidden]);
        all.norm("encoder.conv.LayerNorm", hidden);
    }
    if head {
        let [dense, out] = config.family.head;
        all.linear(dense, hidden, hidden);
        all.linear(out, config.labels.len(), hidden);
    }
    all.0
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

    fn linear(&mut self, name: &str, rows: usize, cols: usize) {
        self.add(&format!("{name}.weight"), &[rows, cols]);
        self.add(&format!("{name}.bias"), &[rows]);
    }

    fn norm(&mut self, name: &str, width: usize) {
        self.add(&format!("{name}.weight"), &[width]);
        self.add(&format!("{name}.bias"), &[width]);
    }
}
