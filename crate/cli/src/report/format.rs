//! Numbers as people read them. What is undefined or not finite is a dash, never a zero.

use crate::evaluate::summary::Estimate;

/// Stands for a number that there is none of.
pub const NONE: &str = "–";

/// With `digits` after the point and a real minus sign.
pub fn fixed(value: Option<f64>, digits: usize) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else { return NONE.to_owned() };
    let text = format!("{value:.digits$}");
    // What rounds to zero has no sign.
    let unsigned = text.trim_start_matches('-');
    let zero = unsigned.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if zero || unsigned.len() == text.len() { unsigned.to_owned() } else { format!("−{unsigned}") }
}

/// `[low, high]`, or nothing where an end is missing.
pub fn interval(low: Option<f64>, high: Option<f64>, digits: usize) -> Option<String> {
    let finite = |end: Option<f64>| end.is_some_and(f64::is_finite);
    (finite(low) && finite(high)).then(|| format!("[{}, {}]", fixed(low, digits), fixed(high, digits)))
}

/// The number with its interval.
pub fn estimate(estimate: &Estimate, digits: usize) -> String {
    let value = fixed(estimate.value, digits);
    match interval(estimate.low, estimate.high, digits) {
        Some(interval) if value != NONE => format!("{value} {interval}"),
        _ => value,
    }
}

/// A share of one as a percentage.
pub fn percent(share: Option<f64>, digits: usize) -> String {
    match fixed(share.map(|share| share * 100.0), digits) {
        none if none == NONE => none,
        number => format!("{number} %"),
    }
}

/// A multiple, with two digits while it is small.
pub fn times(multiple: Option<f64>) -> String {
    let digits = multiple.map_or(0, |m| {
        if m < 3.0 {
            2
        } else if m < 20.0 {
            1
        } else {
            0
        }
    });
    match fixed(multiple, digits) {
        none if none == NONE => none,
        number => format!("{number}×"),
    }
}

/// Milliseconds, or seconds where they are many.
pub fn duration(ms: Option<f64>) -> String {
    match ms.filter(|ms| ms.is_finite()) {
        None => NONE.to_owned(),
        Some(ms) if ms < 1000.0 => format!("{ms:.0} ms"),
        Some(ms) => format!("{:.1} s", ms / 1000.0),
    }
}

/// A probability of chance; small ones are only bounded.
pub fn p_value(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.001 => "< 0.001".to_owned(),
        p => fixed(p, 3),
    }
}

/// A count of weights.
pub fn parameters(count: Option<u64>) -> String {
    match count {
        None => NONE.to_owned(),
        Some(count) if count >= 1_000_000_000 => format!("{:.2} billion", count as f64 / 1e9),
        Some(count) if count >= 1_000_000 => format!("{:.0} million", count as f64 / 1e6),
        Some(count) => count.to_string(),
    }
}

/// Names in a sentence.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_is_a_dash() {
        for value in [None, Some(f64::NAN), Some(f64::INFINITY)] {
            assert_eq!((fixed(value, 2), percent(value, 0), times(value)), (NONE.into(), NONE.into(), NONE.into()));
            assert_eq!(duration(value), NONE);
            assert_eq!(interval(value, Some(1.0), 2), None);
        }
        assert_eq!(estimate(&Estimate::default(), 2), NONE);
        let half_known = Estimate { value: None, low: Some(0.1), high: Some(0.2), reason: None };
        assert_eq!(estimate(&half_known, 2), NONE);
    }

    #[test]
    fn signs_digits_and_units() {
        assert_eq!((fixed(Some(-0.126), 2), fixed(Some(-0.001), 2)), ("−0.13".into(), "0.00".into()));
        let known = Estimate { value: Some(0.678), low: Some(0.62), high: Some(0.741), reason: None };
        assert_eq!(estimate(&known, 2), "0.68 [0.62, 0.74]");
        assert_eq!(
            (percent(Some(0.189), 0), times(Some(9.04)), times(Some(1.046))),
            ("19 %".into(), "9.0×".into(), "1.05×".into())
        );
        assert_eq!((duration(Some(340.4)), duration(Some(2340.0))), ("340 ms".into(), "2.3 s".into()));
        assert_eq!((p_value(Some(0.0004)), p_value(Some(0.0471))), ("< 0.001".into(), "0.047".into()));
        assert_eq!(
            (parameters(Some(134_515_008)), parameters(Some(1_543_714_304))),
            ("135 million".into(), "1.54 billion".into())
        );
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
