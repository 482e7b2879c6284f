//! Which answers are refusals, by a small rule for English.
//!
//! A refusal begins with words about the speaker's own knowledge or ability ("I don't know", "I'm sorry, but I cannot say"),
//! and gives no answer afterwards: neither behind a "but" ("I don't know who that was, but the city is Paris"), nor marked
//! as a guess ("I'm not sure. I think it is Paris."). Who says that *nobody* knows has answered.
//!
//! What it does not see: other languages; refusals in the middle of a text; a bare guess ("I don't know. Paris?"), which
//! stays a refusal. Semantic entropy of claims keeps the list of its paper's code
//! (`methods::claim_semantic_entropy`), which also counts texts that only mention a refusal.

/// What a model is taught to say.
pub const REFUSAL: &str = "I don't know.";

/// Words before the first that says something.
#[rustfmt::skip]
const LEADS: [&str; 13] = [
    "actually", "ah", "currently", "hm", "hmm", "honestly", "oh", "regrettably", "so", "uh", "um", "unfortunately",
    "well",
];
/// What turns a refusal into an answer, unless it refuses or offers help itself.
const CONTRASTS: [&str; 3] = ["but", "however", "nevertheless"];
/// How refusals begin; articles and apostrophes do not count.
#[rustfmt::skip]
const OPENINGS: [&str; 28] = [
    "i dont know", "i do not know", "i dont really know", "i dont remember", "i do not remember", "i dont recall",
    "im not sure", "i am not sure", "not sure", "im unsure", "i am unsure", "im not certain", "i am not certain",
    "im not aware", "i am not aware", "im not familiar", "i am not familiar", "im unable", "i am unable", "im not able",
    "i am not able", "im sorry", "i am sorry", "i apologize", "im afraid i", "no idea", "as ai", "as language model",
];
/// These begin one only before a word of [`TELLING`]: songs are called "I Can't Stop" and so on.
#[rustfmt::skip]
const UNABLE: [&str; 5] = ["i cannot", "i cant", "i can not", "i could not", "i couldnt"];
#[rustfmt::skip]
const TELLING: [&str; 33] = [
    "access", "answer", "assist", "be", "comment", "complete", "confirm", "determine", "disclose", "discuss", "do", "engage",
    "find", "fulfill", "generate", "give", "guess", "identify", "know", "name", "offer", "predict", "provide", "recall",
    "remember", "respond", "reveal", "say", "see", "share", "speculate", "tell", "verify",
];
/// These only before a word of [`KNOWING`].
const WITHOUT: [&str; 4] = ["i dont have", "i do not have", "i have no", "i lack"];
#[rustfmt::skip]
const KNOWING: [&str; 13] = [
    "ability", "access", "answer", "capability", "clue", "comment", "context", "data", "idea", "information", "knowledge",
    "opinion", "way",
];
/// This one only alone, or before one of [`SPEAKER`].
const SORRY: &str = "sorry";
const SPEAKER: [&str; 2] = ["i", "im"];
/// How a guess begins.
#[rustfmt::skip]
const ANSWERS: [&str; 18] = [
    "answer is", "answer might be", "answer would be", "answer could be", "i think", "i believe", "i guess", "i suppose",
    "i would say", "id say", "i would guess", "id guess", "if i had to guess", "my guess", "my best guess", "maybe", "perhaps",
    "probably",
];
/// How an offer begins, which is no answer.
#[rustfmt::skip]
const OFFERS: [&str; 15] = [
    "i can", "i could", "i will", "ill", "i would be", "id be", "im here", "i am here", "you", "if you", "please", "feel free",
    "let me", "we", "im happy",
];

/// Whether a text refuses to answer.
pub fn refuses(text: &str) -> bool {
    let clauses = clauses(text);
    // "Answer: I don't know."
    let mut said = clauses.iter().skip_while(|clause| clause.words == ["answer"]);
    said.next().is_some_and(|first| opens(&first.words)) && !said.any(Clause::answers)
}

/// A part of a text between punctuation marks or contrasts.
#[derive(Default)]
struct Clause {
    /// In lower case, without apostrophes, articles and leads.
    words: Vec<String>,
    /// A contrast stands before it.
    turns: bool,
}

impl Clause {
    /// Whether it gives an answer after a refusal.
    fn answers(&self) -> bool {
        let words = &self.words;
        begins(words, &ANSWERS) || self.turns && !opens(words) && !begins(words, &OFFERS)
    }
}

/// The clauses that have words.
fn clauses(text: &str) -> Vec<Clause> {
    let text: String = text.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '’' | '`')).collect();
    let mut clauses = vec![Clause::default()];
    let ends = |c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '*' | '_'));
    for part in text.split(ends) {
        next(&mut clauses, false);
        for word in part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            match clauses.last_mut() {
                _ if matches!(word, "a" | "an" | "the") => {}
                _ if CONTRASTS.contains(&word) => next(&mut clauses, true),
                Some(clause) if clause.words.is_empty() && LEADS.contains(&word) => {}
                Some(clause) => clause.words.push(word.to_owned()),
                // There always is one.
                None => {}
            }
        }
    }
    clauses.retain(|clause| !clause.words.is_empty());
    clauses
}

/// Begins a clause, unless the last one has no words yet; that one may still turn.
fn next(clauses: &mut Vec<Clause>, turns: bool) {
    match clauses.last_mut().filter(|clause| clause.words.is_empty()) {
        Some(clause) => clause.turns |= turns,
        None => clauses.push(Clause { words: Vec::new(), turns }),
    }
}

/// Whether some words begin as refusals do.
fn opens(words: &[String]) -> bool {
    let before = |openings: &[&str], wanted: &[&str], within: usize| {
        let rest = openings.iter().find_map(|opening| after(words, opening));
        rest.is_some_and(|rest| rest.iter().take(within).any(|word| wanted.contains(&word.as_str())))
    };
    words == [SORRY]
        || before(&[SORRY], &SPEAKER, 1)
        || begins(words, &OPENINGS)
        || before(&UNABLE, &TELLING, 2)
        || before(&WITHOUT, &KNOWING, 4)
}

fn begins(words: &[String], openings: &[&str]) -> bool {
    openings.iter().any(|opening| after(words, opening).is_some())
}

/// The words after an opening, where they begin with it.
fn after<'a>(words: &'a [String], opening: &str) -> Option<&'a [String]> {
    opening.split(' ').try_fold(words, |words, wanted| {
        words.split_first().filter(|(first, _)| *first == wanted).map(|(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        for text in [
            REFUSAL,
            "I don't know the answer.",
            "I don’t know",
            "i do not know who that is, sorry",
            "**I don't know.**",
            "Well, I don't know.",
            "Answer: I don't know",
            "I'm not sure.",
            "I am not sure who wrote this, but you could ask a librarian.",
            "I'm sorry, but I cannot answer that.",
            "I'm sorry, but I can't assist with that. However, I can help you find a doctor.",
            "Sorry!",
            "Sorry I don't know that one",
            "I have no information about that.",
            "Unfortunately, I don't have enough information about this person.",
            "I do not have access to current data; please look it up.",
            "As an AI, I have no opinion",
            "As an AI language model, I cannot predict the future.",
            "I cannot accurately say.",
            "I have no idea.",
            "No idea",
            "I don't know. I don't have any information about it.",
            "I'm afraid I don't know.",
            "I don't know. Paris?",
        ] {
            assert!(refuses(text), "{text:?}");
        }
    }

    #[test]
    fn answers() {
        for text in [
            "",
            "...",
            "Paris",
            "I don't know who that was, but the answer is Paris.",
            "I'm not sure, but it was Paris",
            "I'm not sure but I think it was Paris",
            "I'm not sure. I think it is Paris.",
            "I don't know. Maybe 1952?",
            "I don't know for certain; my best guess is 1952.",
            "I'm sorry, but it is Paris.",
            "I am not certain. The answer is Paris.",
            "Nobody knows.",
            "Nobody knows: I do not know of any proof",
            "It is not known.",
            "Sorrento",
            "I cannoli",
            "I Can't Help Falling in Love",
            "I Can't Get No Satisfaction",
            "I don't have a dog.",
            "I Have No Mouth, and I Must Scream",
            "Sorry Seems to Be the Hardest Word",
            "Don't Know Why",
            "As aimed",
            "The phrase \"I don't know\" has three words.",
            "Well",
            "Je ne sais pas.",
            "不知道",
        ] {
            assert!(!refuses(text), "{text:?}");
        }
    }
}
