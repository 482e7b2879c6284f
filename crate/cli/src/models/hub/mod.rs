//! Models of a hub by their names: `owner/name`, `owner/name:Q4_K_M`, `hf.co/owner/name`, or the address of their page.

mod linked;
mod list;
mod name;

pub use name::{Named, named};

use super::cache::Cache;
use super::download::{Fetched, fetch};
use super::network::Network;
use super::remote::Remote;
use name::served;
use semgrad::hub::{
    ADAPTER, ADAPTER_CONFIG, CONFIG, INDEX, Kind, Listed, Repository, TOKENIZER, TOKENIZER_LISTS, WEIGHTS, Wanted,
    choose, parts_of, room,
};
use semgrad::{Code, Error, Result};
use std::fs;

/// The small files of a model's folder.
const MODEL: [&str; 5] = [
    "tokenizer_config.json",
    "generation_config.json",
    "chat_template.jinja",
    "special_tokens_map.json",
    "added_tokens.json",
];
/// Those of an encoder's.
const ENCODER: [&str; 5] = [
    "tokenizer_config.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "1_Pooling/config.json",
];
const NO_PART: &str = "The model is split over several files, and this one of them is missing there.";

/// The files of something that was named, by the names under which they are read.
pub struct Found {
    /// Of the file, or of the repository.
    pub name: String,
    /// In the order in which they are listed.
    pub files: Vec<(String, Fetched)>,
}

/// Downloads what is wanted of what was named, as far as it is not here.
///
/// # Errors
/// Those of [`choose`] and [`fetch`].
pub fn find(named: Named, wanted: Wanted, cache: &Cache, network: &Network) -> Result<Found> {
    match named {
        Named::File { url, on_hub } => file(&url, on_hub, cache, network),
        Named::Repository(repository) => {
            let (found, is_remembered) = resolve(&repository, wanted, cache, network, false)?;
            let first = take(&repository, &found, cache, network);
            // The list may be an old one: what it says may be there no more.
            let may_be_old =
                |error: &Error| is_remembered && matches!(error.code, Code::Network | Code::IntegrityMismatch);
            match first {
                Err(error) if may_be_old(&error) => match resolve(&repository, wanted, cache, network, true) {
                    Ok((now, _)) if now != found => take(&repository, &now, cache, network),
                    _ => Err(error),
                },
                first => first,
            }
        }
    }
}

/// A file at an address, with all parts of the model that it is a part of by its name.
fn file(url: &str, on_hub: bool, cache: &Cache, network: &Network) -> Result<Found> {
    let (path, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    let parts = parts_of(path);
    let missing = (parts.len() > 1).then_some(NO_PART);
    let mut remotes = Vec::new();
    for path in &parts {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned();
        let remote = Remote::at(name, format!("{path}{query}"));
        remotes.push(if on_hub { linked::linked(remote, cache, network)? } else { remote });
    }
    let mut files = Vec::new();
    for remote in &remotes {
        let fetched = fetch(remote, cache, network, missing).inspect_err(|error| {
            // Where the file is another one by now, the next run asks for its hash.
            if on_hub && error.code == Code::IntegrityMismatch {
                let _ = cache.remove(&linked::record(&Remote::at(&remote.name, &remote.url)).cached());
            }
        })?;
        files.push((remote.name.clone(), fetched));
    }
    let name = files.first().map(|(name, _)| name.clone()).unwrap_or_default();
    Ok(Found { name, files })
}

/// What to take of a repository, and whether an earlier run's list says so. An old list that has none is asked for again.
fn resolve(
    repository: &Repository,
    wanted: Wanted,
    cache: &Cache,
    network: &Network,
    anew: bool,
) -> Result<(Vec<Listed>, bool)> {
    let list::List { files, is_remembered } = list::list(repository, cache, network, anew)?;
    match choose(&files, repository, wanted, room(memory())) {
        Ok(choice) if choice.kind == Kind::File => Ok((choice.parts, is_remembered)),
        Ok(_) => Ok((folder(&files, wanted), is_remembered)),
        Err(_) if is_remembered => resolve(repository, wanted, cache, network, true),
        Err(error) => Err(error),
    }
}

/// Bytes that the machine has.
fn memory() -> f64 {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    match system.total_memory() {
        0 => f64::INFINITY,
        bytes => bytes as f64,
    }
}

/// The files of a folder that are read. Of weights in several files the index alone: it names them.
fn folder(files: &[Listed], wanted: Wanted) -> Vec<Listed> {
    let get = |name: &str| files.iter().find(|file| file.path == name);
    let small: &[&str] = match wanted {
        Wanted::Model => &MODEL,
        Wanted::Encoder => &ENCODER,
        Wanted::Adapter => return [ADAPTER_CONFIG, ADAPTER].into_iter().filter_map(get).cloned().collect(),
    };
    let words: &[&str] = if get(TOKENIZER).is_some() { &[TOKENIZER] } else { &TOKENIZER_LISTS };
    let weights = if get(WEIGHTS).is_some() { WEIGHTS } else { INDEX };
    let names = [CONFIG].iter().chain(words).chain(small).chain([&weights]);
    names.filter_map(|name| get(name)).cloned().collect()
}

/// Downloads them; of weights in several files, all that their index names.
fn take(repository: &Repository, files: &[Listed], cache: &Cache, network: &Network) -> Result<Found> {
    let below = if repository.folder.is_empty() { String::new() } else { format!("{}/", repository.folder) };
    let is_folder = files.iter().any(|file| [CONFIG, ADAPTER_CONFIG].contains(&file.path.as_str()));
    let get = |file: &Listed, missing: Option<&str>| {
        // In a folder by its path there; of a file that lies deeper its own name.
        let name = if is_folder { &file.path } else { file.path.rsplit('/').next().unwrap_or(&file.path) };
        let url = served(repository, &format!("{below}{}", file.path));
        // A file that is not listed has no size.
        let size = Some(file.size).filter(|&size| size > 0);
        let remote = Remote { name: name.into(), url, size, sha256: file.sha256.clone() };
        Ok::<_, Error>((remote.name.clone(), fetch(&remote, cache, network, missing)?))
    };
    let mut taken = Vec::new();
    for file in files {
        taken.push(get(file, (files.len() > 1 && !is_folder).then_some(NO_PART))?);
    }
    if let Some((_, index)) = taken.iter().find(|(name, _)| name == INDEX) {
        let list = list::list(repository, cache, network, false)?.files;
        for name in shards(&fs::read(&index.path).unwrap_or_default())? {
            let bare = || Listed { path: name.clone(), size: 0, sha256: None };
            let file = list.iter().find(|file| file.path == name).cloned().unwrap_or_else(bare);
            taken.push(get(&file, Some("The folder is not complete: its index names this file."))?);
        }
    }
    let name = match taken.as_slice() {
        _ if is_folder => repository.id.rsplit('/').next().map(str::to_owned),
        [(name, _), ..] => Some(name.clone()),
        [] => None,
    };
    Ok(Found { name: name.unwrap_or_default(), files: taken })
}

/// The files that an index of weights names: plain names only, which lead to no other folders or hosts.
fn shards(index: &[u8]) -> Result<Vec<String>> {
    let json: serde_json::Value = serde_json::from_slice(index).unwrap_or_default();
    let map = json.get("weight_map").and_then(|map| map.as_object());
    let mut names: Vec<String> =
        map.into_iter().flatten().filter_map(|(_, name)| name.as_str().map(str::to_owned)).collect();
    names.sort_unstable();
    names.dedup();
    let is_plain = |name: &String| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        name.ends_with(".safetensors") && name.bytes().all(plain)
    };
    if names.is_empty() || !names.iter().all(is_plain) {
        return Err(Error::new(
            Code::CorruptWeights,
            format!("{INDEX} does not name its shards"),
            "Remove the model with `semgrad models remove`, and run the same again.",
        ));
    }
    Ok(names)
}
