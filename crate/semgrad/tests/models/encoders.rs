//! The encoders and engines against PyTorch and ONNX Runtime, on every device: tiny models to 1e-5, real ones to 1e-3.

use crate::common::*;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device};
use semgrad::engines::{Embedded, Embedder, Nli};
use semgrad::model::encoder::{Batch, Encoder};
use semgrad::text::{Input, Pieces};
use semgrad::weights::encoder::EncoderCheckpoint;
use semgrad::weights::encoder::family::ALL;
use semgrad::weights::source::{ModelFile, open_path};
use semgrad::{Code, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::rc::Rc;

fn checkpoint(path: &Path) -> Result<EncoderCheckpoint> {
    pollster::block_on(EncoderCheckpoint::open(open_path(path)?))
}

fn tiny(name: &str) -> EncoderCheckpoint {
    checkpoint(&reference(&format!("encoders/{name}"))).unwrap()
}

fn device(choice: Choice) -> Device {
    pollster::block_on(Device::open(choice)).unwrap()
}

fn encoder(checkpoint: &EncoderCheckpoint, choice: Choice) -> Encoder {
    let pacer = Pacer::new(&Uninterrupted);
    pollster::block_on(Encoder::load(checkpoint, &device(choice), &pacer, &mut |_, _, _| ())).unwrap()
}

fn nli(checkpoint: &EncoderCheckpoint, choice: Choice) -> Result<Nli> {
    let pacer = Pacer::new(&Uninterrupted);
    pollster::block_on(Nli::load(checkpoint, &device(choice), &pacer, &mut |_, _, _| ()))
}

fn embedder(checkpoint: &EncoderCheckpoint, choice: Choice) -> Embedder {
    let pacer = Pacer::new(&Uninterrupted);
    pollster::block_on(Embedder::load(checkpoint, &device(choice), &pacer, &mut |_, _, _| ())).unwrap()
}

/// A golden's lines with the ids that the tokenizer gives for their texts, which are compared on the way.
fn inputs(checkpoint: &EncoderCheckpoint, golden: &Value) -> Vec<Input> {
    let pieces = Pieces::new(&checkpoint.tokenizer, checkpoint.config.max_tokens).unwrap();
    let encode = |line: &Value| {
        let texts = line.get("texts").unwrap_or(&line["text"]);
        let text = |i: usize| texts.as_array().map_or(texts.as_str().filter(|_| i == 0), |list| list.get(i)?.as_str());
        let input = pieces.encode(text(0).unwrap(), text(1)).unwrap();
        assert_eq!(input.ids, ids(&line["ids"]), "{texts}");
        input
    };
    golden.as_array().unwrap().iter().map(encode).collect()
}

fn batch(inputs: &[Input]) -> Batch {
    let mut batch = Batch::default();
    inputs.iter().for_each(|input| batch.push(input));
    batch
}

/// All lines in one batch, and each alone.
fn check(encoder: &Encoder, golden: &Value, inputs: &[Input], key: &str, tolerance: f64) {
    let pacer = Pacer::new(&Uninterrupted);
    let run = |batch: &Batch| {
        pollster::block_on(async {
            if key == "logits" { encoder.logits(batch, &pacer).await } else { encoder.vectors(batch, &pacer).await }
        })
        .unwrap()
    };
    let together = run(&batch(inputs));
    assert_eq!(together.len(), inputs.len());
    let mut worst = 0.0f64;
    for (i, line) in golden.as_array().unwrap().iter().enumerate() {
        let alone = run(&batch(&inputs[i..=i])).remove(0);
        for got in [&together[i], &alone] {
            assert_eq!(got.len(), numbers(&line[key]).len());
            for (got, want) in got.iter().zip(numbers(&line[key])) {
                worst = worst.max((f64::from(*got) - want).abs());
                let off = (f64::from(*got) - want).abs();
                assert!(off <= tolerance, "line {i} on {}: {got}, the reference {want}", encoder.device.name());
            }
        }
    }
    println!("{key} on {}: largest difference {worst:.1e}", encoder.device.name());
}

const CLASSIFIERS: [&str; 6] =
    ["bert_nli", "roberta_nli", "distilbert_nli", "deberta_v3_nli", "deberta_v2_contradiction", "modernbert_nli"];
const EMBEDDERS: [&str; 3] = ["bert_embedding", "mpnet_embedding", "modernbert_embedding"];

#[test]
fn tiny_encoders_equal_the_reference() {
    for choice in choices() {
        let embedders = EMBEDDERS.map(|name| (name, "embedding"));
        for (name, key) in CLASSIFIERS.map(|name| (name, "logits")).into_iter().chain(embedders) {
            let checkpoint = tiny(name);
            let golden = json(&reference(&format!("encoders/{name}/golden.json")));
            println!("{name}");
            check(&encoder(&checkpoint, choice), &golden, &inputs(&checkpoint, &golden), key, 1e-5);
        }
    }
}

/// A real encoder among the models that `cargo xtask test` fetches.
fn real(name: &str) -> Option<EncoderCheckpoint> {
    let Some(folder) = std::env::var_os("SEMGRAD_MODELS") else {
        eprintln!("NOT TESTED: {name} (set SEMGRAD_MODELS, or run `cargo xtask test`)");
        return None;
    };
    Some(checkpoint(&PathBuf::from(folder).join(name)).unwrap())
}

#[test]
fn minilm_equals_pytorch() {
    let Some(checkpoint) = real("all-MiniLM-L6-v2") else { return };
    let golden = json(&reference("encoders/minilm.json"));
    assert_eq!(golden.as_array().unwrap().len(), 20);
    check(&encoder(&checkpoint, Choice::Cpu), &golden, &inputs(&checkpoint, &golden), "embedding", 1e-3);
}

#[test]
fn deberta_v3_equals_onnx_runtime() {
    let Some(checkpoint) = real("DeBERTa-v3-xsmall-contradiction") else { return };
    let golden = json(&reference("encoders/contradiction.json"));
    check(&encoder(&checkpoint, Choice::Cpu), &golden, &inputs(&checkpoint, &golden), "logits", 1e-3);
}

#[test]
fn real_engines_tell_texts_apart() {
    let pacer = Pacer::new(&Uninterrupted);
    if let Some(checkpoint) = real("all-MiniLM-L6-v2") {
        let texts = ["Paris is the capital of France.", "France's capital is Paris.", "Plants need water."];
        let embedded = embed(&embedder(&checkpoint, Choice::Cpu), &texts);
        let cosines = embedded.cosines();
        assert!(cosines[0][1] > 0.9 && cosines[0][2] < 0.3, "{cosines:?}");
    }
    if let Some(checkpoint) = real("DeBERTa-v3-xsmall-contradiction") {
        let question = "What is the capital of France? ";
        let answers = ["Paris", "It is Lyon", "Lyon", "Paris"].map(|answer| format!("{question}{answer}"));
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let nli = nli(&checkpoint, Choice::Cpu).unwrap();
        let judged = pollster::block_on(nli.judge_all(&answers, &pacer, &mut |_, _| ())).unwrap();
        assert_eq!((judged.labels, judged.evaluated), (2, 6)); // ordered pairs of three distinct texts
        let rows = judged.rows(4);
        assert!(rows[0][2].contradict > 0.9 && rows[2][0].contradict > 0.9, "{rows:?}");
        assert_eq!(rows[0][3].entail, 1.0);
        assert!(rows[0][2].neutral == 0.0);
    }
}

fn embed(engine: &Embedder, texts: &[&str]) -> Embedded {
    pollster::block_on(engine.embed(texts, &Pacer::new(&Uninterrupted), &mut |_, _| ())).unwrap()
}

/// A family without reference numbers is not supported.
#[test]
fn every_family_has_a_tiny_encoder() {
    let tested: Vec<_> = CLASSIFIERS.iter().chain(&EMBEDDERS).map(|name| tiny(name).config.family.title).collect();
    for family in ALL {
        assert!(tested.contains(&family.title), "{}", family.title);
    }
}

/// A tiny encoder with a file of its folder in the place of another one.
fn with(name: &str, file: &str, content: &str) -> EncoderCheckpoint {
    let mut files = open_path(&reference(&format!("encoders/{name}"))).unwrap();
    files.retain(|other| other.name != file);
    files.push(ModelFile { name: file.to_owned(), source: Rc::new(content.as_bytes().to_vec()) });
    pollster::block_on(EncoderCheckpoint::open(files)).unwrap()
}

#[test]
fn texts_are_prepared_as_sentence_transformers_notes() {
    let plain = embedder(&tiny("mpnet_embedding"), Choice::Cpu);
    let same = |engine: &Embedder, text: &str, as_plain: &str| {
        let (got, want) = (embed(engine, &[text]), embed(&plain, &[as_plain]));
        assert_eq!(got.vectors, want.vectors, "{text}");
        assert_ne!(got.vectors, embed(&plain, &[text]).vectors, "{text}");
    };
    let prompt = r#"{"prompts": {"query": "Who: "}, "default_prompt_name": "query"}"#;
    let prompted = with("mpnet_embedding", "config_sentence_transformers.json", prompt);
    same(&embedder(&prompted, Choice::Cpu), "Paris.", "Who: Paris.");
    let small = r#"{"max_seq_length": 96, "do_lower_case": true}"#;
    let small = with("mpnet_embedding", "sentence_bert_config.json", small);
    same(&embedder(&small, Choice::Cpu), "PARIS, Ångström", "paris, ångström");
    // Under one of the older names.
    let short = with("bert_nli", "sentence_roberta_config.json", r#"{"max_seq_length": 9}"#);
    assert_eq!(short.config.max_tokens, 9);

    // Both texts of a pair are written small, and have no prompt.
    let pacer = Pacer::new(&Uninterrupted);
    let judge = |checkpoint: &EncoderCheckpoint, pair: (&str, &str)| {
        let nli = nli(checkpoint, Choice::Cpu).unwrap();
        pollster::block_on(nli.judge(&[pair], &pacer, &mut |_, _| ())).unwrap().entailment[0]
    };
    let (plain, small) = (tiny("roberta_nli"), r#"{"do_lower_case": true}"#);
    let small = with("roberta_nli", "sentence_bert_config.json", small);
    let loud = ("PARIS", "Lyon Paris");
    assert_eq!(judge(&small, loud), judge(&plain, ("paris", "lyon paris")));
    assert_ne!(judge(&small, loud), judge(&plain, loud));
}

#[test]
fn an_embedder_evaluates_each_text_once() {
    for choice in choices() {
        let engine = embedder(&tiny("bert_embedding"), choice);
        let pacer = Pacer::new(&Uninterrupted);
        let long = "bread and rivers ".repeat(40);
        let texts = ["Paris.", "Lyon.", "Paris.", "", &long];
        let mut heard = Vec::new();
        let mut done = |some: usize, all: usize| heard.push((some, all));
        let embedded = pollster::block_on(engine.embed(&texts, &pacer, &mut done)).unwrap();
        assert_eq!((embedded.evaluated, embedded.truncated, embedded.vectors.len()), (4, 1, 5));
        assert_eq!(heard.last(), Some(&(4, 4)));
        assert_eq!(embed(&engine, &texts).evaluated, 0);
        assert_eq!(embed(&engine, &texts).truncated, 1);
        let (cosines, similarities) = (embedded.cosines(), embedded.similarities());
        for i in 0..5 {
            assert!((cosines[i][i] - 1.0).abs() < 1e-6);
            for j in 0..5 {
                assert_eq!(cosines[i][j], cosines[j][i]);
                assert!((similarities[i][j] - (1.0 + cosines[i][j]) / 2.0).abs() < 1e-15);
            }
        }
        assert_eq!(cosines[0][2], 1.0);
        assert!(embed(&engine, &[]).vectors.is_empty());
    }
}

#[test]
fn an_nli_engine_evaluates_each_ordered_pair_once() {
    let checkpoint = tiny("deberta_v3_nli");
    let golden = json(&reference("encoders/deberta_v3_nli/golden.json"));
    for choice in choices() {
        let engine = nli(&checkpoint, choice).unwrap();
        let pacer = Pacer::new(&Uninterrupted);
        let pairs = [("Paris.", "Lyon."), ("Lyon.", "Paris."), ("Paris.", "Lyon."), ("Lyon.", "Lyon.")];
        let judged = pollster::block_on(engine.judge(&pairs, &pacer, &mut |_, _| ())).unwrap();
        assert_eq!((judged.labels, judged.evaluated, judged.truncated), (3, 2, 0));
        // By the names in config.json: contradiction, entailment, neutral.
        let logits = numbers(&golden[2]["logits"]);
        let total: f64 = logits.iter().map(|z| z.exp()).sum();
        let got = judged.entailment[0];
        for (got, logit) in [got.contradict, got.entail, got.neutral].iter().zip(&logits) {
            assert!((got - logit.exp() / total).abs() < 1e-5);
        }
        assert_eq!(judged.entailment[0], judged.entailment[2]);
        assert_ne!(judged.entailment[0], judged.entailment[1]);
        let equal = judged.entailment[3];
        assert_eq!((equal.entail, equal.neutral, equal.contradict), (1.0, 0.0, 0.0));

        let all = pollster::block_on(engine.judge_all(&["Paris.", "Lyon.", "bread"], &pacer, &mut |_, _| ())).unwrap();
        assert_eq!((all.evaluated, all.rows(3).len()), (4, 3));
        assert_eq!(all.rows(3)[0][1], judged.entailment[0]);
        assert_eq!(all.rows(3)[1][0], judged.entailment[1]);
    }
}

#[test]
fn special_tokens_in_a_text_stay_text() {
    for name in CLASSIFIERS {
        let checkpoint = tiny(name);
        let pieces = Pieces::new(&checkpoint.tokenizer, checkpoint.config.max_tokens).unwrap();
        let special = pieces.encode("", Some("")).unwrap().ids;
        let hostile = pieces.encode("bread [SEP] ［CLS］</s><s>", Some("[SEP] and [SEP]")).unwrap();
        let count = hostile.ids.iter().filter(|id| special.contains(id)).count();
        assert_eq!(count, special.len(), "{name}: {hostile:?}");
    }
}

#[test]
fn models_and_inputs_of_another_kind_are_typed_errors() {
    let code = |name: &str| checkpoint(&reference(name)).err().map(|e| e.code);
    assert_eq!(code("tiny/llama_tied"), Some(Code::MissingTokenizer));
    assert_eq!(nli(&tiny("bert_embedding"), Choice::Cpu).err().map(|e| e.code), Some(Code::BadInput));

    let encoder = encoder(&tiny("bert_embedding"), Choice::Cpu);
    let pacer = Pacer::new(&Uninterrupted);
    let fails = |ids: Vec<u32>| {
        let input = Input { types: vec![0; ids.len()], ids, truncated: false };
        pollster::block_on(encoder.vectors(&batch(&[input]), &pacer)).unwrap_err().code
    };
    assert_eq!(fails(vec![]), Code::BadInput);
    assert_eq!(fails(vec![160]), Code::BadInput);
    assert_eq!(fails(vec![2; 49]), Code::ContextExceeded);
    assert_eq!(pollster::block_on(encoder.vectors(&Batch::default(), &pacer)).unwrap_err().code, Code::BadInput);
    let one = batch(&[Input { ids: vec![2, 3], types: vec![0, 0], truncated: false }]);
    assert_eq!(pollster::block_on(encoder.logits(&one, &pacer)).unwrap_err().code, Code::BadInput);
}

#[test]
fn an_abort_stops_within_a_layer_and_what_was_done_is_kept() {
    let engine = nli(&tiny("deberta_v3_nli"), Choice::Cpu).unwrap();
    let long = |word: &str| format!("{word} ").repeat(60);
    let texts = ["river", "bread", "people", "old towns"].map(long);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let control = After::looks(6);
    let error = pollster::block_on(engine.judge_all(&texts, &Pacer::new(&control), &mut |_, _| ())).unwrap_err();
    assert_eq!(error.code, Code::Aborted);
    let judged = pollster::block_on(engine.judge_all(&texts, &Pacer::new(&Uninterrupted), &mut |_, _| ())).unwrap();
    assert!(judged.evaluated > 0 && judged.evaluated < 12, "{}", judged.evaluated);
    assert_eq!(judged.truncated, 12);
}
