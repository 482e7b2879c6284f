//! What an encoder's block does between its products: layer norm of a sum, and GELU.

use super::check::{Checks, ROWS, TOKENS};
use super::glu::glu;
use super::launch::{empty, file, groups, launch, shader, spread};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::Activation;
use semgrad_kernels::samples::wave;

/// Layer normalization of every row of x + delta + bias: x and delta `[rows, width]`, parameters bias, scale and shift
/// `[3, width]` → `[rows, width]`.
pub fn layer_norm(x: Tensor<2>, delta: Tensor<2>, parameters: Tensor<2>, eps: f32) -> Tensor<2> {
    let [rows, width] = x.dims();
    match on([x, delta, parameters].map(Tensor::into_dispatch)) {
        On::Gpu([x, delta, parameters]) => {
            let y = empty(&x, [rows, width]);
            let info = [width as u32, eps.to_bits()];
            launch(shader!("layer_norm").joining(1), &[&x, &delta, &parameters, &y], &info, [rows, 1, 1]);
            from_gpu(y)
        }
        On::Cpu([x, delta, parameters]) => {
            from_cpu(cpu::layer_norm(values(&x), values(&delta), values(&parameters), eps), [rows, width])
        }
    }
}

/// Exact GELU of x + bias: x `[rows, width]`, bias `[width]` → `[rows, width]`.
pub fn gelu(x: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    let [rows, width] = x.dims();
    match on([x.into_dispatch(), bias.into_dispatch()]) {
        On::Gpu([x, bias]) => {
            let (y, n) = (empty(&x, [rows, width]), rows * width);
            let [gx, gy] = spread(groups(n));
            launch(
                shader!("gelu").with(&[file!("activation/gelu")]),
                &[&x, &bias, &y],
                &[n as u32, width as u32],
                [gx, gy, 1],
            );
            from_gpu(y)
        }
        On::Cpu([x, bias]) => from_cpu(cpu::gelu(values(&x), values(&bias)), [rows, width]),
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    let [x, delta] = [1, 2].map(|seed| wave(TOKENS * ROWS, seed));
    let (parameters, bias) = (wave(3 * ROWS, 3), wave(ROWS, 4));
    let [x_gpu, delta_gpu] = [&x, &delta].map(|values| checks.tensor(values, [TOKENS, ROWS]));
    let y = layer_norm(x_gpu.clone(), delta_gpu, checks.tensor(&parameters, [3, ROWS]), 1e-5);
    checks.add("layer_norm", y, cpu::layer_norm(&x, &delta, &parameters, 1e-5));
    checks.add("gelu", gelu(x_gpu.clone(), checks.tensor(&bias, [ROWS])), cpu::gelu(&x, &bias));
    let y = glu(x_gpu, checks.tensor(&delta, [TOKENS, ROWS]), Activation::Gelu);
    checks.add("glu", y, cpu::glu(&x, &delta, Activation::Gelu));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::arrange::reshape;
    use super::super::reading::read;
    use super::super::tests::{compare, devices, erf, matrix, with_either_kind};
    use super::*;
    use crate::device::Device;

    fn vector(values: &[f32], device: &Device) -> Tensor<1> {
        reshape(matrix(values, values.len(), device), [values.len()])
    }

    #[test]
    fn layer_norms() {
        for device in devices() {
            with_either_kind(|| {
                for (rows, width) in [(1, 1), (3, 37), (2, 64), (5, 130)] {
                    let (x, delta, parameters) = (wave(rows * width, 1), wave(rows * width, 2), wave(3 * width, 3));
                    let eps = 1e-3;
                    let mut want = Vec::new();
                    for (x, delta) in x.chunks(width).zip(delta.chunks(width)) {
                        let s: Vec<f64> = (0..width)
                            .map(|c| f64::from(x[c]) + f64::from(delta[c]) + f64::from(parameters[c]))
                            .collect();
                        let mean = s.iter().sum::<f64>() / width as f64;
                        let variance = s.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / width as f64;
                        let r = 1.0 / (variance + f64::from(eps)).sqrt();
                        let (scale, shift) = (&parameters[width..2 * width], &parameters[2 * width..]);
                        want.extend((0..width).map(|c| (s[c] - mean) * r * f64::from(scale[c]) + f64::from(shift[c])));
                    }
                    let tensor = |v: &[f32]| matrix(v, width, &device);
                    let got = layer_norm(tensor(&x), tensor(&delta), tensor(&parameters), eps);
                    compare(&format!("layer_norm {rows}×{width} on {}", device.name()), got, &want);
                }
            });
        }
    }

    #[test]
    fn gelu_is_exact_everywhere() {
        assert!(
            (erf(1.0) - 0.842_700_792_949_714_9).abs() < 1e-15 && (erf(3.5) - 0.999_999_256_901_627_7).abs() < 1e-14
        );
        for device in devices() {
            for (rows, width) in [(1, 1), (3, 67), (29, 130)] {
                let x: Vec<f32> = (0..rows * width).map(|i| i as f32 / (rows * width) as f32 * 24.0 - 12.0).collect();
                let bias = wave(width, 1);
                let got = gelu(matrix(&x, width, &device), vector(&bias, &device));
                let got = pollster::block_on(read(got)).unwrap();
                for (i, got) in got.iter().enumerate() {
                    let z = f64::from(x[i] + bias[i % width]);
                    let want = 0.5 * z * (1.0 + erf(z * std::f64::consts::FRAC_1_SQRT_2));
                    assert!(
                        (f64::from(*got) - want).abs() <= 4e-7 * z.abs().max(1.0),
                        "GELU({z}) is {got}, not {want}"
                    );
                }
            }
        }
    }
}
