//! What is no question in words: links, addresses and paths, or keys pressed at random.

use super::language::is_english;
use super::text::Text;

/// Whether a text is none.
pub fn is(text: &Text) -> bool {
    text.words.is_empty() || text.raw.split_whitespace().all(is_address) || is_random(text)
}

/// Whether letters stand for a place in a network or on a disk: there are signs within them that no word has.
fn is_address(part: &str) -> bool {
    let inside = part.as_bytes().windows(2).any(|pair| b"./\\@".contains(&pair[0]) && pair[1] > b'.');
    inside && !part.starts_with('<') && part.contains(char::is_alphabetic)
}

/// Whether most of the words are none that anybody can say, and none is a small word of English.
fn is_random(text: &Text) -> bool {
    let random = text.words.iter().filter(|word| is_unsayable(word.as_bytes())).count();
    2 * random > text.words.len() && !text.words.iter().any(|word| is_english(word))
}

/// Keys that lie beside one another; hardly any word has three of them in this order.
const KEYS: &[u8] = b"sdfg ghjkl zxcvbnm qwe";

/// Whether a word cannot be said: longer than an abbreviation and without a vowel, with too many consonants in a row, or
/// with the same letter over and over.
fn is_unsayable(word: &[u8]) -> bool {
    let crowded = |run: &[u8]| run.len() > 6 || run.len() > 3 && run.len() == word.len();
    let same = |letters: &[u8]| letters.iter().all(|letter| *letter == letters[0]);
    let keys = |letters: &[u8]| KEYS.windows(3).any(|keys| keys == letters);
    word.iter().all(u8::is_ascii_lowercase)
        && (word.split(|letter| b"aeiouy".contains(letter)).any(crowded)
            || word.windows(4).any(same)
            || word.windows(3).any(keys))
}
