//! The metrics of an evaluation against scikit-learn, LM-Polygraph and `uncertainty-calibration`, to 1e-6.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use semgrad_scores::statistics::bootstrap::{interval, resamples};
use semgrad_scores::statistics::calibration::*;
use semgrad_scores::statistics::length::WithinLength;
use semgrad_scores::statistics::ranking::{self, Ranking};
use serde_json::Value;

const TOLERANCE: f64 = 1e-6;

fn bools(value: &Value) -> Vec<bool> {
    value.as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn cases(kind: &str) -> Vec<Value> {
    let fixture = include_str!("../../../tests/reference/evaluate/metrics.json");
    serde_json::from_str::<Value>(fixture).unwrap()[kind].as_array().unwrap().clone()
}

/// Null is undefined on both sides.
fn check(case: &Value, metric: &str, got: f64, tolerance: f64) {
    let same = match case[metric].as_f64() {
        Some(want) => (got - want).abs() <= tolerance,
        None => case[metric].is_null() && got.is_nan(),
    };
    assert!(same, "{}: {metric} is {got}, the reference {}", case["name"], case[metric]);
}

#[test]
fn rankings() {
    let cases = cases("rankings");
    assert_eq!(cases.len(), 9);
    for case in &cases {
        let (scores, wrong) = (numbers(&case["scores"]), bools(&case["wrong"]));
        let tokens: Vec<usize> = numbers(&case["tokens"]).iter().map(|&n| n as usize).collect();
        let once = vec![1; scores.len()];
        let order = Ranking::new(&scores);
        let ties = order.ties(&wrong, &once);
        let length = Ranking::new(&numbers(&case["tokens"]));
        for (metric, got) in [
            ("auroc", ranking::auroc(&ties)),
            ("auroc", semgrad_scores::statistics::auroc(&scores, &wrong)),
            ("auprc", ranking::auprc(&ties)),
            ("aurc", ranking::aurc(&ties)),
            ("aurac", ranking::aurac(&ties)),
            ("prr", ranking::prr(&ties, 1.0)),
            ("prr_half", ranking::prr(&ties, 0.5)),
            ("length_spearman", ranking::spearman(&order, &length, &once)),
            ("auroc_within_length", WithinLength::new(&scores, &tokens).auroc(&wrong, &once)),
        ] {
            check(case, metric, got, TOLERANCE);
        }
        // The package's own random order is drawn: its mean of 1000 differs by what 1000 draws can tell.
        if scores.len() >= 60 {
            check(case, "prr_drawn", ranking::prr(&ties, 1.0), 0.02);
            check(case, "prr_half_drawn", ranking::prr(&ties, 0.5), 0.02);
        }
        // Ours leaves points out of long curves; each that is there is one of the reference's.
        let curve: Vec<Vec<f64>> = case["roc"].as_array().unwrap().iter().map(numbers).collect();
        let ours = ranking::roc(&ties);
        assert!(ours.len() == curve.len() || ours.len() > 50);
        for point in ours {
            let near = |want: &Vec<f64>| (want[0] - point[0]).abs() + (want[1] - point[1]).abs() < TOLERANCE;
            assert!(curve.iter().any(near), "{}: {point:?}", case["name"]);
        }
    }
}

#[test]
fn probabilities() {
    let cases = cases("probabilities");
    assert_eq!(cases.len(), 6);
    for case in &cases {
        let (p, right) = (numbers(&case["confidence"]), bools(&case["right"]));
        let width = equal_width(&p, &right, 20);
        let mass = equal_mass(&sorted(&p, &right), 10);
        let want: Vec<Vec<f64>> = case["bins"].as_array().unwrap().iter().map(numbers).collect();
        assert_eq!(width.len(), want.len(), "{}", case["name"]);
        for (bin, want) in width.iter().zip(&want) {
            assert!((bin.confidence - want[0]).abs() < TOLERANCE && (bin.accuracy - want[1]).abs() < TOLERANCE);
        }
        let counts: Vec<f64> = mass.iter().map(|bin| bin.count as f64).collect();
        assert_eq!(counts, numbers(&case["mass_counts"]), "{}", case["name"]);
        check(case, "ece", ece(&width), TOLERANCE);
        check(case, "ece_mass", ece(&mass), TOLERANCE);
        check(case, "ece_debiased", ece_debiased(&mass), TOLERANCE);
        check(case, "squared_error_debiased", squared_error_debiased(&mass), TOLERANCE);
        check(case, "brier", brier(&p, &right), TOLERANCE);
        check(case, "brier_skill", brier_skill(&p, &right), TOLERANCE);
        if !case["ece_debiased_drawn"].is_null() {
            check(case, "ece_debiased_drawn", ece_debiased(&mass), 0.002);
        }
    }
}

#[test]
fn intervals() {
    for case in cases("intervals") {
        let (scores, wrong) = (numbers(&case["scores"]), bools(&case["wrong"]));
        let order = Ranking::new(&scores);
        let drawn: Vec<f64> =
            resamples(scores.len(), 4000, 7).iter().map(|times| ranking::auroc(&order.ties(&wrong, times))).collect();
        let [low, high] = interval(&drawn).unwrap();
        // Both draw 4000 resamples: the ends of such intervals move by about 0.002.
        check(&case, "low", low, 0.012);
        check(&case, "high", high, 0.012);
    }
}
