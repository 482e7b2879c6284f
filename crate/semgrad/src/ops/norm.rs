//! RMS normalization, forward and backward.

use super::check::{Checks, ROWS, TOKENS};
use super::launch::{empty, launch, shader};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// RMS normalization of every row with a learned scale: x `[rows, width]`, weight `[width]` → `[rows, width]`.
pub fn rms_norm(x: Tensor<2>, weight: Tensor<1>, eps: f32) -> Tensor<2> {
    let [rows, width] = x.dims();
    match on([x.into_dispatch(), weight.into_dispatch()]) {
        On::Gpu([x, weight]) => {
            let y = empty(&x, [rows, width]);
            let info = [width as u32, eps.to_bits()];
            launch(shader!("rms_norm").joining(1), &[&x, &weight, &y], &info, [rows, 1, 1]);
            from_gpu(y)
        }
        On::Cpu([x, weight]) => from_cpu(cpu::rms_norm(values(&x), values(&weight), eps), [rows, width]),
    }
}

/// x + delta and its [`rms_norm`], both `[rows, width]`.
pub fn rms_norm_residual(x: Tensor<2>, delta: Tensor<2>, weight: Tensor<1>, eps: f32) -> (Tensor<2>, Tensor<2>) {
    let [rows, width] = x.dims();
    match on([x.into_dispatch(), delta.into_dispatch(), weight.into_dispatch()]) {
        On::Gpu([x, delta, weight]) => {
            let (sum, y) = (empty(&x, [rows, width]), empty(&x, [rows, width]));
            let buffers = [&x, &delta, &weight, &sum, &y];
            let info = [width as u32, eps.to_bits()];
            launch(shader!("rms_norm_residual").joining(1), &buffers, &info, [rows, 1, 1]);
            (from_gpu(sum), from_gpu(y))
        }
        On::Cpu([x, delta, weight]) => {
            let (sum, y) = cpu::rms_norm_residual(values(&x), values(&delta), values(&weight), eps);
            (from_cpu(sum, [rows, width]), from_cpu(y, [rows, width]))
        }
    }
}

/// Gradient of [`rms_norm`] with respect to x: dy `[rows, width]` → `[rows, width]`.
pub fn rms_norm_backward(x: Tensor<2>, weight: Tensor<1>, dy: Tensor<2>, eps: f32) -> Tensor<2> {
    let [rows, width] = x.dims();
    match on([x.into_dispatch(), weight.into_dispatch(), dy.into_dispatch()]) {
        On::Gpu([x, weight, dy]) => {
            let dx = empty(&x, [rows, width]);
            let info = [width as u32, eps.to_bits()];
            launch(shader!("rms_norm_backward").joining(2), &[&x, &weight, &dy, &dx], &info, [rows, 1, 1]);
            from_gpu(dx)
        }
        On::Cpu([x, weight, dy]) => {
            from_cpu(cpu::rms_norm_backward(values(&x), values(&weight), values(&dy), eps), [rows, width])
        }
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    check_width(checks, ROWS);
}

/// Rows of this width.
pub(super) fn check_width(checks: &mut Checks<'_>, width: usize) {
    let [x, delta, dy] = [1, 2, 3].map(|seed| wave(TOKENS * width, seed));
    let [x_gpu, delta_gpu, dy_gpu] = [&x, &delta, &dy].map(|values| checks.tensor(values, [TOKENS, width]));
    let (w, eps) = (wave(width, 4), 1e-5);
    let w_gpu = checks.tensor(&w, [width]);
    let y = rms_norm(x_gpu.clone(), w_gpu.clone(), eps);
    checks.add("rms_norm", y, cpu::rms_norm(&x, &w, eps));
    let (sum, y) = rms_norm_residual(x_gpu.clone(), delta_gpu, w_gpu.clone(), eps);
    let want = cpu::rms_norm_residual(&x, &delta, &w, eps);
    checks.add("rms_norm_residual", sum, want.0);
    checks.add("rms_norm_residual", y, want.1);
    let dx = rms_norm_backward(x_gpu, w_gpu, dy_gpu, eps);
    checks.add("rms_norm_backward", dx, cpu::rms_norm_backward(&x, &w, &dy, eps));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::arrange::reshape;
    use super::super::tests::{compare, devices, inner, matrix, slopes, wide, with_either_kind};
    use super::*;

    fn normalized(x: &[f64], weight: &[f64], eps: f64) -> Vec<f64> {
        let rows = x.chunks(weight.len());
        rows.flat_map(|row| {
            let r = (inner(row, row) / row.len() as f64 + eps).sqrt().recip();
            row.iter().zip(weight).map(move |(x, w)| x * r * w)
        })
        .collect()
    }

    #[test]
    fn norms_and_their_gradients() {
        for device in devices() {
            with_either_kind(|| {
                for (rows, width) in [(1, 3), (3, 37), (2, 64), (5, 130)] {
                    let what = |kernel: &str| format!("{kernel} {rows}×{width} on {}", device.name());
                    let (x, delta, dy, w) =
                        (wave(rows * width, 1), wave(rows * width, 2), wave(rows * width, 3), wave(width, 4));
                    let tensor = |v: &[f32]| matrix(v, width, &device);
                    let weight = || reshape(tensor(&w), [width]);
                    let eps = 1e-3;
                    let want = normalized(&wide(&x), &wide(&w), f64::from(eps));
                    compare(&what("rms_norm"), rms_norm(tensor(&x), weight(), eps), &want);

                    let sum: Vec<f64> = wide(&x).iter().zip(wide(&delta)).map(|(a, b)| a + b).collect();
                    let (got_sum, got) = rms_norm_residual(tensor(&x), tensor(&delta), weight(), eps);
                    compare(&what("residual"), got_sum, &sum);
                    compare(&what("rms_norm_residual"), got, &normalized(&sum, &wide(&w), f64::from(eps)));

                    let loss = |x: &[f64]| inner(&normalized(x, &wide(&w), f64::from(eps)), &wide(&dy));
                    let got = rms_norm_backward(tensor(&x), weight(), tensor(&dy), eps);
                    compare(&what("rms_norm_backward"), got, &slopes(&wide(&x), loss));
                }
            });
        }
    }
}
