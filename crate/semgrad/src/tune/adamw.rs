//! Adam with decoupled weight decay (arXiv 1711.05101), as in PyTorch.

/// β₁ and β₂.
const BETAS: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

/// Numbers that are trained, with the running means of their gradients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trained {
    /// The numbers.
    pub values: Vec<f32>,
    /// Running mean of the gradients.
    pub first: Vec<f32>,
    /// Running mean of their squares.
    pub second: Vec<f32>,
}

impl Trained {
    /// Nothing learned yet.
    pub fn new(values: Vec<f32>) -> Self {
        Self { first: vec![0.0; values.len()], second: vec![0.0; values.len()], values }
    }

    /// The `step`th step, counted from 1.
    pub fn step(&mut self, gradient: &[f32], step: usize, rate: f64, weight_decay: f64) {
        let power = i32::try_from(step).unwrap_or(i32::MAX);
        let [unbias_first, unbias_second] = BETAS.map(|beta| 1.0 - beta.powi(power));
        let kept = (1.0 - rate * weight_decay) as f32;
        let width = (rate / unbias_first) as f32;
        let [b1, b2] = BETAS.map(|beta| beta as f32);
        let (root, epsilon) = (unbias_second.sqrt() as f32, EPSILON as f32);
        let all = self.values.iter_mut().zip(&mut self.first).zip(&mut self.second).zip(gradient);
        for (((value, first), second), g) in all {
            *first += (1.0 - b1) * (g - *first);
            *second = b2 * *second + (1.0 - b2) * g * g;
            *value = *value * kept - width * *first / (second.sqrt() / root + epsilon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `torch.optim.AdamW([p], lr=0.1, weight_decay=0.01)` from p = (1, −2), gradients (0.5, −1), (0.25, 2), (−1, 0).
    #[test]
    fn three_steps_are_those_of_pytorch() {
        let mut trained = Trained::new(vec![1.0, -2.0]);
        for (step, gradient) in [[0.5, -1.0], [0.25, 2.0], [-1.0, 0.0]].iter().enumerate() {
            trained.step(gradient, step + 1, 0.1, 0.01);
        }
        for (got, want) in trained.values.iter().zip([0.824_713_9, -1.959_079_5]) {
            assert!((got - want).abs() < 3e-6f32, "{got}, not {want}");
        }
    }
}
