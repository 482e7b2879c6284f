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

/// How many of 100, in whole numbers; neither none nor all.
pub fn whole(share: f64) -> String {
    match (100.0 * share).round() {
        ..1.0 => "fewer than 1".into(),
        n if n < 100.0 => format!("{n}"),
        _ => "more than 99".into(),
    }
}

/// How many of 100 are right, as [`are_right`] has it, and how many it takes, which is more; told apart.
pub fn too_few(share: f64, takes: f64) -> [String; 2] {
    let [told, least] = apart([share, takes].map(|share| 100.0 * share), 0);
    let is = |text: &str, number: f64| text.parse() == Ok(number);
    let least = if is(&least, 100.0) { format!("more than {told}") } else { least };
    let (about, told) = match () {
        _ if !is(&told, 0.0) => ("about", told),
        _ if takes < 0.01 => ("fewer than", least.clone()),
        _ => ("fewer than", "1".to_owned()),
    };
    let are = if told == "1" { "is" } else { "are" };
    [format!("{about} {told} {are} right"), least]
}

/// A share that somebody chose, above 0 and below 1, as they chose it: with as many decimals as it has, up to what one
/// person could mean.
pub fn chosen(share: f64) -> String {
    let of_100 = 100.0 * share;
    let meant = 0.005 * of_100.min(100.0 - of_100);
    let told = (0..DECIMALS).map(|decimals| format!("{of_100:.decimals$}"));
    let is_near = |told: &String| told.parse::<f64>().is_ok_and(|told| (told - of_100).abs() <= meant);
    told.clone().find(is_near).unwrap_or_else(|| of_100.to_string())
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
        assert_eq!(
            [0.0, 0.001, 0.2, 0.999, 1.0].map(whole),
            ["fewer than 1", "fewer than 1", "20", "more than 99", "more than 99"]
        );
        assert_eq!([0.1, 0.05, 0.125, 0.29, 1.0 / 3.0].map(chosen), ["10", "5", "12.5", "29", "33.3"]);
        assert_eq!([0.0004, 0.999, 0.9999].map(chosen), ["0.04", "99.9", "99.99"]);
    }

    #[test]
    fn what_is_too_little_is_neither_none_nor_as_much() {
        for (share, takes, want) in [
            (0.2, 0.4, ["about 20 are right", "40"]),
            (0.6961, 0.7, ["about 69.6 are right", "70.0"]),
            (0.012, 0.4, ["about 1 is right", "40"]),
            (0.003, 0.4, ["fewer than 1 is right", "40"]),
            (0.0, 0.4, ["fewer than 1 is right", "40"]),
            (0.002, 0.004, ["about 0.2 are right", "0.4"]),
            (0.0, 0.004, ["fewer than 0.4 are right", "0.4"]),
            (0.0, 0.007, ["fewer than 1 is right", "1"]),
            (0.99, 0.999, ["about 99 are right", "more than 99"]),
            (0.9999, 1.0, ["about 99.99 are right", "more than 99.99"]),
        ] {
            assert_eq!(too_few(share, takes), want, "{share} {takes}");
        }
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
