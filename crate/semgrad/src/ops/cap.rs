//! Soft caps: numbers bent towards a bound, forward and backward.

use super::check::{Checks, ROWS, TOKENS};
use super::launch::{empty, groups, launch, shader, spread};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// cap·tanh(x/cap).
pub fn soft_cap(x: Tensor<2>, cap: f32) -> Tensor<2> {
    let shape = x.dims();
    match on([x.into_dispatch()]) {
        On::Gpu([x]) => {
            let (y, n) = (empty(&x, shape), shape[0] * shape[1]);
            let [gx, gy] = spread(groups(n));
            launch(shader!("soft_cap"), &[&x, &y], &[n as u32, cap.to_bits()], [gx, gy, 1]);
            from_gpu(y)
        }
        On::Cpu([x]) => from_cpu(cpu::soft_cap(values(&x), cap), shape),
    }
}

/// Gradient of [`soft_cap`] from its result y and the gradient d there; all of one shape.
pub fn soft_cap_backward(y: Tensor<2>, d: Tensor<2>, cap: f32) -> Tensor<2> {
    let shape = y.dims();
    match on([y, d].map(Tensor::into_dispatch)) {
        On::Gpu([y, d]) => {
            let (d_x, n) = (empty(&y, shape), shape[0] * shape[1]);
            let [gx, gy] = spread(groups(n));
            launch(shader!("soft_cap_backward"), &[&y, &d, &d_x], &[n as u32, cap.to_bits()], [gx, gy, 1]);
            from_gpu(d_x)
        }
        On::Cpu([y, d]) => from_cpu(cpu::soft_cap_backward(values(&y), values(&d), cap), shape),
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    let [x, d] = [1, 2].map(|seed| wave(TOKENS * ROWS, seed));
    let [x_gpu, d_gpu] = [&x, &d].map(|values| checks.tensor(values, [TOKENS, ROWS]));
    let y = soft_cap(x_gpu, 0.7);
    let want = cpu::soft_cap(&x, 0.7);
    let slopes = cpu::soft_cap_backward(&want, &d, 0.7);
    checks.add("soft_cap", y.clone(), want);
    checks.add("soft_cap_backward", soft_cap_backward(y, d_gpu, 0.7), slopes);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::reading::read;
    use super::super::tests::{compare, devices, inner, matrix, slopes, wide};
    use super::*;

    #[test]
    fn caps_and_their_gradients() {
        for device in devices() {
            for (rows, width, cap) in [(1, 1, 2.0), (3, 67, 0.5), (5, 130, 30.0)] {
                let what = |kernel: &str| format!("{kernel} {rows}×{width} at {cap} on {}", device.name());
                let x: Vec<f32> = wave(rows * width, 1).into_iter().map(|v| 1.5 * cap * v).collect();
                let d = wave(rows * width, 2);
                let bent = |x: &[f64]| -> Vec<f64> {
                    x.iter().map(|x| f64::from(cap) * (x / f64::from(cap)).tanh()).collect()
                };
                let y = soft_cap(matrix(&x, width, &device), cap);
                compare(&what("soft_cap"), y.clone(), &bent(&wide(&x)));
                let got = soft_cap_backward(y, matrix(&d, width, &device), cap);
                compare(&what("soft_cap_backward"), got, &slopes(&wide(&x), |x| inner(&bent(x), &wide(&d))));
            }
        }
    }

    #[test]
    fn what_is_far_beyond_the_cap_is_the_cap() {
        for device in devices() {
            let y = soft_cap(matrix(&[1e6, -1e6, 200.0, 0.0], 4, &device), 2.0);
            assert_eq!(pollster::block_on(read(y)).unwrap(), [2.0, -2.0, 2.0, 0.0], "{}", device.name());
        }
    }
}
