//! The npm package, the demo page, the edge worker and the browser tests: everything that Node runs.

use crate::process::{answer, run_quietly};
use crate::project::Project;
use crate::stamp::{self, Stamp};
use crate::ui::timed;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// Oldest major version of Node that works.
const OLDEST: u32 = 20;

/// Says what to do when Node is missing or too old.
pub fn check() -> Result<()> {
    let node = answer(Command::new("node").arg("--version"));
    let npm = answer(Command::new("npm").arg("--version"));
    if node.as_deref().and_then(major).is_none_or(|major| major < OLDEST) || npm.is_none() {
        let found = |version: Option<String>| version.unwrap_or_else(|| "none".to_owned());
        bail!(
            "Node {OLDEST} or later with npm is needed (found node {}, npm {}); get it from https://nodejs.org",
            found(node),
            found(npm)
        );
    }
    Ok(())
}

/// `v20.11.1` → 20.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs what `package-lock.json` names, if it is newer than what is installed.
pub fn install(project: &Project, folder: &str) -> Result<()> {
    let folder_path = project.path(folder);
    let lock = folder_path.join("package-lock.json");
    let wanted = lock.metadata().and_then(|metadata| metadata.modified());
    let wanted = wanted.with_context(|| format!("{} is missing; it belongs to the checkout", lock.display()))?;
    let installed = folder_path.join("node_modules/.package-lock.json").metadata().and_then(|data| data.modified());
    if installed.is_ok_and(|installed| installed >= wanted) {
        return Ok(());
    }
    timed(&format!("Installing the npm packages of {folder}"), || {
        run_quietly(Command::new("npm").current_dir(&folder_path).args(["ci", "--no-audit", "--no-fund"]))
    })
    .with_context(|| {
        format!("cannot install the npm packages of {folder}; check the network and `npm config get registry`")
    })
}

/// A script of a folder's `package.json`, with its packages installed first.
pub fn script(project: &Project, folder: &str, script: &str, environment: &[(&str, &Path)]) -> Result<()> {
    install(project, folder)?;
    let mut npm = Command::new("npm");
    npm.current_dir(project.path(folder)).args(["run", "--silent", script]).envs(environment.iter().copied());
    run_quietly(&mut npm)
}

/// Builds `pkg/dist` if its sources, the wasm bindings or the list of synonyms have changed.
pub fn build_package(project: &Project) -> Result<()> {
    let synonyms = project.path("crate/semgrad/data/synonyms");
    let stamp = Stamp::default().folder(&project.path("pkg"))?.folder(&project.path("pkg/dist/wasm"))?;
    let stamp = stamp.folder(&synonyms)?;
    build(project, "pkg", stamp)
}

/// Builds `www/demo/dist` if its sources, the shared ones, the package or the benchmark's questions have changed.
pub fn build_demo(project: &Project) -> Result<()> {
    let questions = project.path("tests/bench/workload.json");
    build(project, "www/demo", page(project, "www/demo")?.file(&questions)?)
}

/// Builds `www/extension/dist`, unpacked and as a zip, if its sources, the shared ones or the package have
/// changed.
pub fn build_extension(project: &Project) -> Result<()> {
    build(project, "www/extension", page(project, "www/extension")?)
}

/// The sources of a page: its own, those that pages share, the package.
fn page(project: &Project, folder: &str) -> Result<Stamp> {
    let own = Stamp::default().folder(&project.path(folder))?;
    own.folder(&project.path("www/shared"))?.folder(&project.path("pkg/dist"))
}

/// Builds `www/edge/dist`, what would be uploaded, if its sources or the package have changed.
pub fn build_edge(project: &Project) -> Result<()> {
    let stamp = Stamp::default().folder(&project.path("www/edge"))?.folder(&project.path("pkg/dist"))?;
    build(project, "www/edge", stamp)
}

fn build(project: &Project, folder: &str, stamp: Stamp) -> Result<()> {
    let stamp = stamp.finish();
    let note = project.notes().join(folder.replace('/', "-"));
    if stamp::is_current(&note, &stamp) && project.path(folder).join("dist").is_dir() {
        return Ok(());
    }
    install(project, folder)?;
    timed(&format!("Building {folder}"), || script(project, folder, "build", &[]))?;
    stamp::keep(&note, &stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("20"), None);
        assert_eq!(major("v"), None);
    }
}
