//! PEFT's folder: `adapter_config.json` and `adapter_model.safetensors`.

mod config;
mod names;
mod weights;

use super::data::{Adapter, BASE};
use super::fused;
use super::halves::{Halves, by_name};
use super::refuse::WHOLE_MODEL;
use crate::error::{Code, Error, Result};
use crate::weights::config::ModelConfig;
use crate::weights::folder::fields::{Fields, json};
use crate::weights::folder::files::{ADAPTER, ADAPTER_WEIGHTS, Folder};
use crate::weights::folder::safetensors;
use crate::weights::foreign;
use crate::weights::source::ModelFile;
use config::Config;
use names::Part;
use std::collections::BTreeMap;

/// Reads a folder. Nothing here knows the model: what it returns is to be [checked](Adapter::check).
///
/// # Errors
/// As [`Adapter::open`].
pub async fn read(files: &[ModelFile]) -> Result<Adapter> {
    let roots = files.iter().filter_map(|file| file.name.strip_suffix(ADAPTER));
    // Trainers leave folders of intermediate states below: the highest counts, as it does for models.
    let roots = roots.filter(|root| root.is_empty() || root.ends_with('/'));
    let Some(root) = roots.min_by_key(|root| (root.matches('/').count(), *root)) else {
        return Err(no_adapter(files).await?);
    };
    let folder = Folder::at(root, files);
    let config = json(ADAPTER, &folder.text(ADAPTER).await?.unwrap_or_default())?;
    let config = Config::read(Fields::of(ADAPTER, &config)?)?;
    let Some(file) = folder.get(ADAPTER_WEIGHTS) else {
        return Err(no_weights(files));
    };
    let header = safetensors::header(file).await?;
    let (mut halves, mut paths) = (Halves::default(), BTreeMap::new());
    for (name, stored) in by_name(header.tensors) {
        let Part { path, layer, side } = names::part(&name)?;
        halves.add(layer.clone(), side, stored)?;
        paths.insert(layer, path);
    }
    let scale = |layer: &str, rank: usize| config.scale(paths.get(layer).map_or(layer, String::as_str), rank);
    let pairs = halves.read(scale, |_| None).await?;
    let mut about = config.about;
    about.base = header.notes.get(BASE).cloned();
    Ok(Adapter { pairs, about })
}

/// The two files of a folder, each with its name, for a model of this configuration. Their bytes depend on these two alone.
///
/// # Errors
/// `corrupt_weights` where the adapter contradicts itself.
pub fn write(adapter: &Adapter, model: &ModelConfig) -> Result<[(&'static str, Vec<u8>); 2]> {
    adapter.sound()?;
    let adapter = fused::fuse(adapter, model, model.family.fused);
    Ok([(ADAPTER, config::write(&adapter)?), (ADAPTER_WEIGHTS, weights::write(&adapter)?)])
}

/// The error of files of which none is an adapter's configuration: what they are instead.
async fn no_adapter(files: &[ModelFile]) -> Result<Error> {
    let ends = |end: &str| files.iter().find(|file| file.name.ends_with(end));
    if let Some(file) = ends(ADAPTER_WEIGHTS) {
        let what = format!("{}: there is no {ADAPTER} beside it, which says how much it counts", file.name);
        return Ok(Error::new(Code::BadInput, what, "Give both files of the adapter."));
    }
    if let Some(file) = ends("config.json").or(ends("model.safetensors")).or(ends("model.safetensors.index.json")) {
        return Ok(foreign::error(&file.name, WHOLE_MODEL.0, WHOLE_MODEL.1));
    }
    if let [file] = files
        && let Some((what, advice)) = foreign::recognize(&foreign::head(file).await?)
    {
        return Ok(foreign::error(&file.name, &what, advice));
    }
    Ok(files.iter().find_map(|file| foreign::other_weights(&file.name)).unwrap_or_else(|| {
        let what = format!("there is neither a .gguf file nor {ADAPTER} among the adapter's files");
        Error::new(Code::BadInput, what, format!("Give a GGUF file, or {ADAPTER} and {ADAPTER_WEIGHTS}."))
    }))
}

/// The error of a folder without the weights that its configuration belongs to.
fn no_weights(files: &[ModelFile]) -> Error {
    let pickle = files.iter().find(|file| file.name.ends_with("adapter_model.bin"));
    let other = pickle.map(|file| {
        let advice = "Save it again with PEFT, which writes safetensors (`save_pretrained`).";
        foreign::error(&file.name, "a PyTorch checkpoint", advice)
    });
    let advice = "Give both files of the adapter.";
    other.unwrap_or_else(|| {
        Error::new(Code::BadInput, format!("there is no {ADAPTER_WEIGHTS} beside {ADAPTER}"), advice)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
