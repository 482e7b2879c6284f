//! Scores of some thousand random records of evidence: each is refused as no evidence, or every score is null or lies
//! where its definition says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use semgrad_scores::evidence::Evidence;
use semgrad_scores::lexical;
use semgrad_scores::methods::{REGISTRY, evaluate, select};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Records.
const CASES: usize = 3000;
/// What rounding may add to a bound.
const ROUNDING: f64 = 1e-6;

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// 0..1, the bounds more often than by chance.
    fn share(&mut self) -> f64 {
        match self.below(8) {
            0 => 0.0,
            1 => 1.0,
            _ => self.below(1 << 20) as f64 / (1u32 << 20) as f64,
        }
    }

    fn logprob(&mut self) -> f64 {
        (self.share() + 1e-12).min(1.0).ln() * [1.0, 1.0, 30.0][self.below(3)]
    }

    fn list<T: Into<Value>>(&mut self, n: usize, mut of: impl FnMut(&mut Self) -> T) -> Value {
        (0..n).map(|_| of(self).into()).collect::<Vec<Value>>().into()
    }

    fn matrix(&mut self, rows: usize, columns: usize, of: fn(&mut Self) -> f64) -> Value {
        self.list(rows, |random| random.list(columns, of))
    }

    fn entailment(&mut self) -> Value {
        let (a, b) = (self.share(), self.share());
        json!({"entail": a, "neutral": (1.0 - a) * b, "contradict": (1.0 - a) * (1.0 - b)})
    }

    fn entailments(&mut self, n: usize) -> Value {
        self.list(n, |random| random.list(n, Self::entailment))
    }

    fn text(&mut self) -> &'static str {
        ["Paris", "paris.", "It is −5.", "Pelé", "Pele\u{301}", "", " ", "巴黎", "🙂", "no"][self.below(10)]
    }

    fn evidence(&mut self) -> Value {
        let (tokens, samples, vocab) = (self.below(6), self.below(6), 1 + self.below(50));
        let answers = samples + 1;
        let size: fn(&mut Self) -> f64 = |random| random.share() * 3.0;
        let replies = 1 + self.below(2);
        let questions = 1 + self.below(3);
        json!({
            "question": "Q?",
            "answer": self.text(),
            "tokens": self.list(tokens, |r| json!({"logprob": r.logprob(), "entropy": size(r), "top2_margin": size(r)})),
            "shapes": self.list(tokens, |r| json!({
                "mean_logprob": -(vocab as f64).ln() - size(r), "log_root_sum": r.share() * 0.5 * (vocab as f64).ln(),
                "vocab": vocab, "top": r.top(),
            })),
            "geometry": self.list(tokens, |r| json!({"nci": size(r) - 1.0, "fdbd": size(r)})),
            "layers": self.list(4, size), "paragrad": size(self), "exgrad": size(self),
            "attention": {"depth": 4, "layers": self.list(4, |r| {
                json!({"layer": r.below(5), "to_self": r.matrix(2, tokens, Self::share)})
            })},
            "probes": {"sep": self.share(), "sep_tbg": self.share()},
            "samples": self.list(samples, |r| {
                let length = 1 + r.below(4);
                json!({"text": r.text(), "logprob": r.list(length, Self::logprob), "sharp_logprob": r.logprob(),
                       "relevance": r.list(length, Self::share)})
            }),
            "sharp_logprob": self.logprob(),
            "relevance": self.list(tokens, Self::share),
            "similarity": self.matrix(answers, answers, Self::share),
            "entailment": self.entailments(answers),
            "covariance": self.matrix(samples, samples, |random| random.share() - 0.5),
            "p_true": self.share(),
            "iterated": self.matrix(samples, samples, Self::logprob),
            "perturbed": {
                "questions": vec!["Q?"; questions], "replies": self.list(questions, |r| r.list(replies, Self::text)),
                "question_similarity": self.matrix(questions, questions, Self::share),
                "reply_similarity": self.matrix(questions * replies, questions * replies, Self::share),
                "hellinger": self.matrix(questions, tokens, Self::share),
            },
            "demonstrations": self.matrix(2, 3, |random| random.share() / 2.0),
            "claims": self.list(1, |r| {
                let n = 1 + r.below(3);
                json!({"text": r.text(), "tokens": [0, tokens], "semgrad": size(r), "paragrad": size(r),
                    "alternatives": r.list(tokens, |r| r.list(2, |r| json!({
                        "probability": r.share() / 2.0, "forward": r.entailment(), "backward": r.entailment()
                    }))),
                    "questions": r.list(1, |r| json!({"question": "Q?", "answers": r.list(n, Self::text), "entailment": r.entailments(n)}))})
            }),
            "sentences": self.list(samples, |r| r.list(2, |r| r.list(samples, Self::entailment))),
        })
    }

    /// Alternatives as servers list them: falling, some twice, some without order.
    fn top(&mut self) -> Value {
        let mut rest = 1.0;
        let mut list: Vec<Value> = Vec::new();
        for i in 0..self.below(6) {
            let p = rest * self.share();
            rest -= p;
            list.push(json!({"id": 0, "text": format!("t{i}"), "logprob": (p + 1e-12).ln().min(0.0)}));
        }
        match self.below(4) {
            0 if !list.is_empty() => list.insert(0, list[self.below(list.len())].clone()),
            1 => list.reverse(),
            _ => list.sort_by(|a, b| b["logprob"].as_f64().unwrap().total_cmp(&a["logprob"].as_f64().unwrap())),
        }
        list.into()
    }

    /// Makes one place of the record something else.
    fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Array(all) if !all.is_empty() && self.below(6) > 0 => {
                let at = self.below(all.len());
                match self.below(10) {
                    0 => all.truncate(at),
                    1 => all.push(all[at].clone()),
                    _ => self.spoil(&mut all[at]),
                }
            }
            Value::Object(all) if !all.is_empty() && self.below(10) > 0 => {
                let key = all.keys().nth(self.below(all.len())).unwrap().clone();
                self.spoil(&mut all[&key]);
            }
            _ => {
                let nasty = [
                    json!(null),
                    json!(0),
                    json!(-1),
                    json!(2),
                    json!(1e308),
                    json!(-1e308),
                    json!(-9999.0),
                    json!(1e-320),
                    json!(u64::MAX),
                    json!("NaN"),
                    json!("-inf"),
                    json!(""),
                    json!([]),
                    json!({}),
                    json!([[]]),
                    json!(true),
                    json!(0.5),
                    json!(-0.5),
                    json!(1.0000001),
                    json!(1e-7),
                ];
                *value = nasty[self.below(nasty.len())].clone();
            }
        }
    }
}

/// Where a score can lie, by its definition; without bounds where it has none.
fn range(id: &str, samples: usize) -> (f64, f64) {
    let all = f64::INFINITY;
    let most = samples.max(1) as f64;
    match id {
        "semgrad"
        | "semgrad_last"
        | "paragrad"
        | "exgrad"
        | "hybridgrad"
        | "gnll"
        | "mean_token_entropy"
        | "max_token_entropy"
        | "lsc"
        | "attention_score"
        | "ln_pe"
        | "predictive_entropy"
        | "sar_token"
        | "cocoa"
        | "hybrid_dse"
        | "esi"
        | "inv_entropy"
        | "ni_entropy"
        | "nr_inv_entropy"
        | "wd_px_py"
        | "icl_epistemic"
        | "eccentricity"
        | "claim_semantic_entropy" => (0.0, all),
        "perplexity" | "rauq" => (1.0, all),
        "boosted_prob" | "fisher_rao" | "lexical_similarity" => (-1.0, 0.0),
        "self_certainty" | "renyi" | "fdbd" => (-all, 0.0),
        "p_true" | "self_consistency" | "deg" | "semantic_density" | "luq" | "sep" | "sep_tbg" => (0.0, 1.0),
        "discrete_semantic_entropy" | "semantic_entropy" | "semantic_entropy_lax" | "kle_heat" | "kle_matern" => {
            (0.0, most.ln())
        }
        "num_set" => (1.0, most),
        _ => (-all, all),
    }
}

#[test]
fn scores_lie_where_their_definitions_say() {
    let mut random = Random(11);
    let methods = select(&["all"]).unwrap();
    let (mut refused, mut scored) = (0, BTreeMap::<&str, usize>::new());
    for case in 0..CASES {
        let mut record = random.evidence();
        for _ in 0..[0, 0, 1, 1, 3][random.below(5)] {
            random.spoil(&mut record);
        }
        let text = record.to_string();
        let Ok(mut evidence) = serde_json::from_str::<Evidence>(&text) else {
            refused += 1;
            continue;
        };
        if random.below(3) == 0 {
            lexical::compare(&mut evidence, true, true);
        }
        // Where texts are missing, matrices alone say how many there are.
        let samples = evidence.samples.len().max(evidence.entailment.as_ref().map_or(0, |m| m.len().saturating_sub(1)));
        let samples = samples.max(evidence.similarity.as_ref().map_or(0, |m| m.len().saturating_sub(1)));
        for (id, outcome) in evaluate(&methods, &evidence) {
            let Some(score) = outcome.score else {
                assert!(outcome.error.is_some());
                continue;
            };
            let (least, most) = range(id, samples);
            let inside = score.is_finite() && score >= least - ROUNDING && score <= most + ROUNDING;
            assert!(inside, "case {case}: {id} is {score}, not {least} to {most}: {text}");
            *scored.entry(id).or_default() += 1;
        }
    }
    assert!(refused > CASES / 20 && refused < CASES * 2 / 3, "{refused} of {CASES} were refused");
    let few: Vec<_> = REGISTRY.iter().filter(|m| scored.get(m.id).is_none_or(|&n| n < 50)).map(|m| m.id).collect();
    assert!(few.is_empty(), "hardly ever scored: {few:?}; {scored:?}");
}
