//! The command line of `cargo xtask`.

use crate::models::{DEFAULT_MODEL, Model, find};
use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

const ENVIRONMENT: &str = "\
Environment: CARGO_TARGET_DIR build output; XDG_CACHE_HOME models; CHROMIUM path of the browser for tests;
CI=1 installs missing Debian packages without asking; SEMGRAD_WASM_TOOLCHAIN=debian builds with rustc-web even where
rustup has the wasm target.";

/// Developer commands of the project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = ENVIRONMENT)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the user asked for.
#[derive(Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Build the wasm module, its bindings, the npm package, the demo page and the extension
    Build,
    /// Build, fetch the model, serve the page and open it
    Demo(DemoOptions),
    /// Run every check and test
    Test(TestOptions),
    /// Fetch models and print their paths
    Models(ModelsOptions),
    /// Run `semgrad score` natively, or the built package in another runtime
    #[command(override_usage = "cargo xtask score [--runtime native|browser|deno|workerd] FLAGS...")]
    Score(ScoreOptions),
    /// Measure speed, memory and size
    Bench(BenchOptions),
    /// Pack what measures a graphics card on a machine that has one
    Gpu(GpuOptions),
    /// Regenerate www/docs/results.md, the README's table and the report page from tests/reference/results/*.json
    Results(ResultsOptions),
    /// Regenerate pkg/contract.json, and from it the package's types and the tables of methods
    Contract {
        /// Only say whether they are current
        #[arg(long)]
        check: bool,
    },
}

/// Flags of `demo`.
#[derive(Args, Debug, PartialEq)]
pub struct DemoOptions {
    /// Do not open the page in the browser
    #[arg(long)]
    pub no_open: bool,
    /// Port of the local server
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// Model that is fetched before the page is served
    #[arg(long, value_name = "NAME", default_value = DEFAULT_MODEL, value_parser = find)]
    pub model: &'static Model,
}

/// Flags of `test`.
#[derive(Args, Debug, Default, PartialEq)]
pub struct TestOptions {
    /// Leave out browsers and real models
    #[arg(long)]
    pub quick: bool,
    /// Run only this step and what it needs; may be repeated
    #[arg(long, value_name = "STEP")]
    pub only: Vec<String>,
}

/// Arguments of `models`.
#[derive(Args, Debug, PartialEq)]
pub struct ModelsOptions {
    /// Print the table of models
    #[arg(long)]
    pub list: bool,
    /// What to fetch
    #[arg(value_name = "NAME", required_unless_present = "list", value_parser = find)]
    pub names: Vec<&'static Model>,
}

/// Where `score` runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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

/// Arguments of `score`, all as they came: they belong to the program that is started, but for `--runtime`.
#[derive(Args, Debug, PartialEq)]
#[command(disable_help_flag = true)]
pub struct ScoreOptions {
    #[arg(value_name = "FLAGS", trailing_var_arg = true, allow_hyphen_values = true)]
    all: Vec<OsString>,
}

impl ScoreOptions {
    /// Where to run, and the flags to pass on.
    pub fn split(self) -> Result<(Runtime, Vec<OsString>)> {
        let (mut runtime, mut flags) = (Runtime::Native, Vec::new());
        let mut all = self.all.into_iter();
        while let Some(argument) = all.next() {
            let text = argument.to_string_lossy();
            if text == "--runtime" {
                runtime = named(&all.next().context("--runtime wants a value")?.to_string_lossy())?;
            } else if let Some(name) = text.strip_prefix("--runtime=") {
                runtime = named(name)?;
            } else {
                flags.push(argument);
            }
        }
        Ok((runtime, flags))
    }
}

fn named(runtime: &str) -> Result<Runtime> {
    let Ok(runtime) = Runtime::from_str(runtime, false) else {
        bail!("there is no runtime `{runtime}`; use one of {}", names(Runtime::value_variants()).join(", "));
    };
    Ok(runtime)
}

/// A value's name on the command line.
pub fn name<T: ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn names<T: ValueEnum>(values: &[T]) -> Vec<String> {
    values.iter().map(name).collect()
}

/// What `bench` can measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Measured {
    /// The native command line.
    Native,
    /// Chromium, on the CPU.
    BrowserCpu,
    /// Chromium, on WebGPU.
    BrowserWebgpu,
    /// Deno, on the CPU.
    DenoCpu,
    /// Deno, on WebGPU.
    DenoWebgpu,
}

/// Flags of `bench`.
#[derive(Args, Debug, PartialEq)]
pub struct BenchOptions {
    /// Measure beside wllama and transformers.js, from npm
    #[arg(long)]
    pub peers: bool,
    /// The model
    #[arg(long, value_name = "PATH|NAME", default_value = DEFAULT_MODEL)]
    pub model: String,
    /// What to measure, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', hide_default_value = true, default_values_t = Measured::value_variants().to_vec())]
    pub runtimes: Vec<Measured>,
    /// How often
    #[arg(long = "reps", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub repetitions: Option<u32>,
    /// Measure less
    #[arg(long)]
    pub quick: bool,
    /// Where the report goes
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Put the tables into www/docs/benchmarks.md: the document has the whole comparison
    #[arg(long, requires = "peers", conflicts_with = "quick")]
    pub docs: bool,
}

/// Flags of `gpu`.
#[derive(Args, Debug, Default, PartialEq)]
pub struct GpuOptions {
    /// Folder that the package is copied to
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Run the package here, from an empty folder, with tiny models and on any adapter
    #[arg(long, conflicts_with = "out")]
    pub rehearse: bool,
}

/// Flags of `results`.
#[derive(Args, Debug, Default, PartialEq)]
pub struct ResultsOptions {
    /// Only say whether they are current
    #[arg(long)]
    pub check: bool,
    /// Where the page goes
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl BenchOptions {
    /// What is measured, by names.
    pub fn runtimes(&self) -> Vec<String> {
        names(&self.runtimes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parsed(line: &str) -> Result<Command> {
        let words = ["xtask"].into_iter().chain(line.split_whitespace());
        Ok(Arguments::try_parse_from(words)?.command)
    }

    fn message(line: &str) -> String {
        parsed(line).expect_err("must be refused").to_string()
    }

    fn score(line: &str) -> Result<(Runtime, Vec<OsString>)> {
        let Command::Score(options) = parsed(line)? else { panic!("not score") };
        options.split()
    }

    fn bench(line: &str) -> BenchOptions {
        let Command::Bench(options) = parsed(line).unwrap() else { panic!("not bench") };
        options
    }

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn demo_has_defaults_and_flags() {
        let Command::Demo(options) = parsed("demo").unwrap() else { panic!("not demo") };
        assert_eq!((options.no_open, options.port, options.model.name), (false, 8080, DEFAULT_MODEL));
        let line = "demo --no-open --port=9000 --model qwen2.5-coder-0.5b-instruct";
        let Command::Demo(options) = parsed(line).unwrap() else { panic!("not demo") };
        assert_eq!((options.no_open, options.port), (true, 9000));
        assert_eq!(options.model.name, "Qwen2.5-Coder-0.5B-Instruct");
    }

    #[test]
    fn test_takes_steps() {
        let Command::Test(options) = parsed("test --quick --only fmt --only native").unwrap() else {
            panic!("not test")
        };
        assert!(options.quick);
        assert_eq!(options.only, ["fmt", "native"]);
    }

    #[test]
    fn score_passes_all_other_flags_on() {
        let (runtime, flags) = score("score --device cpu --runtime browser --in a.jsonl --help").unwrap();
        assert_eq!(runtime, Runtime::Browser);
        assert_eq!(flags, ["--device", "cpu", "--in", "a.jsonl", "--help"]);
        for runtime in Runtime::value_variants() {
            let line = format!("score --runtime={}", name(runtime));
            assert_eq!(score(&line).unwrap(), (*runtime, Vec::new()));
        }
        assert_eq!(score("score").unwrap(), (Runtime::Native, Vec::new()));
        assert!(score("score --runtime phone").unwrap_err().to_string().contains("deno, workerd"));
        assert!(score("score --runtime").unwrap_err().to_string().contains("wants a value"));
    }

    #[test]
    fn usage_errors_are_refused() {
        assert!(message("").contains("subcommand"));
        assert!(message("nonsense").contains("nonsense"));
        assert!(message("build --fast").contains("--fast"));
        assert!(message("models").contains("NAME"));
        assert!(message("models nonsense").contains("SmolLM2"));
        assert!(message("results --out").contains("--out"));
        assert!(message("bench --runtimes native,phone").contains("browser-webgpu"));
        for line in ["demo --port 0", "demo --port 70000", "bench --reps 0", "bench --fast", "results x"] {
            assert!(parsed(line).is_err(), "{line}");
        }
        assert!(parsed("bench --docs --peers").is_ok());
        for line in ["bench --docs", "bench --docs --peers --quick"] {
            assert!(message(line).contains("--docs"), "{line}");
        }
    }

    #[test]
    fn the_contract_is_made_or_checked() {
        assert_eq!(parsed("contract").unwrap(), Command::Contract { check: false });
        assert_eq!(parsed("contract --check").unwrap(), Command::Contract { check: true });
        assert!(parsed("contract x").is_err());
    }

    #[test]
    fn models_are_listed_or_fetched() {
        assert_eq!(parsed("models --list").unwrap(), Command::Models(ModelsOptions { list: true, names: Vec::new() }));
        let Command::Models(options) = parsed("models SmolLM2-135M-Instruct").unwrap() else { panic!("not models") };
        assert!(!options.list);
        assert_eq!(options.names[0].name, DEFAULT_MODEL);
    }

    #[test]
    fn bench_has_defaults_and_flags() {
        let options = bench("bench");
        assert_eq!((options.peers, options.quick, options.repetitions), (false, false, None));
        assert_eq!(options.model, DEFAULT_MODEL);
        assert_eq!(options.runtimes(), ["native", "browser-cpu", "browser-webgpu", "deno-cpu", "deno-webgpu"]);
        let options = bench("bench --peers --quick --reps 5 --runtimes native,browser-cpu --out a.json");
        assert!(options.peers && options.quick);
        assert_eq!((options.repetitions, options.runtimes()), (Some(5), vec!["native".into(), "browser-cpu".into()]));
        assert_eq!(options.out, Some(PathBuf::from("a.json")));
    }

    #[test]
    fn the_check_of_a_card_is_packed_or_rehearsed() {
        let packed = GpuOptions { out: Some(PathBuf::from("there")), rehearse: false };
        assert_eq!(parsed("gpu --out there").unwrap(), Command::Gpu(packed));
        assert_eq!(parsed("gpu").unwrap(), Command::Gpu(GpuOptions::default()));
        assert!(message("gpu --rehearse --out there").contains("--rehearse"));
    }

    #[test]
    fn results_are_made_or_checked() {
        let checked = ResultsOptions { check: true, out: None };
        assert_eq!(parsed("results --check").unwrap(), Command::Results(checked));
    }
}
