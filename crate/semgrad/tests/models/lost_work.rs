//! One line may fail, no line may be lost: inputs and files that once ended the process, or were read out of bounds.

use crate::common::*;
use proptest::prelude::*;
use semgrad::Code;
use semgrad::answer::Model;
use semgrad::answer::record::Request;
use semgrad::device::Choice;
use semgrad::text::{Message, Text, TextSource};
use serde_json::json;

/// The template of many models.
pub const CHATML: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";

/// The tiny Llama with letters `a` and `b` as its tokenizer, which leaves out everything else.
pub fn two_letters(template: Option<&str>) -> Model {
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null, "pre_tokenizer": null,
        "post_processor": null, "decoder": null, "added_tokens": [],
        "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}
    });
    with_text(tokenizer.to_string().into_bytes(), template, Choice::Cpu)
}

/// The tiny Llama, which has 256 rows of tokens.
fn with_text(tokenizer: Vec<u8>, template: Option<&str>, choice: Choice) -> Model {
    let mut model = load(&reference("tiny/llama_tied"), choice);
    let source = TextSource {
        tokenizer_json: Some(tokenizer),
        chat_template_jinja: template.map(|template| template.as_bytes().to_vec()),
        ..TextSource::default()
    };
    model.text = Text::new(&source).unwrap();
    model
}

fn ask(question: &str) -> Request {
    Request { question: Some(question.into()), max_tokens: Some(3), ..Request::default() }
}

fn code(model: &Model, request: Request) -> Option<Code> {
    run(model, request).err().map(|error| error.code)
}

#[test]
fn tokens_beyond_the_embedding_fail_alone() {
    for choice in choices() {
        let tokenizer = std::fs::read(reference("text/tokenizer.json")).unwrap();
        let model = with_text(tokenizer, Some(CHATML), choice);
        assert_eq!(code(&model, ask("What is the capital of France?")), Some(Code::CorruptWeights));
        let ids = Request { prompt_ids: Some(vec![1, 2, 3]), max_tokens: Some(2), ..Request::default() };
        let given = Request { answer: Some("the capital".into()), ..ids.clone() };
        let error = run(&model, given).unwrap_err();
        assert_eq!(error.code, Code::CorruptWeights);
        assert!(error.message.contains("rows"), "{error}");
        assert_eq!(code(&model, Request { response_ids: Some(vec![1, 9999]), ..ids.clone() }), Some(Code::BadInput));
        // The model is as good as before.
        assert_eq!(code(&model, ids), None);
    }
}

#[test]
fn a_prompt_of_nothing_is_refused() {
    let silent = "{% for m in messages %}{% if m.role == 'human' %}{{ m.content }}{% endif %}{% endfor %}";
    assert_eq!(code(&two_letters(Some(silent)), ask("a")), Some(Code::BadTemplate));
    assert_eq!(code(&two_letters(Some("{{ '' }}")), ask("a")), Some(Code::BadTemplate));
    for template in [None, Some("{{ messages[0].content }}")] {
        let model = two_letters(template);
        assert_eq!(code(&model, ask("zzz")), Some(Code::BadInput), "{template:?}");
        assert_eq!(code(&model, ask("\u{200b}")), Some(Code::BadInput), "{template:?}");
        let record = run(&model, ask("ab")).unwrap();
        assert_eq!(record.prompt_ids, [2]);
        let warned = record.warnings.iter().any(|warning| warning.contains("no chat template"));
        assert_eq!(warned, template.is_none());
    }
    let model = two_letters(None);
    let given = Request { answer: Some("zzz".into()), ..ask("a") };
    assert_eq!(code(&model, given), Some(Code::BadInput), "an answer of no tokens");
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(60))]
    #[test]
    fn every_request_ends_with_a_record_or_a_reason(
        question in proptest::option::of("[abz ]{0,6}"),
        turns in proptest::option::of(proptest::collection::vec(("(user|assistant|system|)", "[abz]{0,3}"), 0..4)),
        answer in proptest::option::of("[abz]{0,4}"),
        ids in proptest::option::of(proptest::collection::vec(0_u32..400, 0..5)),
        prefix in proptest::option::of("[abz]{0,2}"),
        samples in proptest::option::of(0_usize..4),
        numbers in (prop_oneof![Just(None), (0_usize..6).prop_map(Some), Just(Some(400))], proptest::option::of(-1.0_f64..2.0), 0_usize..12, any::<u64>()),
        flags in any::<[bool; 6]>(),
    ) {
        let (max_tokens, temperature, tail, seed) = numbers;
        let methods = flags[4].then(|| semgrad::methods::REGISTRY.iter().map(|method| method.id.to_owned()).collect());
        let request = Request {
            question, answer, prompt_ids: ids, prefix, samples, temperature, methods, max_tokens,
            messages: turns.map(|turns| turns.into_iter().map(|(role, content)| Message { role, content }).collect()),
            tail: Some(tail), seed: Some(seed), attribute: Some(flags[0]), spans: Some(flags[1]), state: Some(flags[2]),
            evidence: Some(flags[3]), rivals: Some(flags[5]),
            ..Request::default()
        };
        thread_local! { static MODEL: Model = two_letters(Some(CHATML)); }
        match MODEL.with(|model| run(model, request)) {
            Ok(record) => prop_assert_eq!(record.tokens.len(), record.response_ids.len()),
            Err(error) => prop_assert!(error.code != Code::Internal, "{}", error),
        }
    }
}
