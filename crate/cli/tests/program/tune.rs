//! `semgrad tune` and what follows from it, with a tiny model of random weights that is given a tokenizer: it knows nothing,
//! and what it learns is nothing, but every stage is the real one.

use crate::common::{json, reference};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for each test, with a model that reads bytes.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("semgrad-tune-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("model")).unwrap();
    let tiny = reference("tiny/llama_tied");
    std::fs::copy(tiny.join("model.safetensors"), folder.join("model/model.safetensors")).unwrap();
    // Instructions are longer than what it was made for.
    let mut config = json(&tiny.join("config.json"));
    config["max_position_embeddings"] = json!(512);
    // Left alone it would never end, and answers that are cut off are no targets.
    config["eos_token_id"] = (0..256).step_by(2).collect();
    std::fs::write(folder.join("model/config.json"), config.to_string()).unwrap();
    std::fs::write(folder.join("model/tokenizer.json"), tokenizer().to_string()).unwrap();
    folder
}

/// Every byte is a token, by its number.
fn tokenizer() -> Value {
    // Bytes that are no letters are written as some that are, as GPT-2 does.
    let printed = |byte: u32| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let mut others = 0;
    let mut letter = |byte: u32| {
        others += u32::from(!printed(byte));
        char::from_u32(if printed(byte) { byte } else { 255 + others }).unwrap().to_string()
    };
    let vocab: serde_json::Map<String, Value> = (0..256).map(|byte| (letter(byte), byte.into())).collect();
    let bytes = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true});
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": bytes, "post_processor": null, "decoder": bytes,
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocab, "merges": [],
        },
    })
}

pub fn write(path: &Path, lines: &[Value]) {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    std::fs::write(path, text.join("\n") + "\n").unwrap();
}

pub fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn run(folder: &Path, command: &str, more: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_semgrad"));
    program.current_dir(folder).arg(command).args(["--model", "model", "--device", "cpu", "--profile", "none"]);
    program.args(more).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs, and has to end well.
fn fine(folder: &Path, command: &str, more: &[&str]) -> String {
    let output = run(folder, command, more);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    text
}

/// Questions to learn from, which nobody has to know the answer of, and others to validate with.
fn questions(folder: &Path) {
    let open: Vec<Value> = (0..24).map(|i| json!({"id": i, "question": format!("What is {i}?")})).collect();
    write(&folder.join("open.jsonl"), &open);
    let judged: Vec<Value> =
        (0..8).map(|i| json!({"question": format!("Who is {i}?"), "answers": ["nobody"]})).collect();
    write(&folder.join("judged.jsonl"), &judged);
}

const ASKED: [&str; 10] = [
    "--data",
    "open.jsonl",
    "--validation",
    "judged.jsonl",
    "--max-tokens",
    "4",
    "--samples",
    "6",
    "--engagement",
    "0.5",
];
const TRAINED: [&str; 8] = ["--epochs", "2", "--batch", "4", "--rank", "2", "--learning-rate", "0.01"];

const PREFIX: [&str; 2] = ["--prefix", "P: "];

fn tune(folder: &Path, more: &[&str]) -> String {
    fine(folder, "tune", &[&ASKED[..], &PREFIX, &TRAINED, more].concat())
}

#[test]
fn targets_can_be_looked_at_before_anything_is_trained() {
    let folder = folder("targets");
    questions(&folder);
    let text = fine(&folder, "tune", &[&ASKED[..], &["--out", "out", "--targets-only"]].concat());
    assert!(text.contains("50 % were wished for") && text.contains("To learn: "), "{text}");
    let asked = std::fs::read(folder.join("out/asked.jsonl")).unwrap();
    let of = |kind: &str| -> Vec<Value> {
        lines(&folder.join("out/targets.jsonl")).into_iter().filter(|line| line["kind"] == kind).collect()
    };
    let (own, refusals, replayed) = (of("own"), of("refusal"), of("replay"));
    assert!(!own.is_empty() && own.len() == refusals.len(), "{text}");
    assert!(refusals.iter().all(|line| line["target"] == "I don't know."));
    let highest = |lines: &[Value]| lines.iter().map(|line| line["value"].as_f64().unwrap()).fold(0.0, f64::max);
    assert!(highest(&own) < refusals.iter().map(|line| line["value"].as_f64().unwrap()).fold(9.0, f64::min));
    assert!(replayed.iter().all(|line| line["set"] == "replay" && line["value"].is_null()));
    assert!(!folder.join("out/adapter").exists());

    // Again: nothing is asked, and the targets are the same; another teacher needs no new answers.
    let targets = std::fs::read(folder.join("out/targets.jsonl")).unwrap();
    let again = fine(&folder, "tune", &[&ASKED[..], &["--out", "out", "--targets-only"]].concat());
    assert!(!again.contains(" on cpu"), "no model is loaded: {again}");
    assert_eq!(std::fs::read(folder.join("out/asked.jsonl")).unwrap(), asked);
    assert_eq!(std::fs::read(folder.join("out/targets.jsonl")).unwrap(), targets);
    let other = ["--asked", "out", "--out", "spread", "--teacher", "exact_spread", "--targets-only"];
    let other = fine(&folder, "tune", &[&ASKED[..], &other].concat());
    assert!(!other.contains(" on cpu") && folder.join("spread/targets.jsonl").is_file(), "{other}");
    assert!(!folder.join("spread/asked.jsonl").exists());

    for (more, message) in [
        (&["--samples", "5"][..], "--samples differs"),
        (&["--nli", "judge"], "--nli differs"),
        (&["--prefix", "Q: "], "the prefix differs"),
        (&["--teacher", "vibes"], "invalid value 'vibes'"),
        (&["--teacher", "labels"], "--engagement has nothing to say to the teacher labels"),
        (&["--teacher", "confidence"], "it reads a calibrated profile"),
        (&["--judge", "nli"], "only words are compared"),
        (&["--tau", "1"], "cannot be used with"),
    ] {
        let base = ["--data", "open.jsonl", "--validation", "judged.jsonl", "--max-tokens", "4", "--out", "out"];
        let mut all = [&base[..], &["--targets-only", "--engagement", "0.5"]].concat();
        if more[0] != "--samples" {
            all.extend(["--samples", "6"]);
        }
        let output = run(&folder, "tune", &[&all[..], more].concat());
        let text = said(&output);
        assert!(output.status.code() != Some(0) && text.contains(message), "{message}: {text}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_learned_is_kept_goes_on_and_is_compared() {
    let folder = folder("train");
    questions(&folder);
    let text = tune(&folder, &["--out", "first"]);
    assert!(text.contains("8 validation questions") && text.contains("An adapter remembers"), "{text}");
    let tuned = json(&folder.join("first/tuned.json"));
    let [taken, of] = [0, 1].map(|i| tuned["steps"][i].as_u64().unwrap());
    assert!(taken == of && of > 2 && tuned["teacher"] == "semantic_entropy", "{tuned}");
    assert!(tuned["loss"][1].as_f64().unwrap() < tuned["loss"][0].as_f64().unwrap(), "{tuned}");
    assert_eq!(lines(&folder.join("first/steps.jsonl")).len() as u64, of);
    assert_eq!(tuned["after"]["questions"], 8);

    // The same seed learns the same from the same answers, also where a step was lost on the way.
    let _ = tune(&folder, &["--out", "second", "--asked", "first"]);
    let hash = |name: &str| json(&folder.join(name).join("tuned.json"))["adapter"].clone();
    assert_eq!(hash("second"), hash("first"));
    let log = std::fs::read_to_string(folder.join("second/steps.jsonl")).unwrap();
    std::fs::write(folder.join("second/steps.jsonl"), &log[..log.len() / 2]).unwrap();
    let again = tune(&folder, &["--out", "second", "--asked", "first"]);
    assert!(again.contains(&format!("{of} of {of} steps are taken already")), "{again}");
    assert_eq!(hash("second"), hash("first"));
    let other =
        run(&folder, "tune", &[&ASKED[..], &PREFIX, &["--out", "second", "--asked", "first", "--rank", "3"]].concat());
    assert!(other.status.code() == Some(1) && said(&other).contains("other options"), "{}", said(&other));
    let _ = tune(&folder, &["--out", "third", "--asked", "first", "--seed", "1"]);
    assert_ne!(hash("third"), hash("first"));

    // A further round is answered by what was learned, and goes on from there.
    let _ = tune(&folder, &["--out", "further", "--begin", "first"]);
    let further = json(&folder.join("further/tuned.json"));
    assert!(further["begin"] == hash("first") && further["adapter"] != hash("first"), "{further}");
    assert_eq!(json(&folder.join("further/settings.json"))["adapter"], hash("first"));
    assert_ne!(further["loss"][0], tuned["loss"][0]);
    let other = [&ASKED[..], &PREFIX, &["--out", "other", "--asked", "first", "--begin", "first"]].concat();
    let other = run(&folder, "tune", &other);
    assert!(other.status.code() == Some(1) && said(&other).contains("adapter differs"), "{}", said(&other));
    let other =
        run(&folder, "tune", &[&ASKED[..], &PREFIX, &["--out", "further", "--begin", "first", "--rank", "3"]].concat());
    assert!(other.status.code() == Some(1) && said(&other).contains("another rank"), "{}", said(&other));

    // Either kind of file changes what the model says.
    let ask = |more: &[&str]| {
        let all = [more, &["--max-tokens", "4", "--json", "What is 3?"]].concat();
        let output = run(&folder, "ask", &all);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let record: Value = serde_json::from_slice(&output.stdout).unwrap();
        record["tokens"].as_array().unwrap().iter().map(|token| token["logprob"].as_f64().unwrap()).sum::<f64>()
    };
    let plain = ask(&[]);
    let with = ["first", "first/adapter", "first/adapter.gguf"].map(|path| ask(&["--adapter", path]));
    assert!(with[0] != plain && with == [with[0]; 3], "{plain} {with:?}");

    let arguments = ["--data", "judged.jsonl", "--out", "compared", "--samples", "4", "--max-tokens", "4"];
    let arguments = [&arguments[..], &["--abstain", "--resamples", "100", "--tuned", "first", "third"]].concat();
    let text = fine(&folder, "eval", &arguments);
    assert!(text.contains("| trained by: Semantic entropy | 2 |") && text.contains("refuses always"), "{text}");
    let found = json(&folder.join("compared/abstain.json"));
    let set = &found["sets"][0];
    assert_eq!((set["questions"].as_u64(), set["right"].as_u64()), (Some(8), Some(0)));
    let systems: Vec<&str> =
        set["rows"].as_array().unwrap().iter().map(|row| row["system"].as_str().unwrap()).collect();
    assert_eq!(systems, ["original", "always", "random", "prompt", "trained"]);
    assert_eq!(set["rows"][0]["aed"], 1.0);
    assert!(set["rows"][0]["perplexity"].as_f64().unwrap() > 1.0);
    assert!(set["rows"].as_array().unwrap().iter().all(|row| row["questions"] == 8));
    assert_eq!(set["runs"].as_array().unwrap().len(), 2);
    // What stood before the questions then stands there now, and nothing else may.
    assert_eq!(json(&folder.join("compared/settings.json"))["prefix"], "P: ");
    let other = ["--data", "judged.jsonl", "--out", "otherwise", "--abstain", "--prefix", "Q: ", "--tuned", "first"];
    let other = run(&folder, "eval", &other);
    assert!(other.status.code() == Some(1) && said(&other).contains("was taught with \"P: \""), "{}", said(&other));
    // Again: everything is there.
    let again = fine(&folder, "eval", &arguments);
    assert!(!again.contains(" on cpu"), "{again}");
    assert_eq!(json(&folder.join("compared/abstain.json"))["sets"], found["sets"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn long_answers_are_taught_to_state_doubts() {
    let folder = folder("long");
    let context = "Ada was born in 1815.";
    let of = |i: usize| json!({"id": i, "question": format!("Who was Ada {i}?"), "context": context});
    write(&folder.join("open.jsonl"), &(0..6).map(of).collect::<Vec<_>>());
    write(&folder.join("kept.jsonl"), &(6..9).map(of).collect::<Vec<_>>());
    let asked = [
        "--answers",
        "long",
        "--data",
        "open.jsonl",
        "--validation",
        "kept.jsonl",
        "--max-tokens",
        "8",
        "--out",
        "out",
    ];
    let all = |more: &[&'static str]| [&asked[..], &TRAINED, more].concat();
    let text = fine(&folder, "tune", &all(&["--targets-only"]));
    assert!(text.contains("Doubt of a claim: lsc") && text.contains("0 doubted"), "{text}");
    let path = folder.join("out/answers.jsonl");
    let mut answers = lines(&path);
    assert!(answers.len() == 9 && answers.iter().all(|line| line["doubts"].is_array() && line["cut"].is_boolean()));
    let none = run(&folder, "tune", &all(&[]));
    assert!(
        none.status.code() == Some(1) && said(&none).contains("no claim of these answers is doubted"),
        "{}",
        said(&none)
    );

    // Random weights claim nothing: these are put into their mouth.
    let claims = "Ada was tall. She was born in 1814. She was rich. She was old. She was kind.";
    for (i, line) in answers.iter_mut().enumerate() {
        line["answer"] = claims.into();
        line["response_ids"] = claims.bytes().collect();
        line["cut"] = false.into();
        line["doubts"] = json!([0.1, if i < 4 { 3.0 } else { 0.2 }, 0.1, 0.1, if i == 4 { 4.0 } else { 0.1 }]);
    }
    write(&path, &answers);
    let text = fine(&folder, "tune", &all(&["--targets-only"]));
    assert!(text.contains("25 stated, 4 doubted, 1 left out"), "{text}");
    let targets = lines(&folder.join("out/targets.jsonl"));
    assert_eq!(targets[0]["target"], claims.replace("She was born in 1814.", "I am not sure when she was born."));
    assert_eq!(targets[4]["target"], claims.replace(" She was kind.", ""));
    assert_eq!(targets[5]["target"], claims);
    assert_eq!(
        (&targets[0]["parts"][1]["fate"], &targets[0]["parts"][4]["fate"]),
        (&json!("doubted"), &json!("stated"))
    );
    assert!(targets.iter().any(|line| line["kind"] == "replay"), "{text}");

    let text = fine(&folder, "tune", &all(&[]));
    assert!(text.contains("claims stated") && text.contains("An adapter remembers"), "{text}");
    let tuned = json(&folder.join("out/tuned.json"));
    assert!(tuned["loss"][1].as_f64().unwrap() < tuned["loss"][0].as_f64().unwrap(), "{tuned}");
    let before = &tuned["validation"]["before"];
    assert_eq!((&before["counted"]["claims"], &before["details"]), (&json!(15), &json!({"of": 3, "good": 0})));
    assert_eq!(
        (&tuned["answers"], &tuned["score"], &before["supported"]),
        (&json!("long"), &json!("lsc"), &json!(null))
    );
    let _ = fine(&folder, "ask", &["--adapter", "out", "--max-tokens", "4", "Who?"]);

    let other = ["--data", "kept.jsonl", "--out", "compared", "--abstain", "--tuned", "out"];
    let other = run(&folder, "eval", &other);
    assert!(other.status.code() == Some(1) && !said(&other).contains("panicked"), "{}", said(&other));
    for (more, message) in [
        (&["--teacher", "labels"][..], "--teacher has nothing to say to long answers"),
        (&["--engagement", "0.5"], "--engagement has nothing to say"),
        (&["--doubted", "2"], "invalid value '2'"),
        (&["--max-tokens", "9"], "max-tokens differs"),
    ] {
        let base = &asked[..if more[0] == "--max-tokens" { 6 } else { 8 }];
        let output = run(&folder, "tune", &[base, &["--out", "out"], more].concat());
        assert!(output.status.code() != Some(0) && said(&output).contains(message), "{message}: {}", said(&output));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
