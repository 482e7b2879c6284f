//! Conversions: one quantity stated in two units.

use super::cursor::Cursor;
use super::exact::{Exact, ten, whole, written};
use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of};
use super::number::{Number, within};
use super::stated::hedged;
use super::text::Text;
use super::units::{self, Dimension, Unit};
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, Zero};

/// The faults of a text, and of a bare answer to a question that asks for a conversion.
pub fn faults(asked: &Text, text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    for sentence in text.stated() {
        let mut at = 0;
        while at < sentence.len() {
            found.extend(conversion(sentence, at));
            // Of 5 feet 10 inches the inches are no quantity by themselves.
            let mut cursor = Cursor::new(sentence, at);
            at = quantity(&mut cursor).map_or(at + 1, |_| cursor.at.max(at + 1));
        }
    }
    found.extend(tables(text));
    if found.is_empty() {
        found.extend(bare(asked, text));
    }
    found
}

/// Rows of a table that have one quantity in two units each: where one row is right, it is a table of conversions.
fn tables(text: &Text) -> Vec<Found> {
    let (mut found, mut right) = (Vec::new(), 0);
    for line in text.tokens.split(|token| token.what == What::Break) {
        let Some((one, two, end)) = row(line) else { continue };
        match fault(&one, &two, false, false, false, &end) {
            Some(fault) => found.push(fault),
            None => right += 1,
        }
    }
    if right == 0 { Vec::new() } else { found }
}

/// A row of two cells that are quantities.
fn row(line: &[Token]) -> Option<(Quantity, Quantity, Cursor<'_>)> {
    let mut cursor = Cursor::new(line, 0);
    if !cursor.sign('|') {
        return None;
    }
    let one = quantity(&mut cursor)?;
    if !cursor.sign('|') {
        return None;
    }
    let two = quantity(&mut cursor)?;
    let end = cursor;
    let alike = one.unit.dimension == two.unit.dimension && !std::ptr::eq(one.unit, two.unit);
    (cursor.sign('|') && cursor.peek().is_none() && alike).then_some((one, two, end))
}

/// A quantity as it is written.
#[derive(Clone)]
struct Quantity {
    /// The number, of several parts (5 ft 10 in) in the first one's unit.
    number: Number,
    unit: &'static Unit,
    /// "a mile", "one mile", "1 mile": what a definition begins with.
    single: bool,
    /// Which of its unit's sizes is meant, where the text says so: of the United States, imperial.
    size: Option<usize>,
    /// Its first token.
    start: usize,
}

/// Takes a unit.
fn unit(cursor: &mut Cursor) -> Option<&'static Unit> {
    named_unit(cursor).map(|(unit, _)| unit)
}

/// Takes a unit, with the place among its sizes of the one that is meant, if the text says so.
fn named_unit(cursor: &mut Cursor) -> Option<(&'static Unit, Option<usize>)> {
    let mut next = *cursor;
    if next.sign('°') {
        let name = format!("°{}", next.word()?);
        let unit = units::find(&name)?;
        next.at += 1;
        *cursor = next;
        return Some((unit, None));
    }
    let size = if cursor.any("us/american") {
        Some(0)
    } else if cursor.any("imperial/british/uk") {
        Some(1)
    } else {
        cursor.any("metric/standard/statute/short/long");
        None
    };
    next = *cursor;
    let word = |at: usize| {
        cursor.tokens.get(cursor.at + at).and_then(|token| match &token.what {
            What::Word(word) => Some(word.as_str()),
            _ => None,
        })
    };
    let slash = cursor.tokens.get(cursor.at + 1).is_some_and(|token| token.what == What::Sign('/') && token.tight);
    let first = word(0)?;
    let names = [
        (word(1).zip(word(2)).map(|(second, third)| format!("{first} {second} {third}")), 3),
        (slash.then(|| word(2)).flatten().map(|second| format!("{first}/{second}")), 3),
        (word(1).map(|second| format!("{first} {second}")), 2),
        (Some(first.to_string()), 1),
    ];
    let (unit, taken) = names.into_iter().find_map(|(name, taken)| Some((units::find(&name?)?, taken)))?;
    // dollars/hour, km/l: another unit than its first half.
    if taken == 1 && (slash || matches!(first, "c" | "f")) {
        return None;
    }
    next.at += taken;
    // `in` is a word before it is an inch; then a stop, a bracket or a sign follows.
    if first == "in" && taken == 1 {
        let ends = next.peek().is_none_or(|token| {
            matches!(token.what, What::Sign('.' | ')' | '(' | '=' | ',' | '≈' | '|') | What::Break)
        });
        if !ends {
            return None;
        }
    }
    // m^2, m².
    if next.peek().is_some_and(|token| token.what == What::Sign('^')) {
        return None;
    }
    // "ft.", "in." within the sentence.
    let stop = next.peek().is_some_and(|token| token.tight && token.what == What::Sign('.'));
    if stop && first.len() <= 4 && next.tokens.get(next.at + 1).is_some_and(|token| token.what != What::Break) {
        next.at += 1;
    }
    *cursor = next;
    // The cups and spoons of the United States come first, those of others in no order.
    Some((unit, size.filter(|&size| size < unit.sizes.len() && (size == 0 || unit.sizes.len() == 2))))
}

/// Takes a quantity.
fn quantity(cursor: &mut Cursor) -> Option<Quantity> {
    let mut next = *cursor;
    let start = next.at;
    let single = next.any("a/an/one full/each/every");
    let minus = !single && next.sign('−');
    let number = match single {
        true => Number::whole(1),
        false => next.number().filter(|number| !number.ordinal)?.clone(),
    };
    let number = if minus { Number { value: -number.value, ..number } } else { number };
    let (unit, size) = named_unit(&mut next)?;
    let single = single || number.value == whole(1);
    let mut quantity = Quantity { number, unit, single, size, start };
    // 5 feet 10 inches, 1 hour and 30 minutes.
    loop {
        let mut more = next;
        more.phrase("and");
        let Some(part) = more
            .number()
            .filter(|part| !part.ordinal && !part.word || quantity.unit.dimension == Dimension::Time)
            .cloned()
        else {
            break;
        };
        let Some(smaller) = self::unit(&mut more)
            .filter(|smaller| smaller.dimension == quantity.unit.dimension && smaller.sizes.len() == 1)
        else {
            break;
        };
        let (size, own) = (units::sizes(smaller).next()?, units::sizes(quantity.unit).next()?);
        if quantity.unit.sizes.len() != 1 || size >= own || smaller.dimension == Dimension::Temperature {
            return None;
        }
        let added = part.value.checked_mul(&size)?.checked_div(&own)?;
        let step = part.step.checked_mul(&size)?.checked_div(&own)?;
        quantity.number = Number {
            value: quantity.number.value.checked_add(&added)?,
            step,
            rounded: part.rounded,
            ..quantity.number
        };
        quantity.single = false;
        next = more;
    }
    *cursor = next;
    Some(quantity)
}

/// What makes a number part of something else: a range, a product, a price.
fn bound(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| match &before.what {
        What::Sign(sign) => matches!(sign, '–' | '−' | '×' | '/' | '$' | '€' | '£' | '+' | '÷' | '^' | '±' | '='),
        // Only between two numbers.
        What::Word(word) if one_of(word, "to and by x or") => {
            tokens[at.saturating_sub(5)..at].iter().any(|token| matches!(token.what, What::Number(_)))
        }
        What::Word(word) => one_of(word, "plus times between minus per another every half quarter third"),
        What::Number(_) => true,
        What::Break => false,
    })
}

const JOINTS: &str = "\
    is equal to/are equal to/is equivalent to/are equivalent to/is the same as/is the same distance as/equals/\
    equal/converts to/comes to/works out to/comes out to/corresponds to/translates to/amounts to/is exactly/\
    is/are/makes/make/contains/contain/has/have/consists of/weighs/works out at/comes out at";

/// Words beside which temperatures may be differences.
const STEPS: &str = "\
    rise rises rose warming warmer cooler colder hotter increase increased difference drop dropped change by above \
    below within higher lower every each per of";

/// What joins two quantities.
struct Joint {
    /// The second one is about right.
    near: bool,
    /// The first one may have been rounded from the second.
    loose: bool,
    /// A sign of equality.
    equal: bool,
}

/// A conversion that begins at a token, and its fault.
fn conversion(sentence: &[Token], at: usize) -> Option<Found> {
    // Troy ounces are others.
    if bound(sentence, at) || sentence.iter().any(|token| token.is("troy")) {
        return None;
    }
    let mut cursor = Cursor::new(sentence, at);
    let near = at > 0 && {
        let mut before = Cursor::new(sentence, at - 1);
        hedged(&mut before) && before.at == at
    };
    let one = quantity(&mut cursor)?;
    // "1 terabyte (TB) is".
    let mut name = cursor;
    if name.sign('(') && unit(&mut name).is_some() && name.sign(')') {
        cursor = name;
    }
    let Some(mut joint) = joint(&mut cursor) else { return inverse(sentence, at, &one, cursor) };
    joint.near |= near | hedged(&mut cursor);
    let two = quantity(&mut cursor)?;
    if one.unit.dimension != two.unit.dimension || std::ptr::eq(one.unit, two.unit) || !ends(&cursor) {
        return None;
    }
    let steps = sentence.iter().any(|token| token.is(STEPS));
    fault(&one, &two, joint.near, joint.loose, steps, &cursor)
        .or_else(|| if joint.equal && !joint.near { uneven(&one, &two, &cursor) } else { None })
}

/// Takes what joins two quantities.
fn joint(cursor: &mut Cursor) -> Option<Joint> {
    let joint = |near, loose, equal| Some(Joint { near, loose, equal });
    if cursor.sign('(') {
        cursor.any("or/which is/that is/i/equal to/equivalent to");
        cursor.sign('=');
        return joint(false, true, false);
    }
    let mut next = *cursor;
    if next.sign(',') {
        const MORE: &str = "or/which is/that is/which equals/which is equal to/which converts to/equivalent to";
        let joined = next.any(JOINTS) || next.any(MORE);
        *cursor = next;
        return if joined { joint(false, true, false) } else { None };
    }
    // "A 10-mile race is", "3 ounces of chocolate is".
    let of = next.phrase("of");
    if (of || cursor.before().is_some_and(|unit| unit.tight && matches!(unit.what, What::Word(_))))
        && next.word().is_some()
    {
        next.at += 1;
        if next.any(JOINTS) {
            *cursor = next;
            return joint(false, false, false);
        }
    }
    if cursor.sign('=') {
        joint(false, false, true)
    } else if cursor.sign('≈') {
        joint(true, false, false)
    } else if cursor.any(JOINTS) {
        joint(false, false, false)
    } else {
        None
    }
}

/// The fault of two small whole numbers around "=", of which the second is rounded at most to the nearest.
fn uneven(one: &Quantity, two: &Quantity, end: &Cursor) -> Option<Found> {
    let exact = converted(one.number.value, one, two);
    let value = *exact.first().filter(|value| value.is_integer() && value.abs() < whole(100))?;
    let whole = two.number.integer().is_some() && one.number.integer().is_some();
    if whole && exact.iter().all(|value| *value != two.number.value) { told(two, value, end) } else { None }
}

/// "There are 12 inches in a foot."
fn inverse(sentence: &[Token], at: usize, two: &Quantity, mut cursor: Cursor) -> Option<Found> {
    let there = at >= 2 && Cursor::new(sentence, at - 2).any("there are/there is")
        || at >= 3 && Cursor::new(sentence, at - 3).any("there are exactly/there are only");
    if !there {
        return None;
    }
    let end = cursor;
    if !cursor.any("in/to/per/within") {
        return None;
    }
    cursor.any("every/each/one");
    let one = match unit(&mut Cursor { ..cursor }) {
        Some(unit) => {
            let start = cursor.at;
            self::unit(&mut cursor)?;
            Quantity { number: Number::whole(1), unit, single: true, size: None, start }
        }
        None => quantity(&mut cursor)?,
    };
    if one.unit.dimension != two.unit.dimension || std::ptr::eq(one.unit, two.unit) || !ends(&cursor) {
        return None;
    }
    fault(&one, two, false, false, false, &end)
}

/// Whether a quantity ends here, and nothing says that it is something else.
fn ends(cursor: &Cursor) -> bool {
    cursor.peek().is_none_or(|token| match &token.what {
        What::Break => true,
        What::Sign(sign) => matches!(sign, '.' | ',' | ';' | ')' | '(' | ':' | '!' | '"' | '|' | '•' | ']'),
        What::Word(word) => one_of(word, "so because while long tall high wide deep in total and exactly"),
        What::Number(_) => false,
    })
}

/// What a number of one unit is in another one, for each meaning that the two have.
fn converted(value: Exact, one: &Quantity, two: &Quantity) -> Vec<Exact> {
    let (from, to) = (one.unit, two.unit);
    if from.dimension == Dimension::Temperature {
        let absolute = units::celsius(value, from).and_then(|celsius| units::of_celsius(celsius, to));
        return absolute.into_iter().collect();
    }
    let mut values = Vec::new();
    let meant = |quantity: &Quantity, at: usize| quantity.size.is_none_or(|size| size == at);
    for (_, size) in units::sizes(from).enumerate().filter(|(at, _)| meant(one, *at)) {
        for (_, other) in units::sizes(to).enumerate().filter(|(at, _)| meant(two, *at)) {
            values.extend(value.checked_mul(&size).and_then(|value| value.checked_div(&other)));
        }
    }
    values
}

/// A step between two temperatures in another unit.
fn step(value: Exact, from: &Unit, to: &Unit) -> Option<Exact> {
    let zero = units::of_celsius(units::celsius(whole(0), from)?, to)?;
    units::of_celsius(units::celsius(value, from)?, to)?.checked_sub(&zero)
}

/// The fault of a second quantity; `loose`: the first may have been rounded from it; `steps`: temperatures may be differences.
fn fault(one: &Quantity, two: &Quantity, near: bool, loose: bool, steps: bool, end: &Cursor) -> Option<Found> {
    let values = converted(one.number.value, one, two);
    let back = converted(two.number.value, two, one);
    let temperature = one.unit.dimension == Dimension::Temperature;
    let agrees = |stated: &Number, single: bool, exact: &Exact, other: &Number| {
        if temperature { warm(stated, *exact, near) } else { close(stated, *exact, other, single, near) }
    };
    let fits = values.iter().any(|value| agrees(&two.number, one.single, value, &one.number))
        || loose
            && !one.single
            && !temperature
            && back.iter().any(|value| {
                within(one.number.value, *value, Exact::new(1, 20))
                    && agrees(&one.number, two.single, value, &two.number)
            })
        || temperature
            && steps
            && step(one.number.value, one.unit, two.unit).is_none_or(|value| warm(&two.number, value, near));
    told(two, *values.first().filter(|_| !fits)?, end)
}

/// What is wrong with a quantity, and what it is.
fn told(two: &Quantity, value: Exact, end: &Cursor) -> Option<Found> {
    let place = end.bytes(two.start);
    // The unit as it was written, behind another number.
    let digits = if value.abs() >= whole(100) {
        0
    } else if value.abs() >= whole(10) {
        1
    } else {
        2
    };
    let number_end = end.tokens.get(two.start).map(|token| token.at.end)?;
    let digits = if (value / ten(-digits)?).is_integer() || two.number.decimals() < digits {
        digits
    } else {
        two.number.decimals().max(digits)
    };
    let meant = written(value, digits)?;
    let at = end.tokens.get(two.start)?.at.start..number_end.max(place.start);
    let message = format!("The conversion gives {meant}.");
    Some(Found { kind: FaultKind::Unit, at: at.start..place.end, meant: Some(meant), message })
}

/// Whether a stated quantity is the exact one, rounded as people do.
fn close(stated: &Number, exact: Exact, other: &Number, single: bool, near: bool) -> bool {
    if exact.is_zero() || stated.value.is_zero() {
        return true;
    }
    let Some(difference) = stated.value.checked_sub(&exact).map(|difference| difference.abs()) else { return true };
    // What is about right is so to its last digit or two, and never a seventh off.
    let limit = if near { Exact::new(3, 20) } else { Exact::new(1, 10) };
    if !within(stated.value, exact, limit) {
        return false;
    }
    if near && (difference <= stated.coarse() * Exact::new(3, 2) || within(stated.value, exact, Exact::new(1, 40))) {
        return true;
    }
    // What the first number may have been before it was rounded.
    let half = match single {
        true => whole(0),
        false => (other.coarse() / whole(2))
            .checked_div(&other.value.abs())
            .map_or(whole(0), |share| share.min(Exact::new(1, 40))),
    };
    let slack = exact.abs().checked_mul(&half).unwrap_or_else(Exact::zero);
    difference <= stated.coarse().max(slack)
}

/// Whether a stated temperature is the exact one, rounded as people do: kitchens round to tens.
fn warm(stated: &Number, exact: Exact, near: bool) -> bool {
    let five = (stated.value / whole(5)).is_integer();
    let slack = match (near, five, stated.value.abs() >= whole(100)) {
        (true, true, _) | (_, true, true) => 5,
        (true, ..) => 2,
        (_, true, false) => 3,
        _ => 1,
    };
    stated.value.checked_sub(&exact).is_none_or(|difference| difference.abs() <= whole(slack))
}

/// "How many feet are in a mile?", "Convert 5 miles to kilometers.", and an answer with one quantity.
fn bare(asked: &Text, text: &Text) -> Option<Found> {
    let sentence = asked.sentences.first().filter(|_| asked.sentences.len() == 1)?;
    let question = &asked.tokens[sentence.clone()];
    let (one, to) = wanted(question)?;
    let stated = text.stated().next()?;
    let numbers: Vec<usize> = (0..stated.len()).filter(|&at| matches!(stated[at].what, What::Number(_))).collect();
    let [at] = numbers[..] else { return None };
    if bound(stated, at) {
        return None;
    }
    let mut before = Cursor::new(stated, at.saturating_sub(1));
    let near = hedged(&mut before);
    let mut cursor = Cursor::new(stated, at);
    let two = match quantity(&mut cursor) {
        Some(two) => two,
        // A number that is the whole answer is in the unit that was asked for.
        None => {
            cursor.at = at;
            let number = cursor.number()?.clone();
            let bare = stated.iter().all(|token| {
                matches!(&token.what, What::Number(_) | What::Sign('.' | '≈')) || token.at.start > stated[at].at.start
            });
            if !bare {
                return None;
            }
            Quantity { number, unit: to, single: false, size: None, start: at }
        }
    };
    let ended = ends(&cursor) || cursor.word().is_some_and(|word| matches!(word, "in" | "per" | "are"));
    (std::ptr::eq(two.unit, to) && ended).then(|| fault(&one, &two, near, false, false, &cursor))?
}

fn wanted(question: &[Token]) -> Option<(Quantity, &'static Unit)> {
    (0..question.len())
        .find_map(|at| {
            let mut cursor = Cursor::new(question, at);
            if cursor.phrase("how many") {
                let to = unit(&mut cursor)?;
                cursor.any("are there/are/is there/is/does/do");
                cursor.any("in/there in");
                let one = quantity(&mut cursor)?;
                cursor.any("have/contain/equal");
                return (ends(&cursor) || cursor.sign('?')).then_some((one, to));
            }
            if cursor.any("convert/what is/what's/how much is") {
                let one = quantity(&mut cursor)?;
                if !cursor.any("to/in/into") {
                    return None;
                }
                cursor.phrase("degrees");
                let to = unit(&mut cursor)?;
                return (ends(&cursor) || cursor.sign('?')).then_some((one, to));
            }
            None
        })
        .filter(|(one, to)| one.unit.dimension == to.dimension)
}
