//! `tokenizer.*` keys, handed to the text stage as they are.

use super::metadata::Metadata;
use crate::error::Result;
use crate::text::source::GgufVocab;

/// The vocabulary, or `None` when the file has no tokens; `usual_pre` is the pre-tokenizer of most models of the family.
/// Arrays are moved out of `metadata`, not copied.
pub(super) fn vocabulary(metadata: &mut Metadata, usual_pre: &'static str) -> Result<Option<GgufVocab>> {
    let tokens = metadata.take_texts("tokenizer.ggml.tokens")?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let scores = metadata.take_numbers("tokenizer.ggml.scores")?;
    let token_types = metadata.take_numbers("tokenizer.ggml.token_type")?;
    Ok(Some(GgufVocab {
        model: metadata.take_text("tokenizer.ggml.model")?.unwrap_or_default(),
        usual_pre,
        pre: metadata.take_text("tokenizer.ggml.pre")?,
        tokens,
        scores: scores.into_iter().map(|x| x as f32).collect(),
        token_types: token_types.into_iter().map(|x| x as i32).collect(),
        merges: metadata.take_texts("tokenizer.ggml.merges")?,
        bos: metadata.token("tokenizer.ggml.bos_token_id")?,
        eos: metadata.token("tokenizer.ggml.eos_token_id")?,
        eot: metadata.token("tokenizer.ggml.eot_token_id")?,
        unknown: metadata.token("tokenizer.ggml.unknown_token_id")?,
        padding: metadata.token("tokenizer.ggml.padding_token_id")?,
        add_bos: metadata.bool("tokenizer.ggml.add_bos_token")?,
        add_space_prefix: metadata.bool("tokenizer.ggml.add_space_prefix")?,
        chat_template: metadata.take_text("tokenizer.chat_template")?,
        named_templates: metadata.take_texts("tokenizer.chat_templates")?,
    }))
}
