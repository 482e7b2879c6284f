//! Numbers left out by chance.

use super::check::{COLS, Checks, ROWS};
use super::launch::{empty, groups, launch, shader, spread};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// See [`cpu::dropout`]; the gradient of its input is the dropout of that of its result, with the same seed.
pub fn dropout(x: Tensor<2>, seed: u32, rate: f32) -> Tensor<2> {
    let shape = x.dims();
    match on([x.into_dispatch()]) {
        On::Gpu([x]) => {
            let (out, n) = (empty(&x, shape), shape[0] * shape[1]);
            let ([gx, gy], (from, factor)) = (spread(groups(n)), cpu::kept(rate));
            launch(shader!("dropout"), &[&x, &out], &[n as u32, seed, from, factor.to_bits()], [gx, gy, 1]);
            from_gpu(out)
        }
        On::Cpu([x]) => from_cpu(cpu::dropout(values(&x), seed, rate), shape),
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    let x = wave(ROWS * COLS, 1);
    let got = dropout(checks.tensor(&x, [ROWS, COLS]), 3, 0.3);
    checks.add("dropout", got, cpu::dropout(&x, 3, 0.3));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::reading::read;
    use super::super::tests::{SIZES, devices, matrix};
    use super::*;

    #[test]
    fn every_device_leaves_out_the_same() {
        for device in devices() {
            for (rows, _, cols) in SIZES {
                let x = wave(rows * cols, 1);
                for seed in [0, 1, u32::MAX] {
                    let got = pollster::block_on(read(dropout(matrix(&x, cols, &device), seed, 0.4))).unwrap();
                    assert_eq!(got, cpu::dropout(&x, seed, 0.4), "{rows}×{cols} on {}", device.name());
                }
            }
        }
    }
}
