//! `cargo xtask gpu`: the check of a graphics card as one file, for a machine that has a card, a driver, and nothing else.
//!
//! The package holds the native program, Deno with the built package, the script that runs both (`tests/gpu/run.sh`), and the
//! libraries that such a machine may lack. Models are made there, of random weights: they would be most of it.

use crate::args::GpuOptions;
use crate::process::{answer, find_program, line, run_quietly};
use crate::project::{NATIVE, Project};
use crate::stamp::{self, Stamp};
use crate::ui::{megabytes, say, timed};
use crate::{node, system, wasm};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the package may have, bytes.
const MOST: u64 = 60 << 20;
/// The file, and the folder in it.
const FILE: &str = "semgrad-gpu.tar";
const FOLDER: &str = "semgrad-gpu";
/// The script, and what Deno runs: files of the checkout that lie in the package as they lie here.
const SCRIPT: &str = "tests/gpu/run.sh";
const SCRIPTS: [&str; 4] = [
    "tests/gpu/deno.js",
    "tests/runtimes/inside/graphics.js",
    "www/shared/measure/figures.js",
    "www/shared/measure/requests.js",
];
/// The loader of Vulkan.
const LOADER: &str = "libvulkan.so.1";
/// What drivers and programs want besides; most machines have them.
const LIBRARIES: [&str; 8] = [
    "libgcc_s.so.1",
    "libX11.so.6",
    "libXext.so.6",
    "libxcb.so.1",
    "libXau.so.6",
    "libXdmcp.so.6",
    "libbsd.so.0",
    "libmd.so.0",
];
/// What unpacks it where there is no xz.
const UNPACKER: &str = "liblzma.so.5";

/// Packs, and says where.
pub fn run(project: &Project, options: &GpuOptions) -> Result<u8> {
    if options.rehearse {
        rehearse(project)?;
        return Ok(0);
    }
    let made = pack(project)?;
    let path = match &options.out {
        None => made,
        Some(folder) => {
            let path = folder.join(FILE);
            fs::create_dir_all(folder)
                .and_then(|()| fs::copy(&made, &path))
                .with_context(|| format!("cannot write {}", path.display()))?;
            path
        }
    };
    say(format!("There, in an empty folder: tar -xf {FILE} && sh {FOLDER}/run.sh"));
    println!("{}", path.display());
    Ok(0)
}

/// Unpacks the package into an empty folder and runs it with tiny models, without anything of this environment but the
/// driver; fails where the table lacks a number, or where a kernel differs from the CPU's.
pub fn rehearse(project: &Project) -> Result<()> {
    system::vulkan()?;
    let package = pack(project)?;
    let folder = project.notes().join("gpu-rehearsal");
    empty(&folder)?;
    let mut tar = Command::new("tar");
    run_quietly(tar.current_dir(&folder).arg("-xf").arg(&package))?;
    let mut script = Command::new("sh");
    script.current_dir(&folder).arg(format!("{FOLDER}/run.sh")).args(["--small", "results"]);
    let kept = ["PATH", "VK_ICD_FILENAMES", "VK_DRIVER_FILES"];
    let kept: Vec<_> = kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?))).collect();
    script.env_clear().envs(kept);
    timed("Rehearsing the check of a graphics card", || run_quietly(&mut script))?;
    let left = fs::read_dir(folder.join(FOLDER)).context("the package is gone")?;
    let left: Vec<_> = left.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    if let Some(work) = left.iter().find(|name| name.starts_with("work.")) {
        bail!("the script has left {work} behind");
    }
    Ok(())
}

/// The package, made anew where something in it has changed.
fn pack(project: &Project) -> Result<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        bail!("the package is for Linux on x86_64 and has to be made there");
    }
    for program in ["tar", "xz"] {
        find_program(program).with_context(|| format!("{program} is needed (package xz-utils or tar)"))?;
    }
    node::check()?;
    wasm::build(project)?;
    node::build_package(project)?;
    node::install(project, "tests")?;
    timed("Building the command line (the first time takes about 10 minutes)", || {
        // With the packages of the tests: any other set has other features, and would compile Burn once more.
        run_quietly(project.cargo().args(["test", "--quiet", "--no-run"]).args(NATIVE))
    })?;
    let (stage, top) = (project.notes().join("gpu-stage"), project.notes().join("gpu"));
    fill(project, &stage)?;
    let libraries = libraries()?;
    let mut stamp = Stamp::default().folder(&stage)?.folder(&stage.join("pkg/dist"))?.file(&project.path(SCRIPT))?;
    for (name, path) in &libraries {
        stamp = stamp.text(name).file(path)?;
    }
    let (stamp, note, package) = (stamp.finish(), top.join("stamp"), top.join(FILE));
    if !(stamp::is_current(&note, &stamp) && package.is_file()) {
        empty(&top)?;
        join(project, &stage, &top.join(FOLDER), &libraries)?;
        run_quietly(Command::new("tar").current_dir(&top).args(["--owner=0", "--group=0", "-cf", FILE, FOLDER]))?;
        stamp::keep(&note, &stamp)?;
    }
    let size = package.metadata().with_context(|| format!("{} was not made", package.display()))?.len();
    say(format!("  {}: {}", package.display(), megabytes(size)));
    if size > MOST {
        bail!("the package has {}, more than {}", megabytes(size), megabytes(MOST));
    }
    Ok(package)
}

/// What is compressed: programs and scripts, as they lie on the other machine.
fn fill(project: &Project, stage: &Path) -> Result<()> {
    empty(stage)?;
    fs::create_dir(stage.join("bin")).context("cannot write in the output folder")?;
    let (built, semgrad) = (project.target.join("debug/semgrad"), stage.join("bin/semgrad"));
    // Names of functions are a third of it. Where there is nothing that takes them away, it is larger.
    let mut strip = Command::new("strip");
    if answer(strip.arg("-o").arg(&semgrad).arg(&built)).is_none() {
        copy(&built, &semgrad)?;
    }
    copy(&deno(project)?, &stage.join("bin/deno"))?;
    for script in SCRIPTS {
        copy(&project.path(script), &stage.join(script))?;
    }
    for path in stamp::files(&project.path("pkg/dist")).context("cannot list pkg/dist")? {
        let name = path.strip_prefix(&project.root).unwrap_or(&path);
        // Types are for compilers, and threads for the CPU.
        let is_wanted = !name.to_string_lossy().ends_with(".d.ts") && !name.to_string_lossy().contains("_threaded_");
        if is_wanted {
            copy(&path, &stage.join(name))?;
        }
    }
    Ok(())
}

/// Compresses the programs, with what unpacks and runs them beside.
fn join(project: &Project, stage: &Path, folder: &Path, libraries: &[(String, PathBuf)]) -> Result<()> {
    let payload = folder.join("payload.tar.xz");
    copy(&project.path(SCRIPT), &folder.join("run.sh"))?;
    timed("Compressing the programs", || {
        let mut tar = Command::new("tar");
        tar.args(["--sort=name", "--owner=0", "--group=0", "--mtime=2020-01-01", "-I", "xz -6 -T0", "-cf"]);
        run_quietly(tar.arg(&payload).arg("-C").arg(stage).args(["bin", "pkg", "tests", "www"]))
    })?;
    for (name, path) in libraries {
        let place = if name == UNPACKER { "xz" } else { "lib" };
        copy(path, &folder.join(place).join(name))?;
    }
    copy(&find_program("xz").context("xz is gone")?, &folder.join("xz/xz"))
}

/// The libraries of this machine that go into the package, by the names that they are looked for by.
fn libraries() -> Result<Vec<(String, PathBuf)>> {
    let mut ldconfig = Command::new("/sbin/ldconfig");
    let known = answer(ldconfig.arg("-p")).with_context(|| format!("`{}` does not answer", line(&ldconfig)))?;
    let find = |name: &str| {
        let is_it = |text: &&str| text.split_whitespace().next() == Some(name) && text.contains("x86-64");
        let path = PathBuf::from(known.lines().find(is_it)?.split_whitespace().last()?);
        path.is_file().then(|| (name.to_owned(), path))
    };
    let loader = find(LOADER).with_context(|| format!("{LOADER} is needed (package libvulkan1)"))?;
    Ok([loader].into_iter().chain(LIBRARIES.iter().chain([&UNPACKER]).filter_map(|name| find(name))).collect())
}

/// Deno's program in its npm package.
fn deno(project: &Project) -> Result<PathBuf> {
    let script = "console.log(require('deno/install_api.cjs').runInstall())";
    let found = answer(Command::new("node").current_dir(project.path("tests")).args(["-e", script]));
    Ok(PathBuf::from(found.context("the npm package of Deno has no program for this machine")?))
}

/// A folder with nothing in it.
fn empty(folder: &Path) -> Result<()> {
    let failed = || format!("cannot make {} empty", folder.display());
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(failed),
        _ => fs::create_dir_all(folder).with_context(failed),
    }
}

/// Copies a file into a folder that may have to be made; a link becomes what it leads to.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(from, to))
        .map(drop)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_in_the_checkout() {
        let project = Project::find().unwrap();
        assert!(SCRIPTS.iter().chain([&SCRIPT]).all(|path| project.path(path).is_file()));
        // What one script imports is there too, in the same place beside it.
        for script in SCRIPTS {
            let text = fs::read_to_string(project.path(script)).unwrap();
            for named in text.split('"').filter(|word| word.starts_with("./") || word.starts_with("../")) {
                let path = project.path(script).with_file_name(named);
                let packed = |other: &str| path.canonicalize().ok() == project.path(other).canonicalize().ok();
                assert!(named.contains("/pkg/dist/") || SCRIPTS.iter().any(|other| packed(other)), "{named}");
            }
        }
    }
}
