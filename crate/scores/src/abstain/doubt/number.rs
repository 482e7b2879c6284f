//! Numbers in the words of a claim.

use super::lists::{COUNTS, SCALES};
use super::words::Word;

/// Words in front of a number that go with it.
#[rustfmt::skip]
const ABOUT: [&[&str]; 13] = [
    &["about"], &["approximately"], &["around"], &["roughly"], &["nearly"], &["almost"], &["over"], &["exactly"],
    &["more", "than"], &["less", "than"], &["fewer", "than"], &["at", "least"], &["up", "to"],
];
/// Others that say a number.
#[rustfmt::skip]
const OTHERS: [&str; 11] = [
    "couple", "dozen", "dozens", "half", "once", "percent", "quarter", "several", "third", "twice", "tens",
];

/// A number with what belongs to it: places of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The first word: "about", or the number.
    pub start: usize,
    /// The number itself.
    pub number: usize,
    /// One past the last word: the number, "million".
    pub end: usize,
}

/// Whether a word says a number, or a part of one.
pub fn is_number(word: &Word) -> bool {
    let counts = |part: &str| COUNTS.contains(&part);
    let scales = |part: &str| SCALES.iter().any(|scale| part.strip_suffix('s').unwrap_or(part) == *scale);
    word.has_digit() || word.is_one(&OTHERS) || word.lower.split('-').any(|part| counts(part) || scales(part))
}

/// The number that begins at a word: digits or "twelve", with "about" in front and "million" behind. Nothing where it is one,
/// an ordinal, a decade, or of a shape that no count has.
pub fn at(words: &[Word], start: usize) -> Option<Number> {
    let fits = |about: &&&[&str]| {
        about
            .iter()
            .enumerate()
            .all(|(i, about)| words.get(start + i).is_some_and(|word| word.lower == *about && !word.comma))
    };
    let number = start + ABOUT.iter().find(fits).map_or(0, |about| about.len());
    let word = words.get(number)?;
    let digits = word.text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.')) && word.has_digit();
    let named =
        word.lower.split('-').all(|part| COUNTS.contains(&part) || UNITS.contains(&part)) && word.lower != "one";
    let scaled = words.get(number + 1).is_some_and(|next| next.is_one(&SCALES)) && !word.comma;
    let one = word.text == "1" || word.lower == "one";
    let end = number + 1 + usize::from(scaled);
    ((digits || named || word.lower == "one") && (scaled || !one)).then_some(Number { start, number, end })
}

/// Behind a hyphen: "twenty-one".
const UNITS: [&str; 1] = ["one"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstain::doubt::words::read;

    fn found(text: &str, start: usize) -> Option<(usize, usize, usize)> {
        at(&read(text).unwrap(), start).map(|number| (number.start, number.number, number.end))
    }

    #[test]
    fn numbers_with_what_belongs_to_them() {
        assert_eq!(found("12 moons", 0), Some((0, 0, 1)));
        assert_eq!(found("has about 1,500 people", 1), Some((1, 2, 3)));
        assert_eq!(found("more than 1.4 billion people", 0), Some((0, 2, 4)));
        assert_eq!(found("twenty-one people", 0), Some((0, 0, 1)));
        assert_eq!(found("one million people", 0), Some((0, 0, 2)));
        for none in ["one moon", "1 moon", "1990s fashion", "21st place", "about people", "moons", "half moons"] {
            assert_eq!(found(none, 0), None, "{none}");
        }
    }

    #[test]
    fn what_says_a_number() {
        let words = read("twelve 3rd 1990s twenty-five millions half dozen B12").unwrap();
        assert!(words.iter().all(is_number));
        assert!(!read("one first of people often").unwrap().iter().any(is_number));
    }
}
