//! The one unit in which shares are told: so many of 100.

/// Most decimals that two numbers are told apart by: as many as two different ones of 100 can need.
const DECIMALS: usize = 17;

/// How many of 100 are right, as the end of a sentence: a share of certainty is never told.
pub fn are_right(share: f64) -> String {
    match (100.0 * share).round() {
        ..1.0 => "fewer than 1 is right".into(),
        1.0 => "about 1 is right".into(),
        n if n < 100.0 => format!("about {n} are right"),
        _ => "more than 99 are right".into(),
    }
}

/// How many of 100, in whole numbers.
pub fn whole(share: f64) -> String {
    match (100.0 * share).round() {
        ..1.0 if share > 0.0 => "fewer than 1".into(),
        100.0.. if share < 1.0 => "more than 99".into(),
        n => format!("{n}"),
    }
}

/// A share that somebody chose, as they chose it: with a decimal where it has one.
pub fn chosen(share: f64) -> String {
    format!("{}", (1000.0 * share).round() / 10.0)
}

/// Two numbers with as few decimals, from `least` on, as tell them apart.
pub fn apart(numbers: [f64; 2], least: usize) -> [String; 2] {
    let told = |decimals: usize| numbers.map(|number| format!("{number:.decimals$}"));
    let differ = |told: &[String; 2]| told[0] != told[1];
    (least..=DECIMALS).map(told).find(differ).unwrap_or_else(|| told(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_certain() {
        let told = [0.0, 0.004, 0.006, 0.014, 0.52, 0.994, 0.996, 1.0].map(are_right);
        let want = [
            "fewer than 1 is right",
            "fewer than 1 is right",
            "about 1 is right",
            "about 1 is right",
            "about 52 are right",
            "about 99 are right",
            "more than 99 are right",
            "more than 99 are right",
        ];
        assert_eq!(told, want);
        assert_eq!([0.0, 0.001, 0.2, 0.999, 1.0].map(whole), ["0", "fewer than 1", "20", "more than 99", "100"]);
        assert_eq!([0.1, 0.05, 0.125, 0.29].map(chosen), ["10", "5", "12.5", "29"]);
    }

    #[test]
    fn numbers_that_differ_look_different() {
        assert_eq!(apart([24.4, 51.0], 0), ["24", "51"]);
        assert_eq!(apart([23.6, 24.4], 0), ["23.6", "24.4"]);
        assert_eq!(apart([24.384, 24.381], 0), ["24.384", "24.381"]);
        assert_eq!(apart([1.0, 1.001], 2), ["1.000", "1.001"]);
        assert_eq!(apart([24.0, 24.0 + 1e-9], 0), ["24.000000000", "24.000000001"]);
        assert_eq!(apart([24.2, 24.2], 0), ["24", "24"]);
        // Neighbors among numbers of that size.
        let [near, nearer] = apart([24.0, 24.0f64.next_up()], 0);
        assert_ne!(near, nearer);
    }
}
