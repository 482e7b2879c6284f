//! The command line: `semgrad ask | score | eval | calibrate | report | sps | probe | bench | methods | kinds`.
//!
//! Exit status: 0 all fine, 1 usage, 2 some lines failed, 3 nothing could run.

#[macro_use]
mod out;

mod commands;
mod evaluate;
mod jsonl;
mod load;
mod report;
mod request;
mod stop;

use clap::{Parser, Subcommand};
use commands::{ask, bench, calibrate, eval, kinds, methods, probe, score, sps};
use semgrad::Error;
use std::process::ExitCode;
use stop::Stop;

/// Answers from small language models, and how far to trust them.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ask one question and watch the answer.
    Ask(ask::Arguments),
    /// Answer or judge every line of a JSONL file.
    Score(score::Arguments),
    /// Ask whole question sets, judge the answers, and say how good each score is.
    Eval(eval::Arguments),
    /// Fit what scores mean to judged answers, and store it in the model's profile.
    Calibrate(calibrate::Arguments),
    /// Measure which prompt position carries the question's meaning, and store it in the model's profile.
    Sps(sps::Arguments),
    /// Train probes that predict semantic entropy from the model's own states.
    Probe(probe::Arguments),
    /// Make a page and a section of Markdown of evaluations' summaries.
    Report(commands::report::Arguments),
    /// Measure loading, prompts, tokens and scores on this machine.
    Bench(bench::Arguments),
    /// List the scores, or compute them from a file of evidence.
    Methods(methods::Arguments),
    /// Say what kind of question each line is, and how often that is right.
    Kinds(kinds::Arguments),
}

fn main() -> ExitCode {
    // `semgrad methods | head` ends quietly, as other programs do, where Rust would panic.
    sigpipe::reset();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes, although clap hands them over as errors.
            let status = if error.use_stderr() { 1 } else { 0 };
            // Nothing is left to say when even the terminal is gone.
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let outcome = match arguments.command {
        Command::Ask(arguments) => ask::run(arguments),
        Command::Score(arguments) => score::run(arguments),
        Command::Eval(arguments) => eval::run(arguments),
        Command::Calibrate(arguments) => calibrate::run(arguments),
        Command::Sps(arguments) => sps::run(arguments),
        Command::Probe(arguments) => probe::run(arguments),
        Command::Report(arguments) => commands::report::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Methods(arguments) => methods::run(arguments),
        Command::Kinds(arguments) => kinds::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Usage(error)) => fail(&error, 1),
        Err(Stop::Lines(failed)) => {
            eprintln!("{failed} lines failed; their \"error\" says why.");
            ExitCode::from(2)
        }
        Err(Stop::Fatal(error)) => fail(&error, 3),
    }
}

fn fail(error: &Error, status: u8) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(status)
}
