//! The folder of downloaded models, which the package and `cargo xtask models` fill as well. A complete file lies there as
//! `NAME`, with what is known of it in `NAME.json`; one that is coming as `NAME.TOKEN.part`, likewise, until it is renamed.
//! Parts that nobody has written into for a while were cut: the next download makes them its own.

use super::known::Known;
use super::remote::{Remote, hex, is_cached};
use semgrad::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, thread};

/// Without a byte for so long, a download was cut, not only slow: longer than a download waits for the next byte.
const QUIET: Duration = Duration::from_secs(45);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Bytes hashed at a time.
const CHUNK: usize = 1 << 20;

/// What is known of a file, as the package writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// For people.
    #[serde(default)]
    pub name: String,
    /// Where it came from.
    pub url: String,
    /// Of all of it.
    pub size: Option<u64>,
    /// The server's mark of it.
    #[serde(default)]
    pub etag: Option<String>,
    /// Of all of it, once it is there.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Whether it is.
    pub complete: bool,
    /// The server has no such file, which may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<bool>,
    /// Of a part: whether whoever writes into it holds its lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
    /// Milliseconds of the epoch when the complete file was written: one that somebody exchanged is to be hashed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<u64>,
}

/// A file that is here, or a part of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    /// In the folder.
    pub cached: String,
    /// What is known of it.
    pub sheet: Sheet,
    /// Bytes that are here.
    pub bytes: u64,
}

/// A folder of downloaded models.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// `semgrad/models` in `$XDG_CACHE_HOME`, or else where the system keeps what can be downloaded again: `~/.cache`,
    /// `~/Library/Caches` or `%LOCALAPPDATA%`.
    ///
    /// # Errors
    /// `bad_input` where there is no such place.
    pub fn usual() -> Result<Self> {
        let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let usual = || match () {
            _ if cfg!(windows) => env::var_os("LOCALAPPDATA").map(PathBuf::from),
            _ if cfg!(target_os = "macos") => env::home_dir().map(|home| home.join("Library/Caches")),
            _ => env::home_dir().map(|home| home.join(".cache")),
        };
        let base = named.or_else(usual).ok_or_else(|| {
            let message = "there is no home folder to keep models in.";
            Error::new(Code::BadInput, message, "Set XDG_CACHE_HOME to a folder, or name a model's file with --model.")
        })?;
        Ok(Self::at(base.join("semgrad").join("models")))
    }

    /// The one in that folder, which need not be there yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of a file or of a part.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes the folder.
    ///
    /// # Errors
    /// `bad_input` where it cannot be.
    pub fn make(&self) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|error| unwritable(&self.folder, &error))
    }

    /// The hash of the file, if it is here and is the one: its sheet says so, or it is hashed now.
    pub fn proven(&self, remote: &Remote) -> Option<String> {
        let name = remote.cached();
        let path = self.path(&name);
        let (size, modified) = facts(&path)?;
        if remote.size.is_some_and(|expected| expected != size) {
            return None;
        }
        let is_same = |hash: &String| remote.sha256.as_ref().is_none_or(|expected| expected == hash);
        let sheet = self.sheet(&name);
        let valid = sheet
            .as_ref()
            .filter(|sheet| sheet.complete && sheet.size == Some(size) && sheet.modified == Some(modified));
        if let Some(hash) = valid.and_then(|sheet| sheet.sha256.clone()) {
            return Some(hash).filter(is_same);
        }
        // A known model's file gets its name after its hash was right, also by programs that write no sheet.
        let known = Known::all().iter().find(|known| known.cached == name && known.size == size);
        if let Some(known) = known.filter(|_| sheet.is_none()) {
            return Some(known.sha256.clone());
        }
        let hash = hash(&path).ok().filter(is_same)?;
        // Where nothing can be written, it is hashed again the next time.
        let _ = self.seal(remote, Sheet { etag: None, ..sheet.unwrap_or_default() }, &hash);
        Some(hash)
    }

    /// Says of a file that it is complete.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn seal(&self, remote: &Remote, sheet: Sheet, hash: &str) -> Result<()> {
        let name = remote.cached();
        let (size, modified) = facts(&self.path(&name)).unwrap_or_default();
        let Remote { name: file, url, .. } = remote.clone();
        let (size, modified, sha256) = (Some(size), Some(modified), Some(hash.to_owned()));
        self.save(&name, &Sheet { name: file, url, size, sha256, complete: true, modified, held: None, ..sheet })
    }

    /// Puts a small file that was made here beside the models.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn put(&self, remote: &Remote, bytes: &[u8]) -> Result<()> {
        self.make()?;
        let path = self.path(&remote.cached());
        fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
        self.seal(remote, Sheet::default(), &hex(&Sha256::digest(bytes)))
    }

    /// What is known of a file or a part.
    pub fn sheet(&self, name: &str) -> Option<Sheet> {
        serde_json::from_slice(&fs::read(self.path(&format!("{name}.json"))).ok()?).ok()
    }

    /// Writes it.
    ///
    /// # Errors
    /// `quota_exceeded` where the disk is full, `bad_input` where it cannot be written.
    pub fn save(&self, name: &str, sheet: &Sheet) -> Result<()> {
        let (path, fresh) =
            (self.path(&format!("{name}.json")), self.path(&format!("{name}.{}.part.json.new", token())));
        let json = serde_json::to_string(sheet).map_err(|error| Error::internal(error.to_string()))?;
        // Renamed when whole, so that a crash leaves no half of one.
        fs::write(&fresh, json).and_then(|()| fs::rename(&fresh, &path)).map_err(|error| unwritable(&path, &error))
    }

    /// A part of the file to write into: the longest that an earlier download left, or a new one. Waits while another program
    /// downloads the same.
    pub fn part(&self, name: &str) -> String {
        let mut waits = false;
        loop {
            let mut parts = self.parts(name);
            if !parts.iter().any(|part| part.is_fresh) {
                parts.sort_by_key(|part| std::cmp::Reverse(part.size));
                return self.adopt(name, &parts);
            }
            if !waits {
                eprintln!("Another program is downloading the same; waiting for it …");
            }
            waits = true;
            thread::sleep(LOOK_EVERY);
            if self.path(name).exists() {
                return part_of(name);
            }
        }
    }

    fn adopt(&self, name: &str, parts: &[Part]) -> String {
        let own = part_of(name);
        for part in parts {
            if fs::rename(self.path(&part.name), self.path(&own)).is_err() {
                // Another process was faster.
                continue;
            }
            // From now on it is one that is coming.
            if let Ok(file) = File::options().append(true).open(self.path(&own)) {
                let _ = file.set_modified(SystemTime::now());
            }
            let _ = fs::rename(self.path(&format!("{}.json", part.name)), self.path(&format!("{own}.json")));
            break;
        }
        own
    }

    fn parts(&self, name: &str) -> Vec<Part> {
        let is_part = |file: &String| stem(file).is_some_and(|stem| stem == name);
        let part = |file: String| {
            let metadata = fs::metadata(self.path(&file)).ok()?;
            let quiet = metadata.modified().ok()?;
            // A clock of another machine may be ahead.
            let age = SystemTime::now().duration_since(quiet).unwrap_or_else(|error| error.duration());
            // A program of ours holds what it writes into, and lets go of it when it ends, however it ends.
            let held =
                File::open(self.path(&file)).is_ok_and(|part| matches!(part.try_lock(), Err(TryLockError::WouldBlock)));
            let is_ours = self.sheet(&file).is_some_and(|sheet| sheet.held == Some(true));
            let is_fresh = held || !is_ours && age < QUIET;
            Some(Part { name: file, size: metadata.len(), is_fresh })
        };
        self.files().into_iter().filter(is_part).filter_map(part).collect()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    /// Gives a part the file's name.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn publish(&self, part: &str, remote: &Remote, sheet: Sheet, hash: &str) -> Result<PathBuf> {
        let path = self.path(&remote.cached());
        if facts(&self.path(part)).map(|(size, _)| size) != sheet.size {
            self.discard(part);
            let message = format!("another program wrote into {} as well.", remote.name);
            return Err(Error::new(Code::IntegrityMismatch, message, "It was thrown away. Run the same again."));
        }
        fs::rename(self.path(part), &path).map_err(|error| unwritable(&path, &error))?;
        let _ = fs::remove_file(self.path(&format!("{part}.json")));
        self.seal(remote, sheet, hash)?;
        Ok(path)
    }

    /// Removes a part.
    pub fn discard(&self, part: &str) {
        for name in [part.to_owned(), format!("{part}.json")] {
            let _ = fs::remove_file(self.path(&name));
        }
    }

    /// All that was downloaded, complete or not.
    pub fn list(&self) -> Vec<Kept> {
        let files = self.files();
        let bare = |file: &String| {
            let file = file.strip_suffix(".json").unwrap_or(file);
            stem(file).unwrap_or(file).to_owned()
        };
        let names: BTreeSet<String> = files.iter().map(bare).filter(|name| is_cached(name)).collect();
        names.into_iter().filter_map(|name| self.kept(name)).collect()
    }

    fn kept(&self, cached: String) -> Option<Kept> {
        if let Some((size, _)) = facts(&self.path(&cached)) {
            let known = Known::all().iter().find(|known| known.cached == cached && known.size == size);
            let name = known.map_or_else(|| cached.clone(), |known| known.file.clone());
            let sheet = self.sheet(&cached).unwrap_or_else(|| Sheet {
                name,
                size: Some(size),
                sha256: known.map(|known| known.sha256.clone()),
                complete: known.is_some(),
                ..Sheet::default()
            });
            return Some(Kept { cached, sheet, bytes: size });
        }
        let part = self.parts(&cached).into_iter().max_by_key(|part| part.size)?;
        let sheet = self.sheet(&part.name).unwrap_or_else(|| Sheet { name: cached.clone(), ..Sheet::default() });
        Some(Kept { cached, sheet, bytes: part.size })
    }

    /// Removes a file with all its parts, and gives the bytes that became free.
    ///
    /// # Errors
    /// `bad_input` where it cannot be removed.
    pub fn remove(&self, cached: &str) -> Result<u64> {
        let parts = self.parts(cached);
        let mut freed = 0;
        for part in &parts {
            self.discard(&part.name);
            freed += part.size;
        }
        let path = self.path(cached);
        if let Some((size, _)) = facts(&path) {
            fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
            freed += size;
        }
        let _ = fs::remove_file(self.path(&format!("{cached}.json")));
        Ok(freed)
    }
}

/// A download that is coming or was cut.
struct Part {
    name: String,
    size: u64,
    is_fresh: bool,
}

/// The file that a part is of.
fn stem(part: &str) -> Option<&str> {
    let (name, token) = part.strip_suffix(".part")?.rsplit_once('.')?;
    (token.len() == 8 && token.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))).then_some(name)
}

fn part_of(name: &str) -> String {
    format!("{name}.{}.part", token())
}

/// Eight digits that no other process has.
fn token() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = format!("{}-{}", now.as_nanos(), std::process::id());
    hex(&Sha256::digest(seed)[..4])
}

/// Size of a file, and when it was written, in milliseconds.
fn facts(path: &Path) -> Option<(u64, u64)> {
    let metadata = path.metadata().ok().filter(fs::Metadata::is_file)?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((metadata.len(), modified.as_millis() as u64)) // beyond u64 lie only broken clocks
}

fn hash(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; CHUNK]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// A file or folder that cannot be written to.
pub fn unwritable(path: &Path, error: &io::Error) -> Error {
    let message = format!("{} cannot be written to ({error}).", path.display());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            let advice = "Make room (`semgrad models list` shows what is kept), or set XDG_CACHE_HOME to a folder on another \
                          disk; what came so far is kept.";
            Error::new(Code::QuotaExceeded, message, advice)
        }
        _ => Error::new(
            Code::BadInput,
            message,
            "Check its permissions, or set XDG_CACHE_HOME to a folder that can be written to.",
        ),
    }
}
