//! What a row of logits says, and its gradient.

use crate::exp::exp;
use crate::threads;

/// By row of logits `[rows, vocab]`: id of the largest logit (the smallest one of equals), that logit, the second largest,
/// Σ exp(z − max) and Σ (z − max)·exp(z − max) over all entries but the largest, and the logit of the row's id.
pub fn token_statistics(logits: &[f32], ids: &[u32]) -> Vec<f32> {
    let vocab = logits.len() / ids.len();
    let mut out = vec![0.0; 6 * ids.len()];
    threads::by_rows(&mut out, 6, logits.len() * threads::EXP, |rows, out| {
        let logits = logits[rows.start * vocab..].chunks_exact(vocab);
        for ((out, row), id) in out.as_chunks_mut().0.iter_mut().zip(logits).zip(&ids[rows]) {
            *out = statistics(row, *id);
        }
    });
    out
}

/// Of one row.
fn statistics(row: &[f32], id: u32) -> [f32; 6] {
    let (mut best, mut most, mut second) = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (i, &z) in row.iter().enumerate() {
        if z > most {
            (best, second, most) = (i, most, z);
        } else if z > second {
            second = z;
        }
    }
    let (mut rest, mut weighted) = (0.0f64, 0.0f64);
    for (i, &z) in row.iter().enumerate() {
        let shift = z - most;
        // Far below, the exponential is 0, and −∞ times it would not be.
        if i == best || shift < -110.0 {
            continue;
        }
        let e = shift.exp();
        rest += f64::from(e);
        weighted += f64::from(e * shift);
    }
    [best as f32, most, second, rest as f32, weighted as f32, row[id as usize]]
}

/// Below every logit: what stands where a row has fewer entries than are wanted.
const LEAST: f32 = -3e38;

/// By row of logits `[rows, vocab]` its `count` largest, falling, each as id and logit: `[rows, 2·count]`. Of equals the
/// smaller id comes first. For a few: each entry is compared with those found so far.
pub fn top_logits(logits: &[f32], vocab: usize, count: usize) -> Vec<f32> {
    let mut out = vec![0.0; logits.len() / vocab * 2 * count];
    threads::by_rows(&mut out, 2 * count, logits.len(), |rows, out| {
        let logits = logits[rows.start * vocab..].chunks_exact(vocab);
        for (out, row) in out.chunks_exact_mut((2 * count).max(1)).zip(logits) {
            let mut top = vec![(vocab, LEAST); count];
            for (id, &z) in row.iter().enumerate() {
                // Nearly always this is the only comparison.
                if top.last().is_some_and(|last| z > last.1) {
                    let at = top.iter().take_while(|other| other.1 >= z).count();
                    top[at..].rotate_right(1);
                    top[at] = (id, z);
                }
            }
            for (out, (id, z)) in out.as_chunks_mut().0.iter_mut().zip(top) {
                *out = [id as f32, z];
            }
        }
    });
    out
}

/// `factor·exp(z − max)`, and the given value at one id: logits `[rows, vocab]`, at `[rows, 4]` (max, factor, id, value).
pub fn logit_gradient(logits: &[f32], at: &[f32]) -> Vec<f32> {
    let vocab = logits.len() / (at.len() / 4);
    let mut out = vec![0.0; logits.len()];
    threads::by_rows(&mut out, vocab, logits.len() * threads::EXP, |rows, out| {
        let given = logits[rows.start * vocab..].chunks_exact(vocab).zip(&at.as_chunks::<4>().0[rows]);
        for (out, (row, at)) in out.chunks_exact_mut(vocab).zip(given) {
            let [most, factor, id, value] = *at;
            for (out, z) in out.iter_mut().zip(row) {
                *out = exp(z - most) * factor;
            }
            out[id as usize] = value;
        }
    });
    out
}
