//! The results as a section of Markdown.

use super::format::{NONE, estimate, percent, times};
use super::kind::{CONFIDENCE, Kind, best, finite, sampled_baseline, set_name, sets, title};
use super::{published, reading};
use crate::evaluate::summary::{SetSummary, Summary};
use std::fmt::Write;

/// A compact table with its conditions, warnings and what of the published order shows.
pub fn markdown(summaries: &[Summary]) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, summaries);
    out
}

fn write(out: &mut String, summaries: &[Summary]) -> std::fmt::Result {
    if summaries.is_empty() {
        return writeln!(out, "No evaluation has been stored yet.");
    }
    writeln!(
        out,
        "AUROC: of a wrong and a right answer, how often the score doubts the wrong one more; 0.5 is guessing. In brackets"
    )?;
    writeln!(out, "95 % intervals; × is the time for answer and score as a multiple of the answer alone.\n")?;
    writeln!(
        out,
        "| model | set | questions | right | best score of one answer | semgrad | calibrated confidence | drawing more answers |"
    )?;
    writeln!(out, "| --- | --- | ---: | ---: | --- | --- | --- | --- |")?;
    for summary in summaries {
        for set in sets(summary) {
            let cells = [
                cell(set, best(set, Kind::OnePass), true),
                cell(set, Some("semgrad"), false),
                cell(set, Some(CONFIDENCE), false),
                cell(set, sampled_baseline(set), true),
            ];
            let (model, name) = (plain(title(summary)), plain(set_name(summary, set)));
            let accuracy = percent(set.accuracy.value, 0);
            writeln!(out, "| {model} | {name} | {} | {accuracy} | {} |", set.questions, cells.join(" | "))?;
        }
    }
    for summary in summaries {
        writeln!(out, "\n**{}**", plain(title(summary)))?;
        writeln!(out, "\n* {}", plain(&conditions(summary)))?;
        if let Some(line) = confidence(summary) {
            writeln!(out, "* {line}")?;
        }
        for warning in reading::of_model(summary) {
            writeln!(out, "* {}", plain(&warning))?;
        }
        if let Some(comparison) = published::compare(summary) {
            writeln!(out, "* Against arXiv 2605.04638, table 1: {}", plain(&comparison.told()))?;
        }
    }
    Ok(())
}

/// `` `gnll` 0.61 [0.55, 0.67], 1.02×, 60 questions``.
fn cell(set: &SetSummary, id: Option<&str>, named: bool) -> String {
    let Some((id, m)) = id.and_then(|id| Some((id, set.methods.get(id)?))) else { return NONE.to_owned() };
    if finite(m.auroc.value).is_none() {
        return NONE.to_owned();
    }
    let name = if named { format!("`{}` ", plain(id)) } else { String::new() };
    let cost = finite(m.cost).map_or_else(String::new, |cost| format!(", {}", times(Some(cost))));
    let fewer = if m.questions < set.questions { format!(", {} questions", m.questions) } else { String::new() };
    format!("{name}{}{cost}{fewer}", estimate(&m.auroc, 2))
}

fn conditions(summary: &Summary) -> String {
    let mut judges: Vec<&str> = summary.sets.iter().map(|set| set.judge.as_str()).collect();
    judges.dedup();
    let weights = summary.model.weights.as_deref().map_or_else(
        || "unknown weights".to_owned(),
        |hash| format!("weights {}…", hash.chars().take(12).collect::<String>()),
    );
    let samples = summary.samples.filter(|&k| k > 0).map_or_else(String::new, |k| format!(", {k} samples"));
    format!(
        "{weights}, judge {}, {}, {} ({}){samples}.",
        judges.join(", "),
        summary.date,
        summary.device,
        summary.hardware
    )
}

/// How true the calibrated confidence is over all sets.
fn confidence(summary: &Summary) -> Option<String> {
    let set = sets(summary).last()?;
    let m = set.methods.get(CONFIDENCE)?;
    finite(m.ece_debiased.value)?;
    let beats =
        |low: Option<f64>| if finite(low).is_some_and(|low| low > 0.0) { "" } else { ", not shown to be above 0" };
    Some(format!(
        "Calibrated confidence, {}: debiased ECE {}, Brier skill {}{}.",
        plain(set_name(summary, set)),
        estimate(&m.ece_debiased, 3),
        estimate(&m.brier_skill, 2),
        beats(m.brier_skill.low)
    ))
}

/// Text that means nothing to Markdown: names come from files.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '`' | '*' | '[' | ']' | '\\' => out.extend(['\\', c]),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_cell() {
        assert_eq!(plain("a|b\n<script>`[x]`"), "a\\|b &lt;script&gt;\\`\\[x\\]\\`");
    }
}
