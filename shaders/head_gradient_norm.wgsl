// L1 norm of the head's weight gradient Aᵀ·H without storing it: out[v] = Σ_c |Σ_t a[t, v]·h[t, c]|. One thread per
// vocabulary row; eight columns at a time, so that each a[t, v] is read cols / 8 times.
@group(0) @binding(0) var<storage, read_write> a: array<f32>;    // [tokens, vocab]
@group(0) @binding(1) var<storage, read_write> h: array<f32>;    // [tokens, cols]
@group(0) @binding(2) var<storage, read_write> out: array<f32>;  // [vocab]
@group(0) @binding(3) var<storage, read> shape: array<u32>;       // tokens, vocab, cols

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let vocab = shape[1];
    let cols = shape[2];
    let v = id.x;
    if (v >= vocab) { return; }

    let whole = cols / 8u * 8u;
    var sum = vec4<f32>();
    for (var c = 0u; c < whole; c += 8u) {
        var lo = vec4<f32>();
        var hi = vec4<f32>();
        for (var t = 0u; t < tokens; t++) {
            let weight = a[t * vocab + v];
            let i = t * cols + c;
            lo += weight * vec4(h[i], h[i + 1u], h[i + 2u], h[i + 3u]);
            hi += weight * vec4(h[i + 4u], h[i + 5u], h[i + 6u], h[i + 7u]);
        }
        sum += abs(lo) + abs(hi);
    }
    for (var c = whole; c < cols; c++) {
        var entry = 0.0;
        for (var t = 0u; t < tokens; t++) { entry += a[t * vocab + v] * h[t * cols + c]; }
        sum.x += abs(entry);
    }
    out[v] = sum.x + sum.y + sum.z + sum.w;
}
