//! Logistic regression: minimize ½λ‖w‖² + Σ ln(1 + exp(−y·(w·x + b))), the intercept free. With λ = 1 this is
//! scikit-learn's default, C = 1, and the probes' classifier (arXiv 2406.15927 §4; features are not scaled). A target
//! between 0 and 1 counts as that share of both labels.
//!
//! Newton's method. Hidden states have more features than there are questions, and some a hundred times as large as
//! others: each step is solved by conjugate gradients, preconditioned by the Hessian's diagonal, so that no `[d, d]`
//! matrix is stored. The problem is convex, so any solver that converges gives these weights.

use crate::error::{Code, Error, Result};

/// Newton steps; about ten are needed.
const STEPS: usize = 200;
/// Convergence: norm of the gradient against that at the start.
const TOLERANCE: f64 = 1e-10;
/// A promised decrease of the objective, as a share of it, that is lost in its rounding.
const ROUNDING: f64 = 1e-13;
/// Where rounding stops progress, this is still a solution.
const ACCEPTABLE: f64 = 1e-7;
/// A gradient by example that is nothing but rounding: where no feature tells anything, it is so from the start.
const NOTHING: f64 = 1e-13;

/// A fitted model: weights by feature, then the intercept.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic(Vec<f64>);

/// 1/(1 + e⁻ᶻ), without overflow.
pub fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 { 1.0 / (1.0 + (-z).exp()) } else { z.exp() / (1.0 + z.exp()) }
}

impl Logistic {
    /// Fits rows `[n, d]` of features to labels, λ = 1.
    ///
    /// # Errors
    /// `bad_input` for rows of different lengths, without both labels, or with features that are no finite numbers;
    /// `internal` when it does not converge.
    pub fn fit(rows: &[&[f32]], labels: &[bool]) -> Result<Self> {
        if !labels.contains(&true) || !labels.contains(&false) {
            return Err(bad("all examples have the same label."));
        }
        Self::fit_targets(rows, &labels.iter().map(|&label| f64::from(label)).collect::<Vec<_>>(), 1.0)
    }

    /// Fits rows `[n, d]` of features to targets in [0, 1] with the penalty λ.
    ///
    /// # Errors
    /// `bad_input` for rows of different lengths and for features that are no finite numbers; `internal` when it does
    /// not converge, as without a penalty where a feature tells all targets of 0 from all of 1.
    pub fn fit_targets<T: Copy + Into<f64>>(rows: &[&[T]], targets: &[f64], penalty: f64) -> Result<Self> {
        Self::fit_weighted(rows, targets, &vec![1.0; rows.len()], penalty)
    }

    /// The same, where each row counts as many times as its weight says.
    ///
    /// # Errors
    /// As [`fit_targets`](Self::fit_targets).
    pub fn fit_weighted<T: Copy + Into<f64>>(
        rows: &[&[T]],
        targets: &[f64],
        weights: &[f64],
        penalty: f64,
    ) -> Result<Self> {
        let width = rows.first().map_or(0, |row| row.len());
        if rows.len() != targets.len() || rows.len() != weights.len() || rows.iter().any(|row| row.len() != width) {
            return Err(bad("the examples have different numbers of features or labels."));
        }
        if rows.iter().any(|row| row.iter().any(|&x| !x.into().is_finite())) {
            return Err(bad("a feature is no finite number."));
        }
        let problem = Problem { rows, targets, weights, penalty };
        let mut theta = vec![0.0; width + 1];
        let mut now = problem.evaluate(&theta);
        let start = norm(&now.gradient);
        let nothing = NOTHING * weights.iter().sum::<f64>();
        for _ in 0..STEPS {
            if norm(&now.gradient) <= (TOLERANCE * start).max(nothing) {
                return Ok(Self(theta));
            }
            // Far from the solution a rough step does; near it the error must shrink with the gradient.
            let step = problem.newton_step(&now, 0.1 * (norm(&now.gradient) / start).min(1.0));
            let slope = dot(&now.gradient, &step);
            if -slope <= ROUNDING * now.objective {
                // The objective cannot tell any more; the quadratic model is exact here.
                theta.iter_mut().zip(&step).for_each(|(t, s)| *t += s);
                now = problem.evaluate(&theta);
                break;
            }
            // Halve until the objective falls as much as its slope promises (Armijo).
            let halvings = std::iter::successors(Some(1.0), |scale| Some(scale / 2.0)).take(40);
            let mut tried = halvings.map(|scale| {
                let theta: Vec<f64> = theta.iter().zip(&step).map(|(t, s)| t + scale * s).collect();
                (problem.evaluate(&theta), theta, scale)
            });
            match tried.find(|(next, _, scale)| next.objective <= now.objective + 1e-4 * scale * slope) {
                Some((next, at, _)) => (now, theta) = (next, at),
                None => break,
            }
        }
        if norm(&now.gradient) <= (ACCEPTABLE * start).max(nothing) {
            return Ok(Self(theta));
        }
        Err(Error::internal("the logistic regression did not converge."))
    }

    /// Weights by feature.
    pub fn weights(&self) -> &[f64] {
        &self.0[..self.0.len() - 1]
    }

    /// Intercept.
    pub fn bias(&self) -> f64 {
        self.0.last().copied().unwrap_or_default()
    }

    /// w·x + b: the log of the odds.
    pub fn logit<T: Copy + Into<f64>>(&self, row: &[T]) -> f64 {
        affine(&self.0, row)
    }
}

struct Problem<'a, T> {
    /// Features, `[n, d]`.
    rows: &'a [&'a [T]],
    /// In [0, 1].
    targets: &'a [f64],
    /// How many times each example counts.
    weights: &'a [f64],
    penalty: f64,
}

/// The objective at one point.
struct Evaluation {
    objective: f64,
    gradient: Vec<f64>, // [d + 1]
    /// p(1 − p) by example, as many times as it counts.
    curvature: Vec<f64>,
}

impl<T: Copy + Into<f64>> Problem<'_, T> {
    fn evaluate(&self, theta: &[f64]) -> Evaluation {
        let weights = &theta[..theta.len() - 1];
        let mut objective = 0.5 * self.penalty * dot(weights, weights);
        let mut gradient = self.penalize(theta);
        let mut curvature = Vec::with_capacity(self.rows.len());
        for ((row, &target), &times) in self.rows.iter().zip(self.targets).zip(self.weights) {
            let z = affine(theta, row);
            objective += times * log_loss(z, target);
            let (p, q) = (sigmoid(z), sigmoid(-z));
            curvature.push(times * p * q);
            accumulate(&mut gradient, times * ((1.0 - target) * p - target * q), row);
        }
        Evaluation { objective, gradient, curvature }
    }

    /// −H⁻¹·g by conjugate gradients, up to this relative error.
    fn newton_step(&self, at: &Evaluation, tolerance: f64) -> Vec<f64> {
        let diagonal = self.diagonal(at);
        let precondition = |r: &[f64]| -> Vec<f64> { r.iter().zip(&diagonal).map(|(r, d)| r / d).collect() };
        let mut step = vec![0.0; diagonal.len()];
        let mut residual: Vec<f64> = at.gradient.iter().map(|g| -g).collect();
        let mut direction = precondition(&residual);
        let mut energy = dot(&residual, &direction);
        let enough = tolerance * tolerance * energy;
        for _ in 0..4 * diagonal.len() {
            if energy <= enough {
                break;
            }
            let image = self.hessian_times(at, &direction);
            let length = energy / dot(&direction, &image);
            for i in 0..step.len() {
                step[i] += length * direction[i];
                residual[i] -= length * image[i];
            }
            let scaled = precondition(&residual);
            let next = dot(&residual, &scaled);
            for (d, s) in direction.iter_mut().zip(&scaled) {
                *d = s + next / energy * *d;
            }
            energy = next;
        }
        step
    }

    /// λ·(v without the intercept).
    fn penalize(&self, v: &[f64]) -> Vec<f64> {
        let mut out: Vec<f64> = v.iter().map(|v| self.penalty * v).collect();
        out[v.len() - 1] = 0.0;
        out
    }

    /// H·v = (λI without the intercept + Xᵀ·D·X)·v.
    fn hessian_times(&self, at: &Evaluation, v: &[f64]) -> Vec<f64> {
        let mut out = self.penalize(v);
        for (row, &curvature) in self.rows.iter().zip(&at.curvature) {
            accumulate(&mut out, curvature * affine(v, row), row);
        }
        out
    }

    fn diagonal(&self, at: &Evaluation) -> Vec<f64> {
        let mut diagonal = vec![self.penalty; at.gradient.len()];
        let last = diagonal.len() - 1;
        diagonal[last] = at.curvature.iter().sum();
        for (row, &curvature) in self.rows.iter().zip(&at.curvature) {
            for (d, &x) in diagonal.iter_mut().zip(*row) {
                *d += curvature * x.into().powi(2);
            }
        }
        // Far from every example, and for a useless feature without a penalty, there is no curvature.
        diagonal.into_iter().map(|d| d.max(f64::MIN_POSITIVE)).collect()
    }
}

/// −t·ln σ(z) − (1 − t)·ln σ(−z), without overflow.
pub fn log_loss(z: f64, target: f64) -> f64 {
    (-z.abs()).exp().ln_1p() + target * (-z).max(0.0) + (1.0 - target) * z.max(0.0)
}

/// θ·(x, 1).
fn affine<T: Copy + Into<f64>>(theta: &[f64], row: &[T]) -> f64 {
    theta.iter().zip(row).map(|(t, &x)| t * x.into()).sum::<f64>() + theta[row.len()]
}

/// out += scale·(x, 1).
fn accumulate<T: Copy + Into<f64>>(out: &mut [f64], scale: f64, row: &[T]) {
    for (o, &x) in out.iter_mut().zip(row) {
        *o += scale * x.into();
    }
    out[row.len()] += scale;
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

fn bad(message: &str) -> Error {
    Error::new(Code::BadInput, message, "Train on more questions, with answers of both low and high semantic entropy.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        rows: Vec<Vec<f32>>,
        labels: Vec<bool>,
        weights: Vec<f64>,
        bias: f64,
        probabilities: Vec<f64>,
    }

    fn fit(rows: &[Vec<f32>], labels: &[bool]) -> Result<Logistic> {
        Logistic::fit(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), labels)
    }

    #[test]
    fn agrees_with_scikit_learn() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/probe/logistic.json");
        let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(cases.len(), 3);
        for case in cases {
            let fitted = fit(&case.rows, &case.labels).unwrap();
            let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{}: {a} is not {b}", case.name);
            fitted.weights().iter().zip(&case.weights).for_each(|(&a, &b)| near(a, b));
            assert_eq!(fitted.weights().len(), case.weights.len());
            near(fitted.bias(), case.bias);
            for (row, &p) in case.rows.iter().zip(&case.probabilities) {
                near(sigmoid(fitted.logit(row)), p);
            }
        }
    }

    #[test]
    fn the_gradient_vanishes_at_the_solution() {
        // States of a real model: a few features a thousand times as large as the rest, far more features than rows.
        let value = |i: usize, j: usize| {
            ((i * 37 + j * 101 + 11) as f32).sin() * if j.is_multiple_of(97) { 1000.0 } else { 1.0 }
        };
        let rows: Vec<Vec<f32>> = (0..50).map(|i| (0..600).map(|j| value(i, j)).collect()).collect();
        let labels: Vec<bool> = (0..50).map(|i| (i * i) % 7 < 3).collect();
        let fitted = fit(&rows, &labels).unwrap();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let targets: Vec<f64> = labels.iter().map(|&label| f64::from(label)).collect();
        let problem = Problem { rows: &rows, targets: &targets, weights: &[1.0; 50], penalty: 1.0 };
        let start = norm(&problem.evaluate(&vec![0.0; 601]).gradient);
        assert!(norm(&problem.evaluate(&fitted.0).gradient) <= ACCEPTABLE * start);
    }

    #[test]
    fn a_weight_counts_as_many_equal_examples() {
        let rows = [[0.5], [1.0], [-2.0], [0.1]];
        let targets = [1.0, 0.0, 0.0, 1.0];
        let often = [0, 0, 0, 1, 2, 2, 3];
        let fit = |rows: Vec<&[f64]>, targets: Vec<f64>, weights: &[f64]| {
            Logistic::fit_weighted(&rows, &targets, weights, 0.7).unwrap()
        };
        let weighted = fit(rows.iter().map(|row| &row[..]).collect(), targets.into(), &[3.0, 1.0, 2.0, 1.0]);
        let repeated = fit(often.map(|i| &rows[i][..]).into(), often.map(|i| targets[i]).into(), &[1.0; 7]);
        assert!(weighted.0.iter().zip(&repeated.0).all(|(a, b)| (a - b).abs() < 1e-9));
    }

    #[test]
    fn edges() {
        assert!(fit(&[], &[]).is_err());
        assert!(fit(&[vec![1.0], vec![2.0]], &[true, true]).is_err());
        assert!(fit(&[vec![1.0], vec![2.0, 3.0]], &[true, false]).is_err());
        assert!(fit(&[vec![1.0]], &[true, false]).is_err());
        assert!(fit(&[vec![f32::NAN], vec![2.0]], &[true, false]).is_err());
        // No feature at all, or only useless ones: the share of the labels.
        for rows in [vec![Vec::new(); 4], vec![vec![3.0]; 4]] {
            let fitted = fit(&rows, &[true, false, false, false]).unwrap();
            assert!((sigmoid(fitted.logit(&rows[0])) - 0.25).abs() < 1e-9);
        }
        // The same of as many right as wrong ones: the gradient is rounding from the start.
        let same = [2f64.ln(), 0.0, 0.0, 1.0 / 3.0];
        let rows: Vec<&[f64]> = (0..14).map(|_| &same[..]).collect();
        let targets: Vec<f64> = (0..14).map(|i| f64::from(i % 2)).collect();
        for weight in [1.0, 1.0 / 7.0, 0.1] {
            let fitted = Logistic::fit_weighted(&rows, &targets, &[weight; 14], 1.0).unwrap();
            assert!(fitted.logit(&same).abs() < 1e-9);
        }
        assert_eq!((sigmoid(-800.0), sigmoid(800.0), sigmoid(0.0)), (0.0, 1.0, 0.5));
    }
}
