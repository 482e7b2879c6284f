//! Filters and tests of Jinja2 whose results differ in `minijinja`, and the `tojson` of `transformers`.

use super::limits::{bounded, few, invalid};
use super::marked::Marked;
use super::methods::{replace, trim};
use super::source::PERCENT;
use minijinja::formatting::{FormatStyle, format};
use minijinja::value::{Kwargs, Rest, Tuple, Value, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State};
use minijinja_contrib::filters::{striptags, truncate};
use minijinja_contrib::globals::{cycler, joiner};
use serde::Serialize;

/// Adds them all.
pub fn extend(environment: &mut Environment<'_>) {
    environment.add_filter(PERCENT, percent);
    environment.add_filter("format", |state: &mut State<'_, '_>, format: &Value, values: Rest<ValueOrKwargs>| {
        bounded(format.as_str().unwrap_or_default())?;
        minijinja::filters::format(state, format, values)
    });
    environment.add_filter("batch", |state: &State<'_, '_>, list: Value, size: usize, fill: Option<Value>| {
        minijinja::filters::batch(state, list, few(size)?, fill)
    });
    environment.add_filter("slice", |state: &State<'_, '_>, list: Value, count: usize, fill: Option<Value>| {
        minijinja::filters::slice(state, list, few(count)?, fill)
    });
    environment.add_filter("tojson", to_json);
    environment.add_filter("length", length);
    environment.add_filter("count", length);
    environment.add_filter("first", |value: &Value| end(value, false));
    environment.add_filter("last", |value: &Value| end(value, true));
    environment.add_filter("items", items);
    environment.add_filter("int", int);
    environment.add_filter("float", float);
    environment.add_filter("trim", |state: &State<'_, '_>, value: &Value, set: Option<&str>| {
        Value::from(Marked::new(state, &text(value)).trimmed(|plain| trim(plain, set, true, true)))
    });
    environment.add_filter(
        "replace",
        |state: &State<'_, '_>, value: &Value, old: &Value, new: &Value, count: Option<i64>| {
            Value::from(replace(&Marked::new(state, &text(value)), &text(old), &text(new), count))
        },
    );
    environment.add_filter("indent", indent);
    environment.add_filter("default", default);
    environment.add_filter("d", default);
    environment.add_filter("wordcount", |value: &Value| {
        let text = text(value);
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).count()
    });
    environment.add_filter("striptags", striptags);
    environment.add_filter("truncate", truncate);
    // The engine's own list of lines is another one.
    environment.remove_filter("pprint");
    environment.add_function("cycler", cycler);
    environment.add_function("joiner", joiner);
    // In the engine nothing can be iterated over, which real templates ask of tools that are not given.
    environment.add_test("iterable", |value: &Value| !value.is_none() && minijinja::tests::is_iterable(value));
    environment.add_test("sequence", |value: &Value| {
        match value.kind() {
            ValueKind::Undefined | ValueKind::Seq | ValueKind::String | ValueKind::Map => true,
            // A part of a list.
            ValueKind::Iterable => value.len().is_some(),
            _ => false,
        }
    });
}

/// What `{{ value }}` prints.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `text % value`: a tuple is several values, a map gives them by name.
fn percent(text: &str, value: &Value) -> Result<String, Error> {
    bounded(text)?;
    match value.downcast_object_ref::<Tuple>() {
        Some(values) => format(FormatStyle::Printf, text, values),
        None => format(FormatStyle::Printf, text, std::slice::from_ref(value)),
    }
}

/// Nothing has no elements; of a number there is no length.
fn length(state: &State<'_, '_>, value: &Value) -> Result<usize, Error> {
    match value.as_str() {
        Some(text) => Ok(Marked::new(state, text).plain.chars().count()),
        None if value.is_undefined() => Ok(0),
        None => value.len().ok_or_else(|| invalid(format!("a value of type {} has no length", value.kind()))),
    }
}

/// The first or last element; undefined where there is none.
fn end(value: &Value, last: bool) -> Result<Value, Error> {
    let mut elements = match value.as_str() {
        Some(text) => text.chars().map(Value::from).collect(),
        None if value.is_undefined() => Vec::new(),
        None => value.try_iter()?.collect::<Vec<_>>(),
    };
    if last {
        elements.reverse();
    }
    Ok(elements.into_iter().next().unwrap_or_default())
}

/// Pairs of a map; none of what is undefined.
fn items(value: &Value) -> Result<Value, Error> {
    if value.is_undefined() { Ok(Value::from(Vec::<Value>::new())) } else { minijinja::filters::items(value) }
}

/// What stands in for undefined values; with `boolean` for all that are false.
fn default(value: &Value, other: Option<Value>, boolean: Option<bool>, kwargs: Kwargs) -> Result<Value, Error> {
    let other = other.or(kwargs.get("default_value")?).unwrap_or_else(|| Value::from(""));
    let boolean = boolean.or(kwargs.get("boolean")?).unwrap_or(false);
    kwargs.assert_all_used()?;
    Ok(if value.is_undefined() || boolean && !value.is_true() { other } else { value.clone() })
}

/// A number without the white space around it, which Python does not mind.
fn number(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| Value::from(trim(text, None, true, true)))
}

/// The number that a text is, or else the default.
fn int(
    state: &State<'_, '_>,
    value: &Value,
    default: Option<Value>,
    base: Option<u32>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let otherwise = default.clone().or(kwargs.get("default")?).unwrap_or(Value::from(0));
    Ok(minijinja::filters::int(state, &number(value), default, base, kwargs).unwrap_or(otherwise))
}

fn float(state: &State<'_, '_>, value: &Value, default: Option<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let otherwise = default.clone().or(kwargs.get("default")?).unwrap_or(Value::from(0.0));
    Ok(minijinja::filters::float(state, &number(value), default, kwargs).unwrap_or(otherwise))
}

/// Every line but the first, and but empty ones, behind spaces or behind a text.
fn indent(
    value: &Value,
    width: Option<Value>,
    first: Option<bool>,
    blank: Option<bool>,
    kwargs: Kwargs,
) -> Result<String, Error> {
    let width = width.or(kwargs.get("width")?).unwrap_or(Value::from(4));
    let (first, blank) = (first.or(kwargs.get("first")?), blank.or(kwargs.get("blank")?));
    kwargs.assert_all_used()?;
    let before = match (width.as_str(), width.as_usize()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(width)) if width <= 1 << 10 => " ".repeat(width),
        _ => return Err(invalid("indent takes a text or a small number")),
    };
    let text = text(value);
    let mut out = String::new();
    for (index, line) in text.split('\n').enumerate() {
        let wanted = if index == 0 { first.unwrap_or(false) } else { blank.unwrap_or(false) || !line.is_empty() };
        out.push_str(if index == 0 { "" } else { "\n" });
        out.push_str(if wanted { &before } else { "" });
        out.push_str(line);
    }
    Ok(out)
}

/// Python's `json.dumps(value, ensure_ascii=False, …)`; the built-in filter escapes HTML instead.
fn to_json(value: &Value, arguments: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    if !arguments.is_empty() {
        return Err(invalid("tojson takes its arguments by name"));
    }
    let indent = match kwargs.get::<Option<Value>>("indent")?.filter(|indent| !indent.is_none()) {
        None => None,
        Some(indent) => Some(match (indent.as_str(), indent.as_usize()) {
            (Some(text), _) => text.to_owned(),
            (None, Some(width)) if width <= 64 => " ".repeat(width),
            _ => return Err(invalid("tojson takes a text or a small number as indent")),
        }),
    };
    let separators = kwargs.get::<Option<Value>>("separators")?.filter(|separators| !separators.is_none());
    let (item, key) = match separators {
        None if indent.is_some() => (",".to_owned(), ": ".to_owned()),
        None => (", ".to_owned(), ": ".to_owned()),
        Some(pair) => match pair.try_iter()?.map(|part| text(&part)).collect::<Vec<_>>().as_slice() {
            [item, key] => (item.clone(), key.clone()),
            _ => return Err(invalid("tojson takes two separators")),
        },
    };
    let sorted = kwargs.get::<Option<bool>>("sort_keys")?.unwrap_or(false);
    let ascii = kwargs.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false);
    kwargs.assert_all_used()?;

    let failed = |e: serde_json::Error| Error::new(ErrorKind::BadSerialization, e.to_string());
    let mut json = serde_json::to_value(value).map_err(failed)?;
    if sorted {
        json.sort_all_objects();
    }
    let mut bytes = Vec::new();
    let formatter = Python { indent, item, key, ascii, depth: 0, empty: true };
    json.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter)).map_err(failed)?;
    String::from_utf8(bytes).map(Value::from).map_err(|e| invalid(e.to_string()))
}

/// Python's way of writing JSON.
struct Python {
    indent: Option<String>,
    /// Between two elements.
    item: String,
    /// Between key and value.
    key: String,
    ascii: bool,
    depth: usize,
    /// Nothing has been written since the last opening bracket.
    empty: bool,
}

impl Python {
    fn line<W: ?Sized + std::io::Write>(&self, out: &mut W) -> std::io::Result<()> {
        let Some(indent) = &self.indent else { return Ok(()) };
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(indent.as_bytes()))
    }

    fn open<W: ?Sized + std::io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> std::io::Result<()> {
        (self.depth, self.empty) = (self.depth + 1, true);
        out.write_all(bracket)
    }

    fn close<W: ?Sized + std::io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> std::io::Result<()> {
        self.depth -= 1;
        if !self.empty {
            self.line(out)?;
        }
        self.empty = false;
        out.write_all(bracket)
    }

    fn next<W: ?Sized + std::io::Write>(&mut self, out: &mut W, first: bool) -> std::io::Result<()> {
        self.empty = false;
        if !first {
            out.write_all(self.item.as_bytes())?;
        }
        self.line(out)
    }
}

impl serde_json::ser::Formatter for Python {
    fn begin_array<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + std::io::Write>(&mut self, out: &mut W, first: bool) -> std::io::Result<()> {
        self.next(out, first)
    }

    fn begin_object<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(&mut self, out: &mut W, first: bool) -> std::io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, out: &mut W) -> std::io::Result<()> {
        out.write_all(self.key.as_bytes())
    }

    fn write_string_fragment<W: ?Sized + std::io::Write>(&mut self, out: &mut W, text: &str) -> std::io::Result<()> {
        if !self.ascii {
            return out.write_all(text.as_bytes());
        }
        for c in text.chars() {
            match c {
                ' '..='~' => out.write_all(&[c as u8])?,
                c => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?,
            }
        }
        Ok(())
    }
}
