//! Words of a text as byte ranges, for perturbations and for judging tokens in their words.
//!
//! A word is a run of letters, digits and the marks on them; apostrophes and hyphens count inside. Scripts that are
//! written without spaces have no such runs: ideographs and kana go in pairs, about the length of a Chinese or Japanese
//! word. Not the Unicode segmentation rules, whose tables would weigh more than they help here.

use std::ops::Range;

/// Byte ranges of the words, in order.
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    // Where a letter would go on with the last word, and how many ideographs that word has.
    let (mut open, mut ideographs) = (0, 0);
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match words.last_mut().filter(|_| at == open) {
            Some(word) if word.end == at && is_mark(c) => word.end = end,
            Some(word) if word.end == at && is_ideograph(c) && ideographs == 1 => (word.end, ideographs) = (end, 2),
            Some(word) if is_letter(c) && ideographs == 0 => word.end = end,
            Some(word) if word.end == at && ideographs == 0 && matches!(c, '\'' | '’' | '-' | '‑') => {}
            _ if c.is_alphanumeric() => {
                words.push(at..end);
                ideographs = usize::from(is_ideograph(c));
            }
            _ => continue,
        }
        open = end;
    }
    words
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_ideograph(c)
}

/// Characters that belong to the one before them and are no letters by themselves: accents, vowel signs, joiners.
pub fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
        // Brahmic scripts, Thai and Lao: what is no letter, digit, space or stop there is a sign on a letter.
        || matches!(c, '\u{900}'..='\u{edf}')
            && !c.is_alphanumeric()
            && !matches!(c, '\u{964}' | '\u{965}' | '\u{df4}' | '\u{e3f}' | '\u{e4f}')
}

/// Han ideographs and kana.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| &text[word]).collect()
    }

    #[test]
    fn words_of_many_scripts() {
        assert_eq!(split("Who wrote “Don't Look-Now”?"), ["Who", "wrote", "Don't", "Look-Now"]);
        assert_eq!(
            split("rock 'n' roll -- the 1960's, 3.5 km"),
            ["rock", "n", "roll", "the", "1960's", "3", "5", "km"]
        );
        assert_eq!(split("l’été naïve cafe\u{301}s"), ["l’été", "naïve", "cafe\u{301}s"]);
        assert_eq!(split("من كتب هذه الرواية؟"), ["من", "كتب", "هذه", "الرواية"]);
        assert_eq!(split("מי כתב את הספר?"), ["מי", "כתב", "את", "הספר"]);
        assert_eq!(split("भारत की राजधानी क्या है।"), ["भारत", "की", "राजधानी", "क्या", "है"]);
        assert_eq!(split("می\u{200c}خواهم"), ["می\u{200c}خواهم"]);
        assert_eq!(split("法国的首都是哪里？"), ["法国", "的首", "都是", "哪里"]);
        assert_eq!(split("GPT是什么 ok"), ["GPT", "是什", "么", "ok"]);
    }

    #[test]
    fn edges() {
        for text in ["", " \n", "…!?", "'", "-", "\u{301}", "🥐🗼"] {
            assert!(words(text).is_empty(), "{text:?}");
        }
        assert_eq!(split("a-"), ["a"]);
        assert_eq!(split("a--b"), ["a", "b"]);
        assert_eq!(split("a-是"), ["a", "是"]);
        assert_eq!(words(&"word ".repeat(2000)).len(), 2000);
    }
}
