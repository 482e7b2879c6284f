//! Types of the library as JSON Schemas.

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use semgrad::answer::record::Request;
use serde_json::{Map, Value};

/// A type with all that it is made of.
pub fn definitions<T: JsonSchema>(contract: Contract) -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.contract = contract);
    let mut generator = settings.into_generator();
    generator.subschema_for::<T>();
    generator.take_definitions(true)
}

/// The fields of a request, in their order.
pub fn request_fields() -> Map<String, Value> {
    let mut types = definitions::<Request>(Contract::Deserialize);
    match types.remove("Request").as_mut().and_then(|request| request.get_mut("properties")).map(Value::take) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// How what is absent may be written.
#[derive(Clone, Copy, PartialEq)]
pub enum Absent {
    /// Not at all.
    Missing,
    /// As null, too.
    Null,
}

/// From what Rust's types say to what stands in JSON: a number is null where it is none, and an optional field is left out.
pub fn plain(definition: &mut Value, absent: Absent) {
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
            let finite = property.remove("finite").is_some();
            // `Option<f64>` is a number, where it is something.
            if !finite && !(is_optional && absent == Absent::Missing && property.get("type") == Some(&"number".into()))
            {
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
    use serde::Serialize;

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
