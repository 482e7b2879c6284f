//! Ways of cutting by name, and vocab.json with merges.txt, as the Python `tokenizers` and `transformers` have them
//! (`tests/reference/text/pre.py`).

use super::*;
use crate::text::cuts::{NOT_BYTES, TABLE};
use serde_json::json;

const PRE: &str = include_str!("../../../../../tests/reference/text/pre.json");

#[derive(Deserialize)]
struct Fixture {
    tokens: Vec<String>,
    merges: Vec<String>,
    texts: Vec<Strings>,
    cuts: Vec<Cuts>,
    classes: Vec<Class>,
}

/// A text and all the ids that it may have.
#[derive(Deserialize)]
struct Strings {
    text: String,
    ids: Vec<Vec<u32>>,
}

/// Which of its ids each text has.
#[derive(Deserialize)]
struct Cuts {
    names: Vec<String>,
    places: Vec<usize>,
}

#[derive(Deserialize)]
struct Class {
    name: String,
    places: Vec<usize>,
}

impl Fixture {
    fn new() -> Self {
        let fixture: Self = serde_json::from_str(PRE).unwrap();
        assert!(fixture.texts.len() > 300 && fixture.cuts.len() > 30 && fixture.classes.len() == 8);
        fixture
    }

    fn vocab(&self, pre: &str) -> GgufVocab {
        let (tokens, merges) = (self.tokens.clone(), self.merges.clone());
        GgufVocab { model: "gpt2".into(), pre: Some(pre.into()), tokens, merges, ..GgufVocab::default() }
    }

    /// A folder with the two lists, and `tokenizer_config.json` or nothing.
    fn folder(&self, config: Option<serde_json::Value>) -> TextSource {
        let vocab: std::collections::BTreeMap<_, _> = self.tokens.iter().zip(0..).collect();
        let merges: String = self.merges.iter().map(|merge| format!("{merge}\n")).collect();
        TextSource {
            vocab_json: Some(serde_json::to_vec(&vocab).unwrap()),
            merges_txt: Some(format!("#version: 0.2\n{merges}").into()),
            tokenizer_config_json: config.map(|config| serde_json::to_vec(&config).unwrap()),
            ..TextSource::default()
        }
    }

    fn check(&self, name: &str, text: &Text, places: &[usize], composes: bool) {
        assert_eq!(places.len(), self.texts.len());
        let right = self.texts.iter().zip(places).map(|(string, place)| (&string.text, &string.ids[*place]));
        let wrong: Vec<_> = right.clone().filter(|(string, ids)| text.encode(string).unwrap() != **ids).collect();
        assert!(wrong.is_empty(), "{name}: {} texts, the first {:?}", wrong.len(), wrong[0]);
        for (string, ids) in right.filter(|_| !composes) {
            assert_eq!(text.decode(ids, false).unwrap(), *string, "{name}");
        }
    }
}

#[test]
fn every_name_cuts_as_the_reference() {
    let fixture = Fixture::new();
    for Cuts { names, places } in &fixture.cuts {
        let first = pre::find(&names[0]).unwrap();
        fixture.check(&names[0], &text(fixture.vocab(&names[0])), places, first.composes);
        for name in names {
            assert!(std::ptr::eq(pre::find(name).unwrap(), first), "{name}");
        }
    }
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let ours = sorted(TABLE.iter().flat_map(|pre| pre.names).map(|name| (*name).to_owned()).collect());
    assert_eq!(ours, sorted(fixture.cuts.into_iter().flat_map(|cuts| cuts.names).collect()));
}

#[test]
fn ways_of_cutting_have_different_ids() {
    let fixture = Fixture::new();
    for (at, pre) in TABLE.iter().enumerate() {
        let places =
            |name: &str| &fixture.cuts.iter().find(|cuts| cuts.names.iter().any(|n| n == name)).unwrap().places;
        let same = TABLE[..at].iter().find(|other| places(other.names[0]) == places(pre.names[0]));
        assert!(same.is_none(), "{:?} and {:?} cannot be told apart", pre.names, same.map(|pre| pre.names));
    }
}

#[test]
fn a_name_says_whether_texts_begin_with_a_token() {
    let fixture = Fixture::new();
    for (name, add_bos, first) in [
        ("llama-bpe", None, true),
        ("tekken", None, true),
        ("lfm2", Some(false), false),
        ("llama4", None, false),
        ("qwen2", None, false),
        ("qwen2", Some(true), true),
    ] {
        let text = text(GgufVocab { bos: Some(0), add_bos, ..fixture.vocab(name) });
        assert_eq!(text.encode_base("Hello").unwrap().ids[0] == 0, first, "{name} {add_bos:?}");
    }
}

#[test]
fn a_name_that_cannot_be_served_is_refused() {
    let fixture = Fixture::new();
    for name in NOT_BYTES.into_iter().chain(["Qwen2", "something-new"]) {
        let source = TextSource { gguf: Some(fixture.vocab(name)), ..TextSource::default() };
        let error = Text::new(&source).err().unwrap();
        assert_eq!(error.code, Code::UnsupportedFormat);
        assert!(error.message.contains(name) && error.advice.contains("tokenizer.json"), "{error:?}");
        assert_eq!(error.message.contains("byte-level"), NOT_BYTES.contains(&name), "{error:?}");
    }
}

#[test]
fn two_lists_have_the_ids_of_transformers() {
    let fixture = Fixture::new();
    for Class { name, places } in &fixture.classes {
        let text = Text::new(&fixture.folder(Some(json!({"tokenizer_class": name})))).unwrap().unwrap();
        assert_eq!(text.warnings(), [""; 0]);
        fixture.check(name, &text, places, pre::of_class(name).unwrap().composes);
    }
    // Windows line ends, no version, an end of the file without one.
    let mut source = fixture.folder(Some(json!({"tokenizer_class": "GPT2Tokenizer"})));
    source.merges_txt = Some(fixture.merges.join("\r\n").into());
    let text = Text::new(&source).unwrap().unwrap();
    fixture.check("line ends", &text, &fixture.classes[0].places, false);
}

#[test]
fn two_lists_take_the_tokens_of_the_other_files() {
    let fixture = Fixture::new();
    let count = fixture.tokens.len() as u32;
    let decoder = json!({count.to_string(): {"content": "<|im_start|>", "special": true},
        (count + 1).to_string(): {"content": "<|im_end|>", "special": true}});
    let text = Text::new(&fixture.folder(Some(json!({"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>",
        "added_tokens_decoder": decoder, "chat_template": "<|im_start|>{{ messages[0].content }}<|im_end|>"}))));
    let text = text.unwrap().unwrap();
    let prompt = text.encode_chat(&user("<|im_end|>"), &ChatOptions::default()).unwrap();
    assert_eq!((prompt.ids[0], prompt.ids.last()), (count, Some(&(count + 1))));
    assert_eq!(prompt.ids.iter().filter(|id| **id >= count).count(), 2, "a message stays text");
    assert_eq!(text.stop_ids(), [count + 1]);
    // GPT-2's own files name no token.
    let mut source = fixture.folder(Some(json!({"tokenizer_class": "GPT2Tokenizer"})));
    let mut vocab: serde_json::Value = serde_json::from_slice(source.vocab_json.as_deref().unwrap()).unwrap();
    vocab["<|endoftext|>"] = json!(count);
    source.vocab_json = Some(serde_json::to_vec(&vocab).unwrap());
    assert_eq!(Text::new(&source).unwrap().unwrap().stop_ids(), [count]);
}

#[test]
fn lists_that_cannot_be_used_are_named() {
    let fixture = Fixture::new();
    let refused = |source: TextSource| Text::new(&source).err().unwrap();
    let whole = fixture.folder(Some(json!({"tokenizer_class": "GPT2Tokenizer"})));
    for (vocab, merges, named) in [
        (b"{".to_vec(), whole.merges_txt.clone().unwrap(), "vocab.json"),
        (br#"{"a": -1}"#.to_vec(), whole.merges_txt.clone().unwrap(), "vocab.json"),
        (whole.vocab_json.clone().unwrap(), b"#version: 0.2\nxxxx yyyy\n".to_vec(), "merges.txt"),
        (whole.vocab_json.clone().unwrap(), b"a\n".to_vec(), "merges.txt"),
        (whole.vocab_json.clone().unwrap(), vec![0xff, b' ', 0xfe], "merges.txt"),
    ] {
        let source = TextSource { vocab_json: Some(vocab), merges_txt: Some(merges), ..whole.clone() };
        let error = refused(source);
        assert!(error.code == Code::CorruptWeights && error.message.contains(named), "{error:?}");
    }
    let half = refused(TextSource { merges_txt: None, ..whole.clone() });
    assert!(half.code == Code::MissingTokenizer && half.advice.contains("merges.txt"), "{half:?}");
    let half = refused(TextSource { vocab_json: None, ..whole });
    assert!(half.code == Code::MissingTokenizer && half.advice.contains("vocab.json"), "{half:?}");
    let unknown = refused(fixture.folder(Some(json!({"tokenizer_class": "XTokenizer"}))));
    assert!(unknown.code == Code::UnsupportedFormat && unknown.message.contains("XTokenizer"), "{unknown:?}");
    // Without a class the cut is a guess, and is told.
    let text = Text::new(&fixture.folder(None)).unwrap().unwrap();
    assert!(text.warnings().len() == 1 && text.warnings()[0].contains("tokenizer_class"), "{:?}", text.warnings());
    fixture.check("no class", &text, &fixture.classes[0].places, false);
}
