//! Models on this machine: the file or folder that somebody names, or one that has a name, which is downloaded once.

mod cache;
mod download;
mod hub;
pub mod known;
mod located;
mod network;
mod remote;

pub use cache::{Cache, Kept, Sheet};
pub use located::Located;
pub use remote::cached;

use crate::stop::Stop;
use download::{Fetched, fetch};
use known::Known;
use network::Network;
use remote::Remote;
use semgrad::hub::Wanted;
use semgrad::{Code, Error};
use std::path::Path;

/// Finds a model by a path, by a known name, or by its name on a hub, and downloads what is not here yet. What lies at a path
/// comes first: a folder may have the name of the model in it.
pub fn locate(model: &Path) -> Result<Located, Stop> {
    find(model, Wanted::Model)
}

/// The same of whatever is wanted.
pub fn find(what: &Path, wanted: Wanted) -> Result<Located, Stop> {
    if what.exists() {
        return Ok(Located::new(what.to_owned()));
    }
    let text = what.to_str().unwrap_or_default();
    if let Some(known) = Known::find(text).filter(|_| wanted == Wanted::Model) {
        let file = Cache::usual().and_then(|cache| download(known, &cache)).map_err(Stop::Failed)?;
        return Ok(Located::known(file.path, known));
    }
    let network = Network::new();
    let named = hub::named(text, &network.hub).ok_or_else(|| Stop::Failed(unknown(what, wanted)))?;
    let found = Cache::usual().and_then(|cache| hub::find(named, wanted, &cache, &network));
    found.map(Located::found).map_err(Stop::Failed)
}

/// The repository that a name means, as `owner/name`.
pub fn repository(name: &str) -> Option<String> {
    match hub::named(name, &Network::new().hub)? {
        hub::Named::Repository(repository) => Some(repository.id),
        hub::Named::File { .. } => None,
    }
}

/// The file of a known model.
fn download(known: &Known, cache: &Cache) -> semgrad::Result<Fetched> {
    let url = known.base_url.as_ref().map(|base| format!("{base}{}", known.file));
    let remote = Remote {
        name: known.file.clone(),
        url: url.clone().unwrap_or_default(),
        size: Some(known.size),
        sha256: Some(known.sha256.clone()),
    };
    if url.is_none() && cache.proven(&remote).is_none() {
        let path = cache.path(&known.cached);
        return Err(Error::new(
            Code::BadInput,
            format!("{} is not here, and no public address of exactly this file is known.", known.name),
            format!("Get the file in your own way and put it to {}, or name its path.", path.display()),
        ));
    }
    if cache.proven(&remote).is_none() {
        eprintln!("{}: {}", known.name, known.license);
    }
    fetch(&remote, cache, &Network::new(), None)
}

fn unknown(what: &Path, wanted: Wanted) -> Error {
    let names: Vec<&str> = Known::all().iter().map(|known| known.name.as_str()).collect();
    let (kind, advice) = match wanted {
        Wanted::Model => (
            "model",
            format!(
                "Known names are {}. Anything else is owner/name, as on Hugging Face, the address of a GGUF file, or the path \
                 of a GGUF file or of a folder.",
                names.join(", ")
            ),
        ),
        Wanted::Adapter => (
            "adapter",
            "Name owner/name, as on Hugging Face, or the path of a PEFT folder or of a GGUF file.".to_owned(),
        ),
        Wanted::Encoder => ("encoder", "Name owner/name, as on Hugging Face, or the path of its folder.".to_owned()),
    };
    Error::new(
        Code::BadInput,
        format!("there is no {kind} {what:?}: no file or folder of that name is here, and it is no name of one."),
        advice,
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
