//! Files that versions of sentence-transformers wrote, and what must not pass.

use super::*;
use serde_json::json;

fn pooled(pooling: Value) -> Result<Pooling> {
    read(&Files { pooling, ..Files::default() }).map(|sentence| sentence.pooling)
}

#[test]
fn pooling_follows_the_files() {
    let flags = |set: &[&str]| {
        let all = POOLING_FLAGS.iter().map(|(flag, mode)| ((*flag).to_owned(), json!(set.contains(mode))));
        Value::Object(all.chain([("word_embedding_dimension".to_owned(), json!(384))]).collect())
    };
    let mode = |mode: Value| json!({"embedding_dimension": 384, "pooling_mode": mode, "include_prompt": true});
    for (pooling, want) in [
        (Value::Null, Pooling::Mean),
        (flags(&["cls"]), Pooling::First),
        (flags(&["mean"]), Pooling::Mean),
        (flags(&["mean_sqrt_len_tokens"]), Pooling::Mean),
        // No mode is named: the default.
        (flags(&[]), Pooling::Mean),
        (json!({"word_embedding_dimension": 384}), Pooling::Mean),
        (json!({"pooling_mode_cls_token": true}), Pooling::First),
        // Since sentence-transformers 5.4.
        (mode(json!("mean")), Pooling::Mean),
        (mode(json!("cls")), Pooling::First),
        (mode(json!("mean_sqrt_len_tokens")), Pooling::Mean),
        (mode(json!(["cls"])), Pooling::First),
        (mode(Value::Null), Pooling::Mean),
        // The new key counts where both are there.
        (json!({"pooling_mode": "cls", "pooling_mode_mean_tokens": true}), Pooling::First),
    ] {
        assert_eq!(pooled(pooling.clone()), Ok(want), "{pooling}");
    }
    for (pooling, named) in [
        (flags(&["cls", "mean"]), "`cls and mean`"),
        (flags(&["max", "mean"]), "`max and mean`"),
        (flags(&["weightedmean"]), "`weightedmean`"),
        (mode(json!("max")), "`max`"),
        (mode(json!("lasttoken")), "`lasttoken`"),
        (mode(json!(["mean", "max"])), "`mean and max`"),
    ] {
        let error = pooled(pooling).unwrap_err();
        assert!(error.code == Code::UnsupportedArchitecture && error.message.contains(named), "{error}");
    }
    for pooling in [mode(json!(3)), mode(json!([1]))] {
        assert_eq!(pooled(pooling).unwrap_err().code, Code::CorruptWeights);
    }
}

#[test]
fn layers_are_known_by_their_class() {
    let layers = |all: &[(&str, &str)]| {
        let list = all.iter().map(|(kind, path)| json!({"type": kind, "path": path})).collect();
        Files { pooling: json!({"pooling_mode": "cls"}), modules: Value::Array(list), ..Files::default() }
    };
    for package in ["sentence_transformers.models", "sentence_transformers.sentence_transformer.modules.pooling"] {
        let pooling = format!("{package}.Pooling");
        let normalize = format!("{package}.Normalize");
        let transformer = "sentence_transformers.base.modules.transformer.Transformer";
        let all = layers(&[(transformer, ""), (&pooling, "1_Pooling"), (&normalize, "2_Normalize")]);
        assert_eq!(read(&all).unwrap().pooling, Pooling::First);
        for (refused, named) in [
            (layers(&[(transformer, "0_Transformer"), (&pooling, "1_Pooling")]), "`0_Transformer`"),
            (layers(&[(transformer, ""), (&pooling, "pool")]), "`pool`"),
            (layers(&[(transformer, ""), (&pooling, "1_Pooling"), ("a.b.Dense", "2_Dense")]), "`Dense`"),
            (layers(&[(transformer, ""), (&normalize, "1_Normalize"), (&pooling, "2_Pooling")]), "`Normalize`"),
        ] {
            let error = read(&refused).unwrap_err();
            assert!(error.code == Code::UnsupportedArchitecture && error.message.contains(named), "{error}");
        }
        let missing = Files { pooling: Value::Null, ..layers(&[(transformer, ""), (&pooling, "1_Pooling")]) };
        assert_eq!(read(&missing).unwrap_err().code, Code::BadInput);
    }
    // A cross-encoder has no more than this.
    let alone =
        Files { pooling: Value::Null, ..layers(&[("sentence_transformers.base.modules.transformer.Transformer", "")]) };
    assert_eq!(read(&alone).unwrap().pooling, Pooling::Mean);
    let broken = Files { modules: json!({}), ..Files::default() };
    assert_eq!(read(&broken).unwrap_err().code, Code::CorruptWeights);
}

#[test]
fn a_text_is_prepared_as_the_files_say() {
    let model = |kind: &str, name: Value| {
        json!({
            "model_type": kind, "default_prompt_name": name, "prompts": {"query": "query: ", "document": "", "none": null},
        })
    };
    let said = |model: Value, transformer: Value| read(&Files { model, transformer, ..Files::default() });
    let sentence = "SentenceTransformer";
    for (model, prompt) in [
        (Value::Null, ""),
        (json!({"__version__": {"transformers": "4.6.1"}}), ""),
        (model(sentence, Value::Null), ""),
        (model(sentence, json!("document")), ""),
        (model(sentence, json!("query")), "query: "),
        (json!({"default_prompt_name": "a", "prompts": {"a": "b"}}), "b"),
        (model("CrossEncoder", Value::Null), ""),
    ] {
        assert_eq!(said(model, Value::Null).unwrap().prompt, prompt);
    }
    for name in ["passage", "none"] {
        assert_eq!(said(model(sentence, json!(name)), Value::Null).unwrap_err().code, Code::CorruptWeights);
    }
    let unprompted = |name: &str| Files {
        model: model(sentence, json!(name)),
        pooling: json!({"pooling_mode": "mean", "include_prompt": false}),
        ..Files::default()
    };
    assert_eq!(read(&unprompted("document")).unwrap().pooling, Pooling::Mean);
    let error = read(&unprompted("query")).unwrap_err();
    assert!(error.code == Code::UnsupportedArchitecture && error.message.contains("`query: `"), "{error}");

    // As version 6.2 writes it, and as versions before 5.4 did.
    let text = |output: &str| json!({"text": {"method": "forward", "method_output_name": output}});
    let newer = |task: &str, output: &str, name: &str| {
        json!({
            "transformer_task": task, "modality_config": text(output), "module_output_name": name,
        })
    };
    for (transformer, lowercase) in [
        (newer("feature-extraction", "last_hidden_state", "token_embeddings"), false),
        (newer("sequence-classification", "logits", "scores"), false),
        (json!({"max_seq_length": 256, "do_lower_case": false}), false),
        (json!({"max_seq_length": 256, "do_lower_case": true}), true),
    ] {
        assert_eq!(said(Value::Null, transformer).unwrap().lowercase, lowercase);
    }
    let with = |key: &str, value: Value| {
        let mut file = newer("feature-extraction", "last_hidden_state", "token_embeddings");
        file[key] = value;
        file
    };
    for (model, transformer, named) in [
        (model("SparseEncoder", Value::Null), Value::Null, "`SparseEncoder`"),
        (model("MultiVectorEncoder", Value::Null), Value::Null, "`MultiVectorEncoder`"),
        (model("CrossEncoder", json!("query")), Value::Null, "`query: `"),
        (Value::Null, newer("fill-mask", "logits", "token_embeddings"), "`fill-mask`"),
        (Value::Null, newer("text-generation", "logits", "causal_logits"), "`text-generation`"),
        (Value::Null, with("modality_config", text("pooler_output")), "`pooler_output`"),
        (Value::Null, with("modality_config", json!({"image": {"method": "forward"}})), "`text`"),
        (Value::Null, with("module_output_name", json!("sentence_embedding")), "`sentence_embedding`"),
        (Value::Null, with("query_expansion", json!({"strategy": "fixed", "length": 32})), "`query_expansion`"),
        (Value::Null, with("processing_kwargs", json!({"text": {"max_length": 9}})), "`processing_kwargs`"),
    ] {
        let error = said(model, transformer).unwrap_err();
        assert!(error.code == Code::UnsupportedArchitecture && error.message.contains(named), "{error}");
    }
}
