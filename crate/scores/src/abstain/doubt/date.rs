//! Dates that tell when something was: "in 1889", "on June 5, 1815", "in the 19th century", at either end of a claim.

use super::lists::MONTHS;
use super::words::Word;
use std::ops::Range;

const ERAS: [&str; 4] = ["ad", "bc", "bce", "ce"];
const PARTS: [&str; 4] = ["early", "late", "mid", "middle"];

/// A date: places of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Date {
    /// With its preposition.
    pub whole: Range<usize>,
    /// What it says.
    pub core: Range<usize>,
}

/// The date with which a claim ends.
pub fn last(words: &[Word]) -> Option<Date> {
    // The longest one: "on June 5, 1815" ends with nothing that is a date of its own, but "in 1815" might.
    let starts = words.len().saturating_sub(LONGEST)..words.len();
    starts.filter_map(|start| at(words, start)).find(|date| date.whole.end == words.len())
}

/// The date with which a claim begins, before a comma.
pub fn first(words: &[Word]) -> Option<Date> {
    at(words, 0).filter(|date| words[date.whole.end - 1].comma && date.whole.end < words.len())
}

/// Words of the longest date: "on the 5th of June, 1815".
const LONGEST: usize = 7;

/// The date whose preposition stands at a word.
fn at(words: &[Word], start: usize) -> Option<Date> {
    let rest = &words[start..];
    let length = match rest.first()?.lower.as_str() {
        "in" | "around" => 1 + period(&rest[1..])?,
        "on" => 1 + day(&rest[1..])?,
        _ => return None,
    };
    // Commas stand in front of a year, and behind the whole.
    let inner = &rest[..length - 1];
    let commas = inner.iter().enumerate().all(|(i, word)| !word.comma || is_year(&rest[i + 1]));
    commas.then(|| Date { whole: start..start + length, core: start + 1..start + length })
}

/// Words of a year, a month, a decade or a century.
fn period(words: &[Word]) -> Option<usize> {
    let is = |i: usize, of: &[&str]| words.get(i).is_some_and(|word| word.is_one(of) && !word.comma);
    let skip = usize::from(is(0, &PARTS));
    if is(0, &["the"]) {
        let at = 1 + usize::from(is(1, &PARTS));
        return match words.get(at) {
            Some(word) if is_decade(word) => Some(at + 1),
            Some(word) if is_ordinal(word) && words.get(at + 1).is_some_and(|next| next.lower == "century") => {
                Some(at + 2)
            }
            Some(word) if word.lower == "year" && at == 1 && is_year(words.get(2)?) => Some(3),
            _ => None,
        };
    }
    let word = words.get(skip)?;
    let era = |at: usize| words.get(at).is_some_and(|word| word.is_one(&ERAS));
    if is_month(word) {
        let of = usize::from(is(skip + 1, &["of"]));
        let year = words.get(skip + 1 + of).is_some_and(is_year);
        // "in March 1990", "in March"; not "in March of".
        return match (year, of) {
            (true, _) => Some(skip + 2 + of),
            (false, 0) => Some(skip + 1),
            (false, _) => None,
        };
    }
    let number = !word.text.is_empty() && word.text.len() <= 4 && word.text.bytes().all(|c| c.is_ascii_digit());
    match () {
        () if number && !word.comma && era(skip + 1) => Some(skip + 2),
        () if is_year(word) => Some(skip + 1),
        () => None,
    }
}

/// Words of a day: "June 5, 1815", "5 June 1815", "the 5th of June", "June 5".
fn day(words: &[Word]) -> Option<usize> {
    let the = usize::from(words.first().is_some_and(|word| word.lower == "the"));
    let [a, b] = [words.get(the)?, words.get(the + 1)?];
    let of = usize::from(b.lower == "of");
    let end = match () {
        () if is_month(a) && is_day(b) && the == 0 && !a.comma => 2,
        () if is_day(a) && words.get(the + 1 + of).is_some_and(is_month) && !a.comma && !(of == 1 && b.comma) => {
            the + 2 + of
        }
        () => return None,
    };
    Some(end + usize::from(words.get(end).is_some_and(is_year)))
}

fn is_month(word: &Word) -> bool {
    word.is_capital() && word.is_one(&MONTHS)
}

fn is_year(word: &Word) -> bool {
    word.text.len() == 4 && word.text.parse::<u16>().is_ok_and(|year| (1000..2100).contains(&year))
}

fn is_decade(word: &Word) -> bool {
    word.text.len() == 5 && word.text.ends_with("0s") && word.text[..4].parse::<u16>().is_ok_and(|year| year >= 1000)
}

fn is_ordinal(word: &Word) -> bool {
    let digits = word.lower.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let end = &word.lower[digits.len()..];
    matches!(end, "st" | "nd" | "rd" | "th") && digits.parse::<u8>().is_ok_and(|number| (1..=31).contains(&number))
}

fn is_day(word: &Word) -> bool {
    is_ordinal(word) || word.text.len() <= 2 && word.text.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstain::doubt::words::read;

    fn said(claim: &str, find: fn(&[Word]) -> Option<Date>) -> Option<String> {
        let words = read(claim).unwrap();
        let date = find(&words)?;
        Some(words[date.core].iter().map(|word| word.text).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn dates_at_the_end() {
        for (claim, date) in [
            ("It opened in 1889.", "1889"),
            ("It opened in early 1889.", "early 1889"),
            ("It opened in the year 1889.", "the year 1889"),
            ("It opened in March 1889.", "March 1889"),
            ("It opened in March of 1889.", "March of 1889"),
            ("It opened in March.", "March"),
            ("It opened around 1500.", "1500"),
            ("It opened in the 1920s.", "the 1920s"),
            ("It opened in the late 1920s.", "the late 1920s"),
            ("It opened in the 19th century.", "the 19th century"),
            ("He died in 44 BC.", "44 BC"),
            ("It opened on June 5, 1815.", "June 5 1815"),
            ("It opened on June 5th.", "June 5th"),
            ("It opened on 5 June 1815.", "5 June 1815"),
            ("It opened on the 5th of June 1815.", "the 5th of June 1815"),
        ] {
            assert_eq!(said(claim, last).as_deref(), Some(date), "{claim}");
        }
    }

    #[test]
    fn what_is_no_date_of_its_own() {
        for claim in [
            "It opened by 1889.",
            "It lasted until 1889.",
            "The war of 1812",
            "It has 1889.",
            "He is in May 5.",
            "It opened in 1889 in Paris.",
            "It opened in 3000.",
            "It opened in 12.",
            "It opened on Monday.",
            "in march",
            "It opened on June 45.",
            "It opened in March of.",
            "It ran from 1914 to 1918.",
            "It opened in the war.",
        ] {
            assert_eq!(said(claim, last), None, "{claim}");
        }
    }

    #[test]
    fn dates_at_the_beginning() {
        assert_eq!(said("In 1889, it opened.", first).as_deref(), Some("1889"));
        assert_eq!(said("On June 5, 1815, it opened.", first).as_deref(), Some("June 5 1815"));
        assert_eq!(said("On June 5, it opened.", first).as_deref(), Some("June 5"));
        for none in ["In 1889 it opened.", "In 1889, ", "In Paris, it opened.", "By 1889, it was open."] {
            assert_eq!(read(none).and_then(|words| first(&words)), None, "{none}");
        }
    }
}
