//! Faults of an answer that can be found without knowing anything: a sum that does not add up, a date on the wrong day of
//! the week, a conversion, a count, a number stated twice differently, words that nobody said.
//!
//! Exact or silent: what a reader here cannot take in completely is left alone, and so is what is said to be supposed,
//! mistaken or told by others. Rounding counts as right wherever a careful person would take it so.
//!
//! A text is read once (`text`, by `lexer` and `number`), and patterns are read from it with a `cursor`: calculations
//! (`expression`), dates (`dates`), units (`units`). Then each kind of fault has its file: `arithmetic` (with `said`, for
//! calculations in words alone), `total`, `date`, `unit`, `count`, `announced`, `contradiction`, `quotation`.

mod announced;
mod arithmetic;
mod contradiction;
mod count;
mod cursor;
mod date;
mod dates;
mod exact;
mod expression;
mod fault;
mod lexer;
mod number;
mod quotation;
mod said;
mod stated;
#[cfg(test)]
mod tests;
mod text;
mod total;
mod unit;
mod units;

use fault::Found;
pub use fault::{Fault, FaultKind};
use text::Text;

/// Most bytes of an answer that is checked: longer ones are no answers, and some checks compare every sentence with every other.
pub const LONGEST: usize = 40_000;

/// The faults of an answer to `question`, in the order of the text. `context` is whatever else was said or shown: earlier
/// turns, a document.
pub fn check(question: &str, answer: &str, context: &str) -> Vec<Fault> {
    if answer.len() > LONGEST {
        return Vec::new();
    }
    let (asked, text) = (Text::read(question), Text::read(answer));
    let mut found = Vec::new();
    found.extend(arithmetic::faults(&asked, &text));
    found.extend(total::faults(&text));
    found.extend(date::faults(&asked, &text));
    found.extend(unit::faults(&asked, &text));
    found.extend(count::faults(&asked, &text));
    found.extend(announced::faults(&text));
    found.extend(contradiction::faults(&text));
    found.extend(quotation::faults(&text, question, context));
    found.sort_by_key(|fault: &Found| (fault.at.start, fault.at.end));
    // One place, one fault: what two checks see is the same mistake.
    found.dedup_by(|next, first| next.at.start < first.at.end);
    let units = |at: usize| answer[..at].encode_utf16().count();
    let fault = |found: Found| Fault {
        kind: found.kind,
        at: [units(found.at.start), units(found.at.end)],
        said: answer[found.at].to_string(),
        meant: found.meant,
        message: found.message,
    };
    found.into_iter().map(fault).collect()
}
