//! How people name a model of the hub: `owner/name`, with a format behind a colon and a revision behind an at sign, or the address
//! of its page. Nothing is fetched here. The package has the same rules (`pkg/src/hub/name.ts`); the cases of both are in
//! `tests/reference/hub/names.json`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use semgrad::hub::Repository;

/// The public hub.
const HUB: &str = "https://huggingface.co/";
/// Hosts that are it.
const HOSTS: [&str; 4] = ["huggingface.co", "hf.co", "www.huggingface.co", "www.hf.co"];
/// What needs no percent sign in a part of a path.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'!').remove(b'*');

/// What somebody named.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// A repository, whose list of files says which are wanted.
    Repository(Repository),
    /// A file.
    File {
        /// Where it is served.
        url: String,
        /// Whether a hub serves it, and says its hash.
        on_hub: bool,
    },
}

/// What a text names that is no path; `None` for what is nothing of the kind.
pub fn named(text: &str, hub: &str) -> Option<Named> {
    let text = text.trim();
    if is_address(text) {
        return address(text, hub);
    }
    repository(text, hub).map(Named::Repository)
}

fn is_address(text: &str) -> bool {
    ["https://", "http://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// `owner/name`, with what may stand behind it. `owner/file.gguf` is a path.
fn repository(text: &str, hub: &str) -> Option<Repository> {
    let bare = text.trim_end_matches('/');
    if let Some((host, path)) = bare.split_once('/').filter(|(host, _)| is_public(host)) {
        return repository(path, HUB).or_else(|| match address(&format!("https://{host}/{path}"), hub)? {
            Named::Repository(repository) => Some(repository),
            Named::File { .. } => None,
        });
    }
    let (id, mut rest) = bare.split_at(bare.find([':', '@']).unwrap_or(bare.len()));
    let (owner, name) = id.split_once('/')?;
    let is_name = |text: &str| {
        let is = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        !text.is_empty() && text.chars().all(is) && !text.starts_with('.')
    };
    let is_file = [".gguf", ".safetensors", ".json"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    if !is_name(owner) || !is_name(name) || rest.is_empty() && is_file {
        return None;
    }
    let mut found = Repository {
        hub: hub.to_owned(),
        id: id.to_owned(),
        revision: "main".to_owned(),
        folder: String::new(),
        tag: None,
    };
    while let Some(mark) = rest.chars().next() {
        let part = &rest[1..]; // both marks are one byte
        let end = part.find([':', '@']).unwrap_or(part.len());
        let value = &part[..end];
        if value.is_empty() || value.contains(char::is_whitespace) {
            return None;
        }
        match mark {
            '@' => found.revision = value.to_owned(),
            // What Ollama writes where no format was named.
            _ => found.tag = Some(value.to_owned()).filter(|tag| tag != "latest"),
        }
        rest = &part[end..];
    }
    Some(found)
}

/// The page of a repository or of a folder of one; the page of a file as the file; any other address of a GGUF file.
fn address(url: &str, hub: &str) -> Option<Named> {
    let clean = url.split(['?', '#']).next().unwrap_or(url);
    let file = || {
        let is_gguf = clean.to_ascii_lowercase().ends_with(".gguf");
        is_gguf.then(|| Named::File { url: url.split('#').next().unwrap_or(url).to_owned(), on_hub: false })
    };
    let Some((hub, path)) = page(clean, hub) else { return file() };
    let parts: Option<Vec<String>> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8().ok().map(|part| part.into_owned()))
        .collect();
    let parts = parts?;
    let mut parts = parts.iter().map(String::as_str);
    let (owner, name) = (parts.next()?, parts.next()?);
    if owner == "api" {
        return file();
    }
    let (view, revision) = (parts.next(), parts.next());
    let rest: Vec<&str> = parts.collect();
    match (view, revision) {
        (None, _) | (Some("tree"), _) => {
            let Some(named) = repository(&format!("{owner}/{name}"), hub) else { return file() };
            let revision = revision.map_or(named.revision, str::to_owned);
            Some(Named::Repository(Repository { revision, folder: rest.join("/"), ..named }))
        }
        (Some("blob" | "resolve"), Some(revision)) if !rest.is_empty() => {
            let repository =
                Repository { revision: revision.to_owned(), ..repository(&format!("{owner}/{name}"), hub)? };
            Some(Named::File { url: served(&repository, &rest.join("/")), on_hub: true })
        }
        _ => file(),
    }
}

/// Which hub an address belongs to, and its path there.
fn page<'a>(url: &'a str, hub: &'a str) -> Option<(&'a str, &'a str)> {
    if let Some(path) = url.strip_prefix(hub) {
        return Some((hub, path));
    }
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    is_public(host).then_some((HUB, path))
}

fn is_public(host: &str) -> bool {
    HOSTS.iter().any(|known| known.eq_ignore_ascii_case(host))
}

/// Where a file of a repository, or a folder of it, is served.
pub fn served(Repository { hub, id, revision, .. }: &Repository, path: &str) -> String {
    format!("{hub}{id}/resolve/{}/{}", one(revision), all(path))
}

/// Where the list of its files is.
pub fn listed(Repository { hub, id, revision, folder, .. }: &Repository) -> String {
    let below = if folder.is_empty() { String::new() } else { format!("/{}", all(folder)) };
    format!("{hub}api/models/{id}/tree/{}{below}?recursive=true", one(revision))
}

fn one(part: &str) -> String {
    utf8_percent_encode(part, PLAIN).to_string()
}

fn all(path: &str) -> String {
    path.split('/').map(one).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        hub: Option<String>,
        repository: Option<Repository>,
        file: Option<String>,
    }

    #[test]
    fn a_model_is_named_in_many_ways() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../../../../tests/reference/hub/names.json")).unwrap();
        assert!(cases.len() > 25);
        for Case { name, hub, repository, file } in cases {
            let expected = repository.map(Named::Repository).or(file.map(|url| Named::File { url, on_hub: true }));
            assert_eq!(named(&name, hub.as_deref().unwrap_or(HUB)), expected, "{name}");
        }
    }

    #[test]
    fn any_other_address_is_that_of_a_file() {
        let url = "https://example.com/a%20b.GGUF?download=true";
        assert_eq!(named(url, HUB), Some(Named::File { url: url.into(), on_hub: false }));
        assert_eq!(named("https://example.com/folder/", HUB), None);
    }
}
