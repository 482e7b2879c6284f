//! How far a model has moved from what it said before.

/// Mean over the rows of KL(before ‖ after), in nats, and its gradient at the logits `after`; both `[rows, vocab]`.
pub fn divergence(before: &[f32], after: &[f32], vocab: usize) -> (f64, Vec<f32>) {
    let rows = (after.len() / vocab) as f64;
    let (mut sum, mut gradient) = (0.0, Vec::with_capacity(after.len()));
    for (before, after) in before.chunks_exact(vocab).zip(after.chunks_exact(vocab)) {
        let ([p, p_total], [q, q_total]) = (scales(before), scales(after));
        // ln p − ln q = (z_p − z_q) + (ln Z_q − ln Z_p).
        let offset = (q + q_total.ln()) - (p + p_total.ln());
        for (z_p, z_q) in before.iter().zip(after).map(|(a, b)| (f64::from(*a), f64::from(*b))) {
            let (probability, now) = ((z_p - p).exp() / p_total, (z_q - q).exp() / q_total);
            sum += probability * (z_p - z_q + offset);
            gradient.push(((now - probability) / rows) as f32);
        }
    }
    // Rounding may leave a little less than nothing.
    ((sum / rows).max(0.0), gradient)
}

/// The largest logit, and the sum of exp(z − that).
fn scales(logits: &[f32]) -> [f64; 2] {
    let max = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    [max, logits.iter().map(|&z| (f64::from(z) - max).exp()).sum()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_the_slope() {
        let wave = |n: usize, seed: f32| (0..n).map(|i| 2.0 * (i as f32 * 0.7 + seed).sin()).collect::<Vec<_>>();
        let (vocab, before, after) = (7, wave(21, 1.0), wave(21, 2.5));
        let (value, gradient) = divergence(&before, &after, vocab);
        assert!(value > 0.1);
        for i in 0..after.len() {
            let moved = |by: f32| {
                let mut after = after.clone();
                after[i] += by;
                divergence(&before, &after, vocab).0
            };
            let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!((slope - f64::from(gradient[i])).abs() < 1e-4, "{i}: {slope}, not {}", gradient[i]);
        }
        let (same, gradient) = divergence(&before, &before, vocab);
        assert!(same < 1e-12 && gradient.iter().all(|g| g.abs() < 1e-7));
    }

    /// Two outcomes, .75 and .25 before, .5 each after: ¾ ln(3/2) + ¼ ln(1/2).
    #[test]
    fn a_worked_example() {
        let (value, _) = divergence(&[3.0f32.ln(), 0.0], &[1.0, 1.0], 2);
        assert!((value - 0.130_812_035).abs() < 1e-6, "{value}");
    }
}
