//! Families as such; what they make of files is tested where these are read.

use super::*;
use crate::weights::fixtures::{reference, tiny};
use std::collections::BTreeSet;

#[test]
fn no_name_stands_for_two_families_and_every_name_is_found() {
    let mut seen = BTreeSet::new();
    for family in ALL {
        assert!(!family.title.is_empty());
        for name in family.aliases.iter().chain([&family.name]) {
            assert!(!name.is_empty() && seen.insert(*name), "{name}");
            assert_eq!(find(name).unwrap(), *family);
        }
    }
    let error = find("mamba").unwrap_err();
    assert_eq!(error.code, Code::UnsupportedArchitecture);
    assert_eq!(error.message, "the model's architecture is `mamba`, a recurrent model");
    assert_eq!(find("nothing").unwrap_err().message, "the model's architecture is `nothing`");
    assert!(ALL.iter().all(|family| error.advice.contains(family.title)), "{error}");
}

/// A family without reference numbers is not supported.
#[test]
fn every_family_has_a_tiny_model() {
    let family = |name: &String| {
        let config = std::fs::read(reference(&format!("tiny/{name}/config.json"))).unwrap();
        let config: serde_json::Value = serde_json::from_slice(&config).unwrap();
        find(config["model_type"].as_str().unwrap()).unwrap().name
    };
    let tested: BTreeSet<_> = tiny().iter().map(family).collect();
    assert_eq!(tested, ALL.iter().map(|family| family.name).collect());
}

/// What `convert_hf_to_gguf.py` of llama.cpp does to the rows of queries and keys (`permute`).
#[test]
fn the_converter_moves_rows_of_llama_and_its_kin() {
    let moved = ["llama", "smollm3", "granite", "granitemoehybrid", "mistral", "mistral3"];
    for family in ALL {
        assert_eq!(family.gguf_interleaved, moved.contains(&family.name), "{}", family.name);
    }
}

#[test]
fn names_are_listed_as_in_a_sentence() {
    assert_eq!(listed(["a"].into_iter()), "a");
    assert_eq!(listed(["a", "b", "c"].into_iter()), "a, b and c");
}
