//! Hugging Face folders: configuration, index, safetensors headers, text files.

use super::{Target, files, speak};
use semgrad::weights::checkpoint::Checkpoint;

/// See [`Target`].
pub const TARGET: Target =
    Target { name: "safetensors", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 60_000 };

const WORDS: &[&str] = &[
    "\n== config.json\n",
    "\n== model.safetensors\n",
    "\n== model.safetensors.index.json\n",
    "zeros 70000",
    "__metadata__",
    "F32",
    "BF16",
    "F16",
    "F8_E4M3",
    "\"data_offsets\":[0,1152921504606846976]",
    "\"shape\":[4294967296,4294967296]",
    "\"weight_map\"",
    "\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4}",
    "\"rope_type\":\"llama3\"",
    "\"longrope\"",
    "\"sliding_window\":0",
    "\"layer_types\":[]",
    "\"quantization_config\":{}",
    "\"head_dim\":0",
    "\"num_hidden_layers\":1000000",
];

/// One of each kind of layer and of rotation.
const FAMILIES: [&str; 6] =
    ["llama_tied", "gemma2_tied", "lfm2_tied", "phi3_untied", "granite4_tied", "mistral_untied"];

fn run(data: &[u8]) -> bool {
    pollster::block_on(async {
        let Ok(checkpoint) = Checkpoint::open(files::model_files(data, "model.safetensors")).await else {
            return false;
        };
        for tensor in checkpoint.tensors() {
            let _ = checkpoint.read(&tensor.name).await;
        }
        let _ = speak::speak(&checkpoint.text, &speak::conversation());
        true
    })
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = FAMILIES.iter().map(|name| files::join(&model(name))).collect();
    let shard = |name: &str| (name.to_owned(), files::safetensors("tiny/llama_tied/model.safetensors"));
    let [config, (_, whole)] = model("llama_tied");
    let header = whole.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let names: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(header).unwrap();
    let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    let map: serde_json::Map<_, _> =
        names.keys().filter(|name| *name != "__metadata__").map(|name| (name.clone(), shards[0].into())).collect();
    let index = serde_json::json!({"metadata": {"total_size": 1}, "weight_map": map}).to_string().into_bytes();
    seeds.push(files::join(&[
        config,
        ("model.safetensors.index.json".into(), index),
        shard(shards[0]),
        shard(shards[1]),
    ]));
    seeds
}

/// Configuration and weights of a tiny model.
pub fn model(name: &str) -> [(String, Vec<u8>); 2] {
    let config = files::json(&files::read(&format!("tiny/{name}/config.json")), 64);
    let weights = files::safetensors(&format!("tiny/{name}/model.safetensors"));
    [("config.json".into(), config), ("model.safetensors".into(), weights)]
}
