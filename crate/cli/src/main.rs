//! The command line: `semgrad ask | score | eval | calibrate | report | sps | probe | tune | bench | gpu | methods |
//! check | kinds | reliability | models`.
//!
//! Exit status: 0 all fine, 1 wrong arguments or files, 2 some lines failed, 3 the machine or the network failed.

#[macro_use]
mod out;

mod adapters;
mod commands;
mod evaluate;
mod help;
mod jsonl;
mod load;
mod median;
mod models;
mod profile;
mod progress;
mod report;
mod request;
mod stop;
mod tuned;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use commands::{ask, bench, calibrate, check, eval, gpu, kinds, methods, probe, reliability, score, sps, tune};
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
    /// Teach a model to say "I don't know" where its own answers disagree.
    Tune(tune::Arguments),
    /// Make a page and a section of Markdown of evaluations' summaries.
    Report(commands::report::Arguments),
    /// Measure loading, prompts, tokens and scores on this machine.
    Bench(bench::Arguments),
    /// Measure a graphics card with models of random weights: speed, scores, samples, and what bounds each kernel.
    Gpu(gpu::Arguments),
    /// List the scores, or compute them from a file of evidence.
    Methods(methods::Arguments),
    /// Say what kind of question each line is, and how often that is right.
    Kinds(kinds::Arguments),
    /// Find faults of answers that need no knowledge: calculations, totals, dates, conversions, counts, contradictions, quotations.
    Check(check::Arguments),
    /// Say how far confidences can be believed, by question set.
    Reliability(reliability::Arguments),
    /// List or delete the models that were downloaded.
    Models(commands::models::Arguments),
}

fn main() -> ExitCode {
    // `semgrad methods | head` ends quietly, as other programs do, where Rust would panic.
    sigpipe::reset();
    let arguments = match parse() {
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
        Command::Tune(arguments) => tune::run(arguments),
        Command::Report(arguments) => commands::report::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Gpu(arguments) => gpu::run(arguments),
        Command::Methods(arguments) => methods::run(arguments),
        Command::Kinds(arguments) => kinds::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Reliability(arguments) => reliability::run(arguments),
        Command::Models(arguments) => commands::models::run(arguments),
    };
    let Err(stop) = outcome else { return ExitCode::SUCCESS };
    match &stop {
        Stop::Lines(failed) => eprintln!("{failed} lines failed; their \"error\" says why."),
        Stop::Failed(error) => eprintln!("error: {error}"),
    }
    ExitCode::from(stop.status())
}

/// What was said on the command line.
fn parse() -> Result<Arguments, clap::Error> {
    let mut program = help::with_examples(Arguments::command());
    let mut matches = program.try_get_matches_from_mut(std::env::args_os())?;
    Arguments::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut program))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Command;

    /// A command and all below it.
    fn all(command: &Command) -> Vec<&Command> {
        let below = command.get_subcommands().flat_map(all);
        std::iter::once(command).chain(below).collect()
    }

    #[test]
    fn every_help_has_an_example_that_can_be_run() {
        let program = help::with_examples(Arguments::command());
        let commands = all(&program);
        assert!(commands.len() > 10);
        for command in commands {
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let (_, example) = after.split_once("Example:\n  ").unwrap_or_else(|| panic!("{}", command.get_name()));
            // Between quotation marks is one word.
            let words = example.split('"').enumerate().flat_map(|(index, part)| match index % 2 {
                1 => vec![part],
                _ => part.split_whitespace().collect(),
            });
            let parsed = Arguments::try_parse_from(words);
            assert!(parsed.is_ok(), "{example}: {}", parsed.err().unwrap());
            let is_program = command.get_name() == program.get_name();
            assert!(is_program || example.contains(command.get_name()), "{example} is of another command");
        }
    }

    #[test]
    fn the_help_of_score_lists_the_fields_of_a_line() {
        let program = help::with_examples(Arguments::command());
        let after = program.find_subcommand("score").unwrap().get_after_help().unwrap().to_string();
        for said in ["  question ", "  messages ", "  response_ids ", "max_tokens, samples"] {
            assert!(after.contains(said), "{said} is not in {after}");
        }
    }
}
