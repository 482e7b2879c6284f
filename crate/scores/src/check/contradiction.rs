//! A number that is stated twice, differently, about the same thing: two statements of one answer whose words are the same
//! but for the number.
//!
//! A statement is a part of a sentence with one number. The words before the number, as stems, say what it is; those after
//! it say under which conditions. Two are about the same where one's words are among the other's, its whole sentence names
//! nearly all of them, units and tenses agree, and no condition stands beside one alone.

use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of};
use super::number::{Number, rounds};
use super::stated::HEDGES;
use super::text::{Text, is_supposed};
use crate::spans::stop_words::is_stop_word;
use std::ops::Range;

/// Most statements that are compared with each other.
const MOST: usize = 300;

/// The faults of a text.
pub fn faults(text: &Text) -> Vec<Found> {
    let statements: Vec<Statement> =
        text.sentences.iter().flat_map(|range| statements(text, range.clone())).take(MOST).collect();
    // A label that comes again is one of several things: a list of cities, each with its population.
    let again = |statement: &Statement| {
        statement.label && statements.iter().filter(|other| other.label && other.words == statement.words).count() > 1
    };
    let mut found = Vec::new();
    for (at, later) in statements.iter().enumerate() {
        let mut earlier = statements[..at]
            .iter()
            .filter(|earlier| same(earlier, later) && !again(earlier) && !again(later))
            .peekable();
        let Some(first) = earlier.peek() else { continue };
        let message = format!("The answer also says {}.", text.slice(&first.at));
        if !earlier.any(|earlier| rounds(&earlier.number, &later.number)) {
            found.push(Found { kind: FaultKind::Contradiction, at: later.at.clone(), meant: None, message });
        }
    }
    found
}

/// A statement with one number.
struct Statement {
    /// The words before the number, and those of its unit behind the first: as stems, in order, without repetition.
    words: Vec<String>,
    /// Words among them that bind the number to a condition.
    bound: Vec<String>,
    /// The words after it in its part of the sentence.
    after: Vec<String>,
    /// It begins with a preposition, and so does not name what it is about.
    led: bool,
    /// Something "of its".
    its: bool,
    /// What it is a part of.
    sentence: Sentence,
    /// What is counted or measured, as a stem; empty for a number alone.
    unit: String,
    number: Number,
    /// Bytes of the number and its unit.
    at: Range<usize>,
    /// `Population: 4,820`.
    label: bool,
    /// It speaks of the past, of the present.
    tense: (bool, bool),
    /// A year, as far as one can see.
    year: bool,
}

/// What a sentence says besides.
#[derive(Clone)]
struct Sentence {
    /// All its words, as stems.
    words: Vec<String>,
    /// It speaks of something by a pronoun.
    pronoun: bool,
    /// Its first token.
    start: usize,
}

/// Words that say nothing about what a number means.
const EMPTY: &str = "\
    summary short conclusion overall thus therefore hence again mentioned noted stated earlier above \
    recap summarize sum note remember fact actually indeed finally exactly approximately roughly nearly \
    almost precisely currently famous famously answer final altogether say said just only even still now \
    today simply also have take give conclude brief because while since despite although though being \
    course result nutshell ever once after exact whole entire offer cover";

/// Words with which a number holds under conditions, or is one of several.
const BOUND: &str = "\
                    least most than other another average per each every some next previous former later \
                    until not however sources estimates estimated varies vary range between or more \
                    fewer less increased decreased grew fell rose originally initially formerly \
                    different corrected correction sorry apologize projected expected minimum maximum \
                    remaining half outer inner both either from additional extra second third alone \
                    before unless versus compared like around children adults";

/// Words with which something else begins.
const JOINTS: &str = "and but so because while which who whereas although";
/// Words that say when something holds.
const WHEN: &str = "\
                   year years season seasons month months week weeks day days morning evening afternoon \
                   night then next later afterwards before when during meanwhile monday tuesday \
                   wednesday thursday friday saturday sunday january february march april june july \
                   august september october november december spring summer autumn winter";
/// Verbs, and what stands for one, of what stays as it is: events come again with other numbers.
const STEADY: &[&str] = &[
    "of", "at", "is", "are", "has", "have", "consists", "contains", "contain", "weighs", "weigh", "measures", "costs",
    "cost", "lasts", "last", "takes", "take", "was", "were", "had", "stands", "covers", "holds", "houses", "seats",
    "employs", "includes", "reaches", "spans", "features", "offers", "rises", "comes", "needs", "requires", "uses",
    "lies",
];

/// Words of one meaning, each line as its first.
const SAME: &[&[&str]] = &[
    &["tall", "height", "high"],
    &["long", "length", "lengths"],
    &["wide", "width"],
    &["deep", "depth"],
    &["weigh", "weight", "weighs", "weighing", "weighed", "heavy"],
    &["found", "founded", "founding", "establish", "established", "establishment", "foundation"],
    &["born", "birth"],
    &["die", "died", "dies", "death"],
    &["cost", "costs", "price", "priced"],
    &["publish", "published", "publication"],
    &["complete", "completed", "completion", "finish", "finished"],
    &["build", "built", "construct", "constructed"],
    &["last", "lasted", "lasts", "lasting"],
    &["meter", "meters", "metre", "metres", "m"],
    &["kilometer", "kilometers", "kilometre", "kilometres", "km"],
];

fn stem(word: &str) -> String {
    let word = word.trim_end_matches("'s");
    if let Some(line) = SAME.iter().find(|line| line.contains(&word)) {
        return line[0].into();
    }
    for ending in ["ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s", "e", "y"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= 4
        {
            return stem.into();
        }
    }
    word.into()
}

fn stems(tokens: &[Token]) -> Vec<String> {
    let mut stems = Vec::new();
    for token in tokens {
        let What::Word(word) = &token.what else { continue };
        let known = is_stop_word(word) || one_of(word, EMPTY) || HEDGES.split('/').any(|hedge| hedge == word);
        let stem = stem(word);
        if !known && !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

/// `| Weight | 19 kg |`, as a label and its number.
fn row(line: &[Token]) -> Option<Vec<Token>> {
    let bar = |token: &Token| token.what == What::Sign('|');
    let plain =
        line.len() > 4 && line.iter().filter(|token| bar(token)).count() == 3 && bar(&line[0]) && bar(line.last()?);
    plain.then(|| {
        let inner = line[1..line.len() - 1].iter().cloned();
        let labeled = |token: Token| match token.what {
            What::Sign('|') => Token { what: What::Sign(':'), ..token },
            _ => token,
        };
        inner.map(labeled).collect()
    })
}

/// The parts of a sentence that may each hold a statement.
fn parts(sentence: &[Token]) -> Vec<&[Token]> {
    let digit = |token: &Token| matches!(&token.what, What::Number(number) if !number.word);
    let number = |token: &Token| matches!(token.what, What::Number(_));
    // The number of an item of a list.
    let marked = sentence.first().is_some_and(digit)
        && sentence.get(1).is_some_and(|token| token.tight && token.what == What::Sign('.'));
    let sentence = &sentence[2 * usize::from(marked)..];
    let mut parts = Vec::new();
    for part in sentence.split(|token| matches!(token.what, What::Sign(',' | ';' | '(' | ')'))) {
        // Behind a number, a colon begins something else.
        let colon = (0..part.len()).find(|&at| part[at].what == What::Sign(':') && part[..at].iter().any(number));
        let (first, rest) = colon.map_or((part, None), |at| (&part[..at], Some(&part[at + 1..])));
        // "The width is 7.32 m and the height is 2.44 m."
        let and = (0..first.len()).find(|&at| {
            let whole = |side: &[Token]| {
                side.iter().any(digit) && side.iter().any(|token| token.is("is are was were has have"))
            };
            first[at].is("and") && whole(&first[..at]) && whole(&first[at..])
        });
        match and {
            Some(at) => parts.extend([&first[..at], &first[at + 1..]]),
            None => parts.push(first),
        }
        parts.extend(rest);
    }
    parts
}

/// The statements of a sentence: one for each of its parts with exactly one number in digits, or in words.
fn statements(text: &Text, range: Range<usize>) -> Vec<Statement> {
    let sentence = &text.tokens[range.clone()];
    if sentence.len() > 80 {
        return Vec::new();
    }
    let whole = Sentence {
        words: stems(sentence),
        pronoun: sentence.iter().any(|token| token.is("it he she they")),
        start: range.start,
    };
    let row = row(sentence);
    let parts = parts(row.as_deref().unwrap_or(sentence));
    // "In mixed doubles, …": what holds there alone. Of "in short" nothing is left that says anything.
    let where_alone = |part: &&[Token]| {
        let led = part.first().is_some_and(|first| first.is("in for among during on under within with outside"));
        led && !stems(part).is_empty()
    };
    // "The next year, …": what holds then alone.
    let when = |part: &&[Token]| part.iter().any(|token| token.is(WHEN));
    let timed = parts.iter().any(|part| {
        !part.iter().any(|token| matches!(token.what, What::Number(_))) && (when(part) || where_alone(part))
    });
    parts.iter().filter_map(|part| statement(text, part, &whole)).filter(|statement| statement.year || !timed).collect()
}

fn statement(text: &Text, part: &[Token], sentence: &Sentence) -> Option<Statement> {
    let numbers = |word: bool| {
        let is = move |token: &Token| matches!(&token.what, What::Number(number) if number.word == word);
        (0..part.len()).filter(|&at| is(&part[at])).collect::<Vec<_>>()
    };
    let (digits, spelled) = (numbers(false), numbers(true));
    let at = match (&digits[..], &spelled[..]) {
        (&[at], others) if others.iter().all(|&other| other > at) => at,
        ([], &[at]) => at,
        _ => return None,
    };
    let What::Number(number) = &part[at].what else { return None };
    let odd = is_supposed(part)
        || part.iter().any(|token| match &token.what {
            What::Sign(sign) => matches!(sign, '=' | '×' | '÷' | '^' | '|' | '+' | '√' | '/' | '±' | '–' | '−' | '#'),
            What::Word(word) => word.starts_with('\\') || word.contains(|c: char| c.is_ascii_digit()),
            _ => false,
        });
    // The number of an item of a list.
    let marker = part.get(at + 1).is_some_and(|next| {
        next.tight && matches!(next.what, What::Sign('.')) && part.get(at + 2).is_some()
            || next.tight && matches!(next.what, What::Sign(')'))
    });
    if odd || marker || number.ordinal || text.is_quoted(&part[at].at) {
        return None;
    }
    let mut place = part[at].at.clone();
    let before = at.checked_sub(1).map(|before| &part[before]);
    let currency = before.is_some_and(|token| matches!(token.what, What::Sign('$' | '€' | '£' | '¥')));
    let label = before.is_some_and(|token| token.what == What::Sign(':'))
        || at >= 2 && currency && part[at - 2].what == What::Sign(':');
    let mut unit = String::new();
    let mut end = at + 1;
    match part.get(at + 1).map(|next| (&next.what, next)) {
        _ if currency => {
            unit.push('$');
            place.start = part[at - 1].at.start;
        }
        Some((What::Sign(sign @ ('%' | '°')), next)) => {
            unit.push(*sign);
            place.end = next.at.end;
            end += 1;
        }
        Some((What::Word(word), next)) if !is_stop_word(word) => {
            unit = stem(word);
            place.end = next.at.end;
            end += 1;
        }
        _ => {}
    }
    let year = unit.is_empty()
        && !number.rounded
        && number.integer().is_some_and(|year| (1000..2200).contains(&year))
        && part[at].at.len() == 4;
    // A number without a unit is one of something only behind a verb, a preposition or a colon.
    let led = before.is_some_and(|token| match &token.what {
        What::Word(word) => {
            one_of(word, "is was are were of in to at had has equals about approximately just roughly nearly")
        }
        What::Sign(sign) => matches!(sign, ':' | '$' | '€' | '£'),
        _ => false,
    });
    // More than, or less than, is no number to contradict.
    let open = before.is_some_and(|token| token.is("over under nearly almost to least most than"));
    if open && !year {
        return None;
    }
    let steady = part.iter().any(|token| matches!(&token.what, What::Word(word) if STEADY.contains(&word.as_str())));
    if unit.is_empty() && !led || !year && !steady && !label {
        return None;
    }
    // 330 meters tall: what was measured belongs to what it is.
    let mut words = stems(&part[..at]);
    if let Some(What::Word(adjective)) = part.get(end).map(|token| &token.what)
        && let Some(line) = SAME.iter().find(|line| line.contains(&adjective.as_str()))
        && end > at + 1
    {
        end += 1;
        if !words.iter().any(|word| word == line[0]) {
            words.push(line[0].into());
        }
    }
    let raw = |tokens: &[Token]| {
        let word = |token: &Token| match &token.what {
            What::Word(word) => Some(word.clone()),
            What::Number(number) => Some(number.value.to_string()),
            _ => None,
        };
        tokens.iter().filter_map(word).collect::<Vec<_>>()
    };
    let bound = raw(&part[..at]).into_iter().filter(|word| one_of(word, BOUND)).collect();
    let word = |words: &str| part.iter().any(|token| token.is(words));
    Some(Statement {
        words,
        bound,
        after: raw(&part[end.min(part.len())..]).into_iter().take_while(|word| !one_of(word, JOINTS)).collect(),
        led: part.first().is_some_and(|first| first.is("with at of for in to on covering")),
        its: word("its his her their"),
        sentence: sentence.clone(),
        unit,
        number: number.clone(),
        at: place,
        label,
        tense: (word("was were had"), word("is are has have")),
        year,
    })
}

/// Whether two statements are about the same.
fn same(one: &Statement, two: &Statement) -> bool {
    let tenses = one.tense.0 && two.tense.1 || one.tense.1 && two.tense.0;
    if one.unit != two.unit || one.year != two.year || one.sentence.start == two.sentence.start || tenses && !one.year {
        return false;
    }
    let (fewer, more) = if one.words.len() <= two.words.len() { (one, two) } else { (two, one) };
    let within = fewer.words.iter().all(|word| more.words.contains(word));
    let named = more.words.iter().filter(|word| fewer.sentence.words.contains(word)).count();
    // Conditions: the same ones, or, of an event's year, only further circumstances of one statement.
    let (less, further) =
        if one.after.len() <= two.after.len() { (&one.after, &two.after) } else { (&two.after, &one.after) };
    let circumstance = |words: &[String]| match words {
        [] => true,
        [first, ..] if first == "from" || first == "held" || first.ends_with("ed") => true,
        [first, second, ..] => first == "at" && second == "its",
        _ => false,
    };
    let conditions = less == further || less.is_empty() && (one.year || circumstance(further));
    let ends = fewer.label && !fewer.words.is_empty() && more.words.ends_with(&fewer.words);
    let label = ends
        && (fewer.words.len() >= 2
            || more.its && !fewer.unit.is_empty()
            || more.led && more.sentence.pronoun
            || more.words == fewer.words && !fewer.unit.is_empty()
            || one.year && more.words == fewer.words);
    let known = more.words.len() + usize::from(!more.unit.is_empty()) >= 2;
    // What has no verb is about whatever the rest of its sentence is about.
    let (short, long) = if one.sentence.words.len() <= two.sentence.words.len() { (one, two) } else { (two, one) };
    let shared = short.sentence.words.iter().filter(|word| long.sentence.words.contains(word)).count();
    let whole = named == more.words.len() && (one.its || two.its);
    if (one.led || two.led) && !label && !whole && 4 * shared < 3 * short.sentence.words.len() {
        return false;
    }
    let is_name = !fewer.label && known && 4 * named >= 3 * more.words.len();
    within && !fewer.words.is_empty() && one.bound == two.bound && conditions && (label || is_name)
}
