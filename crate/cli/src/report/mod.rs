//! The report of an evaluation: one HTML file that needs nothing else, and a section of Markdown.
//!
//! Everything shown is computed from the summaries. The page is made of [`maud`] templates, which escape whatever a
//! question set or a model is called; its policy forbids it to load anything.

pub mod abstaining;
mod chart;
mod cost;
mod curves;
pub mod format;
pub mod given;
mod glossary;
mod kind;
mod markdown;
mod overview;
mod parts;
mod published;
mod reading;
mod run;
mod tables;
#[cfg(test)]
mod tests;

pub use markdown::markdown;

use crate::evaluate::summary::{SetSummary, Summary};
use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = concat!(include_str!("style/page.css"), include_str!("style/charts.css"));
const SCRIPT: &str = include_str!("script.js");

/// The report as one HTML file.
pub fn html(summaries: &[Summary]) -> String {
    let drawn = kind::drawn(summaries);
    let title = "How far can the answers be trusted?";
    // Nothing is fetched, and only this script runs, whatever the summaries say.
    let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    let policy = format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "semgrad: evaluation" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        h1 { (title) }
                        p.lead { (lead(summaries)) }
                        (contents(summaries))
                    }
                    @if summaries.is_empty() {
                        p.empty { "There is no summary to report." }
                    } @else {
                        (in_short(summaries))
                        section #map {
                            h2 { "All scores at a glance" }
                            p { "AUROC on every set: 0.5 is guessing. Blue is better, orange is upside down; what is pale \
                                 cannot be told from guessing. A click on a column's head sorts the table." }
                            (overview::kinds(summaries))
                            (overview::map(summaries))
                        }
                        (against_publication(summaries))
                        @for (i, summary) in summaries.iter().enumerate() { (model(i, summary, &drawn)) }
                    }
                    section #terms { h2 { "The terms" } (glossary::terms()) }
                    footer { p { "Made by " code { "semgrad report" } " from the numbers of " code { "semgrad eval" } "." } }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn lead(summaries: &[Summary]) -> String {
    let models = match summaries.len() {
        1 => "One model".to_owned(),
        n => format!("{n} models"),
    };
    let answers: usize = summaries.iter().flat_map(|s| &s.sets).map(|set| set.questions).sum();
    format!(
        "{models} gave {answers} answers to questions whose right answers are known. For every answer uncertainty scores \
         were computed. Do they tell the wrong answers from the right ones?"
    )
}

fn contents(summaries: &[Summary]) -> Markup {
    html! {
        nav aria-label="Contents" { ul {
            @if !summaries.is_empty() {
                li { a href="#short" { "In short" } }
                li { a href="#map" { "All scores" } }
            }
            @for (i, summary) in summaries.iter().enumerate() {
                li { a href={ "#model-" (i + 1) } { (kind::title(summary)) } }
            }
            li { a href="#terms" { "The terms" } }
        } }
    }
}

fn in_short(summaries: &[Summary]) -> Markup {
    html! {
        section #short {
            h2 { "In short" }
            p { "Numbers are AUROC: of a wrong and a right answer, how often the score doubts the wrong one more. 0.5 is \
                 guessing, 1 is perfect. In brackets the range in which the true value very likely lies; “time” is that \
                 of answer and score as a multiple of the answer alone." }
            (overview::short(summaries))
            @for summary in summaries {
                (warnings(kind::title(summary), &reading::of_model(summary)))
            }
        }
    }
}

fn against_publication(summaries: &[Summary]) -> Markup {
    let compared: Vec<_> = summaries.iter().filter_map(|s| Some((s, published::compare(s)?))).collect();
    html! {
        @if !compared.is_empty() {
            section #published {
                h2 { "Against the published order" }
                p { "The paper behind semgrad (arXiv 2605.04638, table 1) compares these scores on models of 4 to 12 billion \
                     weights, with another judge and other questions of the same sets. Below, what of its order shows here. \
                     “Too close to tell” means that the 95 % interval of the difference includes 0." }
                @for (summary, comparison) in compared {
                    h3 { (kind::title(summary)) }
                    p { "Published: " (comparison.published.join(" > ")) "." }
                    p { "Measured: " (comparison.measured.join(" > ")) " (mean of " (format::list(&comparison.sets)) "); "
                        (comparison.pairs.0) " of " (comparison.pairs.1) " pairs stand as published." }
                    @if !comparison.claims.is_empty() {
                        (parts::scrolled("Published claims", html! { table.plain {
                            thead { tr { th scope="col" { "published" } th scope="col" { "measured" } th scope="col" { "outcome" } } }
                            tbody { @for claim in &comparison.claims {
                                tr { th scope="row" { (claim.claim) } td { (claim.measured) } td { (claim.outcome.label()) } }
                            } }
                        } }))
                    }
                }
            }
        }
    }
}

fn model(index: usize, summary: &Summary, drawn: &[kind::Drawn]) -> Markup {
    html! {
        section id={ "model-" (index + 1) } {
            h2 { (kind::title(summary)) }
            (warnings("", &summary.notes))
            details open { summary { "What was run" } (run::conditions(summary)) }
            @for (s, set) in kind::sets(summary).enumerate() {
                (question_set(&overview::anchor(index, s), kind::set_name(summary, set), set, drawn))
            }
        }
    }
}

fn question_set(anchor: &str, name: &str, set: &SetSummary, drawn: &[kind::Drawn]) -> Markup {
    let reading = reading::read(set);
    html! {
        article id=(anchor) {
            h3 { (name) }
            ul.facts { @for fact in &reading.facts { li { (fact) } } }
            (warnings("", &reading.warnings))
            @if set.questions > 0 {
                h4 { "In pictures" }
                (curves::legend(set, drawn))
                div.charts {
                    (cost::figure(set, drawn))
                    (curves::figures(set, drawn))
                }
                details { summary { "All " (set.methods.len()) " scores in numbers" } (tables::methods(set)) }
                @if set.methods.values().any(|m| !m.versus.is_empty()) {
                    details {
                        summary { "Scores compared on the same questions" }
                        p { "Differences of AUROC with their 95 % intervals; to the right of the middle is better. With many \
                             comparisons one in twenty looks clear by chance." }
                        (tables::paired(set))
                    }
                }
                @if !set.notes.is_empty() {
                    details { summary { "Notes of the evaluation" } ul.facts { @for note in &set.notes { li { (note) } } } }
                }
                @if !set.others.is_empty() {
                    details { summary { "What other judges say" } (tables::judges(set)) }
                }
            }
        }
    }
}

fn warnings(of: &str, texts: &[String]) -> Markup {
    html! {
        @if !texts.is_empty() {
            aside.warnings aria-label={ "Beware " (of) } {
                p { b { "Beware" @if !of.is_empty() { ": " (of) } } }
                ul { @for text in texts { li { (text) } } }
            }
        }
    }
}
