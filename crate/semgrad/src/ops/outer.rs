//! Products summed over tokens.

use super::check::{COLS, Checks, ROWS, TOKENS};
use super::launch::{empty, groups, launch, shader};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// sum + aᵀ·b, the gradient of a weight: a `[tokens, rows]`, b `[tokens, cols]`, sum `[rows, cols]` → the same. Rows are
/// few; the other way round it is slower.
pub fn outer(sum: Tensor<2>, a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    let ([rows, cols], tokens) = (sum.dims(), a.dims()[0]);
    match on([sum, a, b].map(Tensor::into_dispatch)) {
        On::Gpu([sum, a, b]) => {
            let out = empty(&sum, [rows, cols]);
            let info = [tokens, rows, cols].map(|n| n as u32);
            launch(shader!("outer"), &[&sum, &a, &b, &out], &info, [groups(cols), rows, 1]);
            from_gpu(out)
        }
        On::Cpu([sum, a, b]) => from_cpu(cpu::outer(values(&sum), values(&a), values(&b), rows, cols), [rows, cols]),
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    let (sum, a, b) = (wave(ROWS * COLS, 1), wave(TOKENS * ROWS, 2), wave(TOKENS * COLS, 3));
    let tensors = [(&sum, [ROWS, COLS]), (&a, [TOKENS, ROWS]), (&b, [TOKENS, COLS])];
    let [sum_gpu, a_gpu, b_gpu] = tensors.map(|(values, shape)| checks.tensor(values, shape));
    checks.add("outer", outer(sum_gpu, a_gpu, b_gpu), cpu::outer(&sum, &a, &b, ROWS, COLS));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{SIZES, compare, devices, matrix, product};
    use super::*;

    #[test]
    fn products_over_tokens_equal_plain_sums() {
        for device in devices() {
            for (tokens, rows, cols) in SIZES {
                let (sum, a, b) = (wave(rows * cols, 1), wave(tokens * rows, 2), wave(tokens * cols, 3));
                let mut want = product(rows, tokens, cols, |r, t| a[t * rows + r], |t, c| b[t * cols + c]);
                want.iter_mut().zip(&sum).for_each(|(want, sum)| *want += f64::from(*sum));
                let [sum, b] = [&sum, &b].map(|values| matrix(values, cols, &device));
                let got = outer(sum, matrix(&a, rows, &device), b);
                compare(&format!("outer {tokens}×{rows}×{cols} on {}", device.name()), got, &want);
            }
        }
    }
}
