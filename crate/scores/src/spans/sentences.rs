//! Sentences of a generated answer as byte ranges.
//!
//! Rules rather than the Unicode sentence algorithm, which knows neither abbreviations nor list markers and would bring
//! its tables into the wasm: a stop ends a sentence when white space and no lower-case letter follows, unless it
//! belongs to an abbreviation, an initial or a list marker. Scripts without upper and lower case have no abbreviations
//! here. Every line break ends a sentence: generated text is not wrapped.

use super::stop_words::is_stop_word;
use super::words::words;
use std::ops::Range;

/// Stops after which a sentence may go on.
const STOPS: &[char] = &['.', '!', '?', '…'];
/// Stops that always end one, with or without a space: CJK, Arabic, Urdu, Devanagari, Armenian, Ethiopic.
const FULL_STOPS: &[char] = &['。', '！', '？', '｡', '؟', '۔', '।', '॥', '։', '።'];
/// What still belongs to the sentence after its stop.
const CLOSERS: &[char] =
    &['"', '\'', '”', '’', '»', '›', ')', ']', '}', '」', '』', '）', '】', '*', '_', '\u{200e}', '\u{200f}'];

/// Abbreviations that stand before a name or a number: never the end of a sentence. Lower case, in order.
const BEFORE: &[&str] = &[
    "adm", "al", "approx", "art", "ca", "capt", "cf", "ch", "cmdr", "col", "dept", "dr", "e.g", "eq", "est", "fig",
    "figs", "gen", "gov", "hon", "i.e", "lt", "maj", "messrs", "mr", "mrs", "ms", "mt", "mx", "no", "nos", "nr", "p",
    "pp", "pres", "prof", "rep", "rev", "sec", "sen", "sgt", "st", "vol", "vs",
];
/// Signs of list items and headings.
const MARKERS: &[char] = &['-', '*', '•', '–', '—', '·', '‣', '◦', '#', '>'];

/// Byte ranges of the sentences, without white space and list markers around them. What has no letter and no digit is
/// no sentence.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        let is_stop = |c: char| STOPS.contains(&c) || FULL_STOPS.contains(&c);
        if is_stop(c) {
            while let Some(&(next, c)) = chars.peek().filter(|(_, c)| is_stop(*c) || CLOSERS.contains(c)) {
                end = next + c.len_utf8();
                chars.next();
            }
        }
        let line_ends = matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        if line_ends || FULL_STOPS.contains(&c) || STOPS.contains(&c) && ends(text, start, at, end) {
            sentences.extend(content(text, start..end));
            start = end;
        }
    }
    sentences.extend(content(text, start..text.len()));
    sentences
}

/// Whether the stop at `at`, followed by closers up to `end`, ends the sentence that began at `start`.
fn ends(text: &str, start: usize, at: usize, end: usize) -> bool {
    let rest = &text[end..];
    let next = rest.trim_start();
    if next.is_empty() {
        return true;
    }
    let opens = |c: char| matches!(c, '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '*' | '_');
    if rest.len() == next.len() || next.trim_start_matches(opens).starts_with(char::is_lowercase) {
        return false;
    }
    let single_dot = text[at..].starts_with('.') && end == at + 1;
    !(single_dot && belongs_to_word(&text[start..at]))
}

/// Whether a dot after `before`, the sentence so far, is part of its last word.
fn belongs_to_word(before: &str) -> bool {
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = last.trim_start_matches(|c: char| !c.is_alphanumeric());
    // "1." and "a." at the beginning: a list marker.
    let alone = content(before, 0..before.len()).is_some_and(|range| before[range].len() == word.len());
    let marker = word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()) || word.len() == 1;
    if alone && marker || BEFORE.binary_search(&word.to_lowercase().as_str()).is_ok() {
        return true;
    }
    // "J." in "George W. Bush", "by J. Smith"; not in "vitamin C. It".
    let mut chars = word.chars();
    let initial = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    let previous = before[..before.len() - last.len()].split_whitespace().next_back().unwrap_or_default();
    initial && (previous.starts_with(char::is_uppercase) || is_stop_word(previous))
}

/// The part of `range` without white space and list markers around it; `None` when nothing is said there.
fn content(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = text[range.clone()].trim_end();
    let mut rest = part.trim_start();
    while let Some(after) = marker(rest) {
        rest = after.trim_start();
    }
    let start = range.start + part.len() - rest.len();
    (!words(rest).is_empty()).then(|| start..range.start + part.len())
}

/// What follows a list marker: `- `, `## `, `3) `, `12. `.
fn marker(text: &str) -> Option<&str> {
    let signs = text.trim_start_matches(MARKERS);
    if signs.len() < text.len() {
        return signs.starts_with(char::is_whitespace).then_some(signs);
    }
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = digits.strip_prefix(['.', ')'])?;
    ((1..=3).contains(&(text.len() - digits.len())) && after.starts_with(char::is_whitespace)).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_abbreviations_are_in_order() {
        assert!(BEFORE.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn stops_and_closers() {
        assert_eq!(split("It rained. It poured!  Did it? Yes…"), ["It rained.", "It poured!", "Did it?", "Yes…"]);
        assert_eq!(
            split("He said “No.” She left. (So did I.) End"),
            ["He said “No.”", "She left.", "(So did I.)", "End"]
        );
        assert_eq!(
            split("“Who?” he asked. Yahoo! is old... or not."),
            ["“Who?” he asked.", "Yahoo! is old... or not."]
        );
        assert_eq!(split("What?! Really."), ["What?!", "Really."]);
        assert_eq!(split("**Bold.** Next."), ["**Bold.**", "Next."]);
    }

    #[test]
    fn abbreviations_initials_and_numbers() {
        for one in [
            "Dr. Smith met Mrs. Jones at St. Paul's, i.e. in London.",
            "George W. Bush and J. K. Rowling read No. 5 of Vol. 2.",
            "It was written by J. Smith, and 3.5 million copies were sold.",
            "It costs approx. 3.50 at www.example.com today.",
            "The U.S. economy grew by 2.5 percent.",
            "At 5 p.m. it ended.",
        ] {
            assert_eq!(split(one), [one]);
        }
        assert_eq!(split("Take vitamin C. It helps."), ["Take vitamin C.", "It helps."]);
        assert_eq!(split("He worked for Acme Inc. She did not."), ["He worked for Acme Inc.", "She did not."]);
        assert_eq!(split("It was 1952. Then 42."), ["It was 1952.", "Then 42."]);
    }

    #[test]
    fn lists_and_lines() {
        let list =
            "Facts:\n1. Paris is big.\n2) It has 2.1 million people\n- The Seine\n  * flows. There.\n\n---\n## End\n";
        assert_eq!(
            split(list),
            ["Facts:", "Paris is big.", "It has 2.1 million people", "The Seine", "flows.", "There.", "End"]
        );
        assert_eq!(split("1. One. 2. Two."), ["One.", "Two."]);
        assert_eq!(split("a\r\nb"), ["a", "b"]);
        assert_eq!(split("-5 degrees. 1.5 is a number."), ["-5 degrees.", "1.5 is a number."]);
    }

    #[test]
    fn other_scripts() {
        assert_eq!(split("巴黎是法国的首都。它很大！对吗？"), ["巴黎是法国的首都。", "它很大！", "对吗？"]);
        assert_eq!(split("باريس عاصمة فرنسا. هل هي كبيرة؟ نعم."), ["باريس عاصمة فرنسا.", "هل هي كبيرة؟", "نعم."]);
        assert_eq!(split("פריז היא בירת צרפת. היא גדולה."), ["פריז היא בירת צרפת.", "היא גדולה."]);
        assert_eq!(split("पेरिस फ्रांस की राजधानी है। यह बड़ा है।"), ["पेरिस फ्रांस की राजधानी है।", "यह बड़ा है।"]);
        assert_eq!(split("Élan vital. Été. ça va."), ["Élan vital.", "Été. ça va."]);
        assert_eq!(split("🥐 Croissant. 🗼"), ["🥐 Croissant."]);
    }

    #[test]
    fn edges() {
        for text in ["", " ", "\n\n", "...", "!?", "- "] {
            assert!(split(text).is_empty(), "{text:?}: {:?}", split(text));
        }
        assert_eq!(split("Paris"), ["Paris"]);
        assert_eq!(split("42. "), ["42."], "a number with nothing behind it is an answer, no marker");
        let long = "This is a sentence. ".repeat(2000);
        assert_eq!(sentences(&long).len(), 2000);
        // Ranges are in order, disjoint, and on character boundaries.
        let text = "a.b. c! ٣. x\u{301}. “é.” \u{200f}.\n*";
        let ranges = sentences(text);
        assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert!(ranges.iter().all(|range| text.get(range.clone()).is_some_and(|s| !s.is_empty())));
    }
}
