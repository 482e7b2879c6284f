//! The folder of downloaded models, which `cargo xtask models` fills as well.

use super::known::Known;
use super::located::Located;
use semgrad::{Code, Error, Result};
use std::env;
use std::path::{Path, PathBuf};

/// `$XDG_CACHE_HOME/semgrad/models`, by default `~/.cache/semgrad/models`.
pub fn folder() -> Result<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named.or_else(|| env::home_dir().map(|home| home.join(".cache"))).ok_or_else(|| {
        let message = "there is no home folder to keep models in.";
        Error::new(Code::BadInput, message, "Set XDG_CACHE_HOME to a folder, or name a model's file with --model.")
    })?;
    Ok(base.join("semgrad").join("models"))
}

/// A known model's file, where it lies in the folder: under its own name, or, where somebody put it there, under any.
pub fn find(known: &Known, folder: &Path) -> Option<PathBuf> {
    let own = folder.join(&known.file);
    if is_complete(&own, known.size) {
        return Some(own);
    }
    let entries = std::fs::read_dir(folder).ok()?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let is_gguf = |path: &&PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gguf"));
    let mut likely = paths.iter().filter(is_gguf).filter(|path| is_complete(path, known.size));
    likely.find(|path| Located::new((*path).clone()).hash().is_ok_and(|hash| hash == known.sha256)).cloned()
}

/// A file gets its own name only after its hash was right, so that the size is enough from then on.
pub fn is_complete(path: &Path, size: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_found_by_its_name_or_by_its_hash() {
        let folder = env::temp_dir().join(format!("semgrad-cache-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let known = Known {
            name: "abc".into(),
            file: "abc.gguf".into(),
            size: 3,
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".into(),
            license: "none".into(),
            base_url: None,
        };
        assert_eq!(find(&known, &folder.join("missing")), None);
        for (file, text) in [("abc.gguf", "ab"), ("a.gguf", "abd"), ("b.gguf", "ab"), ("c.txt", "abc")] {
            fs::write(folder.join(file), text).unwrap();
        }
        assert_eq!(find(&known, &folder), None, "cut off, of other weights, of another size, of another kind");
        fs::write(folder.join("other.GGUF"), "abc").unwrap();
        assert_eq!(find(&known, &folder), Some(folder.join("other.GGUF")));
        fs::write(folder.join("abc.gguf"), "abc").unwrap();
        assert_eq!(find(&known, &folder), Some(folder.join("abc.gguf")));
        fs::remove_dir_all(folder).unwrap();
    }
}
