//! What follows the flags in the help of each command: an example, and what a line of `score` may hold.

use clap::Command;
use semgrad_scores::schema::{fields_without_flag, flags};

/// By the words that call a command, its example; the program itself has none of these.
const EXAMPLES: &[(&str, &str)] = &[
    ("", r#"semgrad ask --model model.gguf "What is the capital of France?""#),
    ("ask", r#"semgrad ask --model model.gguf --scores "What is the capital of France?""#),
    ("score", "semgrad score --model model.gguf --in questions.jsonl --out answers.jsonl --methods gnll,semgrad"),
    ("eval", "semgrad eval --model model.gguf --data sciq.jsonl --out results --judge containment --states"),
    (
        "calibrate",
        "semgrad calibrate --model model.gguf --questions results/questions.jsonl --out model.gguf.profile.json",
    ),
    ("sps", "semgrad sps --model model.gguf --data paraphrases.jsonl --out sps.json"),
    (
        "probe",
        "semgrad probe --model model.gguf --data questions.jsonl --nli cross-encoder --measured measured.jsonl \
         --out probes.json",
    ),
    (
        "tune",
        "semgrad tune --model model.gguf --data questions.jsonl --validation judged.jsonl --out tuned --targets-only",
    ),
    ("report", "semgrad report --summary results/summary.json --html report.html"),
    ("bench", "semgrad bench --model model.gguf"),
    ("gpu", "semgrad gpu --out measured"),
    ("reliability", "semgrad reliability --in left-out.jsonl"),
    ("kinds", "semgrad kinds --in prompts.jsonl"),
    ("check", "semgrad check --question \"What is 17 × 23?\" --answer \"It is 381.\""),
    ("models", "semgrad models list"),
    ("models list", "semgrad models list"),
    ("models remove", "semgrad models remove org/repository"),
    ("methods", "semgrad methods"),
    ("methods eval", "semgrad methods eval --evidence evidence.jsonl --methods gnll,deg"),
];

/// What scripts look at.
const STATUS: &str = "Exit status: 0 all fine, 1 wrong arguments or files, 2 some lines failed (and say why), 3 the machine \
                      or the network failed.\n\n";

/// A program with an example in the help of each of its commands.
pub fn with_examples(program: Command) -> Command {
    within(program, "")
}

fn within(command: Command, path: &str) -> Command {
    let command = command.mut_subcommands(|inner| {
        let path = format!("{path} {}", inner.get_name());
        within(inner, path.trim_start())
    });
    let Some((_, example)) = EXAMPLES.iter().find(|known| known.0 == path) else { return command };
    let before = match path {
        "" => STATUS.to_owned(),
        "score" => line(),
        _ => String::new(),
    };
    command.after_help(format!("{before}Example:\n  {example}"))
}

/// The fields of a line, as its type has them.
fn line() -> String {
    let field = |(name, about): &(String, String)| format!("  {name:<16} {}\n", about.replace('`', ""));
    let fields: String = fields_without_flag().iter().map(field).collect();
    let too: Vec<String> = flags().into_iter().map(|flag| flag.field).collect();
    format!(
        "Fields of a line, which is one JSON object:\n{fields}  These are flags as well, and a line's own win: {}.\n\n",
        too.join(", ")
    )
}
