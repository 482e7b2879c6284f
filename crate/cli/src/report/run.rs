//! What was run: enough to run it again.

use super::format::{NONE, duration, fixed, parameters, percent};
use super::parts::scrolled;
use crate::evaluate::summary::Summary;
use maud::{Markup, html};

/// Conditions of a model's evaluation.
pub fn conditions(summary: &Summary) -> Markup {
    let mut judges: Vec<&str> = summary.sets.iter().map(|set| set.judge.as_str()).collect();
    judges.dedup();
    html! {
        dl.run {
            div { dt { "Model" } dd { (summary.model.name) ", " (parameters(summary.model.parameters)) " weights" } }
            div { dt { "SHA-256 of the weights" } dd { code { (summary.model.weights.as_deref().unwrap_or(NONE)) } } }
            div { dt { "Judge of right and wrong" } dd { (judges.join(", ")) } }
            div { dt { "Date" } dd { (summary.date) } }
            div { dt { "Device" } dd { (summary.device) ", " (summary.hardware) } }
            div { dt { "Before each question" } dd { code { (shown(&summary.prefix)) } } }
            div { dt { "System message" } dd { @match &summary.system {
                Some(text) => { code { (shown(text)) } },
                None => { "the chat template's own" },
            } } }
            div { dt { "Answers" } dd { "greedy" @if let Some(tokens) = summary.max_tokens { ", at most " (tokens) " tokens" } } }
            div { dt { "More answers drawn" } dd { @match summary.samples {
                Some(samples) if samples > 0 => { (samples) ", temperature " (fixed(summary.temperature, 2)) },
                _ => { "none" },
            } } }
            div { dt { "Intervals" } dd { "95 %, " (summary.resamples) " bootstrap resamples of the questions" } }
        }
        (scrolled("Answers by set", html! { table.plain {
            thead { tr { th scope="col" { "set" } th scope="col" { "questions" } th scope="col" { "right" }
                th scope="col" { "tokens of an answer" } th scope="col" { "time of an answer" } } }
            tbody { @for set in &summary.sets {
                tr { th scope="row" { (set.name) } td { (set.questions) }
                    td { (percent(set.accuracy.value, 1)) " (" (set.right) ")" }
                    td { (fixed(set.tokens, 1)) } td { (duration(set.generation_ms)) } }
            } }
        } }))
    }
}

/// Text with its spaces at the ends visible.
fn shown(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("“{}”", text.replace('\n', "⏎")) }
}
