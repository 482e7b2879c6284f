//! Developer commands of the project: `cargo xtask build | demo | test | models | score | bench | gpu |
//! results | contract`.
//!
//! Read in this order: [`args`] says what can be asked, [`commands`] does it, [`suite`] is the list of test steps; the
//! rest are the tools they share, from [`wasm`] (the module) over [`node`] (the package and the page) to [`models`]
//! (real weights). Results go to standard output, everything about progress to standard error.

mod args;
mod bench;
mod commands;
mod contract;
#[cfg(test)]
mod documents;
mod fetch;
mod gpu;
#[cfg(test)]
mod layout;
#[cfg(test)]
mod markdown;
mod models;
mod node;
mod process;
mod project;
mod results;
mod section;
mod stamp;
mod suite;
mod system;
mod toolchain;
mod ui;
mod wasm;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // `cargo xtask models | head` ends quietly, where Rust would panic.
    sigpipe::reset();
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(message) => {
            // Help goes to standard output and is no failure. Where neither can be written there is nobody to tell.
            let _ = message.print();
            return ExitCode::from(u8::from(message.use_stderr()));
        }
    };
    let result = project::Project::find().and_then(|project| match command {
        Command::Build => commands::build(&project),
        Command::Demo(options) => commands::demo(&project, &options),
        Command::Test(options) => suite::run(&project, &options),
        Command::Models(options) => commands::models(&options),
        Command::Score(options) => commands::score(&project, options),
        Command::Bench(options) => bench::run(&project, &options),
        Command::Gpu(options) => gpu::run(&project, &options),
        Command::Results(options) => results::run(&project, &options),
        Command::Contract { check } => contract::make(&project, check),
    });
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
