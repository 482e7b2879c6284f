//! Launchers of the fused kernels.

use super::Attention;
use super::launch::{WORKGROUP, contiguous, empty, groups, is_software, launch, shader, spread};
use crate::weights::config::Activation;
use burn::backend::TensorMetadata;
use burn::backend::wgpu::CubeTensor;
use burn::tensor::DType;

/// Stripes of a row of logits, by kind of adapter.
const STRIPES: usize = 1024;
const STRIPES_SOFTWARE: usize = 64;

/// See [`super::twins::rms_norm`].
pub fn rms_norm(x: CubeTensor, weight: CubeTensor, eps: f32) -> CubeTensor {
    let (x, weight) = (contiguous(x), contiguous(weight));
    let y = empty(&x, x.shape());
    let info = [x.shape()[1] as u32, eps.to_bits()];
    launch(shader!("rms_norm").joining(1), &[&x, &weight, &y], &info, [x.shape()[0], 1, 1]);
    y
}

/// See [`super::twins::rms_norm_residual`].
pub fn rms_norm_residual(x: CubeTensor, delta: CubeTensor, weight: CubeTensor, eps: f32) -> (CubeTensor, CubeTensor) {
    let (x, delta, weight) = (contiguous(x), contiguous(delta), contiguous(weight));
    let (sum, y) = (empty(&x, x.shape()), empty(&x, x.shape()));
    let info = [x.shape()[1] as u32, eps.to_bits()];
    let buffers = [&x, &delta, &weight, &sum, &y];
    launch(shader!("rms_norm_residual").joining(1), &buffers, &info, [x.shape()[0], 1, 1]);
    (sum, y)
}

/// See [`super::twins::rms_norm_backward`].
pub fn rms_norm_backward(x: CubeTensor, weight: CubeTensor, dy: CubeTensor, eps: f32) -> CubeTensor {
    let (x, weight, dy) = (contiguous(x), contiguous(weight), contiguous(dy));
    let dx = empty(&x, x.shape());
    let info = [x.shape()[1] as u32, eps.to_bits()];
    launch(shader!("rms_norm_backward").joining(2), &[&x, &weight, &dy, &dx], &info, [x.shape()[0], 1, 1]);
    dx
}

/// See [`super::twins::rope`].
pub fn rope(x: CubeTensor, table: CubeTensor, sign: f32) -> CubeTensor {
    let (x, table) = (contiguous(x), contiguous(table));
    let ([tokens, width], half) = ([x.shape()[0], x.shape()[1]], table.shape()[1] / 2);
    let y = empty(&x, [tokens, width]);
    let info = [(width / 2 / half) as u32, half as u32, sign.to_bits()];
    launch(shader!("rope"), &[&x, &table, &y], &info, [groups(width / 2), tokens, 1]);
    y
}

/// See [`super::twins::append`].
pub fn append(past: [CubeTensor; 2], new: [CubeTensor; 2], table: CubeTensor) -> (CubeTensor, CubeTensor) {
    let ([past_k, past_v], [k, v]) = (past.map(contiguous), new.map(contiguous));
    let table = contiguous(table);
    let (before, width, half) = (past_k.shape()[0], k.shape()[1], table.shape()[1] / 2);
    let keys = before + k.shape()[0];
    let (all_k, all_v) = (empty(&k, [keys, width]), empty(&k, [keys, width]));
    let buffers = [&past_k, &past_v, &k, &v, &table, &all_k, &all_v];
    let info = [before, width, half].map(|n| n as u32);
    launch(shader!("append"), &buffers, &info, [groups(width), keys, 1]);
    (all_k, all_v)
}

/// See [`super::twins::glu`].
pub fn glu(gate: CubeTensor, up: CubeTensor, kind: Activation) -> CubeTensor {
    let (gate, up) = (contiguous(gate), contiguous(up));
    let y = empty(&gate, gate.shape());
    let n = gate.shape().num_elements();
    let [gx, gy] = spread(groups(n));
    let shader = shader!("glu").set("gelu", kind == Activation::GeluTanh);
    launch(shader, &[&gate, &up, &y], &[n as u32], [gx, gy, 1]);
    y
}

/// See [`super::twins::glu_backward`].
pub fn glu_backward(gate: CubeTensor, up: CubeTensor, d: CubeTensor, kind: Activation) -> (CubeTensor, CubeTensor) {
    let (gate, up, d) = (contiguous(gate), contiguous(up), contiguous(d));
    let (d_gate, d_up) = (empty(&gate, gate.shape()), empty(&gate, gate.shape()));
    let n = gate.shape().num_elements();
    let [gx, gy] = spread(groups(n));
    let shader = shader!("glu_backward").set("gelu", kind == Activation::GeluTanh);
    launch(shader, &[&gate, &up, &d, &d_gate, &d_up], &[n as u32], [gx, gy, 1]);
    (d_gate, d_up)
}

/// Tokens, heads, heads of keys, first position, window, scale.
fn attention_info(a: Attention, q: &CubeTensor, k: &CubeTensor) -> [u32; 6] {
    let (tokens, start, _) = a.sizes(q.shape().num_elements(), k.shape().num_elements());
    // Positions and windows stay far below 2³¹; no window is the largest one.
    let window = a.window.map_or(1 << 30, |w| w.min(1 << 30));
    let [tokens, heads, kv_heads, start, window] = [tokens, a.heads, a.kv_heads, start, window].map(|n| n as u32);
    [tokens, heads, kv_heads, start, window, a.scale.to_bits()]
}

/// See [`super::twins::attend`].
pub fn attend(q: CubeTensor, k: CubeTensor, v: CubeTensor, a: Attention) -> (CubeTensor, CubeTensor) {
    let (q, k, v) = (contiguous(q), contiguous(k), contiguous(v));
    let tokens = q.shape()[0];
    let (out, log_sum) = (empty(&q, q.shape()), empty(&q, [tokens, a.heads]));
    let (shader, grid) = if is_software() {
        (shader!("attention_lane"), [groups(tokens * a.heads), 1, 1])
    } else {
        (shader!("attention_shared").joining(1), [a.heads, tokens, 1])
    };
    let info = attention_info(a, &q, &k);
    launch(shader.set("width", a.width / 4), &[&q, &k, &v, &out, &log_sum], &info, grid);
    (out, log_sum)
}

/// See [`super::twins::attend_backward`]; `x` is q, k, v, out and log_sum.
pub fn attend_backward(x: [CubeTensor; 5], d_out: CubeTensor, a: Attention) -> (CubeTensor, CubeTensor) {
    let [q, k, v, out, log_sum] = x.map(contiguous);
    let d_out = contiguous(d_out);
    let tokens = q.shape()[0];
    let (d_q, d_kv) = (empty(&q, q.shape()), empty(&q, [2 * tokens, a.kv_heads * a.width]));
    let info = attention_info(a, &q, &k);
    let shader = shader!("attention_backward_q").set("width", a.width / 4);
    let buffers = [&q, &k, &v, &out, &d_out, &log_sum, &d_q];
    launch(shader, &buffers, &info, [groups(tokens * a.heads), 1, 1]);
    let shader = shader!("attention_backward_kv").set("width", a.width / 4);
    let buffers = [&q, &k, &v, &out, &d_out, &log_sum, &d_kv];
    launch(shader, &buffers, &info, [groups(tokens * a.kv_heads), 1, 1]);
    (d_q, d_kv)
}

/// See [`super::twins::token_statistics`]; ids are 32-bit, also those of the largest logits, which come second.
pub fn token_statistics(logits: CubeTensor, ids: &CubeTensor) -> (CubeTensor, CubeTensor) {
    let logits = contiguous(logits);
    let (rows, vocab) = (logits.shape()[0], logits.shape()[1]);
    let stripes = vocab.min(if is_software() { STRIPES_SOFTWARE } else { STRIPES });
    let (part, out) = (empty(&logits, [rows, stripes, 5]), empty(&logits, [rows, 6]));
    let best = CubeTensor { dtype: DType::U32, ..empty(&logits, [rows]) };
    let info = [vocab as u32, stripes as u32];
    launch(shader!("token_statistics"), &[&logits, &part], &info, [stripes.div_ceil(WORKGROUP), rows, 1]);
    launch(shader!("token_statistics_merge"), &[&part, &logits, ids, &out, &best], &info, [rows, 1, 1]);
    (out, best)
}

/// See [`super::twins::logit_gradient`].
pub fn logit_gradient(logits: CubeTensor, at: CubeTensor) -> CubeTensor {
    let (logits, at) = (contiguous(logits), contiguous(at));
    let (rows, vocab) = (logits.shape()[0], logits.shape()[1]);
    let out = empty(&logits, [rows, vocab]);
    launch(shader!("logit_gradient"), &[&logits, &at, &out], &[vocab as u32], [groups(vocab), rows, 1]);
    out
}
