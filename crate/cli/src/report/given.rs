//! What models are worth as judges of answers that others wrote, as tables of Markdown.

use super::format::{NONE, fixed, interval, parameters, percent};
use semgrad_scores::given::report::{Ranking, Report, SURFACE};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What `semgrad calibrate --given` found out about a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Given {
    /// The model's name.
    pub model: String,
    /// Its weights.
    pub parameters: u64,
    /// YYYY-MM-DD.
    pub date: String,
    /// The combination that the profile has.
    pub used: String,
    /// Own answers that each given one was compared with.
    pub own_answers: usize,
    /// Whether that is enough for a judgement.
    pub judges: bool,
    /// What was measured.
    pub report: Report,
}

/// The tables, one for each model.
pub fn markdown(found: &[Given]) -> String {
    let mut out = String::new();
    for found in found {
        // Writing to a string cannot fail.
        let _ = table(&mut out, found);
    }
    out
}

fn table(out: &mut String, found: &Given) -> std::fmt::Result {
    let Given { model, report, .. } = found;
    let judges = if found.judges { "it judges" } else { "too little: it does not judge" };
    writeln!(
        out,
        "**{}**, {} weights, {}: {} questions, {} own answers to each; `{}` {judges}.\n",
        model,
        parameters(Some(found.parameters)),
        found.date,
        report.questions,
        found.own_answers,
        found.used
    )?;
    let counts = report.writers.iter().map(|(writer, [all, wrong])| {
        format!(" {writer}: {all}, {} wrong |", percent(Some(*wrong as f64 / *all as f64), 0))
    });
    writeln!(out, "| | AUROC, mean of the writers |{} same question | ECE |", counts.collect::<String>())?;
    writeln!(out, "| --- | --- |{} ---: | ---: |", " ---: |".repeat(report.writers.len()))?;
    // The combinations and the looks first, then signals from the best on.
    let (combined, mut signals): (Vec<&Ranking>, Vec<&Ranking>) =
        report.rankings.iter().partition(|ranking| ranking.ece.is_some());
    signals.sort_by(|a, b| b.auroc.total_cmp(&a.auroc));
    for ranking in combined.into_iter().chain(signals) {
        let ends = interval(ranking.interval.map(|ends| ends[0]), ranking.interval.map(|ends| ends[1]), 2);
        let by = report.writers.keys().map(|writer| format!(" {} |", fixed(ranking.writers.get(writer).copied(), 2)));
        let name = if ranking.name == SURFACE { "looks alone".into() } else { format!("`{}`", ranking.name) };
        writeln!(
            out,
            "| {name} | {} {} |{} {} | {} |",
            fixed(Some(ranking.auroc), 2),
            ends.unwrap_or_default(),
            by.collect::<String>(),
            fixed(ranking.same_question, 2),
            ranking.ece.map_or_else(|| NONE.into(), |ece| fixed(Some(ece), 3))
        )?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_come_first_and_signals_by_their_worth() {
        let ranking = |name: &str, auroc, ece| Ranking {
            name: name.into(),
            auroc,
            interval: Some([auroc - 0.05, auroc + 0.05]),
            writers: [("a".to_owned(), auroc)].into(),
            ece,
            same_question: Some(0.5),
        };
        let rankings =
            vec![ranking("combined", 0.6, Some(0.02)), ranking("gnll", 0.5, None), ranking("lsc", 0.55, None)];
        let report = Report { questions: 9, writers: [("a".to_owned(), [20, 5])].into(), rankings };
        let found = Given {
            model: "y.gguf".into(),
            parameters: 135_000_000,
            date: "2026-11-30".into(),
            used: "combined".into(),
            own_answers: 5,
            judges: false,
            report,
        };
        let text = markdown(&[found]);
        assert!(text.starts_with("**y.gguf**, 135 million weights, 2026-11-30: 9 questions"), "{text}");
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        assert!(text.contains("| a: 20, 25 % wrong |") && text.contains("too little: it does not judge"), "{text}");
        assert!(
            rows[0].starts_with("| `combined` | 0.60 ") && rows[0].ends_with("| 0.60 | 0.50 | 0.020 |"),
            "{}",
            rows[0]
        );
        assert!(rows[1].starts_with("| `lsc`") && rows[2].starts_with("| `gnll`"));
    }
}
