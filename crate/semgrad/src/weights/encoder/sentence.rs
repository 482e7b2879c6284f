//! What sentence-transformers has noted about a model: what happens to a text before the tokenizer sees it, and how the
//! vectors of its tokens become one. Files of all versions: since 5.4 they say the same under other names.

use super::family::unsupported;
use super::files::{Files, MODEL, MODULES, TRANSFORMER};
use crate::error::{Code, Error, Result};
use crate::weights::folder::fields::{Fields, damaged};
use crate::weights::source::POOLING;
use serde_json::Value;

/// How the vector of a text comes from those of its tokens.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean, special tokens included.
    Mean,
    /// The first one.
    First,
}

/// From a text to its vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What stands before every text of which a vector is made.
    pub prompt: String,
    /// Whether a text is written in small letters first.
    pub lowercase: bool,
    /// From the vectors of tokens to that of the text.
    pub pooling: Pooling,
}

/// Reads the files, and refuses what they ask for and is not implemented.
pub(super) fn read(files: &Files) -> Result<Sentence> {
    let prompt = prompt(&files.model)?;
    if !prompt.is_empty() && files.pooling.get("include_prompt") == Some(&Value::Bool(false)) {
        return Err(unsupported(format!("{POOLING} leaves out the prompt, which {MODEL} sets to `{prompt}`")));
    }
    Ok(Sentence { prompt, lowercase: lowercase(&files.transformer)?, pooling: pooling(files)? })
}

/// What stands before every text, after a look at what kind of model this is.
fn prompt(model: &Value) -> Result<String> {
    if model.is_null() {
        return Ok(String::new());
    }
    let fields = Fields::of(MODEL, model)?;
    let kind = fields.text("model_type")?.unwrap_or("SentenceTransformer");
    if !["SentenceTransformer", "CrossEncoder"].contains(&kind) {
        return Err(unsupported(format!("{MODEL} says that this is a `{kind}`")));
    }
    let Some(name) = fields.text("default_prompt_name")? else { return Ok(String::new()) };
    let prompts = fields.object("prompts")?;
    let prompt = prompts.map(|prompts| prompts.text(name)).transpose()?.flatten();
    let prompt = prompt.ok_or_else(|| damaged(MODEL, &format!("it has no prompt `{name}`")))?;
    if !prompt.is_empty() && kind == "CrossEncoder" {
        return Err(unsupported(format!("{MODEL} sets the prompt `{prompt}` before pairs")));
    }
    Ok(prompt.to_owned())
}

/// Whether texts are written in small letters, after a look at what the encoder is to do.
fn lowercase(transformer: &Value) -> Result<bool> {
    const FILE: &str = TRANSFORMER[0];
    if transformer.is_null() {
        return Ok(false);
    }
    let fields = Fields::of(FILE, transformer)?;
    let text = match fields.object("modality_config")? {
        Some(kinds) => Some(
            kinds.object("text")?.ok_or_else(|| unsupported(format!("{FILE} knows no inputs of the kind `text`")))?,
        ),
        None => None,
    };
    for (section, key, known) in [
        (Some(fields), "transformer_task", ["feature-extraction", "sequence-classification"]),
        (Some(fields), "module_output_name", ["token_embeddings", "scores"]),
        (text, "method", ["forward"; 2]),
        (text, "method_output_name", ["last_hidden_state", "logits"]),
    ] {
        let said = section.map(|section| section.text(key)).transpose()?.flatten();
        if let Some(other) = said.filter(|said| !known.contains(said)) {
            return Err(unsupported(format!("{FILE} sets `{key}` to `{other}`")));
        }
    }
    for key in ["processing_kwargs", "query_expansion"] {
        if fields.object(key)?.is_some_and(|settings| settings.len() > 0) {
            return Err(unsupported(format!("{FILE} sets `{key}`")));
        }
    }
    Ok(fields.bool("do_lower_case")?.unwrap_or(false))
}

/// Modes that files before sentence-transformers 5.4 have a flag for, and their names since.
const POOLING_FLAGS: [(&str, &str); 6] = [
    ("pooling_mode_cls_token", "cls"),
    ("pooling_mode_max_tokens", "max"),
    ("pooling_mode_mean_tokens", "mean"),
    ("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"),
    ("pooling_mode_weightedmean_tokens", "weightedmean"),
    ("pooling_mode_lasttoken", "lasttoken"),
];

/// What is done with the tokens' vectors; normalization is always done here.
fn pooling(files: &Files) -> Result<Pooling> {
    let modules = match &files.modules {
        Value::Null => &[],
        list => list.as_array().ok_or_else(|| damaged(MODULES, "it is not a list"))?.as_slice(),
    };
    let mut pooled = false;
    for module in modules {
        let text = |key: &str| module.get(key).and_then(Value::as_str).unwrap_or_default();
        // The class alone: versions differ in the package that it lies in.
        let kind = text("type").rsplit('.').next().unwrap_or_default();
        let wanted = match kind {
            "Transformer" => "",
            "Pooling" => POOLING.trim_end_matches("/config.json"),
            "Dropout" => continue, // nothing is dropped outside training
            "Normalize" if pooled => continue,
            "Normalize" => return Err(unsupported(format!("{MODULES} asks for a `{kind}` layer before the pooling"))),
            _ => return Err(unsupported(format!("{MODULES} asks for a `{kind}` layer"))),
        };
        let path = text("path").trim_end_matches('/');
        if path != wanted {
            return Err(unsupported(format!("{MODULES} has its `{kind}` layer in `{path}`, not in `{wanted}`")));
        }
        pooled |= kind == "Pooling";
        if pooled && files.pooling.is_null() {
            return Err(Error::new(
                Code::BadInput,
                format!("{MODULES} names {POOLING}, which is not among the model's files"),
                "Give all files of the model's folder: that one says how texts become vectors.",
            ));
        }
    }
    match pooling_modes(&files.pooling)?.as_slice() {
        // The second is longer by the root of the number of tokens, and every vector is brought to length one.
        ["mean" | "mean_sqrt_len_tokens"] => Ok(Pooling::Mean),
        ["cls"] => Ok(Pooling::First),
        other => Err(unsupported(format!(
            "{POOLING} asks for the pooling `{}`, not for the mean or the first token",
            other.join(" and ")
        ))),
    }
}

/// The names of the modes whose results are joined; the mean where none is named.
fn pooling_modes(pooling: &Value) -> Result<Vec<&str>> {
    let modes: Vec<&str> = match pooling.get("pooling_mode") {
        None | Some(Value::Null) => {
            let set = |flag: &str| pooling.get(flag).and_then(Value::as_bool).unwrap_or(false);
            POOLING_FLAGS.iter().filter(|(flag, _)| set(flag)).map(|(_, mode)| *mode).collect()
        }
        Some(Value::String(mode)) => vec![mode],
        Some(Value::Array(list)) => {
            let names: Option<_> = list.iter().map(Value::as_str).collect();
            names.ok_or_else(|| damaged(POOLING, "`pooling_mode` is not a list of strings"))?
        }
        Some(_) => return Err(damaged(POOLING, "`pooling_mode` is no string")),
    };
    Ok(if modes.is_empty() { vec!["mean"] } else { modes })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
