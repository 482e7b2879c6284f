//! Every kernel once on the GPU against its CPU twin: some browser and driver pairs compute wrong numbers silently.

use super::handle::Device;
use super::reading::read;
use crate::error::{Code, Error, Result};
use crate::kernels::samples::{blocks, wave};
use crate::kernels::{self, Attended, Attention, Layout, arrange, cpu, twins};
use crate::weights::config::Activation;
use crate::weights::format::Format;
use burn::tensor::{Int, Tensor};

/// Largest accepted difference relative to the largest value.
const TOLERANCE: f32 = 1e-4;
// Odd sizes: one over a tile, a prime, and not a multiple of the vector width.
const TOKENS: usize = 5;
const ROWS: usize = 67;
const COLS: usize = 37;
/// Together these need every way to read weights.
const FORMATS: [Format; 8] =
    [Format::F32, Format::F16, Format::BF16, Format::Q4_1, Format::Q4K, Format::Q5_0, Format::Q6K, Format::Q8_0];

/// Compares each kernel on `device` with the CPU.
///
/// # Errors
/// `self_test_failed` names the first kernel that differs; `device_lost` when nothing comes back.
pub async fn run(device: &Device) -> Result<()> {
    products(device).await?;
    rows(device).await?;
    gradients(device).await?;
    attention(device).await?;
    vocabulary(device).await
}

fn tensor(values: &[f32], cols: usize, device: &Device) -> Tensor<2> {
    arrange::upload(values.to_vec(), [values.len() / cols, cols], &device.burn)
}

fn integers(values: Vec<u32>, device: &Device) -> Tensor<1, Int> {
    arrange::upload_words(values, &device.burn)
}

/// Packed weights: products with one, a few and many tokens, their transpose, and rows.
async fn products(device: &Device) -> Result<()> {
    let format = Format::F32;
    let data = blocks(format, ROWS, COLS);
    let layout = Layout { format, rows: ROWS, cols: COLS };
    let weight = device.matrix(format, data.clone(), ROWS, COLS);
    for tokens in [1, TOKENS, 8 * TOKENS] {
        let x = wave(tokens * COLS, 2);
        let y = kernels::linear(tensor(&x, COLS, device), weight.clone(), layout);
        check("linear", y, &cpu::linear(&x, &data, format, ROWS, COLS)).await?;
    }
    let dy = wave(TOKENS * ROWS, 3);
    let dx = kernels::linear_transposed(tensor(&dy, ROWS, device), weight, layout);
    check("linear_transposed", dx, &cpu::linear_transposed(&dy, &data, format, ROWS, COLS)).await?;
    for format in FORMATS {
        let (ids, cols) = ([2, 0], 256);
        let data = blocks(format, 3, cols);
        let weight = device.matrix(format, data.clone(), 3, cols);
        let layout = Layout { format, rows: 3, cols };
        let got = kernels::rows(integers(ids.to_vec(), device), weight, layout, 0);
        check(format.name(), got, &cpu::rows(&ids, &data, layout, 0)).await?;
    }
    Ok(())
}

/// Norms, gates and rotations.
async fn rows(device: &Device) -> Result<()> {
    let [x, delta, d] = [1, 2, 3].map(|seed| wave(TOKENS * ROWS, seed));
    let (weight, eps) = (wave(ROWS, 4), 1e-5);
    let t = |values: &[f32]| tensor(values, ROWS, device);
    let w = || kernels::reshape(t(&weight), [ROWS]);
    check("rms_norm", kernels::rms_norm(t(&x), w(), eps), &twins::rms_norm(&x, &weight, eps)).await?;
    let (sum, y) = kernels::rms_norm_residual(t(&x), t(&delta), w(), eps);
    let want = twins::rms_norm_residual(&x, &delta, &weight, eps);
    check("residual sum", sum, &want.0).await?;
    check("rms_norm_residual", y, &want.1).await?;
    let dx = kernels::rms_norm_backward(t(&x), w(), t(&d), eps);
    check("rms_norm_backward", dx, &twins::rms_norm_backward(&x, &weight, &d, eps)).await?;
    for kind in [Activation::Silu, Activation::GeluTanh] {
        check("glu", kernels::glu(t(&x), t(&delta), kind), &twins::glu(&x, &delta, kind)).await?;
        let got = kernels::glu_backward(t(&x), t(&delta), t(&d), kind);
        let want = twins::glu_backward(&x, &delta, &d, kind);
        check("glu_backward", got.0, &want.0).await?;
        check("glu_backward", got.1, &want.1).await?;
    }
    let (heads, half) = (3, 6);
    let (x, angles) = (wave(TOKENS * heads * 2 * half, 1), wave(TOKENS * 2 * half, 2));
    let (t, table) = (|values: &[f32]| tensor(values, heads * 2 * half, device), tensor(&angles, 2 * half, device));
    let got = kernels::rope(t(&x), table.clone(), -1.0);
    check("rope", got, &twins::rope(&x, &angles, half, -1.0)).await?;
    let (past, v) = (wave(2 * x.len(), 3), wave(x.len(), 4));
    let got = kernels::append((t(&past), t(&past)), t(&x), t(&v), table);
    let want = twins::append((&past, &past), &x, &v, &angles, half);
    check("append", got.0, &want.0).await?;
    check("append", got.1, &want.1).await
}

/// Norms of gradients.
async fn gradients(device: &Device) -> Result<()> {
    let (x, dy) = (wave(TOKENS * COLS, 2), wave(TOKENS * ROWS, 3));
    let norms = kernels::gradient_norm(tensor(&x, COLS, device));
    check("gradient_norm", norms, &cpu::gradient_norm(&x, COLS)).await?;
    let head = kernels::head_gradient_norm(tensor(&dy, ROWS, device), tensor(&x, COLS, device));
    check("head_gradient_norm", head, &cpu::head_gradient_norm(&dy, &x, ROWS, COLS)).await
}

/// Attention with shared key heads, a window and keys before the queries.
async fn attention(device: &Device) -> Result<()> {
    let a = Attention { heads: 6, kv_heads: 2, width: 16, scale: 0.25, window: Some(ROWS) };
    let keys = ROWS + TOKENS;
    let [q, d] = [1, 2].map(|seed| wave(TOKENS * a.heads * a.width, seed));
    let [k, v] = [3, 4].map(|seed| wave(keys * a.kv_heads * a.width, seed));
    let queries = |values: &[f32]| tensor(values, a.heads * a.width, device);
    let all = |values: &[f32]| tensor(values, a.kv_heads * a.width, device);
    let (out, log_sum) = kernels::attend(queries(&q), all(&k), all(&v), a);
    let want = twins::attend(&q, &k, &v, a);
    check("attend", out.clone(), &want.0).await?;
    check("attend log_sum", log_sum.clone(), &want.1).await?;
    let attended = Attended { q: queries(&q), k: all(&k), v: all(&v), out, log_sum };
    let got = kernels::attend_backward(attended, queries(&d), a);
    let attended = twins::Attended { q: &q, k: &k, v: &v, out: &want.0, log_sum: &want.1 };
    let want = twins::attend_backward(&attended, &d, a);
    check("attend_backward", got.0, &want.0).await?;
    check("attend_backward", got.1, &want.1).await
}

/// Statistics of logits and the gradient at them.
async fn vocabulary(device: &Device) -> Result<()> {
    let vocab = 2053;
    let logits = wave(2 * vocab, 1);
    let (got, best) = kernels::token_statistics(tensor(&logits, vocab, device), integers(vec![5, 2000], device));
    let want = twins::token_statistics(&logits, &[5, 2000]);
    // Ids are compared on their own: they are large, and must be equal.
    let values = |rows: &[f32]| -> (Vec<f32>, Vec<f32>) {
        let rows = rows.as_chunks::<6>().0;
        (rows.iter().map(|row| row[0]).collect(), rows.iter().flat_map(|row| row[1..].to_vec()).collect())
    };
    let ((ids, got), (want_ids, want)) = (values(&read(got).await?), values(&want));
    compare("token_statistics", &got, &want)?;
    if ids != want_ids {
        return Err(wrong("the largest logit", format!("{ids:?}, not {want_ids:?}")));
    }
    // As in decoding, the ids are used where they are, in a table that begins at another id.
    let layout = Layout { format: Format::F32, rows: vocab, cols: 8 };
    let (data, ids) =
        (blocks(layout.format, vocab, layout.cols), want_ids.iter().map(|&id| id as u32).collect::<Vec<_>>());
    let weight = device.matrix(layout.format, data.clone(), vocab, layout.cols);
    let got = kernels::rows(best, weight, layout, 1000);
    check("rows of the largest logits", got, &cpu::rows(&ids, &data, layout, 1000)).await?;
    let at = [0.5, 2.0, 7.0, -1.0, 1.0, 0.5, 2052.0, -2.0];
    let got = kernels::logit_gradient(tensor(&logits, vocab, device), tensor(&at, 4, device));
    check("logit_gradient", got, &twins::logit_gradient(&logits, &at)).await
}

/// The encoders' kernels, which are compiled only where an encoder is loaded.
///
/// # Errors
/// As [`run`].
pub async fn encoders(device: &Device) -> Result<()> {
    let [x, delta] = [1, 2].map(|seed| wave(TOKENS * ROWS, seed));
    let (parameters, bias) = (wave(3 * ROWS, 3), wave(ROWS, 4));
    let t = |values: &[f32]| tensor(values, ROWS, device);
    let y = kernels::layer_norm(t(&x), t(&delta), t(&parameters), 1e-5);
    check("layer_norm", y, &cpu::layer_norm(&x, &delta, &parameters, 1e-5)).await?;
    check("gelu", kernels::gelu(t(&x), kernels::reshape(t(&bias), [ROWS])), &cpu::gelu(&x, &bias)).await?;

    // Two texts, and a table in which far distances share rows.
    let a = Attention { heads: 3, kv_heads: 3, width: 8, scale: 0.25, window: None };
    let (longest, tokens, width) = (COLS, COLS + TOKENS, a.heads * a.width);
    let text = |first: usize, length: usize| [first as u32, (first + length) as u32].repeat(length);
    let segments = [text(0, longest), text(longest, TOKENS)].concat();
    let rows: Vec<u32> = (0..2 * longest as u32 - 1).map(|row| row / 2).collect();
    let [q, k, v, keys, queries] = [1, 2, 3, 4, 5].map(|seed| wave(tokens * width, seed));
    let t = |values: &[f32]| tensor(values, width, device);
    for positions in [None, Some(cpu::Positions { k: &keys, q: &queries, rows: &rows })] {
        let distances = positions.map(|_| kernels::Distances {
            positions: t(&[&keys[..], &queries[..]].concat()),
            rows: integers(rows.clone(), device),
        });
        let got = kernels::attend_segments([t(&q), t(&k), t(&v)], integers(segments.clone(), device), distances, a);
        let want = cpu::attend_segments((&q, &k, &v), &segments, positions, a);
        check("attend_segments", got, &want).await?;
    }
    Ok(())
}

async fn check<const D: usize>(kernel: &str, got: Tensor<D>, want: &[f32]) -> Result<()> {
    compare(kernel, &read(got).await?, want)
}

fn compare(kernel: &str, got: &[f32], want: &[f32]) -> Result<()> {
    let scale = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    let worst = got.iter().zip(want).fold(0.0f32, |m, (a, b)| {
        // NaN must not pass for a small difference.
        let d = (a - b).abs();
        if d.is_nan() { f32::INFINITY } else { m.max(d) }
    });
    if got.len() == want.len() && worst <= TOLERANCE * scale {
        return Ok(());
    }
    Err(wrong(kernel, format!("off by {worst:e} where values reach {scale:e}")))
}

fn wrong(kernel: &str, how: String) -> Error {
    Error::new(
        Code::SelfTestFailed,
        format!("the GPU computes {kernel} wrongly ({how})."),
        "Use the CPU device, or update the browser and the graphics driver.",
    )
}
