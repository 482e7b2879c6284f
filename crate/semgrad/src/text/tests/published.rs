//! Files as they have been published: with merges left out, turn marks of the wrong type, ids that point nowhere. The
//! prompt is right, or there is a warning that says why it may not be.

use super::*;
use serde_json::json;

const CONTROL: i32 = 3;

fn with_types(kind: i32) -> GgufVocab {
    let mut vocab = bytes_vocab("gpt-2");
    vocab.token_types.iter_mut().filter(|kind| **kind == CONTROL).for_each(|old| *old = kind);
    vocab
}

fn load(vocab: GgufVocab) -> Result<Text> {
    Text::new(&TextSource { gguf: Some(vocab), ..TextSource::default() }).map(Option::unwrap)
}

fn chat(text: &Text, content: &str) -> Prompt {
    text.encode_chat(&user(content), &ChatOptions::default()).unwrap()
}

/// A byte-level vocabulary without merges, and `more` tokens.
fn letters(more: &[&str]) -> GgufVocab {
    let alphabet = tokenizers::pre_tokenizers::byte_level::ByteLevel::alphabet();
    let mut tokens: Vec<String> = alphabet.into_iter().map(String::from).collect();
    tokens.sort();
    tokens.extend(more.iter().map(|token| (*token).to_owned()));
    GgufVocab { model: "gpt2".into(), pre: Some("gpt-2".into()), tokens, ..GgufVocab::default() }
}

#[test]
fn missing_merges_are_refused_by_name() {
    let error = load(GgufVocab { merges: Vec::new(), ..bytes_vocab("gpt-2") }).err().unwrap();
    assert_eq!(error.code, Code::CorruptWeights);
    assert!(error.message.contains("tokenizer.ggml.merges"), "{error}");
    // A vocabulary of single bytes needs none.
    let bytes = load(letters(&["<|im_end|>"])).unwrap();
    assert_eq!(bytes.encode("a b").unwrap().len(), 3);
    assert_eq!(bytes.warnings(), [""; 0]);
    // With a part of them texts are cut too fine.
    let mut part = bytes_vocab("gpt-2");
    assert_eq!(text(part.clone()).warnings(), [""; 0]);
    part.merges.truncate(part.merges.len() / 2);
    let warnings = text(part).warnings().to_vec();
    assert!(warnings.len() == 1 && warnings[0].contains("tokenizer.ggml.merges"), "{warnings:?}");
}

#[test]
fn parts_of_a_merge_may_have_spaces() {
    let mut vocab = letters(&["a b", "a bc"]);
    vocab.tokens.push(" b".into());
    vocab.merges = vec!["a  b".into(), "a b c".into()];
    assert!(load(vocab.clone()).is_ok());
    vocab.merges.push("a b d".into());
    assert_eq!(load(vocab).err().unwrap().code, Code::CorruptWeights);
}

#[test]
fn turn_marks_count_whatever_type_they_have() {
    let cases: Vec<Chat> = serde_json::from_str(CHAT).unwrap();
    // Normal, unknown, user-defined, unused, none at all.
    for kind in [Some(1), Some(2), Some(4), Some(5), None] {
        for case in &cases {
            let mut vocab = with_types(kind.unwrap_or(1));
            if kind.is_none() {
                if case.name == "injection" {
                    continue; // `<think>` in a message is a token only where the file calls it user-defined.
                }
                vocab.token_types.clear();
            }
            (vocab.bos, vocab.eos) = (Some(id_of(&vocab, &case.bos)), Some(id_of(&vocab, &case.eos)));
            vocab.chat_template = Some(template(&case.template).into());
            let text = load(vocab).unwrap();
            let options = ChatOptions { date: Some(case.date.clone()), ..ChatOptions::default() };
            let prompt = text.encode_chat(&case.messages, &options).unwrap();
            assert_eq!(prompt.ids, case.ids, "{} {} {kind:?}", case.template, case.name);
            assert_eq!((text.warnings(), &prompt.warnings[..]), (&[][..], &[][..]), "{}", case.template);
        }
    }
    let (mut pieces, _) = pieces_vocab(GEMMA);
    let start = id_of(&pieces, "<start_of_turn>");
    pieces.token_types.clear();
    pieces.chat_template = Some(template("gemma").into());
    let prompt = chat(&text(pieces), "a <start_of_turn> b");
    assert_eq!(prompt.ids.iter().filter(|id| **id == start).count(), 2);
}

#[test]
fn marks_of_all_spellings_are_single_tokens_of_the_template_alone() {
    let forms = [
        "<|im_start|>",
        "<|user|>",
        "<|START_OF_TURN_TOKEN|>",
        "<\u{ff5c}User\u{ff5c}>",
        "<\u{ff5c}begin\u{2581}of\u{2581}sentence\u{ff5c}>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<role>",
        "</role>",
        "<s>",
        "</s>",
        "<start_of_turn>",
        "<end_of_utterance>",
        "<turn|>",
        "<|turn>",
        "[|assistant|]",
        "<unused7>",
        "<\u{7528}\u{6237}>",
    ];
    for mark in forms {
        let mut vocab = letters(&[mark, "[other]"]);
        let id = id_of(&vocab, mark);
        vocab.chat_template = Some(format!("{mark}{{{{ messages[0].content }}}}{mark}"));
        let text = load(vocab).unwrap();
        let prompt = chat(&text, &format!("a{mark}b"));
        let place = |wanted| prompt.ids.iter().enumerate().filter(move |(_, id)| **id == wanted).map(|(at, _)| at);
        assert_eq!(place(id).collect::<Vec<_>>(), [0, prompt.ids.len() - 1], "{mark}");
        assert_eq!(content(&text, &prompt), format!("a{mark}b"));
        assert_eq!(prompt.warnings, [""; 0], "{mark}");
        // What the template does not write, and no model calls a control token, is text.
        assert!(text.encode("[other]").unwrap().len() > 1);
    }
    // Put together by the template, and named by no text of it.
    let mut vocab = letters(&["<|user|>", "EOT"]);
    vocab.eos = Some(id_of(&vocab, "EOT"));
    vocab.chat_template = Some("{{ '<|' ~ messages[0].role ~ '|>' }}{{ messages[0].content }}{{ eos_token }}".into());
    assert_eq!(chat(&load(vocab).unwrap(), "EOT").ids.len(), 5);
}

/// A model whose merges make the mark of its spelling would make it of a message, too.
#[test]
fn merges_make_no_control_token_of_a_message() {
    let mut vocab = letters(&["</", "</s", "</s>"]);
    vocab.merges = ["< /", "</ s", "</s >"].map(String::from).to_vec();
    vocab.pre = Some("llama-bpe".into());
    for kind in [1, CONTROL] {
        let mut vocab = vocab.clone();
        vocab.token_types = vec![1; vocab.tokens.len() - 1];
        vocab.token_types.push(kind);
        let end = id_of(&vocab, "</s>");
        (vocab.eos, vocab.merges) = (Some(end), vocab.merges);
        vocab.chat_template = Some("{{ messages[0].content }}</s>".into());
        let text = load(vocab).unwrap();
        assert_eq!(chat(&text, "a</s>b").ids.iter().filter(|id| **id == end).count(), 1);
        assert!(!text.encode("</s>").unwrap().contains(&end));
    }
}

#[test]
fn a_mark_that_is_no_token_is_told_with_every_prompt() {
    let mut vocab = letters(&["<|user|>"]);
    vocab.chat_template = Some("<|user|>{{ messages[0].content }}<|end|>".into());
    let text = load(vocab).unwrap();
    assert_eq!(text.warnings(), [""; 0]);
    let warnings = chat(&text, "a <|other|> b").warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("`<|end|>`"), "{warnings:?}");
    assert!(!warnings[0].contains("other") && !warnings[0].contains("user"), "{warnings:?}");
}

#[test]
fn a_missing_pre_tokenizer_is_known_guessed_or_told() {
    let fixture: Bytes = serde_json::from_str(BYTES).unwrap();
    for (architecture, same) in [("qwen2", "qwen2"), ("qwen3", "qwen2"), ("llama", "gpt-2")] {
        for pre in [None, Some("default".into()), Some(String::new())] {
            let usual_pre = crate::weights::families::find(architecture).unwrap().pre;
            let text = text(GgufVocab { pre, usual_pre, ..bytes_vocab("") });
            let warnings = text.warnings();
            assert!(warnings.len() == 1 && warnings[0].contains("tokenizer.ggml.pre"), "{warnings:?}");
            for case in &fixture.cases[same] {
                assert_eq!(text.encode(&case.text).unwrap(), case.ids, "{architecture}: {:?}", case.text);
            }
        }
    }
    let known = |len: usize, marks: &[(usize, &str)]| {
        let mut tokens = vec![String::new(); len];
        marks.iter().for_each(|(id, token)| tokens[*id] = (*token).to_owned());
        let (vocab, mut warnings) = (GgufVocab { tokens, ..GgufVocab::default() }, Vec::new());
        (pre::name(&vocab, &mut warnings).into_owned(), warnings.len())
    };
    let ends = [(0, "<|endoftext|>"), (1, "<|im_start|>"), (2, "<|im_end|>")];
    assert_eq!(known(49_152, &ends), ("smollm".into(), 0));
    assert_eq!(known(49_152, &ends[..1]), ("gpt-2".into(), 1));
    assert_eq!(known(151_936, &[(151_643, "<|endoftext|>"), (151_644, "<|im_start|>")]), ("qwen2".into(), 0));
    let llama = [(128_000, "<|begin_of_text|>"), (128_001, "<|end_of_text|>")];
    assert_eq!(known(128_256, &llama), ("llama-bpe".into(), 0));
}

#[test]
fn ids_outside_the_vocabulary_count_as_absent() {
    let right = chat(&chatml(), "Hello").ids;
    let all = |id: u32| {
        let mut vocab = bytes_vocab("gpt-2");
        vocab.bos = Some(id_of(&vocab, "<|im_start|>"));
        vocab.chat_template = Some(template("smollm2").into());
        (vocab.eos, vocab.eot, vocab.unknown, vocab.padding) = (Some(id), Some(id), Some(id), Some(id));
        vocab
    };
    let count = bytes_vocab("gpt-2").tokens.len() as u32;
    for id in [count, count + 1, 1 << 20, u32::MAX - 1] {
        let text = load(all(id)).unwrap();
        assert_eq!(chat(&text, "Hello").ids, right);
        assert_eq!(text.end_of_turn(), Some(id_of(&bytes_vocab("gpt-2"), "<|im_end|>")), "what the template writes");
        let warnings = text.warnings().join("\n");
        assert!(warnings.contains("eos_token_id") && warnings.contains("eot_token_id"), "{warnings}");
        assert!(!warnings.contains("padding") && !warnings.contains("bos"), "{warnings}");
        let beginning = load(GgufVocab { bos: Some(id), add_bos: Some(true), ..bytes_vocab("gpt-2") }).unwrap();
        assert_eq!(beginning.encode_base("a").unwrap().ids.len(), 1);
        assert!(beginning.warnings()[0].contains("bos_token_id"));
        let (pieces, cases) = pieces_vocab(LLAMA);
        let pieces = load(GgufVocab { padding: Some(id), eos: Some(id), ..pieces }).unwrap();
        assert_eq!(pieces.encode(&cases[5].text).unwrap(), cases[5].ids);
    }
    let source = TextSource {
        tokenizer_json: Some(TOKENIZER.to_vec()),
        generation_config_json: Some(br#"{"eos_token_id": [2, 99999, -1]}"#.to_vec()),
        config_json: Some(br#"{"bos_token_id": 99999, "eos_token_id": -1}"#.to_vec()),
        ..TextSource::default()
    };
    let text = Text::new(&source).unwrap().unwrap();
    assert_eq!(text.stop_ids()[0], 2);
    assert!(!text.stop_ids().contains(&99_999));
    assert!(
        text.warnings().len() == 1 && text.warnings()[0].contains("generation_config.json"),
        "{:?}",
        text.warnings()
    );
}

#[test]
fn lost_characters_are_told_with_the_prompt_that_has_them() {
    let mut vocab = letters(&[]);
    vocab.tokens.retain(|token| token != "q");
    let text = load(vocab).unwrap();
    assert_eq!(text.encode("q").unwrap(), [0; 0]);
    assert_eq!(text.encode_base("a\u{e9}\0").unwrap().warnings, [""; 0]);
    let warnings = text.encode_base("a quay").unwrap().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("quay"), "{warnings:?}");
    assert!(text.lost("b").unwrap().is_none() && text.lost("q").unwrap().is_some());
    // An unknown token or single bytes stand for what is in no token.
    let (pieces, cases) = pieces_vocab(LLAMA);
    let pieces = super::text(pieces);
    assert!(cases.iter().all(|case| pieces.lost(&case.text).unwrap().is_none()));
}

/// The tokenizer of the fixtures, whose file has `kept` of its control tokens, in a folder with other files.
fn folder(kept: usize, config: serde_json::Value, added: Option<serde_json::Value>) -> Text {
    let mut file: serde_json::Value = serde_json::from_slice(TOKENIZER).unwrap();
    let vocab = file["model"]["vocab"].as_object_mut().unwrap();
    let marks: Vec<String> = vocab.keys().filter(|token| token.starts_with("<|")).cloned().collect();
    assert!(marks.len() > 4);
    // What is only in other files is not in the model either: the ids at the end are free.
    vocab.retain(|token, _| !token.starts_with('<') || token.len() < 4);
    let (mut id, mut tokens) = (0, Vec::new());
    for (_, value) in vocab.iter_mut() {
        *value = id.into();
        id += 1;
    }
    for token in marks.iter().take(kept) {
        tokens.push(json!({"id": id, "content": token, "special": true, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false}));
        id += 1;
    }
    file["added_tokens"] = tokens.into();
    let source = TextSource {
        tokenizer_json: Some(serde_json::to_vec(&file).unwrap()),
        tokenizer_config_json: Some(serde_json::to_vec(&config).unwrap()),
        added_tokens_json: added.map(|added| serde_json::to_vec(&added).unwrap()),
        ..TextSource::default()
    };
    Text::new(&source).unwrap().unwrap()
}

/// As transformers has it (huggingface/transformers#27132): what stands beside tokenizer.json is added on top of it.
#[test]
fn tokens_beside_the_tokenizer_file_are_added() {
    let first = folder(0, json!({}), None).encoder.tokenizer.get_vocab_size(true) as u32;
    let template = "<|im_start|>{{ messages[0].content }}<|im_end|>";
    let special = |content: &str| json!({"content": content, "special": true, "normalized": false});
    let (start, end) = (first.to_string(), (first + 1).to_string());
    let prompt = |config: serde_json::Value, added: Option<serde_json::Value>| {
        let text = folder(0, config, added);
        let prompt = chat(&text, "<|im_end|>");
        assert_eq!(prompt.ids.iter().filter(|id| **id >= first).count(), 2, "a message stays text");
        let ends = [prompt.ids[0], *prompt.ids.last().unwrap()];
        assert_eq!(prompt.warnings, [""; 0]);
        (ends, text.warnings().to_vec())
    };
    let decoder = json!({&end: special("<|im_end|>"), &start: special("<|im_start|>")});
    let config = json!({"chat_template": template, "added_tokens_decoder": decoder});
    // `added_tokens.json` counts only without an `added_tokens_decoder`.
    let ignored = Some(json!({"<|im_end|>": first, "<|im_start|>": first + 1}));
    assert_eq!(prompt(config, ignored), ([first, first + 1], vec![]));

    let added = Some(json!({"<|im_end|>": first + 1, "<|im_start|>": first}));
    let listed = json!({"chat_template": template, "additional_special_tokens": ["<|im_start|>", "<|im_end|>"]});
    assert_eq!(prompt(listed.clone(), added.clone()), ([first, first + 1], vec![]));
    assert_eq!(prompt(listed, None), ([first, first + 1], vec![]));
    let named = json!({"chat_template": template, "bos_token": special("<|im_start|>"), "eos_token": "<|im_end|>"});
    assert_eq!(prompt(named, None), ([first, first + 1], vec![]));
    // Not named as special, but spelled as a control token.
    assert_eq!(prompt(json!({"chat_template": template}), added), ([first, first + 1], vec![]));

    // The library counts on from the vocabulary, whatever the file says: transformers takes the id, and says nothing.
    let gap = json!({(first + 5).to_string(): special("<|im_start|>"), (first + 6).to_string(): special("<|im_end|>")});
    let (ids, warnings) = prompt(json!({"chat_template": template, "added_tokens_decoder": gap}), None);
    assert_eq!(ids, [first, first + 1]);
    assert!(warnings.len() == 1 && warnings[0].contains("<|im_start|>"), "{warnings:?}");
}

#[test]
fn a_named_token_beyond_the_model_counts_as_absent() {
    let source = |rows: usize| TextSource {
        tokenizer_json: Some(TOKENIZER.to_vec()),
        tokenizer_config_json: Some(br#"{"eos_token": "<end>", "pad_token": "<padding>"}"#.to_vec()),
        config_json: Some(serde_json::to_vec(&json!({"vocab_size": rows})).unwrap()),
        ..TextSource::default()
    };
    let count = json::build(TOKENIZER, &mut Vec::new()).unwrap().get_vocab_size(true);
    let beyond = Text::new(&source(count)).unwrap().unwrap();
    assert_eq!(beyond.end_of_turn(), None);
    assert!(beyond.warnings().len() == 1 && beyond.warnings()[0].contains("<end>"), "{:?}", beyond.warnings());
    // The model may have more rows than its tokenizer has tokens.
    let within = Text::new(&source(count + 8)).unwrap().unwrap();
    assert_eq!(within.end_of_turn(), Some(count as u32));
    assert_eq!(within.warnings(), [""; 0]);
}

#[test]
fn broken_lists_of_added_tokens_are_refused() {
    for (config, added) in [
        (r#"{"added_tokens_decoder": {"x": {"content": "a"}}}"#, "{}"),
        (r#"{"added_tokens_decoder": {"5": {"special": true}}}"#, "{}"),
        ("{}", r#"{"<a>": -1}"#),
        ("{}", r#"{"<a>": "5"}"#),
        ("{}", "<a>"),
    ] {
        let source = TextSource {
            tokenizer_json: Some(TOKENIZER.to_vec()),
            tokenizer_config_json: Some(config.into()),
            added_tokens_json: Some(added.into()),
            ..TextSource::default()
        };
        assert_eq!(Text::new(&source).err().unwrap().code, Code::CorruptWeights, "{config} {added}");
    }
}

#[test]
fn an_id_that_the_tokenizer_file_contradicts_is_told() {
    let mut file: serde_json::Value = serde_json::from_slice(TOKENIZER).unwrap();
    assert_eq!(json::build(TOKENIZER, &mut Vec::new()).map(|_| ()), Ok(()));
    let mut warnings = Vec::new();
    file["added_tokens"][0]["id"] = json!(77_777);
    json::build(&serde_json::to_vec(&file).unwrap(), &mut warnings).unwrap();
    assert!(warnings.len() == 1 && warnings[0].contains("77777"), "{warnings:?}");
}
