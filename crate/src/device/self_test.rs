//! Every kernel once on the GPU against its CPU twin: some browser and driver pairs compute wrong numbers silently.

use super::Device;
use crate::error::{Code, Error, Result};
use crate::kernels::{self, Layout, cpu};
use crate::weights::format::Format;
use burn::tensor::{Tensor, TensorData};

/// Largest accepted difference relative to the largest value.
const TOLERANCE: f32 = 1e-4;
// Odd sizes: one over a tile, a prime, and not a multiple of the vector width.
const TOKENS: usize = 5;
const ROWS: usize = 67;
const COLS: usize = 37;

/// Compares each kernel on `device` with the CPU.
///
/// # Errors
/// `self_test_failed` names the first kernel that differs; `device_lost` when nothing comes back.
pub async fn run(device: &Device) -> Result<()> {
    let w = wave(ROWS * COLS, 1);
    let x = wave(TOKENS * COLS, 2);
    let dy = wave(TOKENS * ROWS, 3);
    let bytes: &[u8] = bytemuck::cast_slice(&w);
    let layout = Layout { format: Format::F32, rows: ROWS, cols: COLS };
    let weight = device.buffer(bytes.to_vec());
    let tensor = |values: &[f32], cols: usize| -> Tensor<2> {
        Tensor::from_data(TensorData::new(values.to_vec(), [values.len() / cols, cols]), &device.burn)
    };

    let y = kernels::linear(tensor(&x, COLS), weight.clone(), layout);
    check("linear", y.reshape([-1]), &cpu::linear(&x, bytes, Format::F32, ROWS, COLS)).await?;
    let dx = kernels::linear_transposed(tensor(&dy, ROWS), weight, layout);
    check("linear_transposed", dx.reshape([-1]), &cpu::linear_transposed(&dy, bytes, Format::F32, ROWS, COLS)).await?;
    let norms = kernels::gradient_norm(tensor(&x, COLS));
    check("gradient_norm", norms, &cpu::gradient_norm(&x, COLS)).await?;
    let head = kernels::head_gradient_norm(tensor(&dy, ROWS), tensor(&x, COLS));
    check("head_gradient_norm", head, &cpu::head_gradient_norm(&dy, &x, ROWS, COLS)).await?;
    // Burn's own batched product and softmax carry the attention.
    let softmax = burn::tensor::activation::softmax(tensor(&dy, ROWS).matmul(tensor(&w, COLS)), 1);
    let expected = softmax_rows(&cpu::linear_transposed(&dy, bytes, Format::F32, ROWS, COLS), COLS);
    check("softmax of a product", softmax.reshape([-1]), &expected).await
}

/// A fixed pattern without symmetry, values in (-1, 1).
fn wave(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 7 + seed * 13) as f32 * 0.618).sin()).collect()
}

fn softmax_rows(x: &[f32], cols: usize) -> Vec<f32> {
    x.chunks_exact(cols)
        .flat_map(|row| {
            let max = row.iter().copied().fold(f32::MIN, f32::max);
            let exp: Vec<f32> = row.iter().map(|v| (v - max).exp()).collect();
            let sum: f32 = exp.iter().sum();
            exp.into_iter().map(move |v| v / sum)
        })
        .collect()
}

async fn check(kernel: &str, got: Tensor<1>, want: &[f32]) -> Result<()> {
    let got = crate::model::read(got).await?;
    let scale = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    let worst = got.iter().zip(want).fold(0.0f32, |m, (a, b)| {
        // NaN must not pass for a small difference.
        let d = (a - b).abs();
        if d.is_nan() { f32::INFINITY } else { m.max(d) }
    });
    if got.len() == want.len() && worst <= TOLERANCE * scale {
        return Ok(());
    }
    Err(Error::new(
        Code::SelfTestFailed,
        format!("the GPU computes {kernel} wrongly (off by {worst:e} where values reach {scale:e})."),
        "Use the CPU device, or update the browser and the graphics driver.",
    ))
}
