//! Adapters: PEFT folders and GGUF files.

use super::{Target, files, folder};
use semgrad::adapter::{Adapter, gguf, peft};
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::config::ModelConfig;

/// See [`Target`].
pub const TARGET: Target = Target { name: "adapter", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 100_000 };

const WORDS: &[&str] = &[
    "\n== adapter_config.json\n",
    "\n== adapter_model.safetensors\n",
    "zeros 9000",
    "\"rank_pattern\":{\"q_proj\":0}",
    "\"alpha_pattern\":{\".*\":1e308}",
    "\"use_rslora\":true",
    "\"use_dora\":true",
    "\"r\":0",
    "\"lora_alpha\":1e308",
    "\"bias\":\"all\"",
    "adapter.lora.alpha",
    "adapter.type",
    "lora",
    ".lora_a",
    ".lora_b",
    "lora_A.weight",
    "lora_B.weight",
    "BF16",
    "F16",
];

thread_local! {
    /// The model that all of them are read for.
    static MODEL: ModelConfig = {
        let files = files::model_files(&files::join(&folder::model("llama_tied")), "");
        pollster::block_on(Checkpoint::open(files)).unwrap().config
    };
}

fn run(data: &[u8]) -> bool {
    MODEL.with(|model| {
        let read = Adapter::open(files::model_files(data, "adapter.gguf"), model);
        let Ok(adapter) = pollster::block_on(read) else { return false };
        let _ = (adapter.hash(), gguf::write(&adapter, model), peft::write(&adapter, model));
        true
    })
}

fn seeds() -> Vec<Vec<u8>> {
    let config = files::json(&files::read("adapters/llama_tied/ours_qv/adapter_config.json"), 64);
    let weights = files::safetensors("adapters/llama_tied/ours_qv/adapter_model.safetensors");
    let folder = files::join(&[("adapter_config.json", config), ("adapter_model.safetensors", weights)]);
    vec![files::read("adapters/llama_tied/ours_qv/adapter.gguf"), folder]
}
