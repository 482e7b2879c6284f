//! "I am not sure how many …", "how tall …", "what the population … is": a number is dropped.

use super::clause::{is_plain, verb};
use super::detail::{Doubt, Kind, doubt, inside};
use super::lists::{NOUNS_IN_ING, PLAIN};
use super::number::{Number, at};
use super::words::{Seen, Word};
use crate::spans::stop_words::is_stop_word;

/// Verbs whose object is counted.
#[rustfmt::skip]
const COUNTING: [&str; 44] = [
    "attracts", "comprises", "consists", "contain", "contained", "contains", "covered", "covers", "directed", "earned",
    "employed", "employs", "features", "had", "has", "have", "hosts", "include", "included", "includes", "lasted", "lasts",
    "needs", "offers", "owns", "painted", "produced", "produces", "published", "received", "recorded", "released", "requires",
    "scored", "served", "serves", "spans", "sold", "takes", "took", "visited", "weighs", "won", "wrote",
];
/// Prepositions that begin what may follow the counted noun.
const TAIL: [&str; 4] = ["at", "during", "in", "on"];
/// Verbs of counted subjects.
#[rustfmt::skip]
const DOING: [&str; 12] = [
    "are", "attend", "attended", "died", "have", "had", "live", "lived", "speak", "speaks", "visited", "were",
];
/// Plurals that do not end in "s".
const PLURALS: [&str; 9] = ["children", "feet", "fish", "men", "mice", "people", "sheep", "teeth", "women"];
/// Words in "s" that are none.
#[rustfmt::skip]
const NO_PLURALS: [&str; 14] = [
    "afterwards", "always", "besides", "indoors", "less", "nowadays", "outdoors", "overseas", "perhaps", "sometimes", "this",
    "times", "towards", "upstairs",
];
/// Properties that are measured.
const MEASURED: [&str; 6] = ["deep", "high", "long", "old", "tall", "wide"];
/// Properties with a name.
#[rustfmt::skip]
const NAMED: [&str; 12] = [
    "age", "area", "depth", "diameter", "distance", "elevation", "height", "length", "mass", "population", "radius", "width",
];

/// The doubt that is left of a claim without its number.
pub fn how(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    there(words)
        .or_else(|| subject(words))
        .or_else(|| measured(words, begins, seen))
        .or_else(|| named(words, begins, seen))
        .or_else(|| object(words, begins, seen))
}

/// "There are 50 states in it."
fn there(words: &[Word]) -> Option<Doubt> {
    let is = words.get(1).filter(|is| is.is_one(&["are", "were"]) && words[0].lower == "there" && !words[0].comma)?;
    let number = at(words, 2)?;
    let (nouns, tail) = counted(words, number, &TAIL)?;
    doubt(&["how many", &joined(nouns), "there", &is.lower, &joined(tail)], said(words, number), Kind::Number)
}

/// "About 67 million people live in France."
fn subject(words: &[Word]) -> Option<Doubt> {
    let number = at(words, 0)?;
    let verb = (number.end..words.len()).take(4).find(|&i| words[i].is_one(&DOING))?;
    let (nouns, rest) = (&words[number.end..verb], &words[verb + 1..]);
    // "It" and so on came before: here only a place or a time may follow, or a participle.
    let rest_is_plain = match words[verb].lower.as_str() {
        "are" | "were" => {
            super::clause::predicate(rest).is_some_and(|after| after.len() < rest.len() && is_plain(after))
        }
        "have" | "had" => false,
        _ => is_plain(rest),
    };
    if !are_counted(nouns) || !rest_is_plain || words[verb].comma {
        return None;
    }
    doubt(&["how many", &joined(nouns), &joined(&words[verb..])], said(words, number), Kind::Number)
}

/// "The tower is 330 meters tall."
fn measured(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    let verb = verb(words, |word| matches!(word, "is" | "was" | "are" | "were"))?;
    let number = at(words, verb + 1)?;
    let [unit, property] = words.get(number.end..)? else { return None };
    let fits = property.is_one(&MEASURED) && is_plural(unit) && ![unit, property].iter().any(|word| word.comma);
    let parts = ["how", &property.lower, &inside(&words[..=verb], begins, seen)?];
    fits.then(|| doubt(&parts, said(words, number), Kind::Number)).flatten()
}

/// "The population of France is about 67 million people."
fn named(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    let verb = verb(words, |word| matches!(word, "is" | "was"))?;
    let head = if words[1].is_one(&NAMED) { &words[1] } else { words.get(2)? };
    let number = at(words, verb + 1)?;
    let is_head = head.is_one(&NAMED) && head.range.start < words[verb].range.start;
    let starts = words[0].is_one(&["the", "its", "his", "her", "their"]);
    // "67 million people", "8,849 meters", "41,285 square kilometers": only a unit may follow.
    let unit = &words[number.end..];
    let plain =
        unit.len() <= 2 && unit.iter().all(|word| !word.is_capital() && !is_stop_word(&word.lower)) && is_plain(unit);
    let before_unit = unit.len() < 2 || unit[0].is_one(&["square", "cubic", "light"]);
    let parts = ["what", &inside(&words[..=verb], begins, seen)?];
    (starts && is_head && plain && before_unit && unit.last().is_none_or(is_plural))
        .then(|| doubt(&parts, said(words, number), Kind::Number))
        .flatten()
}

/// "It has 12 moons."
fn object(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    let verb = verb(words, |word| COUNTING.contains(&word))?;
    let consists = words[verb].lower == "consists";
    if consists && words.get(verb + 1)?.lower != "of" {
        return None;
    }
    let end = verb + 1 + usize::from(consists);
    let number = at(words, end)?;
    let tails: &[&str] = match words[verb].lower.as_str() {
        "consists" => &[],
        "takes" | "took" => &["at", "during", "in", "on", "to"],
        _ => &TAIL,
    };
    let (nouns, tail) = counted(words, number, tails)?;
    let clause = inside(&words[..end], begins, seen)?;
    doubt(&["how many", &joined(nouns), &clause, &joined(tail)], said(words, number), Kind::Number)
}

/// The counted noun behind a number, and what follows it.
fn counted<'a, 'b>(words: &'b [Word<'a>], number: Number, tails: &[&str]) -> Option<(&'b [Word<'a>], &'b [Word<'a>])> {
    let rest = words.get(number.end..)?;
    let length = rest.iter().position(|word| word.is_one(&PLAIN)).unwrap_or(rest.len());
    let (nouns, tail) = rest.split_at(length);
    let fits = tail.first().is_none_or(|first| first.is_one(tails)) && is_plain(tail);
    (fits && are_counted(nouns)).then_some((nouns, tail))
}

/// Whether words are a noun in the plural with at most two adjectives.
fn are_counted(nouns: &[Word]) -> bool {
    let is_word = |word: &Word| {
        let verbal = word.lower.ends_with("ing") && !NOUNS_IN_ING.contains(&word.lower.as_str());
        !word.is_capital() && !word.comma && !word.has_digit() && !is_stop_word(&word.lower) && !verbal
    };
    (1..=3).contains(&nouns.len())
        && nouns.iter().all(is_word)
        && is_plain(nouns)
        && nouns.last().is_some_and(is_plural)
        // "12 songs always", "5 players players": one plural, at the end.
        && nouns[..nouns.len() - 1].iter().all(|word| !is_plural(word))
}

fn is_plural(word: &Word) -> bool {
    let lower = word.lower.as_str();
    let ends = lower.ends_with('s') && !["ss", "us", "is", "ous"].iter().any(|end| lower.ends_with(end));
    (ends || PLURALS.contains(&lower)) && !NO_PLURALS.contains(&lower)
}

fn said<'a, 'b>(words: &'b [Word<'a>], number: Number) -> &'b [Word<'a>] {
    &words[number.number..number.end]
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}
