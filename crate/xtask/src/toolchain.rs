//! Which compiler builds wasm32.
//!
//! The usual one with its wasm32 standard library, which rustup can add; where rustup cannot reach its server, Debian's
//! `rustc-web`, which comes without that library and compiles it from source (`-Zbuild-std`).

use crate::process::{answer, find_program, is_program, succeeds_within};
use crate::project::Project;
use crate::ui::say;
use crate::{stamp, system};
use anyhow::{Result, bail};
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The only wasm target.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// SIMD is in every browser that has WebGPU; the CPU path is several times faster with it.
const RUSTFLAGS: &str = "-C target-feature=+simd128";

/// What Debian's toolchain consists of.
const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "lld-22"];

/// `rust-version` of the workspace, for toolchains that are not chosen by the user.
const OLDEST: (u32, u32) = (1, 92);

/// A way to compile for wasm32.
#[derive(Debug)]
pub enum Toolchain {
    /// The toolchain that runs `cargo xtask`.
    Host,
    /// Debian's, with the name of its linker.
    Debian {
        /// `wasm-ld`, or one with a version, as `wasm-ld-22`.
        linker: String,
    },
}

impl Toolchain {
    /// Finds a toolchain, and sets one up if there is none.
    pub fn choose(project: &Project) -> Result<Self> {
        let only_debian = match env::var("SEMGRAD_WASM_TOOLCHAIN").as_deref() {
            Ok("debian") => true,
            Ok("" | "auto") | Err(_) => false,
            Ok(other) => bail!("SEMGRAD_WASM_TOOLCHAIN is `{other}`; it can be auto or debian"),
        };
        if !only_debian && host_has_target() {
            return Ok(Self::Host);
        }
        let debian = Self::debian();
        // Where rustup failed once it will fail again; do not make every run wait for that.
        let note = project.notes().join("rustup-cannot-add-wasm32");
        let failed_before = stamp::is_current(&note, TARGET);
        if !only_debian && find_program("rustup").is_some() && !(failed_before && debian.is_some()) {
            say(format!("Adding {TARGET} with rustup …"));
            let limit = Duration::from_secs(180);
            if succeeds_within(limit, Command::new("rustup").args(["target", "add", TARGET])) && host_has_target() {
                return Ok(Self::Host);
            }
            stamp::keep(&note, TARGET)?;
            say("  rustup cannot add it here; using Debian's rustc-web instead");
        }
        if let Some(debian) = debian {
            return Ok(debian);
        }
        system::install("Building the wasm module", PACKAGES)?;
        let Some(debian) = Self::debian() else {
            bail!(
                "there is no compiler for {TARGET}; make `rustup target add {TARGET}` work, or install the Debian \
                 packages {} (rustc {}.{} or later)",
                PACKAGES.join(" "),
                OLDEST.0,
                OLDEST.1
            );
        };
        Ok(debian)
    }

    /// Debian's toolchain, if all its parts are there.
    fn debian() -> Option<Self> {
        let found = answer(Command::new("/usr/bin/rustc").arg("--version"))?;
        let sysroot = answer(Command::new("/usr/bin/rustc").args(["--print", "sysroot"]))?;
        let complete = version(&found)? >= OLDEST
            && ["/usr/bin/cargo", "/usr/bin/cargo-clippy"].iter().all(|path| is_program(Path::new(path)))
            && Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").is_file();
        let programs = Path::new("/usr/bin").read_dir().ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let programs = programs.filter(|path| is_program(path));
        let linker = newest_linker(programs.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)))?;
        complete.then_some(Self::Debian { linker })
    }

    /// `cargo` for wasm32, without arguments.
    pub fn cargo(&self, project: &Project) -> Command {
        match self {
            Self::Host => self.with_environment(project.cargo()),
            Self::Debian { .. } => {
                let mut command = Command::new("/usr/bin/cargo");
                project.prepare(&mut command);
                self.with_environment(command)
            }
        }
    }

    /// `cargo clippy` for wasm32, without arguments.
    pub fn clippy(&self, project: &Project) -> Command {
        let mut command = match self {
            Self::Host => self.cargo(project),
            Self::Debian { .. } => {
                // By its path: cargo looks for subcommands in ~/.cargo/bin too, where rustup's clippy lies.
                let mut command = Command::new("/usr/bin/cargo-clippy");
                project.prepare(&mut command);
                self.with_environment(command)
            }
        };
        command.arg("clippy");
        command
    }

    /// Arguments of every build with this toolchain.
    pub fn arguments(&self) -> Vec<&'static str> {
        let mut arguments = vec!["--release", "--target", TARGET];
        if matches!(self, Self::Debian { .. }) {
            arguments.push("-Zbuild-std=std,panic_abort");
        }
        arguments
    }

    fn with_environment(&self, mut command: Command) -> Command {
        // RUSTFLAGS would replace the flags of the target.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", RUSTFLAGS);
        if let Self::Debian { linker } = self {
            let mut path = OsString::from("/usr/bin");
            if let Some(rest) = env::var_os("PATH") {
                path.push(":");
                path.push(rest);
            }
            command
                .env("PATH", path)
                .env("CARGO", "/usr/bin/cargo")
                .env("RUSTC", "/usr/bin/rustc")
                .env_remove("RUSTUP_TOOLCHAIN")
                // `-Z` flags are refused by a stable compiler otherwise.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }
}

/// Whether the toolchain that runs us has the standard library for wasm32, wherever it comes from.
fn host_has_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    answer(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| Path::new(&folder).is_dir())
}

/// `rustc 1.96.0 (…)` → (1, 96).
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The `wasm-ld-N` with the largest N, else plain `wasm-ld`.
fn newest_linker(names: impl Iterator<Item = String>) -> Option<String> {
    names
        .filter_map(|name| match name.strip_prefix("wasm-ld")? {
            "" => Some((0, name)),
            suffix => Some((suffix.strip_prefix('-')?.parse::<u32>().ok()?, name)),
        })
        .max()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"), Some((1, 96)));
        assert_eq!(version("rustc"), None);
        assert_eq!(version("rustc nightly"), None);
    }

    #[test]
    fn the_newest_linker_is_taken() {
        let newest = |names: &[&str]| newest_linker(names.iter().map(|name| (*name).to_owned()));
        assert_eq!(newest(&["ld", "wasm-ld", "wasm-ld-9", "wasm-ld-22", "wasm-ld-x"]).as_deref(), Some("wasm-ld-22"));
        assert_eq!(newest(&["wasm-ld"]).as_deref(), Some("wasm-ld"));
        assert_eq!(newest(&["ld.lld"]), None);
    }

    #[test]
    fn the_oldest_version_is_that_of_the_workspace() {
        let manifest = std::fs::read_to_string(Project::find().unwrap().path("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("rust-version = \"{}.{}\"", OLDEST.0, OLDEST.1)));
    }
}
