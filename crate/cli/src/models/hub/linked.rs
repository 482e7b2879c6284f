//! The hash of a file at an address of the hub, which says it in the headers of the answer that leads on to the file itself.

use super::super::cache::Cache;
use super::super::network::{Network, header, joined, refused};
use super::super::remote::Remote;
use semgrad::Result;
use serde::{Deserialize, Serialize};
use std::fs;
use ureq::http::{Response, Uri};

/// Renamed repositories lead on to their new names.
const MOST_HOPS: usize = 5;

/// What the hub says of a file, as it is kept.
#[derive(Default, Serialize, Deserialize)]
struct Facts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

/// What the facts of a file are kept as.
pub fn record(file: &Remote) -> Remote {
    Remote::at(format!("the hash of {}", file.name), format!("{}#hash", file.url))
}

/// The file with the hash and the size that the hub says, as far as it does. They are kept: a second run asks for nothing.
pub fn linked(file: Remote, cache: &Cache, network: &Network) -> Result<Remote> {
    // From before hashes were asked for, or of a server that says none.
    if cache.proven(&file).is_some() {
        return Ok(file);
    }
    let record = record(&file);
    let path = cache.path(&record.cached());
    let kept = || cache.proven(&record).and_then(|_| serde_json::from_slice(&fs::read(&path).ok()?).ok());
    let facts = match kept() {
        Some(facts) => facts,
        None => {
            let facts = ask(&file, network)?;
            cache.put(&record, &serde_json::to_vec(&facts).unwrap_or_default())?;
            facts
        }
    };
    Ok(Remote { sha256: facts.sha256, size: facts.size, ..file })
}

fn ask(file: &Remote, network: &Network) -> Result<Facts> {
    let mut url = file.url.clone();
    for _ in 0..MOST_HOPS {
        let response = network.head(&url)?;
        let status = response.status().as_u16();
        if let Some(facts) = read(&response) {
            return Ok(facts);
        }
        // A server that does not know the question may have the file all the same.
        if matches!(status, 405 | 501) {
            break;
        }
        if status >= 400 {
            return Err(refused(&file.name, &response, None));
        }
        match header(&response, "location").and_then(|place| within(&url, place)) {
            Some(next) if next != url => url = next,
            _ => break,
        }
    }
    Ok(Facts::default())
}

/// Where the same server leads on to.
fn within(url: &str, place: &str) -> Option<String> {
    let origin =
        |url: &str| url.parse::<Uri>().ok().and_then(|uri| Some((uri.scheme()?.clone(), uri.authority()?.clone())));
    joined(url, place).filter(|next| origin(next) == origin(url))
}

fn read<B>(response: &Response<B>) -> Option<Facts> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let hash = text("x-linked-etag")?.trim_start_matches("W/").trim_matches('"');
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hash.then(|| Facts {
        sha256: Some(hash.to_owned()),
        size: text("x-linked-size").and_then(|size| size.parse().ok()),
    })
}
