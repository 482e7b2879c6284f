//! Lists as small models write them: numbered or with dashes, in quotes, with a heading and a closing remark.

use crate::spans::words::words;
use std::collections::BTreeSet;

/// Fewest words of an item.
const WORDS: usize = 2;
const QUOTES: &[char] = &['"', '\'', '“', '”', '‘', '’', '«', '»', '「', '」'];

/// The items of a list: lines without their numbers, dashes, labels and quotes. Headings (a colon at the end), lines of
/// fewer than two words and repetitions are dropped. When some items are questions, what is none is a remark.
pub fn questions(reply: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let items: Vec<&str> =
        reply.lines().map(item).filter(|item| words(item).len() >= WORDS && !item.ends_with([':', '：'])).collect();
    let any = items.iter().any(|item| is_question(item));
    let mut kept = Vec::new();
    for item in items.into_iter().filter(|item| !any || is_question(item)) {
        if seen.insert(item.to_lowercase()) {
            kept.push(item.to_owned());
        }
    }
    kept
}

fn is_question(text: &str) -> bool {
    text.ends_with(['?', '？', '؟', '\u{37e}', '՞', '፧'])
}

/// A line without what surrounds the item.
fn item(line: &str) -> &str {
    let mut rest = line.trim();
    loop {
        let before = rest;
        rest = rest.trim_start_matches(['-', '*', '•', '–', '#', '>', ' ', '\t']);
        rest = number(rest).or_else(|| label(rest)).unwrap_or(rest).trim();
        rest = rest.trim_matches(['*', '_', '`']).trim();
        // Quotes around the whole item only, not those of a title in it.
        rest = rest.strip_prefix(QUOTES).and_then(|inner| inner.strip_suffix(QUOTES)).unwrap_or(rest).trim();
        if rest == before {
            return rest;
        }
    }
}

/// What follows `3.`, `3)`, `(3)` or `3:`.
fn number(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('(').unwrap_or(text);
    let after = inside.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = inside.len() - after.len();
    let after = after.strip_prefix(['.', ')', ':'])?;
    // "3.5 percent" is no item of that number.
    ((1..=2).contains(&digits) && !after.starts_with(|c: char| c.is_ascii_digit())).then_some(after)
}

/// What follows `Question 3:` or `Paraphrase:`.
fn label(text: &str) -> Option<&str> {
    let (before, after) = text.split_once(':')?;
    let name = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_lowercase();
    ["question", "paraphrase", "paraphrased question", "version", "rewrite", "q"]
        .contains(&name.as_str())
        .then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_labels_quotes_and_remarks_come_off() {
        let reply = "Sure! Here are three questions:\n\n1. Who wrote it?\n\
                     2) \"Who is its author?\"\n- **Whose book is it?**\n\
                     (4) Question 4: Who wrote it?\n5. “Emma” was written by whom?\n5: Paraphrase: “By whom is it?”\n 6.\n7. ?\n\nLet me know if this helps.";
        assert_eq!(
            questions(reply),
            [
                "Who wrote it?",
                "Who is its author?",
                "Whose book is it?",
                "“Emma” was written by whom?",
                "By whom is it?"
            ]
        );
    }

    #[test]
    fn lists_without_questions_are_kept() {
        assert_eq!(
            questions("1. name the author\n2. 3.5 percent of it\n3. name the AUTHOR"),
            ["name the author", "3.5 percent of it"]
        );
        assert_eq!(questions("1. من كتب هذا؟\n2. من هو المؤلف؟"), ["من كتب هذا؟", "من هو المؤلف؟"]);
        assert_eq!(questions("1. 这本书是谁写的？\n2. 作者是谁？"), ["这本书是谁写的？", "作者是谁？"]);
    }

    #[test]
    fn edges() {
        for reply in ["", "\n\n", "1.", "Why?", "\"\"", "- \n* \n", "Here you are:"] {
            assert!(questions(reply).is_empty(), "{reply:?}");
        }
        assert_eq!(questions("Who was it? ").len(), 1);
        assert_eq!(questions(&"1. Who was it?\n".repeat(2000)).len(), 1);
    }
}
