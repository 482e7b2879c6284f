//! Folders of the encoders that compare texts.

use super::{Target, files, speak};
use semgrad::text::Pieces;
use semgrad::weights::encoder::EncoderCheckpoint;

/// See [`Target`].
pub const TARGET: Target = Target { name: "encoder", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 10_000 };

const WORDS: &[&str] = &[
    "\n== 1_Pooling/config.json\n",
    "\n== modules.json\n",
    "\n== sentence_bert_config.json\n",
    "zeros 70000",
    "\"id2label\":{\"0\":\"entailment\"}",
    "\"pooling_mode_cls_token\":true",
    "\"max_seq_length\":0",
    "\"max_relative_positions\":-1",
    "\"position_buckets\":0",
    "\"relative_attention\":true",
    "\"type_vocab_size\":0",
    "\"local_attention\":1",
    "\"global_attn_every_n_layers\":0",
];

const MODELS: [&str; 5] =
    ["bert_embedding", "deberta_v3_nli", "modernbert_embedding", "mpnet_embedding", "roberta_nli"];
const FILES: [&str; 7] = [
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
];

fn run(data: &[u8]) -> bool {
    pollster::block_on(async {
        let Ok(encoder) = EncoderCheckpoint::open(files::model_files(data, "model.safetensors")).await else {
            return false;
        };
        for tensor in encoder.tensors.iter() {
            let _ = encoder.tensors.read(&tensor.name).await;
        }
        for limit in [4, encoder.config.max_tokens] {
            if let Ok(pieces) = Pieces::new(&encoder.tokenizer, limit) {
                let _ = (pieces.encode(speak::TEXT, None), pieces.encode(speak::TEXT, Some("")));
            }
        }
        true
    })
}

fn seeds() -> Vec<Vec<u8>> {
    let folder = |name: &&str| {
        let mut parts = vec![("model.safetensors", files::safetensors(&format!("encoders/{name}/model.safetensors")))];
        for file in FILES {
            let path = format!("encoders/{name}/{file}");
            if files::reference(&path).is_file() {
                parts.insert(0, (file, files::json(&files::read(&path), 300)));
            }
        }
        files::join(&parts)
    };
    MODELS.iter().map(folder).collect()
}
