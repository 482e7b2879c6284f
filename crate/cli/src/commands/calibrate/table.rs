//! A calibration's report for people.

use semgrad::confidence::calibration::Calibration;
use semgrad::confidence::conformal::{SPLITS, high_probability};
use semgrad::confidence::quality::Quality;
use semgrad::confidence::report::Report;
use semgrad::confidence::verdict::EVEN_ODDS;
use std::fmt::Write;

/// Head of the columns that say what the verdict does, which is not all that the bound allows.
const VERDICT: [&str; 2] = ["'answer' wrong", "'answer'"];

fn verdict(risk: f64, coverage: f64) -> String {
    format!("{risk:>16.3} {coverage:>9.3}")
}

fn note(out: &mut String) -> std::fmt::Result {
    writeln!(out, "'answer': what the verdict answers, which also takes a confidence of {EVEN_ODDS}")
}

/// The report as text.
pub fn text(title: &str, calibration: &Calibration, report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, title, calibration, report);
    out
}

fn write(out: &mut String, title: &str, calibration: &Calibration, report: &Report) -> std::fmt::Result {
    writeln!(out, "{title}: {} questions, {} right\n", report.questions, report.right)?;
    writeln!(out, "{:<26} {:>9} {:>7} {:>7} {:>7} {:>7}", "", "questions", "AUROC", "ECE", "Brier", "skill")?;
    let row = |out: &mut String, name: &str, q: &Quality| {
        let Quality { questions, auroc, ece, brier, skill, .. } = q;
        writeln!(out, "{name:<26} {questions:>9} {auroc:>7.3} {ece:>7.3} {brier:>7.3} {skill:>7.3}")
    };
    let mut methods: Vec<_> = report.methods.iter().collect();
    methods.sort_by(|a, b| b.1.auroc.total_cmp(&a.1.auroc));
    for (id, quality) in methods {
        row(out, id, quality)?;
    }
    if let Some(quality) = &report.combined {
        writeln!(out)?;
        row(out, "confidence (combined)", quality)?;
        for (set, quality) in report.sets.iter().filter(|_| report.sets.len() > 1) {
            row(out, &format!("  of {set}"), quality)?;
        }
        let ([low, high], [bottom, top]) = (quality.auroc_interval, quality.skill_interval);
        writeln!(out, "95 % intervals: AUROC {low:.3} to {high:.3}, skill {bottom:.3} to {top:.3}")?;
    }
    if let Some((single, quality)) = report.methods.iter().find(|method| Some(&method.0) == report.single.as_ref()) {
        writeln!(out, "best score of one pass in fitting: {single}, AUROC here {:.3}", quality.auroc)?;
    }
    if let Some(combined) = &calibration.combined {
        let kind = if combined.isotonic.is_some() { ", isotonic on top" } else { "" };
        writeln!(out, "{} features, penalty {}{kind}", combined.features.len(), combined.penalty)?;
    }
    if !report.splits.is_empty() {
        writeln!(out, "\nconformal abstention, mean of {SPLITS} random splits (answered: share of all questions)")?;
        write!(out, "{:>8} {:>17} {:>9} {:>8} {:>8}", "alpha", "answered wrong", "answered", "oracle", "random")?;
        writeln!(out, "{:>16} {:>9}", VERDICT[0], VERDICT[1])?;
        for s in &report.splits {
            let risk = format!("{:.3} ± {:.3}", s.risk, s.risk_error);
            let (covered, oracle, random) = (s.coverage, s.coverage_oracle, s.coverage_random);
            write!(out, "{:>8} {risk:>17} {covered:>9.3} {oracle:>8.3} {random:>8.3}", s.alpha)?;
            writeln!(out, "{}", verdict(s.risk_answer, s.coverage_answer))?;
        }
        note(out)?;
    }
    if !report.applied.is_empty() {
        writeln!(out, "\nthe calibration's own thresholds on these questions")?;
        write!(out, "{:>8} {:>10} {:>15} {:>9} {:>24}", "alpha", "threshold", "answered wrong", "answered", "bound")?;
        writeln!(out, "{:>16} {:>9}", VERDICT[0], VERDICT[1])?;
        for a in &report.applied {
            let n = calibration.combined.as_ref().map_or(0, |combined| combined.quality.questions);
            let bound = format!("{:.3} (95 % sure)", high_probability(a.alpha, n, 0.05));
            let (alpha, threshold, risk, coverage) = (a.alpha, a.threshold, a.risk, a.coverage);
            write!(out, "{alpha:>8} {threshold:>10.3} {risk:>15.3} {coverage:>9.3} {bound:>24}")?;
            writeln!(out, "{}", verdict(a.risk_answer, a.coverage_answer))?;
        }
        note(out)?;
    }
    if let Some(rule) = calibration.thresholds.entropy {
        writeln!(
            out,
            "\nentropy rule: τ = {:.2}, accuracy-engagement distance {:.3} ({:.3} when everything is answered)",
            rule.tau, rule.aed, rule.aed_all
        )?;
    }
    report.notes.iter().try_for_each(|note| writeln!(out, "note: {note}"))
}
