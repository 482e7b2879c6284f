//! All scores of a question set in numbers.

use super::format::{NONE, duration, fixed, interval, list, p_value, times};
use super::kind::{finite, ranked};
use super::parts::{row_head, scrolled, sortable};
use crate::evaluate::summary::{Estimate, MethodSummary, SetSummary};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A column of the table of methods.
struct Column {
    head: &'static str,
    digits: usize,
    read: fn(&MethodSummary) -> &Estimate,
}

/// What is told of every method, with its interval.
const COLUMNS: &[Column] = &[
    Column { head: "AUROC", digits: 2, read: |m| &m.auroc },
    Column { head: "AUROC within length", digits: 2, read: |m| &m.auroc_within_length },
    Column { head: "follows length", digits: 2, read: |m| &m.length_spearman },
    Column { head: "AUPRC", digits: 2, read: |m| &m.auprc },
    Column { head: "PRR", digits: 2, read: |m| &m.prr },
    Column { head: "PRR ½", digits: 2, read: |m| &m.prr_half },
    Column { head: "AURC", digits: 3, read: |m| &m.aurc },
    Column { head: "AURAC", digits: 3, read: |m| &m.aurac },
    Column { head: "ECE", digits: 3, read: |m| &m.ece },
    Column { head: "ECE, equal mass", digits: 3, read: |m| &m.ece_mass },
    Column { head: "ECE, debiased", digits: 3, read: |m| &m.ece_debiased },
    Column { head: "squared error, debiased", digits: 4, read: |m| &m.squared_error_debiased },
    Column { head: "Brier", digits: 3, read: |m| &m.brier },
    Column { head: "Brier skill", digits: 2, read: |m| &m.brier_skill },
];

/// The methods of a set with all that was measured, best AUROC first.
pub fn methods(set: &SetSummary) -> Markup {
    let ids = ranked(set);
    let tsu = set.methods.values().any(|m| m.tsu.is_some());
    html! {
        (scrolled("All scores in numbers", html! { table.sortable {
            thead { tr.heads {
                th scope="col" { "score" }
                @for column in COLUMNS { th scope="col" { (column.head) } }
                @if tsu { th scope="col" { "TSU" } }
                th scope="col" { "cost" } th scope="col" { "time" } th scope="col" { "passes" }
                th scope="col" { "probability" } th scope="col" { "questions" }
            } }
            tbody {
                @for id in ids {
                    @if let Some(m) = set.methods.get(id) {
                        tr {
                            (row_head(id))
                            @for column in COLUMNS { (cell((column.read)(m), column.digits)) }
                            @if tsu { (cell(m.tsu.as_ref().unwrap_or(&Estimate::default()), 2)) }
                            td data-value=[sortable(m.cost)] { (times(m.cost)) }
                            td data-value=[sortable(m.ms)] { (duration(m.ms)) }
                            td data-value=[sortable(m.passes)] { (fixed(m.passes, 1)) }
                            td { (m.probability) }
                            td data-value=(m.questions) { (m.questions) }
                        }
                    }
                }
            }
        } }))
        (undefined(set))
    }
}

/// A number with its interval.
pub fn cell(e: &Estimate, digits: usize) -> Markup {
    let value = fixed(e.value, digits);
    let interval = interval(e.low, e.high, digits).filter(|_| value != NONE);
    html! {
        td data-value=[sortable(e.value)] title=[e.reason.as_deref()] {
            (value) @if let Some(interval) = interval { " " span.interval { (interval) } }
        }
    }
}

/// Why there are dashes.
fn undefined(set: &SetSummary) -> Markup {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, m) in &set.methods {
        let estimates = COLUMNS.iter().map(|column| (column.read)(m)).chain(m.tsu.as_ref());
        for reason in estimates.filter_map(|e| e.reason.as_deref()) {
            let ids = reasons.entry(reason).or_default();
            if ids.last() != Some(&id.as_str()) {
                ids.push(id);
            }
        }
    }
    html! {
        @if !reasons.is_empty() {
            p.note { "Where a number is missing:" }
            ul.note { @for (reason, ids) in &reasons { li { (reason) " (" (list(ids)) ")" } } }
        }
    }
}

/// Differences to the methods that others are compared with, drawn as intervals.
pub fn paired(set: &SetSummary) -> Markup {
    let mut others: Vec<&str> = set.methods.values().flat_map(|m| m.versus.keys()).map(String::as_str).collect();
    others.sort_unstable();
    others.dedup();
    html! {
        @for other in others {
            @let mut rows: Vec<_> = set.methods.iter().filter_map(|(id, m)| Some((id, m.versus.get(other)?))).collect();
            @let () = rows.sort_by(|a, b| {
                let of = |d: Option<f64>| finite(d).unwrap_or(f64::NEG_INFINITY);
                of(b.1.difference).total_cmp(&of(a.1.difference))
            });
            h5 { "AUROC less that of " code { (other) } }
            (scrolled(&format!("Differences to {other}"), html! { table.sortable.paired {
                thead { tr.heads {
                    th scope="col" { "score" } th scope="col" { "difference" } th scope="col" data-fixed { "−0.3 … +0.3" }
                    th scope="col" { "p" } th scope="col" { "reading" }
                } }
                tbody { @for (id, d) in rows {
                    tr {
                        (row_head(id))
                        (cell(&Estimate { value: d.difference, low: d.low, high: d.high, reason: None }, 3))
                        td { (bar(d.difference, d.low, d.high)) }
                        td data-value=[sortable(d.p)] { (p_value(d.p)) }
                        td { (reading(d.low, d.high)) }
                    }
                } }
            } }))
        }
    }
}

/// What an interval of a difference says.
fn reading(low: Option<f64>, high: Option<f64>) -> &'static str {
    match (finite(low), finite(high)) {
        (Some(low), _) if low > 0.0 => "better",
        (_, Some(high)) if high < 0.0 => "worse",
        (Some(_), Some(_)) => "no clear difference",
        _ => NONE,
    }
}

/// An interval around zero as a small drawing.
fn bar(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Markup {
    let x = |difference: f64| 60.0 + (difference / 0.3).clamp(-1.0, 1.0) * 58.0;
    html! {
        svg.difference viewBox="0 0 120 14" aria-hidden="true" {
            path.zero d="M60,0V14" {}
            @if let (Some(low), Some(high)) = (finite(low), finite(high)) {
                path.bar d=(format!("M{:.1},7H{:.1}", x(low), x(high))) {}
            }
            @if let Some(value) = finite(value) { circle cx=(format!("{:.1}", x(value))) cy="7" r="3.2" {} }
        }
    }
}

/// What other judges said of the same answers.
pub fn judges(set: &SetSummary) -> Markup {
    html! {
        @if !set.others.is_empty() {
            (scrolled("Other judges", html! { table.plain {
                thead { tr {
                    th scope="col" { "judge" } th scope="col" { "answers judged" } th scope="col" { "right" }
                    th scope="col" { "agrees with " (set.judge) } th scope="col" { "best score by this judge" }
                } }
                tbody { @for other in &set.others {
                    tr {
                        th scope="row" { (other.judge) }
                        td { (other.questions) }
                        td { (super::format::percent(other.accuracy, 1)) " (" (other.right) ")" }
                        td { (super::format::percent(other.agreement, 1)) }
                        td { @match best(&other.auroc) {
                            Some((id, auroc)) => { (id) " " (fixed(Some(auroc), 2)) },
                            None => { (NONE) },
                        } }
                    }
                } }
            } }))
        }
    }
}

/// The score with the highest AUROC.
pub fn best(auroc: &BTreeMap<String, Option<f64>>) -> Option<(&str, f64)> {
    let known = auroc.iter().filter_map(|(id, value)| Some((id.as_str(), finite(*value)?)));
    known.max_by(|a, b| a.1.total_cmp(&b.1))
}
