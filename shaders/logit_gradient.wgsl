// Gradient of the loss at the logits: factor·exp(z − max), and the given value at the token's own id, where p − 1 would
// lose its digits.
@group(0) @binding(0) var<storage, read_write> logits: array<f32>; // [rows, vocab]
@group(0) @binding(1) var<storage, read_write> at: array<f32>;     // [rows, 4]: max, factor, id, value there
@group(0) @binding(2) var<storage, read_write> out: array<f32>;    // [rows, vocab]
@group(0) @binding(3) var<storage, read> shape: array<u32>;        // vocab

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let vocab = shape[0];
    if (id.x >= vocab) { return; }
    let row = id.y * 4u;
    let p = exp(logits[id.y * vocab + id.x] - at[row]) * at[row + 1u];
    out[id.y * vocab + id.x] = select(p, at[row + 3u], id.x == u32(at[row + 2u]));
}
