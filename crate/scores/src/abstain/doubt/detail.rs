//! A doubt made of a claim.

use super::words::{Seen, Word};
use serde::Serialize;
use std::ops::Range;

/// What kind of detail a claim lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// When something was.
    Date,
    /// How many, how long, how large.
    Number,
    /// Who, where or what.
    Name,
}

/// A sentence that states a doubt, and what it no longer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The sentence.
    pub text: String,
    /// Bytes of the claim that say the detail.
    pub dropped: Range<usize>,
    /// What kind of detail it is.
    pub kind: Kind,
}

/// "I am not sure …" with these parts, of which words that are none leave no gap.
pub fn doubt(parts: &[&str], dropped: &[Word], kind: Kind) -> Option<Doubt> {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    let dropped = dropped.first()?.range.start..dropped.last()?.range.end;
    let said = parts.join(" ");
    // An abbreviation at the end brings its own point.
    let stop = if said.ends_with('.') { "" } else { "." };
    Some(Doubt { text: format!("I am not sure {said}{stop}"), dropped, kind })
}

/// Some words as they stand inside a sentence; `begins` where the first of them is the first of its sentence.
pub fn inside(words: &[Word], begins: bool, seen: &Seen) -> Option<String> {
    let Some((first, rest)) = words.split_first() else { return Some(String::new()) };
    let first = if begins { seen.inside(first)? } else { first.text.to_owned() };
    Some(rest.iter().fold(first, |text, word| text + " " + word.text))
}
