//! The wasm module and its JavaScript bindings, in `pkg/dist/wasm`.

use crate::process::{answer, run_quietly};
use crate::project::Project;
use crate::stamp::{self, Stamp};
use crate::toolchain::{TARGET, Toolchain};
use crate::ui::{megabytes, say, timed};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Prints the sizes of a file as it is, with gzip and with brotli. Quality 9 is what servers use on the fly; 11 gains
/// some per cent more and takes a minute.
const SIZES: &str = "\
const { readFileSync } = require('node:fs'), zlib = require('node:zlib');
const raw = readFileSync(process.argv[1]), quality = { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 };
const brotli = zlib.brotliCompressSync(raw, { params: { ...quality, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } });
console.log(raw.length, zlib.gzipSync(raw, { level: 9 }).length, brotli.length);";

/// Builds module and bindings; nothing happens if they are up to date.
pub fn build(project: &Project) -> Result<()> {
    let toolchain = Toolchain::choose(project)?;
    keep_times(project)?;
    let module = compile(project, &toolchain)?;
    bind(project, &module)
}

/// Gives the sources of `inventory` the time at which they were first seen with this content. Cargo goes by times, a new
/// clone has new ones, and all of Burn is built on that crate: it would be compiled again for nothing.
fn keep_times(project: &Project) -> Result<()> {
    let folder = project.path("crate/inventory");
    let stamp = Stamp::default().folder(&folder)?.finish();
    let note = project.target.join("xtask").join("inventory");
    let noted = fs::read_to_string(&note).unwrap_or_default();
    let known = noted.split_once(' ').filter(|(known, _)| *known == stamp).and_then(|(_, time)| time.parse().ok());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let seconds = known.unwrap_or(now);
    for path in stamp::files(&folder)? {
        let file = fs::File::options().append(true).open(&path);
        let file = file.with_context(|| format!("cannot open {}", path.display()))?;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds))?;
    }
    stamp::keep(&note, &format!("{stamp} {seconds}"))
}

/// Compiles the library crate to a module.
fn compile(project: &Project, toolchain: &Toolchain) -> Result<PathBuf> {
    let module = project.target.join(TARGET).join("release").join("semgrad.wasm");
    let what = match module.is_file() {
        true => "Building the wasm module",
        false => "Building the wasm module (the first time takes 10 to 30 minutes)",
    };
    timed(what, || {
        let mut cargo = toolchain.cargo(project);
        // A library everywhere else: only here is the crate linked into a module of its own.
        cargo.args(["rustc", "-p", "semgrad", "--lib", "--crate-type", "cdylib"]).args(toolchain.arguments());
        run_quietly(&mut cargo)
    })?;
    Ok(module)
}

/// Lints the library crates as they are compiled for wasm32.
pub fn clippy(project: &Project) -> Result<()> {
    let toolchain = Toolchain::choose(project)?;
    keep_times(project)?;
    let mut clippy = toolchain.clippy(project);
    clippy
        .args(["-p", "semgrad-kernels", "-p", "semgrad-scores", "-p", "semgrad", "--lib"])
        .args(toolchain.arguments())
        .args(["--", "-D", "warnings"]);
    run_quietly(&mut clippy)
}

/// Makes the bindings if the module or the program that makes them has changed.
fn bind(project: &Project, module: &PathBuf) -> Result<()> {
    let output = project.path("pkg/dist/wasm");
    let made = ["semgrad.js", "semgrad_bg.wasm", "semgrad.d.ts"].map(|name| output.join(name));
    let stamp = Stamp::default()
        .file(module)?
        .file(&project.path("crate/xtask/src/bin/bindgen.rs"))?
        .file(&project.path("crate/xtask/Cargo.toml"))?
        .finish();
    let note = project.notes().join("bindings");
    if stamp::is_current(&note, &stamp) && made.iter().all(|file| file.is_file()) {
        return Ok(());
    }
    timed("Making the JavaScript bindings (the first time takes about a minute)", || {
        let mut cargo = project.cargo();
        cargo.args(["run", "--quiet", "-p", "xtask", "--features", "bindgen", "--bin", "bindgen", "--"]);
        run_quietly(cargo.arg(module).arg(&output))
    })?;
    let [_, optimized, _] = &made;
    let size = fs::metadata(optimized).with_context(|| format!("{} was not made", optimized.display()))?.len();
    match answer(Command::new("node").args(["-e", SIZES]).arg(optimized)).as_deref().and_then(three_numbers) {
        Some([raw, gzip, brotli]) => say(format!(
            "  semgrad_bg.wasm: {} raw, {} gzip, {} brotli (quality 9)",
            megabytes(raw),
            megabytes(gzip),
            megabytes(brotli)
        )),
        None => say(format!("  semgrad_bg.wasm: {} raw", megabytes(size))),
    }
    stamp::keep(&note, &stamp)
}

fn three_numbers(text: &str) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = text.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_three_numbers() {
        assert_eq!(three_numbers("30 20 10"), Some([30, 20, 10]));
        assert_eq!(three_numbers("30 20"), None);
        assert_eq!(three_numbers("a b c"), None);
    }
}
