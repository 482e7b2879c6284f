//! A summary for the terminal.

use crate::evaluate::summary::{Estimate, MethodSummary, SetSummary, Summary};
use std::fmt::Write;

/// Per set: accuracy, then the methods by AUROC.
pub fn text(summary: &Summary) -> String {
    let mut out = String::new();
    let pooled = Some(&summary.pooled).filter(|_| summary.sets.len() > 1);
    for set in summary.sets.iter().chain(pooled) {
        // Writing to a string cannot fail.
        let _ = one(&mut out, set);
    }
    for note in &summary.notes {
        let _ = writeln!(out, "note: {note}");
    }
    out
}

fn one(out: &mut String, set: &SetSummary) -> std::fmt::Result {
    let SetSummary { name, judge, questions, right, .. } = set;
    writeln!(out, "\n{name}: {right} of {questions} right, accuracy {} (judge: {judge})", interval(&set.accuracy))?;
    for note in &set.notes {
        writeln!(out, "  {note}")?;
    }
    writeln!(
        out,
        "{:<26} {:<22} {:>9} {:>7} {:>7} {:>7} {:>7}",
        "", "AUROC", "= length", "AUPRC", "PRR", "skill", "cost"
    )?;
    let mut methods: Vec<(&String, &MethodSummary)> = set.methods.iter().collect();
    methods.sort_by(|a, b| b.1.auroc.value.unwrap_or(-1.0).total_cmp(&a.1.auroc.value.unwrap_or(-1.0)));
    for (id, method) in methods {
        let number = |estimate: &Estimate| estimate.value.map_or("–".into(), |value| format!("{value:.3}"));
        writeln!(
            out,
            "{id:<26} {:<22} {:>9} {:>7} {:>7} {:>7} {:>7}",
            interval(&method.auroc),
            number(&method.auroc_within_length),
            number(&method.auprc),
            number(&method.prr),
            number(&method.brier_skill),
            method.cost.map_or("–".into(), |cost| format!("{cost:.2}×")),
        )?;
    }
    Ok(())
}

fn interval(estimate: &Estimate) -> String {
    match (estimate.value, estimate.low, estimate.high) {
        (Some(value), Some(low), Some(high)) => format!("{value:.3} ({low:.3}–{high:.3})"),
        (Some(value), ..) => format!("{value:.3}"),
        _ => estimate.reason.clone().unwrap_or_else(|| "–".into()),
    }
}
