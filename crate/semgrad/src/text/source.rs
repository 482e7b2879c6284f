//! What the weight readers hand to the text stage: raw material, not yet checked.

/// Vocabulary and merges as a GGUF file carries them (`tokenizer.ggml.*`).
#[derive(Clone, Debug, Default)]
pub struct GgufVocab {
    /// `tokenizer.ggml.model`: `gpt2` (byte-level BPE), `llama` (SentencePiece), …
    pub model: String,
    /// The pre-tokenizer of most models of this architecture, for files that name none; may be empty.
    pub usual_pre: &'static str,
    /// `tokenizer.ggml.pre`: which pre-tokenizer a byte-level BPE uses (a name in `cuts.rs`).
    pub pre: Option<String>,
    /// Token strings by id.
    pub tokens: Vec<String>,
    /// Scores by id (SentencePiece only; else empty).
    pub scores: Vec<f32>,
    /// Token types by id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte (may be empty).
    pub token_types: Vec<i32>,
    /// BPE merges, `left right`.
    pub merges: Vec<String>,
    /// `bos_token_id`.
    pub bos: Option<u32>,
    /// `eos_token_id`.
    pub eos: Option<u32>,
    /// `eot_token_id` (end of turn).
    pub eot: Option<u32>,
    /// `unknown_token_id`.
    pub unknown: Option<u32>,
    /// `padding_token_id`.
    pub padding: Option<u32>,
    /// `add_bos_token`.
    pub add_bos: Option<bool>,
    /// `add_space_prefix`.
    pub add_space_prefix: Option<bool>,
    /// `tokenizer.chat_template`.
    pub chat_template: Option<String>,
    /// `tokenizer.chat_templates`: names of further templates.
    pub named_templates: Vec<String>,
}

impl GgufVocab {
    /// `id` if it is in the vocabulary. Many files name one that is not, mostly the first behind it
    /// (ggml-org/llama.cpp#3635): it counts as absent.
    pub fn known(&self, id: Option<u32>) -> Option<u32> {
        id.filter(|id| self.tokens.get(*id as usize).is_some())
    }
}

/// Everything about text that came with the weights. All of it may be missing: then ids go in and ids come out.
#[derive(Clone, Debug, Default)]
pub struct TextSource {
    /// `tokenizer.json` of a Hugging Face folder.
    pub tokenizer_json: Option<Vec<u8>>,
    /// `vocab.json` of a folder without `tokenizer.json`.
    pub vocab_json: Option<Vec<u8>>,
    /// `merges.txt` beside it.
    pub merges_txt: Option<Vec<u8>>,
    /// `tokenizer_config.json`.
    pub tokenizer_config_json: Option<Vec<u8>>,
    /// `generation_config.json` (stop tokens).
    pub generation_config_json: Option<Vec<u8>>,
    /// `special_tokens_map.json`.
    pub special_tokens_map_json: Option<Vec<u8>>,
    /// `added_tokens.json` (tokens on top of `tokenizer.json`, in older folders).
    pub added_tokens_json: Option<Vec<u8>>,
    /// `chat_template.jinja`.
    pub chat_template_jinja: Option<Vec<u8>>,
    /// `config.json` (`bos_token_id`, `eos_token_id`).
    pub config_json: Option<Vec<u8>>,
    /// The vocabulary of a GGUF file.
    pub gguf: Option<GgufVocab>,
}
