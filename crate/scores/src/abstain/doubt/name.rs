//! "I am not sure where …", "who …", "what …": a name is dropped, where the words around it decide what it names.

use super::clause::{is_plain, verb};
use super::detail::{Doubt, Kind, doubt, inside};
use super::lists::{ADVERBS, DETERMINERS, MONTHS};
use super::number::is_number;
use super::words::{Seen, Word};

/// Behind these, "in" and "at" before a name tell a place.
const PLACED: [&str; 5] = ["born", "buried", "headquartered", "located", "situated"];
/// Behind these, "by" before a name tells who did it: nothing but people and their companies does.
#[rustfmt::skip]
const DONE: [&str; 12] = [
    "authored", "choreographed", "composed", "directed", "founded", "illustrated", "invented", "narrated", "painted",
    "sculpted", "translated", "written",
];
/// What is asked for with "what", and with "who".
const WHAT: [&str; 6] = ["anthem", "capital", "currency", "motto", "nickname", "symbol"];
#[rustfmt::skip]
const WHO: [&str; 12] = [
    "author", "composer", "director", "emperor", "founder", "governor", "inventor", "king", "mayor", "president", "queen",
    "sculptor",
];
/// Small words inside names.
const INSIDE: [&str; 11] = ["and", "bin", "da", "de", "di", "la", "le", "of", "the", "van", "von"];
/// Capitals that are no names of persons or places.
#[rustfmt::skip]
const ADJECTIVES: [&str; 14] = [
    "catholic", "christian", "czech", "danish", "dutch", "english", "french", "greek", "hindu", "jewish", "muslim", "spring",
    "swiss", "welsh",
];

/// The doubt that is left of a claim without its name.
pub fn name(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    passive(words, begins, seen).or_else(|| identity(words, begins, seen))
}

/// "It is located in Paris, France." "It was written by Jane Austen."
fn passive(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    let verb = verb(words, |word| matches!(word, "is" | "was" | "are" | "were"))?;
    let mut end = verb + 1;
    end += words[end..].iter().take_while(|word| word.is_one(&ADVERBS) && !word.comma).count();
    let (participle, preposition) = (words.get(end)?, words.get(end + 1)?);
    let ask = match preposition.lower.as_str() {
        "in" | "at" | "near" if participle.is_one(&PLACED) => "where",
        "by" if participle.is_one(&DONE) => "who",
        _ => return None,
    };
    let named = &words[end + 2..];
    if !is_name(named, ask == "where") || participle.comma || preposition.comma {
        return None;
    }
    let clause = inside(&words[..=end], begins, seen)?;
    let by = if ask == "who" { "by" } else { "" };
    doubt(&[ask, &clause, by], bare(named), Kind::Name)
}

/// "The capital of France is Paris."
fn identity(words: &[Word], begins: bool, seen: &Seen) -> Option<Doubt> {
    let verb = verb(words, |word| matches!(word, "is" | "was"))?;
    // The noun in front of "of", or of the verb.
    let of = words[..verb].iter().position(|word| word.lower == "of").unwrap_or(verb);
    let head = words.get(of.checked_sub(1)?)?;
    let (ask, named) = (&words[0], &words[verb + 1..]);
    let ask = match () {
        () if !ask.is_one(&DETERMINERS) || ask.is_one(&["a", "an", "these"]) || of < 2 || head.is_capital() => {
            return None;
        }
        () if head.is_one(&WHAT) => "what",
        () if head.is_one(&WHO) => "who",
        () => return None,
    };
    if !is_name(named, false) || named.last().is_none_or(is_adjective) {
        return None;
    }
    doubt(&[ask, &inside(&words[..=verb], begins, seen)?], bare(named), Kind::Name)
}

/// Whether words are one name, of a place where a comma may be inside: "Paris, France".
fn is_name(words: &[Word], place: bool) -> bool {
    let Some((last, before)) = words.split_last() else { return false };
    let capital = |word: &Word| word.is_capital() && !word.is_one(&MONTHS) && !is_number(word) && word.lower != "i";
    let fits = |(i, word): (usize, &Word)| {
        let small = word.is_one(&INSIDE) && !word.comma && (i > 0 || word.lower == "the");
        (capital(word) || small && !word.is_capital()) && (!word.comma || place && words[i + 1].is_capital())
    };
    let several = words.iter().filter(|word| word.lower == "and").count();
    // Two persons are no problem, two places are: "in Paris and Rome" may be two births.
    before.iter().enumerate().all(fits) && capital(last) && !last.comma && several <= usize::from(!place)
        // "A.A" is where "A.A. Milne" was cut in two.
        && (place || !last.text.contains('.'))
        // Decades, wars and the like are no places, and no small word hides a clause.
        && (!place || !words.iter().any(|word| word.is_one(&TIMES)))
        && is_plain(&words.iter().map(|word| Word { comma: false, ..word.clone() }).collect::<Vec<_>>())
}

/// Capitals that tell a time.
#[rustfmt::skip]
const TIMES: [&str; 11] = [
    "age", "autumn", "captivity", "century", "fall", "renaissance", "summer", "time", "war", "winter", "spring",
];

/// Nationalities and faiths: "The author was American."
fn is_adjective(word: &Word) -> bool {
    let ends = ["an", "ese", "ish", "ic"].iter().any(|end| word.lower.ends_with(end));
    // "Susan" is lost as well, and harms nobody.
    ends || word.is_one(&ADJECTIVES)
}

/// A name without its article.
fn bare<'a, 'b>(words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    &words[usize::from(words.first().is_some_and(|word| word.lower == "the"))..]
}
