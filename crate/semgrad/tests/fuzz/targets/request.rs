//! Lines of the contract: a request each.

use super::Target;
use semgrad::input;
use semgrad::line::{id, request};

/// See [`Target`].
pub const TARGET: Target = Target { name: "request", run, seeds, words: WORDS, anyway: super::LITTLE, inputs: 100_000 };

const WORDS: &[&str] = &[
    "\r\n",
    "\r\r",
    "\u{feff}",
    "\"id\":",
    "\"question\":",
    "\"messages\":",
    "\"max_tokens\":",
    "\"samples\":",
    "\"temperature\":",
    "\"risk\":",
    "\"demonstrations\":",
    "\"sets\":",
    "\"engines\":",
    "\"examples\":",
    "\"paraphrases\":",
    "NaN",
    "-Infinity",
    "\\ud83d",
    "{\"",
    "}",
    "[[[[[[[[[[[[[[[[",
];

fn run(data: &[u8]) -> bool {
    let _ = input::text(data);
    let Ok(lines) = input::lines(data) else { return false };
    let mut taken = false;
    for line in &lines {
        match request(line) {
            Ok(request) => {
                taken = true;
                let _ = request.or(&Default::default());
            }
            Err(_) => drop(id(&line.text)),
        }
    }
    taken
}

fn seeds() -> Vec<Vec<u8>> {
    let lines = r#"{"id":1,"question":"Why?","answer":"Because.","methods":["gnll","semgrad"],"max_tokens":5,"seed":7}
{"id":"b","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi","name":"Ada"}],"samples":5,"temperature":0.5,"engines":{"nli":"lexical","embed":"lexical"}}
{"id":[2],"prompt_ids":[1,2,3],"response_ids":[4],"tail":3,"all_layers":true,"semantic_position":"-6","risk":{"answer":0.1,"abstain":0.2,"mode":"selective"}}
{"id":null,"question":"Q","examples":[{"question":"Q","brainstormed":["a"],"answer":"A","truth":true}],"demonstrations":{"labels":["a"],"sets":[[{"text":"t","label":0}]],"text":"t"},"paraphrases":["P"],"wordings":"search","spans":true,"examine":true,"own_answers":3}
"#;
    let wide = lines.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut seeds: Vec<Vec<u8>> = lines.lines().map(|line| line.as_bytes().to_vec()).collect();
    seeds.extend([lines.as_bytes().to_vec(), wide]);
    seeds
}
