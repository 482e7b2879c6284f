//! The folder of downloaded models, which the package and `cargo xtask models` fill as well.

use semgrad::{Code, Error, Result};
use std::env;
use std::path::{Path, PathBuf};

/// `semgrad/models` in `$XDG_CACHE_HOME`, or else where the system keeps what can be downloaded again: `~/.cache`,
/// `~/Library/Caches` or `%LOCALAPPDATA%`.
///
/// # Errors
/// `bad_input` where there is no such place.
pub fn folder() -> Result<PathBuf> {
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
    Ok(base.join("semgrad").join("models"))
}

/// A file gets its name only after its hash was right, so that the size is enough from then on.
pub fn is_complete(path: &Path, size: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == size)
}
