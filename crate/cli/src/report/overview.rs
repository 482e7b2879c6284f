//! All models, sets and scores on one screen.

use super::format::{NONE, fixed, interval, percent, times};
use super::kind::{CONFIDENCE, Kind, auroc, best, finite, mean_auroc, sampled_baseline, set_name, sets, title};
use super::parts::{row_head, scrolled, sortable};
use crate::evaluate::summary::{Estimate, SetSummary, Summary};
use maud::{Markup, html};

/// A column of the table in short, and the method that it shows of a set.
type Shown = (&'static str, fn(&SetSummary) -> Option<&str>);

/// Only those that some set has are shown.
const COLUMNS: [Shown; 3] = [
    ("best score from the one answer", |set| best(set, Kind::OnePass)),
    ("calibrated confidence", |set| set.methods.contains_key(CONFIDENCE).then_some(CONFIDENCE)),
    ("drawing more answers", |set| sampled_baseline(set)),
];

/// A row for each model and set: how often it is right, and what its best scores are worth.
pub fn short(summaries: &[Summary]) -> Markup {
    let any = |found: fn(&SetSummary) -> Option<&str>| summaries.iter().flat_map(sets).any(|set| found(set).is_some());
    let columns: Vec<_> = COLUMNS.into_iter().filter(|column| any(column.1)).collect();
    scrolled(
        "Results in short",
        html! { table.short {
            thead { tr {
                th scope="col" { "set" } th scope="col" { "questions" } th scope="col" { "right" }
                @for (head, _) in &columns { th scope="col" { (head) } }
            } }
            @for (m, summary) in summaries.iter().enumerate() { tbody {
                tr { th.group scope="rowgroup" colspan=(3 + columns.len()) { (title(summary)) } }
                @for (s, set) in sets(summary).enumerate() { tr {
                    th scope="row" { a href={ "#" (anchor(m, s)) } { (set_name(summary, set)) } }
                    td { (set.questions) }
                    td { (percent(set.accuracy.value, 0)) }
                    @for (_, found) in &columns { (named(set, found(set))) }
                } }
            } }
        } },
    )
}

/// Where a set is told of.
pub fn anchor(model: usize, set: usize) -> String {
    format!("model-{}-set-{}", model + 1, set + 1)
}

fn named(set: &SetSummary, id: Option<&str>) -> Markup {
    let found = id.and_then(|id| Some((id, set.methods.get(id)?)));
    html! {
        td { @if let Some((id, m)) = found {
            b { (fixed(m.auroc.value, 2)) } " "
            span.interval { (interval(m.auroc.low, m.auroc.high, 2).unwrap_or_default()) }
            small {
                @if id != CONFIDENCE { (id) }
                @if finite(m.cost).is_some() { @if id != CONFIDENCE { ", " } (times(m.cost)) " the time" }
                @if m.questions < set.questions { ", " (m.questions) " questions" }
            }
        } @else { (NONE) } }
    }
}

/// The key to the dots before the scores.
pub fn kinds(summaries: &[Summary]) -> Markup {
    let there = |kind: &Kind| {
        summaries.iter().flat_map(sets).flat_map(|set| set.methods.keys()).any(|id| Kind::of(id) == *kind)
    };
    html! { ul.legend { @for kind in Kind::ALL.iter().filter(|kind| there(kind)) {
        li { span.kind.(kind.class()) {} (kind.label()) }
    } } }
}

/// AUROC of every score on every set, shaded by its distance from guessing.
pub fn map(summaries: &[Summary]) -> Markup {
    let columns: Vec<(&Summary, &SetSummary)> =
        summaries.iter().flat_map(|s| s.sets.iter().map(move |set| (s, set))).collect();
    let means = mean_auroc(summaries);
    let mut ids: Vec<&str> = columns.iter().flat_map(|(_, set)| set.methods.keys()).map(String::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    let mean = |id: &str| means.get(id).map(|mean| mean.0);
    ids.sort_by(|a, b| mean(b).unwrap_or(f64::NEG_INFINITY).total_cmp(&mean(a).unwrap_or(f64::NEG_INFINITY)));
    scrolled(
        "AUROC of all scores",
        html! { table.sortable.map {
            thead {
                tr { td {} @for summary in summaries.iter().filter(|s| !s.sets.is_empty()) {
                    th scope="colgroup" colspan=(summary.sets.len()) { (title(summary)) }
                } td {} }
                tr.heads { th scope="col" { "score" }
                    @for (_, set) in &columns { th scope="col" { (set.name) } } th scope="col" { "mean" } }
            }
            tbody { @for id in ids {
                tr {
                    (row_head(id))
                    @for (_, set) in &columns { @match set.methods.get(id) {
                        Some(m) => { td.{ (shade(&m.auroc)) } data-value=[sortable(m.auroc.value)] title=(auroc(set, id)) { (fixed(m.auroc.value, 2)) } },
                        None => { td { (NONE) } },
                    } }
                    @let (value, over) = means.get(id).copied().unwrap_or((f64::NAN, 0));
                    td data-value=[sortable(Some(value))] { (fixed(Some(value), 2)) @if over > 0 && over < columns.len() { " " small { "of " (over) } } }
                }
            } }
        } },
    )
}

/// A class by the distance from 0.5, in steps of 0.05; pale where the interval includes 0.5.
fn shade(auroc: &Estimate) -> String {
    let Some(value) = finite(auroc.value) else { return "unknown".to_owned() };
    let step = ((value - 0.5).abs() / 0.05).round().min(6.0);
    let side = if value >= 0.5 { "over" } else { "under" };
    let sure = finite(auroc.low).is_some_and(|low| low > 0.5) || finite(auroc.high).is_some_and(|high| high < 0.5);
    format!("{side} step-{step}{}", if sure { " sure" } else { "" })
}
