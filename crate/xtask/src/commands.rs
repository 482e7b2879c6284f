//! What each command does; every function returns the exit status.

use crate::args::{DemoOptions, ModelsOptions, Runtime, ScoreOptions, name};
use crate::models::{self, find};
use crate::process::exit_code;
use crate::project::{Project, models_folder};
use crate::ui::{megabytes, say};
use crate::{fetch, node, system, wasm};
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// `build`: everything that is served.
pub fn build(project: &Project) -> Result<u8> {
    node::check()?;
    wasm::build(project)?;
    node::build_package(project)?;
    node::build_demo(project)?;
    node::build_extension(project)?;
    say("Everything is built");
    Ok(0)
}

/// `demo`: builds, fetches the model, serves the page until Ctrl-C.
pub fn demo(project: &Project, options: &DemoOptions) -> Result<u8> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).is_err() {
        bail!("port {} is in use; choose another with --port N", options.port);
    }
    build(project)?;
    fetch::fetch(options.model)?;
    let mut server = Command::new("node")
        .current_dir(&project.root)
        .args(["www/demo/serve.mjs", "--port", &options.port.to_string(), "--models"])
        .arg(models_folder()?)
        .spawn()
        .context("the server could not be started")?;
    let url = format!("http://localhost:{}/", options.port);
    if answers(&mut server, options.port)? {
        say(format!("The demo is at {url} (Ctrl-C ends it)"));
        if !options.no_open {
            system::open(&url);
        }
    }
    let status = server.wait().context("lost sight of the server")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Waits until the server accepts connections; `false` if it ended instead.
fn answers(server: &mut Child, port: u16) -> Result<bool> {
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if server.try_wait().context("lost sight of the server")?.is_some() {
            return Ok(false);
        }
        // Far above what starting takes on a busy machine: the limit only ends what hangs.
        if start.elapsed() > Duration::from_secs(600) {
            server.kill().context("cannot end the server")?;
            bail!("the server does not answer on port {port}; try another one with --port N");
        }
        sleep(Duration::from_millis(50));
    }
    Ok(true)
}

/// `models`: a table, or paths.
pub fn models(options: &ModelsOptions) -> Result<u8> {
    if options.list {
        let folder = models_folder()?;
        for model in models::all() {
            let place = folder.join(model.file);
            let place = if place.is_file() { place.display().to_string() } else { "not fetched".to_owned() };
            println!("{:<32} {:>9}  {place}\n    licence: {}", model.name, megabytes(model.size), model.licence);
        }
        return Ok(0);
    }
    for model in &options.names {
        println!("{}", fetch::fetch(model)?.display());
    }
    Ok(0)
}

/// `score`: the same questions, flags and output lines in any runtime; the exit status is that of the program.
pub fn score(project: &Project, options: ScoreOptions) -> Result<u8> {
    let (runtime, flags) = options.split()?;
    let flags = with_model_paths(flags)?;
    let here = env::current_dir().context("the current folder is gone")?;
    let mut command = match runtime {
        Runtime::Native => {
            let mut cargo = project.cargo();
            cargo.args(["run", "--quiet", "-p", "semgrad-cli", "--bin", "semgrad"]);
            cargo.arg("--manifest-path").arg(project.path("Cargo.toml")).args(["--", "score"]);
            say("Building the command line (the first time takes about 5 minutes) …");
            cargo
        }
        _ => {
            node::check()?;
            let mut node = Command::new("node");
            node.arg(project.path("tests/runtimes/score.mjs")).arg("--runtime").arg(name(&runtime));
            match runtime {
                Runtime::Browser => _ = node.env("CHROMIUM", system::chromium()?),
                Runtime::Deno => system::vulkan()?,
                _ => {}
            }
            wasm::build(project)?;
            node::build_package(project)?;
            node::install(project, "tests")?;
            node
        }
    };
    // Paths among the flags are relative to where the user is.
    exit_code(command.args(flags).current_dir(here))
}

/// Replaces `--model NAME` by the path of the fetched file, unless NAME is a path itself.
fn with_model_paths(flags: Vec<OsString>) -> Result<Vec<OsString>> {
    let mut out = Vec::with_capacity(flags.len());
    let mut is_model = false;
    for flag in flags {
        let text = flag.to_string_lossy();
        let name = if is_model { Some(&*text) } else { text.strip_prefix("--model=") };
        let known = name.filter(|name| !Path::new(name).exists()).and_then(|name| find(name).ok());
        let next_is_model = !is_model && text == "--model";
        out.push(match known {
            Some(model) if is_model => fetch::fetch(model)?.into_os_string(),
            Some(model) => {
                let mut joined = OsString::from("--model=");
                joined.push(fetch::fetch(model)?);
                joined
            }
            None => flag,
        });
        is_model = next_is_model;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_that_name_no_known_model_stay() {
        let flags: Vec<OsString> =
            ["--model", "/models/mine.gguf", "--model=mine", "--in", "--model"].map(OsString::from).into();
        assert_eq!(with_model_paths(flags.clone()).unwrap(), flags);
    }
}
