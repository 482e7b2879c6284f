//! What is no question in words: links, addresses and paths, or keys pressed at random.

use super::language::is_english;
use super::text::Text;

/// Whether a text is none.
pub fn is(text: &Text) -> bool {
    text.words.is_empty() || text.raw.split_whitespace().all(is_address) || is_random(text)
}

/// Whether letters stand for a place in a network or on a disk.
fn is_address(part: &str) -> bool {
    let names = part.contains("://") || part.contains('@') || part.starts_with("www.");
    part.contains(char::is_alphabetic) && (names || part.matches(['/', '\\']).count() > 1)
}

/// Whether half of the words are none that anybody can say, and none is a small word of English.
fn is_random(text: &Text) -> bool {
    let random = text.words.iter().filter(|word| is_unsayable(word)).count();
    2 * random >= text.words.len() && !text.words.iter().any(|word| is_english(word))
}

/// Keys that lie beside one another, and that no word has in this order.
const KEYS: [&str; 12] = ["sdf", "dfg", "fgh", "ghj", "hjk", "jkl", "zxc", "xcv", "cvb", "vbn", "bnm", "qwe"];

/// Whether a word cannot be said: longer than an abbreviation and without a vowel, with too many consonants in a row or
/// at its beginning, or the same letter over and over.
fn is_unsayable(word: &str) -> bool {
    let vowel = |c: char| "aeiouy".contains(c);
    let run = word.split(vowel).map(str::len).max();
    let begins = word.find(vowel).map_or_else(|| word.len() > 3, |begin| begin > 4);
    let same = word.as_bytes().windows(4).any(|letters| letters.iter().all(|letter| *letter == letters[0]));
    word.bytes().all(|b| b.is_ascii_lowercase())
        && (run > Some(6) || begins || same || KEYS.iter().any(|keys| word.contains(keys)))
}
