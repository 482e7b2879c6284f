//! The contract in TypeScript.
//!
//! Lines are written in snake case, and so are evidence, questions that teaching has asked, and what `model.run` gives;
//! everything else of the package is in camel case. A type that reads the same in both is there once; of any other there are
//! two, the line's with `Raw` before its name.

use super::document::{list, text};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Columns of a line.
const WIDTH: usize = 120;

/// What a type is called where Rust's name says too little outside its module.
const NAMES: [(&str, &str); 14] = [
    ("Code", "ErrorCode"),
    ("Error", "ErrorRecord"),
    ("Bounds", "VerdictThresholds"),
    ("Kind", "QuestionKind"),
    ("Mode", "RiskMode"),
    // Callers have a message whose roles are known.
    ("Message", "RawMessage"),
    ("Part", "ConfidencePart"),
    ("SampleRecord", "Sample"),
    ("SemanticPosition", "SemanticToken"),
    ("Times", "Timings"),
    ("Target", "LessonTarget"),
    ("Count", "LessonCount"),
    ("Options", "TrainingOptions"),
    ("Step", "TrainingStep"),
];

/// Fields of a record that no answer has: who asked knows the one, `semanticPosition` has the other.
const NOT_IN_ANSWERS: [&str; 2] = ["id", "semantic_index"];
/// Fields of a request that are no options: what is asked, and what the package has types of its own for.
const NOT_IN_OPTIONS: [&str; 9] =
    ["id", "question", "messages", "prompt_ids", "answer", "response_ids", "methods", "engines", "semantic_position"];

/// Who reads or writes a type.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// Lines of JSON.
    Line,
    /// Callers of the package.
    Caller,
}

/// What callers know by the names of lines.
const AS_LINES: [&str; 2] = ["Evidence", "Asked"];
/// What callers hand over: they may not want their lists to be changed.
const HANDED_OVER: [&str; 2] = ["Request", "Options"];

/// How the package converts between lines and callers.
pub fn conversions(contract: &Value) -> Result<String> {
    let head = head("Between the names of lines and those of callers.") + "\n";
    Ok(head + &Types::new(contract)?.conversions())
}

/// Types and lists.
pub fn module(contract: &Value) -> Result<String> {
    let types = Types::new(contract)?;
    let mut out = head("What goes into the model and what comes out, and the lists that belong to it.");
    let ids = |wanted: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        list(contract, "methods").iter().filter(|method| wanted(method)).map(|method| method["id"].clone()).collect()
    };
    let one_pass = "Scores that take no more than the answer itself and a partial pass back: neither samples nor other \
                    prompts, engines or probes. Confidences are made of these; ask for all of them where you gather answers \
                    for {@link calibrate}.";
    constants(&mut out, "METHODS", "Every score, in the order of the registry.", &ids(&|_| true));
    constants(&mut out, "ONE_PASS_METHODS", one_pass, &ids(&|method| method["one_pass"] == true));
    let default = "Scores that `ask` and `score` compute unless told otherwise.";
    constants(&mut out, "DEFAULT_METHODS", default, list(contract, "default_methods"));
    out += "\n/** A score with a name known to the type checker. */\nexport type KnownMethod = (typeof METHODS)[number];\n";
    out += "\n/** What there is of each score that was asked for, by id. */\nexport type ByMethod<T> = \
            Partial<Record<KnownMethod, T>> & Readonly<Record<string, T | undefined>>;\n";
    let reasons = "Every sentence that a `confidenceReason` can be.";
    sentences(&mut out, "CONFIDENCE_REASONS", reasons, &contract["confidence_reasons"])?;
    let none = "The same for people, with what to do: what `explanation.none` says for that reason.";
    sentences(&mut out, "NO_JUDGMENT", none, &contract["no_judgment"])?;
    types.codes(&mut out)?;
    types.interfaces(&mut out)?;
    Ok(out)
}

/// Who teaches.
pub fn teachers(contract: &Value) -> String {
    let mut out = head("Teachers.");
    let about = "Who can say what a model does not know, and what each of them has to be told.";
    objects(&mut out, "TEACHERS", about, list(contract, "teachers"), &["id", "title", "reads", "samples"]);
    out
}

/// What only the work of teaching needs: pages fetch it with that.
pub fn teaching(contract: &Value) -> Result<String> {
    let mut out = head("What a model is taught with.");
    out += "\nimport type { RawTrainingOptions, TrainingOptions } from \"../contract.js\";\n";
    let ordinary = "Requests that ask for no facts: a model that is taught goes on answering them as it did.";
    constants(&mut out, "ORDINARY", ordinary, list(contract, "ordinary"));
    comment(&mut out, "", "How questions are asked by which it is taught, unless somebody wishes otherwise.");
    let usual: Vec<String> = contract["asking"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{}: {value}", camel(name)))
        .collect();
    _ = writeln!(out, "export const USUAL = {{ {} }} as const;", usual.join(", "));
    comment(&mut out, "", "Fields of a line by the names of the options of training that set them.");
    out += "export const TRAINING_FIELDS = {\n";
    for (field, _) in fields(&Types::new(contract)?.definitions["Options"]) {
        _ = writeln!(out, "  {}: \"{field}\",", camel(field));
    }
    Ok(out + "} as const satisfies Record<keyof TrainingOptions, keyof RawTrainingOptions>;\n")
}

/// The first lines of a file.
fn head(about: &str) -> String {
    format!("/**\n * {about}\n *\n * Made from the Rust types by `cargo xtask contract`: change those.\n */\n")
}

/// A list of texts that the type checker knows.
fn constants(out: &mut String, name: &str, about: &str, values: &[Value]) {
    comment(out, "", about);
    let values: Vec<String> = values.iter().map(quoted).collect();
    let line = format!("export const {name} = [{}] as const;\n", values.join(", "));
    match line.len() <= WIDTH {
        true => *out += &line,
        false => _ = write!(out, "export const {name} = [\n  {},\n] as const;\n", values.join(",\n  ")),
    }
}

/// A text in the quotes that leave fewer of it to be escaped, as the formatter has it.
fn quoted(value: &Value) -> String {
    let (double, text) = (value.to_string(), value.as_str().unwrap_or_default());
    match text.matches('"').count() > text.matches('\'').count() {
        true => format!("'{}'", double[1..double.len() - 1].replace("\\\"", "\"").replace('\'', "\\'")),
        false => double,
    }
}

/// A list of objects, of which these fields count.
fn objects(out: &mut String, name: &str, about: &str, values: &[Value], fields: &[&str]) {
    comment(out, "", about);
    _ = writeln!(out, "export const {name} = [");
    for value in values {
        let parts: Vec<String> = fields.iter().map(|field| format!("{field}: {}", value[field])).collect();
        let line = format!("  {{ {} }},\n", parts.join(", "));
        *out += &match line.chars().count() <= WIDTH + 1 {
            true => line,
            false => format!("  {{\n    {},\n  }},\n", parts.join(",\n    ")),
        };
    }
    *out += "] as const;\n";
}

/// Sentences by name.
fn sentences(out: &mut String, name: &str, about: &str, sentences: &Value) -> Result<()> {
    let sentences = sentences.as_object().with_context(|| format!("the contract has no {name}"))?;
    comment(out, "", about);
    _ = writeln!(out, "export const {name} = {{");
    for (name, sentence) in sentences {
        // After a short name a new line would gain nothing, says the formatter.
        let is_long = name.len() > 4 && name.len() + sentence.to_string().len() + 5 > WIDTH;
        let broken = if is_long { "\n    " } else { " " };
        _ = writeln!(out, "  {name}:{broken}{sentence},");
    }
    *out += "} as const;\n";
    Ok(())
}

struct Types<'a> {
    definitions: &'a Map<String, Value>,
    /// What callers know by the names of lines.
    as_lines: BTreeSet<&'a str>,
    /// What callers hand over.
    handed_over: BTreeSet<&'a str>,
}

impl<'a> Types<'a> {
    fn new(contract: &'a Value) -> Result<Self> {
        let definitions = contract["$defs"].as_object().context("the contract has no types")?;
        let mut types = Self { definitions, as_lines: BTreeSet::new(), handed_over: BTreeSet::new() };
        types.as_lines = AS_LINES.iter().flat_map(|name| types.parts(name)).collect();
        types.handed_over = HANDED_OVER.iter().flat_map(|name| types.parts(name)).collect();
        Ok(types)
    }

    /// A type with all that it is made of.
    fn parts(&self, name: &str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&'a str> =
            self.definitions.get_key_value(name).map(|(name, _)| name.as_str()).into_iter().collect();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(self.definitions.get(name).into_iter().flat_map(references));
            }
        }
        found
    }

    /// Whether lines and callers have it under different names, somewhere in it.
    fn differs(&self, name: &str) -> bool {
        !self.as_lines.contains(name)
            && self.parts(name).iter().filter(|part| !self.as_lines.contains(*part)).any(|part| {
                let fields = fields(&self.definitions[*part]);
                fields.map(|(name, _)| name).any(|name| name.contains('_') || name == "scores")
            })
    }

    fn name(&self, definition: &str, side: Side) -> String {
        let known = NAMES.iter().find(|(rust, _)| *rust == definition).map_or(definition, |(_, name)| *name);
        match (definition, side, self.differs(definition)) {
            ("Record", Side::Caller, _) => "Answer".into(),
            ("Request", Side::Caller, _) => "RequestOptions".into(),
            (_, Side::Line, true) => format!("Raw{known}"),
            _ => known.into(),
        }
    }

    /// Error codes, each with what it means.
    fn codes(&self, out: &mut String) -> Result<()> {
        let codes =
            self.definitions.get("Code").and_then(|code| code["oneOf"].as_array()).context("there are no codes")?;
        *out += "\n/** Every code of an error, in the order of the contract. */\nexport const ERROR_CODES = [\n";
        for code in codes {
            comment_line(out, "  ", text(code, "description"));
            _ = writeln!(out, "  {},", code["const"]);
        }
        *out += "] as const;\n\n/** A stable error code. */\nexport type ErrorCode = (typeof ERROR_CODES)[number];\n";
        Ok(())
    }

    fn interfaces(&self, out: &mut String) -> Result<()> {
        // The failed line is a record without anything but its error.
        for (name, definition) in
            self.definitions.iter().filter(|(name, _)| !["Code", "Failure"].contains(&name.as_str()))
        {
            match self.differs(name) {
                true => {
                    self.interface(out, name, definition, Side::Line)?;
                    self.interface(out, name, definition, Side::Caller)?;
                }
                false => self.interface(out, name, definition, Side::Line)?,
            }
        }
        Ok(())
    }

    fn interface(&self, out: &mut String, definition: &str, schema: &Value, side: Side) -> Result<()> {
        let name = self.name(definition, side);
        let about = match name.as_str() {
            "RequestOptions" => "Fields of a request that are set by options as they are.".to_owned(),
            _ => self.prose(text(schema, "description"), side),
        };
        if let Some(kinds) = schema["oneOf"].as_array() {
            let meaning =
                kinds.iter().map(|kind| format!("\n\n`{}`: {}", text(kind, "const"), text(kind, "description")));
            comment(out, "", &(about + &meaning.collect::<String>()));
            let kinds: Vec<String> = kinds.iter().map(|kind| kind["const"].to_string()).collect();
            let line = format!("export type {name} = {};\n", kinds.join(" | "));
            *out += &match line.len() <= WIDTH {
                true => line,
                false => format!("export type {name} =\n  | {};\n", kinds.join("\n  | ")),
            };
            return Ok(());
        }
        comment(out, "", &about);
        _ = writeln!(out, "export interface {name} {{");
        let required = list(schema, "required");
        for (field, schema) in fields(schema).filter(|(field, _)| is_in(definition, field, side)) {
            let is_required = required.iter().any(|name| name == field);
            let kind = self.kind(schema, side, definition).with_context(|| format!("{definition}.{field}"))?;
            comment_line(out, "  ", &self.prose(text(schema, "description"), side));
            // An answer has all of its fields.
            _ = match (is_required, definition == "Record" && side == Side::Caller) {
                (true, _) => writeln!(out, "  {}: {kind};", public(definition, field, side)),
                (false, true) => writeln!(out, "  {}: {kind} | null;", public(definition, field, side)),
                (false, false) => writeln!(out, "  {}?: {kind};", public(definition, field, side)),
            };
        }
        *out += "}\n";
        Ok(())
    }

    /// The type of a value.
    fn kind(&self, schema: &Value, side: Side, of: &str) -> Result<String> {
        if let Some(values) = schema["enum"].as_array() {
            return Ok(values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | "));
        }
        if let Some(name) = reference(schema) {
            return Ok(self.name(name, side));
        }
        if let Some(kinds) = schema["anyOf"].as_array() {
            let kinds: Result<Vec<_>> = kinds.iter().map(|kind| self.kind(kind, side, of)).collect();
            return Ok(kinds?.join(" | "));
        }
        let kinds = match &schema["type"] {
            Value::String(kind) => vec![kind.as_str()],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            // Anything.
            _ => return Ok("unknown".into()),
        };
        let kinds: Result<Vec<_>> = kinds.into_iter().map(|kind| self.one_kind(kind, schema, side, of)).collect();
        Ok(kinds?.join(" | "))
    }

    fn one_kind(&self, kind: &str, schema: &Value, side: Side, of: &str) -> Result<String> {
        let readonly = if self.handed_over.contains(of) { "readonly " } else { "" };
        Ok(match kind {
            "integer" | "number" => "number".into(),
            "string" | "boolean" | "null" => kind.into(),
            "array" if schema["prefixItems"].is_array() => {
                let items: Result<Vec<_>> =
                    list(schema, "prefixItems").iter().map(|item| self.kind(item, side, of)).collect();
                format!("{readonly}[{}]", items?.join(", "))
            }
            "array" => {
                let item = self.kind(&schema["items"], side, of)?;
                let item = if is_union(&item) || item.starts_with("readonly ") { format!("({item})") } else { item };
                format!("{readonly}{item}[]")
            }
            "object" => {
                let value = self.kind(&schema["additionalProperties"], side, of)?;
                match side == Side::Caller && ["Record", "Span"].contains(&of) {
                    true => format!("ByMethod<{value}>"),
                    false => format!("Record<string, {value}>"),
                }
            }
            other => bail!("there is no TypeScript for {other}"),
        })
    }

    /// A comment in the names of its reader.
    fn prose(&self, comment: &str, side: Side) -> String {
        let parts = comment.split('`').enumerate().map(|(index, part)| match index % 2 == 1 && side == Side::Caller {
            true if self.renamed().any(|name| name == part) => camel(part),
            _ => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("`")
    }

    /// Fields that callers know by other names.
    fn renamed(&self) -> impl Iterator<Item = &'a str> {
        let named = move |definition: &'a str| fields(&self.definitions[definition]).map(|(name, _)| name);
        let types = self.definitions.keys().map(String::as_str);
        let outside =
            types.filter(move |name| !self.as_lines.contains(name) && !["Code", "Failure", "Mode"].contains(name));
        outside.flat_map(named).filter(|name| name.contains('_'))
    }

    /// What conversions go by.
    fn conversions(&self) -> String {
        let [request, record] = ["Request", "Record"].map(|name| &self.definitions[name]);
        let mut out = String::from(
            "import type { Answer, RawRequest, RequestOptions } from \"./contract.js\";\n\n\
             /** Fields of a request by the names of the options that set them. */\nexport const OPTION_FIELDS = {\n",
        );
        for (field, _) in fields(request).filter(|(field, _)| is_in("Request", field, Side::Caller)) {
            _ = writeln!(out, "  {}: \"{field}\",", camel(field));
        }
        out += "} as const satisfies Record<keyof RequestOptions, keyof RawRequest>;\n\n\
                /** Names of callers for names of lines. */\n\
                export const CALLER_NAMES: Readonly<Record<string, string>> = {\n";
        let read = self.parts("Record").into_iter().filter(|part| !self.as_lines.contains(part));
        let names = read.flat_map(|part| fields(&self.definitions[part]).map(|(name, _)| name));
        for field in names.filter(|name| name.contains('_')).collect::<BTreeSet<_>>() {
            _ = writeln!(out, "  {field}: \"{}\",", camel(field));
        }
        out += "};\n\n/** What an answer has where its record leaves something out. */\nexport const ABSENT = {\n";
        let required = list(record, "required");
        for (field, _) in fields(record).filter(|(field, _)| !required.iter().any(|name| name == field)) {
            if is_in("Record", field, Side::Caller) {
                _ = writeln!(out, "  {}: null,", camel(field));
            }
        }
        out + "} as const satisfies Partial<Answer>;\n"
    }
}

fn is_in(definition: &str, field: &str, side: Side) -> bool {
    match (definition, side) {
        ("Record", Side::Caller) => !NOT_IN_ANSWERS.contains(&field),
        ("Request", Side::Caller) => !NOT_IN_OPTIONS.contains(&field),
        _ => true,
    }
}

/// A field's name on a side.
fn public(definition: &str, field: &str, side: Side) -> String {
    match (definition, field, side) {
        ("Record", "answer", Side::Caller) => "text".into(),
        (_, _, Side::Caller) => camel(field),
        (_, _, Side::Line) => field.into(),
    }
}

fn fields(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

/// The type that a value is of.
fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/"))
}

/// Whether a type is one of several, outside of any brackets.
fn is_union(kind: &str) -> bool {
    let mut depth = 0;
    kind.chars().any(|letter| {
        match letter {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            _ => {}
        }
        letter == '|' && depth == 0
    })
}

/// All types that a schema names.
fn references(schema: &Value) -> Vec<&str> {
    let inner: Vec<&Value> = match schema {
        Value::Object(object) => object.values().collect(),
        Value::Array(list) => list.iter().collect(),
        _ => Vec::new(),
    };
    reference(schema).into_iter().chain(inner.into_iter().flat_map(references)).collect()
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let head = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &head.into_iter().chain(letters).collect::<String>()
    })
}

/// A comment after an empty line.
fn comment(out: &mut String, indent: &str, text: &str) {
    *out += "\n";
    comment_line(out, indent, text);
}

/// A comment, on one line if it fits. What follows an empty line is an item of a list.
fn comment_line(out: &mut String, indent: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    let line = format!("{indent}/** {} */\n", text.replace('\n', " "));
    if !text.contains("\n\n") && line.chars().count() <= WIDTH + 1 {
        *out += &line;
        return;
    }
    _ = writeln!(out, "{indent}/**");
    for (index, paragraph) in text.split("\n\n").enumerate() {
        let item = if index > 0 { "- " } else { "" };
        let mut line = format!("{indent} * {item}");
        for word in paragraph.split_whitespace() {
            if line.chars().count() + word.chars().count() > WIDTH {
                _ = writeln!(out, "{}", line.trim_end());
                line = format!("{indent} * {}", if item.is_empty() { "" } else { "  " });
            }
            line += word;
            line.push(' ');
        }
        _ = writeln!(out, "{}", line.trim_end());
    }
    _ = writeln!(out, "{indent} */");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(["top2_margin", "ms", "grad_l1_tail"].map(camel), ["top2Margin", "ms", "gradL1Tail"]);
    }

    #[test]
    fn long_comments_are_broken_and_lists_keep_their_lines() {
        let mut out = String::new();
        comment_line(&mut out, "  ", &"word ".repeat(40));
        assert!(out.lines().count() == 4 && out.lines().all(|line| line.len() <= WIDTH), "{out}");
        out.clear();
        comment_line(&mut out, "", "Kinds.\n\n`a`: one.\n\n`b`: two.");
        assert_eq!(out, "/**\n * Kinds.\n * - `a`: one.\n * - `b`: two.\n */\n");
    }

    #[test]
    fn a_field_becomes_a_line_and_an_option() {
        let contract = serde_json::json!({
            "methods": [{"id": "gnll", "one_pass": true}],
            "default_methods": ["gnll"],
            "teachers": [{"id": "labels", "title": "Labels", "reads": "answers", "samples": false, "grid": [0.5]}],
            "ordinary": ["Hello!", "Say \"yes\"."],
            "asking": {"samples": 10, "replay_tokens": 80},
            "confidence_reasons": {"none": "No calibration."},
            "no_judgment": {"none": "Nobody tested it."},
            "$defs": {
                "Code": {"oneOf": [{"const": "internal", "description": "A bug."}]},
                "Options": {"description": "How.", "properties": {
                    "warm_up": {"type": "number", "description": "Share."},
                    "layers": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}]},
                }},
                "Asked": {"description": "A line.", "required": ["prompt_ids"], "properties": {
                    "prompt_ids": {"type": "array", "items": {"type": "integer"}, "description": "Ids."},
                }},
                "Evidence": {"description": "Observed.", "properties": {"p_true": {"type": ["number", "null"]}}},
                "Request": {"description": "A question.", "properties": {
                    "question": {"type": "string", "description": "It."},
                    "max_tokens": {"type": "integer", "description": "Most tokens."},
                    "tags": {"type": "array", "items": {"type": "string"}, "description": "As `max_tokens`."},
                }},
                "Record": {"description": "An answer.", "required": ["answer"], "properties": {
                    "answer": {"type": ["string", "null"], "description": "Its text."},
                    "grad_l1": {"type": "array", "items": {"type": ["number", "null"]}, "description": "Norms."},
                    "evidence": {"$ref": "#/$defs/Evidence", "description": "What was read."},
                }},
            },
        });
        let module = module(&contract).unwrap()
            + &conversions(&contract).unwrap()
            + &teachers(&contract)
            + &teaching(&contract).unwrap();
        for line in [
            "export interface RawRequest {\n  /** It. */\n  question?: string;\n  /** Most tokens. */\n  max_tokens?: number;\n",
            "export interface RequestOptions {\n  /** Most tokens. */\n  maxTokens?: number;\n  /** As `maxTokens`. */\n  tags?: readonly string[];\n}",
            "export interface Answer {\n  /** Its text. */\n  text: string | null;\n  /** Norms. */\n  gradL1: (number | null)[] | null;\n",
            "export interface Evidence {\n  p_true?: number | null;\n",
            "  maxTokens: \"max_tokens\",\n",
            "  grad_l1: \"gradL1\",\n",
            "  gradL1: null,\n",
            "export const METHODS = [\"gnll\"] as const;\n",
            "  { id: \"labels\", title: \"Labels\", reads: \"answers\", samples: false },\n",
            "export const ORDINARY = [\"Hello!\", 'Say \"yes\".'] as const;\n",
            "export const USUAL = { samples: 10, replayTokens: 80 } as const;\n",
            "export interface TrainingOptions {\n  /** Share. */\n  warmUp?: number;\n  layers?: readonly [number, number];\n}",
            "export interface Asked {\n  /** Ids. */\n  prompt_ids: number[];\n}",
            "  warmUp: \"warm_up\",\n",
            "export const NO_JUDGMENT = {\n  none: \"Nobody tested it.\",\n} as const;\n",
        ] {
            assert!(module.contains(line), "{line} is not in {module}");
        }
    }
}
