//! Which of a model's chat templates counts.

use super::source::{GgufVocab, TextSource};
use crate::error::{Code, Error, Result};
use serde_json::Value;

/// `chat_template.jinja` wins over tokenizer_config.json (`configured`), which wins over the GGUF's. Of several with
/// names `default` counts; where none is called so, nobody can say which one a plain question is for, and guessing
/// would give a wrong prompt.
pub fn template(source: &TextSource, configured: Option<&Value>, gguf: Option<&GgufVocab>) -> Option<Result<String>> {
    let own = source.chat_template_jinja.as_ref().map(|bytes| {
        String::from_utf8(bytes.clone())
            .map_err(|_| Error::new(Code::BadTemplate, "chat_template.jinja is not UTF-8", "Download the file again."))
    });
    let found = own.or_else(|| named(configured?)).or_else(|| {
        let gguf = gguf?;
        let named = || (!gguf.named_templates.is_empty()).then(|| Err(undecided(&gguf.named_templates)));
        gguf.chat_template.clone().map(Ok).or_else(named)
    });
    found.filter(|found| found.as_ref().map_or(true, |text| !text.trim().is_empty()))
}

/// One template, a list of `{name, template}`, or a map from names to templates.
fn named(value: &Value) -> Option<Result<String>> {
    let all: Vec<(&str, &str)> = match value {
        Value::String(text) => return Some(Ok(text.clone())),
        Value::Array(list) => list
            .iter()
            .filter_map(|entry| Some((entry.get("name")?.as_str()?, entry.get("template")?.as_str()?)))
            .collect(),
        Value::Object(map) => map.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_str()?))).collect(),
        _ => return None,
    };
    let default = all.iter().find(|(name, _)| *name == "default");
    match default {
        Some((_, text)) => Some(Ok((*text).to_owned())),
        None if all.is_empty() => None,
        None => Some(Err(undecided(&all.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>()))),
    }
}

fn undecided(names: &[String]) -> Error {
    Error::new(
        Code::BadTemplate,
        format!("the model has chat templates by name ({}), and none is called `default`", names.join(", ")),
        "Put the one to use into chat_template.jinja, or give the prompt as ids.",
    )
}
