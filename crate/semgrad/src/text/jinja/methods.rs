//! Python's methods of texts and lists that templates call: those that `minijinja-contrib` lacks or has otherwise.

use super::limits::{bounded, invalid};
use super::marked::Marked;
use super::source::STEPS;
use minijinja::value::{Kwargs, Tuple, Value, ValueKind, from_args};
use minijinja::{Error, State};
use minijinja_contrib::pycompat;
use std::ops::Range;

/// Calls `method` of `value`.
pub fn call(state: &mut State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    if method == STEPS {
        return steps(value, args);
    }
    let own = match (value.as_str(), value.kind()) {
        (Some(text), _) => of_text(&Marked::new(state, text), method, args)?,
        (None, ValueKind::Seq) if method == "index" => Some(index_of(value, args)?),
        _ => None,
    };
    own.map_or_else(|| pycompat::unknown_method_callback(state, value, method, args), Ok)
}

/// `None` for a method that is not here.
fn of_text(text: &Marked<'_>, method: &str, args: &[Value]) -> Result<Option<Value>, Error> {
    let plain = &*text.plain;
    Ok(Some(match method {
        "strip" | "lstrip" | "rstrip" => {
            let (set,): (Option<&str>,) = from_args(args)?;
            let (start, end) = (method != "rstrip", method != "lstrip");
            Value::from(text.trimmed(|plain| trim(plain, set, start, end)))
        }
        "split" | "rsplit" => split(text, args, method == "rsplit")?,
        "partition" | "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            partition(text, not_empty(separator)?, method == "rpartition")
        }
        "splitlines" => {
            let (keep, kwargs): (Option<bool>, Kwargs) = from_args(args)?;
            let keep = keep.or(kwargs.get("keepends")?).unwrap_or(false);
            kwargs.assert_all_used()?;
            lines(plain, keep).into_iter().map(|line| text.slice(line)).map(Value::from).collect()
        }
        "startswith" | "endswith" => {
            let (affix, start, end): (&Value, Option<i64>, Option<i64>) = from_args(args)?;
            let part = within(plain, start, end).map_or("", |place| &plain[place]);
            let fits =
                |affix: &str| if method == "startswith" { part.starts_with(affix) } else { part.ends_with(affix) };
            Value::from(any_text(affix, method, fits)?)
        }
        "find" | "rfind" | "index" | "rindex" => {
            let (wanted, start, end): (&str, Option<i64>, Option<i64>) = from_args(args)?;
            let found = within(plain, start, end).and_then(|place| {
                let part = &plain[place.clone()];
                let at = if method.starts_with('r') { part.rfind(wanted) } else { part.find(wanted) };
                at.map(|at| plain[..place.start + at].chars().count() as i64)
            });
            match found {
                None if method.ends_with("index") => return Err(invalid("substring not found")),
                found => Value::from(found.unwrap_or(-1)),
            }
        }
        "count" => {
            let (wanted, start, end): (&str, Option<i64>, Option<i64>) = from_args(args)?;
            let part = within(plain, start, end);
            Value::from(part.map_or(0, |place| plain[place].matches(wanted).count()))
        }
        "replace" => {
            let (old, new, count, kwargs): (&str, &str, Option<i64>, Kwargs) = from_args(args)?;
            let count = count.or(kwargs.get("count")?);
            kwargs.assert_all_used()?;
            Value::from(replace(text, old, new, count))
        }
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(args)?;
            let start = if plain.starts_with(prefix) { prefix.len() } else { 0 };
            Value::from(text.slice(start..plain.len()))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(args)?;
            let end = if plain.ends_with(suffix) { plain.len() - suffix.len() } else { plain.len() };
            Value::from(text.slice(0..end))
        }
        "title" => {
            let () = from_args(args)?;
            Value::from(title(plain))
        }
        "swapcase" => {
            let () = from_args(args)?;
            let swap =
                |c: char| if c.is_uppercase() { c.to_lowercase().to_string() } else { c.to_uppercase().to_string() };
            Value::from(plain.chars().map(swap).collect::<String>())
        }
        "center" | "ljust" | "rjust" | "zfill" => {
            let (width, fill): (usize, Option<char>) = from_args(args)?;
            Value::from(justified(plain, method, width, fill)?)
        }
        "isspace" => {
            let () = from_args(args)?;
            Value::from(!plain.is_empty() && plain.chars().all(is_space))
        }
        // Python's three classes of digits differ outside of ASCII, and their lists are not here.
        "isdecimal" | "isdigit" | "isnumeric" if plain.is_ascii() => {
            let () = from_args(args)?;
            Value::from(!plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit()))
        }
        "isdecimal" | "isdigit" | "isnumeric" => {
            let () = from_args(args)?;
            let certain = plain.chars().any(|c| !c.is_numeric());
            if !certain {
                return Err(invalid("digits outside of ASCII are not told apart"));
            }
            Value::from(false)
        }
        "format" => {
            bounded(plain)?;
            return Ok(None);
        }
        _ => return Ok(None),
    }))
}

/// White space as Python's `str.strip` has it.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// `text` without white space, or without the characters of `set`, at its ends.
pub fn trim<'a>(text: &'a str, set: Option<&str>, start: bool, end: bool) -> &'a str {
    let drop = |c: char| set.map_or_else(|| is_space(c), |set| set.contains(c));
    let text = if start { text.trim_start_matches(drop) } else { text };
    if end { text.trim_end_matches(drop) } else { text }
}

/// `text` with `new` for `old`, the first `count` times.
pub fn replace(text: &Marked<'_>, old: &str, new: &str, count: Option<i64>) -> String {
    let most = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    let (mut out, mut done) = (String::new(), 0);
    for (at, _) in text.plain.match_indices(old).take(most) {
        out.push_str(&text.slice(done..at));
        out.push_str(new);
        done = at + old.len();
    }
    out.push_str(&text.slice(done..text.plain.len()));
    out
}

fn split(text: &Marked<'_>, args: &[Value], from_right: bool) -> Result<Value, Error> {
    let (separator, most, kwargs): (Option<&str>, Option<i64>, Kwargs) = from_args(args)?;
    let separator = separator.or(kwargs.get("sep")?);
    let most = most.or(kwargs.get("maxsplit")?).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    kwargs.assert_all_used()?;
    let plain = &*text.plain;
    let places = match separator {
        Some(separator) => between(plain, not_empty(separator)?, most, from_right),
        None => words(plain, most, from_right),
    };
    Ok(places.into_iter().map(|place| text.slice(place)).map(Value::from).collect())
}

/// The parts between the separators, of which `most` count.
fn between(text: &str, separator: &str, most: usize, from_right: bool) -> Vec<Range<usize>> {
    let mut cuts: Vec<usize> = match from_right {
        true => text.rmatch_indices(separator).take(most).map(|(at, _)| at).collect(),
        false => text.match_indices(separator).take(most).map(|(at, _)| at).collect(),
    };
    cuts.sort_unstable();
    let starts = std::iter::once(0).chain(cuts.iter().map(|at| at + separator.len()));
    starts.zip(cuts.iter().copied().chain([text.len()])).map(|(start, end)| start..end).collect()
}

/// The words between white space, cut at most `most` times.
fn words(text: &str, most: usize, from_right: bool) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| !is_space(*c)) {
        match places.last_mut() {
            Some(last) if last.end == at => last.end = at + c.len_utf8(),
            _ => places.push(at..at + c.len_utf8()),
        }
    }
    if places.len() > most {
        // What is left after so many cuts is one part, with the white space behind it (from the right: before it).
        if from_right {
            let rest = places.len() - most;
            let joined = 0..places[rest - 1].end;
            places.splice(..rest, std::iter::once(joined));
        } else {
            let joined = places[most].start..text.len();
            places.splice(most.., std::iter::once(joined));
        }
    }
    places
}

fn partition(text: &Marked<'_>, separator: &str, from_right: bool) -> Value {
    let plain = &*text.plain;
    let found = if from_right { plain.rfind(separator) } else { plain.find(separator) };
    let parts = match found {
        Some(at) => {
            let after = at + separator.len();
            [text.slice(0..at), separator.to_owned(), text.slice(after..plain.len())]
        }
        None if from_right => [String::new(), String::new(), text.slice(0..plain.len())],
        None => [text.slice(0..plain.len()), String::new(), String::new()],
    };
    Value::from_object(Tuple::from(parts.map(Value::from)))
}

/// Lines at the ends that Python knows.
fn lines(text: &str, keep: bool) -> Vec<Range<usize>> {
    let ends = |c: char| {
        matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let (mut places, mut start) = (Vec::new(), 0);
    while let Some(at) = text[start..].find(ends).map(|at| start + at) {
        let rest = &text[at..];
        let length = if rest.starts_with("\r\n") { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
        places.push(start..if keep { at + length } else { at });
        start = at + length;
    }
    if start < text.len() {
        places.push(start..text.len());
    }
    places
}

/// Bytes of `text` from character `start` to `end`, as Python's optional arguments have it; `None` past the end.
fn within(text: &str, start: Option<i64>, end: Option<i64>) -> Option<Range<usize>> {
    let count = text.chars().count() as i64;
    let place = |at: i64| if at < 0 { (count + at).max(0) } else { at };
    let (start, end) = (place(start.unwrap_or(0)), place(end.unwrap_or(count)).min(count));
    let byte = |at: i64| text.char_indices().nth(at as usize).map_or(text.len(), |(byte, _)| byte);
    (start <= end).then(|| byte(start)..byte(end))
}

/// Whether `fits` is true of a text, or of any text of a tuple.
fn any_text(affix: &Value, method: &str, fits: impl Fn(&str) -> bool) -> Result<bool, Error> {
    if let Some(affix) = affix.as_str() {
        return Ok(fits(affix));
    }
    let Some(affixes) = affix.downcast_object_ref::<Tuple>() else {
        return Err(invalid(format!("{method} takes a text or a tuple of texts, not {}", affix.kind())));
    };
    let mut any = false;
    for affix in affixes.iter() {
        any |= fits(affix.as_str().ok_or_else(|| invalid(format!("{method} takes texts only")))?);
    }
    Ok(any)
}

/// Every letter behind a letter small, every other one large.
fn title(text: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match inside {
            true => out.extend(c.to_lowercase()),
            false => out.extend(c.to_uppercase()),
        }
        inside = c.is_lowercase() || c.is_uppercase();
    }
    out
}

fn justified(text: &str, method: &str, width: usize, fill: Option<char>) -> Result<String, Error> {
    // A template's widths are those of a table; a rendering is bounded anyway.
    let missing = width.saturating_sub(text.chars().count());
    if missing > 1 << 20 {
        return Err(invalid("the width is too large"));
    }
    let fill = |count: usize| fill.unwrap_or(' ').to_string().repeat(count);
    Ok(match method {
        "ljust" => format!("{text}{}", fill(missing)),
        "rjust" => format!("{}{text}", fill(missing)),
        "zfill" => {
            let sign = usize::from(text.starts_with(['+', '-']));
            format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..])
        }
        // Python puts the odd one left where the width is odd.
        _ => {
            let left = missing / 2 + (missing & width & 1);
            format!("{}{text}{}", fill(left), fill(missing - left))
        }
    })
}

fn index_of(list: &Value, args: &[Value]) -> Result<Value, Error> {
    let (wanted,): (&Value,) = from_args(args)?;
    let at = list.try_iter()?.position(|item| item == *wanted);
    at.map(Value::from).ok_or_else(|| invalid("the list does not contain the value"))
}

/// `value[start:stop:step]`.
fn steps(value: &Value, args: &[Value]) -> Result<Value, Error> {
    let (start, stop, step): (Option<i64>, Option<i64>, Option<i64>) = from_args(args)?;
    let elements: Vec<Value> = match value.as_str() {
        Some(text) => text.chars().map(Value::from).collect(),
        None if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) => value.try_iter()?.collect(),
        None => return Err(invalid(format!("a value of type {} has no slices", value.kind()))),
    };
    let (count, step) = (elements.len() as i64, step.unwrap_or(1));
    if step == 0 {
        return Err(invalid("the step of a slice is 0"));
    }
    // As Python's `slice.indices`.
    let (least, most) = if step > 0 { (0, count) } else { (-1, count - 1) };
    let place = |at: i64| if at < 0 { at.saturating_add(count).max(least) } else { at.min(most) };
    let start = start.map_or(if step > 0 { least } else { most }, place);
    let stop = stop.map_or(if step > 0 { most } else { least }, place);
    let (mut at, mut taken) = (start, Vec::new());
    while if step > 0 { at < stop } else { at > stop } {
        taken.extend(elements.get(at as usize).cloned());
        at = at.saturating_add(step);
    }
    match value.as_str() {
        Some(_) => Ok(Value::from(taken.iter().filter_map(Value::as_str).collect::<String>())),
        None => Ok(Value::from(taken)),
    }
}

fn not_empty(separator: &str) -> Result<&str, Error> {
    if separator.is_empty() { Err(invalid("empty separator")) } else { Ok(separator) }
}
