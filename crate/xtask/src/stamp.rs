//! Skipping work whose inputs have not changed: a stamp is a hash of the inputs, kept as a small file.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Folders that are made by a build and are never an input.
const MADE: &[&str] = &["node_modules", "dist", "target", ".git", ".wrangler"];

/// SHA-256 that grows input by input.
#[derive(Default)]
pub struct Stamp(Sha256);

impl Stamp {
    /// Adds a text.
    pub fn text(mut self, text: &str) -> Self {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// Adds a file's content.
    pub fn file(mut self, path: &Path) -> Result<Self> {
        let content = digest(&mut File::open(path).with_context(|| format!("cannot read {}", path.display()))?)
            .with_context(|| format!("cannot read {}", path.display()))?;
        self.0.update(content.as_bytes());
        Ok(self)
    }

    /// Adds names and contents of all files below a folder, without what builds make there.
    pub fn folder(mut self, folder: &Path) -> Result<Self> {
        for path in files(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            self = self.text(&name).file(&path)?;
        }
        Ok(self)
    }

    /// The stamp as hexadecimal text.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Whether the note at `path` holds this stamp.
pub fn is_current(path: &Path, stamp: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text == stamp)
}

/// Keeps the stamp for next time.
pub fn keep(path: &Path, stamp: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, stamp).with_context(|| format!("cannot write {}", path.display()))
}

/// SHA-256 of a text.
pub fn text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// SHA-256 of everything that can be read.
pub fn digest(reader: &mut impl Read) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// All files below a folder in a fixed order; links are not followed.
pub fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && !MADE.iter().any(|made| entry.file_name() == *made) {
                waiting.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_follows_names_and_contents() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("a/node_modules")).unwrap();
        let stamp = || Stamp::default().folder(&folder).unwrap().finish();
        fs::write(folder.join("a/x.ts"), "one").unwrap();
        let first = stamp();
        fs::write(folder.join("a/node_modules/y.js"), "made").unwrap();
        assert_eq!(stamp(), first);
        fs::write(folder.join("a/x.ts"), "two").unwrap();
        let second = stamp();
        assert_ne!(second, first);
        fs::rename(folder.join("a/x.ts"), folder.join("a/z.ts")).unwrap();
        assert_ne!(stamp(), second);
        let note = folder.join("notes/stamp");
        assert!(!is_current(&note, &second));
        keep(&note, &second).unwrap();
        assert!(is_current(&note, &second) && !is_current(&note, &first));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn hashes_are_the_known_ones() {
        assert_eq!(text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest(&mut "abc".as_bytes()).unwrap(), text("abc"));
    }
}
