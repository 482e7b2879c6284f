//! Gated short convolutions, forward and backward.

use super::check::{COLS, Checks, TOKENS};
use super::launch::{empty, groups, launch, shader};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::samples::wave;

/// Of each position B, C and x `[tokens, 3 · width]`, behind those of which u = B·x is `past` `[before, width]`, taps − 1 of
/// them or more: y = C·Σ kernel·u `[tokens, width]`, and the last `kept` rows of past and u together; kernel `[taps, width]`
/// has the position's own factor last.
pub fn short_convolution(bcx: Tensor<2>, past: Tensor<2>, kernel: Tensor<2>, kept: usize) -> (Tensor<2>, Tensor<2>) {
    let ([tokens, _], [before, width], [taps, _]) = (bcx.dims(), past.dims(), kernel.dims());
    match on([bcx, past, kernel].map(Tensor::into_dispatch)) {
        On::Gpu([bcx, past, kernel]) => {
            let (y, last) = (empty(&bcx, [tokens, width]), empty(&bcx, [kept, width]));
            let info = [tokens, width, taps, before, kept].map(|n| n as u32);
            let groups = [groups(width), tokens + kept, 1];
            launch(shader!("short_convolution"), &[&bcx, &past, &kernel, &y, &last], &info, groups);
            (from_gpu(y), from_gpu(last))
        }
        On::Cpu([bcx, past, kernel]) => {
            let (y, last) = cpu::short_convolution(values(&bcx), values(&past), values(&kernel), width, kept);
            (from_cpu(y, [tokens, width]), from_cpu(last, [kept, width]))
        }
    }
}

/// Gradient of [`short_convolution`] with respect to B, C and x, from that of y: d `[tokens, width]` → `[tokens, 3 · width]`.
pub fn short_convolution_backward(bcx: Tensor<2>, past: Tensor<2>, kernel: Tensor<2>, d: Tensor<2>) -> Tensor<2> {
    let ([tokens, columns], [before, width], [taps, _]) = (bcx.dims(), past.dims(), kernel.dims());
    match on([bcx, past, kernel, d].map(Tensor::into_dispatch)) {
        On::Gpu([bcx, past, kernel, d]) => {
            let d_bcx = empty(&bcx, [tokens, columns]);
            let info = [tokens, width, taps, before].map(|n| n as u32);
            let buffers = [&bcx, &past, &kernel, &d, &d_bcx];
            launch(shader!("short_convolution_backward"), &buffers, &info, [groups(width), tokens, 1]);
            from_gpu(d_bcx)
        }
        On::Cpu([bcx, past, kernel, d]) => {
            let given = [&bcx, &past, &kernel, &d].map(values);
            let d_bcx = cpu::short_convolution_backward(given[0], given[1], given[2], given[3], width);
            from_cpu(d_bcx, [tokens, columns])
        }
    }
}

/// For the self-test.
pub(super) fn check(checks: &mut Checks<'_>) {
    let (taps, before, kept) = (3, 4, 6);
    let (bcx, past) = (wave(TOKENS * 3 * COLS, 1), wave(before * COLS, 2));
    let (kernel, d) = (wave(taps * COLS, 3), wave(TOKENS * COLS, 4));
    let given = || {
        let (past, kernel) = (checks.tensor(&past, [before, COLS]), checks.tensor(&kernel, [taps, COLS]));
        (checks.tensor(&bcx, [TOKENS, 3 * COLS]), past, kernel)
    };
    let (bcx_gpu, past_gpu, kernel_gpu) = given();
    let (y, last) = short_convolution(bcx_gpu.clone(), past_gpu.clone(), kernel_gpu.clone(), kept);
    let d_bcx = short_convolution_backward(bcx_gpu, past_gpu, kernel_gpu, checks.tensor(&d, [TOKENS, COLS]));
    let want = cpu::short_convolution(&bcx, &past, &kernel, COLS, kept);
    checks.add("short_convolution", y, want.0);
    checks.add("short_convolution", last, want.1);
    let want = cpu::short_convolution_backward(&bcx, &past, &kernel, &d, COLS);
    checks.add("short_convolution_backward", d_bcx, want);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::reading::read;
    use super::super::tests::{compare, devices, inner, matrix, slopes, wide};
    use super::*;

    /// Position by position, from the formula: u of all positions, and y.
    fn plain(bcx: &[f64], past: &[f64], kernel: &[f64], width: usize) -> (Vec<f64>, Vec<f64>) {
        let (before, tokens, taps) = (past.len() / width, bcx.len() / width / 3, kernel.len() / width);
        let part = |t: usize, part: usize, c: usize| bcx[(3 * t + part) * width + c];
        let mut u = past.to_vec();
        u.extend((0..tokens * width).map(|i| part(i / width, 0, i % width) * part(i / width, 2, i % width)));
        let sum = |t: usize, c: usize| -> f64 {
            (0..taps).map(|back| kernel[(taps - 1 - back) * width + c] * u[(before + t - back) * width + c]).sum()
        };
        let y = (0..tokens * width).map(|i| part(i / width, 1, i % width) * sum(i / width, i % width)).collect();
        (u, y)
    }

    #[test]
    fn convolutions_and_their_gradients() {
        for device in devices() {
            for (tokens, width, taps, before) in
                [(1, 1, 2, 1), (1, 67, 3, 2), (2, 37, 7, 6), (5, 65, 3, 9), (9, 130, 7, 8)]
            {
                let what =
                    |of: &str| format!("{of} {tokens}×{width}, {taps} taps, {before} before on {}", device.name());
                let (bcx, past) = (wave(tokens * 3 * width, 1), wave(before * width, 2));
                let (kernel, d) = (wave(taps * width, 3), wave(tokens * width, 4));
                let given = || {
                    (matrix(&bcx, 3 * width, &device), matrix(&past, width, &device), matrix(&kernel, width, &device))
                };
                let (u, want) = plain(&wide(&bcx), &wide(&past), &wide(&kernel), width);
                for kept in [1, before, before + tokens] {
                    let (bcx, past, kernel) = given();
                    let (y, last) = short_convolution(bcx, past, kernel, kept);
                    compare(&what("short_convolution"), y, &want);
                    compare(&what("last inputs"), last, &u[u.len() - kept * width..]);
                }
                let loss = |bcx: &[f64]| inner(&plain(bcx, &wide(&past), &wide(&kernel), width).1, &wide(&d));
                let (bcx_on, past_on, kernel_on) = given();
                let got = short_convolution_backward(bcx_on, past_on, kernel_on, matrix(&d, width, &device));
                compare(&what("short_convolution_backward"), got, &slopes(&wide(&bcx), loss));
            }
        }
    }

    /// One pass, several, and token by token are the same.
    #[test]
    fn the_inputs_that_are_kept_are_all_that_counts() {
        let (tokens, width, taps) = (7, 37, 3);
        let (bcx, kernel) = (wave(tokens * 3 * width, 1), wave(taps * width, 2));
        for device in devices() {
            let run = |cuts: &[usize]| {
                let (mut past, mut all, mut first) =
                    (matrix(&vec![0.0; (taps - 1) * width], width, &device), Vec::new(), 0);
                for &count in cuts {
                    let rows = matrix(&bcx[first * 3 * width..][..count * 3 * width], 3 * width, &device);
                    let (y, last) = short_convolution(rows, past, matrix(&kernel, width, &device), taps - 1);
                    all.extend(pollster::block_on(read(y)).unwrap());
                    (past, first) = (last, first + count);
                }
                all
            };
            let whole = run(&[tokens]);
            for cuts in [[1; 7].as_slice(), &[4, 1, 2]] {
                let same = whole.iter().zip(run(cuts)).all(|(a, b)| (a - b).abs() <= 1e-6);
                assert!(same, "{cuts:?} on {}", device.name());
            }
        }
    }
}
