//! The steps of `cargo xtask test`: each is one line of the table at the end.

use crate::args::TestOptions;
use crate::models::{TEST_MODELS, find};
use crate::process::{find_program, is_program, run_quietly};
use crate::project::{NATIVE, Project, cache_folder, models_folder};
use crate::toolchain::Toolchain;
use crate::ui::{duration, say, timed};
use crate::{fetch, gpu, node, system, wasm};
use anyhow::{Result, bail};
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What `cargo install` gets where there is no cargo-deny.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// One check. Every step runs even if another failed, unless it needs what that one makes.
#[derive(Debug)]
struct Step {
    /// Name for `--only` and the table.
    name: &'static str,
    /// What it checks, and how long it may take.
    what: &'static str,
    /// Whether `--quick` leaves it out.
    slow: bool,
    /// Steps whose results it uses.
    needs: &'static [&'static str],
    work: fn(&Project, &TestOptions) -> Result<()>,
}

/// In the order in which they run.
const STEPS: &[Step] = &[
    Step { name: "setup", what: "Node, wasm compiler, browser", slow: false, needs: &[], work: setup },
    Step { name: "fmt", what: "formatting of Rust", slow: false, needs: &[], work: formatting },
    Step { name: "xtask", what: "tests of cargo xtask", slow: false, needs: &[], work: xtask },
    Step {
        name: "deny",
        what: "licences, sources and duplicates of dependencies",
        slow: false,
        needs: &[],
        work: deny,
    },
    Step { name: "models", what: "real weights for tests", slow: true, needs: &[], work: models },
    Step { name: "native", what: "native tests (first time about 10 minutes)", slow: false, needs: &[], work: native },
    Step { name: "clippy", what: "lints, host", slow: false, needs: &[], work: clippy },
    Step { name: "wasm", what: "wasm modules and bindings", slow: false, needs: &["setup"], work: build_wasm },
    Step { name: "clippy-wasm", what: "lints, wasm32", slow: false, needs: &["setup"], work: clippy_wasm },
    Step { name: "pkg", what: "npm package: types, lints, tests", slow: false, needs: &["wasm"], work: package },
    Step {
        name: "publish",
        what: "what npm would publish, and the examples that use it",
        slow: true,
        needs: &["pkg"],
        work: publish,
    },
    Step {
        name: "gpu",
        what: "the check of a graphics card: its package from an empty folder, on a software adapter",
        slow: true,
        needs: &["native", "pkg"],
        work: graphics,
    },
    Step { name: "demo", what: "demo page: types, lints, build", slow: false, needs: &["pkg"], work: demo },
    Step {
        name: "extension",
        what: "browser extension: types, build, zip",
        slow: false,
        needs: &["pkg"],
        work: extension,
    },
    Step {
        name: "edge",
        what: "edge worker: types, build, tests in workerd and Deno",
        slow: true,
        needs: &["models", "pkg"],
        work: edge,
    },
    Step {
        name: "browser",
        what: "tests in Chromium, Deno and workerd",
        slow: true,
        needs: &["models", "demo", "extension"],
        work: browser,
    },
];

fn setup(project: &Project, options: &TestOptions) -> Result<()> {
    node::check()?;
    Toolchain::choose(project)?;
    if !options.quick {
        system::vulkan()?;
        say(format!("  browser: {}", system::chromium()?.display()));
    }
    Ok(())
}

fn formatting(project: &Project, _: &TestOptions) -> Result<()> {
    run_quietly(project.cargo().args(["fmt", "--all", "--check"]))
}

fn xtask(project: &Project, _: &TestOptions) -> Result<()> {
    run_quietly(project.cargo().args(["test", "--quiet", "-p", "xtask"]))
}

/// cargo-deny comes with its own version from crates.io unless the user has one; unoptimized, it compiles in a minute.
fn deny(project: &Project, _: &TestOptions) -> Result<()> {
    let tools = cache_folder()?.join("tools");
    let own = tools.join("bin").join("cargo-deny");
    let program = match is_program(&own) {
        true => own,
        false => match find_program("cargo-deny") {
            Some(found) => found,
            None => {
                timed("Compiling cargo-deny (once, about 2 minutes)", || {
                    let mut cargo = project.cargo();
                    // Cargo's temporary folder: a tool's intermediate files are of no use in ours.
                    cargo.env_remove("CARGO_TARGET_DIR").args(["install", "--quiet", "--locked", "--debug", "--root"]);
                    run_quietly(cargo.arg(&tools).arg(CARGO_DENY))
                })?;
                own
            }
        },
    };
    let mut command = Command::new(program);
    project.prepare(&mut command);
    command.args(["--all-features", "--config"]).arg(project.path("crate/xtask/deny.toml"));
    run_quietly(command.args(["check", "bans", "licenses", "sources"]))
}

fn models(_: &Project, _: &TestOptions) -> Result<()> {
    for name in TEST_MODELS {
        fetch::fetch(find(name)?)?;
    }
    Ok(())
}

fn native(project: &Project, options: &TestOptions) -> Result<()> {
    let mut cargo = project.cargo();
    cargo.arg("test").args(NATIVE);
    if options.quick {
        cargo.env_remove("SEMGRAD_MODELS");
    } else {
        // `setup` has seen to a software adapter, so that a GPU that does not open is a failure.
        cargo.env("SEMGRAD_MODELS", models_folder()?).env("SEMGRAD_REQUIRE_WEBGPU", "1");
    }
    run_quietly(&mut cargo)?;
    // Mesa's software adapter has subgroups of 8 lanes, or of 4 or 16 if told so.
    for bits in ["128", "512"].iter().filter(|_| !options.quick) {
        let mut cargo = project.cargo();
        cargo.env("SEMGRAD_REQUIRE_WEBGPU", "1").env("LP_NATIVE_VECTOR_WIDTH", bits);
        run_quietly(cargo.arg("test").args(NATIVE).args(["--lib", "ops::"]))?;
    }
    Ok(())
}

fn clippy(project: &Project, _: &TestOptions) -> Result<()> {
    // `cargo clippy` would check all of Burn apart from what was built for the tests. Clippy as the compiler of this workspace
    // alone takes the dependencies that are there; what it makes of our own crates is never run.
    for packages in [&NATIVE[..], &["-p", "xtask"], &["-p", "inventory"]] {
        let mut cargo = project.cargo();
        cargo.args(["test", "--quiet", "--no-run"]).args(packages);
        cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
        // `-D warnings`, in the words of `cargo clippy`.
        run_quietly(cargo.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__"))?;
    }
    Ok(())
}

fn build_wasm(project: &Project, _: &TestOptions) -> Result<()> {
    wasm::build(project)
}

fn clippy_wasm(project: &Project, _: &TestOptions) -> Result<()> {
    wasm::clippy(project)
}

fn package(project: &Project, _: &TestOptions) -> Result<()> {
    node::build_package(project)?;
    node::script(project, "pkg", "check", &[])?;
    node::script(project, "pkg", "test", &[])
}

fn publish(project: &Project, _: &TestOptions) -> Result<()> {
    node::install(project, "www/examples")?;
    node::script(project, "tests", "package", &[("CHROMIUM", &system::chromium()?)])
}

fn graphics(project: &Project, _: &TestOptions) -> Result<()> {
    gpu::rehearse(project)
}

fn demo(project: &Project, _: &TestOptions) -> Result<()> {
    node::build_demo(project)?;
    node::script(project, "www/demo", "check", &[])
}

fn extension(project: &Project, _: &TestOptions) -> Result<()> {
    node::build_extension(project)?;
    node::script(project, "www/extension", "check", &[])
}

fn edge(project: &Project, _: &TestOptions) -> Result<()> {
    node::build_edge(project)?;
    node::script(project, "tests", "edge", &[("SEMGRAD_MODELS", &models_folder()?)])
}

fn browser(project: &Project, _: &TestOptions) -> Result<()> {
    let environment: [(&str, &Path); 2] = [("CHROMIUM", &system::chromium()?), ("SEMGRAD_MODELS", &models_folder()?)];
    node::script(project, "tests", "test", &environment)
}

/// Runs the chosen steps and prints the table; the exit status is 1 if any failed.
pub fn run(project: &Project, options: &TestOptions) -> Result<u8> {
    let start = Instant::now();
    let mut rows: Vec<Row> = Vec::new();
    for step in chosen(options)? {
        let started = Instant::now();
        say(format!("=== {}: {}", step.name, step.what));
        let failed = |needed: &&&str| rows.iter().any(|row| row.name == **needed && row.failure.is_some());
        let failure = match step.needs.iter().find(failed) {
            Some(needed) => Some(format!("not run, because `{needed}` failed")),
            None => (step.work)(project, options).err().map(|error| format!("{error:#}")),
        };
        let row = Row { name: step.name, failure, taken: started.elapsed() };
        say(format!("=== {row}"));
        rows.push(row);
    }
    println!();
    for row in &rows {
        println!("{row}");
    }
    println!("{:<12} {:>12}", "total", duration(start.elapsed()));
    let failed = rows.iter().filter(|row| row.failure.is_some()).count();
    // The last line of a test run, which scripts may read.
    println!("{} passed, {failed} failed", rows.len() - failed);
    Ok(u8::from(failed > 0))
}

/// One line of the table.
struct Row {
    name: &'static str,
    failure: Option<String>,
    taken: Duration,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<12} {:>12}  ", self.name, duration(self.taken))?;
        match &self.failure {
            None => f.write_str("passed"),
            Some(reason) => write!(f, "FAILED: {reason}"),
        }
    }
}

/// The steps of this run: those asked for with what they need, or all.
fn chosen(options: &TestOptions) -> Result<Vec<&'static Step>> {
    let mut wanted: Vec<&str> = options.only.iter().map(String::as_str).collect();
    if let Some(other) = wanted.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{other}`; steps: {}", names.join(", "));
    }
    let mut next = 0;
    while let Some(name) = wanted.get(next).copied() {
        wanted.extend(STEPS.iter().filter(|step| step.name == name).flat_map(|step| step.needs));
        next += 1;
    }
    let is_wanted =
        |step: &&Step| if wanted.is_empty() { !(options.quick && step.slow) } else { wanted.contains(&step.name) };
    Ok(STEPS.iter().filter(is_wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(options: &TestOptions) -> Vec<&'static str> {
        chosen(options).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn needs_come_before_what_needs_them() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|other| other.name != step.name), "{} is there twice", step.name);
            for needed in step.needs {
                let found = STEPS[..index].iter().find(|other| other.name == *needed);
                let found = found.unwrap_or_else(|| panic!("{} needs {needed} before it", step.name));
                assert!(step.slow || !found.slow, "--quick runs {} without {needed}", step.name);
            }
        }
    }

    #[test]
    fn quick_leaves_slow_steps_out() {
        let quick = names(&TestOptions { quick: true, ..TestOptions::default() });
        assert!(quick.contains(&"native") && !quick.contains(&"browser") && !quick.contains(&"models"));
        assert_eq!(names(&TestOptions::default()).len(), STEPS.len());
    }

    #[test]
    fn only_brings_what_it_needs() {
        let only = |step: &str| names(&TestOptions { only: vec![step.to_owned()], ..TestOptions::default() });
        assert_eq!(only("fmt"), ["fmt"]);
        assert_eq!(only("demo"), ["setup", "wasm", "pkg", "demo"]);
        let other = TestOptions { only: vec!["nonsense".to_owned()], ..TestOptions::default() };
        assert!(chosen(&other).unwrap_err().to_string().contains("steps: setup"));
    }

    #[test]
    fn a_row_says_what_failed() {
        let row = |failure| Row { name: "fmt", failure, taken: Duration::from_secs(2) }.to_string();
        assert_eq!(row(None), "fmt                 2.0 s  passed");
        assert!(row(Some("why".to_owned())).ends_with("2.0 s  FAILED: why"));
    }
}
