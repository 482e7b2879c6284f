//! What `semgrad eval` is asked for.

use crate::load::{AdapterArguments, EngineArguments, ModelArguments};
use crate::request::RequestArguments;
use clap::Args;
use std::path::PathBuf;

/// Arguments of `semgrad eval`.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    pub model: ModelArguments,
    #[command(flatten)]
    pub adapter: AdapterArguments,
    #[command(flatten)]
    pub engines: EngineArguments,
    #[command(flatten)]
    pub request: RequestArguments,
    /// Questions with references: JSONL, TruthfulQA.csv, or the JSON of SciQ or TriviaQA.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub data: Vec<PathBuf>,
    /// Folder of the results; what is there already is not done again.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Questions of each set, from its first; all if not said.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub n: Option<u64>,
    /// Who judges, separated by commas: containment, rouge_l, f1, embedding, nli, truth_rouge, truth_embedding, truth, each with
    /// @THRESHOLD if wanted. The first that fits a set decides there, the others are reported beside it.
    #[arg(long, value_delimiter = ',')]
    pub judge: Vec<String>,
    /// Also read the hidden states that `semgrad calibrate` learns from for answers that are there already.
    #[arg(long)]
    pub states: bool,
    /// Lines that `semgrad score` wrote already, on any runtime: they are judged and not answered again.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub scored: Vec<PathBuf>,
    /// Confidences that `semgrad calibrate --confidences` wrote, each by a fit that did not see its question: measured
    /// beside the scores, instead of those of a profile.
    #[arg(long, value_name = "FILE")]
    pub confidences: Option<PathBuf>,
    /// Temperatures, separated by commas: also measure whether scores rise with them.
    #[arg(long, value_delimiter = ',')]
    pub tsu: Vec<f64>,
    /// Methods that all others are compared with, separated by commas.
    #[arg(long, value_delimiter = ',', default_value = "semgrad,perplexity,discrete_semantic_entropy")]
    pub versus: Vec<String>,
    /// Also compare ways to say "I don't know": answering always, never or by lot, told to, and thresholds on scores.
    #[arg(long)]
    pub abstain: bool,
    /// Folders that `semgrad tune` left, of this model: with --abstain these are compared, too.
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "abstain", conflicts_with = "adapter")]
    pub tuned: Vec<PathBuf>,
    /// Questions that have no answer, for --abstain: instead of this program's own.
    #[arg(long, value_name = "FILE", requires = "abstain")]
    pub unanswerable: Option<PathBuf>,
    /// Bootstrap resamples behind every interval.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub resamples: u32,
}
