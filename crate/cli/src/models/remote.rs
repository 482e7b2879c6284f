//! A file of the network, and the name under which it is kept.

use super::known::Known;
use sha2::{Digest, Sha256};

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// For people, and for the program that reads it.
    pub name: String,
    /// Where it is served.
    pub url: String,
    /// Bytes, where they are known before.
    pub size: Option<u64>,
    /// SHA-256, lower-case hexadecimal, where it is known before.
    pub sha256: Option<String>,
}

impl Remote {
    /// A file of which no more is known.
    pub fn at(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: url.into(), size: None, sha256: None }
    }

    /// What it is called in the folder of downloaded models: by its hash, so that every mirror fills the same place, or else by
    /// its address. The package has the same names.
    pub fn cached(&self) -> String {
        match &self.sha256 {
            Some(hash) => cached(hash),
            None => format!("url-{}", &hex(&Sha256::digest(&self.url))[..32]),
        }
    }
}

/// The name of the file with that hash.
pub fn cached(hash: &str) -> String {
    let known = Known::all().iter().find(|known| known.sha256 == hash);
    known.map_or_else(|| hash.to_owned(), |known| known.cached.clone())
}

/// Whether a file of that name was put there by a download.
pub fn is_cached(name: &str) -> bool {
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_known = || Known::all().iter().any(|known| known.cached == name);
    is_hex(name, 64) || name.strip_prefix("url-").is_some_and(|hash| is_hex(hash, 32)) || is_known()
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_by_its_hash_or_its_address_as_by_the_package() {
        let file = Remote::at("x.gguf", "https://example.com/x.gguf");
        // What `cacheKey` of the package gives.
        assert_eq!(file.cached(), "url-7cc4590abd18b921f9ec58c90aa3ec14");
        let known = &Known::all()[0];
        let same = Remote { sha256: Some(known.sha256.clone()), ..file.clone() };
        assert_eq!(same.cached(), known.cached);
        let other = Remote { sha256: Some("0".repeat(64)), ..file.clone() };
        assert_eq!(other.cached(), "0".repeat(64));
        assert!([file, same, other].iter().all(|file| is_cached(&file.cached())));
        assert!(!["README.md", "url-1", "x.gguf", ""].into_iter().any(is_cached));
    }
}
