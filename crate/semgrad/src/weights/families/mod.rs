//! The families of decoders, each a constant in a file of its own. All that distinguishes them is derived from these:
//! reading both kinds of configuration, names and order of tensors, shapes, and the advice that lists what is supported.

pub mod family;
mod gemma2;
mod gemma3;
mod granite;
mod lfm2;
mod lfm3;
mod llama;
mod mistral;
mod mistral3;
mod olmo2;
mod phi3;
mod qwen2;
mod qwen3;
mod smollm3;

use crate::error::{Code, Error, Result};
use crate::weights::architectures;
use family::Family;

/// All of them. A new one is a file, and a line here.
pub const ALL: &[&Family] = &[
    &llama::LLAMA,
    &qwen2::QWEN2,
    &qwen3::QWEN3,
    &gemma3::GEMMA3,
    &smollm3::SMOLLM3,
    &granite::GRANITE,
    &granite::GRANITE4,
    &mistral::MISTRAL,
    &mistral3::MISTRAL3,
    &phi3::PHI3,
    &olmo2::OLMO2,
    &gemma2::GEMMA2,
    &lfm2::LFM2,
    &lfm3::LFM3,
];

/// The family that `model_type` or `general.architecture` names.
pub(crate) fn find(name: &str) -> Result<&'static Family> {
    let named = |family: &&&Family| family.name == name || family.aliases.contains(&name);
    let found = ALL.iter().find(named).copied();
    found.ok_or_else(|| {
        let message = format!("the model's architecture is `{name}`");
        match architectures::kind(name) {
            None => unsupported(message),
            Some((what, None)) => unsupported(format!("{message}, {what}")),
            Some((what, Some(advice))) => {
                Error::new(Code::UnsupportedArchitecture, format!("{message}, {what}"), advice)
            }
        }
    })
}

/// Checks that GGUF has names for what a family has.
pub(crate) fn in_gguf(family: &Family) -> Result<()> {
    if family.in_gguf {
        return Ok(());
    }
    let (title, advice) = (family.title, "Use safetensors instead: the model's folder, and PEFT's of an adapter.");
    Err(Error::new(Code::UnsupportedArchitecture, format!("GGUF has no names for the parts of {title} so far"), advice))
}

/// The model asks for something that is not implemented; `what` names the key.
pub(crate) fn unsupported(what: impl Into<String>) -> Error {
    let titles = listed(ALL.iter().map(|family| family.title));
    let advice = format!("Supported are plain {titles} text models; choose one of these.");
    Error::new(Code::UnsupportedArchitecture, what, advice)
}

/// Names as a sentence lists them: a, b and c.
pub(crate) fn listed(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<_> = names.collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
