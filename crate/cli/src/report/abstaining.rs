//! What ways to say "I don't know" are worth, as tables of Markdown.

use super::format::{NONE, fixed, interval, list, parameters, percent};
use crate::evaluate::findings::{Findings, Order, REFUSAL_PROBABILITY, SetFindings, TRAINED, Threshold};
use semgrad_scores::abstain::row::{Paired, Row};
use semgrad_scores::abstain::target::Teacher;
use semgrad_scores::confidence::entropy;
use std::fmt::Write;

/// Deviations from which on a gain is no luck.
const CLEAR: f64 = 2.0;
/// Scores whose thresholds are always shown; of the others the best.
const SHOWN: [&str; 4] = [entropy::METHOD, "confidence", "sep_tbg", REFUSAL_PROBABILITY];

/// The tables with what is to be known of them.
pub fn markdown(found: &Findings) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, found);
    out
}

fn write(out: &mut String, found: &Findings) -> std::fmt::Result {
    let Findings { model, parameters: count, date, resamples, .. } = found;
    writeln!(out, "## Saying \"I don't know\": {model}, {} weights, {date}\n", parameters(Some(*count)))?;
    writeln!(
        out,
        "AED: accuracy–engagement distance; lower is better, and abstaining at random lowers it too. *By lot*: the same with \
         as many answers, drawn by lot. *Gain*: by how many standard deviations of the lot a row is better; what is below \
         {CLEAR:.0} is within noise. Intervals: 95 % of {resamples} resamples of the questions.\n"
    )?;
    for set in &found.sets {
        systems(out, set)?;
        thresholds(out, set)?;
        if let Some(Order { auroc, aurc }) = set.refusal {
            writeln!(
                out,
                "Probability of beginning with a refusal, as a score of the original model: AUROC {}, AURC {}.\n",
                fixed(auroc, 3),
                fixed(aurc, 3)
            )?;
        }
    }
    Ok(())
}

fn systems(out: &mut String, set: &SetFindings) -> std::fmt::Result {
    writeln!(out, "### {}: {} questions, {} right\n", set.name, set.questions, set.right)?;
    writeln!(
        out,
        "| | seeds | right | wrong | refused | accuracy | engagement | AED | by lot | gain | AED less lot | refused of right | \
         of wrong | of instructions | of unanswerable | perplexity |"
    )?;
    writeln!(out, "| --- |{}", " ---: |".repeat(15))?;
    for row in &set.rows {
        let seeds = if row.seeds > 0 { row.seeds.to_string() } else { NONE.into() };
        let cells = [
            seeds,
            number(row.right),
            number(row.wrong),
            number(row.refused),
            percent(row.accuracy, 1),
            percent(row.engagement, 1),
            with_error(row.aed, row.aed_error),
            fixed(row.random_aed, 3),
            fixed(row.gain, 1),
            row.versus_random.map_or(NONE.into(), difference),
            percent(row.refused_of_right, 0),
            percent(row.refused_of_wrong, 0),
            percent(row.commands_refused, 1),
            percent(row.unanswerable_refused, 0),
            fixed(row.perplexity, 2),
        ];
        writeln!(out, "| {} | {} |", title(row), cells.join(" | "))?;
    }
    writeln!(out)?;
    let weak = set.rows.iter().filter(|row| row.gain.is_some_and(|gain| gain < CLEAR));
    let weak: Vec<String> = weak.map(title).filter(|title| title != RANDOM).collect();
    if !weak.is_empty() {
        writeln!(out, "Within noise of the lot, or worse: {}.\n", list(&weak))?;
    }
    Ok(())
}

/// A line for each system, and in it what thresholds on scores give that answer as many questions.
fn thresholds(out: &mut String, set: &SetFindings) -> std::fmt::Result {
    let mut systems: Vec<&Option<String>> = set.thresholds.iter().map(|threshold| &threshold.system).collect();
    systems.dedup();
    if systems.is_empty() {
        return Ok(());
    }
    let score = |threshold: &Threshold| threshold.row.by.clone().unwrap_or_default();
    let has = |name: &&&str| set.thresholds.iter().any(|threshold| score(threshold) == ***name);
    let shown: Vec<&str> = SHOWN.iter().filter(has).copied().collect();
    writeln!(
        out,
        "Thresholds that answer as many questions as a system does: their AED, and in brackets that of the system less it.\n"
    )?;
    let heads: String = shown.iter().map(|name| format!(" `{name}` |")).collect();
    writeln!(out, "| system | engagement |{heads} the best other score, chosen on these questions |")?;
    writeln!(out, "| --- | ---: |{}", " --- |".repeat(shown.len() + 1))?;
    for system in systems {
        let all: Vec<&Threshold> = set.thresholds.iter().filter(|threshold| threshold.system == *system).collect();
        let aed = |threshold: &Threshold| threshold.row.aed.unwrap_or(f64::INFINITY);
        let cell = |threshold: &Threshold| {
            let versus = threshold.versus.map_or(String::new(), |versus| format!(" ({})", difference(versus)));
            format!("{}{versus}", fixed(threshold.row.aed, 3))
        };
        let of = |name: &&str| all.iter().find(|threshold| score(threshold) == *name).map_or(NONE.into(), |t| cell(t));
        let mut cells: Vec<String> = shown.iter().map(of).collect();
        let others = all.iter().filter(|threshold| !SHOWN.contains(&score(threshold).as_str()));
        let best = others.min_by(|a, b| aed(a).total_cmp(&aed(b)));
        cells.push(best.map_or(NONE.into(), |best| format!("`{}` {}", score(best), cell(best))));
        let engagement = all.first().and_then(|threshold| threshold.row.engagement);
        let name = system.as_deref().map_or("none: half of the questions".to_owned(), |system| format!("`{system}`"));
        writeln!(out, "| {name} | {} | {} |", percent(engagement, 1), cells.join(" | "))?;
    }
    writeln!(out)
}

const RANDOM: &str = "by lot, at its best";

/// What a row is called.
fn title(row: &Row) -> String {
    let taught = |id: &str| match Teacher::parse(id) {
        Ok(teacher) => teacher.description().title.to_owned(),
        Err(_) => id.to_owned(),
    };
    match (row.system.as_str(), &row.by) {
        ("original", _) => "original: answers always".into(),
        ("always", _) => "refuses always".into(),
        ("random", _) => RANDOM.into(),
        ("prompt", _) => "told to say so".into(),
        (TRAINED, Some(by)) => format!("trained by: {}", taught(by)),
        (system, _) => system.to_owned(),
    }
}

/// A number of questions: whole where it is.
fn number(count: f64) -> String {
    fixed(Some(count), usize::from(count.fract() != 0.0))
}

fn with_error(value: Option<f64>, error: Option<f64>) -> String {
    match error {
        Some(_) => format!("{} ± {}", fixed(value, 3), fixed(error, 3)),
        None => fixed(value, 3),
    }
}

fn difference(found: Paired) -> String {
    let ends = interval(found.low, found.high, 3).map_or(String::new(), |ends| format!(" {ends}"));
    format!("{}{ends}", fixed(Some(found.value), 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_all_cells_and_noise_is_called_noise() {
        let row = |system: &str, by: Option<&str>, gain: Option<f64>| Row {
            system: system.into(),
            by: by.map(str::to_owned),
            seeds: usize::from(by.is_some()) * 3,
            questions: 100,
            right: 20.0,
            wrong: 40.5,
            refused: 39.5,
            aed: Some(0.65),
            aed_error: by.map(|_| 0.01),
            gain,
            versus_random: Some(Paired { value: -0.02, error: None, low: Some(-0.05), high: Some(0.01), p: None }),
            ..Row::default()
        };
        let threshold = |by: &str, aed: f64| Threshold {
            system: Some("prompt".into()),
            row: Row { by: Some(by.into()), aed: Some(aed), ..row("threshold", None, Some(1.0)) },
            versus: row("", None, None).versus_random.filter(|_| by == entropy::METHOD),
        };
        let set = SetFindings {
            name: "s".into(),
            questions: 100,
            right: 20,
            rows: vec![
                row("original", None, None),
                row("random", None, Some(0.0)),
                row("prompt", None, Some(0.4)),
                row("trained", Some("labels"), Some(2.5)),
            ],
            thresholds: vec![threshold("gnll", 0.7), threshold(entropy::METHOD, 0.68), threshold("semgrad", 0.6)],
            runs: Vec::new(),
            refusal: Some(Order { auroc: Some(0.6), aurc: None }),
        };
        let found = Findings {
            model: "m.gguf".into(),
            weights: String::new(),
            parameters: 1_000_000,
            prefix: String::new(),
            date: "2026-01-01".into(),
            resamples: 1000,
            sets: vec![set],
        };
        let text = markdown(&found);
        let widths = |part: &str| -> Vec<usize> {
            part.lines().filter(|line| line.starts_with('|')).map(|line| line.matches('|').count()).collect()
        };
        let (first, second) = text.split_once("Thresholds that answer").unwrap();
        assert_eq!((widths(first), widths(second)), (vec![17; 6], vec![5; 3]));
        assert!(
            first.contains("| trained by: Right or wrong (R-Tuning) | 3 | 20 | 40.5 | 39.5 | – | – | 0.650 ± 0.010 |"),
            "{first}"
        );
        assert!(first.contains("Within noise of the lot, or worse: told to say so.\n"), "{first}");
        assert!(first.contains("−0.020 [−0.050, 0.010]"), "{first}");
        let line = "| `prompt` | – | 0.680 (−0.020 [−0.050, 0.010]) | `semgrad` 0.600 |";
        assert!(second.contains(line) && !second.contains("gnll"), "{second}");
        assert!(second.contains("AUROC 0.600, AURC –."), "{second}");
    }
}
