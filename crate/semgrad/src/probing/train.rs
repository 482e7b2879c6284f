//! Which layers a probe reads, and its weights (arXiv 2406.15927 §4 and appendix).
//!
//! One probe per layer is cross-validated; the contiguous window of at least five layers with the best mean AUROC is
//! concatenated and fitted on everything. The paper validates on a held-out fifth of 2,000 questions; folds use a small
//! question file better. Folds are stratified and go by the order of the questions: no draw, the same result every
//! time.

use crate::error::{Code, Error, Result};
use crate::probe::Probe;
use semgrad_scores::statistics::auroc;
use semgrad_scores::statistics::logistic::Logistic;

/// Fewest layers of a window.
const WINDOW: usize = 5;
/// Most folds.
const FOLDS: usize = 5;

/// Trains on hidden states `[questions][layers][hidden]` at one position and labels, true where semantic entropy is
/// high. `progress` gets layers done, of how many.
///
/// # Errors
/// `bad_input` when a class has fewer than two questions, or states have different shapes or are no finite numbers.
pub fn train(states: &[Vec<Vec<f32>>], high: &[bool], progress: &mut dyn FnMut(usize, usize)) -> Result<Probe> {
    let layers = states.first().map_or(0, Vec::len);
    if layers == 0 || states.len() != high.len() || states.iter().any(|s| s.len() != layers) {
        return Err(bad("the questions have different numbers of layers or labels."));
    }
    let folds = folds(high)?;
    let mut auroc_by_layer = Vec::with_capacity(layers);
    for layer in 0..layers {
        progress(layer, layers);
        let rows: Vec<&[f32]> = states.iter().map(|s| s[layer].as_slice()).collect();
        auroc_by_layer.push(cross_validate(&rows, high, &folds)?);
    }
    progress(layers, layers);
    let [first, last] = best_window(&auroc_by_layer);
    let joined: Vec<Vec<f32>> = states.iter().map(|s| s[first..=last].concat()).collect();
    let rows: Vec<&[f32]> = joined.iter().map(Vec::as_slice).collect();
    let fitted = Logistic::fit(&rows, high)?;
    Ok(Probe {
        layers: [first, last],
        bias: fitted.bias(),
        weights: fitted.weights().iter().map(|&w| w as f32).collect(),
        auroc: cross_validate(&rows, high, &folds)?,
        auroc_by_layer,
    })
}

/// The fold of each question: members of a class go round.
fn folds(labels: &[bool]) -> Result<Vec<usize>> {
    let positives = labels.iter().filter(|&&l| l).count();
    let smaller = positives.min(labels.len() - positives);
    if smaller < 2 {
        return Err(bad("fewer than two questions have high, or low, semantic entropy."));
    }
    let mut seen = [0; 2];
    let fold = |&label: &bool| {
        let count = &mut seen[usize::from(label)];
        *count += 1;
        (*count - 1) % smaller.min(FOLDS)
    };
    Ok(labels.iter().map(fold).collect())
}

/// Mean over the folds of the AUROC of a model fitted on the others.
fn cross_validate(rows: &[&[f32]], labels: &[bool], folds: &[usize]) -> Result<f64> {
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let mut sum = 0.0;
    for fold in 0..count {
        let (test, rest): (Vec<usize>, Vec<usize>) = (0..rows.len()).partition(|&i| folds[i] == fold);
        let pick = |at: &[usize]| -> (Vec<&[f32]>, Vec<bool>) { at.iter().map(|&i| (rows[i], labels[i])).unzip() };
        let (train_rows, train_labels) = pick(&rest);
        let (test_rows, test_labels) = pick(&test);
        let fitted = Logistic::fit(&train_rows, &train_labels)?;
        let logits: Vec<f64> = test_rows.iter().map(|row| fitted.logit(row)).collect();
        sum += auroc(&logits, &test_labels);
    }
    Ok(sum / count as f64)
}

/// First and last of the contiguous layers with the best mean: the shortest, then the earliest of equals. All of them
/// when they are five or fewer.
fn best_window(scores: &[f64]) -> [usize; 2] {
    let n = scores.len();
    let mut best = (f64::NEG_INFINITY, [0, n.saturating_sub(1)]);
    for length in WINDOW.min(n).max(1)..=n {
        for (first, window) in scores.windows(length).enumerate() {
            let mean = window.iter().sum::<f64>() / length as f64;
            // Sums of equal numbers may differ in the last digit.
            if mean > best.0 + 1e-12 {
                best = (mean, [first, first + length - 1]);
            }
        }
    }
    best.1
}

fn bad(message: &str) -> Error {
    Error::new(Code::BadInput, message, "Train on more questions, some easy and some hard for the model.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise in every layer; in layers 4..=9 of 12 the first feature knows the label.
    fn example(i: usize) -> (Vec<Vec<f32>>, bool) {
        let high = i.is_multiple_of(3);
        let noise = |layer: usize, j: usize| ((i * 131 + layer * 17 + j * 7) as f32 * 0.37).sin();
        let state = |layer: usize| {
            let sign = if high { 1.0 } else { -1.0 };
            let signal = if (4..=9).contains(&layer) { 1.5 * sign } else { 0.0 };
            (0..6).map(|j| noise(layer, j) + if j == 0 { signal } else { 0.0 }).collect()
        };
        ((0..12).map(state).collect(), high)
    }

    #[test]
    fn finds_the_layers_that_know() {
        let (states, high): (Vec<_>, Vec<_>) = (0..60).map(example).unzip();
        let mut seen = Vec::new();
        let probe = train(&states, &high, &mut |done, total| seen.push((done, total))).unwrap();
        assert!(probe.layers[0] >= 4 && probe.layers[1] <= 9, "{:?}", probe.layers);
        assert!(probe.auroc > 0.99 && probe.auroc_by_layer[5] > 0.99, "{}", probe.auroc);
        assert!(probe.auroc_by_layer[..4].iter().all(|a| *a < 0.9));
        assert_eq!(probe.weights.len(), (probe.layers[1] - probe.layers[0] + 1) * 6);
        assert_eq!((seen.first(), seen.last()), (Some(&(0, 12)), Some(&(12, 12))));
        // New questions.
        let right = (60..120).filter(|&i| {
            let (states, high) = example(i);
            let window: Vec<&[f32]> = states[probe.layers[0]..=probe.layers[1]].iter().map(Vec::as_slice).collect();
            (probe.probability(&window).unwrap() > 0.5) == high
        });
        assert!(right.count() >= 57);
    }

    #[test]
    fn folds_share_out_both_classes() {
        let labels: Vec<bool> = (0..23).map(|i| i < 7).collect();
        let folds = folds(&labels).unwrap();
        for fold in 0..FOLDS {
            let of = |class: bool| (0..23).filter(|&i| folds[i] == fold && labels[i] == class).count();
            assert!((1..=2).contains(&of(true)) && (3..=4).contains(&of(false)));
        }
        assert_eq!(super::folds(&[true, true, false, false, false]).unwrap(), [0, 1, 0, 1, 0]);
        assert_eq!(super::folds(&[true, false, false, false]).unwrap_err().code, Code::BadInput);
    }

    #[test]
    fn windows() {
        assert_eq!(best_window(&[0.5, 0.6, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5]), [2, 6]);
        assert_eq!(best_window(&[0.9, 0.5, 0.5, 0.5, 0.9, 0.9]), [0, 5]);
        assert_eq!(best_window(&[0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]), [4, 8]);
        assert_eq!(best_window(&[0.7; 9]), [0, 4]);
        assert_eq!(best_window(&[0.7, 0.9]), [0, 1]);
        assert_eq!(best_window(&[0.7]), [0, 0]);
    }

    #[test]
    fn broken_states_are_refused() {
        let refused = |states: &[Vec<Vec<f32>>], high: &[bool]| train(states, high, &mut |_, _| ()).unwrap_err().code;
        let (states, high): (Vec<_>, Vec<_>) = (0..12).map(example).unzip();
        assert_eq!(refused(&[], &[]), Code::BadInput);
        assert_eq!(refused(&states, &high[1..]), Code::BadInput);
        assert_eq!(refused(&states, &[false; 12]), Code::BadInput);
        let mut ragged = states.clone();
        ragged[3].pop();
        assert_eq!(refused(&ragged, &high), Code::BadInput);
        let mut short = states.clone();
        short[3][5].pop();
        assert_eq!(refused(&short, &high), Code::BadInput);
        let mut infinite = states;
        infinite[3][5][0] = f32::INFINITY;
        assert_eq!(refused(&infinite, &high), Code::BadInput);
    }
}
