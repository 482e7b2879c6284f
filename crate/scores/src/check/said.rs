//! Calculations in words alone: the sum of some numbers, their average, a number increased by a share.

use super::cursor::Cursor;
use super::exact::{Exact, Interval, whole};
use super::expression::{calculation, mean};
use super::fault::Found;
use super::lexer::{Token, What};
use super::stated::{ends, hedged, result_fault};

/// Such a calculation with its result, from a place on: where it ends, and its fault.
pub fn equation(tokens: &[Token], at: usize) -> Option<(usize, Option<Found>)> {
    let mut cursor = Cursor::new(tokens, at);
    let value = value(&mut cursor)?;
    let signed = cursor.sign('=');
    if !signed && !cursor.any("is equal to/equals/is/comes to/gives/would be/works out to") {
        return None;
    }
    let near = hedged(&mut cursor);
    let from = cursor.at;
    let result = calculation(&mut cursor)?;
    // A result that is worked out on the way (3 + 4 + 5 = 12) is checked where it stands.
    let number = result.number.as_ref().filter(|_| ends(&cursor))?;
    let scaled = match result.percent.0 {
        true => value.times(&Interval::exactly(whole(100)))?,
        false => value,
    };
    if number.agrees(&scaled, near) {
        return Some((cursor.at, None));
    }
    let value = if result.percent.0 { scaled.times(&Interval::exactly(Exact::new(1, 100)))? } else { scaled };
    Some((cursor.at, Some(result_fault(cursor.bytes(from), &result, &value))))
}

/// The value of such a calculation.
pub fn value(cursor: &mut Cursor) -> Option<Interval> {
    let start = cursor.at;
    cursor.phrase("the");
    for (names, many) in [
        ("sum of/total of", Many::Sum),
        ("product of", Many::Product),
        ("average of/mean of", Many::Mean),
        ("difference between/difference of", Many::Difference),
    ] {
        if cursor.any(names) {
            // "the numbers 3, 4 and 5".
            cursor.any("the numbers/numbers/the");
            return many.of(&list(cursor)?);
        }
    }
    cursor.at = start;
    if let Some(value) = told(cursor) {
        return Some(value);
    }
    cursor.at = start;
    let first = plain(cursor)?;
    if first.percent && cursor.any("off of/off") {
        let of = plain(cursor).filter(|of| !of.percent)?;
        return changed(&of.value, &first.value.negative());
    }
    if first.percent {
        return None;
    }
    let sign = if cursor.phrase("increased by") {
        1
    } else if cursor.any("decreased by/reduced by") {
        -1
    } else {
        return None;
    };
    let by = plain(cursor)?;
    let by_value = if sign < 0 { by.value.negative() } else { by.value };
    if by.percent { changed(&first.value, &by_value) } else { first.value.plus(&by_value) }
}

/// "Subtract 5 from 12", "add 3 and 4".
fn told(cursor: &mut Cursor) -> Option<Interval> {
    let verb = cursor.word()?;
    cursor.at += 1;
    let first = plain(cursor)?.value;
    let joint = cursor.word()?;
    cursor.at += 1;
    let second = plain(cursor)?.value;
    match (verb, joint) {
        ("add", "and" | "to") => first.plus(&second),
        ("subtract", "from") => second.plus(&first.negative()),
        ("multiply", "by" | "and" | "with") => first.times(&second),
        ("divide", "by") => first.times(&second.inverse()?),
        _ => None,
    }
}

/// A value and a share of it.
fn changed(value: &Interval, share: &Interval) -> Option<Interval> {
    value.times(&Interval::exactly(whole(1)).plus(share)?)
}

struct Plain {
    value: Interval,
    percent: bool,
}

fn plain(cursor: &mut Cursor) -> Option<Plain> {
    let currency = ['$', '€', '£', '¥'].into_iter().any(|sign| cursor.sign(sign));
    let value = cursor.number().filter(|number| !number.ordinal)?.interval()?;
    let percent = !currency && cursor.sign('%');
    let value = if percent { value.times(&Interval::exactly(Exact::new(1, 100)))? } else { value };
    Some(Plain { value, percent })
}

/// Numbers with commas or "and" between them, two or more.
fn list(cursor: &mut Cursor) -> Option<Vec<Interval>> {
    let mut values = vec![plain(cursor)?.value];
    loop {
        let mut next = *cursor;
        let comma = next.sign(',');
        if !next.phrase("and") && !comma {
            break;
        }
        let minus = next.sign('−');
        let Some(number) = plain(&mut next) else { break };
        // Three meters and two feet are no plain numbers.
        if number.percent {
            return None;
        }
        values.push(if minus { number.value.negative() } else { number.value });
        *cursor = next;
    }
    let goes_on =
        cursor.peek().is_some_and(|token| matches!(token.what, What::Sign('+' | '×' | '/' | '−' | '–' | '%' | '^')));
    (values.len() > 1 && !goes_on).then_some(values)
}

#[derive(Clone, Copy)]
enum Many {
    Sum,
    Product,
    Mean,
    Difference,
}

impl Many {
    fn of(self, values: &[Interval]) -> Option<Interval> {
        let zero = Interval::exactly(whole(0));
        match self {
            Self::Sum => values.iter().try_fold(zero, |sum, value| sum.plus(value)),
            Self::Product => values.iter().try_fold(Interval::exactly(whole(1)), |all, value| all.times(value)),
            Self::Mean => mean(values),
            Self::Difference => match values {
                // Which is taken from which is not said.
                [one, other] if one.point >= other.point => one.plus(&other.negative()),
                [one, other] => other.plus(&one.negative()),
                _ => None,
            },
        }
    }
}
