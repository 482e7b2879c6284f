//! llama.cpp's file: one GGUF, the matrices under the names of the weights that they change.

use super::data::{About, Adapter, BASE, Pair, bytes, scale};
use super::fused;
use super::halves::{Halves, Side, by_name};
use super::refuse::{WHOLE_MODEL, unsupported};
use crate::error::{Code, Error, Result};
use crate::weights::config::ModelConfig;
use crate::weights::families;
use crate::weights::families::family::Family;
use crate::weights::format::Format;
use crate::weights::gguf::metadata::Metadata;
use crate::weights::gguf::names::{canonical_name, gguf_name};
use crate::weights::gguf::writer::Writer;
use crate::weights::gguf::{Header, named};
use crate::weights::layout;
use crate::weights::source::ModelFile;
use crate::weights::tensors::interleave_heads;

const ALPHA: &str = "adapter.lora.alpha";
const BASE_NAME: &str = "general.base_model.0.name";
/// Tokens at which an activated LoRA begins.
const INVOCATION: &str = "adapter.alora.invocation_tokens";

/// Reads a file. `config` says how wide a head is: B of queries and keys has the rows of each head in another order in some
/// families, as the weights in GGUF have, and the file does not say the width. What this returns is to be
/// [checked](Adapter::check).
///
/// # Errors
/// As [`Adapter::open`].
pub async fn read(file: &ModelFile, config: &ModelConfig) -> Result<Adapter> {
    read_file(file, config).await.map_err(|error| named(file, error))
}

async fn read_file(file: &ModelFile, config: &ModelConfig) -> Result<Adapter> {
    let mut header = Header::read(file).await?;
    if !header.is_adapter()? {
        let (what, advice) = header.other_kind()?.unwrap_or(WHOLE_MODEL);
        return Err(Error::new(Code::UnsupportedFormat, format!("this is {what}"), advice));
    }
    let (mut about, family) = keys(&header.metadata, config)?;
    let mut halves = Halves::default();
    for (name, mut stored) in by_name(header.tensors(|name| Some(name.to_owned())).await?) {
        let (layer, side) = part(&name, family)?;
        // GGML leaves out dimensions of 1 at the end: this is A of rank 1.
        if side == Side::A && stored.shape.len() == 1 {
            stored.shape.insert(0, 1);
        }
        halves.add(layer, side, stored)?;
    }
    let head = |layer: &str| is_interleaved(layer, family).then_some(config.head_dim);
    let pairs = halves.read(|_, rank| Ok(scaled(about.alpha, rank)), head).await?;
    about.rank = pairs.values().map(|pair| pair.rank).next().unwrap_or(0);
    if about.alpha == 0.0 {
        about.alpha = about.rank as f64;
    }
    Ok(fused::split(Adapter { pairs, about }, config, family.fused))
}

/// What the keys say, with a rank of 0, which they do not say, and the family.
fn keys(metadata: &Metadata, config: &ModelConfig) -> Result<(About, &'static Family)> {
    if let Some(kind) = metadata.text("adapter.type")?.filter(|kind| *kind != "lora") {
        return Err(unsupported(format!("`adapter.type` is `{kind}`: only lora can be loaded")));
    }
    if metadata.get(INVOCATION).is_some() {
        let what = "activated LoRA, which begins at certain tokens, is not supported";
        return Err(unsupported(format!("the key `{INVOCATION}` is there: {what}")));
    }
    let family = families::find(metadata.text("general.architecture")?.unwrap_or("(none)"))?;
    families::in_gguf(family)?;
    let base_name = metadata.text(BASE_NAME)?.map(str::to_owned);
    if family.architecture() != config.family.architecture() {
        let (from, here) = (family.title, config.family.title);
        let name = base_name.map(|name| format!(", which it calls `{name}`")).unwrap_or_default();
        return Err(Error::new(
            Code::BadInput,
            format!("the adapter was made for a model of the family {from}, this is one of {here}"),
            format!("Load it beside the model that it was trained from{name}."),
        ));
    }
    let base = metadata.text(BASE)?.map(str::to_owned);
    Ok((About { base, base_name, alpha: metadata.float(ALPHA)?.unwrap_or(0.0), rank: 0, dropout: 0.0 }, family))
}

/// The layer and the side of a tensor, e.g. of `blk.0.attn_q.weight.lora_a`.
fn part(name: &str, family: &Family) -> Result<(String, Side)> {
    let sides = [(".lora_a", Side::A), (".lora_b", Side::B)];
    let Some((weight, side)) = sides.iter().find_map(|(end, side)| Some((name.strip_suffix(end)?, *side))) else {
        let what = "weights that were trained beside LoRA are not supported";
        return Err(unsupported(format!("the adapter holds `{name}`: {what}")));
    };
    let canonical = canonical_name(weight, family);
    let layer = canonical.as_deref().and_then(|canonical| canonical.strip_suffix(".weight")).unwrap_or(weight);
    Ok((layer.to_owned(), side))
}

/// What llama.cpp multiplies by. There, no α and an α of 0 stand for a factor of 1.
fn scaled(alpha: f64, rank: usize) -> f32 {
    if alpha as f32 == 0.0 { 1.0 } else { scale(alpha, rank) }
}

fn is_interleaved(layer: &str, family: &Family) -> bool {
    family.gguf_interleaved && layout::is_rotated(layer)
}

/// The file of an adapter of a model of this configuration, in single precision. Its bytes depend on these two alone.
///
/// # Errors
/// As [`Adapter::check`], `unsupported_format` where layers have α of their own, which GGUF cannot say, and
/// `unsupported_architecture` where it has no names for the layers.
pub fn write(adapter: &Adapter, config: &ModelConfig) -> Result<Vec<u8>> {
    adapter.check(config, None)?;
    let family = families::find(config.family.architecture())?;
    families::in_gguf(family)?;
    let adapter = fused::fuse(adapter, config, family.fused);
    let About { base, base_name, alpha, .. } = &adapter.about;
    if let Some((layer, _)) = adapter.pairs.iter().find(|(_, pair)| scaled(*alpha, pair.rank) != pair.scale) {
        return Err(Error::new(
            Code::UnsupportedFormat,
            format!("`{layer}` has another α than most layers: a GGUF file has one for all"),
            "Keep this adapter as a PEFT folder.",
        ));
    }
    let mut file = Writer::default()
        .text("general.architecture", family.name)
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
        .float(ALPHA, *alpha as f32);
    if let Some(name) = base_name {
        file = file.count("general.base_model.count", 1).text(BASE_NAME, name);
    }
    if let Some(base) = base {
        file = file.text(BASE, base);
    }
    for (layer, pair) in &adapter.pairs {
        let Some(name) = gguf_name(&format!("{layer}.weight"), family) else {
            return Err(Error::internal(format!("GGUF has no name for `{layer}`"))); // it has one for every linear layer
        };
        let Pair { rank, inputs, outputs, .. } = *pair;
        let mut b = bytes(&pair.b);
        if is_interleaved(layer, family) {
            interleave_heads(&mut b, outputs, config.head_dim);
        }
        let kind = Format::F32.description().ggml;
        file = file.tensor(&format!("{name}.lora_a"), &[rank, inputs], kind, bytes(&pair.a));
        file = file.tensor(&format!("{name}.lora_b"), &[outputs, rank], kind, b);
    }
    Ok(file.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
