//! Folders as writers other than the usual one leave them: split, overlaid, renamed, with and without a head.

use crate::error::{Code, Error, Result};
use crate::weights::checkpoint::Checkpoint;
use crate::weights::encoder::EncoderCheckpoint;
use crate::weights::fixtures::{reference, tiny};
use crate::weights::source::{ModelFile, open_path};
use crate::weights::tensors::RawTensor;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Type, shape and data by name.
type Weights = BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

const UP: &str = "model.layers.0.mlp.up_proj.weight";

fn weights(path: &str) -> Weights {
    let bytes = std::fs::read(reference(path).join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let of = |(name, t): (String, TensorView)| (name, (t.dtype(), t.shape().to_vec(), t.data().to_vec()));
    tensors.tensors().into_iter().map(of).collect()
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> ModelFile {
    ModelFile { name: name.to_owned(), source: Rc::new(bytes.into()) }
}

fn safetensors(name: &str, weights: &Weights) -> ModelFile {
    let views = weights
        .iter()
        .map(|(name, (dtype, shape, data))| (name.as_str(), TensorView::new(*dtype, shape.clone(), data).unwrap()));
    file(name, serialize(views, None).unwrap())
}

fn config(path: &str) -> ModelFile {
    file("config.json", std::fs::read(reference(path).join("config.json")).unwrap())
}

/// An index that takes each tensor from a file.
fn index(places: &[(&str, &str)]) -> ModelFile {
    let map: BTreeMap<_, _> = places.iter().copied().collect();
    file("model.safetensors.index.json", serde_json::json!({ "metadata": {}, "weight_map": map }).to_string())
}

fn open(files: Vec<ModelFile>) -> Result<Checkpoint> {
    pollster::block_on(Checkpoint::open(files))
}

fn read(checkpoint: &Checkpoint, name: &str) -> Result<RawTensor> {
    pollster::block_on(checkpoint.read(name))
}

/// Every tensor is the one of the original.
fn assert_same(found: &Checkpoint, original: &Checkpoint, what: &str) {
    assert!(found.tensors().eq(original.tensors()), "{what}");
    for info in original.tensors() {
        assert_eq!(read(found, &info.name), read(original, &info.name), "{what}: {}", info.name);
    }
}

fn original(path: &str) -> Checkpoint {
    open(open_path(&reference(path)).unwrap()).unwrap()
}

fn renamed(weights: &Weights, name: impl Fn(&str) -> String) -> Weights {
    weights.iter().map(|(old, tensor)| (name(old), tensor.clone())).collect()
}

fn zeroed(weights: &Weights, name: &str) -> Weights {
    let mut weights = weights.clone();
    weights.get_mut(name).unwrap().2.fill(0);
    weights
}

fn only(weights: &Weights, names: impl Fn(&str) -> bool) -> Weights {
    weights.iter().filter(|(name, _)| names(name)).map(|(name, tensor)| (name.clone(), tensor.clone())).collect()
}

#[test]
fn decoders_are_found_without_and_under_other_prefixes() {
    for path in tiny().iter().map(|name| format!("tiny/{name}")) {
        let (original, weights) = (original(&path), weights(&path));
        for root in ["", "transformer.", "language_model.model.", "base_model.model.model."] {
            let around = root.strip_suffix("model.").unwrap_or_default();
            let name = |old: &str| match old.strip_prefix("model.") {
                Some(rest) => format!("{root}{rest}"),
                None => format!("{around}{old}"),
            };
            let found = open(vec![config(&path), safetensors("model.safetensors", &renamed(&weights, name))]);
            assert_same(&found.unwrap(), &original, &format!("{path} {root}"));
        }
    }
}

#[test]
fn a_model_without_a_head_is_not_called_damaged() {
    let body = only(&weights("tiny/llama_untied"), |name| name != "lm_head.weight");
    let body = renamed(&body, |name| name.replace("model.", ""));
    let e = open(vec![config("tiny/llama_untied"), safetensors("model.safetensors", &body)]).err().unwrap();
    assert!(e.code == Code::UnsupportedArchitecture && e.message.contains("`lm_head.weight` is missing"), "{e}");
}

/// As transformers does: see `tie_weights` in its `modeling_utils.py`.
#[test]
fn a_head_in_the_file_counts_although_the_configuration_ties_it() {
    let (path, embedding, head) = ("tiny/llama_tied", "model.embed_tokens.weight", "lm_head.weight");
    let mut both = weights(path);
    both.insert(head.to_owned(), zeroed(&both, embedding)[embedding].clone());
    let found = open(vec![config(path), safetensors("model.safetensors", &both)]).unwrap();
    assert!(!found.config.tied && read(&found, head).unwrap().data.iter().all(|&byte| byte == 0));

    let one = renamed(&weights(path), |name| name.replace(embedding, head));
    let found = open(vec![config(path), safetensors("model.safetensors", &one)]).unwrap();
    assert!(found.config.tied);
    assert_same(&found, &original(path), "only the head");
}

#[test]
fn the_index_decides_which_file_a_tensor_comes_from() {
    let path = "tiny/llama_tied";
    let (original, weights) = (original(path), weights(path));
    // The right tensor before and behind the wrong one, by the files' names.
    for (right, wrong) in [("a.safetensors", "b.safetensors"), ("b.safetensors", "a.safetensors")] {
        let places: Vec<_> =
            weights.keys().map(|name| (name.as_str(), if name == UP { right } else { wrong })).collect();
        let overlay = safetensors(right, &only(&weights, |name| name == UP));
        let base = safetensors(wrong, &zeroed(&weights, UP));
        let found = open(vec![config(path), index(&places), overlay.clone(), base.clone()]).unwrap();
        assert_same(&found, &original, right);
        // A single file comes before an index.
        let single = safetensors("model.safetensors", &weights);
        let found = open(vec![config(path), index(&[(UP, "absent.safetensors")]), single]).unwrap();
        assert_same(&found, &original, "single");

        // One that is listed nowhere and stands in both.
        let listed: Vec<_> = places.iter().copied().filter(|(name, _)| *name != UP).chain([("x", right)]).collect();
        let e = open(vec![config(path), index(&listed), overlay, base]).err().unwrap();
        assert!(e.code == Code::CorruptWeights && e.message.contains(UP) && e.message.contains("several"), "{e}");
    }
}

#[test]
fn an_index_that_is_wrong_is_said_to_be() {
    let path = "tiny/llama_tied";
    let weights = weights(path);
    let (first, second) = ("a.safetensors", "b.safetensors");
    let files = |places: &[(&str, &str)]| {
        let parts = [only(&weights, |name| name != UP), only(&weights, |name| name == UP)];
        vec![config(path), index(places), safetensors(first, &parts[0]), safetensors(second, &parts[1])]
    };
    let place = |name: &String| if name == UP { second } else { first };
    let right: Vec<_> = weights.keys().map(|name| (name.as_str(), place(name))).collect();
    assert_same(&open(files(&right)).unwrap(), &original(path), "in two files");

    // Taken from a file that does not hold it.
    let norm = "model.norm.weight";
    let swapped: Vec<_> = right.iter().map(|&(name, at)| (name, if name == norm { second } else { at })).collect();
    let e = open(files(&swapped)).err().unwrap();
    let says = e.message.contains("`model.norm.weight` from `b.safetensors`, which does not hold it");
    assert!(e.code == Code::CorruptWeights && says, "{e}");
    // A tensor that no model has may be in the wrong place: nobody reads it.
    let mut extra = weights.clone();
    extra.insert("model.layers.0.self_attn.rotary_emb.inv_freq".to_owned(), (Dtype::F32, vec![1], vec![0; 4]));
    let places = extra.keys().map(|name| (name.as_str(), if name.contains("inv_freq") { second } else { first }));
    let places: Vec<_> = places.collect();
    let e = open(vec![config(path), index(&places), safetensors(first, &extra), safetensors(second, &weights)]);
    assert!(e.is_ok());
    // A file that is not there.
    let absent = [right, vec![("y", "c.safetensors")]].concat();
    let e = open(files(&absent)).err().unwrap();
    assert!(e.code == Code::BadInput && e.message.contains("`c.safetensors`"), "{e}");
}

#[test]
fn not_a_number_is_found_when_it_is_read() {
    let path = "tiny/llama_tied";
    // BF16: NaN, and infinity of either sign.
    for bits in [0x7fc0_u16, 0x7f80, 0xff80] {
        for name in [UP, "model.norm.weight", "model.embed_tokens.weight"] {
            let mut weights = weights(path);
            let (_, shape, data) = weights.get_mut(name).unwrap();
            let at = data.len() / 2;
            data[at..at + 2].copy_from_slice(&bits.to_le_bytes());
            let row = at / 2 / shape.last().unwrap();
            let place = if shape.len() == 2 { format!("row {row} of") } else { String::new() };
            let checkpoint = open(vec![config(path), safetensors("model.safetensors", &weights)]).unwrap();
            let e = read(&checkpoint, name).unwrap_err();
            assert!(e.code == Code::CorruptWeights && e.message.contains(name) && e.message.starts_with(&place), "{e}");
            assert!(e.advice.contains("another conversion"), "{e}");
        }
    }
}

#[test]
fn norms_of_old_encoders_have_other_names() {
    for path in ["bert_embedding", "bert_nli", "roberta_nli", "deberta_v3_nli"].map(|name| format!("encoders/{name}")) {
        let original = open_path(&reference(&path)).unwrap();
        let open = |files| pollster::block_on(EncoderCheckpoint::open(files));
        let tensors = |checkpoint: &EncoderCheckpoint| {
            let each = checkpoint.tensors.iter().map(|info| info.name.clone()).collect::<Vec<_>>();
            each.into_iter().map(|name| pollster::block_on(checkpoint.tensors.read(&name))).collect::<Vec<_>>()
        };
        let expected = open(original.clone()).unwrap();
        for around in ["", "module."] {
            let old = |name: &str| {
                let name =
                    name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
                format!("{around}{name}")
            };
            let mut files = original.clone();
            files.retain(|file| file.name != "model.safetensors");
            files.push(safetensors("model.safetensors", &renamed(&weights(&path), old)));
            let found = open(files).unwrap();
            assert_eq!((&found.config, found.head), (&expected.config, expected.head), "{path} {around}");
            assert_eq!(tensors(&found), tensors(&expected), "{path} {around}");
        }
    }
}

#[test]
fn the_file_that_says_how_to_pool_must_be_there() {
    let mut files = open_path(&reference("encoders/bert_embedding")).unwrap();
    files.retain(|file| file.name != "1_Pooling/config.json");
    let open = |files| pollster::block_on(EncoderCheckpoint::open(files)).err();
    let e: Error = open(files.clone()).unwrap();
    assert!(e.code == Code::BadInput && e.message.contains("1_Pooling/config.json"), "{e}");
    // Without a list of layers there is none to look for.
    files.retain(|file| file.name != "modules.json");
    assert_eq!(open(files), None);
}
