//! Numbers as a text writes them, and when a stated number agrees with an exact one.

use super::exact::{Exact, Interval, ten, whole};
use num_traits::{CheckedMul, CheckedSub, Signed, Zero};

/// A number of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: Exact,
    /// What its last written digit counts: 0.01 of 3.14, 1 of 150, 100,000 of 1.5 million.
    pub step: Exact,
    /// Whether it may have been rounded as it stands: it has a decimal point, or a scale.
    pub rounded: bool,
    /// Of a scale: a million.
    pub scaled: bool,
    /// In words, not in digits.
    pub word: bool,
    /// A place in an order: 3rd.
    pub ordinal: bool,
}

impl Number {
    /// A whole number.
    pub fn whole(value: i128) -> Self {
        Self { value: whole(value), step: whole(1), rounded: false, scaled: false, word: false, ordinal: false }
    }

    /// A fraction that is exact as it is written.
    pub fn fraction(value: Exact) -> Self {
        Self { step: Exact::zero(), value, ..Self::whole(0) }
    }

    /// Of digits, with an optional decimal point and nothing else.
    pub fn of_digits(digits: &str) -> Option<Self> {
        let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
        let value: i128 = format!("{before}{after}").parse().ok()?;
        let step = ten(-i32::try_from(after.len()).ok()?)?;
        Some(Self { value: whole(value).checked_mul(&step)?, step, rounded: !after.is_empty(), ..Self::whole(0) })
    }

    /// It times a scale (a million).
    pub fn scaled(&self, scale: Exact) -> Option<Self> {
        Some(Self {
            value: self.value.checked_mul(&scale)?,
            step: self.step.checked_mul(&scale)?,
            rounded: true,
            scaled: true,
            ..self.clone()
        })
    }

    /// A whole number, if it is one.
    pub fn integer(&self) -> Option<i128> {
        self.value.is_integer().then(|| self.value.to_integer())
    }

    /// What it may have been before rounding.
    pub fn interval(&self) -> Option<Interval> {
        // One or two digits are seldom what is left of more: 0.4, 1.5, 25 %.
        let short = !self.scaled && (self.value / self.coarse()).abs() < whole(100);
        match self.rounded && !short {
            true => Interval::around(self.value, self.step / whole(2)),
            false => Some(Interval::exactly(self.value)),
        }
    }

    /// Digits after its point.
    pub fn decimals(&self) -> i32 {
        let mut decimals = 0;
        while decimals < 12 && ten(-decimals).is_some_and(|unit| unit > self.step && !self.step.is_zero()) {
            decimals += 1;
        }
        decimals
    }

    /// What its last digit that is no zero counts: 10 of 160.
    pub fn coarse(&self) -> Exact {
        let mut coarse = if self.step.is_zero() { whole(1) } else { self.step };
        if self.value.is_zero() {
            return coarse;
        }
        while let Some(next) = coarse.checked_mul(&whole(10))
            && (self.value / next).is_integer()
        {
            coarse = next;
        }
        coarse
    }

    /// Whether it agrees with what was computed: exactly where it could have been written exactly, else by rounding or
    /// cutting off. `near`: it is said to be about right, which allows a tenth.
    pub fn agrees(&self, exact: &Interval, near: bool) -> bool {
        if near && within(self.value, exact.point, Exact::new(1, 10)) {
            return true;
        }
        if exact.low <= self.value && self.value <= exact.high {
            return true;
        }
        let fits = self.step.is_zero() || (exact.point / self.step).is_integer();
        if fits && !near {
            return false;
        }
        // Rounded, or cut off, at its last written digit.
        let of = |bound: Exact| bound.checked_sub(&self.value);
        match (of(exact.low), of(exact.high)) {
            (Some(low), Some(high)) => low < self.step && high > -self.step,
            // What cannot be computed is not doubted.
            _ => true,
        }
    }
}

/// Whether two numbers differ by at most a share of the larger one.
pub fn within(one: Exact, other: Exact, share: Exact) -> bool {
    let larger = one.abs().max(other.abs());
    match (one.checked_sub(&other), larger.checked_mul(&share)) {
        (Some(difference), Some(limit)) => difference.abs() <= limit,
        _ => true,
    }
}

/// Whether one of two numbers is the other one, rounded at some digit.
pub fn rounds(one: &Number, other: &Number) -> bool {
    let to = |fine: &Number, coarse: &Number| {
        let half = coarse.coarse() / whole(2);
        fine.value.checked_sub(&coarse.value).is_none_or(|difference| difference.abs() <= half)
    };
    within(one.value, other.value, Exact::new(1, 20)) && (to(one, other) || to(other, one)) || one.value == other.value
}

/// A number in words from the front of `words`, and how many of them it takes.
pub fn spelled(words: &[&str]) -> Option<(Number, usize)> {
    let (mut total, mut current, mut taken, mut scale) = (0i128, 0i128, 0, false);
    // What may still follow: after tens only ones, after ones nothing but a scale.
    let mut room = 1000;
    for (at, word) in words.iter().enumerate() {
        if let Some(value) = small(word) {
            if value >= room || (value == 0 && at > 0) {
                break;
            }
            current += value;
            room = if value >= 20 { 10 } else { 0 };
        } else if *word == "hundred" && (1..100).contains(&current) {
            (current, room) = (current * 100, 100);
        } else if let Some(size) = scale_of(word).filter(|_| current > 0 && total == 0) {
            total = current * size.to_integer();
            (current, room, scale) = (0, 1000, true);
        } else if *word == "and"
            && (room == 100 || scale)
            && words.get(at + 1).is_some_and(|next| small(next).is_some())
        {
            continue;
        } else {
            break;
        }
        taken = at + 1;
    }
    (taken > 0).then(|| (Number { word: true, ..Number::whole(total + current) }, taken))
}

fn small(word: &str) -> Option<i128> {
    const ONES: &[&str] = &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let at = |list: &[&str], word: &str| list.iter().position(|known| *known == word);
    if let Some(value) = at(ONES, word) {
        return i128::try_from(value).ok();
    }
    let (tens, ones) = word.split_once('-').unwrap_or((word, ""));
    let tens = 20 + 10 * i128::try_from(at(TENS, tens)?).ok()?;
    let ones =
        if ones.is_empty() { 0 } else { i128::try_from(at(ONES, ones).filter(|one| (1..10).contains(one))?).ok()? };
    Some(tens + ones)
}

/// What a scale after a number multiplies it by.
pub fn scale_of(word: &str) -> Option<Exact> {
    let zeros = match word {
        "thousand" => 3,
        "million" => 6,
        "billion" | "bn" => 9,
        "trillion" => 12,
        _ => return None,
    };
    ten(zeros)
}
