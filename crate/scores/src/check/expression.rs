//! Calculations as they are written: signs and words between numbers, powers, roots, percentages, brackets. Read by
//! precedence climbing straight into exact intervals: what has a decimal point may have been rounded.

use super::cursor::Cursor;
use super::exact::{Exact, Interval, root, whole};
use super::lexer::{What, one_of};
use super::number::Number;
use super::units;
use num_traits::{CheckedMul, Signed, Zero};

/// What was read.
#[derive(Clone, Debug)]
pub struct Calculation {
    /// Its value.
    pub value: Interval,
    /// The number, where it is nothing else.
    pub number: Option<Number>,
    /// Operations in it.
    pub operations: usize,
    /// The units of its operands; an empty one for a bare number.
    pub units: Vec<String>,
    /// What the last digit of the finest operand counts, and whether one has a scale (a million).
    pub step: (Exact, bool),
    /// Whether something is multiplied or divided.
    pub product: bool,
    /// Whether something is added or subtracted.
    pub sum: bool,
    /// Whether it has percentages, and whether it has other numbers.
    pub percent: (bool, bool),
    /// Whether a hyphen, dash or slash stands in it without spaces: a score, a date, a range, maybe.
    pub close: bool,
}

impl Calculation {
    fn of(number: &Number) -> Option<Self> {
        Some(Self {
            value: number.interval()?,
            number: Some(number.clone()),
            operations: 0,
            units: Vec::new(),
            step: (number.step, number.scaled),
            product: false,
            sum: false,
            percent: (false, false),
            close: false,
        })
    }

    fn join(self, other: Self, value: Interval, product: bool) -> Self {
        let percent = (self.percent.0 || other.percent.0, self.percent.1 || other.percent.1);
        Self {
            value,
            number: None,
            operations: self.operations + other.operations + 1,
            units: [self.units, other.units].concat(),
            step: (self.step.0.min(other.step.0), self.step.1 || other.step.1),
            product: self.product || other.product || product,
            sum: self.sum || other.sum || !product,
            percent,
            close: self.close || other.close,
        }
    }

    /// Of one operand: a power, a root.
    fn map(self, value: Interval) -> Self {
        Self { value, number: None, operations: self.operations + 1, ..self }
    }
}

/// Deepest brackets within brackets.
const DEEPEST: usize = 12;

/// A calculation, or a number alone, from the cursor on. None where something in it is not known; the cursor may then
/// stand anywhere.
pub fn calculation(cursor: &mut Cursor) -> Option<Calculation> {
    sum(cursor, 0)
}

fn sum(cursor: &mut Cursor, depth: usize) -> Option<Calculation> {
    let mut left = product(cursor, depth)?;
    loop {
        let mut next = *cursor;
        let sign = next.peek();
        let (minus, close) = if next.sign('+') {
            (false, false)
        } else if next.sign('−') || next.sign('–') {
            let spaced = next.peek().is_some_and(|token| !token.tight) && sign.is_some_and(|token| !token.tight);
            if sign.is_some_and(|token| token.what == What::Sign('–')) && !spaced {
                return Some(left);
            }
            (true, !spaced)
        } else if next.phrase("plus") {
            (false, false)
        } else if next.phrase("minus") {
            (true, false)
        } else {
            return Some(left);
        };
        let Some(right) = product(&mut next, depth) else { return if close { Some(left) } else { None } };
        let value = if minus { left.value.plus(&right.value.negative()) } else { left.value.plus(&right.value) }?;
        left = left.join(right, value, false);
        left.close |= close;
        *cursor = next;
    }
}

fn product(cursor: &mut Cursor, depth: usize) -> Option<Calculation> {
    let mut left = power(cursor, depth)?;
    loop {
        let mut next = *cursor;
        let sign = next.peek();
        let tight = sign.is_some_and(|token| token.tight);
        let (divide, close) = if next.sign('×') || next.phrase("x") {
            (false, false)
        } else if next.sign('÷') {
            (true, false)
        } else if next.sign('/') {
            (true, tight)
        } else if next.any("times/multiplied by") {
            (false, false)
        } else if next.phrase("divided by") {
            (true, false)
        } else if left.percent.0 && left.operations == 0 && next.phrase("of") {
            next.phrase("the");
            (false, false)
        } else if tight
            && next.peek().is_some_and(|token| token.what == What::Sign('('))
            && left.units.iter().all(String::is_empty)
        {
            (false, false)
        } else {
            return Some(left);
        };
        let right = power(&mut next, depth)?;
        let value = if divide { left.value.times(&right.value.inverse()?) } else { left.value.times(&right.value) }?;
        left = left.join(right, value, true);
        left.close |= close;
        *cursor = next;
    }
}

fn power(cursor: &mut Cursor, depth: usize) -> Option<Calculation> {
    if cursor.sign('−') {
        // The sign leans on its number.
        if !cursor.peek()?.tight {
            return None;
        }
        let operand = power(cursor, depth)?;
        let value = operand.value.negative();
        let number = operand.number.clone().map(|number| Number { value: -number.value, ..number });
        return Some(Calculation { value, number, ..operand });
    }
    let base = operand(cursor, depth)?;
    let mut next = *cursor;
    if next.sign('^') {
        let bracket = next.sign('(');
        let minus = next.sign('−');
        let exponent = next.number()?.integer()?;
        if bracket && !next.sign(')') {
            return None;
        }
        *cursor = next;
        let value = base.value.power(if minus { -exponent } else { exponent })?;
        return Some(base.map(value));
    }
    for (word, exponent) in [("squared", 2), ("cubed", 3)] {
        if cursor.phrase(word) {
            let value = base.value.power(exponent)?;
            return Some(base.map(value));
        }
    }
    if next.any("to the power of/raised to the power of")
        && let Some(exponent) = next.number().and_then(Number::integer)
    {
        *cursor = next;
        let value = base.value.power(exponent)?;
        return Some(base.map(value));
    }
    // A stop is none: 5! needs more of the formula behind it.
    if cursor.peek().is_some_and(|token| token.tight && token.what == What::Sign('!')) {
        let mut next = *cursor;
        next.at += 1;
        if next.peek().is_some_and(|token| matches!(token.what, What::Sign('=' | '+' | '×' | '÷' | '/' | ')'))) {
            let n = base.number.as_ref()?.integer().filter(|n| (0..=30).contains(n))?;
            let value = (1..=n).try_fold(1i128, i128::checked_mul)?;
            *cursor = next;
            return Some(base.map(Interval::exactly(whole(value))));
        }
    }
    Some(base)
}

const CURRENCIES: [char; 4] = ['$', '€', '£', '¥'];

fn operand(cursor: &mut Cursor, depth: usize) -> Option<Calculation> {
    if depth > DEEPEST {
        return None;
    }
    if cursor.sign('(') {
        let inside = sum(cursor, depth + 1)?;
        return cursor.sign(')').then_some(Calculation { number: None, ..inside });
    }
    if cursor.sign('√') {
        return rooted(operand(cursor, depth + 1)?, 2);
    }
    for (name, degree) in [("square root of", 2), ("cube root of", 3)] {
        if cursor.phrase(name) {
            return rooted(operand(cursor, depth + 1)?, degree);
        }
    }
    if let Some(share) = share(cursor) {
        let of = power(cursor, depth + 1)?;
        let value = of.value.times(&Interval::exactly(share))?;
        let mut result = of.map(value);
        result.product = true;
        return Some(result);
    }
    let currency = CURRENCIES.into_iter().find(|&sign| cursor.sign(sign));
    let number = cursor.number()?;
    if number.ordinal {
        return None;
    }
    let mut result = Calculation::of(number)?;
    result.percent = (false, true);
    if cursor.sign('%') {
        result.value = result.value.times(&Interval::exactly(Exact::new(1, 100)))?;
        result.percent = (true, false);
    }
    result.units = vec![match currency {
        Some(sign) => sign.to_string(),
        None => unit(cursor)?,
    }];
    Some(result)
}

/// "half of", "a third of", "three quarters of", "double", "twice".
fn share(cursor: &mut Cursor) -> Option<Exact> {
    let mut next = *cursor;
    if next.any("double/twice") && next.peek().is_some_and(|token| matches!(token.what, What::Number(_))) {
        *cursor = next;
        return Some(whole(2));
    }
    let mut next = *cursor;
    let count = if next.any("a/one") { 1 } else { next.number().and_then(Number::integer).unwrap_or(1) };
    let parts = match next.word()? {
        "half" | "halves" => 2,
        "third" | "thirds" => 3,
        "quarter" | "quarters" | "fourth" | "fourths" => 4,
        "fifth" | "fifths" => 5,
        "sixth" | "sixths" => 6,
        "eighth" | "eighths" => 8,
        "tenth" | "tenths" => 10,
        _ => return None,
    };
    next.at += 1;
    if !next.phrase("of")
        || !next.peek().is_some_and(|token| matches!(token.what, What::Number(_) | What::Sign('$' | '£' | '€')))
    {
        return None;
    }
    *cursor = next;
    Some(Exact::new(count, parts))
}

fn rooted(operand: Calculation, degree: u32) -> Option<Calculation> {
    let point = operand.value.point;
    let value = match root(point, degree).filter(|_| operand.value.is_exact()) {
        Some(exact) => Interval::exactly(exact),
        None => {
            if point.is_negative() {
                return None;
            }
            let near = |value: Exact, by: i128| {
                let double = libm::pow(*value.numer() as f64 / *value.denom() as f64, 1.0 / f64::from(degree));
                // Nine digits after the point, and one in doubt.
                (double < 1e12).then(|| Exact::new(libm::round(double * 1e9) as i128 + by, 1_000_000_000))
            };
            Interval { point: near(point, 0)?, low: near(operand.value.low, -1)?, high: near(operand.value.high, 1)? }
        }
    };
    Some(operand.map(value))
}

/// The words that count something behind a number, where a sign of the formula or its end follows them; empty where there
/// are none. None for a letter that leans on the number and is no unit: a variable.
fn unit(cursor: &mut Cursor) -> Option<String> {
    const NONE: &str = "\
        times plus minus divided multiplied is equals x squared cubed and of to raised gives makes are \
        or equal yields leaves";
    let mut next = *cursor;
    let mut unit = String::new();
    for _ in 0..2 {
        let Some(token) = next.peek() else { break };
        let What::Word(word) = &token.what else { break };
        if one_of(word, NONE) {
            break;
        }
        if unit.is_empty() && token.tight && units::find(word).is_none() {
            return None;
        }
        unit.push_str(word);
        next.at += 1;
        if next.sign('/') {
            if next.word().is_none() {
                return Some(String::new());
            }
            unit.push('/');
        } else {
            unit.push(' ');
        }
    }
    let unit = unit.trim_end().to_string();
    let formula = |token: &What| {
        matches!(
            token,
            What::Break
                | What::Sign('+' | '−' | '–' | '×' | '÷' | '/' | '=' | '≈' | ')' | '.' | ',' | ';' | '!' | '?' | ':')
        )
    };
    if unit.is_empty() || next.peek().is_some_and(|token| !formula(&token.what)) {
        // Something that is tight, and goes on: 7x2.
        let tight = cursor.peek().is_some_and(|token| token.tight && matches!(token.what, What::Word(_)));
        let sign = cursor.phrase("x");
        cursor.at -= usize::from(sign);
        return if tight && !sign { None } else { Some(String::new()) };
    }
    *cursor = next;
    Some(unit)
}

/// What is left of a whole number that another one divides: the quotient and the remainder.
pub fn division(number: i128, by: i128) -> Option<(i128, i128)> {
    Some((number.checked_div_euclid(by)?, number.checked_rem_euclid(by)?))
}

/// The mean of some values.
pub fn mean(values: &[Interval]) -> Option<Interval> {
    let total = values.iter().try_fold(Interval::exactly(Exact::zero()), |sum, value| sum.plus(value))?;
    let share = Exact::new(1, i128::try_from(values.len()).ok().filter(|count| *count > 0)?);
    let by = |value: Exact| value.checked_mul(&share);
    Some(Interval { point: by(total.point)?, low: by(total.low)?, high: by(total.high)? })
}
