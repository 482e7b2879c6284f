//! Models known by name, by the list that the package has too.

use serde::Deserialize;
use std::sync::LazyLock;

/// A model that has a name. The hash pins its file: the file that was calibrated is the file that is loaded.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    /// What it is called.
    pub name: String,
    /// Of its file where it is published.
    pub file: String,
    /// Of its file in the folder of downloaded models, where the package keeps it too.
    pub cached: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Of the weights.
    pub license: String,
    /// Folder that serves the file; null where none is known.
    pub base_url: Option<String>,
}

static ALL: LazyLock<Vec<Known>> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "the list is a part of this program, and a test reads it")]
    serde_json::from_str(include_str!("../../../../pkg/models.json")).expect("pkg/models.json is a list of models")
});

impl Known {
    /// Every known model, the default first.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The model that is meant where none is named.
    pub fn default_name() -> &'static str {
        Self::all().first().map_or("", |known| &known.name)
    }

    /// The model of this name; upper and lower case are the same.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|known| known.name.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_does_not_contradict_itself() {
        assert_eq!(Known::default_name(), "SmolLM2-135M-Instruct");
        for (index, known) in Known::all().iter().enumerate() {
            let is_hash =
                known.sha256.len() == 64 && known.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            assert!(is_hash && known.size > 0 && !known.license.is_empty(), "{}", known.name);
            for file in [&known.file, &known.cached] {
                assert!(file.ends_with(".gguf") && !file.contains(['/', '\\']), "{file}");
            }
            assert!(known.base_url.as_ref().is_none_or(|url| url.starts_with("https://") && url.ends_with('/')));
            // A model is told by its size before it is hashed.
            let differs =
                |other: &Known| other.name != known.name && other.cached != known.cached && other.size != known.size;
            assert!(Known::all()[..index].iter().all(differs), "{}", known.name);
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(Known::find("smollm2-135m-INSTRUCT"), Known::all().first());
        assert_eq!(Known::find("SmolLM2"), None);
    }
}
