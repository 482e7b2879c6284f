//! `semgrad contract`: what the package, the documents and the runners in other runtimes have to know of this crate, as one
//! JSON document. `cargo xtask contract` keeps it as `pkg/contract.json` and makes everything else from it.
//!
//! The document is a JSON Schema of the lines and of what they hold (`$defs`), with the lists that no type has: methods,
//! reasons, flags.

use crate::request::{Flag, flags};
use crate::schema::{Absent, definitions, plain};
use crate::stop::Stop;
use schemars::generate::Contract;
use semgrad::Error;
use semgrad::answer::record::{Failure, Record, Request};
use semgrad::confidence::reasons;
use semgrad::evidence::Evidence;
use semgrad::methods::{DEFAULT, REGISTRY};
use serde::Serialize;
use serde_json::{Map, Value};

/// The document. Of a type that is written and read, the reader's description holds.
#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    title: &'static str,
    methods: Value,
    default_methods: &'static [&'static str],
    confidence_reasons: Map<String, Value>,
    flags: Vec<Flag>,
    #[serde(rename = "$defs")]
    types: Map<String, Value>,
}

/// Prints it.
pub fn run() -> Result<(), Stop> {
    let document = document().map_err(|error| Stop::Fatal(Error::internal(error.to_string())))?;
    say_line!("{document}");
    Ok(())
}

fn document() -> serde_json::Result<String> {
    let mut types = Map::new();
    let groups = [
        (definitions::<Request>(Contract::Deserialize), Absent::Missing),
        (definitions::<Evidence>(Contract::Deserialize), Absent::Null),
        (definitions::<Record>(Contract::Serialize), Absent::Missing),
        (definitions::<Failure>(Contract::Serialize), Absent::Missing),
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
        confidence_reasons: reasons::ALL
            .map(|(name, sentence)| (name.to_owned(), sentence.into()))
            .into_iter()
            .collect(),
        flags: flags(),
        types,
    })
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
}
