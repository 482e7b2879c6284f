//! What the tests of the methods share, and what holds for all of them.

use super::*;
use crate::evidence::Evidence;
use crate::evidence::distribution::TokenStatistics;
use crate::evidence::observed::{
    Alternative, Attention, Claim, ClaimQuestion, DistributionShape, Entailment, LayerAttention, Matrix, Perturbed,
    SampleEvidence, Variant,
};

pub const YES: Entailment = Entailment { entail: 0.8, neutral: 0.1, contradict: 0.1 };
pub const MAYBE: Entailment = Entailment { entail: 0.1, neutral: 0.8, contradict: 0.1 };
pub const NO: Entailment = Entailment { entail: 0.1, neutral: 0.1, contradict: 0.8 };
pub const SURELY: Entailment = Entailment { entail: 1.0, neutral: 0.0, contradict: 0.0 };
pub const NEVER: Entailment = Entailment { entail: 0.0, neutral: 0.0, contradict: 1.0 };
pub const BROKEN: Entailment = Entailment { entail: f64::NAN, neutral: f64::NAN, contradict: f64::NAN };

/// A greedy answer.
pub fn answer(logprobs: &[f64]) -> Evidence {
    let token = |&logprob: &f64| TokenStatistics { logprob, ..TokenStatistics::default() };
    Evidence { tokens: logprobs.iter().map(token).collect(), ..Evidence::default() }
}

/// A greedy answer of the first tokens of distributions.
pub fn shaped<const V: usize>(distributions: &[[f64; V]]) -> Evidence {
    let shape = |p: &[f64; V]| {
        let roots = p.iter().map(|p| p.sqrt()).sum::<f64>();
        DistributionShape {
            mean_logprob: p.iter().map(|p| p.ln()).sum::<f64>() / V as f64,
            log_root_sum: p.iter().map(|p| (p.sqrt() / roots).sqrt()).sum::<f64>().ln(),
            vocab: V,
            top: p.iter().map(|p| Alternative { logprob: p.ln(), ..Alternative::default() }).collect(),
        }
    };
    let logprobs: Vec<f64> = distributions.iter().map(|p| p[0].ln()).collect();
    Evidence { shapes: distributions.iter().map(shape).collect(), ..answer(&logprobs) }
}

/// A greedy answer with attention in some of `depth` layers.
pub fn attentive(logprobs: &[f64], depth: usize, layers: &[(usize, Matrix)]) -> Evidence {
    let layer = |(layer, to_self): &(usize, Matrix)| LayerAttention { layer: *layer, to_self: to_self.clone() };
    let attention = Attention { depth, layers: layers.iter().map(layer).collect(), without: Vec::new() };
    Evidence { attention: Some(attention), ..answer(logprobs) }
}

/// Samples without texts.
pub fn drawn(logprobs: &[&[f64]]) -> Evidence {
    let sample = |logprob: &&[f64]| SampleEvidence { logprob: logprob.to_vec(), ..SampleEvidence::default() };
    Evidence { samples: logprobs.iter().map(sample).collect(), ..Evidence::default() }
}

/// A greedy answer and samples, texts alone.
pub fn spoken(answer: &str, samples: &[&str]) -> Evidence {
    let sample = |text: &&str| SampleEvidence { text: Some((*text).into()), ..SampleEvidence::default() };
    Evidence { answer: Some(answer.into()), samples: samples.iter().map(sample).collect(), ..Evidence::default() }
}

/// Judgments between n answers; the diagonal is never read.
pub fn judged(n: usize, entry: &dyn Fn(usize, usize) -> Entailment) -> Vec<Vec<Entailment>> {
    (0..n).map(|i| (0..n).map(|j| if i == j { BROKEN } else { entry(i, j) }).collect()).collect()
}

/// The matrix W of methods.md §13.
pub fn graph() -> Matrix {
    vec![vec![1.0, 0.8, 0.1], vec![0.8, 1.0, 0.2], vec![0.1, 0.2, 1.0]]
}

/// A matrix over samples with the greedy answer's row and column, which are not to be read.
pub fn bordered(w: &Matrix) -> Matrix {
    let mut rows = vec![vec![f64::NAN; w.len() + 1]];
    rows.extend(w.iter().map(|row| [f64::NAN].into_iter().chain(row.iter().copied()).collect()));
    rows
}

/// Symmetric, 0..1, ones on the diagonal.
pub fn random_graph(n: usize) -> Matrix {
    let entry = |i: usize, j: usize| ((i.min(j) * 7919 + i.max(j) * 104_729) % 1009) as f64 / 1009.0;
    (0..n).map(|i| (0..n).map(|j| if i == j { 1.0 } else { entry(i, j) }).collect()).collect()
}

/// All that methods read: an answer of `tokens` tokens, `samples` samples of a few different texts.
fn full(tokens: usize, samples: usize) -> Evidence {
    let p = [0.6, 0.2, 0.1, 0.05, 0.05];
    let wave = |i: usize| 0.5 + 0.45 * (i as f64).sin();
    let texts = ["Paris", "Paris is the capital.", "باريس", "京都市", "", "Lyon 🙂"];
    let attention = |_| (0..2).map(|head| (0..tokens).map(|t| wave(t + head)).collect()).collect();
    let mut evidence = attentive(&vec![0.6f64.ln(); tokens], 3, &[0, 1, 2].map(|layer| (layer, attention(layer))));
    evidence.tokens.iter_mut().for_each(|t| t.entropy = 0.9);
    evidence.shapes = vec![shaped(&[p]).shapes.remove(0); tokens];
    evidence.geometry = vec![crate::evidence::observed::Geometry { nci: 2.0, fdbd: 0.5 }; tokens];
    evidence.layers = vec![Some(0.1); 3];
    (evidence.paragrad, evidence.exgrad, evidence.p_true) = (Some(0.2), Some(0.3), Some(0.7));
    (evidence.answer, evidence.sharp_logprob) = (Some(texts[0].into()), Some(-0.01));
    evidence.relevance = Some((0..tokens).map(wave).collect());
    let sample = |k: usize| SampleEvidence {
        text: Some(texts[k % texts.len()].into()),
        logprob: vec![-0.1 - 0.01 * (k % 5) as f64; 1 + k % 4],
        sharp_logprob: Some(-0.02),
        relevance: Some(vec![0.3; 1 + k % 4]),
    };
    evidence.samples = (0..samples).map(sample).collect();
    let w = random_graph(samples + 1);
    evidence.entailment = Some(crate::lexical::entailment(&w));
    evidence.covariance = Some(random_graph(samples));
    evidence.iterated = Some(vec![vec![-1.0; samples]; samples]);
    evidence.similarity = Some(w);
    let perturbed = Perturbed {
        questions: vec!["Which city?".into(); 4],
        replies: vec![vec!["Paris".into(), "باريس".into()]; 4],
        question_similarity: random_graph(4),
        reply_similarity: random_graph(8),
        hellinger: vec![(0..tokens).map(wave).collect(); 2],
    };
    evidence.perturbed = Some(perturbed);
    evidence.demonstrations = Some(vec![vec![0.25, 0.5], vec![0.5, 0.25]]);
    evidence.sentences = Some(vec![vec![vec![YES; samples]; 2]; samples]);
    let variant = Variant { probability: 0.125, forward: NO, backward: MAYBE };
    let asked = ClaimQuestion {
        answers: texts[..3].iter().map(|&text| text.into()).collect(),
        entailment: judged(3, &|_, _| NO),
        ..ClaimQuestion::default()
    };
    evidence.claims = vec![Claim {
        tokens: (0, tokens),
        alternatives: vec![vec![variant]; tokens],
        questions: vec![asked],
        ..Claim::default()
    }];
    evidence.probes = [("sep".into(), 0.25), ("sep_tbg".into(), 0.75)].into();
    evidence
}

fn scores(evidence: &Evidence) -> Vec<(&'static str, std::result::Result<f64, Undefined>)> {
    REGISTRY.iter().map(|m| (m.id, m.evaluate(evidence))).collect()
}

#[test]
fn known_values() {
    // methods.md §13, ParaGrad example: p(y) = .246843, .322043; ω = .818396, 1.097477.
    let token = |p: f64, entropy| TokenStatistics { logprob: p.ln(), entropy, top2_margin: 0.0 };
    let e = Evidence {
        tokens: vec![token(0.246843, 0.818396), token(0.322043, 1.097477)],
        layers: vec![None, None, Some(0.5), Some(0.1), Some(0.3)],
        paragrad: Some(0.315228),
        exgrad: Some(0.376578),
        ..Evidence::default()
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() < 2e-5, "{a} is not {b}");
    near(e.alpha(), 0.383684);
    near(gnll::METHOD.value(&e), 2.532070);
    near(perplexity::METHOD.value(&e).ln(), 1.266035);
    near(max_token_entropy::METHOD.value(&e), 1.097477);
    // Five layers: the upper half is the last two.
    near(semgrad::METHOD.value(&e), 0.2);
    near(semgrad_last::METHOD.value(&e), 0.3);
    near(hybridgrad::METHOD.value(&e), 0.616316 * 0.2 + 0.383684 * 0.315228);
    let alpha = 0.383684f64.sqrt();
    near(hybridgrad::score_with(&e, 3.0, 2.0), (1.0 - alpha) * 0.2 + 3.0 * alpha * 0.315228);
}

#[test]
fn the_registry_is_complete() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/methods");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let of_method = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap().contains("\npub const METHOD");
    assert_eq!(files.filter(of_method).count(), REGISTRY.len(), "a file of a method is not in the registry");
    assert_eq!(select(&["all"]).unwrap().len(), REGISTRY.len());
    assert_eq!(select(&["gnll", "gnll"]).unwrap().len(), 1);
    assert_eq!(select(&["entropy"]).unwrap_err().code, Code::BadInput);
    for (i, method) in REGISTRY.iter().enumerate() {
        assert!(REGISTRY[..i].iter().all(|m| m.id != method.id && m.name != method.name), "{}", method.id);
        assert!(!method.id.is_empty() && !method.name.is_empty() && !method.citation.is_empty());
        assert!(method.settings.iter().all(|(_, value)| value.is_finite()));
    }
    let text = serde_json::to_value(&rauq::METHOD).unwrap();
    assert_eq!(text["needs"], serde_json::json!(["attention"]));
    assert_eq!(text["settings"], serde_json::json!({"alpha": 0.2, "floor": 1e-12}));
    assert_eq!(text["engines"], serde_json::json!([]));
    assert_eq!(serde_json::to_value(&sar::METHOD).unwrap()["engines"], serde_json::json!(["embed"]));
    assert_eq!(semantic_density::METHOD.engines(), ["nli"]);
    assert_eq!(text["cost"].as_array().unwrap().len(), 1);
    assert_eq!(text["direction"], "higher is less sure");
}

/// What one pass over the answer gives is enough for those methods, and for no others.
#[test]
fn scores_of_one_pass_draw_and_ask_nothing() {
    let Evidence { tokens, layers, paragrad, exgrad, shapes, geometry, attention, .. } = full(7, 10);
    let pass = Evidence { tokens, layers, paragrad, exgrad, shapes, geometry, attention, ..Evidence::default() };
    for method in REGISTRY {
        assert_eq!(method.evaluate(&pass).is_ok(), method.one_pass(), "{}", method.id);
        assert_eq!(serde_json::to_value(method).unwrap()["one_pass"], method.one_pass());
        let asks = !method.engines().is_empty() || method.needs.iter().any(|need| need.sampled());
        assert!(!(method.one_pass() && asks), "{}", method.id);
    }
}

/// Each need has an id of its own, and its sources agree with what it says that it costs.
#[test]
fn needs_are_told_apart() {
    for (i, &need) in Need::ALL.iter().enumerate() {
        assert!(Need::ALL[..i].iter().all(|other| other.id() != need.id()), "{}", need.id());
        assert_eq!(need.cost().is_none(), need == Need::Answer, "{}", need.id());
        assert!(need.engine().is_none() || need.comes_from(Source::Aside), "an engine is asked aside: {}", need.id());
        assert!(!need.at_position() || need.comes_from(Source::Pass), "{}", need.id());
        assert_eq!(need.state(&Evidence::default()), State::Missing, "{}", need.id());
        assert_eq!(need.state(&full(7, 10)), State::Present, "{}", need.id());
        assert!(REGISTRY.iter().any(|method| method.needs.contains(&need)), "nobody reads {}", need.id());
    }
}

#[test]
fn full_evidence_gives_finite_scores() {
    for (tokens, samples) in [(1, 1), (2, 2), (7, 10)] {
        for (id, score) in scores(&full(tokens, samples)) {
            let pairs = matches!(id, "lexical_similarity" | "luq");
            let undefined = (id == "attention_score" && tokens == 1) || (pairs && samples == 1);
            assert_eq!(score.is_err(), undefined, "{id} of {tokens} tokens and {samples} samples: {score:?}");
        }
    }
}

#[test]
fn no_evidence_gives_no_score_and_a_reason() {
    for method in REGISTRY {
        let reason = method.evaluate(&Evidence::default()).unwrap_err();
        assert_eq!(reason, method.needs.first().map_or(Undefined::NotFinite, |&need| Undefined::Missing(need)));
        assert!(method.value(&Evidence::default()).is_nan(), "{}", method.id);
        assert!(reason.error(method).message.contains(method.id));
    }
    assert_eq!(Undefined::Missing(Need::Entailment).error(&deg::METHOD).code, Code::EngineRequired);
    assert_eq!(Undefined::Missing(Need::SampleTexts).error(&snne::METHOD).code, Code::BadInput);
}

#[test]
fn supplied_evidence_gives_scores_and_reasons() {
    let outcomes = evaluate(&select(&["gnll", "paragrad"]).unwrap(), &answer(&[-0.5, -1.5]));
    assert_eq!(outcomes["gnll"], Outcome { score: Some(2.0), error: None });
    assert_eq!(outcomes["paragrad"].error.as_ref().unwrap().code, Code::BadInput);
    assert_eq!(serde_json::to_value(&outcomes).unwrap()["gnll"], serde_json::json!({"score": 2.0}));
}

/// One field taken away or cut short makes exactly those methods undefined that say that they need it.
#[test]
fn needs_are_what_methods_read() {
    type Change = fn(&mut Evidence);
    let changes: [(&[Need], Change); 32] = [
        (&[Need::HiddenGradients], |e| e.layers[1..].fill(None)),
        (&[Need::HeadGradient], |e| e.paragrad = None),
        (&[Need::PlainHeadGradient], |e| e.exgrad = None),
        (&[Need::Shapes], |e| e.shapes.truncate(3)),
        (&[Need::Geometry], |e| e.geometry.clear()),
        (&[Need::Attention], |e| e.attention = None),
        (&[Need::Answer], |e| e.answer = None),
        (&[Need::SampleTexts], |e| e.samples[2].text = None),
        (&[Need::SampleLogprobs, Need::SampleRelevance], |e| e.samples[2].logprob.clear()),
        (&[Need::SharpLogprobs], |e| e.sharp_logprob = None),
        (&[Need::SharpLogprobs], |e| e.samples[2].sharp_logprob = None),
        (&[Need::Relevance], |e| e.relevance = Some(vec![1.0])),
        (&[Need::SampleRelevance], |e| e.samples[2].relevance = None),
        (&[Need::Similarity], |e| e.similarity = None),
        (&[Need::Similarity], |e| _ = e.similarity.as_mut().unwrap()[1].pop()),
        (&[Need::Entailment], |e| _ = e.entailment.as_mut().unwrap().pop()),
        (&[Need::Covariance], |e| e.covariance = Some(vec![vec![1.0]])),
        (&[Need::PTrue], |e| e.p_true = None),
        (&[Need::Iterated], |e| e.iterated = Some(vec![vec![]; 10])),
        (&[Need::PerturbedDistributions, Need::PerturbedReplies], |e| e.perturbed = None),
        (&[Need::PerturbedDistributions], |e| _ = e.perturbed.as_mut().unwrap().hellinger[1].pop()),
        (&[Need::PerturbedReplies], |e| _ = e.perturbed.as_mut().unwrap().replies[3].pop()),
        (&[Need::PerturbedReplies], |e| _ = e.perturbed.as_mut().unwrap().question_similarity.pop()),
        (&[Need::Demonstrations], |e| _ = e.demonstrations.as_mut().unwrap()[1].pop()),
        (&[Need::SampleSentences], |e| _ = e.sentences.as_mut().unwrap()[2][0].pop()),
        (&[Need::ClaimVariants, Need::ClaimQuestions], |e| e.claims.clear()),
        (&[Need::ClaimVariants], |e| e.claims[0].alternatives.truncate(3)),
        (&[Need::ClaimVariants], |e| e.claims[0].tokens = (5, 12)),
        (&[Need::ClaimQuestions], |e| e.claims[0].questions.clear()),
        (&[Need::ClaimQuestions], |e| _ = e.claims[0].questions[0].answers.pop()),
        (&[Need::AnswerEndProbe], |e| _ = e.probes.remove("sep")),
        (&[Need::PromptEndProbe], |e| _ = e.probes.remove("sep_tbg")),
    ];
    for (needs, change) in changes {
        let mut e = full(7, 10);
        change(&mut e);
        // The last layer alone is one of the upper half's.
        let reads = |m: &Method| {
            m.needs
                .iter()
                .any(|n| needs.contains(n) || (*n == Need::LastHiddenGradient && needs[0] == Need::HiddenGradients))
        };
        for method in REGISTRY {
            assert_eq!(method.evaluate(&e).is_err(), reads(method), "{} without {needs:?}", method.id);
            assert_eq!(method.value(&e).is_nan(), reads(method), "{} without {needs:?}", method.id);
        }
    }
}

/// A NaN or an infinity in any number that a method reads never becomes a plausible score, and nothing panics.
#[test]
fn what_is_no_number_makes_no_score() {
    let plain: serde_json::Value = serde_json::to_value(full(7, 10)).unwrap();
    for method in REGISTRY {
        let fields: Vec<&str> = method.needs.iter().filter_map(|need| field(*need)).collect();
        for name in fields {
            // Every number of the field at once.
            let mut value = plain.clone();
            blank(&mut value[name]);
            let e: Evidence = serde_json::from_value(value).unwrap();
            assert!(method.evaluate(&e).is_err(), "{} with nothing but NaN in {name}", method.id);
        }
    }
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut e = full(7, 10);
        e.tokens[3].logprob = broken;
        e.tokens[3].entropy = broken;
        for id in ["gnll", "perplexity", "mean_token_entropy", "max_token_entropy", "hybridgrad", "lsc", "cocoa"] {
            let method = REGISTRY.iter().find(|m| m.id == id).unwrap();
            let score = method.evaluate(&e);
            // exp(−∞) is a probability of zero, and an entropy of −∞ cannot be the largest.
            let fine = (id == "hybridgrad" && broken == f64::INFINITY)
                || (id == "max_token_entropy" && broken == f64::NEG_INFINITY)
                || (broken == f64::INFINITY && matches!(id, "perplexity" | "lsc"));
            assert!(score.is_err() || fine, "{id} {broken}: {score:?}");
        }
    }
}

fn field(need: Need) -> Option<&'static str> {
    Some(match need {
        Need::Shapes => "shapes",
        Need::Geometry => "geometry",
        Need::Attention => "attention",
        Need::SampleLogprobs | Need::SampleRelevance => "samples",
        Need::Relevance => "relevance",
        Need::Similarity => "similarity",
        Need::Entailment => "entailment",
        Need::Covariance => "covariance",
        Need::Iterated => "iterated",
        Need::PerturbedDistributions | Need::PerturbedReplies => "perturbed",
        Need::Demonstrations => "demonstrations",
        Need::SampleSentences => "sentences",
        Need::ClaimVariants | Need::ClaimQuestions => "claims",
        Need::AnswerEndProbe | Need::PromptEndProbe => "probes",
        _ => return None,
    })
}

/// Numbers with a fraction become null: not the counts and layers beside them.
fn blank(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Number(n) if n.is_f64() => *value = Value::Null,
        Value::Array(all) => all.iter_mut().for_each(blank),
        Value::Object(all) => {
            all.iter_mut().filter(|(key, _)| *key != "sharp_logprob").for_each(|(_, v)| blank(v));
        }
        _ => {}
    }
}

/// Evidence from anywhere: cut short, with holes, with lists where there were none. A score or a reason, never a panic.
#[test]
fn mutilated_evidence_never_panics() {
    let mut state = 7u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below.max(1)
    };
    let plain = serde_json::to_value(full(4, 5)).unwrap();
    let mut read = 0;
    for _ in 0..400 {
        let mut value = plain.clone();
        for _ in 0..1 + random(4) {
            mutilate(&mut value, &mut random);
        }
        if let Ok(evidence) = serde_json::from_value::<Evidence>(value) {
            assert!(scores(&evidence).iter().all(|(_, score)| !score.is_ok_and(|s| !s.is_finite())));
            read += 1;
        }
    }
    assert!(read > 100, "{read}");
}

fn mutilate(value: &mut serde_json::Value, random: &mut dyn FnMut(usize) -> usize) {
    use serde_json::Value;
    match value {
        Value::Array(all) if !all.is_empty() => {
            let at = random(all.len());
            match random(8) {
                0 => all.truncate(at),
                1 => all.clear(),
                2 => all.push(all[at].clone()),
                _ => mutilate(&mut all[at], random),
            }
        }
        Value::Object(all) if !all.is_empty() => {
            let key = all.keys().nth(random(all.len())).unwrap().clone();
            if random(8) == 0 { _ = all.remove(&key) } else { mutilate(&mut all[&key], random) }
        }
        Value::Number(n) if n.is_f64() => {
            *value = [Value::Null, 1e308.into(), (-1e308).into(), 0.0.into()][random(4)].clone()
        }
        Value::Number(_) => *value = [u32::MAX, 0, 1][random(3)].into(),
        _ => *value = Value::Null,
    }
}

#[test]
fn long_answers_and_many_samples_have_scores() {
    let e = full(2000, 256);
    for (id, score) in scores(&e) {
        assert!(score.is_ok(), "{id}: {score:?}");
    }
}

/// The formulas of methods.md §13, computed without our code, for every method: those that the file names, no more and no
/// fewer, as ids are a contract with files and other programs.
#[test]
fn formulas_of_the_page() {
    let text = include_str!("../../../../tests/reference/methods/vectors.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let mut tried = std::collections::BTreeSet::new();
    for case in &cases {
        let evidence: Evidence = serde_json::from_value(case["evidence"].clone()).unwrap();
        for (id, want) in case["scores"].as_object().unwrap() {
            let [method] = select(&[id]).unwrap().try_into().unwrap();
            let (got, want) = (method.evaluate(&evidence).unwrap(), want.as_f64().unwrap());
            assert!((got - want).abs() < 1e-9, "{id}: {got} is not {want}");
            tried.insert(method.id);
        }
    }
    let all = REGISTRY.iter().map(|method| method.id).collect();
    assert_eq!(tried, all, "methods with a case in tests/reference/methods/vectors.py, and those of the registry");
}

/// LM-Polygraph, uqlm and boostedprob on the same evidence; tests/reference/methods says how and why they differ.
#[test]
fn other_libraries_agree() {
    let text = include_str!("../../../../tests/reference/methods/crosscheck.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    let (mut compared, mut methods) = (0, std::collections::BTreeSet::new());
    for case in &cases {
        let evidence: Evidence = serde_json::from_value(case["evidence"].clone()).unwrap();
        for row in case["library"].as_array().unwrap() {
            let (id, want) = (row["method"].as_str().unwrap(), row["expected"].as_f64().unwrap());
            let method = REGISTRY.iter().find(|m| m.id == id).unwrap();
            let got = method.evaluate(&evidence).unwrap();
            let near = (got - want).abs() < 1e-8 * want.abs().max(1.0);
            assert!(near, "{} {id}: {got}, {} {want}", case["name"], row["library"]);
            compared += 1;
            methods.insert(id);
        }
    }
    assert_eq!((cases.len(), methods.len()), (6, 26));
    assert!(compared == 166, "{compared}");
}

/// LM-Polygraph on the same claims and long answers.
#[test]
fn other_libraries_agree_on_long_answers() {
    let text = include_str!("../../../../tests/reference/methods/crosscheck_claims.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let evidence: Evidence = serde_json::from_value(case["evidence"].clone()).unwrap();
        let [method] = select(&[case["method"].as_str().unwrap()]).unwrap().try_into().unwrap();
        let (got, want) = (method.evaluate(&evidence).unwrap(), case["expected"].as_f64().unwrap());
        assert!((got - want).abs() < 1e-12, "{}: {got} is not {want}", method.id);
    }
}
