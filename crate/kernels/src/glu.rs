//! Gates: of the feed-forward layer, and of what attention gives; forward and backward.

use crate::exp::exp;
use crate::layer::{gelu_of, normal};
use crate::shape::Activation;
use crate::threads;

const GELU_SCALE: f32 = 0.797_884_6; // √(2/π)
const GELU_CUBIC: f32 = 0.044_715;
const DENSITY: f32 = 0.398_942_3; // 1/√(2π)

/// `activation(gate)·up`, element by element.
pub fn glu(gate: &[f32], up: &[f32], kind: Activation) -> Vec<f32> {
    let mut out = vec![0.0; gate.len()];
    threads::by_rows(&mut out, 1, gate.len() * threads::EXP, |own, out| {
        let each = out.iter_mut().zip(gate[own.clone()].iter().zip(&up[own]));
        match kind {
            Activation::Silu => each.for_each(|(out, (&x, u))| *out = x / (1.0 + exp(-x)) * u),
            Activation::Sigmoid => each.for_each(|(out, (&x, u))| *out = u / (1.0 + exp(-x))),
            Activation::GeluTanh => each.for_each(|(out, (&x, u))| *out = 0.5 * x * (1.0 + gelu_inner(x).tanh()) * u),
            Activation::Gelu => each.for_each(|(out, (&x, u))| *out = gelu_of(x) * u),
        }
    });
    out
}

/// Gradients of [`glu`] with respect to gate and up.
pub fn glu_backward(gate: &[f32], up: &[f32], d: &[f32], kind: Activation) -> (Vec<f32>, Vec<f32>) {
    let (mut d_gate, mut d_up) = (vec![0.0; gate.len()], vec![0.0; gate.len()]);
    let pieces = threads::pieces(gate.len(), 1, gate.len() * threads::EXP);
    let parts = threads::rows(&mut d_gate, 1, &pieces).into_iter().zip(threads::rows(&mut d_up, 1, &pieces));
    threads::each(pieces.iter().cloned().zip(parts), |(own, (d_gate, d_up))| {
        let given = gate[own.clone()].iter().zip(&up[own.clone()]).zip(&d[own.clone()]);
        for ((d_gate, d_up), ((&x, u), d)) in d_gate.iter_mut().zip(d_up.iter_mut()).zip(given) {
            let (value, slope) = value_and_slope(x, kind);
            *d_gate = d * u * slope;
            *d_up = d * value;
        }
    });
    (d_gate, d_up)
}

/// Of the activation.
#[inline(always)]
fn value_and_slope(x: f32, kind: Activation) -> (f32, f32) {
    match kind {
        Activation::Silu => {
            let s = 1.0 / (1.0 + exp(-x));
            (x * s, s * (1.0 + x * (1.0 - s)))
        }
        Activation::Sigmoid => {
            let s = 1.0 / (1.0 + exp(-x));
            (s, s / (1.0 + exp(x))) // 1 − s would have few digits
        }
        Activation::GeluTanh => {
            let t = gelu_inner(x).tanh();
            let inner_slope = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * x * x);
            (0.5 * x * (1.0 + t), 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner_slope)
        }
        Activation::Gelu => {
            let p = normal(x);
            (x * p, p + x * exp(-0.5 * x * x) * DENSITY)
        }
    }
}

fn gelu_inner(x: f32) -> f32 {
    GELU_SCALE * (x + GELU_CUBIC * x * x * x)
}
