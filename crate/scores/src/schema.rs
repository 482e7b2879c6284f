//! The contract as one JSON document: a JSON Schema of lines and of what they hold (`$defs`), with the lists that no type
//! has: methods, reasons, teachers, flags of the command line. `cargo xtask contract` keeps it as `pkg/contract.json` and makes from it
//! what the package, the documents and the runners in other runtimes say of this crate. Not a part of the wasm modules.

use crate::abstain::asked::Asked;
use crate::abstain::asked::USUAL;
use crate::abstain::lesson::Lesson;
use crate::abstain::replay::INSTRUCTIONS;
use crate::abstain::target::{TEACHERS, Teacher};
use crate::abstain::training::{Options, Step};
use crate::check::Fault;
use crate::confidence::{explanation, reasons};
use crate::evidence::Evidence;
use crate::methods::{DEFAULT, REGISTRY};
use crate::record::{Failure, Record, Request};
use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value};

/// Fields that belong to one question.
const OF_ONE: [&str; 7] = ["id", "question", "messages", "prompt_ids", "answer", "response_ids", "paraphrases"];

/// The document. Of a type that is written and read, the reader's description holds.
#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    title: &'static str,
    methods: Value,
    default_methods: &'static [&'static str],
    confidence_reasons: Map<String, Value>,
    no_judgment: Map<String, Value>,
    teachers: Value,
    ordinary: Value,
    asking: Value,
    flags: Vec<Flag>,
    #[serde(rename = "$defs")]
    types: Map<String, Value>,
}

/// The contract as one document.
///
/// # Errors
/// None that can happen: what is written has names for keys.
pub fn document() -> serde_json::Result<String> {
    let mut types = Map::new();
    let groups = [
        (definitions::<Request>(Contract::Deserialize), Absent::Missing),
        (definitions::<Evidence>(Contract::Deserialize), Absent::Null),
        (definitions::<Record>(Contract::Serialize), Absent::Missing),
        (definitions::<Failure>(Contract::Serialize), Absent::Missing),
        (definitions::<Fault>(Contract::Serialize), Absent::Null),
        (definitions::<Teacher>(Contract::Serialize), Absent::Missing),
        (definitions::<Lesson>(Contract::Serialize), Absent::Missing),
        (definitions::<Asked>(Contract::Serialize), Absent::Missing),
        (definitions::<Options>(Contract::Deserialize), Absent::Missing),
        (definitions::<Step>(Contract::Serialize), Absent::Missing),
    ];
    for (group, absent) in groups {
        for (name, mut definition) in group {
            plain(&mut definition, absent);
            types.entry(name).or_insert(definition);
        }
    }
    serde_json::to_string_pretty(&Document {
        schema: "https://json-schema.org/draft/2020-12/schema",
        title: "What semgrad takes and gives, one JSON object a line",
        methods: serde_json::to_value(REGISTRY)?,
        default_methods: DEFAULT,
        confidence_reasons: by_reason(|reason| reason.to_owned()),
        no_judgment: by_reason(|reason| explanation::none::sentence(Some(reason))),
        teachers: serde_json::to_value(TEACHERS)?,
        ordinary: ordinary()?,
        asking: serde_json::to_value(USUAL)?,
        flags: flags(),
        types,
    })
}

/// Ordinary instructions.
fn ordinary() -> serde_json::Result<Value> {
    let lines = INSTRUCTIONS.lines().map(|line| Ok(serde_json::from_str::<Value>(line)?["question"].take()));
    lines.collect()
}

/// What is said for each reason that there is no confidence, by its name.
fn by_reason(say: fn(&str) -> String) -> Map<String, Value> {
    reasons::all().map(|(name, reason)| (name.to_owned(), say(reason).into())).collect()
}

/// A flag, and the field of a request that it sets.
#[derive(Serialize)]
pub struct Flag {
    /// Without its dashes.
    pub name: String,
    /// The field.
    pub field: String,
    /// What is said of the field.
    pub about: String,
    /// What follows it.
    pub kind: Kind,
    /// Where only some values are allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// What follows a flag.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nothing.
    Switch,
    /// A text.
    Text,
    /// A number.
    Number,
    /// A whole number from 0 up.
    Whole,
    /// Texts, separated by commas.
    List,
}

/// One flag for each plain field, in the fields' order.
pub fn flags() -> Vec<Flag> {
    request_fields().into_iter().filter_map(|(field, schema)| flag(field, &schema)).collect()
}

/// The fields of a line that no flag sets, in their order, with what is said of each.
pub fn fields_without_flag() -> Vec<(String, String)> {
    let fields = request_fields().into_iter().filter(|(field, schema)| flag(field.clone(), schema).is_none());
    fields.map(|(field, schema)| (field, about(&schema))).collect()
}

/// What is said of a field, on one line.
fn about(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ")
}

fn flag(field: String, schema: &Value) -> Option<Flag> {
    if OF_ONE.contains(&field.as_str()) {
        return None;
    }
    let kind = match schema["type"].as_array()?.first()?.as_str()? {
        "boolean" => Kind::Switch,
        "string" => Kind::Text,
        "number" => Kind::Number,
        "integer" => Kind::Whole,
        "array" if schema["items"]["type"] == "string" => Kind::List,
        _ => return None,
    };
    let values = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let values = values.collect();
    Some(Flag { name: field.replace('_', "-"), about: about(schema), kind, values, field })
}

/// A type with all that it is made of.
fn definitions<T: JsonSchema>(contract: Contract) -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.contract = contract);
    let mut generator = settings.into_generator();
    generator.subschema_for::<T>();
    generator.take_definitions(true)
}

/// The fields of a request, in their order.
fn request_fields() -> Map<String, Value> {
    let mut types = definitions::<Request>(Contract::Deserialize);
    match types.remove("Request").as_mut().and_then(|request| request.get_mut("properties")).map(Value::take) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// How what is absent may be written.
#[derive(Clone, Copy, PartialEq)]
enum Absent {
    /// Not at all.
    Missing,
    /// As null, too.
    Null,
}

/// From what Rust's types say to what stands in JSON: a number is null where it is none, and an optional field is left out.
fn plain(definition: &mut Value, absent: Absent) {
    let Some(definition) = definition.as_object_mut() else { return };
    let required: Vec<String> = match definition.get("required").and_then(Value::as_array) {
        Some(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let Some(properties) = definition.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (name, property) in properties.iter_mut() {
        let is_optional = !required.contains(name);
        if is_optional && absent == Absent::Missing {
            without_null(property);
        }
        // Descriptions say what an absent value means.
        if let Some(property) = property.as_object_mut() {
            property.remove("default");
            let is_finite = property.remove("finite").is_some();
            // `Option<f64>` is a number, where it is something.
            let is_left_out = is_optional && absent == Absent::Missing;
            if !(is_finite || is_left_out && property.get("type") == Some(&"number".into())) {
                nullable(property);
            }
        }
    }
}

/// Takes null from the kinds of a value.
fn without_null(schema: &mut Value) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_mut_slice() {
            schema["type"] = kind.take();
        }
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("anyOf") {
        kinds.retain(|kind| kind["type"] != "null");
        if let [kind] = kinds.as_mut_slice()
            && let Value::Object(kind) = kind.take()
            && let Some(schema) = schema.as_object_mut()
        {
            schema.remove("anyOf");
            schema.extend(kind);
        }
    }
}

/// Gives null to every number of double precision.
fn nullable(schema: &mut Map<String, Value>) {
    if schema.get("format").is_some_and(|format| format == "double") && schema["type"] == "number" {
        schema.insert("type".into(), serde_json::json!(["number", "null"]));
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(Value::Object(inner)) = schema.get_mut(inner) {
            nullable(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_in_the_package_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pkg/contract.json");
        let kept = std::fs::read_to_string(path).unwrap();
        assert!(kept.trim() == document().unwrap(), "run `cargo xtask contract`: pkg/contract.json is out of date");
    }

    #[test]
    fn every_field_is_a_flag_or_belongs_to_a_line() {
        let alone = fields_without_flag();
        let names: Vec<&str> = alone.iter().map(|(field, _)| field.as_str()).collect();
        assert!(OF_ONE.iter().all(|field| names.contains(field)) && names.contains(&"risk"), "{names:?}");
        assert!(alone.iter().all(|(_, about)| about.ends_with('.') && !about.contains('\n')), "{alone:?}");
        assert_eq!(names.len() + flags().len(), request_fields().len());
        assert!(flags().iter().all(|flag| !names.contains(&flag.field.as_str())));
    }

    #[test]
    fn optional_numbers_are_numbers_and_others_may_be_none() {
        #[derive(JsonSchema, Serialize)]
        #[allow(dead_code, reason = "only its schema is read")]
        struct Example {
            number: f64,
            matrix: Vec<Option<Vec<f64>>>,
            #[schemars(extend("finite" = true))]
            finite: f64,
            #[serde(skip_serializing_if = "Option::is_none")]
            optional: Option<f64>,
        }
        let mut example = definitions::<Example>(Contract::Serialize).remove("Example").unwrap();
        plain(&mut example, Absent::Missing);
        let (null, number) = (serde_json::json!(["number", "null"]), Value::from("number"));
        let kind = |path: &str| example.pointer(&format!("/properties/{path}/type")).unwrap();
        assert_eq!((kind("number"), kind("matrix/items/items")), (&null, &null));
        assert_eq!((kind("finite"), kind("optional")), (&number, &number));
        assert_eq!(example["required"], serde_json::json!(["number", "matrix", "finite"]));
    }
}
