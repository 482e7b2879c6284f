//! A model on this machine, and whose weights it has.

use super::hub::Found;
use super::known::Known;
use crate::stop::Stop;
use semgrad::weights::source::{ModelFile, open_file, open_path};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::path::PathBuf;

/// Bytes hashed at a time.
const CHUNK: usize = 1 << 20;

/// A model on this machine.
pub struct Located {
    /// Its GGUF file or its folder; of one that was downloaded its weights, or the first file of them.
    pub path: PathBuf,
    /// Of one that was downloaded: its name, and its files by the names under which they are read.
    found: Option<(String, Vec<(String, PathBuf)>)>,
    /// Reading it takes as long as the disk does, so once.
    hash: OnceCell<String>,
}

impl Located {
    /// What lies at a path.
    pub fn new(path: PathBuf) -> Self {
        Self { path, found: None, hash: OnceCell::new() }
    }

    /// The file of a known model, whose hash was compared before it got its name.
    pub fn known(path: PathBuf, known: &Known) -> Self {
        Self { hash: OnceCell::from(known.sha256.clone()), ..Self::new(path) }
    }

    /// What was downloaded by its name, each file with its hash.
    pub fn found(Found { name, files }: Found) -> Self {
        let weights: Vec<_> = files.iter().filter(|(name, _)| is_weights(name)).collect();
        let first = weights.first().copied().or(files.first());
        let path = first.map(|(_, file)| file.path.clone()).unwrap_or_default();
        let hash = match weights.as_slice() {
            [(_, only)] => OnceCell::from(only.sha256.clone()),
            _ => OnceCell::new(),
        };
        let files = files.into_iter().map(|(name, file)| (name, file.path)).collect();
        Self { path, found: Some((name, files)), hash }
    }

    /// Name of the file or folder.
    pub fn name(&self) -> String {
        if let Some((name, _)) = &self.found {
            return name.clone();
        }
        // Of `.` and the like the folder's own.
        let path = if self.path.file_name().is_some() { Ok(self.path.clone()) } else { self.path.canonicalize() };
        let name = path.ok().and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
        name.unwrap_or_default()
    }

    /// For people: the path, or the name of what was downloaded.
    pub fn shown(&self) -> String {
        self.found.as_ref().map_or_else(|| self.path.display().to_string(), |(name, _)| name.clone())
    }

    /// Its files.
    pub fn files(&self) -> Result<Vec<ModelFile>, Stop> {
        let files = match &self.found {
            Some((_, files)) => files.iter().map(|(name, path)| open_file(name, path)).collect(),
            None => open_path(&self.path),
        };
        files.map_err(Stop::Failed)
    }

    /// SHA-256 of the weight files in order of their names.
    pub fn hash(&self) -> Result<&str, Stop> {
        if let Some(hash) = self.hash.get() {
            return Ok(hash);
        }
        let hash = hash(&self.files()?)?;
        Ok(self.hash.get_or_init(|| hash))
    }

    /// The hash, unless the files would have to be read for it and have the size of no model in question.
    pub fn hash_if(&self, is_likely: impl Fn(u64) -> bool) -> Result<Option<&str>, Stop> {
        if self.hash.get().is_none() {
            match self.files()?.as_slice() {
                [only] if is_likely(only.source.size()) => {}
                _ => return Ok(None),
            }
        }
        self.hash().map(Some)
    }

    /// Where a profile of its own lies: `model.gguf.profile.json`, or `profile.json` in the folder.
    pub fn profile_path(&self) -> PathBuf {
        if self.path.is_dir() {
            self.path.join("profile.json")
        } else {
            PathBuf::from(format!("{}.profile.json", self.path.display()))
        }
    }
}

fn is_weights(name: &str) -> bool {
    name.ends_with(".gguf") || name.ends_with(".safetensors")
}

fn hash(files: &[ModelFile]) -> Result<String, Stop> {
    let mut files: Vec<_> = files.iter().filter(|file| is_weights(&file.name)).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in files {
        let mut offset = 0;
        while offset < file.source.size() {
            let length = CHUNK.min((file.source.size() - offset) as usize);
            hash.update(pollster::block_on(file.source.read_at(offset, length)).map_err(Stop::Failed)?);
            offset += length as u64;
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_for_its_hash_once_and_only_where_its_size_is_likely() {
        let folder = std::env::temp_dir().join(format!("semgrad-located-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("abc.gguf");
        std::fs::write(&path, "abc").unwrap();
        let model = Located::new(path.clone());
        let get = |hash: Result<Option<&str>, Stop>| hash.ok().flatten().map(str::to_owned);
        assert_eq!(get(model.hash_if(|size| size == 4)), None);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(get(model.hash_if(|size| size == 3)).as_deref(), Some(abc));
        std::fs::write(&path, "abd").unwrap();
        assert_eq!(get(model.hash_if(|_| false)).as_deref(), Some(abc), "it is known by now");
        assert_eq!((model.name(), model.profile_path()), ("abc.gguf".into(), folder.join("abc.gguf.profile.json")));
        assert_eq!(Located::new(folder.clone()).profile_path(), folder.join("profile.json"));
        assert!(!Located::new(".".into()).name().is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
