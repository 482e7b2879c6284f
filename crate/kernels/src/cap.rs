//! Soft caps: numbers bent towards a bound, forward and backward.

use crate::threads;

/// cap·tanh(x/cap).
#[inline(always)]
pub(crate) fn bent(x: f32, cap: f32) -> f32 {
    cap * (x / cap).tanh()
}

/// Derivative of [`bent`], where it is y.
#[inline(always)]
pub(crate) fn slope(y: f32, cap: f32) -> f32 {
    let t = y / cap;
    1.0 - t * t
}

/// `cap·tanh(x/cap)`, number by number.
pub fn soft_cap(x: &[f32], cap: f32) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    threads::by_rows(&mut out, 1, x.len() * threads::EXP, |own, out| {
        out.iter_mut().zip(&x[own]).for_each(|(out, x)| *out = bent(*x, cap));
    });
    out
}

/// Gradient of [`soft_cap`] from its result y and the gradient d there: d·(1 − (y/cap)²).
pub fn soft_cap_backward(y: &[f32], d: &[f32], cap: f32) -> Vec<f32> {
    y.iter().zip(d).map(|(y, d)| d * slope(*y, cap)).collect()
}
