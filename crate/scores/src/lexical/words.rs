//! The words of a text, as comparisons without a model read it.
//!
//! A word is a run of letters, digits and their marks, in lower case; a letter of a script that writes no spaces (Han,
//! kana, Thai …) is a word of its own. Texts that Unicode calls equivalent (é as one character or as two) have the same
//! words.
//!
//! A number is read by its value, as in DROP's evaluation and unlike SQuAD's, whose own script takes 314 for 3.14 and 5
//! for −5:
//!
//! * a decimal point and a sign before the number stay: 314 is not 3.14, 5 is not −5, 1.0 is not 10; hyphen, minus and
//!   en dash are one sign, and a plus is none; the sign may stand before a currency sign (−$5);
//! * marks between thousands vanish: 1,000, 1'000 and 1000 are equal, and so is 1 000 with a space that does not break;
//! * zeros at the end of a decimal fraction do not count: 3.0 is 3; .5 is 0.5;
//! * any other mark between two digits stays: 1/2 is not 12, 10:30 is not 1030, 3,14 is not 314 (nor 3.14: whether a
//!   comma is a decimal one cannot be told), 1.2.3 is not 12.3;
//! * digits of other scripts and of full width are the same digits.
//!
//! Percent and currency signs vanish like other punctuation, units are words. In answers a scale (thousand, million,
//! billion, trillion) that follows a number is part of its value: 1.5 million is 1,500,000, and 5 million holds no 5.

use std::borrow::Cow;
use unicode_normalization_alignments::UnicodeNormalization;

/// The text in Unicode's composed form: of texts that are equivalent, one.
pub fn composed(text: &str) -> Cow<'_, str> {
    match text.is_ascii() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().map(|(c, _)| c).collect()),
    }
}

/// The words of a text. On ASCII without signs and points in numbers these are the words of the `rouge_score` package
/// without its stemmer, which knows English alone.
pub fn words(text: &str) -> Vec<String> {
    split(text, Between::Words)
}

/// The words of an answer, as in SQuAD's evaluation but for numbers: what is not part of a word vanishes instead of
/// separating ("U.S." is one word), articles too; "minus" before a number is its sign. An em dash separates, and so do
/// `: = { } , ; /` between letters and a number ("x=42", "\boxed{42}").
pub fn answer_words(text: &str) -> Vec<String> {
    let number = |word: &String| word.starts_with(|c: char| c.is_ascii_digit());
    let mut words: Vec<String> = Vec::new();
    for word in split(text, Between::Nothing) {
        match words.as_slice() {
            _ if matches!(word.as_str(), "a" | "an" | "the") => {}
            // "10 minus 5" is none.
            [before @ .., minus]
                if matches!(minus.as_str(), "minus" | "negative")
                    && number(&word)
                    && !before.last().is_some_and(number) =>
            {
                words.pop();
                words.push(format!("-{word}"));
            }
            all => match all.last().and_then(|last| scaled(last, &word)) {
                Some(value) => {
                    words.pop();
                    words.push(value);
                }
                None => words.push(word),
            },
        }
    }
    words
}

/// A number times the scale that follows it; none where these are something else.
fn scaled(number: &str, scale: &str) -> Option<String> {
    let zeros = match scale {
        "thousand" => 3,
        "million" => 6,
        "billion" => 9,
        "trillion" => 12,
        _ => return None,
    };
    let (signed, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.chars().chain(fraction.chars()).all(digit) {
        return None;
    }
    let moved = format!("{whole}{fraction:0<zeros$}");
    let (whole, fraction) = moved.split_at(whole.len() + zeros);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    Some(with_sign(signed, value(format!("{whole}.{fraction}"))))
}

/// Most groups of thousands.
const GROUPS: usize = 12;

/// What stands for a character that is not part of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    Words,
    Nothing,
}

fn split(text: &str, between: Between) -> Vec<String> {
    // Lower case first: it may take letters apart.
    let text: Vec<char> = composed(&text.to_lowercase()).chars().map(plain).collect();
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        let before = at.checked_sub(1).map(|before| text[before]);
        if let Some(number) = Number::read(&text, at) {
            // ROUGE separates at a sign, where nothing of it is lost.
            if between == Between::Words && number.text.starts_with('-') {
                end(&mut word);
            }
            word.push_str(&number.text);
            at = number.end;
            continue;
        }
        let separates = match between {
            Between::Words => !belongs(c),
            Between::Nothing => separates(&text, at),
        };
        if alone(c) || c.is_whitespace() || separates {
            end(&mut word);
        }
        let after = text.get(at + 1);
        let kept = between == Between::Nothing && before.is_some_and(digit) && after.is_some_and(|&c| digit(c));
        if belongs(c) || (kept && joins(c)) {
            word.push(if dash(c) { '-' } else { c });
        }
        if alone(c) {
            end(&mut word);
        }
        at += 1;
    }
    end(&mut word);
    words
}

/// A number as it is compared.
struct Number {
    text: String,
    /// One past its last character.
    end: usize,
}

impl Number {
    /// The number that begins at a place of a text, with its sign.
    fn read(text: &[char], start: usize) -> Option<Self> {
        let at = |i: usize| text.get(i).copied();
        let is_digit = |i: usize| at(i).is_some_and(digit);
        let before = start.checked_sub(1).and_then(at);
        let signed = at(start).is_some_and(dash) && before.is_none_or(opens);
        let mut i = start + usize::from(signed);
        if signed && at(i).is_some_and(currency) {
            i += 1;
        }
        // Without a digit before it: a decimal point, if nothing else ends there.
        let pointed = at(i) == Some('.') && is_digit(i + 1) && (signed || before.is_none_or(opens));
        if !pointed && !is_digit(i) {
            return None;
        }
        let mut number = String::from(if pointed { "0" } else { "" });
        let first = i;
        while let Some(c) = at(i) {
            match c {
                _ if digit(c) => number.push(c),
                '.' if is_digit(i + 1) => number.push(c),
                _ if !number.contains('.') && groups(text, first, i) => {}
                'e' if exponent(text, i) => {
                    // The sign of an exponent, too, is one.
                    number = value(number) + "e";
                    i += 1 + usize::from(!is_digit(i + 1));
                    number.extend(at(i - 1).filter(|&c| dash(c)).map(|_| '-'));
                    number.extend(text[i..].iter().take_while(|&&c| digit(c)));
                    i += text[i..].iter().take_while(|&&c| digit(c)).count();
                    return Some(Self { text: with_sign(signed, number), end: i });
                }
                _ => break,
            }
            i += 1;
        }
        Some(Self { text: with_sign(signed, value(number)), end: i })
    }
}

fn with_sign(signed: bool, number: String) -> String {
    match signed && number != "0" {
        true => format!("-{number}"),
        false => number,
    }
}

/// Without the zeros that end a decimal fraction; what has several points is no decimal fraction.
fn value(number: String) -> String {
    match number.matches('.').count() {
        1 => number.trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => number,
    }
}

/// Whether an exponent follows the `e` at `i`.
fn exponent(text: &[char], i: usize) -> bool {
    let sign = text.get(i + 1).is_some_and(|&c| dash(c) || c == '+');
    text.get(i + 1 + usize::from(sign)).is_some_and(|&c| digit(c))
}

/// Whether the mark at `i` parts thousands of the number that begins at `first`: one to three digits before the first
/// mark, three after each; two as well before further ones, as in India.
fn groups(text: &[char], first: usize, i: usize) -> bool {
    let mark = |c: char| matches!(c, ',' | '\'' | '’' | '_' | '\u{a0}' | '\u{2009}' | '\u{202f}');
    let run = |from: usize| text[from.min(text.len())..].iter().take_while(|&&c| digit(c)).count();
    let leading = run(first);
    if !mark(text[i]) || leading > 3 || leading == 0 {
        return false;
    }
    let mut at = i;
    // Longer numbers have no name.
    for _ in 0..GROUPS {
        let digits = run(at + 1);
        let next = at + 1 + digits;
        let more = text.get(next).is_some_and(|&c| c == text[i]) && run(next + 1) > 0;
        match (digits, more) {
            (3, false) => return true,
            (2 | 3, true) => at = next,
            _ => return false,
        }
    }
    false
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Hyphen, minus and en dash.
fn dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}')
}

fn currency(c: char) -> bool {
    matches!(c, '$' | '£' | '¥' | '¢' | '\u{20a0}'..='\u{20cf}')
}

/// Whether a sign or a point after this character can belong to the number that follows.
fn opens(c: char) -> bool {
    !belongs(c) && !dash(c) && !matches!(c, ')' | ']' | '}' | '%' | '°' | '.' | '!' | '?')
}

/// Marks that stay between two digits in the words of an answer.
fn joins(c: char) -> bool {
    c.is_ascii_punctuation() && !matches!(c, '\'' | '`' | '_') || dash(c) || matches!(c, '×' | '÷' | '·' | '⁄' | '∕')
}

/// Most marks in a row that are looked through.
const MARKS: usize = 8;

/// Whether the mark at `at` separates the words of an answer: an em dash, and some marks between a letter and a digit,
/// where other marks may stand as well ("Answer:**42**").
fn separates(text: &[char], at: usize) -> bool {
    match text[at] {
        '\u{2014}' | '\u{2015}' => true,
        ':' | '=' | '{' | '}' | ',' | ';' | '/' => {
            let ends = |c: &&char| belongs(**c) || c.is_whitespace();
            let before = text[..at].iter().rev().take(MARKS).find(ends);
            let after = text[at + 1..].iter().take(MARKS).find(ends);
            let letter = |c: char| belongs(c) && !digit(c);
            before.zip(after).is_some_and(|(&a, &b)| letter(a) && digit(b) || digit(a) && letter(b))
        }
        _ => false,
    }
}

/// Digits of other scripts and marks of full width as those of ASCII.
fn plain(c: char) -> char {
    let zeros = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    let value = |zero: char| (c as u32).checked_sub(zero as u32).filter(|&value| value < 10);
    match c {
        '\u{66b}' | '\u{ff0e}' => '.',
        '\u{66c}' | '\u{ff0c}' => ',',
        '\u{ff0d}' => '-',
        '\u{ff0b}' => '+',
        _ => zeros.into_iter().find_map(value).and_then(|value| char::from_digit(value, 10)).unwrap_or(c),
    }
}

/// Letters and digits, and the marks on them that do not count as letters: accents, Hebrew cantillation, Indic signs,
/// joiners, the minus of an exponent.
fn belongs(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{900}'..='\u{963}' | '\u{966}'..='\u{dff}')
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{207b}')
}

/// Letters of scripts that write no spaces between words.
fn alone(c: char) -> bool {
    let scripts = matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Thai, Lao; Myanmar; Khmer
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' // kana, Han
    );
    scripts && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> String {
        answer_words(text).join(" ")
    }

    #[test]
    fn words_of_all_scripts() {
        assert_eq!(words("L'été 2024, naïve"), ["l", "été", "2024", "naïve"]);
        assert_eq!(words("cafe\u{301} e\u{301} x\u{301}"), ["café", "é", "x\u{301}"]);
        assert_eq!(words("東京は2020年"), ["東", "京", "は", "2020", "年"]);
        assert_eq!(words("نعم، بالتأكيد"), ["نعم", "بالتأكيد"]);
        assert_eq!(words("שָׁלוֹם עולם"), words("ש\u{5b8}\u{5c1}לו\u{5b9}ם עולם"));
        assert_eq!(words("हिन्दी में।"), ["हिन्दी", "में"]);
        assert_eq!(words("🙂 — …"), Vec::<String>::new());
    }

    #[test]
    fn composed_and_decomposed_texts_have_the_same_words() {
        // Latin, Vietnamese (two marks), Hangul (by syllable and by letter), Greek, the Ångström sign, capital İ.
        for (a, b) in [
            ("Škoda CAFÉ", "S\u{30c}koda CAFE\u{301}"),
            ("Việt", "Vie\u{323}\u{302}t"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
            ("ΆΡΗΣ", "Α\u{301}ΡΗΣ"),
            ("Å", "\u{212b}"),
            ("İstanbul", "I\u{307}stanbul"),
        ] {
            assert_eq!((words(a), answer_words(a)), (words(b), answer_words(b)), "{a}");
            assert_eq!(composed(a), composed(b), "{a}");
        }
        assert_ne!(words("resume"), words("résumé"));
    }

    /// Pairs that the demo page's own words are held to as well.
    #[test]
    fn answers_with_and_without_the_same_words() {
        let text = include_str!("../../../../tests/reference/evaluate/words.json");
        let pairs: serde_json::Value = serde_json::from_str(text).unwrap();
        let of = |name: &str| -> Vec<[String; 2]> { serde_json::from_value(pairs[name].clone()).unwrap() };
        let (equal, different) = (of("equal"), of("different"));
        assert_eq!((equal.len(), different.len()), (55, 38));
        equal.iter().for_each(|[a, b]| assert_eq!(one(a), one(b), "{a} is {b}"));
        different.iter().for_each(|[a, b]| assert_ne!(one(a), one(b), "{a} is not {b}"));
    }

    #[test]
    fn signs_and_points_count_for_rouge() {
        for (a, b) in [("314", "3.14"), ("5", "-5"), ("1.0", "10"), ("1,000", "1"), ("10⁻⁵", "10⁵"), ("1e-5", "1e5")]
        {
            assert_ne!(words(a), words(b), "{a} is not {b}");
        }
        assert_eq!((words("1,000.50"), words("−$3.0")), (words("1000.5"), words("-3")));
    }

    #[test]
    fn signs_and_points_that_belong_to_no_number_vanish() {
        assert_eq!(one("COVID-19, Apollo-11; B-52."), "covid19 apollo11 b52");
        assert_eq!(one("U.S. v1.5 U.S.-1"), "us v1.5 us1");
        assert_eq!(one("It is 3.14. -- 5 - 2 -x 10 minus 5"), "it is 3.14 5 2 x 10 minus 5");
        assert_eq!(one("5-year 1st 1.5M 20°C -20 °C"), "5year 1st 1.5m 20c -20 c");
        assert_eq!(
            words("COVID-19 in 1990–2000, 3.14 of -5 (10:30)"),
            ["covid", "19", "in", "1990", "2000", "3.14", "of", "-5", "10", "30"]
        );
        assert_eq!(words("x=-5 3,000 3,14"), ["x", "-5", "3000", "3", "14"]);
    }

    #[test]
    fn nothing_but_marks_and_long_runs() {
        for text in ["-", ".", "-.", "--5", "1,", ",1", "1,,1", "e5", "1e", "1e-", "...", "$", "-$", "1..2", "\u{66b}"]
        {
            answer_words(text);
            words(text);
        }
        assert_eq!(answer_words(&"1,".repeat(5000)).len(), 1);
        assert_eq!(answer_words(&"1,000,".repeat(2000)).len(), 1);
    }
}
