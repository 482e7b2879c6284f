//! Real files: the committed fixtures and the tiny reference models.

use super::*;
use crate::weights::fixtures::{reference, tiny};
use crate::weights::format::{Format, dequantize_row};
use crate::weights::source::open_path;
use safetensors::SafeTensors;
use std::rc::Rc;

fn open(path: &str) -> Checkpoint {
    pollster::block_on(Checkpoint::open(open_path(&reference(path)).unwrap())).unwrap()
}

fn values(checkpoint: &Checkpoint, name: &str) -> (Vec<usize>, Vec<f32>) {
    let tensor = pollster::block_on(checkpoint.read(name)).unwrap();
    let info = checkpoint.get(name).unwrap();
    assert_eq!((info.bytes, info.format, &info.shape), (tensor.data.len() as u64, tensor.format, &tensor.shape));
    let cols = *tensor.shape.last().unwrap();
    let mut out = vec![f32::NAN; tensor.shape.iter().product()];
    let rows = tensor.data.chunks_exact(tensor.format.row_bytes(cols));
    for (row, out) in rows.zip(out.chunks_exact_mut(cols)) {
        dequantize_row(tensor.format, row, out);
    }
    (tensor.shape, out)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

#[test]
fn every_format_equals_the_oracle_bit_for_bit() {
    let checkpoint = open("gguf/formats.gguf");
    let bytes = std::fs::read(reference("gguf/formats.safetensors")).unwrap();
    let oracle = SafeTensors::deserialize(&bytes).unwrap();
    let mut formats = Vec::new();
    for info in checkpoint.tensors() {
        let expected = oracle.tensor(&info.name).unwrap();
        let (shape, found) = values(&checkpoint, &info.name);
        assert_eq!(shape, expected.shape(), "{}", info.name);
        for (i, (a, b)) in found.iter().zip(floats(expected.data())).enumerate() {
            assert_eq!(a.to_bits(), b.to_bits(), "{} ({}) at {i}: {a} is not {b}", info.name, info.format.name());
        }
        formats.push(info.format);
    }
    assert_eq!(checkpoint.tensors().count(), oracle.len());
    assert!(Format::ALL.iter().all(|f| formats.contains(f)), "{formats:?}");
}

#[test]
fn a_gguf_header_gives_configuration_and_vocabulary() {
    let Checkpoint { config, text, .. } = open("gguf/formats.gguf");
    assert_eq!((config.layers, config.hidden, config.vocab), (3, 256, 4));
    assert_eq!((config.heads, config.kv_heads, config.head_dim, config.intermediate), (2, 1, 4, 2));
    assert_eq!((config.norm_eps, config.rope_theta, config.attention_scale), (1e-5, 50000.0, 0.5));
    assert!(!config.tied && !config.attention_bias && config.embedding_scale.is_none());
    // The end-of-turn token counts although the header names another end.
    assert_eq!((config.stop_ids, config.bos_id), (vec![0, 3], Some(1)));
    let vocab = text.gguf.unwrap();
    assert_eq!((vocab.model.as_str(), vocab.pre.as_deref()), ("gpt2", Some("smollm")));
    assert_eq!((vocab.tokens.len(), vocab.token_types, vocab.merges), (4, vec![1, 1, 1, 3], vec!["a b".to_owned()]));
    assert_eq!((vocab.add_bos, vocab.eos), (Some(false), Some(0)));
    assert_eq!(vocab.chat_template.as_deref(), Some("{{ messages[0]['content'] }}"));
}

#[test]
fn the_tiny_models_open_and_read() {
    for name in tiny() {
        let checkpoint = open(&format!("tiny/{name}"));
        let bytes = std::fs::read(reference(&format!("tiny/{name}/model.safetensors"))).unwrap();
        let stored = SafeTensors::deserialize(&bytes).unwrap();
        let fused = checkpoint.config.family.fused;
        let more: usize = fused.iter().map(|(_, parts)| (parts.len() - 1) * checkpoint.config.layers).sum();
        assert_eq!(checkpoint.tensors().count(), stored.len() + more, "{name}");
        assert_eq!(checkpoint.config.tied, name.ends_with("_tied"));
        let mut used = 0;
        for info in checkpoint.tensors() {
            // Rows of a part come behind those of the parts before it.
            let mut found = (stored.tensor(&info.name).ok(), 0);
            for (whole, parts) in fused {
                if let Some(at) = parts.iter().position(|part| info.name.contains(part)) {
                    let named = |other: &str| info.name.replace(parts[at], other);
                    let before = parts[..at].iter().map(|part| checkpoint.get(&named(part)).unwrap().shape[0]);
                    found = (
                        stored.tensor(&named(whole)).ok(),
                        before.sum::<usize>() * info.shape.iter().skip(1).product::<usize>(),
                    );
                }
            }
            let (Some(whole), first) = found else { panic!("{name} has no {}", info.name) };
            let count: usize = info.shape.iter().product();
            used += count;
            let data = &whole.data()[2 * first..2 * (first + count)];
            let bits = data.as_chunks().0.iter().map(|b| u32::from(u16::from_le_bytes(*b)) << 16);
            let less_one = checkpoint.config.family.norms_less_one && info.name.ends_with("norm.weight");
            let one = if less_one { 1.0 } else { 0.0 };
            let expected: Vec<f32> = bits.map(|b| f32::from_bits(b) + one).collect();
            assert_eq!(values(&checkpoint, &info.name), (info.shape.clone(), expected), "{name} {}", info.name);
        }
        let held: usize = stored.iter().map(|(_, tensor)| tensor.shape().iter().product::<usize>()).sum();
        assert_eq!(used, held, "{name}");
        let total: u64 = checkpoint.tensors().map(|t| t.bytes).sum();
        assert_eq!(checkpoint.total_bytes(), total);
    }
}

fn file(name: &str, bytes: Vec<u8>) -> ModelFile {
    ModelFile { name: name.to_owned(), source: Rc::new(bytes) }
}

fn error(files: Vec<ModelFile>) -> Error {
    pollster::block_on(Checkpoint::open(files)).err().unwrap()
}

/// The two files of a tiny model, the first possibly changed.
fn folder(edit: impl Fn(String) -> String) -> Vec<ModelFile> {
    let config = std::fs::read_to_string(reference("tiny/llama_tied/config.json")).unwrap();
    let weights = std::fs::read(reference("tiny/llama_tied/model.safetensors")).unwrap();
    vec![file("config.json", edit(config).into_bytes()), file("model.safetensors", weights)]
}

#[test]
fn a_folder_may_have_a_prefix_and_a_single_gguf_any_name() {
    let files = folder(|c| c).into_iter().map(|f| ModelFile { name: format!("my model/{}", f.name), ..f });
    assert!(pollster::block_on(Checkpoint::open(files.collect())).is_ok());
    let bytes = std::fs::read(reference("gguf/formats.gguf")).unwrap();
    assert!(pollster::block_on(Checkpoint::open(vec![file("blob", bytes)])).is_ok());
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(error(vec![]).code, Code::BadInput);
    assert_eq!(error(vec![file("model.safetensors", vec![])]).code, Code::UnsupportedFormat);
    assert_eq!(error(vec![file("a.safetensors", vec![]), file("b.safetensors", vec![])]).code, Code::BadInput);
    assert!(error(folder(|c| c)[..1].to_vec()).message.contains("model.safetensors"));
    assert!(error(vec![file("a.gguf", vec![]), file("b.gguf", vec![])]).message.contains("several"));

    let fifth = error(folder(|c| c.replace(r#""num_hidden_layers": 4"#, r#""num_hidden_layers": 5"#)));
    assert_eq!(fifth.code, Code::CorruptWeights);
    assert!(fifth.message.contains("`model.layers.4.input_layernorm.weight` is missing"), "{fifth}");
    let wider = error(folder(|c| c.replace(r#""intermediate_size": 128"#, r#""intermediate_size": 129"#)));
    assert!(wider.message.contains("`model.layers.0.mlp.gate_proj.weight` has shape [128, 64]"), "{wider}");
    let untied = error(folder(|c| c.replace(r#""tie_word_embeddings": true"#, r#""tie_word_embeddings": false"#)));
    assert!(untied.message.contains("`lm_head.weight` is missing"), "{untied}");
}

#[test]
fn cut_or_lying_safetensors_are_errors() {
    let whole = std::fs::read(reference("tiny/llama_tied/model.safetensors")).unwrap();
    let config = || folder(|c| c).remove(0);
    for length in (0..whole.len()).step_by(9973).chain([7, 8, 9, whole.len() - 1]) {
        let cut = error(vec![config(), file("model.safetensors", whole[..length].to_vec())]);
        assert_eq!(cut.code, Code::CorruptWeights, "{length}: {cut}");
    }
    let mut lying = whole.clone();
    lying[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(error(vec![config(), file("model.safetensors", lying)]).code, Code::CorruptWeights);
}

#[test]
fn shards_are_found_through_the_index() {
    let [config, weights] = <[ModelFile; 2]>::try_from(folder(|c| c)).ok().unwrap();
    let shard = ModelFile { name: "model-00001-of-00001.safetensors".to_owned(), ..weights };
    let index = |shard: &str| {
        let text = format!(r#"{{"weight_map": {{"a": "{shard}", "b": "{shard}"}}}}"#);
        file("model.safetensors.index.json", text.into_bytes())
    };
    let files = vec![config.clone(), index(&shard.name), shard.clone()];
    assert!(pollster::block_on(Checkpoint::open(files)).is_ok());
    let absent = error(vec![config, index("other.safetensors"), shard]);
    assert!(absent.code == Code::BadInput && absent.message.contains("`other.safetensors`"), "{absent}");
}

#[test]
fn experts_are_named_even_where_the_configuration_is_silent() {
    let mut files = folder(|c| c);
    let weights = std::fs::read(reference("tiny/llama_tied/model.safetensors")).unwrap();
    let held = SafeTensors::deserialize(&weights).unwrap();
    let extra = held.tensor("model.norm.weight").unwrap();
    let mut views: Vec<_> = held.tensors();
    views.push(("model.layers.0.block_sparse_moe.router.layer.weight".to_owned(), extra));
    files[1] = file("model.safetensors", safetensors::serialize(views, None).unwrap());
    let e = error(files);
    assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("block_sparse_moe"), "{e}");
}

#[test]
fn fused_matrices_of_another_height_are_an_error() {
    let config = std::fs::read_to_string(reference("tiny/phi3_untied/config.json")).unwrap();
    let weights = std::fs::read(reference("tiny/phi3_untied/model.safetensors")).unwrap();
    for (from, to) in [
        (r#""intermediate_size": 48"#, r#""intermediate_size": 47"#),
        ("\"num_key_value_heads\": 3", "\"num_key_value_heads\": 1"),
    ] {
        assert!(config.contains(from));
        let files = vec![
            file("config.json", config.replace(from, to).into_bytes()),
            file("model.safetensors", weights.clone()),
        ];
        let e = error(files);
        assert!(e.code == Code::CorruptWeights && e.message.contains("_proj.weight"), "{e}");
    }
}
