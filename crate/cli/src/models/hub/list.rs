//! The files of a repository as the hub lists them, kept with the models: a second run asks for nothing.

use super::super::cache::Cache;
use super::super::network::{Network, header, refused};
use super::super::remote::Remote;
use super::name::listed;
use semgrad::hub::{Listed, Repository};
use semgrad::{Code, Error, Result};
use serde::Deserialize;
use std::fs;
use ureq::ResponseExt;

/// A page has 1,000 files; no model has more than some hundreds.
const MOST_PAGES: usize = 50;
/// Of one page.
const MOST_BYTES: u64 = 50_000_000;

/// A list, and whether it is one of an earlier run.
pub struct List {
    /// The files, by their paths from the folder that was named.
    pub files: Vec<Listed>,
    /// Whether nobody was asked.
    pub is_remembered: bool,
}

/// The files of a repository. `anew`: whatever is kept of it.
pub fn list(repository: &Repository, cache: &Cache, network: &Network, anew: bool) -> Result<List> {
    let file = remote(repository);
    let path = cache.path(&file.cached());
    if !anew && cache.proven(&file).is_some() {
        let kept = fs::read(&path).ok().and_then(|json| serde_json::from_slice(&json).ok());
        if let Some(files) = kept {
            return Ok(List { files, is_remembered: true });
        }
    }
    let files = pages(repository, &file, network)?;
    let json = serde_json::to_vec(&files).map_err(|error| Error::internal(error.to_string()))?;
    cache.put(&file, &json)?;
    Ok(List { files, is_remembered: false })
}

/// What the list of a repository is kept as.
pub fn remote(repository: &Repository) -> Remote {
    Remote::at(format!("the list of files of {}", repository.id), listed(repository))
}

/// Page after page. The hub names the next one in a header; of that only the query is taken, never another host.
fn pages(repository: &Repository, file: &Remote, network: &Network) -> Result<Vec<Listed>> {
    let mut files = Vec::new();
    let mut address = file.url.clone();
    for page in 0..MOST_PAGES {
        let response = network.get(&address, 0)?;
        if !response.status().is_success() {
            return Err(refused(&file.name, &response, None));
        }
        let came_from = response.get_uri().to_string();
        if page == 0 {
            let now = came_from.split_once("/api/models/").and_then(|(_, rest)| rest.split_once("/tree/"));
            if let Some((now, _)) = now.filter(|(now, _)| *now != repository.id) {
                eprintln!("{} has been renamed: it is {now} now", repository.id);
            }
        }
        let next = header(&response, "link").and_then(next).map(str::to_owned);
        let text = response.into_body().into_with_config().limit(MOST_BYTES).read_to_vec().map_err(|_| none(file))?;
        let entries: Vec<serde_json::Value> = serde_json::from_slice(&text).map_err(|_| none(file))?;
        files.extend(entries.into_iter().filter_map(|entry| from_hub(entry, &repository.folder)));
        let Some(query) = next.as_deref().and_then(|next| next.split_once('?')) else { return Ok(files) };
        let bare = came_from.split('?').next().unwrap_or(&came_from);
        address = format!("{bare}?{}", query.1);
    }
    Err(Error::new(Code::Network, format!("{} has no end", file.name), "Name the address of the file instead."))
}

fn none(file: &Remote) -> Error {
    Error::new(
        Code::Network,
        format!("{} is none: the server answers something else", file.name),
        "Check HF_ENDPOINT, or name the address of the file instead.",
    )
}

/// What a header `link` says of the next page.
fn next(link: &str) -> Option<&str> {
    let (address, rest) = link.split_once('<')?.1.split_once('>')?;
    (rest.contains("rel=\"next\"") || rest.contains("rel=next")).then_some(address)
}

/// An entry as the hub writes it.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    size: u64,
    #[serde(default)]
    lfs: Option<Lfs>,
}

#[derive(Deserialize)]
struct Lfs {
    oid: Option<String>,
    size: Option<u64>,
}

fn from_hub(entry: serde_json::Value, folder: &str) -> Option<Listed> {
    let Entry { kind, path, size, lfs } = serde_json::from_value(entry).ok()?;
    let path = match folder {
        "" => path.as_str(),
        folder => path.strip_prefix(folder)?.strip_prefix('/')?,
    };
    // No name of a file: it leads elsewhere, or changes what a terminal shows.
    if path.chars().any(char::is_control) || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return None;
    }
    let is_hash = |oid: &String| oid.len() == 64 && oid.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let sha256 = lfs.as_ref().and_then(|lfs| lfs.oid.clone()).filter(is_hash);
    let size = lfs.and_then(|lfs| lfs.size).unwrap_or(size);
    (kind == "file").then(|| Listed { path: path.to_owned(), size, sha256 })
}
