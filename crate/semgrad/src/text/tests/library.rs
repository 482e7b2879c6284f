//! Added tokens as the Python `tokenizers` and `transformers` read them (`tests/reference/text/added.py`).

use super::*;
use serde_json::Value;

const ADDED: &str = include_str!("../../../../../tests/reference/text/added.json");

#[derive(Deserialize)]
struct Fixture {
    texts: Vec<String>,
    kinds: Vec<Kind>,
    folders: Vec<Folder>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
    tokenizer: Value,
    ids: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
struct Folder {
    name: String,
    files: std::collections::BTreeMap<String, Value>,
    ids: Vec<Vec<u32>>,
}

/// All added tokens of the text count, special ones too.
fn ids(encoder: &Encoder, text: &str) -> Vec<u32> {
    encoder.encode(text, |_, _| Reading::Token).unwrap().into_iter().map(|(id, _)| id).collect()
}

fn json_bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn every_kind_of_vocabulary_has_the_ids_of_tokenizers() {
    let fixture: Fixture = serde_json::from_str(ADDED).unwrap();
    assert!(fixture.kinds.len() == 8 && fixture.texts.len() > 250);
    for Kind { kind, tokenizer, ids: right } in &fixture.kinds {
        let mut warnings = Vec::new();
        let encoder = Encoder::new(json::build(&json_bytes(tokenizer), &mut warnings).unwrap()).unwrap();
        assert_eq!(warnings, [""; 0]);
        assert_eq!(right.len(), fixture.texts.len());
        for (text, right) in fixture.texts.iter().zip(right) {
            assert_eq!(ids(&encoder, text), *right, "{kind}: {text:?}");
        }
    }
}

#[test]
fn folders_have_the_ids_of_transformers() {
    let fixture: Fixture = serde_json::from_str(ADDED).unwrap();
    assert!(fixture.folders.len() == 8);
    for Folder { name, files, ids: right } in &fixture.folders {
        let file = |name: &str| files.get(name).map(json_bytes);
        let source = TextSource {
            tokenizer_json: file("tokenizer.json"),
            tokenizer_config_json: file("tokenizer_config.json"),
            special_tokens_map_json: file("special_tokens_map.json"),
            added_tokens_json: file("added_tokens.json"),
            ..TextSource::default()
        };
        let text = Text::new(&source).unwrap().unwrap();
        for (string, right) in fixture.texts.iter().zip(right) {
            assert_eq!(ids(&text.encoder, string), *right, "{name}: {string:?}");
        }
        assert_eq!(text.warnings().is_empty(), name != "ids with a gap", "{name}: {:?}", text.warnings());
    }
}
