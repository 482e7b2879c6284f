//! Counts of what the answer itself holds: letters of a word, words of a quotation.

use super::cursor::Cursor;
use super::fault::{FaultKind, Found};
use super::lexer::{Token, What, one_of};
use super::number::Number;
use super::text::Text;
use std::ops::Range;

/// The faults of a text, and of a bare answer to a question that asks for a count.
pub fn faults(asked: &Text, text: &Text) -> Vec<Found> {
    let mut found = Vec::new();
    for sentence in text.stated() {
        for at in 0..sentence.len() {
            found.extend(counted(text, sentence, at, None));
        }
    }
    if found.is_empty() {
        found.extend(bare(asked, text));
    }
    found
}

fn letters(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphabetic()).count()
}

fn fault(at: Range<usize>, right: usize, message: String) -> Found {
    Found { kind: FaultKind::Count, at, meant: Some(right.to_string()), message }
}

/// How often, in words or digits.
fn times(cursor: &mut Cursor) -> Option<i128> {
    let adverb = [("once", 1), ("twice", 2), ("thrice", 3)];
    if let Some((_, count)) = adverb.into_iter().find(|(word, _)| cursor.phrase(word)) {
        return Some(count);
    }
    if cursor.phrase("no") {
        return Some(0);
    }
    let count = cursor.number().filter(|number| !number.ordinal).and_then(Number::integer)?;
    Some(count)
}

/// The one word or the quotation that a sentence is about: in quotation marks, in bold or italics, or behind "word". None
/// where there are several.
fn subject(text: &Text, sentence: &[Token]) -> Option<Range<usize>> {
    let bytes = sentence.first()?.at.start..sentence.last()?.at.end;
    let inside = |range: &Range<usize>| bytes.start <= range.start && range.end <= bytes.end;
    // Marks of emphasis lean on the first and the last word.
    let lead = text.raw[..bytes.start].len() - text.raw[..bytes.start].trim_end_matches(['*', '_']).len();
    let trail = text.raw[bytes.end..].len() - text.raw[bytes.end..].trim_start_matches(['*', '_']).len();
    let bytes = bytes.start - lead..bytes.end + trail;
    let single = |range: &Range<usize>| letters(text.slice(range)) <= 1;
    let mut found: Vec<Range<usize>> =
        text.quoted.iter().filter(|range| inside(range) && !single(range)).cloned().collect();
    if found.is_empty() {
        found = marked(text.raw.get(bytes.clone())?, bytes.start).into_iter().filter(|range| !single(range)).collect();
    }
    if found.is_empty() {
        let verb = |at: usize| Cursor::new(sentence, at + 1).any("has/contains/consists of/is/there are/we find");
        let words: Vec<usize> =
            (1..sentence.len()).filter(|&at| Cursor::new(sentence, at - 1).phrase("word") && verb(at)).collect();
        // "… 5 times in Massachusetts."
        let last = sentence.iter().rposition(|token| matches!(token.what, What::Word(_)));
        let end = last.filter(|&at| at >= 2 && Cursor::new(sentence, at - 2).any("times in/twice in/once in"));
        if let (&[at], _) | ([], Some(at)) = (&words[..], end)
            && let What::Word(_) = &sentence[at].what
        {
            found.push(sentence[at].at.clone());
        }
    }
    if found.is_empty() && sentence.iter().any(|token| token.is("that this it")) {
        // "…" That sentence has five words.
        let before = text.raw[..bytes.start].trim_end().len();
        found = text
            .quoted
            .iter()
            .filter(|range| before.saturating_sub(range.end) <= 6 && range.end <= before)
            .cloned()
            .collect();
    }
    match found.as_slice() {
        [only] => Some(only.clone()),
        [first, rest @ ..] if rest.iter().all(|other| text.slice(other).eq_ignore_ascii_case(text.slice(first))) => {
            Some(first.clone())
        }
        _ => None,
    }
}

/// What stands in bold or italics and is one word, or several without a number.
fn marked(sentence: &str, start: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(open) = sentence[at..].find(['*', '_']).map(|open| at + open) {
        let mark = if sentence[open..].starts_with("**") {
            "**"
        } else if sentence[open..].starts_with('*') {
            "*"
        } else {
            "_"
        };
        let inside = open + mark.len();
        let Some(close) = sentence[inside..].find(mark).map(|close| inside + close) else { break };
        let held = &sentence[inside..close];
        if !held.is_empty() && held.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’')) {
            ranges.push(start + inside..start + close);
        }
        at = close + mark.len();
    }
    ranges
}

/// A count at a token, and its fault. `about`: what is counted in, where the sentence does not say it.
fn counted(text: &Text, sentence: &[Token], at: usize, about: Option<&str>) -> Option<Found> {
    let mut cursor = Cursor::new(sentence, at);
    if at > 0 && matches!(&sentence[at - 1].what, What::Sign('−' | '–' | '/') | What::Number(_)) {
        return None;
    }
    let made = at >= 2 && Cursor::new(sentence, at - 2).any("up of/consists of/composed of/total of");
    let hedge = !made
        && at > 0
        && sentence[at - 1].is("least about most than first last next of or to other these those unique another");
    let start = cursor.at;
    // "appears twice", "appears 3 times".
    let appears = at > 0 && sentence[at - 1].is("appears occurs appear occur up exactly used found repeated");
    let count = times(&mut cursor)?;
    let place = cursor.bytes(start);
    let whole = |word: &str| (!word.trim().is_empty()).then(|| word.to_string());
    let close = text.quoted.iter().rfind(|range| range.end <= place.start && range.start >= sentence[0].at.start);
    let nearest = close.filter(|range| {
        // "…" has 7.
        let after = sentence.partition_point(|token| token.at.start < range.end);
        start - after.min(start) <= 3 && Cursor::new(sentence, after + 1).any("has/contains/consists/is/with")
    });
    let subject = || match about.or(nearest.map(|range| text.slice(range))) {
        Some(word) => whole(word),
        None => whole(text.slice(&subject(text, sentence)?)),
    };
    if hedge {
        return None;
    }
    let mut next = cursor;
    let adverb = matches!(&sentence[start].what, What::Word(word) if word != "no");
    let often = next.any("times/time");
    let named = (start.saturating_sub(4)..start).any(|at| Cursor::new(sentence, at).phrase("letter"));
    if adverb || often {
        // Another letter may come in between.
        let between = (0..start).rfind(|&at| Cursor::new(sentence, at).phrase("letter")).unwrap_or(start);
        let apart = sentence[between..start].iter().any(|token| match &token.what {
            What::Sign(sign) => matches!(sign, ',' | ';'),
            What::Word(word) => one_of(word, "while and but"),
            _ => false,
        });
        if apart {
            return None;
        }
    }
    if adverb || often && (appears || named) {
        let letter = named_letter(text, sentence)?;
        let word = subject()?;
        return in_word(&word, letter, count, place);
    }
    next = cursor;
    next.any("letter/total");
    if let Some(letter) = letter(&mut next) {
        let word = subject()?;
        return in_word(&word, letter, count, place);
    }
    next = cursor;
    let distinct = next.any("unique/different/distinct/total");
    if distinct {
        return None;
    }
    if next.any("letters/letter/characters") {
        let end = next.at;
        let spelled = sentence[end - 1].is("characters");
        // "contains 2 letters r", "a two-letter code".
        let goes_on = letter(&mut next).is_some() || next.any("a/in common/that/long word") || next.sign('"');
        if goes_on && !sentence[end..].first().is_some_and(|token| token.is("long")) {
            return None;
        }
        let word = subject().filter(|word| !word.trim().contains(' '))?;
        let right = if spelled { word.chars().count() } else { letters(&word) };
        // Who spells it out with hyphens or digits counts something else.
        let plain = word.chars().all(char::is_alphabetic);
        let message = format!("“{word}” has {right} letters.");
        return (plain && count != i128::try_from(right).ok()?).then(|| fault(place, right, message));
    }
    // "The number of letters in 'rhythm' is 7."
    let of = (0..start).any(|at| Cursor::new(sentence, at).phrase("number of letters in"));
    if of && at > 0 && sentence[at - 1].is("is") && super::stated::ends(&cursor) {
        let word = subject().filter(|word| word.chars().all(char::is_alphabetic))?;
        let right = letters(&word);
        let message = format!("“{word}” has {right} letters.");
        return (count != i128::try_from(right).ok()?).then(|| fault(place, right, message));
    }
    next = cursor;
    if next.any("words/word") {
        let sentence_of = subject().filter(|held| held.trim().contains(' '))?;
        if next.any("long phrase") {
            return None;
        }
        let right = sentence_of.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        // It depends on who counts.
        let plain = sentence_of.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || ",.!?;:'’".contains(c));
        let message = format!("The quotation has {right} words.");
        return (plain && count != i128::try_from(right).ok()?).then(|| fault(place, right, message));
    }
    None
}

/// A letter by its name: `r`, "r", r's, Rs.
fn letter(cursor: &mut Cursor) -> Option<char> {
    let mut next = *cursor;
    let named = next.before().is_some_and(|token| token.is("letter many of"));
    let quoted = next.sign('"');
    let word = next.word()?;
    let tight = next.peek()?.tight;
    next.at += 1;
    let mut chars = word.chars();
    let (first, rest) = (chars.next()?, chars.as_str());
    let plural = matches!(rest, "'s" | "s");
    if !first.is_alphabetic() || !(rest.is_empty() || plural) || tight && !quoted {
        return None;
    }
    // "a", "I" and "as", "is" are words.
    if !quoted && (rest.is_empty() && matches!(first, 'a' | 'i') || rest == "s" && matches!(first, 'a' | 'i' | 'u')) {
        return None;
    }
    // One letter alone is a name, or the first of an abbreviation.
    if !quoted && !plural && !named {
        return None;
    }
    if quoted {
        if !tight || !next.sign('"') && !plural {
            return None;
        }
        // "r"s
        if next.peek().is_some_and(|token| token.tight) {
            next.any("s/'s");
        }
    }
    *cursor = next;
    Some(first)
}

/// "the letter R".
fn named_letter(text: &Text, sentence: &[Token]) -> Option<char> {
    let found = (0..sentence.len()).filter_map(|at| {
        let mut cursor = Cursor::new(sentence, at);
        if cursor.phrase("letter") {
            cursor.sign('"');
            let word = cursor.word().filter(|word| word.chars().count() == 1)?;
            return word.chars().next();
        }
        let quoted = text.quoted.contains(&sentence[at].at);
        cursor.word().filter(|word| quoted && word.chars().count() == 1)?.chars().next()
    });
    let mut found: Vec<char> = found.collect();
    found.dedup();
    match found[..] {
        [only] => Some(only),
        _ => None,
    }
}

fn in_word(word: &str, letter: char, count: i128, place: Range<usize>) -> Option<Found> {
    let word = word.trim();
    if word.is_empty() || word.split_whitespace().count() > 8 {
        return None;
    }
    let right = word.to_lowercase().chars().filter(|&c| c == letter).count();
    let upper = letter.to_uppercase();
    let times = if right == 1 { "once".into() } else { format!("{right} times") };
    let message = format!("“{word}” has the letter {upper} {times}.");
    (count != i128::try_from(right).ok()?).then(|| fault(place, right, message))
}

/// A question of letters, and an answer that states only the number.
fn bare(asked: &Text, text: &Text) -> Option<Found> {
    let range = asked.sentences.first().filter(|_| asked.sentences.len() == 1)?;
    let question = &asked.tokens[range.clone()];
    let mut cursor = (0..question.len()).find_map(|at| {
        let mut cursor = Cursor::new(question, at);
        cursor.any("how many/number of").then_some(cursor)
    })?;
    let wanted = letter(&mut cursor).or_else(|| named_letter(asked, question).filter(|_| cursor.any("times/letter")));
    let all = wanted.is_none() && cursor.phrase("letters");
    let word = match subject(asked, question) {
        Some(range) => asked.slice(&range).to_string(),
        // "how many r's are in strawberry".
        None => match &question.iter().rfind(|token| matches!(token.what, What::Word(_)))?.what {
            What::Word(last) if said_in(question) => last.clone(),
            _ => return None,
        },
    };
    let stated = text.stated().next()?;
    let numbers: Vec<usize> = (0..stated.len()).filter(|&at| times(&mut Cursor::new(stated, at)).is_some()).collect();
    let [at] = numbers[..] else { return None };
    let mut number = Cursor::new(stated, at);
    let count = times(&mut number)?;
    let place = number.bytes(at);
    // "One of the longest words" is no count.
    if number.phrase("of") || !super::stated::ends(&number) {
        return None;
    }
    let others = text
        .quoted
        .iter()
        .any(|quoted| letters(text.slice(quoted)) > 1 && !text.slice(quoted).eq_ignore_ascii_case(&word));
    if others || at > 0 && matches!(&stated[at - 1].what, What::Sign('−' | '–' | '/')) {
        return None;
    }
    // The letter that the answer names has to be the one that was asked for.
    match (wanted, all) {
        (Some(letter), _) => in_word(&word, letter, count, place),
        (None, true) if word.chars().all(char::is_alphabetic) => {
            let right = letters(&word);
            let message = format!("“{word}” has {right} letters.");
            (count != i128::try_from(right).ok()?).then(|| fault(place, right, message))
        }
        _ => None,
    }
}

/// Whether a question ends with "in WORD".
fn said_in(question: &[Token]) -> bool {
    let Some(last) = question.iter().rposition(|token| matches!(token.what, What::Word(_))) else { return false };
    last > 0 && question[last - 1].is("in word")
}
