//! Exact numbers and intervals of them. What overflows 128 bits has no value: then there is nothing to say.

use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, Zero};

/// An exact number.
pub type Exact = Ratio<i128>;

/// A whole number.
pub fn whole(value: i128) -> Exact {
    Exact::from_integer(value)
}

/// Ten to a power.
pub fn ten(power: i32) -> Option<Exact> {
    let size = whole(10i128.checked_pow(power.unsigned_abs())?);
    if power < 0 { whole(1).checked_div(&size) } else { Some(size) }
}

/// What a number may have been before it was rounded: from, to.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The number as it is written.
    pub point: Exact,
    /// The least it may be.
    pub low: Exact,
    /// The most it may be.
    pub high: Exact,
}

impl Interval {
    /// Nothing but this number.
    pub fn exactly(point: Exact) -> Self {
        Self { point, low: point, high: point }
    }

    /// A number that may be off by `half` on either side.
    pub fn around(point: Exact, half: Exact) -> Option<Self> {
        Some(Self { point, low: point.checked_sub(&half)?, high: point.checked_add(&half)? })
    }

    /// Whether it was not rounded.
    pub fn is_exact(&self) -> bool {
        self.low == self.high
    }

    /// Both added.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            point: self.point.checked_add(&other.point)?,
            low: self.low.checked_add(&other.low)?,
            high: self.high.checked_add(&other.high)?,
        })
    }

    /// The negative.
    pub fn negative(&self) -> Self {
        Self { point: -self.point, low: -self.high, high: -self.low }
    }

    /// Both multiplied.
    pub fn times(&self, other: &Self) -> Option<Self> {
        let ends = [
            self.low.checked_mul(&other.low)?,
            self.low.checked_mul(&other.high)?,
            self.high.checked_mul(&other.low)?,
            self.high.checked_mul(&other.high)?,
        ];
        Some(Self { point: self.point.checked_mul(&other.point)?, low: *ends.iter().min()?, high: *ends.iter().max()? })
    }

    /// One divided by it; none where it may be zero.
    pub fn inverse(&self) -> Option<Self> {
        if self.low.is_zero() || self.high.is_zero() || self.low.is_negative() != self.high.is_negative() {
            return None;
        }
        Some(Self { point: self.point.recip(), low: self.high.recip(), high: self.low.recip() })
    }

    /// A whole power.
    pub fn power(&self, exponent: i128) -> Option<Self> {
        if !(-64..=256).contains(&exponent) {
            return None;
        }
        let mut result = Self::exactly(whole(1));
        for _ in 0..exponent.unsigned_abs() {
            result = result.times(self)?;
        }
        if exponent < 0 { result.inverse() } else { Some(result) }
    }
}

/// A number as a person writes it: whole, or with at most `digits` after the point, rounded half away from zero.
pub fn written(value: Exact, digits: i32) -> Option<String> {
    let shifted = value.checked_mul(&ten(digits)?)?.round().to_integer();
    let rounded = Exact::from_integer(shifted).checked_div(&ten(digits)?)?;
    let negative = if rounded.is_negative() { "−" } else { "" };
    let rounded = rounded.abs();
    let mut whole = rounded.to_integer().to_string();
    // Marks between thousands, as people write them.
    let mut at = whole.len();
    while at > 3 {
        at -= 3;
        if whole.len() > 4 {
            whole.insert(at, ',');
        }
    }
    let fraction = (rounded.fract().checked_mul(&ten(digits)?)?).to_integer();
    let fraction = format!("{fraction:0>width$}", width = usize::try_from(digits).ok()?);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() || digits == 0 { "" } else { "." };
    Some(format!("{negative}{whole}{point}{}", if digits == 0 { "" } else { fraction }))
}

/// The root of a number, where it is exact.
pub fn root(value: Exact, degree: u32) -> Option<Exact> {
    let of = |value: i128| {
        // A double is near enough to find the whole number that is tried.
        let near = libm::round(libm::pow(value as f64, 1.0 / f64::from(degree))) as i128;
        (near - 1..=near + 1).find(|near| near.checked_pow(degree) == Some(value))
    };
    Some(Exact::new(of(*value.numer())?, of(*value.denom())?))
}
