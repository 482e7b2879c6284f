//! Steps that are begun before a token is known change nothing but the time: with none and with several of them in flight,
//! answers, statistics, scores and what the next request finds are equal to the last bit.

use crate::common::*;
use semgrad::Code;
use semgrad::answer::record::{Record, Request};
use semgrad::answer::{Model, Observer};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device};
use semgrad::generate::statistics::TokenStatistics;
use semgrad::generate::suffix::Interest;
use semgrad::generate::{Generation, Options, Session, Watch, generate};
use semgrad::model::mixer::State;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::source::{ModelFile, open_path};
use serde_json::Value;
use std::cell::Cell;
use std::rc::Rc;

/// None, and more than any answer here needs to be surprised by.
const AHEAD: [usize; 2] = [0, 3];
const MOST: usize = 9;

/// A tiny model that decodes with so many steps in flight, on either device.
fn model(name: &str, choice: Choice, ahead: usize) -> Model {
    let mut model = load(&reference(&format!("tiny/{name}")), choice);
    model.decoder.device.in_flight = ahead;
    model.decoder.config.stop_ids.clear();
    model
}

fn request(name: &str, max_tokens: usize) -> Request {
    Request {
        prompt_ids: Some(ids(&golden(name)["prompt_ids"])),
        max_tokens: Some(max_tokens),
        methods: Some(["semgrad", "hybridgrad", "gnll", "rauq"].map(String::from).to_vec()),
        semantic_position: Some("-2".into()),
        ..Request::default()
    }
}

/// Everything of a record but its times.
fn content(record: &Record) -> Value {
    let mut value = serde_json::to_value(record).unwrap();
    value.as_object_mut().unwrap().remove("ms");
    for score in value["scores"].as_object_mut().unwrap().values_mut() {
        score.as_object_mut().unwrap().remove("ms");
    }
    value
}

/// What a request says, and what one behind it says that begins where the first one left off.
fn conversation(model: &Model, request: &Request) -> [Value; 2] {
    let first = run(model, request.clone()).unwrap();
    let mut prompt_ids = first.prompt_ids.clone();
    prompt_ids.extend(&first.response_ids);
    prompt_ids.extend([7, 11]);
    let second = run(model, Request { prompt_ids: Some(prompt_ids), ..request.clone() }).unwrap();
    [content(&first), content(&second)]
}

#[test]
fn answers_of_every_length_and_what_follows_them_are_the_same() {
    for choice in choices() {
        for name in &tiny() {
            let [plain, ahead] = AHEAD.map(|ahead| model(name, choice, ahead));
            for max_tokens in [1, 2, 3, 4, MOST] {
                let request = request(name, max_tokens);
                let want = conversation(&plain, &request);
                assert_eq!(want[0]["finish_reason"], "length");
                assert_eq!(conversation(&ahead, &request), want, "{name} {choice:?} {max_tokens}");
            }
        }
    }
}

#[test]
fn an_answer_that_ends_by_itself_leaves_nothing_of_the_steps_behind_it() {
    for choice in choices() {
        for name in &tiny() {
            let [mut plain, mut ahead] = AHEAD.map(|ahead| model(name, choice, ahead));
            let free = run(&plain, request(name, MOST)).unwrap().response_ids;
            for (at, &stop) in free.iter().enumerate().filter(|(at, stop)| !free[..*at].contains(stop)) {
                plain.decoder.config.stop_ids = vec![stop];
                ahead.decoder.config.stop_ids = vec![stop];
                let request = request(name, MOST);
                let want = conversation(&plain, &request);
                assert_eq!(want[0]["finish_reason"], "stop");
                assert_eq!(want[0]["response_ids"].as_array().unwrap().len(), at + 1);
                assert_eq!(conversation(&ahead, &request), want, "{name} {choice:?} stopped at {at}");
            }
        }
    }
}

/// Hears tokens in order.
#[derive(Default)]
struct Heard(Vec<u32>);

impl Watch for Heard {
    fn token(&mut self, index: usize, id: u32, _: &TokenStatistics) {
        assert_eq!(index, self.0.len());
        self.0.push(id);
    }
}

fn generated(model: &Model, prompt: &[u32], stop_ids: Vec<u32>, gradients: bool) -> Generation {
    let interest = Interest { start: prompt.len() - 2, first_layer: 1, gradients };
    let options = Options { max_tokens: MOST, temperature: 0.0, seed: 0, stop_ids };
    let mut heard = Heard::default();
    let pacer = Pacer::new(&Uninterrupted);
    let run = generate(&model.decoder, Session::default(), prompt, interest, &options, &pacer, &mut heard);
    let generation = pollster::block_on(run).unwrap();
    assert_eq!(heard.0, generation.ids);
    generation
}

#[test]
fn keys_tapes_and_logits_are_those_of_the_answer_alone() {
    for choice in choices() {
        for (gradients, ahead) in [(true, 0), (true, 3), (false, 3), (true, 2 * MOST)] {
            let model = model("gemma3_tied", choice, ahead);
            let prompt = ids(&golden("gemma3_tied")["prompt_ids"]);
            let free = generated(&model, &prompt, Vec::new(), gradients).ids;
            let stopped = generated(&model, &prompt, vec![free[1]], gradients);
            let tokens = stopped.ids.len();
            assert!(stopped.stopped && tokens <= 2);
            let positions = prompt.len() + tokens - 1;
            assert_eq!(stopped.session.ids.len(), positions);
            for state in &stopped.session.cache.layers {
                let Some(State::Attention(kv)) = state else { panic!("this model has attention in every layer") };
                assert_eq!((kv.k.dims()[0], kv.v.dims()[0]), (positions, positions));
            }
            assert_eq!(stopped.suffix.hidden.len(), if gradients { tokens } else { 0 });
            assert_eq!(stopped.suffix.kept.is_some(), gradients);
            if let Some(kept) = stopped.suffix.kept {
                assert_eq!((kept.tops.len(), kept.logits.len()), (tokens, tokens));
                assert_eq!(kept.tapes.len(), model.decoder.config.layers - 1);
                assert!(kept.tapes.iter().all(|tapes| tapes.len() == tokens));
            }
        }
    }
}

#[test]
fn draws_are_not_touched() {
    for choice in choices() {
        let [plain, ahead] = AHEAD.map(|ahead| model("llama_tied", choice, ahead));
        let request = Request { temperature: Some(0.9), seed: Some(3), ..request("llama_tied", MOST) };
        assert_eq!(conversation(&ahead, &request), conversation(&plain, &request), "{choice:?}");
    }
}

/// Aborts at a token.
struct AbortAt {
    token: usize,
    aborted: Rc<Cell<bool>>,
}

impl Observer for AbortAt {
    fn token(&mut self, index: usize, _: u32, _: Option<&str>, _: &TokenStatistics) {
        assert!(!self.aborted.get(), "token {index} came after the abort");
        self.aborted.set(index == self.token);
    }
}

#[test]
fn an_abort_in_the_middle_leaves_no_trace() {
    for choice in choices() {
        let [plain, ahead] = AHEAD.map(|ahead| model("qwen3_untied", choice, ahead));
        let request = request("qwen3_untied", MOST);
        let want = conversation(&plain, &request);
        for token in 0..MOST - 1 {
            let aborted = Rc::new(Cell::new(false));
            let control = Switch(aborted.clone());
            let mut observer = AbortAt { token, aborted };
            let outcome = pollster::block_on(ahead.run(&request, &Pacer::new(&control), &mut observer));
            assert_eq!(outcome.unwrap_err().code, Code::Aborted);
            // Read-backs that were under way go on by themselves, and disturb nobody.
            assert_eq!(conversation(&ahead, &request), want, "{choice:?} aborted at {token}");
        }
    }
}

#[test]
fn logits_that_are_no_numbers_are_a_typed_error() {
    for choice in choices() {
        for ahead in AHEAD {
            let mut files = Vec::new();
            for file in open_path(&reference("tiny/llama_tied")).unwrap() {
                let size = file.source.size() as usize;
                let mut bytes = pollster::block_on(file.source.read_at(0, size)).unwrap();
                if file.name == "model.safetensors" {
                    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
                    let tensors: Value = serde_json::from_slice(&bytes[8..header]).unwrap();
                    let [from, to] = [0, 1].map(|i| tensors["model.norm.weight"]["data_offsets"][i].as_u64().unwrap());
                    // The largest finite number, so that the logits of a file without a fault are none.
                    bytes[header + from as usize..header + to as usize].fill(0x7f);
                }
                files.push(ModelFile { name: file.name, source: Rc::new(bytes) });
            }
            let outcome = pollster::block_on(async {
                let device = Device { in_flight: ahead, ..Device::open(choice).await? };
                let checkpoint = Checkpoint::open(files).await?;
                let pacer = Pacer::new(&Uninterrupted);
                let model = Model::load(&checkpoint, &device, None, &pacer, &mut |_, _, _| ()).await?;
                model.run(&request("llama_tied", MOST), &pacer, &mut semgrad::answer::Unobserved).await
            });
            let error = outcome.unwrap_err();
            assert_eq!(error.code, Code::CorruptWeights, "{choice:?} {ahead}");
            assert!(error.message.contains("logits"), "{}", error.message);
        }
    }
}
