//! English function words: they carry no fact, so CCP counts them as certain and perturbations leave them alone.
//!
//! Compiled for this project: articles, pronouns, prepositions, conjunctions, auxiliaries, question words and
//! particles. The paper uses NLTK's list. Negations are here as there, although they can turn a claim around.

/// In order, lower case.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "above", "across", "after", "again", "against", "all", "along", "also", "although", "am", "among",
    "an", "and", "any", "are", "aren't", "around", "as", "at", "be", "because", "been", "before", "behind", "being",
    "below", "beneath", "beside", "besides", "between", "beyond", "both", "but", "by", "can", "can't", "cannot",
    "could", "couldn't", "despite", "did", "didn't", "do", "does", "doesn't", "doing", "don't", "down", "during",
    "each", "either", "else", "even", "ever", "every", "few", "for", "from", "further", "had", "hadn't", "has",
    "hasn't", "have", "haven't", "having", "he", "he'd", "he'll", "he's", "hence", "her", "here", "hers", "herself",
    "him", "himself", "his", "how", "however", "i", "i'd", "i'll", "i'm", "i've", "if", "in", "inside", "into", "is",
    "isn't", "it", "it'd", "it'll", "it's", "its", "itself", "just", "least", "less", "let's", "many", "may", "me",
    "might", "mine", "more", "most", "much", "must", "mustn't", "my", "myself", "near", "neither", "no", "nor", "not",
    "of", "off", "on", "once", "one's", "only", "onto", "or", "other", "others", "ought", "our", "ours", "ourselves",
    "out", "outside", "over", "own", "past", "per", "quite", "rather", "same", "shall", "shan't", "she", "she'd",
    "she'll", "she's", "should", "shouldn't", "since", "so", "some", "such", "than", "that", "that's", "the", "their",
    "theirs", "them", "themselves", "then", "there", "there's", "therefore", "these", "they", "they'd", "they'll",
    "they're", "they've", "this", "those", "though", "through", "throughout", "thus", "till", "to", "too", "toward",
    "towards", "under", "unless", "until", "up", "upon", "us", "very", "via", "was", "wasn't", "we", "we'd", "we'll",
    "we're", "we've", "were", "weren't", "what", "what's", "whatever", "when", "whenever", "where", "where's",
    "whereas", "wherever", "whether", "which", "whichever", "while", "who", "who's", "whoever", "whom", "whose", "why",
    "will", "with", "within", "without", "won't", "would", "wouldn't", "yet", "you", "you'd", "you'll", "you're",
    "you've", "your", "yours", "yourself", "yourselves",
];

/// Whether a word, in any case and with either apostrophe, is a function word.
pub fn is_stop_word(word: &str) -> bool {
    let word = word.to_lowercase().replace('’', "'");
    STOP_WORDS.binary_search(&word.as_str()).is_ok()
}

/// The same of a word in lower case whose apostrophes were taken out: "dont".
pub fn is_bare_stop_word(word: &str) -> bool {
    STOP_WORDS.iter().any(|stop| stop.bytes().filter(|&letter| letter != b'\'').eq(word.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(STOP_WORDS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn case_and_apostrophes_do_not_matter() {
        for word in ["The", "OF", "don’t", "Don't", "i"] {
            assert!(is_stop_word(word), "{word}");
        }
        for word in ["", "Paris", "1952", "één", "من", "не"] {
            assert!(!is_stop_word(word), "{word}");
        }
        assert!(is_bare_stop_word("dont") && is_bare_stop_word("the") && is_bare_stop_word("thats"));
        assert!(!is_bare_stop_word("paris") && !is_bare_stop_word("want") && !is_bare_stop_word(""));
    }
}
