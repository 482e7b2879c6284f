//! Spellings of `config.json` seen on the hub, reduced to what they differ in.

use super::*;
use crate::error::{Code, Error};
use crate::weights::families::family::QkNorm;
use Layer::{Convolution, Full, Sliding, Unrotated};
use serde_json::json;

/// `base` with the entries of `changes` put over it.
fn with(mut base: Value, changes: Value) -> Value {
    base.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    base
}

fn llama() -> Value {
    json!({
        "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 128, "max_position_embeddings": 256, "vocab_size": 100,
        "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "hidden_act": "silu", "tie_word_embeddings": false,
        "bos_token_id": 1, "eos_token_id": 2,
    })
}

/// What google/gemma-3-4b-it has in `text_config`: nearly everything is left to defaults.
fn gemma() -> Value {
    json!({
        "model_type": "gemma3", "eos_token_id": [1, 106], "text_config": {
            "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 7,
            "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024,
        },
    })
}

fn read(config: Value) -> Result<ModelConfig> {
    model_config(&config, &Value::Null, Some(100))
}

fn error(config: Value) -> Error {
    read(config).unwrap_err()
}

#[test]
fn llama_with_top_level_rope() {
    let config = read(llama()).unwrap();
    assert_eq!((config.head_dim, config.attention_scale, config.rope_theta), (16, 0.25, 500000.0));
    assert_eq!((config.rope_scaling, config.kinds, config.sliding_window), (RopeScaling::None, vec![Full; 2], None));
    assert!(!config.tied && !config.attention_bias && config.qk_norm == QkNorm::None && !config.post_norms);
    assert_eq!((config.stop_ids, config.bos_id), (vec![2], Some(1)));
}

#[test]
fn rope_in_every_spelling() {
    let llama3 = json!({"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192});
    let expected =
        RopeScaling::Llama3 { factor: 32.0, low_freq_factor: 1.0, high_freq_factor: 4.0, original_context: 8192 };
    let old = read(with(llama(), json!({"rope_scaling": llama3}))).unwrap();
    assert_eq!((old.rope_theta, &old.rope_scaling), (500000.0, &expected));
    let new = with(llama3, json!({"rope_theta": 10000.0}));
    let new = read(with(llama(), json!({"rope_parameters": new}))).unwrap();
    assert_eq!((new.rope_theta, &new.rope_scaling), (10000.0, &expected));
    let older = read(with(llama(), json!({"rope_scaling": {"type": "linear", "factor": 2.0}}))).unwrap();
    assert_eq!(older.rope_scaling, RopeScaling::Linear { factor: 2.0 });
    for kind in ["dynamic", "mrope"] {
        let e = error(with(llama(), json!({"rope_scaling": {"rope_type": kind, "factor": 2.0}})));
        assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("rope_type"), "{e}");
    }
}

#[test]
fn gemma_inside_a_multimodal_model() {
    let config = read(gemma()).unwrap();
    assert_eq!((config.heads, config.kv_heads, config.head_dim, config.vocab), (8, 4, 256, 100));
    assert_eq!((config.rope_theta, config.rope_local_theta), (1e6, Some(1e4)));
    assert_eq!(config.rope_scaling, RopeScaling::Linear { factor: 8.0 });
    assert_eq!(config.kinds, [Sliding, Sliding, Sliding, Sliding, Sliding, Full, Sliding]);
    assert_eq!((config.sliding_window, config.attention_scale), (Some(1024), 1.0 / 16.0));
    assert_eq!(config.embedding_scale, Some(2560_f64.sqrt()));
    assert!(config.tied && config.qk_norm == QkNorm::Heads && config.post_norms);
    assert_eq!((config.stop_ids, config.context), (vec![1, 106], 131_072));
}

#[test]
fn gemma_with_nested_rope_parameters() {
    let rope = |sliding: &str| {
        json!({"rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 2e6},
            "sliding_attention": {"rope_type": sliding, "factor": 8.0, "rope_theta": 2e4},
        }})
    };
    let flat = |rope: Value| {
        let text = with(gemma()["text_config"].clone(), json!({"query_pre_attn_scalar": 168, "rope_scaling": null}));
        with(text, rope)
    };
    let config = read(flat(rope("default"))).unwrap();
    assert_eq!((config.rope_theta, config.rope_local_theta), (2e6, Some(2e4)));
    assert_eq!(config.rope_scaling, RopeScaling::Linear { factor: 8.0 });
    assert_eq!(config.attention_scale, 168_f64.sqrt().recip());
    assert_eq!(error(flat(rope("linear"))).code, Code::UnsupportedArchitecture);
}

#[test]
fn qwen_slides_only_when_told_to() {
    let qwen = with(llama(), json!({"model_type": "qwen2", "sliding_window": 32, "max_window_layers": 1}));
    let plain = read(qwen.clone()).unwrap();
    assert!(plain.attention_bias && plain.sliding_window.is_none());
    let sliding = read(with(qwen.clone(), json!({"use_sliding_window": true}))).unwrap();
    assert_eq!((sliding.kinds, sliding.sliding_window), (vec![Full, Sliding], Some(32)));
    let listed = json!({"use_sliding_window": true, "layer_types": ["sliding_attention", "full_attention"]});
    assert_eq!(read(with(qwen, listed)).unwrap().kinds, [Sliding, Full]);
    let qwen3 = read(with(llama(), json!({"model_type": "qwen3"}))).unwrap();
    assert!(qwen3.qk_norm == QkNorm::Heads && !qwen3.attention_bias && qwen3.head_dim == 128);
}

#[test]
fn stop_tokens_come_from_both_files() {
    let generation = json!({"eos_token_id": [7, -1, 2]});
    let config = model_config(&llama(), &generation, None).unwrap();
    assert_eq!(config.stop_ids, [7, 2]);
}

#[test]
fn what_is_not_implemented_is_named() {
    let cases = [
        (json!({"model_type": "mixtral"}), "mixtral"),
        (json!({"hidden_act": "gelu"}), "hidden_act"),
        (json!({"mlp_bias": true}), "mlp_bias"),
        (json!({"num_local_experts": 8}), "num_local_experts"),
        (json!({"partial_rotary_factor": 0.5}), "partial_rotary_factor"),
    ];
    for (change, named) in cases {
        let e = error(with(llama(), change));
        assert!(e.code == Code::UnsupportedArchitecture && e.message.contains(named), "{named}: {e}");
    }
    let capped = with(gemma()["text_config"].clone(), json!({"final_logit_softcapping": 30.0}));
    assert!(error(capped).message.contains("final_logit_softcapping"));
}

#[test]
fn nonsense_is_an_error() {
    let cases = [
        json!({"hidden_size": null}),
        json!({"hidden_size": -1}),
        json!({"hidden_size": "64"}),
        json!({"num_hidden_layers": 1_000_000}),
        json!({"num_attention_heads": 0}),
        json!({"num_key_value_heads": 3}),
        json!({"head_dim": 15}),
        json!({"rms_norm_eps": 0.0}),
        json!({"rope_theta": -1.0}),
        json!({"vocab_size": 0}),
        json!({"eos_token_id": "</s>"}),
        json!({"rope_scaling": {"rope_type": "linear", "factor": 0.0}}),
        json!({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}}),
        json!({"rope_scaling": []}),
        json!({"text_config": 3}),
    ];
    for change in cases {
        let outcome = read(with(llama(), change.clone())).and_then(|config| config.validate());
        assert_eq!(outcome.unwrap_err().code, Code::CorruptWeights, "{change}");
    }
    assert_eq!(error(json!([])).code, Code::CorruptWeights);
}

#[test]
fn smollm3_says_layer_by_layer_what_is_rotated() {
    let smollm = with(llama(), json!({"model_type": "smollm3", "num_hidden_layers": 5, "rope_theta": null}));
    let kinds = |change: Value| read(with(smollm.clone(), change)).unwrap().kinds;
    // `layer_types` does not know of rotations.
    let listed = json!({"layer_types": vec!["full_attention"; 5], "no_rope_layers": [1, 0, 1, 1, 0]});
    assert_eq!(kinds(listed), [Full, Unrotated, Full, Full, Unrotated]);
    assert_eq!(kinds(json!({})), [Full, Full, Full, Unrotated, Full]);
    assert_eq!(kinds(json!({"no_rope_layer_interval": 2})), [Full, Unrotated, Full, Unrotated, Full]);
    let sliding = error(with(smollm.clone(), json!({"use_sliding_window": true, "sliding_window": 8})));
    assert!(sliding.message.contains("use_sliding_window"), "{sliding}");
    assert!(read(with(smollm.clone(), json!({"use_sliding_window": false}))).is_ok());
    let short = read(with(smollm, json!({"no_rope_layers": [1, 0]}))).and_then(|config| config.validate());
    assert_eq!(short.unwrap_err().code, Code::CorruptWeights);
}

#[test]
fn granite_has_four_factors() {
    let granite = with(llama(), json!({"model_type": "granite"}));
    let plain = read(granite.clone()).unwrap();
    assert_eq!((plain.attention_scale, plain.embedding_scale, plain.logit_scale), (1.0, Some(1.0), Some(1.0)));
    let factors = json!({"attention_multiplier": 0.5, "embedding_multiplier": 12, "residual_multiplier": 0.25,
        "logits_scaling": 8.0});
    let config = read(with(granite.clone(), factors.clone())).unwrap();
    assert_eq!((config.attention_scale, config.embedding_scale), (0.5, Some(12.0)));
    assert_eq!((config.residual_scale, config.logit_scale), (Some(0.25), Some(0.125)));
    // In other families nobody reads them.
    assert_eq!(read(with(llama(), factors)).unwrap(), read(llama()).unwrap());
    let zero = read(with(granite, json!({"residual_multiplier": 0.0}))).and_then(|config| config.validate());
    assert_eq!(zero.unwrap_err().code, Code::CorruptWeights);
}

#[test]
fn granite_4_is_read_where_it_is_no_hybrid() {
    let hybrid = json!({"model_type": "granitemoehybrid", "shared_intermediate_size": 96, "num_local_experts": 0,
        "layer_types": ["attention", "attention"], "position_embedding_type": "rope"});
    let hybrid = with(llama(), hybrid);
    let config = read(hybrid.clone()).unwrap();
    assert_eq!((config.intermediate, config.kinds), (96, vec![Full; 2]));
    let without = read(with(hybrid.clone(), json!({"position_embedding_type": "nope"}))).unwrap();
    assert_eq!(without.kinds, [Unrotated; 2]);
    for (change, named) in [
        (json!({"layer_types": ["mamba", "attention"]}), "mamba"),
        (json!({"num_local_experts": 64}), "num_local_experts"),
    ] {
        let e = error(with(hybrid.clone(), change));
        assert!(e.code == Code::UnsupportedArchitecture && e.message.contains(named), "{e}");
    }
}

#[test]
fn a_multimodal_models_text_may_be_of_another_family() {
    let text = |name: &str| with(llama(), json!({"model_type": name, "sliding_window": null}));
    let whole = |name: &str| json!({"model_type": "mistral3", "text_config": text(name), "tie_word_embeddings": true});
    for (name, title) in [("mistral", "Mistral"), ("ministral3", "Ministral 3")] {
        let config = read(whole(name)).unwrap();
        assert_eq!((config.family.title, config.tied), (title, true));
    }
    assert!(error(whole("mamba")).message.contains("`mamba`"));
}

#[test]
fn mistral_slides_unless_it_says_null() {
    let mistral = with(llama(), json!({"model_type": "mistral"}));
    let window = |change: Value| {
        let config = read(with(mistral.clone(), change)).unwrap();
        assert!(config.kinds.iter().all(|kind| *kind == if config.sliding_window.is_some() { Sliding } else { Full }));
        config.sliding_window
    };
    assert_eq!(window(json!({})), Some(4096));
    assert_eq!(window(json!({"sliding_window": 16})), Some(16));
    assert_eq!(window(json!({"sliding_window": null})), None);
}

#[test]
fn ministral_stretches_its_context_and_grows_its_queries() {
    let rope = json!({"rope_type": "yarn", "rope_theta": 1e6, "factor": 16.0, "beta_fast": 32.0, "beta_slow": 1.0,
        "original_max_position_embeddings": 16384, "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1});
    let config = |change: Value| {
        let rope = with(rope.clone(), change);
        read(with(llama(), json!({"model_type": "ministral3", "sliding_window": null, "rope_parameters": rope})))
    };
    let plain = config(json!({})).unwrap();
    let yarn = |attention| RopeScaling::Yarn {
        factor: 16.0,
        beta_fast: 32.0,
        beta_slow: 1.0,
        original_context: 16384,
        attention,
    };
    assert_eq!((&plain.rope_scaling, plain.rope_theta), (&yarn(1.0), 1e6));
    let temperature = plain.temperature.unwrap();
    assert_eq!((temperature.at(16383), temperature.at(16384)), (1.0, 1.0 + 0.1 * 2_f64.ln()));
    assert!((temperature.at(3 * 16384) - (1.0 + 0.1 * 4_f64.ln())).abs() < 1e-12);
    // Without the second scale, and said outright.
    let usual = (0.1 * 16_f64.ln() + 1.0) as f32;
    assert_eq!(config(json!({"mscale_all_dim": null})).unwrap().rope_scaling, yarn(usual));
    assert_eq!(config(json!({"attention_factor": 1.5})).unwrap().rope_scaling, yarn(1.5));
    assert!(
        error(with(llama(), json!({"rope_scaling": {"type": "yarn", "factor": 4.0, "truncate": false}})))
            .message
            .contains("yarn")
    );
}

#[test]
fn phi_rotates_a_part_of_each_head_and_stretches_it() {
    let phi = with(
        llama(),
        json!({"model_type": "phi3", "partial_rotary_factor": 0.75, "max_position_embeddings": 4096,
        "original_max_position_embeddings": 1024, "sliding_window": 500}),
    );
    let plain = read(phi.clone()).unwrap();
    assert_eq!((plain.head_dim, plain.rotated, plain.context), (16, 12, 4096));
    assert_eq!((plain.kinds, plain.sliding_window), (vec![Sliding; 2], Some(500)));
    // It was called otherwise once.
    for name in ["longrope", "su", "yarn"] {
        let scaling = json!({"type": name, "short_factor": [1, 2, 3, 4, 5, 6], "long_factor": [9, 9, 9, 9, 9, 9]});
        let config = read(with(phi.clone(), json!({"rope_scaling": scaling}))).unwrap();
        let attention = (1.0 + 4_f64.ln() / 1024_f64.ln()).sqrt() as f32;
        let divisors = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!((config.rope_scaling.clone(), config.context), (RopeScaling::Factors { divisors, attention }, 1024));
        config.validate().unwrap();
    }
    let few = json!({"rope_scaling": {"type": "longrope", "short_factor": [1, 2]}});
    assert_eq!(read(with(phi, few)).and_then(|config| config.validate()).unwrap_err().code, Code::CorruptWeights);
}

#[test]
fn gemma_2_is_capped_unless_it_says_null() {
    let gemma = with(llama(), json!({"model_type": "gemma2", "hidden_act": null, "head_dim": 16}));
    let caps = |change: Value| {
        let config = read(with(gemma.clone(), change)).unwrap();
        (config.attention_cap, config.logit_cap)
    };
    assert_eq!(caps(json!({})), (Some(50.0), Some(30.0)));
    assert_eq!(caps(json!({"attn_logit_softcapping": null, "final_logit_softcapping": 20})), (None, Some(20.0)));
    let config = read(gemma).unwrap();
    assert_eq!((config.kinds, config.sliding_window), (vec![Sliding, Full], Some(4096)));
}

/// What the first LFM2 files say: LFM2-350M and LFM2-1.2B.
#[test]
fn lfm2_says_two_thirds_of_a_width_and_which_layers_attend() {
    let lfm2 = |change: Value| {
        let usual = json!({
            "model_type": "lfm2", "hidden_size": 1024, "num_hidden_layers": 16, "num_attention_heads": 16,
            "num_key_value_heads": 8, "max_position_embeddings": 128_000, "vocab_size": 65536, "norm_eps": 1e-5,
            "rope_theta": 1000000.0, "block_auto_adjust_ff_dim": true, "block_ff_dim": 6656, "block_ffn_dim_multiplier": 1.0,
            "block_multiple_of": 256, "conv_L_cache": 3, "conv_bias": false, "full_attn_idxs": [2, 5, 8, 10, 12, 14],
        });
        with(usual, change)
    };
    let config = read(lfm2(json!({}))).unwrap();
    config.validate().unwrap();
    assert_eq!((config.intermediate, config.head_dim, config.norm_eps, config.taps), (4608, 64, 1e-5, Some(3)));
    let attention = |i| if [2, 5, 8, 10, 12, 14].contains(&i) { Full } else { Convolution };
    assert_eq!(config.kinds, (0..16).map(attention).collect::<Vec<_>>());
    assert!(config.tied && config.qk_norm == QkNorm::Heads && config.rope_theta == 1e6);
    let width = |change: Value| read(lfm2(change)).unwrap().intermediate;
    assert_eq!(width(json!({"block_ff_dim": 12288})), 8192);
    assert_eq!(width(json!({"block_ff_dim": null, "intermediate_size": 12288})), 8192);
    assert_eq!(width(json!({"block_ff_dim": null})), 8192);
    assert_eq!(width(json!({"block_auto_adjust_ff_dim": false})), 6656);
    assert_eq!(width(json!({"block_ffn_dim_multiplier": 1.25})), 5632);
    assert_eq!(width(json!({"block_ffn_dim_multiplier": null})), 4437);
    assert!(read(lfm2(json!({"block_ff_dim": 1u64 << 60}))).unwrap().validate().is_err());

    // Newer files list the kinds, which count before the numbers.
    let types = json!({"num_hidden_layers": 3, "layer_types": ["conv", "full_attention", "conv"]});
    assert_eq!(read(lfm2(types)).unwrap().kinds, [Convolution, Full, Convolution]);
    let silent = read(lfm2(json!({"full_attn_idxs": null}))).unwrap();
    assert_eq!((silent.kinds, silent.taps), (vec![Full; 16], None));
    assert!(!read(lfm2(json!({"tie_embedding": false}))).unwrap().tied);
    for (change, named) in [(json!({"conv_bias": true}), "conv_bias"), (json!({"num_experts": 4}), "num_experts")] {
        let e = error(lfm2(change));
        assert!(e.code == Code::UnsupportedArchitecture && e.message.contains(named), "{e}");
    }
    for taps in [0, 1, 1000] {
        assert!(read(lfm2(json!({"conv_L_cache": taps}))).unwrap().validate().is_err(), "{taps}");
    }
}

#[test]
fn lfm3_rotates_half_of_the_pairs_where_it_does_not_slide() {
    let lfm3 = |change: Value| {
        let usual = json!({
            "model_type": "lfm3", "hidden_size": 2048, "intermediate_size": 7680, "num_hidden_layers": 6, "vocab_size": 100,
        });
        with(usual, change)
    };
    let half = RopeScaling::Proportional { share: 0.5, factor: 1.0 };
    let config = read(lfm3(json!({}))).unwrap();
    config.validate().unwrap();
    assert_eq!((config.intermediate, config.head_dim, config.rotated, config.taps), (7680, 128, 128, Some(7)));
    assert_eq!((config.rope_theta, config.rope_local_theta, &config.rope_scaling), (1e6, Some(1e4), &half));
    assert_eq!(config.kinds, [Convolution, Convolution, Full, Convolution, Sliding, Convolution]);
    assert!(config.tied && config.head_gate && config.post_norms && config.sliding_window == Some(256));
    let rope = json!({"rope_parameters": {
        "full_attention": {"rope_type": "proportional", "rope_theta": 2e6, "partial_rotary_factor": 0.25, "factor": 2.0},
        "sliding_attention": {"rope_type": "default", "rope_theta": 2e4},
    }});
    let config = read(lfm3(rope)).unwrap();
    assert_eq!((config.rope_theta, config.rope_local_theta), (2e6, Some(2e4)));
    assert_eq!(config.rope_scaling, RopeScaling::Proportional { share: 0.25, factor: 2.0 });
    assert!(!read(lfm3(json!({"use_attention_gate": false}))).unwrap().head_gate);
    let e = error(lfm3(json!({"use_sandwich_norm": false})));
    assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("use_sandwich_norm"), "{e}");
}

#[test]
fn a_family_without_convolutions_refuses_them() {
    for family in [
        json!({"model_type": "granitemoehybrid", "shared_intermediate_size": 64}),
        json!({"model_type": "qwen3", "use_sliding_window": true}),
        json!({"model_type": "gemma3_text", "hidden_act": null}),
    ] {
        let e = error(with(llama(), with(family, json!({"layer_types": ["full_attention", "conv"]}))));
        assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("\"conv\""), "{e}");
    }
}
