//! What a repository holds instead of what was wanted, by the names of its files.

use super::candidate::{Candidate, is_gguf};
use super::label::formats;
use super::listed::{Listed, Repository, Wanted, base_name, ends};
use crate::error::{Code, Error};

const IMATRIX: &str = "statistics for quantizers (imatrix)";
const LORA: &str = "an adapter (LoRA)";
const PICKLES: &str = "pickles of PyTorch";
const OTHERS: &str = "weights for other libraries";

/// By the end of the name, in any case; the first one that fits.
const ENDINGS: [(&str, &str); 19] = [
    ("imatrix.dat", IMATRIX),
    (".imatrix", IMATRIX),
    ("adapter_model.safetensors", LORA),
    ("adapter_model.bin", LORA),
    (".safetensors", "safetensors without config.json or tokenizer.json"),
    (".pt", PICKLES),
    (".pth", PICKLES),
    (".ckpt", PICKLES),
    (".pkl", PICKLES),
    (".onnx", "ONNX"),
    (".onnx_data", "ONNX"),
    (".bin", OTHERS),
    (".h5", OTHERS),
    (".msgpack", OTHERS),
    (".tflite", OTHERS),
    (".task", OTHERS),
    (".litertlm", OTHERS),
    (".mlmodel", OTHERS),
    (".mlpackage", OTHERS),
];

/// What a GGUF file is that is no language model: the part that sees, statistics of a quantizer, words alone.
pub(super) fn part(path: &str) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let has = |text: &str| lower.contains(text);
    let is_adapter = || lower.split(['-', '_', '.', '/']).any(|word| matches!(word, "lora" | "adapter" | "adapters"));
    match () {
        () if has("mmproj") => Some("a projector of pictures (mmproj)"),
        () if has("imatrix") => Some(IMATRIX),
        () if is_adapter() => Some(LORA),
        () if has("ggml-vocab") => Some("a vocabulary alone"),
        () => None,
    }
}

/// What any other file is that somebody could take for a model.
fn other(path: &str) -> Option<&'static str> {
    let is_torch = base_name(path).starts_with("pytorch_model") && ends(path, ".bin");
    let known = || ENDINGS.iter().find(|(end, _)| ends(path, end)).map(|(_, what)| *what);
    if is_torch { Some(PICKLES) } else { known() }
}

/// What can be read of that repository, or where to look for it.
pub(super) fn instead(named: &[Candidate<'_>], Repository { hub, id, .. }: &Repository) -> String {
    match labels(named.iter().filter(|one| one.rank.is_some() && one.missing.is_none())).as_slice() {
        [] => format!(
            "Look for one as GGUF in {} or Q8_0: {hub}models?other=base_model:quantized:{id}",
            formats().take(3).collect::<Vec<_>>().join(", ")
        ),
        labels => format!("Take one of {}.", labels.join(", ")),
    }
}

/// Their formats, or names where these say none, in the order of the alphabet.
pub(super) fn labels<'a>(named: impl Iterator<Item = &'a Candidate<'a>>) -> Vec<String> {
    let mut labels: Vec<String> = named
        .map(|one| if one.label.is_empty() { base_name(one.path).to_owned() } else { one.label.clone() })
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// The error of a repository that holds nothing that was wanted.
pub(super) fn nothing(files: &[Listed], named: &[Candidate<'_>], repository: &Repository, wanted: Wanted) -> Error {
    let mut kinds: Vec<String> = Vec::new();
    let mut add = |kind: String| {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    };
    for Listed { path, .. } in files {
        if named.iter().any(|one| one.path == path && one.missing.is_some()) {
            add("GGUF files that lack parts".into());
        } else if let Some(kind) = if is_gguf(path) { part(path) } else { other(path) } {
            add(kind.into());
        }
    }
    let unread = labels(named.iter().filter(|one| one.rank.is_none() && one.missing.is_none()));
    if !unread.is_empty() {
        add(format!("GGUF files in {}", unread.join(", ")));
    }
    let what = match kinds.as_slice() {
        [] => format!("{} files, none of them of a model", files.len()),
        kinds => kinds.join(", "),
    };
    let advice = match (wanted, kinds.as_slice()) {
        (Wanted::Model, [only]) if only == LORA => {
            format!("Load the model that it belongs to, and {} beside it as its adapter.", repository.id)
        }
        (Wanted::Model, _) => instead(named, repository),
        (Wanted::Adapter, _) => {
            "An adapter is adapter_config.json with adapter_model.safetensors, or a GGUF file.".into()
        }
        (Wanted::Encoder, _) => "An encoder has config.json, tokenizer.json and model.safetensors.".into(),
    };
    Error::new(Code::UnsupportedFormat, format!("{} holds nothing that can be read, but {what}", repository.id), advice)
}
