//! The gated feed-forward layer's nonlinearity, forward and backward.

use crate::exp::exp;
use crate::shape::Activation;

const GELU_SCALE: f32 = 0.797_884_6; // √(2/π)
const GELU_CUBIC: f32 = 0.044_715;

/// `activation(gate)·up`, element by element.
pub fn glu(gate: &[f32], up: &[f32], kind: Activation) -> Vec<f32> {
    let each = gate.iter().zip(up);
    match kind {
        Activation::Silu => each.map(|(&x, u)| x / (1.0 + exp(-x)) * u).collect(),
        Activation::GeluTanh => each.map(|(&x, u)| 0.5 * x * (1.0 + gelu_inner(x).tanh()) * u).collect(),
    }
}

/// Gradients of [`glu`] with respect to gate and up.
pub fn glu_backward(gate: &[f32], up: &[f32], d: &[f32], kind: Activation) -> (Vec<f32>, Vec<f32>) {
    let (mut d_gate, mut d_up) = (Vec::with_capacity(gate.len()), Vec::with_capacity(gate.len()));
    for ((&x, u), d) in gate.iter().zip(up).zip(d) {
        let (value, slope) = match kind {
            Activation::Silu => {
                let s = 1.0 / (1.0 + exp(-x));
                (x * s, s * (1.0 + x * (1.0 - s)))
            }
            Activation::GeluTanh => {
                let t = gelu_inner(x).tanh();
                let inner_slope = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * x * x);
                (0.5 * x * (1.0 + t), 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner_slope)
            }
        };
        d_gate.push(d * u * slope);
        d_up.push(d * value);
    }
    (d_gate, d_up)
}

fn gelu_inner(x: f32) -> f32 {
    GELU_SCALE * (x + GELU_CUBIC * x * x * x)
}
