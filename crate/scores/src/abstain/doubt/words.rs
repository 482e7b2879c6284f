//! The words of a claim as the templates read them, and how its first one is written inside a sentence.

use crate::spans::sentences::sentences;
use crate::spans::stop_words::is_stop_word;
use std::collections::HashSet;
use std::ops::Range;

/// A word, without the comma behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// As it stands.
    pub text: &'a str,
    /// In lower case.
    pub lower: String,
    /// Whether a comma follows.
    pub comma: bool,
    /// Its bytes in the claim.
    pub range: Range<usize>,
}

impl Word<'_> {
    /// Whether it begins with a capital letter.
    pub fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }

    /// Whether it has a digit.
    pub fn has_digit(&self) -> bool {
        self.text.contains(|c: char| c.is_numeric())
    }

    /// Whether it is one of some words.
    pub fn is_one(&self, words: &[&str]) -> bool {
        words.contains(&self.lower.as_str())
    }
}

/// The words of a claim without its period. Nothing where it has marks that no template knows: quotation marks, brackets,
/// colons, dashes, currencies, emphasis.
pub fn read(claim: &str) -> Option<Vec<Word<'_>>> {
    let text = claim.strip_suffix('.').unwrap_or(claim);
    let mut words = Vec::new();
    let mut at = 0;
    for part in text.split(' ') {
        let (word, comma) = part.strip_suffix(',').map_or((part, false), |word| (word, true));
        if !is_word(word) {
            return None;
        }
        words.push(Word { text: word, lower: word.to_lowercase(), comma, range: at..at + word.len() });
        at += part.len() + 1;
    }
    Some(words)
}

/// Letters and digits, with apostrophes and hyphens inside, points and commas between digits, and points in abbreviations.
fn is_word(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    let short = word.starts_with(char::is_uppercase) && word.split('.').all(|part| part.chars().count() <= 4);
    let inside = |i: usize, of: fn(char) -> bool| i > 0 && of(chars[i - 1]) && chars.get(i + 1).is_some_and(|&c| of(c));
    let fits = |(i, &c): (usize, &char)| match c {
        '\'' | '’' | '-' => inside(i, char::is_alphanumeric),
        ',' => inside(i, |c| c.is_ascii_digit()),
        '.' => inside(i, |c| c.is_ascii_digit()) || short,
        _ => c.is_alphanumeric(),
    };
    !chars.is_empty() && chars.iter().enumerate().all(fits)
}

/// How words are written inside sentences, as a question and its answer show it.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    capital: HashSet<String>,
    small: HashSet<String>,
}

impl Seen {
    /// What these texts show. Headings are no evidence: every word of them may have a capital letter.
    pub fn new(question: &str, answer: &str) -> Self {
        let mut seen = Self::default();
        for text in [question, answer] {
            for sentence in sentences(text) {
                let sentence = &text[sentence];
                if sentence.ends_with(['.', '?', '!']) {
                    seen.note(sentence);
                }
            }
        }
        seen
    }

    fn note(&mut self, sentence: &str) {
        for word in sentence.split_whitespace().skip(1) {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let word = word.strip_suffix("'s").or(word.strip_suffix("’s")).unwrap_or(word);
            let kind = if word.starts_with(char::is_uppercase) { &mut self.capital } else { &mut self.small };
            kind.insert(word.to_lowercase());
        }
    }

    /// The first word of a sentence as it stands inside of one. Nothing where that cannot be known: "Construction" may be a
    /// name, and "Ada" is one only for who has seen it elsewhere.
    pub fn inside(&self, first: &Word) -> Option<String> {
        let known = first.lower.strip_suffix("'s").or(first.lower.strip_suffix("’s")).unwrap_or(&first.lower);
        let stop = is_stop_word(&first.lower);
        match (self.capital.contains(known), self.small.contains(known)) {
            _ if stop && first.lower != "i" => Some(first.lower.clone()),
            _ if !first.is_capital() => Some(first.text.to_owned()),
            (true, false) => Some(first.text.to_owned()),
            (false, true) => Some(first.lower.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(claim: &str) -> Option<Vec<&str>> {
        read(claim).map(|words| words.into_iter().map(|word| word.text).collect())
    }

    #[test]
    fn words_and_their_places() {
        let claim = "Dr. O'Neil's U.S. tour drew 1,500.5 fans, by 1990.";
        let words = read(claim).unwrap();
        assert_eq!(texts(claim).unwrap(), ["Dr.", "O'Neil's", "U.S.", "tour", "drew", "1,500.5", "fans", "by", "1990"]);
        assert!(words.iter().all(|word| &claim[word.range.clone()] == word.text));
        assert_eq!(words.iter().filter(|word| word.comma).map(|word| word.text).collect::<Vec<_>>(), ["fans"]);
        assert_eq!(texts("It is in the U.S.").unwrap().last(), Some(&"U.S"));
    }

    #[test]
    fn marks_that_no_template_knows() {
        for claim in [
            "",
            "It is \"big\".",
            "It (a river) is big.",
            "It is: big.",
            "It was 1914–1918.",
            "It cost $5.",
            "It is 5%.",
            "It is **big**.",
            "It  is big.",
            "It is - big.",
            "It ended... badly.",
            "Was it?",
            "It\nis big.",
            "end.of it",
        ] {
            assert_eq!(texts(claim), None, "{claim}");
        }
    }

    #[test]
    fn first_words_inside_sentences() {
        let seen = Seen::new(
            "Who was Ada Lovelace?",
            "Construction began. The construction took Paris's time. ## A Great Ship\n",
        );
        let inside = |claim: &str| seen.inside(&read(claim).unwrap()[0]);
        assert_eq!(inside("Ada was.").as_deref(), Some("Ada"));
        assert_eq!(inside("Paris's Louvre").as_deref(), Some("Paris's"));
        assert_eq!(inside("The").as_deref(), Some("the"));
        assert_eq!(inside("It").as_deref(), Some("it"));
        assert_eq!(inside("Construction").as_deref(), Some("construction"));
        assert_eq!(inside("Great"), None);
        assert_eq!(inside("Berlin"), None);
        assert_eq!(inside("flows").as_deref(), Some("flows"));
    }
}
