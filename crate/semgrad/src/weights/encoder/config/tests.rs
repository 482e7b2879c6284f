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
        (bert(), "quantization_config", json!({})),
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

/// From the reference's `make_log_bucket_position`: the first distance of each bucket beyond the ones of one distance each.
#[test]
fn far_distances_share_buckets_as_in_the_reference() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/encoders/buckets.json");
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    for case in cases.as_array().unwrap() {
        let (buckets, longest) = (case["buckets"].as_u64().unwrap(), case["longest"].as_u64().unwrap() as usize);
        for (distance, want) in case["of"].as_array().unwrap().iter().enumerate() {
            let (distance, want) = (distance as i64, want.as_i64().unwrap());
            assert_eq!(bucket(distance, buckets as i64 / 2, longest), want, "{buckets} {longest} {distance}");
            assert_eq!(bucket(-distance, buckets as i64 / 2, longest), -want);
        }
    }
}
