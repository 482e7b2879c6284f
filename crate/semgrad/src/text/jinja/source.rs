//! A template's source as Jinja2 reads it, rewritten so that `minijinja` reads the same.
//!
//! * Line ends of every kind are `\n`.
//! * Text literals have Python's escapes.
//! * `'…' % value` formats: a filter here, since the engine's `%` takes numbers only.
//! * `[a:b:c]` is a method call here, since the engine's own ends the process on an empty text or list.
//! * `{% generation %}`, which marks an assistant's text for training and prints nothing, is a scope; so is the inside of
//!   `{% filter %}` and of a `{% set %}` that takes what stands inside.
//! * The line end after `{% raw %}` belongs to the raw text.

use minijinja::{Error, ErrorKind};

/// The filter that formats a text literal.
pub const PERCENT: &str = "python_percent";
/// The method that takes every `c`th element.
pub const STEPS: &str = "python_steps";

/// Names, numbers, literals and signs that one tag may have. The engine works through an expression by recursion, and
/// the longest one of a published template has a few hundred.
const MOST_PARTS: usize = 1000;

/// Rewrites `source`.
///
/// # Errors
/// For a tag of more than [`MOST_PARTS`] parts, for an escape that Python refuses, for characters by name (`\N{…}`), whose
/// list is not here, and for values that name others of their list.
pub fn translate(source: &str) -> Result<String, Error> {
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(source.len());
    let mut rest = source.as_str();
    while let Some(open) = rest.find('{').filter(|at| at + 1 < rest.len()) {
        let (before, tag) = rest.split_at(open);
        out.push_str(before);
        let length = match tag.as_bytes()[1] {
            b'#' => tag.find("#}").map(|end| end + 2),
            b'{' | b'%' => code_length(tag),
            _ => Some(1),
        };
        // What never ends is an error, which the engine describes.
        let Some(length) = length else {
            out.push_str(tag);
            return Ok(out);
        };
        let (tag, after) = tag.split_at(length);
        rest = after;
        if !matches!(tag.as_bytes().get(1), Some(b'{' | b'%')) {
            out.push_str(tag);
            continue;
        }
        let inside = tag[2..tag.len() - 2].trim_matches(['-', '+', ' ', '\t', '\n']);
        let statement = tag.starts_with("{%").then_some(inside);
        let word = statement.and_then(|inside| inside.split_whitespace().next()).unwrap_or_default();
        if parts(tag) > MOST_PARTS {
            let begin = &tag[..tag.floor_char_boundary(32)];
            let long = format!("a tag of more than {MOST_PARTS} parts begins with `{begin}`");
            return Err(Error::new(ErrorKind::SyntaxError, long));
        }
        match word {
            "generation" => out.push_str(&tag.replacen("generation", "with", 1)),
            "endgeneration" => out.push_str(&tag.replacen("endgeneration", "endwith", 1)),
            "filter" | "set" if word == "filter" || !assigns(inside) => {
                // Jinja2 gives what is inside a scope of its own.
                code(tag, &mut out)?;
                out.push_str(if tag.ends_with("-%}") { "{% with -%}" } else { "{% with %}" });
            }
            "endfilter" | "endset" => {
                out.push_str(if tag.starts_with("{%-") { "{%- endwith %}" } else { "{% endwith %}" });
                out.push_str(tag);
            }
            "raw" => {
                out.push_str(tag);
                if rest.starts_with('\n') && !tag.ends_with("-%}") {
                    out.push('\n');
                }
                let end = raw_end(rest);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            "macro" | "with" if uses_earlier(inside) => {
                let unclear = "a value of a macro or of `with` names one before it, which the engine reads otherwise";
                return Err(Error::new(ErrorKind::SyntaxError, unclear));
            }
            _ => code(tag, &mut out)?,
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Bytes up to and including the end of the tag or expression that `text` begins with, outside of literals.
fn code_length(text: &str) -> Option<usize> {
    let end = if text.starts_with("{{") { "}}" } else { "%}" };
    let (mut at, mut depth) = (2, 0_usize);
    while at < text.len() {
        let rest = &text[at..];
        // A map's closing brackets end no expression: `{{ {'a': {}} }}`.
        if rest.starts_with(end) && depth == 0 {
            return Some(at + 2);
        }
        match rest.as_bytes()[0] {
            b'\'' | b'"' => {
                at += literal_length(rest)?;
                continue;
            }
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Whether a `set` has its value in the tag: `set x = 1`, and not `set x`.
fn assigns(inside: &str) -> bool {
    split(inside, b'=').len() > 1
}

/// Whether a value in a list of `name=value` uses a name that stands before it in the list.
fn uses_earlier(inside: &str) -> bool {
    let list = match inside.strip_prefix("macro") {
        Some(rest) => rest.split_once('(').map_or("", |(_, list)| list.trim_end_matches(')')),
        None => inside.trim_start_matches("with"),
    };
    let mut earlier: Vec<String> = Vec::new();
    split(list, b',').into_iter().any(|entry| {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        let code = without_literals(value);
        let uses =
            code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| earlier.iter().any(|e| e == word));
        earlier.extend((!name.trim().is_empty()).then(|| name.trim().to_owned()));
        uses
    })
}

/// The text with a space for each literal.
fn without_literals(text: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    while at < text.len() {
        let rest = &text[at..];
        match rest.chars().next() {
            Some('\'' | '"') => {
                out.push(' ');
                at += literal_length(rest).unwrap_or(rest.len());
            }
            c => {
                out.extend(c);
                at += c.map_or(1, char::len_utf8);
            }
        }
    }
    out
}

/// Words, literals and signs of a tag.
fn parts(text: &str) -> usize {
    let (mut at, mut count, mut inside) = (0, 0, false);
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next().unwrap_or_default();
        let word = c.is_alphanumeric() || c == '_';
        count += usize::from(!(c.is_whitespace() || word && inside));
        inside = word;
        at += match c {
            '\'' | '"' => literal_length(rest).unwrap_or(1),
            c => c.len_utf8(),
        };
    }
    count
}

/// Bytes of the text literal that `text` begins with, quotes included.
fn literal_length(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where the `{% endraw %}` of a raw text begins; its end if there is none.
fn raw_end(text: &str) -> usize {
    text.match_indices("{%")
        .map(|(at, _)| at)
        .find(|at| text[at + 2..].trim_start_matches(['-', '+', ' ', '\t', '\n']).starts_with("endraw"))
        .unwrap_or(text.len())
}

/// The inside of one tag or expression: literals, what `%` does to them, and steps.
fn code(text: &str, out: &mut String) -> Result<(), Error> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with('[')
            && let length @ 2.. = bracket_length(rest)
            && let [start, stop, step] = split(&rest[1..length - 1], b':')[..]
        {
            out.push_str(&format!(".{STEPS}("));
            for (index, part) in [start, stop, step].into_iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                code(if part.trim().is_empty() { "none" } else { part }, out)?;
            }
            out.push(')');
            at += length;
            continue;
        }
        let Some(length) = rest.starts_with(['\'', '"']).then(|| literal_length(rest)).flatten() else {
            let c = rest.chars().next().unwrap_or_default();
            out.push(c);
            at += c.len_utf8().max(1);
            continue;
        };
        let literal = literal(&rest[1..length - 1])?;
        at += length;
        let operand = text[at..].trim_start().strip_prefix('%').filter(|after| !after.starts_with('}'));
        match operand.map(|after| (after, unary_length(after))) {
            Some((after, length)) if length > 0 => {
                out.push_str(&format!("({literal}|{PERCENT}("));
                code(&after[..length], out)?;
                out.push_str("))");
                at = text.len() - after.len() + length;
            }
            _ => out.push_str(&literal),
        }
    }
    Ok(())
}

/// Bytes of the operand behind a `%`: a literal, name or bracket with what follows it (`.x`, `[…]`, `(…)`, `|filter`).
fn unary_length(text: &str) -> usize {
    let spaces = |text: &str| text.len() - text.trim_start().len();
    let word = |text: &str| text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len());
    let part = |text: &str| match text.as_bytes().first() {
        Some(b'\'' | b'"') => literal_length(text).unwrap_or(0),
        Some(b'(' | b'[' | b'{') => bracket_length(text),
        _ => word(text),
    };
    let mut at = spaces(text);
    at += text[at..].len() - text[at..].trim_start_matches(['-', '+', ' ']).len();
    let first = part(&text[at..]);
    if first == 0 {
        return 0;
    }
    at += first;
    loop {
        let rest = &text[at..];
        let next = spaces(rest);
        match rest.as_bytes().get(next) {
            Some(b'(' | b'[') => at += next + bracket_length(&rest[next..]).max(1),
            Some(b'.') => at += next + 1 + word(&rest[next + 1..]),
            Some(b'|') => {
                let name = next + 1 + spaces(&rest[next + 1..]);
                at += name + word(&rest[name..]);
            }
            _ => return at,
        }
    }
}

/// Bytes of the bracket that `text` begins with, up to its partner; 0 without one.
fn bracket_length(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < text.len() {
        let rest = &text[at..];
        match rest.as_bytes()[0] {
            b'\'' | b'"' => match literal_length(rest) {
                Some(length) => {
                    at += length;
                    continue;
                }
                None => return 0,
            },
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    0
}

/// The parts of a text between the separators that stand in no literal and in no bracket.
fn split(text: &str, separator: u8) -> Vec<&str> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        let rest = &text[at..];
        at += match rest.as_bytes()[0] {
            b'\'' | b'"' => literal_length(rest).unwrap_or(1),
            b'(' | b'[' | b'{' => bracket_length(rest).max(1),
            byte if byte == separator => {
                parts.push(&text[start..at]);
                start = at + 1;
                1
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    parts.push(&text[start..]);
    parts
}

/// A literal for the engine from the inside of one of Python's.
fn literal(inside: &str) -> Result<String, Error> {
    let mut out = String::from("'");
    let mut push = |c: char| match c {
        '\\' | '\'' => out.extend(['\\', c]),
        c => out.push(c),
    };
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            push(c);
            continue;
        }
        let escape = chars.next().unwrap_or('\\');
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        match escape {
            '\n' => {}
            '\\' | '\'' | '"' => push(escape),
            'a' => push('\u{7}'),
            'b' => push('\u{8}'),
            'f' => push('\u{c}'),
            'n' => push('\n'),
            'r' => push('\r'),
            't' => push('\t'),
            'v' => push('\u{b}'),
            '0'..='7' => {
                let mut code = escape.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    let Some(digit) = chars.clone().next().and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    chars.next();
                }
                push(char::from_u32(code).ok_or_else(|| refused(escape))?);
            }
            'x' | 'u' | 'U' => {
                let hex: String = chars.by_ref().take(digits).collect();
                let code = u32::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == digits);
                push(code.and_then(char::from_u32).ok_or_else(|| refused(escape))?);
            }
            'N' => return Err(refused(escape)),
            other => {
                push('\\');
                push(other);
            }
        }
    }
    out.push('\'');
    Ok(out)
}

fn refused(escape: char) -> Error {
    Error::new(ErrorKind::SyntaxError, format!("the escape `\\{escape}` of a text stands for no character"))
}
