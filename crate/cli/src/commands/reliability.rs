//! `semgrad reliability`: how far confidences can be believed, by question set, from lines that name set, confidence and
//! whether the answer was right. Several files are several models: their lines are pooled.

use crate::evaluate::measure::{CONFIDENCE, Measured};
use crate::evaluate::summary::Estimate;
use crate::jsonl::{object, read};
use crate::stop::Stop;
use clap::Args;
use semgrad_scores::confidence::item::Item;
use semgrad_scores::statistics::bootstrap::resamples;
use serde::Deserialize;
use std::path::PathBuf;

/// Arguments of `semgrad reliability`.
#[derive(Args)]
pub struct Arguments {
    /// Confidences that `semgrad calibrate --confidences` or `--left-out` wrote; several files are pooled.
    #[arg(long = "in", value_name = "FILE", required = true, num_args = 1..)]
    input: Vec<PathBuf>,
    /// Resamples behind the intervals.
    #[arg(long, default_value_t = 1000)]
    resamples: usize,
}

/// What is read of a line.
#[derive(Deserialize)]
struct Line {
    set: String,
    confidence: f64,
    right: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Stop> {
    let mut items: Vec<Item> = Vec::new();
    for path in &arguments.input {
        for line in read(path)? {
            let number = line.number;
            let said = object::<Line>(&line).ok().filter(|line| (0.0..=1.0).contains(&line.confidence));
            let Some(Line { set, confidence, right }) = said else {
                return Err(Stop::bad_input(
                    format!("line {number} of {} is no confidence of a judged answer.", path.display()),
                    "A line is { \"set\": \"…\", \"confidence\": 0.4, \"right\": true }, as `semgrad calibrate` writes it.",
                ));
            };
            items.push(Item {
                set,
                right,
                scores: [(CONFIDENCE.to_owned(), 1.0 - confidence)].into(),
                ..Item::default()
            });
        }
    }
    say!("{}", table(&items, arguments.resamples));
    Ok(())
}

/// A line for each question set, their mean and worst, and one for all questions.
fn table(items: &[Item], count: usize) -> String {
    let mut sets: Vec<&str> = Vec::new();
    for item in items {
        if !sets.contains(&item.set.as_str()) {
            sets.push(&item.set);
        }
    }
    let mut out = format!(
        "{:<16} {:>9} {:>6} {:>11}  {:<24} {:<24} {}\n",
        "", "questions", "right", "confidence", "debiased ECE", "Brier skill", "AUROC"
    );
    let mut errors = Vec::new();
    for set in &sets {
        let of_set: Vec<Item> = items.iter().filter(|item| item.set == *set).cloned().collect();
        let (line, error) = row(set, &of_set, count);
        out += &line;
        errors.extend(error.map(|error| (error, *set)));
    }
    if errors.len() > 1 {
        let mean = errors.iter().map(|error| error.0).sum::<f64>() / errors.len() as f64;
        // There are two at least.
        let worst = errors.iter().max_by(|a, b| a.0.total_cmp(&b.0));
        out += &row("all", items, count).0;
        out += &format!("\nECE by set: {mean:.3} on average");
        out += &worst.map(|(error, set)| format!(", {error:.3} at worst ({set})\n")).unwrap_or_default();
    }
    out
}

/// The line of these answers, and their debiased ECE.
fn row(name: &str, items: &[Item], count: usize) -> (String, Option<f64>) {
    let n = items.len().max(1) as f64;
    let right = items.iter().filter(|item| item.right).count() as f64 / n;
    let said = items.iter().filter_map(|item| item.scores.get(CONFIDENCE)).map(|score| 1.0 - score).sum::<f64>() / n;
    let found = Measured::new(items, CONFIDENCE).summarize(&resamples(items.len(), count, 0));
    let [ece, skill, auroc] = [&found.ece_debiased, &found.brier_skill, &found.auroc].map(text);
    let line = format!("{name:<16} {:>9} {right:>6.2} {said:>11.2}  {ece:<24} {skill:<24} {auroc}\n", items.len());
    (line, found.ece_debiased.value)
}

/// With its interval.
fn text(estimate: &Estimate) -> String {
    match (estimate.value, estimate.low, estimate.high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.3} [{low:.3}, {high:.3}]"),
        (Some(value), ..) => format!("{value:.3}"),
        (None, ..) => "–".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `n` answers of a set with a confidence of one half, of which so many are right.
    fn answers(set: &str, n: usize, right: usize) -> Vec<Item> {
        let item = |i: usize| Item {
            set: set.into(),
            right: i * 7 % n < right,
            scores: [(CONFIDENCE.to_owned(), 0.5)].into(),
            ..Item::default()
        };
        (0..n).map(item).collect()
    }

    #[test]
    fn sets_are_told_apart_and_the_worst_is_named() {
        let items = [answers("even", 200, 100), answers("easy", 200, 160)].concat();
        let table = table(&items, 50);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].starts_with("even") && lines[1].contains("     200   0.50        0.50"), "{table}");
        assert!(lines[2].starts_with("easy") && lines[2].contains("   0.80        0.50  0.300"), "{table}");
        assert!(lines[3].starts_with("all ") && lines[5].ends_with("0.300 at worst (easy)"), "{table}");
    }
}
