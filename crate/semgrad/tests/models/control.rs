//! Abort in each phase, and requests that a model without a tokenizer cannot serve.

use crate::common::*;
use semgrad::Code;
use semgrad::answer::record::{Request, Score};
use semgrad::answer::{Model, Observer, Unobserved};
use semgrad::control::{Pacer, Uninterrupted};
use semgrad::device::{Choice, Device};
use semgrad::generate::statistics::TokenStatistics;
use semgrad::weights::checkpoint::Checkpoint;
use semgrad::weights::source::open_path;

/// Aborts in one phase and counts what comes after.
struct AbortIn {
    phase: &'static str,
    switch: Switch,
    after: usize,
}

impl AbortIn {
    fn see(&mut self, phase: &str) {
        self.after += usize::from(self.switch.0.get());
        self.switch.0.set(self.switch.0.get() || phase == self.phase);
    }
}

impl Observer for AbortIn {
    fn prefill(&mut self, done: usize, _: usize) {
        if done == 2 {
            self.see("prefill");
        }
    }

    fn token(&mut self, index: usize, _: u32, _: Option<&str>, _: &TokenStatistics) {
        if index == 1 {
            self.see("decode");
        }
    }

    fn score(&mut self, method: Option<&str>, _: Option<&Score>) {
        self.see(if method.is_none() { "score" } else { "done" });
    }
}

#[test]
fn an_abort_ends_each_phase_and_leaves_the_model_usable() {
    let model = load(&reference("tiny/llama_tied"), Choice::Cpu);
    let request = Request { prompt_ids: Some(vec![15, 229, 117, 159, 160]), max_tokens: Some(8), ..Request::default() };
    for phase in ["prefill", "decode", "score"] {
        let switch = Switch::default();
        let mut observer = AbortIn { phase, switch: switch.clone(), after: 0 };
        let outcome = pollster::block_on(model.run(&request, &Pacer::new(&switch), &mut observer));
        assert_eq!(outcome.unwrap_err().code, Code::Aborted, "{phase}");
        assert_eq!(observer.after, 0, "nothing is reported after an abort in {phase}");
    }
    assert_eq!(run(&model, request).unwrap().response_ids.len(), 8);
}

#[test]
fn an_abort_ends_loading() {
    let switch = Switch::default();
    let mut seen = 0;
    let outcome = pollster::block_on(async {
        let checkpoint = Checkpoint::open(open_path(&reference("tiny/llama_tied"))?).await?;
        let mut progress = |_, _, _: &str| {
            seen += 1;
            switch.0.set(seen == 3);
        };
        let device = Device::open(Choice::Cpu).await?;
        Model::load(&checkpoint, &device, None, &Pacer::new(&switch), &mut progress).await.map(|_| ())
    });
    assert_eq!(outcome.unwrap_err().code, Code::Aborted);
    assert_eq!(seen, 3);
}

#[test]
fn text_without_a_tokenizer_is_a_typed_error_and_ids_are_served() {
    let model = load(&reference("tiny/qwen2_tied"), Choice::Cpu);
    let error = |request: Request| run(&model, request).unwrap_err().code;
    assert_eq!(error(Request { question: Some("Why?".into()), ..Request::default() }), Code::MissingTokenizer);
    let ids = Request { prompt_ids: Some(vec![18, 201, 247]), max_tokens: Some(2), ..Request::default() };
    assert_eq!(error(Request { answer: Some("So.".into()), ..ids.clone() }), Code::MissingTokenizer);
    // Methods that read texts fail alone, for want of these and not of an engine.
    let names = ["semantic_entropy", "sar", "luq", "ccp", "claim_semantic_entropy", "gnll"];
    let methods = Some(names.map(String::from).to_vec());
    let scored = run(&model, Request { methods, samples: Some(2), ..ids.clone() }).unwrap().scores;
    for (id, score) in &scored {
        let code = score.error.as_ref().map(|error| error.code);
        assert_eq!(code, (*id != "gnll").then_some(Code::MissingTokenizer), "{id}");
    }
    let got = run(&model, ids).unwrap();
    assert!(got.answer.is_none() && got.tokens.iter().all(|t| t.text.is_none()));
    assert_eq!((got.semantic_position.rule, got.semantic_position.offset), ("last", -1));
    assert_eq!(got.warnings.len(), 1);
}

#[test]
fn observers_hear_of_every_layer_token_and_method() {
    #[derive(Default)]
    struct Count(usize, usize, usize);
    impl Observer for Count {
        fn prefill(&mut self, _: usize, _: usize) {
            self.0 += 1;
        }
        fn token(&mut self, _: usize, _: u32, _: Option<&str>, _: &TokenStatistics) {
            self.1 += 1;
        }
        fn score(&mut self, _: Option<&str>, _: Option<&Score>) {
            self.2 += 1;
        }
    }
    let model = load(&reference("tiny/llama_tied"), Choice::Cpu);
    let request = Request { prompt_ids: Some(vec![15, 229]), max_tokens: Some(3), ..Request::default() };
    let mut count = Count::default();
    pollster::block_on(model.run(&request, &Pacer::new(&Uninterrupted), &mut count)).unwrap();
    // Two passes over the prompt: up to the semantic position, and from it.
    assert_eq!((count.0, count.1, count.2), (8, 3, 1 + semgrad::methods::DEFAULT.len()));
    pollster::block_on(model.run(&request, &Pacer::new(&Uninterrupted), &mut Unobserved)).unwrap();
}
