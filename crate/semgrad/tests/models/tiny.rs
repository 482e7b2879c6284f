//! The tiny models of every family against PyTorch, on every device: 1e-4 relative on the CPU, 1e-3 on WebGPU.

use crate::common::*;
use crate::hidden::Hidden;
use burn::tensor::Tensor;
use semgrad::answer::record::Request;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device};
use semgrad::evidence::loss::Loss;
use semgrad::evidence::pass::Pass;
use semgrad::generate::suffix::Interest;
use semgrad::generate::{Session, Silent, teacher_force};
use semgrad::model::cache::Cache;
use semgrad::model::decoder::Decoder;
use semgrad::ops::read;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::families::family::Layer;
use semgrad::weights::source::open_path;

/// Scores of the answer and its gradients: a model without a tokenizer has no texts to compare.
const SCORES: [&str; 9] = [
    "semgrad",
    "semgrad_last",
    "paragrad",
    "exgrad",
    "hybridgrad",
    "gnll",
    "perplexity",
    "mean_token_entropy",
    "max_token_entropy",
];

fn request(golden: &serde_json::Value) -> Request {
    let prompt_ids = ids(&golden["prompt_ids"]);
    let offset = golden["semantic_index"].as_i64().unwrap() - prompt_ids.len() as i64;
    Request {
        response_ids: Some(ids(&golden["response_ids"])),
        methods: Some(SCORES.map(String::from).to_vec()),
        semantic_position: Some(offset.to_string()),
        tail: Some(10),
        all_layers: Some(true),
        prompt_ids: Some(prompt_ids),
        ..Request::default()
    }
}

#[test]
fn scores_and_gradients_equal_the_reference() {
    for choice in choices() {
        let tolerance = if choice == Choice::Cpu { 1e-4 } else { 1e-3 };
        for name in &tiny() {
            let golden = golden(name);
            let want = golden.get("float64").unwrap_or(&golden["float32"]);
            let model = load(&reference(&format!("tiny/{name}")), choice);
            let got = run(&model, request(&golden)).unwrap();
            let check = |what: &str, got: &[f64], want: &[f64]| {
                close(&format!("{name} {choice:?} {what}"), got, want, tolerance)
            };

            check(
                "logprob",
                &got.tokens.iter().map(|t| t.logprob).collect::<Vec<_>>(),
                &numbers(&want["token_logprob"]),
            );
            check(
                "entropy",
                &got.tokens.iter().map(|t| t.entropy).collect::<Vec<_>>(),
                &numbers(&want["token_entropy"]),
            );
            for (ours, theirs) in [
                ("semgrad", "semgrad"),
                ("exgrad", "exgrad"),
                ("paragrad", "exgrad_weight"),
                ("hybridgrad", "hybridgrad"),
                ("gnll", "nll"),
                ("perplexity", "perplexity"),
            ] {
                check(ours, &[score(&got, ours)], &[want[theirs].as_f64().unwrap()]);
            }
            check("alpha", &[got.alpha], &[want["alpha"].as_f64().unwrap()]);
            assert_eq!(got.warnings, Vec::<String>::new());

            // Per layer at the semantic position, and at the last ten prompt positions where the file has them.
            let layers: Vec<f64> = got.layers.iter().map(|g| g.unwrap()).collect();
            if let Some(per_layer) = want.get("per_layer_mean_abs_grad") {
                check("layers", &layers, &numbers(per_layer)[..layers.len()]);
            }
            if let Some(tail) = want.get("grad_l1_tail10") {
                for (l, row) in got.grad_l1_tail.unwrap().iter().enumerate() {
                    check(&format!("tail {l}"), row.as_ref().unwrap(), &numbers(&tail[l]));
                }
            }
        }
    }
}

#[test]
fn an_attribution_has_the_gradients_of_every_prompt_token() {
    let golden = golden("gemma3_tied");
    let want = &golden["float32"];
    let model = load(&reference("tiny/gemma3_tied"), Choice::Cpu);
    let asked = Request { tail: None, attribute: Some(true), ..request(&golden) };
    let got = run(&model, asked).unwrap();
    let attribution = got.attribution.unwrap();
    let prompt: Vec<u32> = attribution.tokens.iter().map(|token| token.id).collect();
    assert_eq!(prompt, got.prompt_ids);
    // A model without a tokenizer: nobody knows the texts, nor who wrote them.
    assert!(attribution.tokens.iter().all(|token| token.text.is_none() && token.part.is_none()));
    for (l, row) in attribution.gradients.iter().enumerate() {
        let row = row.as_ref().unwrap();
        assert_eq!(row.len(), prompt.len());
        assert_eq!(Some(row[got.semantic_index]), got.layers[l]);
        let tail = row.len().saturating_sub(10);
        close(&format!("attributed {l}"), &row[tail..], &numbers(&want["grad_l1_tail10"][l]), 1e-4);
    }
}

#[test]
fn rivals_are_the_most_probable_other_tokens_of_the_whole_distribution() {
    let mut found = 0;
    for choice in choices() {
        for name in &tiny() {
            let golden = golden(name);
            let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
            let model = load(&reference(&format!("tiny/{name}")), choice);
            // Softmax over the reference's logits, row by row: the last position of the prompt predicts the first token.
            let logits = stored(name, "logits").unwrap();
            let vocab = logits.len() / (prompt.len() + response.len());
            let by_token = |t: usize| -> Vec<(u32, f64)> {
                let row = &logits[(prompt.len() - 1 + t) * vocab..][..vocab];
                let most = row.iter().copied().fold(f64::MIN, f64::max);
                let log_sum = most + row.iter().map(|z| (z - most).exp()).sum::<f64>().ln();
                let mut all: Vec<_> = row.iter().enumerate().map(|(id, z)| (id as u32, z - log_sum)).collect();
                all.retain(|&(id, logprob)| id != response[t] && logprob >= 0.01f64.ln());
                all.sort_by(|a, b| b.1.total_cmp(&a.1));
                all.truncate(3);
                all
            };
            // With scores, without any, and for an answer that the model writes itself.
            let given = Request { tail: None, rivals: Some(true), ..request(&golden) };
            let bare = Request { methods: Some(vec![]), all_layers: None, ..given.clone() };
            let own = Request { response_ids: None, max_tokens: Some(response.len()), ..bare.clone() };
            for asked in [given, bare, own] {
                let is_own = asked.response_ids.is_none();
                let got = run(&model, asked).unwrap();
                // Up to where its own answer is another one.
                let same = got.response_ids.iter().zip(&response).take_while(|(a, b)| a == b).count();
                assert!(is_own || same == response.len());
                for (t, token) in got.tokens[..same].iter().enumerate() {
                    let want = by_token(t);
                    let what = format!("{name} {choice:?} {t}");
                    let of = |rivals: &[(u32, f64)]| rivals.iter().map(|rival| rival.1).collect::<Vec<_>>();
                    let ours: Vec<_> = token.rivals.iter().map(|rival| (rival.id, rival.logprob)).collect();
                    close(&what, &of(&ours), &of(&want), 1e-3);
                    assert_eq!(
                        ours.iter().map(|rival| rival.0).collect::<Vec<_>>(),
                        want.iter().map(|rival| rival.0).collect::<Vec<_>>(),
                        "{what}"
                    );
                    found += ours.len();
                }
            }
            let silent = run(&model, Request { tail: None, ..request(&golden) }).unwrap();
            assert!(silent.tokens.iter().all(|token| token.rivals.is_empty()), "nobody asked");
        }
    }
    assert!(found > 20, "{found} rivals in all");
}

/// A tensor of `golden.safetensors`.
fn stored(name: &str, tensor: &str) -> Option<Vec<f64>> {
    let bytes = std::fs::read(reference(&format!("tiny/{name}/golden.safetensors"))).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let data = file.tensor(tensor).ok()?.data().to_vec();
    Some(data.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap()))).collect())
}

/// Comparison relative to the largest value: single entries may be arbitrarily small.
fn near(what: &str, got: &[f32], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!(
            (f64::from(*g) - w).abs() <= tolerance * scale,
            "{what}[{i}] is {g:e}, the reference {w:e} of {scale:e}"
        );
    }
}

#[test]
fn every_hidden_state_logit_and_gradient_equals_the_reference() {
    for choice in choices() {
        let tolerance = if choice == Choice::Cpu { 1e-5 } else { 1e-4 };
        for name in &tiny() {
            let golden = golden(name);
            let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
            let model = load(&reference(&format!("tiny/{name}")), choice);
            let decoder = &model.decoder;
            let (layers, width) = (decoder.config.layers, decoder.config.hidden);
            let pacer = Pacer::new(&Uninterrupted);
            let what = |what: &str| format!("{name} {choice:?} {what}");

            // One pass over all ids; the reference feeds the last one too.
            let inputs: Vec<u32> = prompt.iter().chain(&response).copied().collect();
            let (span, mut cache, mut states) = (decoder.span(0, inputs.len()), Cache::new(layers), Vec::new());
            let mut tap = |_: usize, x: &Tensor<2>, _| states.push(x.clone());
            let run = decoder.forward(decoder.embed(&inputs), 0..layers, &span, &mut cache, &pacer, &mut tap);
            let top = decoder.final_norm().forward(pollster::block_on(run).unwrap());
            states.push(top.clone());
            let states = pollster::block_on(read(semgrad::ops::stack(states))).unwrap();
            near(&what("hidden states"), &states, &stored(name, "hidden_states").unwrap(), tolerance);
            let logits = pollster::block_on(read(decoder.logits(top))).unwrap();
            near(&what("logits"), &logits, &stored(name, "logits").unwrap(), tolerance);

            // Gradients at every position from the third on; the reference has them for the whole sequence.
            let Some(want) = stored(name, "grad_hidden_states") else { continue };
            let start = 2;
            let mut exact = Hidden(vec![Vec::new(); layers]);
            pollster::block_on(async {
                let interest = Interest { start, first_layer: 0, gradients: true };
                let session = Session::default();
                let mut watch = Silent;
                let forced = teacher_force(decoder, session, &prompt, &response, interest, &pacer, &mut watch);
                let (suffix, _) = forced.await?;
                let pass = Pass::run(decoder, suffix, prompt.len(), &response, &pacer).await?;
                let loss = Loss::entropy_weighted(0..response.len());
                pass.hidden_gradients(&loss, 0, &pacer, &mut exact).await
            })
            .unwrap();
            for (layer, got) in exact.0.iter().enumerate() {
                let first = (layer * inputs.len() + start) * width;
                near(&what(&format!("gradient {layer}")), got, &want[first..first + got.len()], tolerance);
            }
        }
    }
}

#[test]
fn the_state_at_the_answers_end_is_a_hidden_state_of_the_reference() {
    for choice in choices() {
        for name in &tiny() {
            let golden = golden(name);
            let Some(want) = stored(name, "hidden_states") else { panic!("{name} has hidden states") };
            let model = load(&reference(&format!("tiny/{name}")), choice);
            let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
            // The reference feeds the last token too.
            let (inputs, width) = (prompt.len() + response.len(), model.decoder.config.hidden);
            // Alone, with scores, and beside an answer that the model writes itself.
            let forced = |methods: &[&str]| Request {
                prompt_ids: Some(prompt.clone()),
                response_ids: Some(response.clone()),
                methods: Some(methods.iter().map(|&id| id.to_owned()).collect()),
                state: Some(true),
                ..Request::default()
            };
            let own = Request { response_ids: None, max_tokens: Some(response.len()), ..forced(&["gnll"]) };
            for request in [forced(&[]), forced(&["semgrad", "gnll"]), own] {
                let got = run(&model, request).unwrap();
                let state = got.state.unwrap();
                assert_eq!(state.layer, semgrad::confidence::state::layer(model.decoder.config.layers));
                if got.response_ids == response {
                    let first = (state.layer * inputs + inputs - 2) * width;
                    let tolerance = if choice == Choice::Cpu { 1e-5 } else { 1e-4 };
                    let what = format!("{name} {choice:?} state");
                    near(&what, &state.values, &want[first..first + width], tolerance);
                }
            }
            assert!(run(&model, request(&golden)).unwrap().state.is_none(), "only when asked for");
        }
    }
}

#[test]
fn greedy_answers_equal_the_reference_and_their_scores_those_of_a_given_answer() {
    for choice in choices() {
        for name in &tiny() {
            let golden = golden(name);
            let model = load(&reference(&format!("tiny/{name}")), choice);
            let Some(want) = golden.get("greedy_response_ids_from_prompt").map(ids) else { continue };
            let mut ask = request(&golden);
            (ask.response_ids, ask.max_tokens) = (None, Some(want.len()));
            let answered = run(&model, ask.clone()).unwrap();
            assert_eq!(answered.response_ids, want, "{name} {choice:?}");
            assert_eq!(answered.finish_reason, "length");

            // Cached positions of generation and a teacher-forced pass give the same gradients.
            ask.response_ids = Some(want);
            let judged = run(&model, ask).unwrap();
            for id in ["semgrad", "paragrad", "exgrad", "hybridgrad", "gnll"] {
                close(&format!("{name} {choice:?} {id}"), &[score(&answered, id)], &[score(&judged, id)], 1e-4);
            }
        }
    }
}

#[test]
fn layers_below_the_upper_half_are_null_unless_asked_for() {
    let golden = golden("qwen3_untied");
    let model = load(&reference("tiny/qwen3_untied"), Choice::Cpu);
    let mut ask = request(&golden);
    ask.all_layers = None;
    let got = run(&model, ask).unwrap();
    // Three blocks: the upper half is hidden state 2 alone.
    assert_eq!(got.layers.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(score(&got, "semgrad"), got.layers[2].unwrap());
}

#[test]
fn a_cached_beginning_changes_nothing() {
    let golden = golden("llama_tied");
    let model = load(&reference("tiny/llama_tied"), Choice::Cpu);
    let ask = Request { response_ids: None, max_tokens: Some(6), ..request(&golden) };
    let fresh = run(&model, ask.clone()).unwrap();
    // The same again, one that branches off in the middle, and the first once more behind it.
    let mut other = ask.clone();
    let ids = other.prompt_ids.as_mut().unwrap();
    let middle = ids.len() / 2;
    ids[middle] = (ids[middle] + 1) % 256;
    let same = run(&model, ask.clone()).unwrap();
    let branched = run(&model, other.clone()).unwrap();
    let back = run(&model, ask).unwrap();
    let untouched = load(&reference("tiny/llama_tied"), Choice::Cpu);
    for (got, want) in [(&same, &fresh), (&back, &fresh), (&branched, &run(&untouched, other).unwrap())] {
        assert_eq!(got.response_ids, want.response_ids);
        for id in want.scores.keys() {
            close(id, &[score(got, id)], &[score(want, id)], 1e-5);
        }
    }
}

/// Convolutions go back to some positions only: a request that branches off elsewhere begins before that.
#[test]
fn a_beginning_that_convolutions_have_forgotten_is_computed_again() {
    for name in tiny() {
        let load = || load(&reference(&format!("tiny/{name}")), Choice::Cpu);
        let model = load();
        if model.decoder.config.taps.is_none() {
            continue;
        }
        let prompt: Vec<u32> = (0..60).map(|i| (i * 37 + 11) % 256).collect();
        let ask = |prompt: &[u32]| Request {
            prompt_ids: Some(prompt.to_vec()),
            max_tokens: Some(6),
            samples: Some(2),
            methods: Some(["semgrad", "exgrad", "gnll", "rauq", "attention_score"].map(String::from).to_vec()),
            semantic_position: Some("-20".into()),
            seed: Some(1),
            ..Request::default()
        };
        for at in [3, 25, 38, 41, 50, 59] {
            let mut other = prompt.clone();
            other[at] = (other[at] + 1) % 256;
            for prompt in [&prompt, &other, &prompt] {
                let (got, want) = (run(&model, ask(prompt)).unwrap(), run(&load(), ask(prompt)).unwrap());
                assert_eq!(got.response_ids, want.response_ids, "{name} {at}");
                for id in want.scores.keys() {
                    close(&format!("{name} {at} {id}"), &[score(&got, id)], &[score(&want, id)], 1e-4);
                }
                let logprobs = |record: &semgrad::answer::record::Record| {
                    let samples = record.samples.as_ref().unwrap();
                    samples.iter().flat_map(|sample| sample.logprob.clone()).collect::<Vec<_>>()
                };
                close(&format!("{name} {at} samples"), &logprobs(&got), &logprobs(&want), 1e-4);
            }
        }
    }
}

#[test]
fn the_last_layer_alone_costs_one_block_and_says_the_same() {
    let golden = golden("gemma3_tied");
    let model = load(&reference("tiny/gemma3_tied"), Choice::Cpu);
    let last = Request { methods: Some(vec!["semgrad_last".into()]), tail: None, all_layers: None, ..request(&golden) };
    let got = run(&model, last).unwrap();
    assert_eq!(got.layers.iter().filter(|g| g.is_some()).count(), 1);
    close(
        "semgrad_last",
        &[score(&got, "semgrad_last")],
        &[score(&run(&model, request(&golden)).unwrap(), "semgrad_last")],
        1e-5,
    );
}

#[test]
fn samples_have_the_log_probabilities_of_a_forced_answer() {
    for choice in choices() {
        for name in &tiny() {
            let golden = golden(name);
            let model = load(&reference(&format!("tiny/{name}")), choice);
            let plain =
                Request { prompt_ids: request(&golden).prompt_ids, methods: Some(vec![]), ..Request::default() };
            let draw = Request { samples: Some(3), max_tokens: Some(6), seed: Some(5), ..plain.clone() };
            let got = run(&model, draw.clone()).unwrap();
            let samples = got.samples.unwrap();
            assert_eq!(samples.len(), 3);
            for sample in &samples {
                let forced = Request { response_ids: Some(sample.response_ids.clone()), ..plain.clone() };
                let want: Vec<f64> = run(&model, forced).unwrap().tokens.iter().map(|t| t.logprob).collect();
                close(&format!("{name} {choice:?} sample"), &sample.logprob, &want, 1e-4);
                assert!(sample.finished || sample.response_ids.len() == 6);
            }
            // The answer itself stays greedy, the same seed draws the same, and a temperature near 0 draws the answer.
            let again = run(&model, draw.clone()).unwrap().samples.unwrap();
            assert!(samples.iter().zip(&again).all(|(a, b)| a.response_ids == b.response_ids));
            let cold = run(&model, Request { temperature: Some(1e-6), ..draw }).unwrap();
            assert!(cold.samples.unwrap().iter().all(|s| s.response_ids == got.response_ids), "{name} {choice:?}");
        }
    }
}

/// One layer, and what it makes of the last of these ids.
fn last_of_one_layer(kind: Layer, ids: &[u32], choice: Choice) -> Vec<f32> {
    pollster::block_on(async {
        let device = Device::open(choice).await?;
        let mut checkpoint = Checkpoint::open(open_path(&reference("tiny/llama_tied"))?).await?;
        (checkpoint.config.layers, checkpoint.config.kinds) = (1, vec![kind]);
        let pacer = Pacer::new(&Uninterrupted);
        let decoder = Decoder::load(&checkpoint, &device, &pacer, &mut |_, _, _| ()).await?;
        let span = decoder.span(0, ids.len());
        let mut cache = Cache::new(1);
        let x = decoder.forward(decoder.embed(ids), 0..1, &span, &mut cache, &pacer, &mut |_, _, _| ()).await?;
        read(semgrad::ops::cut_rows(x, ids.len() - 1, 1)).await
    })
    .unwrap()
}

/// What comes before the last token may stand in any order where nothing is rotated, and only there.
#[test]
fn a_layer_without_rotation_does_not_know_positions() {
    for choice in choices() {
        let of = |kind| [[5, 9, 30, 7], [30, 5, 9, 7]].map(|ids| last_of_one_layer(kind, &ids, choice));
        let apart = |[a, b]: [Vec<f32>; 2]| a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart(of(Layer::Unrotated)) < 1e-5, "{choice:?}");
        assert!(apart(of(Layer::Full)) > 1e-3, "{choice:?}");
    }
}
