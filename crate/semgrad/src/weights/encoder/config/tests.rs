//! Settings that real files have, and settings that must not pass.

use super::*;
use crate::error::Code;
use serde_json::json;

fn deberta() -> Value {
    json!({
        "model_type": "deberta-v2", "hidden_act": "gelu", "hidden_size": 384, "intermediate_size": 1536,
        "num_attention_heads": 6, "num_hidden_layers": 12, "vocab_size": 128_100, "type_vocab_size": 0,
        "max_position_embeddings": 512, "max_relative_positions": -1, "position_buckets": 256, "share_att_key": true,
        "norm_rel_ebd": "layer_norm", "pos_att_type": ["p2c", "c2p"], "position_biased_input": false,
        "relative_attention": true, "id2label": {"0": "contradiction", "1": "entailment", "2": "neutral"},
    })
}

fn bert() -> Value {
    json!({
        "model_type": "bert", "hidden_size": 384, "intermediate_size": 1536, "num_attention_heads": 12,
        "num_hidden_layers": 6, "vocab_size": 30_522, "max_position_embeddings": 512, "type_vocab_size": 2,
    })
}

fn with(mut config: Value, key: &str, value: Value) -> Files {
    config[key] = value;
    Files { config, ..Files::default() }
}

#[test]
fn deberta_v3_is_read() {
    let read = read(&Files { config: deberta(), ..Files::default() }).unwrap();
    let relative = read.relative.unwrap();
    assert_eq!((relative.buckets, relative.longest, relative.span()), (Some(256), 512, 256));
    assert!(relative.shared && relative.normalized && relative.content_to_position && relative.position_to_content);
    assert_eq!((read.positions, read.types, read.max_tokens, read.embedding), (None, 0, 512, 384));
    assert_eq!(read.head_activation, HeadActivation::Gelu);
    assert_eq!(read.labels, ["contradiction", "entailment", "neutral"]);
}

#[test]
fn other_families_have_keys_of_their_own() {
    let of = |config: Value| read(&Files { config, ..Files::default() }).unwrap();
    let distilbert = of(json!({
        "model_type": "distilbert", "dim": 768, "hidden_dim": 3072, "n_heads": 12, "n_layers": 6, "vocab_size": 30_522,
        "max_position_embeddings": 512, "activation": "gelu", "type_vocab_size": 2, "layer_norm_eps": 1e-5,
    }));
    assert_eq!((distilbert.hidden, distilbert.intermediate, distilbert.heads, distilbert.layers), (768, 3072, 12, 6));
    assert_eq!((distilbert.types, distilbert.norm_eps, distilbert.first_position), (0, 1e-12, 0));
    let mut mpnet = bert();
    mpnet["model_type"] = json!("mpnet");
    mpnet["max_position_embeddings"] = json!(514);
    mpnet["pad_token_id"] = json!(0); // the table's own is 1, whatever the file says
    let mpnet = of(mpnet);
    assert_eq!((mpnet.types, mpnet.first_position, mpnet.positions, mpnet.max_tokens), (0, 2, Some(514), 512));
    let modern = of(json!({
        "model_type": "modernbert", "hidden_size": 768, "intermediate_size": 1152, "num_attention_heads": 12,
        "num_hidden_layers": 22, "vocab_size": 50_368, "max_position_embeddings": 8192, "norm_eps": 1e-5,
        "hidden_activation": "gelu", "position_embedding_type": "sans_pos", "classifier_pooling": "mean",
    }));
    assert_eq!((modern.positions, modern.types, modern.max_tokens), (None, 0, 8192));
    assert_eq!((modern.head_pooling, modern.head_activation), (Pooling::Mean, HeadActivation::Gelu));
    assert_eq!(modern.rotary.unwrap().near.iter().filter(|near| **near).count(), 14);
}

#[test]
fn the_limit_is_that_of_the_nearest_file_that_names_one() {
    let files = |tokenizer: Value, sentence: Value| Files {
        config: bert(),
        tokenizer_config: json!({ "model_max_length": tokenizer }),
        transformer: json!({ "max_seq_length": sentence }),
        ..Files::default()
    };
    assert_eq!(read(&files(json!(512), json!(256))).unwrap().max_tokens, 256);
    assert_eq!(read(&files(json!(128), json!(256))).unwrap().max_tokens, 256);
    assert_eq!(read(&files(json!(128), Value::Null)).unwrap().max_tokens, 128);
    assert_eq!(read(&files(json!(128), json!(1024))).unwrap().max_tokens, 512);
    assert_eq!(read(&files(json!(1e30), Value::Null)).unwrap().max_tokens, 512);
    let mut roberta = bert();
    roberta["model_type"] = json!("roberta");
    roberta["max_position_embeddings"] = json!(514);
    let read = read(&Files { config: roberta, ..Files::default() }).unwrap();
    assert_eq!((read.first_position, read.max_tokens), (2, 512));
}

#[test]
fn what_is_not_implemented_is_refused() {
    for (config, key, value) in [
        (bert(), "model_type", json!("llama")),
        (bert(), "hidden_act", json!("relu")),
        (bert(), "position_embedding_type", json!("relative_key")),
        (bert(), "is_decoder", json!(true)),
        (bert(), "attention_head_size", json!(64)),
        (deberta(), "model_type", json!("deberta")),
        (deberta(), "relative_attention", json!(false)),
        (deberta(), "pos_att_type", json!("p2p")),
        (deberta(), "pooler_hidden_act", json!("silu")),
        (deberta(), "conv_kernel_size", json!(4)),
    ] {
        let error = read(&with(config, key, value)).unwrap_err();
        assert_eq!(error.code, Code::UnsupportedArchitecture, "{key}");
    }
}

#[test]
fn what_is_impossible_is_refused() {
    for (config, key, value) in [
        (bert(), "hidden_size", json!(385)),
        (bert(), "num_attention_heads", json!(0)),
        (bert(), "num_hidden_layers", json!(1_000_000)),
        (bert(), "vocab_size", json!("many")),
        (bert(), "layer_norm_eps", json!(0)),
        (bert(), "max_position_embeddings", json!(0)),
        (bert(), "id2label", json!({"1": "entailment"})),
        (deberta(), "position_buckets", json!(1)),
        (deberta(), "max_relative_positions", json!(100)),
    ] {
        assert_eq!(read(&with(config, key, value)).unwrap_err().code, Code::CorruptWeights, "{key}");
    }
}
