//! Whether some words are one clause: a subject, its verb, and nothing that has a verb of its own.
//!
//! A template puts a claim behind "I am not sure when". That is English only where the claim is one declarative clause, and
//! says what is meant only where the dropped detail belongs to its verb.

use super::lists::{
    ADVERBS, AUXILIARIES, DETERMINERS, FREE, NOUNS_IN_ING, PARTICIPLES, PLAIN, PRONOUNS, THINKING, WITH_OBJECT,
};
use super::number::is_number;
use super::words::Word;
use crate::spans::stop_words::is_stop_word;

/// Most words of a subject.
const SUBJECT: usize = 10;
/// What joins the words of a subject.
const JOINTS: [&str; 10] = ["a", "an", "and", "her", "his", "its", "of", "our", "the", "their"];

/// Pronouns as objects.
const OBJECTS: [&str; 3] = ["him", "it", "them"];
/// Words that the detail behind them belongs to.
const OPEN: [&str; 7] = ["again", "back", "early", "late", "once", "sometime", "way"];

/// The place of the verb of a clause that begins with its subject, where that verb is one of `verbs`: a pronoun, or a noun
/// with its article, or a name, that has neither numbers nor clauses of its own. `verbs` are in lower case.
pub fn verb(words: &[Word], is_verb: impl Fn(&str) -> bool) -> Option<usize> {
    let first = words.first()?;
    let starts = first.is_one(&DETERMINERS) || !is_stop_word(&first.lower);
    let pronoun = first.is_one(&PRONOUNS);
    if first.comma || !(starts || pronoun) || is_number(first) || is_verbal(first) && !first.is_capital() {
        return None;
    }
    for (i, word) in words.iter().enumerate().skip(1).take(SUBJECT) {
        if !word.is_capital() && is_verb(&word.lower) && !word.comma {
            // "The" alone is no subject.
            return (i > 1 || pronoun || !first.is_one(&DETERMINERS)).then_some(i);
        }
        let adverb = word.is_one(&ADVERBS);
        let joins = word.is_one(&JOINTS) || !is_stop_word(&word.lower);
        let fits = adverb || joins && (!pronoun || first.is_one(&DETERMINERS));
        if !fits || word.comma || is_number(word) || is_verbal(word) {
            return None;
        }
    }
    None
}

/// Whether a word is, or may be, a verb or a participle. Names are none.
fn is_verbal(word: &Word) -> bool {
    let lower = word.lower.as_str();
    let known =
        [&FREE[..], &WITH_OBJECT, &PARTICIPLES, &AUXILIARIES, &THINKING].iter().any(|list| list.contains(&lower));
    !word.is_capital() && (known || lower.ends_with("ed") || lower.ends_with("ing") && !NOUNS_IN_ING.contains(&lower))
}

/// Whether words behind a verb are nouns, names and prepositions only: no number, comma, negation, or further clause.
pub fn is_plain(words: &[Word]) -> bool {
    let object = |word: &Word| word.is_one(&OBJECTS);
    let plain = |(i, word): (usize, &Word)| {
        let stop = is_stop_word(&word.lower);
        // "The importance it holds" is a clause: behind an object only a preposition may follow.
        let ends = !object(word) || words.get(i + 1).is_none_or(|next| next.is_one(&PLAIN) && !object(next));
        ends && !word.comma && !is_number(word) && !is_verbal(word) && (!stop || word.is_one(&PLAIN))
    };
    // "In Quebec back", "on", "the": what belonged to them went with the detail.
    let whole = |last: &Word| (!is_stop_word(&last.lower) || object(last)) && !last.is_one(&OPEN);
    words.iter().enumerate().all(plain) && words.last().is_none_or(whole)
}

/// Whether some words are one clause in the past tense.
pub fn is_past(words: &[Word]) -> bool {
    let past = |word: &str| matches!(word, "was" | "were") || FREE.contains(&word) || WITH_OBJECT.contains(&word);
    let Some(verb) = verb(words, past) else { return false };
    let rest = &words[verb + 1..];
    match words[verb].lower.as_str() {
        // "The winner was Jock Hutchison": that he was is no event.
        "was" | "were" => predicate(rest).is_some_and(|after| is_plain(after) && !rest[0].is_capital()),
        word if FREE.contains(&word) => is_plain(rest),
        _ => rest.first().is_some_and(is_object) && is_plain(rest),
    }
}

/// What follows "was" without the adverbs and the participle, of which there may be one. Nothing where nothing follows.
pub fn predicate<'a, 'b>(rest: &'b [Word<'a>]) -> Option<&'b [Word<'a>]> {
    let adverbs = rest.iter().take_while(|word| word.is_one(&ADVERBS) && !word.comma).count();
    let (first, others) = rest[adverbs..].split_first()?;
    let lower = first.lower.as_str();
    let participle = PARTICIPLES.contains(&lower) || WITH_OBJECT.contains(&lower) || lower.ends_with("ed");
    let passive = participle && !first.is_capital() && !THINKING.contains(&lower) && !first.comma;
    Some(if passive { others } else { &rest[adverbs..] })
}

/// Whether a word behind a verb begins its object.
fn is_object(word: &Word) -> bool {
    word.is_one(&DETERMINERS) || word.is_one(&OBJECTS) || word.is_capital()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abstain::doubt::words::read;

    fn past(text: &str) -> bool {
        read(text).is_some_and(|words| is_past(&words))
    }

    #[test]
    fn clauses_in_the_past() {
        for text in [
            "Ada Lovelace was born",
            "the Eiffel Tower was officially completed",
            "he won the Nobel Prize in Physics",
            "World War II ended",
            "the first king of France died in Paris",
            "they became independent from Spain",
            "the king and the queen were married",
            "she was the daughter of a duke",
            "it first appeared in a magazine",
            "Babbage's engine was built",
            "she married William King",
        ] {
            assert!(past(text), "{text}");
        }
    }

    #[test]
    fn what_is_none_or_more_than_one() {
        for text in [
            "",
            "was born",
            "It was",
            "The was big",
            "a novel published",
            "a film directed by him",
            "the company founded opened",
            "the man who wrote it died",
            "the man left was ill",
            "he was not born",
            "he never married her",
            "he said the war ended",
            "it was believed to have ended",
            "he was born and raised",
            "he died while it was dark",
            "he was the king ruling",
            "if he was born",
            "there was a war",
            "I was born",
            "you were born",
            "he would die",
            "he is the king",
            "it opened, and it was",
            "two men died",
            "Apollo 11 landed",
            "he was 12",
            "he died on",
            "he has died",
            "cats were they",
            "he appeared in Quebec back",
            "it was important due to the role it plays",
            "the winner was Jock Hutchison",
            "he was born without a name",
            "he won in a race",
            "The prize won",
        ] {
            assert!(!past(text), "{text}");
        }
    }
}
