//! Programs that the operating system's package manager provides.

use crate::process::{answer, find_program, is_program, run_quietly};
use crate::ui::{say, timed};
use anyhow::{Context, Result, bail};
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether nobody is there to be asked.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// Installs Debian packages, saying so and, outside CI, asking first.
pub fn install(purpose: &str, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if find_program("apt-get").is_none() {
        bail!(
            "{purpose} needs {list} (the names in Debian), and there is no apt-get; install with your package manager"
        );
    }
    let by_hand = format!("apt-get install --no-install-recommends {list}");
    if answer(Command::new("id").arg("-u")).as_deref() != Some("0") {
        bail!("{purpose} needs {list}; install with: sudo {by_hand}");
    }
    if !is_ci() && !confirmed(&format!("{purpose} needs {list}. Install now with apt-get?"))? {
        bail!("{purpose} needs {list}; install with: {by_hand}");
    }
    timed(&format!("Installing the Debian packages {list}"), || {
        let apt = |arguments: &[&str]| {
            run_quietly(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
        };
        if let Err(error) = apt(&["-qq", "update"]) {
            // One broken source of many is no reason to give up.
            say(format!("  {error:#}; trying with the lists that are there"));
        }
        apt(&[&["-qq", "-y", "--no-install-recommends", "install"], packages].concat())
    })
    .with_context(|| format!("cannot install {list}; try by hand: {by_hand}"))
}

/// A question on the terminal; without a terminal the answer is no.
fn confirmed(question: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    io::stderr().flush().context("cannot write to the terminal")?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("cannot read from the terminal")?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// The Chromium that browser tests run: `$CHROMIUM`, a known program, or the Debian package after asking.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if !is_program(&path) {
            bail!("CHROMIUM is {}, which is not a program", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    install("Testing in a browser", &["chromium"])?;
    find_chromium().context("there is still no chromium; set CHROMIUM to the browser's path")
}

fn find_chromium() -> Option<PathBuf> {
    const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    const MAC: &[&str] = &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];
    NAMES
        .iter()
        .find_map(|name| find_program(name))
        .or_else(|| MAC.iter().map(PathBuf::from).find(|path| is_program(path)))
}

/// On Linux, installs Mesa's software Vulkan driver when there is no Vulkan driver at all: the native WebGPU tests then
/// run on the processor.
pub fn vulkan() -> Result<()> {
    let folders = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];
    let has_driver = |folder: &&str| Path::new(folder).read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if !cfg!(target_os = "linux") || folders.iter().any(has_driver) || std::env::var_os("VK_ICD_FILENAMES").is_some() {
        return Ok(());
    }
    install("Testing WebGPU natively", &["mesa-vulkan-drivers"])
}

/// Opens an address in the user's browser; failing is no error, the address was printed.
pub fn open(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if find_program(program).is_none_or(|program| Command::new(program).arg(url).spawn().is_err()) {
        say(format!("There is no `{program}` here; open {url} in your browser"));
    }
}
