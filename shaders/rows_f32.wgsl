// Embedding look-up: y[t] = w[ids[t]].
@group(0) @binding(0) var<storage, read_write> ids: array<u32>;  // [tokens]
@group(0) @binding(1) var<storage, read_write> w: array<f32>;    // [rows, cols]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;    // [tokens, cols]
@group(0) @binding(3) var<storage, read_write> shape: array<u32>; // tokens, cols

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let cols = shape[1];
    if (id.x >= cols || id.y >= shape[0]) { return; }
    y[id.y * cols + id.x] = w[ids[id.y] * cols + id.x];
}
