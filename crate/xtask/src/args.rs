//! The command line of `cargo xtask`.

use crate::bench::{self, BenchOptions};
use crate::models::{DEFAULT_MODEL, Model, find};
use crate::results::{self, ResultsOptions};
use crate::suite::STEPS;
use anyhow::{Context, Result, bail};
use lexopt::prelude::*;
use std::ffi::OsString;
use std::num::NonZeroU16;

/// Shown by `--help` and after a usage error.
pub const USAGE: &str = "\
Usage: cargo xtask COMMAND

  build                     wasm module, bindings, npm package, demo page
  demo [--no-open] [--port N] [--model NAME]
                            build, fetch the model, serve the page and open it
  test [--quick] [--only STEP]...
                            every check and test; --quick leaves out browsers and real models
  models NAME... | --list   fetch models and print their paths
  score [--runtime native|browser|deno|workerd] FLAGS...
                            run `semgrad score` natively (default), or the built package in Chromium, Deno or workerd
                            (CPU only); FLAGS are passed on
  bench [--peers] [--quick] [--model PATH|NAME] [--reps N] [--out FILE] [--docs]
        [--runtimes native,browser-cpu,browser-webgpu,deno-cpu,deno-webgpu]
                            measure speed, memory and size; --peers beside wllama and transformers.js from npm;
                            --docs also puts the tables into www/docs/benchmarks.md
  results [--check] [--out FILE]
                            regenerate www/docs/results.md, the README's table and the report page from
                            tests/reference/results/*.json; --check only says whether they are current
  contract [--check]        regenerate pkg/contract.json, and from it the package's types and the tables of methods;
                            --check only says whether they are current

Environment: CARGO_TARGET_DIR build output; XDG_CACHE_HOME models; CHROMIUM path of the browser for tests;
CI=1 installs missing Debian packages without asking; SEMGRAD_WASM_TOOLCHAIN=debian builds with rustc-web even where
rustup has the wasm target.";

/// What the user asked for.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Print [`USAGE`].
    Help,
    /// Build everything that is served.
    Build,
    /// Build, serve and open the demo page.
    Demo(DemoOptions),
    /// Run the test steps.
    Test(TestOptions),
    /// Fetch or list models.
    Models(ModelsOptions),
    /// Score questions in one of the runtimes.
    Score(ScoreOptions),
    /// Measure speed, memory and size.
    Bench(BenchOptions),
    /// Regenerate what is said about measured quality.
    Results(ResultsOptions),
    /// Regenerate what is made from the Rust types.
    Contract {
        /// Only say whether it is current.
        check: bool,
    },
}

/// Flags of `demo`.
#[derive(Debug, PartialEq)]
pub struct DemoOptions {
    /// Open the page in the user's browser.
    pub open: bool,
    /// Port of the local server.
    pub port: u16,
    /// Model that is fetched before the page is served.
    pub model: &'static Model,
}

/// Flags of `test`.
#[derive(Debug, Default, PartialEq)]
pub struct TestOptions {
    /// Leave out browsers and real models.
    pub quick: bool,
    /// Names of the only steps to run; empty means all.
    pub only: Vec<&'static str>,
}

/// Arguments of `models`.
#[derive(Debug, PartialEq)]
pub enum ModelsOptions {
    /// Print the table.
    List,
    /// Fetch these.
    Fetch(Vec<&'static Model>),
}

/// Where `score` runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// The native command line.
    Native,
    /// Chromium.
    Browser,
    /// Deno, on WebGPU or the CPU.
    Deno,
    /// workerd, the runtime of Cloudflare's edge workers; the CPU.
    Workerd,
}

impl Runtime {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Native, Self::Browser, Self::Deno, Self::Workerd];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Browser => "browser",
            Self::Deno => "deno",
            Self::Workerd => "workerd",
        }
    }
}

/// Arguments of `score`.
#[derive(Debug, PartialEq)]
pub struct ScoreOptions {
    /// Where to run.
    pub runtime: Runtime,
    /// Everything else, passed on as it is.
    pub flags: Vec<OsString>,
}

/// Reads the arguments after `cargo xtask`.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command> {
    let mut arguments = arguments.into_iter();
    let Some(name) = arguments.next() else {
        bail!("a command is missing: build, demo, test, models, score, bench, results or contract");
    };
    let name = name.to_string_lossy().into_owned();
    if name == "score" {
        return score(arguments.collect()).map(Command::Score);
    }
    let parser = lexopt::Parser::from_args(arguments);
    match name.as_str() {
        "help" | "--help" | "-h" => Ok(Command::Help),
        "build" => build(parser),
        "demo" => demo(parser),
        "test" => test(parser),
        "models" => models(parser),
        "bench" => bench::parse(parser),
        "results" => results::parse(parser),
        "contract" => contract(parser),
        other => bail!("there is no command `{other}`"),
    }
}

fn build(mut parser: lexopt::Parser) -> Result<Command> {
    match parser.next()? {
        None => Ok(Command::Build),
        Some(Long("help") | Short('h')) => Ok(Command::Help),
        Some(other) => Err(other.unexpected().into()),
    }
}

fn demo(mut parser: lexopt::Parser) -> Result<Command> {
    let mut options = DemoOptions { open: true, port: 8080, model: find(DEFAULT_MODEL)? };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("no-open") => options.open = false,
            Long("port") => options.port = port(&parser.value()?.string()?)?,
            Long("model") => options.model = find(&parser.value()?.string()?)?,
            Long("help") | Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Demo(options))
}

fn port(text: &str) -> Result<u16> {
    let port = text.parse::<NonZeroU16>().ok().map(NonZeroU16::get);
    port.with_context(|| format!("--port wants a number from 1 to 65535, not `{text}`"))
}

fn test(mut parser: lexopt::Parser) -> Result<Command> {
    let mut options = TestOptions::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("quick") => options.quick = true,
            Long("only") => {
                let wanted = parser.value()?.string()?;
                let Some(step) = STEPS.iter().find(|step| step.name == wanted) else {
                    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
                    bail!("there is no step `{wanted}`; steps: {}", names.join(", "));
                };
                options.only.push(step.name);
            }
            Long("help") | Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Test(options))
}

fn contract(mut parser: lexopt::Parser) -> Result<Command> {
    let mut check = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("check") => check = true,
            Long("help") | Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Contract { check })
}

fn models(mut parser: lexopt::Parser) -> Result<Command> {
    let mut wanted = Vec::new();
    let mut list = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("list") => list = true,
            Long("help") | Short('h') => return Ok(Command::Help),
            Value(name) => wanted.push(find(&name.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    match (list, wanted.is_empty()) {
        (true, _) => Ok(Command::Models(ModelsOptions::List)),
        (false, false) => Ok(Command::Models(ModelsOptions::Fetch(wanted))),
        (false, true) => bail!("name a model or pass --list"),
    }
}

/// Takes `--runtime` out and leaves the rest alone: the flags belong to the program that is started.
fn score(arguments: Vec<OsString>) -> Result<ScoreOptions> {
    let mut options = ScoreOptions { runtime: Runtime::Native, flags: Vec::new() };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        if text == "--runtime" {
            let value = arguments.next().context("--runtime wants a value")?;
            options.runtime = runtime(&value.to_string_lossy())?;
        } else if let Some(value) = text.strip_prefix("--runtime=") {
            options.runtime = runtime(value)?;
        } else {
            options.flags.push(argument);
        }
    }
    Ok(options)
}

fn runtime(name: &str) -> Result<Runtime> {
    Runtime::ALL.into_iter().find(|runtime| runtime.name() == name).with_context(|| {
        let names = Runtime::ALL.map(Runtime::name);
        format!("there is no runtime `{name}`; use one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn message(line: &str) -> String {
        parsed(line).expect_err("must be refused").to_string()
    }

    #[test]
    fn demo_has_defaults_and_flags() {
        let Command::Demo(options) = parsed("demo").unwrap() else { panic!("not demo") };
        assert_eq!((options.open, options.port, options.model.name), (true, 8080, DEFAULT_MODEL));
        let line = "demo --no-open --port=9000 --model qwen2.5-coder-0.5b-instruct";
        let Command::Demo(options) = parsed(line).unwrap() else { panic!("not demo") };
        assert_eq!((options.open, options.port), (false, 9000));
        assert_eq!(options.model.name, "Qwen2.5-Coder-0.5B-Instruct");
    }

    #[test]
    fn test_takes_steps_that_exist() {
        let Command::Test(options) = parsed("test --quick --only fmt --only native").unwrap() else {
            panic!("not test")
        };
        assert!(options.quick);
        assert_eq!(options.only, ["fmt", "native"]);
        assert!(message("test --only nonsense").contains("steps: setup"));
    }

    #[test]
    fn score_passes_unknown_flags_on() {
        let Command::Score(options) = parsed("score --device cpu --runtime browser --in a.jsonl").unwrap() else {
            panic!("not score")
        };
        assert_eq!(options.runtime, Runtime::Browser);
        assert_eq!(options.flags, ["--device", "cpu", "--in", "a.jsonl"]);
        for runtime in Runtime::ALL {
            let Command::Score(options) = parsed(&format!("score --runtime={}", runtime.name())).unwrap() else {
                panic!("not score")
            };
            assert_eq!((options.runtime, options.flags.len()), (runtime, 0));
        }
        assert!(message("score --runtime phone").contains("deno, workerd"));
        assert!(message("score --runtime").contains("wants a value"));
    }

    #[test]
    fn usage_errors_are_refused() {
        assert!(message("").contains("missing"));
        assert!(message("nonsense").contains("nonsense"));
        assert!(message("build --fast").contains("--fast"));
        assert!(message("models").contains("--list"));
        assert!(message("models nonsense").contains("SmolLM2"));
        assert!(parsed("demo --port 0").is_err());
        assert!(parsed("demo --port 70000").is_err());
    }

    #[test]
    fn the_contract_is_made_or_checked() {
        assert_eq!(parsed("contract").unwrap(), Command::Contract { check: false });
        assert_eq!(parsed("contract --check").unwrap(), Command::Contract { check: true });
        assert!(parsed("contract x").is_err());
    }

    #[test]
    fn models_are_listed_or_fetched() {
        assert_eq!(parsed("models --list").unwrap(), Command::Models(ModelsOptions::List));
        let Command::Models(ModelsOptions::Fetch(wanted)) = parsed("models SmolLM2-135M-Instruct").unwrap() else {
            panic!("not a fetch")
        };
        assert_eq!(wanted[0].name, DEFAULT_MODEL);
    }
}
