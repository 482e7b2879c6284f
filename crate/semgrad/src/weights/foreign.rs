//! What a file is that was given as a model and is none: said by its name, with what to do, so that nobody downloads the
//! same file again in vain.

use super::folder::fields::{FILE, Fields};
use super::source::ModelFile;
use crate::error::{Code, Error, Result};
use serde_json::Value;

/// How much of a file is looked at.
const HEAD: usize = 512;
/// How much of a text is quoted.
const QUOTE: usize = 60;

const CONVERT: &str = "Choose a GGUF file or a folder with model.safetensors, or convert the model to one of these.";
/// What to do about an importance matrix.
pub(super) const MODEL: &str = "Load a GGUF file of the model itself.";
const UNPACK: &str = "Unpack it, and load the model that is in it.";
const ADDRESS: &str = "Something else than the model was saved: check the address, and whether it asks for a login.";
const AGAIN: &str = "The download did not end: download the file again.";

/// The first bytes of files that are often given instead of a model.
const MAGICS: [(&[u8], &str, &str); 17] = [
    (b"GGUF", "a GGUF file", "A GGUF file holds a language model and is loaded alone; encoders come as folders."),
    (b"lmgg", "a file in an old format (GGML)", CONVERT),
    (b"fmgg", "a file in an old format (GGMF)", CONVERT),
    (b"tjgg", "a file in an old format (GGJT)", CONVERT),
    (b"algg", "a LoRA adapter in an old format (GGLA)", AGAIN_LORA),
    (b"LITERTLM", "a LiteRT-LM model", CONVERT),
    (b"\x80\x02", "a Python pickle (a PyTorch checkpoint)", CONVERT),
    (b"\x80\x03", "a Python pickle (a PyTorch checkpoint)", CONVERT),
    (b"\x80\x04", "a Python pickle (a PyTorch checkpoint)", CONVERT),
    (b"\x80\x05", "a Python pickle (a PyTorch checkpoint)", CONVERT),
    (b"\x89HDF\r\n", "an HDF5 file (Keras)", CONVERT),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"\xfd7zXZ", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (b"%PDF", "a PDF document", ADDRESS),
];

/// Weights of other libraries, by the end of their name.
const OTHER_WEIGHTS: [(&str, &str); 9] = [
    (".bin", "a PyTorch checkpoint"),
    (".pt", "a PyTorch checkpoint"),
    (".pth", "a PyTorch checkpoint"),
    (".ckpt", "a PyTorch checkpoint"),
    (".bin.index.json", "the index of a PyTorch checkpoint"),
    (".onnx", "an ONNX model"),
    (".h5", "a Keras checkpoint"),
    (".msgpack", "a Flax checkpoint"),
    (".tflite", "a TensorFlow Lite model"),
];

/// Names of tensors that only packed weights have, by their end, and what packs so.
const PACKED: [(&str, &str); 9] = [
    (".qweight", "GPTQ or AWQ"),
    (".weight_packed", "compressed-tensors"),
    (".absmax", "bitsandbytes"),
    (".SCB", "bitsandbytes"),
    (".weight_scale_inv", "FP8"),
    (".weight_scale", "FP8"),
    (".input_scale", "FP8"),
    (".scales", "MLX"),
    ("_blocks", "MXFP4"),
];

/// What to do about packed safetensors.
const UNPACKED: &str = "Choose a GGUF file of the same model, whose packed formats are read as they are, or a folder with its \
                        weights in F32, F16 or BF16.";

/// What to do about a LoRA adapter.
pub(super) const LORA: &str = "Load the base model that it was trained from, and the adapter beside it.";
/// What to do about an adapter that cannot be loaded.
pub(crate) const MERGE: &str =
    "Merge it into the base model that it was trained from (`merge_and_unload` in PEFT), and load the result.";
const AGAIN_LORA: &str = "Load the PEFT folder that it was made from, or convert that again.";

/// The file is something else than it was given for; `what` names it with its article.
pub(crate) fn error(name: &str, what: &str, advice: &str) -> Error {
    Error::new(Code::UnsupportedFormat, format!("{name}: this is {what}"), advice)
}

/// The first bytes of a file, fewer where it is shorter.
pub(crate) async fn head(file: &ModelFile) -> Result<Vec<u8>> {
    let length = file.source.size().min(HEAD as u64) as usize; // at most HEAD
    file.source.read_at(0, length).await
}

/// The error of a file that stands in for another, which may carry any name: a git-lfs pointer or a web page.
pub(super) fn placeholder(name: &str, head: &[u8]) -> Option<Error> {
    stand_in(head).map(|(what, advice)| error(name, what, advice))
}

/// Whether a file begins as safetensors does: the length of a JSON header, then the header.
pub(super) fn is_safetensors(head: &[u8]) -> bool {
    matches!(head, [_, _, _, _, 0, 0, 0, 0, b'{', ..])
}

/// What a file is that does not begin as weights do: its name with an article, and what to do.
pub(crate) fn recognize(head: &[u8]) -> Option<(String, &'static str)> {
    let known = MAGICS.iter().find(|(magic, ..)| head.starts_with(magic)).map(|&(_, what, advice)| (what, advice));
    if let Some((what, advice)) = stand_in(head).or(known).or_else(|| by_layout(head)) {
        return Some((what.to_owned(), advice));
    }
    let quote = quote(head)?;
    let kind = if quote.starts_with(['{', '[']) { "JSON" } else { "a text" };
    Some((format!("{kind} and begins with `{quote}`"), ADDRESS))
}

/// Weights of another library, by their file's name.
pub(crate) fn other_weights(name: &str) -> Option<Error> {
    let lower = name.to_ascii_lowercase();
    if lower.contains("params_shard_") {
        return Some(error(name, "a part of a model of MLC", CONVERT));
    }
    let (_, what) = OTHER_WEIGHTS.iter().find(|(end, _)| lower.ends_with(end))?;
    Some(error(name, what, CONVERT))
}

/// The error of a file of an adapter, of a `kind` of its own or LoRA, with the model that it was trained from where it
/// says.
pub(super) fn adapter(name: &str, kind: Option<&str>, base: Option<&str>) -> Error {
    let (kind, advice) = match kind.filter(|kind| *kind != "LORA") {
        None => ("a LoRA adapter".to_owned(), LORA),
        Some(other) => (format!("an adapter ({other})"), MERGE),
    };
    let of = base.map(|base| format!(" of `{base}`")).unwrap_or_default();
    error(name, &format!("part of {kind}{of}, not a whole model"), advice)
}

/// The error of weights in safetensors that are packed; `what` says how that is known.
pub(crate) fn packed(what: impl Into<String>) -> Error {
    Error::new(Code::UnsupportedFormat, what, UNPACKED)
}

/// The same where a configuration holds what packed them.
pub(super) fn packed_by(fields: Fields<'_>) -> Result<()> {
    for key in ["quantization_config", "compression_config", "quantization"] {
        let Some(settings) = fields.get(key) else { continue };
        let method = settings.get("quant_method").and_then(Value::as_str);
        let by = method.map(|method| format!(" by `{method}`")).unwrap_or_default();
        return Err(packed(format!("{FILE} sets `{key}`: the weights are packed{by}")));
    }
    Ok(())
}

/// The same where only the names of tensors tell.
pub(super) fn packed_tensors<'a>(mut names: impl Iterator<Item = &'a String>) -> Option<Error> {
    let known = |name: &&String| PACKED.iter().any(|(end, _)| name.ends_with(end));
    let name = names.find(known)?;
    let by = PACKED.iter().find(|(end, _)| name.ends_with(end)).map(|(_, by)| *by).unwrap_or_default();
    Some(packed(format!("the tensor `{name}` is part of weights packed by {by}")))
}

fn stand_in(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins =
        |start: &str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()));
    if begins("version https://git-lfs.") || begins("version https://hawser.") || begins("# xet version") {
        let what = "a git-lfs pointer, which stands in for the real file";
        return Some((what, "Run `git lfs pull` in its repository, or download the file itself."));
    }
    let page = ["<!doctype", "<html", "<head", "<?xml", "<error>"].iter().any(|start| begins(start));
    page.then_some(("a web page", ADDRESS))
}

/// Kinds that no first bytes tell.
fn by_layout(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    if head.is_empty() {
        return Some(("an empty file", AGAIN));
    }
    if head.iter().all(|&byte| byte == 0) {
        return Some(("a file that begins with nothing but zeros", AGAIN));
    }
    if head.starts_with(b"PK\x03\x04") {
        let torch = holds(b"/data.pkl") || holds(b"/byteorder") || holds(b"/.format_version");
        return Some(if torch { ("a PyTorch checkpoint", CONVERT) } else { ("a zip archive", UNPACK) });
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(("a tar archive", UNPACK));
    }
    if head.get(4..8) == Some(b"TFL3") {
        return Some(("a TensorFlow Lite model", CONVERT));
    }
    // Entries, letters of the first one's name, and the name.
    if let [_, _, 0, 0, _, 0, 0, 0, name @ ..] = head
        && ["blk.", "output", "token_embd"].iter().any(|start| name.starts_with(start.as_bytes()))
    {
        return Some(("an importance matrix (imatrix), which helps to quantize a model", MODEL));
    }
    match *head {
        // Field 1 (the version of the format), then the producer's name or the graph.
        [0x08, 3..=20, 0x12 | 0x3a, ..] => Some(("an ONNX model", CONVERT)),
        _ => None,
    }
}

/// The beginning of a text, or `None` for what is none.
fn quote(head: &[u8]) -> Option<String> {
    // The last character may be cut.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if head.len() == HEAD && error.valid_up_to() + 4 > HEAD => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    if text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) {
        return None;
    }
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(QUOTE).collect();
    (!short.is_empty()).then_some(short)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
