//! Profiles, the calibrations in them applied to answers, and probes.

use super::{Target, files};
use semgrad::confidence::answers::confidences;
use semgrad::confidence::input;
use semgrad::probe::Probes;
use semgrad::profile::Profile;

/// See [`Target`].
pub const TARGET: Target = Target { name: "profile", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 20_000 };

const WORDS: &[&str] = &[
    "\n== answers\n",
    "\n== options\n",
    "\"isotonic\":{\"scores\":[],\"confidences\":[]}",
    "\"platt\":{\"slope\":1e308,\"intercept\":-1e308}",
    "\"combined\":null",
    "\"verdict\":{}",
    "\"semantic_position\":{\"offset\":-9223372036854775808}",
    "\"answers\":\"given\"",
    "\"kinds\":[]",
    "\"samples\":0",
    "\"state\":[1e308,1e308]",
    "\"risk\":{\"answer\":2}",
];

const ANSWERS: &str = r#"[{"scores":{"gnll":1.5,"semgrad":0.2,"perplexity":2,"mean_token_entropy":0.5},"tokens":5,"kind":"fact"},{"scores":{}}]"#;

fn run(data: &[u8]) -> bool {
    let (mut text, mut answers, mut options) = (String::new(), ANSWERS.to_owned(), "{}".to_owned());
    for (name, content) in files::split(data, "profile") {
        let content = String::from_utf8_lossy(&content).into_owned();
        match name.as_str() {
            "answers" => answers = content,
            "options" => options = content,
            _ => text = content,
        }
    }
    let _ = confidences(&text, &answers, &options);
    let _ = (input::rows(&answers), input::options(&options), Probes::parse(&text));
    let Ok(profile) = Profile::parse(&text) else { return false };
    let written = serde_json::to_string(&profile).unwrap_or_default();
    // What was read can be written and read again.
    assert!(Profile::parse(&written).is_ok(), "{written}");
    true
}

fn seeds() -> Vec<Vec<u8>> {
    let shipped = ["SmolLM2-135M-Instruct", "Qwen2.5-Coder-0.5B-Instruct"].map(|name| {
        let bytes = files::read(&format!("../../pkg/profiles/{name}.json"));
        let mut profile: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        for calibration in profile["calibrations"].as_array_mut().into_iter().flatten() {
            if let Some(maps) = calibration["maps"].as_object_mut() {
                let others: Vec<String> = maps.keys().skip(3).cloned().collect();
                others.iter().for_each(|name| drop(maps.remove(name)));
            }
        }
        files::json(profile.to_string().as_bytes(), 4)
    });
    let small = br#"{"key":{"weights":"ab","template":null,"prefix":""},"semantic_position":{"offset":-3,"token":null,"score":0.5,"layers":[15,29],"rule":"best"},"sps":{"questions":40,"paraphrases":5,"sps":[[0.1,0.2]]}}"#;
    let with = files::join(&[
        ("profile", shipped[0].clone()),
        ("answers", ANSWERS.as_bytes().to_vec()),
        ("options", br#"{"answers":"own","risk":{"answer":0.1,"abstain":0.4}}"#.to_vec()),
    ]);
    let [first, second] = shipped;
    vec![first, second, small.to_vec(), with]
}
