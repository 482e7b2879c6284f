//! "I am not sure when …": a date at either end of a clause in the past is dropped.

use super::clause::is_past;
use super::date;
use super::detail::{Doubt, Kind, doubt, inside};
use super::words::{Seen, Word};

/// The doubt that is left of a claim without its date.
pub fn when(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    let (date, clause, begins) = match date::last(words) {
        Some(date) => {
            let clause = &words[..date.whole.start];
            (date, clause, begins)
        }
        None => {
            let date = date::first(words)?;
            let clause = &words[date.whole.end..];
            (date, clause, false)
        }
    };
    if !is_past(clause) {
        return None;
    }
    doubt(&["when", &inside(clause, begins, seen)?], &words[date.core], Kind::Date)
}

/// The words of a claim without its date.
pub fn undated<'a, 'b>(words: &'b [Word<'a>]) -> Option<&'b [Word<'a>]> {
    match date::last(words) {
        Some(date) => Some(&words[..date.whole.start]),
        None => date::first(words).map(|date| &words[date.whole.end..]),
    }
}
