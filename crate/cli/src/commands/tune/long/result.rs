//! `tuned.json` of a model that was taught to state doubts, and its table.

use super::judging::{Found, Stated};
use crate::report::format::percent;
use semgrad::tune::Options;
use semgrad_scores::abstain::doubt::choose::Rule;
use semgrad_scores::abstain::doubt::measure::Share;
use serde::Serialize;

/// One training and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tuned {
    /// `long`, which tells this file from that of short answers.
    pub answers: String,
    /// File or folder name of the model.
    pub model: String,
    /// SHA-256 of its weights.
    pub weights: String,
    /// Hash of the adapter that it began with, in a further round.
    pub begin: Option<String>,
    /// Hash of the adapter.
    pub adapter: String,
    /// YYYY-MM-DD.
    pub date: String,
    /// The score that is a claim's doubt.
    pub score: String,
    /// How the doubted claims were chosen.
    pub rule: Rule,
    /// Doubts above it were stated.
    pub threshold: Option<f64>,
    /// What was learned.
    pub learned: String,
    /// How it was trained.
    pub options: Options,
    /// Steps that were taken, of how many.
    pub steps: [usize; 2],
    /// Loss of the first step and of the last.
    pub loss: [Option<f64>; 2],
    /// What the validation answers state before and after; null without such questions.
    pub validation: Option<Found>,
}

/// What was found, as lines of a table.
pub fn table(found: &Found) -> String {
    let Found { before, after, replacing, right_by_words, right_by_encoder, labels, truncated } = found;
    let mut lines = vec![row("validation answers", ["before".into(), "after".into()])];
    let mut both = |name: &str, of: &dyn Fn(&Stated) -> Option<String>| {
        if let (Some(before), after) = (of(before), of(after)) {
            lines.push(row(name, [before, after.unwrap_or_else(|| "–".into())]));
        }
    };
    both("answers", &|stated| Some(stated.counted.answers.to_string()));
    both("  cut off", &|stated| Some(stated.counted.cut.to_string()));
    both("  that state nothing", &|stated| Some(stated.counted.silent.to_string()));
    both("claims stated", &|stated| Some(stated.counted.claims.to_string()));
    both("doubts stated", &|stated| Some(stated.counted.doubts.to_string()));
    both("details in the context, by words", &|stated| stated.details.map(share));
    both("claims that the context supports", &|stated| stated.supported.map(share));
    both("claims that it contradicts", &|stated| stated.contradicted.map(share));
    let none = || String::new();
    lines.push(row("doubts in the place of a claim", [none(), share(*replacing)]));
    if let Some(right) = right_by_words {
        lines.push(row("  whose detail is not in the context", [none(), share(*right)]));
    }
    if let Some(right) = right_by_encoder {
        let name =
            if *labels == Some(3) { "  whose claim it does not support" } else { "  whose claim it contradicts" };
        lines.push(row(name, [none(), share(*right)]));
    }
    if *truncated > 0 {
        lines.push(format!("{truncated} pairs were longer than the encoder reads."));
    }
    lines.join("\n")
}

fn row(name: &str, [before, after]: [String; 2]) -> String {
    format!("{name:<36} {before:>14} {after:>14}")
}

fn share(share: Share) -> String {
    format!("{}/{} {}", share.good, share.of, percent(share.value(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use semgrad_scores::abstain::doubt::measure::Counted;

    #[test]
    fn only_what_was_judged_stands_in_the_table() {
        let counted = |claims, doubts| Counted { answers: 2, claims, doubts, ..Counted::default() };
        let stated = |claims, doubts| Stated { counted: counted(claims, doubts), ..Stated::default() };
        let found = Found { before: stated(9, 0), after: stated(7, 2), ..Found::default() };
        let text = table(&found);
        assert!(text.contains("claims stated") && !text.contains("context"), "{text}");
        let details = |good| Some(Share { of: 4, good });
        let found = Found {
            before: Stated { details: details(1), ..found.before },
            after: Stated { details: details(2), ..found.after },
            right_by_encoder: details(3),
            labels: Some(2),
            ..found
        };
        let text = table(&found);
        assert!(text.contains("2/4 50") && text.contains("whose claim it contradicts"), "{text}");
    }
}
