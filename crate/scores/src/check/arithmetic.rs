//! Calculations that are stated with their result: equations, chains of them, and words that stand for signs.

use super::cursor::Cursor;
use super::exact::{Exact, Interval, whole};
use super::expression::{Calculation, calculation, division};
use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of};
use super::said;
use super::stated::{ends, hedged, result_fault, shown};
use super::text::Text;
use std::ops::Range;

/// The faults of a text, and of a bare answer to a question that is a calculation.
pub fn faults(asked: &Text, text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    if is_another(&asked.tokens) {
        return found;
    }
    for sentence in text.stated().filter(|sentence| !is_another(sentence)) {
        let mut at = 0;
        while at < sentence.len() {
            match equation(sentence, at).or_else(|| said::equation(sentence, at)) {
                Some((end, fault)) => {
                    let repeated =
                        |fault: &Found| asked.raw.contains(text.slice(&(sentence[at].at.start..fault.at.end)));
                    found.extend(fault.filter(|fault| !text.is_quoted(&fault.at) && !repeated(fault)));
                    at = end.max(at + 1);
                }
                None => at += 1,
            }
        }
    }
    if found.is_empty() {
        found.extend(bare(asked, text));
    }
    found
}

/// Whether a text is about numbers that add up by other rules.
fn is_another(tokens: &[Token]) -> bool {
    const OTHERS: &str = "\
        binary hexadecimal hex octal boolean xor bitwise modulo modular mod overflow overflows unsigned \
        concatenation concatenate concatenates concatenated decibel decibels db clock int javascript \
        python vector vectors matrix ternary base-8 complement gf";
    tokens.iter().any(|token| token.is(OTHERS))
}

/// Words before which a formula does not begin, since they are part of it.
const PARTS: &str = "\
          sin cos tan log ln exp max min sqrt root factorial abs floor ceil f times plus minus over by \
          than version chapter x y z n a b c to from between page pages score won lost";

/// Whether a formula may begin at a place: nothing before belongs to it.
pub fn begins(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return true };
    let number = |token: Option<&Token>| {
        token.is_some_and(|token| matches!(token.what, What::Number(_) | What::Sign('%' | ')')))
    };
    match &before.what {
        What::Sign('$' | '€' | '£' | '(' | '√') => at == 1 || begins(tokens, at - 1),
        // Behind an equals sign only if what stands before it is no number: 3x = 31 − 7 = 24.
        What::Sign(sign) => !"+−–×÷/^≈%°±)".contains(*sign),
        What::Break => true,
        What::Number(_) => false,
        What::Word(word) if word == "and" || word == "of" => {
            let far = at.checked_sub(2).map(|far| &tokens[far]);
            let share = far.is_some_and(|token| {
                token.is("half third quarter thirds quarters root sum product average mean fifth tenth")
            });
            !number(far) && !share
        }
        // A letter with an index, a function of a number.
        What::Word(word) => {
            let letter = word.chars().count() == 1 && !matches!(word.as_str(), "a" | "i");
            !letter && !one_of(word, PARTS) && !word.starts_with('\\')
        }
    }
}

/// Words that say that what follows is the result.
const RELATIONS: &str = "\
    is equal to/are equal to/is exactly/equals/equal/gives us/gives/makes/yields/results in/comes to/\
    works out to/comes out to/is/are/leaves/totals/amounts to";

/// An equation that begins at a place: where it ends, and its fault.
fn equation(tokens: &[Token], at: usize) -> Option<(usize, Option<Found>)> {
    if !begins(tokens, at) {
        return None;
    }
    let mut cursor = Cursor::new(tokens, at);
    let mut left = calculation(&mut cursor)?;
    // A number alone says nothing by "=", but may begin a chain: 391 = 17 × 23.
    let mut running: Option<Interval> = None;
    let mut fault = None;
    let mut left_at = at;
    loop {
        let mut next = cursor;
        let (signed, mut near) = if next.sign('=') {
            (true, false)
        } else if next.sign('≈') {
            (true, true)
        } else if left.operations > 0 && next.any(RELATIONS) {
            (false, false)
        } else {
            break;
        };
        near |= hedged(&mut next);
        let from = next.at;
        let right = calculation(&mut next)?;
        if left.operations + right.operations == 0 || !ends(&next) || !signed && !plainly(&left, &right) {
            // `17 ÷ 5 = 3 remainder 2`.
            if let Some((end, found)) = remainder(&left, &right, next, from) {
                return Some((end, found));
            }
            return if signed && left.operations + right.operations == 0 { None } else { Some((next.at, None)) };
        }
        let checked = fits(&left, &right) && fault.is_none();
        if checked && !same(&left, &right, near) {
            // A person who goes on from the last result: 5 + 3 = 8 + 2 = 10.
            let goes_on = first(tokens, from).is_some_and(|first| first.agrees(&left.value, near));
            if goes_on {
                running = Some(right.value.clone());
            } else if running.as_ref().is_none_or(|running| !equals(&right, running, near)) {
                fault = told(tokens, left_at, from, &next, &left, &right);
            }
        }
        (left, cursor, left_at) = (right, next, from);
    }
    (left_at > at).then_some((cursor.at, fault))
}

/// The first number from a place on.
fn first(tokens: &[Token], at: usize) -> Option<&super::number::Number> {
    tokens[at..].iter().take(2).find_map(|token| match &token.what {
        What::Number(number) => Some(number),
        _ => None,
    })
}

/// Whether words that say "is" stand between a calculation and its result, and not between a score or a date and something.
fn plainly(left: &Calculation, right: &Calculation) -> bool {
    left.operations > 0 && !left.close && right.number.is_some() && right.operations == 0
}

/// Whether the units of two sides let their numbers be compared.
fn fits(left: &Calculation, right: &Calculation) -> bool {
    let named = |side: &Calculation| side.units.iter().filter(|unit| !unit.is_empty()).cloned().collect::<Vec<_>>();
    let (units, results) = (named(left), named(right));
    // 50 + 10 %: a pocket calculator takes that for a discount.
    let mixed = |side: &Calculation| side.sum && side.percent == (true, true);
    if mixed(left) || mixed(right) {
        return false;
    }
    let stem = |unit: &String| unit.trim_end_matches('s').to_string();
    let like = |one: &String, other: &String| {
        stem(one) == stem(other) || other.starts_with(stem(one).as_str()) || one.starts_with(stem(other).as_str())
    };
    if left.product || right.product {
        // 16 bytes × 8 = 128 bits: another unit of the same kind, where the numbers have to agree, or the quantities.
        if let ([unit], [result]) = (&units[..], &results[..])
            && let (Some(from), Some(to)) = (super::units::find(unit), super::units::find(result))
            && from.dimension == to.dimension
        {
            let sizes = |unit: &super::units::Unit| super::units::sizes(unit).next();
            let quantity =
                sizes(from).zip(sizes(to)).and_then(|(from, to)| left.value.times(&Interval::exactly(from / to)));
            return !quantity.is_some_and(|quantity| equals(right, &quantity, false));
        }
        results.is_empty()
            || units.is_empty()
            || results.iter().all(|result| units.iter().any(|unit| like(result, unit)))
    } else {
        let all: Vec<&String> = units.iter().chain(&results).collect();
        let alike = all.iter().all(|unit| all.iter().all(|other| like(unit, other)));
        // Two meters and five are neither.
        alike && (units.is_empty() || units.len() == left.units.len())
    }
}

/// Whether two sides are equal, one of them being a result.
fn same(left: &Calculation, right: &Calculation, near: bool) -> bool {
    // Decimals that are only added are what they are, where the result has as many.
    let plain = |side: &Calculation| side.sum && !side.product && !side.step.1 && side.operations <= 3;
    for (side, result) in [(left, right), (right, left)] {
        if let Some(number) = &result.number
            && plain(side)
            && !near
            && !side.percent.0
            && number.step <= side.step.0
        {
            return number.value == side.value.point;
        }
    }
    // A result that is finer than what it is made of: its parts were rounded when they were written.
    let finer = |side: &Calculation, result: &Calculation| {
        let step = result.number.as_ref().map(|number| number.step);
        side.product
            && step.is_some_and(|step| step < side.step.0 && side.step.0 < whole(1))
            && super::number::within(side.value.point, result.value.point, Exact::new(1, 20))
    };
    equals(right, &left.value, near) || equals(left, &right.value, near) || finer(left, right) || finer(right, left)
}

/// Whether one side states a value: as it is, or as a percentage without its sign.
fn equals(side: &Calculation, value: &Interval, near: bool) -> bool {
    let Some(number) = &side.number else {
        let apart = side.value.low > value.high || side.value.high < value.low;
        return !apart || near && super::number::within(side.value.point, value.point, Exact::new(1, 10));
    };
    if side.percent.0 {
        // In hundredths, where its digits count.
        let hundred = Interval::exactly(whole(100));
        let scaled = value.times(&hundred);
        return scaled.is_none_or(|scaled| number.agrees(&scaled, near)) || number.agrees(value, near);
    }
    number.agrees(value, near)
}

/// `17 ÷ 5 = 3 remainder 2`.
fn remainder(
    left: &Calculation,
    right: &Calculation,
    mut cursor: Cursor,
    from: usize,
) -> Option<(usize, Option<Found>)> {
    cursor.phrase("with");
    cursor.phrase("a");
    if !cursor.any("remainder of/remainder/r/rem") {
        return None;
    }
    let stated = (right.number.as_ref()?.integer()?, cursor.number()?.integer()?);
    if left.operations != 1 || !left.product || !left.value.is_exact() {
        return Some((cursor.at, None));
    }
    // The two numbers again, from the tokens of the left side.
    let numbers: Vec<i128> = cursor.tokens[..from]
        .iter()
        .rev()
        .filter_map(|token| match &token.what {
            What::Number(number) => Some(number.integer()),
            _ => None,
        })
        .take(2)
        .collect::<Option<_>>()?;
    let [by, number] = numbers[..] else { return Some((cursor.at, None)) };
    let exact = division(number, by)?;
    if exact == stated || left.value.point != Exact::new(number, by) {
        return Some((cursor.at, None));
    }
    let meant = format!("{} remainder {}", exact.0, exact.1);
    let message = format!("{number} ÷ {by} is {meant}.");
    Some((cursor.at, Some(Found { kind: FaultKind::Arithmetic, at: cursor.bytes(from), meant: Some(meant), message })))
}

/// The bytes from a token on, without the words behind the last number.
fn numbers(end: &Cursor, from: usize) -> Range<usize> {
    let word = |at: &usize| matches!(end.tokens[*at].what, What::Word(_));
    let last = (from + 1..end.at).rev().find(|at| !word(at)).unwrap_or(from);
    Cursor::new(end.tokens, last + 1).bytes(from)
}

/// The fault in a sentence.
fn told(
    tokens: &[Token],
    at: usize,
    from: usize,
    end: &Cursor,
    left: &Calculation,
    right: &Calculation,
) -> Option<Found> {
    // The side that is a number is the result; of two calculations nobody knows which is wrong.
    let (result, other, place) = match (&right.number, &left.number) {
        (Some(_), _) => (right, left, numbers(end, from)),
        (None, Some(_)) => {
            let mut cursor = Cursor::new(tokens, at);
            calculation(&mut cursor)?;
            (left, right, cursor.bytes(at))
        }
        _ => {
            let message = format!("The two sides are {} and {}.", shown(&left.value, 4)?, shown(&right.value, 4)?);
            return Some(Found { kind: FaultKind::Arithmetic, at: numbers(end, from), meant: None, message });
        }
    };
    Some(result_fault(place, result, &other.value))
}

/// A question that is nothing but a calculation, and an answer that states one number.
fn bare(asked: &Text, text: &Text) -> Option<Found> {
    let sentence = asked.sentences.first().filter(|_| asked.sentences.len() == 1)?;
    let tokens = &asked.tokens[sentence.clone()];
    let (value, mut cursor) = (0..tokens.len()).find_map(|at| {
        let lead = tokens[..at].iter().all(|token| {
            token.is("what is what's whats calculate compute how much solve evaluate please work out the")
        });
        let mut cursor = Cursor::new(tokens, at);
        let value = lead.then(|| {
            calculation(&mut cursor).filter(|value| value.operations > 0).map(|value| value.value).or_else(|| {
                cursor.at = at;
                said::value(&mut cursor)
            })
        })??;
        Some((value, cursor))
    })?;
    cursor.sign('=');
    cursor.any("equal to/equals/equal");
    while cursor.sign('?') || cursor.sign('.') {}
    if cursor.peek().is_some() {
        return None;
    }
    // The first sentence alone, with one number that the question does not have.
    let stated = text.stated().next()?;
    let numbers: Vec<usize> = (0..stated.len())
        .filter(|&at| matches!(&stated[at].what, What::Number(number) if !has(tokens, number)))
        .collect();
    let [at] = numbers[..] else { return None };
    let plain = stated.iter().all(|token| match &token.what {
        What::Word(word) => one_of(
            word,
            "\
            the answer result is it it's that's that equals equal to product sum difference quotient \
            final of times and plus minus divided multiplied by would be sure square root so",
        ),
        What::Sign(sign) => !matches!(sign, '–' | '/' | '≈' | '^' | '%'),
        _ => true,
    });
    let mut cursor = Cursor::new(stated, at);
    let right = calculation(&mut cursor)?;
    let number = right.number.as_ref()?;
    let minus = at > 0 && stated[at - 1].what == What::Sign('−');
    if !plain || !ends(&cursor) || minus || number.agrees(&value, false) {
        return None;
    }
    Some(result_fault(cursor.bytes(at), &right, &value))
}

fn has(tokens: &[Token], number: &super::number::Number) -> bool {
    tokens.iter().any(|token| matches!(&token.what, What::Number(other) if other.value == number.value))
}
