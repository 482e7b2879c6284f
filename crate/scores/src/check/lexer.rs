//! The tokens of a text: numbers, words, signs, line breaks, each with its place. Marks of Markdown and LaTeX are taken
//! for what they show: `\times` is ×, `**five**` is five, `\frac{1}{2}` is (1) ÷ (2).

use super::exact::Exact;
use super::number::{Number, scale_of, spelled};
use num_traits::CheckedAdd;
use std::ops::Range;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Bytes of the text.
    pub at: Range<usize>,
    /// What it is.
    pub what: What,
    /// No space before it.
    pub tight: bool,
}

impl Token {
    /// Whether it is one of some words, with spaces between them.
    pub fn is(&self, words: &str) -> bool {
        matches!(&self.what, What::Word(word) if one_of(word, words))
    }
}

/// Whether a word is in a list of words with spaces between them.
pub fn one_of(word: &str, list: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

/// The words among some tokens.
pub fn words(tokens: &[Token]) -> Vec<&str> {
    tokens
        .iter()
        .filter_map(|token| match &token.what {
            What::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect()
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A number.
    Number(Number),
    /// A word in lower case, or what has letters and digits in it and is neither: a version, a time, a formula of chemistry.
    Word(String),
    /// Anything else: one of `× ÷ / + − – ^ = ≈ ( ) [ ] , ; : . ? ! " % $ € £ ¥ ° | √` and others as they are.
    Sign(char),
    /// The end of a line.
    Break,
}

/// The tokens of a text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, tokens: Vec::new(), space: true };
    lexer.range(0, text.len());
    numbers_in_words(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    /// A space stands before what comes.
    space: bool,
}

/// Deepest `\frac` within `\frac`: more is no formula.
const DEEPEST: usize = 8;

impl Lexer<'_> {
    fn range(&mut self, from: usize, to: usize) {
        self.nested(from, to, 0);
    }

    fn nested(&mut self, mut at: usize, to: usize, depth: usize) {
        while at < to {
            let rest = &self.text[at..to];
            // There is one: `at` is before the end, and always at the beginning of a character.
            let Some(c) = rest.chars().next() else { return };
            let width = c.len_utf8();
            at = if c == '\n' {
                self.push(at..at + width, What::Break);
                self.space = true;
                at + width
            } else if c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}') {
                self.space = true;
                at + width
            } else if c == '\\' {
                self.command(at, to, depth)
            } else if let Some(length) = citation(rest) {
                at + length
            } else if c.is_ascii_digit() || c == '.' && self.point(at, to) {
                self.number(at, to)
            } else if let Some(value) = glyph(c) {
                self.fraction(at..at + width, value);
                at + width
            } else if let Some(digit) = superscript(c) {
                // ¹⁰ is ten.
                if !self.space
                    && let [
                        ..,
                        Token { what: What::Sign('^'), .. },
                        Token { at: before, what: What::Number(number), .. },
                    ] = &mut self.tokens[..]
                    && before.end == at
                    && let Some(value) = number.integer().and_then(|value| value.checked_mul(10)?.checked_add(digit))
                {
                    before.end = at + width;
                    *number = Number::whole(value);
                    at += width;
                    continue;
                }
                self.push(at..at, What::Sign('^'));
                self.push(at..at + width, What::Number(Number::whole(digit)));
                at + width
            } else if c.is_alphanumeric() {
                self.word(at, to)
            } else {
                self.sign(at, c);
                at + width
            };
        }
    }

    fn push(&mut self, at: Range<usize>, what: What) {
        self.tokens.push(Token { at, what, tight: !self.space });
        self.space = false;
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    fn after(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    /// A decimal point without a digit before it.
    fn point(&self, at: usize, to: usize) -> bool {
        self.text[at + 1..to].starts_with(|c: char| c.is_ascii_digit())
            && self.before(at).is_none_or(|before| before.is_whitespace() || matches!(before, '$' | '€' | '£' | '('))
    }

    fn number(&mut self, at: usize, to: usize) -> usize {
        let rest = &self.text[at..to];
        let (digits, length) = digits(rest);
        let next = &rest[length..];
        // Half a number: what is in front of the point was cut off ("146. 5", ".62 million").
        let torn = rest.starts_with('.')
            || matches!(
                self.tokens.as_slice(),
                [.., Token { what: What::Number(_), .. }, Token { what: What::Sign('.'), tight: true, .. }]
            ) && self.space;
        if torn {
            self.push(at..at + length, What::Word(rest[..length].to_string()));
            return at + length;
        }
        let joined = |marks: &[char]| next.starts_with(marks) && next[1..].starts_with(|c: char| c.is_ascii_digit());
        // A version, a time, a date of digits, a decimal comma, a telephone number, an index below.
        let dashed = joined(&['-', '/']) && {
            let (_, second) = self::digits(&next[1..]);
            let third = &next[1 + second..];
            third.starts_with(['-', '/']) && third[1..].starts_with(|c: char| c.is_ascii_digit())
        };
        if joined(&['.', ':', ',']) || dashed || next.starts_with(|c: char| ('₀'..='₉').contains(&c)) {
            let end = rest
                .find(|c: char| !(c.is_ascii_digit() || ".:,-/".contains(c) || ('₀'..='₉').contains(&c)))
                .unwrap_or(rest.len());
            let end = rest[..end].trim_end_matches(['.', ':', ',', '-', '/']).len();
            self.push(at..at + end, What::Word(rest[..end].to_string()));
            return at + end;
        }
        let Some(mut number) = Number::of_digits(&digits) else {
            self.push(at..at + length, What::Word(digits));
            return at + length;
        };
        let letters = next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len());
        let following = next[letters..].chars().next();
        let mut end = at + length;
        if matches!(&next[..letters], "st" | "nd" | "rd" | "th") {
            number.ordinal = true;
            end += letters;
        } else if letters > 0 && following.is_some_and(|c| c.is_ascii_digit()) && !next.starts_with('x') {
            // 5e3, 4B2.
            let all = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            self.push(at..at + all, What::Word(rest[..all].to_lowercase()));
            return at + all;
        }
        self.push(at..end, What::Number(number));
        if next.starts_with('x') && letters == 1 && following.is_some_and(|c| c.is_ascii_digit()) {
            self.push(end..end + 1, What::Sign('×'));
            end += 1;
        }
        end
    }

    /// ½, also right after a number: 1½.
    fn fraction(&mut self, at: Range<usize>, value: Exact) {
        if !self.space
            && let Some(Token { at: before, what: What::Number(number), .. }) = self.tokens.last_mut()
            && let Some(sum) = number.value.checked_add(&value)
        {
            before.end = at.end;
            *number = Number::fraction(sum);
            return;
        }
        self.push(at, What::Number(Number::fraction(value)));
    }

    fn word(&mut self, at: usize, to: usize) -> usize {
        let rest = &self.text[at..to];
        let mut end = 0;
        let mut chars = rest.char_indices().peekable();
        while let Some((place, c)) = chars.next() {
            let apostrophe = matches!(c, '\'' | '’') && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            // km/h stays one: a unit.
            if !c.is_alphanumeric() && !apostrophe && !('₀'..='₉').contains(&c) {
                break;
            }
            end = place + c.len_utf8();
        }
        let word = rest[..end].to_lowercase().replace('’', "'");
        match word.as_str() {
            "percent" => self.push(at..at + end, What::Sign('%')),
            _ => self.push(at..at + end, What::Word(word)),
        }
        at + end
    }

    fn sign(&mut self, at: usize, c: char) {
        let end = at + c.len_utf8();
        let (before, after) = (self.before(at), self.after(end));
        let open = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let what = match c {
            '*' | '_' if before == Some(c) || after == Some(c) => return,
            // Emphasis leans on what it holds.
            '*' | '_' if open(before) != open(after) || letter(before) || letter(after) || c == '_' => return,
            '*' if self.tokens.last().is_none_or(|last| last.what == What::Break) => '•',
            '*' | '×' | '·' | '⋅' | '∙' | '✕' | '⨯' => '×',
            '÷' => '÷',
            '∕' | '⁄' => '/',
            // five-letter, 10-mile.
            '-' | '‐' | '‑' if letter(after) && (letter(before) || digit(before)) => return,
            '-' | '−' | '‐' | '‑' => '−',
            '—' => ',',
            '“' | '”' | '„' | '"' | '«' | '»' | '`' | '‘' | '’' | '\'' => '"',
            // The marks of inline mathematics; a currency sign leans on its number.
            '$' if after == Some('$') || before == Some('$') => return,
            '$' if self.is_math(at) => return,
            '∼' | '~' | '≃' | '≅' | '≈' => '≈',
            '{' | '}' | '&' | '#' | '>' | '<' => return,
            '％' => '%',
            other => other,
        };
        self.push(at..end, What::Sign(what));
    }

    /// Whether a dollar sign is a mark of mathematics: one of a pair on its line that encloses a formula, neither with a
    /// space inside nor with a digit after.
    fn is_math(&self, at: usize) -> bool {
        let start = self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        let line = &self.text[start..self.text[at..].find('\n').map_or(self.text.len(), |end| at + end)];
        let mut open: Option<usize> = None;
        for (place, _) in line.match_indices('$') {
            match open {
                Some(from) => {
                    let inside = &line[from + 1..place];
                    let closes = !inside.ends_with(char::is_whitespace)
                        && !line[place + 1..].starts_with(|c: char| c.is_ascii_digit());
                    if closes && inside.contains(['\\', '=', '^', '_', '{', '+']) {
                        if from + start == at || place + start == at {
                            return true;
                        }
                        open = None;
                    } else {
                        open = Some(place);
                    }
                }
                None => open = Some(place),
            }
        }
        false
    }

    /// A command of LaTeX, or a mark that a backslash keeps.
    fn command(&mut self, at: usize, to: usize, depth: usize) -> usize {
        let rest = &self.text[at + 1..to];
        let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let end = at + 1 + length;
        let Some(first) = rest.chars().next() else { return to };
        if length == 0 {
            let end = at + 1 + first.len_utf8();
            match first {
                '*' => self.push(at..end, What::Sign('×')),
                '$' | '%' => self.push(at..end, What::Sign(first)),
                '[' | ']' | '\\' => self.push(at..end, What::Break),
                _ => {}
            }
            self.space = true;
            return end;
        }
        let sign = match &rest[..length] {
            "times" | "cdot" | "ast" => '×',
            "div" => '÷',
            "approx" | "sim" | "simeq" => '≈',
            "pm" => '±',
            "neq" | "ne" => '≠',
            "sqrt" => '√',
            "circ" | "degree" => '°',
            "frac" | "dfrac" | "tfrac" if depth < DEEPEST => {
                let Some((above, below)) = braces(self.text, end, to)
                    .and_then(|above| Some((above.clone(), braces(self.text, above.end + 1, to)?)))
                else {
                    return end;
                };
                let close = below.end + 1;
                self.push(at..end, What::Sign('('));
                self.group(above, depth);
                self.push(end..end, What::Sign('÷'));
                self.group(below, depth);
                self.push(close..close, What::Sign(')'));
                return close;
            }
            // What stands in braces is shown as it is.
            "text" | "mathrm" | "textbf" | "mathbf" | "boxed" | "left" | "right" | "textit" | "operatorname" => {
                return end;
            }
            "quad" | "qquad" => {
                self.space = true;
                return end;
            }
            // Letters of formulas: something that is not known.
            other => {
                let word = format!("\\{other}");
                self.push(at..end, What::Word(word));
                return end;
            }
        };
        self.push(at..end, What::Sign(sign));
        if sign == '√'
            && let Some(inside) = braces(self.text, end, to).filter(|_| depth < DEEPEST)
        {
            let close = inside.end + 1;
            self.group(inside, depth);
            return close;
        }
        end
    }

    fn group(&mut self, inside: Range<usize>, depth: usize) {
        self.push(inside.start..inside.start, What::Sign('('));
        self.nested(inside.start, inside.end, depth + 1);
        self.push(inside.end..inside.end, What::Sign(')'));
    }
}

/// What the next pair of braces holds, which begins right here.
fn braces(text: &str, at: usize, to: usize) -> Option<Range<usize>> {
    let rest = text.get(at..to)?;
    let open = rest.find('{').filter(|&open| rest[..open].trim().is_empty())?;
    let mut depth = 0usize;
    for (place, c) in rest.char_indices().skip_while(|(place, _)| *place < open) {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + open + 1..at + place);
                }
            }
            _ => {}
        }
    }
    None
}

/// The digits at the front of a text without marks between thousands, and how many bytes they take.
fn digits(text: &str) -> (String, usize) {
    let run = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = run(text);
    let mut digits = text[..length].to_string();
    if (1..=3).contains(&length) {
        while let Some(mark) =
            text[length..].chars().next().filter(|c| matches!(c, ',' | '\u{a0}' | '\u{202f}' | '\u{2009}'))
        {
            let group = length + mark.len_utf8();
            if run(&text[group..]) != 3 {
                break;
            }
            digits.push_str(&text[group..group + 3]);
            length = group + 3;
        }
    }
    // A thousands' mark of LaTeX: 1{,}000.
    while text[length..].starts_with("{,}") && run(&text[length + 3..]) == 3 {
        digits.push_str(&text[length + 3..length + 6]);
        length += 6;
    }
    if text[length..].starts_with('.') {
        let after = run(&text[length + 1..]);
        if after > 0 {
            digits.push_str(&text[length..=length + after]);
            length += 1 + after;
        }
    }
    (digits, length)
}

/// `[1]`, `[^1^]`, `【1†source】`: a mark that leads to a source, and says nothing itself.
fn citation(text: &str) -> Option<usize> {
    if text.starts_with('【') {
        return text.find('】').map(|end| end + '】'.len_utf8());
    }
    let inside = text.strip_prefix('[')?;
    let end = inside.find(']')?;
    let marks = inside[..end].trim_matches('^');
    (!marks.is_empty() && marks.len() < 12 && marks.bytes().all(|b| b.is_ascii_digit() || b", -".contains(&b)))
        .then_some(end + 2)
}

fn glyph(c: char) -> Option<Exact> {
    let (above, below) = match c {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    };
    Some(Exact::new(above, below))
}

fn superscript(c: char) -> Option<i128> {
    Some(match c {
        '⁰' => 0,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁴'..='⁹' => i128::from(u32::from(c) - u32::from('⁰')),
        _ => return None,
    })
}

/// Takes words that are numbers for numbers, and scales into the number before them.
fn numbers_in_words(tokens: Vec<Token>) -> Vec<Token> {
    let mut result: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let What::Word(word) = &token.what {
            if let Some(scale) = scale_of(word)
                && let Some(Token { at: before, what: What::Number(number), .. }) = result.last_mut()
                && !number.word
                && let Some(scaled) = number.scaled(scale)
            {
                before.end = token.at.end;
                *number = scaled;
                at += 1;
                continue;
            }
            let run: Vec<&str> = tokens[at..]
                .iter()
                .take(8)
                .map_while(|token| match &token.what {
                    What::Word(word) => Some(word.as_str()),
                    _ => None,
                })
                .collect();
            if let Some((number, taken)) = spelled(&run) {
                let end = tokens[at + taken - 1].at.end;
                result.push(Token { at: token.at.start..end, what: What::Number(number), tight: token.tight });
                at += taken;
                continue;
            }
        }
        result.push(token.clone());
        at += 1;
    }
    result
}
