//! The wasm modules and their JavaScript bindings, in `pkg/dist/wasm`.

use crate::process::{answer, run_quietly};
use crate::project::Project;
use crate::stamp::{self, Stamp};
use crate::toolchain::{TARGET, Toolchain};
use crate::ui::{megabytes, say, timed};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Prints the sizes of a file as it is, with gzip and with brotli. Quality 9 is what servers use on the fly; 11 gains
/// some per cent more and takes a minute.
const SIZES: &str = "\
const { readFileSync } = require('node:fs'), zlib = require('node:zlib');
const raw = readFileSync(process.argv[1]), quality = { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 };
const brotli = zlib.brotliCompressSync(raw, { params: { ...quality, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } });
console.log(raw.length, zlib.gzipSync(raw, { level: 9 }).length, brotli.length);";

/// A crate that is linked into a module of its own.
struct Module {
    package: &'static str,
    /// Of its files: `NAME.js`, `NAME_bg.wasm`.
    name: &'static str,
    /// Features of that crate.
    features: &'static [&'static str],
    /// The crate that links it once more, for threads.
    threaded: Option<&'static str>,
    /// How long the first build takes.
    first: &'static str,
}

/// What needs no model, and what runs models and does nearly all of that too.
const MODULES: [Module; 2] = [
    Module {
        package: "semgrad-scores",
        name: "scores",
        features: &["--features", "check"],
        threaded: None,
        first: "a minute",
    },
    Module {
        package: "semgrad",
        name: "semgrad",
        features: &[],
        threaded: Some("semgrad-threaded"),
        first: "10 to 30 minutes",
    },
];

/// What makes the linker share memory between instances. All object files are those of the module without threads, and so
/// is the standard library, which knows of one thread: the linker is not to mind that (`--no-check-features`), because other
/// threads run nothing but pieces of kernels, see `crate/semgrad/src/web/crew.rs`. The exports are read by the program that
/// makes the bindings, and the stack pointer is set by each helper.
const SHARED: &str = "--shared-memory --no-check-features --import-memory --max-memory=4294967296 \
    --export=__stack_pointer --export=__heap_base --export=__wasm_init_tls --export=__tls_size --export=__tls_align \
    --export=__tls_base";

/// Builds modules and bindings; nothing happens if they are up to date.
pub fn build(project: &Project) -> Result<()> {
    let toolchain = Toolchain::choose(project)?;
    keep_times(project)?;
    for Module { package, name, features, threaded, first } in MODULES {
        let compiled = compile(project, &toolchain, package, name, (features, &[]), first)?;
        let link = ["-C".to_owned(), format!("link-args={SHARED}")];
        let threaded = threaded.map(|package| {
            compile(project, &toolchain, package, &format!("{name}, for threads"), (&[], &link), "half a minute")
        });
        bind(project, name, &compiled, threaded.transpose()?.as_deref())?;
    }
    Ok(())
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

/// Compiles a library crate to a module, with arguments of cargo and of the compiler.
fn compile(
    project: &Project,
    toolchain: &Toolchain,
    package: &str,
    name: &str,
    (features, last): (&[&str], &[String]),
    first: &str,
) -> Result<PathBuf> {
    let file = project.target.join(TARGET).join("release").join(format!("{}.wasm", package.replace('-', "_")));
    let first = if file.is_file() { String::new() } else { format!(" (the first time takes {first})") };
    timed(&format!("Building the wasm module `{name}`{first}"), || {
        let mut cargo = toolchain.cargo(project);
        // A library everywhere else: only here is the crate linked into a module of its own.
        cargo
            .args(["rustc", "-p", package, "--lib", "--crate-type", "cdylib"])
            .args(features)
            .args(toolchain.arguments())
            .arg("--")
            .args(last);
        run_quietly(&mut cargo)
    })?;
    Ok(file)
}

/// Lints the library crates as they are compiled for wasm32.
pub fn clippy(project: &Project) -> Result<()> {
    let toolchain = Toolchain::choose(project)?;
    keep_times(project)?;
    let mut clippy = toolchain.clippy(project);
    clippy
        .args([
            "-p",
            "semgrad-kernels",
            "-p",
            "semgrad-scores",
            "-p",
            "semgrad",
            "--lib",
            "--features",
            "semgrad-scores/check",
        ])
        .args(toolchain.arguments())
        .args(["--", "-D", "warnings"]);
    run_quietly(&mut clippy)
}

/// Makes the bindings if the module or the program that makes them has changed. The script for a module whose memory is
/// shared serves the one without as well: they differ in whose memory it is.
fn bind(project: &Project, name: &str, compiled: &Path, threaded: Option<&Path>) -> Result<()> {
    let output = project.path("pkg/dist/wasm");
    let made = [".js", "_bg.wasm", ".d.ts"].map(|end| output.join(format!("{name}{end}")));
    let shared = threaded.map(|_| output.join(format!("{name}_threaded_bg.wasm")));
    let mut stamp = Stamp::default().file(compiled)?;
    if let Some(threaded) = threaded {
        stamp = stamp.file(threaded)?;
    }
    let stamp = stamp
        .file(&project.path("crate/xtask/src/bin/bindgen.rs"))?
        .file(&project.path("crate/xtask/Cargo.toml"))?
        .finish();
    let note = project.notes().join(format!("bindings-{name}"));
    if stamp::is_current(&note, &stamp) && made.iter().chain(&shared).all(|file| file.is_file()) {
        return Ok(());
    }
    timed(&format!("Making the JavaScript bindings of `{name}` (the first time takes about a minute)"), || {
        generate(project, name, compiled, &output)?;
        let (Some(threaded), Some(shared)) = (threaded, &shared) else { return Ok(()) };
        let aside = project.target.join("xtask").join("threaded");
        generate(project, name, threaded, &aside)?;
        for (from, to) in [(format!("{name}_bg.wasm"), shared), (format!("{name}.js"), &made[0])] {
            fs::copy(aside.join(&from), to).with_context(|| format!("cannot write {}", to.display()))?;
        }
        anyhow::Ok(())
    })?;
    let [_, optimized, _] = &made;
    let size = fs::metadata(optimized).with_context(|| format!("{} was not made", optimized.display()))?.len();
    match answer(Command::new("node").args(["-e", SIZES]).arg(optimized)).as_deref().and_then(three_numbers) {
        Some([raw, gzip, brotli]) => say(format!(
            "  {name}_bg.wasm: {} raw, {} gzip, {} brotli (quality 9)",
            megabytes(raw),
            megabytes(gzip),
            megabytes(brotli)
        )),
        None => say(format!("  {name}_bg.wasm: {} raw", megabytes(size))),
    }
    stamp::keep(&note, &stamp)
}

/// Writes the script and what comes of the module into a folder.
fn generate(project: &Project, name: &str, compiled: &Path, output: &Path) -> Result<()> {
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "-p", "xtask", "--features", "bindgen", "--bin", "bindgen", "--"]);
    run_quietly(cargo.arg(compiled).arg(output).arg(name))
}

fn three_numbers(text: &str) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = text.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_need_no_model() {
        let project = Project::find().unwrap();
        let mut cargo = project.cargo();
        cargo.args(["tree", "--package", "semgrad-scores", "--target", "all", "--edges", "normal", "--prefix", "none"]);
        let tree = answer(&mut cargo).expect("cargo says what the crate is built on");
        assert!(tree.contains("wasm-bindgen ") && tree.contains("serde_json "), "{tree}");
        for heavy in
            ["burn", "cubecl", "wgpu", "tokenizers", "tokio", "async", "futures", "pollster", "js-sys", "regex"]
        {
            assert!(!tree.lines().any(|line| line.starts_with(heavy)), "{heavy} in {tree}");
        }
    }

    #[test]
    fn sizes_are_three_numbers() {
        assert_eq!(three_numbers("30 20 10"), Some([30, 20, 10]));
        assert_eq!(three_numbers("30 20"), None);
        assert_eq!(three_numbers("a b c"), None);
    }
}
