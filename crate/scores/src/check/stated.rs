//! What stands around a stated number: words that make it about right, what ends it, and what it should have been.

use super::cursor::Cursor;
use super::exact::{Interval, whole, written};
use super::expression::Calculation;
use super::fault::{FaultKind, Found};
use super::lexer::{What, one_of};
use std::ops::Range;

/// Words that make a number about right.
pub const HEDGES: &str = "\
    about/approximately/roughly/around/nearly/almost/approx/circa/just over/just under/close to/over/under/\
    more than/less than/slightly more than/slightly less than/some/at least/at most/up to";

/// Takes words that make the next number about right.
pub fn hedged(cursor: &mut Cursor) -> bool {
    let mut near = false;
    loop {
        if cursor.sign('≈') || cursor.any(HEDGES) {
            near = true;
            // "approx."
            cursor.sign('.');
        } else if !cursor.any(
            "\
            exactly/a total of/just/only/simply/precisely/also/then/therefore/thus/still/actually",
        ) {
            return near;
        }
    }
}

/// Whether what follows a result is not part of it.
pub fn ends(cursor: &Cursor) -> bool {
    let Some(next) = cursor.peek() else { return true };
    match &next.what {
        What::Break => true,
        What::Sign(sign) => {
            // A picture ends it, too.
            !"+−–×÷/^%°√±[$€£¥&@#_".contains(*sign) && !following(cursor)
        }
        What::Number(_) => false,
        What::Word(word) => {
            let variable = word.chars().count() == 1 && !matches!(word.as_str(), "a") || word.starts_with('\\');
            !next.tight
                && !variable
                && !one_of(
                    word,
                    "\
                    remainder mod modulo o'clock am pm times plus minus divided with base point percent \
                    dozen hundred squared cubed or degrees and to x per in rem",
                )
        }
    }
}

/// A stop or comma that a number leans on from behind: the text was cut apart ("63. 2 %").
fn following(cursor: &Cursor) -> bool {
    let after = cursor.tokens.get(cursor.at + 1);
    let sign = cursor.peek().is_some_and(|token| matches!(token.what, What::Sign('.' | ',')));
    sign && after.is_some_and(|token| token.tight && matches!(token.what, What::Number(_)))
}

/// What a stated result should have been.
pub fn result_fault(at: Range<usize>, result: &Calculation, value: &Interval) -> Found {
    let decimals = result.number.as_ref().map_or(2, |number| number.decimals().max(2));
    let currency = result.units.first().filter(|unit| matches!(unit.as_str(), "$" | "€" | "£" | "¥"));
    let percent = result.percent.0;
    let value = if percent { value.times(&Interval::exactly(whole(100))) } else { Some(value.clone()) };
    let meant = value
        .and_then(|value| shown(&value, decimals))
        .map(|value| format!("{}{value}{}", currency.map_or("", String::as_str), if percent { " %" } else { "" }));
    let message = match &meant {
        Some(meant) => format!("The result is {meant}."),
        None => "The result is another one.".into(),
    };
    Found { kind: FaultKind::Arithmetic, at, meant, message }
}

/// A value in as many digits as it needs, and at most `decimals` after its point.
pub fn shown(value: &Interval, decimals: i32) -> Option<String> {
    written(value.point, decimals)
}
