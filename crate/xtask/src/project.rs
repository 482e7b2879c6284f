//! Where things lie, and the cargo that belongs to this checkout.

use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is tested natively, always together: another set of packages has other features, and compiles Burn once more.
pub const NATIVE: [&str; 8] = ["-p", "semgrad-kernels", "-p", "semgrad-scores", "-p", "semgrad", "-p", "semgrad-cli"];

/// The checkout and its output folder.
#[derive(Clone, Debug)]
pub struct Project {
    /// Folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's output folder, absolute.
    pub target: PathBuf,
}

impl Project {
    /// The project that this program was started from.
    pub fn find() -> Result<Self> {
        // Cargo says at run time which checkout it runs for; the folder known at compile time would be wrong if two
        // checkouts share one output folder.
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let Some(root) = manifest.ancestors().nth(2).filter(|root| root.join("crate/xtask/Cargo.toml").is_file())
        else {
            bail!("{} is not inside the project; run `cargo xtask` in the checkout", manifest.display());
        };
        Ok(Self { root: root.to_owned(), target: target_folder(root)? })
    }

    /// A path below the root.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The cargo that started this program, at the root.
    pub fn cargo(&self) -> Command {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(program);
        self.prepare(&mut command);
        command
    }

    /// Makes a cargo command run at the root, write to our output folder, and see nothing of the cargo that started us:
    /// build scripts that look at `CARGO_*` would otherwise run again whenever a user types the command by hand.
    pub fn prepare(&self, command: &mut Command) {
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
                command.env_remove(&name);
            }
        }
    }

    /// A folder for small notes about this checkout; it lies in the output folder, which several checkouts may share.
    pub fn notes(&self) -> PathBuf {
        let id = crate::stamp::text(&self.root.to_string_lossy());
        self.target.join("xtask").join(&id[..16])
    }
}

fn target_folder(root: &Path) -> Result<PathBuf> {
    if let Some(folder) = env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
        return std::path::absolute(folder).context("CARGO_TARGET_DIR is not a usable path");
    }
    // A configuration file may move the output folder: this program lies in TARGET/PROFILE/xtask.
    let program = env::current_exe().context("the system does not say where this program lies")?;
    let moved = program.ancestors().nth(2).filter(|folder| folder.join("CACHEDIR.TAG").is_file());
    Ok(moved.map_or_else(|| root.join("target"), Path::to_owned))
}

/// Folder for what outlives a checkout: `$XDG_CACHE_HOME/semgrad`, by default `~/.cache/semgrad`.
pub fn cache_folder() -> Result<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named.or_else(|| env::home_dir().map(|home| home.join(".cache")));
    Ok(base.context("there is no home folder; set XDG_CACHE_HOME to a folder for models")?.join("semgrad"))
}

/// Folder of fetched models.
pub fn models_folder() -> Result<PathBuf> {
    Ok(cache_folder()?.join("models"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkout_is_found() {
        let project = Project::find().unwrap();
        assert!(project.path("crate/xtask/src/project.rs").is_file());
        assert!(project.target.is_absolute());
        assert!(project.notes().starts_with(&project.target));
    }

    #[test]
    fn both_halves_of_wasm_bindgen_have_one_version() {
        let project = Project::find().unwrap();
        let pin = |file: &str, name: &str| {
            let text = std::fs::read_to_string(project.path(file)).unwrap();
            let line = text.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap().to_owned();
            let start = line.find("\"=").expect("an exact version") + 2;
            line[start..].split('"').next().unwrap().to_owned()
        };
        assert_eq!(
            pin("Cargo.toml", "wasm-bindgen"),
            pin("crate/xtask/Cargo.toml", "wasm-bindgen-cli-support"),
            "Cargo.toml and crate/xtask/Cargo.toml must pin the same wasm-bindgen"
        );
    }
}
