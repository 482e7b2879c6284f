// A product summed over tokens, added to what is there: out[r, c] = sum[r, c] + Σ_t a[t, r]·b[t, c]. One thread per entry.
@group(0) @binding(0) var<storage, read_write> sum: array<f32>; // [rows, cols]
@group(0) @binding(1) var<storage, read_write> a: array<f32>;   // [tokens, rows]
@group(0) @binding(2) var<storage, read_write> b: array<f32>;   // [tokens, cols]
@group(0) @binding(3) var<storage, read_write> out: array<f32>; // [rows, cols]
@group(0) @binding(4) var<storage, read> shape: array<u32>;     // tokens, rows, cols

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let rows = shape[1];
    let cols = shape[2];
    let c = id.x;
    let r = id.y;
    if (c >= cols) { return; }
    var value = sum[r * cols + c];
    for (var t = 0u; t < tokens; t++) { value += a[t * rows + r] * b[t * cols + c]; }
    out[r * cols + c] = value;
}
