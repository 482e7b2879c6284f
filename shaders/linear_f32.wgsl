// y = x · wᵀ. One thread: one weight row, four input rows, so that each weight is read once per four tokens.
@group(0) @binding(0) var<storage, read_write> x: array<f32>;    // [tokens, cols]
@group(0) @binding(1) var<storage, read_write> w: array<f32>;    // [rows, cols]
@group(0) @binding(2) var<storage, read_write> y: array<f32>;    // [tokens, rows]
@group(0) @binding(3) var<storage, read_write> shape: array<u32>; // tokens, rows, cols

@compute @workgroup_size({{ workgroup }}, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let tokens = shape[0];
    let rows = shape[1];
    let cols = shape[2];
    let row = id.x;
    let t = id.y * 4u;
    if (row >= rows || t >= tokens) { return; }

    // Rows past the end repeat the last one and are not written.
    let x0 = t * cols;
    let x1 = min(t + 1u, tokens - 1u) * cols;
    let x2 = min(t + 2u, tokens - 1u) * cols;
    let x3 = min(t + 3u, tokens - 1u) * cols;
    let base = row * cols;
    var sum = vec4<f32>();
    if (tokens == 1u) {
        var part = vec4<f32>();
        let whole = cols / 4u * 4u;
        for (var c = 0u; c < whole; c += 4u) {
            part += vec4(w[base + c], w[base + c + 1u], w[base + c + 2u], w[base + c + 3u])
                * vec4(x[c], x[c + 1u], x[c + 2u], x[c + 3u]);
        }
        sum.x = part.x + part.y + part.z + part.w;
        for (var c = whole; c < cols; c++) { sum.x += w[base + c] * x[c]; }
    } else {
        for (var c = 0u; c < cols; c++) {
            sum += w[base + c] * vec4(x[x0 + c], x[x1 + c], x[x2 + c], x[x3 + c]);
        }
    }
    y[t * rows + row] = sum.x;
    if (t + 1u < tokens) { y[(t + 1u) * rows + row] = sum.y; }
    if (t + 2u < tokens) { y[(t + 2u) * rows + row] = sum.z; }
    if (t + 3u < tokens) { y[(t + 3u) * rows + row] = sum.w; }
}
