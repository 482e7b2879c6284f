//! Gates: of the feed-forward layer, and of what attention gives; forward and backward.

use super::check::{Checks, ROWS, TOKENS};
use super::launch::{Shader, empty, file, groups, launch, shader, spread};
use super::on::{On, from_cpu, from_gpu, on, values};
use burn::tensor::Tensor;
use semgrad_kernels as cpu;
use semgrad_kernels::Activation;
use semgrad_kernels::samples::wave;

/// `activation(gate)·up`, all `[tokens, width]`.
pub fn glu(gate: Tensor<2>, up: Tensor<2>, kind: Activation) -> Tensor<2> {
    let shape = gate.dims();
    match on([gate, up].map(Tensor::into_dispatch)) {
        On::Gpu([gate, up]) => {
            let (y, n) = (empty(&gate, shape), shape[0] * shape[1]);
            let [gx, gy] = spread(groups(n));
            launch(of(shader!("glu"), kind), &[&gate, &up, &y], &[n as u32], [gx, gy, 1]);
            from_gpu(y)
        }
        On::Cpu([gate, up]) => from_cpu(cpu::glu(values(&gate), values(&up), kind), shape),
    }
}

/// A shader with this activation.
fn of(shader: Shader, kind: Activation) -> Shader {
    let activation = match kind {
        Activation::Silu => file!("activation/silu"),
        Activation::GeluTanh => file!("activation/gelu_tanh"),
        Activation::Gelu => file!("activation/gelu"),
        Activation::Sigmoid => file!("activation/sigmoid"),
    };
    // No placeholder of the text: it tells apart what is compiled.
    shader.with(&[activation]).set("activation", kind as u32)
}

/// Gradients of [`glu`] with respect to gate and up, from that of its result; all `[tokens, width]`.
pub fn glu_backward(gate: Tensor<2>, up: Tensor<2>, d: Tensor<2>, kind: Activation) -> (Tensor<2>, Tensor<2>) {
    let shape = gate.dims();
    match on([gate, up, d].map(Tensor::into_dispatch)) {
        On::Gpu([gate, up, d]) => {
            let (d_gate, d_up) = (empty(&gate, shape), empty(&gate, shape));
            let n = shape[0] * shape[1];
            let [gx, gy] = spread(groups(n));
            launch(of(shader!("glu_backward"), kind), &[&gate, &up, &d, &d_gate, &d_up], &[n as u32], [gx, gy, 1]);
            (from_gpu(d_gate), from_gpu(d_up))
        }
        On::Cpu([gate, up, d]) => {
            let (d_gate, d_up) = cpu::glu_backward(values(&gate), values(&up), values(&d), kind);
            (from_cpu(d_gate, shape), from_cpu(d_up, shape))
        }
    }
}

/// For the self-test: the gates of feed-forward layers.
pub(super) fn check(checks: &mut Checks<'_>) {
    check_width(checks, &[Activation::Silu, Activation::GeluTanh], ROWS);
}

/// Those of attention.
pub(super) fn check_sigmoid(checks: &mut Checks<'_>) {
    check_width(checks, &[Activation::Sigmoid], ROWS);
}

/// Rows of this width.
pub(super) fn check_width(checks: &mut Checks<'_>, kinds: &[Activation], width: usize) {
    let [gate, up, d] = [1, 2, 3].map(|seed| wave(TOKENS * width, seed));
    let [gate_gpu, up_gpu, d_gpu] = [&gate, &up, &d].map(|values| checks.tensor(values, [TOKENS, width]));
    for &kind in kinds {
        let y = glu(gate_gpu.clone(), up_gpu.clone(), kind);
        checks.add("glu", y, cpu::glu(&gate, &up, kind));
        let got = glu_backward(gate_gpu.clone(), up_gpu.clone(), d_gpu.clone(), kind);
        let want = cpu::glu_backward(&gate, &up, &d, kind);
        checks.add("glu_backward", got.0, want.0);
        checks.add("glu_backward", got.1, want.1);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::tests::{compare, devices, erf, inner, matrix, slopes, wide};
    use super::*;

    #[test]
    fn gates_and_their_gradients() {
        for device in devices() {
            for kind in [Activation::Silu, Activation::GeluTanh, Activation::Gelu, Activation::Sigmoid] {
                for (rows, width) in [(1, 1), (3, 67), (5, 130)] {
                    let what = |kernel: &str| format!("{kernel} {kind:?} {rows}×{width} on {}", device.name());
                    let gate: Vec<f32> = wave(rows * width, 1).into_iter().map(|v| 12.0 * v).collect();
                    let (up, d) = (wave(rows * width, 2), wave(rows * width, 3));
                    let activation = move |x: f64| match kind {
                        Activation::Silu => x / (1.0 + (-x).exp()),
                        Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
                        Activation::GeluTanh => {
                            0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
                        }
                        Activation::Gelu => 0.5 * x * (1.0 + erf(x * std::f64::consts::FRAC_1_SQRT_2)),
                    };
                    let value = |gate: &[f64], up: &[f64]| -> Vec<f64> {
                        gate.iter().zip(up).map(|(&g, u)| activation(g) * u).collect()
                    };
                    let tensor = |v: &[f32]| matrix(v, width, &device);
                    compare(&what("glu"), glu(tensor(&gate), tensor(&up), kind), &value(&wide(&gate), &wide(&up)));
                    let (d_gate, d_up) = glu_backward(tensor(&gate), tensor(&up), tensor(&d), kind);
                    let want = slopes(&wide(&gate), |gate| inner(&value(gate, &wide(&up)), &wide(&d)));
                    compare(&what("glu_backward gate"), d_gate, &want);
                    let want = slopes(&wide(&up), |up| inner(&value(&wide(&gate), up), &wide(&d)));
                    compare(&what("glu_backward up"), d_up, &want);
                }
            }
        }
    }
}
