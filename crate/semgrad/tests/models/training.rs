//! Training an adapter: gradients against central differences and against PyTorch, losses against PEFT's, and what may
//! happen on the way.

use crate::common::*;
use crate::finite_differences::{MOST, linears, slope};
use crate::hidden::Hidden;
use safetensors::SafeTensors;
use semgrad::Code;
use semgrad::adapter::Adapter;
use semgrad::answer::Model;
use semgrad::answer::record::Request;
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::Choice;
use semgrad::evidence::loss::Loss;
use semgrad::evidence::pass::Pass;
use semgrad::generate::suffix::Suffix;
use semgrad::tune::{Example, Kind, Options, Step, Trainer};
use semgrad::weights::source::open_path;
use std::path::Path;

/// Steps of the fit, and how far the largest goes.
const STEPS: usize = 8;
const REACH: f32 = 0.3;

/// The golden prompt with its answer, a refusal of two tokens, and one of each that is replayed.
fn examples(name: &str) -> Vec<Example> {
    let golden = golden(name);
    let (prompt, response) = (ids(&golden["prompt_ids"]), ids(&golden["response_ids"]));
    let reversed: Vec<u32> = prompt.iter().rev().copied().collect();
    let example = |prompt: &[u32], target: &[u32], kind| Example { prompt: prompt.into(), target: target.into(), kind };
    vec![
        example(&prompt, &response, Kind::Own),
        example(&prompt[..3], &[7, 5], Kind::Refusal),
        example(&reversed, &response[..4], Kind::Replay),
        example(&reversed[..5], &[9], Kind::Replay),
    ]
}

fn options() -> Options {
    let parts = ["q_proj", "v_proj"].map(str::to_owned).to_vec();
    Options {
        rank: 3,
        alpha: 6.0,
        epochs: Some(2),
        batch: Some(4),
        dropout: 0.2,
        layers: Some(0..2),
        parts,
        ..Options::default()
    }
}

fn trainer(model: &Model, examples: Vec<Example>, options: Options) -> Trainer {
    pollster::block_on(Trainer::new(&model.decoder, examples, options)).unwrap()
}

fn step(trainer: &mut Trainer, model: &Model) -> Option<Step> {
    pollster::block_on(trainer.step(&model.decoder, &Pacer::new(&Uninterrupted))).unwrap()
}

/// What every later test of a gradient needs: b is zero at first, and then the gradient of a is too.
fn moved(mut adapter: Adapter) -> Adapter {
    for pair in adapter.pairs.values_mut() {
        pair.b.iter_mut().enumerate().for_each(|(i, b)| *b = 0.05 * (i as f32 * 0.7).sin());
    }
    adapter
}

#[test]
fn gradients_equal_central_differences() {
    for name in &tiny() {
        let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
        let layers = model.decoder.config.layers;
        let every = linears(&model.decoder);
        let parts = every.iter().map(|(part, _)| part.rsplit('.').next().unwrap().to_owned()).collect();
        let mut trainer =
            trainer(&model, examples(name), Options { layers: Some(0..layers), parts, kl: 0.5, ..options() });
        let start = moved(trainer.adapter(None));
        let pacer = Pacer::new(&Uninterrupted);
        let mut gradients = |adapter: &Adapter| {
            trainer.begin_with(adapter).unwrap();
            pollster::block_on(trainer.gradients(&model.decoder, &pacer)).unwrap()
        };
        let exact = gradients(&start).gradients;
        assert_eq!(exact.len(), every.iter().map(|(_, names)| names.len()).sum::<usize>());
        for (i, (_, names)) in every.iter().enumerate() {
            let (name, of) = exact.get_key_value(&names[i % names.len()]).unwrap();
            for (which, gradient) in of.iter().enumerate() {
                let largest = |a: &usize, b: &usize| gradient[*a].abs().total_cmp(&gradient[*b].abs());
                let at = (0..gradient.len()).max_by(largest).unwrap();
                let mut value = |by: f32| {
                    let mut adapter = start.clone();
                    let pair = adapter.pairs.get_mut(name).unwrap();
                    let place = if which == 0 { &mut pair.a[at] } else { &mut pair.b[at] };
                    *place += by;
                    let x = f64::from(*place);
                    (gradients(&adapter).objective, x)
                };
                let reach = REACH.min(MOST as f32 / gradient[at].abs());
                let odd: Vec<(f64, f64)> = (1..=STEPS)
                    .map(|step| {
                        let by = reach * step as f32 / STEPS as f32;
                        let ((up, x1), (down, x0)) = (value(by), value(-by));
                        ((x1 - x0) / 2.0, (up - down) / 2.0)
                    })
                    .collect();
                let (exact, numeric) = (f64::from(gradient[at]), slope(&odd));
                let what = format!("{name} {}[{at}]", ["a", "b"][which]);
                assert!((exact - numeric).abs() <= 2e-3 * exact.abs(), "{what}: exact {exact:e}, numeric {numeric:e}");
            }
        }
    }
}

/// Twenty steps of PEFT and PyTorch from the same start on the same data: `tests/reference/training`. Where files hold
/// several layers as one, PEFT trains one A for all of them, and here each has its own.
#[test]
fn twenty_steps_are_those_of_peft() {
    let separate = |name: &String| {
        let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
        model.decoder.config.family.fused.iter().all(|(_, parts)| parts.len() == 1)
    };
    for name in tiny().iter().filter(|name| separate(name)) {
        let golden = json(&reference(&format!("training/{name}/golden.json")));
        let given: Vec<Example> = serde_json::from_value(golden["examples"].clone()).unwrap();
        let options: Options = serde_json::from_value(golden["options"].clone()).unwrap();
        let bytes = std::fs::read(reference(&format!("training/{name}/golden.safetensors"))).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        for choice in choices() {
            let model = load(&reference(&format!("tiny/{name}")), choice);
            let mut trainer = trainer(&model, given.clone(), options.clone());
            let start = adapter(&reference(&format!("training/{name}/start")), &model);
            trainer.begin_with(&start).unwrap();
            let pacer = Pacer::new(&Uninterrupted);
            let first = pollster::block_on(trainer.gradients(&model.decoder, &pacer)).unwrap();
            for (layer, [a, b]) in &first.gradients {
                let fused = model.decoder.config.family.fused;
                let other = fused.iter().find(|(_, parts)| layer.ends_with(parts[0]));
                let called = other.map_or(layer.clone(), |(whole, parts)| layer.replace(parts[0], whole));
                for (which, got) in [("lora_A", a), ("lora_B", b)] {
                    let what = format!("{called}.{which}");
                    near(&format!("{name} {what} on {choice:?}"), got, &floats(&tensors, &what));
                }
            }
            // The same of the layers' inputs, with the adapter in place.
            model.use_adapter(Some(&start), None).unwrap();
            let Example { prompt, target, .. } = &given[0];
            let inputs = [prompt.as_slice(), &target[..target.len() - 1]].concat();
            let layers = model.decoder.config.layers;
            let suffix = Suffix::whole(model.decoder.embed(&inputs), 0, layers);
            let mut hidden = Hidden(vec![Vec::new(); layers]);
            pollster::block_on(async {
                let pass = Pass::run(&model.decoder, suffix, prompt.len(), target, &pacer).await?;
                pass.hidden_gradients(&Loss::nll(0..target.len()), 0, &pacer, &mut hidden).await
            })
            .unwrap();
            model.use_adapter(None, None).unwrap();
            near(&format!("{name} hidden on {choice:?}"), &hidden.0.concat(), &floats(&tensors, "hidden"));

            // On software GPUs, these take a minute each.
            if choice == Choice::Webgpu && name != "llama_tied" {
                continue;
            }
            let steps: Vec<Step> = std::iter::from_fn(|| step(&mut trainer, &model)).collect();
            let all = |of: fn(&Step) -> f64| steps.iter().map(of).collect::<Vec<_>>();
            close(&format!("{name} losses on {choice:?}"), &all(|s| s.loss), &numbers(&golden["losses"]), 1e-4);
            close(&format!("{name} lengths on {choice:?}"), &all(|s| s.gradient), &numbers(&golden["lengths"]), 1e-3);
            assert_eq!(steps.len(), 20);
        }
    }
}

fn floats(tensors: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    tensors.tensor(name).unwrap().data().as_chunks().0.iter().map(|v| f32::from_le_bytes(*v)).collect()
}

/// Within 1e-4 of the largest.
fn near(what: &str, got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len(), "{what}");
    let scale = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= 1e-4 * scale, "{what}: {got}, not {want}, where {scale} is the largest");
    }
}

fn adapter(path: &Path, model: &Model) -> Adapter {
    pollster::block_on(async { Adapter::open(open_path(path)?, &model.decoder.config).await }).unwrap()
}

#[test]
fn an_interrupted_training_goes_on_as_if_it_had_not_been() {
    let name = "gemma3_tied";
    let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
    let options = Options { batch: Some(2), ..options() };
    let fresh = || trainer(&model, examples(name), options.clone());
    let mut whole = fresh();
    while step(&mut whole, &model).is_some() {}
    let mut first = fresh();
    step(&mut first, &model);
    let saved = first.save().unwrap();
    let mut second = fresh();
    second.resume(&saved).unwrap();
    assert_eq!(second.taken(), 1);
    while step(&mut second, &model).is_some() {}
    assert_eq!(second.adapter(None).hash(), whole.adapter(None).hash());

    let mut other = trainer(&model, examples(name), Options { seed: 1, ..options.clone() });
    let mut fewer = trainer(&model, examples(name)[..3].to_vec(), options.clone());
    for result in [other.resume(&saved), fewer.resume(&saved), fresh().resume(&saved[..saved.len() / 2])] {
        assert_eq!(result.unwrap_err().code, Code::BadInput);
    }
    assert_eq!(other.taken() + fewer.taken(), 0);
}

#[test]
fn what_is_trained_is_what_the_model_then_says() {
    let name = "gemma3_tied";
    let golden = golden(name);
    for choice in choices() {
        let model = load(&reference(&format!("tiny/{name}")), choice);
        let prompt = ids(&golden["prompt_ids"]);
        let example = Example { prompt: prompt.clone(), target: vec![7, 5, 9], kind: Kind::Refusal };
        let options = Options { learning_rate: 0.1, epochs: Some(60), dropout: 0.0, weight_decay: 0.0, ..options() };
        let mut trainer = trainer(&model, vec![example.clone()], options);
        let ask = || {
            let request = Request { prompt_ids: Some(prompt.clone()), max_tokens: Some(3), ..Request::default() };
            run(&model, request).unwrap()
        };
        let before = ask();
        assert_ne!(before.response_ids, [7, 5, 9]);
        let losses: Vec<f64> = std::iter::from_fn(|| step(&mut trainer, &model)).map(|step| step.loss).collect();
        assert!(losses[59] < 0.1 * losses[0], "{losses:?}");
        assert_eq!(ask().response_ids, before.response_ids, "the training itself changes nothing");

        let adapter = trainer.adapter(Some("ab".into()));
        let loss = pollster::block_on(trainer.loss(&model.decoder, &[example], &Pacer::new(&Uninterrupted))).unwrap();
        model.use_adapter(Some(&adapter), Some("ab")).unwrap();
        assert_eq!(model.adapter(), Some(adapter.hash()));
        let after = ask();
        assert_eq!(after.response_ids, [7, 5, 9], "{}", loss);
        let said = -after.tokens.iter().map(|token| token.logprob).sum::<f64>() / 3.0;
        assert!((said - loss).abs() < 1e-4 * loss.max(1e-2), "{said}, and the trainer says {loss}");

        assert_eq!(model.use_adapter(Some(&adapter), Some("cd")).unwrap_err().code, Code::BadInput);
        assert_eq!(ask().response_ids, [7, 5, 9], "what was refused changes nothing");
        model.use_adapter(None, None).unwrap();
        assert_eq!(ask().response_ids, before.response_ids);
        assert_eq!(ask().tokens[0].logprob, before.tokens[0].logprob);
    }
}

#[test]
fn an_abort_takes_no_step_and_leaves_the_model_as_it_was() {
    let name = "gemma3_tied";
    let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
    let mut trainer = trainer(&model, examples(name), options());
    let in_use = moved(trainer.adapter(None));
    model.use_adapter(Some(&in_use), None).unwrap();
    let request =
        || Request { prompt_ids: Some(examples(name)[0].prompt.clone()), max_tokens: Some(2), ..Request::default() };
    let before = run(&model, request()).unwrap().tokens[1].logprob;
    // After some layers of the batch.
    let control = After::looks(7);
    let stopped = pollster::block_on(trainer.step(&model.decoder, &Pacer::new(&control)));
    assert_eq!(stopped.unwrap_err().code, Code::Aborted);
    assert_eq!(trainer.taken(), 0);
    assert_eq!(run(&model, request()).unwrap().tokens[1].logprob, before);
    assert!(step(&mut trainer, &model).is_some());
    assert_eq!(run(&model, request()).unwrap().tokens[1].logprob, before);
}

#[test]
fn what_nobody_can_have_meant_is_refused() {
    let name = "gemma3_tied";
    let model = load(&reference(&format!("tiny/{name}")), Choice::Cpu);
    let refused = |examples: Vec<Example>, options: Options| {
        let error = pollster::block_on(Trainer::new(&model.decoder, examples, options)).err().unwrap();
        (error.code, error.message)
    };
    let layers = model.decoder.config.layers;
    for options in [
        Options { rank: 0, ..options() },
        Options { rank: 100_000, ..options() },
        Options { epochs: Some(0), ..options() },
        Options { batch: Some(0), ..options() },
        Options { dropout: 1.0, ..options() },
        Options { learning_rate: f64::NAN, ..options() },
        Options { layers: Some(0..layers + 1), ..options() },
        Options { layers: Some(1..1), ..options() },
        Options { parts: vec!["q_proj".into(), "lm_head".into()], ..options() },
    ] {
        assert_eq!(refused(examples(name), options.clone()).0, Code::BadInput, "{options:?}");
    }
    let one = |prompt: Vec<u32>, target: Vec<u32>| vec![Example { prompt, target, kind: Kind::Own }];
    for examples in [vec![], one(vec![], vec![1]), one(vec![1], vec![])] {
        assert_eq!(refused(examples, options()).0, Code::BadInput);
    }
    assert_eq!(refused(one(vec![1], vec![u32::MAX]), options()).0, Code::CorruptWeights);
    let long = vec![1; model.decoder.config.context];
    assert_eq!(refused(one(long, vec![1]), options()).0, Code::ContextExceeded);
}
