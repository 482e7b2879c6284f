//! L1 norms of gradients.

use super::check::{COLS, Checks, ROWS, TOKENS};
use super::launch::{empty, groups, launch, shader};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// L1 norm of every row: `[rows, cols]` → `[rows]`.
pub fn gradient_norm(g: Tensor<2>) -> Tensor<1> {
    let [rows, cols] = g.dims();
    match on([g.into_dispatch()]) {
        On::Gpu([g]) => {
            let out = empty(&g, [rows]);
            launch(shader!("gradient_norm").joining(1), &[&g, &out], &[rows as u32, cols as u32], [rows, 1, 1]);
            from_gpu(out)
        }
        On::Cpu([g]) => from_cpu(cpu::gradient_norm(values(&g), cols), [rows]),
    }
}

/// L1 norms of the rows of aᵀ·h, which is not stored: a `[tokens, vocab]`, h `[tokens, cols]` → `[vocab]`.
pub fn head_gradient_norm(a: Tensor<2>, h: Tensor<2>) -> Tensor<1> {
    let ([tokens, vocab], cols) = (a.dims(), h.dims()[1]);
    match on([a, h].map(Tensor::into_dispatch)) {
        On::Gpu([a, h]) => {
            let out = empty(&a, [vocab]);
            let info = [tokens, vocab, cols].map(|n| n as u32);
            launch(shader!("head_gradient_norm"), &[&a, &h, &out], &info, [groups(vocab), 1, 1]);
            from_gpu(out)
        }
        On::Cpu([a, h]) => from_cpu(cpu::head_gradient_norm(values(&a), values(&h), vocab, cols), [vocab]),
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    check_head(checks, ROWS, COLS);
}

/// A head of so many rows and columns.
pub(super) fn check_head(checks: &mut Checks<'_>, rows: usize, cols: usize) {
    let (h, a) = (wave(TOKENS * cols, 2), wave(TOKENS * rows, 3));
    let (h_gpu, a_gpu) = (checks.tensor(&h, [TOKENS, cols]), checks.tensor(&a, [TOKENS, rows]));
    checks.add("gradient_norm", gradient_norm(h_gpu.clone()), cpu::gradient_norm(&h, cols));
    let norms = head_gradient_norm(a_gpu, h_gpu);
    checks.add("head_gradient_norm", norms, cpu::head_gradient_norm(&a, &h, rows, cols));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{SIZES, compare, devices, matrix, product, with_either_kind};
    use super::*;

    #[test]
    fn norms_equal_plain_sums() {
        for device in devices() {
            with_either_kind(|| {
                for (tokens, rows, cols) in SIZES {
                    let what = |kernel: &str| format!("{kernel} {tokens}×{rows}×{cols} on {}", device.name());
                    let (x, dy) = (wave(tokens * cols, 1), wave(tokens * rows, 3));
                    let norms: Vec<f64> = x.chunks(cols).map(|r| r.iter().map(|v| f64::from(v.abs())).sum()).collect();
                    compare(&what("gradient_norm"), gradient_norm(matrix(&x, cols, &device)), &norms);

                    let outer = product(rows, tokens, cols, |r, t| dy[t * rows + r], |t, c| x[t * cols + c]);
                    let norms: Vec<f64> = outer.chunks(cols).map(|r| r.iter().map(|v| v.abs()).sum()).collect();
                    let got = head_gradient_norm(matrix(&dy, rows, &device), matrix(&x, cols, &device));
                    compare(&what("head_gradient_norm"), got, &norms);
                }
            });
        }
    }
}
